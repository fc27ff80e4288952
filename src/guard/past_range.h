/*-------------------------------------------------------------------------
 *
 * past_range.h
 *		No day of the past gets numbers that the views cannot show.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_PAST_RANGE_H
#define COVENANT_PAST_RANGE_H

#include "compat.h"
#include "guard/books.h"
#include "guard/bytes.h"

extern void check_past_range(Books *books, Bytes deal, bool with_capital);

#endif							/* COVENANT_PAST_RANGE_H */

/*-------------------------------------------------------------------------
 *
 * past.h
 *		What may be said late.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_PAST_H
#define COVENANT_PAST_H

#include "compat.h"
#include "guard/books.h"
#include "guard/classify.h"

extern void check_past(Books *books, PendingDeal *deal, const Posting *posting,
					   DateADT latest_on);

#endif							/* COVENANT_PAST_H */

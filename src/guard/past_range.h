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
#include "guard/company.h"
#include "guard/pending.h"

extern void check_past_range(Books *books, const PendingDeal *deal, const Company *company,
							 const Posting *posting, const Balances *after);

#endif							/* COVENANT_PAST_RANGE_H */

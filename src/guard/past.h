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
#include "guard/company.h"

extern void check_past(Books *books, PendingDeal *deal, const Company *company,
					   const Posting *posting, const Balances *after);

#endif							/* COVENANT_PAST_H */

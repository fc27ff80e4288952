/*-------------------------------------------------------------------------
 *
 * deal.h
 *		What is pending for one deal.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_DEAL_H
#define COVENANT_DEAL_H

#include "compat.h"
#include "guard/change.h"
#include "guard/instrument.h"
#include "utils/date.h"

/* The changes of one day and kind to a deal, added up. */
typedef struct Entry
{
	DateADT		day;			/* the day on which they count */
	ChangeKind	kind;
	Change		change;
	struct Entry *next;
} Entry;

/* What is pending for one deal. */
typedef struct PendingDeal
{
	Oid			ledger;			/* or, of a company, the capital of its books */
	Oid			books;			/* the ledger of the books, always */
	Bytes		deal;			/* or the company */
	Change		total;			/* over all entries */
	DateADT		first_day;		/* the earliest of their days */
	bool		comes;			/* a row of the deals table did, or of the companies */
	bool		moves;			/* a deal: to another company */
	int32		new_shares;		/* of a split; 0: there was none */
	int32		old_shares;
	DateADT		split_on;
	Entry	   *entries;		/* the latest day first */
	InstrumentChange *instruments;	/* in the order in which they came */
	InstrumentChange *last_instrument;
} PendingDeal;

/*
 * Is this what is pending for a company, not for a deal?
 */
static inline bool
is_company(const PendingDeal *deal)
{
	return deal->ledger != deal->books;
}

#endif							/* COVENANT_DEAL_H */

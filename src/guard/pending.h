/*-------------------------------------------------------------------------
 *
 * pending.h
 *		The changes of this transaction that are not yet posted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_PENDING_H
#define COVENANT_PENDING_H

#include "compat.h"
#include "guard/change.h"
#include "guard/books.h"
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

extern PendingDeal *pending_deal(Oid ledger, Bytes deal);
extern PendingDeal *pending_company(const Books *books, Bytes company);
extern void pending_add(PendingDeal *deal, DateADT day, ChangeKind kind,
						const Change *change, int sign);
extern void pending_add_instrument(PendingDeal *deal, const InstrumentChange *change);
extern bool pending_any(void);
extern PendingDeal **pending_sorted(Oid ledger, int *n);
extern PendingDeal **pending_companies(Oid ledger, int *n);
extern PendingDeal *pending_for_deal(Oid ledger, Bytes deal);
extern void pending_forget_deal(Oid ledger, Bytes deal);
extern void pending_override(Oid ledger, const char *reason);
extern const char *override_reason(Oid ledger);

/* For the transaction's end. */
extern void pending_forget(void);
extern void pending_close(bool close);
extern bool pending_closed(void);
extern void pending_try_release(int nest);
extern void pending_release(int nest);
extern void pending_drop(int nest);
extern void pending_end(void);

#endif							/* COVENANT_PENDING_H */

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
#include "guard/books.h"
#include "guard/deal.h"

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

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
#include "utils/date.h"

/* What a change is, until the posting decides how it is judged. */
typedef enum ChangeKind
{
	CHANGE_CLOSING,				/* a table is watched no longer */
	CHANGE_OPENING,				/* a table came under watch, perhaps again */
	CHANGE_REBUILD,				/* a difference that audit found */
	CHANGE_FACT,				/* what the world did */
	CHANGE_PRICE,				/* the price part of a change to a note */
	CHANGE_ACT					/* what somebody chose */
} ChangeKind;

/*
 * A deal's key or a holder's name as bytes, so made that memcmp orders them
 * (see key_from_datum in books.c).
 */
typedef struct Bytes
{
	const char *data;
	int			len;
} Bytes;

typedef struct EntryKey
{
	Oid			ledger;
	DateADT		day;			/* the day on which the change was made */
	ChangeKind	kind;
	Bytes		deal;
	Bytes		holder;			/* empty: the deal itself */
} EntryKey;

typedef struct Entry
{
	EntryKey	key;
	DateADT		first_day;		/* in a summary: the earliest day in it */
	Change		change;
} Entry;

extern void pending_add(const EntryKey *key, const Change *change, int sign);
extern bool pending_any(void);
extern Entry **pending_sorted(Oid ledger, int *n);
extern void pending_forget(void);
extern void pending_close(bool close);
extern bool pending_closed(void);
extern void pending_try_release(int nest);
extern void pending_release(int nest);
extern void pending_drop(int nest);
extern void pending_end(void);
extern const Entry *pending_for_deal(Oid ledger, Bytes deal);
extern void pending_override(Oid ledger, const char *reason);
extern const char *override_reason(Oid ledger);

extern int	bytes_cmp(Bytes a, Bytes b);
extern bool same_deal(const Entry *a, const Entry *b);

#endif							/* COVENANT_PENDING_H */

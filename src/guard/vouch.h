/*-------------------------------------------------------------------------
 *
 * vouch.h
 *		Whose word is believed: which tables speak for which books.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_VOUCH_H
#define COVENANT_VOUCH_H

#include "guard/hook.h"
#include "nodes/pg_list.h"

/* A table that is vouched for, and the arguments of its trigger. */
typedef struct Vouched
{
	Oid			relation;
	const Trigger *trigger;
} Vouched;

extern bool has_hook(const Hook *hook, Oid relation);

extern bool speaks_for(Oid relation, Oid owner);
extern Oid	owner_of(Oid relation);
extern List *vouched_by(const Hook *hook, Oid served);
extern List *vouched_on(const Hook *hook, Oid relation);
extern List *ledgers_of(bool (*wanted) (Oid relation));
extern bool vouch_watched(Oid relation, Oid ledger);

extern char *qualified_name(Oid relation);
extern char *name_beside(Oid ledger, const char *suffix);
extern Oid	vouched_book(Oid ledger, const char *suffix);
extern List *vouched_books(Oid ledger);

#endif							/* COVENANT_VOUCH_H */

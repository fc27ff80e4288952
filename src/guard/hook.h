/*-------------------------------------------------------------------------
 *
 * hook.h
 *		The triggers that covenant hangs on users' tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_HOOK_H
#define COVENANT_HOOK_H

#include "compat.h"
#include "utils/relcache.h"
#include "utils/reltrigger.h"

/* One shape that covenant gives a trigger; the last of a list has type 0. */
typedef struct HookShape
{
	int16		type;			/* pg_trigger.tgtype */
	bool		has_old_rows;	/* transition tables, under these names */
	bool		has_new_rows;
	bool		deferred;		/* a constraint trigger, fired at the end of the transaction */
} HookShape;

/* What covenant hangs on users' tables: triggers of one function. */
typedef struct Hook
{
	const char *function;		/* in covenant_internal */
	const char *named_by;		/* the argument that, with schema=, names what it serves */
	const HookShape *shapes;
	const char *const *words;	/* other arguments that it must have; NULL: none */
	bool		serves_many;	/* a table may have it for several that it serves */
} Hook;

extern const Hook capture_hook;

extern const char *trigger_word(const Trigger *trigger, const char *word);
extern const char *nth_trigger_word(const Trigger *trigger, const char *word, int n);

extern Oid	hook_function(const Hook *hook);
extern bool is_hung_by_covenant(const Hook *hook, const Trigger *trigger);
extern void refuse_second_hook(const Hook *hook, Relation relation, const Trigger *trigger);

#endif							/* COVENANT_HOOK_H */

/*-------------------------------------------------------------------------
 *
 * hook.c
 *		The triggers that covenant hangs on users' tables: what they look
 *		like, and their arguments.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/hook.h"

#include "catalog/pg_trigger.h"
#include "nodes/makefuncs.h"
#include "nodes/pg_list.h"
#include "parser/parse_func.h"
#include "utils/rel.h"

#define ROW_EVENTS	(TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE)

static const HookShape capture_shapes[] = {
	{TRIGGER_TYPE_ROW | ROW_EVENTS},
	{TRIGGER_TYPE_INSERT, false, true},
	{TRIGGER_TYPE_UPDATE, true, true},
	{TRIGGER_TYPE_DELETE, true, false},
	{TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_TRUNCATE},
	{0}
};

const Hook	capture_hook = {"capture", "ledger", capture_shapes};

/*
 * The value of the n-th word=value argument with this word, from 0; NULL where
 * there are not so many.
 */
const char *
nth_trigger_word(const Trigger *trigger, const char *word, int n)
{
	int			len = strlen(word);

	for (int i = 0; i < trigger->tgnargs; i++)
	{
		if (strncmp(trigger->tgargs[i], word, len) == 0 && trigger->tgargs[i][len] == '=' &&
			n-- == 0)
			return trigger->tgargs[i] + len + 1;
	}
	return NULL;
}

/*
 * The value of one word=value argument; NULL where the word is not there.
 */
const char *
trigger_word(const Trigger *trigger, const char *word)
{
	return nth_trigger_word(trigger, word, 0);
}

Oid
hook_function(const Hook *hook)
{
	return LookupFuncName(list_make2(makeString("covenant_internal"), makeString(pstrdup(hook->function))),
						  0, NULL, false);
}

static bool
is_named(const char *name, const char *expected)
{
	return expected == NULL ? name == NULL : name != NULL && strcmp(name, expected) == 0;
}

/*
 * Has a trigger of the hook's function a shape that covenant gives it?
 */
bool
is_hung_by_covenant(const Hook *hook, const Trigger *trigger)
{
	if (trigger->tgqual != NULL || trigger->tgnattr > 0)
		return false;
	for (const HookShape *shape = hook->shapes; shape->type != 0; shape++)
	{
		if (trigger->tgtype == shape->type && OidIsValid(trigger->tgconstraint) == shape->deferred &&
			is_named(trigger->tgoldtable, shape->has_old_rows ? "old_rows" : NULL) &&
			is_named(trigger->tgnewtable, shape->has_new_rows ? "new_rows" : NULL))
			return true;
	}
	return false;
}

static bool
same_arguments(const Trigger *a, const Trigger *b)
{
	if (a->tgnargs != b->tgnargs)
		return false;
	for (int i = 0; i < a->tgnargs; i++)
	{
		if (strcmp(a->tgargs[i], b->tgargs[i]) != 0)
			return false;
	}
	return true;
}

static bool
same_word(const Trigger *a, const Trigger *b, const char *word)
{
	const char *left = trigger_word(a, word);
	const char *right = trigger_word(b, word);

	return left != NULL && is_named(right, left);
}

/*
 * A table has one trigger for each event and what it serves, and all of them
 * say the same: one that somebody with the right to make triggers added would
 * count what happens twice, or elsewhere.
 */
void
refuse_second_hook(const Hook *hook, Relation relation, const Trigger *trigger)
{
	const TriggerDesc *all = relation->trigdesc;

	for (int i = 0; all != NULL && i < all->numtriggers; i++)
	{
		const Trigger *other = &all->triggers[i];

		if (other->tgfoid != trigger->tgfoid || other->tgoid == trigger->tgoid)
			continue;
		if (hook->serves_many &&
			!(same_word(other, trigger, "schema") && same_word(other, trigger, hook->named_by)))
			continue;
		if ((other->tgtype & trigger->tgtype & TRIGGER_TYPE_EVENT_MASK) == 0 &&
			same_arguments(other, trigger))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" has two triggers of covenant for one thing",
						RelationGetRelationName(relation)),
				 errdetail("They are \"%s\" and \"%s\", both by covenant_internal.%s.",
						   trigger->tgname, other->tgname, hook->function),
				 errhint("Drop the one that somebody made by hand, or that a partition has from before it was attached.")));
	}
}

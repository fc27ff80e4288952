/*-------------------------------------------------------------------------
 *
 * savepoint.c
 *		What becomes of what is pending when a subtransaction ends.
 *
 * A released savepoint hands its changes to its parent: sums are added, lists
 * are joined.  A rolled-back one drops its level and with it its changes.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/pending.h"

#include "guard/level.h"
#include "guard/said.h"
#include "utils/memutils.h"

/*
 * Has the level a parent to which it would be added when it is released?
 */
static inline bool
joins_parent(const Level *level)
{
	return level->parent != NULL && level->parent->nest == level->nest - 1;
}

/*
 * Raises what adding one deal's entries to another's would raise.
 */
static void
try_join(const PendingDeal *deal, const PendingDeal *addend)
{
	Change		sum = deal->total;

	change_add(&sum, &addend->total, 1);
	for (const Entry *e = addend->entries; e != NULL; e = e->next)
	{
		for (const Entry *before = deal->entries; before != NULL; before = before->next)
		{
			if (before->day != e->day || before->kind != e->kind)
				continue;
			sum = before->change;
			change_add(&sum, &e->change, 1);
		}
	}
}

/*
 * A savepoint is about to be released: raises what adding its changes to its
 * parent's would raise.  Afterwards, when it is done, it is too late for an
 * error: the subtransaction can then neither commit nor abort cleanly.
 */
void
pending_try_release(int nest)
{
	Level	   *child = pending_levels;
	MemoryContext trial;
	MemoryContext old;
	DealSlot   *slot;
	deals_iterator i;

	if (child == NULL || child->nest < nest || !joins_parent(child))
		return;
	trial = AllocSetContextCreate(CurrentMemoryContext, "covenant release",
								  ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(trial);
	deals_start_iterate(child->deals, &i);
	while ((slot = deals_iterate(child->deals, &i)) != NULL)
	{
		DealSlot   *before = deals_lookup(child->parent->deals, slot->key);

		if (before != NULL && slot->deal != NULL && before->deal != NULL)
			try_join(before->deal, slot->deal);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(trial);
}

/*
 * A savepoint is released: its changes become its parent's.
 */
void
pending_release(int nest)
{
	Level	   *child = pending_levels;
	Level	   *parent;
	bool		torn;
	MemoryContext old;
	DealSlot   *slot;
	deals_iterator i;

	if (child == NULL || child->nest < nest)
		return;
	if (!joins_parent(child))
	{
		child->nest = nest - 1; /* the parent has changed nothing so far */
		return;
	}

	pending_levels = parent = child->parent;
	torn = parent->torn || child->torn;
	parent->torn = true;		/* until all of it is here */
	old = MemoryContextSwitchTo(parent->context);
	deals_start_iterate(child->deals, &i);
	while ((slot = deals_iterate(child->deals, &i)) != NULL)
	{
		PendingDeal *deal;

		if (slot->deal == NULL)
			continue;
		deal = find_or_make(parent, slot->key);
		join_deals(deal, slot->deal, parent->context);
		said_join(parent, deal, child, slot->deal);
	}
	MemoryContextSwitchTo(old);
	for (Override *o = child->overrides; o != NULL; o = o->next)
		add_override(parent, o->ledger, o->reason);
	said_release(parent, child);
	parent->torn = torn;
	MemoryContextDelete(child->context);
}

/*
 * A subtransaction was rolled back.
 */
void
pending_drop(int nest)
{
	Level	   *level = pending_levels;

	if (level == NULL || level->nest < nest)
		return;
	pending_levels = level->parent;
	said_drop(level);
	MemoryContextDelete(level->context);
}

/*-------------------------------------------------------------------------
 *
 * level.c
 *		What is pending in one subtransaction.
 *
 * There is one level for each subtransaction that changed something, the
 * innermost first; a level knows its deals, and a deal its changes, added up
 * by day and kind, and what was said about its instruments.  Nothing here
 * survives the transaction: the memory is a child of TopTransactionContext.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/level.h"

#include "utils/memutils.h"

Level	   *pending_levels = NULL;

/*
 * A new innermost level.  There may be very many in a transaction, one after
 * the other.
 */
Level *
make_level(int nest)
{
	MemoryContext context = AllocSetContextCreate(TopTransactionContext, "covenant pending",
												  ALLOCSET_DEFAULT_SIZES);
	Level	   *level = MemoryContextAllocZero(context, sizeof(Level));

	level->nest = nest;
	level->context = context;
	level->deals = deals_create(context, 8, NULL);
	level->parent = pending_levels;
	pending_levels = level;
	return level;
}

/*
 * A deal of a level, made where it is not there.
 */
PendingDeal *
find_or_make(Level *level, DealKey key)
{
	bool		found;
	DealSlot   *slot = deals_insert(level->deals, key, &found);
	PendingDeal *deal;

	if (found)
		return slot->deal;
	slot->deal = NULL;			/* should the memory not suffice */
	deal = MemoryContextAllocZero(level->context, sizeof(PendingDeal) + key.deal.len);
	deal->ledger = deal->books = key.ledger;
	deal->deal.data = memcpy(deal + 1, key.deal.data, key.deal.len);
	deal->deal.len = key.deal.len;
	deal->first_day = DATEVAL_NOEND;
	slot->key.deal = deal->deal;
	slot->deal = deal;
	return deal;
}

/*
 * A deal's entry of a day and kind, made where there is none.  The list has the
 * latest day first: changes mostly come in the order of their days.
 */
Entry *
find_entry(PendingDeal *deal, DateADT day, ChangeKind kind, MemoryContext context)
{
	Entry	  **link = &deal->entries;
	Entry	   *entry;

	while ((entry = *link) != NULL &&
		   (entry->day > day || (entry->day == day && entry->kind > kind)))
		link = &entry->next;
	if (entry != NULL && entry->day == day && entry->kind == kind)
		return entry;
	entry = MemoryContextAllocZero(context, sizeof(Entry));
	entry->day = day;
	entry->kind = kind;
	entry->next = *link;
	*link = entry;
	return entry;
}

CompanyWord *
copy_company_word(const CompanyWord *word, MemoryContext context)
{
	CompanyWord *copy = MemoryContextAlloc(context, sizeof(CompanyWord) + word->company.len);

	*copy = *word;
	if (word->company.data != NULL)
		copy->company.data = memcpy(copy + 1, word->company.data, word->company.len);
	return copy;
}

/*
 * Of what is said of a deal's company only the first and the last matter.
 */
static void
join_company_words(PendingDeal *deal, const PendingDeal *addend, MemoryContext context)
{
	if (addend->first_company == NULL)
		return;
	if (deal->first_company == NULL || addend->first_company->ordinal < deal->first_company->ordinal)
		deal->first_company = copy_company_word(addend->first_company, context);
	if (deal->last_company == NULL || addend->last_company->ordinal > deal->last_company->ordinal)
		deal->last_company = copy_company_word(addend->last_company, context);
}

/*
 * Adds what one level has of a deal to what another has: the entries one by
 * one; what is said of instruments is said.c's.
 */
void
join_deals(PendingDeal *deal, const PendingDeal *addend, MemoryContext context)
{
	for (const Entry *e = addend->entries; e != NULL; e = e->next)
		change_add(&find_entry(deal, e->day, e->kind, context)->change, &e->change, 1);
	change_add(&deal->total, &addend->total, 1);
	deal->first_day = Min(deal->first_day, addend->first_day);
	deal->comes |= addend->comes;
	join_company_words(deal, addend, context);
	deal->books = addend->books;
	if (addend->old_shares != 0)
	{
		deal->new_shares = addend->new_shares;
		deal->old_shares = addend->old_shares;
		deal->split_on = addend->split_on;
	}
	if (addend->nsaid > 0)
		widen_days(deal, addend->said_from, addend->said_until);
	deal->nsaid += addend->nsaid;
	deal->said_kinds |= addend->said_kinds;
	deal->amounts_kinds |= addend->amounts_kinds;
	deal->settings_kinds |= addend->settings_kinds;
	deal->has_reasons |= addend->has_reasons;
	deal->goes |= addend->goes;
}

void
add_override(Level *level, Oid ledger, const char *reason)
{
	Override   *override = MemoryContextAlloc(level->context, sizeof(Override));

	override->ledger = ledger;
	override->reason = MemoryContextStrdup(level->context, reason);
	override->next = level->overrides;
	level->overrides = override;
}

/*
 * A savepoint whose release failed halfway (out of memory, more shares than a
 * bigint) left a part of its changes behind.  PL/pgSQL may have caught the
 * error and go on; what is pending is no good any more.
 */
void
refuse_torn_levels(void)
{
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		if (level->torn)
			ereport(ERROR,
					(errcode(ERRCODE_IN_FAILED_SQL_TRANSACTION),
					 errmsg("changes to watched tables were lost when a savepoint was released"),
					 errdetail("Adding them to the rest of the transaction failed, and that error was caught."),
					 errhint("Roll back the transaction.")));
	}
}

/*-------------------------------------------------------------------------
 *
 * pending.c
 *		Changes wait here, in memory, until the transaction is about to
 *		commit.
 *
 * There is one level for each subtransaction that changed something, the
 * innermost first; a level knows its deals, and a deal its changes, added up
 * by day and kind, and a list of what was said about its instruments.  A
 * rolled-back savepoint drops its level and with it its changes; a released
 * one hands them to its parent: sums are added, lists are joined.  Nothing
 * here survives the transaction: the memory is a child of
 * TopTransactionContext, and the pointers are cleared when it ends.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/pending.h"

#include "access/xact.h"
#include "guard/level.h"
#include "utils/memutils.h"

/* What fits the indexes of the books together with the number of an entry. */
#define MAX_DEAL_KEY	2600

/* Instruments are kept in blocks of this size, so that they cost little. */
#define BLOCK_SIZE	(64 * 1024)

Level	   *pending_levels = NULL;

/* While what is pending is being posted nothing can be added to it. */
static bool closed = false;

/* The names of watched tables that instruments of the transaction come from. */
typedef struct SourceName
{
	char	   *name;
	struct SourceName *next;
} SourceName;

static SourceName *sources = NULL;

/* Numbers the changes of instruments within the transaction. */
static uint64 last_ordinal = 0;

void
pending_close(bool close)
{
	closed = close;
}

bool
pending_closed(void)
{
	return closed;
}

/*
 * The level of the current subtransaction.
 */
static Level *
current_level(void)
{
	int			nest = GetCurrentTransactionNestLevel();
	MemoryContext context;
	Level	   *level;

	if (closed)					/* it would be forgotten with what is posted */
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing can be added to the books while covenant posts"),
				 errhint("Do not call functions of covenant that write from triggers on the books.")));
	if (pending_levels != NULL && pending_levels->nest == nest)
		return pending_levels;

	context = AllocSetContextCreate(TopTransactionContext, "covenant pending",
									ALLOCSET_DEFAULT_SIZES);
	level = MemoryContextAllocZero(context, sizeof(Level));
	level->nest = nest;
	level->context = context;
	level->deals = deals_create(context, 16, NULL);
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
 * What is pending for a deal in the current subtransaction, to add to.
 */
PendingDeal *
pending_deal(Oid ledger, Bytes deal)
{
	Level	   *level = current_level();
	PendingDeal *last = level->last_deal;

	if (last != NULL && last->ledger == ledger && bytes_equal(last->deal, deal))
		return last;
	if (deal.len > MAX_DEAL_KEY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the key of a deal is too long"),
				 errdetail("It has %d bytes; the books take up to %d.", deal.len, MAX_DEAL_KEY)));
	level->last_deal = find_or_make(level, (DealKey) {ledger, deal});
	return level->last_deal;
}

/*
 * What is pending for a company in the current subtransaction, to add to: its
 * row of the capital is kept as the row of a deal is.
 */
PendingDeal *
pending_company(const Books *books, Bytes company)
{
	PendingDeal *deal = pending_deal(books->capital, company);

	deal->books = books->ledger;
	return deal;
}

/*
 * A deal's entry of a day and kind, made where there is none.  The list has the
 * latest day first: changes mostly come in the order of their days.
 */
static Entry *
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

/*
 * Adds a change to a deal that pending_deal gave.
 */
void
pending_add(PendingDeal *deal, DateADT day, ChangeKind kind,
			const Change *change, int sign)
{
	MemoryContext old = MemoryContextSwitchTo(pending_levels->context);

	change_add(&find_entry(deal, day, kind, pending_levels->context)->change, change, sign);
	change_add(&deal->total, change, sign);
	deal->first_day = Min(deal->first_day, day);
	MemoryContextSwitchTo(old);
}

/*
 * Memory for an instrument in the current level.
 */
static char *
instrument_memory(Size size)
{
	char	   *memory;

	size = MAXALIGN(size);
	if (size > BLOCK_SIZE / 8)
		return MemoryContextAlloc(pending_levels->context, size);
	if (pending_levels->block_left < size)
	{
		pending_levels->block = MemoryContextAlloc(pending_levels->context, BLOCK_SIZE);
		pending_levels->block_left = BLOCK_SIZE;
	}
	memory = pending_levels->block;
	pending_levels->block += size;
	pending_levels->block_left -= size;
	return memory;
}

/*
 * A table's name as the instruments of this transaction share it; a trigger's
 * arguments do not last that long.
 */
static const char *
shared_source(const char *name)
{
	SourceName *source = sources;

	while (source != NULL && strcmp(source->name, name) != 0)
		source = source->next;
	if (source == NULL)
	{
		source = MemoryContextAlloc(TopTransactionContext, sizeof(SourceName));
		source->name = MemoryContextStrdup(TopTransactionContext, name);
		source->next = sources;
		sources = source;
	}
	return source->name;
}

/*
 * Puts what a write says about an instrument into the list of its deal, which
 * pending_deal gave.
 */
void
pending_add_instrument(PendingDeal *deal, const InstrumentChange *change)
{
	InstrumentChange *copy =
		copy_instrument_change(change, instrument_memory(instrument_change_size(change)));

	copy->source = shared_source(change->source);
	copy->ordinal = ++last_ordinal;
	copy->next = NULL;
	if (deal->instruments == NULL)
		deal->instruments = copy;
	else
		deal->last_instrument->next = copy;
	deal->last_instrument = copy;
}

bool
pending_any(void)
{
	return pending_levels != NULL;
}

/*
 * A savepoint whose release failed halfway (out of memory, more shares than a
 * bigint) left a part of its changes behind.  PL/pgSQL may have caught the
 * error and go on; what is pending is no good any more.
 */
static void
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

/*
 * Order of posting: by books, in these deals before companies, then by key, so
 * that transactions lock the rows in one order and cannot deadlock with each
 * other.
 */
static int
deal_order(const void *left, const void *right)
{
	const PendingDeal *a = *(PendingDeal *const *) left;
	const PendingDeal *b = *(PendingDeal *const *) right;

	if (a->books != b->books)
		return a->books < b->books ? -1 : 1;
	if (is_company(a) != is_company(b))
		return is_company(b) ? -1 : 1;
	return bytes_cmp(a->deal, b->deal);
}

/*
 * Adds what one level has of a deal to what another has: the entries one by
 * one, the instruments as they are.
 */
void
join_deals(PendingDeal *deal, const PendingDeal *addend, MemoryContext context)
{
	for (const Entry *e = addend->entries; e != NULL; e = e->next)
		change_add(&find_entry(deal, e->day, e->kind, context)->change, &e->change, 1);
	change_add(&deal->total, &addend->total, 1);
	deal->first_day = Min(deal->first_day, addend->first_day);
	deal->comes |= addend->comes;
	deal->moves |= addend->moves;
	deal->books = addend->books;
	if (addend->old_shares != 0)
	{
		deal->new_shares = addend->new_shares;
		deal->old_shares = addend->old_shares;
		deal->split_on = addend->split_on;
	}
	if (addend->instruments == NULL)
		return;
	if (deal->instruments == NULL)
		deal->instruments = addend->instruments;
	else
		deal->last_instrument->next = addend->instruments;
	deal->last_instrument = addend->last_instrument;
}

/*
 * What several levels have of one deal, as one, in the current memory
 * context.  Their lists of instruments are not joined in place but copied; the
 * ordinals tell in which order things were said.
 */
static PendingDeal *
join_levels(PendingDeal **parts, int n)
{
	PendingDeal *whole = palloc0(sizeof(PendingDeal));

	whole->ledger = parts[0]->ledger;
	whole->books = parts[0]->books;
	whole->deal = parts[0]->deal;
	whole->first_day = DATEVAL_NOEND;
	for (int i = 0; i < n; i++)
	{
		PendingDeal part = *parts[i];

		part.instruments = part.last_instrument = NULL;
		for (InstrumentChange *c = parts[i]->instruments; c != NULL; c = c->next)
		{
			InstrumentChange *copy = palloc(sizeof(InstrumentChange));

			*copy = *c;
			copy->next = NULL;
			if (part.instruments == NULL)
				part.instruments = copy;
			else
				part.last_instrument->next = copy;
			part.last_instrument = copy;
		}
		join_deals(whole, &part, CurrentMemoryContext);
	}
	return whole;
}

/*
 * Everything pending that is wanted, in the order of posting.
 */
static PendingDeal **
sorted_where(bool (*wanted) (const PendingDeal *, Oid), Oid ledger, int *n)
{
	Size		size = 0;
	int			found = 0;
	PendingDeal **sorted;
	DealSlot   *slot;
	deals_iterator i;

	refuse_torn_levels();
	for (Level *level = pending_levels; level != NULL; level = level->parent)
		size += level->deals->members;
	sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1) * sizeof(PendingDeal *));

	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		deals_start_iterate(level->deals, &i);
		while ((slot = deals_iterate(level->deals, &i)) != NULL)
		{
			if (slot->deal != NULL && wanted(slot->deal, ledger))
				sorted[found++] = slot->deal;
		}
	}
	qsort(sorted, found, sizeof(PendingDeal *), deal_order);

	*n = 0;
	for (int first = 0, next; first < found; first = next)
	{
		for (next = first + 1; next < found && deal_order(&sorted[first], &sorted[next]) == 0;)
			next++;
		sorted[(*n)++] = next == first + 1 ? sorted[first] :
			join_levels(sorted + first, next - first);
	}
	return sorted;
}

static bool
is_deal_of(const PendingDeal *deal, Oid ledger)
{
	return !OidIsValid(ledger) || deal->ledger == ledger;
}

static bool
is_company_of(const PendingDeal *deal, Oid ledger)
{
	return is_company(deal) && deal->books == ledger;
}

/*
 * The deals of one set of books; or all there is, deals and companies, for
 * InvalidOid.
 */
PendingDeal **
pending_sorted(Oid ledger, int *n)
{
	return sorted_where(is_deal_of, ledger, n);
}

/*
 * The companies of one set of books.
 */
PendingDeal **
pending_companies(Oid ledger, int *n)
{
	return sorted_where(is_company_of, ledger, n);
}

/*
 * Nothing is pending any more.  The memory goes with the transaction, so that
 * a caller of pending_sorted may go on using the deals.
 */
void
pending_forget(void)
{
	pending_levels = NULL;
}

/*
 * Everything pending for one deal; NULL where there is nothing.
 */
PendingDeal *
pending_for_deal(Oid ledger, Bytes deal)
{
	PendingDeal *parts[2];
	PendingDeal *whole = NULL;

	if (pending_levels == NULL)
		return NULL;
	refuse_torn_levels();
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		DealSlot   *slot = deals_lookup(level->deals, (DealKey) {ledger, deal});

		if (slot == NULL || slot->deal == NULL)
			continue;
		parts[0] = whole;
		parts[1] = slot->deal;
		whole = whole == NULL ? slot->deal : join_levels(parts, 2);
	}
	return whole;
}

/*
 * Nothing is pending for a deal any more.
 */
void
pending_forget_deal(Oid ledger, Bytes deal)
{
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		level->last_deal = NULL;
		(void) deals_delete(level->deals, (DealKey) {ledger, deal});
	}
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
 * This transaction's acts on these books count as facts.
 */
void
pending_override(Oid ledger, const char *reason)
{
	add_override(current_level(), ledger, reason);
}

/*
 * The reason given for an override of these books; NULL without one.
 */
const char *
override_reason(Oid ledger)
{
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		for (Override *o = level->overrides; o != NULL; o = o->next)
		{
			if (o->ledger == ledger)
				return o->reason;
		}
	}
	return NULL;
}

/*
 * The transaction is over: nothing may point into its memory.
 */
void
pending_end(void)
{
	pending_levels = NULL;
	sources = NULL;
	last_ordinal = 0;
}

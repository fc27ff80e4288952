/*-------------------------------------------------------------------------
 *
 * pending.c
 *		Changes wait here until the transaction is about to commit.
 *
 * What is said of instruments may also wait in a file (said.c).  A rolled-back
 * savepoint drops its level and with it its changes; a released one hands them
 * to its parent (savepoint.c).  Nothing here survives the transaction, and the
 * pointers into its memory are cleared when it ends.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/pending.h"

#include "access/xact.h"
#include "guard/level.h"
#include "guard/said.h"
#include "utils/memutils.h"

/* What fits the indexes of the books together with the number of an entry. */
#define MAX_DEAL_KEY	2600

/* While what is pending is being posted nothing can be added to it. */
static bool closed = false;

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

	if (closed)					/* it would be forgotten with what is posted */
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing can be added to the books while covenant posts"),
				 errhint("Do not call functions of covenant that write from triggers on the books.")));
	if (pending_levels != NULL && pending_levels->nest == nest)
		return pending_levels;
	return make_level(nest);
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
 * Adds what a write says about an instrument to a deal that pending_deal gave.
 */
void
pending_add_instrument(PendingDeal *deal, const InstrumentChange *change)
{
	said_add(pending_levels, deal, change);
}

/*
 * Whose shares a deal is about, by a row that leaves or comes.
 */
void
pending_say_company(PendingDeal *deal, Bytes company, bool leaves)
{
	CompanyWord said = {next_ordinal(), leaves, company};
	CompanyWord *word = copy_company_word(&said, pending_levels->context);

	if (deal->first_company == NULL)
		deal->first_company = word;
	deal->last_company = word;
}

bool
pending_any(void)
{
	return pending_levels != NULL;
}

/* A deal with what it is sorted by. */
typedef struct Sortable
{
	Oid			books;
	bool		company;
	uint64		prefix;			/* of the key */
	PendingDeal *deal;
} Sortable;

/*
 * Order of posting: by books, in these deals before companies, then by key, so
 * that transactions lock the rows in one order and cannot deadlock with each
 * other.
 */
static inline int
deal_order(const Sortable *a, const Sortable *b)
{
	if (a->books != b->books)
		return a->books < b->books ? -1 : 1;
	if (a->company != b->company)
		return b->company ? -1 : 1;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return bytes_cmp(a->deal->deal, b->deal->deal);
}

#define ST_SORT sort_deals
#define ST_ELEMENT_TYPE Sortable
#define ST_COMPARE(a, b) deal_order(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * What several levels have of one deal, as one, in the current memory context.
 */
static PendingDeal *
join_levels(PendingDeal **parts, int n)
{
	PendingDeal *whole = palloc0(sizeof(PendingDeal));

	whole->ledger = parts[0]->ledger;
	whole->books = parts[0]->books;
	whole->deal = parts[0]->deal;
	whole->first_day = DATEVAL_NOEND;
	whole->parts = memcpy(palloc(n * sizeof(PendingDeal *)), parts, n * sizeof(PendingDeal *));
	whole->nparts = n;
	for (int i = 0; i < n; i++)
		join_deals(whole, parts[i], CurrentMemoryContext);
	return whole;
}

static Sortable *
find_where(bool (*wanted) (const PendingDeal *, Oid), Oid ledger, Size *n)
{
	Size		size = 1;
	Sortable   *found;
	DealSlot   *slot;
	deals_iterator i;

	for (Level *level = pending_levels; level != NULL; level = level->parent)
		size += level->deals->members;
	found = MemoryContextAllocHuge(CurrentMemoryContext, size * sizeof(Sortable));
	*n = 0;
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		deals_start_iterate(level->deals, &i);
		while ((slot = deals_iterate(level->deals, &i)) != NULL)
		{
			if (slot->deal != NULL && wanted(slot->deal, ledger))
				found[(*n)++] = (Sortable) {slot->deal->books, is_company(slot->deal),
					bytes_prefix(slot->deal->deal), slot->deal};
		}
	}
	return found;
}

/*
 * Everything pending that is wanted, in the order of posting.
 */
static PendingDeal **
sorted_where(bool (*wanted) (const PendingDeal *, Oid), Oid ledger, int *n)
{
	Sortable   *found;
	PendingDeal **sorted;
	Size		size;

	refuse_torn_levels();
	found = find_where(wanted, ledger, &size);
	sort_deals(found, size);
	sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1) * sizeof(PendingDeal *));
	for (Size i = 0; i < size; i++)
		sorted[i] = found[i].deal;
	*n = 0;
	for (Size first = 0, next; first < size; first = next)
	{
		for (next = first + 1; next < size && deal_order(&found[first], &found[next]) == 0;)
			next++;
		sorted[(*n)++] = next == first + 1 ? sorted[first] :
			join_levels(sorted + first, next - first);
	}
	pfree(found);
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
	said_forget();
}

/*
 * Everything pending for one deal; NULL where there is nothing.
 */
PendingDeal *
pending_for_deal(Oid ledger, Bytes deal)
{
	PendingDeal **parts;
	int			depth = 0;
	int			n = 0;

	if (pending_levels == NULL)
		return NULL;
	refuse_torn_levels();
	for (Level *level = pending_levels; level != NULL; level = level->parent)
		depth++;
	parts = palloc(depth * sizeof(PendingDeal *));
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		DealSlot   *slot = deals_lookup(level->deals, (DealKey) {ledger, deal});

		if (slot != NULL && slot->deal != NULL)
			parts[n++] = slot->deal;
	}
	return n == 0 ? NULL : n == 1 ? parts[0] : join_levels(parts, n);
}

/*
 * Nothing is pending for a deal any more.
 */
void
pending_forget_deal(Oid ledger, Bytes deal)
{
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		DealSlot   *slot = deals_lookup(level->deals, (DealKey) {ledger, deal});

		level->last_deal = NULL;
		if (slot == NULL)
			continue;
		if (slot->deal != NULL)
			said_forget_deal(slot->deal);
		(void) deals_delete(level->deals, (DealKey) {ledger, deal});
	}
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
	said_end();
}

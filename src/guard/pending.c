/*-------------------------------------------------------------------------
 *
 * pending.c
 *		Changes wait here, in memory, until the transaction is about to
 *		commit.
 *
 * There is one level for each subtransaction that changed something, the
 * innermost first.  A rolled-back savepoint drops its level and with it its
 * changes; a released one hands them to its parent.  Nothing here survives
 * the transaction: the memory is a child of TopTransactionContext, and the
 * pointers are cleared when it ends.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/pending.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "utils/memutils.h"

/* A hash table of entries by key. */
typedef struct EntrySlot
{
	const EntryKey *key;
	Entry	   *entry;
	uint32		hash;
	char		status;
} EntrySlot;

static inline uint32
bytes_hash(Bytes b)
{
	return hash_bytes((const unsigned char *) b.data, b.len);
}

int
bytes_cmp(Bytes a, Bytes b)
{
	int			cmp = memcmp(a.data, b.data, Min(a.len, b.len));

	return cmp != 0 ? cmp : (a.len > b.len) - (a.len < b.len);
}

static inline bool
bytes_equal(Bytes a, Bytes b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static inline uint32
entry_key_hash(const EntryKey *key)
{
	uint32		hash = hash_combine(bytes_hash(key->deal), murmurhash32(key->ledger));

	hash = hash_combine(hash, murmurhash32((uint32) key->day * 8 + key->kind));
	return key->holder.len == 0 ? hash : hash_combine(hash, bytes_hash(key->holder));
}

static inline bool
entry_key_equal(const EntryKey *a, const EntryKey *b)
{
	return a->ledger == b->ledger && a->day == b->day && a->kind == b->kind &&
		bytes_equal(a->deal, b->deal) && bytes_equal(a->holder, b->holder);
}

#define SH_PREFIX entries
#define SH_ELEMENT_TYPE EntrySlot
#define SH_KEY_TYPE const EntryKey *
#define SH_KEY key
#define SH_HASH_KEY(table, key) entry_key_hash(key)
#define SH_EQUAL(table, a, b) entry_key_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (slot)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A reason why this transaction's acts on one set of books are facts. */
typedef struct Override
{
	Oid			ledger;
	char	   *reason;
	struct Override *next;
} Override;

typedef struct Level
{
	int			nest;			/* GetCurrentTransactionNestLevel() */
	MemoryContext context;		/* holds all of it */
	entries_hash *entries;
	Override   *overrides;
	bool		torn;			/* has only a part of a released savepoint's changes */
	struct Level *parent;
} Level;

static Level *levels = NULL;

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

/* Totals by deal, made when somebody asks, dropped when something changes. */
static MemoryContext summary_context = NULL;
static entries_hash *summary = NULL;

static void
forget_summary(void)
{
	if (summary_context != NULL)
		MemoryContextDelete(summary_context);
	summary_context = NULL;
	summary = NULL;
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
	if (levels != NULL && levels->nest == nest)
		return levels;

	context = AllocSetContextCreate(TopTransactionContext, "covenant pending",
									ALLOCSET_DEFAULT_SIZES);
	level = MemoryContextAllocZero(context, sizeof(Level));
	level->nest = nest;
	level->context = context;
	level->entries = entries_create(context, 16, NULL);
	level->parent = levels;
	levels = level;
	return level;
}

/*
 * The entry of a table under a key, made where there is none.  The key's
 * bytes are copied into the current memory context, the table's own.
 */
static Entry *
find_or_make(entries_hash *table, const EntryKey *key)
{
	bool		found;
	EntrySlot  *slot = entries_insert(table, key, &found);
	Entry	   *entry;
	char	   *bytes;

	if (found)
		return slot->entry;
	entry = palloc0(sizeof(Entry) + key->deal.len + key->holder.len);
	bytes = (char *) (entry + 1);
	entry->key = *key;
	entry->key.deal.data = memcpy(bytes, key->deal.data, key->deal.len);
	entry->key.holder.data = memcpy(bytes + key->deal.len, key->holder.data, key->holder.len);
	entry->first_day = key->day;
	slot->key = &entry->key;
	slot->entry = entry;
	return entry;
}

/*
 * Adds a change to what is pending in the current subtransaction.
 */
void
pending_add(const EntryKey *key, const Change *change, int sign)
{
	Level	   *level = current_level();
	MemoryContext old = MemoryContextSwitchTo(level->context);

	change_add(&find_or_make(level->entries, key)->change, change, sign);
	MemoryContextSwitchTo(old);
	forget_summary();
}

bool
pending_any(void)
{
	return levels != NULL;
}

/*
 * A savepoint whose release failed halfway (out of memory, more shares than a
 * bigint) left a part of its changes behind.  PL/pgSQL may have caught the
 * error and go on; what is pending is no good any more.
 */
static void
refuse_torn_levels(void)
{
	for (Level *level = levels; level != NULL; level = level->parent)
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
 * Order of posting: by books, then by deal, so that transactions lock the
 * ledger's rows in one order and cannot deadlock with each other; within a
 * deal by day, kind and holder, the order of the journal.
 */
static int
entry_order(const void *left, const void *right)
{
	const EntryKey *a = &(*(Entry *const *) left)->key;
	const EntryKey *b = &(*(Entry *const *) right)->key;
	int			cmp;

	if (a->ledger != b->ledger)
		return a->ledger < b->ledger ? -1 : 1;
	if ((cmp = bytes_cmp(a->deal, b->deal)) != 0)
		return cmp;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return bytes_cmp(a->holder, b->holder);
}

bool
same_deal(const Entry *a, const Entry *b)
{
	return a->key.ledger == b->key.ledger && bytes_equal(a->key.deal, b->key.deal);
}

/*
 * The entries of one set of books (or all, InvalidOid) in the order of
 * posting.  Entries of several levels may have the same key.
 */
Entry **
pending_sorted(Oid ledger, int *n)
{
	Size		size = 0;
	Entry	  **sorted;
	EntrySlot  *slot;
	entries_iterator i;

	refuse_torn_levels();
	for (Level *level = levels; level != NULL; level = level->parent)
		size += level->entries->members;
	sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1) * sizeof(Entry *));

	*n = 0;
	for (Level *level = levels; level != NULL; level = level->parent)
	{
		entries_start_iterate(level->entries, &i);
		while ((slot = entries_iterate(level->entries, &i)) != NULL)
		{
			if (!OidIsValid(ledger) || slot->entry->key.ledger == ledger)
				sorted[(*n)++] = slot->entry;
		}
	}
	qsort(sorted, *n, sizeof(Entry *), entry_order);
	return sorted;
}

/*
 * Nothing is pending any more.  The memory goes with the transaction, so that
 * a caller of pending_sorted may go on using the entries.
 */
void
pending_forget(void)
{
	levels = NULL;
	forget_summary();
}

/*
 * A total is of no day, kind or holder; its first day comes down from the end
 * of time.
 */
static inline EntryKey
summary_key(Oid ledger, Bytes deal)
{
	return (EntryKey) {.ledger = ledger, .day = DATEVAL_NOEND, .deal = deal,
		.holder = {"", 0}};
}

/*
 * Builds the totals by deal over all levels.
 */
static void
summarize(void)
{
	MemoryContext old;
	entries_hash *totals;
	EntrySlot  *slot;
	entries_iterator i;

	refuse_torn_levels();
	forget_summary();			/* what an error left half done */
	summary_context = AllocSetContextCreate(TopTransactionContext,
											"covenant pending summary",
											ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(summary_context);
	totals = entries_create(summary_context, 16, NULL);
	for (Level *level = levels; level != NULL; level = level->parent)
	{
		entries_start_iterate(level->entries, &i);
		while ((slot = entries_iterate(level->entries, &i)) != NULL)
		{
			EntryKey	key = summary_key(slot->key->ledger, slot->key->deal);
			Entry	   *total = find_or_make(totals, &key);

			total->first_day = Min(total->first_day, slot->key->day);
			change_add(&total->change, &slot->entry->change, 1);
		}
	}
	MemoryContextSwitchTo(old);
	summary = totals;
}

/*
 * Everything pending for one deal; NULL where there is nothing.
 */
const Entry *
pending_for_deal(Oid ledger, Bytes deal)
{
	EntryKey	key = summary_key(ledger, deal);
	EntrySlot  *slot;

	if (levels == NULL)
		return NULL;
	if (summary == NULL)
		summarize();
	slot = entries_lookup(summary, &key);
	return slot == NULL ? NULL : slot->entry;
}

static void
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
	for (Level *level = levels; level != NULL; level = level->parent)
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
 * Has the level a parent to which it would be added when it is released?
 */
static inline bool
joins_parent(const Level *level)
{
	return level->parent != NULL && level->parent->nest == level->nest - 1;
}

/*
 * A savepoint is about to be released: raises what adding its changes to its
 * parent's would raise.  Afterwards, when it is done, it is too late for an
 * error: the subtransaction can then neither commit nor abort cleanly.
 */
static void
try_release(void)
{
	Level	   *child = levels;
	MemoryContext trial;
	MemoryContext old;
	EntrySlot  *slot;
	entries_iterator i;

	if (!joins_parent(child))
		return;
	trial = AllocSetContextCreate(CurrentMemoryContext, "covenant release",
								  ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(trial);
	entries_start_iterate(child->entries, &i);
	while ((slot = entries_iterate(child->entries, &i)) != NULL)
	{
		EntrySlot  *before = entries_lookup(child->parent->entries, slot->key);
		Change		sum;

		if (before == NULL)
			continue;
		sum = before->entry->change;
		change_add(&sum, &slot->entry->change, 1);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(trial);
}

/*
 * A savepoint is released: its changes become its parent's.
 */
static void
release_level(int nest)
{
	Level	   *child = levels;
	bool		torn;
	MemoryContext old;
	EntrySlot  *slot;
	entries_iterator i;

	if (!joins_parent(child))
	{
		child->nest = nest - 1; /* the parent has changed nothing so far */
		return;
	}

	levels = child->parent;
	torn = levels->torn || child->torn;
	levels->torn = true;		/* until all of it is here */
	old = MemoryContextSwitchTo(levels->context);
	entries_start_iterate(child->entries, &i);
	while ((slot = entries_iterate(child->entries, &i)) != NULL)
		change_add(&find_or_make(levels->entries, slot->key)->change,
				   &slot->entry->change, 1);
	MemoryContextSwitchTo(old);
	for (Override *o = child->overrides; o != NULL; o = o->next)
		add_override(levels, o->ledger, o->reason);
	levels->torn = torn;
	MemoryContextDelete(child->context);
}

/*
 * A subtransaction is about to be committed.
 */
void
pending_try_release(int nest)
{
	if (levels != NULL && levels->nest >= nest)
		try_release();
}

/*
 * A subtransaction was committed.
 */
void
pending_release(int nest)
{
	if (levels != NULL && levels->nest >= nest)
		release_level(nest);
}

/*
 * A subtransaction was rolled back.
 */
void
pending_drop(int nest)
{
	Level	   *level = levels;

	if (level == NULL || level->nest < nest)
		return;
	levels = level->parent;
	MemoryContextDelete(level->context);
	forget_summary();
}

/*
 * The transaction is over: nothing may point into its memory.
 */
void
pending_end(void)
{
	levels = NULL;
	summary = NULL;
	summary_context = NULL;
}

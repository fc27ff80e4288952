/*-------------------------------------------------------------------------
 *
 * known_watch.c
 *		What a backend remembers of watched tables.
 *
 * To read a trigger's arguments, to find columns and books by their names and
 * to ask for rights takes longer than to capture a row.  So it is done once for
 * each trigger, and again when something that open_watch looked at may have
 * changed: the table, the books, or any schema, type, role or membership.
 *
 * A watch that is forgotten may still be in use, by the very statement whose
 * trigger heard of the change: its memory lasts until the transaction ends.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/known_watch.h"

#include "access/xact.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

typedef struct KnownWatch
{
	Oid			trigger;		/* hash key */
	uint32		loading;		/* of the books that it was checked against */
	Watch	   *watch;
	MemoryContext context;		/* holds the watch and its names */
} KnownWatch;

static HTAB *known_watches = NULL;

/* Counts what was heard of changes. */
static uint64 changes = 0;

static void
forget(KnownWatch *known)
{
	if (TopTransactionContext != NULL)
		MemoryContextSetParent(known->context, TopTransactionContext);
	else
		MemoryContextDelete(known->context);
	(void) hash_search(known_watches, &known->trigger, HASH_REMOVE, NULL);
}

/*
 * Relcache invalidation.  That of the books is heard of by their loading.
 */
static void
forget_watches(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS all;
	KnownWatch *known;

	changes++;
	hash_seq_init(&all, known_watches);
	while ((known = hash_seq_search(&all)) != NULL)
	{
		if (!OidIsValid(relation) || relation == known->watch->relation)
			forget(known);
	}
}

static void
forget_all_watches(Datum arg, int cache, uint32 hash)
{
	forget_watches(arg, InvalidOid);
}

void
define_known_watches(void)
{
	static const int caches[] = {NAMESPACEOID, TYPEOID, AUTHOID, AUTHMEMROLEMEM, DATABASEOID};
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(KnownWatch),
	.hcxt = TopMemoryContext};

	known_watches = hash_create("covenant watches", 16, &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(forget_watches, (Datum) 0);
	for (int i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], forget_all_watches, (Datum) 0);
}

/*
 * The watch of a relation under a trigger of its, if it is known and holds;
 * else NULL.
 */
const Watch *
known_watch(Relation relation, const Trigger *trigger)
{
	KnownWatch *known = hash_search(known_watches, &trigger->tgoid, HASH_FIND, NULL);

	if (known == NULL || known->watch->relation != RelationGetRelid(relation) ||
		!known->watch->books->valid || known->watch->books->loading != known->loading)
		return NULL;
	return known->watch;
}

static const char *
keep(const char *name, MemoryContext context)
{
	return name == NULL ? NULL : MemoryContextStrdup(context, name);
}

/*
 * A copy that lasts as long as the context: names lie in the trigger.
 */
static Watch *
keep_watch(const Watch *watch, MemoryContext context)
{
	Watch	   *copy = MemoryContextAlloc(context, sizeof(Watch));

	*copy = *watch;
	copy->source = keep(watch->source, context);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		copy->columns[role].name = keep(watch->columns[role].name, context);
	for (int i = 0; i < watch->nkeys; i++)
		copy->keys[i].name = keep(watch->keys[i].name, context);
	return copy;
}

/*
 * The same as open_watch, remembered; but not where something changed while it
 * was read.
 */
const Watch *
learn_watch(Relation relation, const Trigger *trigger)
{
	Oid			oid = trigger->tgoid;
	uint64		before = changes;
	Watch		watch;
	Watch	   *copy;
	KnownWatch *known;
	MemoryContext context;

	open_watch(&watch, relation, trigger);
	if (changes != before)
		return keep_watch(&watch, CurrentMemoryContext);
	context = AllocSetContextCreate(TopMemoryContext, "covenant watch", ALLOCSET_SMALL_SIZES);
	copy = keep_watch(&watch, context);
	known = hash_search(known_watches, &oid, HASH_FIND, NULL);
	if (known != NULL)			/* of books that were changed since */
		forget(known);
	known = hash_search(known_watches, &oid, HASH_ENTER, NULL);
	known->context = context;
	known->watch = copy;
	known->loading = copy->books->loading;
	return copy;
}

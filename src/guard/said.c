/*-------------------------------------------------------------------------
 *
 * said.c
 *		What is said of instruments before it is posted: in memory, and in a
 *		file when it is more than work_mem.
 *
 * In memory each deal of each level has a list.  When all of it outgrows
 * work_mem all of it goes to the end of a temporary file, the outermost level
 * first.  So what is in the file from the place on where a level begins is that
 * level's, or of those inside of it: a savepoint that is rolled back cuts the
 * file there, and one that is released leaves the file as it is.  What is in
 * the file says what deal it is of by the address of what lasts as long as the
 * transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/said.h"

#include "guard/level.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

/* Memory is taken in blocks that grow, so that little costs little. */
#define FIRST_BLOCK		512
#define LARGEST_BLOCK	(64 * 1024)

/* What is said of one deal is found in chunks that grow as well. */
#define LARGEST_CHUNK	64

/* A released savepoint's part up to this size is copied, not kept beside. */
#define COPIED_SIZE		LARGEST_BLOCK

static BufFile *file = NULL;
static FilePlace file_end = {0};
static Size in_memory = 0;		/* bytes, of all levels */
static deals_hash *file_deals = NULL;	/* the slots' deals are FileDeals */
static uint64 last_ordinal = 0;

/* The names of watched tables that instruments of the transaction come from. */
typedef struct SourceName
{
	char	   *name;
	struct SourceName *next;
} SourceName;

static SourceName *sources = NULL;

/*
 * Numbers what is said within the transaction.
 */
uint64
next_ordinal(void)
{
	return ++last_ordinal;
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

/* In memory -------------------------------------------------------------- */

static MemoryContext
said_context(Level *level)
{
	if (level->said_context == NULL)
		level->said_context = AllocSetContextCreate(level->context, "covenant pending instruments",
													ALLOCSET_SMALL_SIZES);
	return level->said_context;
}

static void *
take_memory(Level *level, Size size)
{
	void	   *memory;

	if (level->block_left < size)
	{
		Size		block = Min(Max(2 * level->block_size, FIRST_BLOCK), LARGEST_BLOCK);

		block = Max(block, size);
		level->block = MemoryContextAlloc(said_context(level), block);
		level->block_size = level->block_left = block;
		level->bytes += block;
		in_memory += block;
	}
	memory = level->block;
	level->block += size;
	level->block_left -= size;
	return memory;
}

static void
append_packed(Level *level, PendingDeal *deal, PackedSaid *packed)
{
	SaidChunk  *last = deal->last_said;

	if (last == NULL || last->n == last->size)
	{
		int			size = last == NULL ? 1 : Min(2 * last->size, LARGEST_CHUNK);
		SaidChunk  *chunk = take_memory(level, offsetof(SaidChunk, said) + size * sizeof(PackedSaid *));

		*chunk = (SaidChunk) {.size = size};
		if (last == NULL)
			deal->said = chunk;
		else
			last->next = chunk;
		deal->last_said = last = chunk;
	}
	last->said[last->n++] = packed;
}

static void
forget_memory(Level *level)
{
	in_memory -= level->bytes;
	level->bytes = level->block_size = level->block_left = 0;
	level->block = NULL;
	if (level->said_context != NULL)
		MemoryContextReset(level->said_context);
}

/* In the file ------------------------------------------------------------ */

void
seek_said(BufFile *of, FilePlace place)
{
	if (BufFileSeek(of, place.segment, place.offset, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not seek in a temporary file of covenant: %m")));
}

FilePlace
tell_said(BufFile *of, int64 before)
{
	FilePlace	place = {.before = before};

	BufFileTell(of, &place.segment, &place.offset);
	return place;
}

void
read_said(BufFile *of, void *to, Size size)
{
	if (BufFileRead(of, to, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read from a temporary file of covenant: %m")));
}

/*
 * Reads what is packed into a buffer, which grows; size is what it has.
 */
void
read_packed(BufFile *of, PackedSaid **buffer, Size *size)
{
	PackedSaid	head;

	read_said(of, &head, offsetof(PackedSaid, rest));
	if (*size < head.size)
	{
		Size		enough = Max(head.size, 1024);

		*buffer = *buffer == NULL ? palloc(enough) : repalloc(*buffer, enough);
		*size = enough;
	}
	memcpy(*buffer, &head, offsetof(PackedSaid, rest));
	read_said(of, (*buffer)->rest, head.size - offsetof(PackedSaid, rest));
}

/*
 * The file, which lasts as long as the transaction, whatever becomes of the
 * subtransaction that needs it.
 */
static void
open_file(void)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	ResourceOwner owner = CurrentResourceOwner;

	CurrentResourceOwner = TopTransactionResourceOwner;
	PG_TRY();
	{
		file = BufFileCreateTemp(false);
	}
	PG_FINALLY();
	{
		CurrentResourceOwner = owner;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
}

/*
 * As what the file knows a deal.
 */
static FileDeal *
file_deal(PendingDeal *deal)
{
	bool		found;
	DealSlot   *slot;
	FileDeal   *known;

	if (deal->in_file != NULL)
		return deal->in_file;
	if (file_deals == NULL)
		file_deals = deals_create(TopTransactionContext, 64, NULL);
	slot = deals_insert(file_deals, (DealKey) {deal->ledger, deal->deal}, &found);
	if (!found || slot->deal == NULL)
	{
		slot->deal = NULL;		/* should the memory not suffice */
		known = MemoryContextAllocZero(TopTransactionContext, sizeof(FileDeal) + deal->deal.len);
		known->ledger = deal->ledger;
		known->deal = (Bytes) {memcpy(known + 1, deal->deal.data, deal->deal.len), deal->deal.len};
		slot->key.deal = known->deal;
		slot->deal = (PendingDeal *) known;
	}
	deal->in_file = (FileDeal *) slot->deal;
	return deal->in_file;
}

/*
 * Writes what is in memory of a deal; how much that is.
 */
static int64
write_deal(PendingDeal *deal)
{
	FileDeal   *known = deal->said == NULL ? NULL : file_deal(deal);
	int64		n = 0;

	for (const SaidChunk *chunk = deal->said; chunk != NULL; chunk = chunk->next)
	{
		for (int i = 0; i < chunk->n; i++)
		{
			BufFileWrite(file, &known, sizeof(known));
			BufFileWrite(file, chunk->said[i], chunk->said[i]->size);
		}
		n += chunk->n;
	}
	return n;
}

/*
 * The same of a level.
 */
static int64
write_level(const Level *level)
{
	DealSlot   *slot;
	deals_iterator i;
	int64		n = 0;

	deals_start_iterate(level->deals, &i);
	while ((slot = deals_iterate(level->deals, &i)) != NULL)
	{
		if (slot->deal != NULL)
			n += write_deal(slot->deal);
	}
	return n;
}

static void
forget_lists(Level *level)
{
	DealSlot   *slot;
	deals_iterator i;

	deals_start_iterate(level->deals, &i);
	while ((slot = deals_iterate(level->deals, &i)) != NULL)
	{
		if (slot->deal != NULL)
			slot->deal->said = slot->deal->last_said = NULL;
	}
	forget_memory(level);
}

/*
 * Writes the level's part after that of the levels around it; before: so many
 * are in the file already, and the result is how many then are.
 */
static int64
spill_levels(Level *level, int64 before)
{
	if (level->parent != NULL)
		before = spill_levels(level->parent, before);
	level->spilled_from = tell_said(file, before);
	level->spilled = level->bytes > 0;
	return level->spilled ? before + write_level(level) : before;
}

/*
 * Moves what is in memory to the file.  What fails leaves everything in memory
 * and the end of the file where it was.
 */
static void
spill(void)
{
	int64		n;

	if (file == NULL)
		open_file();
	seek_said(file, file_end);
	n = spill_levels(pending_levels, file_end.before);
	file_end = tell_said(file, n);
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		if (!level->spilled)
			continue;
		if (!level->in_file)
			level->from = level->spilled_from;
		level->in_file = true;
		forget_lists(level);
	}
}

bool
said_in_file(void)
{
	return file_end.before > 0;
}

/* Adding ----------------------------------------------------------------- */

/*
 * Adds what a write says about an instrument to what is pending for its deal.
 */
void
said_add(Level *level, PendingDeal *deal, const InstrumentChange *change)
{
	PackedSaid *packed = take_memory(level, packed_size(change));

	pack_said(change, packed);
	packed->source = shared_source(change->source);
	packed->ordinal = next_ordinal();
	/* give back what was too much */
	level->block_left += level->block - ((char *) packed + packed->size);
	level->block = (char *) packed + packed->size;
	append_packed(level, deal, packed);
	widen_days(deal, change->day, change->day);
	deal->nsaid++;
	deal->said_kinds |= 1 << change->kind;
	if (says_amounts(change))
		deal->amounts_kinds |= 1 << change->kind;
	if (change->sets != 0)
		deal->settings_kinds |= 1 << change->settings_kind;
	deal->has_reasons |= change->reason != NULL;
	deal->goes |= change->goes;
	if (in_memory > work_mem * (Size) 1024)
		spill();
}

/* The ends of subtransactions -------------------------------------------- */

static bool
is_copied(const Level *child)
{
	return child->bytes <= COPIED_SIZE;
}

/*
 * A deal of a savepoint that is released was added to one of the level around:
 * so is what is said of its instruments.
 */
void
said_join(Level *parent, PendingDeal *deal, Level *child, PendingDeal *addend)
{
	if (addend->in_file != NULL)
		deal->in_file = addend->in_file;
	if (addend->said == NULL)
		return;
	if (is_copied(child))
	{
		for (const SaidChunk *chunk = addend->said; chunk != NULL; chunk = chunk->next)
		{
			for (int i = 0; i < chunk->n; i++)
			{
				const PackedSaid *p = chunk->said[i];

				append_packed(parent, deal, memcpy(take_memory(parent, p->size), p, p->size));
			}
		}
		return;
	}
	if (deal->said == NULL)
		deal->said = addend->said;
	else
		deal->last_said->next = addend->said;
	deal->last_said = addend->last_said;
}

/*
 * All deals of a savepoint that is released were added.
 */
void
said_release(Level *parent, Level *child)
{
	if (child->in_file && !parent->in_file)
		parent->from = child->from;
	parent->in_file |= child->in_file;
	if (is_copied(child))
		in_memory -= child->bytes;
	else
	{
		MemoryContextSetParent(child->said_context, said_context(parent));
		parent->bytes += child->bytes;
	}
}

/*
 * Nothing is pending for a deal any more.
 */
void
said_forget_deal(PendingDeal *deal)
{
	if (deal->in_file == NULL || deal->in_file->forgotten)
		return;
	deal->in_file->forgotten = true;
	(void) deals_delete(file_deals, (DealKey) {deal->ledger, deal->deal});
}

/*
 * A savepoint is rolled back: what it said was not said.
 */
void
said_drop(Level *level)
{
	in_memory -= level->bytes;
	if (level->in_file)
		file_end = level->from;
}

static void
forget_everything(void)
{
	in_memory = 0;
	file = NULL;
	file_deals = NULL;
	file_end = (FilePlace) {0};
}

/*
 * Nothing is pending any more, but the transaction goes on, or is to commit.
 */
void
said_forget(void)
{
	if (file != NULL)
		BufFileClose(file);
	forget_everything();
}

/*
 * The transaction is over, and what files it left open are closed.
 */
void
said_end(void)
{
	forget_everything();
	sources = NULL;
	last_ordinal = 0;
}

/* Scanning --------------------------------------------------------------- */

static bool
is_wanted(const SaidScan *scan, Oid ledger, Bytes deal)
{
	return (!OidIsValid(scan->ledger) || ledger == scan->ledger) &&
		(scan->key.data == NULL || bytes_equal(deal, scan->key));
}

static void
find_lists(SaidScan *scan)
{
	Size		size = 1;
	DealSlot   *slot;
	deals_iterator i;

	for (Level *level = pending_levels; level != NULL; level = level->parent)
		size += level->deals->members;
	scan->deals = MemoryContextAllocHuge(CurrentMemoryContext, size * sizeof(PendingDeal *));
	for (Level *level = pending_levels; level != NULL; level = level->parent)
	{
		deals_start_iterate(level->deals, &i);
		while ((slot = deals_iterate(level->deals, &i)) != NULL)
		{
			if (slot->deal != NULL && slot->deal->said != NULL &&
				is_wanted(scan, slot->deal->ledger, slot->deal->deal))
				scan->deals[scan->ndeals++] = slot->deal;
		}
	}
}

/*
 * only: of one deal; of what level is all the same.
 */
void
begin_said(SaidScan *scan, Oid ledger, const PendingDeal *only)
{
	refuse_torn_levels();
	memset(scan, 0, sizeof(SaidScan));
	scan->ledger = only == NULL ? ledger : only->ledger;
	if (only != NULL)
		scan->key = only->deal;
	find_lists(scan);
}

/*
 * The next of the file that is wanted.
 */
static bool
next_in_file(SaidScan *scan)
{
	while (scan->place.before < file_end.before)
	{
		FileDeal   *deal;

		seek_said(file, scan->place);
		read_said(file, &deal, sizeof(deal));
		read_packed(file, &scan->buffer, &scan->buffer_size);
		scan->place = tell_said(file, scan->place.before + 1);
		if (deal->forgotten || !is_wanted(scan, deal->ledger, deal->deal))
			continue;
		scan->in_file = deal;
		scan->deal = deal->deal;
		scan->packed = scan->buffer;
		return true;
	}
	scan->in_file = NULL;
	return false;
}

/*
 * The next, packed; false where there are no more.
 */
bool
next_packed(SaidScan *scan)
{
	if (said_in_file() && next_in_file(scan))
		return true;
	while (scan->chunk == NULL)
	{
		if (scan->next_deal == scan->ndeals)
			return false;
		scan->in_memory = scan->deals[scan->next_deal++];
		scan->deal = scan->in_memory->deal;
		scan->chunk = scan->in_memory->said;
		scan->next_in_chunk = 0;
	}
	scan->packed = scan->chunk->said[scan->next_in_chunk++];
	if (scan->next_in_chunk == scan->chunk->n)
	{
		scan->chunk = scan->chunk->next;
		scan->next_in_chunk = 0;
	}
	return true;
}

bool
next_said(SaidScan *scan)
{
	if (!next_packed(scan))
		return false;
	unpack_said(scan->packed, &scan->said);
	return true;
}

/*-------------------------------------------------------------------------
 *
 * sorted.c
 *		What is said of a deal's instruments, one instrument after the other.
 *
 * Posting goes through them two or three times, an instrument at a time, so
 * that a deal of very many takes no more memory than one of few.  What is in
 * memory is sorted by pointers.  Where a part is in the file, everything is
 * sorted into a file of its own, by deal, so that each deal's is read there from
 * one place on.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/sorted.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

/* In memory -------------------------------------------------------------- */

/* One thing that is said, and how its instrument's key begins. */
typedef struct Element
{
	uint64		prefix;			/* 0 where there are several tables */
	const PackedSaid *packed;
} Element;

struct SaidSource
{
	MemoryContext context;		/* as old as the source */
	const PendingDeal *deal;
	InstrumentChange *group;	/* what is said of one instrument */
	int			group_size;

	Element    *elements;		/* in memory: all of it ... */
	int64		n;
	int64		at;				/* ... and which is next */

	SortedSaid *sorted;			/* in a file: NULL where it is in memory */
	MemoryContext texts;		/* of the group */
	int64		left;			/* to be read */
	PackedSaid *ahead;			/* read already, of the next instrument */
	Size		ahead_size;
	bool		is_ahead;
};

/* What is in the file, sorted. */
struct SortedSaid
{
	BufFile    *file;
};

static int
packed_cmp(const PackedSaid *a, const PackedSaid *b)
{
	int			cmp = a->source == b->source ? 0 : strcmp(a->source, b->source);

	return cmp != 0 ? cmp : bytes_cmp(packed_instrument(a), packed_instrument(b));
}

/*
 * By table and key, then as it was said.
 */
static inline int
element_cmp(const Element *a, const Element *b)
{
	int			cmp;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	cmp = packed_cmp(a->packed, b->packed);
	return cmp != 0 ? cmp : (a->packed->ordinal > b->packed->ordinal) - (a->packed->ordinal < b->packed->ordinal);
}

#define ST_SORT sort_elements
#define ST_ELEMENT_TYPE Element
#define ST_COMPARE(a, b) element_cmp(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static void
add_elements(SaidSource *source, const PendingDeal *part)
{
	for (const SaidChunk *chunk = part->said; chunk != NULL; chunk = chunk->next)
	{
		for (int i = 0; i < chunk->n; i++)
			source->elements[source->n++] = (Element) {bytes_prefix(packed_instrument(chunk->said[i])), chunk->said[i]};
	}
}

static void
sort_in_memory(SaidSource *source)
{
	const PendingDeal *deal = source->deal;

	source->elements = MemoryContextAllocHuge(CurrentMemoryContext, (Size) Max(deal->nsaid, 1) * sizeof(Element));
	if (deal->nparts == 0)
		add_elements(source, deal);
	for (int i = 0; i < deal->nparts; i++)
		add_elements(source, deal->parts[i]);
	for (int64 i = 1; i < source->n; i++)
	{
		if (source->elements[i].packed->source == source->elements[0].packed->source)
			continue;
		for (i = 0; i < source->n; i++)
			source->elements[i].prefix = 0;
	}
	sort_elements(source->elements, source->n);
}

/* In a file -------------------------------------------------------------- */

/*
 * Appends to a sort key: numbers so that their bytes are in order, texts with a
 * byte after them that is in none.
 */
static void
append_number(StringInfo key, uint64 number)
{
	uint64		bytes = pg_hton64(number);

	appendBinaryStringInfo(key, (char *) &bytes, sizeof(bytes));
}

static void
append_text(StringInfo key, const char *text, int len)
{
	appendBinaryStringInfo(key, text, len);
	appendStringInfoChar(key, '\0');
}

/*
 * What is sorted is a bytea: the key, what is said, and where that begins.
 */
static void
put_said(Tuplesortstate *sort, StringInfo value, int number, const SaidScan *scan)
{
	const PackedSaid *packed = scan->packed;
	int32		begins;

	resetStringInfo(value);
	appendStringInfoSpaces(value, VARHDRSZ);
	append_number(value, number);
	append_text(value, packed->source, strlen(packed->source));
	append_text(value, packed->rest, packed->instrument_len);
	append_number(value, packed->ordinal);
	begins = value->len;
	appendBinaryStringInfo(value, (const char *) packed, packed->size);
	appendBinaryStringInfo(value, (char *) &begins, sizeof(begins));
	SET_VARSIZE(value->data, value->len);
	tuplesort_putdatum(sort, PointerGetDatum(value->data), false);
}

static void
number_deal(PendingDeal *deal, int number)
{
	deal->number = number;
	if (deal->in_file != NULL)
		deal->in_file->number = number;
}

/*
 * Numbers deals, which are in the order of posting, and what they were put
 * together from.
 */
void
number_deals(PendingDeal **deals, int n)
{
	for (int i = 0; i < n; i++)
	{
		number_deal(deals[i], i);
		for (int part = 0; part < deals[i]->nparts; part++)
			number_deal(deals[i]->parts[part], i);
	}
}

static bool
is_same_deal(const PendingDeal *deal, const SaidScan *scan)
{
	return scan->in_file != NULL ? deal->in_file == scan->in_file : deal == scan->in_memory;
}

/*
 * The number of the deal of which something is said; -1 where it is not among
 * these.
 */
int
number_of(PendingDeal **deals, int n, const SaidScan *scan)
{
	int			number = scan->in_file != NULL ? scan->in_file->number : scan->in_memory->number;
	const PendingDeal *numbered = number < n ? deals[number] : NULL;

	if (numbered == NULL)
		return -1;
	if (is_same_deal(numbered, scan))
		return number;
	for (int part = 0; part < numbered->nparts; part++)
	{
		if (is_same_deal(numbered->parts[part], scan))
			return number;
	}
	return -1;
}

static void
put_all(Tuplesortstate *sort, PendingDeal **deals, int n)
{
	SaidScan	scan;
	StringInfoData value;

	initStringInfo(&value);
	begin_said(&scan, InvalidOid, NULL);
	while (next_packed(&scan))
	{
		int			number = number_of(deals, n, &scan);

		CHECK_FOR_INTERRUPTS();
		if (number >= 0)
			put_said(sort, &value, number, &scan);
	}
	pfree(value.data);
}

/*
 * Writes what was sorted into the file, and notes where each deal's begins.
 */
static void
write_sorted(SortedSaid *sorted, Tuplesortstate *sort, PendingDeal **deals)
{
	Datum		value;
	bool		isnull;
	int64		last = -1;

	while (sorted_datum(sort, &value, &isnull))
	{
		const char *bytes = DatumGetPointer(value);
		uint64		number;
		int32		begins;

		CHECK_FOR_INTERRUPTS();
		memcpy(&number, bytes + VARHDRSZ, sizeof(number));
		number = pg_ntoh64(number);
		memcpy(&begins, bytes + VARSIZE(bytes) - sizeof(begins), sizeof(begins));
		if ((int64) number != last)
			deals[number]->sorted_at = tell_said(sorted->file, 0);
		last = (int64) number;
		BufFileWrite(sorted->file, unconstify(char *, bytes + begins), VARSIZE(bytes) - begins - sizeof(begins));
		pfree(unconstify(char *, bytes));
	}
}

/*
 * Sorts what is said of these deals, where not all of it is in memory.
 */
SortedSaid *
sort_said(PendingDeal **deals, int n)
{
	SortedSaid *sorted;
	Tuplesortstate *sort;

	if (!said_in_file())
		return NULL;
	sorted = palloc(sizeof(SortedSaid));
	sorted->file = BufFileCreateTemp(false);
	number_deals(deals, n);
	sort = tuplesort_begin_datum(BYTEAOID, ByteaLessOperator, InvalidOid, false, work_mem, NULL,
								 TUPLESORT_NONE);
	put_all(sort, deals, n);
	tuplesort_performsort(sort);
	write_sorted(sorted, sort, deals);
	tuplesort_end(sort);
	return sorted;
}

void
close_sorted(SortedSaid *sorted)
{
	if (sorted == NULL)
		return;
	BufFileClose(sorted->file);
	pfree(sorted);
}

/* One deal --------------------------------------------------------------- */

/*
 * Opens what is said of a deal.
 */
SaidSource *
open_source(const PendingDeal *deal, SortedSaid *sorted)
{
	SaidSource *source = palloc0(sizeof(SaidSource));

	source->context = CurrentMemoryContext;
	source->deal = deal;
	source->sorted = sorted;
	if (sorted == NULL)
		sort_in_memory(source);
	else
		source->texts = AllocSetContextCreate(CurrentMemoryContext, "covenant said of an instrument",
											  ALLOCSET_SMALL_SIZES);
	source->group_size = 1;
	source->group = palloc(sizeof(InstrumentChange));
	rewind_source(source);
	return source;
}

void
rewind_source(SaidSource *source)
{
	source->at = 0;
	source->left = source->deal->nsaid;
	source->is_ahead = false;
	if (source->sorted != NULL && source->left > 0)
		seek_said(source->sorted->file, source->deal->sorted_at);
}

/*
 * Has the next in ahead; false where there is none.
 */
static bool
look_ahead(SaidSource *source)
{
	MemoryContext old;

	if (source->is_ahead)
		return true;
	if (source->left == 0)
		return false;
	old = MemoryContextSwitchTo(source->context);
	read_packed(source->sorted->file, &source->ahead, &source->ahead_size);
	MemoryContextSwitchTo(old);
	source->left--;
	source->is_ahead = true;
	return true;
}

/*
 * What is said next, if it is of the same instrument as what was said first;
 * first NULL: whatever it is.
 */
static const PackedSaid *
next_of_instrument(SaidSource *source, const PackedSaid *first)
{
	const PackedSaid *next;

	if (source->sorted == NULL)
	{
		if (source->at == source->n)
			return NULL;
		next = source->elements[source->at].packed;
		if (first != NULL && packed_cmp(first, next) != 0)
			return NULL;
		source->at++;
		return next;
	}
	if (!look_ahead(source) || (first != NULL && packed_cmp(first, source->ahead) != 0))
		return NULL;
	source->is_ahead = false;
	return memcpy(MemoryContextAlloc(source->texts, source->ahead->size), source->ahead, source->ahead->size);
}

/*
 * What is said of the next instrument, in the order in which it was said, to be
 * changed at will; how much that is, 0 at the end.  It lasts until the next call.
 */
int
next_instrument(SaidSource *source, InstrumentChange **said)
{
	const PackedSaid *first;
	const PackedSaid *next;
	int			n = 0;

	if (source->texts != NULL)
		MemoryContextReset(source->texts);
	next = first = next_of_instrument(source, NULL);
	while (next != NULL)
	{
		if (n == source->group_size)
		{
			source->group_size *= 2;
			source->group = repalloc_huge(source->group, source->group_size * sizeof(InstrumentChange));
		}
		unpack_said(next, &source->group[n++]);
		next = next_of_instrument(source, first);
	}
	*said = source->group;
	return n;
}

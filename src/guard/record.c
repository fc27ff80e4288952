/*-------------------------------------------------------------------------
 *
 * record.c
 *		What is on record of notes that quotes reprice.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "catalog/pg_type.h"
#include "guard/pending.h"
#include "guard/reading.h"
#include "guard/said.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/*
 * Runs a query under a snapshot taken now: what others committed while a lock
 * was waited for is seen, also at REPEATABLE READ.
 */
void
reprice_run(SPIPlanPtr plan, Datum *values, const char *nulls, int expected)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	int			result = SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot,
											  expected == SPI_OK_SELECT, true, 0);

	UnregisterSnapshot(snapshot);
	if (result != expected)
		elog(ERROR, "repricing failed: %s", SPI_result_code_string(result));
}

SPIPlanPtr
reprice_prepare(const char *query, int n, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(query, n, types);

	if (plan == NULL)
		elog(ERROR, "repricing failed: %s", SPI_result_code_string(SPI_result));
	return plan;
}

Datum
result_value(uint64 row, int column, Datum null)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);

	return isnull ? null : value;
}

Datum
copied_value(uint64 row, int column)
{
	Form_pg_attribute attribute = TupleDescAttr(SPI_tuptable->tupdesc, column - 1);

	return datumCopy(result_value(row, column, (Datum) 0), attribute->attbyval, attribute->attlen);
}

/* Columns of record_query, from 1. */
enum
{
	R_DEAL = 1, R_INSTRUMENT, R_DAY, R_PRINCIPAL, R_PRICE, R_DIVISOR, R_QUOTED, R_SECURITY, R_TERMS, R_BEGIN
};

/* One thing on record of a note, or pending. */
typedef struct RecordRow
{
	Bytes		deal;
	Bytes		instrument;
	uint64		order;			/* of recording */
	Numeric		principal;
	DateADT		begin_day;
	Setting		setting;
} RecordRow;

static Bytes
copied_bytes(Bytes b)
{
	return (Bytes) {memcpy(palloc(Max(b.len, 1)), b.data, b.len), b.len};
}

static Datum
recorded_value(uint64 row, int column)
{
	return value_on_record(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

static Setting
setting_of(uint64 row)
{
	Setting		setting = {.day = DatumGetDateADT(recorded_value(row, R_DAY))};
	Datum		price = result_value(row, R_PRICE, (Datum) 0);
	Datum		terms = result_value(row, R_TERMS, (Datum) 0);

	if (price != (Datum) 0)
	{
		int64		divisor = 1;

		setting.has_price = decimal_from_datum(price, &setting.price.value) &&
			int64_from_numeric(DatumGetNumeric(recorded_value(row, R_DIVISOR)), &divisor) && divisor > 0;
		setting.price.divisor = divisor;
		setting.quoted = DatumGetBool(result_value(row, R_QUOTED, BoolGetDatum(false)));
	}
	if (terms != (Datum) 0)
	{
		setting.terms = TextDatumGetCString(terms);
		setting.security = TextDatumGetCString(result_value(row, R_SECURITY, CStringGetTextDatum("")));
	}
	return setting;
}

/*
 * The rows that a query gave.
 */
static int
read_rows(const Repricing *r, RecordRow *rows)
{
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char		buffer[8];

		rows[i].deal = copied_bytes(key_from_datum(recorded_value(i, R_DEAL),
												   r->quotes->books->key_base, buffer));
		rows[i].instrument = copied_bytes(key_from_datum(recorded_value(i, R_INSTRUMENT), TEXTOID, NULL));
		rows[i].order = i;
		rows[i].principal = DatumGetNumericCopy(recorded_value(i, R_PRINCIPAL));
		rows[i].begin_day = DatumGetDateADT(recorded_value(i, R_BEGIN));
		rows[i].setting = setting_of(i);
	}
	return (int) SPI_processed;
}

/*
 * What this transaction has pending of notes of the table, or only of those of
 * one deal, comes on top.
 */
static int
add_pending_rows(const Repricing *r, RecordRow *rows, int n, const PendingDeal *only)
{
	SaidScan	scan;

	begin_said(&scan, r->quotes->books->ledger, only);
	while (next_said(&scan))
	{
		const InstrumentChange *c;
		RecordRow  *row = &rows[n];

		if (strcmp(scan.said.source, r->quotes->source) != 0)
			continue;
		n++;
		c = copy_instrument_change(&scan.said, palloc(instrument_change_size(&scan.said)));
		row->deal = scan.deal;
		row->instrument = c->instrument;
		row->order = PG_UINT64_MAX / 2 + c->ordinal;
		row->principal = sum_numeric(&c->principal);
		row->begin_day = DATEVAL_NOEND;
		row->setting = (Setting) {.day = c->day, .has_price = (c->sets & SETS_PRICE) != 0,
			.quoted = c->quoted, .price = c->price};
		if (c->sets & SETS_TERMS)
		{
			row->setting.terms = c->terms;
			row->setting.security = c->security;
		}
	}
	return n;
}

static int
row_cmp(const void *left, const void *right)
{
	const RecordRow *a = left;
	const RecordRow *b = right;
	int			cmp = bytes_cmp(a->deal, b->deal);

	if (cmp == 0)
		cmp = bytes_cmp(a->instrument, b->instrument);
	if (cmp != 0)
		return cmp;
	if (a->setting.day != b->setting.day)
		return a->setting.day < b->setting.day ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/*
 * One note's rows, which stand together, as a note on record.
 */
static void
take_note(Repricing *r, const RecordRow *rows, int n)
{
	RecordedNote *note = &r->requote.notes[r->requote.nnotes++];
	Numeric		principal = numeric_from_int128(0);

	*note = (RecordedNote) {.deal = rows[0].deal, .source = r->quotes->source,
		.instrument = rows[0].instrument, .first_day = rows[0].setting.day,
	.begin_day = DATEVAL_NOEND, .end_day = DATEVAL_NOEND};
	note->settings = palloc(n * sizeof(Setting));
	for (int i = 0; i < n; i++)
	{
		note->settings[note->n++] = rows[i].setting;
		note->begin_day = Min(note->begin_day, rows[i].begin_day);
		principal = num_call2(numeric_add, principal, rows[i].principal);
		if (num_compare(principal, numeric_from_int128(0)) > 0)
			note->end_day = DATEVAL_NOEND;
		else if (note->end_day == DATEVAL_NOEND)
			note->end_day = rows[i].setting.day;
	}
	if (note->begin_day == DATEVAL_NOEND)	/* a deal that is new as well */
		note->begin_day = note->first_day;
}

/*
 * Rows of any order as notes on record.
 */
static void
take_notes(Repricing *r, RecordRow *rows, int n)
{
	qsort(rows, n, sizeof(RecordRow), row_cmp);
	r->requote.notes = MemoryContextAllocHuge(r->context, Max(n, 1) * sizeof(RecordedNote));
	for (int first = 0, next; first < n; first = next)
	{
		for (next = first + 1; next < n && bytes_equal(rows[first].deal, rows[next].deal) &&
			 bytes_equal(rows[first].instrument, rows[next].instrument);)
			next++;
		take_note(r, rows + first, next - first);
	}
}

/*
 * Has the deal something pending that its record has to be read for?  What a
 * split says of a note stands for itself while the split is being written.
 */
static bool
is_changed(const Repricing *r, const PendingDeal *deal)
{
	uint16		kinds = deal->said_kinds;

	if (r->requote.not_before != DATEVAL_NOBEGIN)
		kinds &= ~(1 << CHANGE_SPLIT);
	return kinds != 0;
}

/*
 * These deals (an array; 0 for none) and those of which something is pending,
 * as an array; 0 for none.
 */
static Datum
with_pending(const Repricing *r, Datum deals, PendingDeal **pending, int npending)
{
	Oid			type = r->quotes->books->key_base;
	ArrayBuildState *keys = NULL;
	Datum	   *known;
	int			n = 0;
	int16		len;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(type, &len, &by_value, &align);
	if (deals != (Datum) 0)
		deconstruct_array(DatumGetArrayTypeP(deals), type, len, by_value, align, &known, NULL, &n);
	for (int i = 0; i < n; i++)
		keys = accumArrayResult(keys, known[i], false, type, CurrentMemoryContext);
	for (int d = 0; d < npending; d++)
	{
		if (is_changed(r, pending[d]))
			keys = accumArrayResult(keys, key_to_datum(pending[d]->deal, type), false,
									type, CurrentMemoryContext);
	}
	return keys == NULL ? (Datum) 0 : makeArrayResult(keys, CurrentMemoryContext);
}

/*
 * The notes of these deals (an array; 0 for none) as they are on record, and
 * those of which something is pending.
 */
void
read_record(Repricing *r, Datum deals)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {get_array_type(q->books->key_base), TEXTOID};
	Datum		values[] = {(Datum) 0, CStringGetTextDatum(q->source)};
	PendingDeal **pending;
	int			npending;
	Size		size = 1;
	RecordRow  *rows;
	int			n = 0;
	MemoryContext old = MemoryContextSwitchTo(r->context);

	pending = pending_sorted(q->books->ledger, &npending);
	for (int d = 0; d < npending; d++)
		size += pending[d]->nsaid;
	values[0] = deals = with_pending(r, deals, pending, npending);
	if (deals != (Datum) 0)
	{
		reprice_run(reprice_prepare(record_query(q), 2, types), values, NULL, SPI_OK_SELECT);
		MemoryContextSwitchTo(r->context);
		size += SPI_processed;
	}
	rows = MemoryContextAllocHuge(r->context, size * sizeof(RecordRow));
	if (deals != (Datum) 0)
	{
		n = read_rows(r, rows);
		SPI_freetuptable(SPI_tuptable);
	}
	n = add_pending_rows(r, rows, n, NULL);
	take_notes(r, rows, n);
	MemoryContextSwitchTo(old);
}

/*
 * The same of one deal, of which something is on record since or not.
 */
void
read_record_of(Repricing *r, Bytes deal, bool on_record)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {q->books->key_base, TEXTOID};
	Datum		values[] = {key_to_datum(deal, q->books->key_base), CStringGetTextDatum(q->source)};
	const PendingDeal *pending = pending_for_deal(q->books->ledger, deal);
	Size		size = pending == NULL ? 1 : 1 + pending->nsaid;
	RecordRow  *rows;
	int			n = 0;
	MemoryContext old = MemoryContextSwitchTo(r->context);

	on_record |= pending != NULL && is_changed(r, pending);
	if (on_record)
	{
		reprice_run(prepare_reading(record_of_deal_query(q), 2, types), values, NULL, SPI_OK_SELECT);
		MemoryContextSwitchTo(r->context);
		size += SPI_processed;
	}
	rows = MemoryContextAllocHuge(r->context, size * sizeof(RecordRow));
	if (on_record)
	{
		n = read_rows(r, rows);
		SPI_freetuptable(SPI_tuptable);
	}
	if (pending != NULL)
		n = add_pending_rows(r, rows, n, pending);
	take_notes(r, rows, n);
	MemoryContextSwitchTo(old);
}

/*-------------------------------------------------------------------------
 *
 * record.c
 *		What is on record of notes that quotes reprice.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "catalog/pg_type.h"
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

static Setting
setting_of(uint64 row)
{
	Setting		setting = {.day = DatumGetDateADT(result_value(row, R_DAY, (Datum) 0))};
	Datum		price = result_value(row, R_PRICE, (Datum) 0);
	Datum		terms = result_value(row, R_TERMS, (Datum) 0);

	if (price != (Datum) 0)
	{
		int64		divisor;

		setting.has_price = decimal_from_datum(price, &setting.price.value) &&
			int64_from_numeric(DatumGetNumeric(result_value(row, R_DIVISOR, (Datum) 0)), &divisor);
		setting.price.divisor = setting.has_price ? divisor : 1;
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
 * One note's rows, which stand together, as a note on record.
 */
static void
take_note(Repricing *r, uint64 first, uint64 next)
{
	RecordedNote *note = &r->requote.notes[r->requote.nnotes++];
	char		buffer[8];
	Bytes		deal = key_from_datum(result_value(first, R_DEAL, (Datum) 0), r->quotes->books->key_base, buffer);
	Numeric		principal = numeric_from_int128(0);

	memset(note, 0, sizeof(RecordedNote));
	note->deal = (Bytes) {memcpy(palloc(Max(deal.len, 1)), deal.data, deal.len), deal.len};
	note->source = r->quotes->source;
	note->instrument = key_from_datum(copied_value(first, R_INSTRUMENT), TEXTOID, NULL);
	note->first_day = DatumGetDateADT(result_value(first, R_DAY, (Datum) 0));
	note->begin_day = DatumGetDateADT(result_value(first, R_BEGIN, (Datum) 0));
	note->end_day = DATEVAL_NOEND;
	note->settings = palloc((next - first) * sizeof(Setting));
	for (uint64 i = first; i < next; i++)
	{
		DateADT		day = DatumGetDateADT(result_value(i, R_DAY, (Datum) 0));

		note->settings[note->n++] = setting_of(i);
		principal = num_call2(numeric_add, principal, DatumGetNumeric(result_value(i, R_PRINCIPAL, (Datum) 0)));
		if (num_compare(principal, numeric_from_int128(0)) > 0)
			note->end_day = DATEVAL_NOEND;
		else if (note->end_day == DATEVAL_NOEND)
			note->end_day = day;
	}
}

static bool
same_note(uint64 a, uint64 b)
{
	char		buffer_a[8],
				buffer_b[8];
	Oid			type = SPI_gettypeid(SPI_tuptable->tupdesc, R_DEAL);

	type = getBaseType(type);
	return bytes_equal(key_from_datum(result_value(a, R_DEAL, (Datum) 0), type, buffer_a),
					   key_from_datum(result_value(b, R_DEAL, (Datum) 0), type, buffer_b)) &&
		bytes_equal(key_from_datum(result_value(a, R_INSTRUMENT, (Datum) 0), TEXTOID, NULL),
					key_from_datum(result_value(b, R_INSTRUMENT, (Datum) 0), TEXTOID, NULL));
}

/*
 * The notes of these deals as they are on record.
 */
void
read_record(Repricing *r, Datum deals)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {get_array_type(q->books->key_base), TEXTOID};
	Datum		values[] = {deals, CStringGetTextDatum(q->source)};
	MemoryContext old;

	reprice_run(reprice_prepare(record_query(q), 2, types), values, NULL, SPI_OK_SELECT);
	old = MemoryContextSwitchTo(r->context);
	r->requote.notes = MemoryContextAllocHuge(CurrentMemoryContext, Max(SPI_processed, 1) * sizeof(RecordedNote));
	for (uint64 first = 0, next; first < SPI_processed; first = next)
	{
		for (next = first + 1; next < SPI_processed && same_note(first, next);)
			next++;
		take_note(r, first, next);
	}
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}


/*-------------------------------------------------------------------------
 *
 * past.c
 *		What may be said late: of a day before others that are on record.
 *
 * Amounts may be dated back, also across later changes of the price: shares
 * are reckoned from what positions say of each day.  A setting (price, rate,
 * holder) may not be dated before a later one of the same kind, since a write
 * to the table says what holds now; covenant.correct says what held then.  No
 * instrument may be below 0 on any day, or be changed before its first day,
 * and nothing is dated before the books of the deal begin.
 *
 * Judged under the lock of the ledger's row, when all that others said is
 * there.  Entries of covenant's own (opening, closing, rebuild, split,
 * correction) are not judged here.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/past.h"

#include "catalog/pg_type.h"
#include "guard/citus.h"
#include "guard/past_range.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* What is on record of an instrument on a day, or was said before. */
typedef struct Said
{
	const char *source;
	Bytes		instrument;
	DateADT		day;
	uint8		sets;
	Numeric		principal;
	int64		warrant_shares;
} Said;

typedef struct Record
{
	Said	   *rows;
	int			n;
	int			size;
} Record;

static void
add_said(Record *record, const Said *said)
{
	if (record->n == record->size)
	{
		record->size = Max(16, 2 * record->size);
		record->rows = record->rows == NULL ? palloc(record->size * sizeof(Said)) :
			repalloc_huge(record->rows, (Size) record->size * sizeof(Said));
	}
	record->rows[record->n++] = *said;
}

static bool
is_judged(ChangeKind kind)
{
	return kind == CHANGE_FACT || kind == CHANGE_PRICE || kind == CHANGE_ACT;
}

/*
 * Is what is said of an instrument to be judged?  What quotes say of it was
 * fitted in between what is on record.
 */
static bool
is_judged_said(const InstrumentChange *said)
{
	return is_judged(said->kind) && !said->quoted;
}

/*
 * What is said of some instruments, one after the other: not of all, or it would
 * have to be in memory.
 */
#define CHUNK_INSTRUMENTS	10000

typedef struct Chunk
{
	InstrumentChange **said;	/* in the order of instruments, then as it was said */
	int			n;
	int			size;
	int			ninstruments;
} Chunk;

static void
add_to_chunk(Chunk *chunk, const InstrumentChange *said)
{
	if (chunk->n == chunk->size)
	{
		chunk->size = Max(16, 2 * chunk->size);
		chunk->said = chunk->said == NULL ? palloc(chunk->size * sizeof(InstrumentChange *)) :
			repalloc_huge(chunk->said, (Size) chunk->size * sizeof(InstrumentChange *));
	}
	chunk->said[chunk->n++] = copy_instrument_change(said, palloc(instrument_change_size(said)));
}

/*
 * The next instruments; false where there are no more.
 */
static bool
read_chunk(Chunk *chunk, SaidSource *source)
{
	InstrumentChange *said;
	int			n;

	memset(chunk, 0, sizeof(Chunk));
	while (chunk->ninstruments < CHUNK_INSTRUMENTS && (n = next_instrument(source, &said)) > 0)
	{
		for (int i = 0; i < n; i++)
			add_to_chunk(chunk, &said[i]);
		chunk->ninstruments++;
	}
	return chunk->n > 0;
}

/*
 * The keys of the instruments that it speaks of, as a text[]; 0 for none.
 */
static Datum
instruments_spoken_of(const Chunk *chunk, bool only_new)
{
	ArrayBuildState *keys = NULL;

	for (int i = 0; i < chunk->n; i++)
	{
		const InstrumentChange *c = chunk->said[i];

		if (is_judged_said(c) && (c->comes || !only_new))
			keys = accumArrayResult(keys,
									PointerGetDatum(cstring_to_text_with_len(c->instrument.data, c->instrument.len)),
									false, TEXTOID, CurrentMemoryContext);
	}
	return keys == NULL ? (Datum) 0 : makeArrayResult(keys, CurrentMemoryContext);
}

static void
read_rows(Record *record, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		text	   *key = DatumGetTextPCopy(value_on_record(row, desc, 2));
		Said		said = {.source = TextDatumGetCString(value_on_record(row, desc, 1)),
		.instrument = {VARDATA(key), VARSIZE(key) - VARHDRSZ},
			.day = DatumGetDateADT(value_on_record(row, desc, 3))};

		said.principal = DatumGetNumericCopy(value_on_record(row, desc, 4));
		said.warrant_shares = DatumGetInt64(value_on_record(row, desc, 5));
		said.sets = (uint8) DatumGetInt32(value_on_record(row, desc, 6));
		add_said(record, &said);
	}
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}

#define POSITION_COLUMNS \
	"source, instrument, effective_on, principal, warrant_shares," \
	" (CASE WHEN price IS NULL THEN 0 ELSE 1 END)" \
	" OPERATOR(pg_catalog.+) (CASE WHEN rate IS NULL THEN 0 ELSE 2 END)" \
	" OPERATOR(pg_catalog.+) (CASE WHEN holder IS NULL THEN 0 ELSE 4 END)"

static void
read_query(Record *record, const char *query, int nargs, Oid *types, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;
	Snapshot	snapshot = GetLatestSnapshot();
	int			result;

	PushActiveSnapshot(snapshot);
	result = SPI_execute_with_args(query, nargs, types, values, NULL, true, 0);
	PopActiveSnapshot();
	if (result != SPI_OK_SELECT)
		elog(ERROR, "reading positions failed: %s", SPI_result_code_string(result));
	read_rows(record, context);
	MemoryContextSwitchTo(context);
}

/*
 * What the deal's positions have of these instruments.
 */
static void
read_own_record(Record *record, const Books *books, Bytes deal, const Chunk *chunk)
{
	Oid			types[] = {books->key_base, TEXTARRAYOID};
	Datum		values[] = {key_to_datum(deal, books->key_base), instruments_spoken_of(chunk, false)};

	if (values[1] == (Datum) 0)
		return;
	read_query(record,
			   psprintf("SELECT " POSITION_COLUMNS " FROM %s"
						" WHERE deal OPERATOR(pg_catalog.=) $1 AND instrument OPERATOR(pg_catalog.=) ANY ($2)",
						quote_qualified_identifier(books->schema, books->position_name)),
			   2, types, values);
}

/*
 * What other deals have of instruments that come into this one: only settings
 * of later days matter.  No index leads there, so it is looked for only where
 * something is on record after that day at all.  What Citus distributes has
 * the deal in the key of an instrument: no other deal can have the same one.
 */
static void
read_others_record(Record *record, const Books *books, Bytes deal, const Chunk *chunk, DateADT first_day)
{
	Oid			types[] = {books->key_base, TEXTARRAYOID, DATEOID};
	Datum		values[] = {key_to_datum(deal, books->key_base),
	instruments_spoken_of(chunk, true), DateADTGetDatum(first_day)};
	char	   *ledger = quote_qualified_identifier(books->schema, books->ledger_name);

	if (values[1] == (Datum) 0 || is_spread(books->ledger))
		return;
	ledger = pstrdup(ledger);
	read_query(record,
			   psprintf("SELECT " POSITION_COLUMNS " FROM %s"
						" WHERE deal OPERATOR(pg_catalog.<>) $1 AND instrument OPERATOR(pg_catalog.=) ANY ($2)"
						" AND effective_on OPERATOR(pg_catalog.>) $3 AND EXISTS"
						" (SELECT FROM %s AS l WHERE l.latest_on OPERATOR(pg_catalog.>) $3 AND l.deal OPERATOR(pg_catalog.<>) $1)",
						quote_qualified_identifier(books->schema, books->position_name), ledger),
			   3, types, values);
}

static void
refuse_past(const Books *books, Bytes deal, const InstrumentChange *said, const char *detail,
			const char *hint)
{
	char	   *instrument = pnstrdup(said->instrument.data, said->instrument.len);

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("%s \"%s\" of \"%s\" cannot be changed as of %s",
					said->is_note ? "note" : "warrant", instrument, said->source,
					DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(said->day)))),
			 errdetail("%s It belongs to deal \"%s\".", detail, key_to_cstring(deal, books->key_base)),
			 errhint("%s", hint)));
}

static char *
day_text(DateADT day)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(day)));
}

/*
 * Settings: none of a kind is dated before a later one.
 */
static void
check_settings(const Books *books, Bytes deal, const InstrumentChange *said, const Record *record)
{
	static const struct
	{
		uint8		set;
		const char *word;
	}			kinds[] = {{SETS_PRICE, "price"}, {SETS_RATE, "rate"}, {SETS_HOLDER, "holder"}};

	for (int i = 0; i < record->n; i++)
	{
		const Said *row = &record->rows[i];

		if (row->day <= said->day || (row->sets & said->sets) == 0)
			continue;
		for (int k = 0; k < lengthof(kinds); k++)
		{
			if (row->sets & said->sets & kinds[k].set)
				refuse_past(books, deal, said,
							psprintf("Its %s was set again on %s, and a write to the table says what holds now.",
									 kinds[k].word, day_text(row->day)),
							"Say what held from that day on with covenant.correct.");
		}
	}
}

/*
 * Amounts: on no day from the change on is less than nothing left.
 */
static void
check_amounts(const Books *books, Bytes deal, const InstrumentChange *said, const Record *record)
{
	Numeric		zero = numeric_from_int128(0);

	for (int i = -1; i < record->n; i++)
	{
		DateADT		day = i < 0 ? said->day : record->rows[i].day;
		Numeric		principal = zero;
		int128		warrants = 0;

		if (i >= 0 && (day < said->day))
			continue;
		for (int j = 0; j < record->n; j++)
		{
			const Said *row = &record->rows[j];

			if (row->day > day)
				continue;
			principal = num_call2(numeric_add, principal, row->principal);
			warrants += row->warrant_shares;
		}
		if (num_compare(principal, zero) < 0 || warrants < 0)
			refuse_past(books, deal, said,
						psprintf("On %s it would have less than nothing.", day_text(day)),
						"Date the change when there was enough, or correct what is on record of that day first.");
	}
}

/*
 * Nothing is said of an instrument before it was there.
 */
static void
check_first_day(const Books *books, Bytes deal, const InstrumentChange *said, const Record *record)
{
	DateADT		first = DATEVAL_NOEND;

	for (int i = 0; i < record->n; i++)
		first = Min(first, record->rows[i].day);
	if (!said->comes && first != DATEVAL_NOEND && said->day < first)
		refuse_past(books, deal, said,
					psprintf("It has been there since %s.", day_text(first)),
					"Set covenant.as_of to that day or a later one.");
}

/*
 * Judges what is said of one instrument, in the order in which it was said:
 * each is on record for the next.
 */
static void
check_instrument(Books *books, Bytes deal, InstrumentChange **said, int n,
				 Record *record, const Record *others)
{
	for (int i = 0; i < n; i++)
	{
		const InstrumentChange *c = said[i];
		Said		row = {c->source, c->instrument, c->day, c->sets,
		sum_numeric(&c->principal), c->warrant_shares};

		if (is_judged_said(c))
		{
			check_settings(books, deal, c, record);
			if (c->comes)
				check_settings(books, deal, c, others);
			check_first_day(books, deal, c, record);
		}
		add_said(record, &row);
		if (is_judged_said(c) && (sum_sign(&c->principal) < 0 || c->warrant_shares < 0))
			check_amounts(books, deal, c, record);
	}
}

static int
row_cmp(const void *left, const void *right)
{
	const Said *a = left;
	const Said *b = right;
	int			cmp = strcmp(a->source, b->source);

	return cmp != 0 ? cmp : bytes_cmp(a->instrument, b->instrument);
}

/*
 * Moves the rows of one instrument, which are next in the sorted record, to a
 * record of its own.
 */
static void
take_rows(Record *own, const Record *record, int *next, const InstrumentChange *of)
{
	Said		key = {.source = of->source, .instrument = of->instrument};

	own->n = 0;
	while (*next < record->n && row_cmp(&record->rows[*next], &key) < 0)
		(*next)++;
	for (; *next < record->n && row_cmp(&record->rows[*next], &key) == 0; (*next)++)
		add_said(own, &record->rows[*next]);
}

static void
check_instruments(Books *books, Bytes deal, const Chunk *chunk, Record *record, Record *others)
{
	Record		own = {0};
	Record		elsewhere = {0};
	int			next_own = 0,
				next_other = 0;

	qsort(record->rows, record->n, sizeof(Said), row_cmp);
	qsort(others->rows, others->n, sizeof(Said), row_cmp);
	for (int first = 0, next; first < chunk->n; first = next)
	{
		for (next = first + 1; next < chunk->n && same_instrument(chunk->said[first], chunk->said[next]);)
			next++;
		take_rows(&own, record, &next_own, chunk->said[first]);
		take_rows(&elsewhere, others, &next_other, chunk->said[first]);
		check_instrument(books, deal, chunk->said + first, next - first, &own, &elsewhere);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Days of a deal's journal; DATEVAL_NOBEGIN where there is none. */
typedef struct JournalDays
{
	DateADT		first;
	DateADT		last_set;		/* on which multiple or minimum was set */
	DateADT		last_split;
} JournalDays;

static DateADT
day_column(int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);

	return isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(value);
}

static void
read_journal_days(const Books *books, Bytes deal, JournalDays *days)
{
	Datum		key = key_to_datum(deal, books->key_base);
	Oid			type = books->key_base;

	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args(psprintf("SELECT pg_catalog.min(effective_on), pg_catalog.max(effective_on)"
									   " FILTER (WHERE multiple OPERATOR(pg_catalog.<>) 0 OR minimum OPERATOR(pg_catalog.<>) 0),"
									   " pg_catalog.max(effective_on) FILTER (WHERE new_shares IS NOT NULL)"
									   " FROM %s WHERE deal OPERATOR(pg_catalog.=) $1",
									   quote_qualified_identifier(books->schema, books->journal_name)),
							  1, &type, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the journal failed");
	PopActiveSnapshot();
	days->first = day_column(1);
	days->last_set = day_column(2);
	days->last_split = day_column(3);
	SPI_freetuptable(SPI_tuptable);
}

static void
refuse_deal(const Books *books, Bytes deal, int sqlstate, const char *message, const char *detail,
			const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s", psprintf(message, key_to_cstring(deal, books->key_base))),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

static bool
moves_shares(const Change *change)
{
	return change->shares[WARRANT_SHARES] != 0 || change->shares[RESERVED] != 0 ||
		change->shares[AUTHORIZED] != 0 || change->shares[OUTSTANDING] != 0 ||
		change->shares[OTHER_RESERVED] != 0 || change->shares[MINIMUM] != 0;
}

/*
 * One entry: not before the books begin, no multiple or minimum before a later
 * one, no number of shares, which would be of old ones, before a split.
 */
static void
check_entry(const Books *books, Bytes deal, const Entry *e, const JournalDays *days)
{
	if (e->day < days->first)
		refuse_deal(books, deal, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					psprintf("the books of deal \"%%s\" begin on %s", day_text(days->first)),
					psprintf("The change is dated %s.", day_text(e->day)),
					"Set covenant.as_of to the day from which the tables hold before you watch them, or covenant.purge the deal and enter it again.");
	if (e->day < days->last_set && e->kind != CHANGE_SPLIT &&
		(sum_sign(&e->change.multiple) != 0 || e->change.shares[MINIMUM] != 0))
		refuse_deal(books, deal, ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					psprintf("multiple and minimum of deal \"%%s\" cannot be changed as of %s", day_text(e->day)),
					psprintf("They were set again on %s, and a write to the table says what holds now.", day_text(days->last_set)),
					"Set covenant.as_of to that day or a later one.");
	if (e->day < days->last_split && e->kind != CHANGE_SPLIT && moves_shares(&e->change))
		refuse_deal(books, deal, ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					psprintf("shares of deal \"%%s\" cannot be changed as of %s", day_text(e->day)),
					psprintf("They were split on %s, and a write to the table counts the new ones.", day_text(days->last_split)),
					"Set covenant.as_of to that day or a later one, with the number in new shares.");
}

static void
check_deal(const Books *books, const PendingDeal *deal)
{
	JournalDays days;

	read_journal_days(books, deal->deal, &days);
	for (const Entry *e = deal->entries; e != NULL; e = e->next)
	{
		if ((is_judged(e->kind) || e->kind == CHANGE_SPLIT) && !change_is_zero(&e->change))
			check_entry(books, deal->deal, e, &days);
	}
}

/*
 * Judges what is pending for a deal whose row in the ledger is locked; company
 * NULL: it has none; after: its latest day is the latest on record or posted.
 */
void
check_past(Books *books, PendingDeal *deal, const Company *company, const Posting *posting, const Balances *after)
{
	bool		late = posting->first_day < after->latest_on;
	bool		before_today = posting->first_day < today();
	MemoryContext context;
	MemoryContext old;
	Chunk		chunk;

	if (!late && !before_today)
		return;
	require_types(books);
	if (late)
		check_deal(books, deal);
	context = AllocSetContextCreate(CurrentMemoryContext, "covenant past", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	rewind_source(posting->source);
	while (read_chunk(&chunk, posting->source))
	{
		Record		record = {0};
		Record		others = {0};

		if (before_today)
			read_others_record(&others, books, deal->deal, &chunk, posting->first_day);
		if (late)
			read_own_record(&record, books, deal->deal, &chunk);
		if (late || others.n > 0)
			check_instruments(books, deal->deal, &chunk, &record, &others);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	if (late)
		check_past_range(books, deal, company, posting, after);
}

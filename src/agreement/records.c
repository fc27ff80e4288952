/*-------------------------------------------------------------------------
 *
 * records.c
 *		Events, clauses and readings of one deal, as known at a moment.
 *
 * A clause or reading of the deal itself goes before one of all deals, the
 * later from_day before the earlier, the later recorded before the earlier.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

#include "catalog/pg_type.h"
#include "guard/adopted.h"
#include "guard/reading.h"
#include "guard/vouch.h"
#include "utils/array.h"
#include "utils/builtins.h"

static char *
text_of(const RowRead *row, int column)
{
	return read_null(row, column) ? NULL : TextDatumGetCString(row->values[column - 1]);
}

static text *
text_copy(const RowRead *row, int column)
{
	return read_null(row, column) ? NULL : DatumGetTextPCopy(row->values[column - 1]);
}

static Numeric
number_of(const RowRead *row, int column)
{
	return read_null(row, column) ? NULL : DatumGetNumericCopy(row->values[column - 1]);
}

static DateADT
day_of(const RowRead *row, int column, DateADT otherwise)
{
	return read_null(row, column) ? otherwise : DatumGetDateADT(row->values[column - 1]);
}

static void *
grown(void *array, int n, int *size, Size element)
{
	if (n < *size)
		return array;
	*size = Max(32, 2 * *size);
	return array == NULL ? palloc(*size * element) : repalloc_huge(array, (Size) *size * element);
}

/* The queries, as Books keeps their plans. */
typedef enum RecordQuery
{
	EVENTS_OF_DEAL,
	CLAUSES_OF_ALL,
	CLAUSES_OF_DEAL,
	READINGS_OF_ALL,
	READINGS_OF_DEAL
} RecordQuery;

StaticAssertDecl(READINGS_OF_DEAL + 1 == N_RECORD_PLANS, "a plan for each query");

/*
 * The plan of a query, kept while it is about the same table.
 */
static SPIPlanPtr
record_plan(const Walk *walk, RecordQuery query, Oid table, const char *columns, const char *condition)
{
	Books	   *books = walk->books;
	Oid			types[] = {books->key_base, TIMESTAMPTZOID};

	if (books->read_records[query].plan != NULL && books->read_records[query].table == table)
		return books->read_records[query].plan;
	if (books->read_records[query].plan != NULL)
		SPI_freeplan(books->read_records[query].plan);
	books->read_records[query].plan = NULL;
	books->read_records[query].plan =
		prepare_reading(psprintf("SELECT %s FROM %s AS r WHERE %s AND r.recorded_at OPERATOR(pg_catalog.<=) $2",
								 columns, qualified_name(table), condition), 2, types);
	SPI_keepplan(books->read_records[query].plan);
	books->read_records[query].table = table;
	return books->read_records[query].plan;
}

static void
read_record(Walk *walk, RecordQuery query, AdoptedTable table, const char *columns, const char *condition, TakeRow take)
{
	Datum		values[] = {key_to_datum(walk->deal, walk->books->key_base), TimestampTzGetDatum(walk->known_at)};

	read_plan(record_plan(walk, query, adopted_table(walk->books, table), columns, condition), values, take, walk);
}

#define OF_DEAL "r.deal OPERATOR(pg_catalog.=) $1"
#define OF_ALL "r.deal IS NULL"

#define EVENT_COLUMNS \
	"r.event_id, r.kind, r.occurred_on, r.section, r.holder, r.subject, r.ref, " \
	"r.amount, r.from_day, r.to_day, r.note"

static void
take_event(const RowRead *row, void *arg)
{
	Walk	   *walk = arg;
	Event	   *e;

	walk->events = grown(walk->events, walk->nevents, &walk->size, sizeof(Event));
	e = &walk->events[walk->nevents++];
	memset(e, 0, sizeof(Event));
	e->id = DatumGetInt64(read_value(row, 1));
	e->kind = text_of(row, 2);
	e->day = DatumGetDateADT(read_value(row, 3));
	e->section = text_of(row, 4);
	e->holder = text_of(row, 5);
	e->subject = text_of(row, 6);
	e->ref = text_of(row, 7);
	e->amount = number_of(row, 8);
	e->from_day = day_of(row, 9, NO_DAY);
	e->to_day = day_of(row, 10, NO_DAY);
	e->note = text_of(row, 11);
}

static int
event_cmp(const void *left, const void *right)
{
	const Event *a = left;
	const Event *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

/*
 * A retraction counts from the moment it was recorded, for every day; what
 * happens after the day as of which is asked is not known yet, but for the
 * day by which a filing is due.
 */
static void
drop_events(Walk *walk)
{
	int			kept = 0;

	qsort(walk->events, walk->nevents, sizeof(Event), event_cmp);
	for (int i = 0; i < walk->nevents; i++)
	{
		const Event *e = &walk->events[i];
		bool		counts = strcmp(e->kind, "retraction") != 0 &&
			(e->day <= walk->as_of || strcmp(e->kind, "filing_due") == 0);

		for (int r = 0; counts && r < walk->nevents; r++)
		{
			const Event *by = &walk->events[r];

			if (strcmp(by->kind, "retraction") == 0 && by->ref != NULL && atoll(by->ref) == e->id)
				counts = false;
		}
		walk->events[i].used = !counts;
	}
	for (int i = 0; i < walk->nevents; i++)
	{
		if (walk->events[i].used)
			continue;
		walk->events[kept++] = walk->events[i];
	}
	walk->nevents = kept;
}

#define CLAUSE_COLUMNS \
	"r.clause_id, r.from_day, r.ord, r.section, r.duty, r.owed_by, r.to_each_holder, " \
	"r.starts_on, r.subjects, r.period, r.unit, r.calendar, r.roll, r.ends_on, " \
	"r.remedy, r.rate, r.elector, r.recorded_at"

static void
take_subjects(Clause *clause, const RowRead *row, int column)
{
	Datum	   *subjects;

	if (read_null(row, column))
		return;
	deconstruct_array(DatumGetArrayTypePCopy(row->values[column - 1]), TEXTOID, -1, false, TYPALIGN_INT,
					  &subjects, NULL, &clause->nsubjects);
	clause->subjects = palloc(Max(clause->nsubjects, 1) * sizeof(char *));
	for (int i = 0; i < clause->nsubjects; i++)
		clause->subjects[i] = TextDatumGetCString(subjects[i]);
}

static void
take_clause(const RowRead *row, Walk *walk, bool of_deal)
{
	Clause	   *c;

	walk->clauses = grown(walk->clauses, walk->nclauses, &walk->size, sizeof(Clause));
	c = &walk->clauses[walk->nclauses++];
	memset(c, 0, sizeof(Clause));
	c->of_deal = of_deal;
	c->id = DatumGetInt64(read_value(row, 1));
	c->from_day = day_of(row, 2, DATEVAL_NOBEGIN);
	c->ord = DatumGetInt32(read_value(row, 3));
	c->section = text_of(row, 4);
	c->duty = text_of(row, 5);
	c->by_buyers = strcmp(TextDatumGetCString(read_value(row, 6)), "buyers") == 0;
	c->to_each_holder = DatumGetBool(read_value(row, 7));
	c->starts_on = text_of(row, 8);
	take_subjects(c, row, 9);
	c->period = read_null(row, 10) ? -1 : DatumGetInt32(row->values[9]);
	c->unit = text_of(row, 11);
	c->calendar = text_copy(row, 12);
	c->roll = text_of(row, 13);
	c->ends_on = text_of(row, 14);
	c->remedy = text_of(row, 15);
	c->rate = number_of(row, 16);
	c->elector = text_of(row, 17);
	c->recorded_at = DatumGetTimestampTz(read_value(row, 18));
	walk->nduties = Max(walk->nduties, c->ord);
}

static void
take_clause_of_all(const RowRead *row, void *arg)
{
	take_clause(row, arg, false);
}

static void
take_clause_of_deal(const RowRead *row, void *arg)
{
	take_clause(row, arg, true);
}

#define READING_COLUMNS \
	"r.reading_id, r.from_day, r.calendar, r.recovery, r.board_curable, r.approval, " \
	"r.accrual, r.list_accrual, r.cure_day, r.sunday, r.recorded_at"

static void
take_reading(const RowRead *row, Walk *walk, bool of_deal)
{
	Reading    *r;

	walk->readings = grown(walk->readings, walk->nreadings, &walk->size, sizeof(Reading));
	r = &walk->readings[walk->nreadings++];
	memset(r, 0, sizeof(Reading));
	r->of_deal = of_deal;
	r->id = DatumGetInt64(read_value(row, 1));
	r->from_day = day_of(row, 2, DATEVAL_NOBEGIN);
	r->calendar = text_copy(row, 3);
	r->recovery = text_of(row, 4);
	r->board_curable = text_of(row, 5);
	r->approval = text_of(row, 6);
	r->accrual = text_of(row, 7);
	r->list_accrual = text_of(row, 8);
	r->cure_day = text_of(row, 9);
	r->sunday = text_of(row, 10);
	r->recorded_at = DatumGetTimestampTz(read_value(row, 11));
}

static void
take_reading_of_all(const RowRead *row, void *arg)
{
	take_reading(row, arg, false);
}

static void
take_reading_of_deal(const RowRead *row, void *arg)
{
	take_reading(row, arg, true);
}

/*
 * Reads what was recorded about the deal.
 */
void
read_records(Walk *walk)
{
	walk->size = 0;
	read_record(walk, EVENTS_OF_DEAL, ADOPTED_EVENT, EVENT_COLUMNS, OF_DEAL, take_event);
	drop_events(walk);
	walk->size = 0;
	read_record(walk, CLAUSES_OF_ALL, ADOPTED_CLAUSE, CLAUSE_COLUMNS, OF_ALL, take_clause_of_all);
	read_record(walk, CLAUSES_OF_DEAL, ADOPTED_CLAUSE, CLAUSE_COLUMNS, OF_DEAL, take_clause_of_deal);
	walk->size = 0;
	read_record(walk, READINGS_OF_ALL, ADOPTED_READING, READING_COLUMNS, OF_ALL, take_reading_of_all);
	read_record(walk, READINGS_OF_DEAL, ADOPTED_READING, READING_COLUMNS, OF_DEAL, take_reading_of_deal);
	walk->size = 0;
}

/*
 * Does the first of two versions go before the second?
 */
static bool
goes_before(bool of_deal, DateADT from_day, TimestampTz recorded_at, int64 id,
			bool other_of_deal, DateADT other_from_day, TimestampTz other_recorded_at, int64 other_id)
{
	if (of_deal != other_of_deal)
		return of_deal;
	if (from_day != other_from_day)
		return from_day > other_from_day;
	if (recorded_at != other_recorded_at)
		return recorded_at > other_recorded_at;
	return id > other_id;
}

/*
 * The version of a duty's clause that is in force on a day; NULL: there is none.
 */
const Clause *
clause_in_force(const Walk *walk, int ord, DateADT day)
{
	const Clause *best = NULL;

	for (int i = 0; i < walk->nclauses; i++)
	{
		const Clause *c = &walk->clauses[i];

		if (c->ord == ord && c->from_day <= day &&
			(best == NULL || goes_before(c->of_deal, c->from_day, c->recorded_at, c->id,
										 best->of_deal, best->from_day, best->recorded_at, best->id)))
			best = c;
	}
	return best;
}

/*
 * How a clock that starts on a day is read; NULL before there was any reading.
 */
const Reading *
reading_in_force(const Walk *walk, DateADT day)
{
	const Reading *best = NULL;

	for (int i = 0; i < walk->nreadings; i++)
	{
		const Reading *r = &walk->readings[i];

		if (r->from_day <= day &&
			(best == NULL || goes_before(r->of_deal, r->from_day, r->recorded_at, r->id,
										 best->of_deal, best->from_day, best->recorded_at, best->id)))
			best = r;
	}
	return best;
}

/*-------------------------------------------------------------------------
 *
 * timeline.c
 *		What a deal was on every day, from positions and journal.
 *
 * Rows of positions are taken in the order of their days and, within a day, of
 * their recording: amounts add up, of price, rate and holder the last that was
 * set holds, and shares are reckoned from what an instrument was on the day.
 * So the order in which things were recorded does not matter.  Reserve, capital
 * and multiple come from the journal.  Each table is read once, by its primary
 * key.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/timeline.h"

#include "catalog/pg_type.h"
#include "guard/row.h"
#include "number/rounding.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* One row of positions, or what is pending of an instrument. */
typedef struct Line
{
	Bytes		source;
	Bytes		instrument;
	DateADT		day;
	int64		seq;
	int64		number;
	Sum			principal;
	int64		warrant_shares;
	uint8		sets;
	bool		is_note;
	int			rounding;		/* -1: not said */
	Price		price;
	Decimal		rate;
	Bytes		holder;
} Line;

/* Columns of the query over positions, from 1. */
enum
{
	SOURCE = 1, INSTRUMENT, EFFECTIVE_ON, SEQ, LINE, PRINCIPAL, WARRANTS, PRICE, DIVISOR, RATE, HOLDER, ROUNDING
};

static SPIPlanPtr
reading_plan(SPIPlanPtr *plan, Books *books, const char *query)
{
	Oid			types[] = {InvalidOid, DATEOID, TIMESTAMPTZOID};

	types[0] = books->key_base;
	if (*plan == NULL)
	{
		*plan = SPI_prepare_cursor(query, 3, types, CURSOR_OPT_GENERIC_PLAN);
		if (*plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(*plan);
	}
	return *plan;
}

/*
 * The plans of books that changed are made anew.
 */
static void
drop_stale_reading(Books *books)
{
	if (!books->reading_stale)
		return;
	if (books->read_positions != NULL)
		SPI_freeplan(books->read_positions);
	if (books->read_journal != NULL)
		SPI_freeplan(books->read_journal);
	books->read_positions = books->read_journal = NULL;
	books->reading_stale = false;
}

/*
 * Runs a plan over one deal's rows.  read_only, as the reader: his rights and
 * row security hold, and all reads of a statement see the same.
 */
static void
read_rows(SPIPlanPtr plan, const Books *books, Bytes deal, DateADT as_of, TimestampTz known_at)
{
	MemoryContext old = CurrentMemoryContext;
	Datum		values[] = {key_to_datum(deal, books->key_base), DateADTGetDatum(as_of),
	TimestampTzGetDatum(known_at)};

	if (SPI_execute_plan(plan, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the books failed");
	MemoryContextSwitchTo(old);
}

static Bytes
copied_text(Datum value)
{
	Bytes		b = key_from_datum(value, TEXTOID, NULL);

	return (Bytes) {memcpy(palloc(Max(b.len, 1)), b.data, b.len), b.len};
}

static Bytes
text_bytes(HeapTuple row, TupleDesc desc, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row, desc, column, &isnull);

	return isnull ? (Bytes) {NULL, 0} : copied_text(value);
}

static void
read_price(Line *line, Datum price, Datum divisor)
{
	int64		number;

	if (!decimal_from_datum(price, &line->price.value) ||
		!int64_from_numeric(DatumGetNumeric(divisor), &number) || number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a price in the positions is none"),
				 errhint("The books were changed by hand; covenant.rebuild puts them right.")));
	line->price.divisor = number;
	line->sets |= SETS_PRICE;
	line->is_note = true;
}

static void
read_line(Line *line, HeapTuple row, TupleDesc desc)
{
	bool		isnull;
	Datum		value;

	memset(line, 0, sizeof(Line));
	line->source = copied_text(value_on_record(row, desc, SOURCE));
	line->instrument = copied_text(value_on_record(row, desc, INSTRUMENT));
	line->day = DatumGetDateADT(value_on_record(row, desc, EFFECTIVE_ON));
	line->seq = DatumGetInt64(value_on_record(row, desc, SEQ));
	line->number = DatumGetInt32(value_on_record(row, desc, LINE));
	sum_add_numeric(&line->principal, DatumGetNumeric(value_on_record(row, desc, PRINCIPAL)));
	line->warrant_shares = DatumGetInt64(value_on_record(row, desc, WARRANTS));
	value = SPI_getbinval(row, desc, PRICE, &isnull);
	if (!isnull)
		read_price(line, value, value_on_record(row, desc, DIVISOR));
	value = SPI_getbinval(row, desc, RATE, &isnull);
	if (!isnull && decimal_from_datum(value, &line->rate))
		line->sets |= SETS_RATE;
	line->holder = text_bytes(row, desc, HOLDER);
	if (line->holder.data != NULL)
		line->sets |= SETS_HOLDER;
	value = SPI_getbinval(row, desc, ROUNDING, &isnull);
	line->rounding = isnull ? -1 : (int) rounding_from_text(DatumGetTextPP(value));
}

static Line *
read_lines(Books *books, Bytes deal, DateADT as_of, TimestampTz known_at, int *n, int spare)
{
	Line	   *lines;

	read_rows(reading_plan(&books->read_positions, books,
						   psprintf("SELECT source, instrument, effective_on, seq, line, principal, warrant_shares,"
									" price, price_divisor, rate, holder, rounding FROM %s"
									" WHERE deal OPERATOR(pg_catalog.=) $1 AND effective_on OPERATOR(pg_catalog.<=) $2"
									" AND recorded_at OPERATOR(pg_catalog.<=) $3",
									quote_qualified_identifier(books->schema, books->position_name))),
			  books, deal, as_of, known_at);
	lines = MemoryContextAllocHuge(CurrentMemoryContext, (SPI_processed + spare + 1) * sizeof(Line));
	*n = (int) SPI_processed;
	for (int i = 0; i < *n; i++)
		read_line(&lines[i], SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	SPI_freetuptable(SPI_tuptable);
	return lines;
}

static int
count_pending(const PendingDeal *pending)
{
	int			n = 0;

	if (pending != NULL)
	{
		for (const InstrumentChange *c = pending->instruments; c != NULL; c = c->next)
			n++;
	}
	return n;
}

static void
add_pending_lines(Line *lines, int *n, const PendingDeal *pending, DateADT as_of)
{
	if (pending == NULL)
		return;
	for (const InstrumentChange *c = pending->instruments; c != NULL; c = c->next)
	{
		if (c->day > as_of)
			continue;
		lines[(*n)++] = (Line) {.source = {c->source, strlen(c->source)}, .instrument = c->instrument,
			.day = c->day, .seq = PG_INT64_MAX, .number = (int64) c->ordinal, .principal = c->principal,
			.warrant_shares = c->warrant_shares, .sets = c->sets, .is_note = c->is_note,
			.rounding = c->comes && c->is_note ? c->rounding : -1, .price = c->price, .rate = c->rate,
		.holder = c->holder};
	}
}

static int
line_cmp(const void *left, const void *right)
{
	const Line *a = left;
	const Line *b = right;
	int			cmp = bytes_cmp(a->source, b->source);

	if (cmp == 0)
		cmp = bytes_cmp(a->instrument, b->instrument);
	if (cmp != 0)
		return cmp;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/*
 * What an instrument adds to its deal as it is in a stretch.
 */
static void
reckon(Stretch *stretch, bool is_note, int64 warrants, Rounding rounding)
{
	InstrumentChange note;

	memset(&stretch->adds, 0, sizeof(Change));
	if (is_note && stretch->has_price)
	{
		memset(&note, 0, sizeof(note));
		note.principal = stretch->principal;
		note.rate = stretch->rate;
		note.rounding = rounding;
		if (sum_sign(&note.principal) > 0)
			change_of_instrument(&note, &stretch->price, &stretch->adds);
	}
	stretch->adds.shares[WARRANT_SHARES] = warrants;
}

/*
 * One instrument's lines, in order, as stretches.
 */
static void
make_instrument(Instrument *instrument, const Line *lines, int n)
{
	Stretch		now = {.holder = {"", 0}};
	int64		warrants = 0;
	Rounding	rounding = ROUND_DOWN;

	instrument->source = lines[0].source;
	instrument->key = lines[0].instrument;
	instrument->is_note = false;
	instrument->stretches = palloc(n * sizeof(Stretch));
	instrument->nstretches = 0;
	for (int i = 0; i < n; i++)
	{
		const Line *line = &lines[i];

		sum_add(&now.principal, &line->principal, 1);
		shares_add(&warrants, line->warrant_shares);
		if (line->sets & SETS_PRICE)
		{
			now.price = line->price;
			now.has_price = true;
		}
		if (line->sets & SETS_RATE)
			now.rate = line->rate;
		if (line->sets & SETS_HOLDER)
			now.holder = line->holder;
		if (line->rounding >= 0)
			rounding = line->rounding;
		instrument->is_note |= line->is_note;
		if (i + 1 < n && lines[i + 1].day == line->day)
			continue;			/* the end of the day is what counts */
		now.from_day = line->day;
		reckon(&now, instrument->is_note, warrants, rounding);
		instrument->stretches[instrument->nstretches++] = now;
	}
}

static void
make_instruments(Timeline *timeline, Line *lines, int n)
{
	qsort(lines, n, sizeof(Line), line_cmp);
	timeline->instruments = palloc(Max(n, 1) * sizeof(Instrument));
	timeline->ninstruments = 0;
	for (int first = 0, next; first < n; first = next)
	{
		for (next = first + 1; next < n && bytes_equal(lines[first].instrument, lines[next].instrument) &&
			 bytes_equal(lines[first].source, lines[next].source);)
			next++;
		make_instrument(&timeline->instruments[timeline->ninstruments++], lines + first, next - first);
	}
}

/* A change of somebody's balance on a day. */
typedef struct Move
{
	DateADT		day;
	Bytes		holder;			/* data NULL: of the deal */
	Change		change;
} Move;

typedef struct Moves
{
	Move	   *moves;
	int			n;
	int			size;
} Moves;

static void
add_move(Moves *moves, DateADT day, Bytes holder, const Change *change, int sign)
{
	Move	   *move;

	if (moves->n == moves->size)
	{
		moves->size = Max(64, 2 * moves->size);
		moves->moves = moves->moves == NULL ? palloc(moves->size * sizeof(Move)) :
			repalloc_huge(moves->moves, (Size) moves->size * sizeof(Move));
	}
	move = &moves->moves[moves->n++];
	memset(move, 0, sizeof(Move));
	move->day = day;
	move->holder = holder;
	change_add(&move->change, change, sign);
}

/*
 * The moves of an instrument: of its deal, and of the holders whose it was.
 */
static void
add_instrument_moves(const Instrument *instrument, Moves *deal, Moves *holders)
{
	static const Change nothing = {0};
	const Change *before = &nothing;
	Bytes		holder = {NULL, 0};
	Bytes		nobody = {NULL, 0};

	for (int i = 0; i < instrument->nstretches; i++)
	{
		const Stretch *s = &instrument->stretches[i];
		Change		change = s->adds;

		change_add(&change, before, -1);
		if (!change_is_zero(&change))
			add_move(deal, s->from_day, nobody, &change, 1);
		if (holder.data != NULL && !bytes_equal(holder, s->holder))
		{
			if (!change_is_zero(before))
				add_move(holders, s->from_day, holder, before, -1);
			change = s->adds;
		}
		if (!change_is_zero(&change))
			add_move(holders, s->from_day, s->holder, &change, 1);
		holder = s->holder;
		before = &s->adds;
	}
}

/*
 * What the journal says of reserve, capital, multiple and minimum.
 */
static void
add_journal_moves(Books *books, Bytes deal, DateADT as_of, TimestampTz known_at, Moves *moves)
{
	static const ShareCount counts[] = {RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED, MINIMUM};
	Bytes		nobody = {NULL, 0};

	read_rows(reading_plan(&books->read_journal, books,
						   psprintf("SELECT effective_on, multiple, reserved, authorized, outstanding, other_reserved, minimum"
									" FROM %s WHERE deal OPERATOR(pg_catalog.=) $1 AND effective_on OPERATOR(pg_catalog.<=) $2"
									" AND recorded_at OPERATOR(pg_catalog.<=) $3",
									quote_qualified_identifier(books->schema, books->journal_name))),
			  books, deal, as_of, known_at);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		Change		change;

		memset(&change, 0, sizeof(Change));
		sum_add_numeric(&change.multiple, DatumGetNumeric(value_on_record(row, desc, 2)));
		for (int c = 0; c < lengthof(counts); c++)
			change.shares[counts[c]] = DatumGetInt64(value_on_record(row, desc, 3 + c));
		if (!change_is_zero(&change))
			add_move(moves, DatumGetDateADT(value_on_record(row, desc, 1)), nobody, &change, 1);
	}
	SPI_freetuptable(SPI_tuptable);
}

/*
 * The same of what is pending.
 */
static void
add_pending_moves(const PendingDeal *pending, DateADT as_of, Moves *moves)
{
	Bytes		nobody = {NULL, 0};

	if (pending == NULL)
		return;
	for (const Entry *e = pending->entries; e != NULL; e = e->next)
	{
		Change		change = e->change;

		memset(&change.principal, 0, sizeof(Sum));
		memset(&change.annual_interest, 0, sizeof(Sum));
		change.shares[NOTE_SHARES] = change.shares[WARRANT_SHARES] = change.shares[INTEREST_SHARES] = 0;
		if (e->day <= as_of && !change_is_zero(&change))
			add_move(moves, e->day, nobody, &change, 1);
	}
}

static int
move_cmp(const void *left, const void *right)
{
	const Move *a = left;
	const Move *b = right;

	if (a->holder.data != NULL && b->holder.data != NULL)
	{
		int			cmp = bytes_cmp(a->holder, b->holder);

		if (cmp != 0)
			return cmp;
	}
	return (a->day > b->day) - (a->day < b->day);
}

static bool
same_holder(Bytes a, Bytes b)
{
	return a.data == NULL || bytes_equal(a, b);
}

/*
 * Adds moves up: one balance for each holder and day on which one moved.
 */
static DayBalance *
add_up(Moves *moves, int *ndays)
{
	DayBalance *days = palloc(Max(moves->n, 1) * sizeof(DayBalance));
	int			n = 0;

	qsort(moves->moves, moves->n, sizeof(Move), move_cmp);
	for (int first = 0, next; first < moves->n; first = next)
	{
		const Move *move = &moves->moves[first];
		bool		goes_on = n > 0 && same_holder(days[n - 1].holder, move->holder);
		Change		before;

		memset(&before, 0, sizeof(Change));
		if (goes_on)
			before = days[n - 1].balance;
		days[n] = (DayBalance) {move->day, move->holder, before};
		for (next = first; next < moves->n && moves->moves[next].day == move->day &&
			 same_holder(moves->moves[next].holder, move->holder); next++)
			change_add(&days[n].balance, &moves->moves[next].change, 1);
		change_add(&before, &days[n].balance, -1);
		if (!change_is_zero(&before))
			n++;				/* else what moved that day came to nothing */
	}
	*ndays = n;
	return days;
}

void
read_timeline(Timeline *timeline, Books *books, Bytes deal, DateADT as_of, TimestampTz known_at,
			  const PendingDeal *pending)
{
	int			n;
	Line	   *lines;
	Moves		of_deal = {0};
	Moves		of_holders = {0};

	memset(timeline, 0, sizeof(Timeline));
	require_types(books);
	drop_stale_reading(books);
	lines = read_lines(books, deal, as_of, known_at, &n, count_pending(pending));
	add_pending_lines(lines, &n, pending, as_of);
	make_instruments(timeline, lines, n);
	for (int i = 0; i < timeline->ninstruments; i++)
		add_instrument_moves(&timeline->instruments[i], &of_deal, &of_holders);
	add_journal_moves(books, deal, as_of, known_at, &of_deal);
	add_pending_moves(pending, as_of, &of_deal);
	timeline->days = add_up(&of_deal, &timeline->ndays);
	timeline->holdings = add_up(&of_holders, &timeline->nholdings);
}

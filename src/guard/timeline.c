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
#include "guard/reading.h"
#include "guard/row.h"
#include "guard/said.h"
#include "guard/vouch.h"
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
		*plan = prepare_reading(query, 3, types);
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
 * Runs a plan over one deal's rows.
 */
static void
read_deal(SPIPlanPtr plan, const Books *books, Bytes deal, DateADT as_of, TimestampTz known_at,
		  TakeRow take, void *arg)
{
	Datum		values[] = {key_to_datum(deal, books->key_base), DateADTGetDatum(as_of),
	TimestampTzGetDatum(known_at)};

	read_plan(plan, values, take, arg);
}

static Bytes
copied_text(Datum value)
{
	Bytes		b = key_from_datum(value, TEXTOID, NULL);

	return (Bytes) {memcpy(palloc(Max(b.len, 1)), b.data, b.len), b.len};
}

static void
read_line(Line *line, const RowRead *row)
{
	memset(line, 0, sizeof(Line));
	line->source = copied_text(read_value(row, SOURCE));
	line->instrument = copied_text(read_value(row, INSTRUMENT));
	line->day = DatumGetDateADT(read_value(row, EFFECTIVE_ON));
	line->seq = DatumGetInt64(read_value(row, SEQ));
	line->number = DatumGetInt32(read_value(row, LINE));
	sum_add_numeric(&line->principal, DatumGetNumeric(read_value(row, PRINCIPAL)));
	line->warrant_shares = DatumGetInt64(read_value(row, WARRANTS));
	if (!read_null(row, PRICE))
	{
		line->price = price_on_record(read_value(row, PRICE), read_value(row, DIVISOR));
		line->sets |= SETS_PRICE;
		line->is_note = true;
	}
	if (!read_null(row, RATE) && decimal_from_datum(read_value(row, RATE), &line->rate))
		line->sets |= SETS_RATE;
	if (!read_null(row, HOLDER))
	{
		line->holder = copied_text(read_value(row, HOLDER));
		line->sets |= SETS_HOLDER;
	}
	line->rounding = read_null(row, ROUNDING) ? -1 : (int) rounding_from_text(DatumGetTextPP(read_value(row, ROUNDING)));
}

typedef struct Lines
{
	Line	   *lines;
	int			n;
	int			size;
} Lines;

static Line *
new_line(Lines *lines)
{
	if (lines->n == lines->size)
	{
		lines->size = Max(64, 2 * lines->size);
		lines->lines = lines->lines == NULL ? palloc(lines->size * sizeof(Line)) :
			repalloc_huge(lines->lines, (Size) lines->size * sizeof(Line));
	}
	return &lines->lines[lines->n++];
}

static void
take_line(const RowRead *row, void *arg)
{
	read_line(new_line(arg), row);
}

static void
read_lines(Lines *lines, Books *books, Bytes deal, DateADT as_of, TimestampTz known_at)
{
	read_deal(reading_plan(&books->read_positions, books,
						   psprintf("SELECT source, instrument, effective_on, seq, line, principal, warrant_shares,"
									" price, price_divisor, rate, holder, rounding FROM %s"
									" WHERE deal OPERATOR(pg_catalog.=) $1 AND effective_on OPERATOR(pg_catalog.<=) $2"
									" AND recorded_at OPERATOR(pg_catalog.<=) $3",
									quote_qualified_identifier(books->schema, books->position_name))),
			  books, deal, as_of, known_at, take_line, lines);
}

static void
add_pending_lines(Lines *lines, const PendingDeal *pending, DateADT as_of)
{
	SaidScan	scan;

	if (pending == NULL)
		return;
	begin_said(&scan, InvalidOid, pending);
	while (next_said(&scan))
	{
		const InstrumentChange *c;

		if (scan.said.day > as_of)
			continue;
		c = copy_instrument_change(&scan.said, palloc(instrument_change_size(&scan.said)));
		*new_line(lines) = (Line) {.source = {c->source, strlen(c->source)}, .instrument = c->instrument,
			.day = c->day, .seq = PG_INT64_MAX, .number = (int64) c->ordinal, .principal = c->principal,
			.warrant_shares = c->warrant_shares, .sets = c->sets, .is_note = c->is_note,
			.rounding = c->comes && c->is_note ? c->rounding : -1, .price = c->price, .rate = c->rate,
		.holder = c->holder};
	}
}

/*
 * Lines are sorted by pointers to them, since each is some hundred bytes.
 */
static int
line_cmp(const void *left, const void *right)
{
	const Line *a = *(const Line *const *) left;
	const Line *b = *(const Line *const *) right;
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
make_instrument(Instrument *instrument, const Line **lines, int n)
{
	Stretch		now = {.holder = {"", 0}};
	int64		warrants = 0;
	Rounding	rounding = ROUND_DOWN;

	instrument->source = lines[0]->source;
	instrument->key = lines[0]->instrument;
	instrument->is_note = false;
	instrument->stretches = palloc(n * sizeof(Stretch));
	instrument->nstretches = 0;
	for (int i = 0; i < n; i++)
	{
		const Line *line = lines[i];

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
		instrument->rounding = rounding;
		if (i + 1 < n && lines[i + 1]->day == line->day)
			continue;			/* the end of the day is what counts */
		now.from_day = line->day;
		reckon(&now, instrument->is_note, warrants, rounding);
		instrument->stretches[instrument->nstretches++] = now;
	}
}

static bool
of_one_instrument(const Line *a, const Line *b)
{
	return bytes_equal(a->instrument, b->instrument) && bytes_equal(a->source, b->source);
}

static void
make_instruments(Timeline *timeline, const Line *lines, int n)
{
	const Line **sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(Line *));

	for (int i = 0; i < n; i++)
		sorted[i] = &lines[i];
	qsort(sorted, n, sizeof(Line *), line_cmp);
	timeline->instruments = palloc(Max(n, 1) * sizeof(Instrument));
	timeline->ninstruments = 0;
	for (int first = 0, next; first < n; first = next)
	{
		for (next = first + 1; next < n && of_one_instrument(sorted[first], sorted[next]);)
			next++;
		make_instrument(&timeline->instruments[timeline->ninstruments++], sorted + first, next - first);
	}
	pfree(sorted);
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
 * What an entry of the journal says of reserve, capital, multiple and minimum.
 */
static void
take_entry(const RowRead *row, void *arg)
{
	static const ShareCount counts[] = {RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED, MINIMUM};
	Bytes		nobody = {NULL, 0};
	Change		change;

	memset(&change, 0, sizeof(Change));
	sum_add_numeric(&change.multiple, DatumGetNumeric(read_value(row, 2)));
	for (int c = 0; c < lengthof(counts); c++)
		change.shares[counts[c]] = DatumGetInt64(read_value(row, 3 + c));
	if (!change_is_zero(&change))
		add_move(arg, DatumGetDateADT(read_value(row, 1)), nobody, &change, 1);
}

static void
add_journal_moves(Books *books, Bytes deal, DateADT as_of, TimestampTz known_at, Moves *moves)
{
	read_deal(reading_plan(&books->read_journal, books,
						   psprintf("SELECT effective_on, multiple, reserved, authorized, outstanding, other_reserved, minimum"
									" FROM %s WHERE deal OPERATOR(pg_catalog.=) $1 AND effective_on OPERATOR(pg_catalog.<=) $2"
									" AND recorded_at OPERATOR(pg_catalog.<=) $3",
									quote_qualified_identifier(books->schema, books->journal_name))),
			  books, deal, as_of, known_at, take_entry, moves);
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
	const Move *a = *(const Move *const *) left;
	const Move *b = *(const Move *const *) right;

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
	DayBalance *days = MemoryContextAllocHuge(CurrentMemoryContext, Max(moves->n, 1) * sizeof(DayBalance));
	const Move **sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(moves->n, 1) * sizeof(Move *));
	int			n = 0;

	for (int i = 0; i < moves->n; i++)
		sorted[i] = &moves->moves[i];
	qsort(sorted, moves->n, sizeof(Move *), move_cmp);
	for (int first = 0, next; first < moves->n; first = next)
	{
		const Move *move = sorted[first];
		bool		goes_on = n > 0 && same_holder(days[n - 1].holder, move->holder);
		Change		before;

		memset(&before, 0, sizeof(Change));
		if (goes_on)
			before = days[n - 1].balance;
		days[n] = (DayBalance) {move->day, move->holder, before};
		for (next = first; next < moves->n && sorted[next]->day == move->day &&
			 same_holder(sorted[next]->holder, move->holder); next++)
			change_add(&days[n].balance, &sorted[next]->change, 1);
		change_add(&before, &days[n].balance, -1);
		if (!change_is_zero(&before))
			n++;				/* else what moved that day came to nothing */
	}
	pfree(sorted);
	*ndays = n;
	return days;
}

/* What reading the journal of the capital goes on with. */
typedef struct CapitalMoves
{
	CompanyCapital *capital;
	Moves	   *moves;
} CapitalMoves;

/*
 * To a deal, what its company's other deals have reserved is reserved
 * otherwise.
 */
static void
add_capital_move(const CapitalMoves *to, DateADT day, const int64 *shares)
{
	Bytes		nobody = {NULL, 0};
	Change		change;

	memset(&change, 0, sizeof(Change));
	change.shares[AUTHORIZED] = shares[AUTHORIZED];
	change.shares[OUTSTANDING] = shares[OUTSTANDING];
	change.shares[OTHER_RESERVED] = shares[OTHER_RESERVED];
	shares_add(&change.shares[OTHER_RESERVED], shares[RESERVED]);
	to->capital->known |= shares[AUTHORIZED] != 0 || shares[OUTSTANDING] != 0;
	if (!change_is_zero(&change))
		add_move(to->moves, day, nobody, &change, 1);
}

static void
take_capital_entry(const RowRead *row, void *arg)
{
	static const ShareCount counts[] = {AUTHORIZED, OUTSTANDING, OTHER_RESERVED, RESERVED};
	int64		shares[N_SHARE_COUNTS] = {0};

	for (int c = 0; c < lengthof(counts); c++)
		shares[counts[c]] = DatumGetInt64(read_value(row, 2 + c));
	add_capital_move(arg, DatumGetDateADT(read_value(row, 1)), shares);
}

/*
 * The capital of the company, less what of its reserves is the deal's own.
 */
static void
add_capital_moves(Books *books, CompanyCapital *capital, DateADT as_of, TimestampTz known_at, Moves *moves)
{
	CapitalMoves to = {capital, moves};
	Oid			types[] = {books->company_base, DATEOID, TIMESTAMPTZOID};
	Datum		values[] = {key_to_datum(capital->company, books->company_base), DateADTGetDatum(as_of),
	TimestampTzGetDatum(known_at)};

	for (int i = 0; i < moves->n; i++)
		shares_add(&moves->moves[i].change.shares[OTHER_RESERVED], -moves->moves[i].change.shares[RESERVED]);
	read_plan(prepare_reading(psprintf("SELECT effective_on, authorized::pg_catalog.int8, outstanding::pg_catalog.int8,"
									   " other_reserved::pg_catalog.int8, reserved::pg_catalog.int8"
									   " FROM %s WHERE company OPERATOR(pg_catalog.=) $1 AND effective_on OPERATOR(pg_catalog.<=) $2"
									   " AND recorded_at OPERATOR(pg_catalog.<=) $3", qualified_name(books->capital_journal)),
							  3, types),
			  values, take_capital_entry, &to);
	for (const Entry *e = capital->pending == NULL ? NULL : capital->pending->entries; e != NULL; e = e->next)
	{
		if (e->day <= as_of)
			add_capital_move(&to, e->day, e->change.shares);
	}
}

/*
 * Before a company's capital is on record, and after the watch of it ended, it
 * is not known: nobody can say that what is reserved is not authorized.
 */
static void
find_unknown_days(Timeline *timeline)
{
	for (int i = 0; i < timeline->ndays; i++)
	{
		const int64 *shares = timeline->days[i].balance.shares;

		timeline->days[i].capital_unknown = shares[AUTHORIZED] == 0 && shares[OUTSTANDING] == 0;
	}
}

/*
 * The balances that the instruments of a timeline make by themselves, without
 * reserve and capital.
 */
void
find_balances(Timeline *timeline)
{
	Moves		of_deal = {0};
	Moves		of_holders = {0};

	for (int i = 0; i < timeline->ninstruments; i++)
		add_instrument_moves(&timeline->instruments[i], &of_deal, &of_holders);
	timeline->days = add_up(&of_deal, &timeline->ndays);
	timeline->holdings = add_up(&of_holders, &timeline->nholdings);
}

void
read_timeline(Timeline *timeline, Books *books, Bytes deal, CompanyCapital *capital, DateADT as_of,
			  TimestampTz known_at, const PendingDeal *pending)
{
	Lines		lines = {0};
	Moves		of_deal = {0};
	Moves		of_holders = {0};

	memset(timeline, 0, sizeof(Timeline));
	require_types(books);
	drop_stale_reading(books);
	read_lines(&lines, books, deal, as_of, known_at);
	add_pending_lines(&lines, pending, as_of);
	make_instruments(timeline, lines.lines, lines.n);
	for (int i = 0; i < timeline->ninstruments; i++)
		add_instrument_moves(&timeline->instruments[i], &of_deal, &of_holders);
	add_journal_moves(books, deal, as_of, known_at, &of_deal);
	add_pending_moves(pending, as_of, &of_deal);
	if (capital->company.data != NULL && OidIsValid(books->capital))
		add_capital_moves(books, capital, as_of, known_at, &of_deal);
	timeline->days = add_up(&of_deal, &timeline->ndays);
	if (capital->company.data != NULL)
		find_unknown_days(timeline);
	timeline->holdings = add_up(&of_holders, &timeline->nholdings);
}

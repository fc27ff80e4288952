/*-------------------------------------------------------------------------
 *
 * history.c
 *		The rows of the views of history: of a deal, of its holders, of its
 *		notes.
 *
 * One deal at a time: the views call these functions for each row of the
 * ledger, so that what is asked of one deal costs no more than it, and what is
 * asked of all of them takes no memory for all.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/timeline.h"

#include "funcapi.h"
#include "guard/judge.h"
#include "miscadmin.h"
#include "number/share_price.h"
#include "settings.h"
#include "utils/builtins.h"

/*
 * The timeline of the deal that the arguments name, as the settings want it.
 */
static void
timeline_of_arguments(FunctionCallInfo fcinfo, Timeline *timeline, CompanyCapital *capital)
{
	Books	   *books = require_books(PG_GETARG_OID(0));
	char		buffer[8];
	Bytes		deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), books->key_base, buffer);

	CHECK_FOR_INTERRUPTS();
	read_timeline(timeline, books, deal, capital, as_of_day(), known_at_moment(), NULL);
}

/*
 * The company that an argument names, if it does.
 */
static CompanyCapital
company_argument(FunctionCallInfo fcinfo, int argument)
{
	CompanyCapital capital = {{NULL, 0}};
	Books	   *books = require_books(PG_GETARG_OID(0));

	if (!PG_ARGISNULL(argument) && OidIsValid(books->capital))
		capital.company = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(argument)),
										   books->company_base, palloc(8));
	return capital;
}

static bool
capital_known(const CompanyCapital *capital, const DayBalance *day)
{
	return capital->known && !day->capital_unknown;
}

/* One function's run: its result, and memory that goes with it. */
typedef struct Run
{
	ReturnSetInfo *result;
	MemoryContext context;
	MemoryContext old;
} Run;

static void
begin_run(Run *run, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	run->result = (ReturnSetInfo *) fcinfo->resultinfo;
	run->context = AllocSetContextCreate(CurrentMemoryContext, "covenant history", ALLOCSET_DEFAULT_SIZES);
	SPI_connect();
	run->old = MemoryContextSwitchTo(run->context);
}

static void
end_run(Run *run)
{
	MemoryContextSwitchTo(run->old);
	SPI_finish();
	MemoryContextDelete(run->context);
}

static int64
narrow(int128 n)
{
	if (n < PG_INT64_MIN || n > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("shares of a day are out of range"),
				 errdetail("The shares required, available or missing exceed 9,223,372,036,854,775,807.")));
	return (int64) n;
}

static Datum
shares_datum(int128 n)
{
	return Int64GetDatum(narrow(n));
}

static Datum
next_day(const DayBalance *days, int i, int n, bool *isnull)
{
	*isnull = i + 1 >= n ||
		(days[i].holder.data != NULL && !bytes_equal(days[i].holder, days[i + 1].holder));
	return *isnull ? (Datum) 0 : DateADTGetDatum(days[i + 1].day);
}

/* Columns of history_of. */
#define HISTORY_COLUMNS	18

static void
put_day(const Run *run, const Timeline *timeline, int i, bool with_capital)
{
	const Change *c = &timeline->days[i].balance;
	Balances	b = balances_on_record(c, with_capital);
	int128		issuable = (int128) c->shares[NOTE_SHARES] + c->shares[WARRANT_SHARES];
	Datum		values[HISTORY_COLUMNS];
	bool		nulls[HISTORY_COLUMNS] = {false};

	values[0] = DateADTGetDatum(timeline->days[i].day);
	values[1] = next_day(timeline->days, i, timeline->ndays, &nulls[1]);
	values[2] = NumericGetDatum(sum_numeric(&c->principal));
	values[3] = NumericGetDatum(sum_numeric(&c->annual_interest));
	values[4] = Int64GetDatum(c->shares[NOTE_SHARES]);
	values[5] = Int64GetDatum(c->shares[WARRANT_SHARES]);
	values[6] = Int64GetDatum(c->shares[INTEREST_SHARES]);
	values[7] = shares_datum(issuable);
	values[8] = NumericGetDatum(numeric_from_decimal(b.multiple));
	values[9] = Int64GetDatum(c->shares[MINIMUM]);
	values[10] = shares_datum(required_of(&b));
	values[11] = Int64GetDatum(c->shares[RESERVED]);
	values[12] = Int64GetDatum(c->shares[AUTHORIZED]);
	values[13] = Int64GetDatum(c->shares[OUTSTANDING]);
	values[14] = Int64GetDatum(c->shares[OTHER_RESERVED]);
	nulls[12] = nulls[13] = nulls[14] = nulls[15] = !with_capital;
	values[15] = with_capital ? shares_datum(available_of(&b)) : (Datum) 0;
	values[16] = shares_datum(counted_of(&b));
	values[17] = shares_datum(slack_of(&b));
	tuplestore_putvalues(run->result->setResult, run->result->setDesc, values, nulls);
}

/*
 * covenant_internal.history_of(ledger, deal, with_capital, company)
 */
COVENANT_FUNCTION(covenant_history_of);
Datum
covenant_history_of(PG_FUNCTION_ARGS)
{
	Run			run;
	Timeline	timeline;
	CompanyCapital capital;

	begin_run(&run, fcinfo);
	capital = company_argument(fcinfo, 3);
	timeline_of_arguments(fcinfo, &timeline, &capital);
	for (int i = 0; i < timeline.ndays; i++)
		put_day(&run, &timeline, i, PG_GETARG_BOOL(2) || capital_known(&capital, &timeline.days[i]));
	end_run(&run);
	return (Datum) 0;
}

static Datum
bytes_text(Bytes b)
{
	return PointerGetDatum(cstring_to_text_with_len(b.data, b.len));
}

/*
 * covenant_internal.holding_of(ledger, deal)
 */
COVENANT_FUNCTION(covenant_holding_of);
Datum
covenant_holding_of(PG_FUNCTION_ARGS)
{
	Run			run;
	Timeline	timeline;
	CompanyCapital none = {{NULL, 0}};

	begin_run(&run, fcinfo);
	timeline_of_arguments(fcinfo, &timeline, &none);
	for (int i = 0; i < timeline.nholdings; i++)
	{
		const DayBalance *h = &timeline.holdings[i];
		Datum		values[8];
		bool		nulls[8] = {false};

		values[0] = bytes_text(h->holder);
		values[1] = DateADTGetDatum(h->day);
		values[2] = next_day(timeline.holdings, i, timeline.nholdings, &nulls[2]);
		values[3] = NumericGetDatum(sum_numeric(&h->balance.principal));
		values[4] = NumericGetDatum(sum_numeric(&h->balance.annual_interest));
		values[5] = Int64GetDatum(h->balance.shares[NOTE_SHARES]);
		values[6] = Int64GetDatum(h->balance.shares[WARRANT_SHARES]);
		values[7] = Int64GetDatum(h->balance.shares[INTEREST_SHARES]);
		tuplestore_putvalues(run.result->setResult, run.result->setDesc, values, nulls);
	}
	end_run(&run);
	return (Datum) 0;
}

/*
 * Was a note the same in two stretches?
 */
static bool
same_stretch(const Stretch *a, const Stretch *b)
{
	Sum			difference = a->principal;

	sum_add(&difference, &b->principal, -1);
	return sum_sign(&difference) == 0 && price_equal(&a->price, &b->price) &&
		decimal_equal(a->rate, b->rate) && bytes_equal(a->holder, b->holder);
}

static Numeric
price_numeric(const Price *price)
{
	SharePrice	rational;

	if (price->divisor == 1)
		return numeric_from_decimal(price->value);
	rational.num = (int64) price->value.value;
	rational.den = price->divisor;
	return numeric_from_share_price(&rational);
}

static void
put_stretch(const Run *run, const Instrument *note, int first, int next)
{
	const Stretch *s = &note->stretches[first];
	Datum		values[9];
	bool		nulls[9] = {false};

	values[0] = bytes_text(note->source);
	values[1] = bytes_text(note->key);
	values[2] = bytes_text(s->holder);
	values[3] = DateADTGetDatum(s->from_day);
	nulls[4] = next == note->nstretches;
	values[4] = nulls[4] ? (Datum) 0 : DateADTGetDatum(note->stretches[next].from_day);
	values[5] = NumericGetDatum(sum_numeric(&s->principal));
	values[6] = NumericGetDatum(price_numeric(&s->price));
	values[7] = NumericGetDatum(numeric_from_decimal(s->rate));
	values[8] = Int64GetDatum(s->adds.shares[NOTE_SHARES]);
	tuplestore_putvalues(run->result->setResult, run->result->setDesc, values, nulls);
}

/*
 * covenant_internal.note_of(ledger, deal): the stretches of the notes while
 * they have principal.
 */
COVENANT_FUNCTION(covenant_note_of);
Datum
covenant_note_of(PG_FUNCTION_ARGS)
{
	Run			run;
	Timeline	timeline;
	CompanyCapital none = {{NULL, 0}};

	begin_run(&run, fcinfo);
	timeline_of_arguments(fcinfo, &timeline, &none);
	for (int i = 0; i < timeline.ninstruments; i++)
	{
		const Instrument *note = &timeline.instruments[i];

		for (int first = 0, next; note->is_note && first < note->nstretches; first = next)
		{
			for (next = first + 1; next < note->nstretches &&
				 same_stretch(&note->stretches[first], &note->stretches[next]);)
				next++;
			if (sum_sign(&note->stretches[first].principal) != 0)
				put_stretch(&run, note, first, next);
		}
	}
	end_run(&run);
	return (Datum) 0;
}

/*
 * covenant_internal.shortfall_since(ledger, deal, with_capital, company): the first
 * day of the shortfall in which a deal is now, with what is pending; NULL where it
 * is in none.
 */
COVENANT_FUNCTION(covenant_shortfall_since);
Datum
covenant_shortfall_since(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = require_books(ledger);
	char		buffer[8];
	Bytes		deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), books->key_base, buffer);
	CompanyCapital capital = company_argument(fcinfo, 3);
	Timeline	timeline;
	bool		is_short = false;
	DateADT		since = 0;

	if (pending_any() && capital.company.data != NULL)
		capital.pending = pending_for_deal(books->capital, capital.company);
	SPI_connect();
	read_timeline(&timeline, books, deal, &capital, DATEVAL_NOEND, DT_NOEND,
				  pending_any() ? pending_for_deal(ledger, deal) : NULL);
	for (int i = 0; i < timeline.ndays; i++)
	{
		Balances	b = balances_on_record(&timeline.days[i].balance,
										   PG_GETARG_BOOL(2) || capital_known(&capital, &timeline.days[i]));

		if (slack_of(&b) < 0 && !is_short)
			since = timeline.days[i].day;
		is_short = slack_of(&b) < 0;
	}
	SPI_finish();
	if (!is_short)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(since);
}

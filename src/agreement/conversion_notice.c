/*-------------------------------------------------------------------------
 *
 * conversion_notice.c
 *		What a holder's notice of conversion comes to, and what limits it.
 *
 * The holder's notes are converted oldest first, each at its own price and by
 * its own rounding, until the amount is used up or a limit is reached: a cap on
 * what he may own, one on what may be issued at all, and the shares that are
 * authorized and not promised to others.  The reserve's multiple limits
 * nothing: the duty to issue is absolute (Section 3(e)), and so is this number.
 *
 * Shares grow with the amount, in steps.  What is converted is the least amount
 * that gives the shares, to the cent, so that nobody pays for a fraction that
 * is not issued; what lies between two cents is out of reach.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/timeline.h"

#include "calendar/calendar.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "guard/judge.h"
#include "miscadmin.h"
#include "number/issuable.h"
#include "number/ratio.h"
#include "settings.h"
#include "utils/builtins.h"

/* A note that the holder has on the day. */
typedef struct HeldNote
{
	const Instrument *note;
	DateADT		first_day;
	Rounding	rounding;
	SharePrice	price;
	Numeric		principal;
	int64		shares;			/* issuable for all of it */
} HeldNote;

typedef struct Notice
{
	Timeline	timeline;
	Balances	balances;		/* of the deal, before */
	int			nnotes;
	HeldNote   *notes;			/* the oldest first */
	Numeric		amount;
	int64		requested;
	int64		shares;
	Numeric		converted;
	const char *limited_by;		/* NULL: nothing */
} Notice;

/* The notes -------------------------------------------------------------- */

static SharePrice
exact_price(const Price *price)
{
	SharePrice	exact = {.num = (int64) price->value.value,.den = price->divisor};

	if (price->divisor == 1)
	{
		PriceFit	fit = share_price_from_digits(price->value.value, price->value.scale, &exact);

		if (fit != PRICE_FITS)
			share_price_misfit(fit);
	}
	return exact;
}

/*
 * Shares issuable for so much of a note's principal.
 */
static int64
shares_for(const HeldNote *note, Numeric part)
{
	return shares_for_amount(part, &note->price, note->rounding);
}

static bool
is_number(Bytes key)
{
	for (int i = 0; i < key.len; i++)
	{
		if (key.data[i] < '0' || key.data[i] > '9')
			return false;
	}
	return key.len > 0 && key.data[0] != '0';
}

/*
 * Keys that are numbers go by their value, others as text.
 */
static int
key_cmp(Bytes a, Bytes b)
{
	if (is_number(a) && is_number(b) && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return bytes_cmp(a, b);
}

static int
note_cmp(const void *left, const void *right)
{
	const HeldNote *a = left;
	const HeldNote *b = right;
	int			cmp;

	if (a->first_day != b->first_day)
		return a->first_day < b->first_day ? -1 : 1;
	cmp = key_cmp(a->note->key, b->note->key);
	return cmp != 0 ? cmp : bytes_cmp(a->note->source, b->note->source);
}

static void
find_notes(Notice *notice, Bytes holder)
{
	notice->notes = palloc(Max(notice->timeline.ninstruments, 1) * sizeof(HeldNote));
	for (int i = 0; i < notice->timeline.ninstruments; i++)
	{
		const Instrument *instrument = &notice->timeline.instruments[i];
		const Stretch *now = &instrument->stretches[instrument->nstretches - 1];
		HeldNote   *note = &notice->notes[notice->nnotes];

		if (!instrument->is_note || sum_sign(&now->principal) <= 0 || !bytes_equal(now->holder, holder))
			continue;
		*note = (HeldNote) {instrument, instrument->stretches[0].from_day, instrument->rounding,
		exact_price(&now->price), sum_numeric(&now->principal)};
		note->shares = shares_for(note, note->principal);
		notice->nnotes++;
	}
	qsort(notice->notes, notice->nnotes, sizeof(HeldNote), note_cmp);
}

/* Shares for an amount, and back ----------------------------------------- */

static Numeric
smaller(Numeric a, Numeric b)
{
	return num_compare(a, b) <= 0 ? a : b;
}

/*
 * The shares that an amount gives, and those that the notes come to afterwards
 * less than before.
 */
static int64
shares_of_amount(const Notice *notice, Numeric amount, int64 *fall)
{
	int64		shares = 0;

	if (fall != NULL)
		*fall = 0;
	for (int i = 0; i < notice->nnotes; i++)
	{
		const HeldNote *note = &notice->notes[i];
		Numeric		part = smaller(amount, note->principal);

		shares_add(&shares, shares_for(note, part));
		if (fall != NULL)
			*fall += note->shares - shares_for(note, num_call2(numeric_sub, note->principal, part));
		amount = num_call2(numeric_sub, amount, part);
	}
	return shares;
}

/*
 * The part of a note's principal from which on, or above which, it gives so
 * many shares (1 or more).
 */
static Ratio
least_part(const HeldNote *note, int64 shares, bool *above)
{
	int			halves = note->rounding == ROUND_DOWN ? 0 : note->rounding == ROUND_UP ? 2 : 1;

	*above = note->rounding == ROUND_UP || (note->rounding == ROUND_HALF_EVEN && shares % 2 != 0);
	return ratio_multiply(ratio_of(2 * (int128) shares - halves, 2), ratio_of(note->price.num, note->price.den));
}

static Numeric
whole_cents(Ratio cents)
{
	return ratio_numeric(ratio_divide(cents, ratio_int(100)), 2);
}

/*
 * The least amount that gives so many shares or more: in whole cents, or else
 * the whole amount of the notice.
 */
static Numeric
least_amount(const Notice *notice, int64 shares)
{
	Ratio		before = ratio_int(0);
	int64		so_far = 0;

	if (shares == 0)
		return numeric_from_int128(0);
	for (int i = 0; i < notice->nnotes; i++)
	{
		const HeldNote *note = &notice->notes[i];

		if (shares - so_far <= note->shares)
		{
			bool		above;
			Ratio		cents = ratio_multiply(ratio_add(before, least_part(note, shares - so_far, &above)), ratio_int(100));
			Ratio		whole = ratio_floor(cents);

			if (above || ratio_compare(whole, cents) < 0)
				whole = ratio_add(whole, ratio_int(1));
			return smaller(whole_cents(whole), notice->amount);
		}
		so_far += note->shares;
		before = ratio_add(before, ratio_from_numeric(note->principal));
	}
	return notice->amount;
}

/*
 * The greatest number of whole cents below an amount above 0.
 */
static Numeric
cent_below(Numeric amount)
{
	Ratio		cents = ratio_multiply(ratio_from_numeric(amount), ratio_int(100));
	Ratio		whole = ratio_floor(cents);

	return whole_cents(ratio_compare(whole, cents) < 0 ? whole : ratio_subtract(whole, ratio_int(1)));
}

/*
 * The most shares up to a limit that some amount gives, and the least amount
 * that gives them.
 */
static void
settle(Notice *notice, int64 limit)
{
	notice->converted = least_amount(notice, Min(notice->requested, limit));
	notice->shares = shares_of_amount(notice, notice->converted, NULL);
	if (notice->shares <= limit)
		return;
	/* one cent less gives fewer than the limit */
	notice->shares = shares_of_amount(notice, cent_below(notice->converted), NULL);
	notice->converted = least_amount(notice, notice->shares);
}

/* Limits ----------------------------------------------------------------- */

/*
 * The most shares that the holder may get under a cap on what he owns.
 */
static int64
ownership_limit(const Notice *notice, int64 owned, Datum percent, Datum counted)
{
	Oid			types[] = {INT8OID, NUMERICOID, TEXTOID, INT8OID};
	Datum		values[] = {Int64GetDatum(notice->balances.shares[OUTSTANDING]), percent, counted, Int64GetDatum(owned)};
	bool		isnull;

	if (!notice->balances.counts_authorized)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the outstanding shares are not known"),
				 errdetail("A cap on ownership is taken of them."),
				 errhint("Watch the capital columns with covenant.watch_deals, or the table of companies with covenant.watch_capital; or leave out the cap.")));
	if (SPI_execute_with_args("SELECT covenant.ownership_cap($1::covenant.shares, $2, $3, $4::covenant.shares)::pg_catalog.int8",
							  4, types, values, NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "reckoning a cap on ownership failed");
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/*
 * What is authorized and neither outstanding nor promised to others.
 */
static int64
authorized_limit(const Notice *notice)
{
	int128		available = available_of(&notice->balances);

	return (int64) Max(0, Min(available, PG_INT64_MAX));
}

static void
take_limit(Notice *notice, int64 *limit, int64 candidate, const char *name)
{
	if (candidate >= *limit || candidate >= notice->requested)
		return;
	*limit = candidate;
	notice->limited_by = name;
}

/* The notice ------------------------------------------------------------- */

/*
 * The deal as of covenant.as_of; what is pending counts, unless reports know
 * only what was recorded by some moment.
 */
static void
read_notice(Notice *notice, FunctionCallInfo fcinfo)
{
	Books	   *books = require_books(PG_GETARG_OID(0));
	char		buffer[8];
	Bytes		deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), books->key_base, buffer);
	CompanyCapital capital = {{NULL, 0}};
	bool		counts_pending = pending_any() && known_at_moment() == DT_NOEND;
	const DayBalance *now;

	if (!PG_ARGISNULL(3) && OidIsValid(books->capital))
		capital.company = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(3)), books->company_base, palloc(8));
	if (counts_pending && capital.company.data != NULL)
		capital.pending = pending_for_deal(books->capital, capital.company);
	read_timeline(&notice->timeline, books, deal, &capital, as_of_day(), known_at_moment(),
				  counts_pending ? pending_for_deal(books->ledger, deal) : NULL);
	if (notice->timeline.ndays == 0)
		return;
	now = &notice->timeline.days[notice->timeline.ndays - 1];
	notice->balances = balances_on_record(&now->balance, PG_GETARG_BOOL(2) || (capital.known && !now->capital_unknown));
}

/*
 * 22023, or 22003, where the notice asks for what the holder does not have.
 */
static void
check_amount(const Notice *notice, const char *holder)
{
	Numeric		held = numeric_from_int128(0);

	for (int i = 0; i < notice->nnotes; i++)
		held = num_call2(numeric_add, held, notice->notes[i].principal);
	if (numeric_is_nan(notice->amount) || numeric_is_inf(notice->amount))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("amount must be a finite number")));
	if (num_compare(notice->amount, numeric_from_int128(0)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("amount must not be negative"),
				 errdetail("It is %s.", numeric_normalize(notice->amount))));
	if (num_compare(notice->amount, held) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("amount exceeds the principal of the holder's notes"),
				 errdetail("It is %s; the notes that \"%s\" has of this deal on %s come to %s.",
						   numeric_normalize(notice->amount), holder, iso_day(as_of_day()), numeric_normalize(held)),
				 errhint("Convert no more than that, or name the holder as the table of notes does.")));
}

/* Columns of the result. */
enum
{
	N_REQUESTED, N_LIMITED_BY, N_SHARES, N_CONVERTED, N_LEFT_OVER, N_SLACK, N_AVAILABLE, N_NOTICE_COLUMNS
};

static int64
narrow(int128 n)
{
	if (n < PG_INT64_MIN || n > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("shares of a notice are out of range"),
				 errdetail("What would be required, available or missing exceeds 9,223,372,036,854,775,807.")));
	return (int64) n;
}

/*
 * The deal once the shares are issued out of its reserve, as far as that goes.
 */
static Balances
balances_after(const Notice *notice)
{
	Balances	after = notice->balances;
	int64		fall;

	(void) shares_of_amount(notice, notice->converted, &fall);
	shares_add(&after.shares[NOTE_SHARES], -fall);
	shares_add(&after.shares[RESERVED], -Min(notice->shares, Max(after.shares[RESERVED], 0)));
	shares_add(&after.shares[OUTSTANDING], notice->shares);
	return after;
}

static void
put_notice(const Notice *notice, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Balances	after = balances_after(notice);
	Datum		values[N_NOTICE_COLUMNS];
	bool		nulls[N_NOTICE_COLUMNS] = {false};

	values[N_REQUESTED] = Int64GetDatum(notice->requested);
	nulls[N_LIMITED_BY] = notice->limited_by == NULL;
	values[N_LIMITED_BY] = nulls[N_LIMITED_BY] ? (Datum) 0 : CStringGetTextDatum(notice->limited_by);
	values[N_SHARES] = Int64GetDatum(notice->shares);
	values[N_CONVERTED] = NumericGetDatum(notice->converted);
	values[N_LEFT_OVER] = NumericGetDatum(num_call2(numeric_sub, notice->amount, notice->converted));
	values[N_SLACK] = Int64GetDatum(narrow(slack_of(&after)));
	nulls[N_AVAILABLE] = !after.counts_authorized;
	values[N_AVAILABLE] = after.counts_authorized ? Int64GetDatum(narrow(available_of(&after))) : (Datum) 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * What must be known of a notice: 22004.
 */
static void
require_arguments(FunctionCallInfo fcinfo)
{
	static const int needed[] = {0, 1, 2, 4, 5, 6};
	bool		complete = PG_ARGISNULL(7) || !PG_ARGISNULL(8);

	for (int i = 0; i < lengthof(needed); i++)
		complete &= !PG_ARGISNULL(needed[i]);
	if (!complete)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a notice without deal, holder or amount, or a cap that is not said how to count, cannot be reckoned")));
}

/*
 * covenant_internal.notice_of(ledger, deal, with_capital, company, holder,
 * amount, owned, cap_percent, counted, exchange_cap)
 */
COVENANT_FUNCTION(covenant_notice_of);
Datum
covenant_notice_of(PG_FUNCTION_ARGS)
{
	Notice		notice = {0};
	char	   *holder;
	int64		limit = PG_INT64_MAX;

	require_arguments(fcinfo);
	holder = text_to_cstring(PG_GETARG_TEXT_PP(4));
	notice.amount = PG_GETARG_NUMERIC(5);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	read_notice(&notice, fcinfo);
	find_notes(&notice, (Bytes) {holder, strlen(holder)});
	check_amount(&notice, holder);
	notice.requested = shares_of_amount(&notice, notice.amount, NULL);
	if (!PG_ARGISNULL(7))
		take_limit(&notice, &limit, ownership_limit(&notice, PG_GETARG_INT64(6), PG_GETARG_DATUM(7), PG_GETARG_DATUM(8)),
				   "ownership");
	if (!PG_ARGISNULL(9))
		take_limit(&notice, &limit, PG_GETARG_INT64(9), "exchange");
	if (notice.balances.counts_authorized)
		take_limit(&notice, &limit, authorized_limit(&notice), "authorized");
	settle(&notice, limit);
	put_notice(&notice, fcinfo);
	SPI_finish();
	return (Datum) 0;
}

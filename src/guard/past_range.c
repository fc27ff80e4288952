/*-------------------------------------------------------------------------
 *
 * past_range.c
 *		No day of the past gets numbers that the views cannot show.
 *
 * What a deal is now is held to bigint by check_range.  What is said late
 * changes all days after its own, and on one of them, between others that were
 * taken out again since, the numbers may be too large though they are not now.
 * Almost always an upper bound from one pass over the books, which keeps
 * nothing of them, says that they cannot be; only otherwise each day is
 * reckoned.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/past_range.h"

#include "catalog/pg_type.h"
#include "calendar/calendar.h"
#include "guard/reading.h"
#include "guard/timeline.h"
#include "guard/vouch.h"
#include "number/ratio.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* Below it nothing that adds or subtracts four such numbers is out of range. */
#define SMALL	(PG_INT64_MAX / 4)

/* What can have been of a deal at the very most, on whatever day. */
typedef struct Most
{
	Sum			principal;		/* all that ever came */
	Ratio		per_unit;		/* shares of one unit, at the lowest price */
	Ratio		rate;			/* the highest one */
	Ratio		multiple;
	int128		shares;			/* of warrants, reserve and capital, and by rounding */
} Most;

static void
add_amounts(Most *most, const Sum *principal, int64 warrants)
{
	if (sum_sign(principal) > 0)
		sum_add(&most->principal, principal, 1);
	most->shares += Max(warrants, 0) + 2;	/* note and interest are rounded */
}

static void
add_price(Most *most, const Price *price)
{
	if (price->value.value > 0)
		most->per_unit = ratio_max(most->per_unit,
								   ratio_divide(ratio_int(price->divisor), ratio_from_decimal(price->value)));
}

static void
take_position(const RowRead *row, void *arg)
{
	Most	   *most = arg;
	Sum			principal = {.slow = NULL};
	Decimal		rate;

	sum_add_numeric(&principal, DatumGetNumeric(read_value(row, 1)));
	add_amounts(most, &principal, DatumGetInt64(read_value(row, 2)));
	if (!read_null(row, 3))
	{
		Price		price = price_on_record(read_value(row, 3), read_value(row, 4));

		add_price(most, &price);
	}
	if (!read_null(row, 5) && decimal_from_datum(read_value(row, 5), &rate))
		most->rate = ratio_max(most->rate, ratio_from_decimal(rate));
}

static void
add_entry(Most *most, Ratio multiple, const int64 *shares, int n)
{
	most->multiple = ratio_add(most->multiple, ratio_sign(multiple) < 0 ? ratio_subtract(ratio_int(0), multiple) : multiple);
	for (int i = 0; i < n; i++)
		most->shares += shares[i] < 0 ? -(int128) shares[i] : shares[i];
}

static void
take_entry(const RowRead *row, void *arg)
{
	int64		shares[5];

	for (int i = 0; i < lengthof(shares); i++)
		shares[i] = DatumGetInt64(read_value(row, 2 + i));
	add_entry(arg, ratio_from_numeric(DatumGetNumericCopy(read_value(row, 1))), shares, lengthof(shares));
}

static void
add_said(Most *most, const InstrumentChange *said)
{
	add_amounts(most, &said->principal, said->warrant_shares);
	if (said->sets & SETS_PRICE)
		add_price(most, &said->price);
	if (said->sets & SETS_RATE)
		most->rate = ratio_max(most->rate, ratio_from_decimal(said->rate));
}

static void
add_pending(Most *most, const PendingDeal *deal, SaidSource *source)
{
	InstrumentChange *said;
	int			n;

	rewind_source(source);
	while ((n = next_instrument(source, &said)) > 0)
	{
		for (int i = 0; i < n; i++)
			add_said(most, &said[i]);
	}
	for (const Entry *e = deal->entries; e != NULL; e = e->next)
		add_entry(most, ratio_of_sum(&e->change.multiple), e->change.shares, N_SHARE_COUNTS);
}

static void
read_most(Most *most, const Books *books, Bytes deal)
{
	Oid			type = books->key_base;
	Datum		key = key_to_datum(deal, type);

	*most = (Most) {.per_unit = ratio_int(0), .rate = ratio_int(0), .multiple = ratio_int(2)};
	read_plan(kept_plan(psprintf("SELECT principal, warrant_shares, price, price_divisor, rate FROM %s"
								 " WHERE deal OPERATOR(pg_catalog.=) $1 -- key %u",
								 quote_qualified_identifier(books->schema, books->position_name), type), 1, &type),
			  &key, take_position, most);
	read_plan(kept_plan(psprintf("SELECT multiple, reserved, authorized, outstanding, other_reserved, minimum FROM %s"
								 " WHERE deal OPERATOR(pg_catalog.=) $1 -- key %u",
								 quote_qualified_identifier(books->schema, books->journal_name), type), 1, &type),
			  &key, take_entry, most);
}

static bool
is_small(const Most *most)
{
	Ratio		notes = ratio_multiply(ratio_of_sum(&most->principal), most->per_unit);

	if (most->shares > SMALL)
		return false;
	notes = ratio_multiply(notes, ratio_add(ratio_int(1), most->rate));
	return ratio_compare(ratio_multiply(ratio_add(notes, ratio_int(most->shares)), most->multiple),
						 ratio_int(SMALL)) <= 0;
}

/*
 * Reckons each day; an error (22003) where its numbers are out of range.
 */
static void
check_days(Books *books, const PendingDeal *deal, CompanyCapital *capital, bool with_capital)
{
	Timeline	timeline;

	read_timeline(&timeline, books, deal->deal, capital, DATEVAL_NOEND, DT_NOEND, deal);
	for (int i = 0; i < timeline.ndays; i++)
	{
		const DayBalance *day = &timeline.days[i];
		Balances	balances = balances_on_record(&day->balance, with_capital && !day->capital_unknown);

		if (!in_range(&balances))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("reserved amount of deal \"%s\" on %s is out of range",
							key_to_cstring(deal->deal, books->key_base), iso_day(day->day)),
					 errdetail("The shares required, available or missing on that day exceed 9,223,372,036,854,775,807."),
					 errhint("What is said late counts on all days after its own, beside what was there then.")));
	}
}

/*
 * What is said late of a deal, beside what is pending of its company; company
 * NULL: it has none.
 */
void
check_past_range(Books *books, const PendingDeal *deal, const Company *company, const Posting *posting,
				 const Balances *after)
{
	CompanyCapital capital = {{NULL, 0}};
	Most		most;

	if (company != NULL)
		capital = (CompanyCapital) {company->key, company->pending};
	PushActiveSnapshot(GetLatestSnapshot());
	read_most(&most, books, deal->deal);
	add_pending(&most, deal, posting->source);
	if (company != NULL || !is_small(&most))
		check_days(books, deal, &capital, after->counts_authorized);
	PopActiveSnapshot();
}

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

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "calendar/calendar.h"
#include "guard/company.h"
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
take_position(const RowRead *row, void *arg)
{
	Most	   *most = arg;
	Sum			principal = {.slow = NULL};
	int64		warrants = DatumGetInt64(read_value(row, 2));
	Decimal		rate;

	sum_add_numeric(&principal, DatumGetNumeric(read_value(row, 1)));
	if (sum_sign(&principal) > 0)
		sum_add(&most->principal, &principal, 1);
	most->shares += Max(warrants, 0) + 2;	/* note and interest are rounded */
	if (!read_null(row, 3))
	{
		Price		price = price_on_record(read_value(row, 3), read_value(row, 4));

		if (price.value.value > 0)
			most->per_unit = ratio_max(most->per_unit,
									   ratio_divide(ratio_int(price.divisor), ratio_from_decimal(price.value)));
	}
	if (!read_null(row, 5) && decimal_from_datum(read_value(row, 5), &rate))
		most->rate = ratio_max(most->rate, ratio_from_decimal(rate));
}

static void
take_entry(const RowRead *row, void *arg)
{
	Most	   *most = arg;
	Ratio		multiple = ratio_from_numeric(DatumGetNumericCopy(read_value(row, 1)));

	most->multiple = ratio_add(most->multiple, ratio_sign(multiple) < 0 ? ratio_subtract(ratio_int(0), multiple) : multiple);
	for (int column = 2; column <= 6; column++)
	{
		int128		shares = DatumGetInt64(read_value(row, column));

		most->shares += shares < 0 ? -shares : shares;
	}
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
check_days(Books *books, Bytes deal, Bytes company, bool with_capital)
{
	CompanyCapital capital = {company};
	Timeline	timeline;

	read_timeline(&timeline, books, deal, &capital, DATEVAL_NOEND, DT_NOEND, NULL);
	for (int i = 0; i < timeline.ndays; i++)
	{
		const DayBalance *day = &timeline.days[i];
		Balances	balances = balances_on_record(&day->balance, with_capital && !day->capital_unknown);

		if (!in_range(&balances))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("reserved amount of deal \"%s\" on %s is out of range", key_to_cstring(deal, books->key_base),
							iso_day(day->day)),
					 errdetail("The shares required, available or missing on that day exceed 9,223,372,036,854,775,807."),
					 errhint("What is said late counts on all days after its own, beside what was there then.")));
	}
}

/*
 * A deal of which something was said late, after it was posted.
 */
void
check_past_range(Books *books, Bytes deal, bool with_capital)
{
	Bytes		company = {NULL, 0};
	Most		most;

	if (OidIsValid(books->capital))
		company = company_of_deal(books, deal);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	read_most(&most, books, deal);
	if (company.data != NULL || !is_small(&most))
		check_days(books, deal, company, with_capital);
	PopActiveSnapshot();
}

/*-------------------------------------------------------------------------
 *
 * interest.c
 *		Simple interest by the day counts of ISDA.
 *
 * The names are those of the 2006 ISDA Definitions, Section 4.16.  The first
 * day counts, the last does not.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/interest.h"

#include "calendar/months.h"
#include "number/quotient.h"

#include "utils/builtins.h"
#include "utils/datetime.h"

/* Decimals of the result. */
#define INTEREST_SCALE	10

static const struct
{
	const char *name;
	int			length;
}			day_counts[] = {
	[ACT_365F] = {"ACT/365F", 8},
	[ACT_360] = {"ACT/360", 7},
	[ACT_ACT_ISDA] = {"ACT/ACT ISDA", 12},
	[THIRTY_360] = {"30/360", 6},
	[THIRTY_E_360] = {"30E/360", 7},
};

DayCount
day_count_from_text(const text *name)
{
	const char *word = VARDATA_ANY(name);
	int			len = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < lengthof(day_counts); i++)
	{
		if (day_counts[i].length == len && memcmp(day_counts[i].name, word, len) == 0)
			return (DayCount) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown day count \"%.*s\"", len, word),
			 errhint("Known day counts are \"ACT/365F\", \"ACT/360\", \"ACT/ACT ISDA\", \"30/360\" and \"30E/360\".")));
}

/*
 * How many of the days before a day lie in leap years, counted from the leap
 * year 8001 BC: before any date, and where the cycle of 400 years begins.
 */
static int64
leap_days_before(DateADT day)
{
	int			year,
				month,
				mday;
	int64		years;
	int64		days;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	years = (int64) year - 1 + 8000;
	days = (years / 4 - years / 100 + years / 400) * 366;
	if (isleap(year))
		days += day - (date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE);
	return days;
}

/*
 * Days between two dates in a year of twelve months of 30 days (Section
 * 4.16(f) and (g)).  A 31st counts as the 30th; as the last day only where the
 * first is one too, unless European.
 */
static int64
thirty_day_count(DateADT from, DateADT to, bool european)
{
	int			year1,
				month1,
				day1,
				year2,
				month2,
				day2;

	j2date(from + POSTGRES_EPOCH_JDATE, &year1, &month1, &day1);
	j2date(to + POSTGRES_EPOCH_JDATE, &year2, &month2, &day2);
	if (day1 == 31)
		day1 = 30;
	if (day2 == 31 && (european || day1 == 30))
		day2 = 30;
	return ((int64) year2 - year1) * 360 + (month2 - month1) * 30 + (day2 - day1);
}

/*
 * The part of a year from one date to another.
 */
YearFraction
year_fraction(DateADT from, DateADT to, DayCount day_count)
{
	int64		days = (int64) to - from;

	switch (day_count)
	{
		case ACT_365F:
			return (YearFraction) {days, 365};
		case ACT_360:
			return (YearFraction) {days, 360};
		case ACT_ACT_ISDA:
			{
				int64		leap = leap_days_before(to) - leap_days_before(from);

				return (YearFraction) {(days - leap) * 366 + leap * 365, 365 * 366};
			}
		case THIRTY_360:
			return (YearFraction) {thirty_day_count(from, to, false), 360};
		case THIRTY_E_360:
			return (YearFraction) {thirty_day_count(from, to, true), 360};
	}
	return (YearFraction) {0, 1};	/* not reached */
}

/*
 * principal * rate * fraction in 128 bits; false where it does not fit.
 */
static bool
interest_fast(Numeric principal, Numeric rate, YearFraction years, Numeric *result)
{
	Decimal		p;
	Decimal		r;
	int128		n;

	if (!decimal_from_numeric(principal, &p) || !decimal_from_numeric(rate, &r) ||
		p.value < 0 || !rate_is_fraction(r))
		return false;
	n = p.value;
	return multiply_into(&n, r.value) && multiply_into(&n, years.num) &&
		quotient_to_numeric(n, years.den, p.scale + r.scale, INTEREST_SCALE, result);
}

/*
 * The same for numbers of any length, and the checks of what is no amount.
 */
static Numeric
interest_slow(Numeric principal, Numeric rate, YearFraction years)
{
	BigDecimal	p;
	BigDecimal	r;
	Numeric		n;

	check_amount(principal, "principal");
	check_rate(rate, "rate");
	p = big_decimal(principal);
	r = big_decimal(rate);
	n = num_call2(numeric_mul, num_call2(numeric_mul, p.value, r.value),
				  int64_to_numeric(years.num));
	return big_quotient_to_numeric(n,
								   num_call2(numeric_mul, int64_to_numeric(years.den),
											 big_power_of_ten(p.scale + r.scale)),
								   INTEREST_SCALE);
}

/*
 * accrued_interest(principal numeric, rate numeric, from_date date,
 * to_date date, day_count text)
 */
COVENANT_FUNCTION(covenant_accrued_interest);
Datum
covenant_accrued_interest(PG_FUNCTION_ARGS)
{
	Numeric		principal = (Numeric) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Numeric		rate = (Numeric) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	DateADT		from = PG_GETARG_DATEADT(2);
	DateADT		to = PG_GETARG_DATEADT(3);
	DayCount	day_count = day_count_from_text(PG_GETARG_TEXT_PP(4));
	YearFraction years;
	Numeric		result;

	check_period(from, to);
	years = year_fraction(from, to, day_count);
	if (!interest_fast(principal, rate, years, &result))
		result = interest_slow(principal, rate, years);
	PG_RETURN_NUMERIC(result);
}

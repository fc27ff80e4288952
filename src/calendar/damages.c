/*-------------------------------------------------------------------------
 *
 * damages.c
 *		The Standard Liquidated Damages Amount, in each of its readings.
 *
 * "Three percent (3%) of the outstanding amount of the Notes per month plus
 * accrued and unpaid interest on the Notes, prorated for partial months"
 * (Section 2(f)) can be read in several ways that differ by 40 %; so formula
 * and month rule are arguments without a default.  The amount is one exact
 * fraction and is rounded once.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/damages.h"

#include "calendar/call.h"
#include "number/quotient.h"
#include "utils/builtins.h"

static const struct
{
	const char *name;
	int			length;
	bool		on_interest;	/* the rate is of principal and interest */
	bool		plus_interest;	/* the interest is added */
}			formulas[] = {
	[FORMULA_PRINCIPAL] = {"principal", 9, false, false},
	[FORMULA_PRINCIPAL_PLUS_INTEREST] = {"principal_plus_interest", 23, false, true},
	[FORMULA_PRINCIPAL_AND_INTEREST] = {"principal_and_interest", 22, true, false},
	[FORMULA_PRINCIPAL_AND_INTEREST_PLUS_INTEREST] =
	{"principal_and_interest_plus_interest", 36, true, true},
};

/*
 * The formula that is called so; an unknown word is an error (22023) that
 * lists the known ones.
 */
Formula
formula_from_text(const text *name)
{
	const char *word = VARDATA_ANY(name);
	int			len = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < lengthof(formulas); i++)
	{
		if (formulas[i].length == len && memcmp(formulas[i].name, word, len) == 0)
			return (Formula) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown formula \"%.*s\"", len, word),
			 errhint("Known formulas are \"principal\", \"principal_plus_interest\", \"principal_and_interest\" and \"principal_and_interest_plus_interest\".")));
}

/* Is the rate taken of interest too? */
bool
formula_takes_interest(Formula formula)
{
	return formulas[formula].on_interest;
}

bool
formula_adds_interest(Formula formula)
{
	return formulas[formula].plus_interest;
}

/*
 * The amount in 128 bits: over the denominator den * 10^(scales of the base
 * and of the rate) its numerator is rate * base * num, and the interest that
 * is added.  False where something does not fit or is no amount.
 */
static bool
damages_fast(Numeric principal, Numeric interest, Formula formula,
			 MonthFraction months, Numeric rate, int scale, Numeric *result)
{
	Decimal		base;
	Decimal		i;
	Decimal		r;
	int128		n;

	if (!decimal_from_numeric(principal, &base) || base.value < 0 ||
		!decimal_from_numeric(interest, &i) || i.value < 0 ||
		!decimal_from_numeric(rate, &r) || !rate_is_fraction(r))
		return false;
	if (formulas[formula].on_interest && !decimal_add(&base, i))
		return false;
	if (formulas[formula].plus_interest &&
		(!decimal_rescale(&base, Max(base.scale, i.scale)) ||
		 !decimal_rescale(&i, base.scale)))
		return false;

	n = base.value;
	if (!multiply_into(&n, r.value) || !multiply_into(&n, months.num))
		return false;
	if (formulas[formula].plus_interest)
	{
		int128		added = i.value;

		if (!multiply_into(&added, months.den) ||
			!multiply_into(&added, (int128) power_of_ten(r.scale)) ||
			__builtin_add_overflow(n, added, &n))
			return false;
	}
	return quotient_to_numeric(n, months.den, base.scale + r.scale, scale, result);
}

/*
 * The same for numbers of any length, and the checks of what is no amount.
 */
static Numeric
damages_slow(Numeric principal, Numeric interest, Formula formula,
			 MonthFraction months, Numeric rate, int scale)
{
	BigDecimal	base;
	BigDecimal	r;
	Numeric		n;
	Numeric		d;

	check_amount(principal, "principal");
	check_amount(interest, "interest");
	check_rate(rate, "monthly_rate");

	base = big_decimal(formulas[formula].on_interest ?
					   num_call2(numeric_add, principal, interest) : principal);
	r = big_decimal(rate);
	n = num_call2(numeric_mul, num_call2(numeric_mul, base.value, r.value),
				  int64_to_numeric(months.num));
	d = num_call2(numeric_mul, int64_to_numeric(months.den),
				  big_power_of_ten(base.scale + r.scale));
	if (formulas[formula].plus_interest)
	{
		BigDecimal	i = big_decimal(interest);
		Numeric		unit = big_power_of_ten(i.scale);

		n = num_call2(numeric_add, num_call2(numeric_mul, n, unit),
					  num_call2(numeric_mul, i.value, d));
		d = num_call2(numeric_mul, d, unit);
	}
	return big_quotient_to_numeric(n, d, scale);
}

/*
 * Damages for the period [from, to), rounded half up to scale decimals.  The
 * numerics may have short headers, as they lie in a tuple.
 */
static Numeric
compute_damages(Numeric principal, Numeric interest, DateADT from, DateADT to,
				Formula formula, MonthRule months, Numeric monthly_rate, int scale)
{
	MonthFraction fraction;
	Numeric		result;

	if (scale < 0 || scale > DAMAGES_MAX_SCALE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("scale must be between 0 and %d", DAMAGES_MAX_SCALE),
				 errdetail("It is %d.", scale)));
	check_period(from, to);
	fraction = months_between(from, to, months);
	if (!damages_fast(principal, interest, formula, fraction, monthly_rate, scale, &result))
		result = damages_slow(principal, interest, formula, fraction, monthly_rate, scale);
	return result;
}

/*
 * What formula and month rule say; where they are constants, they are read
 * once.
 */
typedef struct Reading
{
	Formula		formula;
	MonthRule	months;
} Reading;

static Reading
reading_of_call(FunctionCallInfo fcinfo)
{
	Reading    *known = fcinfo->flinfo->fn_extra;
	Reading		reading;

	if (likely(known != NULL))
		return *known;
	reading.formula = formula_from_text(PG_GETARG_TEXT_PP(4));
	reading.months = month_rule_from_text(PG_GETARG_TEXT_PP(5));
	if (argument_is_constant(fcinfo->flinfo, 4) &&
		argument_is_constant(fcinfo->flinfo, 5))
	{
		known = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Reading));
		*known = reading;
		fcinfo->flinfo->fn_extra = known;
	}
	return reading;
}

/*
 * liquidated_damages(principal numeric, interest numeric, from_date date,
 * to_date date, formula text, months text, monthly_rate numeric, scale integer)
 */
COVENANT_FUNCTION(covenant_liquidated_damages);
Datum
covenant_liquidated_damages(PG_FUNCTION_ARGS)
{
	Numeric		principal = (Numeric) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Numeric		interest = (Numeric) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	Numeric		rate = (Numeric) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(6));
	Reading		reading = reading_of_call(fcinfo);

	PG_RETURN_NUMERIC(compute_damages(principal, interest,
									  PG_GETARG_DATEADT(2), PG_GETARG_DATEADT(3),
									  reading.formula, reading.months,
									  rate, PG_GETARG_INT32(7)));
}

/*-------------------------------------------------------------------------
 *
 * price_arithmetic.c
 *		Operators of share prices, and rounding.
 *
 * Prices are added, subtracted, scaled by a number and multiplied with
 * shares; nothing else makes sense.  Results are exact or out of range.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "number/decimal.h"
#include "number/rounding.h"
#include "utils/builtins.h"

/* Operators -------------------------------------------------------------- */

COVENANT_FUNCTION(covenant_share_price_plus);
Datum
covenant_share_price_plus(PG_FUNCTION_ARGS)
{
	const SharePrice *a = PG_GETARG_SHARE_PRICE(0);
	const SharePrice *b = PG_GETARG_SHARE_PRICE(1);
	Rational	sum = {
		(uint128) a->num * b->den + (uint128) b->num * a->den,
		(uint128) a->den * b->den
	};

	PG_RETURN_POINTER(make_share_price(sum));
}

COVENANT_FUNCTION(covenant_share_price_minus);
Datum
covenant_share_price_minus(PG_FUNCTION_ARGS)
{
	const SharePrice *a = PG_GETARG_SHARE_PRICE(0);
	const SharePrice *b = PG_GETARG_SHARE_PRICE(1);
	uint128		left = (uint128) a->num * b->den;
	uint128		right = (uint128) b->num * a->den;

	if (left < right)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("share_price out of range"),
				 errdetail("A share price is not negative."),
				 errhint("Cast both prices to numeric for a difference that may be negative.")));
	PG_RETURN_POINTER(make_share_price((Rational) {left - right, (uint128) a->den * b->den}));
}

/*
 * The number that a price is multiplied with or divided by: not negative, or
 * the result would not be a price.
 */
static Numeric
get_factor(FunctionCallInfo fcinfo)
{
	Numeric		factor = PG_GETARG_NUMERIC(1);

	if (numeric_is_nan(factor) || numeric_is_inf(factor) ||
		num_compare(factor, int64_to_numeric(0)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("share_price out of range"),
				 errdetail("A share price times or divided by %s is not a share price.",
						   numeric_normalize(factor))));
	return factor;
}

/*
 * num/den of numerics of any length as a price, for what 128 bits do not hold.
 */
static SharePrice *
make_share_price_from_quotient(Numeric num, Numeric den)
{
	SharePrice *price = palloc(sizeof(SharePrice));

	if (!share_price_from_quotient(num, den, price))
		share_price_out_of_range();
	return price;
}

COVENANT_FUNCTION(covenant_share_price_times);
Datum
covenant_share_price_times(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	Rational	product = rational_from_share_price(price);
	Decimal		d;
	Numeric		factor;

	if (decimal_from_datum(PG_GETARG_DATUM(1), &d) && d.value >= 0 &&
		rational_multiply(&product, (Rational) {d.value, power_of_ten(d.scale)}))
		PG_RETURN_POINTER(make_share_price(product));

	factor = num_call2(numeric_mul, get_factor(fcinfo), int64_to_numeric(price->num));
	PG_RETURN_POINTER(make_share_price_from_quotient(factor, int64_to_numeric(price->den)));
}

COVENANT_FUNCTION(covenant_share_price_over);
Datum
covenant_share_price_over(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	Rational	quotient = rational_from_share_price(price);
	Decimal		d;
	Numeric		factor;

	if (decimal_from_datum(PG_GETARG_DATUM(1), &d) && d.value >= 0)
	{
		if (d.value == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DIVISION_BY_ZERO),
					 errmsg("division by zero")));
		if (rational_divide(&quotient, (Rational) {d.value, power_of_ten(d.scale)}))
			PG_RETURN_POINTER(make_share_price(quotient));
	}

	factor = num_call2(numeric_mul, get_factor(fcinfo), int64_to_numeric(price->den));
	PG_RETURN_POINTER(make_share_price_from_quotient(int64_to_numeric(price->num), factor));
}

/*
 * What shares are worth: dollars, in full where the decimals end.
 */
COVENANT_FUNCTION(covenant_shares_value);
Datum
covenant_shares_value(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(1);

	PG_RETURN_NUMERIC(numeric_from_fraction((int128) PG_GETARG_INT64(0) * price->num, price->den));
}

/*
 * To so many decimals, half up.  18 are the most that are exact in a price,
 * and with them the numerator stays in 128 bits.
 */
COVENANT_FUNCTION(covenant_share_price_round);
Datum
covenant_share_price_round(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	int64		decimals = PG_GETARG_INT64(1);
	uint128		unit;

	if (decimals < 0 || decimals > EXACT_DECIMALS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("decimals must be between 0 and %d", EXACT_DECIMALS),
				 errdetail("It is %lld.", (long long) decimals)));
	unit = power_of_ten((int) decimals);
	PG_RETURN_POINTER(make_share_price((Rational) {
		divide_rounded(price->num * unit, price->den, ROUND_HALF_UP), unit
	}));
}

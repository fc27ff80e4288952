/*-------------------------------------------------------------------------
 *
 * price_arithmetic.c
 *		Operators and averages of share prices.
 *
 * Prices are added, subtracted, scaled by a number and multiplied with
 * shares; nothing else makes sense.  Results are exact or out of range.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/int.h"
#include "number/decimal.h"
#include "utils/array.h"
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

/* The average ------------------------------------------------------------ */

/*
 * What avg carries: int8[] of the number of rows and the halves of a fraction
 * of 128-bit integers.
 */
typedef struct MeanState
{
	int64		count;
	uint64		num_high;
	uint64		num_low;
	uint64		den_high;
	uint64		den_low;
} MeanState;

#define MEAN_STATE_BYTES	(ARR_OVERHEAD_NONULLS(1) + sizeof(MeanState))

/*
 * The state in an array; one that somebody made by hand must at least be a
 * fraction.
 */
static MeanState *
mean_state(ArrayType *array)
{
	MeanState  *state = (MeanState *) ARR_DATA_PTR(array);

	if (ARR_HASNULL(array) || ARR_NDIM(array) != 1 || ARR_SIZE(array) != MEAN_STATE_BYTES ||
		state->count < 0 || (state->den_high | state->den_low) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sum of share prices is an array of five bigint without NULL"),
				 errdetail("It holds the number of rows, the numerator and the denominator, which is not zero.")));
	return state;
}

static inline Rational
get_sum(const MeanState *state)
{
	return (Rational) {
		(uint128) state->num_high << 64 | state->num_low,
		(uint128) state->den_high << 64 | state->den_low
	};
}

/*
 * Adds rows and their sum in place, or in a copy when it is called by hand.
 * A sum that outgrows 128 bits is reduced before it is given up.
 */
static Datum
add_to_mean(FunctionCallInfo fcinfo, int64 count, Rational addend)
{
	ArrayType  *array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0)
		: PG_GETARG_ARRAYTYPE_P_COPY(0);
	MeanState  *state = mean_state(array);
	Rational	sum = get_sum(state);

	if (!rational_add(&sum, addend))
	{
		rational_reduce(&sum);
		rational_reduce(&addend);
		if (!rational_add(&sum, addend))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("sum of share prices out of range"),
					 errdetail("Over their common denominator it needs more than 128 bits."),
					 errhint("Cast the prices to numeric for an average that is rounded.")));
	}
	if (pg_add_s64_overflow(state->count, count, &state->count))
		share_price_out_of_range();
	state->num_high = (uint64) (sum.num >> 64);
	state->num_low = (uint64) sum.num;
	state->den_high = (uint64) (sum.den >> 64);
	state->den_low = (uint64) sum.den;
	PG_RETURN_ARRAYTYPE_P(array);
}

COVENANT_FUNCTION(covenant_share_price_accumulate);
Datum
covenant_share_price_accumulate(PG_FUNCTION_ARGS)
{
	return add_to_mean(fcinfo, 1, rational_from_share_price(PG_GETARG_SHARE_PRICE(1)));
}

COVENANT_FUNCTION(covenant_share_price_combine);
Datum
covenant_share_price_combine(PG_FUNCTION_ARGS)
{
	const MeanState *other = mean_state(PG_GETARG_ARRAYTYPE_P(1));

	return add_to_mean(fcinfo, other->count, get_sum(other));
}

COVENANT_FUNCTION(covenant_share_price_avg);
Datum
covenant_share_price_avg(PG_FUNCTION_ARGS)
{
	const MeanState *state = mean_state(PG_GETARG_ARRAYTYPE_P(0));
	Rational	mean = get_sum(state);

	if (state->count == 0)
		PG_RETURN_NULL();
	rational_reduce(&mean);
	if (!rational_divide(&mean, (Rational) {state->count, 1}))
		share_price_out_of_range();
	PG_RETURN_POINTER(make_share_price(mean));
}

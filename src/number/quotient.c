/*-------------------------------------------------------------------------
 *
 * quotient.c
 *		One fraction, rounded once: what interest and damages end in.
 *
 *-------------------------------------------------------------------------
 */
#include "number/quotient.h"

#include "number/rounding.h"
#include "utils/builtins.h"

/*
 * n / d, rounded half up; in 64 bits where that is enough, which is several
 * times faster.
 */
static inline uint128
divide_half_up(uint128 n, uint128 d)
{
	if ((n | d) >> 63 == 0)
	{
		uint64		quotient = (uint64) n / (uint64) d;
		uint64		remainder = (uint64) n - quotient * (uint64) d;

		return quotient + (2 * remainder >= (uint64) d ? 1 : 0);
	}
	return divide_rounded(n, d, ROUND_HALF_UP);
}

/*
 * n / (d * 10^ten_exponent), rounded half up to scale decimals; d is positive.
 * False where the way there does not fit 128 bits.
 */
bool
quotient_to_numeric(int128 n, int128 d, int ten_exponent, int scale, Numeric *result)
{
	int			shift = scale - ten_exponent;
	bool		negative = n < 0;
	uint128		quotient;

	Assert(d > 0);
	if (shift < -38 || shift > 38 ||
		!multiply_into(shift < 0 ? &d : &n, (int128) power_of_ten(abs(shift))))
		return false;
	quotient = divide_half_up(negative ? -(uint128) n : (uint128) n, d);
	if (quotient >> 126 != 0)
		return false;
	*result = numeric_with_decimals((Decimal) {
									.value = negative ? -(int128) quotient : (int128) quotient,
									.scale = scale});
	return true;
}

/*
 * 10^exponent, or a fraction where the exponent is negative.
 */
Numeric
big_power_of_ten(int exponent)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in,
											   CStringGetDatum(psprintf("1e%d", exponent)),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

/*
 * A numeric of any length as a whole number over a power of ten.
 */
BigDecimal
big_decimal(Numeric num)
{
	BigDecimal	result;

	result.scale = DatumGetInt32(DirectFunctionCall1(numeric_min_scale, NumericGetDatum(num)));
	num = num_call2(numeric_mul, num, big_power_of_ten(result.scale));
	result.value = DatumGetNumeric(DirectFunctionCall2(numeric_trunc,
													   NumericGetDatum(num),
													   Int32GetDatum(0)));
	return result;
}

/*
 * The same as quotient_to_numeric for whole numbers of any length.  The
 * division truncates, so it is asked for floor(|n| / d + 1/2).
 */
Numeric
big_quotient_to_numeric(Numeric n, Numeric d, int scale)
{
	Numeric		two = int64_to_numeric(2);
	Numeric		sign = DatumGetNumeric(DirectFunctionCall1(numeric_sign, NumericGetDatum(n)));
	Numeric		quotient;

	n = DatumGetNumeric(DirectFunctionCall1(numeric_abs, NumericGetDatum(n)));
	n = num_call2(numeric_mul, n, big_power_of_ten(scale));
	quotient = num_call2(numeric_div_trunc,
						 num_call2(numeric_add, num_call2(numeric_mul, n, two), d),
						 num_call2(numeric_mul, d, two));
	quotient = num_call2(numeric_mul, quotient, sign);
	return num_call2(numeric_mul, quotient, big_power_of_ten(-scale));
}

/*
 * An amount or a rate must be a number.
 */
static void
check_finite(Numeric num, const char *argument)
{
	num = DatumGetNumeric(NumericGetDatum(num));	/* it may be packed */
	if (numeric_is_nan(num) || numeric_is_inf(num))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite number", argument)));
}

/*
 * An amount must not be negative either.
 */
void
check_amount(Numeric amount, const char *argument)
{
	check_finite(amount, argument);
	if (num_compare(amount, int64_to_numeric(0)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", argument),
				 errdetail("It is %s.",
						   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount))))));
}

/*
 * A rate must not be above 1, but may be negative.
 */
void
check_rate(Numeric rate, const char *argument)
{
	check_finite(rate, argument);
	if (num_compare(rate, int64_to_numeric(1)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be above 1", argument),
				 errdetail("It is %s.",
						   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(rate)))),
				 errhint("%s", RATE_HINT)));
}

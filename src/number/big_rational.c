/*-------------------------------------------------------------------------
 *
 * big_rational.c
 *		Exact fractions made of two numerics.
 *
 * 128 bits hold whatever is computed from prices with a sensible number of
 * decimals.  The rest must come out exactly too, however slowly: a sum of
 * prices whose denominators have little in common, a weighted average.
 * Nothing is reduced before the end; a numeric has room for 131,072 digits,
 * and 250 denominators of 19 digits are 4,750.
 *
 *-------------------------------------------------------------------------
 */
#include "number/big_rational.h"

BigRational
big_fraction(int64 num, int64 den)
{
	return (BigRational) {int64_to_numeric(num), int64_to_numeric(den)};
}

BigRational
big_from_share_price(const SharePrice *price)
{
	return big_fraction(price->num, price->den);
}

BigRational
big_add(BigRational a, BigRational b)
{
	if (num_compare(a.den, b.den) == 0)
		return (BigRational) {num_call2(numeric_add, a.num, b.num), a.den};
	return (BigRational) {
		num_call2(numeric_add,
				  num_call2(numeric_mul, a.num, b.den),
				  num_call2(numeric_mul, b.num, a.den)),
		num_call2(numeric_mul, a.den, b.den)
	};
}

BigRational
big_multiply(BigRational a, BigRational b)
{
	return (BigRational) {num_call2(numeric_mul, a.num, b.num),
		num_call2(numeric_mul, a.den, b.den)};
}

/*
 * -1, 0 or 1 by value.
 */
int
big_compare(BigRational a, BigRational b)
{
	return num_compare(num_call2(numeric_mul, a.num, b.den),
					   num_call2(numeric_mul, b.num, a.den));
}

/*
 * Rounded to so many decimals, at most 18.
 */
BigRational
big_round(BigRational value, int decimals, Rounding mode)
{
	Numeric		unit = numeric_from_int128((int128) power_of_ten(decimals));
	Numeric		scaled = num_call2(numeric_mul, value.num, unit);
	Numeric		quotient = num_call2(numeric_div_trunc, scaled, value.den);
	Numeric		rest = num_call2(numeric_sub, scaled,
								 num_call2(numeric_mul, quotient, value.den));
	int			half = num_compare(num_call2(numeric_add, rest, rest), value.den);
	bool		odd = num_compare(num_call2(numeric_mod, quotient, int64_to_numeric(2)),
								  int64_to_numeric(0)) != 0;

	if (rounds_away(mode, half, num_compare(rest, int64_to_numeric(0)) != 0, odd))
		quotient = num_call2(numeric_add, quotient, int64_to_numeric(1));
	return (BigRational) {quotient, unit};
}

/*
 * The share price of the same value; false where there is none.
 */
bool
share_price_from_big(BigRational value, SharePrice *price)
{
	return share_price_from_quotient(value.num, value.den, price);
}

/*
 * The error where an exact result is no share price, with what to do.
 */
void
price_out_of_range(const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("share_price out of range"),
			 errdetail("A share price is a fraction that is not negative, of integers up to %lld.",
					   (long long) PG_INT64_MAX),
			 errhint("%s", hint)));
}

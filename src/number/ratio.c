/*-------------------------------------------------------------------------
 *
 * ratio.c
 *		Exact fractions with a sign, for what is reckoned of money.
 *
 * Each operation tries 128 bits, then 128 bits in lowest terms, then numerics.
 *
 *-------------------------------------------------------------------------
 */
#include "number/ratio.h"

#include "number/quotient.h"
#include "number/rational.h"
#include "number/rounding.h"
#include "utils/builtins.h"

/* Numerics --------------------------------------------------------------- */

static LongRatio
widen(Ratio a)
{
	if (a.big != NULL)
		return *a.big;
	return (LongRatio) {numeric_from_int128(a.num), numeric_from_int128(a.den)};
}

/*
 * A whole numeric of at most 37 digits as an integer.
 */
static bool
narrow(Numeric n, int128 *result)
{
	Decimal		d;

	if (!decimal_from_numeric(n, &d) || !decimal_rescale(&d, 0))
		return false;
	*result = d.value;
	return true;
}

/*
 * In lowest terms, and in 128 bits where it fits now.
 */
static Ratio
settle(Numeric num, Numeric den)
{
	Numeric		common = num_call2(numeric_gcd, num, den);
	LongRatio  *big;
	Ratio		a = {0, 1, NULL};

	if (num_compare(common, int64_to_numeric(1)) > 0)
	{
		num = num_call2(numeric_div_trunc, num, common);
		den = num_call2(numeric_div_trunc, den, common);
	}
	if (narrow(num, &a.num) && narrow(den, &a.den))
		return a;
	big = palloc(sizeof(LongRatio));
	*big = (LongRatio) {num, den};
	return (Ratio) {0, 1, big};
}

Ratio
ratio_from_numeric(Numeric num)
{
	Decimal		d;
	BigDecimal	big;

	if (decimal_from_numeric(num, &d))
		return ratio_from_decimal(d);
	big = big_decimal(num);
	return settle(big.value, big_power_of_ten(big.scale));
}

Ratio
ratio_from_decimal(Decimal d)
{
	return ratio_of(d.value, (int128) power_of_ten(d.scale));
}

/* Arithmetic ------------------------------------------------------------- */

/*
 * In lowest terms; a fraction of a hundredth of one is the common case, so
 * nothing is done until something does not fit.
 */
static void
reduce(Ratio *a)
{
	uint128		common = gcd128(a->num < 0 ? -(uint128) a->num : (uint128) a->num, (uint128) a->den);

	if (common > 1)
	{
		a->num /= (int128) common;
		a->den /= (int128) common;
	}
}

static bool
add_fast(Ratio a, Ratio b, Ratio *sum)
{
	int128		left,
				right;

	if (a.big != NULL || b.big != NULL)
		return false;
	*sum = ratio_of(0, a.den);
	if (a.den == b.den)
		return !__builtin_add_overflow(a.num, b.num, &sum->num);
	if (b.den % a.den == 0)
	{
		sum->den = b.den;
		return !__builtin_mul_overflow(a.num, b.den / a.den, &left) &&
			!__builtin_add_overflow(left, b.num, &sum->num);
	}
	if (a.den % b.den == 0)
		return !__builtin_mul_overflow(b.num, a.den / b.den, &right) &&
			!__builtin_add_overflow(a.num, right, &sum->num);
	return !__builtin_mul_overflow(a.num, b.den, &left) && !__builtin_mul_overflow(b.num, a.den, &right) &&
		!__builtin_add_overflow(left, right, &sum->num) && !__builtin_mul_overflow(a.den, b.den, &sum->den);
}

static bool
multiply_fast(Ratio a, Ratio b, Ratio *product)
{
	*product = ratio_of(0, 1);
	return a.big == NULL && b.big == NULL && !__builtin_mul_overflow(a.num, b.num, &product->num) &&
		!__builtin_mul_overflow(a.den, b.den, &product->den);
}

Ratio
ratio_add(Ratio a, Ratio b)
{
	Ratio		sum;
	LongRatio	x,
				y;

	if (likely(add_fast(a, b, &sum)))
		return sum;
	if (a.big == NULL && b.big == NULL)
	{
		reduce(&a);
		reduce(&b);
		if (add_fast(a, b, &sum))
			return sum;
	}
	x = widen(a);
	y = widen(b);
	return settle(num_call2(numeric_add, num_call2(numeric_mul, x.num, y.den), num_call2(numeric_mul, y.num, x.den)),
				  num_call2(numeric_mul, x.den, y.den));
}

static Ratio
negative(Ratio a)
{
	LongRatio  *big;

	if (a.big == NULL && !__builtin_sub_overflow((int128) 0, a.num, &a.num))
		return a;
	big = palloc(sizeof(LongRatio));
	*big = widen(a);
	big->num = num_call2(numeric_sub, int64_to_numeric(0), big->num);
	return (Ratio) {0, 1, big};
}

Ratio
ratio_subtract(Ratio a, Ratio b)
{
	return ratio_add(a, negative(b));
}

Ratio
ratio_multiply(Ratio a, Ratio b)
{
	Ratio		product;
	LongRatio	x,
				y;

	if (likely(multiply_fast(a, b, &product)))
		return product;
	if (a.big == NULL && b.big == NULL)
	{
		Ratio		c = ratio_of(a.num, b.den);
		Ratio		d = ratio_of(b.num, a.den);

		reduce(&c);				/* crosswise, so that the product is in lowest terms too */
		reduce(&d);
		reduce(&a);
		reduce(&b);
		if (multiply_fast(c, d, &product) || multiply_fast(a, b, &product))
			return product;
	}
	x = widen(a);
	y = widen(b);
	return settle(num_call2(numeric_mul, x.num, y.num), num_call2(numeric_mul, x.den, y.den));
}

/*
 * a / b; b is not zero.
 */
Ratio
ratio_divide(Ratio a, Ratio b)
{
	LongRatio	x;
	LongRatio  *inverse;

	if (b.big == NULL && b.num > 0)
		return ratio_multiply(a, ratio_of(b.den, b.num));
	x = widen(b);
	inverse = palloc(sizeof(LongRatio));
	*inverse = (LongRatio) {x.den, x.num};
	if (num_compare(x.num, int64_to_numeric(0)) < 0)
	{
		inverse->num = num_call2(numeric_sub, int64_to_numeric(0), x.den);
		inverse->den = num_call2(numeric_sub, int64_to_numeric(0), x.num);
	}
	return ratio_multiply(a, (Ratio) {0, 1, inverse});
}

int
ratio_sign(Ratio a)
{
	if (likely(a.big == NULL))
		return (a.num > 0) - (a.num < 0);
	return num_compare(a.big->num, int64_to_numeric(0));
}

int
ratio_compare(Ratio a, Ratio b)
{
	int128		left,
				right;

	if (a.big == NULL && b.big == NULL)
	{
		if (a.den == b.den)
			return (a.num > b.num) - (a.num < b.num);
		if (!__builtin_mul_overflow(a.num, b.den, &left) && !__builtin_mul_overflow(b.num, a.den, &right))
			return (left > right) - (left < right);
	}
	return ratio_sign(ratio_subtract(a, b));
}

/* Whole numbers ---------------------------------------------------------- */

Ratio
ratio_floor(Ratio a)
{
	LongRatio	x;
	Numeric		quotient;

	if (a.big == NULL)
	{
		int128		whole = a.num / a.den;

		return ratio_int(whole - (a.num % a.den < 0 ? 1 : 0));
	}
	x = *a.big;
	quotient = num_call2(numeric_div_trunc, x.num, x.den);
	if (num_compare(x.num, int64_to_numeric(0)) < 0 &&
		num_compare(num_call2(numeric_mul, quotient, x.den), x.num) != 0)
		quotient = num_call2(numeric_sub, quotient, int64_to_numeric(1));
	return settle(quotient, int64_to_numeric(1));
}

/*
 * Rounded half up, away from zero where it is negative: -0.5 is -1.
 */
Ratio
ratio_round(Ratio a, int decimals)
{
	int128		unit = (int128) power_of_ten(decimals);
	int128		n;
	Ratio		whole;
	bool		minus = ratio_sign(a) < 0;

	if (minus)
		a = negative(a);
	if (a.big == NULL && !__builtin_mul_overflow(a.num, unit, &n))
		whole = ratio_int((int128) divide_rounded((uint128) n, (uint128) a.den, ROUND_HALF_UP));
	else
		whole = ratio_floor(ratio_add(ratio_multiply(a, ratio_int(unit)), ratio_of(1, 2)));
	if (minus)
		whole = negative(whole);
	return ratio_multiply(whole, ratio_of(1, unit));
}

/*
 * The same as a numeric that shows so many decimals.
 */
Numeric
ratio_numeric(Ratio a, int decimals)
{
	LongRatio	x;
	Numeric		result;

	if (a.big == NULL && quotient_to_numeric(a.num, a.den, 0, decimals, &result))
		return result;
	x = widen(a);
	return big_quotient_to_numeric(x.num, x.den, decimals);
}

/*
 * A whole number that fits 64 bits.
 */
bool
ratio_int64(Ratio a, int64 *result)
{
	if (a.big != NULL || a.num % a.den != 0 || a.num / a.den > PG_INT64_MAX || a.num / a.den < PG_INT64_MIN)
		return false;
	*result = (int64) (a.num / a.den);
	return true;
}

/*
 * Parts a whole, which has no more than so many decimals, in proportion to
 * weights: each part is cut, and the units left over go to the largest
 * remainders, of equal ones to the first.  Without any weight the first has
 * all of it.
 */
void
ratio_parts(Ratio whole, const Ratio *weights, int n, int decimals, Ratio *parts)
{
	Ratio		unit = ratio_from_decimal((Decimal) {1, decimals});
	Ratio		sum = ratio_int(0);
	Ratio		left = whole;
	Ratio	   *rest = palloc(Max(n, 1) * sizeof(Ratio));

	for (int i = 0; i < n; i++)
		sum = ratio_add(sum, weights[i]);
	for (int i = 0; i < n; i++)
	{
		Ratio		share = ratio_is_zero(sum) ? ratio_int(0) :
		ratio_divide(ratio_divide(ratio_multiply(whole, weights[i]), sum), unit);
		Ratio		units = ratio_floor(share);

		parts[i] = ratio_multiply(units, unit);
		rest[i] = ratio_subtract(share, units);
		left = ratio_subtract(left, parts[i]);
	}
	if (n > 0 && ratio_is_zero(sum))
		parts[0] = left;
	while (!ratio_is_zero(sum) && ratio_sign(left) > 0)
	{
		int			largest = 0;

		for (int i = 1; i < n; i++)
		{
			if (ratio_compare(rest[i], rest[largest]) > 0)
				largest = i;
		}
		parts[largest] = ratio_add(parts[largest], unit);
		rest[largest] = ratio_int(-1);
		left = ratio_subtract(left, unit);
	}
	pfree(rest);
}

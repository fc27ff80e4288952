/*-------------------------------------------------------------------------
 *
 * rational.c
 *		Arithmetic of exact fractions.
 *
 * Common factors are cancelled before anything is multiplied, so that an
 * operation fails only when its result in lowest terms needs more than 128
 * bits (sums: or when the common denominator does).
 *
 *-------------------------------------------------------------------------
 */
#include "number/rational.h"

/*
 * The greatest common divisor, by division until 64 bits are enough.
 */
uint128
gcd128(uint128 a, uint128 b)
{
	while (b > PG_UINT64_MAX)
	{
		uint128		rest = a % b;

		a = b;
		b = rest;
	}
	if (b == 0)
		return a;
	return gcd64(a <= PG_UINT64_MAX ? (uint64) a : (uint64) (a % b), (uint64) b);
}

/*
 * Brings a fraction to lowest terms; zero becomes 0/1.
 */
void
rational_reduce(Rational *r)
{
	uint128		common = gcd128(r->num, r->den);

	if (common > 1)
	{
		r->num /= common;
		r->den /= common;
	}
}

/*
 * sum += addend over the least common denominator.  False, and sum as it was,
 * where that needs more than 128 bits.  The result is not reduced: a running
 * sum keeps its denominator.
 */
bool
rational_add(Rational *sum, Rational addend)
{
	uint128		common;
	uint128		widen = sum->den / addend.den;
	Rational	result;

	if (widen * addend.den == sum->den)
	{
		if (__builtin_mul_overflow(addend.num, widen, &addend.num) ||
			__builtin_add_overflow(sum->num, addend.num, &result.num))
			return false;
		sum->num = result.num;
		return true;
	}
	common = gcd128(sum->den, addend.den);
	widen = addend.den / common;
	if (__builtin_mul_overflow(sum->num, widen, &result.num) ||
		__builtin_mul_overflow(sum->den, widen, &result.den) ||
		__builtin_mul_overflow(addend.num, sum->den / common, &addend.num) ||
		__builtin_add_overflow(result.num, addend.num, &result.num))
		return false;
	*sum = result;
	return true;
}

/*
 * product *= factor, in lowest terms where both were.  False, and product as
 * it was, where it needs more than 128 bits.
 */
bool
rational_multiply(Rational *product, Rational factor)
{
	Rational	across = {product->num, factor.den};
	Rational	down = {factor.num, product->den};
	Rational	result;

	rational_reduce(&across);
	rational_reduce(&down);
	if (__builtin_mul_overflow(across.num, down.num, &result.num) ||
		__builtin_mul_overflow(across.den, down.den, &result.den))
		return false;
	*product = result;
	return true;
}

/*
 * quotient /= divisor, which is not zero; otherwise as rational_multiply.
 */
bool
rational_divide(Rational *quotient, Rational divisor)
{
	Assert(divisor.num != 0);
	return rational_multiply(quotient, (Rational) {divisor.den, divisor.num});
}

/*-------------------------------------------------------------------------
 *
 * rational.h
 *		Exact fractions of 128-bit integers that are not negative.
 *
 * A share price is a fraction of 64-bit integers.  What is computed from
 * prices passes through the wider fractions of this file and is narrowed
 * once, at the end.  Arithmetic only: nothing here raises an error or
 * allocates; a result that does not fit is told by returning false.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_RATIONAL_H
#define COVENANT_RATIONAL_H

#include "compat.h"
#include "port/pg_bitutils.h"

typedef struct Rational
{
	uint128		num;
	uint128		den;			/* never zero */
} Rational;

extern uint128 gcd128(uint128 a, uint128 b);
extern void rational_reduce(Rational *r);
extern bool rational_add(Rational *sum, Rational addend);
extern bool rational_multiply(Rational *product, Rational factor);
extern bool rational_divide(Rational *quotient, Rational divisor);

/*
 * The greatest common divisor; gcd(0, n) is n.  The binary algorithm, because
 * a division costs as much as a dozen of its steps.
 */
static inline uint64
gcd64(uint64 a, uint64 b)
{
	int			shift;

	if (a == 0 || b == 0)
		return a | b;
	shift = pg_rightmost_one_pos64(a | b);
	a >>= pg_rightmost_one_pos64(a);
	while (b != 0)
	{
		b >>= pg_rightmost_one_pos64(b);
		if (a > b)
		{
			uint64		larger = a;

			a = b;
			b = larger;
		}
		b -= a;
	}
	return a << shift;
}

/*
 * Brings num / 10^scale to lowest terms; den is 10^scale, scale at most 19.
 * Only the factors 2 and 5 can be common.
 */
static inline void
reduce_decimal(uint64 *num, uint64 *den, int scale)
{
	int			twos = *num == 0 ? scale : Min(pg_rightmost_one_pos64(*num), scale);

	*num >>= twos;
	*den >>= twos;
	for (; scale > 0 && *num % 5 == 0; scale--)
	{
		*num /= 5;
		*den /= 5;
	}
}

/*
 * How many decimals has a fraction in lowest terms with this denominator?
 * -1 where the decimals do not end: another prime than 2 and 5 divides it.
 */
static inline int
decimals_of_denominator(uint64 den)
{
	int			twos = pg_rightmost_one_pos64(den);
	int			fives = 0;

	for (den >>= twos; den % 5 == 0; den /= 5)
		fives++;
	return den == 1 ? Max(twos, fives) : -1;
}

#endif							/* COVENANT_RATIONAL_H */

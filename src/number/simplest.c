/*-------------------------------------------------------------------------
 *
 * simplest.c
 *		The simplest fraction that a rounded decimal can stand for.
 *
 * A decimal x whose last digit is worth u stands for whatever rounds to it:
 * for the numbers of [x - u/2, x + u/2).  The simplest of them is found as
 * continued fractions are made.  As long as no whole number lies in the
 * interval, all of it has the same whole part; that is taken off, and what
 * remains is turned upside down.
 *
 *-------------------------------------------------------------------------
 */
#include "number/simplest.h"

#include "number/decimal.h"

/* The two latest convergents; with the next whole number n follows another. */
typedef struct Convergents
{
	uint64		num;
	uint64		den;
	uint64		num_before;
	uint64		den_before;
} Convergents;

/*
 * False where it needs more than 64 bits.
 */
static bool
next_convergent(Convergents *c, uint128 n)
{
	uint128		num;
	uint128		den;

	if (n > PG_INT64_MAX)
		return false;
	num = n * c->num + c->num_before;
	den = n * c->den + c->den_before;
	if (num > PG_INT64_MAX || den > PG_INT64_MAX)
		return false;
	*c = (Convergents) {(uint64) num, (uint64) den, c->num, c->den};
	return true;
}

/*
 * 2 * 10^decimals / divisor: the whole part and what remains.  False where
 * the whole part needs more than 64 bits; so a number of any length comes to
 * an end soon.
 */
static bool
divide_twice_power(int decimals, uint128 divisor, uint128 *whole, uint128 *rest)
{
	uint128		dividend = 2 * power_of_ten(Min(decimals, SIMPLEST_DIGITS));

	*whole = dividend / divisor;
	*rest = dividend % divisor;
	for (int i = SIMPLEST_DIGITS; i < decimals && *whole <= PG_INT64_MAX; i++)
	{
		*whole = *whole * 10 + *rest * 10 / divisor;
		*rest = *rest * 10 % divisor;
	}
	return *whole <= PG_INT64_MAX;
}

/*
 * The interval of a decimal below 1 is [(2 v - 1) / (2 * 10^d), (2 v + 1) /
 * (2 * 10^d)); upside down its lower end is the one that does not belong to
 * it, and the two change with every turn.  The ends are always at
 * whole + low_rest / low_den and whole + high_rest / high_den.
 */
bool
simplest_fraction(uint128 value, int decimals, Rational *result)
{
	uint128		unit = decimals <= SIMPLEST_DIGITS ? power_of_ten(decimals) : 0;
	uint128		whole = unit > 0 ? value / unit : 0;
	uint128		part = value - whole * unit;
	uint128		low_den = 2 * part + 1;
	uint128		high_den = 2 * part - 1;
	uint128		low_rest;
	uint128		high_rest;
	bool		high_belongs = true;
	Convergents c = {1, 0, 0, 1};

	Assert(decimals > 0 && value % 10 != 0);
	if (!next_convergent(&c, whole) ||
		!divide_twice_power(decimals, low_den, &whole, &low_rest))
		return false;
	high_rest = low_rest + 2 * whole;

	for (;;)
	{
		uint128		low = high_den;
		uint128		high = low_den;

		/* Is there a whole number between the ends, or is it one of them? */
		if (!high_belongs && low_rest == 0)
			break;
		if (high_belongs ? high_den <= high_rest : high_den < high_rest)
		{
			whole++;
			break;
		}
		if (!next_convergent(&c, whole))
			return false;

		/* now low / high_rest to high / low_rest */
		whole = low / high_rest;
		low_den = high_rest;
		high_den = low_rest;
		low_rest = low - whole * low_den;
		high_rest = high - whole * high_den;
		high_belongs = !high_belongs;
	}
	if (!next_convergent(&c, whole))
		return false;
	*result = (Rational) {c.num, c.den};
	return true;
}

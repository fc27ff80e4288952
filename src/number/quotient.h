/*-------------------------------------------------------------------------
 *
 * quotient.h
 *		One fraction, rounded once: what interest and damages end in.
 *
 * "Half up" is said of amounts owed.  Where a negative rate makes an amount
 * negative, halves are rounded away from zero, so that it is the positive
 * amount with another sign.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_QUOTIENT_H
#define COVENANT_QUOTIENT_H

#include "number/decimal.h"

/* What to do about a rate above 1. */
#define RATE_HINT	"A rate is a fraction of one: write 0.08 for 8 %."

/* A numeric as a whole number over a power of ten, for the slow paths. */
typedef struct BigDecimal
{
	Numeric		value;
	int			scale;
} BigDecimal;

extern bool quotient_to_numeric(int128 n, int128 d, int ten_exponent,
								int scale, Numeric *result);
extern Numeric big_quotient_to_numeric(Numeric n, Numeric d, int scale);
extern BigDecimal big_decimal(Numeric num);
extern Numeric big_power_of_ten(int exponent);
extern void check_amount(Numeric amount, const char *argument);
extern void check_rate(Numeric rate, const char *argument);

/*
 * n *= factor; false where the product outgrows 128 bits.  Most amounts of
 * money fit 64 bits, whose product needs no check.
 */
static inline bool
multiply_into(int128 *n, int128 factor)
{
	if (*n == (int64) *n && factor == (int64) factor)
	{
		*n = (int128) (int64) *n * (int64) factor;
		return true;
	}
	return !__builtin_mul_overflow(*n, factor, n);
}

/*
 * May a rate be one?  8 % is 0.08; whoever writes 8 does not mean 800 %.
 */
static inline bool
rate_is_fraction(Decimal rate)
{
	return rate.value <= (int128) power_of_ten(rate.scale);
}

#endif							/* COVENANT_QUOTIENT_H */

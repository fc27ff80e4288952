/*-------------------------------------------------------------------------
 *
 * ratio.h
 *		Exact fractions with a sign, for what is reckoned of money.
 *
 * Amounts, rates and parts of a month are multiplied and added up without a
 * rounding; at the end there is one.  Almost all of it fits 128 bits; what does
 * not goes on in numerics of any length.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_RATIO_H
#define COVENANT_RATIO_H

#include "number/decimal.h"

/* Two whole numbers of any length; the second is positive. */
typedef struct LongRatio
{
	Numeric		num;
	Numeric		den;
} LongRatio;

typedef struct Ratio
{
	int128		num;
	int128		den;			/* positive; not in lowest terms */
	const LongRatio *big;		/* NULL: it fits */
} Ratio;

/*
 * num / den for den > 0.
 */
static inline Ratio
ratio_of(int128 num, int128 den)
{
	return (Ratio) {num, den, NULL};
}

static inline Ratio
ratio_int(int128 num)
{
	return (Ratio) {num, 1, NULL};
}

extern Ratio ratio_from_numeric(Numeric num);
extern Ratio ratio_from_decimal(Decimal d);
extern Ratio ratio_add(Ratio a, Ratio b);
extern Ratio ratio_subtract(Ratio a, Ratio b);
extern Ratio ratio_multiply(Ratio a, Ratio b);
extern Ratio ratio_divide(Ratio a, Ratio b);
extern int	ratio_compare(Ratio a, Ratio b);
extern int	ratio_sign(Ratio a);
extern Ratio ratio_floor(Ratio a);
extern Ratio ratio_round(Ratio a, int decimals);
extern Numeric ratio_numeric(Ratio a, int decimals);
extern bool ratio_int64(Ratio a, int64 *result);
extern void ratio_parts(Ratio whole, const Ratio *weights, int n, int decimals, Ratio *parts);

static inline Ratio
ratio_min(Ratio a, Ratio b)
{
	return ratio_compare(a, b) <= 0 ? a : b;
}

static inline Ratio
ratio_max(Ratio a, Ratio b)
{
	return ratio_compare(a, b) >= 0 ? a : b;
}

static inline bool
ratio_is_zero(Ratio a)
{
	return ratio_sign(a) == 0;
}

#endif							/* COVENANT_RATIO_H */

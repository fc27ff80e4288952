/*-------------------------------------------------------------------------
 *
 * share_price.h
 *		covenant.share_price: an exact price per share.
 *
 * A fraction in lowest terms, because the mean of three prices times a
 * percentage rarely ends in decimals, and a price that was rounded first
 * gives another number of shares.
 *
 * Numbers come with decimals all the same: numeric division, avg() and the
 * cast of a price that does not end give 20.  So what a decimal means depends
 * on the number of its decimals, zeros at the end not counted.  Up to 18 it
 * is exactly what it says.  From 19 on, and where it does not fit as it stands,
 * it is the rounding of a fraction, and is taken for the simplest fraction that
 * rounds to it: 0.06666666666666666667 is 1/15.  This is so wherever a decimal
 * becomes a price: in text, in casts, in watched columns.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SHARE_PRICE_H
#define COVENANT_SHARE_PRICE_H

#include "compat.h"
#include "number/rational.h"
#include "utils/numeric.h"

/* What lies in the table: 16 bytes without padding, by reference. */
typedef struct SharePrice
{
	int64		num;			/* not negative */
	int64		den;			/* positive, no common factor with num */
} SharePrice;

/* Up to so many decimals are exact, more are a rounded fraction. */
#define EXACT_DECIMALS		18

/* Decimals of a quotient that does not terminate. */
#define QUOTIENT_DECIMALS	20

/* Is a number a share price, and if not, what keeps it from being one? */
typedef enum PriceFit
{
	PRICE_FITS,
	PRICE_NO_NUMBER,			/* bad text, NaN, infinite */
	PRICE_NEGATIVE,
	PRICE_TOO_WIDE,				/* needs more than 64 bits */
	PRICE_TOO_LONG,				/* a rounded fraction of too many digits */
	PRICE_TOO_COARSE			/* a rounded fraction of too few */
} PriceFit;

static inline const SharePrice *
DatumGetSharePrice(Datum d)
{
	return (const SharePrice *) DatumGetPointer(d);
}

#define PG_GETARG_SHARE_PRICE(n)	DatumGetSharePrice(PG_GETARG_DATUM(n))

static inline Rational
rational_from_share_price(const SharePrice *price)
{
	return (Rational) {price->num, price->den};
}

/*
 * -1, 0 or 1 by value.  The cross products fit: 63 + 63 bits.
 */
static inline int
share_price_compare(const SharePrice *a, const SharePrice *b)
{
	uint128		left = (uint128) a->num * b->den;
	uint128		right = (uint128) b->num * a->den;

	return (left > right) - (left < right);
}

/* These return false where the value is not a share price. */
extern bool share_price_from_rational(Rational value, SharePrice *price);
extern bool share_price_from_quotient(Numeric num, Numeric den, SharePrice *price);

/*
 * By the rule for decimals: digits / 10^decimals, a numeric as it lies in a
 * tuple, a number in text.  Text also takes what a price prints, always.
 */
extern PriceFit share_price_from_digits(uint128 digits, int decimals, SharePrice *price);
extern PriceFit share_price_from_numeric(Datum numeric, SharePrice *price);
extern PriceFit share_price_from_number(const char *number, SharePrice *price);
extern PriceFit share_price_from_text(const char *text, SharePrice *price);

/* What a share price is, in view of what the number is not; a sentence. */
extern const char *share_price_limit(PriceFit fit);

/* These raise 22003, the last where it must; its result is palloc'ed. */
extern void share_price_misfit(PriceFit fit) pg_attribute_noreturn();
extern void share_price_out_of_range(void) pg_attribute_noreturn();
extern SharePrice *make_share_price(Rational value);

/*
 * Exact where the decimals end, else rounded half up: a price to
 * QUOTIENT_DECIMALS or as many more as the last one needs not to be 0, so that
 * it comes back as it was; any other fraction to QUOTIENT_DECIMALS.
 */
extern Numeric numeric_from_share_price(const SharePrice *price);
extern Numeric numeric_from_fraction(int128 num, uint64 den);

#endif							/* COVENANT_SHARE_PRICE_H */

/*-------------------------------------------------------------------------
 *
 * share_price.h
 *		covenant.share_price: an exact price per share.
 *
 * A fraction in lowest terms, because the mean of three prices times a
 * percentage rarely ends in decimals, and a price that was rounded first
 * gives another number of shares.
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

/* Decimals of a quotient that does not terminate. */
#define QUOTIENT_DECIMALS	20

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
extern bool share_price_from_numeric(Numeric value, SharePrice *price);
extern bool share_price_from_quotient(Numeric num, Numeric den, SharePrice *price);

/* The first raises 22003, the second where it must; the result is palloc'ed. */
extern void share_price_out_of_range(void) pg_attribute_noreturn();
extern SharePrice *make_share_price(Rational value);

/* Exact, or half up at QUOTIENT_DECIMALS where the decimals do not end. */
extern Numeric numeric_from_share_price(const SharePrice *price);
extern Numeric numeric_from_fraction(int128 num, uint64 den);

#endif							/* COVENANT_SHARE_PRICE_H */

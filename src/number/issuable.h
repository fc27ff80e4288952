/*-------------------------------------------------------------------------
 *
 * issuable.h
 *		Shares issuable for an amount, and the reserve they require.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ISSUABLE_H
#define COVENANT_ISSUABLE_H

#include "number/decimal.h"
#include "number/rounding.h"
#include "number/share_price.h"

/*
 * amount / price in whole shares, rounded once.  0 where the amount is 0,
 * whatever the price; otherwise 22023 for a negative argument, 22012 for a
 * price of zero, 22003 for NaN, infinity and more than 2^63 - 1 shares.
 */
extern int64 shares_for_amount(Numeric amount, Numeric price, Rounding rounding);

/* The same at a share_price; a price of zero is 22012 even for 0. */
extern int64 shares_for_amount_at(Numeric amount, const SharePrice *price, Rounding rounding);

/*
 * The fast path of the first alone: neither argument is negative and the
 * price is not zero.  False where the result, or what leads to it, does not
 * fit.
 */
extern bool decimal_shares(Decimal amount, Decimal price, Rounding rounding, int64 *result);

/*
 * multiple * issuable, rounded up to whole shares (Section 4(h)).  22023 for
 * a negative argument, 22003 for what does not fit.
 */
extern int64 reserved_amount(int64 issuable, Numeric multiple);

#endif							/* COVENANT_ISSUABLE_H */

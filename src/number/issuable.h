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
 * amount / price in whole shares, rounded once.  22023 for a negative amount,
 * 22012 for a price of zero, 22003 for NaN, infinity and more than 2^63 - 1
 * shares.
 */
extern int64 shares_for_amount(Numeric amount, const SharePrice *price, Rounding rounding);

/*
 * The same in 128 bits; false where something does not fit, or is an error.
 */
extern bool shares_for_decimal(Decimal amount, const SharePrice *price, Rounding rounding,
							   int64 *result);

#endif							/* COVENANT_ISSUABLE_H */

/*-------------------------------------------------------------------------
 *
 * big_rational.h
 *		Exact fractions of any length: the slow path of rational.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_BIG_RATIONAL_H
#define COVENANT_BIG_RATIONAL_H

#include "number/decimal.h"
#include "number/rounding.h"
#include "number/share_price.h"

/* Two whole numbers; not in lowest terms. */
typedef struct BigRational
{
	Numeric		num;			/* not negative */
	Numeric		den;			/* positive */
} BigRational;

extern BigRational big_fraction(int64 num, int64 den);
extern BigRational big_from_share_price(const SharePrice *price);
extern BigRational big_add(BigRational a, BigRational b);
extern BigRational big_multiply(BigRational a, BigRational b);
extern int	big_compare(BigRational a, BigRational b);
extern BigRational big_round(BigRational value, int decimals, Rounding mode);
extern bool share_price_from_big(BigRational value, SharePrice *price);
extern void price_out_of_range(const char *hint) pg_attribute_noreturn();

#endif							/* COVENANT_BIG_RATIONAL_H */

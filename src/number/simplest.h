/*-------------------------------------------------------------------------
 *
 * simplest.h
 *		The simplest fraction that a rounded decimal can stand for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SIMPLEST_H
#define COVENANT_SIMPLEST_H

#include "number/rational.h"

/* So many digits of a decimal, and the ends of its interval, fit 128 bits. */
#define SIMPLEST_DIGITS		37

/*
 * The fraction of smallest denominator that rounds half up to
 * value / 10^decimals.  The last digit of value, which has at most
 * SIMPLEST_DIGITS, is not 0, and there is at least one decimal.  False where
 * the fraction needs more than 64 bits.
 */
extern bool simplest_fraction(uint128 value, int decimals, Rational *result);

#endif							/* COVENANT_SIMPLEST_H */

/*-------------------------------------------------------------------------
 *
 * rounding.h
 *		The rounding modes, by name, and the one exact division that
 *		uses them.
 *
 * Everything here is for numbers that are not negative: share counts, prices
 * and amounts of money owed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ROUNDING_H
#define COVENANT_ROUNDING_H

#include "compat.h"

typedef enum Rounding
{
	ROUND_DOWN,
	ROUND_UP,
	ROUND_HALF_UP,
	ROUND_HALF_EVEN
} Rounding;

extern const char *rounding_name(Rounding mode);
extern const char *rounding_name(Rounding mode);
extern Rounding rounding_from_name(const char *name, int len);
extern Rounding rounding_from_text(const text *name);

/*
 * Does a quotient go up by one, given how twice the remainder compares with
 * the divisor (-1, 0, 1), whether anything remains, and whether the quotient
 * is odd?
 */
static inline bool
rounds_away(Rounding mode, int twice_remainder_cmp, bool remains, bool odd)
{
	switch (mode)
	{
		case ROUND_DOWN:
			return false;
		case ROUND_UP:
			return remains;
		case ROUND_HALF_UP:
			return twice_remainder_cmp >= 0;
		case ROUND_HALF_EVEN:
			return twice_remainder_cmp > 0 || (twice_remainder_cmp == 0 && odd);
	}
	return false;				/* not reached */
}

/*
 * n / d to a whole number, rounded once.  d is not zero.  The result cannot
 * overflow: it only goes up when something remains, so d > 1.
 */
static inline uint128
divide_rounded(uint128 n, uint128 d, Rounding mode)
{
	bool		short_enough = ((n | d) >> 64) == 0;	/* for one instruction */
	uint128		quotient = short_enough ? (uint64) n / (uint64) d : n / d;
	uint128		remainder = n - quotient * d;
	uint128		rest = d - remainder;	/* 2r against d is r against d - r */
	int			cmp = (remainder > rest) - (remainder < rest);

	return quotient + (rounds_away(mode, cmp, remainder != 0, quotient & 1) ? 1 : 0);
}

#endif							/* COVENANT_ROUNDING_H */

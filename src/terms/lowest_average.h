/*-------------------------------------------------------------------------
 *
 * lowest_average.h
 *		The lowest prices of a look-back, and their sum.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LOWEST_AVERAGE_H
#define COVENANT_LOWEST_AVERAGE_H

#include "compat.h"

#include "number/big_rational.h"
#include "number/share_price.h"

/* Prices in the order in which they came, the oldest at "head". */
typedef struct PriceRing
{
	SharePrice *prices;
	int			capacity;
	int			head;
	int			count;
} PriceRing;

/*
 * Prices, which are fewer than 2^30, come and go at the ends of a ring.
 */
static inline int
ring_slot(int head, int offset, int capacity)
{
	int			slot = head + offset;

	return slot >= capacity ? slot - capacity : slot;
}

extern void select_lowest(const PriceRing *ring, int last, int k, SharePrice *lowest);
extern bool sum_of_prices(const SharePrice *prices, int count, Rational *sum);
extern BigRational big_sum_of_prices(const SharePrice *prices, int count);

#endif							/* COVENANT_LOWEST_AVERAGE_H */

/*-------------------------------------------------------------------------
 *
 * change.h
 *		What a write changes about a deal: one vector of differences.
 *
 * Changes are linear: an UPDATE is the new row's change less the old row's.
 * So the order of statements, triggers and savepoints cannot matter.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CHANGE_H
#define COVENANT_CHANGE_H

#include "compat.h"
#include "number/ratio.h"

/*
 * An exact sum of numerics.  Almost all of it fits 128 bits; what does not is
 * kept beside it.
 */
typedef struct Sum
{
	Decimal		fast;
	Numeric		slow;			/* NULL: nothing beside the fast part */
} Sum;

/*
 * Is it 0 without looking at numerics?
 */
static inline bool
sum_is_nothing(const Sum *sum)
{
	return sum->fast.value == 0 && sum->slow == NULL;
}

/* The whole-share counts of a change, in the order of the books' columns. */
typedef enum ShareCount
{
	NOTE_SHARES,				/* issuable on conversion */
	WARRANT_SHARES,				/* issuable on exercise */
	INTEREST_SHARES,			/* one year's interest paid in shares */
	RESERVED,					/* set aside for the deal */
	AUTHORIZED,					/* the capital columns ... */
	OUTSTANDING,
	OTHER_RESERVED,
	MINIMUM,					/* the least Reserved Amount */
	N_SHARE_COUNTS
} ShareCount;

typedef struct Change
{
	Sum			principal;
	Sum			annual_interest;	/* principal times yearly rate */
	Sum			multiple;			/* of the Reserved Amount */
	Sum			raised;				/* principal that came in, gross; not booked */
	int64		shares[N_SHARE_COUNTS];
	int64		paid;			/* shares recorded as paid to holders; not booked */
} Change;

extern void sum_add_numeric(Sum *sum, Numeric addend);
extern void sum_add_decimal(Sum *sum, Decimal addend);
extern void sum_add(Sum *sum, const Sum *addend, int sign);
extern int	sum_sign(const Sum *sum);
extern Numeric sum_numeric(const Sum *sum);
extern Ratio ratio_of_sum(const Sum *sum);

extern void shares_add(int64 *count, int64 addend);
extern void change_add(Change *total, const Change *addend, int sign);
extern bool change_is_zero(const Change *change);

#endif							/* COVENANT_CHANGE_H */

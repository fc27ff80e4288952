/*-------------------------------------------------------------------------
 *
 * change.c
 *		Exact addition of changes.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/change.h"

#include "common/int.h"

/*
 * Adds a numeric of any length.  The slow part lives in the current memory
 * context, which must last as long as the sum.
 */
void
sum_add_numeric(Sum *sum, Numeric addend)
{
	Decimal		d;

	if (decimal_from_numeric(addend, &d) && decimal_add(&sum->fast, d))
		return;
	if (sum->slow == NULL)
		sum->slow = numeric_from_int128(0);
	sum->slow = num_call2(numeric_add, sum->slow, addend);
}

void
sum_add_decimal(Sum *sum, Decimal addend)
{
	if (!decimal_add(&sum->fast, addend))
		sum_add_numeric(sum, numeric_from_decimal(addend));
}

/*
 * sum += sign * addend
 */
void
sum_add(Sum *sum, const Sum *addend, int sign)
{
	Decimal		fast = addend->fast;

	fast.value *= sign;			/* taken-apart values stay far below 2^127 */
	if (fast.value != 0)
		sum_add_decimal(sum, fast);
	if (addend->slow != NULL)
		sum_add_numeric(sum, sign > 0 ? addend->slow :
						DatumGetNumeric(DirectFunctionCall1(numeric_uminus,
															NumericGetDatum(addend->slow))));
}

/*
 * -1, 0 or 1.
 */
int
sum_sign(const Sum *sum)
{
	if (sum->slow == NULL)
		return (sum->fast.value > 0) - (sum->fast.value < 0);
	return num_compare(sum_numeric(sum), numeric_from_int128(0));
}

Numeric
sum_numeric(const Sum *sum)
{
	Numeric		fast = numeric_from_decimal(sum->fast);

	return sum->slow == NULL ? fast : num_call2(numeric_add, fast, sum->slow);
}

Ratio
ratio_of_sum(const Sum *sum)
{
	return sum->slow == NULL ? ratio_from_decimal(sum->fast) : ratio_from_numeric(sum_numeric(sum));
}

/*
 * count += addend, or 22003.
 */
void
shares_add(int64 *count, int64 addend)
{
	if (pg_add_s64_overflow(*count, addend, count))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of shares out of range"),
				 errdetail("What one deal has of them adds up to more than 9,223,372,036,854,775,807.")));
}

/* Most of the sums of a change are nothing. */
static inline void
add_unless_nothing(Sum *sum, const Sum *addend, int sign)
{
	if (!sum_is_nothing(addend))
		sum_add(sum, addend, sign);
}

/*
 * total += sign * addend
 */
void
change_add(Change *total, const Change *addend, int sign)
{
	add_unless_nothing(&total->principal, &addend->principal, sign);
	add_unless_nothing(&total->annual_interest, &addend->annual_interest, sign);
	add_unless_nothing(&total->multiple, &addend->multiple, sign);
	add_unless_nothing(&total->raised, &addend->raised, sign);
	if (addend->paid != 0)
		shares_add(&total->paid, sign * addend->paid);
	for (int i = 0; i < N_SHARE_COUNTS; i++)
	{
		int64		count = addend->shares[i];

		if (count == 0)
			continue;
		if (sign < 0)
		{
			if (count == PG_INT64_MIN)
				shares_add(&count, -1); /* out of range: say so */
			count = -count;
		}
		shares_add(&total->shares[i], count);
	}
}

/*
 * Does it change nothing that is booked?
 */
bool
change_is_zero(const Change *change)
{
	for (int i = 0; i < N_SHARE_COUNTS; i++)
	{
		if (change->shares[i] != 0)
			return false;
	}
	return sum_sign(&change->principal) == 0 &&
		sum_sign(&change->annual_interest) == 0 &&
		sum_sign(&change->multiple) == 0;
}

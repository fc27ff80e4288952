/*-------------------------------------------------------------------------
 *
 * unpaid.c
 *		Interest on the notes, accrued and unpaid (Section 2(f)).
 *
 * Reckoned for each stretch of constant balance and added up, so that every
 * day count gives what it gives for the stretch.  What was paid went to the
 * oldest.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

static Ratio
interest_of(Ratio yearly, DateADT from, DateADT to, DayCount day_count)
{
	YearFraction years = year_fraction(from, to, day_count);

	return ratio_multiply(yearly, ratio_of(years.num, years.den));
}

static bool
same_balance(const Balance *a, const Balance *b)
{
	return ratio_compare(a->principal, b->principal) == 0 && ratio_compare(a->yearly, b->yearly) == 0;
}

/*
 * What accrued from one day up to another.
 */
static Ratio
accrued(const Line *line, DateADT from, DateADT to, DayCount day_count)
{
	Ratio		sum = ratio_int(0);

	for (int i = 0, next; i < line->n && line->balances[i].day < to; i = next)
	{
		const Balance *balance = &line->balances[i];
		DateADT		begin = Max(balance->day, from);
		DateADT		end;

		for (next = i + 1; next < line->n && same_balance(balance, &line->balances[next]);)
			next++;
		end = next < line->n ? Min(line->balances[next].day, to) : to;
		if (begin < end && !ratio_is_zero(balance->yearly))
			sum = ratio_add(sum, interest_of(balance->yearly, begin, end, day_count));
	}
	return sum;
}

static Ratio
paid_by(const Walk *walk, int holder, DateADT day)
{
	Ratio		sum = ratio_int(0);

	for (int i = 0; i < walk->npayments; i++)
	{
		const Payment *payment = &walk->payments[i];

		if (payment->fact->kind == W_INTEREST_PAID && payment->fact->day <= day &&
			(holder == NOBODY || payment->holder == holder))
			sum = ratio_add(sum, payment->amount);
	}
	return sum;
}

/*
 * The interest on the notes of a line that a segment's holder may claim at its
 * end: all that is unpaid, and what of it accrued during the breach.
 */
void
find_interest(Walk *walk, Segment *segment, const Line *line)
{
	DayCount	day_count = segment->clock->reading->day_count;
	int			holder = base_of(segment->clock) == BASE_ALL_NOTES ? NOBODY : segment->holder;
	Ratio		zero = ratio_int(0);
	Ratio		unpaid = ratio_subtract(accrued(line, DATEVAL_NOBEGIN, segment->to, day_count),
										paid_by(walk, holder, segment->to));

	segment->unpaid = ratio_max(unpaid, zero);
	segment->during = ratio_max(ratio_min(accrued(line, segment->run_from, segment->to, day_count), unpaid), zero);
}

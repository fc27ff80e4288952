/*-------------------------------------------------------------------------
 *
 * month_end.c
 *		The rows of the monthly lists (Section 4(h)), and of what falls due.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "calendar/calendar.h"
#include "number/rounding.h"
#include "utils/datetime.h"

/* A year's interest ------------------------------------------------------- */

static DateADT
year_before(DateADT day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return date2j(year - 1, month, Min(mday, day_tab[isleap(year - 1)][month - 1])) - POSTGRES_EPOCH_JDATE;
}

static Ratio
yearly_interest(const Stretch *s)
{
	return ratio_multiply(ratio_of_sum(&s->principal), ratio_from_decimal(s->rate));
}

/*
 * The interest that a note bore in the year before a day, for each stretch of
 * constant balance.
 */
static Ratio
interest_of_year(const Instrument *note, DateADT day, DayCount day_count)
{
	DateADT		from = year_before(day);
	Ratio		sum = ratio_int(0);

	for (int i = 0, next; i < note->nstretches && note->stretches[i].from_day < day; i = next)
	{
		Ratio		yearly = yearly_interest(&note->stretches[i]);
		DateADT		begin = Max(note->stretches[i].from_day, from);
		DateADT		end;

		for (next = i + 1; next < note->nstretches && ratio_compare(yearly, yearly_interest(&note->stretches[next])) == 0;)
			next++;
		end = next < note->nstretches ? Min(note->stretches[next].from_day, day) : day;
		if (begin < end)
		{
			YearFraction years = year_fraction(begin, end, day_count);

			sum = ratio_add(sum, ratio_multiply(yearly, ratio_of(years.num, years.den)));
		}
	}
	return sum;
}

static int64
whole_shares(Ratio exact, Rounding rounding)
{
	Ratio		down = ratio_floor(exact);
	int			cmp = ratio_compare(ratio_subtract(exact, down), ratio_of(1, 2));
	int64		shares;

	if (!ratio_int64(down, &shares))
		return PG_INT64_MAX;
	return shares + (rounds_away(rounding, cmp, ratio_compare(exact, down) != 0, shares & 1) ? 1 : 0);
}

/*
 * The shares that would pay the past year's interest on a holder's notes, each
 * note rounded by its rule.
 */
static int64
past_interest(const Walk *walk, const Reading *reading, int holder, DateADT day)
{
	int64		shares = 0;

	for (int i = 0; i < walk->timeline.ninstruments; i++)
	{
		const Instrument *note = &walk->timeline.instruments[i];
		const Stretch *then = stretch_on(note, day);

		if (!note->is_note || then == NULL || !then->has_price || sum_sign(&then->principal) <= 0 ||
			!bytes_equal(then->holder, walk->holders[holder]) || then->price.value.value <= 0 ||
			(!reading->additional_counted && is_additional(walk, note)))
			continue;
		shares_add(&shares, whole_shares(ratio_divide(interest_of_year(note, day, reading->day_count),
													  exact_price(&then->price)), note->rounding));
	}
	return shares;
}

/* Lists ------------------------------------------------------------------ */

static int64
sum_of_shares(int64 a, int64 b)
{
	shares_add(&a, b);
	return a;
}

/*
 * The reserve is parted between the holders as their issuable shares are.
 */
static Ratio *
parted_reserve(Walk *walk, const Clock *clock, const Holdings *holdings)
{
	Ratio	   *weights = palloc(Max(walk->nholders, 1) * sizeof(Ratio));
	Ratio	   *parts = palloc(Max(walk->nholders, 1) * sizeof(Ratio));
	int128		counted = counted_on(walk, clock->started_on);

	for (int h = 0; h < walk->nholders; h++)
	{
		const Balance *b = balance_on(&holdings->of_holder[h], clock->started_on);

		weights[h] = b == NULL ? ratio_int(0) : ratio_int((int128) b->conversion + b->warrants);
	}
	ratio_parts(ratio_int(Max(counted, 0)), weights, walk->nholders, 0, parts);
	return parts;
}

static void
put_item(Answer *a, const Clock *clock, int holder, const Balance *b, Ratio reserved)
{
	DateADT		delivered = Min(clock->served[holder], clock->done_for_all);
	int64		part = 0;
	int64		interest = clock->reading->past_year ?
		past_interest(&a->walk, clock->reading, holder, clock->started_on) : b->interest_shares;

	(void) ratio_int64(reserved, &part);
	put_day(a, clock->started_on);
	put_bytes(a, a->walk.holders[holder]);
	put_count(a, part);
	put_count(a, b->conversion);
	put_count(a, b->warrants);
	put_count(a, interest);
	put_count(a, sum_of_shares(sum_of_shares(b->conversion, b->warrants), interest));
	put_day(a, clock->due_on);
	put_day(a, delivered);
	put_int(a, clock->due_on == NO_DAY ? 0 : Max(Min(delivered, a->walk.as_of) - clock->due_on, 0));
	put_row(a);
}

/*
 * covenant_internal.list_of(ledger, deal, with_capital, month_end): all lists
 * of a deal, or that of one month end, for which nothing later is read.
 */
COVENANT_FUNCTION(covenant_list_of);
Datum
covenant_list_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	DateADT		only = PG_ARGISNULL(3) ? NO_DAY : PG_GETARG_DATEADT(3);

	begin_answer_by(&a, fcinfo, only, TO_CLOCKS);
	for (int i = 0; i < a.walk.nclocks; i++)
	{
		const Clock *clock = &a.walk.clocks[i];
		const Holdings *holdings = holdings_for(&a.walk, clock->reading);
		Ratio	   *reserved;

		if (clock->clause->starts_on != W_MONTH_END || (only != NO_DAY && clock->started_on != only))
			continue;
		reserved = parted_reserve(&a.walk, clock, holdings);
		for (int h = 0; h < a.walk.nholders; h++)
		{
			const Balance *b = balance_on(&holdings->of_holder[h], clock->started_on);

			if (b != NULL && (b->conversion > 0 || b->warrants > 0))
				put_item(&a, clock, h, b, reserved[h]);
		}
	}
	end_answer(&a);
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * segments.c
 *		The days of a claim, cut where something changes, and what each part
 *		comes to, exactly.
 *
 * Every day on which a holder's principal moved begins a new segment for all,
 * so that the holders' parts of a segment are parts of one whole; so does one
 * on which damages were agreed or adjudged.  The months of a breach run from
 * its first day: a segment is what has run by its end less what had run by its
 * start.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "miscadmin.h"

/* Cuts ------------------------------------------------------------------- */

typedef struct Cuts
{
	int			n;
	int			size;
	DateADT    *days;
} Cuts;

static void
add_cut(Cuts *cuts, DateADT day)
{
	if (cuts->n == cuts->size)
	{
		cuts->size = Max(32, 2 * cuts->size);
		cuts->days = cuts->days == NULL ? palloc(cuts->size * sizeof(DateADT)) :
			repalloc_huge(cuts->days, cuts->size * sizeof(DateADT));
	}
	cuts->days[cuts->n++] = day;
}

static int
day_order(const void *left, const void *right)
{
	DateADT		a = *(const DateADT *) left;
	DateADT		b = *(const DateADT *) right;

	return (a > b) - (a < b);
}

static void
cut_at_settlements(const Walk *walk, const Claim *claim, const FactList *settlements, Cuts *cuts)
{
	for (int i = 0; i < settlements->n; i++)
	{
		const Fact *fact = settlements->facts[i];

		if (fact->day > claim->from && fact->day < claim->to && settles(walk, fact, claim->clock))
			add_cut(cuts, fact->day);
	}
}

static void
find_cuts(const Walk *walk, const Claim *claim, const Holdings *holdings, Cuts *cuts)
{
	const Clock *clock = claim->clock;

	cuts->n = 0;
	for (int i = 0; i < holdings->nmoves && holdings->moves[i] < claim->to && clock->remedy != REMEDY_INTEREST; i++)
	{
		if (holdings->moves[i] > claim->from)
			add_cut(cuts, holdings->moves[i]);
	}
	for (int i = 0; i < clock->npaid && clock->remedy == REMEDY_INTEREST && clock->reading->expenses_unpaid; i++)
	{
		if (clock->paid[i].day > claim->from && clock->paid[i].day < claim->to)
			add_cut(cuts, clock->paid[i].day);
	}
	cut_at_settlements(walk, claim, &walk->of_kind[W_AGREED], cuts);
	cut_at_settlements(walk, claim, &walk->of_kind[W_ADJUDGED], cuts);
	add_cut(cuts, claim->to);
	qsort(cuts->days, cuts->n, sizeof(DateADT), day_order);
}

/* Principal -------------------------------------------------------------- */

static Ratio
principal_on(const Line *line, DateADT day)
{
	const Balance *balance = balance_on(line, day);

	return balance == NULL ? ratio_int(0) : balance->principal;
}

/*
 * Of an opinion the principal that its amount names: of its holder's, or of
 * everybody's in proportion; never more than there is.
 */
static Ratio
affected_principal(const Segment *segment, const Holdings *holdings, Ratio own)
{
	const Clock *clock = segment->clock;
	Ratio		total = principal_on(&holdings->total, segment->from);
	Ratio		affected = clock->start->amount;

	if (clock->holder == NOBODY)
		affected = ratio_sign(total) > 0 ? ratio_divide(ratio_multiply(affected, own), total) : ratio_int(0);
	return ratio_min(affected, own);
}

static Ratio
debt_on(const Clock *clock, DateADT day)
{
	Ratio		owed = clock->start->amount;

	for (int i = 0; i < clock->npaid && clock->reading->expenses_unpaid; i++)
	{
		if (clock->paid[i].day <= day)
			owed = ratio_subtract(owed, clock->paid[i].amount);
	}
	return owed;
}

/*
 * What the rate is taken of; false where the holder has no claim then.
 */
static bool
find_principal(Segment *segment, const Holdings *holdings)
{
	const Clock *clock = segment->clock;
	Ratio		own;

	if (clock->remedy == REMEDY_INTEREST)
	{
		segment->principal = debt_on(clock, segment->from);
		return ratio_sign(segment->principal) > 0;
	}
	own = principal_on(&holdings->of_holder[segment->holder], segment->from);
	segment->principal = own;
	if (clock->remedy == REMEDY_PER_DAY)
		return ratio_sign(own) > 0;
	if (base_of(clock) == BASE_ALL_NOTES)
	{
		/* on all notes only who has notes has a claim */
		segment->principal = principal_on(&holdings->total, segment->from);
		return ratio_sign(own) > 0;
	}
	if (base_of(clock) == BASE_AFFECTED_NOTES)
		segment->principal = affected_principal(segment, holdings, own);
	return true;
}

/* Amounts ---------------------------------------------------------------- */

static Ratio
months_in(const Segment *segment, DateADT from, DateADT to)
{
	MonthRule	rule = segment->clock->reading->months;
	MonthFraction until = months_between(segment->run_from, to, rule);
	MonthFraction since = months_between(segment->run_from, from, rule);

	return ratio_subtract(ratio_of(until.num, until.den), ratio_of(since.num, since.den));
}

/*
 * The part of a segment's amount that accrues from one of its days up to
 * another: the rate of the base for the months, the interest with the last day
 * where the formula adds it, and what the first day costs besides.
 */
Ratio
exact_between(const Segment *segment, DateADT from, DateADT to)
{
	const Clock *clock = segment->clock;
	Formula		formula = clock->reading->formula;
	Ratio		base = segment->principal;
	Ratio		exact;

	if (clock->remedy == REMEDY_PER_DAY)
		return ratio_multiply(clock->clause->rate, ratio_int(to - from));
	if (clock->remedy == REMEDY_INTEREST)
	{
		YearFraction years = year_fraction(from, to, clock->reading->day_count);

		return ratio_multiply(ratio_multiply(base, clock->clause->rate), ratio_of(years.num, years.den));
	}
	if (formula_takes_interest(formula))
		base = ratio_add(base, segment->interest);
	exact = ratio_multiply(ratio_multiply(clock->clause->rate, base), months_in(segment, from, to));
	if (segment->ends_run && to == segment->to && formula_adds_interest(formula))
		exact = ratio_add(exact, segment->interest);
	if (segment->begins && from == segment->from && clock->clause->has_first_day_rate)
		exact = ratio_add(exact, ratio_multiply(clock->clause->first_day_rate, base));
	return exact;
}

static Segment *
new_segment(Walk *walk)
{
	if (walk->nsegments == walk->segments_size)
	{
		walk->segments_size = Max(64, 2 * walk->segments_size);
		walk->segments = walk->segments == NULL ? palloc(walk->segments_size * sizeof(Segment)) :
			repalloc_huge(walk->segments, walk->segments_size * sizeof(Segment));
	}
	return memset(&walk->segments[walk->nsegments++], 0, sizeof(Segment));
}

/*
 * Interest enters where the formula takes it into the base, or adds it at the
 * end of the run.
 */
static void
take_interest(Walk *walk, Segment *segment, const Holdings *holdings, Ratio own)
{
	const Clock *clock = segment->clock;
	const Line *line = base_of(clock) == BASE_ALL_NOTES ? &holdings->total : &holdings->of_holder[segment->holder];

	segment->interest = ratio_int(0);
	if (clock->remedy != REMEDY_DAMAGES || (!formula_takes_interest(clock->reading->formula) &&
											!(formula_adds_interest(clock->reading->formula) && segment->ends_run)))
		return;
	find_interest(walk, segment, line);
	segment->interest = clock->reading->interest == INTEREST_ALL_UNPAID ? segment->unpaid : segment->during;
	if (base_of(clock) == BASE_AFFECTED_NOTES && ratio_sign(own) > 0)
		segment->interest = ratio_divide(ratio_multiply(segment->interest, segment->principal), own);
}

static void
cut_claim(Walk *walk, const Claim *claim, Cuts *cuts)
{
	const Holdings *holdings = holdings_for(walk, claim->clock->reading);
	DateADT		from = claim->from;

	find_cuts(walk, claim, holdings, cuts);
	for (int i = 0; i < cuts->n; from = cuts->days[i++])
	{
		Segment    *segment;

		if (cuts->days[i] == from)
			continue;
		segment = new_segment(walk);
		segment->clock = claim->clock;
		segment->holder = claim->holder;
		segment->from = from;
		segment->to = cuts->days[i];
		segment->run_from = claim->run_from;
		segment->ends_run = segment->to == claim->run_to;
		segment->begins = claim->begins && from == claim->from;
		segment->amount = segment->released = segment->paid = ratio_int(0);
		if (find_principal(segment, holdings))
		{
			take_interest(walk, segment, holdings, claim->holder == NOBODY ? ratio_int(0) :
						  principal_on(&holdings->of_holder[claim->holder], from));
			segment->exact = exact_between(segment, from, segment->to);
		}
		if (segment->exact.den == 0 || ratio_sign(segment->exact) <= 0)
			walk->nsegments--;
	}
}

static int
segment_cmp(const void *left, const void *right)
{
	const Segment *a = *(Segment *const *) left;
	const Segment *b = *(Segment *const *) right;

	if (a->clock != b->clock)
		return a->clock < b->clock ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->run_from != b->run_from)
		return a->run_from < b->run_from ? -1 : 1;
	return (a->holder > b->holder) - (a->holder < b->holder);
}

/*
 * By pointers, since each is some hundred bytes.
 */
static void
sort_segments(Walk *walk)
{
	int			n = walk->nsegments;
	Segment    *sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(Segment));
	Segment   **order = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(Segment *));

	for (int i = 0; i < n; i++)
		order[i] = &walk->segments[i];
	if (n > 1)
		qsort(order, n, sizeof(Segment *), segment_cmp);
	for (int i = 0; i < n; i++)
		sorted[i] = *order[i];
	walk->segments = sorted;
	walk->segments_size = n;
}

void
cut_segments(Walk *walk)
{
	Cuts		cuts = {0};

	walk->nsegments = 0;
	for (int i = 0; i < walk->nclaims; i++)
	{
		CHECK_FOR_INTERRUPTS();
		cut_claim(walk, &walk->claims[i], &cuts);
	}
	sort_segments(walk);
}

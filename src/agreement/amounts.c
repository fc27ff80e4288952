/*-------------------------------------------------------------------------
 *
 * amounts.c
 *		What the segments come to in cents.
 *
 * On own notes the holders' parts of a segment are parts of one whole, which
 * is rounded once, half up; largest remainder, of equal ones to the first by
 * name.  On all notes each holder has the whole.  A clause may limit what a
 * breach comes to.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

/* What is left of a clock's limit: of all holders, or on all notes of each. */
typedef struct CapLeft
{
	const Clock *clock;
	bool		has_cap;
	Ratio	   *left;			/* for each holder, the first for all */
} CapLeft;

static Ratio
principal_at_start(Walk *walk, const Clock *clock, int holder)
{
	const Holdings *holdings = holdings_for(walk, clock->reading);
	const Balance *balance = balance_on(holder == NOBODY ? &holdings->total : &holdings->of_holder[holder],
										clock->accrues_from);
	Ratio		principal = balance == NULL ? ratio_int(0) : balance->principal;

	if (base_of(clock) == BASE_AFFECTED_NOTES)
		principal = ratio_min(principal, clock->start->amount);
	return principal;
}

/*
 * The most that a breach may come to: a fraction of the base on its first day,
 * an amount per day.
 */
static void
begin_limit(Walk *walk, CapLeft *limit, const Clock *clock)
{
	bool		each = clock->remedy == REMEDY_DAMAGES && base_of(clock) == BASE_ALL_NOTES;
	Ratio		cap = clock->clause->cap;

	limit->clock = clock;
	limit->has_cap = clock->clause->has_cap;
	if (!limit->has_cap)
		return;
	if (clock->remedy == REMEDY_DAMAGES)
		cap = ratio_multiply(cap, principal_at_start(walk, clock, each ? NOBODY : clock->holder));
	else if (clock->remedy == REMEDY_INTEREST)
		cap = ratio_multiply(cap, clock->start->amount);
	limit->left = palloc((walk->nholders + 1) * sizeof(Ratio));
	for (int h = 0; h <= walk->nholders; h++)
		limit->left[h] = cap;
}

/*
 * An amount in cents, within what is left.
 */
static Ratio
limited(CapLeft *limit, int place, Ratio exact)
{
	Ratio		amount = ratio_round(exact, 2);

	if (!limit->has_cap)
		return amount;
	if (ratio_compare(amount, limit->left[place]) > 0)
		amount = ratio_multiply(ratio_floor(ratio_multiply(limit->left[place], ratio_int(100))), ratio_of(1, 100));
	limit->left[place] = ratio_subtract(limit->left[place], amount);
	return amount;
}

/*
 * The segments of a clock that have the same days: one for each holder.
 */
static void
round_group(CapLeft *limit, Segment *segments, int n)
{
	const Clock *clock = limit->clock;
	Ratio		whole = ratio_int(0);
	Ratio	   *weights;
	Ratio	   *parts;

	if (clock->remedy == REMEDY_DAMAGES && base_of(clock) == BASE_ALL_NOTES)
	{
		for (int i = 0; i < n; i++)
			segments[i].amount = limited(limit, segments[i].holder, segments[i].exact);
		return;
	}
	weights = palloc(n * sizeof(Ratio));
	parts = palloc(n * sizeof(Ratio));
	for (int i = 0; i < n; i++)
	{
		/* so much per day is owed once, to all according to their principal */
		weights[i] = clock->remedy == REMEDY_PER_DAY ? segments[i].principal : segments[i].exact;
		whole = clock->remedy == REMEDY_PER_DAY ? segments[i].exact : ratio_add(whole, segments[i].exact);
	}
	ratio_parts(limited(limit, 0, whole), weights, n, 2, parts);
	for (int i = 0; i < n; i++)
		segments[i].amount = parts[i];
	pfree(weights);
	pfree(parts);
}

static bool
same_days(const Segment *a, const Segment *b)
{
	return a->clock == b->clock && a->from == b->from && a->to == b->to && a->run_from == b->run_from;
}

/*
 * What comes to nothing, from a residue of principal, is let go.
 */
void
round_amounts(Walk *walk)
{
	CapLeft		limit = {NULL};
	int			kept = 0;

	for (int first = 0, next; first < walk->nsegments; first = next)
	{
		for (next = first + 1; next < walk->nsegments && same_days(&walk->segments[first], &walk->segments[next]);)
			next++;
		if (walk->segments[first].clock != limit.clock)
			begin_limit(walk, &limit, walk->segments[first].clock);
		round_group(&limit, &walk->segments[first], next - first);
	}
	for (int i = 0; i < walk->nsegments; i++)
	{
		if (ratio_sign(walk->segments[i].amount) > 0)
			walk->segments[kept++] = walk->segments[i];
	}
	walk->nsegments = kept;
}

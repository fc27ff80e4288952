/*-------------------------------------------------------------------------
 *
 * settlements.c
 *		Damages that were agreed on or adjudged, and how they are to be paid.
 *
 * Damages are asserted until somebody says otherwise.  What is agreed or
 * adjudged is what has accrued by that day; with an amount it comes to that,
 * parted as it accrued.  What accrues later is asserted again.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

/*
 * Does a fact that agrees on or adjudges damages speak of a clock?
 */
bool
settles(const Walk *walk, const Fact *fact, const Clock *clock)
{
	bool		tied = fact->tie.kind != TIE_NONE;

	return (fact->kind == W_AGREED || fact->kind == W_ADJUDGED) && (!tied || tie_names(&fact->tie, clock)) &&
		section_names(walk, fact->section, clock, tied);
}

static bool
is_settled(const Walk *walk, const Fact *fact, const Segment *segment)
{
	return segment->to <= fact->day && (fact->holder == NOBODY || fact->holder == segment->holder) &&
		settles(walk, fact, segment->clock);
}

/*
 * Parts the amount on which was settled as the damages accrued.
 */
static void
part_settlement(const Fact *fact, Segment **settled, int n)
{
	Ratio	   *weights = palloc(Max(n, 1) * sizeof(Ratio));
	Ratio	   *parts = palloc(Max(n, 1) * sizeof(Ratio));

	for (int i = 0; i < n; i++)
		weights[i] = settled[i]->amount;
	ratio_parts(ratio_round(fact->amount, 2), weights, n, 2, parts);
	for (int i = 0; i < n; i++)
		settled[i]->amount = parts[i];
}

void
settle_amounts(Walk *walk)
{
	bool		any = walk->of_kind[W_AGREED].n > 0 || walk->of_kind[W_ADJUDGED].n > 0;
	Segment   **settled = palloc(Max(walk->nsegments, 1) * sizeof(Segment *));

	for (int i = 0; i < walk->nfacts && any; i++)
	{
		Fact	   *fact = walk->by_day[i];
		int			n = 0;

		if (fact->kind != W_AGREED && fact->kind != W_ADJUDGED)
			continue;
		for (int s = 0; s < walk->nsegments; s++)
		{
			if (!is_settled(walk, fact, &walk->segments[s]))
				continue;
			settled[n++] = &walk->segments[s];
			walk->segments[s].status = fact->kind == W_AGREED ? AGREED : ADJUDGED;
			fact->used = true;
		}
		if (fact->has_amount && n > 0)
			part_settlement(fact, settled, n);
	}
}

/*
 * Is an election of a clock, by whom its clause gives the choice?  Without a
 * ref it is of the clocks of its section that had started by its day; with
 * days, of what accrues from one of them on.
 */
bool
election_names(const Walk *walk, const Fact *fact, const Clock *clock)
{
	bool		tied = fact->tie.kind != TIE_NONE;

	return fact->kind == W_ELECTION && fact->choice != NULL && clock->clause->elector != ELECTOR_NONE &&
		(fact->holder == NOBODY) == (clock->clause->elector == ELECTOR_COMPANY) &&
		(!tied || tie_names(&fact->tie, clock)) && section_names(walk, fact->section, clock, tied) &&
		(tied || fact->for_days || clock->started_on <= fact->day);
}

static bool
elects(const Walk *walk, const Fact *fact, const Segment *segment)
{
	return election_names(walk, fact, segment->clock) && (fact->holder == NOBODY || fact->holder == segment->holder) &&
		(!fact->for_days || (fact->from_day <= segment->from && segment->from < fact->to_day));
}

/*
 * cash or shares, as was elected last, of that clock before its section; NULL:
 * nothing yet.
 */
const char *
elected(Walk *walk, const Segment *segment)
{
	const FactList *elections = &walk->of_kind[W_ELECTION];
	Fact	   *latest = NULL;

	for (int i = 0; i < elections->n; i++)
	{
		Fact	   *fact = elections->facts[i];

		if (!elects(walk, fact, segment))
			continue;
		fact->used = true;
		if (latest == NULL || latest->tie.kind == TIE_NONE || fact->tie.kind != TIE_NONE)
			latest = fact;
	}
	return latest == NULL ? NULL : latest->choice;
}

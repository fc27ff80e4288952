/*-------------------------------------------------------------------------
 *
 * waivers.c
 *		Who has waived which clocks (Section 8(e)).
 *
 * Each Buyer signs for itself.  A waiver with a ref is of that clock, from its
 * start; one with days is of the duties that start in them, and of the damages
 * of those days; one with neither is of the clocks of its section that had
 * started and not ended on its day.  An amount releases so much and no more.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

/*
 * A waiver of Section 4(e) with a subject is of that offering alone, and of what
 * was broken by it (see raising.c).
 */
static bool
is_of_another(const Fact *waiver, const Clock *clock)
{
	const char *subject = clock->start == NULL ? NULL : clock->start->subject;

	if (waiver->subject == NULL || strcmp(promise_of(clock), "4(e)") != 0)
		return false;
	return clock->clause->ends_on == W_LOCK_UP || (subject != NULL && strcmp(subject, waiver->subject) != 0);
}

/*
 * Is a clock, or part of it, what a waiver speaks of?
 */
bool
waiver_names(const Walk *walk, const Fact *waiver, const Clock *clock)
{
	bool		tied = waiver->tie.kind != TIE_NONE;

	return waiver->kind == W_WAIVER && waiver->holder != NOBODY &&
		(clock->holder == NOBODY || clock->holder == waiver->holder) && !is_of_another(waiver, clock) &&
		(!tied || tie_names(&waiver->tie, clock)) && section_names(walk, waiver->section, clock, tied);
}

/*
 * Is all of the clock waived by it?
 */
static bool
waives_all(const Fact *waiver, const Clock *clock)
{
	if (waiver->has_amount)
		return false;
	if (waiver->for_days)
		return waiver->from_day <= clock->started_on && clock->started_on < waiver->to_day;
	return waiver->tie.kind != TIE_NONE ||
		(clock->started_on <= waiver->day && Min(clock->done_on, clock->served[waiver->holder]) >= waiver->day);
}

/*
 * A clock counts as waived when all who had a balance between its start and its
 * end have waived it.
 */
static bool
all_have_waived(const Walk *walk, const Clock *clock)
{
	DateADT		to = clock->done_on == NO_DAY ? walk->as_of + 1 : clock->done_on;

	if (clock->holder != NOBODY)
		return clock->waivers[clock->holder];
	to = Max(to, clock->started_on + 1);
	for (int h = 0; h < walk->nholders; h++)
	{
		if (!clock->waivers[h] && held_between(&walk->all.of_holder[h], clock->started_on, to))
			return false;
	}
	return true;
}

void
judge_waivers(Walk *walk)
{
	const FactList *waivers = &walk->of_kind[W_WAIVER];

	for (int i = 0; i < waivers->n; i++)
	{
		Fact	   *waiver = waivers->facts[i];

		for (int c = 0; c < walk->nclocks; c++)
		{
			Clock	   *clock = &walk->clocks[c];

			if (!waiver_names(walk, waiver, clock) || !waives_all(waiver, clock))
				continue;
			clock->waivers[waiver->holder] = clock->any_waiver = true;
			waiver->used = true;
		}
	}
	for (int c = 0; c < walk->nclocks; c++)
		walk->clocks[c].waived = walk->clocks[c].any_waiver && all_have_waived(walk, &walk->clocks[c]);
}

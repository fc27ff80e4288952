/*-------------------------------------------------------------------------
 *
 * waivers.c
 *		Who has waived which clock: each Buyer signs for itself (Section 8(e)).
 *
 * A waiver that names a clock waives that one, from its start; one with days the
 * duties that start in them; one with neither the clocks of its section that
 * have started and not ended before its day.  A clock is waived when everybody has
 * waived it who had something between its start and its end.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

static bool
has_days(const Event *waiver)
{
	return waiver->from_day != NO_DAY || waiver->to_day != NO_DAY;
}

static bool
waives(const Event *waiver, const Clock *clock)
{
	const char *own = clock->event == NULL ? NULL : clock->event->section;

	if (waiver->amount != NULL)
		return false;			/* releases so much, and the rest is owed */
	if (waiver->section != NULL && strcmp(waiver->section, clock->section) != 0 &&
		strcmp(waiver->section, clock->clause->section) != 0 &&
		(own == NULL || strcmp(waiver->section, own) != 0))
		return false;
	if (waiver->ref != NULL)
		return ref_names(waiver->ref, clock);
	if (has_days(waiver))
		return (waiver->from_day == NO_DAY || clock->started_on >= waiver->from_day) &&
			clock->started_on < waiver->to_day;
	return clock->started_on <= waiver->day && clock->done_on >= waiver->day;
}

static void
judge_clock(const Walk *walk, Clock *clock)
{
	DateADT		until = Min(clock->done_on, walk->as_of + 1);
	int			concerned = 0;
	int			waived = 0;

	for (int p = 0; p < clock->nparties; p++)
	{
		Party	   *party = &clock->parties[p];

		for (int i = 0; i < walk->nevents; i++)
		{
			Event	   *e = &walk->events[i];

			if (strcmp(e->kind, "waiver") == 0 && (e->holder == NULL || strcmp(e->holder, party->holder) == 0) &&
				waives(e, clock))
				party->waived = e->used = true;
		}
		if (clock->holder != NULL && strcmp(clock->holder, party->holder) != 0)
			continue;
		party->meanwhile = held_between(walk, party->holder, clock->started_on, Max(until, clock->started_on + 1));
		concerned += party->meanwhile;
		waived += party->meanwhile && party->waived;
	}
	clock->waived = concerned > 0 && waived == concerned;
}

void
judge_waivers(Walk *walk)
{
	for (int i = 0; i < walk->nclocks; i++)
		judge_clock(walk, &walk->clocks[i]);
}

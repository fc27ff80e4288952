/*-------------------------------------------------------------------------
 *
 * stops.c
 *		What ends the clocks of a deal.
 *
 * A stop that names a holder ends a clock for that holder alone, one that names
 * none for all.  It meets its clock by ref, else by subject where both have
 * one, else it goes to the earliest that is open on its day; one start is one
 * place in line, however many clauses it starts.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

#include "calendar/calendar.h"
#include "utils/builtins.h"

static bool
is_shortfall(const Clock *clock)
{
	return clock->spell != NULL;
}

/*
 * Is this clock what a ref names?  A shortfall is named by any of its days.
 */
bool
ref_names(const char *ref, const Clock *clock)
{
	DateADT		day;

	if (ref == NULL)
		return false;
	if (strcmp(ref, clock->ref) == 0)
		return true;
	if (!is_shortfall(clock) || strncmp(ref, "shortfall ", 10) != 0)
		return false;
	day = DatumGetDateADT(DirectFunctionCall1(date_in, CStringGetDatum(ref + 10)));
	return day >= clock->spell->from_day && day < clock->spell->to_day;
}

static int
party_cmp(const void *left, const void *right)
{
	return strcmp(((const Party *) left)->holder, ((const Party *) right)->holder);
}

/*
 * Everybody who ever held something of the deal, by name.
 */
static void
find_parties(const Walk *walk, Clock *clock)
{
	const Timeline *t = &walk->timeline;

	clock->parties = palloc0(Max(t->nholdings, 1) * sizeof(Party));
	for (int i = 0; i < t->nholdings; i++)
	{
		char	   *holder;

		if (i > 0 && bytes_equal(t->holdings[i].holder, t->holdings[i - 1].holder))
			continue;
		holder = pnstrdup(t->holdings[i].holder.data, t->holdings[i].holder.len);
		clock->parties[clock->nparties++] = (Party) {.holder = holder, .done_on = NO_DAY,
			.at_start = held_on(walk, holder, clock->started_on)};
	}
	qsort(clock->parties, clock->nparties, sizeof(Party), party_cmp);
}

static Party *
find_party(const Clock *clock, const char *holder)
{
	Party		key = {.holder = holder};

	return bsearch(&key, clock->parties, clock->nparties, sizeof(Party), party_cmp);
}

/*
 * Takes a stop for a clock: for its holder, or for all.
 */
static void
take_stop(Clock *clock, Event *stop)
{
	Party	   *party = stop->holder == NULL ? NULL : find_party(clock, stop->holder);

	stop->used = true;
	if (stop->holder == NULL || (clock->holder != NULL && strcmp(clock->holder, stop->holder) == 0))
		clock->done_for_all = Min(clock->done_for_all, stop->day);
	if (party != NULL)
		party->done_on = Min(party->done_on, stop->day);
}

static bool
is_stop_of(const Clock *clock, const Event *e)
{
	return strcmp(e->kind, clock->clause->ends_on) == 0;
}

static bool
pays_expenses(const Clock *clock)
{
	return strcmp(clock->clause->ends_on, "expenses_paid") == 0;
}

/*
 * The stops that name their clock.
 */
static void
take_tied_stops(Walk *walk)
{
	for (int i = 0; i < walk->nevents; i++)
	{
		Event	   *e = &walk->events[i];

		for (int c = 0; e->ref != NULL && c < walk->nclocks; c++)
		{
			Clock	   *clock = &walk->clocks[c];

			if (is_stop_of(clock, e) && !pays_expenses(clock) && !is_shortfall(clock) && ref_names(e->ref, clock))
				take_stop(clock, e);
		}
	}
}

/*
 * Has the clock an end already, towards this holder?
 */
static bool
is_ended(const Clock *clock, const char *holder)
{
	const Party *party = holder == NULL ? NULL : find_party(clock, holder);

	return clock->done_for_all != NO_DAY || (party != NULL && party->done_on != NO_DAY);
}

/*
 * May a stop that names no clock go to this one?  A filing may come before the
 * day by which it is due; a breach is cured under its own section.
 */
static bool
may_stop(const Clock *clock, const Event *stop)
{
	if (!is_stop_of(clock, stop) || is_shortfall(clock))
		return false;
	if (pays_expenses(clock) && stop->ref != NULL)
	{
		if (!ref_names(stop->ref, clock))
			return false;
	}
	else if (strcmp(clock->clause->starts_on, "filing_due") != 0 && clock->started_on > stop->day)
		return false;
	if (clock->event != NULL && strcmp(clock->clause->starts_on, "breach") == 0 &&
		(stop->section == NULL || strcmp(stop->section, clock->event->section) != 0))
		return false;
	if (clock->holder != NULL && stop->holder != NULL && strcmp(clock->holder, stop->holder) != 0)
		return false;
	if (stop->subject != NULL && clock->event != NULL && clock->event->subject != NULL)
		return strcmp(stop->subject, clock->event->subject) == 0;
	return stop->subject == NULL || clock->event == NULL || strcmp(clock->clause->starts_on, "filing_due") != 0 ||
		clock->event->subject == NULL;
}

/*
 * Which of two clocks is first in line for a stop?
 */
static bool
is_sooner(const Clock *a, const Clock *b, const Event *stop)
{
	bool		a_subject = a->event != NULL && a->event->subject != NULL && stop->subject != NULL;
	bool		b_subject = b->event != NULL && b->event->subject != NULL && stop->subject != NULL;
	bool		a_holder = (a->holder == NULL) == (stop->holder == NULL);
	bool		b_holder = (b->holder == NULL) == (stop->holder == NULL);

	if (a_subject != b_subject)
		return a_subject;
	if (a_holder != b_holder)
		return a_holder;
	if (a->started_on != b->started_on)
		return a->started_on < b->started_on;
	if (strlen(a->ref) != strlen(b->ref))
		return strlen(a->ref) < strlen(b->ref);
	return strcmp(a->ref, b->ref) < 0;
}

static Clock *
first_in_line(const Walk *walk, const Event *stop, bool paying)
{
	Clock	   *first = NULL;

	for (int c = 0; c < walk->nclocks; c++)
	{
		Clock	   *clock = &walk->clocks[c];

		if (pays_expenses(clock) == paying && may_stop(clock, stop) && !is_ended(clock, stop->holder) &&
			(first == NULL || is_sooner(clock, first, stop)))
			first = clock;
	}
	return first;
}

/*
 * The same start under several clauses is one place in line.
 */
static void
take_place(Walk *walk, const Clock *place, Event *stop)
{
	for (int c = 0; c < walk->nclocks; c++)
	{
		Clock	   *clock = &walk->clocks[c];

		if (clock->event == place->event && strcmp(clock->ref, place->ref) == 0 &&
			is_stop_of(clock, stop) && !is_ended(clock, stop->holder))
			take_stop(clock, stop);
	}
}

/*
 * A payment of expenses goes to the clocks in line until it is used up; without
 * an amount it pays one in full.
 */
static void
pay_expenses(Walk *walk, Event *stop)
{
	Numeric		left = stop->amount;
	Clock	   *clock;

	while ((clock = first_in_line(walk, stop, true)) != NULL)
	{
		stop->used = true;
		if (left != NULL && clock->owed != NULL && num_compare(left, clock->owed) < 0)
		{
			clock->owed = num_call2(numeric_sub, clock->owed, left);
			return;
		}
		if (left != NULL && clock->owed != NULL)
			left = num_call2(numeric_sub, left, clock->owed);
		clock->done_for_all = stop->day;
		if (left == NULL || clock->owed == NULL || num_compare(left, numeric_from_int128(0)) == 0)
			return;
	}
}

static int
stop_cmp(const void *left, const void *right)
{
	const Event *a = *(Event *const *) left;
	const Event *b = *(Event *const *) right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/*
 * The other stops, in the order of their days.
 */
static void
take_untied_stops(Walk *walk)
{
	Event	  **stops = palloc(Max(walk->nevents, 1) * sizeof(Event *));
	int			n = 0;

	for (int i = 0; i < walk->nevents; i++)
	{
		if (walk->events[i].ref == NULL || strcmp(walk->events[i].kind, "expenses_paid") == 0)
			stops[n++] = &walk->events[i];
	}
	qsort(stops, n, sizeof(Event *), stop_cmp);
	for (int i = 0; i < n; i++)
	{
		Clock	   *clock;

		if (strcmp(stops[i]->kind, "expenses_paid") == 0)
			pay_expenses(walk, stops[i]);
		else if ((clock = first_in_line(walk, stops[i], false)) != NULL)
			take_place(walk, clock, stops[i]);
	}
	pfree(stops);
}

/*
 * A shortfall ends by itself, or by the approval that comes while it lasts,
 * where that is the reading.
 */
static void
end_shortfall(Walk *walk, Clock *clock)
{
	clock->done_on = clock->spell->to_day;
	if (strcmp(clock->reading->approval, "approval") != 0)
		return;
	for (int i = 0; i < walk->nevents; i++)
	{
		Event	   *e = &walk->events[i];

		if (is_stop_of(clock, e) &&
			(e->ref != NULL ? ref_names(e->ref, clock) :
			 e->day >= clock->started_on && e->day < clock->spell->to_day))
		{
			e->used = true;
			clock->done_on = Min(clock->done_on, e->day);
		}
	}
}

/*
 * When was it done?  Where each holder is to be served, when everybody who held
 * something at the start has been; else when it was done for all, or for
 * everybody whom it concerns.
 */
static void
find_done_day(Clock *clock)
{
	DateADT		last = DATEVAL_NOBEGIN;
	bool		all = false;

	for (int p = 0; p < clock->nparties; p++)
	{
		Party	   *party = &clock->parties[p];

		party->done_on = Min(party->done_on, clock->done_for_all);
		if (!party->at_start || (clock->holder != NULL && strcmp(clock->holder, party->holder) != 0))
			continue;
		all = (last == DATEVAL_NOBEGIN || all) && party->done_on != NO_DAY;
		last = Max(last, party->done_on);
	}
	clock->done_on = all ? Min(last, Max(clock->done_for_all, last)) : clock->done_for_all;
	if (clock->done_for_all != NO_DAY && !clock->clause->to_each_holder)
		clock->done_on = clock->done_for_all;
}

void
stop_clocks(Walk *walk)
{
	for (int i = 0; i < walk->nclocks; i++)
		find_parties(walk, &walk->clocks[i]);
	take_tied_stops(walk);
	take_untied_stops(walk);
	for (int i = 0; i < walk->nclocks; i++)
	{
		Clock	   *clock = &walk->clocks[i];

		if (strcmp(clock->clause->ends_on, "last_note") == 0)
			continue;
		if (is_shortfall(clock))
			end_shortfall(walk, clock);
		else
			find_done_day(clock);
	}
}

/*-------------------------------------------------------------------------
 *
 * due.c
 *		By when a clock had to be stopped, when it was, and from when it costs.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/raising.h"

#include "calendar/calendar.h"
#include "utils/datetime.h"

/* Days ------------------------------------------------------------------- */

/*
 * So many months later, on the last day of the month where it has no such day.
 */
static DateADT
months_after(DateADT day, int64 months)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	months += month - 1;
	year += months / 12;
	month = months % 12 + 1;
	mday = Min(mday, day_tab[isleap(year)][month - 1]);
	return date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
}

/*
 * The last day of the time that a clause allows, the day of the start not
 * counted (N.Y. Gen. Constr. Law s. 20); NO_DAY where it allows none, or so much
 * that no calendar knows the day.  A period in days that ends on no business
 * day may move to the next one (s. 25).
 */
DateADT
due_day(const Clause *clause, const Reading *reading, DateADT from)
{
	Calendars	calendar = clause->has_calendar ? clause->calendar : reading->calendar;
	bool		rolls = clause->has_roll ? clause->rolls : clause->unit == UNIT_DAYS && reading->sunday_moves;
	DateADT		due = NO_DAY;

	switch (clause->unit)
	{
		case UNIT_NONE:
		case UNIT_CLOSING:
			return NO_DAY;
		case UNIT_PROMPTLY:
			if (reading->promptly < 0)
				return NO_DAY;
			due = business_day_after(calendar, from, reading->promptly);
			break;
		case UNIT_BUSINESS_DAYS:
			due = business_day_after(calendar, from, clause->period);
			break;
		case UNIT_DAYS:
			due = from + clause->period;
			break;
		case UNIT_MONTHS:
			due = months_after(from, clause->period);
			break;
		case UNIT_YEARS:
			due = months_after(from, (int64) clause->period * 12);
			break;
	}
	if (due == NO_DAY || business_day_after(calendar, due, 0) == DATEVAL_NOEND)
		return NO_DAY;			/* after the last day that a calendar knows */
	return rolls && !business_day(calendar, due) ? business_day_after(calendar, due, 1) : due;
}

/*
 * The day on which the last note was gone; NO_DAY while one is outstanding, the
 * first day of all where there never was one.
 */
static DateADT
last_note_gone(const Walk *walk)
{
	const Line *total = &walk->all.total;

	for (int i = total->n - 1; i >= 0; i--)
	{
		if (ratio_sign(total->balances[i].principal) > 0)
			return i == total->n - 1 ? NO_DAY : total->balances[i + 1].day;
	}
	return DATEVAL_NOBEGIN;
}

/*
 * A restriction until the last note is gone, but for its period at least: it
 * is due to end on its last day.
 */
static void
judge_restriction(const Walk *walk, Clock *clock)
{
	DateADT		gone = last_note_gone(walk);

	clock->due_on = due_day(clock->clause, clock->reading, clock->clock_from);
	if (clock->due_on == NO_DAY || gone == NO_DAY)
		return;
	clock->due_on = Max(clock->due_on, gone);
	if (clock->due_on <= walk->as_of)
		clock->done_on = clock->done_for_all = clock->due_on;
}

/*
 * A restriction until the end of the Lock-up Period, or a time that is counted
 * from there (Section 4(e)); its last day is inside.
 */
static void
judge_lock_up(const Walk *walk, Clock *clock)
{
	LockUp		period = lock_up_of(walk, clock->started_on, clock->reading);

	if (period.unread)
		return;
	clock->due_on = clock->clause->unit == UNIT_NONE ? period.last_day :
		due_day(clock->clause, clock->reading, period.last_day);
	if (!period.open && clock->due_on <= walk->as_of)
		clock->done_on = clock->done_for_all = clock->due_on;
}

/* Each holder ------------------------------------------------------------ */

/*
 * When an owner of notes who held nothing at the start of a clock was served:
 * by what served those from whom the notes came.  The start itself, where none
 * came from anybody: nothing was owed then.
 */
static DateADT
served_through_others(const Walk *walk, const Clock *clock, int holder, DateADT before)
{
	DateADT		served = clock->started_on;

	for (int i = 0; i < walk->timeline.ninstruments; i++)
	{
		const Instrument *note = &walk->timeline.instruments[i];

		for (int s = 1; s < note->nstretches && note->stretches[s].from_day < before; s++)
		{
			int			from = find_holder(walk, note->stretches[s - 1].holder);
			DateADT		of_his = NO_DAY;

			if (note->stretches[s].from_day <= clock->started_on || from == NOBODY || from == holder ||
				find_holder(walk, note->stretches[s].holder) != holder ||
				bytes_equal(note->stretches[s].holder, note->stretches[s - 1].holder))
				continue;
			of_his = clock->concerned[from] || clock->served[from] != NO_DAY ? clock->served[from] :
				served_through_others(walk, clock, from, note->stretches[s].from_day);
			served = Max(served, of_his);
		}
	}
	return served;
}

/*
 * The day on which a clock was stopped for a holder; NO_DAY: not yet.
 */
DateADT
stopped_for(const Walk *walk, const Clock *clock, int holder)
{
	DateADT		own = holder == NOBODY ? NO_DAY : clock->served[holder];

	if (own == NO_DAY && holder != NOBODY && clock->clause->to_each_holder && clock->holder == NOBODY &&
		!clock->concerned[holder])
		own = served_through_others(walk, clock, holder, NO_DAY);
	return Min(own, clock->done_on);
}

/*
 * The day from which the days of a breach are no longer counted: the day of
 * the stop, or the day after it.
 */
DateADT
end_of_days(const Clock *clock, DateADT done)
{
	return done + (clock->reading->cure_included ? 1 : 0);
}

/* Securities ------------------------------------------------------------- */

static bool
is_of_section(const Clock *clock, const char *section)
{
	return strcmp(promise_of(clock), section) == 0;
}

/*
 * "So long as a Buyer beneficially owns any of the Securities" (Sections 4(c),
 * 4(g), 4(i)): for one who has disposed of all of them a clock ends that day.
 */
static void
end_for_disposers(const Walk *walk, Clock *clock)
{
	const FactList *disposals = &walk->of_kind[W_DISPOSED];
	int			before = 0;
	int			left = 0;

	for (int h = 0; h < walk->nholders; h++)
		before += clock->concerned[h];
	for (int i = 0; i < disposals->n; i++)
	{
		const Fact *fact = disposals->facts[i];

		if (fact->holder == NOBODY)
			continue;
		if (fact->day <= clock->started_on)
			clock->concerned[fact->holder] = false;
		clock->served[fact->holder] = Min(clock->served[fact->holder], Max(fact->day, clock->started_on));
	}
	for (int h = 0; h < walk->nholders; h++)
		left += clock->concerned[h];
	if (before > 0 && left == 0)
		clock->done_for_all = clock->started_on;	/* nobody is owed it any more */
}

/*
 * "So long as a Buyer beneficially owns any Notes or Warrants" (Section 4(j)):
 * a clock ends on the day on which nobody does any more.
 */
static void
end_with_last_security(const Walk *walk, Clock *clock)
{
	const Line *total = &walk->all.total;
	int			i = total->n;

	while (i > 0 && !holds_something(&total->balances[i - 1]))
		i--;
	if (i > 0 && i < total->n)
		clock->done_for_all = Min(clock->done_for_all, Max(total->balances[i].day, clock->started_on));
}

static void
end_with_securities(const Walk *walk, Clock *clock)
{
	if (is_of_section(clock, "4(c)") || is_of_section(clock, "4(g)") || is_of_section(clock, "4(i)"))
		end_for_disposers(walk, clock);
	else if (is_of_section(clock, "4(j)"))
		end_with_last_security(walk, clock);
}

/* Judging ---------------------------------------------------------------- */

static void
judge_done(const Walk *walk, Clock *clock)
{
	DateADT		last = DATEVAL_NOBEGIN;

	for (int h = 0; h < walk->nholders; h++)
	{
		if (clock->concerned[h])
			last = Max(last, clock->served[h]);
	}
	clock->done_on = last == DATEVAL_NOBEGIN ? clock->done_for_all : Min(clock->done_for_all, last);
}

/*
 * From when a breach costs: the day after the due day, but where it is read so
 * already from before, as soon as there is a breach.
 */
static DateADT
first_day_that_costs(const Clock *clock)
{
	const Reading *reading = clock->reading;

	if (clock->broken_from == NO_DAY || clock->due_on == NO_DAY)
		return clock->broken_from;
	if (clock->clause->starts_on == W_SHORTFALL && reading->from_start)
		return reading->board_curable == BOARD_FROM_SHORTFALL ? Max(clock->started_on, clock->spell->vote_day) :
			clock->started_on;
	if (clock->clause->starts_on == W_MONTH_END && reading->from_month_end)
		return clock->started_on;
	if (clock->clause->remedy == REMEDY_INTEREST && reading->expenses != EXPENSES_AFTER_DUE_DATE)
		return reading->expenses == EXPENSES_FROM_INVOICE ? clock->started_on : clock->due_on;
	return clock->broken_from;
}

/*
 * The day of the closing, for what is due at it; NO_DAY: not yet.
 */
static DateADT
closing_from(const Walk *walk, DateADT day)
{
	const Fact *closing = first_closing(walk);

	return closing == NULL ? NO_DAY : Max(closing->day, day);
}

static void
judge_clock(const Walk *walk, Clock *clock)
{
	bool		limb = clock->clause->starts_on == W_SHORTFALL;

	if (clock->clause->ends_on == W_LAST_NOTE)
	{
		judge_restriction(walk, clock);
		return;
	}
	if (clock->clause->ends_on == W_LOCK_UP)
	{
		judge_lock_up(walk, clock);
		return;
	}
	end_with_securities(walk, clock);
	judge_done(walk, clock);
	if (clock->clause->unit != UNIT_NONE && !clock->derived)
	{
		clock->due_on = clock->clause->unit == UNIT_CLOSING ? closing_from(walk, clock->clock_from) :
			due_day(clock->clause, clock->reading, clock->clock_from);
		if (clock->due_on == NO_DAY)
			return;
		clock->broken_from = Max(clock->due_on + 1, clock->started_on);
	}
	else
		clock->broken_from = clock->started_on;
	if (limb && clock->reading->board_curable == BOARD_FROM_SHORTFALL)
		clock->broken_from = Max(clock->broken_from, clock->spell->vote_day);
	clock->accrues_from = first_day_that_costs(clock);
}

/*
 * Expenses that are paid late may be read as a breach beside their interest
 * (Sections 4(f), 4(o)): from the first day out of time until they are paid.
 */
static void
break_by_expenses(Walk *walk, int debt)
{
	Clock	   *clock = &walk->clocks[debt];
	DateADT		from = clock->broken_from;
	const Clause *buyers;
	const Clause *answers;

	if (clock->clause->remedy != REMEDY_INTEREST || !clock->reading->expenses_breach || from > walk->as_of ||
		clock->done_on < from || (answers = clause_for_breach(walk, clock->section, from, &buyers)) == NULL)
		return;
	clock = new_clock(walk, answers, from);
	if (clock == NULL)
		return;
	clock->named = walk->clocks[debt].section;
	clock->derived = true;
	clock->ref = walk->clocks[debt].ref;
	clock->start = walk->clocks[debt].start;
	clock->holder = walk->clocks[debt].holder;
	clock->done_for_all = clock->done_on = walk->clocks[debt].done_on;
	clock->broken_from = clock->accrues_from = from;
	for (int h = 0; h < walk->nholders; h++)
		clock->concerned[h] = clock->holder == NOBODY ? holds_something(balance_on(&walk->all.of_holder[h], from)) :
			clock->holder == h;
}

void
judge_clocks(Walk *walk)
{
	int			n = walk->nclocks;

	for (int i = 0; i < n; i++)
		judge_clock(walk, &walk->clocks[i]);
	for (int i = 0; i < n; i++)
		break_by_expenses(walk, i);
}

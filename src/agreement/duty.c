/*-------------------------------------------------------------------------
 *
 * duty.c
 *		The rows of duties and breaches.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "calendar/calendar.h"

/*
 * pending, met, late, overdue or waived.
 */
static const char *
state_of(const Walk *walk, const Clock *clock)
{
	if (clock->waived)
		return "waived";
	if (clock->broken_from == NO_DAY)	/* a restriction, or no day is known */
		return clock->done_on == NO_DAY ? "pending" : "met";
	if (clock->done_on < clock->broken_from)
		return "met";
	if (clock->done_on != NO_DAY)
		return "late";
	return clock->broken_from <= walk->as_of ? "overdue" : "pending";
}

static int
days_late(const Walk *walk, const Clock *clock)
{
	DateADT		from = clock->due_on == NO_DAY ? clock->started_on : clock->due_on;

	if (clock->waived || clock->broken_from > walk->as_of || clock->done_on < clock->broken_from)
		return 0;
	return Max(Min(clock->done_on, walk->as_of) - from, 0);
}

/*
 * covenant_internal.duty_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_duty_of);
Datum
covenant_duty_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	for (int i = 0; i < a.walk.nclocks; i++)
	{
		const Clock *clock = &a.walk.clocks[i];

		put_text(&a, clock->section);
		put_text(&a, clock->duty);
		put_day(&a, clock->started_on);
		put_day(&a, clock->due_on);
		put_day(&a, clock->done_on);
		put_int(&a, days_late(&a.walk, clock));
		put_text(&a, state_of(&a.walk, clock));
		put_text(&a, clock->by_buyers ? "buyers" : "company");
		put_holder(&a, clock->holder);
		put_text(&a, ref_of(clock));
		put_unserved(&a, clock);
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

/*
 * What started a clock, when it was due and when it was done; of a breach its
 * note.
 */
static char *
cause_of(const Walk *walk, const Clock *clock)
{
	const char *start = clock->start != NULL ? clock->start->kind_text :
		walk->agreement->words[clock->ref.kind == TIE_SHORTFALL ? W_SHORTFALL : clock->clause->starts_on];
	DateADT		from = clock->start != NULL ? clock->start->day : clock->started_on;

	if (clock->derived)
		return psprintf("%s of %s", start, iso_day(from));
	if (clock->due_on == NO_DAY)
		return pstrdup(clock->start != NULL && clock->start->note != NULL ? clock->start->note : "breach");
	return psprintf("%s of %s, due %s, %s%s", start, iso_day(from), iso_day(clock->due_on),
					clock->done_on == NO_DAY ? "not done" : "done ",
					clock->done_on == NO_DAY ? "" : iso_day(clock->done_on));
}

static bool
is_breach(const Walk *walk, const Clock *clock)
{
	return clock->remedy != REMEDY_NONE && !clock->waived && clock->broken_from <= walk->as_of &&
		(clock->done_on == NO_DAY || end_of_days(clock, clock->done_on) > clock->broken_from);
}

/*
 * covenant_internal.breach_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_breach_of);
Datum
covenant_breach_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	for (int i = 0; i < a.walk.nclocks; i++)
	{
		const Clock *clock = &a.walk.clocks[i];

		if (!is_breach(&a.walk, clock))
			continue;
		put_text(&a, clock->section);
		put_text(&a, clock->duty);
		put_day(&a, clock->broken_from);
		put_day(&a, clock->done_on == NO_DAY ? NO_DAY : end_of_days(clock, clock->done_on));
		put_text(&a, elector_of(clock));
		put_text(&a, cause_of(&a.walk, clock));
		put_holder(&a, clock->holder);
		put_text(&a, ref_of(clock));
		put_unserved(&a, clock);
		put_text(&a, promise_of(clock));
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

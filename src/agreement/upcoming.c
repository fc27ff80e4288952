/*-------------------------------------------------------------------------
 *
 * upcoming.c
 *		The rows of what falls due within a year, and of what ties to nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"
#include "agreement/raising.h"

#include "calendar/calendar.h"

#define DAYS_AHEAD	366

/* What falls due ---------------------------------------------------------- */

static void
put_upcoming(Answer *a, const Clause *clause, DateADT started_on, DateADT due_on, bool started, int holder, char *ref)
{
	put_day(a, due_on);
	put_text(a, clause->section);
	put_text(a, clause->duty);
	put_text(a, clause->by_buyers ? "buyers" : "company");
	put_holder(a, holder);
	put_text(a, ref);
	put_bool(a, started);
	put_day(a, started_on);
	put_row(a);
}

static bool
soon(const Walk *walk, DateADT day)
{
	return day != NO_DAY && day >= walk->as_of && day <= walk->as_of + DAYS_AHEAD;
}

/*
 * The lists of the month ends to come, as long as there is something to list.
 */
static void
put_month_ends(Answer *a, int duty)
{
	Walk	   *walk = &a->walk;
	DateADT		day;

	if (first_closing(walk) == NULL || !ever_starts_on(&walk->terms, duty, W_MONTH_END) ||
		!holds_something(balance_on(&walk->all.total, walk->as_of)))
		return;
	for (int n = 0; (day = month_end_after(walk->as_of, n)) <= walk->as_of + DAYS_AHEAD; n++)
	{
		const Clause *clause = clause_on(&walk->terms, duty, day);
		const Reading *reading = reading_on(&walk->terms, day);
		DateADT		due;

		if (day <= walk->as_of || clause == NULL || clause->starts_on != W_MONTH_END || reading == NULL)
			continue;
		due = due_day(clause, reading, day);
		if (soon(walk, due))
			put_upcoming(a, clause, day, due, false, NOBODY, iso_day(day));
	}
}

/*
 * The last days of the options that buyers have of offerings (Section 4(e)).
 */
static void
put_options(Answer *a)
{
	Offering   *offerings;
	int			n = find_offerings(&a->walk, &offerings);

	for (int i = 0; i < n; i++)
	{
		for (int b = 0; b < offerings[i].nbuyers; b++)
		{
			const OfferingBuyer *buyer = &offerings[i].buyers[b];

			if (buyer->waived || !soon(&a->walk, buyer->option_expires_on))
				continue;
			put_day(a, buyer->option_expires_on);
			put_text(a, "4(e)");
			put_text(a, psprintf("end of the option in %s", offerings[i].name));
			put_text(a, "buyers");
			put_holder(a, buyer->holder);
			put_text(a, psprintf(INT64_FORMAT, buyer->last_notice->id));
			put_bool(a, true);
			put_day(a, buyer->last_notice->day);
			put_row(a);
		}
	}
}

/*
 * covenant_internal.upcoming_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_upcoming_of);
Datum
covenant_upcoming_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	for (int i = 0; i < a.walk.nclocks; i++)
	{
		const Clock *clock = &a.walk.clocks[i];

		if (clock->done_on == NO_DAY && !clock->waived && soon(&a.walk, clock->due_on))
			put_upcoming(&a, clock->clause, clock->started_on, clock->due_on, true, clock->holder, ref_of(clock));
	}
	for (int duty = 0; duty < a.walk.terms.nduties; duty++)
		put_month_ends(&a, duty);
	put_options(&a);
	end_answer(&a);
	return (Datum) 0;
}

/* What ties to nothing ---------------------------------------------------- */

static bool
is_stop(const Walk *walk, int kind)
{
	for (int i = 0; i < walk->terms.duties[walk->terms.nduties]; i++)
	{
		if (walk->terms.clauses[i]->ends_on == kind)
			return true;
	}
	return false;
}

/*
 * Why a fact ties to nothing; NULL: it does not, or is none that has to.
 */
static const char *
why_unmatched(const Walk *walk, const Fact *fact)
{
	if (fact->used || fact->kind == NO_WORD)
		return NULL;
	switch (fact->kind)
	{
		case W_DAMAGES_PAID:
		case W_INTEREST_PAID:
			return "pays nothing that is owed";
		case W_WAIVER:
			return "waives nothing";
		case W_ELECTION:
			return "chooses nothing";
		case W_AGREED:
		case W_ADJUDGED:
			return "settles nothing that has accrued";
		case W_RESUMED:
			return "resumes no sales that are suspended";
		case W_OFFERING_NOTICE:
			return "goes to nobody who purchased notes";
		case W_OPTION_EXERCISED:
			return "exercises no option that is open";
		default:
			return is_stop(walk, fact->kind) ? "ends nothing" : NULL;
	}
}

/*
 * Marks the elections that speak of a clock, though it may not cost anything yet.
 */
static void
mark_elections(Walk *walk)
{
	const FactList *elections = &walk->of_kind[W_ELECTION];

	for (int i = 0; i < elections->n; i++)
	{
		Fact	   *fact = elections->facts[i];

		for (int c = 0; c < walk->nclocks && !fact->used; c++)
			fact->used = election_names(walk, fact, &walk->clocks[c]);
	}
}

/*
 * Marks what belongs to an offering or to a suspension of sales (Section 4(e)).
 */
static void
mark_raising(Walk *walk)
{
	Suspension *suspensions;
	Offering   *offerings;

	(void) find_suspensions(walk, &suspensions);
	(void) find_offerings(walk, &offerings);
}

/*
 * covenant_internal.unmatched_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_unmatched_of);
Datum
covenant_unmatched_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_DAMAGES);
	mark_elections(&a.walk);
	mark_raising(&a.walk);
	for (int i = 0; i < a.walk.nfacts; i++)
	{
		const Fact *fact = a.walk.by_day[i];
		const char *why = why_unmatched(&a.walk, fact);

		if (why == NULL)
			continue;
		put_count(&a, fact->id);
		put_text(&a, fact->kind_text);
		put_day(&a, fact->day);
		put_text(&a, fact->section);
		put_text(&a, fact->holder_text);
		put_text(&a, fact->subject);
		put_text(&a, fact->ref);
		if (fact->has_amount)
			put_money(&a, fact->amount);
		else
			put_null(&a);
		put_text(&a, fact->note);
		put_text(&a, why);
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

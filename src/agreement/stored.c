/*-------------------------------------------------------------------------
 *
 * stored.c
 *		What a breach costs that a table of the user's own has on record.
 *
 * It is put among the clocks of its deal and goes along with them: whose it is,
 * and what simultaneous breaches take of its days, is as everywhere.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "calendar/calendar.h"
#include "utils/builtins.h"

/* The breach as the table has it. */
typedef struct StoredBreach
{
	char	   *section;
	DateADT		from;
	DateADT		to;				/* the day of its cure */
} StoredBreach;

/*
 * The clause by which a breach of a section is paid for: its own, else the one
 * that answers for its article; NULL: none is.
 */
static const Clause *
clause_that_pays(const Walk *walk, const StoredBreach *breach, bool *of_buyers)
{
	const Clause *buyers;
	const Clause *answers = clause_for_breach(walk, breach->section, breach->from, &buyers);

	for (int d = 0; d < walk->terms.nduties; d++)
	{
		const Clause *clause = clause_on(&walk->terms, d, breach->from);

		if (clause != NULL && strcmp(clause->section, breach->section) == 0 && clause->remedy == REMEDY_DAMAGES &&
			!clause->by_buyers)
			return clause;
	}
	*of_buyers = buyers != NULL || (answers != NULL && answers->by_buyers);
	return answers != NULL && (answers->remedy == REMEDY_DAMAGES || *of_buyers) ? answers : NULL;
}

/*
 * The clock that the facts have started for the same breach, if there is one;
 * of several the one with the same end.
 */
static Clock *
same_clock(Walk *walk, const StoredBreach *breach)
{
	Clock	   *found = NULL;

	for (int i = 0; i < walk->nclocks; i++)
	{
		Clock	   *clock = &walk->clocks[i];

		if (clock->accrues_from == breach->from && clock->remedy == REMEDY_DAMAGES &&
			section_names(walk, breach->section, clock, true) && (found == NULL || clock->done_on == breach->to))
			found = clock;
	}
	return found;
}

static void
put_among_clocks(Walk *walk, const StoredBreach *breach, const Clause *clause)
{
	Clock	   *same = same_clock(walk, breach);
	int			holder = same == NULL ? NOBODY : same->holder;
	Fact	   *start = same == NULL ? NULL : same->start;
	Clock	   *clock;

	if (same != NULL)
	{
		clause = same->clause;
		same->remedy = REMEDY_NONE; /* it is this one */
	}
	clock = new_clock(walk, clause, breach->from);
	if (clock == NULL)
		return;
	clock->remedy = REMEDY_DAMAGES;
	clock->named = breach->section;
	clock->start = start;
	clock->holder = holder;
	clock->broken_from = clock->accrues_from = breach->from;
	clock->done_for_all = clock->done_on = breach->to;
	find_concerned(walk, clock);
}

static void
refuse_section(const StoredBreach *breach)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("Section %s knows no damages", breach->section),
			 errhint("The clauses of the deal say which sections do, and at what rate a month.")));
}

static void
put_cost(Answer *a, Ratio amount, DateADT day)
{
	Ratio		price;
	int64		shares;

	put_rounded(a, amount, 2);
	if (price_on(&a->walk, NOBODY, day, &price) && shares_at(amount, price, &shares))
		put_count(a, shares);
	else
		put_null(a);
	put_row(a);
}

/*
 * What the last of the clocks comes to, rounded once; where there is a limit, as
 * its rows are.
 */
static Ratio
cost_of_last(Walk *walk)
{
	const Clock *clock = &walk->clocks[walk->nclocks - 1];
	Ratio		amount = ratio_int(0);

	find_payments(walk);
	find_claims(walk);
	cut_segments(walk);
	if (clock->clause->has_cap)
		round_amounts(walk);
	for (int i = 0; i < walk->nsegments; i++)
	{
		const Segment *segment = &walk->segments[i];

		if (segment->clock == clock)
			amount = ratio_add(amount, clock->clause->has_cap ? segment->amount : segment->exact);
	}
	return ratio_round(amount, 2);
}

/*
 * covenant_internal.breach_cost(ledger, deal, with_capital, section, from_day,
 * to_day)
 */
COVENANT_FUNCTION(covenant_breach_cost);
Datum
covenant_breach_cost(PG_FUNCTION_ARGS)
{
	Answer		a;
	StoredBreach breach = {text_to_cstring(PG_GETARG_TEXT_PP(3)), PG_GETARG_DATEADT(4), PG_GETARG_DATEADT(5)};
	Ratio		amount = ratio_int(0);
	bool		of_buyers = false;
	const Clause *clause;
	Walk	   *walk = &a.walk;

	if (breach.to < breach.from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a breach ends before it begins"),
				 errdetail("It runs from %s to %s.", iso_day(breach.from), iso_day(breach.to))));
	begin_answer(&a, fcinfo, TO_CLOCKS);
	clause = clause_that_pays(walk, &breach, &of_buyers);
	if (clause == NULL)
		refuse_section(&breach);
	if (!of_buyers)
	{
		put_among_clocks(walk, &breach, clause);
		amount = cost_of_last(walk);
	}
	put_cost(&a, amount, breach.to);
	end_answer(&a);
	return (Datum) 0;
}

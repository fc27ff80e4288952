/*-------------------------------------------------------------------------
 *
 * stops.c
 *		What ends the clocks of a deal.
 *
 * A stop goes to the start that its ref names; else to one of its own subject,
 * else to the earliest that is open.  A filing whose subject nothing waits for
 * ends nothing, nor does one without a subject what waits for one.  A stop that
 * names a holder ends the clock for that holder alone.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/conditions.h"
#include "agreement/legends.h"

#include "miscadmin.h"

/* Refs and sections ------------------------------------------------------ */

/*
 * Does a ref name a clock?  A shortfall is named by any of its days, so that a
 * ref holds when a corrected price moves the first one.
 */
bool
tie_names(const Tie *tie, const Clock *clock)
{
	switch (tie->kind)
	{
		case TIE_EVENT:
			return clock->ref.kind == TIE_EVENT && clock->ref.event == tie->event;
		case TIE_MONTH_END:
			return clock->ref.kind == TIE_MONTH_END && clock->ref.day == tie->day;
		case TIE_SHORTFALL:
			return clock->spell != NULL && clock->spell->from_day <= tie->day && tie->day < clock->spell->to_day;
		case TIE_NONE:
			break;
	}
	return false;
}

/*
 * The section whose promise a clock is about: the one that was broken, where the
 * clause answers for others; else its own.
 */
const char *
promise_of(const Clock *clock)
{
	return clock->named == NULL ? clock->section : clock->named;
}

/*
 * Has a section clauses of its own?  What has no day by which it is due is none
 * in this respect, nor are the restrictions of capital raising: what breaks them
 * is a breach of their section for which that of the article answers (Sections
 * 4(e), 4(i), 4(j), 4(o)).
 */
static bool
has_clause(const Walk *walk, const char *section)
{
	for (int i = 0; i < walk->terms.duties[walk->terms.nduties]; i++)
	{
		const Clause *clause = walk->terms.clauses[i];

		if (clause->ends_on != W_LOCK_UP && clause->unit != UNIT_NONE && clause->unit != UNIT_PROMPTLY &&
			clause->unit != UNIT_CLOSING && strcmp(clause->section, section) == 0)
			return true;
	}
	return false;
}

/*
 * Does a section mean a clock?  The clause's own, or that of the promise for
 * whose breach the clause answers; without a ref a section that has clauses of
 * its own means these.
 */
bool
section_names(const Walk *walk, const char *section, const Clock *clock, bool tied)
{
	if (section == NULL || strcmp(section, clock->section) == 0)
		return true;
	return clock->named != NULL && strcmp(section, clock->named) == 0 && (tied || !has_clause(walk, section));
}

/* One clock -------------------------------------------------------------- */

static bool
is_debt(const Clock *clock)
{
	return clock->clause->remedy == REMEDY_INTEREST && !clock->derived && clock->start != NULL && clock->start->has_amount;
}

static bool
concerns(const Clock *clock, int holder)
{
	return clock->holder == NOBODY || holder == NOBODY || clock->holder == holder;
}

static void
stop_clock(Clock *clock, Fact *stop)
{
	DateADT    *done = stop->holder == NOBODY || stop->holder == clock->holder ? &clock->done_for_all :
		&clock->served[stop->holder];

	*done = Min(*done, stop->day);
	stop->used = true;
}

static bool
all_served(const Walk *walk, const Clock *clock)
{
	bool		any = false;

	for (int h = 0; h < walk->nholders; h++)
	{
		if (clock->concerned[h] && clock->served[h] == NO_DAY)
			return false;
		any |= clock->concerned[h];
	}
	return any;
}

static bool
is_open(const Walk *walk, const Clock *clock, const Fact *stop)
{
	if (clock->done_for_all != NO_DAY ||
		(clock->started_on > stop->day && clock->clause->starts_on != W_FILING_DUE))
		return false;
	if (stop->holder == NOBODY || stop->holder == clock->holder)
		return !all_served(walk, clock);
	return clock->served[stop->holder] == NO_DAY && (!clock->clause->to_each_holder || clock->concerned[stop->holder]);
}

/*
 * How well the subject of a stop without a ref suits a clock, 0 best; -1: not at
 * all.
 */
static int
subject_suits(const Clock *clock, const Fact *stop)
{
	const char *waits_for = clock->start == NULL ? NULL : clock->start->subject;
	Closing		tranche;

	if (stop->kind == W_TRANCHE_CLOSED && stop->subject != NULL && closing_named(stop->subject, &tranche))
		return strcmp(stop->subject, clock->duty) == 0 ? 0 : -1;	/* Section 4(l) */

	if (waits_for == NULL && stop->subject == NULL)
		return 0;
	if (waits_for != NULL && stop->subject != NULL)
		return strcmp(stop->subject, waits_for) == 0 ? 0 : -1;
	return stop->kind == W_FILED ? -1 : 4;
}

/*
 * The same of the whole stop: the very section that was broken goes before that
 * of the clause, its own holder before all.
 */
static int
suits(const Clock *clock, const Fact *stop)
{
	int			rank = subject_suits(clock, stop);

	if (rank < 0 || !concerns(clock, stop->holder))
		return -1;
	rank += stop->holder == clock->holder ? 0 : 1;
	if (clock->clause->starts_on == W_BREACH && stop->section != NULL &&
		(clock->named == NULL || strcmp(stop->section, clock->named) != 0))
	{
		if (strcmp(stop->section, clock->section) != 0)
			return -1;
		rank += 2;
	}
	return rank;
}

static bool
goes_before(const Clock *a, const Clock *b)
{
	if (a->started_on != b->started_on)
		return a->started_on < b->started_on;
	return a->ref.event < b->ref.event;
}

static bool
same_start(const Clock *a, const Clock *b)
{
	return a->ref.kind == b->ref.kind && a->ref.event == b->ref.event && a->ref.day == b->ref.day;
}

/* Lines ------------------------------------------------------------------ */

/* The clocks that a kind of stops ends. */
typedef struct Queue
{
	int			n;
	Clock	  **clocks;
} Queue;

typedef struct Queues
{
	Queue	   *duties;			/* for each kind */
	Queue	   *debts;
	Queue	   *states;			/* what lasts until it ends, such as a delisting */
} Queues;

static void
stand_in(Queue *queue, Clock *clock, int nclocks)
{
	if (queue->clocks == NULL)
		queue->clocks = palloc(nclocks * sizeof(Clock *));
	queue->clocks[queue->n++] = clock;
}

/*
 * What is broken from its start on, and is no breach to be cured, is a state:
 * its end ends it, however often it was said to have begun.  So is a legend.
 */
static bool
is_state(const Clock *clock)
{
	if (clock->clause->ends_on == W_LEGEND_REMOVED)
		return true;
	return clock->clause->unit == UNIT_NONE && clock->clause->starts_on != W_BREACH && clock->clause->remedy != REMEDY_NONE;
}

/*
 * What ends with another clock, or by itself, stands in no line.
 */
static void
find_queues(Walk *walk, Queues *queues)
{
	int			nkinds = Max(walk->agreement->nwords, 1);

	queues->duties = palloc0(nkinds * sizeof(Queue));
	queues->debts = palloc0(nkinds * sizeof(Queue));
	queues->states = palloc0(nkinds * sizeof(Queue));
	for (int i = 0; i < walk->nclocks; i++)
	{
		Clock	   *clock = &walk->clocks[i];

		if (clock->spell == NULL && !clock->derived)
			stand_in(&(is_debt(clock) ? queues->debts : is_state(clock) ? queues->states : queues->duties)[clock->clause->ends_on],
					 clock, walk->nclocks);
	}
}

static void
stop_tied(const Queue *duties, Fact *stop)
{
	for (int i = 0; i < duties->n; i++)
	{
		if (tie_names(&stop->tie, duties->clocks[i]) && concerns(duties->clocks[i], stop->holder))
			stop_clock(duties->clocks[i], stop);
	}
}

/*
 * One start is one place in line, however many clauses it starts.
 */
static void
stop_next(const Walk *walk, const Queue *duties, Fact *stop)
{
	Clock	   *best = NULL;
	int			best_rank = 0;

	for (int i = 0; i < duties->n; i++)
	{
		Clock	   *clock = duties->clocks[i];
		int			rank;

		if (clock->done_for_all != NO_DAY || (rank = suits(clock, stop)) < 0 || !is_open(walk, clock, stop))
			continue;
		if (best == NULL || rank < best_rank || (rank == best_rank && goes_before(clock, best)))
		{
			best = clock;
			best_rank = rank;
		}
	}
	for (int i = 0; best != NULL && i < duties->n; i++)
	{
		if (duties->clocks[i] != best && same_start(duties->clocks[i], best))
			stop_clock(duties->clocks[i], stop);
	}
	if (best != NULL)
		stop_clock(best, stop);
}

static void
stop_states(const Queue *states, Fact *stop)
{
	bool		about_certificate = is_about_certificate((const Clock *const *) states->clocks, states->n, stop);

	for (int i = 0; i < states->n; i++)
	{
		Clock	   *clock = states->clocks[i];

		if (clock->started_on <= stop->day && concerns(clock, stop->holder) &&
			(clock->clause->ends_on != W_LEGEND_REMOVED || removes_legend(clock, stop, about_certificate)))
			stop_clock(clock, stop);
	}
}

/*
 * What the agent is told besides the irrevocable instructions ends nothing, and
 * is not to (Section 5).
 */
static bool
ends_nothing(Fact *fact)
{
	if (fact->kind != W_AGENT_INSTRUCTED || is_irrevocable(fact->subject))
		return false;
	return fact->used = true;
}

/* Debts ------------------------------------------------------------------ */

static Ratio
owed_still(const Clock *debt)
{
	Ratio		owed = debt->start->amount;

	for (int i = 0; i < debt->npaid; i++)
		owed = ratio_subtract(owed, debt->paid[i].amount);
	return owed;
}

static void
pay_debt(Clock *debt, DateADT day, Ratio amount)
{
	debt->paid = debt->paid == NULL ? palloc(sizeof(PartPaid)) :
		repalloc_huge(debt->paid, (debt->npaid + 1) * sizeof(PartPaid));
	debt->paid[debt->npaid++] = (PartPaid) {day, amount};
}

/*
 * The debt that is next in line for a payment of expenses: the payer's own
 * before nobody's.
 */
static Clock *
next_debt(const Queue *debts, const Fact *stop)
{
	Clock	   *best = NULL;

	for (int i = 0; i < debts->n; i++)
	{
		Clock	   *debt = debts->clocks[i];
		bool		own = debt->holder == stop->holder;

		if (debt->done_for_all != NO_DAY || !concerns(debt, stop->holder) ||
			(stop->tie.kind != TIE_NONE ? !tie_names(&stop->tie, debt) : debt->started_on > stop->day))
			continue;
		if (best == NULL || (own && best->holder != stop->holder) ||
			(own == (best->holder == stop->holder) && goes_before(debt, best)))
			best = debt;
	}
	return best;
}

/*
 * Expenses paid with an amount pay in line, in part and in full; without one
 * they pay one in full.
 */
static void
pay_debts(const Queue *debts, Fact *stop)
{
	Ratio		remaining = stop->amount;
	Clock	   *debt;

	while ((debt = next_debt(debts, stop)) != NULL)
	{
		Ratio		owed = owed_still(debt);

		stop->used = true;
		if (stop->has_amount && ratio_compare(remaining, owed) < 0)
		{
			pay_debt(debt, stop->day, remaining);
			return;
		}
		pay_debt(debt, stop->day, owed);
		debt->done_for_all = stop->day;
		remaining = ratio_subtract(remaining, owed);
		if (!stop->has_amount || ratio_is_zero(remaining))
			return;
	}
}

/* Shortfalls ------------------------------------------------------------- */

/*
 * A shortfall ends by itself or, where it is read so, by the approval that
 * comes while it lasts.
 */
static void
stop_shortfall(Walk *walk, Clock *clock)
{
	const FactList *stops = &walk->of_kind[clock->clause->ends_on];

	clock->done_for_all = clock->spell->to_day;
	for (int i = 0; i < stops->n && !clock->derived; i++)
	{
		Fact	   *fact = stops->facts[i];

		if (fact->tie.kind != TIE_NONE ? !tie_names(&fact->tie, clock) :
			fact->day < clock->started_on || fact->day >= clock->spell->to_day)
			continue;
		if (clock->reading->restored_only && clock->clause->starts_on == W_SHORTFALL)
			fact->used = true;	/* it is about this one, and ends nothing */
		else
			stop_clock(clock, fact);
	}
}

/*
 * What names its start leaves the line to the others; debts are paid as the
 * payments come.
 */
void
stop_clocks(Walk *walk)
{
	Queues		queues;

	for (int i = 0; i < walk->nclocks; i++)
	{
		if (walk->clocks[i].spell != NULL)
			stop_shortfall(walk, &walk->clocks[i]);
	}
	find_queues(walk, &queues);
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];

		if (fact->kind != NO_WORD && fact->tie.kind != TIE_NONE && !ends_nothing(fact))
		{
			stop_tied(&queues.duties[fact->kind], fact);
			stop_tied(&queues.states[fact->kind], fact);
		}
	}
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];

		CHECK_FOR_INTERRUPTS();
		if (fact->kind == NO_WORD || ends_nothing(fact))
			continue;
		if (fact->tie.kind == TIE_NONE)
		{
			stop_next(walk, &queues.duties[fact->kind], fact);
			stop_states(&queues.states[fact->kind], fact);
		}
		pay_debts(&queues.debts[fact->kind], fact);
	}
}

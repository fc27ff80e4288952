/*-------------------------------------------------------------------------
 *
 * starts.c
 *		What starts the clocks of a deal.
 *
 * A clock runs by the clause in force on the day of its start, and is read as
 * adopted for that day.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "agreement/kinds.h"
#include "agreement/legends.h"
#include "agreement/proceeds.h"
#include "utils/datetime.h"

/*
 * A clock that starts on a day; NULL where nothing was adopted by then.
 */
Clock *
new_clock(Walk *walk, const Clause *clause, DateADT started_on)
{
	const Reading *reading = reading_on(&walk->terms, started_on);
	Clock	   *clock;

	if (reading == NULL)
		return NULL;
	if (walk->nclocks == walk->clocks_size)
	{
		walk->clocks_size = Max(32, 2 * walk->clocks_size);
		walk->clocks = walk->clocks == NULL ? palloc(walk->clocks_size * sizeof(Clock)) :
			repalloc_huge(walk->clocks, walk->clocks_size * sizeof(Clock));
	}
	clock = &walk->clocks[walk->nclocks++];
	*clock = (Clock) {.clause = clause, .reading = reading, .section = clause->section, .duty = clause->duty,
		.remedy = clause->remedy, .by_buyers = clause->by_buyers, .holder = NOBODY, .started_on = started_on,
		.clock_from = started_on, .due_on = NO_DAY, .done_for_all = NO_DAY, .done_on = NO_DAY,
	.broken_from = NO_DAY, .accrues_from = NO_DAY};
	clock->served = palloc(Max(walk->nholders, 1) * sizeof(DateADT));
	clock->concerned = palloc0(Max(walk->nholders, 1) * sizeof(bool));
	clock->waivers = palloc0(Max(walk->nholders, 1) * sizeof(bool));
	for (int h = 0; h < walk->nholders; h++)
		clock->served[h] = NO_DAY;
	return clock;
}

/*
 * Who held something on the day of the start; of what concerns one alone, that one.
 */
void
find_concerned(const Walk *walk, Clock *clock)
{
	for (int h = 0; h < walk->nholders; h++)
		clock->concerned[h] = clock->holder == NOBODY ?
			holds_something(balance_on(&walk->all.of_holder[h], clock->started_on)) : clock->holder == h;
}

/* Facts ------------------------------------------------------------------ */

/*
 * The clause that answers for the breach of a section: that of the section
 * itself that starts on a breach, else that of its article (Sections 3(z),
 * 4(o)), which is never one that the buyers owe.  Where the buyers alone owe
 * what is broken, also their clause.
 */
const Clause *
clause_for_breach(const Walk *walk, const char *section, DateADT day, const Clause **buyers)
{
	const Clause *own = NULL;
	const Clause *of_article = NULL;
	bool		company_owes = false;

	*buyers = NULL;
	for (int d = 0; d < walk->terms.nduties; d++)
	{
		const Clause *clause = clause_on(&walk->terms, d, day);
		bool		same = clause != NULL && strcmp(clause->section, section) == 0;

		if (same && clause->by_buyers && *buyers == NULL)
			*buyers = clause;
		company_owes |= same && !clause->by_buyers;
		if (clause == NULL || clause->starts_on != W_BREACH)
			continue;
		if (same && own == NULL)
			own = clause;
		if (of_article == NULL && !clause->by_buyers && same_article(clause->section, section))
			of_article = clause;
	}
	if (company_owes)
		*buyers = NULL;
	return own != NULL ? own : of_article;
}

static bool
subject_begins(const Fact *fact, const Clause *clause)
{
	for (int i = 0; i < clause->nsubjects && fact->subject != NULL; i++)
	{
		if (strncmp(fact->subject, clause->subjects[i].data, clause->subjects[i].len) == 0)
			return true;
	}
	return clause->nsubjects == 0;
}

const Fact *
first_closing(const Walk *walk)
{
	const FactList *closings = &walk->of_kind[W_CLOSING];

	return closings->n == 0 ? NULL : closings->facts[0];
}

/*
 * "The date hereof": the earliest signing, without one the earliest closing
 * (Sections 4(m), 4(n)).
 */
static const Fact *
date_hereof(const Walk *walk)
{
	const FactList *signings = &walk->of_kind[W_SIGNING];

	return signings->n == 0 ? first_closing(walk) : signings->facts[0];
}

/*
 * The section that a fact says to be broken, or that what it says breaks; NULL:
 * none.
 */
static const char *
breaks(const Fact *fact)
{
	if (fact->kind == W_BREACH)
		return fact->section;
	if (fact->kind == W_AGENT_INSTRUCTED && is_other_instruction(fact->subject))
		return "5";
	return fact->misuse ? "4(d)" : NULL;
}

static void
start_by_fact(Walk *walk, Fact *fact, const Clause *clause)
{
	const Clause *buyers = NULL;
	Clock	   *clock;

	if (clause->starts_on == W_BREACH &&
		(breaks(fact) == NULL || clause_for_breach(walk, breaks(fact), fact->day, &buyers) != clause))
		return;
	clock = new_clock(walk, clause, fact->day);
	if (clock == NULL)
		return;
	clock->ref = (Tie) {TIE_EVENT, fact->id};
	clock->start = fact;
	clock->holder = fact->holder;
	clock->named = clause->starts_on == W_BREACH ? breaks(fact) : NULL;
	if (buyers != NULL)
	{
		/* theirs, and nobody pays for it but they */
		clock->section = buyers->section;
		clock->by_buyers = true;
		clock->remedy = REMEDY_NONE;
	}
	find_concerned(walk, clock);
}

bool
ever_starts_on(const Terms *terms, int duty, int kind)
{
	for (int i = terms->duties[duty]; i < terms->duties[duty + 1]; i++)
	{
		if (terms->clauses[i]->starts_on == kind)
			return true;
	}
	return false;
}

/*
 * What may be the breach of a section: said to be one, or by what it is.
 */
static const int breaking[] = {W_BREACH, W_PROCEEDS_USED, W_AGENT_INSTRUCTED};

static bool
may_break(int kind)
{
	for (int i = 0; i < lengthof(breaking); i++)
	{
		if (breaking[i] == kind)
			return true;
	}
	return false;
}

/*
 * Does a fact start what starts on a kind?
 */
static bool
is_start(const Fact *fact, int kind, const Fact *hereof)
{
	return kind == W_SIGNING ? fact == hereof : kind == W_BREACH ? may_break(fact->kind) : fact->kind == kind;
}

/*
 * Is there a fact by which some version of a duty's clause starts?
 */
static bool
is_ever_started(const Walk *walk, int duty, const Fact *hereof)
{
	int			n = 0;

	for (int i = walk->terms.duties[duty]; i < walk->terms.duties[duty + 1]; i++)
	{
		int			kind = walk->terms.clauses[i]->starts_on;

		n += kind == W_SIGNING ? hereof != NULL : walk->of_kind[kind].n;
		for (int b = 0; b < lengthof(breaking) && kind == W_BREACH; b++)
			n += walk->of_kind[breaking[b]].n;
	}
	return n > 0;
}

static void
start_by_facts(Walk *walk, int duty, const Fact *hereof)
{
	int			first = walk->terms.duties[duty];
	int			next = walk->terms.duties[duty + 1];

	if (!is_ever_started(walk, duty, hereof))
		return;
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];
		const Clause *clause;
		bool		starts = false;

		for (int v = first; v < next && !starts; v++)
			starts = is_start(fact, walk->terms.clauses[v]->starts_on, hereof);
		if (!starts)
			continue;
		clause = clause_on(&walk->terms, duty, fact->day);
		if (clause != NULL && is_start(fact, clause->starts_on, hereof) && subject_begins(fact, clause) &&
			(clause->ends_on != W_LOCK_UP || fact == first_closing(walk)))
			start_by_fact(walk, fact, clause);
	}
}

/* Month ends ------------------------------------------------------------- */

/*
 * The end of the month that is so many months after a day's.
 */
DateADT
month_end_after(DateADT day, int months)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	month += months;			/* of the next one the first day, less one */
	return date2j(year + month / 12, month % 12 + 1, 1) - POSTGRES_EPOCH_JDATE - 1;
}

/*
 * Month ends from the closing on, while there is something to list.
 */
static void
start_by_month_ends(Walk *walk, int duty)
{
	const Fact *closing = first_closing(walk);
	DateADT		day;

	if (closing == NULL || !ever_starts_on(&walk->terms, duty, W_MONTH_END))
		return;
	for (int n = 0; (day = month_end_after(closing->day, n)) <= walk->as_of; n++)
	{
		const Clause *clause = clause_on(&walk->terms, duty, day);
		Clock	   *clock;

		if (clause == NULL || clause->starts_on != W_MONTH_END || !holds_something(balance_on(&walk->all.total, day)) ||
			(clock = new_clock(walk, clause, day)) == NULL)
			continue;
		clock->ref = (Tie) {TIE_MONTH_END, 0, day};
		find_concerned(walk, clock);
	}
}

/* Shortfalls ------------------------------------------------------------- */

static Clock *
start_by_spell(Walk *walk, const Clause *clause, const Spell *spell)
{
	Clock	   *clock = new_clock(walk, clause, spell->from_day);

	if (clock == NULL)
		return NULL;
	clock->ref = (Tie) {TIE_SHORTFALL, 0, spell->from_day};
	clock->spell = spell;
	clock->clock_from = spell->clock_from;
	find_concerned(walk, clock);
	return clock;
}

static void
start_by_spells(Walk *walk, int duty)
{
	for (int i = 0; i < walk->nspells; i++)
	{
		const Spell *spell = &walk->spells[i];
		const Clause *clause = clause_on(&walk->terms, duty, spell->from_day);

		if (clause != NULL && clause->starts_on == W_SHORTFALL &&
			(spell->reading->board_curable != BOARD_FROM_SHORTFALL || spell->vote_day != NO_DAY))
			start_by_spell(walk, clause, spell);
	}
}

/*
 * A shortfall that the board alone cannot cure has the company call a meeting
 * (Section 4(h), fourth sentence), from the day on which a vote is needed.
 */
static void
start_by_votes(Walk *walk, int duty)
{
	for (int i = 0; i < walk->nshortfalls && ever_starts_on(&walk->terms, duty, W_VOTE_NEEDED); i++)
	{
		const Spell *spell = &walk->shortfalls[i];
		const Clause *clause = spell->vote_day == NO_DAY ? NULL : clause_on(&walk->terms, duty, spell->vote_day);
		Clock	   *clock;

		if (clause == NULL || clause->starts_on != W_VOTE_NEEDED || (clock = new_clock(walk, clause, spell->vote_day)) == NULL)
			continue;
		clock->ref = (Tie) {TIE_SHORTFALL, 0, spell->from_day};
		clock->spell = spell;
		find_concerned(walk, clock);
	}
}

/*
 * A shortfall may be read as a breach itself, of the third sentence of Section
 * 4(h), for which Section 4(o) answers beside the limb of the thirty days.
 */
static void
start_at_once(Walk *walk)
{
	for (int i = 0; i < walk->nshortfalls; i++)
	{
		const Spell *spell = &walk->shortfalls[i];
		const Clause *limb = NULL;
		const Clause *answers;
		const Clause *buyers;
		Clock	   *clock;

		for (int d = 0; d < walk->terms.nduties && limb == NULL; d++)
		{
			limb = clause_on(&walk->terms, d, spell->from_day);
			if (limb != NULL && limb->starts_on != W_SHORTFALL)
				limb = NULL;
		}
		if (limb == NULL || spell->reading == NULL || !spell->reading->short_at_once ||
			(answers = clause_for_breach(walk, limb->section, spell->from_day, &buyers)) == NULL ||
			(clock = start_by_spell(walk, answers, spell)) == NULL)
			continue;
		clock->named = limb->section;
		clock->derived = true;
	}
}

void
start_clocks(Walk *walk)
{
	const Fact *hereof = date_hereof(walk);

	find_misuses(walk);
	for (int duty = 0; duty < walk->terms.nduties; duty++)
	{
		start_by_facts(walk, duty, hereof);
		start_by_month_ends(walk, duty);
		start_by_spells(walk, duty);
		start_by_votes(walk, duty);
	}
	start_at_once(walk);
}

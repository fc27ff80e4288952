/*-------------------------------------------------------------------------
 *
 * spells.c
 *		The shortfalls of a deal, and on which of their days the thirty days run.
 *
 * A shortfall is a stretch of days at whose end the Authorized and Reserved
 * Shares are below the Reserved Amount (Section 4(h)).  What the board alone
 * can cure may be excluded from the thirty days; then only those days are a
 * spell on which a vote is needed.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "guard/judge.h"

static Balances
balances_at(const Walk *walk, int i)
{
	const DayBalance *day = &walk->timeline.days[i];

	return balances_on_record(&day->balance, walk->has_capital && !day->capital_unknown);
}

static bool
is_short(const Walk *walk, int i)
{
	Balances	b = balances_at(walk, i);

	return slack_of(&b) < 0;
}

/*
 * Could a shortfall of that day not be cured by the board alone?
 */
static bool
needs_vote(const Walk *walk, int i)
{
	Balances	b = balances_at(walk, i);

	return !b.counts_authorized || available_of(&b) < required_of(&b);
}

/*
 * Authorized and Reserved Shares at the end of a day; 0 before the books begin.
 */
int128
counted_on(const Walk *walk, DateADT day)
{
	int			i = walk->timeline.ndays;
	Balances	b;

	while (i > 0 && walk->timeline.days[i - 1].day > day)
		i--;
	if (i == 0)
		return 0;
	b = balances_at(walk, i - 1);
	return counted_of(&b);
}

/*
 * Did something other than a price narrow a shortfall on that day: more in
 * reserve or in the capital, or less that the reserve is for?
 */
static bool
was_cured(const Walk *walk, int i)
{
	Balances	before = balances_at(walk, i - 1);
	Balances	after = balances_at(walk, i);
	Sum			principal = walk->timeline.days[i].balance.principal;
	Sum			multiple = walk->timeline.days[i].balance.multiple;

	sum_add(&principal, &walk->timeline.days[i - 1].balance.principal, -1);
	sum_add(&multiple, &walk->timeline.days[i - 1].balance.multiple, -1);
	return counted_of(&after) > counted_of(&before) ||
		(before.counts_authorized && after.counts_authorized && available_of(&after) > available_of(&before)) ||
		sum_sign(&principal) < 0 || sum_sign(&multiple) < 0 ||
		after.shares[WARRANT_SHARES] < before.shares[WARRANT_SHARES] ||
		after.shares[MINIMUM] < before.shares[MINIMUM];
}

static bool
approved_between(const Walk *walk, DateADT from, DateADT to)
{
	const FactList *approvals = &walk->of_kind[W_APPROVAL];

	for (int i = 0; i < approvals->n; i++)
	{
		if (approvals->facts[i]->day >= from && approvals->facts[i]->day <= to)
			return true;
	}
	return false;
}

/*
 * The thirty days of a spell run from its first day; where a recovery by the
 * price alone does not restart them, from that of the spell before, unless the
 * shareholders have approved since.
 */
static void
count_from(Walk *walk, Spell *spell)
{
	const Spell *before = spell == walk->spells ? NULL : spell - 1;

	spell->clock_from = spell->from_day;
	if (before != NULL && spell->reading->recovery_continues && !before->cured &&
		(spell->reading->restored_only || !approved_between(walk, before->from_day, spell->from_day)))
		spell->clock_from = before->clock_from;
}

/*
 * Goes on with a list of spells at a day of the timeline, which is or is not
 * one of theirs; the spell that begins, if one does.
 */
static Spell *
spell_day(const Walk *walk, Spell *spells, int *n, int i, bool in_spell)
{
	Spell	   *last = *n == 0 ? NULL : &spells[*n - 1];
	bool		open = last != NULL && last->to_day == NO_DAY;
	Spell	   *begun = NULL;

	if (in_spell && !open)
	{
		last = begun = &spells[(*n)++];
		*begun = (Spell) {.from_day = walk->timeline.days[i].day, .to_day = NO_DAY, .vote_day = NO_DAY};
		begun->clock_from = begun->from_day;
	}
	if (in_spell && last->vote_day == NO_DAY && needs_vote(walk, i))
		last->vote_day = walk->timeline.days[i].day;
	if (!in_spell && open)
	{
		last->to_day = walk->timeline.days[i].day;
		last->cured = was_cured(walk, i);
	}
	return begun;
}

void
find_spells(Walk *walk)
{
	int			n = walk->timeline.ndays;

	walk->shortfalls = palloc(Max(n, 1) * sizeof(Spell));
	walk->spells = palloc(Max(n, 1) * sizeof(Spell));
	walk->nshortfalls = walk->nspells = 0;
	for (int i = 0; i < n; i++)
	{
		bool		short_then = is_short(walk, i);
		Spell	   *begun = spell_day(walk, walk->shortfalls, &walk->nshortfalls, i, short_then);
		const Reading *reading;

		if (begun != NULL)
			begun->reading = reading_on(&walk->terms, begun->from_day);
		/* on which days the thirty run is read as adopted for the shortfall's first */
		reading = walk->nshortfalls == 0 ? NULL : walk->shortfalls[walk->nshortfalls - 1].reading;
		if (reading == NULL)
			continue;
		begun = spell_day(walk, walk->spells, &walk->nspells, i, short_then &&
						  (reading->board_curable != BOARD_EXCLUDED || needs_vote(walk, i)));
		if (begun != NULL)
		{
			begun->reading = reading_on(&walk->terms, begun->from_day);
			count_from(walk, begun);
		}
	}
}

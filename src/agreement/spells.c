/*-------------------------------------------------------------------------
 *
 * spells.c
 *		What the timeline of a deal says to its clocks: shortfalls, and who held
 *		something when.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

#include "guard/judge.h"

/*
 * The place in the timeline of the balances at the end of a day; -1: before.
 */
int
balance_on(const Walk *walk, DateADT day)
{
	int			low = 0,
				high = walk->timeline.ndays;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (walk->timeline.days[middle].day <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

static bool
has_something(const DayBalance *h)
{
	return sum_sign(&h->balance.principal) > 0 || h->balance.shares[WARRANT_SHARES] > 0;
}

/*
 * Had a holder notes or warrants on some day from one up to another, itself
 * not counted?
 */
bool
held_between(const Walk *walk, const char *holder, DateADT from, DateADT to)
{
	const Timeline *t = &walk->timeline;

	for (int i = 0; i < t->nholdings; i++)
	{
		const DayBalance *h = &t->holdings[i];
		bool		is_last = i + 1 == t->nholdings || !bytes_equal(h->holder, t->holdings[i + 1].holder);
		DateADT		until = is_last ? NO_DAY : t->holdings[i + 1].day;

		if (h->holder.len == (int) strlen(holder) && memcmp(h->holder.data, holder, h->holder.len) == 0 &&
			h->day < to && until > from && has_something(h))
			return true;
	}
	return false;
}

bool
held_on(const Walk *walk, const char *holder, DateADT day)
{
	return held_between(walk, holder, day, day + 1);
}

static Balances
balances_at(const Walk *walk, int i)
{
	const Change *change = &walk->timeline.days[i].balance;
	Balances	b = {.counts_authorized = walk->has_capital && !walk->timeline.days[i].capital_unknown};

	b.multiple = change->multiple.fast;
	(void) decimal_add(&b.multiple, (Decimal) {.value = 2});
	memcpy(b.shares, change->shares, sizeof(b.shares));
	return b;
}

static bool
is_short(const Walk *walk, int i)
{
	Balances	b = balances_at(walk, i);

	return slack_of(&b) < 0;
}

/*
 * Can a shortfall of that day not be cured by the board alone?
 */
static bool
needs_vote(const Walk *walk, int i)
{
	Balances	b = balances_at(walk, i);

	return !b.counts_authorized || available_of(&b) < required_of(&b);
}

/*
 * Did a shortfall end on that day by more than a price: by more in reserve, or
 * by less that the reserve is for?
 */
static bool
was_cured(const Walk *walk, int i)
{
	Balances	before = balances_at(walk, i - 1);
	Balances	after = balances_at(walk, i);
	Sum			principal = walk->timeline.days[i].balance.principal;

	sum_add(&principal, &walk->timeline.days[i - 1].balance.principal, -1);
	return counted_of(&after) > counted_of(&before) || sum_sign(&principal) < 0 ||
		after.shares[WARRANT_SHARES] < before.shares[WARRANT_SHARES] ||
		after.shares[MINIMUM] < before.shares[MINIMUM];
}

static bool
approved_between(const Walk *walk, DateADT from, DateADT to)
{
	for (int i = 0; i < walk->nevents; i++)
	{
		const Event *e = &walk->events[i];

		if (strcmp(e->kind, "shareholder_approval") == 0 && e->day > from && e->day <= to)
			return true;
	}
	return false;
}

/*
 * The thirty days of a spell run from its first day, or where a recovery by
 * the price alone does not restart them from that of the spell before, unless
 * the shareholders have approved since.
 */
static void
count_from(Walk *walk, Spell *spell, const Reading *reading)
{
	const Spell *before = spell == walk->spells ? NULL : spell - 1;

	spell->clock_from = spell->from_day;
	if (before != NULL && strcmp(reading->recovery, "continues") == 0 && !before->cured &&
		!approved_between(walk, before->from_day - 1, spell->from_day))
		spell->clock_from = before->clock_from;
}

/*
 * The spells of shortfall: counted below required, and where what the board
 * can cure is excluded, more than that.
 */
void
find_spells(Walk *walk)
{
	const Timeline *t = &walk->timeline;
	Spell	   *open = NULL;

	walk->spells = palloc0(Max(t->ndays, 1) * sizeof(Spell));
	for (int i = 0; i < t->ndays; i++)
	{
		DateADT		day = t->days[i].day;
		const Reading *reading = reading_in_force(walk, open == NULL ? day : open->from_day);
		bool		in_spell = reading != NULL && is_short(walk, i) &&
			(strcmp(reading->board_curable, "excluded") != 0 || needs_vote(walk, i));

		if (in_spell && open == NULL)
		{
			open = &walk->spells[walk->nspells++];
			*open = (Spell) {.from_day = day, .to_day = NO_DAY, .vote_day = NO_DAY};
			count_from(walk, open, reading);
		}
		if (in_spell && open->vote_day == NO_DAY && needs_vote(walk, i))
			open->vote_day = day;
		if (!in_spell && open != NULL)
		{
			open->to_day = day;
			open->cured = was_cured(walk, i);
			open = NULL;
		}
	}
}

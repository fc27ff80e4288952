/*-------------------------------------------------------------------------
 *
 * claims.c
 *		Each holder's days of each breach.
 *
 * What was stopped or waived towards a holder is that holder's alone.  Where
 * simultaneous breaches cost once in all, a day belongs to the breach that
 * began first; the months and the interest are then those of all days without
 * a gap.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "miscadmin.h"

static Claim *
new_claim(Walk *walk, const Clock *clock, int holder, DateADT from, DateADT to)
{
	if (walk->nclaims == walk->claims_size)
	{
		walk->claims_size = Max(64, 2 * walk->claims_size);
		walk->claims = walk->claims == NULL ? palloc(walk->claims_size * sizeof(Claim)) :
			repalloc_huge(walk->claims, walk->claims_size * sizeof(Claim));
	}
	walk->claims[walk->nclaims] = (Claim) {clock, holder, from, to, from, to, from == clock->accrues_from};
	return &walk->claims[walk->nclaims++];
}

/*
 * Whose notes the damages of a clock are taken of (Section 2(f)).
 */
Base
base_of(const Clock *clock)
{
	Base		base = clock->clause->base != BASE_AS_READ ? clock->clause->base : clock->reading->base;

	if (base == BASE_AFFECTED_NOTES &&
		(clock->clause->starts_on != W_OPINION || clock->start == NULL || !clock->start->has_amount))
		return BASE_OWN_NOTES;
	return base;
}

/* Days that are taken away ------------------------------------------------ */

/*
 * Takes days away from the claims from first on, all of one clock and holder;
 * one that has days before and after becomes two.
 */
static void
take_days(Walk *walk, int first, DateADT from, DateADT to)
{
	int			n = walk->nclaims;

	for (int i = first; i < n; i++)
	{
		Claim	   *claim = &walk->claims[i];
		Claim		before = *claim;

		if (from >= claim->to || to <= claim->from || claim->from >= claim->to)
			continue;
		claim->from = Max(to, before.from);
		claim->begins = before.begins && claim->from == before.from;
		if (before.from < from)
		{
			Claim		rest = *claim;

			*claim = before;
			claim->to = from;
			if (rest.from < rest.to)
				*new_claim(walk, before.clock, before.holder, rest.from, rest.to) = rest;
		}
	}
}

/*
 * The claims from first on, all of one clock and holder, end where the last of
 * them does: then the interest is added.
 */
static void
find_end(Walk *walk, int first)
{
	DateADT		end = DATEVAL_NOBEGIN;

	for (int i = first; i < walk->nclaims; i++)
	{
		if (walk->claims[i].from < walk->claims[i].to)
			end = Max(end, walk->claims[i].to);
	}
	for (int i = first; i < walk->nclaims; i++)
		walk->claims[i].run_to = end;
}

/*
 * The days of which a holder has waived the damages.
 */
static void
take_waived_days(Walk *walk, const Clock *clock, int holder, int first)
{
	const FactList *waivers = &walk->of_kind[W_WAIVER];

	for (int i = 0; i < waivers->n; i++)
	{
		Fact	   *waiver = waivers->facts[i];

		if (waiver->holder != holder || !waiver->for_days || waiver->has_amount ||
			!waiver_names(walk, waiver, clock))
			continue;
		for (int c = first; c < walk->nclaims; c++)
			waiver->used |= waiver->from_day < walk->claims[c].to && waiver->to_day > walk->claims[c].from;
		take_days(walk, first, waiver->from_day, waiver->to_day);
	}
	find_end(walk, first);
}

/* Claims ----------------------------------------------------------------- */

static bool
was_buyer(const Walk *walk, int holder)
{
	const Line *line = &walk->all.of_holder[holder];

	for (int i = 0; i < line->n; i++)
	{
		if (ratio_sign(line->balances[i].principal) > 0)
			return true;
	}
	return false;
}

/*
 * The days that a breach costs towards a holder: from when it costs up to its
 * stop, for whom it was not stopped in time.
 */
static void
claim_days(Walk *walk, const Clock *clock, int holder)
{
	DateADT		done = stopped_for(walk, clock, holder);
	DateADT		to = done == NO_DAY ? walk->as_of : end_of_days(clock, done);
	int			first = walk->nclaims;

	if ((done != NO_DAY && to <= clock->broken_from) || clock->accrues_from >= to)
		return;
	(void) new_claim(walk, clock, holder, clock->accrues_from, to);
	if (holder != NOBODY)
		take_waived_days(walk, clock, holder, first);
}

static bool
has_amounts(const Walk *walk, const Clock *clock)
{
	return (clock->remedy == REMEDY_DAMAGES || clock->remedy == REMEDY_PER_DAY || clock->remedy == REMEDY_INTEREST) &&
		!clock->by_buyers && !clock->waived && clock->broken_from <= walk->as_of;
}

static void
claim_clock(Walk *walk, const Clock *clock)
{
	if (!has_amounts(walk, clock))
		return;
	if (clock->remedy == REMEDY_INTEREST)
	{
		if (clock->start != NULL && clock->start->has_amount &&
			(clock->holder == NOBODY || !clock->waivers[clock->holder]))
			claim_days(walk, clock, clock->holder);
		return;
	}
	for (int h = 0; h < walk->nholders; h++)
	{
		if ((clock->holder == NOBODY || clock->holder == h) && !clock->waivers[h] && was_buyer(walk, h))
			claim_days(walk, clock, h);
	}
}

/* Stacking --------------------------------------------------------------- */

static int
ref_cmp(const Clock *a, const Clock *b)
{
	if (a->ref.event != b->ref.event)
		return a->ref.event < b->ref.event ? -1 : 1;
	return (a->ref.day > b->ref.day) - (a->ref.day < b->ref.day);
}

/*
 * By holder; of one, which breach began first.
 */
static int
begun_cmp(const void *left, const void *right)
{
	const Claim *a = left;
	const Claim *b = right;

	if (a->holder != b->holder)
		return a->holder < b->holder ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->clock->clause->ord != b->clock->clause->ord)
		return a->clock->clause->ord < b->clock->clause->ord ? -1 : 1;
	return ref_cmp(a->clock, b->clock);
}

static bool
costs_once(const Claim *claim)
{
	return claim->clock->remedy == REMEDY_DAMAGES && claim->clock->reading->stacking == STACKING_ONE;
}

/*
 * The claims from first to next, of one holder, run into one another: gives
 * them the end that they have in common.
 */
static void
end_run(Claim *claims, int first, int next, DateADT end)
{
	for (int i = first; i < next; i++)
	{
		if (costs_once(&claims[i]))
			claims[i].run_to = end;
	}
}

static void
cost_once(Walk *walk)
{
	Claim	   *claims = walk->claims;
	int			run = 0;		/* the first claim of it */
	DateADT		end = DATEVAL_NOBEGIN;
	DateADT		begin = DATEVAL_NOBEGIN;

	for (int i = 0; i < walk->nclaims; i++)
	{
		Claim	   *claim = &claims[i];
		DateADT		from = claim->from;

		if (i > 0 && claim->holder != claims[i - 1].holder)
		{
			end_run(claims, run, i, end);
			run = i;
			end = DATEVAL_NOBEGIN;
		}
		if (!costs_once(claim))
			continue;
		if (from > end)
		{
			end_run(claims, run, i, end);
			run = i;
			begin = from;
		}
		claim->from = Max(from, end);
		claim->begins &= claim->from == from;
		claim->run_from = begin;
		end = Max(end, claim->to);
	}
	end_run(claims, run, walk->nclaims, end);
}

/*
 * Takes the days of the limbs for the section that was broken away from the
 * claims from first up to next, all of one clock and holder; what is left of
 * them stands behind all others.
 */
static void
leave_to_limbs(Walk *walk, int first, int next, int n)
{
	const Clock *clock = walk->claims[first].clock;
	int			holder = walk->claims[first].holder;
	int			pieces = walk->nclaims;

	for (int i = first; i < next; i++)
	{
		Claim		whole = walk->claims[i];

		*new_claim(walk, clock, holder, whole.from, whole.to) = whole;
		walk->claims[i].to = walk->claims[i].from;
	}
	for (int i = 0; i < n; i++)
	{
		const Claim *other = &walk->claims[i];

		if (other->clock->clause->starts_on != W_BREACH && strcmp(other->clock->section, clock->named) == 0 &&
			(other->holder == holder || other->holder == NOBODY))
			take_days(walk, pieces, other->from, other->to);
	}
	find_end(walk, pieces);
}

/*
 * A limb of its own takes the place of the clause that answers for all else
 * (Sections 3(z), 4(o)), on the days on which it costs.
 */
static void
prefer_specific(Walk *walk)
{
	int			n = walk->nclaims;

	for (int first = 0, next; first < n; first = next)
	{
		const Clock *clock = walk->claims[first].clock;

		for (next = first + 1; next < n && walk->claims[next].clock == clock &&
			 walk->claims[next].holder == walk->claims[first].holder;)
			next++;
		if (clock->reading->stacking == STACKING_SPECIFIC && clock->clause->starts_on == W_BREACH && clock->named != NULL)
			leave_to_limbs(walk, first, next, n);
	}
}

void
find_claims(Walk *walk)
{
	int			kept = 0;
	bool		once = false;

	walk->nclaims = 0;
	for (int i = 0; i < walk->nclocks; i++)
	{
		CHECK_FOR_INTERRUPTS();
		claim_clock(walk, &walk->clocks[i]);
	}
	prefer_specific(walk);
	for (int i = 0; i < walk->nclaims; i++)
		once |= costs_once(&walk->claims[i]);
	if (once)
	{
		qsort(walk->claims, walk->nclaims, sizeof(Claim), begun_cmp);
		cost_once(walk);
	}
	for (int i = 0; i < walk->nclaims; i++)
	{
		if (walk->claims[i].from < walk->claims[i].to)
			walk->claims[kept++] = walk->claims[i];
	}
	walk->nclaims = kept;
}

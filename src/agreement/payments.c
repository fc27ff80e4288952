/*-------------------------------------------------------------------------
 *
 * payments.c
 *		What was paid, to whom, and of what.
 *
 * One to nobody in particular is parted by principal, after the last note by
 * what it last was; what is paid on nobody's invoice stays together.  A payment
 * goes to the breach that its ref names, else, or where nothing is owed for
 * that, to what is owed longest; what is too much stays with the last row as a
 * negative balance.  A waiver with an
 * amount goes the same way.  What was paid in shares keeps its shares.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "miscadmin.h"

/* To whom ---------------------------------------------------------------- */

static void
add_payment(Walk *walk, int *size, Payment payment)
{
	if (walk->npayments == *size)
	{
		*size = Max(32, 2 * *size);
		walk->payments = walk->payments == NULL ? palloc(*size * sizeof(Payment)) :
			repalloc_huge(walk->payments, *size * sizeof(Payment));
	}
	walk->payments[walk->npayments++] = payment;
}

/*
 * The decimals of an amount of money, two at least.
 */
int
decimals_of(Ratio amount)
{
	int			decimals = 2;

	while (decimals < 20 && ratio_compare(ratio_round(amount, decimals), amount) != 0)
		decimals++;
	return decimals;
}

/*
 * The last day up to one on which some principal was outstanding; false where
 * there was none yet.
 */
static bool
last_day_of_notes(const Line *total, DateADT *day)
{
	for (int i = total->n - 1; i >= 0; i--)
	{
		if (total->balances[i].day > *day || ratio_sign(total->balances[i].principal) <= 0)
			continue;
		if (i + 1 < total->n)
			*day = Min(*day, total->balances[i + 1].day - 1);
		return true;
	}
	return false;
}

static void
part_payment(Walk *walk, int *size, Fact *fact)
{
	const Reading *reading = reading_on(&walk->terms, fact->day);
	const Holdings *holdings;
	DateADT		day = fact->day;
	int			n = walk->nholders;
	Ratio	   *weights = palloc(Max(n, 1) * sizeof(Ratio));
	Ratio	   *parts = palloc(Max(n, 1) * sizeof(Ratio));
	Ratio	   *shares = palloc(Max(n, 1) * sizeof(Ratio));

	if (reading == NULL)
		return;
	holdings = holdings_for(walk, reading);
	if (!last_day_of_notes(&holdings->total, &day))
		return;
	for (int h = 0; h < n; h++)
	{
		const Balance *balance = balance_on(&holdings->of_holder[h], day);

		weights[h] = balance == NULL ? ratio_int(0) : balance->principal;
	}
	ratio_parts(fact->amount, weights, n, decimals_of(fact->amount), parts);
	ratio_parts(ratio_int(fact->shares), weights, n, 0, shares);
	for (int h = 0; h < n; h++)
	{
		Payment		payment = {fact, h, parts[h], 0};

		(void) ratio_int64(shares[h], &payment.shares);
		if (!ratio_is_zero(weights[h]))
			add_payment(walk, size, payment);
	}
}

/*
 * Is it paid on an invoice that names nobody?
 */
static bool
on_nobodys_invoice(const Walk *walk, const Fact *fact)
{
	for (int i = 0; i < walk->nclocks && fact->tie.kind == TIE_EVENT; i++)
	{
		const Clock *clock = &walk->clocks[i];

		if (clock->remedy == REMEDY_INTEREST && clock->holder == NOBODY && tie_names(&fact->tie, clock))
			return true;
	}
	return false;
}

void
find_payments(Walk *walk)
{
	int			size = 0;

	walk->npayments = 0;
	walk->payments = NULL;
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];

		if (fact->kind != W_DAMAGES_PAID && fact->kind != W_INTEREST_PAID)
			continue;
		if (fact->holder != NOBODY || on_nobodys_invoice(walk, fact))
			add_payment(walk, &size, (Payment) {fact, fact->holder, fact->amount, fact->shares});
		else
			part_payment(walk, &size, fact);
		fact->used |= fact->kind == W_INTEREST_PAID && walk->npayments > 0 &&
			walk->payments[walk->npayments - 1].fact == fact;
	}
}

/* Of what ---------------------------------------------------------------- */

/* A credit to rows: which of their sums it adds to. */
typedef struct Credit
{
	Fact	   *fact;
	int			holder;
	Ratio		amount;
	int64		shares;
	bool		releases;		/* a waiver */
	bool		astray;			/* nothing is owed for what its ref names */
} Credit;

static Ratio
open_of(const Segment *segment)
{
	return ratio_subtract(segment->amount, ratio_add(segment->paid, segment->released));
}

static bool
credit_names(const Walk *walk, const Credit *credit, const Segment *segment)
{
	const Fact *fact = credit->fact;
	bool		tied = fact->tie.kind != TIE_NONE && !credit->astray;

	if (segment->holder != credit->holder)
		return false;
	if (credit->releases)
		return waiver_names(walk, fact, segment->clock) &&
			(fact->for_days ? fact->from_day < segment->to && segment->from < fact->to_day :
			 tied || segment->clock->started_on <= fact->day);
	return credit->astray ||
		((!tied || tie_names(&fact->tie, segment->clock)) && section_names(walk, fact->section, segment->clock, tied));
}

/*
 * The shares of a payment go with its money.
 */
static void
credit_shares(const Credit *credit, Segment **rows, const Ratio *given, int n)
{
	Ratio	   *shares;

	if (credit->shares == 0 || n == 0)
		return;
	shares = palloc(n * sizeof(Ratio));
	ratio_parts(ratio_int(credit->shares), given, n, 0, shares);
	for (int i = 0; i < n; i++)
	{
		int64		part = 0;

		(void) ratio_int64(shares[i], &part);
		rows[i]->paid_shares += part;
	}
}

static void
give(const Credit *credit, Segment *row, Ratio amount)
{
	Ratio	   *sum = credit->releases ? &row->released : &row->paid;

	*sum = ratio_add(*sum, amount);
}

/*
 * Gives a credit to the rows that it names, in order, and the rest of a payment
 * to the last.
 */
static void
give_credit(Walk *walk, const Credit *credit, Segment **in_order)
{
	Segment   **rows = palloc(Max(walk->nsegments, 1) * sizeof(Segment *));
	Ratio	   *given = palloc(Max(walk->nsegments, 1) * sizeof(Ratio));
	Ratio		left = credit->amount;
	int			n = 0;

	for (int i = 0; i < walk->nsegments; i++)
	{
		if (credit_names(walk, credit, in_order[i]))
			rows[n++] = in_order[i];
	}
	for (int i = 0; i < n; i++)
	{
		given[i] = ratio_max(ratio_min(left, open_of(rows[i])), ratio_int(0));
		left = ratio_subtract(left, given[i]);
		if (i == n - 1 && !credit->releases)
			given[i] = ratio_add(given[i], left);
		give(credit, rows[i], given[i]);
	}
	credit->fact->used |= n > 0;
	credit_shares(credit, rows, given, n);
	pfree(rows);
	pfree(given);
}

/*
 * What is owed longest goes first; of one day the clause decides.
 */
static int
owed_cmp(const void *left, const void *right)
{
	const Segment *a = *(Segment *const *) left;
	const Segment *b = *(Segment *const *) right;
	int			ord_a = a->clock->clause->ord;
	int			ord_b = b->clock->clause->ord;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (ord_a != ord_b)
		return ord_a < ord_b ? -1 : 1;
	return (a > b) - (a < b);
}

static bool
names_any(const Walk *walk, const Credit *credit)
{
	for (int i = 0; i < walk->nsegments; i++)
	{
		if (credit_names(walk, credit, &walk->segments[i]))
			return true;
	}
	return false;
}

/*
 * Waivers of amounts, then payments: those with a ref first, so that the others
 * go to what is left.
 */
void
pay_amounts(Walk *walk)
{
	const FactList *waivers = &walk->of_kind[W_WAIVER];
	Segment   **in_order = palloc(Max(walk->nsegments, 1) * sizeof(Segment *));
	Credit	   *credits = palloc(Max(walk->npayments, 1) * sizeof(Credit));
	int			n = 0;

	for (int i = 0; i < walk->nsegments; i++)
		in_order[i] = &walk->segments[i];
	if (walk->nsegments > 1)
		qsort(in_order, walk->nsegments, sizeof(Segment *), owed_cmp);
	for (int i = 0; i < waivers->n; i++)
	{
		Fact	   *fact = waivers->facts[i];
		Credit		credit = {fact, fact->holder, fact->amount, 0, true, false};

		if (fact->has_amount)
			give_credit(walk, &credit, in_order);
	}
	for (int i = 0; i < walk->npayments; i++)
	{
		const Payment *payment = &walk->payments[i];
		Credit		credit = {payment->fact, payment->holder, payment->amount, payment->shares, false, false};

		CHECK_FOR_INTERRUPTS();
		if (payment->fact->kind != W_DAMAGES_PAID)
			continue;
		credit.astray = payment->fact->tie.kind != TIE_NONE && !names_any(walk, &credit);
		if (payment->fact->tie.kind != TIE_NONE && !credit.astray)
			give_credit(walk, &credit, in_order);
		else
			credits[n++] = credit;
	}
	for (int i = 0; i < n; i++)
		give_credit(walk, &credits[i], in_order);
}

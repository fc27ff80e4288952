/*-------------------------------------------------------------------------
 *
 * holdings.c
 *		Who held what of a deal on every day.
 *
 * Whether Additional Notes are Notes is a reading (Recital B, Section 4(l)): an
 * instrument is additional whose first position is dated a tranche_closed.
 * What is held without them is made only where a clock is read so.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

/* Holders ---------------------------------------------------------------- */

static int
name_cmp(const void *left, const void *right)
{
	return bytes_cmp(*(const Bytes *) left, *(const Bytes *) right);
}

/*
 * The place of a holder; NOBODY where nothing is known of one of that name.
 */
int
find_holder(const Walk *walk, Bytes name)
{
	const Bytes *found = walk->nholders == 0 ? NULL :
		bsearch(&name, walk->holders, walk->nholders, sizeof(Bytes), name_cmp);

	return found == NULL ? NOBODY : found - walk->holders;
}

static Bytes
name_of(const char *text)
{
	return (Bytes) {text, strlen(text)};
}

/*
 * Everybody who ever held something or is named by a fact, by name.
 */
void
find_holders(Walk *walk)
{
	const Timeline *t = &walk->timeline;
	int			n = 0;

	walk->holders = palloc(Max(t->nholdings + walk->nfacts, 1) * sizeof(Bytes));
	for (int i = 0; i < t->nholdings; i++)
	{
		if (i == 0 || !bytes_equal(t->holdings[i].holder, t->holdings[i - 1].holder))
			walk->holders[n++] = t->holdings[i].holder;
	}
	for (int i = 0; i < walk->nfacts; i++)
	{
		if (walk->facts[i].holder_text != NULL)
			walk->holders[n++] = name_of(walk->facts[i].holder_text);
	}
	if (n > 1)
		qsort(walk->holders, n, sizeof(Bytes), name_cmp);
	walk->nholders = 0;
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || !bytes_equal(walk->holders[i], walk->holders[walk->nholders - 1]))
			walk->holders[walk->nholders++] = walk->holders[i];
	}
	for (int i = 0; i < walk->nfacts; i++)
	{
		if (walk->facts[i].holder_text != NULL)
			walk->facts[i].holder = find_holder(walk, name_of(walk->facts[i].holder_text));
	}
}

/* Balances --------------------------------------------------------------- */

static Balance
balance_of(const DayBalance *day)
{
	const Change *c = &day->balance;

	return (Balance) {day->day, ratio_of_sum(&c->principal), ratio_of_sum(&c->annual_interest),
		c->shares[NOTE_SHARES], c->shares[WARRANT_SHARES], c->shares[INTEREST_SHARES]};
}

static Line
line_of(const DayBalance *days, int n)
{
	Line		line = {n, palloc(Max(n, 1) * sizeof(Balance))};

	for (int i = 0; i < n; i++)
		line.balances[i] = balance_of(&days[i]);
	return line;
}

static int
day_order(const void *left, const void *right)
{
	DateADT		a = *(const DateADT *) left;
	DateADT		b = *(const DateADT *) right;

	return (a > b) - (a < b);
}

/*
 * The days on which some holder's principal moved.
 */
static void
find_moves(const Walk *walk, Holdings *holdings)
{
	int			size = 0;
	int			n = 0;

	for (int h = 0; h < walk->nholders; h++)
		size += holdings->of_holder[h].n;
	holdings->moves = palloc(Max(size, 1) * sizeof(DateADT));
	for (int h = 0; h < walk->nholders; h++)
	{
		const Line *line = &holdings->of_holder[h];

		for (int i = 0; i < line->n; i++)
		{
			if (i == 0 ? !ratio_is_zero(line->balances[0].principal) :
				ratio_compare(line->balances[i].principal, line->balances[i - 1].principal) != 0)
				holdings->moves[n++] = line->balances[i].day;
		}
	}
	if (n > 1)
		qsort(holdings->moves, n, sizeof(DateADT), day_order);
	holdings->nmoves = 0;
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || holdings->moves[i] != holdings->moves[holdings->nmoves - 1])
			holdings->moves[holdings->nmoves++] = holdings->moves[i];
	}
}

static void
make_holdings(const Walk *walk, const Timeline *t, Holdings *holdings)
{
	holdings->of_holder = palloc0(Max(walk->nholders, 1) * sizeof(Line));
	for (int first = 0, next; first < t->nholdings; first = next)
	{
		for (next = first + 1; next < t->nholdings &&
			 bytes_equal(t->holdings[first].holder, t->holdings[next].holder);)
			next++;
		holdings->of_holder[find_holder(walk, t->holdings[first].holder)] = line_of(&t->holdings[first], next - first);
	}
	holdings->total = line_of(t->days, t->ndays);
	find_moves(walk, holdings);
	holdings->made = true;
}

void
find_holdings(Walk *walk)
{
	make_holdings(walk, &walk->timeline, &walk->all);
}

bool
is_additional(const Walk *walk, const Instrument *instrument)
{
	const FactList *tranches = &walk->of_kind[W_TRANCHE_CLOSED];

	for (int i = 0; i < tranches->n && instrument->nstretches > 0; i++)
	{
		if (tranches->facts[i]->day == instrument->stretches[0].from_day)
			return true;
	}
	return false;
}

static void
make_first_notes(Walk *walk)
{
	Timeline	first = {0};

	first.instruments = palloc(Max(walk->timeline.ninstruments, 1) * sizeof(Instrument));
	for (int i = 0; i < walk->timeline.ninstruments; i++)
	{
		if (!is_additional(walk, &walk->timeline.instruments[i]))
			first.instruments[first.ninstruments++] = walk->timeline.instruments[i];
	}
	find_balances(&first);
	make_holdings(walk, &first, &walk->first_notes);
}

/*
 * What counts by a reading.
 */
const Holdings *
holdings_for(Walk *walk, const Reading *reading)
{
	if (reading->additional_counted || walk->of_kind[W_TRANCHE_CLOSED].n == 0)
		return &walk->all;
	if (!walk->first_notes.made)
		make_first_notes(walk);
	return &walk->first_notes;
}

/* Questions -------------------------------------------------------------- */

/*
 * What was held at the end of a day; NULL: nothing yet.
 */
const Balance *
balance_on(const Line *line, DateADT day)
{
	int			low = 0,
				high = line->n;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (line->balances[middle].day <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : &line->balances[low - 1];
}

/*
 * Notes or warrants.
 */
bool
holds_something(const Balance *balance)
{
	return balance != NULL && (ratio_sign(balance->principal) > 0 || balance->warrants > 0);
}

/*
 * Was something held at the end of some day from one up to another, itself not
 * counted?
 */
bool
held_between(const Line *line, DateADT from, DateADT to)
{
	if (from < to && holds_something(balance_on(line, from)))
		return true;
	for (int i = 0; i < line->n; i++)
	{
		if (line->balances[i].day > from && line->balances[i].day < to && holds_something(&line->balances[i]))
			return true;
	}
	return false;
}

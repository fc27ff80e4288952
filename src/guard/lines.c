/*-------------------------------------------------------------------------
 *
 * lines.c
 *		What a transaction says of an instrument, as lines under entries.
 *
 * Rows that left and came back are paired, what came and went is dropped, and
 * the rest becomes one line for each entry of the journal that it belongs to:
 * amounts under that of the act, settings under that of the fact.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/lines.h"

#include "guard/row.h"

int
place_cmp(const void *left, const void *right)
{
	const EntryPlace *a = left;
	const EntryPlace *b = right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

/*
 * As what a kind of change is journaled in this transaction.
 */
ChangeKind
journal_kind(const Places *places, ChangeKind kind)
{
	if (kind != CHANGE_PRICE)
		return kind;
	return places->price_is_act ? CHANGE_ACT : CHANGE_FACT;
}

/*
 * Which of the journal's entries has the changes of a day and kind.
 */
int
place_of(const Places *places, DateADT day, ChangeKind kind)
{
	EntryPlace	key = {day, journal_kind(places, kind)};

	if (places->n == 1)
		return 0;
	return (EntryPlace *) bsearch(&key, places->places, places->n, sizeof(EntryPlace), place_cmp) -
		places->places;
}

static Entry *
entry_of(EntryList *list, DateADT day, ChangeKind kind)
{
	for (int i = 0; i < list->n; i++)
	{
		if (list->entries[i].day == day && list->entries[i].kind == kind)
			return &list->entries[i];
	}
	list->entries[list->n] = (Entry) {.day = day, .kind = kind};
	return &list->entries[list->n++];
}

/*
 * What pairing two rows does to the sums: what the new price does is no act.
 */
static void
move_price(const InstrumentChange *gone, const InstrumentChange *come, Entry *act, Entry *price)
{
	Change		after,
				repaid;
	Sum			risen = gone->principal;

	change_of_instrument(come, &come->price, &after);
	change_of_instrument(come, &gone->price, &repaid);
	change_add(&after, &repaid, -1);
	change_add(&act->change, &after, -1);
	change_add(&price->change, &after, 1);

	/* what came in is only what is more than before */
	sum_add(&act->change.raised, &come->principal, -1);
	sum_add(&risen, &come->principal, 1);
	if (sum_sign(&risen) > 0)
		sum_add(&act->change.raised, &risen, 1);
}

/*
 * Pairs a row that left a deal with the one that came back under the same key
 * on the same day: a partition's DELETE and INSERT are one UPDATE.
 */
static void
pair(InstrumentChange *gone, InstrumentChange *come)
{
	sum_add(&come->principal, &gone->principal, 1);
	come->warrant_shares += gone->warrant_shares;
	come->comes = false;
	come->settings_kind = CHANGE_PRICE;
	if (price_equal(&come->price, &gone->price))
		come->sets &= ~SETS_PRICE;
	if (decimal_equal(come->rate, gone->rate))
		come->sets &= ~SETS_RATE;
	if (come->terms != NULL && gone->terms != NULL && strcmp(come->terms, gone->terms) == 0 &&
		strcmp(come->security, gone->security) == 0)
		come->sets &= ~SETS_TERMS;
	if (come->holder.data != NULL && gone->holder.data != NULL &&
		bytes_equal(come->holder, gone->holder))
		come->sets &= ~SETS_HOLDER;
	gone->goes = false;
	gone->sets = 0;
	memset(&gone->principal, 0, sizeof(Sum));
	gone->warrant_shares = 0;
}

/*
 * Pairs rows of one instrument, and leaves nothing of one that came and went
 * within the transaction, on one day: it was never there for anybody else.
 * entries, unless NULL, are the deal's, which pairing changes.  Returns how much
 * is left.
 */
int
settle_rows(InstrumentChange *said, int n, EntryList *entries)
{
	for (int i = 1; i < n; i++)
	{
		InstrumentChange *gone = &said[i - 1];
		InstrumentChange *come = &said[i];

		if (!(gone->goes && come->comes && gone->day == come->day && gone->kind == CHANGE_ACT &&
			  come->kind == CHANGE_ACT && gone->is_note == come->is_note))
			continue;
		if (entries != NULL)
		{
			/* both are made before either is held on to */
			(void) entry_of(entries, come->day, CHANGE_PRICE);
			move_price(gone, come, entry_of(entries, come->day, CHANGE_ACT),
					   entry_of(entries, come->day, CHANGE_PRICE));
		}
		pair(gone, come);
	}
	if (!said[0].comes || !said[n - 1].goes)
		return n;
	for (int i = 1; i < n; i++)
	{
		if (said[i].day != said[0].day)
			return n;
	}
	return 0;
}

static bool
days_ascend(const InstrumentChange *said, int n)
{
	for (int i = 1; i < n; i++)
	{
		if (said[i].day <= said[i - 1].day)
			return false;
	}
	return true;
}

/*
 * Of an instrument's settings of one day the last that was said holds, and in
 * the books a later entry holds over an earlier one: so what is said after an
 * act, of a row that came or of a split, does not stand in an entry before it.
 */
void
order_settings(const Places *places, InstrumentChange *said, int n)
{
	if (days_ascend(said, n))
		return;
	for (int i = 1; i < n; i++)
	{
		for (int j = i - 1; said[i].sets != 0 && j >= 0; j--)
		{
			if (said[j].sets == 0 || said[j].day != said[i].day)
				continue;
			if (journal_kind(places, said[j].settings_kind) > journal_kind(places, said[i].settings_kind))
				said[i].settings_kind = said[j].settings_kind;
			break;
		}
	}
}

/* Lines ------------------------------------------------------------------ */

/*
 * Adds what is said later to a line of the same instrument and entry.
 */
static void
merge_line(InstrumentChange *line, const InstrumentChange *said)
{
	sum_add(&line->principal, &said->principal, 1);
	line->warrant_shares += said->warrant_shares;
	line->comes |= said->comes;
	line->goes |= said->goes;
	if (said->sets & SETS_PRICE)
	{
		line->price = said->price;
		line->quoted = said->quoted;
	}
	if (said->sets & SETS_RATE)
		line->rate = said->rate;
	if (said->sets & SETS_HOLDER)
		line->holder = said->holder;
	if (said->sets & SETS_TERMS)
	{
		line->terms = said->terms;
		line->security = said->security;
	}
	line->sets |= said->sets;
}

/*
 * A line under an entry, of which it is the next one, unless the instrument has
 * one there.
 */
static void
add_line(LineScan *scan, int entry, const InstrumentChange *said)
{
	int			at = scan->places_in_lines[entry];

	if (at < scan->nlines && scan->lines[at].entry == entry)
	{
		merge_line(&scan->lines[at].said, said);
		return;
	}
	if (scan->nlines == scan->size)
	{
		scan->size *= 2;
		scan->lines = repalloc_huge(scan->lines, scan->size * sizeof(PositionLine));
	}
	scan->places_in_lines[entry] = scan->nlines;
	scan->lines[scan->nlines++] = (PositionLine) {entry, ++scan->numbers[entry], *said};
}

static void
add_lines(LineScan *scan, const InstrumentChange *said)
{
	const Places *places = scan->places;
	int			amounts_entry = says_amounts(said) ? place_of(places, said->day, said->kind) : -1;
	int			settings_entry = said->sets != 0 ? place_of(places, said->day, said->settings_kind) : -1;
	InstrumentChange part;

	if (amounts_entry == settings_entry)
	{
		if (amounts_entry >= 0)
			add_line(scan, amounts_entry, said);
		return;
	}
	if (amounts_entry >= 0)
	{
		part = *said;
		part.sets = 0;
		add_line(scan, amounts_entry, &part);
	}
	if (settings_entry >= 0)
	{
		part = *said;
		memset(&part.principal, 0, sizeof(Sum));
		part.warrant_shares = 0;
		part.comes = part.goes = false;
		add_line(scan, settings_entry, &part);
	}
}

void
begin_lines(LineScan *scan, SaidSource *source, const Places *places)
{
	memset(scan, 0, sizeof(LineScan));
	scan->source = source;
	scan->places = places;
	scan->numbers = palloc0(Max(places->n, 1) * sizeof(int));
	scan->places_in_lines = palloc0(Max(places->n, 1) * sizeof(int));
	scan->size = 2;
	scan->lines = palloc(scan->size * sizeof(PositionLine));
	rewind_source(source);
}

/*
 * The next line, or NULL; it lasts until the next call.  Those of an entry come
 * in the order of their instruments.
 */
const PositionLine *
next_line(LineScan *scan)
{
	while (scan->next == scan->nlines)
	{
		InstrumentChange *said;
		int			n = next_instrument(scan->source, &said);

		if (n == 0)
			return NULL;
		n = settle_rows(said, n, NULL);
		order_settings(scan->places, said, n);
		scan->next = scan->nlines = 0;
		for (int i = 0; i < n; i++)
			add_lines(scan, &said[i]);
	}
	return &scan->lines[scan->next++];
}

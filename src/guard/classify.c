/*-------------------------------------------------------------------------
 *
 * classify.c
 *		Acts and facts.
 *
 * An act is what somebody chose, a fact what the world did.  Facts are the
 * price part of a change to a note and shares issued out of the reserve; also
 * opening and closing entries, rebuilding, and what an override declares.
 * Where a reduction of the reserve wants consents, the journal has as issued
 * only what counts as that towards the Buyers (see issued.c): so it shows what
 * used a consent.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/classify.h"

#include "guard/issued.h"
#include "guard/row.h"

static const char *const kind_words[] = {
	[CHANGE_OPENING] = "opening",
	[CHANGE_CLOSING] = "closing",
	[CHANGE_REBUILD] = "rebuild",
	[CHANGE_SPLIT] = "split",
	[CHANGE_CORRECTION] = "correction",
	[CHANGE_FACT] = "fact",
	[CHANGE_PRICE] = "fact",
	[CHANGE_ACT] = "act",
};

const char *
kind_word(ChangeKind kind)
{
	return kind_words[kind];
}

/*
 * In a transaction whose acts raise a deal's principal its price changes are
 * acts too; else one could issue at a price of a million and reprice.  The
 * same where principal came in and the acts still lower the shares issuable:
 * then a note was replaced by a dearer one, and repricing that is no accident.
 */
static bool
prices_are_acts(const Change *acts)
{
	return sum_sign(&acts->principal) > 0 ||
		(sum_sign(&acts->raised) > 0 && acts->shares[NOTE_SHARES] < 0);
}

/*
 * As what a kind of change is journaled in this transaction.
 */
static ChangeKind
journal_kind(const Posting *posting, ChangeKind kind)
{
	if (kind != CHANGE_PRICE)
		return kind;
	return posting->price_is_act ? CHANGE_ACT : CHANGE_FACT;
}

/* An entry's place: by day, then by kind. */
typedef struct EntryPlace
{
	DateADT		day;
	ChangeKind	kind;
} EntryPlace;

static int
place_cmp(const void *left, const void *right)
{
	const EntryPlace *a = left;
	const EntryPlace *b = right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

/* What classifying one deal works on: copies, since check asks before COMMIT. */
typedef struct Work
{
	Posting    *posting;
	Entry	   *entries;		/* by day and kind */
	int			nentries;
	IssuedPart *issued;			/* what of each is issued out of the reserve */
	InstrumentChange *said;		/* by instrument, then as it was said */
	int			nsaid;
	EntryPlace *places;			/* of the journal's entries */
	int			nplaces;
} Work;

static int
place_of(const Work *work, DateADT day, ChangeKind kind)
{
	EntryPlace	key = {day, journal_kind(work->posting, kind)};
	EntryPlace *found = bsearch(&key, work->places, work->nplaces, sizeof(EntryPlace), place_cmp);

	return found - work->places;
}

/*
 * Pairs a row that left a deal with the one that came back under the same key
 * on the same day: a partition's DELETE and INSERT are one UPDATE.  What its
 * new price does is then no act.
 */
static void
pair(InstrumentChange *gone, InstrumentChange *come, Entry *act, Entry *price)
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

static int
said_cmp(const void *left, const void *right)
{
	const InstrumentChange *a = left;
	const InstrumentChange *b = right;
	int			cmp = instrument_cmp(a, b);

	return cmp != 0 ? cmp : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/*
 * Copies what is pending for the deal, in order.
 */
static void
copy_pending(Work *work, const PendingDeal *deal)
{
	int			i;

	for (const Entry *e = deal->entries; e != NULL; e = e->next)
		work->nentries++;
	for (const InstrumentChange *c = deal->instruments; c != NULL; c = c->next)
		work->nsaid++;
	/* pairing may move a change into an entry that is not there yet */
	work->entries = palloc((2 * work->nentries + 1) * sizeof(Entry));
	i = work->nentries;
	for (const Entry *e = deal->entries; e != NULL; e = e->next)
		work->entries[--i] = *e;
	work->said = MemoryContextAllocHuge(CurrentMemoryContext,
										(Size) Max(work->nsaid, 1) * sizeof(InstrumentChange));
	i = 0;
	for (const InstrumentChange *c = deal->instruments; c != NULL; c = c->next)
		work->said[i++] = *c;
	qsort(work->said, work->nsaid, sizeof(InstrumentChange), said_cmp);
}

static Entry *
entry_of(Work *work, DateADT day, ChangeKind kind)
{
	for (int i = 0; i < work->nentries; i++)
	{
		if (work->entries[i].day == day && work->entries[i].kind == kind)
			return &work->entries[i];
	}
	work->entries[work->nentries] = (Entry) {.day = day, .kind = kind};
	return &work->entries[work->nentries++];
}

static void
pair_rows(Work *work)
{
	for (int i = 1; i < work->nsaid; i++)
	{
		InstrumentChange *gone = &work->said[i - 1];
		InstrumentChange *come = &work->said[i];

		if (gone->goes && come->comes && gone->day == come->day &&
			gone->kind == CHANGE_ACT && come->kind == CHANGE_ACT &&
			gone->is_note == come->is_note && same_instrument(gone, come))
			pair(gone, come, entry_of(work, come->day, CHANGE_ACT),
				 entry_of(work, come->day, CHANGE_PRICE));
	}
}

/*
 * An instrument that came and went within the transaction, on one day, was
 * never there for anybody else: nothing is said of it.
 */
static void
drop_passing(Work *work)
{
	int			kept = 0;

	for (int first = 0, next; first < work->nsaid; first = next)
	{
		bool		one_day = true;

		for (next = first + 1; next < work->nsaid && same_instrument(&work->said[first], &work->said[next]); next++)
			one_day &= work->said[next].day == work->said[first].day;
		if (one_day && work->said[first].comes && work->said[next - 1].goes)
			continue;
		for (int i = first; i < next; i++)
			work->said[kept++] = work->said[i];
	}
	work->nsaid = kept;
}

/*
 * What of the reserve's fall is issued, and what is a reduction.
 */
static void
find_issued(Work *work, bool consents)
{
	Posting    *posting = work->posting;
	int64		issued = shares_issued(&posting->acts);

	posting->covered = issued;
	if (consents && issued > 0)
		posting->covered = Min(issued, shares_covered(work->said, work->nsaid, &posting->acts,
													  posting->total.paid));
	work->issued = palloc0(Max(work->nentries, 1) * sizeof(IssuedPart));
	share_out(work->issued, work->entries, work->nentries, posting->covered);

	posting->reduction = (int64) Min(Max(-(int128) posting->acts.shares[RESERVED] - posting->covered, 0),
									 PG_INT64_MAX);
	for (int i = work->nentries - 1; i >= 0; i--)
	{
		if (work->entries[i].kind == CHANGE_ACT &&
			work->entries[i].change.shares[RESERVED] + work->issued[i].from_reserve < 0)
			posting->reduced_on = work->entries[i].day;
	}
	take_part(&posting->issued, &(IssuedPart) {issued, issued}, 1);
	take_part(&posting->acts, &(IssuedPart) {issued, issued}, -1);
}

/*
 * What of the changes is judged.
 */
static void
find_acts(Work *work, bool consents)
{
	Posting    *posting = work->posting;
	Change		prices;

	memset(&prices, 0, sizeof(Change));
	for (int i = 0; i < work->nentries; i++)
	{
		const Entry *e = &work->entries[i];

		change_add(&posting->total, &e->change, 1);
		if (e->kind == CHANGE_ACT)
			change_add(&posting->acts, &e->change, 1);
		else if (e->kind == CHANGE_PRICE)
			change_add(&prices, &e->change, 1);
	}
	find_issued(work, consents);
	posting->price_is_act = prices_are_acts(&posting->acts) && !change_is_zero(&prices);
	if (posting->price_is_act)
		change_add(&posting->acts, &prices, 1);
	if (posting->override != NULL)
	{
		memset(&posting->acts, 0, sizeof(Change));
		memset(&posting->issued, 0, sizeof(Change));
		posting->reduction = 0;
	}
}

/*
 * Of an instrument's settings of one day the last that was said holds, and in
 * the books a later entry holds over an earlier one: so what is said after an
 * act, of a row that came or of a split, does not stand in an entry before it.
 */
static void
order_settings(Work *work)
{
	for (int i = 1; i < work->nsaid; i++)
	{
		InstrumentChange *said = &work->said[i];

		for (int j = i - 1; said->sets != 0 && j >= 0 && same_instrument(&work->said[j], said); j--)
		{
			const InstrumentChange *before = &work->said[j];

			if (before->sets == 0 || before->day != said->day)
				continue;
			if (journal_kind(work->posting, before->settings_kind) >
				journal_kind(work->posting, said->settings_kind))
				said->settings_kind = before->settings_kind;
			break;
		}
	}
}

static void
add_place(Work *work, DateADT day, ChangeKind kind)
{
	work->places[work->nplaces++] = (EntryPlace) {day, journal_kind(work->posting, kind)};
}

static bool
says_amounts(const InstrumentChange *said)
{
	return said->comes || said->goes || said->warrant_shares != 0 ||
		sum_sign(&said->principal) != 0;
}

/*
 * The entries that the journal gets: one for each day and kind on which a sum
 * moves or something is said.  A deal that comes has one even with nothing.
 */
static void
find_places(Work *work, const PendingDeal *deal)
{
	int			unique = 0;

	work->places = MemoryContextAllocHuge(CurrentMemoryContext,
										  (Size) (2 * (work->nentries + work->nsaid) + 1) * sizeof(EntryPlace));
	for (int i = 0; i < work->nentries; i++)
	{
		Entry		e = work->entries[i];
		const IssuedPart *part = &work->issued[i];

		take_part(&e.change, part, -1);
		if (part->from_reserve != 0 || part->to_outstanding != 0)
			add_place(work, e.day, CHANGE_FACT);
		if (!change_is_zero(&e.change) || (deal->comes && work->nentries == 1))
			add_place(work, e.day, e.kind);
	}
	for (int i = 0; i < work->nsaid; i++)
	{
		if (says_amounts(&work->said[i]))
			add_place(work, work->said[i].day, work->said[i].kind);
		if (work->said[i].sets != 0)
			add_place(work, work->said[i].day, work->said[i].settings_kind);
	}
	qsort(work->places, work->nplaces, sizeof(EntryPlace), place_cmp);
	for (int i = 0; i < work->nplaces; i++)
	{
		if (i == 0 || place_cmp(&work->places[unique - 1], &work->places[i]) != 0)
			work->places[unique++] = work->places[i];
	}
	work->nplaces = unique;
}

/*
 * The journal's entries with their sums.
 */
static void
fill_entries(Work *work, const PendingDeal *deal)
{
	Posting    *posting = work->posting;

	posting->nentries = work->nplaces;
	posting->entries = palloc0(Max(work->nplaces, 1) * sizeof(JournalEntry));
	for (int i = 0; i < work->nplaces; i++)
	{
		posting->entries[i].day = work->places[i].day;
		posting->entries[i].kind = kind_words[work->places[i].kind];
		if (work->places[i].kind == CHANGE_ACT && posting->override != NULL)
		{
			posting->entries[i].kind = "override";
			posting->entries[i].note = posting->override;
		}
		/* What is said again, of later days, is no split of its own. */
		if (work->places[i].kind == CHANGE_SPLIT && work->places[i].day == deal->split_on)
		{
			posting->entries[i].new_shares = deal->new_shares;
			posting->entries[i].old_shares = deal->old_shares;
		}
	}
	for (int i = 0; i < work->nentries; i++)
	{
		Entry		e = work->entries[i];
		const IssuedPart *part = &work->issued[i];

		take_part(&e.change, part, -1);
		if (part->from_reserve != 0 || part->to_outstanding != 0)
			take_part(&posting->entries[place_of(work, e.day, CHANGE_FACT)].change, part, 1);
		if (!change_is_zero(&e.change))
			change_add(&posting->entries[place_of(work, e.day, e.kind)].change, &e.change, 1);
	}
	if (work->nplaces > 0)
	{
		posting->first_day = work->places[0].day;
		posting->last_day = work->places[work->nplaces - 1].day;
	}
}

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
 * A line under an entry; the lines of one instrument come one after the other.
 */
static void
add_line(Posting *posting, int entry, const InstrumentChange *said)
{
	for (int i = posting->nlines - 1; i >= 0; i--)
	{
		PositionLine *line = &posting->lines[i];

		if (!same_instrument(&line->said, said))
			break;
		if (line->entry == entry)
		{
			merge_line(&line->said, said);
			return;
		}
	}
	posting->lines[posting->nlines++] = (PositionLine) {entry, *said};
}

/*
 * The reasons of an entry's corrections, each once.
 */
static void
add_reason(JournalEntry *entry, const char *reason)
{
	if (reason == NULL)
		return;
	if (entry->note == NULL)
		entry->note = reason;
	else if (strstr(entry->note, reason) == NULL)
		entry->note = psprintf("%s; %s", entry->note, reason);
}

static void
fill_lines(Work *work)
{
	Posting    *posting = work->posting;

	posting->lines = MemoryContextAllocHuge(CurrentMemoryContext,
											(Size) (2 * work->nsaid + 1) * sizeof(PositionLine));
	for (int i = 0; i < work->nsaid; i++)
	{
		InstrumentChange amounts = work->said[i];
		InstrumentChange settings = work->said[i];

		memset(&settings.principal, 0, sizeof(Sum));
		settings.warrant_shares = 0;
		settings.comes = settings.goes = false;
		amounts.sets = 0;
		if (says_amounts(&amounts))
			add_line(posting, place_of(work, amounts.day, amounts.kind), &amounts);
		if (settings.sets != 0)
			add_line(posting, place_of(work, settings.day, settings.settings_kind), &settings);
		if (settings.sets != 0 && settings.reason != NULL)
			add_reason(&posting->entries[place_of(work, settings.day, settings.settings_kind)], settings.reason);
	}
}

static int
line_cmp(const void *left, const void *right)
{
	const PositionLine *a = left;
	const PositionLine *b = right;

	return a->entry != b->entry ? a->entry - b->entry : instrument_cmp(&a->said, &b->said);
}

/*
 * Sorts out what is pending for one deal; consents: does a reduction of its
 * reserve want them?
 */
void
classify(Posting *posting, PendingDeal *deal, const char *override, bool consents)
{
	Work		work = {.posting = posting};

	memset(posting, 0, sizeof(Posting));
	posting->override = override;
	copy_pending(&work, deal);
	pair_rows(&work);
	drop_passing(&work);
	find_acts(&work, consents);
	order_settings(&work);
	find_places(&work, deal);
	fill_entries(&work, deal);
	fill_lines(&work);
	qsort(posting->lines, posting->nlines, sizeof(PositionLine), line_cmp);
}

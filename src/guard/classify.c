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
#include "guard/lines.h"

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

/* What was given as the reason of a correction, for an entry's note. */
typedef struct Reason
{
	EntryPlace	place;
	const char *text;
} Reason;

/* What classifying one deal works on: copies, since check asks before COMMIT. */
typedef struct Work
{
	Posting    *posting;
	EntryList	list;			/* by day and kind */
	IssuedPart *issued;			/* what of each is issued out of the reserve */
	int			size;			/* of the posting's places */
	Reason	   *reasons;		/* in the order of instruments */
	int			nreasons;
} Work;

/*
 * Copies the entries pending for the deal, in order, with room for as many more:
 * pairing may move a change into one that is not there yet.
 */
static void
copy_entries(EntryList *list, const PendingDeal *deal)
{
	int			i;

	for (const Entry *e = deal->entries; e != NULL; e = e->next)
		list->n++;
	list->entries = palloc((2 * list->n + 1) * sizeof(Entry));
	i = list->n;
	for (const Entry *e = deal->entries; e != NULL; e = e->next)
		list->entries[--i] = *e;
}

/*
 * Where rows left and came back their price is taken out of the act.
 */
static void
pair_rows(Work *work)
{
	InstrumentChange *said;
	int			n;

	rewind_source(work->posting->source);
	while ((n = next_instrument(work->posting->source, &said)) > 0)
		(void) settle_rows(said, n, &work->list);
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
		posting->covered = Min(issued, shares_covered(posting->source, &posting->acts, posting->total.paid));
	work->issued = palloc0(Max(work->list.n, 1) * sizeof(IssuedPart));
	share_out(work->issued, work->list.entries, work->list.n, posting->covered);

	posting->reduction = (int64) Min(Max(-(int128) posting->acts.shares[RESERVED] - posting->covered, 0),
									 PG_INT64_MAX);
	for (int i = work->list.n - 1; i >= 0; i--)
	{
		if (work->list.entries[i].kind == CHANGE_ACT &&
			work->list.entries[i].change.shares[RESERVED] + work->issued[i].from_reserve < 0)
			posting->reduced_on = work->list.entries[i].day;
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
	for (int i = 0; i < work->list.n; i++)
	{
		const Entry *e = &work->list.entries[i];

		change_add(&posting->total, &e->change, 1);
		if (e->kind == CHANGE_ACT)
			change_add(&posting->acts, &e->change, 1);
		else if (e->kind == CHANGE_PRICE)
			change_add(&prices, &e->change, 1);
	}
	find_issued(work, consents);
	posting->places.price_is_act = prices_are_acts(&posting->acts) && !change_is_zero(&prices);
	if (posting->places.price_is_act)
		change_add(&posting->acts, &prices, 1);
	if (posting->override != NULL)
	{
		memset(&posting->acts, 0, sizeof(Change));
		memset(&posting->issued, 0, sizeof(Change));
		posting->reduction = 0;
	}
}

/*
 * Notes that there is to be an entry.  Most say so again and again.
 */
static void
add_place(Work *work, DateADT day, ChangeKind kind)
{
	Places	   *places = &work->posting->places;
	EntryPlace	place = {day, journal_kind(places, kind)};

	for (int i = Max(places->n - 2, 0); i < places->n; i++)
	{
		if (place_cmp(&places->places[i], &place) == 0)
			return;
	}
	if (places->n == work->size)
	{
		work->size *= 2;
		places->places = repalloc_huge(places->places, work->size * sizeof(EntryPlace));
	}
	places->places[places->n++] = place;
}

/*
 * What a correction was for; the text is not kept by who says it.
 */
static void
add_reason(Work *work, const InstrumentChange *said)
{
	if ((work->nreasons & (work->nreasons + 1)) == 0)	/* the room is doubled */
		work->reasons = work->reasons == NULL ? palloc(sizeof(Reason)) :
			repalloc_huge(work->reasons, 2 * (work->nreasons + 1) * sizeof(Reason));
	work->reasons[work->nreasons++] = (Reason) {{said->day, said->settings_kind},
		pstrdup(said->reason)};
}

static void
add_places_of_said(Work *work, const InstrumentChange *said)
{
	if (says_amounts(said))
		add_place(work, said->day, said->kind);
	if (said->sets == 0)
		return;
	add_place(work, said->day, said->settings_kind);
	if (said->reason != NULL)
		add_reason(work, said);
}

/*
 * Does the deal itself know on which days and of which kinds something is said?
 * Where no row left, nothing is paired and nothing cancels out, and settings of
 * one kind are in order as they are.
 */
static bool
knows_places(const PendingDeal *deal)
{
	return deal->nsaid == 0 ||
		(!deal->goes && !deal->has_reasons && deal->said_from == deal->said_until &&
		 (deal->settings_kinds & (deal->settings_kinds - 1)) == 0);
}

static void
add_places_of_deal(Work *work, const PendingDeal *deal)
{
	for (int kind = 0; kind <= CHANGE_ACT; kind++)
	{
		if ((deal->amounts_kinds | deal->settings_kinds) & (1 << kind))
			add_place(work, deal->said_from, kind);
	}
}

static void
add_places_of_instruments(Work *work)
{
	SaidSource *source = work->posting->source;
	InstrumentChange *said;
	int			n;

	rewind_source(source);
	while ((n = next_instrument(source, &said)) > 0)
	{
		n = settle_rows(said, n, NULL);
		order_settings(&work->posting->places, said, n);
		for (int i = 0; i < n; i++)
			add_places_of_said(work, &said[i]);
	}
}

/*
 * The entries that the journal gets: one for each day and kind on which a sum
 * moves or something is said.  A deal that comes has one even with nothing.
 */
static void
find_places(Work *work, const PendingDeal *deal)
{
	Places	   *places = &work->posting->places;
	int			unique = 0;

	work->size = 4;
	places->places = palloc(work->size * sizeof(EntryPlace));
	for (int i = 0; i < work->list.n; i++)
	{
		Entry		e = work->list.entries[i];
		const IssuedPart *part = &work->issued[i];

		take_part(&e.change, part, -1);
		if (part->from_reserve != 0 || part->to_outstanding != 0)
			add_place(work, e.day, CHANGE_FACT);
		if (!change_is_zero(&e.change) || (deal->comes && work->list.n == 1))
			add_place(work, e.day, e.kind);
	}
	if (knows_places(deal))
		add_places_of_deal(work, deal);
	else
		add_places_of_instruments(work);
	qsort(places->places, places->n, sizeof(EntryPlace), place_cmp);
	for (int i = 0; i < places->n; i++)
	{
		if (i == 0 || place_cmp(&places->places[unique - 1], &places->places[i]) != 0)
			places->places[unique++] = places->places[i];
	}
	places->n = unique;
}

/*
 * The reasons of an entry's corrections, each once.
 */
static void
note_reason(JournalEntry *entry, const char *reason)
{
	if (entry->note == NULL)
		entry->note = reason;
	else if (strstr(entry->note, reason) == NULL)
		entry->note = psprintf("%s; %s", entry->note, reason);
}

/*
 * The journal's entries, without sums.
 */
static void
make_entries(Posting *posting, const PendingDeal *deal)
{
	posting->nentries = posting->places.n;
	posting->entries = palloc0(Max(posting->nentries, 1) * sizeof(JournalEntry));
	for (int i = 0; i < posting->nentries; i++)
	{
		const EntryPlace *place = &posting->places.places[i];
		JournalEntry *entry = &posting->entries[i];

		entry->day = place->day;
		entry->kind = kind_words[place->kind];
		if (place->kind == CHANGE_ACT && posting->override != NULL)
		{
			entry->kind = "override";
			entry->note = posting->override;
		}
		/* What is said again, of later days, is no split of its own. */
		if (place->kind == CHANGE_SPLIT && place->day == deal->split_on)
		{
			entry->new_shares = deal->new_shares;
			entry->old_shares = deal->old_shares;
		}
	}
	if (posting->nentries > 0)
	{
		posting->first_day = posting->places.places[0].day;
		posting->last_day = posting->places.places[posting->nentries - 1].day;
	}
}

/*
 * Their sums and notes.
 */
static void
fill_entries(Work *work)
{
	Posting    *posting = work->posting;

	for (int i = 0; i < work->list.n; i++)
	{
		Entry		e = work->list.entries[i];
		const IssuedPart *part = &work->issued[i];

		take_part(&e.change, part, -1);
		if (part->from_reserve != 0 || part->to_outstanding != 0)
			take_part(&posting->entries[place_of(&posting->places, e.day, CHANGE_FACT)].change, part, 1);
		if (!change_is_zero(&e.change))
			change_add(&posting->entries[place_of(&posting->places, e.day, e.kind)].change, &e.change, 1);
	}
	for (int i = 0; i < work->nreasons; i++)
		note_reason(&posting->entries[place_of(&posting->places, work->reasons[i].place.day, work->reasons[i].place.kind)],
					work->reasons[i].text);
}

/*
 * Sorts out what is pending for one deal; consents: does a reduction of its
 * reserve want them?
 */
void
classify(Posting *posting, PendingDeal *deal, SortedSaid *sorted, const char *override, bool consents)
{
	Work		work = {.posting = posting};

	memset(posting, 0, sizeof(Posting));
	posting->override = override;
	posting->source = open_source(deal, sorted);
	copy_entries(&work.list, deal);
	if (deal->goes)
		pair_rows(&work);
	find_acts(&work, consents);
	find_places(&work, deal);
	make_entries(posting, deal);
	fill_entries(&work);
}

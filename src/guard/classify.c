/*-------------------------------------------------------------------------
 *
 * classify.c
 *		Acts and facts.
 *
 * An act is what somebody chose, a fact what the world did.  Facts are the
 * price part of a change to a note and shares issued out of the reserve; also
 * opening and closing entries, rebuilding, and what an override declares.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/classify.h"

static const char *const kind_words[] = {
	[CHANGE_OPENING] = "opening",
	[CHANGE_CLOSING] = "closing",
	[CHANGE_REBUILD] = "rebuild",
	[CHANGE_FACT] = "fact",
	[CHANGE_PRICE] = "fact",
	[CHANGE_ACT] = "act",
};

/*
 * Takes out of a change to a deal what is shares issued out of its reserve:
 * n shares less reserved with n shares more outstanding.
 */
static Change
take_issued(Change *acts)
{
	Change		issued;
	int64		n;

	memset(&issued, 0, sizeof(Change));
	if (acts->shares[RESERVED] >= 0 || acts->shares[OUTSTANDING] <= 0)
		return issued;
	n = Min(acts->shares[OUTSTANDING],
			acts->shares[RESERVED] == PG_INT64_MIN ? PG_INT64_MAX : -acts->shares[RESERVED]);
	issued.shares[RESERVED] = -n;
	issued.shares[OUTSTANDING] = n;
	change_add(acts, &issued, -1);
	return issued;
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
 * Appends a row to the journal to be; nothing where nothing changes.  Rows of
 * one day and kind are one entry, unless a holder would come twice: prices
 * that are judged as acts come before the acts, each in the order of holders.
 */
static void
add_row(Posting *posting, const char *kind, Bytes holder, DateADT day,
		const Change *change)
{
	JournalRow *row = &posting->rows[posting->nrows];
	JournalRow *last = posting->nrows > 0 ? row - 1 : NULL;

	if (change_is_zero(change))
		return;
	if (last == NULL || last->day != day || strcmp(last->kind, kind) != 0 ||
		bytes_cmp(last->holder, holder) >= 0)
		posting->nentries++;
	row->entry = posting->nentries;
	row->kind = kind;
	row->holder = holder;
	row->day = day;
	row->change = *change;
	posting->nrows++;
}

/*
 * The journal rows of one pending entry.
 */
static void
add_rows_of_entry(Posting *posting, const Entry *entry)
{
	const char *kind = kind_words[entry->key.kind];
	Change		change = entry->change;

	if (entry->key.kind == CHANGE_PRICE && posting->price_is_act)
		kind = kind_words[CHANGE_ACT];
	if (entry->key.kind == CHANGE_ACT)
	{
		Change		issued = take_issued(&change);

		add_row(posting, kind_words[CHANGE_FACT], entry->key.holder, entry->key.day, &issued);
	}
	if (strcmp(kind, kind_words[CHANGE_ACT]) == 0 && posting->override != NULL)
		kind = "override";
	add_row(posting, kind, entry->key.holder, entry->key.day, &change);
}

/*
 * Sorts out the entries of one deal, which come in the order of the journal.
 */
void
classify(Posting *posting, Entry **entries, int n, const char *override)
{
	Change		prices;

	memset(posting, 0, sizeof(Posting));
	memset(&prices, 0, sizeof(Change));
	for (int i = 0; i < n; i++)
	{
		change_add(&posting->total, &entries[i]->change, 1);
		if (entries[i]->key.kind == CHANGE_ACT)
			change_add(&posting->acts, &entries[i]->change, 1);
		else if (entries[i]->key.kind == CHANGE_PRICE)
			change_add(&prices, &entries[i]->change, 1);
	}

	posting->override = override;
	posting->issued = take_issued(&posting->acts);
	posting->price_is_act = prices_are_acts(&posting->acts) && !change_is_zero(&prices);
	if (posting->price_is_act)
		change_add(&posting->acts, &prices, 1);
	if (override != NULL)
	{
		memset(&posting->acts, 0, sizeof(Change));
		memset(&posting->issued, 0, sizeof(Change));
	}

	posting->rows = palloc(2 * n * sizeof(JournalRow));
	for (int i = 0; i < n; i++)
		add_rows_of_entry(posting, entries[i]);
}

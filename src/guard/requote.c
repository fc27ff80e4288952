/*-------------------------------------------------------------------------
 *
 * requote.c
 *		What quotes say of one note, day by day.
 *
 * A price that a quote makes holds from the quote's day until the next setting.
 * A price set by hand stands until the next quote.  Quotes that come late,
 * change or go are fitted in between what is on record: the days are walked in
 * order, and a setting is written where what is on record would say something
 * else.  Of the books, only what holds now moves.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/requote.h"

#include "guard/pending.h"
#include "settings.h"

static int
series_cmp(const void *left, const void *right)
{
	const Series *a = left;
	const Series *b = right;
	int			cmp = strcmp(a->security, b->security);

	return cmp != 0 ? cmp : strcmp(a->terms, b->terms);
}

static int
note_cmp(const void *left, const void *right)
{
	const RecordedNote *a = left;
	const RecordedNote *b = right;
	int			cmp = strcmp(a->source, b->source);

	if (cmp == 0)
		cmp = bytes_cmp(a->instrument, b->instrument);
	return cmp != 0 ? cmp : bytes_cmp(a->deal, b->deal);
}

static int
moved_cmp(const void *left, const void *right)
{
	return strcmp(((const Moved *) left)->text, ((const Moved *) right)->text);
}

/*
 * The security that moved, by its text; NULL where it did not.
 */
const Moved *
find_moved(const Requote *requote, const char *text)
{
	Moved		key = {.text = text};

	return bsearch(&key, requote->moved, requote->nmoved, sizeof(Moved), moved_cmp);
}

void
sort_requote(Requote *requote)
{
	qsort(requote->moved, requote->nmoved, sizeof(Moved), moved_cmp);
	qsort(requote->series, requote->nseries, sizeof(Series), series_cmp);
	qsort(requote->notes, requote->nnotes, sizeof(RecordedNote), note_cmp);
}

Series *
find_series(const Requote *requote, const char *security, const char *terms)
{
	Series		key = {.security = security, .terms = terms};

	return bsearch(&key, requote->series, requote->nseries, sizeof(Series), series_cmp);
}

/* A walk over the days of one note. */
typedef struct Walk
{
	const Requote *requote;
	const Series *series;		/* under the terms of the day; NULL: none */
	DateADT		moved_on;		/* before it quotes say what they said */
	int			next_quote;
	int			next_setting;
	bool		has_price;		/* before the first day */
	Price		on_record;		/* what the record says of the day ... */
	Price		quoted;			/* ... and what it will say */
} Walk;

/* One day of it. */
typedef struct WalkDay
{
	DateADT		day;
	bool		stands;			/* the price on record: set by hand, or by quotes that
								 * did not move */
	bool		changes;		/* a setting has to be written */
} WalkDay;

static void
turn_to_series(Walk *walk, const Setting *setting, DateADT day)
{
	const Series *series = find_series(walk->requote, setting->security, setting->terms);
	const Moved *moved = find_moved(walk->requote, setting->security);

	walk->series = series;
	walk->moved_on = moved == NULL ? DATEVAL_NOEND : Max(moved->first_day, walk->requote->not_before);
	walk->next_quote = 0;
	while (series != NULL && walk->next_quote < series->n && series->days[walk->next_quote] < day)
		walk->next_quote++;
}

/*
 * Takes in all settings before a day.
 */
static void
begin_walk(Walk *walk, const Requote *requote, const RecordedNote *note, DateADT day)
{
	memset(walk, 0, sizeof(Walk));
	walk->requote = requote;
	walk->moved_on = DATEVAL_NOEND;
	for (; walk->next_setting < note->n && note->settings[walk->next_setting].day < day; walk->next_setting++)
	{
		const Setting *setting = &note->settings[walk->next_setting];

		if (setting->has_price)
		{
			walk->on_record = walk->quoted = setting->price;
			walk->has_price = true;
		}
		if (setting->terms != NULL)
			turn_to_series(walk, setting, day);
	}
}

/*
 * A quote that comes now and is dated before the deal's books begin counts on
 * their first day, over the price that the note was opened with; so does the
 * latest of all quotes for a note that came after its day.
 */
static bool
counts_on_first_day(const Walk *walk, const RecordedNote *note, DateADT day)
{
	return day == note->first_day && walk->moved_on < day &&
		walk->series != NULL && walk->next_quote > 0 &&
		(day == note->begin_day || walk->series->in_order);
}

/*
 * Does the record have a price of a later day?
 */
static bool
price_follows(const Walk *walk, const RecordedNote *note)
{
	for (int i = walk->next_setting; i < note->n; i++)
	{
		if (note->settings[i].has_price)
			return true;
	}
	return false;
}

/*
 * Goes to the next day on which there is a quote or something on record; false
 * at the end, or where the note has no principal any more.
 */
static bool
next_day(Walk *walk, const RecordedNote *note, WalkDay *result)
{
	bool		more_quotes = walk->series != NULL && walk->next_quote < walk->series->n;
	bool		more_settings = walk->next_setting < note->n;
	bool		on_day = false;
	bool		had_price = walk->has_price;
	Price		before = walk->quoted;

	if (!more_quotes && !more_settings)
		return false;
	result->day = more_quotes ? walk->series->days[walk->next_quote] : DATEVAL_NOEND;
	if (more_settings)
		result->day = Min(result->day, note->settings[walk->next_setting].day);
	if (result->day >= note->end_day)
		return false;

	result->stands = false;
	for (; walk->next_setting < note->n && note->settings[walk->next_setting].day == result->day; walk->next_setting++)
	{
		const Setting *setting = &note->settings[walk->next_setting];

		if (setting->terms != NULL)
			turn_to_series(walk, setting, result->day);
		if (!setting->has_price)
			continue;
		walk->on_record = setting->price;
		walk->has_price = true;
		result->stands = !setting->quoted || result->day < walk->moved_on;
		on_day = true;
	}
	if (!had_price)
		walk->quoted = walk->on_record; /* the first there is */
	if (walk->series != NULL && walk->next_quote < walk->series->n &&
		walk->series->days[walk->next_quote] == result->day)
	{
		walk->quoted = walk->series->prices[walk->next_quote++];
		if (walk->series->in_order)
			result->stands = false;	/* the quote came after it */
	}
	else if (counts_on_first_day(walk, note, result->day))
		walk->quoted = walk->series->prices[walk->next_quote - 1];
	if (counts_on_first_day(walk, note, result->day))
		result->stands = false;
	if (result->stands)
		walk->quoted = walk->on_record;
	result->changes = !result->stands &&
		!price_equal(&walk->quoted, on_day ? &walk->on_record : &before);
	return true;
}

/*
 * The day from which the walk starts: what is dated before the books begin
 * counts on their first day; nothing is said of a note before it was there.
 */
static DateADT
walk_start(const Requote *requote, const RecordedNote *note)
{
	return Max(requote->first_day, note->first_day);
}

/*
 * The price that a note has now, as it will stand on record; false where quotes
 * say nothing of it.
 */
bool
final_price(const Requote *requote, const RecordedNote *note, Price *price)
{
	Walk		walk;
	WalkDay		day;

	begin_walk(&walk, requote, note, walk_start(requote, note));
	while (next_day(&walk, note, &day))
		;
	*price = walk.quoted;
	return walk.has_price;
}

static void
say_price(PendingDeal *deal, const RecordedNote *note, DateADT day, const Price *price)
{
	InstrumentChange said;

	memset(&said, 0, sizeof(said));
	said.is_note = true;
	said.source = note->source;
	said.instrument = note->instrument;
	said.day = day;
	said.kind = said.settings_kind = CHANGE_PRICE;
	said.sets = SETS_PRICE;
	said.quoted = true;
	said.price = *price;
	pending_add_instrument(deal, &said);
}

/*
 * Writes what quotes say of a note on record whose row the UPDATE did not
 * touch: because it is gone, or because its price now is what it was.
 */
void
requote_gone(const Requote *requote, RecordedNote *note)
{
	PendingDeal *deal = NULL;
	Walk		walk;
	WalkDay		day;

	note->done = true;
	begin_walk(&walk, requote, note, walk_start(requote, note));
	while (next_day(&walk, note, &day))
	{
		if (!day.changes)
			continue;
		if (deal == NULL)
			deal = pending_deal(requote->ledger, note->deal);
		say_price(deal, note, day.day, &walk.quoted);
	}
}

/*
 * The note on record that has the key's source, instrument and deal.
 */
RecordedNote *
find_recorded(const Requote *requote, const RecordedNote *key)
{
	return bsearch(key, requote->notes, requote->nnotes, sizeof(RecordedNote), note_cmp);
}

static RecordedNote *
find_note(const Requote *requote, const Watch *watch, const Row *row)
{
	RecordedNote key = {.source = watch->source, .instrument = row->instrument, .deal = row->deal};

	return find_recorded(requote, &key);
}

/*
 * The note of a row of which nothing is on record after the first day that
 * moved: as if its one setting were the price it has.
 */
static void
note_of_row(const Watch *watch, const Row *row, RecordedNote *note, Setting *setting)
{
	*note = (RecordedNote) {.deal = row->deal, .source = watch->source,
		.instrument = row->instrument, .first_day = DATEVAL_NOBEGIN, .begin_day = DATEVAL_NOBEGIN,
	.end_day = DATEVAL_NOEND, .n = 1, .settings = setting};
	*setting = (Setting) {.day = DATEVAL_NOBEGIN + 1, .has_price = true, .price = price_of_number(&row->price),
		.security = security_text(watch, row), .terms = terms_text(watch, row)};
}

/*
 * What a row's price change from one to another does to its deal on a day.
 */
static void
add_change(const Watch *watch, PendingDeal *deal, const Row *row, DateADT day,
		   const Price *from, const Price *to)
{
	InstrumentChange note;
	Change		before,
				after;

	memset(&note, 0, sizeof(note));
	note.rounding = watch->rounding;
	sum_add_number(&note.principal, &row->principal);
	note.rate = row->rate.decimal;
	change_of_instrument(&note, from, &before);
	change_of_instrument(&note, to, &after);
	change_add(&after, &before, -1);
	if (!change_is_zero(&after))
		pending_add(deal, day, CHANGE_PRICE, &after, 1);
}

/*
 * A note that the UPDATE gave the price that quotes make now: the settings of
 * its days, and the change of its deal's sums, on the days on which what holds
 * now moved.
 */
void
requote_row(const Watch *watch, const Row *old, const Row *new, void *arg)
{
	const Requote *requote = arg;
	RecordedNote *recorded = find_note(requote, watch, new);
	RecordedNote note;
	Setting		own;
	PendingDeal *deal = pending_deal(watch->books->ledger, new->deal);
	Price		now = price_of_number(&old->price);
	Price		final = price_of_number(&new->price);
	DateADT		last = requote->first_day;
	Walk		walk;
	WalkDay		day;

	if (recorded != NULL)
	{
		recorded->done = true;
		note = *recorded;
	}
	else
		note_of_row(watch, new, &note, &own), own.price = now;
	begin_walk(&walk, requote, &note, walk_start(requote, &note));
	while (next_day(&walk, &note, &day))
	{
		last = day.day;
		if (!day.changes)
			continue;
		say_price(deal, &note, day.day, &walk.quoted);
		if (price_follows(&walk, &note))
			continue;			/* something later holds now */
		add_change(watch, deal, new, day.day, &now, &walk.quoted);
		now = walk.quoted;
	}
	if (price_equal(&now, &final))
		return;
	/* what the table says now has to be what the books say */
	last = Min(Max(last, walk_start(requote, &note)), as_of_day());
	if (recorded == NULL || !price_equal(&walk.quoted, &final))
		say_price(deal, &note, last, &final);
	add_change(watch, deal, new, last, &now, &final);
}

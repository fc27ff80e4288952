/*-------------------------------------------------------------------------
 *
 * facts.c
 *		The events of a deal that count.
 *
 * What has happened by covenant.as_of, was recorded by covenant.known_at and is
 * not retracted; the day on which a filing is due counts before it has come.  A
 * retraction counts from the moment it was recorded, for every day.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "guard/reading.h"
#include "guard/vouch.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

/* What reading facts goes on with. */
typedef struct Intake
{
	Walk	   *walk;
	int			size;
	int			nretractions;
	int			retractions_size;
	int64	   *retractions;
} Intake;

/* Columns of the query, from 1. */
enum
{
	EVENT_ID = 1, KIND, OCCURRED_ON, SECTION, HOLDER, SUBJECT, REF, AMOUNT, SHARES, FROM_DAY, TO_DAY, CHOICE, NOTE, COUNTERPARTY
};

/*
 * A day as covenant spells it in a ref, YYYY-MM-DD.
 */
static bool
day_in(const char *text, DateADT *day)
{
	static const char form[] = "0000-00-00";
	int			parts[3] = {0};	/* year, month, day of the month */
	int			part = 0;

	for (int i = 0; i < (int) strlen(form); i++)
	{
		if (form[i] == '-' ? text[i] != '-' : !isdigit((unsigned char) text[i]))
			return false;
		if (form[i] == '-')
			part++;
		else
			parts[part] = parts[part] * 10 + text[i] - '0';
	}
	if (text[strlen(form)] != '\0' || parts[1] < 1 || parts[1] > 12)
		return false;
	*day = date2j(parts[0], parts[1], parts[2]) - POSTGRES_EPOCH_JDATE;
	return true;
}

static Tie
tie_in(const char *ref)
{
	static const char shortfall[] = "shortfall ";
	Tie			tie = {TIE_NONE};

	if (ref == NULL)
		return tie;
	if (strncmp(ref, shortfall, strlen(shortfall)) == 0)
		tie.kind = day_in(ref + strlen(shortfall), &tie.day) ? TIE_SHORTFALL : TIE_NONE;
	else if (strchr(ref, '-') != NULL)
		tie.kind = day_in(ref, &tie.day) ? TIE_MONTH_END : TIE_NONE;
	else if (isdigit((unsigned char) ref[0]))
	{
		tie.kind = TIE_EVENT;
		tie.event = strtoi64(ref, NULL, 10);
	}
	return tie;
}

static char *
text_in(const RowRead *row, int column)
{
	return read_null(row, column) ? NULL : TextDatumGetCString(read_value(row, column));
}

static DateADT
day_or(const RowRead *row, int column, DateADT none)
{
	return read_null(row, column) ? none : DatumGetDateADT(read_value(row, column));
}

static void
read_fact(Fact *fact, const RowRead *row)
{
	fact->section = text_in(row, SECTION);
	fact->holder_text = text_in(row, HOLDER);
	fact->holder = NOBODY;
	fact->subject = text_in(row, SUBJECT);
	fact->ref = text_in(row, REF);
	fact->tie = tie_in(fact->ref);
	fact->note = text_in(row, NOTE);
	fact->choice = text_in(row, CHOICE);
	fact->counterparty = text_in(row, COUNTERPARTY);
	fact->has_amount = !read_null(row, AMOUNT);
	fact->amount = fact->has_amount ? ratio_from_numeric(DatumGetNumericCopy(read_value(row, AMOUNT))) : ratio_int(0);
	fact->shares = read_null(row, SHARES) ? 0 : DatumGetInt64(read_value(row, SHARES));
	fact->for_days = !read_null(row, FROM_DAY) || !read_null(row, TO_DAY);
	fact->from_day = day_or(row, FROM_DAY, DATEVAL_NOBEGIN);
	fact->to_day = day_or(row, TO_DAY, NO_DAY);
}

static void
take_retraction(Intake *intake, const RowRead *row)
{
	Tie			tie = tie_in(text_in(row, REF));

	if (tie.kind != TIE_EVENT)
		return;
	if (intake->nretractions == intake->retractions_size)
	{
		intake->retractions_size = Max(16, 2 * intake->retractions_size);
		intake->retractions = intake->retractions == NULL ? palloc(intake->retractions_size * sizeof(int64)) :
			repalloc_huge(intake->retractions, intake->retractions_size * sizeof(int64));
	}
	intake->retractions[intake->nretractions++] = tie.event;
}

static void
take_fact(const RowRead *row, void *arg)
{
	Intake	   *intake = arg;
	Walk	   *walk = intake->walk;
	char	   *kind_text = text_in(row, KIND);
	int			kind = find_word(walk->agreement, kind_text);
	DateADT		day = DatumGetDateADT(read_value(row, OCCURRED_ON));
	Fact	   *fact;

	if (kind == W_RETRACTION)
	{
		take_retraction(intake, row);
		return;
	}
	if (day > walk->as_of && kind != W_FILING_DUE)
		return;
	if (walk->nfacts == intake->size)
	{
		intake->size = Max(64, 2 * intake->size);
		walk->facts = walk->facts == NULL ? palloc(intake->size * sizeof(Fact)) :
			repalloc_huge(walk->facts, intake->size * sizeof(Fact));
	}
	fact = memset(&walk->facts[walk->nfacts++], 0, sizeof(Fact));
	fact->id = DatumGetInt64(read_value(row, EVENT_ID));
	fact->kind = kind;
	fact->kind_text = kind_text;
	fact->day = day;
	read_fact(fact, row);
}

static int
id_cmp(const void *left, const void *right)
{
	int64		a = *(const int64 *) left;
	int64		b = *(const int64 *) right;

	return (a > b) - (a < b);
}

static int
fact_cmp(const void *left, const void *right)
{
	return id_cmp(&((const Fact *) left)->id, &((const Fact *) right)->id);
}

static int
day_cmp(const void *left, const void *right)
{
	const Fact *a = *(Fact *const *) left;
	const Fact *b = *(Fact *const *) right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/*
 * Those of each kind by themselves, so that nobody has to look for the few that
 * he needs among all.
 */
static void
sort_by_kind(Walk *walk)
{
	int			nkinds = walk->agreement->nwords;
	Fact	  **sorted = palloc(Max(walk->nfacts, 1) * sizeof(Fact *));

	walk->of_kind = palloc0(Max(nkinds, 1) * sizeof(FactList));
	for (int i = 0; i < walk->nfacts; i++)
	{
		if (walk->facts[i].kind != NO_WORD)
			walk->of_kind[walk->facts[i].kind].n++;
	}
	for (int kind = 0; kind < nkinds; kind++)
	{
		walk->of_kind[kind].facts = sorted;
		sorted += walk->of_kind[kind].n;
		walk->of_kind[kind].n = 0;
	}
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];

		if (fact->kind != NO_WORD)
			walk->of_kind[fact->kind].facts[walk->of_kind[fact->kind].n++] = fact;
	}
}

/*
 * Takes out what is retracted, and puts the rest in order.
 */
static void
settle_facts(Intake *intake)
{
	Walk	   *walk = intake->walk;
	int			kept = 0;

	if (intake->nretractions > 1)
		qsort(intake->retractions, intake->nretractions, sizeof(int64), id_cmp);
	for (int i = 0; i < walk->nfacts; i++)
	{
		if (intake->nretractions == 0 ||
			bsearch(&walk->facts[i].id, intake->retractions, intake->nretractions, sizeof(int64), id_cmp) == NULL)
			walk->facts[kept++] = walk->facts[i];
	}
	walk->nfacts = kept;
	if (kept > 1)
		qsort(walk->facts, kept, sizeof(Fact), fact_cmp);
	walk->by_day = palloc(Max(kept, 1) * sizeof(Fact *));
	for (int i = 0; i < kept; i++)
		walk->by_day[i] = &walk->facts[i];
	if (kept > 1)
		qsort(walk->by_day, kept, sizeof(Fact *), day_cmp);
	sort_by_kind(walk);
}

void
read_facts(Walk *walk)
{
	Agreement  *agreement = walk->agreement;
	Books	   *books = agreement->books;
	Intake		intake = {.walk = walk};
	Datum		values[] = {key_to_datum(walk->deal, books->key_base), TimestampTzGetDatum(agreement->known_at)};

	if (agreement->facts_plan == NULL)
	{
		Oid			types[] = {books->key_base, TIMESTAMPTZOID};

		agreement->facts_plan =
			kept_plan(psprintf("SELECT event_id, kind, occurred_on, section, holder, subject, ref, amount, shares, from_day,"
							   " to_day, choice, note, counterparty FROM %s WHERE deal OPERATOR(pg_catalog.=) $1"
							   " AND recorded_at OPERATOR(pg_catalog.<=) $2 -- key %u",
							   qualified_name(agreement->events), books->key_base), 2, types);
	}
	walk->nfacts = 0;
	walk->facts = NULL;
	read_plan(agreement->facts_plan, values, take_fact, &intake);
	settle_facts(&intake);
}

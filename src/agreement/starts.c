/*-------------------------------------------------------------------------
 *
 * starts.c
 *		What starts the clocks of a deal: its facts, month ends, shortfalls; and
 *		the day by which each is due.
 *
 * A clock runs by the clause in force on the day of its start, and is read as
 * was adopted for that day.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

#include "calendar/calendar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/*
 * Is a section part of the same article, "4(o)" of "4(c)"?
 */
static bool
same_article(const char *a, const char *b)
{
	Size		length = strcspn(a, "(");

	return length == strcspn(b, "(") && strncmp(a, b, length) == 0;
}

static Clock *
add_clock(Walk *walk, const Clause *clause, DateADT day)
{
	Clock	   *clock;
	const Reading *reading = reading_in_force(walk, day);

	if (reading == NULL)
		return NULL;
	if (walk->nclocks == walk->size)
	{
		walk->size = Max(64, 2 * walk->size);
		walk->clocks = walk->clocks == NULL ? palloc(walk->size * sizeof(Clock)) :
			repalloc_huge(walk->clocks, (Size) walk->size * sizeof(Clock));
	}
	clock = &walk->clocks[walk->nclocks++];
	memset(clock, 0, sizeof(Clock));
	clock->clause = clause;
	clock->reading = reading;
	clock->section = clause->section;
	clock->remedy = clause->remedy;
	clock->by_buyers = clause->by_buyers;
	clock->started_on = clock->clock_from = day;
	clock->due_on = clock->done_on = clock->done_for_all = clock->broken_from = NO_DAY;
	return clock;
}

static void
start_by_event(Walk *walk, const Clause *clause, const Event *e)
{
	Clock	   *clock = add_clock(walk, clause, e->day);

	if (clock == NULL)
		return;
	clock->event = e;
	clock->ref = psprintf(INT64_FORMAT, e->id);
	clock->holder = e->holder;
	if (strcmp(clause->ends_on, "expenses_paid") == 0)
		clock->owed = e->amount;
}

static bool
has_subject(const Clause *clause, const Event *e)
{
	if (clause->nsubjects == 0)
		return true;
	for (int i = 0; e->subject != NULL && i < clause->nsubjects; i++)
	{
		if (strncmp(e->subject, clause->subjects[i], strlen(clause->subjects[i])) == 0)
			return true;
	}
	return false;
}

/*
 * Are all clauses of a section duties of the buyers?
 */
static bool
is_of_buyers(const Walk *walk, const char *section, DateADT day)
{
	bool		found = false;

	for (int ord = 0; ord <= walk->nduties; ord++)
	{
		const Clause *c = clause_in_force(walk, ord, day);

		if (c == NULL || !same_text(c->section, section))
			continue;
		if (!c->by_buyers)
			return false;
		found = true;
	}
	return found;
}

/*
 * A breach goes to the clauses of its own section that answer for breaches,
 * else to those of its article.  Owed by the buyers it is a duty of theirs,
 * without remedy: it never costs the company anything.
 */
static void
start_by_breach(Walk *walk, const Event *e)
{
	bool		own = false;

	for (int pass = 0; pass < 2 && !own; pass++)
	{
		for (int ord = 0; ord <= walk->nduties; ord++)
		{
			const Clause *c = clause_in_force(walk, ord, e->day);

			if (c == NULL || strcmp(c->starts_on, "breach") != 0 || e->section == NULL ||
				!(pass == 0 ? strcmp(c->section, e->section) == 0 : same_article(c->section, e->section)))
				continue;
			start_by_event(walk, c, e);
			own = true;
			if (walk->nclocks > 0 && walk->clocks[walk->nclocks - 1].event == e &&
				is_of_buyers(walk, e->section, e->day))
			{
				Clock	   *clock = &walk->clocks[walk->nclocks - 1];

				clock->section = e->section;
				clock->remedy = "none";
				clock->by_buyers = true;
			}
		}
	}
}

/*
 * "The date hereof" is the signing, or the closing where no signing is on
 * record.
 */
static const Event *
date_hereof(const Walk *walk)
{
	const Event *first = NULL;

	for (int pass = 0; pass < 2 && first == NULL; pass++)
	{
		for (int i = 0; i < walk->nevents; i++)
		{
			const Event *e = &walk->events[i];

			if (strcmp(e->kind, pass == 0 ? "signing" : "closing") == 0 && (first == NULL || e->day < first->day))
				first = e;
		}
	}
	return first;
}

static void
start_by_facts(Walk *walk)
{
	const Event *hereof = date_hereof(walk);

	for (int i = 0; i < walk->nevents; i++)
	{
		const Event *e = &walk->events[i];

		if (strcmp(e->kind, "breach") == 0)
		{
			start_by_breach(walk, e);
			continue;
		}
		for (int ord = 0; ord <= walk->nduties; ord++)
		{
			const Clause *c = clause_in_force(walk, ord, e->day);

			if (c == NULL)
				continue;
			if (strcmp(c->starts_on, "signing") == 0 ? e == hereof :
				strcmp(c->starts_on, e->kind) == 0 && has_subject(c, e))
				start_by_event(walk, c, e);
		}
	}
}

/*
 * Month ends from the closing on, while there is something to list.
 */
static void
start_by_months(Walk *walk)
{
	const Event *closing = NULL;
	int			year,
				month,
				day;

	for (int i = 0; i < walk->nevents; i++)
	{
		if (strcmp(walk->events[i].kind, "closing") == 0 && (closing == NULL || walk->events[i].day < closing->day))
			closing = &walk->events[i];
	}
	if (closing == NULL)
		return;
	j2date(closing->day + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	for (;; month++)
	{
		DateADT		end;
		int			at;

		if (month > 12)
		{
			month = 1;
			year++;
		}
		end = date2j(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) - POSTGRES_EPOCH_JDATE - 1;
		if (end > walk->as_of)
			return;
		at = balance_on(walk, end);
		if (at < 0 || (sum_sign(&walk->timeline.days[at].balance.principal) <= 0 &&
					   walk->timeline.days[at].balance.shares[WARRANT_SHARES] <= 0))
			continue;
		for (int ord = 0; ord <= walk->nduties; ord++)
		{
			const Clause *c = clause_in_force(walk, ord, end);
			Clock	   *clock = c == NULL || strcmp(c->starts_on, "month_end") != 0 ? NULL : add_clock(walk, c, end);

			if (clock != NULL)
				clock->ref = iso_day(end);
		}
	}
}

static void
start_by_shortfalls(Walk *walk)
{
	for (int i = 0; i < walk->nspells; i++)
	{
		const Spell *spell = &walk->spells[i];

		for (int ord = 0; ord <= walk->nduties; ord++)
		{
			const Clause *c = clause_in_force(walk, ord, spell->from_day);
			Clock	   *clock = c == NULL || strcmp(c->starts_on, "shortfall") != 0 ? NULL :
				add_clock(walk, c, spell->from_day);

			if (clock == NULL)
				continue;
			clock->spell = spell;
			clock->clock_from = spell->clock_from;
			clock->ref = psprintf("shortfall %s", iso_day(spell->from_day));
		}
	}
}

/*
 * The day on which the last note went; NO_DAY while there is one.
 */
static DateADT
last_note_went(const Walk *walk)
{
	const Timeline *t = &walk->timeline;

	for (int i = t->ndays - 1; i >= 0; i--)
	{
		if (sum_sign(&t->days[i].balance.principal) > 0)
			return i + 1 == t->ndays ? NO_DAY : t->days[i + 1].day;
	}
	return DATEVAL_NOBEGIN;
}

/*
 * The last day in time.  A period in days that ends on no business day moves
 * where that is the reading (General Construction Law, Section 25).  What lies
 * beyond the days that calendars know never comes.
 */
static void
find_due_day(Walk *walk, Clock *clock)
{
	const Clause *c = clock->clause;
	bool		moves = c->roll != NULL ? strcmp(c->roll, "following") == 0 :
		same_text(c->unit, "days") && strcmp(clock->reading->sunday, "moves") == 0;

	if (c->period >= 0 &&
		!due_day(clock->clock_from, c->period, c->unit, c->calendar != NULL ? c->calendar : clock->reading->calendar,
				 moves, &clock->due_on))
		clock->due_on = NO_DAY;
	if (strcmp(c->ends_on, "last_note") == 0)
	{
		DateADT		went = last_note_went(walk);

		if (went != NO_DAY && clock->due_on != NO_DAY)
			clock->due_on = Max(clock->due_on, went);
		if (went != NO_DAY && clock->due_on <= walk->as_of)
			clock->done_on = clock->due_on;
		return;
	}
	if (c->period < 0)
		clock->broken_from = clock->started_on;
	else if (clock->due_on != NO_DAY)
		clock->broken_from = Max(clock->due_on + 1, clock->started_on);
	if (clock->spell != NULL && strcmp(clock->reading->board_curable, "from_shortfall") == 0 && clock->broken_from != NO_DAY)
		clock->broken_from = clock->spell->vote_day == NO_DAY ? NO_DAY : Max(clock->broken_from, clock->spell->vote_day);
}

static int
clock_cmp(const void *left, const void *right)
{
	const Clock *a = left;
	const Clock *b = right;

	if (a->clause->ord != b->clause->ord)
		return a->clause->ord - b->clause->ord;
	if (a->started_on != b->started_on)
		return a->started_on < b->started_on ? -1 : 1;
	if (strlen(a->ref) != strlen(b->ref))
		return strlen(a->ref) < strlen(b->ref) ? -1 : 1;
	return strcmp(a->ref, b->ref);
}

void
start_clocks(Walk *walk)
{
	walk->size = 0;
	start_by_facts(walk);
	start_by_months(walk);
	start_by_shortfalls(walk);
	qsort(walk->clocks, walk->nclocks, sizeof(Clock), clock_cmp);
	for (int i = 0; i < walk->nclocks; i++)
	{
		CHECK_FOR_INTERRUPTS();
		find_due_day(walk, &walk->clocks[i]);
	}
}

/*-------------------------------------------------------------------------
 *
 * entry_ties.c
 *		What an event says of others: the holder whom it names, the clock that
 *		it ends or speaks of, the clause that answers for it.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/entry_ties.h"

#include "agreement/kinds.h"
#include "calendar/calendar.h"
#include "lib/stringinfo.h"

/* The holder ------------------------------------------------------------- */

void
check_holder(const EventEntry *entry, const EntryBooks *books)
{
	bool		signs = strcmp(entry->kind, "consent") == 0 || strcmp(entry->kind, "waiver") == 0;

	if (entry->holder == NULL && signs)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" names no holder", entry->kind),
				 errhint("Each Buyer signs for itself (Section 8(e)); only where one alone has a balance need it not be named.")));
	if (entry->holder == NULL || strcmp(entry->kind, "signing") == 0 || is_buyer(books, entry->holder))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("holder \"%s\" of event \"%s\" is no Buyer of the deal", entry->holder, entry->kind),
			 errdetail("A Buyer has signed, or has held a note or a warrant."),
			 errhint("Spell the name as the notes do, or record its signing first; whom else it concerns goes into counterparty.")));
}

/* The clock -------------------------------------------------------------- */

/*
 * What runs from the signing runs from the closing where nobody signed.
 */
static bool
starts_on(const EntryClause *clause, const char *start)
{
	return strcmp(clause->starts_on, start) == 0 ||
		(strcmp(clause->starts_on, "signing") == 0 && strcmp(start, "closing") == 0);
}

static bool
is_stop(const EntryBooks *books, const char *kind)
{
	for (int i = 0; i < books->nclauses; i++)
	{
		if (strcmp(books->clauses[i].ends_on, kind) == 0)
			return true;
	}
	return false;
}

/*
 * Is there a clause that a start begins, and, where stop is given, that it ends?
 */
static bool
is_clock(const EntryBooks *books, const char *start, const char *stop)
{
	for (int i = 0; i < books->nclauses; i++)
	{
		if (starts_on(&books->clauses[i], start) &&
			(stop == NULL || strcmp(books->clauses[i].ends_on, stop) == 0))
			return true;
	}
	return false;
}

/*
 * What a stop ends, for a hint.
 */
static char *
starts_of(const EntryBooks *books, const char *stop)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < books->nclauses; i++)
	{
		bool		told = false;

		for (int j = 0; j < i && !told; j++)
			told = strcmp(books->clauses[j].ends_on, stop) == 0 &&
				strcmp(books->clauses[j].starts_on, books->clauses[i].starts_on) == 0;
		if (!told && strcmp(books->clauses[i].ends_on, stop) == 0)
			appendStringInfo(&list, "%s%s", list.len == 0 ? "" : " or ", books->clauses[i].starts_on);
	}
	return list.data;
}

static void
check_retraction(const EventEntry *entry)
{
	if (entry->ref_kind != REF_EVENT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a retraction names no event"),
				 errhint("Its ref is the event_id of the event that it retracts.")));
	if (strcmp(entry->tied_to, "retraction") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event %s is a retraction and cannot be retracted", entry->ref),
				 errhint("Record the fact again.")));
}

/*
 * A stop that names its start comes not before it; but a report may be filed
 * before the day on which it is due.
 */
static void
refuse_early(const EventEntry *entry)
{
	if (entry->occurred_on >= entry->tied_on || strcmp(entry->tied_to, "filing_due") == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("event \"%s\" is dated before what its ref names", entry->kind),
			 errdetail("It is dated %s, \"%s\" is of %s.", iso_day(entry->occurred_on), entry->ref, iso_day(entry->tied_on)),
			 errhint("Nothing ends before it has started.")));
}

static void
refuse_tie(const EventEntry *entry, const EntryBooks *books, bool stop)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 stop ? errmsg("ref \"%s\" names nothing that event \"%s\" ends", entry->ref, entry->kind) :
			 errmsg("ref \"%s\" names nothing that event \"%s\" can be about", entry->ref, entry->kind),
			 entry->ref_kind == REF_EVENT ? errdetail("Event %s is \"%s\" of %s.", entry->ref, entry->tied_to, iso_day(entry->tied_on)) : 0,
			 stop ? errhint("It ends what starts on %s.", starts_of(books, entry->kind)) :
			 errhint("The ref that the duty view shows names a clock.")));
}

/*
 * A ref must name what the event ends, or speaks of.  What is no stop and
 * speaks of no clock may name another event.
 */
void
check_tie(EventEntry *entry, const EntryBooks *books)
{
	bool		stop = is_stop(books, entry->kind);
	bool		about = is_about_clock(entry->kind);

	if (entry->ref_kind == REF_EVENT && !read_tied_event(entry, books))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the deal has no event %s", entry->ref)));
	if (strcmp(entry->kind, "retraction") == 0)
		check_retraction(entry);
	else if (entry->ref_kind == REF_NONE)
		return;
	else if (stop && is_clock(books, entry->tied_to, entry->kind))
		refuse_early(entry);
	else if (!(about && is_clock(books, entry->tied_to, NULL)) &&
			 (stop || about || entry->ref_kind != REF_EVENT))
		refuse_tie(entry, books, stop);
}

/* The clause ------------------------------------------------------------- */

static bool
starts_on_breach(const EntryClause *clause)
{
	return strcmp(clause->starts_on, "breach") == 0;
}

/* What is asked of the clauses. */
typedef struct Question
{
	const EventEntry *entry;
	bool		own;			/* a clause of just this section is meant */
	bool		at_once;		/* a shortfall is a breach itself, as the deal is read */
} Question;

/*
 * A section is a clause's own, or that of a promise for whose breach the clause
 * of its article answers (Sections 3(z), 4(o)): of the breach that the ref names,
 * if it names one.
 */
static bool
answers_section(const EntryClause *clause, const Question *question)
{
	const char *section = question->entry->section;
	const char *broken = question->entry->tied_section;

	if (section == NULL || strcmp(clause->section, section) == 0)
		return true;
	if (question->own || clause->by_buyers || !starts_on_breach(clause))
		return false;
	return broken != NULL ? strcmp(section, broken) == 0 : same_article(clause->section, section);
}

/*
 * Does a clause run for the clock that the ref names?  A breach is answered by
 * the clause of its article.
 */
static bool
answers_tie(const EntryClause *clause, const Question *question)
{
	const EventEntry *entry = question->entry;

	if (entry->tied_to == NULL)
		return true;
	if (strcmp(entry->tied_to, "breach") == 0)
		return starts_on_breach(clause) &&
			(entry->tied_section == NULL || strcmp(clause->section, entry->tied_section) == 0 ||
			 (!clause->by_buyers && same_article(clause->section, entry->tied_section)));
	return starts_on(clause, entry->tied_to) ||
		(question->at_once && strcmp(clause->section, "4(o)") == 0);
}

static bool
answers(const EntryClause *clause, const Question *question)
{
	const char *kind = question->entry->kind;

	if (strcmp(kind, "breach") == 0)
		return starts_on_breach(clause) && answers_section(clause, question);
	if (strcmp(kind, "cure") == 0 && strcmp(clause->ends_on, kind) != 0)
		return false;
	return answers_tie(clause, question) && answers_section(clause, question);
}

/*
 * Without a ref a section that has clauses of its own, with a day by which they
 * are due, means these: under 4(h) the holder elects, and 4(o), which answers
 * for what else is broken there, is another matter.
 */
static Question
question_of(const EventEntry *entry, const EntryBooks *books)
{
	Question	question = {entry, false, false};

	question.at_once = strcmp(entry->kind, "election") == 0 && entry->tied_to != NULL &&
		strcmp(entry->tied_to, SHORTFALL) == 0 && short_at_once(books);
	if (entry->section == NULL || entry->tied_to != NULL ||
		strcmp(entry->kind, "breach") == 0 || strcmp(entry->kind, "cure") == 0)
		return question;
	for (int i = 0; i < books->nclauses; i++)
		question.own |= books->clauses[i].timed && strcmp(books->clauses[i].section, entry->section) == 0 &&
			strcmp(books->clauses[i].ends_on, LOCK_UP) != 0;
	return question;
}

static char *
sections_of(const EntryBooks *books)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < books->nclauses; i++)
	{
		bool		listed = false;

		for (int j = 0; j < i && !listed; j++)
			listed = strcmp(books->clauses[i].section, books->clauses[j].section) == 0;
		if (!listed)
			appendStringInfo(&list, "%s%s", list.len == 0 ? "" : ", ", books->clauses[i].section);
	}
	return list.data;
}

static void
refuse_section(const EventEntry *entry, const EntryBooks *books)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 entry->section == NULL ? errmsg("event \"%s\" names no section that answers for it", entry->kind) :
			 errmsg("Section %s does not answer for event \"%s\"", entry->section, entry->kind),
			 errdetail("The clauses are those of Sections %s.", sections_of(books)),
			 errhint("Write the section, such as 4(h), into the column section%s.",
					 strcmp(entry->kind, "breach") == 0 ? "" : ", or the ref of a duty into ref")));
}

static void
refuse_choice(const EventEntry *entry, const EntryClause *clause)
{
	const char *party = entry->holder == NULL ? "company" : "holder";
	const char *section = entry->section == NULL ? clause->section : entry->section;

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the %s has no choice under Section %s", party, section),
			 clause->elector == NULL ? errdetail("Section %s gives no choice of cash or shares.", section) :
			 errdetail("Section %s is paid in cash or in shares at the option of the %s.", section, clause->elector),
			 errhint("An event with a holder, '' where the notes have no holder column, is that holder's election; one without is the company's.")));
}

/*
 * A spelling that no clause has must still be one: 4(e), 3(g).
 */
static bool
is_section(const char *section)
{
	const char *p = section + strspn(section, "0123456789");

	if (p == section)
		return false;
	while (*p == '(')
	{
		int			length = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");

		if (length == 0 || p[length + 1] != ')')
			return false;
		p += length + 2;
	}
	return *p == '\0';
}

static void
check_spelling(const EventEntry *entry, const EntryBooks *books)
{
	if (entry->section == NULL || is_section(entry->section))
		return;
	for (int i = 0; i < books->nclauses; i++)
	{
		if (strcmp(books->clauses[i].section, entry->section) == 0)
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is no section", entry->section),
			 errhint("Sections are spelt as in the clauses: 4(h).")));
}

/*
 * A clause must answer for what names a section or is tied to a clock, and an
 * election must come from the party that elects there.
 */
void
check_section(const EventEntry *entry, const EntryBooks *books)
{
	bool		may = strcmp(entry->kind, "election") != 0;
	const EntryClause *found = NULL;
	Question	question;

	check_spelling(entry, books);
	if (!needs_section(entry->kind))
		return;
	if (entry->section == NULL && (entry->tied_to == NULL || strcmp(entry->kind, "breach") == 0))
		refuse_section(entry, books);
	question = question_of(entry, books);
	for (int i = 0; i < books->nclauses; i++)
	{
		const EntryClause *clause = &books->clauses[i];

		if (!answers(clause, &question))
			continue;
		if (found == NULL)
			found = clause;
		may |= clause->elector != NULL &&
			strcmp(clause->elector, entry->holder == NULL ? "company" : "holder") == 0;
	}
	if (found == NULL)
		refuse_section(entry, books);
	else if (!may)
		refuse_choice(entry, found);
}

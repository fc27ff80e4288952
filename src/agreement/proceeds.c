/*-------------------------------------------------------------------------
 *
 * proceeds.c
 *		Use of Proceeds (Section 4(d)).
 *
 * The Company uses the proceeds "in the manner set forth in Schedule 4(d)", and
 * for no loan to or investment in anybody but its Subsidiaries that exist at
 * signing.  What else is done with them is a breach of the section until it is
 * cured.  More than a category's plan is told, and is none: the schedule says
 * for what, and its amounts are what was planned.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/proceeds.h"

#include "agreement/answer.h"
#include "agreement/kinds.h"

/* The schedule that holds on a day; of each half the reading that has it. */
static Schedule
schedule_on(const Walk *walk, DateADT day)
{
	Schedule	schedule = {false};

	for (int i = walk->terms.nreadings - 1; i >= 0; i--)
	{
		const Reading *reading = walk->terms.readings[i];

		if (reading->version.from_day > day)
			continue;
		if (reading->schedule.has_categories)
		{
			schedule.has_categories = true;
			schedule.ncategories = reading->schedule.ncategories;
			schedule.categories = reading->schedule.categories;
		}
		if (reading->schedule.has_subsidiaries)
		{
			schedule.has_subsidiaries = true;
			schedule.nsubsidiaries = reading->schedule.nsubsidiaries;
			schedule.subsidiaries = reading->schedule.subsidiaries;
		}
	}
	return schedule;
}

static bool
lends_or_invests(const char *subject)
{
	static const char *const to_others[] = {"loan", "investment", NULL};

	return is_word_of(subject, to_others);
}

/*
 * The sum of a kind of facts up to and with one of them, by day.
 */
static Ratio
sum_up_to(const Walk *walk, int kind, const Fact *last)
{
	Ratio		sum = ratio_int(0);

	for (int i = 0; i < walk->nfacts; i++)
	{
		const Fact *fact = walk->by_day[i];

		if (fact->day > last->day || (fact->day == last->day && fact->kind == last->kind && fact->id > last->id))
			break;
		if (fact->kind == kind)
			sum = ratio_add(sum, fact->amount);
	}
	return sum;
}

/*
 * Is it a breach of Section 4(d)?  What is received on a day may be used on it.
 */
bool
is_misuse(const Walk *walk, const Fact *use)
{
	Schedule	schedule = schedule_on(walk, use->day);

	if (use->subject != NULL && lends_or_invests(use->subject))
	{
		if (use->counterparty == NULL || !is_subsidiary(&schedule, use->counterparty))
			return true;
	}
	else if (schedule.has_categories && (use->subject == NULL || find_category(&schedule, use->subject) == NULL))
		return true;
	return ratio_compare(sum_up_to(walk, W_PROCEEDS_USED, use), sum_up_to(walk, W_PROCEEDS_RECEIVED, use)) > 0;
}

/*
 * A use says for what, and where that depends on to whom, to whom.
 */
void
check_proceeds(const EventEntry *entry)
{
	if (strcmp(entry->kind, "proceeds_used") != 0)
		return;
	if (entry->subject == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" does not say for what", entry->kind),
				 errhint("Its subject is the category of Schedule 4(d), or loan, or investment.")));
	if (lends_or_invests(entry->subject) && entry->counterparty == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a %s does not say to whom", entry->subject),
				 errhint("Write the borrower, or what is invested in, into counterparty: only Subsidiaries that existed at signing may be (Section 4(d)).")));
}

/* The view --------------------------------------------------------------- */

static Ratio
used_for(const Walk *walk, const char *category)
{
	Ratio		sum = ratio_int(0);

	for (int i = 0; i < walk->nfacts; i++)
	{
		const Fact *fact = &walk->facts[i];

		if (fact->kind == W_PROCEEDS_USED && fact->subject != NULL && strcmp(fact->subject, category) == 0)
			sum = ratio_add(sum, fact->amount);
	}
	return sum;
}

static void
put_category(Answer *a, const char *name, bool planned, Ratio plan)
{
	Ratio		used = used_for(&a->walk, name);

	put_text(a, name);
	if (planned)
		put_money(a, plan);
	else
		put_null(a);
	put_money(a, used);
	if (planned)
		put_money(a, ratio_subtract(plan, used));
	else
		put_null(a);
	put_row(a);
}

/*
 * Was a category of a use spoken of by one before it?
 */
static bool
is_repeated(const Walk *walk, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (walk->facts[i].kind == W_PROCEEDS_USED && strcmp(walk->facts[i].subject, walk->facts[n].subject) == 0)
			return true;
	}
	return false;
}

/*
 * covenant_internal.proceeds_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_proceeds_of);
Datum
covenant_proceeds_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	Schedule	schedule;

	begin_answer(&a, fcinfo, TO_FACTS);
	schedule = schedule_on(&a.walk, a.walk.as_of);
	for (int i = 0; i < schedule.ncategories; i++)
		put_category(&a, schedule.categories[i].name, true, schedule.categories[i].planned);
	for (int i = 0; i < a.walk.nfacts; i++)
	{
		const Fact *fact = &a.walk.facts[i];

		if (fact->kind == W_PROCEEDS_USED && fact->subject != NULL && find_category(&schedule, fact->subject) == NULL &&
			!is_repeated(&a.walk, i))
			put_category(&a, fact->subject, false, ratio_int(0));
	}
	end_answer(&a);
	return (Datum) 0;
}

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
 * Is it used for what the schedule has, and lent to or invested in none but a
 * Subsidiary?
 */
static bool
is_in_schedule(const Schedule *schedule, const Fact *use)
{
	if (use->subject != NULL && lends_or_invests(use->subject))
		return use->counterparty != NULL && is_subsidiary(schedule, use->counterparty);
	return !schedule->has_categories || (use->subject != NULL && find_category(schedule, use->subject) != NULL);
}

/*
 * Which uses break Section 4(d)?  What is received on a day may be used on it,
 * whatever is recorded first; of uses of one day the later recorded is the one
 * that is too much.
 */
void
find_misuses(const Walk *walk)
{
	const FactList *uses = &walk->of_kind[W_PROCEEDS_USED];
	const FactList *receipts = &walk->of_kind[W_PROCEEDS_RECEIVED];
	Ratio		used = ratio_int(0);
	Ratio		received = ratio_int(0);

	for (int i = 0, r = 0; i < uses->n; i++)
	{
		Fact	   *use = uses->facts[i];
		Schedule	schedule = schedule_on(walk, use->day);

		for (; r < receipts->n && receipts->facts[r]->day <= use->day; r++)
			received = ratio_add(received, receipts->facts[r]->amount);
		used = ratio_add(used, use->amount);
		use->misuse = ratio_compare(used, received) > 0 || !is_in_schedule(&schedule, use);
	}
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

/* A category that the schedule or a use names, and what was used for it. */
typedef struct CategoryUse
{
	const char *name;
	const Ratio *planned;		/* NULL: the schedule does not have it */
	Ratio		used;
} CategoryUse;

/*
 * Adds a use to its category, which it may be the first to name.
 */
static void
add_use(CategoryUse *uses, int *n, const Fact *use)
{
	int			i = 0;

	while (i < *n && strcmp(uses[i].name, use->subject) != 0)
		i++;
	if (i == *n)
		uses[(*n)++] = (CategoryUse) {use->subject, NULL, ratio_int(0)};
	uses[i].used = ratio_add(uses[i].used, use->amount);
}

static void
put_category(Answer *a, const CategoryUse *category)
{
	put_text(a, category->name);
	if (category->planned != NULL)
		put_money(a, *category->planned);
	else
		put_null(a);
	put_money(a, category->used);
	if (category->planned != NULL)
		put_money(a, ratio_subtract(*category->planned, category->used));
	else
		put_null(a);
	put_row(a);
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
	const FactList *uses;
	CategoryUse *categories;
	int			n = 0;

	begin_answer(&a, fcinfo, TO_FACTS);
	schedule = schedule_on(&a.walk, a.walk.as_of);
	uses = &a.walk.of_kind[W_PROCEEDS_USED];
	categories = palloc((schedule.ncategories + uses->n + 1) * sizeof(CategoryUse));
	for (int i = 0; i < schedule.ncategories; i++)
		categories[n++] = (CategoryUse) {schedule.categories[i].name, &schedule.categories[i].planned, ratio_int(0)};
	for (int i = 0; i < uses->n; i++)
	{
		if (uses->facts[i]->subject != NULL)
			add_use(categories, &n, uses->facts[i]);
	}
	for (int i = 0; i < n; i++)
		put_category(&a, &categories[i]);
	end_answer(&a);
	return (Datum) 0;
}

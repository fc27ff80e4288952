/*-------------------------------------------------------------------------
 *
 * conditions.c
 *		The conditions of the closings, and which are met.
 *
 * Section 6 has those of the Company's obligation to sell, Section 7 those of
 * each Buyer's to purchase; Section 4(l) makes the latter conditions of both
 * tranches, and adds one to that of the Effective Date.  Its words there speak
 * of the Additional Notes, which are those of both tranches: what is meant can
 * only be the Effectiveness Notes, since the Filing Notes are bought before.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/conditions.h"

#include "agreement/answer.h"
#include "agreement/kinds.h"
#include "utils/builtins.h"

static const char *const closing_names[] = {
	[THE_CLOSING] = "closing", [FILING_TRANCHE] = "filing tranche", [EFFECTIVENESS_TRANCHE] = "effectiveness tranche"
};

static const char *const state_names[] = {
	[CONDITION_OPEN] = "open", [CONDITION_SATISFIED] = "satisfied", [CONDITION_FAILED] = "failed", [CONDITION_WAIVED] = "waived"
};

#define OF_SECTION_7(closing) \
	{"7(a)", closing, false, "the Company has signed this Agreement and the Registration Rights Agreement and delivered them to the Buyer"}, \
	{"7(b)", closing, false, "Notes and Warrants are delivered to the Buyer"}, \
	{"7(c)", closing, false, "the Transfer Agent has acknowledged the Irrevocable Transfer Agent Instructions in writing"}, \
	{"7(d)", closing, false, "the Company's representations are true, its covenants are performed, and its chief executive officer has certified so"}, \
	{"7(e)", closing, false, "no litigation, law or order prohibits the transactions"}, \
	{"7(f)", closing, false, "nothing has occurred that could be expected to have a Material Adverse Effect"}, \
	{"7(g)", closing, false, "the shares are authorized for quotation on the OTCBB, and trading in the stock is not suspended"}, \
	{"7(h)", closing, false, "the Buyer has the opinion of the Company's counsel"}, \
	{"7(i)", closing, false, "the Buyer has the officer's certificate that brings Section 3(c) up to date"}

static const Condition conditions[] = {
	{"6(a)", THE_CLOSING, true, "the Buyer has signed this Agreement and the Registration Rights Agreement and delivered them to the Company"},
	{"6(b)", THE_CLOSING, true, "the Buyer has delivered the Purchase Price"},
	{"6(c)", THE_CLOSING, true, "the Buyer's representations are true and its covenants are performed"},
	{"6(d)", THE_CLOSING, true, "no litigation, law or order prohibits the transactions"},
	OF_SECTION_7(THE_CLOSING),
	OF_SECTION_7(FILING_TRANCHE),
	OF_SECTION_7(EFFECTIVENESS_TRANCHE),
	{"4(l)", EFFECTIVENESS_TRANCHE, false, "there is no Material Adverse Effect as of the effective date"},
};

int
all_conditions(const Condition **all)
{
	*all = conditions;
	return lengthof(conditions);
}

const char *
closing_name(Closing closing)
{
	return closing_names[closing];
}

/*
 * Which closing a name means; NULL: the closing.  False: none.
 */
bool
closing_named(const char *name, Closing *closing)
{
	for (int i = 0; i < N_CLOSINGS; i++)
	{
		if (name == NULL || strcmp(name, closing_names[i]) == 0)
		{
			*closing = i;
			return true;
		}
	}
	return false;
}

static const Condition *
find_condition(const char *section, Closing closing)
{
	for (int i = 0; i < lengthof(conditions); i++)
	{
		if (conditions[i].closing == closing && strcmp(conditions[i].section, section) == 0)
			return &conditions[i];
	}
	return NULL;
}

/*
 * Who is a Buyer: those who have signed, and those who ever held something.
 */
bool *
find_buyers(const Walk *walk)
{
	const FactList *signings = &walk->of_kind[W_SIGNING];
	bool	   *buyers = palloc0(Max(walk->nholders, 1) * sizeof(bool));

	for (int h = 0; h < walk->nholders; h++)
		buyers[h] = held_between(&walk->all.of_holder[h], DATEVAL_NOBEGIN, DATEVAL_NOEND);
	for (int i = 0; i < signings->n; i++)
	{
		if (signings->facts[i]->holder != NOBODY)
			buyers[signings->facts[i]->holder] = true;
	}
	return buyers;
}

/*
 * What a fact says of a condition; CONDITION_OPEN: nothing.
 */
static ConditionState
said_by(const Fact *fact)
{
	switch (fact->kind)
	{
		case W_CONDITION_SATISFIED:
			return CONDITION_SATISFIED;
		case W_CONDITION_FAILED:
			return CONDITION_FAILED;
		case W_CONDITION_WAIVED:
			return CONDITION_WAIVED;
		default:
			return CONDITION_OPEN;
	}
}

static bool
is_about(const Fact *fact, const Condition *condition, int holder)
{
	Closing		closing;

	return said_by(fact) != CONDITION_OPEN &&
		fact->section != NULL && strcmp(fact->section, condition->section) == 0 &&
		(fact->holder == NOBODY || fact->holder == holder) &&
		closing_named(fact->subject, &closing) && closing == condition->closing;
}

/*
 * How a condition stands towards a Buyer, and since when: the latest fact
 * decides, but what was waived stays so.
 */
ConditionState
condition_state(const Walk *walk, const Condition *condition, int holder, DateADT *since)
{
	ConditionState state = CONDITION_OPEN;

	*since = NO_DAY;
	for (int i = 0; i < walk->nfacts && state != CONDITION_WAIVED; i++)
	{
		const Fact *fact = walk->by_day[i];

		if (!is_about(fact, condition, holder))
			continue;
		if (said_by(fact) != state)
			*since = fact->day;
		state = said_by(fact);
	}
	return state;
}

/* The door --------------------------------------------------------------- */

/*
 * What is said of a condition must be said of one that there is.  A condition of
 * Section 6 is the Company's to waive, any other that of each Buyer for itself.
 */
void
check_condition(const EventEntry *entry)
{
	Closing		closing;
	const Condition *condition;

	if (!is_condition(entry->kind))
		return;
	if (!closing_named(entry->subject, &closing))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no closing \"%s\"", entry->subject),
				 errhint("The subject is closing, filing tranche or effectiveness tranche; left out it is closing.")));
	condition = entry->section == NULL ? NULL : find_condition(entry->section, closing);
	if (condition == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 entry->section == NULL ? errmsg("event \"%s\" does not say of which condition", entry->kind) :
				 errmsg("Section %s has no condition of the %s", entry->section, closing_names[closing]),
				 errhint("covenant.conditions('spa-2005') lists them: Sections 6(a) to 6(d) and 7(a) to 7(i) at the closing, Section 7 at the tranches, and 4(l) at the effectiveness tranche.")));
	if (strcmp(entry->kind, "condition_waived") == 0 && entry->holder == NULL && !condition->for_company)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the company cannot waive a condition of Section %s", condition->section),
				 errdetail("It is for each Buyer's sole benefit."),
				 errhint("Name in holder the Buyer that waives it, for itself alone.")));
}

/* Answers ---------------------------------------------------------------- */

/*
 * covenant.conditions(form)
 */
COVENANT_FUNCTION(covenant_conditions);
Datum
covenant_conditions(PG_FUNCTION_ARGS)
{
	char	   *form = text_to_cstring(PG_GETARG_TEXT_PP(0));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	if (strcmp(form, "spa-2005") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown form of agreement \"%s\"", form),
				 errdetail("Known forms are: spa-2005.")));
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(conditions); i++)
	{
		Datum		values[] = {
			CStringGetTextDatum(conditions[i].section),
			CStringGetTextDatum(closing_names[conditions[i].closing]),
			CStringGetTextDatum(conditions[i].for_company ? "company" : "buyer"),
			CStringGetTextDatum(conditions[i].words)
		};
		bool		nulls[lengthof(values)] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * covenant_internal.condition_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_condition_of);
Datum
covenant_condition_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	bool	   *buyers;

	begin_answer(&a, fcinfo, TO_FACTS);
	buyers = find_buyers(&a.walk);
	for (int i = 0; i < lengthof(conditions); i++)
	{
		for (int h = 0; h < a.walk.nholders; h++)
		{
			DateADT		since;
			ConditionState state;

			if (!buyers[h])
				continue;
			state = condition_state(&a.walk, &conditions[i], h, &since);
			put_text(&a, closing_names[conditions[i].closing]);
			put_text(&a, conditions[i].section);
			put_holder(&a, h);
			put_text(&a, conditions[i].for_company ? "company" : "buyer");
			put_text(&a, conditions[i].words);
			put_text(&a, state_names[state]);
			put_day(&a, since);
			put_row(&a);
		}
	}
	end_answer(&a);
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * closings.c
 *		The closing and the tranches, Buyer by Buyer (Sections 1, 4(l), 6 and 7).
 *
 * The obligations of the Buyers are several: one may close while another waits.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/conditions.h"

#include "agreement/answer.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

/*
 * What opens a tranche: the filing of the Registration Statement, its
 * effectiveness.
 */
static int
opened_by(Closing closing)
{
	return closing == FILING_TRANCHE ? W_REGISTRATION_FILED : W_EFFECTIVE;
}

static DateADT
first_day_of(const Walk *walk, int kind, int holder)
{
	const FactList *list = &walk->of_kind[kind];

	for (int i = 0; i < list->n; i++)
	{
		if (holder == NOBODY || list->facts[i]->holder == holder)
			return list->facts[i]->day;
	}
	return NO_DAY;
}

/*
 * The closing is open to a Buyer from its signing on; to one who did not sign
 * from that of the others.
 */
static DateADT
opened_on(const Walk *walk, Closing closing, int holder)
{
	DateADT		own;

	if (closing != THE_CLOSING)
		return first_day_of(walk, opened_by(closing), NOBODY);
	own = first_day_of(walk, W_SIGNING, holder);
	return own != NO_DAY ? own : first_day_of(walk, W_SIGNING, NOBODY);
}

/*
 * The clock of a tranche, which its first filing or effectiveness starts; NULL:
 * none runs.
 */
static const Clock *
clock_of(const Walk *walk, Closing closing)
{
	const Clock *first = NULL;

	for (int i = 0; i < walk->nclocks && closing != THE_CLOSING; i++)
	{
		const Clock *clock = &walk->clocks[i];

		if (clock->clause->starts_on == opened_by(closing) && clock->clause->ends_on == W_TRANCHE_CLOSED &&
			(first == NULL || clock->started_on < first->started_on))
			first = clock;
	}
	return first;
}

/*
 * The day of a closing for a Buyer, which a fact names for all or for it alone.
 */
static DateADT
closed_on(const Walk *walk, Closing closing, int holder)
{
	const FactList *list = &walk->of_kind[closing == THE_CLOSING ? W_CLOSING : W_TRANCHE_CLOSED];
	const Clock *clock = clock_of(walk, closing);
	DateADT		day = clock == NULL ? NO_DAY : Min(clock->done_for_all, clock->served[holder]);

	for (int i = 0; i < list->n; i++)
	{
		const Fact *fact = list->facts[i];
		Closing		named;

		if (fact->holder != NOBODY && fact->holder != holder)
			continue;
		if (closing == THE_CLOSING || (fact->subject != NULL && closing_named(fact->subject, &named) && named == closing))
			day = Min(day, fact->day);
	}
	return day;
}

/*
 * The conditions that are neither satisfied nor waived, by their sections; NULL:
 * none is left.
 */
static char *
open_conditions(const Walk *walk, Closing closing, int holder)
{
	const Condition *conditions;
	int			n = all_conditions(&conditions);
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < n; i++)
	{
		DateADT		since;
		ConditionState state;

		if (conditions[i].closing != closing)
			continue;
		state = condition_state(walk, &conditions[i], holder, &since);
		if (state == CONDITION_OPEN || state == CONDITION_FAILED)
			appendStringInfo(&list, "%s%s", list.len == 0 ? "" : ", ", conditions[i].section);
	}
	return list.len == 0 ? NULL : list.data;
}

/*
 * covenant_internal.closing_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_closing_of);
Datum
covenant_closing_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	bool	   *buyers;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	buyers = find_buyers(&a.walk);
	for (int closing = THE_CLOSING; closing < N_CLOSINGS; closing++)
	{
		const Clock *clock = clock_of(&a.walk, closing);

		for (int h = 0; h < a.walk.nholders; h++)
		{
			char	   *left;

			if (!buyers[h])
				continue;
			left = open_conditions(&a.walk, closing, h);
			put_text(&a, closing_name(closing));
			put_holder(&a, h);
			put_day(&a, opened_on(&a.walk, closing, h));
			put_day(&a, clock == NULL ? NO_DAY : clock->due_on);
			put_bool(&a, left == NULL);
			put_text(&a, left);
			put_day(&a, closed_on(&a.walk, closing, h));
			put_row(&a);
		}
	}
	end_answer(&a);
	return (Datum) 0;
}

/* What was issued at a closing ------------------------------------------- */

static void
put_issued(Answer *a, const Instrument *instrument)
{
	const Stretch *first = &instrument->stretches[0];

	put_bytes(a, first->holder);
	put_bytes(a, instrument->source);
	put_bytes(a, instrument->key);
	put_bool(a, instrument->is_note);
	put_money(a, ratio_of_sum(&first->principal));
	put_count(a, instrument->is_note ? 0 : first->adds.shares[WARRANT_SHARES]);
	put_money(a, ratio_from_decimal(first->rate));
	put_row(a);
}

/*
 * covenant_internal.issued_at(ledger, deal, with_capital, closing): the notes and
 * warrants whose first day is that on which the closing closed for their holder,
 * as they were then.
 */
COVENANT_FUNCTION(covenant_issued_at);
Datum
covenant_issued_at(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	Closing		closing;
	Answer		a;

	if (!closing_named(name, &closing))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no closing \"%s\"", name),
				 errhint("It is closing, filing tranche or effectiveness tranche.")));
	begin_answer(&a, fcinfo, TO_CLOCKS);
	for (int i = 0; i < a.walk.timeline.ninstruments; i++)
	{
		const Instrument *instrument = &a.walk.timeline.instruments[i];
		int			holder = instrument->nstretches == 0 ? NOBODY : find_holder(&a.walk, instrument->stretches[0].holder);

		if (holder != NOBODY && instrument->stretches[0].from_day == closed_on(&a.walk, closing, holder))
			put_issued(&a, instrument);
	}
	end_answer(&a);
	return (Datum) 0;
}

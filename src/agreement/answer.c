/*-------------------------------------------------------------------------
 *
 * answer.c
 *		The rows that a function of one deal gives of its walk.
 *
 * The views call such a function for each row of the ledger, so that what is
 * asked of one deal costs no more than it, what is asked of all takes no memory
 * for all, and parallel workers share them.  What all deals of a statement have
 * in common is read once.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "calendar/calendar.h"
#include "catalog/pg_type.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"

/*
 * The agreement that the first argument's ledger has, read once a statement.
 */
static Agreement *
agreement_of_call(FunctionCallInfo fcinfo)
{
	Agreement  *agreement = fcinfo->flinfo->fn_extra;

	if (agreement != NULL && (agreement->ledger != PG_GETARG_OID(0) || agreement->known_at != known_at_moment()))
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(agreement->context);
		agreement = NULL;
	}
	if (agreement == NULL)
	{
		agreement = open_agreement(PG_GETARG_OID(0), fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = agreement;
	}
	agreement->as_of = as_of_day();
	return agreement;
}

/*
 * Goes along for the deal that the arguments name: ledger, deal, and whether its
 * capital is known; up to a day, NO_DAY: that of the settings.
 */
void
begin_answer_by(Answer *answer, FunctionCallInfo fcinfo, DateADT as_of, Stage stage)
{
	Agreement  *agreement;
	Bytes		deal;

	InitMaterializedSRF(fcinfo, 0);
	answer->result = (ReturnSetInfo *) fcinfo->resultinfo;
	answer->context = AllocSetContextCreate(CurrentMemoryContext, "covenant walk", ALLOCSET_DEFAULT_SIZES);
	answer->n = 0;
	SPI_connect();
	answer->old = MemoryContextSwitchTo(answer->context);
	agreement = agreement_of_call(fcinfo);
	deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), agreement->books->key_base, palloc(8));
	walk_deal(&answer->walk, agreement, deal, PG_GETARG_BOOL(2),
			  as_of == NO_DAY ? agreement->as_of : as_of, stage);
}

void
begin_answer(Answer *answer, FunctionCallInfo fcinfo, Stage stage)
{
	begin_answer_by(answer, fcinfo, NO_DAY, stage);
}

void
end_answer(Answer *answer)
{
	MemoryContextSwitchTo(answer->old);
	SPI_finish();
	MemoryContextDelete(answer->context);
}

/* Columns ---------------------------------------------------------------- */

static void
put(Answer *answer, Datum value, bool isnull)
{
	Assert(answer->n < MOST_COLUMNS);
	answer->values[answer->n] = value;
	answer->nulls[answer->n++] = isnull;
}

void
put_null(Answer *answer)
{
	put(answer, (Datum) 0, true);
}

void
put_text(Answer *answer, const char *text)
{
	put(answer, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

void
put_bytes(Answer *answer, Bytes text)
{
	put(answer, PointerGetDatum(cstring_to_text_with_len(text.data, text.len)), false);
}

void
put_day(Answer *answer, DateADT day)
{
	put(answer, DateADTGetDatum(day), day == NO_DAY);
}

void
put_int(Answer *answer, int32 n)
{
	put(answer, Int32GetDatum(n), false);
}

void
put_bool(Answer *answer, bool yes)
{
	put(answer, BoolGetDatum(yes), false);
}

void
put_count(Answer *answer, int64 n)
{
	put(answer, Int64GetDatum(n), false);
}

void
put_rounded(Answer *answer, Ratio amount, int decimals)
{
	put(answer, NumericGetDatum(ratio_numeric(amount, decimals)), false);
}

/*
 * With the decimals that it has, 20 at most.
 */
void
put_money(Answer *answer, Ratio amount)
{
	int			decimals = 0;

	while (decimals < 20 && ratio_compare(ratio_round(amount, decimals), amount) != 0)
		decimals++;
	put_rounded(answer, amount, decimals);
}

/*
 * A holder's name; null where it is nobody in particular.
 */
void
put_holder(Answer *answer, int holder)
{
	if (holder == NOBODY)
		put_null(answer);
	else
		put_bytes(answer, answer->walk.holders[holder]);
}

void
put_row(Answer *answer)
{
	tuplestore_putvalues(answer->result->setResult, answer->result->setDesc, answer->values, answer->nulls);
	answer->n = 0;
}

/* Words ------------------------------------------------------------------ */

/*
 * What an event is tied to a clock by.
 */
char *
ref_of(const Clock *clock)
{
	switch (clock->ref.kind)
	{
		case TIE_EVENT:
			return psprintf(INT64_FORMAT, clock->ref.event);
		case TIE_MONTH_END:
			return iso_day(clock->ref.day);
		case TIE_SHORTFALL:
			return psprintf("shortfall %s", iso_day(clock->ref.day));
		case TIE_NONE:
			break;
	}
	return NULL;
}

const char *
elector_of(const Clock *clock)
{
	static const char *const electors[] = {[ELECTOR_NONE] = NULL, [ELECTOR_COMPANY] = "company", [ELECTOR_HOLDER] = "holder"};

	return electors[clock->clause->elector];
}

/*
 * The holders towards whom a clock that each has for itself was not stopped
 * yet; null: there is none.
 */
void
put_unserved(Answer *answer, const Clock *clock)
{
	const Walk *walk = &answer->walk;
	Datum	   *names = palloc(Max(walk->nholders, 1) * sizeof(Datum));
	bool		each = clock->clause->to_each_holder;
	int			n = 0;

	for (int h = 0; h < walk->nholders && !each; h++)
		each = clock->served[h] != NO_DAY;
	for (int h = 0; h < walk->nholders && each && clock->done_on == NO_DAY; h++)
	{
		if (clock->concerned[h] && clock->served[h] == NO_DAY)
			names[n++] = PointerGetDatum(cstring_to_text_with_len(walk->holders[h].data, walk->holders[h].len));
	}
	if (n == 0)
		put_null(answer);
	else
		put(answer, PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT)), false);
}

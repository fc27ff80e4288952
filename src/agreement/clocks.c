/*-------------------------------------------------------------------------
 *
 * clocks.c
 *		The clocks of one deal, and what each holder may claim of them, as rows.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/engine.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "guard/company.h"
#include "guard/vouch.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/*
 * Do the deals of these books have a capital of their own?
 */
static bool
has_own_capital(const Books *books)
{
	AttrNumber	attno = get_attnum(books->ledger, "authorized");
	HeapTuple	tuple = attno <= 0 ? NULL : SearchSysCache2(ATTNUM, ObjectIdGetDatum(books->ledger), Int16GetDatum(attno));
	bool		result = HeapTupleIsValid(tuple) && ((Form_pg_attribute) GETSTRUCT(tuple))->attnotnull;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return result;
}

/*
 * Walks one deal from its facts to its clocks.  The caller has connected to
 * SPI.
 */
static void
walk_deal(Walk *walk, Oid ledger, const char *deal)
{
	CompanyCapital capital = {{NULL, 0}};
	char	   *key = pstrdup(deal);

	memset(walk, 0, sizeof(Walk));
	walk->books = require_books(ledger);
	walk->deal = key_from_cstring(key, walk->books->key_base, palloc(8));
	walk->as_of = as_of_day();
	walk->known_at = known_at_moment();
	read_records(walk);
	if (OidIsValid(walk->books->capital))
		capital.company = company_of_deal(walk->books, walk->deal);
	read_timeline(&walk->timeline, walk->books, walk->deal, &capital, walk->as_of, walk->known_at, NULL);
	walk->has_capital = capital.known || has_own_capital(walk->books);
	find_spells(walk);
	start_clocks(walk);
	stop_clocks(walk);
	judge_waivers(walk);
}

/* A call that gives rows about one deal. */
typedef struct Call
{
	ReturnSetInfo *result;
	MemoryContext context;
	MemoryContext old;
	Walk		walk;
} Call;

static void
begin_call(Call *call, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	CHECK_FOR_INTERRUPTS();
	call->result = (ReturnSetInfo *) fcinfo->resultinfo;
	call->context = AllocSetContextCreate(CurrentMemoryContext, "covenant walk", ALLOCSET_DEFAULT_SIZES);
	SPI_connect();
	call->old = MemoryContextSwitchTo(call->context);
	walk_deal(&call->walk, PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)));
}

static void
end_call(Call *call)
{
	MemoryContextSwitchTo(call->old);
	SPI_finish();
	MemoryContextDelete(call->context);
}

/* Columns of a row, filled one after the other. */
typedef struct Columns
{
	Datum		values[24];
	bool		nulls[24];
	int			n;
} Columns;

static void
put(Columns *columns, Datum value, bool isnull)
{
	columns->values[columns->n] = value;
	columns->nulls[columns->n++] = isnull;
}

static void
put_text(Columns *columns, const char *text)
{
	put(columns, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

static void
put_day(Columns *columns, DateADT day)
{
	put(columns, DateADTGetDatum(day), day == NO_DAY);
}

static void
put_numeric(Columns *columns, Numeric number)
{
	put(columns, NumericGetDatum(number), number == NULL);
}

/*
 * The parties for whom something holds, as an array; NULL where there are none.
 */
static void
put_parties(Columns *columns, const Clock *clock, bool (*wanted) (const Clock *, const Party *))
{
	Datum	   *names = palloc(Max(clock->nparties, 1) * sizeof(Datum));
	int			n = 0;

	for (int p = 0; p < clock->nparties; p++)
	{
		if (wanted(clock, &clock->parties[p]))
			names[n++] = CStringGetTextDatum(clock->parties[p].holder);
	}
	put(columns, n == 0 ? (Datum) 0 : PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT)), n == 0);
}

static bool
has_waived(const Clock *clock, const Party *party)
{
	return party->waived;
}

static bool
is_unserved(const Clock *clock, const Party *party)
{
	return clock->clause->to_each_holder && party->at_start && party->done_on == NO_DAY;
}

static void
put_clock(const Call *call, const Clock *clock)
{
	Columns		c = {.n = 0};
	const Clause *clause = clock->clause;

	put(&c, Int32GetDatum(clause->ord), false);
	put_text(&c, clock->ref);
	put_text(&c, clock->section);
	put_text(&c, clause->duty);
	put_text(&c, clock->by_buyers ? "buyers" : "company");
	put_text(&c, clause->starts_on);
	put_text(&c, clause->ends_on);
	put_text(&c, clock->remedy);
	put_numeric(&c, clause->rate);
	put_text(&c, clause->elector);
	put_text(&c, clock->holder);
	put_numeric(&c, clock->event == NULL ? NULL : clock->event->amount);
	put_text(&c, clock->event == NULL ? NULL : clock->event->note);
	put_day(&c, clock->started_on);
	put_day(&c, clock->due_on);
	put_day(&c, clock->done_on);
	put_day(&c, clock->broken_from);
	put_parties(&c, clock, has_waived);
	put(&c, BoolGetDatum(clock->waived), false);
	put_parties(&c, clock, is_unserved);
	put(&c, Int64GetDatum(clock->reading->id), false);
	tuplestore_putvalues(call->result->setResult, call->result->setDesc, c.values, c.nulls);
}

/*
 * covenant_internal.clocks_of(ledger, deal)
 */
COVENANT_FUNCTION(covenant_clocks_of);
Datum
covenant_clocks_of(PG_FUNCTION_ARGS)
{
	Call		call;

	begin_call(&call, fcinfo);
	for (int i = 0; i < call.walk.nclocks; i++)
		put_clock(&call, &call.walk.clocks[i]);
	end_call(&call);
	return (Datum) 0;
}

/*
 * The first day that counts: that after the time allowed, or where the reading
 * has it so the days of the shortfall, or those since the month end.
 */
static DateADT
first_day_counted(const Clock *clock)
{
	if (clock->spell != NULL && strcmp(clock->reading->accrual, "from_start") == 0)
		return clock->started_on;
	if (strcmp(clock->clause->starts_on, "month_end") == 0 && strcmp(clock->reading->list_accrual, "from_month_end") == 0)
		return clock->started_on + 1;
	return clock->broken_from;
}

/*
 * What ends a clock for a holder.  To whoever came later, where each holder is
 * to be served, it ends as soon as nobody is left who was there at its start.
 */
static DateADT
end_for(const Clock *clock, const Party *party)
{
	DateADT		end = Min(clock->done_on, party->done_on);
	DateADT		last = DATEVAL_NOBEGIN;

	if (!clock->clause->to_each_holder || party->at_start)
		return end;
	for (int p = 0; p < clock->nparties; p++)
	{
		if (clock->parties[p].at_start)
			last = Max(last, clock->parties[p].done_on);
	}
	return last == DATEVAL_NOBEGIN ? end : Min(end, last);
}

/*
 * What a holder may claim of a clock: the days of the breach towards him.
 */
static void
put_claim(const Call *call, const Clock *clock, const Party *party)
{
	Columns		c = {.n = 0};
	DateADT		from = first_day_counted(clock);
	DateADT		end = end_for(clock, party);
	DateADT		to = end;

	if (to != NO_DAY && strcmp(clock->reading->cure_day, "included") == 0)
		to++;
	to = Min(to, call->walk.as_of);
	if (end <= clock->broken_from || from >= to)
		return;
	put(&c, Int32GetDatum(clock->clause->ord), false);
	put_text(&c, clock->ref);
	put_text(&c, clock->section);
	put_text(&c, clock->clause->duty);
	put_text(&c, clock->clause->elector);
	put_numeric(&c, clock->clause->rate);
	put_text(&c, party->holder);
	put_day(&c, from);
	put_day(&c, to);
	put(&c, Int64GetDatum(clock->reading->id), false);
	tuplestore_putvalues(call->result->setResult, call->result->setDesc, c.values, c.nulls);
}

/*
 * covenant_internal.claims_of(ledger, deal): the days of each breach that costs
 * damages, for each holder.
 */
COVENANT_FUNCTION(covenant_claims_of);
Datum
covenant_claims_of(PG_FUNCTION_ARGS)
{
	Call		call;

	begin_call(&call, fcinfo);
	for (int i = 0; i < call.walk.nclocks; i++)
	{
		const Clock *clock = &call.walk.clocks[i];

		if (strcmp(clock->remedy, "damages") != 0 || clock->waived || clock->broken_from == NO_DAY ||
			clock->broken_from > call.walk.as_of)
			continue;
		for (int p = 0; p < clock->nparties; p++)
		{
			const Party *party = &clock->parties[p];

			if (!party->waived && (clock->holder == NULL || strcmp(clock->holder, party->holder) == 0))
				put_claim(&call, clock, party);
		}
	}
	end_call(&call);
	return (Datum) 0;
}

/*
 * covenant_internal.unmatched_of(ledger, deal): the stops and waivers
 * that end or waive nothing.
 */
COVENANT_FUNCTION(covenant_unmatched_of);
Datum
covenant_unmatched_of(PG_FUNCTION_ARGS)
{
	Call		call;

	begin_call(&call, fcinfo);
	for (int i = 0; i < call.walk.nevents; i++)
	{
		const Event *e = &call.walk.events[i];
		bool		is_stop = strcmp(e->kind, "waiver") == 0;
		Columns		c = {.n = 0};

		for (int n = 0; !is_stop && n < call.walk.nclauses; n++)
			is_stop = strcmp(call.walk.clauses[n].ends_on, e->kind) == 0;
		if (!is_stop || e->used)
			continue;
		put(&c, Int64GetDatum(e->id), false);
		put_text(&c, e->kind);
		tuplestore_putvalues(call.result->setResult, call.result->setDesc, c.values, c.nulls);
	}
	end_call(&call);
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * capture.c
 *		The trigger: turns the rows of a write into pending changes.
 *
 * No SQL runs here.  Statement triggers walk the old and the new table in
 * step, which PostgreSQL fills in pairs; row triggers see the pair.  Both
 * come to capture_pair and so to one verdict.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/capture.h"

#include "commands/trigger.h"
#include "executor/executor.h"
#include "guard/citus.h"
#include "guard/known_watch.h"
#include "guard/row.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/*
 * The split that is being written just now, if any: of which books, and from
 * which day on.
 */
static const Split *splitting = NULL;

void
capture_split(const Split *split)
{
	splitting = split;
}

/*
 * The day of that split, before which quotes say what they said before.
 */
DateADT
capture_split_day(void)
{
	return splitting == NULL ? DATEVAL_NOBEGIN : splitting->day;
}

/*
 * While quotes reprice notes, what the UPDATE of a note means is theirs to say.
 */
static RepricedNote repriced_note = NULL;
static void *repriced_arg = NULL;

void
capture_repricing(RepricedNote note, void *arg)
{
	repriced_note = note;
	repriced_arg = arg;
}

/*
 * The day on which what is written now counts, and what it is.
 */
static DateADT
capture_day(void)
{
	return splitting != NULL ? splitting->day : as_of_day();
}

static ChangeKind
capture_kind(const Watch *watch, ChangeKind kind)
{
	return splitting != NULL && splitting->ledger == watch->books->ledger ? CHANGE_SPLIT : kind;
}

/*
 * What is pending for a deal, or a company, remembers a split that is being
 * written.
 */
static PendingDeal *
with_split(const Watch *watch, PendingDeal *deal)
{
	if (splitting != NULL && splitting->ledger == watch->books->ledger)
	{
		deal->new_shares = splitting->new_shares;
		deal->old_shares = splitting->old_shares;
		deal->split_on = splitting->day;
	}
	return deal;
}

static PendingDeal *
company_of_key(const Watch *watch, Bytes company)
{
	return with_split(watch, pending_company(watch->books, company));
}

/*
 * The deal of a row, to add to.
 */
static PendingDeal *
deal_of_row(const Watch *watch, const Row *row)
{
	if (watch->kind == CAPITAL_TABLE)
		return company_of_key(watch, row->deal);
	return with_split(watch, pending_deal(watch->books->ledger, row->deal));
}

static void
add_pending(const Watch *watch, const Row *row, ChangeKind kind,
			const Change *change, int sign)
{
	pending_add(deal_of_row(watch, row), capture_day(),
				capture_kind(watch, kind), change, sign);
}

/*
 * What is said of a row's instrument: who it is, and on which day.
 */
static InstrumentChange
begin_instrument(const Watch *watch, const Row *row, ChangeKind kind)
{
	InstrumentChange said;

	memset(&said, 0, sizeof(said));
	said.is_note = watch->kind == NOTES_TABLE;
	said.rounding = watch->rounding;
	said.source = watch->source;
	said.instrument = row->instrument;
	said.day = capture_day();
	said.kind = capture_kind(watch, kind);
	said.settings_kind = said.kind;
	return said;
}

static void
set_all(const Watch *watch, const Row *row, InstrumentChange *said)
{
	if (row->holder.data != NULL)
	{
		said->sets |= SETS_HOLDER;
		said->holder = row->holder;
	}
	if (!said->is_note)
		return;
	if (!row->leaves || !number_is_zero(&row->price))
		said->sets |= SETS_PRICE;
	said->price = price_of_number(&row->price);
	if (watch->columns[COL_RATE].name != NULL)
	{
		said->sets |= SETS_RATE;
		said->rate = row->rate.decimal;
	}
}

/*
 * The terms of a note and the security whose quotes they look at.
 */
static void
set_terms(const Watch *watch, const Row *row, InstrumentChange *said)
{
	if (watch->columns[COL_TERMS].name == NULL)
		return;
	said->sets |= SETS_TERMS;
	said->terms = terms_text(watch, row);
	said->security = security_text(watch, row);
}

static void
say(const Watch *watch, const Row *row, const InstrumentChange *said)
{
	pending_add_instrument(deal_of_row(watch, row), said);
}

/*
 * An instrument came into a deal (+1) or left it (-1) as a whole.
 */
static void
say_whole(const Watch *watch, const Row *row, ChangeKind kind, const Change *change, int sign)
{
	InstrumentChange said = begin_instrument(watch, row, kind);

	said.comes = sign > 0;
	said.goes = sign < 0;
	sum_add(&said.principal, &change->principal, sign);
	if (sign > 0)
		said.held = change->principal;
	said.warrant_shares = sign * change->shares[WARRANT_SHARES];
	set_all(watch, row, &said);
	set_terms(watch, row, &said);
	say(watch, row, &said);
}

/*
 * What a row of the deals table does to what its company has reserved.
 */
static void
add_to_company(const Watch *watch, const Row *row, ChangeKind kind, int sign)
{
	Change		change;

	if (watch->kind != DEALS_TABLE || row->company.data == NULL || row->shares[RESERVED] == 0)
		return;
	memset(&change, 0, sizeof(Change));
	change.shares[RESERVED] = row->shares[RESERVED];
	pending_add(company_of_key(watch, row->company), capture_day(),
				capture_kind(watch, kind), &change, sign);
}

static bool
same_company(const Row *a, const Row *b)
{
	if (a->company.data == NULL || b->company.data == NULL)
		return a->company.data == b->company.data;
	return bytes_equal(a->company, b->company);
}

/*
 * A row came (+1) or went (-1) as a whole.
 */
void
capture_row(const Watch *watch, const Row *row, ChangeKind kind, int sign)
{
	Change		change;

	change_of_row(watch, row, &change);
	if (watch->nkeys > 0)
		say_whole(watch, row, kind, &change, sign);
	else if (sign > 0)
		deal_of_row(watch, row)->comes = true;
	if (sign < 0)
		memset(&change.raised, 0, sizeof(Sum));
	add_pending(watch, row, kind, &change, sign);
	add_to_company(watch, row, kind, sign);
	if (watch->columns[COL_COMPANY].name != NULL && kind == CHANGE_ACT)
		pending_say_company(deal_of_row(watch, row), row->company, sign < 0);
}

static bool
same_terms(const Watch *watch, const Row *old, const Row *new)
{
	return watch->columns[COL_TERMS].name == NULL ||
		(strcmp(terms_text(watch, old), terms_text(watch, new)) == 0 &&
		 strcmp(security_text(watch, old), security_text(watch, new)) == 0);
}

/*
 * What an UPDATE says of an instrument that stays in its deal: the amounts
 * that changed, and the settings that did.
 */
static void
say_update(const Watch *watch, const Row *old, const Row *new, const Change *act)
{
	InstrumentChange said = begin_instrument(watch, new, CHANGE_ACT);

	if (!bytes_equal(old->instrument, new->instrument))
	{
		Change		before,
					after;

		change_of_row(watch, old, &before);
		change_of_row(watch, new, &after);
		say_whole(watch, old, CHANGE_ACT, &before, -1);
		say_whole(watch, new, CHANGE_ACT, &after, 1);
		return;
	}
	said.principal = act->principal;
	if (said.is_note)
		sum_add_number(&said.held, &new->principal);
	said.warrant_shares = act->shares[WARRANT_SHARES];
	set_all(watch, new, &said);
	if (new->holder.data == NULL || bytes_equal(old->holder, new->holder))
		said.sets &= ~SETS_HOLDER;
	if (!said.is_note || !number_is_zero(&old->principal))
		said.settings_kind = capture_kind(watch, CHANGE_PRICE);
	if (said.is_note)
	{
		if (number_equal(&old->price, &new->price))
			said.sets &= ~SETS_PRICE;
		if (number_equal(&old->rate, &new->rate))
			said.sets &= ~SETS_RATE;
	}
	if (!same_terms(watch, old, new))
		set_terms(watch, new, &said);
	if (said.sets != 0 || sum_sign(&said.principal) != 0 || said.warrant_shares != 0)
		say(watch, new, &said);
}

/*
 * A note that changed within its deal, from (P, p) to (P', p'):
 * shares(P', p) - shares(P, p) is an act, shares(P', p') - shares(P', p) is
 * the price's doing and a fact.  A note that had no principal had no price
 * that mattered: all of it is an act.
 */
static void
capture_note_update(const Watch *watch, const Row *old, const Row *new)
{
	const Number *price = number_is_zero(&old->principal) ? &new->price : &old->price;
	Change		before,
				repaid,			/* the new principal at the old price */
				after;
	Change		act,
				fact;

	change_of_note(watch, &new->principal, &old->rate, price, &repaid);
	change_of_note(watch, &new->principal, &new->rate, &new->price, &after);

	memset(&act, 0, sizeof(Change));
	if (!number_equal(&old->principal, &new->principal))
	{
		act = repaid;
		change_of_note(watch, &old->principal, &old->rate, price, &before);
		change_add(&act, &before, -1);
		if (sum_sign(&act.principal) > 0)
			act.raised = act.principal;
		add_pending(watch, new, CHANGE_ACT, &act, 1);
	}

	fact = after;
	change_add(&fact, &repaid, -1);
	if (!change_is_zero(&fact))
		add_pending(watch, new, number_is_zero(&old->principal) ? CHANGE_ACT : CHANGE_PRICE,
					&fact, 1);
	say_update(watch, old, new, &act);
}

/*
 * Warrants that changed within their deal, or a deal itself.
 */
static void
capture_shares_update(const Watch *watch, const Row *old, const Row *new)
{
	Change		before,
				act;

	change_of_row(watch, old, &before);
	change_of_row(watch, new, &act);
	change_add(&act, &before, -1);
	if (!change_is_zero(&act))
		add_pending(watch, new, CHANGE_ACT, &act, 1);
	if (act.shares[RESERVED] != 0 || !same_company(old, new))
	{
		add_to_company(watch, old, CHANGE_ACT, -1);
		add_to_company(watch, new, CHANGE_ACT, 1);
	}
	if (watch->columns[COL_COMPANY].name != NULL && !same_company(old, new))
	{
		pending_say_company(deal_of_row(watch, old), old->company, true);
		pending_say_company(deal_of_row(watch, new), new->company, false);
	}
	if (watch->nkeys > 0)
		say_update(watch, old, new, &act);
}

/*
 * Are all watched columns the same, bit by bit?  Then nothing needs to be
 * computed; different bits of equal values just come to a change of zero.
 */
static bool
is_unchanged(const Watch *watch, TupleTableSlot *old, TupleTableSlot *new)
{
	for (int role = 0; role < N_COLUMN_ROLES; role++)
	{
		if (watch->columns[role].name != NULL && !same_value(&watch->columns[role], old, new))
			return false;
	}
	for (int i = 0; i < watch->nkeys; i++)
	{
		if (!same_value(&watch->keys[i], old, new))
			return false;
	}
	return true;
}

/*
 * One row of a write: old is NULL for an INSERT, new for a DELETE.  A row that
 * moves to another deal is a delete and an insert.
 */
static void
capture_pair(const Watch *watch, TupleTableSlot *old_slot, TupleTableSlot *new_slot)
{
	Row			old,
				new;

	if (old_slot != NULL && new_slot != NULL && repriced_note == NULL &&
		is_unchanged(watch, old_slot, new_slot))
		return;
	read_row(watch, old_slot, true, &old);
	read_row(watch, new_slot, false, &new);
	if (repriced_note != NULL && old.counts && new.counts)
	{
		repriced_note(watch, &old, &new, repriced_arg);
		return;
	}
	if (old.counts && new.counts && bytes_equal(old.deal, new.deal))
	{
		if (watch->kind == NOTES_TABLE)
			capture_note_update(watch, &old, &new);
		else
			capture_shares_update(watch, &old, &new);
		return;
	}
	if (old.counts)
		capture_row(watch, &old, CHANGE_ACT, -1);
	if (new.counts)
		capture_row(watch, &new, CHANGE_ACT, 1);
}

/*
 * The next row of a transition table; NULL at its end, or without a table.
 */
static TupleTableSlot *
next_row(Tuplestorestate *table, TupleTableSlot *slot)
{
	if (table == NULL || !tuplestore_gettupleslot(table, true, false, slot))
		return NULL;
	return slot;
}

static void
start_table(Tuplestorestate *table)
{
	if (table == NULL)
		return;
	tuplestore_select_read_pointer(table, 0);
	tuplestore_rescan(table);
}

static TupleTableSlot *
slot_for(const TriggerData *trigger, const Tuplestorestate *table)
{
	return table == NULL ? NULL :
		MakeSingleTupleTableSlot(RelationGetDescr(trigger->tg_relation), &TTSOpsMinimalTuple);
}

/*
 * A statement: its old and new rows, in step.  A row that went to disk is read
 * into the current memory context and freed with its slot, so rows are fetched
 * outside of the context that is emptied after each.
 */
static void
capture_statement(const Watch *watch, const TriggerData *trigger)
{
	TupleTableSlot *old_slot = slot_for(trigger, trigger->tg_oldtable);
	TupleTableSlot *new_slot = slot_for(trigger, trigger->tg_newtable);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "covenant row",
												  ALLOCSET_SMALL_SIZES);

	start_table(trigger->tg_oldtable);
	start_table(trigger->tg_newtable);
	for (;;)
	{
		TupleTableSlot *old_row = next_row(trigger->tg_oldtable, old_slot);
		TupleTableSlot *new_row = next_row(trigger->tg_newtable, new_slot);
		MemoryContext caller;

		if (old_row == NULL && new_row == NULL)
			break;
		CHECK_FOR_INTERRUPTS();
		caller = MemoryContextSwitchTo(per_row);
		capture_pair(watch, old_row, new_row);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
	if (old_slot != NULL)
		ExecDropSingleTupleTableSlot(old_slot);
	if (new_slot != NULL)
		ExecDropSingleTupleTableSlot(new_slot);
}

/*
 * A row trigger's pair.
 */
static void
capture_row_event(const Watch *watch, const TriggerData *trigger)
{
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		capture_pair(watch, NULL, trigger->tg_trigslot);
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		capture_pair(watch, trigger->tg_trigslot, NULL);
	else
		capture_pair(watch, trigger->tg_trigslot, trigger->tg_newslot);
}

/*
 * Only the terms of a row's note are entered.
 */
void
say_terms_of_row(const Watch *watch, const Row *row)
{
	InstrumentChange said = begin_instrument(watch, row, CHANGE_OPENING);

	set_terms(watch, row, &said);
	say(watch, row, &said);
}

static const TriggerData *
trigger_data(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.capture: not called by a trigger")));
	return (const TriggerData *) fcinfo->context;
}

/*
 * Statement triggers need their transition tables, row triggers must come
 * after the row is final, TRUNCATE must be seen before the rows are gone, and
 * nothing may be left out: a trigger as covenant makes it.
 */
static void
check_shape(const Trigger *trigger)
{
	if (!is_hung_by_covenant(&capture_hook, trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.capture: trigger \"%s\" is not as covenant makes it",
						trigger->tgname),
				 errhint("Watch the table with covenant.watch_deals, covenant.watch_notes or covenant.watch_warrants.")));
}

static void
check_moment(const TriggerData *trigger)
{
	check_spread(trigger, "Distributing it would book its rows a second time.");
	if (pending_closed())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("watched table \"%s\" was written while covenant posts",
						RelationGetRelationName(trigger->tg_relation)),
				 errhint("Do not write watched tables from triggers on the books.")));
}

static void
capture_truncation(const TriggerData *trigger)
{
	Watch		watch;

	open_watch(&watch, trigger->tg_relation, trigger->tg_trigger);
	capture_truncate(&watch, trigger->tg_relation);
}

COVENANT_FUNCTION(covenant_capture);
Datum
covenant_capture(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = trigger_data(fcinfo);
	const Watch *watch = known_watch(trigger->tg_relation, trigger->tg_trigger);

	if (watch == NULL)
		check_shape(trigger->tg_trigger);
	check_moment(trigger);
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
	{
		capture_truncation(trigger);
		return PointerGetDatum(NULL);
	}
	if (watch == NULL)
		watch = learn_watch(trigger->tg_relation, trigger->tg_trigger);
	if (watch->rewritten)
		refuse_rewritten(trigger->tg_relation, trigger->tg_trigger);
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		capture_row_event(watch, trigger);
	else
		capture_statement(watch, trigger);
	return PointerGetDatum(NULL);
}

/*-------------------------------------------------------------------------
 *
 * event.c
 *		The triggers of a table of events: the number, which the database alone
 *		gives, the door, and payments in shares.
 *
 * An identity column would let whoever writes OVERRIDING SYSTEM VALUE pick a
 * number, and so take those that others are about to get, or stand in for an
 * event to which something is tied.  A trigger draws them instead, from the
 * sequence that belongs to the column, whoever inserts: rights on the sequence
 * are not needed and not given.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "access/htup_details.h"
#include "agreement/conditions.h"
#include "agreement/entry.h"
#include "agreement/entry_ties.h"
#include "agreement/entry_words.h"
#include "agreement/kinds.h"
#include "agreement/proceeds.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "guard/citus.h"
#include "guard/consent.h"
#include "guard/pending.h"
#include "lib/stringinfo.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static const TriggerData *
trigger_data(FunctionCallInfo fcinfo, const char *function, bool before)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || TRIGGER_FIRED_BEFORE(trigger->tg_event) != before ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.%s: not called by %s INSERT trigger for each row",
						function, before ? "a BEFORE" : "an AFTER")));
	return trigger;
}

/*
 * The number's column; an error where the table is not as covenant makes it.
 */
static int
number_column(Relation events)
{
	int			column = SPI_fnumber(RelationGetDescr(events), "event_id");

	if (column <= 0 || SPI_gettypeid(RelationGetDescr(events), column) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no column \"event_id\" of type bigint",
						RelationGetRelationName(events)),
				 errhint("Give it back the columns that covenant.adopt made.")));
	return column;
}

/*
 * The number comes from the sequence of the table that a shard of Citus is a part
 * of.
 */
static int64
next_number(Relation events)
{
	List	   *sequences = getOwnedSequences(logical_table(RelationGetRelid(events)));

	if (list_length(sequences) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no sequence for the numbers of its events",
						RelationGetRelationName(events)),
				 errhint("Give it one sequence, OWNED BY its column \"event_id\".")));
	return nextval_internal(linitial_oid(sequences), false);
}

/*
 * covenant_internal.number_event(): gives an event its number.
 */
COVENANT_FUNCTION(covenant_number_event);
Datum
covenant_number_event(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = trigger_data(fcinfo, "number_event", true);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	int			column = number_column(trigger->tg_relation);
	bool		isnull;
	Datum		number;

	(void) SPI_getbinval(trigger->tg_trigtuple, desc, column, &isnull);
	if (!isnull)
		ereport(ERROR,
				(errcode(ERRCODE_GENERATED_ALWAYS),
				 errmsg("cannot insert a non-DEFAULT value into column \"%s\"", "event_id"),
				 errdetail("The database alone gives events their numbers."),
				 errhint("Leave the column out.")));
	isnull = false;
	number = Int64GetDatum(next_number(trigger->tg_relation));
	return PointerGetDatum(heap_modify_tuple_by_cols(trigger->tg_trigtuple, desc, 1,
													 &column, &number, &isnull));
}

/* The door --------------------------------------------------------------- */

/*
 * What a trigger says of its books, for an error.
 */
static char *
trigger_says(const Trigger *trigger)
{
	StringInfoData words;

	initStringInfo(&words);
	for (int i = 0; i < trigger->tgnargs; i++)
		appendStringInfo(&words, "%s%s", i == 0 ? "" : ", ", trigger->tgargs[i]);
	return words.data;
}

static Oid
require_ledger(const TriggerData *trigger)
{
	Relation	events = trigger->tg_relation;
	Oid			ledger = ledger_of_events(RelationGetRelid(events));

	if (!OidIsValid(ledger))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" holds the events of no books", RelationGetRelationName(events)),
				 errdetail("Its trigger says %s: there are no such books, or they belong to another role.",
						   trigger_says(trigger->tg_trigger)),
				 errhint("Put the books back there, or call covenant.adopt again where they are now.")));
	return ledger;
}

/*
 * A consent or a waiver without a holder is that of the only one.
 */
static void
name_holder(EventEntry *entry, const EntryBooks *books)
{
	if (entry->holder == NULL && (strcmp(entry->kind, "consent") == 0 || strcmp(entry->kind, "waiver") == 0))
		entry->holder = only_holder(books);
}

/*
 * Most events are of a kind that covenant knows, and name neither a clock nor a
 * section: what the clauses say does not bear on them.
 */
static bool
asks_clauses(const EventEntry *entry)
{
	return !is_known_kind(entry->kind) || needs_section(entry->kind) ||
		entry->ref != NULL || entry->section != NULL;
}

static void
check_entry(EventEntry *entry, EntryBooks *books)
{
	if (asks_clauses(entry))
		read_clauses(books);
	name_holder(entry, books);
	check_kind(entry, books);
	check_days(entry);
	check_texts(entry);
	read_ref(entry);
	check_amounts(entry);
	check_offering(entry);
	check_condition(entry);
	check_proceeds(entry);
	check_holder(entry, books);
	check_tie(entry, books);
	check_section(entry, books);
}

/*
 * Checks an entry as the owner of the books, and returns the row with what was
 * left to the trigger: the holder, the amount.
 */
static HeapTuple
check_as_owner(EventEntry *entry, EntryBooks *books, HeapTuple row, TupleDesc desc)
{
	MemoryContext outer = CurrentMemoryContext;
	int			columns[] = {SPI_fnumber(desc, "holder"), SPI_fnumber(desc, "amount")};
	Datum		values[2];
	bool		nulls[2];
	Caller		caller;

	act_as(books->books->owner, &caller);
	SPI_connect();
	check_entry(entry, books);
	MemoryContextSwitchTo(outer);
	nulls[0] = entry->holder == NULL;
	values[0] = nulls[0] ? (Datum) 0 : CStringGetTextDatum(entry->holder);
	nulls[1] = entry->amount == NULL;
	values[1] = nulls[1] ? (Datum) 0 : datumCopy(NumericGetDatum(entry->amount), false, -1);
	row = heap_modify_tuple_by_cols(row, desc, 2, columns, values, nulls);
	SPI_finish();
	act_as_caller(&caller);
	return row;
}

/*
 * covenant_internal.check_event(): refuses what cannot be.
 */
COVENANT_FUNCTION(covenant_check_event);
Datum
covenant_check_event(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = trigger_data(fcinfo, "check_event", true);
	EventEntry	entry;
	EntryBooks	books = {require_books(require_ledger(trigger)), RelationGetRelid(trigger->tg_relation)};

	if (!read_entry(&entry, &books, trigger->tg_trigtuple, trigger->tg_relation))
		return PointerGetDatum(trigger->tg_trigtuple);
	return PointerGetDatum(check_as_owner(&entry, &books, trigger->tg_trigtuple,
										  RelationGetDescr(trigger->tg_relation)));
}

/* Payments --------------------------------------------------------------- */

/*
 * The whole number of shares in a column of a row; 0 where it has none.
 */
static int64
shares_in(HeapTuple row, TupleDesc desc, const char *name)
{
	int			column = SPI_fnumber(desc, name);
	Oid			type = column <= 0 ? InvalidOid : SPI_gettypeid(desc, column);
	bool		isnull;
	int64		shares = 0;
	Datum		value;

	if (type != INT8OID && type != NUMERICOID)
		return 0;
	value = SPI_getbinval(row, desc, column, &isnull);
	if (isnull)
		return 0;
	if (type == INT8OID)
		return Max(DatumGetInt64(value), 0);
	return int64_from_numeric(DatumGetNumeric(value), &shares) ? Max(shares, 0) : 0;
}

/*
 * covenant_internal.record_payment(): shares that an event says were paid to
 * holders are issued, not taken away from them (Section 4(h), second sentence;
 * see guard/issued.c), where the same transaction takes them out of the
 * reserve.  In a table that is not one of the books it says nothing.
 */
COVENANT_FUNCTION(covenant_record_payment);
Datum
covenant_record_payment(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = trigger_data(fcinfo, "record_payment", false);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	int			deal = SPI_fnumber(desc, "deal");
	Oid			ledger = ledger_of_events(RelationGetRelid(trigger->tg_relation));
	Books	   *books = OidIsValid(ledger) ? books_of_ledger(ledger) : NULL;
	Change		change = {.paid = shares_in(trigger->tg_trigtuple, desc, "shares")};
	Datum		key;
	bool		isnull = true;
	char		buffer[8];

	if (change.paid == 0 || books == NULL || deal <= 0 ||
		!same_key_kind(getBaseType(SPI_gettypeid(desc, deal)), books->key_base))
		return PointerGetDatum(NULL);
	key = SPI_getbinval(trigger->tg_trigtuple, desc, deal, &isnull);
	if (!isnull)
		pending_add(pending_deal(books->ledger, key_from_datum(key, getBaseType(SPI_gettypeid(desc, deal)), buffer)),
					as_of_day(), CHANGE_FACT, &change, 1);
	return PointerGetDatum(NULL);
}

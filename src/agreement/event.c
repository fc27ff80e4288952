/*-------------------------------------------------------------------------
 *
 * event.c
 *		The numbers of events: the database alone gives them.
 *
 * An identity column would let whoever writes OVERRIDING SYSTEM VALUE pick a
 * number, and so take those that others are about to get, or stand in for an
 * event to which something is tied.  A trigger draws them instead, from the
 * sequence that belongs to the column, whoever inserts: rights on the sequence
 * are not needed and not given.
 *
 *-------------------------------------------------------------------------
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/rel.h"

static const TriggerData *
trigger_data(FunctionCallInfo fcinfo)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.number_event: not called by a BEFORE INSERT trigger for each row")));
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

static int64
next_number(Relation events)
{
	List	   *sequences = getOwnedSequences(RelationGetRelid(events));

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
	const TriggerData *trigger = trigger_data(fcinfo);
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

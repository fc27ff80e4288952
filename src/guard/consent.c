/*-------------------------------------------------------------------------
 *
 * consent.c
 *		Where consents are recorded.
 *
 * Whether an agreement was adopted is known from what covenant.adopt made: the
 * table of events carries a trigger whose arguments name the ledger, wherever
 * the table is, and the readings stand beside the ledger.  If there is such a
 * thing, and the events are not where they belong, nobody can say whether a
 * Buyer has consented (Section 4(h), second sentence).
 *
 *-------------------------------------------------------------------------
 */
#include "guard/consent.h"

#include "catalog/pg_trigger.h"
#include "guard/vouch.h"
#include "utils/lsyscache.h"

static const HookShape before_insert[] = {
	{TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_INSERT},
	{0}
};

static const Hook event_hook = {"check_event", "ledger", before_insert};
static const Hook stamp_hook = {"stamp", "ledger", before_insert};

/*
 * A table of events that names the ledger from somewhere else; InvalidOid
 * without one.
 */
static Oid
events_elsewhere(Oid ledger)
{
	ListCell   *cell;

	foreach(cell, vouched_by(&event_hook, ledger))
	{
		Oid			relation = ((const Vouched *) lfirst(cell))->relation;

		if (owner_of(relation) == owner_of(ledger))
			return relation;
	}
	return InvalidOid;
}

static void
refuse_lost_events(Oid ledger)
{
	Oid			elsewhere = events_elsewhere(ledger);
	Oid			readings = vouched_book(ledger, "reading");
	char	   *schema = get_namespace_name(get_rel_namespace(ledger));
	char	   *name = name_beside(ledger, "event");

	if (!OidIsValid(elsewhere) && !(OidIsValid(readings) && has_hook(&stamp_hook, readings)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the events of \"%s\" are not where they belong", get_rel_name(ledger)),
			 OidIsValid(elsewhere) ?
			 errdetail("An agreement is adopted, and its events are looked for in \"%s.%s\"; they are in %s.",
					   schema, name, qualified_name(elsewhere)) :
			 errdetail("An agreement is adopted, and its events are looked for in \"%s.%s\", which is gone or somebody else's.",
					   schema, name),
			 errhint("Put the table back there, in the hands of the owner of the ledger.")));
}

/*
 * covenant_internal.events_of(ledger): the table of events; NULL where nothing
 * is adopted, an error where it is lost.
 */
COVENANT_FUNCTION(covenant_events_of);
Datum
covenant_events_of(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Oid			events = vouched_book(ledger, "event");

	if (OidIsValid(events) && has_hook(&event_hook, events))
		PG_RETURN_OID(events);
	refuse_lost_events(ledger);
	PG_RETURN_NULL();
}

/*
 * The ledger whose events a table holds, as the arguments of its trigger have
 * it; InvalidOid where there is none that belongs to the same role.
 */
Oid
ledger_of_events(Oid events)
{
	ListCell   *cell;

	foreach(cell, vouched_on(&event_hook, events))
	{
		Oid			ledger = ((const Vouched *) lfirst(cell))->relation;

		if (owner_of(ledger) == owner_of(events))
			return ledger;
	}
	return InvalidOid;
}

/*
 * covenant_internal.ledger_of_events(events)
 */
COVENANT_FUNCTION(covenant_ledger_of_events);
Datum
covenant_ledger_of_events(PG_FUNCTION_ARGS)
{
	Oid			ledger = ledger_of_events(PG_GETARG_OID(0));

	if (!OidIsValid(ledger))
		PG_RETURN_NULL();
	PG_RETURN_OID(ledger);
}

/*-------------------------------------------------------------------------
 *
 * vouch.c
 *		Whose word is believed.
 *
 * The arguments of a trigger, and a table that stands beside the books under
 * the right name, are claims that every role with a schema of its own can
 * make.  Whoever looks for tables by their triggers or by name asks here, and
 * passes over what is not vouched for:
 *
 * - A table serves somebody's books if it is an ordinary or a partitioned
 *	 table, its owner is a member of the role that owns the books, and its
 *	 trigger is of a shape that covenant makes: no view, no condition, no list
 *	 of columns, no constraint.
 *
 * - A table is one of the books if it stands beside the ledger under its name,
 *	 is an ordinary table and belongs to exactly the role that the ledger
 *	 belongs to; a view beside them likewise.
 *
 * All of it is read from the catalog, and nothing is opened or locked before
 * it is vouched for: a lock on a forged table would stop everybody else.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/vouch.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "funcapi.h"
#include "guard/citus.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Triggers in the catalog ------------------------------------------------ */

static char *
name_attribute(HeapTuple tuple, AttrNumber attno, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attno, desc, &isnull);

	return isnull ? NULL : pstrdup(NameStr(*DatumGetName(value)));
}

/*
 * The arguments of a trigger: strings that end with a zero byte, one after
 * the other.
 */
static void
read_arguments(Trigger *trigger, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, Anum_pg_trigger_tgargs, desc, &isnull);
	const char *p;

	if (isnull || trigger->tgnargs == 0)
		return;
	p = VARDATA(DatumGetByteaPCopy(value));
	trigger->tgargs = palloc(trigger->tgnargs * sizeof(char *));
	for (int i = 0; i < trigger->tgnargs; i++)
	{
		trigger->tgargs[i] = (char *) p;
		p += strlen(p) + 1;
	}
}

/*
 * A trigger as pg_trigger has it; of its condition only whether there is one.
 */
static Trigger *
read_trigger(HeapTuple tuple, TupleDesc desc)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
	Trigger    *trigger = palloc0(sizeof(Trigger));
	bool		isnull;

	trigger->tgoid = form->oid;
	trigger->tgname = pstrdup(NameStr(form->tgname));
	trigger->tgfoid = form->tgfoid;
	trigger->tgtype = form->tgtype;
	trigger->tgconstraint = form->tgconstraint;
	trigger->tgnattr = form->tgattr.dim1;
	trigger->tgnargs = form->tgnargs;
	read_arguments(trigger, tuple, desc);
	(void) heap_getattr(tuple, Anum_pg_trigger_tgqual, desc, &isnull);
	if (!isnull)
		trigger->tgqual = pstrdup("");
	trigger->tgoldtable = name_attribute(tuple, Anum_pg_trigger_tgoldtable, desc);
	trigger->tgnewtable = name_attribute(tuple, Anum_pg_trigger_tgnewtable, desc);
	return trigger;
}

/*
 * The triggers of a function that pg_trigger has under a key, as a list of
 * Vouched that nobody has vouched for yet.  Those that a partition has from
 * its parent are the parent's, and a shard's those of the table it is a part of.
 */
static List *
scan_triggers(List *found, Relation catalog, Oid index, AttrNumber attno, Oid value, Oid function,
			  bool shards)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, attno, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
	scan = systable_beginscan(catalog, index, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
		Vouched    *claim;

		if (form->tgfoid != function || OidIsValid(form->tgparentid))
			continue;
		claim = palloc(sizeof(Vouched));
		claim->relation = form->tgrelid;
		claim->trigger = read_trigger(tuple, RelationGetDescr(catalog));
		if (shards || !is_shard_trigger(claim->trigger))
			found = lappend(found, claim);
	}
	systable_endscan(scan);
	return found;
}

static List *
triggers_on(const Hook *hook, Oid relation)
{
	Relation	catalog = table_open(TriggerRelationId, AccessShareLock);
	List	   *found = scan_triggers(NIL, catalog, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid,
									  relation, hook_function(hook), true);

	table_close(catalog, AccessShareLock);
	return found;
}

/*
 * All triggers of a hook's function, known from what depends on it.
 */
static List *
all_triggers(const Hook *hook)
{
	Oid			function = hook_function(hook);
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	Relation	catalog = table_open(TriggerRelationId, AccessShareLock);
	List	   *found = NIL;
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(function));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == TriggerRelationId)
			found = scan_triggers(found, catalog, TriggerOidIndexId, Anum_pg_trigger_oid,
								  form->objid, function, false);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	table_close(depend, AccessShareLock);
	return found;
}

/* Tables that serve ------------------------------------------------------ */

/*
 * A relation's row of pg_class, to be released; an error where it is gone.
 */
static HeapTuple
class_row(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));
	return tuple;
}

Oid
owner_of(Oid relation)
{
	HeapTuple	tuple = class_row(relation);
	Oid			owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;

	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Is it an ordinary or a partitioned table that belongs to a member of the
 * role?
 */
bool
speaks_for(Oid relation, Oid owner)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Form_pg_class class;
	bool		speaks;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	speaks = (class->relkind == RELKIND_RELATION || class->relkind == RELKIND_PARTITIONED_TABLE) &&
		has_privs_of_role(class->relowner, owner);
	ReleaseSysCache(tuple);
	return speaks;
}

/*
 * What a trigger's arguments say it serves; InvalidOid where there is no such
 * relation.
 */
static Oid
served_by(const Hook *hook, const Trigger *trigger)
{
	const char *schema = trigger_word(trigger, "schema");
	const char *name = trigger_word(trigger, hook->named_by);
	Oid			namespace = schema == NULL ? InvalidOid : get_namespace_oid(schema, true);

	return name == NULL || !OidIsValid(namespace) ? InvalidOid : get_relname_relid(name, namespace);
}

/*
 * Is it a trigger as covenant makes it, with all arguments?  TRUNCATE alone is
 * what a partition keeps that was detached.
 */
static bool
is_in_force(const Hook *hook, const Trigger *trigger)
{
	for (int i = 0; hook->words != NULL && hook->words[i] != NULL; i++)
	{
		if (trigger_word(trigger, hook->words[i]) == NULL)
			return false;
	}
	return is_hung_by_covenant(hook, trigger) && !TRIGGER_FOR_TRUNCATE(trigger->tgtype);
}

static int
vouched_cmp(const ListCell *a, const ListCell *b)
{
	Oid			left = ((const Vouched *) lfirst(a))->relation;
	Oid			right = ((const Vouched *) lfirst(b))->relation;

	return (left > right) - (left < right);
}

static bool
is_listed(const List *list, Oid relation)
{
	const ListCell *cell;

	foreach(cell, list)
	{
		if (((const Vouched *) lfirst(cell))->relation == relation)
			return true;
	}
	return false;
}

/*
 * The tables that serve a ledger, or whatever else the hook's triggers name,
 * in the order of their OIDs, each once.
 */
List *
vouched_by(const Hook *hook, Oid served)
{
	Oid			owner = owner_of(served);
	List	   *vouched = NIL;
	ListCell   *cell;

	foreach(cell, all_triggers(hook))
	{
		Vouched    *claim = lfirst(cell);

		if (served_by(hook, claim->trigger) == served && speaks_for(claim->relation, owner) &&
			is_in_force(hook, claim->trigger) && !is_listed(vouched, claim->relation))
			vouched = lappend(vouched, claim);
	}
	list_sort(vouched, vouched_cmp);
	return vouched;
}

/*
 * The other way round: what a table serves, with its triggers; relation is
 * what is served.
 */
List *
vouched_on(const Hook *hook, Oid relation)
{
	List	   *vouched = NIL;
	ListCell   *cell;

	foreach(cell, triggers_on(hook, relation))
	{
		Vouched    *claim = lfirst(cell);
		Oid			served = served_by(hook, claim->trigger);

		if (OidIsValid(served) && speaks_for(relation, owner_of(served)) &&
			is_in_force(hook, claim->trigger) && !is_listed(vouched, served))
		{
			claim->relation = served;
			vouched = lappend(vouched, claim);
		}
	}
	list_sort(vouched, vouched_cmp);
	return vouched;
}

/*
 * The ledgers that watched tables of any books say they serve, of those tables
 * for which the caller wants it; each once, in the order of their OIDs.
 */
List *
ledgers_of(bool (*wanted) (Oid relation))
{
	List	   *ledgers = NIL;
	ListCell   *cell;

	foreach(cell, all_triggers(&capture_hook))
	{
		Vouched    *claim = lfirst(cell);
		Oid			ledger = wanted(claim->relation) ? served_by(&capture_hook, claim->trigger) : InvalidOid;

		if (OidIsValid(ledger))
			ledgers = list_append_unique_oid(ledgers, ledger);
	}
	list_sort(ledgers, list_oid_cmp);
	return ledgers;
}

/*
 * Does a table count in the books of a ledger?
 */
bool
vouch_watched(Oid relation, Oid ledger)
{
	return is_listed(vouched_on(&capture_hook, relation), ledger);
}

/*
 * Has a relation a trigger of the hook's function, whatever it serves?
 */
bool
has_hook(const Hook *hook, Oid relation)
{
	ListCell   *cell;

	foreach(cell, triggers_on(hook, relation))
	{
		if (is_hung_by_covenant(hook, ((const Vouched *) lfirst(cell))->trigger))
			return true;
	}
	return false;
}

/* The books -------------------------------------------------------------- */

/*
 * A relation's name as SQL has it, with its schema.
 */
char *
qualified_name(Oid relation)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  get_rel_name(relation));
}

/*
 * The name of what stands beside a ledger: x_reserve has x_journal, x_event,
 * x_status.
 */
char *
name_beside(Oid ledger, const char *suffix)
{
	HeapTuple	tuple = class_row(ledger);
	char	   *name = pstrdup(NameStr(((Form_pg_class) GETSTRUCT(tuple))->relname));
	int			stem = strlen(name) - strlen("_reserve");

	ReleaseSysCache(tuple);
	if (stem <= 0 || strcmp(name + stem, "_reserve") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a ledger of covenant", name),
				 errhint("The ledger of a deals table is the table that covenant.watch_deals returns.")));
	return psprintf("%.*s_%s", stem, name, suffix);
}

/*
 * What stands beside a ledger, if it is of this kind and the ledger's owner's.
 */
static Oid
vouched_beside(Oid ledger, const char *suffix, char relkind)
{
	Oid			relation = get_relname_relid(name_beside(ledger, suffix), get_rel_namespace(ledger));
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Form_pg_class class;
	bool		vouched;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	class = (Form_pg_class) GETSTRUCT(tuple);
	vouched = class->relkind == relkind && class->relowner == owner_of(ledger);
	ReleaseSysCache(tuple);
	return vouched ? relation : InvalidOid;
}

/*
 * One of the books beside a ledger: journal, position, event, clause, reading,
 * list ...; InvalidOid where there is none.
 */
Oid
vouched_book(Oid ledger, const char *suffix)
{
	return vouched_beside(ledger, suffix, RELKIND_RELATION);
}

/*
 * One of the views beside a ledger.
 */
static Oid
vouched_view(Oid ledger, const char *suffix)
{
	return vouched_beside(ledger, suffix, RELKIND_VIEW);
}

static const char *const book_suffixes[] = {
	"reserve", "journal", "position", "capital", "capital_journal", "event", "clause", "reading", "list"
};

/*
 * All of the books that there are, the ledger first.
 */
List *
vouched_books(Oid ledger)
{
	List	   *books = NIL;

	for (int i = 0; i < lengthof(book_suffixes); i++)
	{
		Oid			book = vouched_book(ledger, book_suffixes[i]);

		if (OidIsValid(book))
			books = lappend_oid(books, book);
	}
	return books;
}

/* For SQL ---------------------------------------------------------------- */

static void
put_relation(ReturnSetInfo *result, Oid relation)
{
	Datum		value = ObjectIdGetDatum(relation);
	bool		isnull = false;

	tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
}

/*
 * covenant_internal.watched_with(ledger): the tables that count in the books.
 */
COVENANT_FUNCTION(covenant_watched_with);
Datum
covenant_watched_with(PG_FUNCTION_ARGS)
{
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, vouched_by(&capture_hook, PG_GETARG_OID(0)))
		put_relation((ReturnSetInfo *) fcinfo->resultinfo, ((const Vouched *) lfirst(cell))->relation);
	return (Datum) 0;
}

/*
 * covenant_internal.passed_over(ledger): the tables whose triggers name the
 * books although they do not count in them.  Only those of the ledger's own
 * schema, or everybody could have an auditor read his messages.
 */
COVENANT_FUNCTION(covenant_passed_over);
Datum
covenant_passed_over(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	List	   *vouched = vouched_by(&capture_hook, ledger);
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, all_triggers(&capture_hook))
	{
		Vouched    *claim = lfirst(cell);

		if (served_by(&capture_hook, claim->trigger) != ledger || TRIGGER_FOR_TRUNCATE(claim->trigger->tgtype) ||
			get_rel_namespace(claim->relation) != get_rel_namespace(ledger) ||
			is_listed(vouched, claim->relation))
			continue;
		vouched = lappend(vouched, claim);
		put_relation((ReturnSetInfo *) fcinfo->resultinfo, claim->relation);
	}
	return (Datum) 0;
}

/*
 * covenant_internal.vouch(relation, ledger)
 */
COVENANT_FUNCTION(covenant_vouch);
Datum
covenant_vouch(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(vouch_watched(PG_GETARG_OID(0), PG_GETARG_OID(1)));
}

/*
 * covenant_internal.vouched(ledger, suffix): the table or view of this name
 * beside a ledger; NULL where there is none that is the books'.
 */
COVENANT_FUNCTION(covenant_vouched);
Datum
covenant_vouched(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	char	   *suffix = text_to_cstring(PG_GETARG_TEXT_PP(1));
	bool		is_book = false;
	Oid			relation;

	for (int i = 0; i < lengthof(book_suffixes); i++)
		is_book |= strcmp(suffix, book_suffixes[i]) == 0;
	relation = is_book ? vouched_book(ledger, suffix) : vouched_view(ledger, suffix);
	if (!OidIsValid(relation))
		PG_RETURN_NULL();
	PG_RETURN_OID(relation);
}

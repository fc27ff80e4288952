/*-------------------------------------------------------------------------
 *
 * acts.c
 *		A user's own table of acts: what the agreement forbids is refused at
 *		COMMIT, or recorded as a breach.
 *
 * The trigger is deferred: a transaction is judged by where it ends, on all
 * facts that are committed by then, at every isolation level, and on its own.
 * A row that was written several times is judged as it is in the end, by each
 * rule on which any of the writes bears.  PostgreSQL itself keeps what is
 * pending: through savepoints, and against ALTER TABLE.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/acts.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "guard/adopted.h"
#include "guard/citus.h"
#include "guard/ledger.h"
#include "guard/vouch.h"
#include "guard/watch.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#define THE_DEAL	0			/* the column */

const HookShape act_shapes[] = {
	{TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE, .deferred = true},
	{0}
};

/* A table of acts as a trigger finds it. */
typedef struct Acts
{
	const ActKind *kind;
	Relation	relation;
	Books	   *books;
	Column		columns[MOST_ACT_COLUMNS];
	Oid			reader;
} Acts;

typedef struct ActRow
{
	char	   *deal;
	Datum		values[MOST_ACT_COLUMNS];
	bool		nulls[MOST_ACT_COLUMNS];
} ActRow;

/* What is said of a rule that is broken. */
typedef struct Verdict
{
	const char *constraint;
	char	   *message;
	char	   *detail;
	char	   *hint;
} Verdict;

/* The table -------------------------------------------------------------- */

static const char *const type_names[] = {
	[ACT_DEAL] = "the type of the key of the deals table",
	[ACT_DAY] = "date",
	[ACT_PRICE] = "numeric or covenant.share_price",
	[ACT_TEXT] = "text or varchar",
	[ACT_NAME] = "smallint, integer, bigint, uuid, text or varchar",
};

static bool
type_suits(const Books *books, Oid base, ActType type)
{
	switch (type)
	{
		case ACT_DEAL:
			return is_key_type(base) && same_key_kind(base, books->key_base);
		case ACT_DAY:
			return base == DATEOID;
		case ACT_PRICE:
			return column_type(base) == TYPE_NUMERIC || column_type(base) == TYPE_SHARE_PRICE;
		case ACT_NAME:
			return is_key_type(base);
		case ACT_TEXT:
			break;
	}
	return base == TEXTOID || base == VARCHAROID;
}

static void
bind_column(Acts *acts, int which, const char *name)
{
	const ActKind *kind = acts->kind;
	Column	   *column = &acts->columns[which];
	TupleDesc	desc = RelationGetDescr(acts->relation);
	const char *table = RelationGetRelationName(acts->relation);

	column->name = name;
	column->attno = SPI_fnumber(desc, name);
	if (column->attno <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\", used for the %s of %s, does not exist", name, table,
						kind->columns[which].called, kind->act),
				 errhint("If it was renamed or dropped since, call covenant.unwatch and %s again.", kind->watched_by)));
	column->base = getBaseType(SPI_gettypeid(desc, column->attno));
	if (!type_suits(acts->books, column->base, kind->columns[which].type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\", used for the %s of %s, is of type %s", name, table,
						kind->columns[which].called, kind->act, format_type_be(column->base)),
				 errhint("Use %s.", type_names[kind->columns[which].type])));
}

/*
 * A table that inherited from it since has no trigger, and what is written there
 * is not seen.  Partitions have theirs from the partitioned table.
 */
static void
refuse_unwatched_children(const Acts *acts)
{
	Relation	relation = acts->relation;
	ListCell   *cell;

	if (!relation->rd_rel->relhassubclass || relation->rd_rel->relkind != RELKIND_RELATION)
		return;
	foreach(cell, find_inheritance_children(RelationGetRelid(relation), NoLock))
	{
		if (has_hook(&acts->kind->hook, lfirst_oid(cell)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" inherits from \"%s\" and is not watched", get_rel_name(lfirst_oid(cell)),
						RelationGetRelationName(relation)),
				 errhint("Call covenant.unwatch and %s again; it is then watched as well.", acts->kind->watched_by)));
	}
}

/*
 * The ledger that the trigger names; 22023 where it does not say all that a
 * trigger of its kind does.
 */
static Oid
named_ledger(const ActKind *kind, const Trigger *trigger)
{
	const char *schema = trigger_word(trigger, "schema");
	const char *ledger = trigger_word(trigger, "ledger");
	bool		complete = schema != NULL && ledger != NULL;

	for (int i = 0; i < kind->ncolumns; i++)
		complete &= kind->columns[i].optional || trigger_word(trigger, kind->columns[i].word) != NULL;
	if (!complete)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trigger \"%s\" does not say what it watches", trigger->tgname),
				 errhint("Such triggers are made by %s.", kind->watched_by)));
	return find_ledger(schema, ledger, false);
}

/*
 * Finds books and columns as they are now.  The owner of the table must be a
 * member of the role that owns the books, in whose name breaches are recorded.
 */
static void
open_acts(Acts *acts, const ActKind *kind, const TriggerData *trigger)
{
	memset(acts, 0, sizeof(Acts));
	acts->kind = kind;
	acts->relation = trigger->tg_relation;
	acts->reader = GetUserId();
	acts->books = require_books(named_ledger(kind, trigger->tg_trigger));
	require_user(RelationGetRelid(acts->relation), acts->books, kind->acts);
	refuse_second_hook(&kind->hook, acts->relation, trigger->tg_trigger);
	refuse_unwatched_children(acts);
	for (int i = 0; i < kind->ncolumns; i++)
	{
		const char *name = trigger_word(trigger->tg_trigger, kind->columns[i].word);

		if (name != NULL)
			bind_column(acts, i, name);
	}
}

/* The row ---------------------------------------------------------------- */

/*
 * The columns in which two versions of a row differ, bit by bit; all of them
 * where there is no old one.
 */
static unsigned
changed_columns(const Acts *acts, TupleTableSlot *old, TupleTableSlot *new)
{
	unsigned	changed = 0;

	for (int i = 0; i < acts->kind->ncolumns; i++)
	{
		const Column *column = &acts->columns[i];

		if (column->name != NULL && (old == NULL || !same_value(column, old, new)))
			changed |= 1 << i;
	}
	return changed;
}

/*
 * A row as this transaction leaves it so far, found from one of its versions;
 * NULL where it is gone.
 */
static TupleTableSlot *
latest_version(Relation relation, ItemPointerData tid)
{
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	Snapshot	snapshot = GetActiveSnapshot();
	TableScanDesc scan = table_beginscan_tid(relation, snapshot);

	table_tuple_get_latest_tid(scan, &tid);
	table_endscan(scan);
	if (table_tuple_fetch_row_version(relation, &tid, snapshot, slot))
		return slot;
	ExecDropSingleTupleTableSlot(slot);
	return NULL;
}

/*
 * Takes the row out of its slot; false where it belongs to no deal.
 */
static bool
read_row(const Acts *acts, TupleTableSlot *slot, ActRow *row)
{
	char		buffer[8];

	memset(row, 0, sizeof(ActRow));
	for (int i = 0; i < acts->kind->ncolumns; i++)
	{
		row->nulls[i] = true;
		if (acts->columns[i].name != NULL)
			row->values[i] = slot_getattr(slot, acts->columns[i].attno, &row->nulls[i]);
	}
	if (row->nulls[THE_DEAL])
		return false;
	for (int i = 0; i < acts->kind->ncolumns; i++)
	{
		if (row->nulls[i] && !acts->kind->columns[i].nullable)
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("column \"%s\" of table \"%s\" is null", acts->columns[i].name, RelationGetRelationName(acts->relation)),
					 errdetail("It is used for the %s of %s.", acts->kind->columns[i].called, acts->kind->act),
					 errhint("Fill it in; a row whose deal is null is not judged.")));
	}
	row->deal = key_to_cstring(key_from_datum(row->values[THE_DEAL], acts->columns[THE_DEAL].base, buffer),
							   acts->columns[THE_DEAL].base);
	return true;
}

/* The verdict ------------------------------------------------------------ */

/* What both statements are told: ledger, deal, columns, constraint, message, reason. */
typedef struct ActParameters
{
	int			n;
	Oid			types[MOST_ACT_COLUMNS + 4];
	Datum		values[MOST_ACT_COLUMNS + 4];
	char		nulls[MOST_ACT_COLUMNS + 4];
} ActParameters;

static void
add_parameter(ActParameters *parameters, Oid type, Datum value, bool isnull)
{
	int			n = parameters->n++;

	parameters->types[n] = type;
	parameters->values[n] = value;
	parameters->nulls[n] = isnull ? 'n' : ' ';
}

static void
add_text(ActParameters *parameters, const char *text)
{
	add_parameter(parameters, TEXTOID, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

static void
bind_row(ActParameters *parameters, const Acts *acts, const ActRow *row, const char *constraint)
{
	static const Oid absent[] = {[ACT_DAY] = DATEOID,[ACT_PRICE] = NUMERICOID,[ACT_TEXT] = TEXTOID,[ACT_NAME] = TEXTOID};

	parameters->n = 0;
	add_parameter(parameters, REGCLASSOID, ObjectIdGetDatum(acts->books->ledger), false);
	add_text(parameters, row->deal);
	for (int i = THE_DEAL + 1; i < acts->kind->ncolumns; i++)
		add_parameter(parameters, acts->columns[i].name != NULL ? acts->columns[i].base : absent[acts->kind->columns[i].type],
					  row->values[i], row->nulls[i]);
	add_text(parameters, constraint);
}

/*
 * Asks whether a row breaks a rule, of what is committed now and of this
 * transaction's own, whatever its snapshot; the caller is the owner of the books
 * and has connected to SPI.
 */
static bool
breaks_rule(const Acts *acts, const ActRow *row, Verdict *verdict)
{
	ActParameters parameters;

	bind_row(&parameters, acts, row, verdict->constraint);
	if (SPI_execute_with_args(acts->kind->judge, parameters.n, parameters.types, parameters.values, parameters.nulls,
							  true, 1) != SPI_OK_SELECT)
		elog(ERROR, "judging an act failed");
	if (SPI_processed == 0)
		return false;
	verdict->message = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	verdict->detail = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	verdict->hint = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3);
	return true;
}

/*
 * An error, or a warning; the figures are for those who may read the events.
 */
static void
report(const Acts *acts, const Verdict *verdict, int elevel)
{
	Oid			events = adopted_table(acts->books, ADOPTED_EVENT);
	bool		figures = may_read(events, acts->reader);
	Oid			table = logical_table(RelationGetRelid(acts->relation));

	ereport(elevel,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("%s", verdict->message),
			 figures ? errdetail("%s", verdict->detail) :
			 errdetail("The figures are shown to roles that may read \"%s\".", get_rel_name(events)),
			 figures ? errhint("%s", verdict->hint) : 0,
			 err_generic_string(PG_DIAG_SCHEMA_NAME, get_namespace_name(get_rel_namespace(table))),
			 err_generic_string(PG_DIAG_TABLE_NAME, get_rel_name(table)),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, verdict->constraint)));
}

static void
record(const Acts *acts, const ActRow *row, const Verdict *verdict, const char *reason)
{
	ActParameters parameters;

	bind_row(&parameters, acts, row, verdict->constraint);
	add_text(&parameters, verdict->message);
	add_text(&parameters, reason);
	if (SPI_execute_with_args(acts->kind->record, parameters.n, parameters.types, parameters.values, parameters.nulls,
							  false, 1) != SPI_OK_SELECT)
		elog(ERROR, "recording a breach failed");
}

/*
 * What the deals' mode, or an override, lets through is on record as a breach.
 */
static void
judge_rule(const Acts *acts, const ActRow *row, const char *constraint)
{
	Verdict		verdict = {constraint};
	const char *reason = override_reason(acts->books->ledger);
	char		buffer[8];
	Balances	balances;
	bool		broken;

	PushActiveSnapshot(GetLatestSnapshot());
	broken = breaks_rule(acts, row, &verdict);
	PopActiveSnapshot();
	if (!broken)
		return;
	read_ledger(acts->books, key_from_cstring(row->deal, acts->books->key_base, buffer), &balances);
	if (balances.on_breach == 'r' && reason == NULL)
		report(acts, &verdict, ERROR);
	if (balances.on_breach == 'w' && reason == NULL)
		report(acts, &verdict, WARNING);
	record(acts, row, &verdict, reason);
}

/*
 * Judges a row by the rules on which what was changed bears, as the owner of the
 * books.
 */
static void
judge_row(const Acts *acts, const ActRow *row, unsigned changed)
{
	Caller		caller;

	act_as(acts->books->owner, &caller);
	SPI_connect();
	for (int i = 0; i < acts->kind->nrules; i++)
	{
		if (changed & acts->kind->rules[i].columns)
			judge_rule(acts, row, acts->kind->rules[i].constraint);
	}
	SPI_finish();
	act_as_caller(&caller);
}

/* For the kinds ---------------------------------------------------------- */

/*
 * What the trigger function of a kind does.
 */
Datum
judge_act(const ActKind *kind, FunctionCallInfo fcinfo)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;
	Acts		acts;
	ActRow		row;
	TupleTableSlot *new;
	TupleTableSlot *latest;
	unsigned	changed;

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_hung_by_covenant(&kind->hook, trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.%s: not called by a deferrable AFTER INSERT OR UPDATE trigger for each row",
						kind->hook.function),
				 errhint("Call %s for the table.", kind->watched_by)));
	check_spread(trigger, "Distributing it would judge its rows a second time.");
	open_acts(&acts, kind, trigger);
	new = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;
	changed = changed_columns(&acts, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_trigslot : NULL, new);
	if (changed == 0)
		return PointerGetDatum(NULL);
	CommandCounterIncrement();	/* what the statement itself has written counts */
	PushActiveSnapshot(GetLatestSnapshot());
	latest = latest_version(acts.relation, new->tts_tid);
	PopActiveSnapshot();
	if (latest == NULL)
		return PointerGetDatum(NULL);
	if (read_row(&acts, latest, &row))
	{
		int			citus = enter_citus(false);

		judge_row(&acts, &row, changed);
		leave_citus(citus);
	}
	ExecDropSingleTupleTableSlot(latest);
	return PointerGetDatum(NULL);
}

/*
 * The tables of a kind that are held to the rules of the ledger in the first
 * argument, with their columns.
 */
Datum
put_act_tables(const ActKind *kind, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	foreach(cell, vouched_by(&kind->hook, PG_GETARG_OID(0)))
	{
		const Vouched *table = lfirst(cell);
		Datum		values[1 + MOST_ACT_COLUMNS];
		bool		nulls[1 + MOST_ACT_COLUMNS] = {false};

		values[0] = ObjectIdGetDatum(table->relation);
		for (int i = 0; i < kind->ncolumns; i++)
		{
			const char *name = trigger_word(table->trigger, kind->columns[i].word);

			nulls[1 + i] = name == NULL;
			values[1 + i] = name == NULL ? (Datum) 0 : DirectFunctionCall1(namein, CStringGetDatum(name));
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

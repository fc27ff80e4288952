/*-------------------------------------------------------------------------
 *
 * financings.c
 *		A user's own table of financings: what would break the Capital Raising
 *		Limitations is refused (Section 4(e)).
 *
 * The trigger is deferred: a transaction is judged by where it ends, on all
 * consents, notices and waivers that are committed by then, at every isolation
 * level, and on its own.  A row that was written several times is judged as it
 * is in the end, for each limit that any of the writes bears on.  PostgreSQL
 * itself keeps what is pending: through savepoints, and against ALTER TABLE.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "guard/adopted.h"
#include "guard/ledger.h"
#include "guard/vouch.h"
#include "guard/watch.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

/* The columns, by their words among the trigger's arguments. */
typedef enum OfferingColumn
{
	OFFERING_DEAL,
	OFFERING_NAME,
	OFFERING_KIND,
	OFFERING_AGREED_ON,
	OFFERING_CLOSES_ON,
	N_NEEDED_COLUMNS,
	OFFERING_PRICE = N_NEEDED_COLUMNS,
	OFFERING_MARKET_PRICE,
	OFFERING_EXCEPTION,
	N_OFFERING_COLUMNS
} OfferingColumn;

static const char *const offering_words[] = {
	[OFFERING_DEAL] = "deal",
	[OFFERING_NAME] = "offering",
	[OFFERING_KIND] = "kind",
	[OFFERING_AGREED_ON] = "agreed_on",
	[OFFERING_CLOSES_ON] = "closes_on",
	[OFFERING_PRICE] = "price",
	[OFFERING_MARKET_PRICE] = "market_price",
	[OFFERING_EXCEPTION] = "exception",
};

/* What they are called in messages. */
static const char *const column_names[] = {
	[OFFERING_DEAL] = "deal",
	[OFFERING_NAME] = "name",
	[OFFERING_KIND] = "kind",
	[OFFERING_AGREED_ON] = "day of agreement",
	[OFFERING_CLOSES_ON] = "day of closing",
	[OFFERING_PRICE] = "price",
	[OFFERING_MARKET_PRICE] = "market price",
	[OFFERING_EXCEPTION] = "exception",
};

static const char *const needed_words[N_NEEDED_COLUMNS + 1] = {
	"deal", "offering", "kind", "agreed_on", "closes_on"
};

static const HookShape offering_shapes[] = {
	{TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE, .deferred = true},
	{0}
};

static const Hook offering_hook = {"offering", "ledger", offering_shapes, needed_words};

/* The limits, in the order of their judgement, and the columns that bear on each. */
static const struct
{
	const char *name;
	unsigned	columns;
}			limits[] = {
	{"lock_up", 1 << OFFERING_DEAL | 1 << OFFERING_NAME | 1 << OFFERING_KIND | 1 << OFFERING_AGREED_ON |
	1 << OFFERING_PRICE | 1 << OFFERING_MARKET_PRICE | 1 << OFFERING_EXCEPTION},
	{"right_of_first_offer", 1 << OFFERING_DEAL | 1 << OFFERING_NAME | 1 << OFFERING_KIND | 1 << OFFERING_CLOSES_ON |
	1 << OFFERING_EXCEPTION},
};

typedef struct Financings
{
	Relation	relation;
	Books	   *books;
	Column		columns[N_OFFERING_COLUMNS];
	Oid			reader;
} Financings;

/* One row, as parameters: the ledger, the deal as text, and the columns. */
typedef struct FinancingRow
{
	char	   *deal;
	Datum		values[N_OFFERING_COLUMNS];
	bool		nulls[N_OFFERING_COLUMNS];
} FinancingRow;

/* The table -------------------------------------------------------------- */

static bool
type_suits(const Books *books, Oid base, OfferingColumn column)
{
	switch (column)
	{
		case OFFERING_DEAL:
			return is_key_type(base) && same_key_kind(base, books->key_base);
		case OFFERING_AGREED_ON:
		case OFFERING_CLOSES_ON:
			return base == DATEOID;
		case OFFERING_PRICE:
		case OFFERING_MARKET_PRICE:
			return column_type(base) == TYPE_NUMERIC || column_type(base) == TYPE_SHARE_PRICE;
		default:
			return base == TEXTOID || base == VARCHAROID;
	}
}

static void
bind_column(Financings *f, OfferingColumn which, const char *name)
{
	Column	   *column = &f->columns[which];
	TupleDesc	desc = RelationGetDescr(f->relation);
	const char *table = RelationGetRelationName(f->relation);

	column->name = name;
	column->attno = SPI_fnumber(desc, name);
	if (column->attno <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\", used for the %s of an offering, does not exist", name, table,
						column_names[which]),
				 errhint("If it was renamed or dropped since, call covenant.unwatch and covenant.watch_offerings again.")));
	column->base = getBaseType(SPI_gettypeid(desc, column->attno));
	if (!type_suits(f->books, column->base, which))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\", used for the %s of an offering, is of type %s", name, table,
						column_names[which], format_type_be(column->base)),
				 errhint("Use the type of the key of the deals table for the deal, date for days, numeric or covenant.share_price for prices, text or varchar for the others.")));
}

/*
 * A table that inherited from it since has no trigger, and what is written there
 * is not seen.  Partitions have theirs from the partitioned table.
 */
static void
refuse_unwatched_children(Relation relation)
{
	ListCell   *cell;

	if (!relation->rd_rel->relhassubclass || relation->rd_rel->relkind != RELKIND_RELATION)
		return;
	foreach(cell, find_inheritance_children(RelationGetRelid(relation), NoLock))
	{
		if (has_hook(&offering_hook, lfirst_oid(cell)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" inherits from \"%s\" and is not watched", get_rel_name(lfirst_oid(cell)),
						RelationGetRelationName(relation)),
				 errhint("Call covenant.unwatch and covenant.watch_offerings again; it is then watched as well.")));
	}
}

/*
 * Finds books and columns as they are now.  The owner of the table must be a
 * member of the role that owns the books, in whose name breaches are recorded.
 */
static void
open_financings(Financings *f, const TriggerData *trigger)
{
	const char *schema = trigger_word(trigger->tg_trigger, "schema");
	const char *ledger = trigger_word(trigger->tg_trigger, "ledger");

	memset(f, 0, sizeof(Financings));
	f->relation = trigger->tg_relation;
	f->reader = GetUserId();
	for (int i = 0; i < N_NEEDED_COLUMNS; i++)
	{
		if (schema == NULL || ledger == NULL || trigger_word(trigger->tg_trigger, offering_words[i]) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("trigger \"%s\" does not say what it watches", trigger->tg_trigger->tgname),
					 errhint("Such triggers are made by covenant.watch_offerings.")));
	}
	f->books = require_books(find_ledger(schema, ledger, false));
	if (!speaks_for(RelationGetRelid(f->relation), f->books->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner of table \"%s\" may not use the books \"%s\"", RelationGetRelationName(f->relation), ledger),
				 errdetail("The owner of the offerings must be a member of the role that owns the books.")));
	refuse_second_hook(&offering_hook, f->relation, trigger->tg_trigger);
	refuse_unwatched_children(f->relation);
	for (int i = 0; i < N_OFFERING_COLUMNS; i++)
	{
		const char *name = trigger_word(trigger->tg_trigger, offering_words[i]);

		if (name != NULL)
			bind_column(f, i, name);
	}
}

/* The row ---------------------------------------------------------------- */

/*
 * The columns in which two versions of a row differ, bit by bit; all of them
 * where there is no old one.
 */
static unsigned
changed_columns(const Financings *f, TupleTableSlot *old, TupleTableSlot *new)
{
	unsigned	changed = 0;

	for (int i = 0; i < N_OFFERING_COLUMNS; i++)
	{
		AttrNumber	attno = f->columns[i].attno;
		Form_pg_attribute attribute;
		bool		old_null,
					new_null;
		Datum		old_value,
					new_value;

		if (f->columns[i].name == NULL)
			continue;
		attribute = TupleDescAttr(RelationGetDescr(f->relation), attno - 1);
		new_value = slot_getattr(new, attno, &new_null);
		old_value = old == NULL ? (Datum) 0 : slot_getattr(old, attno, &old_null);
		if (old == NULL || old_null != new_null ||
			(!new_null && !datumIsEqual(old_value, new_value, attribute->attbyval, attribute->attlen)))
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
read_financing(const Financings *f, TupleTableSlot *slot, FinancingRow *row)
{
	char		buffer[8];

	for (int i = 0; i < N_OFFERING_COLUMNS; i++)
	{
		row->nulls[i] = true;
		if (f->columns[i].name != NULL)
			row->values[i] = slot_getattr(slot, f->columns[i].attno, &row->nulls[i]);
	}
	if (row->nulls[OFFERING_DEAL])
		return false;
	for (int i = 0; i < N_NEEDED_COLUMNS; i++)
	{
		if (row->nulls[i] && i != OFFERING_CLOSES_ON)
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("column \"%s\" of table \"%s\" is null", f->columns[i].name, RelationGetRelationName(f->relation)),
					 errdetail("It is used for the %s of an offering.", column_names[i]),
					 errhint("Fill it in; a row whose deal is null is not judged.")));
	}
	row->deal = key_to_cstring(key_from_datum(row->values[OFFERING_DEAL], f->columns[OFFERING_DEAL].base, buffer),
							   f->columns[OFFERING_DEAL].base);
	return true;
}

/* The verdict ------------------------------------------------------------ */

/* What is said of a limit that is broken. */
typedef struct Verdict
{
	const char *limit;
	char	   *message;
	char	   *detail;
	char	   *hint;
} Verdict;

/*
 * Asks whether a row breaks a limit, of what is committed now and of this
 * transaction's own, whatever its snapshot; the caller is the owner of the books
 * and has connected to SPI.
 */
static bool
breaks_limit(const Financings *f, const FinancingRow *row, Verdict *verdict)
{
	Oid			types[N_OFFERING_COLUMNS + 2];
	Datum		values[N_OFFERING_COLUMNS + 2];
	char		nulls[N_OFFERING_COLUMNS + 2];

	types[0] = REGCLASSOID;
	values[0] = ObjectIdGetDatum(f->books->ledger);
	types[1] = types[N_OFFERING_COLUMNS + 1] = TEXTOID;
	values[1] = CStringGetTextDatum(row->deal);
	nulls[0] = nulls[1] = nulls[N_OFFERING_COLUMNS + 1] = ' ';
	values[N_OFFERING_COLUMNS + 1] = CStringGetTextDatum(verdict->limit);
	for (int i = OFFERING_NAME; i < N_OFFERING_COLUMNS; i++)
	{
		types[1 + i] = f->columns[i].name != NULL ? f->columns[i].base :
			i == OFFERING_EXCEPTION ? TEXTOID : NUMERICOID;
		values[1 + i] = row->values[i];
		nulls[1 + i] = row->nulls[i] ? 'n' : ' ';
	}
	if (SPI_execute_with_args("SELECT b.message, b.detail, b.hint FROM covenant_internal.broken_limit($1, $2, false, $3, $4, $5, $6,"
							  " $7::covenant.share_price, $8::covenant.share_price, $9, $10) AS b",
							  lengthof(types), types, values, nulls, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "judging an offering failed");
	if (SPI_processed == 0)
		return false;
	verdict->message = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	verdict->detail = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	verdict->hint = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3);
	return true;
}

static bool
may_read(Oid relation, Oid reader)
{
	return pg_class_aclcheck(relation, reader, ACL_SELECT) == ACLCHECK_OK &&
		check_enable_rls(relation, reader, true) != RLS_ENABLED;
}

/*
 * An error, or a warning; the figures are for those who may read the events.
 */
static void
report_limit(const Financings *f, const Verdict *verdict, int elevel)
{
	Oid			events = adopted_table(f->books, ADOPTED_EVENT);
	bool		figures = may_read(events, f->reader);

	ereport(elevel,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("%s", verdict->message),
			 figures ? errdetail("%s", verdict->detail) :
			 errdetail("The figures are shown to roles that may read \"%s\".", get_rel_name(events)),
			 figures ? errhint("%s", verdict->hint) : 0,
			 err_generic_string(PG_DIAG_SCHEMA_NAME, get_namespace_name(RelationGetNamespace(f->relation))),
			 err_generic_string(PG_DIAG_TABLE_NAME, RelationGetRelationName(f->relation)),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, verdict->limit)));
}

/*
 * What is let through is a breach of Section 4(e), on the day of the agreement.
 */
static void
record_breach(const Financings *f, const FinancingRow *row, const Verdict *verdict, const char *reason)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, f->columns[OFFERING_NAME].base, DATEOID, TEXTOID, TEXTOID};
	Datum		values[6];
	char		nulls[] = "      ";

	values[0] = ObjectIdGetDatum(f->books->ledger);
	values[1] = CStringGetTextDatum(row->deal);
	values[2] = row->values[OFFERING_NAME];
	values[3] = row->values[OFFERING_AGREED_ON];
	values[4] = CStringGetTextDatum(verdict->message);
	values[5] = reason == NULL ? (Datum) 0 : CStringGetTextDatum(reason);
	nulls[5] = reason == NULL ? 'n' : ' ';
	if (SPI_execute_with_args("SELECT covenant_internal.record_limit($1, $2, $3, $4, $5, $6)", 6, types, values, nulls,
							  false, 1) != SPI_OK_SELECT)
		elog(ERROR, "recording a breach failed");
}

static void
judge_limit(const Financings *f, const FinancingRow *row, const char *limit)
{
	Verdict		verdict = {limit};
	const char *reason = override_reason(f->books->ledger);
	char		buffer[8];
	Balances	balances;
	bool		broken;

	PushActiveSnapshot(GetLatestSnapshot());
	broken = breaks_limit(f, row, &verdict);
	PopActiveSnapshot();
	if (!broken)
		return;
	read_ledger(f->books, key_from_cstring(row->deal, f->books->key_base, buffer), &balances);
	if (balances.on_breach == 'r' && reason == NULL)
		report_limit(f, &verdict, ERROR);
	if (balances.on_breach == 'w' && reason == NULL)
		report_limit(f, &verdict, WARNING);
	record_breach(f, row, &verdict, reason);
}

/*
 * Judges a row for the limits on which what was changed bears, as the owner of
 * the books.
 */
static void
judge_row(const Financings *f, const FinancingRow *row, unsigned changed)
{
	Oid			user;
	int			security;

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(f->books->owner, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	SPI_connect();
	for (int i = 0; i < lengthof(limits); i++)
	{
		if (changed & limits[i].columns)
			judge_limit(f, row, limits[i].name);
	}
	SPI_finish();
	SetUserIdAndSecContext(user, security);
}

/*
 * covenant_internal.offering(): refuses a financing that breaks a limit.
 */
COVENANT_FUNCTION(covenant_offering);
Datum
covenant_offering(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;
	Financings	f;
	FinancingRow row;
	TupleTableSlot *new;
	TupleTableSlot *latest;
	unsigned	changed;

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_hung_by_covenant(&offering_hook, trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.offering: not called by a deferrable AFTER INSERT OR UPDATE trigger for each row"),
				 errhint("Call covenant.watch_offerings for the table.")));
	open_financings(&f, trigger);
	new = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;
	changed = changed_columns(&f, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_trigslot : NULL, new);
	if (changed == 0)
		return PointerGetDatum(NULL);
	CommandCounterIncrement();	/* what the statement itself has written counts */
	PushActiveSnapshot(GetLatestSnapshot());
	latest = latest_version(f.relation, new->tts_tid);
	PopActiveSnapshot();
	if (latest == NULL)
		return PointerGetDatum(NULL);
	if (read_financing(&f, latest, &row))
		judge_row(&f, &row, changed);
	ExecDropSingleTupleTableSlot(latest);
	return PointerGetDatum(NULL);
}

/*
 * covenant_internal.offering_tables(ledger): the tables of financings that are
 * held to the limits of these books, with their columns.
 */
COVENANT_FUNCTION(covenant_offering_tables);
Datum
covenant_offering_tables(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	foreach(cell, vouched_by(&offering_hook, PG_GETARG_OID(0)))
	{
		const Vouched *table = lfirst(cell);
		Datum		values[1 + N_OFFERING_COLUMNS];
		bool		nulls[1 + N_OFFERING_COLUMNS] = {false};

		values[0] = ObjectIdGetDatum(table->relation);
		for (int i = 0; i < N_OFFERING_COLUMNS; i++)
		{
			const char *name = trigger_word(table->trigger, offering_words[i]);

			nulls[1 + i] = name == NULL;
			values[1 + i] = name == NULL ? (Datum) 0 : DirectFunctionCall1(namein, CStringGetDatum(name));
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

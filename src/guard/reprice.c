/*-------------------------------------------------------------------------
 *
 * reprice.c
 *		The market as a fact: quotes that come or change reprice the notes
 *		whose terms look back at them.
 *
 * A trigger on the table of quotes updates the price column of a watched table
 * of notes; from there the change takes the road of every other write.  It is
 * dated with the quote's day.  Quotes that append days are taken day by day, so
 * that a week loaded at once leaves the same history as five nights; a
 * correction of an earlier quote shows in the price as it is now.
 *
 * The update runs as the owner of the notes, and only if the owner of the
 * quotes is a member of that role: whoever may write quotes need not be allowed
 * to write notes.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "access/relation.h"
#include "access/xact.h"
#include "guard/capture.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#define ROW_EVENTS	(TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE)

static const HookShape reprice_shapes[] = {
	{TRIGGER_TYPE_ROW | ROW_EVENTS},
	{TRIGGER_TYPE_INSERT, false, true},
	{TRIGGER_TYPE_UPDATE, true, true},
	{TRIGGER_TYPE_DELETE, true, false},
	{0}
};

static const char *const reprice_words[] = {
	"security", "day", "price", "notes_security", "terms", NULL
};

const Hook	reprice_hook = {"reprice", "notes", reprice_shapes, reprice_words, true};

/* Names for the query, quoted; of columns, unless said otherwise. */
typedef struct Quotes
{
	Relation	relation;
	Oid			notes;			/* the table of notes */
	Oid			notes_owner;
	char	   *quotes_table;	/* qualified */
	char	   *notes_table;	/* qualified */
	char	   *security;
	char	   *day;
	char	   *price;
	char	   *notes_security;
	char	   *terms;
	char	   *notes_price;
	char	   *notes_price_type;
	const char *unlike;			/* the operator that tells two prices apart */
	bool		has_old;		/* changed quotes: from which rows */
	bool		has_new;
	bool		by_row;
} Quotes;

/*
 * A column that the trigger's arguments name, quoted; 42703 where it is gone.
 */
static char *
named_column(Oid relation, const char *name)
{
	if (name == NULL || get_attnum(relation, name) == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\", needed to reprice notes, does not exist",
						name == NULL ? "" : name, get_rel_name(relation)),
				 errhint("If it was renamed or dropped since, call covenant.unwatch for the quotes and covenant.watch_quotes again.")));
	return pstrdup(quote_identifier(name));
}

/*
 * The notes that the trigger's arguments name, and the price column under
 * which they are watched.
 */
static void
open_notes(Quotes *quotes, const Trigger *trigger)
{
	const char *schema = trigger_word(trigger, "schema");
	const char *notes = trigger_word(trigger, "notes");
	Relation	relation;
	const Trigger *watch;
	AttrNumber	price;

	quotes->notes = schema == NULL || notes == NULL ? InvalidOid :
		get_relname_relid(notes, get_namespace_oid(schema, true));
	if (!OidIsValid(quotes->notes))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the notes to be repriced, \"%s.%s\", do not exist",
						schema == NULL ? "" : schema, notes == NULL ? "" : notes),
				 errhint("If the table was renamed, moved or dropped, call covenant.unwatch for the quotes and covenant.watch_quotes again.")));

	relation = relation_open(quotes->notes, AccessShareLock);
	watch = covenant_trigger(relation);
	if (watch == NULL || trigger_word(watch, "price") == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not watched as a table of notes", notes),
				 errhint("Call covenant.watch_notes for it, or covenant.unwatch for the quotes.")));
	quotes->notes_owner = relation->rd_rel->relowner;
	quotes->notes_price = named_column(quotes->notes, trigger_word(watch, "price"));
	price = get_attnum(quotes->notes, trigger_word(watch, "price"));
	quotes->unlike =
		getBaseType(TupleDescAttr(RelationGetDescr(relation), price - 1)->atttypid) == NUMERICOID ?
		"OPERATOR(pg_catalog.<>)" : "OPERATOR(pg_catalog.<>)";
	quotes->notes_price_type =
		format_type_extended(TupleDescAttr(RelationGetDescr(relation), price - 1)->atttypid,
							 TupleDescAttr(RelationGetDescr(relation), price - 1)->atttypmod,
							 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	relation_close(relation, NoLock);
}

/*
 * The whole table of quotes: of a partition the partitioned table, since a
 * look-back may reach into the partition before.
 */
static Oid
whole_table(Relation relation)
{
	return relation->rd_rel->relispartition ?
		llast_oid(get_partition_ancestors(RelationGetRelid(relation))) : RelationGetRelid(relation);
}

static void
open_quotes(Quotes *quotes, const TriggerData *trigger)
{
	Oid			relid = whole_table(trigger->tg_relation);
	const Trigger *words = trigger->tg_trigger;

	memset(quotes, 0, sizeof(Quotes));
	quotes->relation = trigger->tg_relation;
	open_notes(quotes, words);
	if (!speaks_for(RelationGetRelid(trigger->tg_relation), quotes->notes_owner) ||
		!speaks_for(relid, quotes->notes_owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner of table \"%s\" may not reprice the notes of \"%s\"",
						RelationGetRelationName(trigger->tg_relation), get_rel_name(quotes->notes)),
				 errdetail("The owner of the quotes must be a member of the role that owns the notes.")));
	quotes->quotes_table = qualified_name(relid);
	quotes->notes_table = qualified_name(quotes->notes);
	quotes->security = named_column(relid, trigger_word(words, "security"));
	quotes->day = named_column(relid, trigger_word(words, "day"));
	quotes->price = named_column(relid, trigger_word(words, "price"));
	quotes->notes_security = named_column(quotes->notes, trigger_word(words, "notes_security"));
	quotes->terms = named_column(quotes->notes, trigger_word(words, "terms"));
	quotes->has_old = !TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	quotes->has_new = !TRIGGER_FIRED_BY_DELETE(trigger->tg_event);
	quotes->by_row = TRIGGER_FIRED_FOR_ROW(trigger->tg_event);
}

/*
 * The quotes of a changed row: of a transition table, or the row in $1 to $3
 * (old) or $4 to $6 (new).  A row without a price is no quote.
 */
static void
append_rows(StringInfo sql, const Quotes *q, bool old)
{
	if (q->by_row)
		appendStringInfo(sql, "SELECT $%d AS security, $%d AS day, $%d AS price",
						 old ? 1 : 4, old ? 2 : 5, old ? 3 : 6);
	else
		appendStringInfo(sql, "SELECT %s AS security, %s AS day, %s AS price FROM %s",
						 q->security, q->day, q->price, old ? "old_rows" : "new_rows");
}

/*
 * Those rows of one side that are not on the other side too: a quote that is
 * written again as it was moves nothing.
 */
static void
append_side(StringInfo sql, const Quotes *q, bool old)
{
	appendStringInfo(sql, "SELECT security, day, %s AS old FROM (", old ? "true" : "false");
	append_rows(sql, q, old);
	if (q->has_old && q->has_new)
	{
		appendStringInfoString(sql, " EXCEPT ALL ");
		append_rows(sql, q, !old);
	}
	appendStringInfoString(sql, ") r WHERE day IS NOT NULL AND price IS NOT NULL");
}

/*
 * The passes: on which day prices moved, the last quote to look at, and the
 * securities.  A day later than all quotes that were there before stands for
 * itself; an earlier one is a correction and shows in the price of the last of
 * them, if any terms look back that far.
 */
static char *
passes_query(const Quotes *q)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "WITH changed AS MATERIALIZED (");
	if (q->has_old)
		append_side(&sql, q, true);
	if (q->has_old && q->has_new)
		appendStringInfoString(&sql, " UNION ALL ");
	if (q->has_new)
		append_side(&sql, q, false);
	appendStringInfo(&sql,
					 "), priced AS ("
					 "SELECT m.%1$s AS security, pg_catalog.max(covenant.look_back(m.%2$s)) AS look_back"
					 " FROM %3$s m WHERE m.%1$s OPERATOR(pg_catalog.=) ANY (SELECT security FROM changed)"
					 " AND covenant.look_back(m.%2$s) OPERATOR(pg_catalog.>) 0 GROUP BY m.%1$s"
					 "), moved AS ("
					 "SELECT p.security, p.look_back, pg_catalog.array_agg(c.day) AS days,"
					 " pg_catalog.max(c.day) FILTER (WHERE c.old) AS last_old, pg_catalog.min(c.day) AS first_day"
					 " FROM priced p JOIN changed c ON c.security OPERATOR(pg_catalog.=) p.security"
					 " GROUP BY p.security, p.look_back"
					 "), known AS ("
					 "SELECT m.*, greatest(m.last_old, ("
					 "SELECT q.%4$s FROM %5$s q WHERE q.%6$s OPERATOR(pg_catalog.=) m.security"
					 " AND q.%7$s IS NOT NULL AND q.%4$s OPERATOR(pg_catalog.<>) ALL (m.days)"
					 " ORDER BY q.%4$s DESC LIMIT 1)) AS last_day FROM moved m"
					 "), reach AS MATERIALIZED ("
					 "SELECT k.*, CASE WHEN k.first_day OPERATOR(pg_catalog.<=) k.last_day THEN ("
					 "SELECT pg_catalog.min(b.day) FROM (SELECT q.%4$s AS day FROM %5$s q"
					 " WHERE q.%6$s OPERATOR(pg_catalog.=) k.security AND q.%7$s IS NOT NULL"
					 " AND q.%4$s OPERATOR(pg_catalog.<=) k.last_day"
					 " ORDER BY q.%4$s DESC LIMIT k.look_back) b) END AS reach_day FROM known k"
					 ") SELECT d.day, greatest(d.day, r.last_day), pg_catalog.array_agg(DISTINCT r.security)"
					 " FROM reach r CROSS JOIN LATERAL pg_catalog.unnest(r.days) AS d(day)"
					 " WHERE r.last_day IS NULL OR d.day OPERATOR(pg_catalog.>) r.last_day"
					 " OR d.day OPERATOR(pg_catalog.>=) r.reach_day"
					 " GROUP BY 1, 2 ORDER BY 1, 2",
					 q->notes_security, q->terms, q->notes_table,
					 q->day, q->quotes_table, q->security, q->price);
	return sql.data;
}

/*
 * One pass ($1 its day, $2 the last quote, $3 the securities) over all notes
 * whose terms need it, that is, look back as far as its day.  Fewer quotes
 * than the terms look back at give no price, and leave the note as it is.  A price is
 * computed once for all notes of a security with the same terms.
 */
static char *
reprice_query(const Quotes *q)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "WITH p AS MATERIALIZED ("
					 "SELECT t.security, t.terms, w.price::%7$s AS price"
					 " FROM (SELECT DISTINCT m.%8$s AS security, m.%9$s AS terms FROM %1$s m"
					 " WHERE m.%8$s OPERATOR(pg_catalog.=) ANY ($3)"
					 " AND covenant.look_back(m.%9$s) OPERATOR(pg_catalog.>) 0) t"
					 " CROSS JOIN LATERAL ("
					 "SELECT covenant.conversion_price(t.terms, b.price ORDER BY b.day) AS price,"
					 " pg_catalog.min(b.day) AS first_day FROM ("
					 "SELECT q.%6$s AS day, q.%3$s::covenant.share_price AS price FROM %4$s q"
					 " WHERE q.%5$s OPERATOR(pg_catalog.=) t.security"
					 " AND q.%6$s OPERATOR(pg_catalog.<=) $2 AND q.%3$s IS NOT NULL"
					 " ORDER BY q.%6$s DESC LIMIT covenant.look_back(t.terms)) b) w"
					 " WHERE w.price IS NOT NULL AND w.first_day OPERATOR(pg_catalog.<=) $1"
					 ") UPDATE %1$s AS n SET %2$s = p.price FROM p"
					 " WHERE n.%8$s OPERATOR(pg_catalog.=) p.security AND n.%9$s OPERATOR(pg_catalog.=) p.terms"
					 " AND (n.%2$s IS NULL OR n.%2$s %10$s p.price)",
					 q->notes_table, q->notes_price, q->price, q->quotes_table, q->security,
					 q->day, q->notes_price_type, q->notes_security, q->terms, q->unlike);
	return sql.data;
}

/* Parameters of a query. */
typedef struct Parameters
{
	int			n;
	Oid			types[6];
	Datum		values[6];
	char		nulls[7];
} Parameters;

static void
bind_row(Parameters *parameters, const Quotes *quotes, const TriggerData *trigger,
		 TupleTableSlot *slot)
{
	const char *names[] = {trigger_word(trigger->tg_trigger, "security"),
		trigger_word(trigger->tg_trigger, "day"), trigger_word(trigger->tg_trigger, "price")};

	for (int i = 0; i < lengthof(names); i++)
	{
		AttrNumber	attno = get_attnum(RelationGetRelid(quotes->relation), names[i]);
		bool		isnull = true;
		int			n = parameters->n++;

		parameters->types[n] = TupleDescAttr(RelationGetDescr(quotes->relation), attno - 1)->atttypid;
		parameters->values[n] = slot == NULL ? (Datum) 0 : slot_getattr(slot, attno, &isnull);
		parameters->nulls[n] = isnull ? 'n' : ' ';
	}
}

/*
 * What the query of the passes is told: the row of a row trigger.
 */
static void
bind_rows(Parameters *parameters, const Quotes *quotes, const TriggerData *trigger)
{
	TupleTableSlot *old = trigger->tg_trigslot;
	TupleTableSlot *new = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;

	parameters->n = 0;
	if (!quotes->by_row)
		return;
	bind_row(parameters, quotes, trigger, quotes->has_old ? old : NULL);
	bind_row(parameters, quotes, trigger, quotes->has_new ? new : NULL);
}

static void
run(const char *query, Parameters *parameters, int expected)
{
	int			result = SPI_execute_with_args(query, parameters->n, parameters->types,
											   parameters->values, parameters->nulls, false, 0);

	if (result != expected)
		elog(ERROR, "repricing failed: %s", SPI_result_code_string(result));
}

/*
 * One pass; what it changes is dated with its day.
 */
static void
run_pass(const char *update, Parameters *parameters)
{
	DateADT		day = DatumGetDateADT(parameters->values[0]);

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a quote needs a day of the calendar"),
				 errdetail("Its day is %sinfinity.", DATE_IS_NOBEGIN(day) ? "-" : "")));
	capture_begin(day, InvalidOid);
	PG_TRY();
	{
		run(update, parameters, SPI_OK_UPDATE);
	}
	PG_FINALLY();
	{
		capture_end();
	}
	PG_END_TRY();
}

/*
 * All passes, oldest day first.
 */
static void
reprice(const Quotes *quotes, Parameters *rows)
{
	const char *update = reprice_query(quotes);
	SPITupleTable *passes;
	uint64		n;

	run(passes_query(quotes), rows, SPI_OK_SELECT);
	passes = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		Parameters	pass = {.n = 3};

		for (int column = 0; column < pass.n; column++)
		{
			bool		isnull;

			pass.types[column] = SPI_gettypeid(passes->tupdesc, column + 1);
			pass.values[column] = SPI_getbinval(passes->vals[i], passes->tupdesc,
												column + 1, &isnull);
			pass.nulls[column] = ' ';
		}
		run_pass(update, &pass);
	}
}

COVENANT_FUNCTION(covenant_reprice);
Datum
covenant_reprice(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Quotes		quotes;
	Parameters	rows;
	Oid			user;
	int			security;
	int			settings = NewGUCNestLevel();

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_hung_by_covenant(&reprice_hook, trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.reprice: not called by a trigger as covenant makes it"),
				 errhint("Call covenant.watch_quotes for the table.")));
	refuse_second_hook(&reprice_hook, trigger->tg_relation, trigger->tg_trigger);
	open_quotes(&quotes, trigger);
	bind_rows(&rows, &quotes, trigger);

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(quotes.notes_owner,
						   security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	/* What replication applied are the quotes; the notes are written here. */
	(void) set_config_option("session_replication_role", "origin", PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	if (SPI_register_trigger_data(trigger) < 0)
		elog(ERROR, "the transition tables cannot be read");
	reprice(&quotes, &rows);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(user, security);
	return PointerGetDatum(NULL);
}

/*
 * A row for each vouched pair of quotes and notes: the other table, then the
 * columns that the trigger's arguments name.
 */
static Datum
put_pairs(FunctionCallInfo fcinfo, List *pairs)
{
	ReturnSetInfo *result;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	foreach(cell, pairs)
	{
		const Vouched *pair = lfirst(cell);
		Datum		values[lengthof(reprice_words)];
		bool		nulls[lengthof(reprice_words)] = {false};

		values[0] = ObjectIdGetDatum(pair->relation);
		for (int i = 0; reprice_words[i] != NULL; i++)
			values[1 + i] = DirectFunctionCall1(namein, CStringGetDatum(trigger_word(pair->trigger, reprice_words[i])));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * covenant_internal.repricing_of(notes): the tables of quotes that reprice it.
 */
COVENANT_FUNCTION(covenant_repricing_of);
Datum
covenant_repricing_of(PG_FUNCTION_ARGS)
{
	return put_pairs(fcinfo, vouched_by(&reprice_hook, PG_GETARG_OID(0)));
}

/*
 * covenant_internal.repriced_by(quotes): the tables of notes that it reprices.
 */
COVENANT_FUNCTION(covenant_repriced_by);
Datum
covenant_repriced_by(PG_FUNCTION_ARGS)
{
	return put_pairs(fcinfo, vouched_on(&reprice_hook, PG_GETARG_OID(0)));
}

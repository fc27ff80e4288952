/*-------------------------------------------------------------------------
 *
 * quotes.c
 *		A table of quotes, the notes that it reprices, and what is asked of
 *		them.
 *
 * Everything is known from the trigger's arguments and from the watch of the
 * notes.  Names are put into the queries once, quoted; what the tables hold
 * never is.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/quotes.h"

#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "guard/quote_check.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

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

/*
 * The type covenant.share_price.
 */
static Oid
share_price_oid(void)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("share_price"),
						   ObjectIdGetDatum(get_namespace_oid("covenant", false)));
}

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
 * The expression that gives a note's key as the books have it: one column as
 * text, or several as the text of a row.
 */
static char *
key_expression(const Watch *watch)
{
	StringInfoData expression;

	initStringInfo(&expression);
	for (int i = 0; i < watch->nkeys; i++)
		appendStringInfo(&expression, "%s%sn.%s", i == 0 ? "" : ", ", i == 0 && watch->nkeys > 1 ? "ROW(" : "",
						 quote_identifier(watch->keys[i].name));
	appendStringInfo(&expression, "%s::pg_catalog.text", watch->nkeys > 1 ? ")" : "");
	return expression.data;
}

/*
 * The books in which the notes are kept.
 */
static void
open_notes_books(Quotes *quotes, Relation relation, const Trigger *trigger)
{
	Watch		watch;

	open_watch(&watch, relation, trigger);
	quotes->books = watch.books;
	quotes->source = pstrdup(watch.source);
	quotes->notes_deal = pstrdup(quote_identifier(watch.columns[COL_DEAL].name));
	quotes->notes_key = key_expression(&watch);
	for (int i = 0; i < watch.nkeys; i++)
	{
		if (watch.keys[i].attno == watch.columns[COL_DEAL].attno)
			continue;
		quotes->keys[quotes->nkeys] = pstrdup(quote_identifier(watch.keys[i].name));
		quotes->key_types[quotes->nkeys++] = TupleDescAttr(RelationGetDescr(relation), watch.keys[i].attno - 1)->atttypid;
	}
	quotes->positions = quote_qualified_identifier(watch.books->schema, watch.books->position_name);
	quotes->journal = quote_qualified_identifier(watch.books->schema, watch.books->journal_name);
}

/*
 * A table of notes and the columns under which it is watched.
 */
static void
open_watched_notes(Quotes *quotes, Oid notes)
{
	Relation	relation = relation_open(notes, AccessShareLock);
	const Trigger *watch = covenant_trigger(relation);
	AttrNumber	price;

	if (watch == NULL || trigger_word(watch, "price") == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not watched as a table of notes", RelationGetRelationName(relation)),
				 errhint("Call covenant.watch_notes for it, or covenant.unwatch for the quotes.")));
	quotes->notes = notes;
	quotes->notes_table = qualified_name(notes);
	quotes->notes_owner = relation->rd_rel->relowner;
	quotes->notes_price = named_column(quotes->notes, trigger_word(watch, "price"));
	price = get_attnum(quotes->notes, trigger_word(watch, "price"));
	quotes->notes_price_type =
		format_type_extended(TupleDescAttr(RelationGetDescr(relation), price - 1)->atttypid,
							 TupleDescAttr(RelationGetDescr(relation), price - 1)->atttypmod,
							 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	open_notes_books(quotes, relation, watch);
	relation_close(relation, NoLock);
}

/*
 * The columns of the notes that say at which quotes they look.
 */
static void
open_terms(Quotes *quotes, const char *security, const char *terms)
{
	quotes->notes_security = named_column(quotes->notes, security);
	quotes->terms = named_column(quotes->notes, terms);
	quotes->security_type = get_atttype(quotes->notes, get_attnum(quotes->notes, security));
	quotes->terms_type = get_atttype(quotes->notes, get_attnum(quotes->notes, terms));
	quotes->share_price_type = share_price_oid();
}

/*
 * Notes alone, whose quotes are on another server.
 */
void
open_repriced(Quotes *quotes, Oid notes)
{
	Relation	relation = relation_open(notes, AccessShareLock);
	const Trigger *watch = covenant_trigger(relation);

	memset(quotes, 0, sizeof(Quotes));
	open_watched_notes(quotes, notes);
	open_terms(quotes, trigger_word(watch, "security"), trigger_word(watch, "terms"));
	relation_close(relation, NoLock);
}

/*
 * The notes that the trigger's arguments name.
 */
static void
open_notes(Quotes *quotes, const Trigger *trigger)
{
	const char *schema = trigger_word(trigger, "schema");
	const char *name = trigger_word(trigger, "notes");
	Oid			notes = schema == NULL || name == NULL ? InvalidOid :
		get_relname_relid(name, get_namespace_oid(schema, true));

	if (!OidIsValid(notes))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the notes to be repriced, \"%s.%s\", do not exist",
						schema == NULL ? "" : schema, name == NULL ? "" : name),
				 errhint("If the table was renamed, moved or dropped, call covenant.unwatch for the quotes and covenant.watch_quotes again.")));
	open_watched_notes(quotes, notes);
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

void
open_quotes(Quotes *quotes, const TriggerData *trigger)
{
	Oid			relid = whole_table(trigger->tg_relation);
	const Trigger *words = trigger->tg_trigger;

	memset(quotes, 0, sizeof(Quotes));
	quotes->relation = trigger->tg_relation;
	open_notes(quotes, words);
	require_membership(RelationGetRelid(trigger->tg_relation), quotes->notes, quotes->notes_owner);
	require_membership(relid, quotes->notes, quotes->notes_owner);
	quotes->quotes_table = qualified_name(relid);
	quotes->security = named_column(relid, trigger_word(words, "security"));
	quotes->day = named_column(relid, trigger_word(words, "day"));
	quotes->price = named_column(relid, trigger_word(words, "price"));
	open_terms(quotes, trigger_word(words, "notes_security"), trigger_word(words, "terms"));
	quotes->quotes_oid = relid;
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
 * What changed of each security: the security, its text, the first day, and
 * whether all of it is later than the quotes that were there.  The order is
 * that in which securities are locked.
 */
char *
changes_query(const Quotes *q)
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
					 ") SELECT c.security, pg_catalog.concat(c.security), c.first_day,"
					 " NOT c.any_old AND NOT EXISTS (SELECT FROM %1$s q"
					 " WHERE q.%2$s OPERATOR(pg_catalog.=) c.security AND q.%3$s OPERATOR(pg_catalog.>) c.first_day"
					 " AND q.%4$s IS NOT NULL AND q.%3$s OPERATOR(pg_catalog.<>) ALL (c.days))"
					 " FROM (SELECT security, pg_catalog.min(day) AS first_day, pg_catalog.array_agg(day) AS days,"
					 " pg_catalog.bool_or(old) AS any_old FROM changed WHERE security IS NOT NULL GROUP BY security) c"
					 " ORDER BY pg_catalog.concat(c.security) COLLATE pg_catalog.\"C\"",
					 q->quotes_table, q->security, q->day, q->price);
	return sql.data;
}

/*
 * The terms under which notes look at securities ($1): the security's text, the
 * terms as they are and as text.
 */
char *
terms_query(const Quotes *q)
{
	return psprintf("SELECT DISTINCT pg_catalog.concat(m.%3$s), m.%1$s, m.%1$s::pg_catalog.text FROM %2$s m"
					" WHERE m.%3$s OPERATOR(pg_catalog.=) ANY ($1)"
					" AND covenant.look_back(m.%1$s) OPERATOR(pg_catalog.>) 0",
					q->terms, q->notes_table, q->notes_security);
}

/*
 * The prices that quotes of a security ($1) make under terms ($2) from a day
 * ($3) on, with the last before it.  Fewer quotes than that make no
 * price.  As the column of the notes keeps them.
 */
char *
series_query(const Quotes *q)
{
	return psprintf("SELECT s.day, (s.price::%1$s)::covenant.share_price FROM ("
					"SELECT q.%2$s AS day, covenant.conversion_price($2, q.%3$s::covenant.share_price)"
					" OVER (ORDER BY q.%2$s ROWS BETWEEN covenant.look_back($2) OPERATOR(pg_catalog.-) 1 PRECEDING AND CURRENT ROW) AS price"
					" FROM %4$s q WHERE q.%5$s OPERATOR(pg_catalog.=) $1 AND q.%3$s IS NOT NULL"
					" AND q.%2$s OPERATOR(pg_catalog.>=) COALESCE((SELECT pg_catalog.min(b.day) FROM ("
					"SELECT q.%2$s AS day FROM %4$s q WHERE q.%5$s OPERATOR(pg_catalog.=) $1 AND q.%3$s IS NOT NULL"
					" AND q.%2$s OPERATOR(pg_catalog.<) $3 ORDER BY q.%2$s DESC LIMIT covenant.look_back($2) OPERATOR(pg_catalog.+) 1) b), $3)"
					") s WHERE s.day OPERATOR(pg_catalog.>=) COALESCE((SELECT pg_catalog.max(q.%2$s) FROM %4$s q"
					" WHERE q.%5$s OPERATOR(pg_catalog.=) $1 AND q.%3$s IS NOT NULL AND q.%2$s OPERATOR(pg_catalog.<) $3), $3)"
					" AND s.price IS NOT NULL ORDER BY s.day",
					q->notes_price_type, q->day, q->price, q->quotes_table, q->security);
}

/*
 * Deals of which something is on record from a day ($1) on and that have, or
 * had, notes of these securities ($2 as text, $3 as they are); had, where $4
 * says so.
 */
char *
deals_query(const Quotes *q)
{
	return psprintf("SELECT l.deal FROM %1$s l WHERE l.latest_on OPERATOR(pg_catalog.>=) $1 AND ("
					"EXISTS (SELECT FROM %3$s m WHERE m.%2$s OPERATOR(pg_catalog.=) l.deal"
					" AND m.%4$s OPERATOR(pg_catalog.=) ANY ($3))"
					" OR ($4 AND EXISTS (SELECT FROM %5$s p WHERE p.deal OPERATOR(pg_catalog.=) l.deal"
					" AND p.security OPERATOR(pg_catalog.=) ANY ($2))))",
					quote_qualified_identifier(q->books->schema, q->books->ledger_name),
					q->notes_deal, q->notes_table, q->notes_security,
					q->positions);
}

/*
 * What is on record of the notes of these deals ($1) in this table ($2).
 */
char *
record_query(const Quotes *q)
{
	return psprintf("SELECT p.deal, p.instrument, p.effective_on, p.principal,"
					" p.price, p.price_divisor, p.quoted, p.security, p.terms, b.day"
					" FROM %1$s p JOIN (SELECT j.deal, pg_catalog.min(j.effective_on) AS day FROM %2$s j"
					" WHERE j.deal OPERATOR(pg_catalog.=) ANY ($1) GROUP BY j.deal) b ON b.deal OPERATOR(pg_catalog.=) p.deal"
					" WHERE p.deal OPERATOR(pg_catalog.=) ANY ($1) AND p.source OPERATOR(pg_catalog.=) $2"
					" ORDER BY p.deal, p.instrument, p.effective_on, p.seq, p.line",
					q->positions, q->journal);
}

/*
 * The same of one deal ($1), as Citus finds its node by.
 */
char *
record_of_deal_query(const Quotes *q)
{
	return psprintf("SELECT p.deal, p.instrument, p.effective_on, p.principal,"
					" p.price, p.price_divisor, p.quoted, p.security, p.terms,"
					" (SELECT pg_catalog.min(j.effective_on) FROM %2$s j WHERE j.deal OPERATOR(pg_catalog.=) $1)"
					" FROM %1$s p WHERE p.deal OPERATOR(pg_catalog.=) $1 AND p.source OPERATOR(pg_catalog.=) $2"
					" ORDER BY p.deal, p.instrument, p.effective_on, p.seq, p.line",
					q->positions, q->journal);
}

/*
 * Gives the notes of these securities ($1) under these terms ($2) the prices
 * that quotes make now ($3), where any of the days moved them ($4 to $5: the
 * lowest and the highest); those by key ($6) are for the next.
 */
char *
update_query(const Quotes *q)
{
	return psprintf("UPDATE %1$s AS n SET %2$s = p.price::%3$s"
					" FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3),"
					" pg_catalog.unnest($4), pg_catalog.unnest($5)) AS p(security, terms, price, low, high)"
					" WHERE n.%4$s OPERATOR(pg_catalog.=) p.security AND n.%5$s OPERATOR(pg_catalog.=) p.terms"
					" AND (n.%2$s IS NULL OR n.%2$s::covenant.share_price OPERATOR(pg_catalog.<>) p.low"
					" OR n.%2$s::covenant.share_price OPERATOR(pg_catalog.<>) p.high)"
					" AND %6$s OPERATOR(pg_catalog.<>) ALL ($6)",
					q->notes_table, q->notes_price, q->notes_price_type, q->notes_security, q->terms,
					q->notes_key);
}

/*
 * Gives notes on record, by key ($1), each its price of now ($2).
 */
char *
update_recorded_query(const Quotes *q)
{
	return psprintf("UPDATE %1$s AS n SET %2$s = p.price::%3$s"
					" FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS p(key, price)"
					" WHERE %4$s OPERATOR(pg_catalog.=) p.key"
					" AND (n.%2$s IS NULL OR n.%2$s::covenant.share_price OPERATOR(pg_catalog.<>) p.price)",
					q->notes_table, q->notes_price, q->notes_price_type, q->notes_key);
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

/*-------------------------------------------------------------------------
 *
 * purge.c
 *		What is on record stays on record; but for a deal that was a mistake.
 *
 * The journal and its like are only ever added to.  A deal that was entered by
 * mistake, or for a test, is no part of the past: covenant.purge takes it out
 * of all books and out of the deals table, as if it had never been, and leaves
 * a line in the server's log.  The record lets go of rows only while that
 * function deletes from it.  Where Citus has distributed the deals it does that in
 * the session of the deal's node, on whose shards the triggers are.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/vouch.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "guard/citus.h"
#include "guard/company.h"
#include "guard/pending.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The book from which a deal is just being deleted. */
static Oid	purged_book = InvalidOid;

static const char *
operation(TriggerEvent event)
{
	return TRIGGER_FIRED_BY_UPDATE(event) ? "UPDATE" :
		TRIGGER_FIRED_BY_DELETE(event) ? "DELETE" : "TRUNCATE";
}

/*
 * Is the book of a trigger, or that which its shard is a part of, the one from
 * which a deal is being deleted?
 */
static bool
lets_go(const TriggerData *trigger)
{
	Oid			relation = RelationGetRelid(trigger->tg_relation);

	if (!OidIsValid(purged_book))
		return false;
	if (is_shard_trigger(trigger->tg_trigger))
		relation = logical_table(relation);
	return relation == purged_book;
}

/*
 * covenant_internal.append_only(): the trigger of a table that is a record.
 */
COVENANT_FUNCTION(covenant_append_only);
Datum
covenant_append_only(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;
	Relation	relation;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.append_only: not called by a trigger")));
	relation = trigger->tg_relation;
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event) && lets_go(trigger))
		return PointerGetDatum(NULL);
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" is append-only", RelationGetRelationName(relation)),
			 errdetail("%s would change what is on record.", operation(trigger->tg_event)),
			 errhint("Record a correction instead; the record of what was believed before stays."),
			 errtable(relation)));
}

/*
 * Runs a statement whose $1 is the deal; the number of its rows.
 */
static uint64
run(const char *sql, const Books *books, Datum deal)
{
	Oid			type = books->key_base;

	if (SPI_execute_with_args(sql, 1, &type, &deal, NULL, false, 0) < 0)
		elog(ERROR, "purging a deal failed: %s", sql);
	return SPI_processed;
}

/*
 * Deletes a deal from one of the books; the number of its rows.
 */
static uint64
purge_book(Oid book, const Books *books, Datum deal)
{
	uint64		n = 0;

	if (get_attnum(book, "deal") == InvalidAttrNumber)
		return 0;
	purged_book = book;
	PG_TRY();
	{
		n = run(psprintf("DELETE FROM %s WHERE deal OPERATOR(pg_catalog.=) $1", qualified_name(book)),
				books, deal);
	}
	PG_FINALLY();
	{
		purged_book = InvalidOid;
	}
	PG_END_TRY();
	return n;
}

/*
 * Raises that this transaction has changes of the deal pending.
 */
static void
refuse_changed(const Books *books, Bytes key, const char *name)
{
	if (pending_for_deal(books->ledger, key) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this transaction has changed deal \"%s\"", name),
				 errdetail("What it changed is not in the books yet."),
				 errhint("Commit it, and then purge the deal.")));
}

/*
 * Raises why a deal cannot go: rows of watched tables point to it.  The ledger's
 * row is locked first: who posts to it just now has then committed, and his rows
 * are seen.
 */
static void
refuse_living(const Books *books, Datum deal, const char *name)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(books->ledger), CStringGetTextDatum(name)};

	(void) run(psprintf("SELECT FROM %s WHERE deal OPERATOR(pg_catalog.=) $1 FOR UPDATE",
						qualified_name(books->ledger)), books, deal);
	if (SPI_execute_with_args("SELECT covenant_internal.refuse_pointers($1, $2)", 2, types, values,
							  NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "looking for rows of a deal failed");
}

static void
require_reason(const char *reason)
{
	if (reason[strspn(reason, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a purge needs a reason"),
				 errhint("Say why the deal has never been; the server's log keeps it.")));
}

static void
log_purge(const Books *books, const char *name, const char *reason)
{
	ereport(LOG,
			(errmsg("deal \"%s\" purged from the books \"%s.%s\" by \"%s\": %s", name, books->schema,
					books->ledger_name, GetUserNameFromId(GetUserId(), false), reason),
			 errdetail("In transaction %llu; nothing is purged if that is rolled back.",
					   (unsigned long long) U64FromFullTransactionId(GetTopFullTransactionId()))));
}

/*
 * Deletes a deal whose rows are here: from the books, and from the deals table,
 * whose row goes last, when nothing refers to it any more; that it goes is then
 * no change to books that do not know the deal.  The number of rows.
 */
static uint64
delete_deal(Books *books, Bytes key, const char *name, Oid deals, const char *key_column)
{
	Datum		deal = key_to_datum(key, books->key_base);
	bool		spread = is_spread(books->ledger);
	uint64		n = 0;
	ListCell   *cell;

	refuse_changed(books, key, name);
	refuse_living(books, deal, name);
	forget_reserve(books, key);
	foreach(cell, vouched_books(books->ledger))
	{
		if (!spread || is_spread_by_deal(lfirst_oid(cell)))
			n += purge_book(lfirst_oid(cell), books, deal);
	}
	n += run(psprintf("DELETE FROM %s WHERE %s OPERATOR(pg_catalog.=) $1", qualified_name(deals),
					  quote_identifier(key_column)), books, deal);
	pending_forget_deal(books->ledger, key);
	return n;
}

/*
 * Has its node delete a deal; the number of rows.
 */
static uint64
delete_on_node(FunctionCallInfo fcinfo)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, NAMEOID, TEXTOID};
	Datum		values[lengthof(types)];
	bool		isnull;

	for (int i = 0; i < lengthof(types); i++)
		values[i] = PG_GETARG_DATUM(i);
	if (SPI_execute_with_args("SELECT covenant_internal.purge_on_node($1, $2, $3, $4)", lengthof(types), types, values,
							  NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "purging a deal failed on its node");
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/*
 * covenant_internal.purge_deal(ledger, deals, key, deal, reason)
 */
COVENANT_FUNCTION(covenant_purge_deal);
Datum
covenant_purge_deal(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	char	   *reason = text_to_cstring(PG_GETARG_TEXT_PP(4));
	Books	   *books = require_books(ledger);
	char		buffer[8];
	Bytes		key;
	uint64		n;

	require_owner(ledger, GetUserId());
	require_reason(reason);
	key = key_from_cstring(name, books->key_base, buffer);
	SPI_connect();
	if (is_spread(ledger))
	{
		refuse_changed(books, key, name);
		n = delete_on_node(fcinfo);
	}
	else
		n = delete_deal(books, key, name, PG_GETARG_OID(1), NameStr(*PG_GETARG_NAME(2)));
	SPI_finish();
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the books \"%s\" know no deal \"%s\"", books->ledger_name, name)));
	log_purge(books, name, reason);
	PG_RETURN_VOID();
}

/*
 * covenant_internal.purge_here(ledger, deals, key, deal): deletes a deal in the
 * session of its node, from what is distributed by the deal; the number of rows.
 */
COVENANT_FUNCTION(covenant_purge_here);
Datum
covenant_purge_here(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	Books	   *books = require_books(ledger);
	char		buffer[8];
	int			citus = enter_citus(false);
	uint64		n;

	require_owner(ledger, GetUserId());
	SPI_connect();
	n = delete_deal(books, key_from_cstring(name, books->key_base, buffer), name,
					PG_GETARG_OID(1), NameStr(*PG_GETARG_NAME(2)));
	SPI_finish();
	leave_citus(citus);
	PG_RETURN_INT64((int64) n);
}

/*-------------------------------------------------------------------------
 *
 * split.c
 *		A split of the shares: what happened to a company, written as a fact.
 *
 * All of it is done here, from the tables that are vouched for and with
 * statements that only this file makes: there is no way to have another
 * statement count as a fact.  They run with the caller's own rights.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "guard/capture.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* What every statement of a split is given, as $1 to $5. */
typedef struct Split
{
	Oid			ledger;
	DateADT		day;
	Datum		values[5];		/* keys, new shares, old shares, rounding, day */
} Split;

static Oid	split_types[] = {TEXTARRAYOID, INT4OID, INT4OID, TEXTOID, DATEOID};

static void
run_split(const Split *split, const char *statement)
{
	volatile int result = 0;

	capture_begin(split->day, split->ledger);
	PG_TRY();
	{
		result = SPI_execute_with_args(statement, lengthof(split_types), split_types,
									   (Datum *) split->values, NULL, false, 0);
	}
	PG_FINALLY();
	{
		capture_end();
	}
	PG_END_TRY();
	if (result != SPI_OK_UPDATE)
		elog(ERROR, "a split failed: %s", SPI_result_code_string(result));
}

/*
 * A column that a trigger's arguments name, quoted.
 */
static char *
quoted_word(const Trigger *trigger, const char *word)
{
	return pstrdup(quote_identifier(trigger_word(trigger, word)));
}

/*
 * The column of a watched table that says the deal, quoted.
 */
static char *
deal_column(Oid relid)
{
	Relation	relation = relation_open(relid, AccessShareLock);
	Watch		watch;

	open_watch_of(&watch, relation);
	relation_close(relation, NoLock);
	return pstrdup(quote_identifier(watch.columns[COL_DEAL].name));
}

/*
 * The columns of a watched table that a split changes: a = ..., b = ...
 */
static void
append_watched(StringInfo sql, const Watch *watch)
{
	static const ColumnRole counts[] = {COL_SHARES, COL_RESERVED, COL_AUTHORIZED, COL_OUTSTANDING, COL_OTHER_RESERVED};
	const char *separator = "";

	if (watch->kind == NOTES_TABLE)
	{
		char	   *price = pstrdup(quote_identifier(watch->columns[COL_PRICE].name));

		appendStringInfo(sql, "%1$s = covenant.split_price(%1$s::covenant.share_price, $2, $3)", price);
		return;
	}
	for (int i = 0; i < lengthof(counts); i++)
	{
		if (watch->columns[counts[i]].name == NULL)
			continue;
		appendStringInfo(sql, "%2$s%1$s = covenant.split_shares(%1$s::covenant.shares, $2, $3, $4)",
						 pstrdup(quote_identifier(watch->columns[counts[i]].name)), separator);
		separator = ", ";
	}
}

/*
 * The rows of one watched table: prices, and the terms by which quotes
 * reprice them; warrants, reserve and capital.
 */
static void
split_watched(const Split *split, Oid relid)
{
	Relation	relation = relation_open(relid, AccessShareLock);
	Watch		watch;
	StringInfoData sql;
	ListCell   *cell;

	open_watch_of(&watch, relation);
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET ", qualified_name(relid));
	append_watched(&sql, &watch);
	foreach(cell, vouched_by(&reprice_hook, relid))
		appendStringInfo(&sql, ", %1$s = covenant.split_terms(%1$s, $2, $3)",
						 quoted_word(((const Vouched *) lfirst(cell))->trigger, "terms"));
	appendStringInfo(&sql, " WHERE %s::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1)",
					 quote_identifier(watch.columns[COL_DEAL].name));
	run_split(split, sql.data);
	relation_close(relation, NoLock);
}

/*
 * Raises 22023 where the quotes are also those of deals that are not split.
 */
static void
refuse_shared_security(const Split *split, Oid quotes)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTARRAYOID};
	Datum		values[] = {ObjectIdGetDatum(quotes), ObjectIdGetDatum(split->ledger), split->values[0]};

	if (SPI_execute_with_args("SELECT covenant_internal.refuse_shared_security($1, $2, $3)",
							  3, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "looking for other deals failed");
}

/*
 * The quotes before the day of the split, of the securities of these deals.
 */
static void
split_quotes(const Split *split, const Vouched *quotes)
{
	StringInfoData sql;
	ListCell   *cell;
	const char *separator = "";

	refuse_shared_security(split, quotes->relation);
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %2$s SET %1$s = covenant.split_price(%1$s::covenant.share_price, $2, $3)"
					 " WHERE %3$s OPERATOR(pg_catalog.<) $5 AND %4$s OPERATOR(pg_catalog.=) ANY (",
					 quoted_word(quotes->trigger, "price"), qualified_name(quotes->relation),
					 quoted_word(quotes->trigger, "day"), quoted_word(quotes->trigger, "security"));
	foreach(cell, vouched_on(&reprice_hook, quotes->relation))
	{
		const Vouched *notes = lfirst(cell);

		if (!vouch_watched(notes->relation, split->ledger))
			continue;
		appendStringInfo(&sql, "%sSELECT %s FROM %s WHERE %s::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1)",
						 separator, quoted_word(notes->trigger, "notes_security"),
						 qualified_name(notes->relation), deal_column(notes->relation));
		separator = " UNION ";
	}
	appendStringInfoChar(&sql, ')');
	run_split(split, sql.data);
}

/*
 * A table of quotes may price several tables of notes, and is adjusted once.
 */
static bool
is_split(const List *done, const Vouched *quotes)
{
	static const char *const words[] = {"security", "day", "price"};
	ListCell   *cell;

	foreach(cell, done)
	{
		const Vouched *other = lfirst(cell);
		bool		same = other->relation == quotes->relation;

		for (int i = 0; same && i < lengthof(words); i++)
			same = strcmp(trigger_word(other->trigger, words[i]), trigger_word(quotes->trigger, words[i])) == 0;
		if (same)
			return true;
	}
	return false;
}

static void
split_all_quotes(const Split *split, List *watched)
{
	List	   *done = NIL;
	ListCell   *table;

	foreach(table, watched)
	{
		ListCell   *cell;

		foreach(cell, vouched_by(&reprice_hook, ((const Vouched *) lfirst(table))->relation))
		{
			Vouched    *quotes = lfirst(cell);

			if (!is_split(done, quotes))
				split_quotes(split, quotes);
			done = lappend(done, quotes);
		}
	}
}

/*
 * covenant_internal.split_books(ledger, keys, new_shares, old_shares, on_day,
 * rounding): what covenant.split does, for members of the role that owns the
 * books.
 */
COVENANT_FUNCTION(covenant_split_books);
Datum
covenant_split_books(PG_FUNCTION_ARGS)
{
	Split		split = {.ledger = PG_GETARG_OID(0), .day = PG_GETARG_DATEADT(4),
		.values = {PG_GETARG_DATUM(1), PG_GETARG_DATUM(2), PG_GETARG_DATUM(3), PG_GETARG_DATUM(5), PG_GETARG_DATUM(4)}};
	List	   *watched;
	ListCell   *cell;

	require_owner(split.ledger, GetUserId());
	if (PG_GETARG_INT32(2) <= 0 || PG_GETARG_INT32(3) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a split is of a positive number of shares into a positive number")));
	if (DATE_NOT_FINITE(split.day) || split.day > as_of_day())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a fact cannot be dated after the day it is recorded on"),
				 errhint("The day is covenant.as_of where that is set, else today.")));
	SPI_connect();
	watched = vouched_by(&capture_hook, split.ledger);
	foreach(cell, watched)
		split_watched(&split, ((const Vouched *) lfirst(cell))->relation);
	split_all_quotes(&split, watched);
	SPI_finish();
	PG_RETURN_VOID();
}

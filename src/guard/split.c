/*-------------------------------------------------------------------------
 *
 * split.c
 *		A split of a company's shares, written into the watched tables.
 *
 * What is written is an entry of kind split, a fact of its day.  What is on
 * record of later days, in old shares, is said again in new ones, each on its
 * own day (split.sql); prices that quotes made are computed again.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/capture.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "guard/pending.h"
#include "miscadmin.h"
#include "number/share_price.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* Parameters of every statement: keys, new, old, rounding, day. */
#define N_PARAMETERS	5

static Split
split_of_arguments(FunctionCallInfo fcinfo, Oid ledger)
{
	Split		split = {ledger, PG_GETARG_DATEADT(5), PG_GETARG_INT32(3), PG_GETARG_INT32(4)};

	require_owner(ledger, GetUserId());
	if (DATE_NOT_FINITE(split.day) || split.day > as_of_day())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a split cannot be dated after the day it is recorded on"),
				 errhint("The day is covenant.as_of where that is set, else today.")));
	return split;
}

/*
 * Runs an UPDATE as part of the split, with the caller's own rights.
 */
static void
run_update(FunctionCallInfo fcinfo, const Split *split, const char *query)
{
	Oid			types[N_PARAMETERS] = {TEXTARRAYOID, INT4OID, INT4OID, TEXTOID, DATEOID};
	Datum		values[N_PARAMETERS] = {PG_GETARG_DATUM(2), PG_GETARG_DATUM(3), PG_GETARG_DATUM(4),
	PG_GETARG_DATUM(6), PG_GETARG_DATUM(5)};

	SPI_connect();
	capture_split(split);
	PG_TRY();
	{
		if (SPI_execute_with_args(query, N_PARAMETERS, types, values, NULL, false, 0) != SPI_OK_UPDATE)
			elog(ERROR, "writing a split failed");
	}
	PG_FINALLY();
	{
		capture_split(NULL);
	}
	PG_END_TRY();
	SPI_finish();
}

/*
 * "a = f(a), ..." of a watched table's columns that count shares or are prices.
 */
static char *
set_clauses(const Watch *watch)
{
	static const ColumnRole counts[] = {COL_SHARES, COL_RESERVED, COL_AUTHORIZED, COL_OUTSTANDING,
	COL_OTHER_RESERVED, COL_MINIMUM};
	StringInfoData sets;

	initStringInfo(&sets);
	for (int i = 0; i < lengthof(counts); i++)
	{
		const char *name = watch->columns[counts[i]].name;

		if (name != NULL)
			appendStringInfo(&sets, "%s%s = covenant.split_shares(%s::covenant.shares, $2, $3, $4)",
							 sets.len > 0 ? ", " : "", quote_identifier(name), quote_identifier(name));
	}
	if (watch->columns[COL_PRICE].name != NULL)
		appendStringInfo(&sets, "%s = covenant.split_price(%s::covenant.share_price, $2, $3)",
						 quote_identifier(watch->columns[COL_PRICE].name),
						 quote_identifier(watch->columns[COL_PRICE].name));
	if (watch->columns[COL_TERMS].name != NULL)
		appendStringInfo(&sets, ", %s = covenant.split_terms(%s, $2, $3)",
						 quote_identifier(watch->columns[COL_TERMS].name),
						 quote_identifier(watch->columns[COL_TERMS].name));
	return sets.data;
}

/*
 * covenant_internal.split_table(relation, ledger, keys, new, old, day, rounding):
 * the split of what a watched table has of these deals.
 */
COVENANT_FUNCTION(covenant_split_table);
Datum
covenant_split_table(PG_FUNCTION_ARGS)
{
	Relation	relation = relation_open(PG_GETARG_OID(0), AccessShareLock);
	Split		split = split_of_arguments(fcinfo, PG_GETARG_OID(1));
	Watch		watch;

	open_watch_of(&watch, relation);
	run_update(fcinfo, &split,
			   psprintf("UPDATE %s SET %s WHERE %s::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1) AND $5 IS NOT NULL",
						quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
												   RelationGetRelationName(relation)),
						set_clauses(&watch), quote_identifier(watch.columns[COL_DEAL].name)));
	relation_close(relation, NoLock);
	PG_RETURN_VOID();
}

/*
 * "EXISTS (a note of these deals in the table that looks at this quote)"
 */
static void
append_note_exists(StringInfo query, Oid notes, const char *security)
{
	Relation	relation = relation_open(notes, AccessShareLock);
	Watch		watch;

	open_watch_of(&watch, relation);
	if (watch.columns[COL_SECURITY].name == NULL)
		appendStringInfoString(query, "false");
	else
		appendStringInfo(query, "EXISTS (SELECT FROM %s AS n WHERE n.%s OPERATOR(pg_catalog.=) q.%s",
						 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
													RelationGetRelationName(relation)),
						 quote_identifier(watch.columns[COL_SECURITY].name), security);
	if (watch.columns[COL_SECURITY].name != NULL)
		appendStringInfo(query, " AND n.%s::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1))",
						 quote_identifier(watch.columns[COL_DEAL].name));
	relation_close(relation, NoLock);
}

/*
 * covenant_internal.split_quotes(quotes, ledger, keys, new, old, day, rounding,
 * notes[], security, day column, price): the split of the quotes before its day
 * of the securities that notes of these deals look at.
 */
COVENANT_FUNCTION(covenant_split_quotes);
Datum
covenant_split_quotes(PG_FUNCTION_ARGS)
{
	Oid			quotes = PG_GETARG_OID(0);
	Split		split = split_of_arguments(fcinfo, PG_GETARG_OID(1));
	ArrayType  *notes = PG_GETARG_ARRAYTYPE_P(7);
	char	   *security = pstrdup(quote_identifier(NameStr(*PG_GETARG_NAME(8))));
	char	   *day = pstrdup(quote_identifier(NameStr(*PG_GETARG_NAME(9))));
	char	   *price = pstrdup(quote_identifier(NameStr(*PG_GETARG_NAME(10))));
	StringInfoData query;
	Datum	   *tables;
	int			n;

	deconstruct_array(notes, REGCLASSOID, sizeof(Oid), true, TYPALIGN_INT, &tables, NULL, &n);
	initStringInfo(&query);
	appendStringInfo(&query, "UPDATE %s AS q SET %s = covenant.split_price(%s::covenant.share_price, $2, $3)"
					 " WHERE q.%s OPERATOR(pg_catalog.<) $5 AND $4 IS NOT NULL AND (",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(quotes)), get_rel_name(quotes)),
					 price, price, day);
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(&query, i == 0 ? "" : " OR ");
		append_note_exists(&query, DatumGetObjectId(tables[i]), security);
	}
	appendStringInfoChar(&query, ')');
	run_update(fcinfo, &split, query.data);
	PG_RETURN_VOID();
}

static PendingDeal *
deal_of_split(FunctionCallInfo fcinfo)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = require_books(ledger);
	char		buffer[8];

	require_owner(ledger, GetUserId());
	return pending_deal(ledger, key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), books->key_base, buffer));
}

/*
 * covenant_internal.split_said(ledger, deal, source, instrument, day, price,
 * warrants): what an instrument was said to be on a day, in new shares: its
 * price (NULL: nothing), and how its warrants changed more than on record.
 */
COVENANT_FUNCTION(covenant_split_said);
Datum
covenant_split_said(PG_FUNCTION_ARGS)
{
	PendingDeal *deal = deal_of_split(fcinfo);
	text	   *instrument = PG_GETARG_TEXT_PP(3);
	InstrumentChange said;

	memset(&said, 0, sizeof(said));
	said.source = text_to_cstring(PG_GETARG_TEXT_PP(2));
	said.instrument = (Bytes) {VARDATA_ANY(instrument), VARSIZE_ANY_EXHDR(instrument)};
	said.day = PG_GETARG_DATEADT(4);
	said.kind = said.settings_kind = CHANGE_SPLIT;
	if (!PG_ARGISNULL(5))
	{
		said.is_note = true;
		said.sets = SETS_PRICE;
		said.price = (Price) {{.value = PG_GETARG_SHARE_PRICE(5)->num}, PG_GETARG_SHARE_PRICE(5)->den};
	}
	said.warrant_shares = PG_GETARG_INT64(6);
	pending_add_instrument(deal, &said);
	PG_RETURN_VOID();
}

/*
 * covenant_internal.split_moved(ledger, deal, day, share counts ...): how the
 * deal's counts of shares changed on a day more than on record.
 */
COVENANT_FUNCTION(covenant_split_moved);
Datum
covenant_split_moved(PG_FUNCTION_ARGS)
{
	static const ShareCount counts[] = {WARRANT_SHARES, RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED, MINIMUM};
	PendingDeal *deal = deal_of_split(fcinfo);
	Change		change;

	memset(&change, 0, sizeof(Change));
	for (int i = 0; i < lengthof(counts); i++)
		change.shares[counts[i]] = PG_GETARG_INT64(3 + i);
	pending_add(deal, PG_GETARG_DATEADT(2), CHANGE_SPLIT, &change, 1);
	PG_RETURN_VOID();
}

/*-------------------------------------------------------------------------
 *
 * adopted.c
 *		The tables of an adopted agreement: where they are, and whether they are
 *		as covenant made them.
 *
 * They stand beside the ledger and belong to its owner, and he may alter them.
 * Who reads them asks here first: a column of a type of somebody's own would
 * be code of his, run by whoever reads.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/adopted.h"

#include "catalog/pg_type.h"
#include "guard/vouch.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const BookColumn event_columns[] = {
	{"event_id", INT8OID},
	{"deal", InvalidOid},
	{"kind", TEXTOID},
	{"occurred_on", DATEOID},
	{"section", TEXTOID},
	{"holder", TEXTOID},
	{"subject", TEXTOID},
	{"ref", TEXTOID},
	{"amount", NUMERICOID},
	{"shares", INT8OID},
	{"price", NUMERICOID},
	{"from_day", DATEOID},
	{"to_day", DATEOID},
	{"choice", TEXTOID},
	{"counterparty", TEXTOID},
	{"note", TEXTOID},
	{"recorded_at", TIMESTAMPTZOID},
	{"recorded_by", TEXTOID},
};

static const BookColumn clause_columns[] = {
	{"clause_id", INT8OID},
	{"deal", InvalidOid},
	{"from_day", DATEOID},
	{"ord", INT4OID},
	{"section", TEXTOID},
	{"duty", TEXTOID},
	{"owed_by", TEXTOID},
	{"to_each_holder", BOOLOID},
	{"starts_on", TEXTOID},
	{"subjects", TEXTARRAYOID},
	{"period", INT4OID},
	{"unit", TEXTOID},
	{"calendar", TEXTOID},
	{"roll", TEXTOID},
	{"ends_on", TEXTOID},
	{"remedy", TEXTOID},
	{"rate", NUMERICOID},
	{"first_day_rate", NUMERICOID},
	{"cap", NUMERICOID},
	{"elector", TEXTOID},
	{"base", TEXTOID},
	{"words", TEXTOID},
	{"signed_by", TEXTARRAYOID},
	{"recorded_at", TIMESTAMPTZOID},
	{"recorded_by", TEXTOID},
};

static const BookColumn reading_columns[] = {
	{"reading_id", INT8OID},
	{"deal", InvalidOid},
	{"from_day", DATEOID},
	{"form", TEXTOID},
	{"formula", TEXTOID},
	{"interest", TEXTOID},
	{"months", TEXTOID},
	{"day_count", TEXTOID},
	{"calendar", TEXTOID},
	{"base", TEXTOID},
	{"additional_notes", TEXTOID},
	{"stacking", TEXTOID},
	{"recovery", TEXTOID},
	{"board_curable", TEXTOID},
	{"shortfall", TEXTOID},
	{"approval", TEXTOID},
	{"accrual", TEXTOID},
	{"list_accrual", TEXTOID},
	{"cure_day", TEXTOID},
	{"sunday", TEXTOID},
	{"expenses", TEXTOID},
	{"expenses_base", TEXTOID},
	{"expenses_breach", TEXTOID},
	{"list_interest", TEXTOID},
	{"each_buyer", TEXTOID},
	{"lock_up_extends", TEXTOID},
	{"amendment", TEXTOID},
	{"majority", TEXTOID},
	{"promptly", TEXTOID},
	{"proceeds", JSONBOID},
	{"subsidiaries", TEXTARRAYOID},
	{"recorded_at", TIMESTAMPTZOID},
	{"recorded_by", TEXTOID},
};

static const BookColumn list_columns[] = {
	{"deal", InvalidOid},
	{"month_end", DATEOID},
	{"holder", TEXTOID},
	{"reserved_for_holder", INT8OID},
	{"conversion_shares", INT8OID},
	{"warrant_shares", INT8OID},
	{"interest_shares", INT8OID},
	{"total", INT8OID},
	{"recorded_at", TIMESTAMPTZOID},
	{"recorded_by", TEXTOID},
};

static const struct
{
	const char *suffix;
	BookLayout	layout;
}			adopted[] = {
	[ADOPTED_EVENT] = {"event", {lengthof(event_columns), event_columns}},
	[ADOPTED_CLAUSE] = {"clause", {lengthof(clause_columns), clause_columns}},
	[ADOPTED_READING] = {"reading", {lengthof(reading_columns), reading_columns}},
	[ADOPTED_LIST] = {"list", {lengthof(list_columns), list_columns}},
};

StaticAssertDecl(lengthof(adopted) == N_ADOPTED_TABLES, "tables of an agreement");

static void
refuse_lost(const Books *books, const char *suffix)
{
	char	   *name = name_beside(books->ledger, suffix);
	bool		something = OidIsValid(get_relname_relid(name, get_rel_namespace(books->ledger)));

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("the books have no %s", quote_qualified_identifier(books->schema, name)),
			 something ?
			 errdetail("What has that name does not belong to the owner of \"%s\", or is something else.", books->ledger_name) :
			 errdetail("It was dropped, renamed or moved."),
			 errhint("Put it back under that name, in the hands of the owner of the ledger.")));
}

/*
 * One of the tables, which stays as it is until the transaction ends; 42P01
 * where it is lost, 42703 and 42804 where its columns are others.
 */
Oid
adopted_table(const Books *books, AdoptedTable table)
{
	Oid			relation = vouched_book(books->ledger, adopted[table].suffix);

	if (OidIsValid(relation))
	{
		LockRelationOid(relation, AccessShareLock);
		relation = vouched_book(books->ledger, adopted[table].suffix);
	}
	if (!OidIsValid(relation))
		refuse_lost(books, adopted[table].suffix);
	check_types(books, relation, &adopted[table].layout);
	return relation;
}

/*
 * covenant_internal.adopted_table(ledger, suffix)
 */
COVENANT_FUNCTION(covenant_adopted_table);
Datum
covenant_adopted_table(PG_FUNCTION_ARGS)
{
	const Books *books = require_books(PG_GETARG_OID(0));
	char	   *suffix = text_to_cstring(PG_GETARG_TEXT_PP(1));

	for (int i = 0; i < N_ADOPTED_TABLES; i++)
	{
		if (strcmp(adopted[i].suffix, suffix) == 0)
			PG_RETURN_OID(adopted_table(books, i));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("an agreement has no table \"%s\"", suffix)));
}

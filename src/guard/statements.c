/*-------------------------------------------------------------------------
 *
 * statements.c
 *		The books written by statements, through SPI.
 *
 * Each is on one table and one deal, with every name and operator qualified;
 * the caller has connected to SPI and become the owner of the books.  This is
 * the way where anything about the books is unusual: the executor sees to it.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/statements.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/snapmgr.h"

static void
column_types(const Books *books, const BookLayout *layout, Oid *types)
{
	for (int i = 0; i < layout->ncolumns; i++)
		types[i] = OidIsValid(layout->columns[i].type) ? layout->columns[i].type : books->key_base;
}

/*
 * ", a, b, ..." of the columns from first on.  As results with casts, which
 * cost nothing where they do nothing: whoever gave a column of the books
 * another type must not make us take its bytes for ours.
 */
static void
append_columns(StringInfo sql, const BookLayout *layout, int first, bool as_results)
{
	for (int i = first; i < layout->ncolumns; i++)
	{
		appendStringInfo(sql, "%s%s", i == first ? "" : ", ", layout->columns[i].name);
		if (as_results && OidIsValid(layout->columns[i].type))
			appendStringInfo(sql, "::%s", format_type_extended(layout->columns[i].type, -1,
															   FORMAT_TYPE_FORCE_QUALIFY));
	}
}

/*
 * Prepares a statement for good.  By a key there is only one way to go, which
 * is not planned anew for each deal.
 */
static SPIPlanPtr
keep_plan(const char *sql, int nparams, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, nparams, types, CURSOR_OPT_GENERIC_PLAN);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	return plan;
}

static void
drop_plan(SPIPlanPtr *plan)
{
	if (*plan != NULL)
		SPI_freeplan(*plan);
	*plan = NULL;
}

/*
 * Drops the plans of books that have changed.  Called where none of them can
 * be running: posting is not nested.
 */
static void
drop_stale_plans(Books *books)
{
	if (!books->plans_stale)
		return;
	drop_plan(&books->update_plan);
	drop_plan(&books->insert_plan);
	drop_plan(&books->journal_plan);
	drop_plan(&books->position_plan);
	books->plans_stale = false;
}

static SPIPlanPtr
update_plan(Books *books)
{
	StringInfoData sql;
	Oid			types[MAX_BOOK_COLUMNS];

	drop_stale_plans(books);
	if (books->update_plan != NULL)
		return books->update_plan;
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET ",
					 quote_qualified_identifier(books->schema, books->ledger_name));
	for (int i = SUM_PRINCIPAL; i <= L_ENTRIES; i++)
		appendStringInfo(&sql, "%s = %s OPERATOR(pg_catalog.+) $%d, ",
						 ledger_layout.columns[i].name, ledger_layout.columns[i].name, 1 + i);
	appendStringInfo(&sql, "latest_on = GREATEST(latest_on, $%d)"
					 " WHERE deal OPERATOR(pg_catalog.=) $1 RETURNING ", 1 + L_LATEST_ON);
	append_columns(&sql, &ledger_layout, 0, true);
	column_types(books, &ledger_layout, types);
	books->update_plan = keep_plan(sql.data, 1 + L_LATEST_ON, types);
	return books->update_plan;
}

static SPIPlanPtr
make_row_plan(Books *books)
{
	drop_stale_plans(books);
	if (books->insert_plan == NULL)
		books->insert_plan =
			keep_plan(psprintf("INSERT INTO %s (deal) VALUES ($1) ON CONFLICT DO NOTHING",
							   quote_qualified_identifier(books->schema, books->ledger_name)),
					  1, &books->key_base);
	return books->insert_plan;
}

static SPIPlanPtr
append_plan(Books *books, bool position)
{
	SPIPlanPtr *plan = position ? &books->position_plan : &books->journal_plan;
	const BookLayout *layout = position ? &position_layout : &journal_layout;
	StringInfoData sql;
	Oid			types[MAX_BOOK_COLUMNS];

	drop_stale_plans(books);
	if (*plan != NULL)
		return *plan;
	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s (",
					 quote_qualified_identifier(books->schema, position ? books->position_name : books->journal_name));
	append_columns(&sql, layout, 0, false);
	appendStringInfoString(&sql, ") VALUES ($1");
	for (int i = 2; i <= layout->ncolumns; i++)
		appendStringInfo(&sql, ", $%d", i);
	appendStringInfoChar(&sql, ')');
	column_types(books, layout, types);
	*plan = keep_plan(sql.data, layout->ncolumns, types);
	return *plan;
}

/*
 * Runs a plan under a snapshot taken now.  SPI leaves its own memory context as
 * the current one, which lasts until the last deal is posted; the caller's is
 * the one that is emptied after each.
 */
static void
run_plan(SPIPlanPtr plan, const Datum *values, const char *nulls)
{
	MemoryContext old = CurrentMemoryContext;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	int			result = SPI_execute_snapshot(plan, (Datum *) values, nulls, snapshot,
											  InvalidSnapshot, false, true, 0);

	UnregisterSnapshot(snapshot);
	MemoryContextSwitchTo(old);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
}

/*
 * Copies the first row of a result, columns of the ledger, into the current
 * memory context.
 */
static void
take_row(Datum *row, bool *nulls)
{
	TupleDesc	desc = SPI_tuptable->tupdesc;

	for (int i = 0; i < N_LEDGER_COLUMNS; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		row[i] = SPI_getbinval(SPI_tuptable->vals[0], desc, i + 1, &nulls[i]);
		if (!nulls[i])
			row[i] = datumCopy(row[i], attribute->attbyval, attribute->attlen);
	}
}

/*
 * Adds changes (columns of the ledger up to latest_on) to the row of a deal;
 * gives the row as it is then, false where there is none.
 */
bool
statement_update(Books *books, const Datum *changes, Datum *row, bool *nulls)
{
	bool		found;

	run_plan(update_plan(books), changes, NULL);
	found = SPI_processed > 0;
	if (found)
		take_row(row, nulls);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/*
 * Makes the row of a deal, unless somebody else has made it.
 */
void
statement_make_row(Books *books, Datum deal)
{
	run_plan(make_row_plan(books), &deal, NULL);
}

/*
 * Appends a row to the journal or to the positions.
 */
void
statement_insert(Books *books, bool position, const Datum *values, const bool *nulls)
{
	int			n = position ? N_POSITION_COLUMNS : N_JOURNAL_COLUMNS;
	char		null_chars[MAX_BOOK_COLUMNS + 1];

	for (int i = 0; i < n; i++)
		null_chars[i] = nulls[i] ? 'n' : ' ';
	null_chars[n] = '\0';
	run_plan(append_plan(books, position), values, null_chars);
}

/*
 * The row of a deal as last committed, without a lock; false where there is
 * none.
 */
bool
statement_read(Books *books, Datum deal, Datum *row, bool *nulls)
{
	MemoryContext old = CurrentMemoryContext;
	StringInfoData sql;
	bool		found;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	append_columns(&sql, &ledger_layout, 0, true);
	appendStringInfo(&sql, " FROM %s WHERE deal OPERATOR(pg_catalog.=) $1",
					 quote_qualified_identifier(books->schema, books->ledger_name));
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args(sql.data, 1, &books->key_base, &deal, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the ledger failed");
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	found = SPI_processed > 0;
	if (found)
		take_row(row, nulls);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/*-------------------------------------------------------------------------
 *
 * ledger.c
 *		The statements on the books, through SPI.
 *
 * Each is on one table and one deal, with every name and operator qualified;
 * the caller has connected to SPI and become the owner of the books.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/ledger.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "number/rounding.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "access/table.h"
#include "utils/timestamp.h"

/* The books' columns that add up, in the order of every statement here. */
static const char *const sum_names[] = {"principal", "annual_interest", "multiple"};

#define N_SUMS			((int) lengthof(sum_names))
#define N_BALANCES		(N_SUMS + N_SHARE_COUNTS)

/* Parameters: $1 the deal, then the balances, then what a statement adds. */
#define PARAM_ENTRIES	(1 + N_BALANCES)
#define N_UPDATE_PARAMS	(1 + N_BALANCES + 2)
#define N_JOURNAL_PARAMS (1 + N_BALANCES + 8)
#define N_POSITION_PARAMS 17

static const char *
balance_name(int i)
{
	return i < N_SUMS ? sum_names[i] : share_count_names[i - N_SUMS];
}

static Oid
balance_type(int i)
{
	return i < N_SUMS ? NUMERICOID : INT8OID;
}

/*
 * ", principal, annual_interest, ..."
 */
static void
append_balance_names(StringInfo sql)
{
	for (int i = 0; i < N_BALANCES; i++)
		appendStringInfo(sql, ", %s", balance_name(i));
}

/*
 * The same as results.  With casts, which cost nothing where they do nothing:
 * whoever gave a column of the books another type must not make us take its
 * bytes for ours.
 */
static void
append_balance_results(StringInfo sql)
{
	for (int i = 0; i < N_BALANCES; i++)
		appendStringInfo(sql, ", %s::pg_catalog.%s", balance_name(i),
						 balance_type(i) == NUMERICOID ? "numeric" : "int8");
}

static void
balance_param_types(Books *books, Oid *types)
{
	types[0] = books->key_base;
	for (int i = 0; i < N_BALANCES; i++)
		types[1 + i] = balance_type(i);
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
	Oid			types[N_UPDATE_PARAMS];

	drop_stale_plans(books);
	if (books->update_plan != NULL)
		return books->update_plan;
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET ",
					 quote_qualified_identifier(books->schema, books->ledger_name));
	for (int i = 0; i < N_BALANCES; i++)
		appendStringInfo(&sql, "%s = %s OPERATOR(pg_catalog.+) $%d, ",
						 balance_name(i), balance_name(i), 2 + i);
	appendStringInfo(&sql, "entries = entries OPERATOR(pg_catalog.+) $%d,"
					 " latest_on = GREATEST(latest_on, $%d)"
					 " WHERE deal OPERATOR(pg_catalog.=) $1"
					 " RETURNING entries::pg_catalog.int8, on_breach, latest_on::pg_catalog.date",
					 1 + PARAM_ENTRIES, 2 + PARAM_ENTRIES);
	append_balance_results(&sql);
	balance_param_types(books, types);
	types[PARAM_ENTRIES] = INT8OID;
	types[PARAM_ENTRIES + 1] = DATEOID;
	books->update_plan = keep_plan(sql.data, N_UPDATE_PARAMS, types);
	return books->update_plan;
}

static SPIPlanPtr
insert_plan(Books *books)
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
journal_plan(Books *books)
{
	static const Oid own_types[] = {INT8OID, TEXTOID, INT8OID, DATEOID,
	TIMESTAMPTZOID, TEXTOID, INT8OID, TEXTOID};
	StringInfoData sql;
	Oid			types[N_JOURNAL_PARAMS];

	drop_stale_plans(books);
	if (books->journal_plan != NULL)
		return books->journal_plan;
	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s (deal",
					 quote_qualified_identifier(books->schema, books->journal_name));
	append_balance_names(&sql);
	appendStringInfoString(&sql, ", seq, kind, slack, effective_on, recorded_at, recorded_by, transaction, note) VALUES ($1");
	for (int i = 2; i <= N_JOURNAL_PARAMS; i++)
		appendStringInfo(&sql, ", $%d", i);
	appendStringInfoChar(&sql, ')');
	balance_param_types(books, types);
	memcpy(types + 1 + N_BALANCES, own_types, sizeof(own_types));
	books->journal_plan = keep_plan(sql.data, N_JOURNAL_PARAMS, types);
	return books->journal_plan;
}

static SPIPlanPtr
position_plan(Books *books)
{
	Oid			types[N_POSITION_PARAMS] = {InvalidOid, INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID,
		NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID,
	INT8OID, DATEOID, TIMESTAMPTZOID};

	drop_stale_plans(books);
	types[0] = books->key_base;
	if (books->position_plan == NULL)
		books->position_plan =
			keep_plan(psprintf("INSERT INTO %s (deal, seq, line, source, instrument, holder, principal, price, price_divisor,"
							   " rate, rounding, terms, security, quoted, warrant_shares, effective_on, recorded_at)"
							   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
							   quote_qualified_identifier(books->schema, books->position_name)),
					  N_POSITION_PARAMS, types);
	return books->position_plan;
}

/*
 * Runs a plan under a snapshot taken now.  SPI leaves its own memory context as
 * the current one, which lasts until the last deal is posted; the caller's is
 * the one that is emptied after each.
 */
static void
run_plan(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	MemoryContext old = CurrentMemoryContext;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	int			result = SPI_execute_snapshot(plan, values, nulls, snapshot,
											  InvalidSnapshot, false, true, 0);

	UnregisterSnapshot(snapshot);
	MemoryContextSwitchTo(old);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
}

static void
bind_change(const Change *change, Datum *values)
{
	values[0] = NumericGetDatum(sum_numeric(&change->principal));
	values[1] = NumericGetDatum(sum_numeric(&change->annual_interest));
	values[2] = NumericGetDatum(sum_numeric(&change->multiple));
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		values[N_SUMS + i] = Int64GetDatum(change->shares[i]);
}

/*
 * The mode of the books as judge knows it; a null is somebody's edit.
 */
static char
breach_mode(const char *word)
{
	if (word == NULL)
		return 'r';
	return strcmp(word, "record") == 0 ? 'k' : strcmp(word, "warn") == 0 ? 'w' : 'r';
}

static void
edited_by_hand(const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("column \"%s\" of the books has a value that cannot be", column),
			 errhint("The books were changed by hand; covenant.rebuild puts them right.")));
}

static void
read_multiple(Datum multiple, bool isnull, Balances *balances)
{
	if (isnull || !decimal_from_numeric(DatumGetNumeric(multiple), &balances->multiple))
		edited_by_hand("multiple");
}

/*
 * The balances of a row that has them from column first on.
 */
static void
read_balances(HeapTuple tuple, TupleDesc desc, int first, Balances *balances)
{
	bool		isnull;
	Datum		value;

	memset(balances, 0, sizeof(Balances));
	value = SPI_getbinval(tuple, desc, first + N_SUMS - 1, &isnull);
	read_multiple(value, isnull, balances);
	for (int i = 0; i < N_SHARE_COUNTS; i++)
	{
		value = SPI_getbinval(tuple, desc, first + N_SUMS + i, &isnull);
		balances->shares[i] = isnull ? 0 : DatumGetInt64(value);
		if (i == AUTHORIZED)
			balances->counts_authorized = !isnull;
	}
}

/*
 * Adds a posting to the ledger row of its deal, which is made where there is
 * none, and reads the row as it is then.  Returns the number of the last
 * entry, and takes as many numbers as the posting has entries.
 */
int64
update_ledger(Books *books, Bytes deal, const Posting *posting, Balances *after)
{
	Datum		values[N_UPDATE_PARAMS];
	HeapTuple	row;
	TupleDesc	desc;
	bool		isnull;
	int64		last_entry;

	values[0] = key_to_datum(deal, books->key_base);
	bind_change(&posting->total, values + 1);
	values[PARAM_ENTRIES] = Int64GetDatum(posting->nentries);
	values[PARAM_ENTRIES + 1] = DateADTGetDatum(posting->last_day);

	run_plan(update_plan(books), values, NULL);
	if (SPI_processed == 0)
	{
		SPI_freetuptable(SPI_tuptable);
		run_plan(insert_plan(books), values, NULL);
		run_plan(update_plan(books), values, NULL);
	}
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the books \"%s\" do not take deal \"%s\"", books->ledger_name,
						key_to_cstring(deal, books->key_base)),
				 errhint("A rule, trigger or policy on the books stands in the way; remove it.")));

	row = SPI_tuptable->vals[0];
	desc = SPI_tuptable->tupdesc;
	last_entry = DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull));
	if (isnull)
		edited_by_hand("entries");
	read_balances(row, desc, 4, after);
	after->latest_on = DatumGetDateADT(SPI_getbinval(row, desc, 3, &isnull));
	after->on_breach = breach_mode(SPI_getvalue(row, desc, 2));
	SPI_freetuptable(SPI_tuptable);
	return last_entry;
}

/*
 * A column's default, which for the books is a constant of this type; NULL
 * without one.
 */
static Const *
column_default(Relation relation, const char *name, Oid type)
{
	AttrNumber	attno = get_attnum(RelationGetRelid(relation), name);
	Node	   *expression = attno <= 0 ? NULL : build_column_default(relation, attno);

	if (expression != NULL)
		expression = eval_const_expressions(NULL, expression);
	if (expression == NULL || !IsA(expression, Const) ||
		((Const *) expression)->constisnull || ((Const *) expression)->consttype != type)
		return NULL;
	return (Const *) expression;
}

/*
 * The balances of a deal that has no ledger row yet.
 */
static void
default_balances(Books *books, Balances *balances)
{
	Relation	ledger = table_open(books->ledger, AccessShareLock);
	Const	   *multiple = column_default(ledger, "multiple", NUMERICOID);
	Const	   *on_breach = column_default(ledger, "on_breach", TEXTOID);

	memset(balances, 0, sizeof(Balances));
	balances->latest_on = DATEVAL_NOBEGIN;
	balances->multiple.value = 2;
	if (multiple != NULL)
		read_multiple(multiple->constvalue, false, balances);
	balances->counts_authorized = column_default(ledger, "authorized", INT8OID) != NULL;
	balances->on_breach = breach_mode(on_breach == NULL ? "refuse" :
									  TextDatumGetCString(on_breach->constvalue));
	table_close(ledger, AccessShareLock);
}

/*
 * The balances of a deal as last committed, without a lock.
 */
void
read_ledger(Books *books, Bytes deal, Balances *balances)
{
	StringInfoData sql;
	Datum		key = key_to_datum(deal, books->key_base);

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT on_breach, latest_on::pg_catalog.date");
	append_balance_results(&sql);
	appendStringInfo(&sql, " FROM %s WHERE deal OPERATOR(pg_catalog.=) $1",
					 quote_qualified_identifier(books->schema, books->ledger_name));
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args(sql.data, 1, &books->key_base, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the ledger failed");
	PopActiveSnapshot();
	if (SPI_processed == 0)
		default_balances(books, balances);
	else
	{
		bool		isnull;
		Datum		latest = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull);

		read_balances(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, balances);
		balances->latest_on = isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(latest);
		balances->on_breach = breach_mode(SPI_getvalue(SPI_tuptable->vals[0],
													   SPI_tuptable->tupdesc, 1));
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
insert_journal_row(Books *books, Datum deal, const JournalEntry *entry, int64 seq,
				   int64 slack, const char *note, const char *user, TimestampTz now)
{
	Datum		values[N_JOURNAL_PARAMS];
	char		nulls[N_JOURNAL_PARAMS + 1];
	Datum	   *own = values + 1 + N_BALANCES;

	memset(nulls, ' ', sizeof(nulls));
	nulls[N_JOURNAL_PARAMS] = '\0';
	values[0] = deal;
	bind_change(&entry->change, values + 1);
	own[0] = Int64GetDatum(seq);
	own[1] = CStringGetTextDatum(entry->kind);
	own[2] = Int64GetDatum(slack);
	own[3] = DateADTGetDatum(entry->day);
	own[4] = TimestampTzGetDatum(now);
	own[5] = CStringGetTextDatum(user);
	own[6] = Int64GetDatum((int64) U64FromFullTransactionId(GetTopFullTransactionId()));
	own[7] = (Datum) 0;
	if (note == NULL)
		nulls[1 + N_BALANCES + 7] = 'n';
	else
		own[7] = CStringGetTextDatum(note);
	run_plan(journal_plan(books), values, nulls);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * Appends a posting's entries to the journal, each with the slack that the deal
 * has after it.
 */
void
append_journal(Books *books, Bytes deal, const Posting *posting,
			   const Balances *after, int64 last_entry, const char *user, TimestampTz now)
{
	Balances	running = *after;
	Datum		key = key_to_datum(deal, books->key_base);
	int64		seq = last_entry - posting->nentries;

	balances_add(&running, &posting->total, -1);
	for (int i = 0; i < posting->nentries; i++)
	{
		const JournalEntry *entry = &posting->entries[i];

		balances_add(&running, &entry->change, 1);
		check_range(books, deal, &running);
		insert_journal_row(books, key, entry, ++seq, (int64) slack_of(&running),
						   entry->note, user, now);
	}
}

static Datum
bytes_text(Bytes b)
{
	return PointerGetDatum(cstring_to_text_with_len(b.data, b.len));
}

/*
 * What is said of an instrument as the columns of a position, from holder on.
 */
static void
bind_position(const InstrumentChange *said, Datum *values, char *nulls)
{
	memset(nulls, 'n', 9);
	if (said->sets & SETS_HOLDER)
		values[0] = bytes_text(said->holder), nulls[0] = ' ';
	values[1] = NumericGetDatum(sum_numeric(&said->principal)), nulls[1] = ' ';
	if (said->sets & SETS_PRICE)
	{
		values[2] = NumericGetDatum(numeric_from_decimal(said->price.value)), nulls[2] = ' ';
		values[3] = NumericGetDatum(numeric_from_int128(said->price.divisor)), nulls[3] = ' ';
		values[8] = BoolGetDatum(said->quoted), nulls[8] = ' ';
	}
	if (said->sets & SETS_RATE)
		values[4] = NumericGetDatum(numeric_from_decimal(said->rate)), nulls[4] = ' ';
	if (said->comes && said->is_note)
		values[5] = CStringGetTextDatum(rounding_name(said->rounding)), nulls[5] = ' ';
	if (said->terms != NULL)
		values[6] = CStringGetTextDatum(said->terms), nulls[6] = ' ';
	if (said->security != NULL)
		values[7] = CStringGetTextDatum(said->security), nulls[7] = ' ';
}

/*
 * Appends what the posting says of instruments, numbered within each entry.
 */
void
append_positions(Books *books, Bytes deal, const Posting *posting, int64 last_entry,
				 TimestampTz now)
{
	Datum		values[N_POSITION_PARAMS];
	char		nulls[N_POSITION_PARAMS + 1];
	int64		before = last_entry - posting->nentries;
	int			number = 0;

	memset(nulls, ' ', sizeof(nulls));
	nulls[N_POSITION_PARAMS] = '\0';
	values[0] = key_to_datum(deal, books->key_base);
	for (int i = 0; i < posting->nlines; i++)
	{
		const PositionLine *line = &posting->lines[i];
		const InstrumentChange *said = &line->said;

		number = i > 0 && line[-1].entry == line->entry ? number + 1 : 1;
		values[1] = Int64GetDatum(before + line->entry + 1);
		values[2] = Int32GetDatum(number);
		values[3] = CStringGetTextDatum(said->source);
		values[4] = bytes_text(said->instrument);
		bind_position(said, values + 5, nulls + 5);
		values[14] = Int64GetDatum(said->warrant_shares);
		values[15] = DateADTGetDatum(posting->entries[line->entry].day);
		values[16] = TimestampTzGetDatum(now);
		run_plan(position_plan(books), values, nulls);
		SPI_freetuptable(SPI_tuptable);
	}
}

/*-------------------------------------------------------------------------
 *
 * capital.c
 *		The books of companies: <deals>_capital and its journal.
 *
 * One row a company, found and locked after the rows of all deals, in the order
 * of keys; only what touches a reserve or a capital touches it.  Written by
 * statements on one row each, as the owner of the books, under the latest
 * snapshot.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/company.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "guard/issued.h"
#include "guard/ledger.h"
#include "guard/vouch.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

static const ShareCount counts[] = {AUTHORIZED, OUTSTANDING, OTHER_RESERVED, RESERVED};

/*
 * Runs a statement under a snapshot taken now; the current memory context stays
 * what it is.  The result is SPI_tuptable.
 */
static void
run(SPIPlanPtr plan, Datum *values, const char *nulls, bool read_only)
{
	MemoryContext old = CurrentMemoryContext;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	int			result = SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot, read_only, true, 0);

	UnregisterSnapshot(snapshot);
	MemoryContextSwitchTo(old);
	if (result < 0)
		elog(ERROR, "writing the capital failed: %s", SPI_result_code_string(result));
}

/*
 * The row that a query gave, if any: authorized, outstanding, other_reserved,
 * reserved, entries.  Is the capital known?  A company that has authorized
 * nothing and issued nothing is one of which the books know nothing.
 */
static bool
take_row(const Companies *companies, Company *company)
{
	bool		isnull;

	memset(&company->balances, 0, sizeof(Balances));
	company->entries = 0;
	for (int c = 0; c < lengthof(counts) && SPI_processed > 0; c++)
	{
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, c + 1, &isnull);

		company->balances.shares[counts[c]] = isnull ? 0 : DatumGetInt64(value);
	}
	if (SPI_processed > 0)
		company->entries = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 5, &isnull));
	company->balances.counts_authorized = company->balances.counts_outstanding =
		company->balances.counts_other = true;
	company->balances.on_breach = companies->on_breach;
	company->balances.multiple.value = 2;
	SPI_freetuptable(SPI_tuptable);
	return knows_capital(&company->balances);
}

#define CAPITAL_COLUMNS "authorized::pg_catalog.int8, outstanding::pg_catalog.int8, other_reserved::pg_catalog.int8, reserved::pg_catalog.int8, entries::pg_catalog.int8"

/*
 * A company's row as last committed, without a lock.  False: its capital is
 * not known.
 */
bool
read_capital(const Companies *companies, Company *company)
{
	Books	   *books = companies->books;
	Oid			type = books->company_base;
	Datum		key = key_to_datum(company->key, type);
	SPIPlanPtr	plan = known_capital_plan(books, PLAN_READ_CAPITAL);

	if (plan == NULL)
		plan = capital_plan(books, PLAN_READ_CAPITAL,
							psprintf("SELECT " CAPITAL_COLUMNS " FROM %s WHERE company OPERATOR(pg_catalog.=) $1",
									 qualified_name(books->capital)),
							1, &type);
	run(plan, &key, NULL, true);
	return take_row(companies, company);
}

/* An entry of the journal of the capital. */
typedef struct CapitalEntry
{
	DateADT		day;
	ChangeKind	kind;
	Change		change;
	int32		new_shares;		/* of a split; 0: none */
	int32		old_shares;
} CapitalEntry;

/*
 * What is pending of a company as entries, by day and kind: acts, and beside
 * them what of them is issued out of the reserves.
 */
static CapitalEntry *
entries_of(const Company *company, int *n)
{
	int			npending = 0;
	Entry	   *pending;
	IssuedPart *parts;
	CapitalEntry *entries;

	for (const Entry *e = company->pending->entries; e != NULL; e = e->next)
		npending++;
	pending = palloc(Max(npending, 1) * sizeof(Entry));
	parts = palloc(Max(npending, 1) * sizeof(IssuedPart));
	entries = palloc0((2 * npending + 1) * sizeof(CapitalEntry));
	{
		int			i = npending;

		for (const Entry *e = company->pending->entries; e != NULL; e = e->next)
			pending[--i] = *e;	/* the earliest first */
	}
	share_out(parts, pending, npending, company->issued.shares[OUTSTANDING]);
	*n = 0;
	for (int i = 0; i < npending; i++)
	{
		CapitalEntry issue = {.day = pending[i].day, .kind = CHANGE_FACT};
		CapitalEntry rest = {.day = pending[i].day, .kind = pending[i].kind, .change = pending[i].change};
		bool		is_split = rest.kind == CHANGE_SPLIT && rest.day == company->pending->split_on;

		take_part(&issue.change, &parts[i], 1);
		take_part(&rest.change, &parts[i], -1);
		rest.new_shares = is_split ? company->pending->new_shares : 0;
		rest.old_shares = is_split ? company->pending->old_shares : 0;
		if (!change_is_zero(&issue.change))
			entries[(*n)++] = issue;
		if (!change_is_zero(&rest.change) || (company->pending->comes && npending == 1))
			entries[(*n)++] = rest;
	}
	return entries;
}

static SPIPlanPtr
update_plan(Books *books)
{
	Oid			types[] = {books->company_base, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID};
	SPIPlanPtr	plan = known_capital_plan(books, PLAN_UPDATE_CAPITAL);

	if (plan != NULL)
		return plan;
#define SUM_OF(column, change) "COALESCE(" column ", 0) OPERATOR(pg_catalog.+) " change
#define UNKNOWN "CASE WHEN " SUM_OF("authorized", "$2") " OPERATOR(pg_catalog.=) 0 AND " \
	SUM_OF("outstanding", "$3") " OPERATOR(pg_catalog.=) 0 THEN NULL ELSE "
	return capital_plan(books, PLAN_UPDATE_CAPITAL,
						psprintf("UPDATE %s SET authorized = " UNKNOWN SUM_OF("authorized", "$2") " END,"
								 " outstanding = " UNKNOWN SUM_OF("outstanding", "$3") " END,"
								 " other_reserved = " UNKNOWN SUM_OF("other_reserved", "$4") " END,"
								 " reserved = reserved OPERATOR(pg_catalog.+) $5, entries = entries OPERATOR(pg_catalog.+) $6"
								 " WHERE company OPERATOR(pg_catalog.=) $1 RETURNING " CAPITAL_COLUMNS,
								 qualified_name(books->capital)),
						6, types);
}

/*
 * Makes the row of a company, unless somebody else has made it.
 */
static void
make_row(Books *books, Datum key)
{
	SPIPlanPtr	plan = known_capital_plan(books, PLAN_MAKE_CAPITAL);

	if (plan == NULL)
		plan = capital_plan(books, PLAN_MAKE_CAPITAL,
							psprintf("INSERT INTO %s (company) VALUES ($1) ON CONFLICT DO NOTHING",
									 qualified_name(books->capital)),
							1, &books->company_base);
	run(plan, &key, NULL, false);
}

/*
 * Adds what is pending of a company to its row, which is made where there is
 * none, and reads the row as it is then.
 */
static void
update_row(const Companies *companies, Company *company)
{
	Books	   *books = companies->books;
	Datum		values[6];
	int			nentries;
	const int64 *total = company->pending->total.shares;

	(void) entries_of(company, &nentries);
	values[0] = key_to_datum(company->key, books->company_base);
	for (int c = 0; c < lengthof(counts); c++)
		values[1 + c] = Int64GetDatum(total[counts[c]]);
	values[5] = Int64GetDatum(nentries);
	run(update_plan(books), values, NULL, false);
	if (SPI_processed == 0)
	{
		make_row(books, values[0]);
		run(update_plan(books), values, NULL, false);
	}
	company->known = take_row(companies, company);
}

/*
 * Brings the rows of all companies of which something changes up to date, in
 * the order of their keys, and reads those of the others.
 */
void
update_capital(const Companies *companies)
{
	if (companies == NULL)
		return;
	for (int i = 0; i < companies->n; i++)
	{
		Company    *company = &companies->companies[i];

		if (company->pending != NULL)
			update_row(companies, company);
		else
			company->known = read_capital(companies, company);
	}
}

static SPIPlanPtr
append_plan(Books *books)
{
	Oid			types[] = {books->company_base, INT8OID, TEXTOID, INT8OID, INT8OID, INT8OID, INT8OID,
	DATEOID, TIMESTAMPTZOID, TEXTOID, INT8OID, TEXTOID, INT4OID, INT4OID};
	SPIPlanPtr	plan = known_capital_plan(books, PLAN_APPEND_CAPITAL);

	if (plan != NULL)
		return plan;
	return capital_plan(books, PLAN_APPEND_CAPITAL,
						psprintf("INSERT INTO %s (company, seq, kind, authorized, outstanding, other_reserved, reserved,"
								 " effective_on, recorded_at, recorded_by, transaction, note, new_shares, old_shares)"
								 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
								 qualified_name(books->capital_journal)),
						lengthof(types), types);
}

static void
append_entry(const Companies *companies, const Company *company, const CapitalEntry *entry,
			 int64 seq, const char *user)
{
	bool		overridden = entry->kind == CHANGE_ACT && companies->override != NULL;
	Datum		values[14];
	char		nulls[15] = "              ";

	values[0] = key_to_datum(company->key, companies->books->company_base);
	values[1] = Int64GetDatum(seq);
	values[2] = CStringGetTextDatum(overridden ? "override" : kind_word(entry->kind));
	for (int c = 0; c < lengthof(counts); c++)
		values[3 + c] = Int64GetDatum(entry->change.shares[counts[c]]);
	values[7] = DateADTGetDatum(entry->day);
	values[8] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[9] = CStringGetTextDatum(user);
	values[10] = Int64GetDatum((int64) U64FromFullTransactionId(GetTopFullTransactionId()));
	values[11] = CStringGetTextDatum(overridden ? companies->override : "");
	if (!overridden)
		nulls[11] = 'n';
	values[12] = Int32GetDatum(entry->new_shares);
	values[13] = Int32GetDatum(entry->old_shares);
	if (entry->old_shares == 0)
		nulls[12] = nulls[13] = 'n';
	run(append_plan(companies->books), values, nulls, false);
}

/*
 * Appends what changed to the journal of the capital.
 */
void
append_capital(const Companies *companies, const char *user)
{
	if (companies == NULL)
		return;
	for (int i = 0; i < companies->n; i++)
	{
		const Company *company = &companies->companies[i];
		CapitalEntry *entries;
		int			n;

		if (company->pending == NULL)
			continue;
		entries = entries_of(company, &n);
		for (int e = 0; e < n; e++)
			append_entry(companies, company, &entries[e], company->entries - n + e + 1, user);
	}
}

/* What is on record of a company's capital; DATEVAL_NOBEGIN where nothing is. */
typedef struct CapitalDays
{
	DateADT		first;
	DateADT		last_split;
} CapitalDays;

static void
read_days(const Books *books, const Company *company, CapitalDays *days)
{
	Oid			type = books->company_base;
	Datum		key = key_to_datum(company->key, type);
	MemoryContext old = CurrentMemoryContext;
	bool		isnull;
	Datum		value;

	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args(psprintf("SELECT pg_catalog.min(effective_on) FILTER (WHERE authorized OPERATOR(pg_catalog.<>) 0"
									   " OR outstanding OPERATOR(pg_catalog.<>) 0 OR other_reserved OPERATOR(pg_catalog.<>) 0),"
									   " pg_catalog.max(effective_on) FILTER (WHERE new_shares IS NOT NULL)"
									   " FROM %s WHERE company OPERATOR(pg_catalog.=) $1", qualified_name(books->capital_journal)),
							  1, &type, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the journal of the capital failed");
	PopActiveSnapshot();
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	days->first = isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(value);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull);
	days->last_split = isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(value);
	SPI_freetuptable(SPI_tuptable);
	MemoryContextSwitchTo(old);
}

static char *
day_text(DateADT day)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(day)));
}

/*
 * One entry of a company's own capital: not before it is on record, and no
 * number of shares, which would be of old ones, before a split.  What deals
 * reserve is judged with them (past.c).
 */
static void
check_entry(const Books *books, const Company *company, DateADT day, const CapitalDays *days)
{
	if (day < days->first)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the capital of company \"%s\" is on record from %s on",
						key_to_cstring(company->key, books->company_base), day_text(days->first)),
				 errdetail("The change is dated %s.", day_text(day)),
				 errhint("Set covenant.as_of to the day from which the table holds before you watch it.")));
	if (day < days->last_split)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the capital of company \"%s\" cannot be changed as of %s",
						key_to_cstring(company->key, books->company_base), day_text(day)),
				 errdetail("Its shares were split on %s, and a write to the table counts the new ones.", day_text(days->last_split)),
				 errhint("Set covenant.as_of to that day or a later one, with the number in new shares.")));
}

/*
 * What is said late of companies' capital.
 */
void
check_capital_past(const Companies *companies)
{
	for (int i = 0; i < companies->n; i++)
	{
		const Company *company = &companies->companies[i];
		CapitalDays days;
		bool		known = false;

		for (const Entry *e = company->pending == NULL ? NULL : company->pending->entries; e != NULL; e = e->next)
		{
			if (e->kind != CHANGE_ACT || e->day >= today() ||
				(e->change.shares[AUTHORIZED] == 0 && e->change.shares[OUTSTANDING] == 0 && e->change.shares[OTHER_RESERVED] == 0))
				continue;
			if (!known)
				read_days(companies->books, company, &days);
			known = true;
			check_entry(companies->books, company, e->day, &days);
		}
	}
}

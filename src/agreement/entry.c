/*-------------------------------------------------------------------------
 *
 * entry.c
 *		An event on its way into the books: the row itself, and what the books
 *		say that bears on it.
 *
 * The books are read as their owner, the way a foreign key is looked up: who
 * may write events need not be able to read the other tables.  Everything on
 * record counts, whatever covenant.as_of and covenant.known_at say: the door
 * asks whether a fact can be, not what was known on some day.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/entry.h"

#include "agreement/kinds.h"
#include "agreement/legends.h"
#include "catalog/pg_type.h"
#include "guard/adopted.h"
#include "guard/pending.h"
#include "guard/reading.h"
#include "guard/said.h"
#include "guard/vouch.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/* The row ---------------------------------------------------------------- */

static const struct
{
	const char *name;
	Oid			type;
}			entry_columns[] = {
	{"kind", TEXTOID}, {"section", TEXTOID}, {"holder", TEXTOID}, {"subject", TEXTOID},
	{"ref", TEXTOID}, {"choice", TEXTOID}, {"counterparty", TEXTOID},
	{"occurred_on", DATEOID}, {"from_day", DATEOID}, {"to_day", DATEOID},
	{"amount", NUMERICOID}, {"price", NUMERICOID}, {"shares", INT8OID}
};

/*
 * A column of the row; false where it is null.  An error where the table is
 * not as covenant made it: without the column nothing could be checked.
 */
static bool
column_value(HeapTuple row, Relation events, const char *name, Datum *value)
{
	int			column = SPI_fnumber(RelationGetDescr(events), name);
	bool		isnull;
	Oid			type = InvalidOid;

	for (int i = 0; i < lengthof(entry_columns); i++)
	{
		if (strcmp(entry_columns[i].name, name) == 0)
			type = entry_columns[i].type;
	}
	if (column <= 0 || SPI_gettypeid(RelationGetDescr(events), column) != type)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no column \"%s\" of type %s",
						RelationGetRelationName(events), name, format_type_be(type)),
				 errhint("Give it back the columns that covenant.adopt made.")));
	*value = SPI_getbinval(row, RelationGetDescr(events), column, &isnull);
	return !isnull;
}

static const char *
text_value(HeapTuple row, Relation events, const char *name)
{
	Datum		value;

	return column_value(row, events, name, &value) ? TextDatumGetCString(value) : NULL;
}

static bool
day_value(HeapTuple row, Relation events, const char *name, DateADT *day)
{
	Datum		value;
	bool		found = column_value(row, events, name, &value);

	*day = found ? DatumGetDateADT(value) : 0;
	return found;
}

static Numeric
numeric_value(HeapTuple row, Relation events, const char *name)
{
	Datum		value;

	return column_value(row, events, name, &value) ? DatumGetNumeric(value) : NULL;
}

static bool
read_deal(EntryBooks *books, HeapTuple row, Relation events)
{
	TupleDesc	desc = RelationGetDescr(events);
	int			column = SPI_fnumber(desc, "deal");
	bool		isnull = true;

	if (column <= 0 ||
		!same_key_kind(getBaseType(SPI_gettypeid(desc, column)), books->books->key_base))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no column \"%s\" of type %s", RelationGetRelationName(events),
						"deal", format_type_be(books->books->key_type)),
				 errhint("Give it back the columns that covenant.adopt made.")));
	books->deal = SPI_getbinval(row, desc, column, &isnull);
	return !isnull;
}

/*
 * Reads the row; false where it lacks what the table's own constraints refuse.
 */
bool
read_entry(EventEntry *entry, EntryBooks *books, HeapTuple row, Relation events)
{
	Datum		value;

	memset(entry, 0, sizeof(EventEntry));
	entry->kind = text_value(row, events, "kind");
	if (!read_deal(books, row, events) || entry->kind == NULL ||
		!day_value(row, events, "occurred_on", &entry->occurred_on))
		return false;
	entry->section = text_value(row, events, "section");
	entry->holder = text_value(row, events, "holder");
	entry->subject = text_value(row, events, "subject");
	entry->ref = text_value(row, events, "ref");
	entry->choice = text_value(row, events, "choice");
	entry->counterparty = text_value(row, events, "counterparty");
	entry->has_from = day_value(row, events, "from_day", &entry->from_day);
	entry->has_to = day_value(row, events, "to_day", &entry->to_day);
	entry->amount = numeric_value(row, events, "amount");
	entry->price = numeric_value(row, events, "price");
	entry->has_shares = column_value(row, events, "shares", &value);
	entry->shares = entry->has_shares ? DatumGetInt64(value) : 0;
	return true;
}

/* The books -------------------------------------------------------------- */

/*
 * Asks about the entry's deal, $1, and one more value, $2, unless it has no
 * type; the number of rows, which lie in SPI_tuptable.  Not read-only: rows
 * that the same statement has inserted before count.
 */
static int
ask(const EntryBooks *books, char *sql, Oid type, Datum value)
{
	Oid			types[] = {books->books->key_base, type};
	Datum		values[] = {books->deal, value};

	if (SPI_execute_plan(kept_plan(sql, OidIsValid(type) ? 2 : 1, types), values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the books failed");
	return (int) SPI_processed;
}

/*
 * The names of the books, whose columns are as covenant made them.
 */
static char *
position_name(const EntryBooks *books)
{
	require_types(books->books);
	return quote_qualified_identifier(books->books->schema, books->books->position_name);
}

static char *
adopted_name(const EntryBooks *books, AdoptedTable table)
{
	return qualified_name(adopted_table(books->books, table));
}

static char *
text_result(int row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

static EntryClause
read_clause(HeapTuple row, TupleDesc desc)
{
	EntryClause clause;
	bool		isnull;

	clause.duty = SPI_getvalue(row, desc, 1);
	clause.section = SPI_getvalue(row, desc, 2);
	clause.starts_on = SPI_getvalue(row, desc, 3);
	clause.ends_on = SPI_getvalue(row, desc, 4);
	clause.elector = SPI_getvalue(row, desc, 5);
	clause.is_own = DatumGetBool(SPI_getbinval(row, desc, 6, &isnull));
	clause.from_day = DatumGetDateADT(SPI_getbinval(row, desc, 7, &isnull));
	clause.has_from = !isnull;
	clause.recorded_at = DatumGetTimestampTz(SPI_getbinval(row, desc, 8, &isnull));
	clause.clause_id = DatumGetInt64(SPI_getbinval(row, desc, 9, &isnull));
	clause.timed = DatumGetBool(SPI_getbinval(row, desc, 10, &isnull));
	clause.by_buyers = DatumGetBool(SPI_getbinval(row, desc, 11, &isnull));
	return clause;
}

/*
 * Does another version take the place of a clause on all its days?  Of the same
 * first day the one that was recorded last; where a deal has a clause of its
 * own that always holds, that of all deals never does.
 */
static bool
replaces(const EntryClause *other, const EntryClause *clause)
{
	if (strcmp(other->duty, clause->duty) != 0)
		return false;
	if (other->is_own != clause->is_own)
		return other->is_own && !other->has_from;
	if (other->has_from != clause->has_from || (clause->has_from && other->from_day != clause->from_day))
		return false;
	return other->recorded_at > clause->recorded_at ||
		(other->recorded_at == clause->recorded_at && other->clause_id > clause->clause_id);
}

/*
 * The clauses of the deal, with what amendments say of other days, but without
 * the versions that hold on no day any more.
 */
void
read_clauses(EntryBooks *books)
{
	int			n = ask(books, psprintf("SELECT c.duty, c.section, c.starts_on, c.ends_on, c.elector, c.deal IS NOT NULL,"
										" c.from_day, c.recorded_at, c.clause_id, c.period IS NOT NULL,"
										" c.owed_by OPERATOR(pg_catalog.=) 'buyers' FROM %s c"
										" WHERE c.deal IS NULL OR c.deal OPERATOR(pg_catalog.=) $1",
										adopted_name(books, ADOPTED_CLAUSE)), InvalidOid, (Datum) 0);
	EntryClause *all = palloc(Max(n, 1) * sizeof(EntryClause));

	for (int i = 0; i < n; i++)
		all[i] = read_clause(SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	books->clauses = palloc(Max(n, 1) * sizeof(EntryClause));
	books->nclauses = 0;
	for (int i = 0; i < n; i++)
	{
		bool		replaced = false;

		for (int j = 0; j < n && !replaced; j++)
			replaced = replaces(&all[j], &all[i]);
		if (!replaced)
			books->clauses[books->nclauses++] = all[i];
	}
}

/*
 * The event that the entry's ref names; false where its deal has none.
 */
bool
read_tied_event(EventEntry *entry, const EntryBooks *books)
{
	bool		isnull;

	if (ask(books, psprintf("SELECT e.kind, e.section, e.occurred_on, e.subject FROM %s e"
							" WHERE e.deal OPERATOR(pg_catalog.=) $1 AND e.event_id OPERATOR(pg_catalog.=) $2",
							adopted_name(books, ADOPTED_EVENT)), INT8OID, Int64GetDatum(entry->ref_event)) == 0)
		return false;
	entry->tied_to = text_result(0, 1);
	entry->tied_section = text_result(0, 2);
	entry->tied_on = DatumGetDateADT(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &isnull));
	if (strcmp(entry->tied_to, "proceeds_used") == 0)
	{
		entry->tied_to = "breach";	/* what may be said of it is that of one */
		entry->tied_section = "4(d)";
	}
	else if (strcmp(entry->tied_to, "agent_instructed") == 0 && is_other_instruction(text_result(0, 4)))
	{
		entry->tied_to = "breach";
		entry->tied_section = "5";
	}
	return true;
}

/*
 * Does this transaction bring the deal an instrument of this holder?
 */
static bool
holds_pending(const EntryBooks *books, const char *holder)
{
	char		buffer[8];
	Bytes		key = key_from_datum(books->deal, books->books->key_base, buffer);
	const PendingDeal *pending = pending_for_deal(books->books->ledger, key);
	SaidScan	scan;

	if (pending == NULL)
		return false;
	begin_said(&scan, InvalidOid, pending);
	while (next_said(&scan))
	{
		const InstrumentChange *c = &scan.said;

		if (c->holder.data == NULL ? c->comes && holder[0] == '\0' :
			bytes_equal(c->holder, (Bytes) {holder, strlen(holder)}))
			return true;
	}
	return false;
}

/*
 * A buyer is who signed, or ever held an instrument; where the tables have no
 * holder column, the one without a name.
 */
bool
is_buyer(const EntryBooks *books, const char *holder)
{
	Datum		name = CStringGetTextDatum(holder);
	char	   *position = position_name(books);
	char	   *events = adopted_name(books, ADOPTED_EVENT);

	if (ask(books, psprintf("SELECT FROM %s p WHERE p.deal OPERATOR(pg_catalog.=) $1"
							" AND p.holder OPERATOR(pg_catalog.=) $2 LIMIT 1", position), TEXTOID, name) > 0 ||
		holds_pending(books, holder))
		return true;
	if (holder[0] == '\0' &&
		ask(books, psprintf("SELECT FROM %s p WHERE p.deal OPERATOR(pg_catalog.=) $1 GROUP BY p.source, p.instrument"
							" HAVING pg_catalog.count(p.holder) OPERATOR(pg_catalog.=) 0 LIMIT 1", position),
			InvalidOid, (Datum) 0) > 0)
		return true;
	return ask(books, psprintf("SELECT FROM %s e WHERE e.deal OPERATOR(pg_catalog.=) $1"
							   " AND e.kind OPERATOR(pg_catalog.=) 'signing' AND e.holder OPERATOR(pg_catalog.=) $2"
							   " AND NOT EXISTS (SELECT FROM %s r WHERE r.deal OPERATOR(pg_catalog.=) $1"
							   " AND r.kind OPERATOR(pg_catalog.=) 'retraction'"
							   " AND r.ref OPERATOR(pg_catalog.=) e.event_id::pg_catalog.text) LIMIT 1", events, events),
			   TEXTOID, name) > 0;
}

/*
 * Who alone holds something of the deal now; NULL where nobody does, or several.
 */
char *
only_holder(const EntryBooks *books)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	char		buffer[8];
	Bytes		key = key_from_datum(books->deal, books->books->key_base, buffer);
	Datum		values[] = {
		ObjectIdGetDatum(books->books->ledger),
		CStringGetTextDatum(key_to_cstring(key, books->books->key_base))
	};

	if (SPI_execute_with_args("SELECT h FROM covenant_internal.holders($1, $2) AS h LIMIT 2", 2, types, values,
							  NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the holders of a deal failed");
	return SPI_processed == 1 ? text_result(0, 1) : NULL;
}

/*
 * Is there a reading of the deal by which a shortfall is a breach at once, in
 * which the company elects (Section 4(o))?
 */
bool
short_at_once(const EntryBooks *books)
{
	return ask(books, psprintf("SELECT FROM %s r WHERE (r.deal IS NULL OR r.deal OPERATOR(pg_catalog.=) $1)"
							   " AND r.shortfall OPERATOR(pg_catalog.=) 'at_once' LIMIT 1", adopted_name(books, ADOPTED_READING)),
			   InvalidOid, (Datum) 0) > 0;
}

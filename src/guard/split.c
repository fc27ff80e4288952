/*-------------------------------------------------------------------------
 *
 * split.c
 *		A split of a company's shares, written into the watched tables.
 *
 * What is written is an entry of kind split, a fact of its day.  What is on
 * record of later days, in old shares, is said again in new ones, each on its
 * own day (split.sql); prices that quotes made are computed again.
 *
 * All of it is done here, in the tables that are vouched for and by statements
 * that only this file makes: there is no way to have anything else count as a
 * split.  They run with the caller's own rights.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/quotes.h"

#include "access/relation.h"
#include "calendar/calendar.h"
#include "catalog/pg_type.h"
#include "guard/capture.h"
#include "guard/citus.h"
#include "guard/pending.h"
#include "guard/post.h"
#include "miscadmin.h"
#include "number/share_price.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* Parameters of every statement: ledger, keys, new, old, day, rounding. */
#define N_PARAMETERS	6

typedef struct Work
{
	Split		split;
	Books	   *books;
	bool		spread;			/* Citus has distributed the books */
	Datum		values[N_PARAMETERS];
} Work;

static void
run(const Work *work, const char *query, int expected)
{
	Oid			types[N_PARAMETERS] = {REGCLASSOID, TEXTARRAYOID, INT4OID, INT4OID, DATEOID, TEXTOID};

	if (SPI_execute_with_args(query, N_PARAMETERS, types, (Datum *) work->values, NULL,
							  false, 0) != expected)
		elog(ERROR, "writing a split failed");
}

/*
 * Runs an UPDATE as part of the split.
 */
static void
run_update(const Work *work, const char *query)
{
	capture_split(&work->split);
	PG_TRY();
	{
		run(work, query, SPI_OK_UPDATE);
	}
	PG_FINALLY();
	{
		capture_split(NULL);
	}
	PG_END_TRY();
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
			appendStringInfo(&sets, "%1$s%2$s = covenant.split_shares(%2$s::covenant.shares, $3, $4, $6)",
							 sets.len > 0 ? ", " : "", quote_identifier(name));
	}
	if (watch->columns[COL_PRICE].name != NULL)
		appendStringInfo(&sets, "%1$s = covenant.split_price(%1$s::covenant.share_price, $3, $4)",
						 quote_identifier(watch->columns[COL_PRICE].name));
	if (watch->columns[COL_TERMS].name != NULL)
		appendStringInfo(&sets, ", %1$s = covenant.split_terms(%1$s, $3, $4)",
						 quote_identifier(watch->columns[COL_TERMS].name));
	return sets.data;
}

/*
 * Whether a row belongs to these deals.  Keys are compared as they print, but
 * what Citus is to find the node by as what they are.
 */
static char *
is_of_deals(const Work *work, Oid relid, const Watch *watch)
{
	const Column *deal = &watch->columns[COL_DEAL];
	const char *name = quote_identifier(deal->name);

	if (work->spread)
		return psprintf("%s OPERATOR(pg_catalog.=) ANY ($2::%s[])", name,
						format_type_be_qualified(get_atttype(relid, deal->attno)));
	return psprintf("%s::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%s)", name,
					watch->kind == CAPITAL_TABLE ? "covenant_internal.companies_of($1, $2)" : "$2");
}

/*
 * The split of what a watched table has of these deals.
 */
static void
split_table(const Work *work, Oid relid)
{
	Relation	relation = relation_open(relid, AccessShareLock);
	Watch		watch;
	char	   *sets;

	open_watch_of(&watch, relation);
	sets = set_clauses(&watch);
	run_update(work, psprintf("UPDATE %s SET %s WHERE %s", qualified_name(relid), sets,
							  is_of_deals(work, relid, &watch)));
	relation_close(relation, NoLock);
}

/*
 * Raises 22023 where the quotes are also those of deals that are not split.
 */
static void
refuse_shared_security(const Work *work, Oid quotes)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTARRAYOID};
	Datum		values[] = {ObjectIdGetDatum(quotes), work->values[0], work->values[1]};

	if (SPI_execute_with_args("SELECT covenant_internal.refuse_shared_security($1, $2, $3)",
							  3, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "looking for other deals failed");
}

/*
 * The securities, as text, that notes of these deals look at in a table of quotes.
 */
static Datum
securities_of(const Work *work, Oid quotes)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTARRAYOID};
	Datum		values[] = {ObjectIdGetDatum(quotes), work->values[0], work->values[1]};
	bool		isnull;

	if (SPI_execute_with_args("SELECT covenant_internal.securities_of($1, $2, $3)", 3, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "looking for securities failed");
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
}

/*
 * The split of the quotes before its day of the securities that notes of these
 * deals look at.
 */
static void
split_quotes(const Work *work, const Vouched *quotes)
{
	const char *security = trigger_word(quotes->trigger, "security");
	char	   *type = format_type_be_qualified(get_atttype(quotes->relation, get_attnum(quotes->relation, security)));
	char	   *price = pstrdup(quote_identifier(trigger_word(quotes->trigger, "price")));
	char	   *day = pstrdup(quote_identifier(trigger_word(quotes->trigger, "day")));
	Work		of_securities = *work;

	of_securities.values[1] = securities_of(work, quotes->relation);
	run_update(&of_securities,
			   psprintf("UPDATE %1$s AS q SET %2$s = covenant.split_price(%2$s::covenant.share_price, $3, $4)"
						" WHERE q.%3$s OPERATOR(pg_catalog.<) $5 AND q.%4$s OPERATOR(pg_catalog.=) ANY ($2::%5$s[])",
						qualified_name(quotes->relation), price, day, quote_identifier(security), type));
}

/*
 * A table of quotes may price several tables of notes, and is adjusted once.
 */
static bool
is_listed(const List *list, const Vouched *quotes)
{
	static const char *const words[] = {"security", "day", "price"};
	ListCell   *cell;

	foreach(cell, list)
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

static List *
all_quotes(const List *watched)
{
	List	   *all = NIL;
	const ListCell *table;

	foreach(table, watched)
	{
		ListCell   *cell;

		foreach(cell, vouched_by(&reprice_hook, ((const Vouched *) lfirst(table))->relation))
		{
			if (!is_listed(all, lfirst(cell)))
				all = lappend(all, lfirst(cell));
		}
	}
	return all;
}

/*
 * The deal of a row of a query; it is split even where no row of a table is left.
 */
static PendingDeal *
deal_of_row(const Work *work, uint64 row)
{
	char		buffer[8];
	char	   *key = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);
	PendingDeal *deal = pending_deal(work->split.ledger, key_from_cstring(key, work->books->key_base, buffer));

	deal->new_shares = work->split.new_shares;
	deal->old_shares = work->split.old_shares;
	deal->split_on = work->split.day;
	return deal;
}

static Datum
value_of(uint64 row, int column)
{
	return value_on_record(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

/*
 * deal, day, source, instrument, price, warrants: what an instrument was said to
 * be on a day, in new shares: its price (NULL: nothing), and how its warrants
 * changed more than on record.
 */
static void
say_instrument(const Work *work, uint64 row)
{
	InstrumentChange said;
	bool		isnull;
	Datum		price;

	memset(&said, 0, sizeof(said));
	said.day = DatumGetDateADT(value_of(row, 2));
	said.source = TextDatumGetCString(value_of(row, 3));
	said.instrument = key_from_datum(value_of(row, 4), TEXTOID, NULL);
	said.kind = said.settings_kind = CHANGE_SPLIT;
	price = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 5, &isnull);
	if (!isnull)
	{
		said.is_note = true;
		said.sets = SETS_PRICE;
		said.price = (Price) {{.value = DatumGetSharePrice(price)->num}, DatumGetSharePrice(price)->den};
	}
	said.warrant_shares = DatumGetInt64(value_of(row, 6));
	pending_add_instrument(deal_of_row(work, row), &said);
}

/*
 * deal, day, counts of shares: how they changed on a day more than on record.
 */
static void
move_deal(const Work *work, uint64 row)
{
	static const ShareCount counts[] = {WARRANT_SHARES, RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED, MINIMUM};
	Change		change;

	memset(&change, 0, sizeof(Change));
	for (int i = 0; i < lengthof(counts); i++)
		change.shares[counts[i]] = DatumGetInt64(value_of(row, 3 + i));
	pending_add(deal_of_row(work, row), DatumGetDateADT(value_of(row, 2)), CHANGE_SPLIT, &change, 1);
}

/*
 * company, day, counts of shares: the same of a company.
 */
static void
move_company(const Work *work, uint64 row)
{
	static const ShareCount counts[] = {RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED};
	char		buffer[8];
	char	   *company = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);
	Change		change;

	memset(&change, 0, sizeof(Change));
	for (int i = 0; i < lengthof(counts); i++)
		change.shares[counts[i]] = DatumGetInt64(value_of(row, 3 + i));
	pending_add(pending_company(work->books, key_from_cstring(company, work->books->company_base, buffer)),
				DatumGetDateADT(value_of(row, 2)), CHANGE_SPLIT, &change, 1);
}

static void
say_rows(const Work *work, const char *query, void (*say) (const Work *work, uint64 row))
{
	run(work, query, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
		say(work, i);
	SPI_freetuptable(SPI_tuptable);
}

static void
check_arguments(const Split *split)
{
	require_owner(split->ledger, GetUserId());
	if (split->new_shares <= 0 || split->old_shares <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a split is of a positive number of shares into a positive number")));
	if (DATE_NOT_FINITE(split->day) || split->day > as_of_day())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a split cannot be dated after the day it is recorded on"),
				 errhint("The day is covenant.as_of where that is set, else today.")));
}

static void
begin_work(Work *work, FunctionCallInfo fcinfo)
{
	*work = (Work) {.split = {PG_GETARG_OID(0), PG_GETARG_DATEADT(4), PG_GETARG_INT32(2), PG_GETARG_INT32(3)}};
	check_arguments(&work->split);
	work->books = require_books(work->split.ledger);
	require_types(work->books);
	for (int i = 0; i < N_PARAMETERS; i++)
		work->values[i] = PG_GETARG_DATUM(i);
}

/*
 * What a transaction has said of later days, and has not booked, would stay in
 * old shares: only what is on record is said again in new ones.
 */
static void
refuse_pending(const Work *work, Oid ledger, Oid key_type, const char *what, char *key)
{
	PendingDeal *pending = pending_for_deal(ledger, key_from_cstring(key, key_type, palloc(8)));
	DateADT		day = work->split.day;

	if (pending == NULL)
		return;
	if ((pending->nsaid > 0 && pending->said_until > day) || (pending->entries != NULL && pending->entries->day > day))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s \"%s\" has changes of this transaction that are dated after its split", what, key),
				 errdetail("They are as of %s, the split of %s.", iso_day(pending->nsaid > 0 && pending->said_until > day ?
																		 pending->said_until : pending->entries->day), iso_day(day)),
				 errhint("COMMIT them first, or split first.")));
}

/*
 * The same of all that are split, and of their companies.
 */
static void
refuse_all_pending(const Work *work, Oid ledger, Oid key_type, const char *what, Datum keys)
{
	Datum	   *items;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(keys), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &n);
	for (int i = 0; i < n; i++)
		refuse_pending(work, ledger, key_type, what, TextDatumGetCString(items[i]));
}

static void
check_pending(const Work *work)
{
	const Books *books = work->books;
	bool		isnull;

	if (!pending_any())
		return;
	refuse_all_pending(work, work->split.ledger, books->key_base, "deal", work->values[1]);
	if (!OidIsValid(books->capital))
		return;
	run(work, "SELECT covenant_internal.companies_of($1, $2)", SPI_OK_SELECT);
	refuse_all_pending(work, books->capital, books->company_base, "company",
					   SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/*
 * The tables and what is on record, but not the quotes.
 */
static void
split_deals(const Work *work, const List *watched)
{
	const ListCell *cell;

	check_pending(work);
	foreach(cell, watched)
		split_table(work, ((const Vouched *) lfirst(cell))->relation);
	say_rows(work, "SELECT * FROM covenant_internal.split_later_prices($1, $2, $3, $4, $5)", say_instrument);
	say_rows(work, "SELECT * FROM covenant_internal.split_later_warrants($1, $2, $3, $4, $5, $6)", say_instrument);
	say_rows(work, "SELECT * FROM covenant_internal.split_later_deals($1, $2, $3, $4, $5, $6)", move_deal);
	if (OidIsValid(work->books->capital))
		say_rows(work, "SELECT * FROM covenant_internal.split_later_capital($1, $2, $3, $4, $5, $6)", move_company);
}

/*
 * covenant_internal.split_books(ledger, keys, new, old, day, rounding)
 */
COVENANT_FUNCTION(covenant_split_books);
Datum
covenant_split_books(PG_FUNCTION_ARGS)
{
	Work		work;
	List	   *watched;
	List	   *quotes;
	ListCell   *cell;

	begin_work(&work, fcinfo);
	watched = vouched_by(&capture_hook, work.split.ledger);
	quotes = all_quotes(watched);
	SPI_connect();
	foreach(cell, quotes)
		refuse_shared_security(&work, ((const Vouched *) lfirst(cell))->relation);
	split_deals(&work, watched);
	foreach(cell, quotes)
		split_quotes(&work, lfirst(cell));
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * covenant_internal.split_here(ledger, keys, new, old, day, rounding): what of it
 * is in the session of a node, without the quotes, which are on the coordinator.
 */
COVENANT_FUNCTION(covenant_split_here);
Datum
covenant_split_here(PG_FUNCTION_ARGS)
{
	int			citus = enter_citus(false);
	Work		work;

	begin_work(&work, fcinfo);
	require_spread(work.split.ledger);
	work.spread = true;
	SPI_connect();
	split_deals(&work, vouched_by(&capture_hook, work.split.ledger));
	SPI_finish();
	leave_citus(citus);
	PG_RETURN_BOOL(true);
}

/*
 * covenant_internal.post_here(ledger): posts what is pending in the session of a
 * node.  A split does that at once: what is to be refused is refused in the
 * statement that asked, not by one node when others have committed.
 */
COVENANT_FUNCTION(covenant_post_here);
Datum
covenant_post_here(PG_FUNCTION_ARGS)
{
	int			citus = enter_citus(false);

	require_owner(PG_GETARG_OID(0), GetUserId());
	require_spread(PG_GETARG_OID(0));
	post_now();
	leave_citus(citus);
	PG_RETURN_BOOL(true);
}

/*
 * covenant_internal.split_on_coordinator(ledger, keys, new, old, day, rounding): and the
 * quotes, which reprice the notes on all nodes.
 */
COVENANT_FUNCTION(covenant_split_on_coordinator);
Datum
covenant_split_on_coordinator(PG_FUNCTION_ARGS)
{
	Work		work;
	ListCell   *cell;

	begin_work(&work, fcinfo);
	require_spread(work.split.ledger);
	SPI_connect();
	foreach(cell, all_quotes(vouched_by(&capture_hook, work.split.ledger)))
		split_quotes(&work, lfirst(cell));
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * covenant_internal.refuse_shared_quotes(ledger, keys): 22023 where quotes are
 * also those of deals that are not split.
 */
COVENANT_FUNCTION(covenant_refuse_shared_quotes);
Datum
covenant_refuse_shared_quotes(PG_FUNCTION_ARGS)
{
	Work		work = {.split = {.ledger = PG_GETARG_OID(0)}, .values = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)}};
	ListCell   *cell;

	SPI_connect();
	foreach(cell, all_quotes(vouched_by(&capture_hook, work.split.ledger)))
		refuse_shared_security(&work, ((const Vouched *) lfirst(cell))->relation);
	SPI_finish();
	PG_RETURN_VOID();
}

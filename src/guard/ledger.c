/*-------------------------------------------------------------------------
 *
 * ledger.c
 *		Writing the books: what goes into which column.
 *
 * A posting becomes one change of its deal's row in the ledger, and rows of the
 * journal and of the positions.  At the end there are two ways: straight to
 * the table access method where the books are ordinary tables (direct.c), by
 * statements where anything about them is unusual (statements.c).
 *
 *-------------------------------------------------------------------------
 */
#include "guard/ledger.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "guard/direct.h"
#include "guard/layout.h"
#include "guard/statements.h"
#include "guard/suits.h"
#include "number/rounding.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* A text that comes again and again, as it goes into a row. */
typedef struct KeptText
{
	const char *of;				/* at the same place: it is the same */
	Datum		text;
} KeptText;

struct Writer
{
	Books	   *books;
	Direct	   *direct;			/* NULL: by statements */
	MemoryContext context;
	MemoryContext row;			/* what a row is made of, until it is written */
	KeptText	kind;			/* of an entry ... */
	KeptText	source;			/* ... and of a line */
	KeptText	rounding;
	Datum		one;			/* what most prices are divided by */
	Datum		user;
	Datum		transaction;
};

/*
 * Opens books to be written.
 */
Writer *
open_writer(Books *books, const char *user)
{
	Writer	   *writer = palloc0(sizeof(Writer));

	writer->books = books;
	writer->context = CurrentMemoryContext;
	writer->direct = writes_directly(books) ? direct_open(books) : NULL;
	writer->row = AllocSetContextCreate(CurrentMemoryContext, "covenant row of the books",
										ALLOCSET_SMALL_SIZES);
	writer->user = CStringGetTextDatum(user);
	writer->one = NumericGetDatum(numeric_from_int128(1));
	writer->transaction = Int64GetDatum((int64) U64FromFullTransactionId(GetTopFullTransactionId()));
	return writer;
}

void
close_writer(Writer *writer)
{
	if (writer->direct != NULL)
		direct_close(writer->direct);
	MemoryContextDelete(writer->row);
}

bool
writes_directly(Books *books)
{
	return direct_posting() && suits_direct(books);
}

bool
is_direct(const Writer *writer)
{
	return writer->direct != NULL;
}

static Datum
sum_datum(const Sum *sum)
{
	if (sum_is_nothing(sum))
		return NumericGetDatum(numeric_zero());
	return NumericGetDatum(sum_numeric(sum));
}

/*
 * A text that lasts as long as the writer.
 */
static Datum
kept_text(Writer *writer, KeptText *kept, const char *of)
{
	if (kept->of != of)
	{
		MemoryContext old = MemoryContextSwitchTo(writer->context);

		if (kept->of != NULL)
			pfree(DatumGetPointer(kept->text));
		kept->of = NULL;		/* should the memory not suffice */
		kept->text = CStringGetTextDatum(of);
		kept->of = of;
		MemoryContextSwitchTo(old);
	}
	return kept->text;
}

/*
 * The sums of a change, in the order of SumColumn; the deal is the caller's.
 */
static void
bind_change(const Change *change, Datum *values)
{
	values[SUM_PRINCIPAL] = sum_datum(&change->principal);
	values[SUM_ANNUAL_INTEREST] = sum_datum(&change->annual_interest);
	values[SUM_MULTIPLE] = sum_datum(&change->multiple);
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		values[SUM_SHARES + i] = Int64GetDatum(change->shares[i]);
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
 * The balances of a row of the ledger.
 */
static void
read_balances(const Datum *row, const bool *nulls, Balances *balances)
{
	memset(balances, 0, sizeof(Balances));
	read_multiple(row[SUM_MULTIPLE], nulls[SUM_MULTIPLE], balances);
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		balances->shares[i] = nulls[SUM_SHARES + i] ? 0 : DatumGetInt64(row[SUM_SHARES + i]);
	balances->counts_authorized = !nulls[SUM_SHARES + AUTHORIZED];
	balances->latest_on = nulls[L_LATEST_ON] ? DATEVAL_NOBEGIN : DatumGetDateADT(row[L_LATEST_ON]);
	balances->on_breach = breach_mode(nulls[L_ON_BREACH] ? NULL : TextDatumGetCString(row[L_ON_BREACH]));
}

/*
 * Adds changes to the row of a deal, which is made where there is none.
 */
static void
change_row(Writer *writer, Bytes deal, const Datum *changes, Datum *row, bool *nulls)
{
	Books	   *books = writer->books;

	if (writer->direct != NULL && direct_update(writer->direct, deal, changes, row, nulls))
		return;
	if (writer->direct == NULL)
	{
		if (statement_update(books, changes, row, nulls))
			return;
		statement_make_row(books, changes[SUM_DEAL]);
		if (statement_update(books, changes, row, nulls))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the books \"%s\" do not take deal \"%s\"", books->ledger_name,
					key_to_cstring(deal, books->key_base)),
			 errhint("A rule, trigger or policy on the books stands in the way; remove it.")));
}

/*
 * Adds a posting to the ledger row of its deal, and reads the row as it is
 * then.  Returns the number of the last entry, having taken as many numbers as
 * the posting has entries.
 */
int64
update_ledger(Writer *writer, Bytes deal, const Posting *posting, Balances *after)
{
	Datum		changes[N_LEDGER_COLUMNS];
	Datum		row[N_LEDGER_COLUMNS];
	bool		nulls[N_LEDGER_COLUMNS];

	changes[SUM_DEAL] = key_to_datum(deal, writer->books->key_base);
	bind_change(&posting->total, changes);
	changes[L_ENTRIES] = Int64GetDatum(posting->nentries);
	changes[L_LATEST_ON] = DateADTGetDatum(posting->last_day);
	change_row(writer, deal, changes, row, nulls);
	if (nulls[L_ENTRIES])
		edited_by_hand("entries");
	read_balances(row, nulls, after);
	return DatumGetInt64(row[L_ENTRIES]);
}

static void
append_row(Writer *writer, bool position, const Datum *values, const bool *nulls)
{
	if (writer->direct != NULL)
		direct_insert(writer->direct, position, values, nulls);
	else
		statement_insert(writer->books, position, values, nulls);
}

static void
append_entry(Writer *writer, Datum deal, const JournalEntry *entry, int64 seq, int64 slack,
			 TimestampTz now)
{
	Datum		values[N_JOURNAL_COLUMNS];
	bool		nulls[N_JOURNAL_COLUMNS] = {false};

	values[SUM_DEAL] = deal;
	bind_change(&entry->change, values);
	values[J_SEQ] = Int64GetDatum(seq);
	values[J_KIND] = kept_text(writer, &writer->kind, entry->kind);
	values[J_SLACK] = Int64GetDatum(slack);
	values[J_EFFECTIVE_ON] = DateADTGetDatum(entry->day);
	values[J_RECORDED_AT] = TimestampTzGetDatum(now);
	values[J_RECORDED_BY] = writer->user;
	values[J_TRANSACTION] = writer->transaction;
	nulls[J_NOTE] = entry->note == NULL;
	values[J_NOTE] = entry->note == NULL ? (Datum) 0 : CStringGetTextDatum(entry->note);
	nulls[J_NEW_SHARES] = nulls[J_OLD_SHARES] = entry->old_shares == 0;
	values[J_NEW_SHARES] = Int32GetDatum(entry->new_shares);
	values[J_OLD_SHARES] = Int32GetDatum(entry->old_shares);
	append_row(writer, false, values, nulls);
}

static Datum
bytes_text(Bytes b)
{
	return PointerGetDatum(cstring_to_text_with_len(b.data, b.len));
}

static void
bind_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	values[column] = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/*
 * What is said of an instrument; of its settings those that are said.
 */
static void
bind_said(Writer *writer, const InstrumentChange *said, Datum *values, bool *nulls)
{
	bool		has_price = (said->sets & SETS_PRICE) != 0;

	values[P_SOURCE] = kept_text(writer, &writer->source, said->source);
	values[P_INSTRUMENT] = bytes_text(said->instrument);
	values[P_PRINCIPAL] = sum_datum(&said->principal);
	values[P_WARRANT_SHARES] = Int64GetDatum(said->warrant_shares);
	nulls[P_HOLDER] = (said->sets & SETS_HOLDER) == 0;
	if (!nulls[P_HOLDER])
		values[P_HOLDER] = bytes_text(said->holder);
	nulls[P_PRICE] = nulls[P_PRICE_DIVISOR] = nulls[P_QUOTED] = !has_price;
	if (has_price)
	{
		values[P_PRICE] = NumericGetDatum(numeric_from_decimal(said->price.value));
		values[P_PRICE_DIVISOR] = said->price.divisor == 1 ? writer->one :
			NumericGetDatum(numeric_from_int128(said->price.divisor));
		values[P_QUOTED] = BoolGetDatum(said->quoted);
	}
	nulls[P_RATE] = (said->sets & SETS_RATE) == 0;
	if (!nulls[P_RATE])
		values[P_RATE] = NumericGetDatum(numeric_from_decimal(said->rate));
	nulls[P_ROUNDING] = !(said->comes && said->is_note);
	if (!nulls[P_ROUNDING])
		values[P_ROUNDING] = kept_text(writer, &writer->rounding, rounding_name(said->rounding));
	bind_text(values, nulls, P_TERMS, (said->sets & SETS_TERMS) ? said->terms : NULL);
	bind_text(values, nulls, P_SECURITY, (said->sets & SETS_TERMS) ? said->security : NULL);
}

/*
 * Appends what the posting says of instruments, numbered within each entry.
 */
static void
append_lines(Writer *writer, Datum deal, const Posting *posting, int64 before, TimestampTz now)
{
	Datum		values[N_POSITION_COLUMNS];
	bool		nulls[N_POSITION_COLUMNS] = {false};
	LineScan	scan;
	const PositionLine *line;

	values[P_DEAL] = deal;
	values[P_RECORDED_AT] = TimestampTzGetDatum(now);
	begin_lines(&scan, posting->source, &posting->places);
	while ((line = next_line(&scan)) != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(writer->row);

		values[P_SEQ] = Int64GetDatum(before + line->entry + 1);
		values[P_LINE] = Int32GetDatum(line->number);
		values[P_EFFECTIVE_ON] = DateADTGetDatum(posting->entries[line->entry].day);
		bind_said(writer, &line->said, values, nulls);
		append_row(writer, true, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(writer->row);
	}
}

/*
 * Appends a posting's entries to the journal, each with the slack that the deal
 * has after it, and its lines to the positions.
 */
void
append_entries(Writer *writer, Bytes deal, const Posting *posting, const Balances *after,
			   int64 last_entry)
{
	Books	   *books = writer->books;
	Balances	running = *after;
	int64		before = last_entry - posting->nentries;
	TimestampTz now = GetCurrentTimestamp();	/* under the lock: in the order of entries */
	Datum		key = key_to_datum(deal, books->key_base);

	balances_add(&running, &posting->total, -1);
	for (int i = 0; i < posting->nentries; i++)
	{
		const JournalEntry *entry = &posting->entries[i];

		balances_add(&running, &entry->change, 1);
		check_range(books, deal, &running);
		append_entry(writer, key, entry, before + i + 1, (int64) slack_of(&running), now);
	}
	append_lines(writer, key, posting, before, now);
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
default_balances(const Books *books, Balances *balances)
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
 * What an act that breaks something gets, of deals that are not told otherwise.
 */
char
default_on_breach(const Books *books)
{
	Balances	balances;

	default_balances(books, &balances);
	return balances.on_breach;
}

/*
 * The balances of a deal as last committed, without a lock.
 */
void
read_ledger(Books *books, Bytes deal, Balances *balances)
{
	Datum		row[N_LEDGER_COLUMNS];
	bool		nulls[N_LEDGER_COLUMNS];

	if (statement_read(books, key_to_datum(deal, books->key_base), row, nulls))
		read_balances(row, nulls, balances);
	else
		default_balances(books, balances);
}

/*-------------------------------------------------------------------------
 *
 * layout.c
 *		The columns of the books: names and types.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/layout.h"

#include "catalog/pg_type.h"

#define SUM_COLUMNS \
	{"deal", InvalidOid}, \
	{"principal", NUMERICOID}, \
	{"annual_interest", NUMERICOID}, \
	{"multiple", NUMERICOID}, \
	{"note_shares", INT8OID}, \
	{"warrant_shares", INT8OID}, \
	{"interest_shares", INT8OID}, \
	{"reserved", INT8OID}, \
	{"authorized", INT8OID}, \
	{"outstanding", INT8OID}, \
	{"other_reserved", INT8OID}, \
	{"minimum", INT8OID}

static const BookColumn ledger_columns[] = {
	SUM_COLUMNS,
	{"entries", INT8OID},
	{"latest_on", DATEOID},
	{"on_breach", TEXTOID},
};

static const BookColumn journal_columns[] = {
	SUM_COLUMNS,
	{"seq", INT8OID},
	{"kind", TEXTOID},
	{"slack", INT8OID},
	{"effective_on", DATEOID},
	{"recorded_at", TIMESTAMPTZOID},
	{"recorded_by", TEXTOID},
	{"transaction", INT8OID},
	{"note", TEXTOID},
	{"new_shares", INT4OID},
	{"old_shares", INT4OID},
};

static const BookColumn position_columns[] = {
	{"deal", InvalidOid},
	{"seq", INT8OID},
	{"line", INT4OID},
	{"source", TEXTOID},
	{"instrument", TEXTOID},
	{"holder", TEXTOID},
	{"principal", NUMERICOID},
	{"price", NUMERICOID},
	{"price_divisor", NUMERICOID},
	{"rate", NUMERICOID},
	{"rounding", TEXTOID},
	{"terms", TEXTOID},
	{"security", TEXTOID},
	{"quoted", BOOLOID},
	{"warrant_shares", INT8OID},
	{"effective_on", DATEOID},
	{"recorded_at", TIMESTAMPTZOID},
};

StaticAssertDecl(lengthof(ledger_columns) == N_LEDGER_COLUMNS, "columns of the ledger");
StaticAssertDecl(lengthof(journal_columns) == N_JOURNAL_COLUMNS, "columns of the journal");
StaticAssertDecl(lengthof(position_columns) == N_POSITION_COLUMNS, "columns of positions");
StaticAssertDecl(N_JOURNAL_COLUMNS <= MAX_BOOK_COLUMNS, "columns of a table of the books");

const BookLayout ledger_layout = {N_LEDGER_COLUMNS, ledger_columns};
const BookLayout journal_layout = {N_JOURNAL_COLUMNS, journal_columns};
const BookLayout position_layout = {N_POSITION_COLUMNS, position_columns};

/*-------------------------------------------------------------------------
 *
 * layout.h
 *		The columns of the books, in the order in which they are bound.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LAYOUT_H
#define COVENANT_LAYOUT_H

#include "compat.h"
#include "guard/change.h"

/* What ledger and journal begin with: the deal and its sums. */
enum SumColumn
{
	SUM_DEAL,
	SUM_PRINCIPAL,
	SUM_ANNUAL_INTEREST,
	SUM_MULTIPLE,
	SUM_SHARES,					/* N_SHARE_COUNTS of them */
	N_SUM_COLUMNS = SUM_SHARES + N_SHARE_COUNTS
};

enum LedgerColumn
{
	L_ENTRIES = N_SUM_COLUMNS,
	L_LATEST_ON,
	L_ON_BREACH,
	N_LEDGER_COLUMNS
};

enum JournalColumn
{
	J_SEQ = N_SUM_COLUMNS,
	J_KIND,
	J_SLACK,
	J_EFFECTIVE_ON,
	J_RECORDED_AT,
	J_RECORDED_BY,
	J_TRANSACTION,
	J_NOTE,
	J_NEW_SHARES,
	J_OLD_SHARES,
	N_JOURNAL_COLUMNS
};

enum PositionColumn
{
	P_DEAL,
	P_SEQ,
	P_LINE,
	P_SOURCE,
	P_INSTRUMENT,
	P_HOLDER,
	P_PRINCIPAL,
	P_PRICE,
	P_PRICE_DIVISOR,
	P_RATE,
	P_ROUNDING,
	P_TERMS,
	P_SECURITY,
	P_QUOTED,
	P_WARRANT_SHARES,
	P_EFFECTIVE_ON,
	P_RECORDED_AT,
	N_POSITION_COLUMNS
};

#define MAX_BOOK_COLUMNS	32

typedef struct BookColumn
{
	const char *name;
	Oid			type;			/* InvalidOid: the key's */
} BookColumn;

/* A table of the books, as it should be. */
typedef struct BookLayout
{
	int			ncolumns;
	const BookColumn *columns;
} BookLayout;

extern const BookLayout ledger_layout;
extern const BookLayout journal_layout;
extern const BookLayout position_layout;

#endif							/* COVENANT_LAYOUT_H */

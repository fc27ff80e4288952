/*-------------------------------------------------------------------------
 *
 * watch.h
 *		What a trigger's arguments say about the table it hangs on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_WATCH_H
#define COVENANT_WATCH_H

#include "compat.h"
#include "guard/books.h"
#include "guard/vouch.h"
#include "executor/tuptable.h"
#include "number/rounding.h"

typedef enum TableKind
{
	DEALS_TABLE,
	NOTES_TABLE,
	WARRANTS_TABLE,
	CAPITAL_TABLE				/* of companies; what is a deal elsewhere is a company here */
} TableKind;

/* The columns that may be watched; their words in watch.c, column_words. */
typedef enum ColumnRole
{
	COL_DEAL,
	COL_HOLDER,
	COL_ONLY_WHEN,
	COL_PRINCIPAL,
	COL_PRICE,
	COL_RATE,
	COL_SECURITY,				/* where quotes reprice the notes */
	COL_TERMS,
	COL_SHARES,
	COL_RESERVED,
	COL_AUTHORIZED,
	COL_OUTSTANDING,
	COL_OTHER_RESERVED,
	COL_MULTIPLE,
	COL_MINIMUM,
	COL_COMPANY,				/* of a deal: whose shares it is about */
	N_COLUMN_ROLES
} ColumnRole;

/* How a column's value is read. */
typedef enum ColumnType
{
	TYPE_INT2,
	TYPE_INT4,
	TYPE_INT8,					/* also covenant.shares */
	TYPE_NUMERIC,
	TYPE_SHARE_PRICE,
	TYPE_OTHER
} ColumnType;

typedef struct Column
{
	const char *name;			/* NULL: not watched */
	AttrNumber	attno;
	Oid			base;			/* type underneath a domain */
	ColumnType	type;
} Column;

typedef struct Watch
{
	TableKind	kind;
	Oid			relation;
	Books	   *books;
	Rounding	rounding;
	const char *source;			/* what positions call the table */
	bool		rewritten;		/* past its triggers; see refuse_rewritten */
	Column		columns[N_COLUMN_ROLES];
	int			nkeys;			/* the columns that identify an instrument */
	Column		keys[INDEX_MAX_KEYS];
} Watch;

extern void open_watch(Watch *watch, Relation relation, const Trigger *trigger);
extern Relation open_named(Oid relid);
extern void open_watch_of(Watch *watch, Relation relation);
extern ColumnType column_type(Oid base);
extern void bind_columns(Watch *watch, TupleDesc desc);
extern bool same_value(const Column *column, TupleTableSlot *old, TupleTableSlot *new);
extern const Trigger *covenant_trigger(Relation relation);
extern void refuse_rewritten(Relation relation, const Trigger *trigger);

#endif							/* COVENANT_WATCH_H */

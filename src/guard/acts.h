/*-------------------------------------------------------------------------
 *
 * acts.h
 *		A user's own table of acts: what the agreement forbids is refused at
 *		COMMIT, or recorded as a breach.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ACTS_H
#define COVENANT_ACTS_H

#include "compat.h"
#include "guard/hook.h"

typedef enum ActType
{
	ACT_DEAL,					/* of the type of the books' deals */
	ACT_DAY,
	ACT_PRICE,
	ACT_TEXT,
	ACT_NAME					/* of any type that a key may have */
} ActType;

/* A column; the first one is the deal. */
typedef struct ActColumn
{
	const char *word;			/* among the trigger's arguments */
	const char *called;			/* in messages */
	ActType		type;
	bool		optional;		/* a table need not have it */
	bool		nullable;		/* a row may lack it */
} ActColumn;

/* What is judged, and the columns that bear on it. */
typedef struct ActRule
{
	const char *constraint;
	unsigned	columns;		/* bit by bit */
} ActRule;

#define MOST_ACT_COLUMNS	10

/*
 * A kind of acts.  Both statements have $1 the ledger, $2 the deal as text, $3
 * and on the other columns, and the constraint; `judge` gives message, detail
 * and hint, or no row, `record` has the message and why it was let through
 * besides.
 */
typedef struct ActKind
{
	Hook		hook;
	const char *act;			/* "an offering" */
	const char *acts;			/* "offerings" */
	const char *watched_by;		/* "covenant.watch_offerings" */
	int			ncolumns;
	const ActColumn *columns;
	int			nrules;
	const ActRule *rules;
	const char *judge;
	const char *record;
} ActKind;

extern const HookShape act_shapes[];

extern Datum judge_act(const ActKind *kind, FunctionCallInfo fcinfo);
extern Datum put_act_tables(const ActKind *kind, FunctionCallInfo fcinfo);

#endif							/* COVENANT_ACTS_H */

/*-------------------------------------------------------------------------
 *
 * reading.h
 *		Rows of a query, taken as they come.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_READING_H
#define COVENANT_READING_H

#include "compat.h"
#include "executor/spi.h"

/* The columns of one row, from 1, while it is taken. */
typedef struct RowRead
{
	const Datum *values;		/* of column 1 is values[0] */
	const bool *nulls;
	TupleDesc	desc;
} RowRead;

typedef void (*TakeRow) (const RowRead *row, void *arg);

extern SPIPlanPtr prepare_reading(const char *query, int n, Oid *types);
extern SPIPlanPtr kept_plan(const char *query, int n, Oid *types);
extern void read_plan(SPIPlanPtr plan, Datum *values, TakeRow take, void *arg);
extern Datum read_value(const RowRead *row, int column);

static inline bool
read_null(const RowRead *row, int column)
{
	return row->nulls[column - 1];
}

#endif							/* COVENANT_READING_H */

/*-------------------------------------------------------------------------
 *
 * reprice.h
 *		What one firing of the trigger on quotes works on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_REPRICE_H
#define COVENANT_REPRICE_H

#include "guard/quotes.h"
#include "guard/requote.h"
#include "number/share_price.h"

/* A security of which quotes moved. */
typedef struct Moved
{
	Datum		security;
	const char *text;
	DateADT		first_day;
	bool		in_order;		/* all later than the quotes that were there */
} Moved;

/* All that one firing of the trigger works on. */
typedef struct Repricing
{
	const Quotes *quotes;
	MemoryContext context;
	int			nmoved;
	Moved	   *moved;
	Requote		requote;
	int			size;			/* of requote.series */
	Datum	   *securities;		/* of each series: security, terms ... */
	Datum	   *terms;
	SharePrice *last;			/* ... and the prices it came to */
	SharePrice *low;
	SharePrice *high;
} Repricing;

extern void reprice_run(SPIPlanPtr plan, Datum *values, const char *nulls, int expected);
extern SPIPlanPtr reprice_prepare(const char *query, int n, Oid *types);
extern Datum result_value(uint64 row, int column, Datum null);
extern Datum copied_value(uint64 row, int column);
extern void read_record(Repricing *r, Datum deals);

#endif							/* COVENANT_REPRICE_H */

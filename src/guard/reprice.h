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

/* All that one firing of the trigger works on. */
typedef struct Repricing
{
	const Quotes *quotes;
	MemoryContext context;
	Requote		requote;
	int			size;			/* of requote.series */
	Datum	   *securities;		/* of each series: security, terms ... */
	Datum	   *terms;
	SharePrice *last;			/* ... and the prices it came to */
	SharePrice *low;
	SharePrice *high;
} Repricing;

static inline Price
price_of_share_price(const SharePrice *price)
{
	return (Price) {{.value = price->num}, price->den};
}

static inline bool
share_price_of_price(const Price *price, SharePrice *result)
{
	return share_price_from_quotient(numeric_from_decimal(price->value), numeric_from_int128(price->divisor), result);
}

/* reprice.c */
extern void begin_series(Repricing *r);
extern void add_series(Repricing *r, SPIPlanPtr plan, const Moved *m, Datum terms, const char *text);
extern void make_series(Repricing *r);
extern Datum text_array(const Repricing *r);
extern Datum security_array(const Repricing *r);
extern void update_repriced(Repricing *r, SPIPlanPtr plan, Datum *values);

/* reprice_nodes.c */
extern void reprice_on_nodes(Repricing *r);

/* record.c */
extern void reprice_run(SPIPlanPtr plan, Datum *values, const char *nulls, int expected);
extern SPIPlanPtr reprice_prepare(const char *query, int n, Oid *types);
extern Datum result_value(uint64 row, int column, Datum null);
extern Datum copied_value(uint64 row, int column);
extern void read_record(Repricing *r, Datum deals);
extern void read_record_of(Repricing *r, Bytes deal, bool on_record);

#endif							/* COVENANT_REPRICE_H */

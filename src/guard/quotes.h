/*-------------------------------------------------------------------------
 *
 * quotes.h
 *		A table of quotes, the notes that it reprices, and what is asked of
 *		them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_QUOTES_H
#define COVENANT_QUOTES_H

#include "guard/watch.h"

#include "commands/trigger.h"

/* Names for the query, quoted; of columns, unless said otherwise. */
typedef struct Quotes
{
	Relation	relation;
	Oid			notes;			/* the table of notes */
	Oid			notes_owner;
	char	   *quotes_table;	/* qualified */
	char	   *notes_table;	/* qualified */
	char	   *security;
	char	   *day;
	char	   *price;
	char	   *notes_security;
	char	   *terms;
	char	   *notes_price;
	char	   *notes_price_type;
	char	   *notes_deal;
	char	   *notes_key;		/* the expression of a note's key as text ... */
	int			nkeys;			/* ... and the columns of it, but for the deal */
	const char *keys[INDEX_MAX_KEYS];
	Oid			key_types[INDEX_MAX_KEYS];
	char	   *positions;		/* qualified */
	char	   *journal;		/* qualified */
	const char *source;			/* what positions call the notes */
	Books	   *books;
	Oid			quotes_oid;		/* of the whole table */
	Oid			security_type;
	Oid			terms_type;
	Oid			share_price_type;
	bool		has_old;		/* changed quotes: from which rows */
	bool		has_new;
	bool		by_row;
} Quotes;

extern const Hook reprice_hook;

extern void open_quotes(Quotes *quotes, const TriggerData *trigger);
extern void open_repriced(Quotes *quotes, Oid notes);
extern char *changes_query(const Quotes *q);
extern char *terms_query(const Quotes *q);
extern char *series_query(const Quotes *q);
extern char *deals_query(const Quotes *q);
extern char *record_query(const Quotes *q);
extern char *record_of_deal_query(const Quotes *q);
extern char *update_query(const Quotes *q);
extern char *update_recorded_query(const Quotes *q);

#endif							/* COVENANT_QUOTES_H */

/*-------------------------------------------------------------------------
 *
 * entry.h
 *		An event on its way into the books, and what it is held against.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ENTRY_H
#define COVENANT_ENTRY_H

#include "guard/books.h"

#include "access/htup.h"
#include "datatype/timestamp.h"
#include "utils/numeric.h"
#include "utils/rel.h"

/* What a ref is, by its spelling. */
typedef enum RefKind
{
	REF_NONE,
	REF_EVENT,					/* the number of an event */
	REF_MONTH_END,				/* the last day of a month */
	REF_SHORTFALL				/* the first day of a shortfall */
} RefKind;

/* The row as it is to be inserted; text and numbers are NULL where it has none. */
typedef struct EventEntry
{
	const char *kind;
	const char *section;
	const char *holder;
	const char *subject;
	const char *ref;
	const char *choice;
	const char *counterparty;
	DateADT		occurred_on;
	DateADT		from_day;		/* of from_day and to_day, where there is one */
	DateADT		to_day;
	bool		has_from;
	bool		has_to;
	Numeric		amount;
	Numeric		price;
	int64		shares;
	bool		has_shares;

	/* what the ref says, and what it is tied to */
	RefKind		ref_kind;
	int64		ref_event;
	DateADT		ref_day;
	const char *tied_to;		/* an event's kind, month_end or shortfall */
	const char *tied_section;	/* of a breach */
	DateADT		tied_on;
} EventEntry;

/* What an entry needs to know of a clause. */
typedef struct EntryClause
{
	const char *duty;
	const char *section;
	const char *starts_on;
	const char *ends_on;
	const char *elector;		/* NULL: there is no choice */
	bool		timed;			/* there is a day by which it is due */
	bool		by_buyers;
	bool		is_own;			/* the deal's own, not every deal's */
	bool		has_from;
	DateADT		from_day;
	TimestampTz recorded_at;
	int64		clause_id;
} EntryClause;

/* The books into which it goes, and the clauses of its deal, old and new. */
typedef struct EntryBooks
{
	Books	   *books;
	Oid			events;
	Datum		deal;
	EntryClause *clauses;
	int			nclauses;
} EntryBooks;

extern bool read_entry(EventEntry *entry, EntryBooks *books, HeapTuple row, Relation events);
extern void read_clauses(EntryBooks *books);
extern bool read_tied_event(EventEntry *entry, const EntryBooks *books);
extern bool is_buyer(const EntryBooks *books, const char *holder);
extern char *only_holder(const EntryBooks *books);
extern bool short_at_once(const EntryBooks *books);

#endif							/* COVENANT_ENTRY_H */

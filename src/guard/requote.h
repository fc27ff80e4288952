/*-------------------------------------------------------------------------
 *
 * requote.h
 *		What quotes say of one note, day by day.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_REQUOTE_H
#define COVENANT_REQUOTE_H

#include "compat.h"
#include "guard/capture.h"

/* A security of which quotes moved. */
typedef struct Moved
{
	Datum		security;
	const char *text;
	DateADT		first_day;
	bool		in_order;		/* all later than the quotes that were there */
} Moved;

/* The prices that its quotes make under one set of terms; none: too few quotes. */
typedef struct Series
{
	const char *security;
	const char *terms;
	bool		in_order;		/* as Moved */
	int			n;
	DateADT    *days;			/* ascending */
	Price	   *prices;
} Series;

/* A setting of a note that is on record. */
typedef struct Setting
{
	DateADT		day;
	bool		has_price;
	bool		quoted;			/* a quote made the price */
	Price		price;
	const char *security;		/* NULL: terms unchanged */
	const char *terms;
} Setting;

/* A note of which something is on record after the first day that moved. */
typedef struct RecordedNote
{
	Bytes		deal;
	const char *source;
	Bytes		instrument;
	DateADT		first_day;		/* of the note */
	DateADT		begin_day;		/* of the deal's books */
	DateADT		end_day;		/* from which it has no principal; DATEVAL_NOEND */
	int			n;
	Setting    *settings;		/* by day, then as they were recorded */
	bool		done;
} RecordedNote;

typedef struct Requote
{
	DateADT		first_day;		/* the first that moved */
	DateADT		not_before;		/* of a split: before it nothing does */
	int			nmoved;
	Moved	   *moved;			/* by their texts */
	int			nseries;
	Series	   *series;			/* by security and terms */
	int			nnotes;
	RecordedNote *notes;		/* by source, key and deal */
	Oid			ledger;
} Requote;

extern void sort_requote(Requote *requote);
extern const Moved *find_moved(const Requote *requote, const char *text);
extern Series *find_series(const Requote *requote, const char *security, const char *terms);
extern RecordedNote *find_recorded(const Requote *requote, const RecordedNote *key);
extern void requote_row(const Watch *watch, const Row *old, const Row *new, void *arg);
extern bool final_price(const Requote *requote, const RecordedNote *note, Price *price);
extern void requote_gone(const Requote *requote, RecordedNote *note);

#endif							/* COVENANT_REQUOTE_H */

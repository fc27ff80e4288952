/*-------------------------------------------------------------------------
 *
 * lines.h
 *		What a transaction says of an instrument, as lines under entries.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LINES_H
#define COVENANT_LINES_H

#include "compat.h"
#include "guard/sorted.h"

/* The changes of a deal by day and kind, which pairing rows moves about. */
typedef struct EntryList
{
	Entry	   *entries;
	int			n;
} EntryList;

/* An entry's place in the journal: by day, then by kind. */
typedef struct EntryPlace
{
	DateADT		day;
	ChangeKind	kind;
} EntryPlace;

/* The entries that a transaction makes for a deal. */
typedef struct Places
{
	EntryPlace *places;
	int			n;
	bool		price_is_act;	/* what prices do is judged, and journaled, as act */
} Places;

/* A row of positions to be, under one of the entries of the journal. */
typedef struct PositionLine
{
	int			entry;			/* index of the entry ... */
	int			number;			/* ... and of the line, from 1 */
	InstrumentChange said;		/* what of it is under this entry */
} PositionLine;

extern int	settle_rows(InstrumentChange *said, int n, EntryList *entries);

extern int	place_cmp(const void *left, const void *right);
extern ChangeKind journal_kind(const Places *places, ChangeKind kind);
extern int	place_of(const Places *places, DateADT day, ChangeKind kind);
extern void order_settings(const Places *places, InstrumentChange *said, int n);

/* Goes through the lines under the entries. */
typedef struct LineScan
{
	SaidSource *source;
	const Places *places;
	int		   *numbers;		/* of each entry's last line ... */
	int		   *places_in_lines;	/* ... and where among these it was */
	PositionLine *lines;		/* of one instrument */
	int			nlines;
	int			size;
	int			next;
} LineScan;

extern void begin_lines(LineScan *scan, SaidSource *source, const Places *places);
extern const PositionLine *next_line(LineScan *scan);

#endif							/* COVENANT_LINES_H */

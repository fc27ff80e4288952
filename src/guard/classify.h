/*-------------------------------------------------------------------------
 *
 * classify.h
 *		What of a transaction's changes to a deal is act and what is fact.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CLASSIFY_H
#define COVENANT_CLASSIFY_H

#include "compat.h"
#include "guard/pending.h"

/* A row of the journal to be. */
typedef struct JournalRow
{
	int			entry;			/* 1, 2, ... within this posting */
	const char *kind;
	Bytes		holder;
	DateADT		day;
	Change		change;
} JournalRow;

typedef struct Posting
{
	Change		total;
	Change		acts;			/* what is judged */
	Change		issued;			/* issued out of the reserve: a fact */
	bool		price_is_act;
	const char *override;		/* reason why acts are facts here, or NULL */
	JournalRow *rows;
	int			nrows;
	int			nentries;
} Posting;

extern void classify(Posting *posting, Entry **entries, int n, const char *override);

#endif							/* COVENANT_CLASSIFY_H */

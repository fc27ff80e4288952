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

/* An entry of the journal to be: what changed on one day, of one kind. */
typedef struct JournalEntry
{
	const char *kind;
	DateADT		day;
	Change		change;
	const char *note;			/* the reason of an override or a correction */
	int32		new_shares;		/* of a split; 0: none */
	int32		old_shares;
} JournalEntry;

/* A row of positions to be, under one of the entries. */
typedef struct PositionLine
{
	int			entry;			/* index of the journal's entry */
	InstrumentChange said;		/* what of it is under this entry */
} PositionLine;

typedef struct Posting
{
	Change		total;
	Change		acts;			/* what is judged */
	Change		issued;			/* issued out of the reserve: a fact */
	int64		covered;		/* so many of these the acts explain */
	int64		reduction;		/* shares of the reserve that are not issued ... */
	DateADT		reduced_on;		/* ... and the day on which it begins to fall */
	bool		price_is_act;
	const char *override;		/* reason why acts are facts here, or NULL */
	DateADT		first_day;		/* of the entries */
	DateADT		last_day;
	JournalEntry *entries;
	int			nentries;
	PositionLine *lines;
	int			nlines;
} Posting;

extern const char *kind_word(ChangeKind kind);
extern void classify(Posting *posting, PendingDeal *deal, const char *override, bool consents);

#endif							/* COVENANT_CLASSIFY_H */

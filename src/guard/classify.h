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
#include "guard/lines.h"

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

typedef struct Posting
{
	Change		total;
	Change		acts;			/* what is judged */
	Change		issued;			/* issued out of the reserve: a fact */
	int64		covered;		/* so many of these the acts explain */
	int64		reduction;		/* shares of the reserve that are not issued ... */
	DateADT		reduced_on;		/* ... and the day on which it begins to fall */
	const char *override;		/* reason why acts are facts here, or NULL */
	DateADT		first_day;		/* of the entries */
	DateADT		last_day;
	JournalEntry *entries;
	int			nentries;
	Places		places;			/* of the entries */
	SaidSource *source;			/* what is said of instruments */
} Posting;

extern const char *kind_word(ChangeKind kind);
extern void classify(Posting *posting, PendingDeal *deal, SortedSaid *sorted, const char *override,
					 bool consents);

#endif							/* COVENANT_CLASSIFY_H */

/*-------------------------------------------------------------------------
 *
 * capture.h
 *		Whole tables as changes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CAPTURE_H
#define COVENANT_CAPTURE_H

#include "guard/pending.h"
#include "guard/row.h"
#include "guard/watch.h"

/* A split of the shares behind deals: new for old, from a day on. */
typedef struct Split
{
	Oid			ledger;
	DateADT		day;
	int32		new_shares;
	int32		old_shares;
} Split;

extern void capture_split(const Split *split);
extern DateADT capture_split_day(void);

/* What is called for each note that quotes reprice. */
typedef void (*RepricedNote) (const Watch *watch, const Row *old, const Row *new, void *arg);
extern void capture_repricing(RepricedNote note, void *arg);

extern void capture_row(const Watch *watch, const Row *row, ChangeKind kind, int sign);
extern void say_terms_of_row(const Watch *watch, const Row *row);

/* sweep.c */
extern void capture_truncate(Watch *watch, Relation relation);
extern void sweep_table(Watch *watch, Relation relation, ChangeKind kind, int sign);

#endif							/* COVENANT_CAPTURE_H */

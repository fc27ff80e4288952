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

extern void capture_begin(DateADT day, Oid fact_ledger);
extern void capture_end(void);

/* What is called for each note that quotes reprice. */
typedef void (*RepricedNote) (const Watch *watch, const Row *old, const Row *new, void *arg);
extern void capture_repricing(RepricedNote note, void *arg);

extern void sweep_table(Watch *watch, Relation relation, ChangeKind kind, int sign);

#endif							/* COVENANT_CAPTURE_H */

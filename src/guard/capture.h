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
#include "guard/watch.h"

extern void capture_begin(DateADT day, Oid fact_ledger);
extern void capture_end(void);
extern void sweep_table(Watch *watch, Relation relation, ChangeKind kind, int sign);

#endif							/* COVENANT_CAPTURE_H */

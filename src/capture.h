/*-------------------------------------------------------------------------
 *
 * capture.h
 *		Whole tables as changes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CAPTURE_H
#define COVENANT_CAPTURE_H

#include "watch.h"

extern void sweep_table(Watch *watch, Relation relation, ChangeKind kind, int sign);

#endif							/* COVENANT_CAPTURE_H */

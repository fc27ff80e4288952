/*-------------------------------------------------------------------------
 *
 * proceeds.h
 *		Use of Proceeds (Section 4(d)).
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_PROCEEDS_H
#define COVENANT_PROCEEDS_H

#include "agreement/entry.h"
#include "agreement/walk.h"

extern void find_misuses(const Walk *walk);
extern void check_proceeds(const EventEntry *entry);

#endif							/* COVENANT_PROCEEDS_H */

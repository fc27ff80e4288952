/*-------------------------------------------------------------------------
 *
 * entry_ties.h
 *		What an event says of others: holders, clocks, clauses.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ENTRY_TIES_H
#define COVENANT_ENTRY_TIES_H

#include "agreement/entry.h"

extern void check_holder(const EventEntry *entry, const EntryBooks *books);
extern void check_tie(EventEntry *entry, const EntryBooks *books);
extern void check_section(const EventEntry *entry, const EntryBooks *books);

#endif							/* COVENANT_ENTRY_TIES_H */

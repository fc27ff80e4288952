/*-------------------------------------------------------------------------
 *
 * entry_words.h
 *		What can be said of an event by itself.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ENTRY_WORDS_H
#define COVENANT_ENTRY_WORDS_H

#include "agreement/entry.h"

extern void check_kind(const EventEntry *entry, const EntryBooks *books);
extern void check_days(const EventEntry *entry);
extern void check_texts(const EventEntry *entry);
extern void check_amounts(EventEntry *entry);
extern void check_offering(const EventEntry *entry);
extern void read_ref(EventEntry *entry);

#endif							/* COVENANT_ENTRY_WORDS_H */

/*-------------------------------------------------------------------------
 *
 * known_watch.h
 *		What a backend remembers of watched tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_KNOWN_WATCH_H
#define COVENANT_KNOWN_WATCH_H

#include "compat.h"
#include "guard/watch.h"

extern void define_known_watches(void);
extern const Watch *known_watch(Relation relation, const Trigger *trigger);
extern const Watch *learn_watch(Relation relation, const Trigger *trigger);

#endif							/* COVENANT_KNOWN_WATCH_H */

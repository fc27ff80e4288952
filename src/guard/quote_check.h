/*-------------------------------------------------------------------------
 *
 * quote_check.h
 *		What cannot be a quote, and who must see all of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_QUOTE_CHECK_H
#define COVENANT_QUOTE_CHECK_H

#include "compat.h"
#include "commands/trigger.h"
#include "utils/rel.h"

extern void require_membership(Oid quotes, Oid notes, Oid notes_owner);
extern void require_readable(Oid quotes, Oid notes);
extern void check_new_quotes(const TriggerData *trigger);

#endif							/* COVENANT_QUOTE_CHECK_H */

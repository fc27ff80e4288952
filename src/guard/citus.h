/*-------------------------------------------------------------------------
 *
 * citus.h
 *		What the Citus extension asks of a trigger, and of a transaction that
 *		posts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CITUS_H
#define COVENANT_CITUS_H

#include "compat.h"

#include "commands/trigger.h"

extern bool citus_is_loaded(void);
extern bool is_spread(Oid relation);
extern void require_spread(Oid ledger);
extern bool is_spread_by_deal(Oid relation);
extern Oid logical_table(Oid relation);
extern bool is_shard_trigger(const Trigger *trigger);
extern void check_spread(const TriggerData *trigger, const char *why);
extern int	enter_citus(bool preparing);
extern void leave_citus(int guc_level);
extern void rethrow_for_citus(int guc_level, bool preparing) pg_attribute_noreturn();

#endif							/* COVENANT_CITUS_H */

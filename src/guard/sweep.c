/*-------------------------------------------------------------------------
 *
 * sweep.c
 *		Captures a whole table, row by row: when it comes under watch or leaves
 *		it, and when it is truncated.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/capture.h"

#include "access/relation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "guard/citus.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Rows that a sweep fetches at a time. */
#define SWEEP_BATCH 1000

/*
 * SELECT of the watched columns, under their own names.
 */
static char *
sweep_query(const Watch *watch, Relation relation, bool only)
{
	StringInfoData query;
	const char *separator = "SELECT ";

	initStringInfo(&query);
	for (int i = 0; i < N_COLUMN_ROLES + watch->nkeys; i++)
	{
		const char *name = i < N_COLUMN_ROLES ? watch->columns[i].name :
			watch->keys[i - N_COLUMN_ROLES].name;

		if (name == NULL)
			continue;
		appendStringInfo(&query, "%s%s", separator, quote_identifier(name));
		separator = ", ";
	}
	appendStringInfo(&query, " FROM %s%s",
					 only ? "ONLY " : "",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
												RelationGetRelationName(relation)));
	return query.data;
}

/*
 * Runs the query of a sweep and captures every row: it came (1), it went (-1),
 * or only its terms are entered (0).
 */
static void
sweep_rows(Watch *watch, const char *query, ChangeKind kind, int sign)
{
	Portal		portal;
	TupleTableSlot *slot = NULL;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "covenant row",
												  ALLOCSET_SMALL_SIZES);

	portal = SPI_cursor_open_with_args(NULL, query, 0, NULL, NULL, NULL, true, 0);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, SWEEP_BATCH);
		if (SPI_processed == 0)
			break;
		if (slot == NULL)
		{
			bind_columns(watch, SPI_tuptable->tupdesc);
			slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(SPI_tuptable->tupdesc),
											&TTSOpsHeapTuple);
		}
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			MemoryContext caller = MemoryContextSwitchTo(per_row);
			Row			row;

			ExecStoreHeapTuple(SPI_tuptable->vals[i], slot, false);
			read_row(watch, slot, sign < 0, &row);
			if (row.counts && sign == 0)
				say_terms_of_row(watch, &row);
			else if (row.counts)
				capture_row(watch, &row, kind, sign);
			ExecClearTuple(slot);
			MemoryContextSwitchTo(caller);
			MemoryContextReset(per_row);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
}

/*
 * Captures a whole table as it is now, whatever snapshot the transaction has:
 * under REPEATABLE READ its own would miss rows.  Runs as the table's owner,
 * with row security off, since the sum is over all rows.  Tables that inherit
 * are swept each for itself, partitions with the whole.
 */
void
sweep_table(Watch *watch, Relation relation, ChangeKind kind, int sign)
{
	Caller		caller;
	bool		only = relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE;

	act_as(relation->rd_rel->relowner, &caller);
	SPI_connect();
	if (sign == 0 && is_spread(RelationGetRelid(relation)))
		only = false;			/* else none of the nodes' */
	PushActiveSnapshot(GetLatestSnapshot());
	sweep_rows(watch, sweep_query(watch, relation, only), kind, sign);
	PopActiveSnapshot();
	SPI_finish();
	act_as_caller(&caller);
}

/*
 * Has a relation a TRUNCATE trigger of covenant of its own?
 */
static bool
watches_truncate(Relation relation)
{
	const Trigger *first = covenant_trigger(relation);
	TriggerDesc *triggers = relation->trigdesc;

	for (int i = 0; first != NULL && i < triggers->numtriggers; i++)
	{
		if (triggers->triggers[i].tgfoid == first->tgfoid &&
			TRIGGER_FOR_TRUNCATE(triggers->triggers[i].tgtype))
			return true;
	}
	return false;
}

/*
 * TRUNCATE: the rows go, as an act.  A partitioned table speaks for those of
 * its partitions that were made later and have no trigger of their own.  A
 * partition that was detached keeps this trigger alone; its rows do not count.
 */
void
capture_truncate(Watch *watch, Relation relation)
{
	const Trigger *trigger = covenant_trigger(relation);
	List	   *partitions;
	ListCell   *cell;

	if (trigger == NULL)
		return;
	refuse_rewritten(relation, trigger);
	if (relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
	{
		sweep_table(watch, relation, CHANGE_ACT, -1);
		return;
	}
	partitions = find_all_inheritors(RelationGetRelid(relation), NoLock, NULL);
	foreach(cell, partitions)
	{
		Relation	partition = relation_open(lfirst_oid(cell), NoLock);

		if (partition->rd_rel->relkind == RELKIND_RELATION && !watches_truncate(partition))
		{
			watch->relation = RelationGetRelid(partition);
			sweep_table(watch, partition, CHANGE_ACT, -1);
		}
		relation_close(partition, NoLock);
	}
}

/*
 * covenant_internal.say_terms(relation): enters the terms of all notes of a
 * table that quotes begin to reprice.
 */
COVENANT_FUNCTION(covenant_say_terms);
Datum
covenant_say_terms(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	Relation	relation;
	Watch		watch;

	require_owner(relid, GetUserId());
	relation = relation_open(relid, AccessShareLock);
	open_watch_of(&watch, relation);
	sweep_table(&watch, relation, CHANGE_OPENING, 0);
	relation_close(relation, NoLock);
	PG_RETURN_VOID();
}

/*-------------------------------------------------------------------------
 *
 * opening.c
 *		A table comes under watch, and leaves it.
 *
 * What it holds then is booked as a fact, so that is done here, in one piece
 * with the triggers: nothing that SQL can call by itself writes such entries.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/capture.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/rel.h"

/*
 * Books the opening (+1) or closing (-1) entries of a table and of those that
 * inherit from it; a partitioned table's sum has it all.
 */
static void
book_tables(Oid relid, int sign)
{
	Relation	whole = relation_open(relid, NoLock);
	List	   *members = whole->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ? list_make1_oid(relid) :
		find_all_inheritors(relid, AccessShareLock, NULL);
	ListCell   *cell;

	relation_close(whole, NoLock);
	foreach(cell, members)
	{
		Relation	member = relation_open(lfirst_oid(cell), AccessShareLock);
		Watch		watch;

		open_watch_of(&watch, member);
		sweep_table(&watch, member, sign > 0 ? CHANGE_OPENING : CHANGE_CLOSING, sign);
		relation_close(member, NoLock);
	}
}

/*
 * Locks a table of the caller's, so that what is found out of it stays true.
 */
static void
lock_own_table(Oid relid)
{
	require_owner(relid, GetUserId());
	LockRelationOid(relid, ShareRowExclusiveLock);
	require_owner(relid, GetUserId());
}

static bool
is_watched(Oid relid)
{
	Relation	relation = relation_open(relid, NoLock);
	bool		watched = covenant_trigger(relation) != NULL;

	relation_close(relation, NoLock);
	return watched;
}

static void
call(const char *query, FunctionCallInfo fcinfo, int nargs, Oid *types)
{
	Datum		values[4];
	char		nulls[5] = "    ";

	for (int i = 0; i < nargs; i++)
	{
		values[i] = fcinfo->args[i].value;
		if (fcinfo->args[i].isnull)
			nulls[i] = 'n';
	}
	SPI_connect();
	if (SPI_execute_with_args(query, nargs, types, values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "hanging the triggers failed");
	SPI_finish();
}

/*
 * covenant_internal.lock_table(relation): before it is asked whether a table
 * is watched already.
 */
COVENANT_FUNCTION(covenant_lock_table);
Datum
covenant_lock_table(PG_FUNCTION_ARGS)
{
	lock_own_table(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

/*
 * covenant_internal.watch_table(relation, words, columns, mode): hangs the
 * triggers; books what the table holds, unless it was watched before.  Returns
 * whether it was.
 */
COVENANT_FUNCTION(covenant_watch_table);
Datum
covenant_watch_table(PG_FUNCTION_ARGS)
{
	Oid			types[] = {REGCLASSOID, JSONBOID, JSONBOID, TEXTOID};
	Oid			relid = PG_GETARG_OID(0);
	bool		again;

	lock_own_table(relid);
	again = is_watched(relid);
	call("SELECT covenant_internal.hang_triggers($1, $2, $3, $4)", fcinfo, 4, types);
	if (!again)
		book_tables(relid, 1);
	PG_RETURN_BOOL(again);
}

/*
 * covenant_internal.close_table(relation): books its sums as closing entries
 * and drops the triggers.
 */
COVENANT_FUNCTION(covenant_close_table);
Datum
covenant_close_table(PG_FUNCTION_ARGS)
{
	Oid			types[] = {REGCLASSOID};

	lock_own_table(PG_GETARG_OID(0));
	book_tables(PG_GETARG_OID(0), -1);
	call("SELECT covenant_internal.drop_triggers($1)", fcinfo, 1, types);
	PG_RETURN_VOID();
}

/*-------------------------------------------------------------------------
 *
 * rewrite.c
 *		Values that ALTER TABLE changed past the triggers.
 *
 * ALTER TABLE ... TYPE ... USING writes every row of a table anew, and no
 * trigger sees it.  So does a new expression of a generated column; a column
 * that is added, or renamed, to a watched name brings values that nobody saw.
 *
 * An event trigger looks at each such command.  Where it names a watched column
 * the table is compared with the books, and if it says something else now, its
 * triggers are made anew with one word more, rewritten=COLUMN: every write is
 * refused from then on, through whatever partition or child, also after a dump
 * and a restore, until covenant.rebuild has booked what the table holds.  A
 * command that leaves the values as they were leaves the triggers as well, and
 * one that brings them back takes the word away.
 *
 * The event trigger fires for everybody's tables.  It finds out by their
 * triggers, as vouch.c does, that they are none of its business, and raises
 * nothing for those that are: what cannot be compared counts as changed.  With
 * Citus it does nothing: a shard has a part of the rows, and the table that is
 * spread over shards has new values only after this.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/vouch.h"

#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "guard/citus.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define REWRITTEN	"rewritten"

/*
 * The name of the column whose values a part of ALTER TABLE may change; NULL
 * where it is another part.
 */
static const char *
changed_by(const AlterTableCmd *part)
{
	if (part->subtype == AT_AddColumn)
		return castNode(ColumnDef, part->def)->colname;
	return part->subtype == AT_AlterColumnType || sets_expression(part) ? part->name : NULL;
}

/*
 * The names of the columns whose values a command may change, and its table.
 */
static List *
changed_columns(Node *command, RangeVar **table)
{
	List	   *columns = NIL;
	ListCell   *cell;

	if (IsA(command, RenameStmt))
	{
		const RenameStmt *rename = castNode(RenameStmt, command);

		*table = rename->relation;
		return rename->renameType == OBJECT_COLUMN || rename->renameType == OBJECT_ATTRIBUTE ?
			list_make1(rename->newname) : NIL;
	}
	if (!IsA(command, AlterTableStmt))
		return NIL;
	*table = castNode(AlterTableStmt, command)->relation;
	foreach(cell, castNode(AlterTableStmt, command)->cmds)
	{
		const char *column = changed_by(lfirst_node(AlterTableCmd, cell));

		if (column != NULL)
			columns = lappend(columns, unconstify(char *, column));
	}
	return columns;
}

/*
 * The first of the columns that a trigger watches; NULL where it watches none.
 */
static const char *
watched_column(const Trigger *trigger, const List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		for (int i = 0; i < trigger->tgnargs; i++)
		{
			const char *value = strchr(trigger->tgargs[i], '=');

			if (value != NULL && strcmp(value + 1, lfirst(cell)) == 0)
				return lfirst(cell);
		}
	}
	return NULL;
}

/*
 * Does a table differ from its books?  Asked as the owner of the table, who may
 * read the books, too: whoever alters it may be a superuser, and the table's
 * types are not his.  Asked of the books as they are now, whatever snapshot the
 * transaction has: the rows were written anew and are all seen.  Neither yes nor
 * no where the watch is broken anyway.
 */
static bool
differs_from_books(Oid relation, bool *broken)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(relation);
	Oid			user;
	int			security;
	bool		differs;

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(owner_of(relation), security | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args("SELECT covenant_internal.differs_from_books($1)", 1, &type, &value,
							  NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "comparing a table with its books failed");
	differs = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, broken));
	PopActiveSnapshot();
	SetUserIdAndSecContext(user, security);
	return differs;
}

/*
 * Has the triggers of a table say that it was rewritten, by the name of the
 * column; NULL: that it was not.
 */
static void
mark_rewritten(Oid relation, const char *column)
{
	Oid			types[] = {REGCLASSOID, NAMEOID};
	Datum		values[] = {ObjectIdGetDatum(relation), (Datum) 0};
	NameData	name;

	if (column != NULL)
	{
		namestrcpy(&name, column);
		values[1] = NameGetDatum(&name);
	}
	if (SPI_execute_with_args("SELECT covenant_internal.mark_rewritten($1, $2)", 2, types, values,
							  column == NULL ? " n" : NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "marking a table failed");
}

/*
 * Looks at one table after a command that may have changed these columns.
 */
static void
look_at(Oid relation, const List *columns)
{
	ListCell   *cell;

	foreach(cell, vouched_on(&capture_hook, relation))
	{
		const Trigger *trigger = ((const Vouched *) lfirst(cell))->trigger;
		const char *column = watched_column(trigger, columns);
		bool		broken = true;
		bool		differs = column != NULL && differs_from_books(relation, &broken);

		if (!broken && differs != (trigger_word(trigger, REWRITTEN) != NULL))
			mark_rewritten(relation, differs ? column : NULL);
	}
}

/*
 * covenant_internal.look_at_rewrite(): the event trigger, at the end of each
 * command that may change values.  A partition is watched with what it is a
 * part of, and a table's children hold a part of its rows.
 */
COVENANT_FUNCTION(covenant_look_at_rewrite);
Datum
covenant_look_at_rewrite(PG_FUNCTION_ARGS)
{
	RangeVar   *table = NULL;
	List	   *columns;
	List	   *relations;
	Oid			relation;
	ListCell   *cell;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.look_at_rewrite: not called by an event trigger")));
	columns = changed_columns(((EventTriggerData *) fcinfo->context)->parsetree, &table);
	relation = columns == NIL ? InvalidOid : RangeVarGetRelid(table, NoLock, true);
	if (!OidIsValid(relation) || citus_is_loaded())
		PG_RETURN_NULL();
	relations = get_rel_relispartition(relation) ? get_partition_ancestors(relation) : NIL;
	relations = list_concat(relations, find_all_inheritors(relation, NoLock, NULL));
	SPI_connect();
	foreach(cell, relations)
		look_at(lfirst_oid(cell), columns);
	SPI_finish();
	PG_RETURN_NULL();
}

/*-------------------------------------------------------------------------
 *
 * direct.c
 *		The books written without the executor.
 *
 * For a statement on one row the executor opens relations, makes slots and
 * projections and throws them away; that is most of what the statement costs.
 * Where the books are ordinary heap tables, as covenant made them and with
 * nothing attached that only the executor would see, the row of the ledger is
 * found by its primary key and updated, and journal and positions are filled
 * in batches, with the functions that the executor itself calls.
 *
 * A row that somebody else changed meanwhile is taken in its latest version at
 * every isolation level that comes here, so what is judged is never stale.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/direct.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/executor.h"
#include "guard/spot.h"
#include "guard/statements.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

/* Rows that go into a table together. */
#define BATCH_ROWS	256

/* One table of the books, open. */
typedef struct Target
{
	const BookLayout *layout;
	ResultRelInfo *info;
	bool		has_indexes;	/* they are open */
	const AttrNumber *attnos;	/* of the layout's columns */
	int			nrows;			/* that wait */
	int			nslots;
	TupleTableSlot **rows;		/* BATCH_ROWS of them, or NULL */
} Target;

struct Direct
{
	Books	   *books;
	MemoryContext context;
	MemoryContext batch;		/* what writing some rows needs */
	Snapshot	snapshot;		/* held, since rows may be toasted */
	Target		ledger;
	Target		journal;
	Target		position;
	ScanKeyData key;			/* of the ledger */
	IndexScanDesc scan;			/* of its primary key; NULL before the first */
	IndexFetchTableData *fetch; /* of rows where they were; NULL before the first */
	TupleTableSlot *old;		/* the ledger's row as found */
	TupleTableSlot *new;		/* as written */
};

/* Opening and closing ---------------------------------------------------- */

static void
open_target(Target *target, Oid relid, const BookLayout *layout, const AttrNumber *attnos)
{
	Relation	relation = table_open(relid, NoLock);

	target->layout = layout;
	target->info = makeNode(ResultRelInfo);
	target->info->ri_RelationDesc = relation;
	target->attnos = attnos;
}

/*
 * Opens the indexes of a table, when they are needed: those of the ledger mostly
 * are not.
 */
static void
open_indexes(Direct *direct, Target *target)
{
	MemoryContext old;

	if (target->has_indexes)
		return;
	old = MemoryContextSwitchTo(direct->context);
	ExecOpenIndices(target->info, false);
	target->has_indexes = true;
	MemoryContextSwitchTo(old);
}

/*
 * The index by which rows of the ledger are found.
 */
static Relation
key_index(Direct *direct)
{
	const ResultRelInfo *info = direct->ledger.info;

	open_indexes(direct, &direct->ledger);
	for (int i = 0; i < info->ri_NumIndices; i++)
	{
		if (RelationGetRelid(info->ri_IndexRelationDescs[i]) == direct->books->key_index)
			return info->ri_IndexRelationDescs[i];
	}
	elog(ERROR, "the primary key of the ledger is gone");
}

/*
 * Opens books that suit, and that are locked.
 */
Direct *
direct_open(Books *books)
{
	Direct	   *direct = palloc0(sizeof(Direct));

	direct->books = books;
	direct->context = CurrentMemoryContext;
	open_target(&direct->ledger, books->ledger, &ledger_layout, books->ledger_attnos);
	open_target(&direct->journal, books->journal, &journal_layout, books->journal_attnos);
	open_target(&direct->position, books->position, &position_layout, books->position_attnos);
	CheckCmdReplicaIdentity(direct->ledger.info->ri_RelationDesc, CMD_UPDATE);
	ScanKeyEntryInitialize(&direct->key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   books->key_collation, books->key_equal, (Datum) 0);
	direct->batch = AllocSetContextCreate(direct->context, "covenant rows of the books", ALLOCSET_DEFAULT_SIZES);
	direct->old = table_slot_create(direct->ledger.info->ri_RelationDesc, NULL);
	direct->new = MakeSingleTupleTableSlot(RelationGetDescr(direct->ledger.info->ri_RelationDesc),
										   &TTSOpsVirtual);
	CommandCounterIncrement();	/* rows that an earlier round wrote are seen */
	direct->snapshot = RegisterSnapshot(GetLatestSnapshot());
	return direct;
}

/*
 * Enters a row into the indexes of its table, none of which needs more than its
 * columns.  The key of one that is updated stays the same.
 */
static void
enter_into_indexes(Direct *direct, Target *target, TupleTableSlot *slot, WantedIndexes wanted, bool updated)
{
	const ResultRelInfo *info = target->info;
	Datum		values[INDEX_MAX_KEYS];
	bool		nulls[INDEX_MAX_KEYS];

	open_indexes(direct, target);
	for (int i = 0; i < info->ri_NumIndices; i++)
	{
		Relation	index = info->ri_IndexRelationDescs[i];

		if (!is_wanted_index(info->ri_IndexRelationInfo[i], wanted))
			continue;
		FormIndexDatum(info->ri_IndexRelationInfo[i], slot, NULL, values, nulls);
		(void) index_insert(index, values, nulls, &slot->tts_tid, info->ri_RelationDesc,
							index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO,
							updated, info->ri_IndexRelationInfo[i]);
	}
}

/*
 * Writes the rows that wait.
 */
static void
flush(Direct *direct, Target *target)
{
	Relation	relation = target->info->ri_RelationDesc;
	CommandId	command = GetCurrentCommandId(true);
	MemoryContext old = MemoryContextSwitchTo(direct->batch);

	if (target->nrows == 1)
		table_tuple_insert(relation, target->rows[0], command, 0, NULL);
	else if (target->nrows > 1)
		table_multi_insert(relation, target->rows, target->nrows, command, 0, NULL);
	for (int i = 0; i < target->nrows; i++)
	{
		enter_into_indexes(direct, target, target->rows[i], ALL_INDEXES, false);
		ExecClearTuple(target->rows[i]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(direct->batch);
	target->nrows = 0;
}

/*
 * Closes the indexes of a table.  They stay locked, as the table does: the
 * transaction is about to end, and to release each lock by itself costs more.
 */
static void
close_indexes(ResultRelInfo *info)
{
	for (int i = 0; i < info->ri_NumIndices; i++)
	{
		end_index_insertion(info->ri_IndexRelationDescs[i], info->ri_IndexRelationInfo[i]);
		index_close(info->ri_IndexRelationDescs[i], NoLock);
	}
}

static void
close_target(Direct *direct, Target *target)
{
	flush(direct, target);
	for (int i = 0; i < target->nslots; i++)
		ExecDropSingleTupleTableSlot(target->rows[i]);
	close_indexes(target->info);
	table_close(target->info->ri_RelationDesc, NoLock);
}

void
direct_close(Direct *direct)
{
	if (direct->scan != NULL)
		index_endscan(direct->scan);
	if (direct->fetch != NULL)
		table_index_fetch_end(direct->fetch);
	ExecDropSingleTupleTableSlot(direct->old);
	ExecDropSingleTupleTableSlot(direct->new);
	close_target(direct, &direct->journal);
	close_target(direct, &direct->position);
	close_target(direct, &direct->ledger);
	MemoryContextDelete(direct->batch);
	UnregisterSnapshot(direct->snapshot);
	CommandCounterIncrement();
}

/* The ledger ------------------------------------------------------------- */

/*
 * Looks for the row of a deal in the index.
 */
static bool
find_in_index(Direct *direct, Bytes deal, Snapshot snapshot)
{
	ItemPointer tid;

	if (direct->scan == NULL)
		direct->scan = begin_index_scan(direct->ledger.info->ri_RelationDesc, key_index(direct), snapshot, 1);
	direct->scan->xs_snapshot = snapshot;
	index_rescan(direct->scan, &direct->key, 1, NULL, 0);
	while ((tid = index_getnext_tid(direct->scan, ForwardScanDirection)) != NULL)
	{
		ItemPointerData spot = *tid;

		if (index_fetch_heap(direct->scan, direct->old))
		{
			remember_spot(direct->books, deal, &spot);
			return true;
		}
	}
	return false;
}

/*
 * Is the row of a deal where it was last?
 */
static bool
find_in_spot(Direct *direct, Bytes deal, Snapshot snapshot)
{
	Relation	ledger = direct->ledger.info->ri_RelationDesc;
	ItemPointerData spot;
	bool		more = false;
	bool		isnull;
	Datum		key;

	/* pages may have been cut off */
	if (!known_spot(direct->books, deal, &spot) ||
		ItemPointerGetBlockNumber(&spot) >= RelationGetNumberOfBlocks(ledger))
		return false;
	if (direct->fetch == NULL)
		direct->fetch = table_index_fetch_begin(ledger);
	if (!table_index_fetch_tuple(direct->fetch, &spot, snapshot, direct->old, &more, NULL))
		return false;
	key = slot_getattr(direct->old, direct->ledger.attnos[SUM_DEAL], &isnull);
	return !isnull && DatumGetBool(FunctionCall2Coll(&direct->key.sk_func, direct->key.sk_collation,
													 key, direct->key.sk_argument));
}

/*
 * Finds the row of a deal.  One scan serves all, and what it keeps it makes in
 * the current memory context.
 */
static bool
find_row(Direct *direct, Bytes deal, Datum key, Snapshot snapshot)
{
	MemoryContext old = MemoryContextSwitchTo(direct->context);
	bool		found;

	direct->key.sk_argument = key;
	found = find_in_spot(direct, deal, snapshot) || find_in_index(direct, deal, snapshot);
	MemoryContextSwitchTo(old);
	return found;
}

/*
 * The sum of a column and its change; 22003 where it does not fit.
 */
static Datum
add_column(const BookColumn *column, Datum value, Datum change)
{
	int64		sum;

	switch (column->type)
	{
		case NUMERICOID:
			if (DatumGetNumeric(change) == numeric_zero())
				return value;
			return DirectFunctionCall2(numeric_add, value, change);
		case DATEOID:
			return DateADTGetDatum(Max(DatumGetDateADT(value), DatumGetDateADT(change)));
		default:
			if (pg_add_s64_overflow(DatumGetInt64(value), DatumGetInt64(change), &sum))
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("bigint out of range"),
						 errdetail("Column \"%s\" of the books would exceed 9,223,372,036,854,775,807.",
								   column->name)));
			return Int64GetDatum(sum);
	}
}

/*
 * The row that was found with the changes added, in direct->new and, in the
 * order of the layout, in row.  What was NULL stays so, but for the day.
 */
static void
compute_row(Direct *direct, const Datum *changes, Datum *row, bool *nulls)
{
	TupleTableSlot *new = direct->new;
	int			natts = new->tts_tupleDescriptor->natts;

	slot_getallattrs(direct->old);
	ExecClearTuple(new);
	memcpy(new->tts_values, direct->old->tts_values, natts * sizeof(Datum));
	memcpy(new->tts_isnull, direct->old->tts_isnull, natts * sizeof(bool));
	for (int i = SUM_PRINCIPAL; i <= L_LATEST_ON; i++)
	{
		int			at = direct->ledger.attnos[i] - 1;

		if (!new->tts_isnull[at])
			new->tts_values[at] = add_column(&ledger_layout.columns[i], new->tts_values[at], changes[i]);
		else if (i == L_LATEST_ON)
		{
			new->tts_values[at] = changes[i];
			new->tts_isnull[at] = false;
		}
	}
	for (int i = 0; i < N_LEDGER_COLUMNS; i++)
	{
		row[i] = new->tts_values[direct->ledger.attnos[i] - 1];
		nulls[i] = new->tts_isnull[direct->ledger.attnos[i] - 1];
	}
	/* the mode lies in the old row, which the caller may outlive */
	if (!nulls[L_ON_BREACH])
		row[L_ON_BREACH] = datumCopy(row[L_ON_BREACH], false, -1);
	ExecStoreVirtualTuple(new);
}

/*
 * Writes the new version of the row; false where somebody got in first.
 */
static bool
write_row(Direct *direct, Snapshot snapshot)
{
	TM_FailureData failure;
	LockTupleMode mode;
	WantedIndexes indexes;
	TM_Result	result = update_tuple(direct->ledger.info->ri_RelationDesc, &direct->old->tts_tid,
									  direct->new, GetCurrentCommandId(true), snapshot,
									  &failure, &mode, &indexes);

	if (result == TM_Updated || result == TM_Deleted)
		return false;
	if (result != TM_Ok)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a row of the books \"%s\" was written while covenant posts",
						direct->books->ledger_name),
				 errhint("Do not write the books from triggers on them.")));
	if (indexes != NO_INDEXES)
	{
		MemoryContext old = MemoryContextSwitchTo(direct->batch);

		enter_into_indexes(direct, &direct->ledger, direct->new, indexes, true);
		MemoryContextSwitchTo(old);
		MemoryContextReset(direct->batch);
	}
	return true;
}

/*
 * Makes the row of a deal by a statement.  At REPEATABLE READ a row that was
 * made meanwhile is a serialization failure, which is undone: then it is there.
 */
static void
make_row(Direct *direct, Datum key)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	if (XactIsoLevel != XACT_REPEATABLE_READ)
	{
		statement_make_row(direct->books, key);
		CommandCounterIncrement();
		return;
	}
	BeginInternalSubTransaction("covenant");
	PG_TRY();
	{
		MemoryContextSwitchTo(context);
		statement_make_row(direct->books, key);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (error->sqlerrcode != ERRCODE_T_R_SERIALIZATION_FAILURE)
			ReThrowError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	CommandCounterIncrement();
}

/*
 * Adds changes (columns of the ledger up to latest_on) to the row of a deal,
 * made where there is none, and gives the row as it is then; what of it is by
 * reference lasts until the next call.  False where the row cannot be made.
 */
bool
direct_update(Direct *direct, Bytes deal, const Datum *changes, Datum *row, bool *nulls)
{
	bool		made = false;
	bool		done = false;

	ExecClearTuple(direct->old);
	while (!done)
	{
		Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
		bool		found = find_row(direct, deal, changes[SUM_DEAL], snapshot);

		CHECK_FOR_INTERRUPTS();
		if (found)
		{
			compute_row(direct, changes, row, nulls);
			done = write_row(direct, snapshot);
		}
		UnregisterSnapshot(snapshot);
		if (found)
			continue;
		if (made)
			return false;
		make_row(direct, changes[SUM_DEAL]);
		made = true;
	}
	return true;
}

/* Journal and positions -------------------------------------------------- */

/*
 * Appends a row, in the order of the layout, to those that wait.
 */
void
direct_insert(Direct *direct, bool position, const Datum *values, const bool *nulls)
{
	Target	   *target = position ? &direct->position : &direct->journal;
	const AttrNumber *attnos = target->attnos;
	TupleTableSlot *slot;
	Datum	   *slot_values;
	bool	   *slot_nulls;

	if (target->nrows == BATCH_ROWS)
		flush(direct, target);
	if (target->nrows == target->nslots)
	{
		MemoryContext old = MemoryContextSwitchTo(direct->context);

		if (target->rows == NULL)
			target->rows = palloc(BATCH_ROWS * sizeof(TupleTableSlot *));
		target->rows[target->nslots++] = table_slot_create(target->info->ri_RelationDesc, NULL);
		MemoryContextSwitchTo(old);
	}
	slot = target->rows[target->nrows++];
	ExecClearTuple(slot);
	slot_values = slot->tts_values;
	slot_nulls = slot->tts_isnull;
	memset(slot_nulls, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0, n = target->layout->ncolumns; i < n; i++)
	{
		slot_values[attnos[i] - 1] = values[i];
		slot_nulls[attnos[i] - 1] = nulls[i];
	}
	ExecStoreVirtualTuple(slot);
	ExecMaterializeSlot(slot);
}

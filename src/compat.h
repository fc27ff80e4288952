/*-------------------------------------------------------------------------
 *
 * compat.h
 *		What differs between the PostgreSQL releases, 15 to 18.
 *
 * The only file that asks for PG_VERSION_NUM.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_COMPAT_H
#define COVENANT_COMPAT_H

#include "postgres.h"
#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "covenant needs PostgreSQL 15 or later"
#endif

#ifndef HAVE_INT128
#error "covenant needs a compiler with 128-bit integers"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif

/*
 * The library is built with hidden symbols, so that none of its names can
 * collide with another library's.  Before 16 PGDLLEXPORT says nothing about
 * visibility.
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

/*
 * Declares and publishes one C function that SQL sees; before 16
 * PG_FUNCTION_INFO_V1 alone exports only its own record, not the function.
 */
#define COVENANT_FUNCTION(name) \
	PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(name)

/* From 18 on a module also gives its name and version. */
#if PG_VERSION_NUM >= 180000
#define COVENANT_MODULE(v) PG_MODULE_MAGIC_EXT(.name = "covenant", .version = v)
#else
#define COVENANT_MODULE(v) PG_MODULE_MAGIC
#endif

/*
 * Gone in 18, which has pg_noreturn instead, to be written in front.
 */
#ifndef pg_attribute_noreturn
#define pg_attribute_noreturn() __attribute__((noreturn))
#endif

/*
 * What a GUC check hook hands on in "extra": plain malloc before 16.
 */
#if PG_VERSION_NUM < 160000
#define guc_malloc(elevel, size) malloc(size)
#endif

/*
 * Soft errors of input functions (16 and later): report through the context
 * that the caller gave; before 16 it is an ordinary error.
 */
#if PG_VERSION_NUM >= 160000
#define soft_error(context, value, ...) ereturn(context, value, __VA_ARGS__)
#else
#define soft_error(context, value, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); return value; } while (0)
#endif

/*
 * Updating a row and its indexes: since 16 an update may want the summarizing
 * ones alone.
 */
#include "access/genam.h"
#include "access/tableam.h"
#include "executor/executor.h"

typedef enum WantedIndexes
{
	NO_INDEXES,
	SUMMARIZING_INDEXES,
	ALL_INDEXES
} WantedIndexes;

static inline TM_Result
update_tuple(Relation relation, ItemPointer tid, TupleTableSlot *slot, CommandId command,
			 Snapshot snapshot, TM_FailureData *failure, LockTupleMode *mode, WantedIndexes *indexes)
{
#if PG_VERSION_NUM >= 160000
	TU_UpdateIndexes which;
	TM_Result	result = table_tuple_update(relation, tid, slot, command, snapshot, InvalidSnapshot,
											true, failure, mode, &which);

	*indexes = which == TU_None ? NO_INDEXES : which == TU_All ? ALL_INDEXES : SUMMARIZING_INDEXES;
	return result;
#else
	bool		all;
	TM_Result	result = table_tuple_update(relation, tid, slot, command, snapshot, InvalidSnapshot,
											true, failure, mode, &all);

	*indexes = all ? ALL_INDEXES : NO_INDEXES;
	return result;
#endif
}

/* From 17 on what an index keeps between insertions has an end. */
static inline void
end_index_insertion(Relation index, IndexInfo *info)
{
#if PG_VERSION_NUM >= 170000
	index_insert_cleanup(index, info);
#endif
}

static inline bool
is_wanted_index(const IndexInfo *info, WantedIndexes wanted)
{
#if PG_VERSION_NUM >= 160000
	if (wanted == SUMMARIZING_INDEXES)
		return info->ii_ReadyForInserts && info->ii_Summarizing;
#endif
	return info->ii_ReadyForInserts && wanted == ALL_INDEXES;
}

/*
 * Is a lock of this very mode this transaction's?  17 can also ask for a stronger one.
 */
#include "storage/lock.h"

static inline bool
lock_held_by_me(const LOCKTAG *tag, LOCKMODE mode)
{
#if PG_VERSION_NUM >= 170000
	return LockHeldByMe(tag, mode, false);
#else
	return LockHeldByMe(tag, mode);
#endif
}

/*
 * ALTER TABLE ... SET EXPRESSION, of a generated column, came in 17.
 */
#include "nodes/parsenodes.h"

static inline bool
sets_expression(const AlterTableCmd *part)
{
#if PG_VERSION_NUM >= 170000
	return part->subtype == AT_SetExpression;
#else
	return false;
#endif
}

static inline IndexScanDesc
begin_index_scan(Relation heap, Relation index, Snapshot snapshot, int nkeys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(heap, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(heap, index, snapshot, nkeys, 0);
#endif
}

/*
 * The next datum of a sort, in memory of the caller's: 16 asks whether it is to be.
 */
#include "utils/tuplesort.h"

static inline bool
sorted_datum(Tuplesortstate *sort, Datum *value, bool *isnull)
{
#if PG_VERSION_NUM >= 160000
	return tuplesort_getdatum(sort, true, true, value, isnull, NULL);
#else
	return tuplesort_getdatum(sort, true, value, isnull, NULL);
#endif
}

#endif							/* COVENANT_COMPAT_H */

/*-------------------------------------------------------------------------
 *
 * citus.c
 *		What the Citus extension asks of a trigger, and of a transaction that
 *		posts.
 *
 * Where Citus is not loaded nothing here happens.  Where it is, the books may
 * be shards: Citus wants to be told that a statement from inside a commit is
 * meant, and its deadlock detector does not see transactions that are being
 * prepared, so that there a short lock timeout has to end the deadlock.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/citus.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "guard/hook.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#define NESTED_EXECUTION	"citus.allow_nested_distributed_execution"

/* Milliseconds that a PREPARE waits for a ledger row before it gives up. */
#define PREPARE_LOCK_TIMEOUT "100"

static void
set_locally(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * Looked up once for what a client sends: what is only loaded when the server
 * starts does not come in the middle of it.
 */
bool
citus_is_loaded(void)
{
	static TimestampTz asked_at = 0;
	static bool loaded;
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (now == 0 || now != asked_at)
	{
		loaded = GetConfigOption(NESTED_EXECUTION, true, false) != NULL;
		asked_at = now;
	}
	return loaded;
}

/* Where the rows of a table are. */
typedef enum Spread
{
	HERE,						/* nothing is distributed */
	EVERYWHERE,					/* all nodes have all of them */
	BY_DEAL						/* each node has some */
} Spread;

static Spread
spread_of(Oid relation)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(relation);
	const char *column;
	Spread		spread;

	if (!citus_is_loaded())
		return HERE;
	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args("SELECT covenant_internal.spread_by($1)", 1, &type, &value, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "asking whether a table is distributed failed");
	PopActiveSnapshot();
	column = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	spread = column == NULL ? HERE : column[0] == '\0' ? EVERYWHERE : BY_DEAL;
	SPI_finish();
	return spread;
}

/*
 * Has Citus distributed a table?
 */
bool
is_spread(Oid relation)
{
	return spread_of(relation) != HERE;
}

/*
 * So that each node has some of its rows, and not all nodes all of them?
 */
bool
is_spread_by_deal(Oid relation)
{
	return spread_of(relation) == BY_DEAL;
}

/*
 * For what a node is told to do with numbers that it does not compute itself: an
 * error (55000) where Citus has not distributed the books.
 */
void
require_spread(Oid ledger)
{
	if (!is_spread(ledger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the books \"%s\" are not distributed", get_rel_name(ledger)),
				 errdetail("Only the session that computes tells a node what to do.")));
}

/*
 * The table that a shard of Citus is a part of; any other table itself.
 */
Oid
logical_table(Oid relation)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(relation);
	bool		isnull;

	if (!citus_is_loaded())
		return relation;
	SPI_connect();
	if (SPI_execute_with_args("SELECT covenant_internal.logical_table($1)", 1, &type, &value, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "asking for the table of a shard failed");
	relation = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	return relation;
}

/*
 * Is a trigger one of a shard's?  Citus copies the triggers of a table to its
 * shards, with their arguments, under a name that ends with the shard's number;
 * covenant's own names end with none of more than three digits.
 */
bool
is_shard_trigger(const Trigger *trigger)
{
	const char *number = strrchr(trigger->tgname, '_');

	return citus_is_loaded() && number != NULL && strlen(number + 1) > 3 &&
		strspn(number + 1, "0123456789") == strlen(number + 1);
}

/*
 * Under Citus a table has to be distributed before it is watched, which its
 * triggers remember: the copy of its rows into the shards fires them, and what
 * was booked would be booked again.  The other way round a table that is not
 * distributed any more is counted here, where nothing of it was booked.
 * TRUNCATE fires on the table alone, where there are no rows to be seen.
 */
void
check_spread(const TriggerData *trigger, const char *why)
{
	const char *name = RelationGetRelationName(trigger->tg_relation);
	bool		spread;

	if (!citus_is_loaded())
		return;
	spread = trigger_word(trigger->tg_trigger, "spread") != NULL;
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
	{
		if (spread && !is_shard_trigger(trigger->tg_trigger))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("table \"%s\" is watched and distributed, and cannot be truncated", name),
					 errdetail("No trigger sees the rows that the nodes would lose."),
					 errhint("Use DELETE.")));
	}
	else if (spread && !is_shard_trigger(trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not distributed any more", name),
				 errhint("Call covenant.unwatch and watch it again.")));
	else if (!spread && is_shard_trigger(trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the table of shard \"%s\" was watched before it was distributed", name),
				 errdetail("%s", why),
				 errhint("Call covenant.unwatch, distribute the table, and then watch it.")));
}

/*
 * Settings for the time of posting; returns what leave_citus undoes, 0 where
 * Citus is not loaded.  After an error the abort of the transaction undoes it.
 */
int
enter_citus(bool preparing)
{
	int			guc_level;
	const char *timeout;

	if (!citus_is_loaded())
		return 0;
	guc_level = NewGUCNestLevel();
	set_locally(NESTED_EXECUTION, "on");
	timeout = GetConfigOption("lock_timeout", false, false);
	if (preparing && strcmp(timeout, "0") == 0)
		set_locally("lock_timeout", PREPARE_LOCK_TIMEOUT);
	return guc_level;
}

void
leave_citus(int guc_level)
{
	if (guc_level != 0)
		AtEOXact_GUC(true, guc_level);
}

/*
 * Throws the current error again.  A lock that could not be had while
 * preparing under Citus is a deadlock for all that is known, and clients know
 * that a deadlock is to be tried again.
 */
void
rethrow_for_citus(int guc_level, bool preparing)
{
	if (guc_level != 0 && preparing && geterrcode() == ERRCODE_LOCK_NOT_AVAILABLE)
		errcode(ERRCODE_T_R_DEADLOCK_DETECTED);
	PG_RE_THROW();
}

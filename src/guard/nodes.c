/*-------------------------------------------------------------------------
 *
 * nodes.c
 *		What the nodes of Citus have to hear of a transaction, and when.
 *
 * Under Citus rows are captured, and views computed, in the sessions of the
 * nodes.  Citus tells them of a setting only what SET LOCAL says in a
 * transaction, and that only where it was asked to; a fact would be dated
 * today though its session says covenant.as_of.  So the session that has the
 * client sends covenant's settings itself, by SET LOCAL, before a statement of
 * Citus runs.  Outside of a transaction block Citus has no way to send them:
 * there such a statement is refused.
 *
 * When a transaction that wrote on several nodes commits, Citus sends PREPARE
 * to all of them at once, and the nodes lock rows of the ledger in whatever
 * order the messages arrive, unseen by the deadlock detector.  So of those
 * transactions one at a time prepares and commits on the same books: here, in
 * the session that has the client, it waits for a lock of the books.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/nodes.h"

#include <dlfcn.h>

#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "guard/citus.h"
#include "guard/vouch.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/plannodes.h"
#include "settings.h"
#include "storage/lock.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"

/* What a session of a node is called that another node opened. */
#define INTERNAL_SESSION "citus_internal"

/* The first key of the advisory lock of a set of books; the second is its OID. */
#define LOCK_CLASS	0x636f7665

static ExecutorStart_hook_type next_executor_start = NULL;
static ProcessUtility_hook_type next_process_utility = NULL;

/* A setting that reaches the nodes, and what they have in this transaction. */
typedef struct Sent
{
	const char *name;
	char	   *value;			/* of TopTransactionContext; NULL: what is usual */
	bool		unknown;		/* a savepoint was rolled back */
} Sent;

static Sent settings[] = {{"covenant.as_of"}, {"covenant.known_at"}, {"covenant.time_zone"}};

/* Have the nodes been sent anything in this transaction? */
static bool any_sent = false;

static bool
is_internal_session(void)
{
	return application_name != NULL && strncmp(application_name, INTERNAL_SESSION, strlen(INTERNAL_SESSION)) == 0;
}

/*
 * What a node has that nobody told anything.
 */
static const char *
usual_value(const Sent *setting)
{
	return strcmp(setting->name, "covenant.time_zone") == 0 ? GetConfigOptionResetString(setting->name) : "";
}

static const char *
value_of(const Sent *setting)
{
	const char *value = GetConfigOption(setting->name, true, false);

	return value == NULL ? "" : value;
}

static bool
has_to_be_sent(const Sent *setting)
{
	return setting->unknown ||
		strcmp(value_of(setting), setting->value != NULL ? setting->value : usual_value(setting)) != 0;
}

static bool
any_to_be_sent(void)
{
	for (int i = 0; i < lengthof(settings); i++)
	{
		if (has_to_be_sent(&settings[i]))
			return true;
	}
	return false;
}

/*
 * Sends one setting, by a SET LOCAL of the value that the session has, which
 * Citus passes on to the sessions that it has and to those that it opens.
 */
static void
send_setting(Sent *setting)
{
	int			guc_level = NewGUCNestLevel();
	char	   *value = MemoryContextStrdup(TopTransactionContext, value_of(setting));

	(void) set_config_option("citus.propagate_set_commands", "local", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	if (SPI_execute(psprintf("SET LOCAL %s = %s", setting->name, quote_literal_cstr(value)), false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "sending a setting to the nodes failed");
	SPI_finish();
	AtEOXact_GUC(true, guc_level);
	setting->value = value;
	setting->unknown = false;
	any_sent = true;
}

static void
send_settings(void)
{
	for (int i = 0; i < lengthof(settings); i++)
	{
		if (!has_to_be_sent(&settings[i]))
			continue;
		if (!IsTransactionBlock())
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("%s does not reach the nodes outside of a transaction block", settings[i].name),
					 errdetail("Distributed tables are written and read in the sessions of the nodes."),
					 errhint("BEGIN; SET LOCAL %s = %s; ...; COMMIT.", settings[i].name,
							 quote_literal_cstr(value_of(&settings[i])))));
		send_setting(&settings[i]);
	}
}

/*
 * Is a part of a plan run by Citus?
 */
static bool
runs_on_nodes(const Plan *plan)
{
	for (; plan != NULL; plan = plan->lefttree)
	{
		if (IsA(plan, CustomScan) &&
			strncmp(((const CustomScan *) plan)->methods->CustomName, "Citus", strlen("Citus")) == 0)
			return true;
		if (plan->righttree != NULL && runs_on_nodes(plan->righttree))
			return true;
	}
	return false;
}

static bool
any_runs_on_nodes(const PlannedStmt *statement)
{
	const ListCell *cell;

	if (runs_on_nodes(statement->planTree))
		return true;
	foreach(cell, statement->subplans)
	{
		if (runs_on_nodes(lfirst(cell)))
			return true;
	}
	return false;
}

static bool
speaks_to_nodes(void)
{
	return citus_is_loaded() && IsUnderPostmaster && !is_internal_session();
}

/*
 * Has this session to tell the nodes anything?  Asked before every statement, so
 * what is so without Citus too comes first.
 */
static bool
has_news_for_nodes(void)
{
	return (days_are_set() || any_sent) && speaks_to_nodes() && any_to_be_sent();
}

static void
at_executor_start(QueryDesc *query, int flags)
{
	if (has_news_for_nodes() && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0 &&
		any_runs_on_nodes(query->plannedstmt))
		send_settings();
	if (next_executor_start != NULL)
		next_executor_start(query, flags);
	else
		standard_ExecutorStart(query, flags);
}

/*
 * Does a command copy rows of a distributed table?  COPY is the one that writes
 * and reads them without a plan.
 */
static bool
copies_on_nodes(const Node *command)
{
	const RangeVar *table = IsA(command, CopyStmt) ? ((const CopyStmt *) command)->relation : NULL;
	Oid			relation = table == NULL ? InvalidOid : RangeVarGetRelid(table, NoLock, true);

	return OidIsValid(relation) && OidIsValid(get_namespace_oid("covenant_internal", true)) && is_spread(relation);
}

static void
at_utility(PlannedStmt *statement, const char *query, bool read_only_tree, ProcessUtilityContext context,
		   ParamListInfo params, QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *completion)
{
	if (IsA(statement->utilityStmt, CopyStmt) && has_news_for_nodes() && copies_on_nodes(statement->utilityStmt))
		send_settings();
	if (next_process_utility != NULL)
		next_process_utility(statement, query, read_only_tree, context, params, environment, dest, completion);
	else
		standard_ProcessUtility(statement, query, read_only_tree, context, params, environment, dest, completion);
}

/*
 * A function of Citus' library; NULL where there is none of that name.
 */
static void *
citus_function(const char *name)
{
	static void *program = NULL;

	if (program == NULL)
		program = dlopen(NULL, RTLD_NOW);
	return program == NULL ? NULL : dlsym(program, name);
}

/*
 * Does the transaction commit on several nodes?
 */
static bool
spans_nodes(void)
{
	static bool (*uses_two_phases) (void) = NULL;
	static bool looked = false;

	if (!looked)
		uses_two_phases = (bool (*) (void)) citus_function("GetCoordinatedTransactionShouldUse2PC");
	looked = true;
	return uses_two_phases != NULL && uses_two_phases();
}

/*
 * This transaction has written here what belongs together with what it wrote on
 * a node: both commit or none, also where it is one node alone.
 */
void
commit_here_and_there(void)
{
	void		(*use_two_phases) (void) = (void (*) (void)) citus_function("Use2PCForCoordinatedTransaction");

	if (use_two_phases != NULL && speaks_to_nodes())
		use_two_phases();
}

/*
 * Has this transaction written a table?
 */
static bool
is_written(Oid relation)
{
	LOCKTAG		tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, relation);
	return lock_held_by_me(&tag, RowExclusiveLock);
}

/*
 * Waits until no other transaction that spans nodes prepares on these books;
 * until this one has ended the lock is its own.
 */
static void
wait_for_turn(void)
{
	ListCell   *cell;

	if (!OidIsValid(get_namespace_oid("covenant_internal", true)))
		return;					/* a database without the extension */
	foreach(cell, ledgers_of(is_written))
	{
		LOCKTAG		tag;

		SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, LOCK_CLASS, lfirst_oid(cell), 2);
		(void) LockAcquire(&tag, ExclusiveLock, false, false);
	}
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			if (spans_nodes() && speaks_to_nodes())
				wait_for_turn();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			for (int i = 0; i < lengthof(settings); i++)
			{
				settings[i].value = NULL;
				settings[i].unknown = false;
			}
			any_sent = false;
			break;
		default:
			break;
	}
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId me, SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	for (int i = 0; i < lengthof(settings); i++)
		settings[i].unknown = settings[i].value != NULL;
}

/*
 * Callbacks run the last one first: this one before that of Citus, which has to
 * be loaded before.
 */
void
define_nodes(void)
{
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = at_executor_start;
	next_process_utility = ProcessUtility_hook;
	ProcessUtility_hook = at_utility;
	RegisterXactCallback(at_transaction_end, NULL);
	RegisterSubXactCallback(at_subtransaction_end, NULL);
}

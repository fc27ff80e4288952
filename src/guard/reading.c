/*-------------------------------------------------------------------------
 *
 * reading.c
 *		Rows of a query, taken as they come.
 *
 * SPI would copy each row and keep all of them until the query has ended, and
 * then take each apart column by column.  Here the executor hands every row
 * over as it is, to be decoded into what the reader wants of it.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reading.h"

#include "common/hashfn.h"
#include "guard/books.h"
#include "guard/citus.h"
#include "tcop/dest.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct Receiver
{
	DestReceiver pub;
	TakeRow		take;
	void	   *arg;
	MemoryContext context;		/* of the reader */
} Receiver;

static void
startup(DestReceiver *self, int operation, TupleDesc desc)
{
}

/*
 * Hands a row over, in the reader's memory context.
 */
static bool
receive(TupleTableSlot *slot, DestReceiver *self)
{
	Receiver   *receiver = (Receiver *) self;
	MemoryContext old = MemoryContextSwitchTo(receiver->context);
	RowRead		row = {.desc = slot->tts_tupleDescriptor};

	slot_getallattrs(slot);
	row.values = slot->tts_values;
	row.nulls = slot->tts_isnull;
	receiver->take(&row, receiver->arg);
	MemoryContextSwitchTo(old);
	return true;
}

static void
nothing(DestReceiver *self)
{
}

/*
 * A generic plan, until SPI_finish unless it is kept; Citus plans most queries
 * only when it knows the deal.  The current memory context stays what it is,
 * which is not SPI's way.
 */
SPIPlanPtr
prepare_reading(const char *query, int n, Oid *types)
{
	MemoryContext old = CurrentMemoryContext;
	SPIPlanPtr	plan = SPI_prepare_cursor(query, n, types, citus_is_loaded() ? CURSOR_OPT_CUSTOM_PLAN : CURSOR_OPT_GENERIC_PLAN);

	MemoryContextSwitchTo(old);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	return plan;
}

/* Plans that are kept, by their text: it has all names in full. */
typedef struct KeptPlan
{
	char	   *sql;			/* hash key */
	SPIPlanPtr	plan;
} KeptPlan;

static uint32
text_hash(const void *key, Size size)
{
	const char *text = *(const char *const *) key;

	return hash_bytes((const unsigned char *) text, strlen(text));
}

static int
text_match(const void *a, const void *b, Size size)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/*
 * The same, made once in a session.  Of two texts that differ only in the types
 * of their parameters the first one would serve both: who does not know these
 * by the names in it says them in a comment.
 */
SPIPlanPtr
kept_plan(const char *query, int n, Oid *types)
{
	static HTAB *kept_plans = NULL;
	KeptPlan   *kept;
	SPIPlanPtr	plan;
	char	   *sql;

	if (kept_plans == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(char *), .entrysize = sizeof(KeptPlan),
		.hash = text_hash, .match = text_match};

		kept_plans = hash_create("covenant kept plans", 16, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE);
	}
	kept = hash_search(kept_plans, &query, HASH_FIND, NULL);
	if (kept != NULL)
		return kept->plan;
	plan = prepare_reading(query, n, types);
	SPI_keepplan(plan);
	sql = MemoryContextStrdup(TopMemoryContext, query);
	kept = hash_search(kept_plans, &sql, HASH_ENTER, NULL);
	kept->plan = plan;
	return plan;
}

/*
 * Runs such a plan and has every row taken, in the current memory context,
 * which stays what it is.  Read only, as the reader: his rights and row
 * security hold, and all reads of a statement see the same.  What takes a row
 * may not call SPI.
 */
void
read_plan(SPIPlanPtr plan, Datum *values, TakeRow take, void *arg)
{
	Receiver	receiver = {.pub = {receive, startup, nothing, nothing, DestTuplestore},
		.take = take, .arg = arg, .context = CurrentMemoryContext};
	SPIExecuteOptions options = {.read_only = true, .dest = &receiver.pub};
	ParamListInfo params = makeParamList(SPI_getargcount(plan));
	int			citus = enter_citus(false);
	int			rc;

	for (int i = 0; i < params->numParams; i++)
		params->params[i] = (ParamExternData) {.value = values[i], .pflags = PARAM_FLAG_CONST,
		.ptype = SPI_getargtypeid(plan, i)};
	options.params = params->numParams > 0 ? params : NULL; /* Citus copies no empty list */
	rc = SPI_execute_plan_extended(plan, &options);
	leave_citus(citus);
	MemoryContextSwitchTo(receiver.context);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "reading the books failed: %s", SPI_result_code_string(rc));
}

/*
 * A column that is never null as covenant writes it; 22004 where it is.
 */
Datum
read_value(const RowRead *row, int column)
{
	if (row->nulls[column - 1])
		refuse_null_on_record(NameStr(TupleDescAttr(row->desc, column - 1)->attname));
	return row->values[column - 1];
}

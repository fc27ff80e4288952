/*-------------------------------------------------------------------------
 *
 * breaches.c
 *		A user's own table of breaches: when a closed breach is written, its
 *		damages are computed into the row.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"
#include "guard/citus.h"

#include "access/htup_details.h"
#include "calendar/calendar.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "guard/watch.h"

/* The columns, by their words among the trigger's arguments. */
typedef enum BreachColumn
{
	BREACH_DEAL,
	BREACH_SECTION,
	BREACH_FROM,
	BREACH_TO,
	BREACH_AMOUNT,
	BREACH_SHARES,
	N_BREACH_COLUMNS
} BreachColumn;

static const char *const breach_words[N_BREACH_COLUMNS + 1] = {
	[BREACH_DEAL] = "deal",
	[BREACH_SECTION] = "section",
	[BREACH_FROM] = "from_day",
	[BREACH_TO] = "to_day",
	[BREACH_AMOUNT] = "amount",
	[BREACH_SHARES] = "shares",
};

static const HookShape breach_shapes[] = {
	{TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE},
	{0}
};

static const Hook breach_hook = {"breach", "ledger", breach_shapes, breach_words};

/* The types that the columns may have; the others may have any. */
static const char *const breach_types[] = {
	[BREACH_FROM] = "date",
	[BREACH_TO] = "date",
	[BREACH_AMOUNT] = "numeric",
	[BREACH_SHARES] = "bigint, numeric or covenant.shares",
};

typedef struct Breaches
{
	TupleDesc	desc;
	Books	   *books;
	int			columns[N_BREACH_COLUMNS];
} Breaches;

/*
 * Has a column still a type with which the damages can be reckoned and stored?
 * ALTER TABLE may have given it another since the table was watched.
 */
static bool
type_suits(Oid type, BreachColumn column)
{
	ColumnType	held = column_type(type);

	switch (column)
	{
		case BREACH_FROM:
		case BREACH_TO:
			return type == DATEOID;
		case BREACH_AMOUNT:
			return held == TYPE_NUMERIC;
		case BREACH_SHARES:
			return held == TYPE_INT8 || held == TYPE_NUMERIC;
		default:
			return true;
	}
}

static void
require_type(const TriggerData *trigger, const char *name, int attno, BreachColumn column)
{
	Oid			type = SPI_gettypeid(RelationGetDescr(trigger->tg_relation), attno);

	if (!type_suits(type, column))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\", used for the %s of a breach, is of type %s",
						name, RelationGetRelationName(trigger->tg_relation), breach_words[column],
						format_type_be(type)),
				 errhint("It has to be of type %s.", breach_types[column])));
}

/*
 * Finds books and columns as they are now, and checks the right to read the
 * books: the owner of the breaches must be a member of the role that owns them.
 */
static void
open_breaches(Breaches *breaches, const TriggerData *trigger)
{
	const char *schema = trigger_word(trigger->tg_trigger, "schema");
	const char *ledger = trigger_word(trigger->tg_trigger, "ledger");

	breaches->desc = RelationGetDescr(trigger->tg_relation);
	if (schema == NULL || ledger == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trigger \"%s\" does not say where the books are", trigger->tg_trigger->tgname),
				 errhint("Such triggers are made by covenant.watch_breaches.")));
	breaches->books = require_books(find_ledger(schema, ledger, false));
	require_user(RelationGetRelid(trigger->tg_relation), breaches->books, "breaches");
	for (int i = 0; i < N_BREACH_COLUMNS; i++)
	{
		const char *name = trigger_word(trigger->tg_trigger, breach_words[i]);

		breaches->columns[i] = name == NULL ? SPI_ERROR_NOATTRIBUTE : SPI_fnumber(breaches->desc, name);
		if (breaches->columns[i] <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of table \"%s\", used for the %s of a breach, does not exist",
							name == NULL ? "" : name, RelationGetRelationName(trigger->tg_relation),
							breach_words[i]),
					 errhint("If it was renamed or dropped since, call covenant.unwatch and covenant.watch_breaches again.")));
		require_type(trigger, name, breaches->columns[i], i);
	}
}

/*
 * The type of a column, with what is in parentheses after it: what does not fit
 * is an error of that type.
 */
static char *
full_type(const Breaches *breaches, BreachColumn column)
{
	Form_pg_attribute attribute = TupleDescAttr(breaches->desc, breaches->columns[column] - 1);

	return format_type_extended(attribute->atttypid, attribute->atttypmod,
								FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/*
 * A value from the row as text, for a parameter; NULL where it is null.
 */
static Datum
column_text(const Breaches *breaches, HeapTuple row, BreachColumn column, char *null)
{
	char	   *value = SPI_getvalue(row, breaches->desc, breaches->columns[column]);

	*null = value == NULL ? 'n' : ' ';
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

/*
 * Asks SQL for the damages of the row's breach, in the types of the columns
 * that take them; runs as the owner of the books.
 */
static void
compute(const Breaches *breaches, HeapTuple row, Datum *results, bool *result_nulls)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, TEXTOID, DATEOID, DATEOID};
	Datum		values[5];
	char		nulls[6] = "     ";
	char	   *query;

	values[0] = ObjectIdGetDatum(breaches->books->ledger);
	values[1] = column_text(breaches, row, BREACH_DEAL, &nulls[1]);
	values[2] = column_text(breaches, row, BREACH_SECTION, &nulls[2]);
	for (int i = 0; i < 2; i++)
	{
		bool		isnull;

		values[3 + i] = SPI_getbinval(row, breaches->desc, breaches->columns[BREACH_FROM + i], &isnull);
		nulls[3 + i] = isnull ? 'n' : ' ';
		if (!isnull)
			require_day(DatumGetDateADT(values[3 + i]), i == 0 ? "the first day of the breach" : "the day of cure");
	}
	query = psprintf("SELECT d.amount::%s, d.shares::%s FROM covenant_internal.breach_damages($1, $2, $3, $4, $5) AS d",
					 full_type(breaches, BREACH_AMOUNT), full_type(breaches, BREACH_SHARES));
	if (SPI_execute_with_args(query, 5, types, values, nulls, false, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "computing the damages of a breach failed");
	for (int i = 0; i < 2; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(SPI_tuptable->tupdesc, i);

		results[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &result_nulls[i]);
		if (!result_nulls[i])
			results[i] = SPI_datumTransfer(results[i], attribute->attbyval, attribute->attlen);
	}
}

static void
compute_as_owner(const Breaches *breaches, HeapTuple row, Datum *results, bool *result_nulls)
{
	Caller		caller;
	int			citus = enter_citus(false);

	act_as(breaches->books->owner, &caller);
	SPI_connect();
	compute(breaches, row, results, result_nulls);
	SPI_finish();
	act_as_caller(&caller);
	leave_citus(citus);
}

/*
 * covenant_internal.breach(): the damages of a closed breach, by the adopted readings,
 * in cents and in shares at the conversion price of the day; NULL for a breach
 * that is still open, which lives in the damages view.
 */
COVENANT_FUNCTION(covenant_breach);
Datum
covenant_breach(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;
	Breaches	breaches;
	HeapTuple	row;
	Datum		results[2];
	bool		result_nulls[2];

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_hung_by_covenant(&breach_hook, trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.breach: not called by a BEFORE INSERT OR UPDATE trigger for each row"),
				 errhint("Call covenant.watch_breaches for the table.")));
	check_spread(trigger, "Distributing it would compute its damages a second time.");
	open_breaches(&breaches, trigger);
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	compute_as_owner(&breaches, row, results, result_nulls);
	return PointerGetDatum(heap_modify_tuple_by_cols(row, breaches.desc, 2,
													 &breaches.columns[BREACH_AMOUNT],
													 results, result_nulls));
}

/*
 * covenant_internal.breach_tables(ledger): the tables of breaches that get their
 * damages from these books, with their columns.
 */
COVENANT_FUNCTION(covenant_breach_tables);
Datum
covenant_breach_tables(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	foreach(cell, vouched_by(&breach_hook, PG_GETARG_OID(0)))
	{
		const Vouched *table = lfirst(cell);
		Datum		values[1 + N_BREACH_COLUMNS];
		bool		nulls[1 + N_BREACH_COLUMNS] = {false};

		values[0] = ObjectIdGetDatum(table->relation);
		for (int i = 0; i < N_BREACH_COLUMNS; i++)
			values[1 + i] = DirectFunctionCall1(namein, CStringGetDatum(trigger_word(table->trigger, breach_words[i])));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

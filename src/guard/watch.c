/*-------------------------------------------------------------------------
 *
 * watch.c
 *		Reading a trigger's arguments.
 *
 * A trigger of covenant learns everything from its arguments: where the books
 * are and which column is what, each as word=name.  There is no registry, and
 * the table's own name means nothing, so that a renamed table, a partition or
 * a shard is treated like the table that the user watched.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/watch.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static const char *const table_words[] = {
	[DEALS_TABLE] = "deals",
	[NOTES_TABLE] = "notes",
	[WARRANTS_TABLE] = "warrants",
	[CAPITAL_TABLE] = "capital",
};

static const char *const column_words[] = {
	[COL_DEAL] = "deal",
	[COL_HOLDER] = "holder",
	[COL_ONLY_WHEN] = "only_when",
	[COL_PRINCIPAL] = "principal",
	[COL_PRICE] = "price",
	[COL_RATE] = "rate",
	[COL_SECURITY] = "security",
	[COL_TERMS] = "terms",
	[COL_SHARES] = "shares",
	[COL_RESERVED] = "reserved",
	[COL_AUTHORIZED] = "authorized",
	[COL_OUTSTANDING] = "outstanding",
	[COL_OTHER_RESERVED] = "other_reserved",
	[COL_MULTIPLE] = "multiple",
	[COL_MINIMUM] = "minimum",
	[COL_COMPANY] = "company",
};

/* The columns without which a table of a kind cannot be watched. */
static const uint32 required_columns[] = {
	[DEALS_TABLE] = 1 << COL_DEAL | 1 << COL_RESERVED,
	[NOTES_TABLE] = 1 << COL_DEAL | 1 << COL_PRINCIPAL | 1 << COL_PRICE,
	[WARRANTS_TABLE] = 1 << COL_DEAL | 1 << COL_SHARES,
	[CAPITAL_TABLE] = 1 << COL_DEAL | 1 << COL_AUTHORIZED | 1 << COL_OUTSTANDING,
};

static void
bad_arguments(const Trigger *trigger, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("trigger \"%s\" has arguments that covenant does not understand", trigger->tgname),
			 errdetail_internal("%s", detail),
			 errhint("Triggers of covenant are made by covenant.watch_deals, covenant.watch_notes and covenant.watch_warrants.")));
}

static TableKind
table_kind(const Trigger *trigger)
{
	const char *word = trigger_word(trigger, "table");

	for (int i = 0; word != NULL && i < lengthof(table_words); i++)
	{
		if (strcmp(word, table_words[i]) == 0)
			return (TableKind) i;
	}
	bad_arguments(trigger, "There is no table=deals, table=notes, table=warrants or table=capital.");
	pg_unreachable();
}

/*
 * What kind of value a type holds; TYPE_OTHER for what is not a number here.
 */
ColumnType
column_type(Oid base)
{
	HeapTuple	tuple;
	Form_pg_type type;
	ColumnType	result = TYPE_OTHER;

	switch (base)
	{
		case INT2OID:
			return TYPE_INT2;
		case INT4OID:
			return TYPE_INT4;
		case INT8OID:
			return TYPE_INT8;
		case NUMERICOID:
			return TYPE_NUMERIC;
		case TEXTOID:
		case VARCHAROID:
		case UUIDOID:
		case BOOLOID:
			return TYPE_OTHER;
	}

	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(base));
	if (!HeapTupleIsValid(tuple))
		return TYPE_OTHER;
	type = (Form_pg_type) GETSTRUCT(tuple);
	if (type->typnamespace == get_namespace_oid("covenant", true))
	{
		if (strcmp(NameStr(type->typname), "shares") == 0)
			result = TYPE_INT8;
		else if (strcmp(NameStr(type->typname), "share_price") == 0)
			result = TYPE_SHARE_PRICE;
	}
	ReleaseSysCache(tuple);
	return result;
}

/*
 * Can a column of this type hold the thing?
 */
static bool
type_suits(ColumnRole role, const Column *column)
{
	switch (role)
	{
		case COL_DEAL:
		case COL_COMPANY:
			return is_key_type(column->base);
		case COL_HOLDER:
		case COL_SECURITY:
		case COL_TERMS:
			return true;
		case COL_ONLY_WHEN:
			return column->base == BOOLOID;
		case COL_PRICE:
			return column->type != TYPE_OTHER;
		default:
			return column->type != TYPE_OTHER && column->type != TYPE_SHARE_PRICE;
	}
}

/*
 * Finds one watched column in a row type, by name: 42703 where it was renamed
 * or dropped.
 */
static void
bind_column(const Watch *watch, TupleDesc desc, Column *column, const char *word)
{
	column->attno = SPI_fnumber(desc, column->name);
	if (column->attno <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\", to be watched as \"%s\", does not exist",
						column->name, get_rel_name(watch->relation), word),
				 errhint("If it was renamed or dropped since, watch the table again with its present columns.")));
	if (TupleDescAttr(desc, column->attno - 1)->attgenerated == 'v')
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\", to be watched as \"%s\", is a virtual generated column",
						column->name, get_rel_name(watch->relation), word),
				 errdetail("Its value is not there when a trigger sees the row."),
				 errhint("Make it a stored generated column.")));
	column->base = getBaseType(SPI_gettypeid(desc, column->attno));
	column->type = column_type(column->base);
}

/*
 * Finds the watched columns in a row type: 42703 where one is gone, 42804 where
 * its type can no longer hold the thing.
 */
void
bind_columns(Watch *watch, TupleDesc desc)
{
	for (int role = 0; role < N_COLUMN_ROLES; role++)
	{
		Column	   *column = &watch->columns[role];

		if (column->name == NULL)
			continue;
		bind_column(watch, desc, column, column_words[role]);
		if (!type_suits(role, column))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of table \"%s\" is watched as \"%s\" but is of type %s",
							column->name, get_rel_name(watch->relation),
							column_words[role], format_type_be(column->base)),
					 errhint("Use smallint, integer, bigint, numeric or covenant.shares for share counts and money, also covenant.share_price for prices, boolean for only_when; smallint, integer, bigint, uuid, text or varchar for the deal.")));
	}
	for (int i = 0; i < watch->nkeys; i++)
	{
		Column	   *column = &watch->keys[i];

		bind_column(watch, desc, column, "key");
		if (!is_key_type(column->base) && column->base != DATEOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of table \"%s\" identifies an instrument but is of type %s",
							column->name, get_rel_name(watch->relation), format_type_be(column->base)),
					 errdetail("The books keep it as text, which may not depend on settings."),
					 errhint("Use smallint, integer, bigint, uuid, text, varchar or date.")));
	}
}

/*
 * What identifies an instrument of the table, and what positions call it.
 */
static void
read_key_words(Watch *watch, const Trigger *trigger)
{
	const char *name;

	if (watch->kind == DEALS_TABLE || watch->kind == CAPITAL_TABLE)
		return;
	watch->source = trigger_word(trigger, "source");
	if (watch->source == NULL)
		bad_arguments(trigger, "There is no source=.");
	while ((name = nth_trigger_word(trigger, "key", watch->nkeys)) != NULL)
	{
		if (watch->nkeys == INDEX_MAX_KEYS)
			bad_arguments(trigger, "There are too many key=.");
		watch->keys[watch->nkeys++].name = name;
	}
	if (watch->nkeys == 0)
		bad_arguments(trigger, "There is no key=.");
}

/*
 * Is the table a partition, or does it inherit?  Asked of its columns, at every
 * statement: the catalogue of inheritance would take as long as all the rest.
 */
static bool
is_part(Relation relation)
{
	TupleDesc	desc = RelationGetDescr(relation);

	for (int i = 0; i < desc->natts; i++)
	{
		if (TupleDescAttr(desc, i)->attinhcount > 0)
			return true;
	}
	return relation->rd_rel->relispartition;
}

/*
 * A statement on a table with children changes their rows as well, and one on
 * a child does not tell the parent: so statement triggers are wrong as soon as
 * a plain table gets its first child, or becomes one itself.  Of what is
 * written through a new parent no trigger hears; the next statement on the
 * table itself does, and covenant.check and covenant.audit ask.
 */
static void
refuse_kin(Relation relation, const Trigger *trigger)
{
	const char *name = RelationGetRelationName(relation);

	if (TRIGGER_FOR_ROW(trigger->tgtype) || TRIGGER_FOR_TRUNCATE(trigger->tgtype))
		return;
	if (relation->rd_rel->relhassubclass &&
		find_inheritance_children(RelationGetRelid(relation), NoLock) != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" is watched by statement, but other tables inherit from it now", name),
				 errhint("Watch it again; it and its children are then watched by row.")));
	if (is_part(relation))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" is watched by statement, but is a part of another table now", name),
				 errdetail("What is written through that table is not seen here."),
				 errhint("Watch it again, or that table where it is watched itself; it is then watched by row, and what was missed is booked.")));
}

static bool
is_table(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION ||
		relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
}

/*
 * Raises why a table cannot post to the books: it is none (42809), or its
 * owner is no member of the role that owns them (42501).
 */
static void
require_vouched(Relation relation, const Books *books)
{
	if (speaks_for(RelationGetRelid(relation), books->owner))
		return;
	if (!is_table(relation))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" cannot be watched", RelationGetRelationName(relation)),
				 errdetail("It is no ordinary table.")));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("owner of table \"%s\" may not post to the books \"%s\"",
					RelationGetRelationName(relation), books->ledger_name),
			 errdetail("The owner of a watched table must be a member of the role that owns the books."),
			 errhint("Grant that role to the owner, or give the books to the owner as well.")));
}

static void
require_key(const Column *column, Relation relation, Oid base, const Books *books, bool company)
{
	if (same_key_kind(column->base, base))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of table \"%s\" is of type %s, but the %s of \"%s\" are of type %s",
					column->name, RelationGetRelationName(relation), format_type_be(column->base),
					company ? "companies" : "deals", books->ledger_name, format_type_be(base)),
			 errhint(company ? "Use the type of the company column of the deals table." :
					 "Use the type of the key of the deals table.")));
}

/*
 * Raises why the rows of a table cannot be those of the books' deals, or of
 * their companies.
 */
static void
require_keys(const Watch *watch, Relation relation)
{
	const Books *books = watch->books;
	bool		names_companies = watch->kind == CAPITAL_TABLE || watch->columns[COL_COMPANY].name != NULL;

	if (names_companies && !OidIsValid(books->capital))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the capital of companies beside \"%s\" does not exist", books->ledger_name),
				 errdetail("It was dropped, renamed or moved."),
				 errhint("Put it back under its name, or watch the deals table again, which makes a new one.")));
	require_key(&watch->columns[COL_DEAL], relation,
				watch->kind == CAPITAL_TABLE ? books->company_base : books->key_base, books,
				watch->kind == CAPITAL_TABLE);
	if (watch->columns[COL_COMPANY].name != NULL)
		require_key(&watch->columns[COL_COMPANY], relation, books->company_base, books, true);
}

/*
 * Reads the arguments, finds books and columns, and checks the right to post:
 * the table's owner must be a member of the role that owns the books, or
 * anybody could post entries from a table of his own.
 */
void
open_watch(Watch *watch, Relation relation, const Trigger *trigger)
{
	const char *schema = trigger_word(trigger, "schema");
	const char *ledger = trigger_word(trigger, "ledger");
	const char *rounding = trigger_word(trigger, "rounding");

	memset(watch, 0, sizeof(Watch));
	watch->kind = table_kind(trigger);
	watch->relation = RelationGetRelid(relation);
	if (schema == NULL || ledger == NULL)
		bad_arguments(trigger, "There is no schema= or no ledger=.");
	watch->rewritten = trigger_word(trigger, "rewritten") != NULL;
	watch->rounding = rounding == NULL ? ROUND_DOWN :
		rounding_from_name(rounding, strlen(rounding));
	for (int role = 0; role < N_COLUMN_ROLES; role++)
	{
		watch->columns[role].name = trigger_word(trigger, column_words[role]);
		if (watch->columns[role].name == NULL && (required_columns[watch->kind] & (1 << role)))
			bad_arguments(trigger, psprintf("There is no %s=.", column_words[role]));
	}
	read_key_words(watch, trigger);
	bind_columns(watch, RelationGetDescr(relation));

	watch->books = books_of_ledger(find_ledger(schema, ledger, false));
	if (watch->books == NULL)	/* dropped since their name was looked up */
		no_books(schema, ledger);
	require_vouched(relation, watch->books);
	require_keys(watch, relation);
	refuse_kin(relation, trigger);
	refuse_second_hook(&capture_hook, relation, trigger);
}

/*
 * The trigger of covenant on a relation; NULL where it is not watched, or is
 * no table at all.  One for TRUNCATE alone is what a partition keeps that was
 * detached.  It is a copy, since any look into the catalog may have the
 * relcache make its own list of triggers anew.
 */
const Trigger *
covenant_trigger(Relation relation)
{
	Oid			capture;
	TriggerDesc *triggers;

	if (relation->trigdesc == NULL || !is_table(relation))
		return NULL;
	capture = hook_function(&capture_hook);
	triggers = CopyTriggerDesc(relation->trigdesc);
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == capture && !TRIGGER_FOR_TRUNCATE(trigger->tgtype) &&
			is_hung_by_covenant(&capture_hook, trigger))
			return trigger;
	}
	return NULL;
}

/*
 * Opens a relation that SQL names; 42P01 where it does not exist.
 */
Relation
open_named(Oid relid)
{
	Relation	relation = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;

	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	return relation;
}

/*
 * The watch of a relation under its trigger; an error where it has none.
 */
void
open_watch_of(Watch *watch, Relation relation)
{
	const Trigger *trigger = covenant_trigger(relation);

	if (trigger == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not watched", RelationGetRelationName(relation))));
	open_watch(watch, relation, trigger);
}

/*
 * Raises that ALTER TABLE changed values of a table past its triggers (see
 * rewrite.c), and that nobody has rebuilt the books since.
 */
void
refuse_rewritten(Relation relation, const Trigger *trigger)
{
	const char *column = trigger_word(trigger, "rewritten");

	if (column == NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" was rewritten since covenant last knew it",
					RelationGetRelationName(relation)),
			 errdetail("ALTER TABLE changed values of column \"%s\", which no trigger sees.", column),
			 errhint("Call covenant.rebuild for the deals table, which books what the table holds now; covenant.audit shows what that is.")));
}

/*
 * covenant_internal.refuse_rewritten(relation)
 */
COVENANT_FUNCTION(covenant_refuse_rewritten);
Datum
covenant_refuse_rewritten(PG_FUNCTION_ARGS)
{
	Relation	relation = open_named(PG_GETARG_OID(0));
	const Trigger *trigger = covenant_trigger(relation);

	if (trigger != NULL)
		refuse_rewritten(relation, trigger);
	relation_close(relation, AccessShareLock);
	PG_RETURN_VOID();
}

/*
 * covenant_internal.check_watch(relation): raises what the next write would find wrong
 * with the trigger, the books, the columns or the rights.
 */
COVENANT_FUNCTION(covenant_check_watch);
Datum
covenant_check_watch(PG_FUNCTION_ARGS)
{
	Relation	relation = open_named(PG_GETARG_OID(0));
	Watch		watch;

	open_watch_of(&watch, relation);
	relation_close(relation, AccessShareLock);
	PG_RETURN_VOID();
}

/*
 * covenant_internal.watch_word(relation, word): one argument of the trigger by which a
 * table is watched; NULL where there is none.
 */
COVENANT_FUNCTION(covenant_watch_word);
Datum
covenant_watch_word(PG_FUNCTION_ARGS)
{
	Relation	relation = open_named(PG_GETARG_OID(0));
	const Trigger *trigger = covenant_trigger(relation);
	const char *value = NULL;
	text	   *result = NULL;

	if (trigger != NULL)
		value = trigger_word(trigger, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (value != NULL)
		result = cstring_to_text(value);
	relation_close(relation, AccessShareLock);
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}

/*
 * covenant_internal.watch_words(relation): all arguments, word=value.
 */
COVENANT_FUNCTION(covenant_watch_words);
Datum
covenant_watch_words(PG_FUNCTION_ARGS)
{
	Relation	relation = open_named(PG_GETARG_OID(0));
	const Trigger *trigger = covenant_trigger(relation);
	ArrayBuildState *words = initArrayResult(TEXTOID, CurrentMemoryContext, false);

	for (int i = 0; trigger != NULL && i < trigger->tgnargs; i++)
		words = accumArrayResult(words, CStringGetTextDatum(trigger->tgargs[i]), false,
								 TEXTOID, CurrentMemoryContext);
	relation_close(relation, AccessShareLock);
	PG_RETURN_DATUM(makeArrayResult(words, CurrentMemoryContext));
}

/*
 * covenant_internal.watch_keys(relation): the columns that identify the
 * instruments of a watched table.
 */
COVENANT_FUNCTION(covenant_watch_keys);
Datum
covenant_watch_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Relation	relation = open_named(PG_GETARG_OID(0));
	const Trigger *trigger = covenant_trigger(relation);
	const char *name;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; trigger != NULL && (name = nth_trigger_word(trigger, "key", i)) != NULL; i++)
	{
		Datum		value = DirectFunctionCall1(namein, CStringGetDatum(name));
		bool		isnull = false;

		tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
	}
	relation_close(relation, AccessShareLock);
	return (Datum) 0;
}

/*
 * Has a column the same value in two versions of a row, bit by bit?
 */
bool
same_value(const Column *column, TupleTableSlot *old, TupleTableSlot *new)
{
	Form_pg_attribute attribute = TupleDescAttr(old->tts_tupleDescriptor, column->attno - 1);
	bool		old_null,
				new_null;
	Datum		old_value = slot_getattr(old, column->attno, &old_null);
	Datum		new_value = slot_getattr(new, column->attno, &new_null);

	return old_null == new_null &&
		(old_null || datumIsEqual(old_value, new_value, attribute->attbyval, attribute->attlen));
}

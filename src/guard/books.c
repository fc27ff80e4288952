/*-------------------------------------------------------------------------
 *
 * books.c
 *		Finding the books, and the keys under which they keep deals.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "guard/layout.h"
#include "guard/vouch.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "port/pg_bswap.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#define INT64_SIGN_BIT	(UINT64CONST(1) << 63)

static HTAB *known_books = NULL;

void
no_books(const char *schema, const char *ledger)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("the books \"%s.%s\" do not exist", schema, ledger),
			 errdetail("A trigger of covenant keeps its sums there; they were dropped, renamed or moved."),
			 errhint("Watch the deals table again, and then the tables that point to it, or remove the triggers with covenant.unwatch.")));
}

/*
 * The ledger's OID, by the names that a trigger's arguments give.
 */
Oid
find_ledger(const char *schema, const char *ledger, bool missing_ok)
{
	Oid			namespace = get_namespace_oid(schema, true);
	Oid			relation = InvalidOid;

	if (OidIsValid(namespace))
		relation = get_relname_relid(ledger, namespace);
	if (!OidIsValid(relation) && !missing_ok)
		no_books(schema, ledger);
	return relation;
}

/*
 * Relcache invalidation: the books may have another name, owner or shape.
 */
static void
forget_books(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS all;
	Books	   *books;

	hash_seq_init(&all, known_books);
	while ((books = hash_seq_search(&all)) != NULL)
	{
		if (!OidIsValid(relation) || relation == books->ledger ||
			relation == books->journal || relation == books->position ||
			relation == books->capital || relation == books->capital_journal ||
			relation == books->deals_table)
			books->valid = false;
	}
}

/*
 * Invalidation of a role, a membership or who owns the database.
 */
static void
forget_rights(Datum arg, int cache, uint32 hash)
{
	HASH_SEQ_STATUS all;
	Books	   *books;

	hash_seq_init(&all, known_books);
	while ((books = hash_seq_search(&all)) != NULL)
		books->has_rights = false;
}

void
define_books(void)
{
	static const int caches[] = {AUTHOID, AUTHMEMROLEMEM, DATABASEOID};
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(Books),
	.hcxt = TopMemoryContext};

	known_books = hash_create("covenant books", 16, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(forget_books, (Datum) 0);
	for (int i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], forget_rights, (Datum) 0);
}

static void
replace_string(char **where, const char *value)
{
	char	   *copy = MemoryContextStrdup(TopMemoryContext, value);

	if (*where != NULL)
		pfree(*where);
	*where = copy;
}

/*
 * Finds and locks a table of the books beside the ledger: 42P01 where there is
 * none, 55000 where it is not the ledger's owner's.
 */
static Oid
find_beside(const Books *books, const char *what, const char *suffix, const char *name)
{
	Oid			relation = vouched_book(books->ledger, suffix);
	char	   *schema = get_namespace_name(get_rel_namespace(books->ledger));

	if (OidIsValid(relation))
	{
		LockRelationOid(relation, AccessShareLock);
		if (relation == vouched_book(books->ledger, suffix))
			return relation;
	}
	if (OidIsValid(get_relname_relid(name, get_rel_namespace(books->ledger))))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("\"%s.%s\" is not the %s of these books", schema, name, what),
				 errdetail("It does not belong to the owner of the ledger, or is no ordinary table."),
				 errhint("Give it to the owner of the ledger, or put the right one in its place.")));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("the %s \"%s.%s\" does not exist", what, schema, name),
			 errdetail("It was dropped, renamed or moved."),
			 errhint("Put it back under that name, or watch the deals table again, which makes a new one.")));
	pg_unreachable();
}

/*
 * The books of companies, where the deals name whose shares they are about.
 */
static void
find_capital(Books *books)
{
	AttrNumber	company;

	books->capital_journal = InvalidOid;
	books->capital = vouched_book(books->ledger, "capital");
	if (!OidIsValid(books->capital))
		return;
	books->capital_journal = find_beside(books, "journal of the capital", "capital_journal",
										 name_beside(books->ledger, "capital_journal"));
	company = get_attnum(books->capital, "company");
	books->company_base = company == InvalidAttrNumber ? InvalidOid :
		getBaseType(get_atttype(books->capital, company));
	if (!OidIsValid(books->company_base) || !is_key_type(books->company_base))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not the capital of companies as covenant keeps it", qualified_name(books->capital)),
				 errhint("Put back its column \"company\", or give another table that has this name another one.")));
}

/*
 * Reads what is to be remembered of a ledger, which is locked.  Its plans are
 * only marked: one of them may be running, with a trigger on the books that
 * changes them and then asks for them.
 */
static void
load_books(Books *books, Form_pg_class class)
{
	AttrNumber	key = get_attnum(books->ledger, "deal");
	Oid			key_type = key == InvalidAttrNumber ? InvalidOid : get_atttype(books->ledger, key);

	if (class->relkind != RELKIND_RELATION || !OidIsValid(key_type) ||
		!is_key_type(getBaseType(key_type)))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a ledger of covenant", NameStr(class->relname)),
				 errhint("The ledger of a deals table is the table that covenant.watch_deals returns.")));

	books->plans_stale = books->capital_plans_stale = true;
	books->reading_stale = true;
	books->looked_over = books->has_types = books->has_rights = false;
	replace_string(&books->journal_name, name_beside(books->ledger, "journal"));
	replace_string(&books->position_name, name_beside(books->ledger, "position"));
	books->journal = find_beside(books, "journal", "journal", books->journal_name);
	books->position = find_beside(books, "table of positions", "position", books->position_name);
	find_capital(books);
	replace_string(&books->schema, get_namespace_name(class->relnamespace));
	replace_string(&books->ledger_name, NameStr(class->relname));
	books->owner = class->relowner;
	books->key_type = key_type;
	books->key_base = getBaseType(key_type);
	books->loading++;
	books->valid = true;
}

/*
 * The books of a ledger; NULL where it does not exist any more.  They are
 * locked before they are looked at, so that what is remembered is true and
 * every later change is heard of.
 */
Books *
books_of_ledger(Oid ledger)
{
	Books	   *books = hash_search(known_books, &ledger, HASH_FIND, NULL);
	Relation	relation;

	if (books != NULL && books->valid)
		return books;

	relation = try_relation_open(ledger, AccessShareLock);
	if (relation == NULL)
		return NULL;
	if (books == NULL)
	{
		books = hash_search(known_books, &ledger, HASH_ENTER, NULL);
		memset((char *) books + sizeof(Oid), 0, sizeof(Books) - sizeof(Oid));
	}
	load_books(books, relation->rd_rel);
	relation_close(relation, NoLock);
	return books;
}

/*
 * The same, where there must be some: 42P01 otherwise.
 */
Books *
require_books(Oid ledger)
{
	Books	   *books = books_of_ledger(ledger);

	if (books == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", ledger)));
	return books;
}

/*
 * The same, locked: nobody gives a column another type, or a table another
 * name, until the transaction ends.  What is remembered may have changed while
 * the locks were waited for.  NULL where the ledger does not exist any more.
 */
Books *
locked_books(Oid ledger, LOCKMODE mode)
{
	Books	   *books;

	while ((books = books_of_ledger(ledger)) != NULL)
	{
		LockRelationOid(ledger, mode);
		LockRelationOid(books->journal, mode);
		LockRelationOid(books->position, mode);
		if (books->valid)
			break;
	}
	return books;
}

static void
refuse_column(Oid relation, const char *column, Oid type, Oid wanted)
{
	char	   *name = qualified_name(relation);

	ereport(ERROR,
			(errcode(OidIsValid(type) ? ERRCODE_DATATYPE_MISMATCH : ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of the books \"%s\" is not as covenant made it", column, name),
			 OidIsValid(type) ?
			 errdetail("It has type %s where covenant reads %s.", format_type_be(type), format_type_be(wanted)) :
			 errdetail("It was dropped or renamed; covenant reads %s there.", format_type_be(wanted)),
			 errhint(OidIsValid(type) ? "Put it back: ALTER TABLE %s ALTER COLUMN %s TYPE %s." :
					 "Put it back: ALTER TABLE %s RENAME COLUMN ... TO %s, or ADD COLUMN of type %s.",
					 name, quote_identifier(column), format_type_be(wanted))));
}

/*
 * Has a table of the books the columns of its layout, with values that are as
 * those of their types: be it under a domain, or varchar for text?
 */
void
check_types(const Books *books, Oid relation, const BookLayout *layout)
{
	for (int i = 0; i < layout->ncolumns; i++)
	{
		const BookColumn *column = &layout->columns[i];
		Oid			wanted = OidIsValid(column->type) ? column->type : books->key_base;
		AttrNumber	attno = get_attnum(relation, column->name);
		Oid			type = attno <= 0 ? InvalidOid : get_atttype(relation, attno);

		if (!OidIsValid(type) || !IsBinaryCoercible(type, wanted))
			refuse_column(relation, column->name, type, wanted);
	}
}

/*
 * Asked by all who read the books, before they take a value for what covenant
 * wrote there; 42703 where a column is gone, 42804 where it has another type.
 * No cast: of a type of somebody's own it would be code of his, run by whoever
 * reads.
 */
void
require_types(Books *books)
{
	if (locked_books(books->ledger, AccessShareLock) == NULL)
		no_books(books->schema, books->ledger_name);
	if (books->has_types)
		return;
	check_types(books, books->ledger, &ledger_layout);
	check_types(books, books->journal, &journal_layout);
	check_types(books, books->position, &position_layout);
	books->has_types = true;
}

/*
 * The books have a null where covenant never writes one: 22004.
 */
void
refuse_null_on_record(const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of the books is null", column),
			 errdetail("Journal and positions as covenant writes them have a value there."),
			 errhint("A row was put in by hand; take it out, and let covenant.audit look for others.")));
}

/*
 * A column, counted from 1, of a row that a query over the books gave, and that
 * is never null as covenant writes it: 22004 where it is.
 */
Datum
value_on_record(HeapTuple row, TupleDesc desc, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row, desc, column, &isnull);

	if (isnull)
		refuse_null_on_record(NameStr(TupleDescAttr(desc, column - 1)->attname));
	return value;
}

/*
 * covenant_internal.require_types(ledger)
 */
COVENANT_FUNCTION(covenant_require_types);
Datum
covenant_require_types(PG_FUNCTION_ARGS)
{
	require_types(require_books(PG_GETARG_OID(0)));
	PG_RETURN_VOID();
}

/*
 * The types a deal's key may have (underneath a domain).
 */
bool
is_key_type(Oid base)
{
	return base == INT2OID || base == INT4OID || base == INT8OID ||
		base == UUIDOID || base == TEXTOID || base == VARCHAROID;
}

/*
 * Are keys of two types the same as bytes: both integers, both text, both uuid?
 */
bool
same_key_kind(Oid a, Oid b)
{
	bool		a_is_text = a == TEXTOID || a == VARCHAROID;
	bool		b_is_text = b == TEXTOID || b == VARCHAROID;

	return a_is_text == b_is_text && (a == UUIDOID) == (b == UUIDOID);
}

/*
 * A key as bytes that memcmp orders as the type does: integers as 8 bytes,
 * most significant first, with the sign turned; text by its bytes, which is
 * an order as good as any, since it is only for locking.  Integers use the
 * caller's buffer, the others point into the datum.
 */
Bytes
key_from_datum(Datum value, Oid base, char buffer[8])
{
	uint64		number;

	switch (base)
	{
		case UUIDOID:
			return (Bytes) {(char *) DatumGetUUIDP(value)->data, UUID_LEN};
		case TEXTOID:
		case VARCHAROID:
			{
				text	   *packed = DatumGetTextPP(value);

				return (Bytes) {VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed)};
			}
		case INT2OID:
			number = (uint64) (int64) DatumGetInt16(value);
			break;
		case INT4OID:
			number = (uint64) (int64) DatumGetInt32(value);
			break;
		default:
			number = (uint64) DatumGetInt64(value);
	}
	number = pg_hton64(number ^ INT64_SIGN_BIT);
	memcpy(buffer, &number, sizeof(number));
	return (Bytes) {buffer, sizeof(number)};
}

/*
 * The way back, for the type of the ledger's key.
 */
Datum
key_to_datum(Bytes key, Oid base)
{
	uint64		number;
	int			len = base == UUIDOID ? UUID_LEN : sizeof(number);

	if (base == TEXTOID || base == VARCHAROID)
		return PointerGetDatum(cstring_to_text_with_len(key.data, key.len));
	if (key.len != len)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the deals of the books changed their type while a change was pending"),
				 errhint("Give them back the type of the key of the deals table.")));
	if (base == UUIDOID)
		return UUIDPGetDatum(memcpy(palloc(UUID_LEN), key.data, UUID_LEN));

	memcpy(&number, key.data, sizeof(number));
	number = pg_ntoh64(number) ^ INT64_SIGN_BIT;
	if (base == INT2OID)
		return DirectFunctionCall1(int82, Int64GetDatum((int64) number));
	if (base == INT4OID)
		return DirectFunctionCall1(int84, Int64GetDatum((int64) number));
	return Int64GetDatum((int64) number);
}

char *
key_to_cstring(Bytes key, Oid base)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(base, &output, &varlena);
	return OidOutputFunctionCall(output, key_to_datum(key, base));
}

Bytes
key_from_cstring(char *text, Oid base, char buffer[8])
{
	Oid			input,
				param;

	getTypeInputInfo(base, &input, &param);
	return key_from_datum(OidInputFunctionCall(input, text, param, -1), base, buffer);
}

/*
 * Goes on as an owner, whatever the caller may do: policies for rows do not hold
 * for him, and SET ROLE is out of reach.  After an error the abort of the
 * transaction brings the caller back.
 */
void
act_as(Oid owner, Caller *caller)
{
	GetUserIdAndSecContext(&caller->user, &caller->security);
	SetUserIdAndSecContext(owner, caller->security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

void
act_as_caller(const Caller *caller)
{
	SetUserIdAndSecContext(caller->user, caller->security);
}

/*
 * 42501 unless a role owns the relation, or is a member of the role that does.
 */
void
require_owner(Oid relation, Oid role)
{
	if (!has_privs_of_role(role, owner_of(relation)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table \"%s\"", get_rel_name(relation)),
				 errdetail("The books of covenant are kept in the name of the role that owns them.")));
}

/*
 * 42501 where the owner of a table, of breaches or of acts, may not use the books.
 */
void
require_user(Oid relation, const Books *books, const char *what)
{
	if (!speaks_for(relation, books->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner of table \"%s\" may not use the books \"%s\"", get_rel_name(relation), books->ledger_name),
				 errdetail("The owner of the %s must be a member of the role that owns the books.", what)));
}

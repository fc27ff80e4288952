/*-------------------------------------------------------------------------
 *
 * suits.c
 *		May books be written without the executor?
 *
 * They may where they are ordinary heap tables, as covenant made them and with
 * nothing attached that only the executor would see, and where their owner has
 * the rights that it would ask for.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/suits.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "guard/citus.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * Has the table the columns of its layout, in any order, of their very types?
 */
static bool
find_columns(const Books *books, Relation relation, const BookLayout *layout, AttrNumber *attnos)
{
	for (int i = 0; i < layout->ncolumns; i++)
	{
		AttrNumber	attno = get_attnum(RelationGetRelid(relation), layout->columns[i].name);
		Form_pg_attribute attribute;

		attnos[i] = attno;
		if (attno <= 0)
			return false;
		attribute = TupleDescAttr(RelationGetDescr(relation), attno - 1);
		if (attribute->attgenerated != '\0' ||
			attribute->atttypid != (i == 0 ? books->key_type : layout->columns[i].type) ||
			(i > 0 && attribute->atttypmod != -1))
			return false;
	}
	return true;
}

/*
 * And no others, that would need a value?
 */
static bool
has_no_others(Relation relation, const BookLayout *layout)
{
	int			live = 0;

	for (int i = 0; i < RelationGetDescr(relation)->natts; i++)
		live += !TupleDescAttr(RelationGetDescr(relation), i)->attisdropped;
	return live == layout->ncolumns;
}

/*
 * Nothing that only the executor would see: rules, triggers that would fire,
 * checks, generated columns, children; nor a key that is a domain.
 */
static bool
relation_suits(Relation relation, bool is_updated)
{
	const TriggerDesc *t = relation->trigdesc;
	const TupleConstr *constraints = RelationGetDescr(relation)->constr;

	if (relation->rd_rel->relkind != RELKIND_RELATION ||
		relation->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT ||
		relation->rd_tableam != GetHeapamTableAmRoutine() ||
		relation->rd_rel->relhasrules || relation->rd_rel->relispartition ||
		relation->rd_rel->relhassubclass)
		return false;
	if (constraints != NULL && (constraints->has_generated_stored || constraints->num_check > 0))
		return false;
	if (t == NULL)
		return true;
	if (is_updated)
		return !(t->trig_update_before_row || t->trig_update_after_row ||
				 t->trig_update_before_statement || t->trig_update_after_statement ||
				 t->trig_update_new_table || t->trig_update_old_table);
	return !(t->trig_insert_before_row || t->trig_insert_after_row ||
			 t->trig_insert_before_statement || t->trig_insert_after_statement ||
			 t->trig_insert_new_table);
}

/*
 * No index of the table needs an expression, a predicate or a later check, and
 * its primary key is on these columns of the layout, in order.
 */
static bool
indexes_suit(Relation relation, const BookLayout *layout, const int *key, int nkeys, Oid *pkey)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;
	bool		suits = true;

	*pkey = InvalidOid;
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		Form_pg_index form = index->rd_index;

		if (!form->indimmediate || !form->indisvalid || RelationGetIndexExpressions(index) != NIL ||
			RelationGetIndexPredicate(index) != NIL || form->indisexclusion)
			suits = false;
		if (form->indisprimary && index->rd_rel->relam == BTREE_AM_OID && form->indnkeyatts == nkeys)
		{
			*pkey = RelationGetRelid(index);
			for (int i = 0; i < nkeys; i++)
			{
				if (form->indkey.values[i] != get_attnum(RelationGetRelid(relation), layout->columns[key[i]].name))
					*pkey = InvalidOid;
			}
		}
		index_close(index, AccessShareLock);
	}
	list_free(indexes);
	return suits && OidIsValid(*pkey);
}

/*
 * How two keys in the first column of an index are compared.
 */
static RegProcedure
key_comparison(Oid index, Oid *collation)
{
	Relation	relation = index_open(index, AccessShareLock);
	Oid			type = relation->rd_opcintype[0];
	Oid			equal = get_opfamily_member(relation->rd_opfamily[0], type, type, BTEqualStrategyNumber);

	*collation = relation->rd_indcollation[0];
	index_close(relation, AccessShareLock);
	return get_opcode(equal);
}

/*
 * Has the owner his rights?  Asked again when the books or any role changed,
 * which may be while they are looked up.
 */
static bool
may_write(Books *books)
{
	AclMode		ledger = ACL_SELECT | ACL_INSERT | ACL_UPDATE;

	if (!books->has_rights)
	{
		books->has_rights = true;
		if (pg_class_aclmask(books->ledger, books->owner, ledger, ACLMASK_ALL) != ledger ||
			pg_class_aclcheck(books->journal, books->owner, ACL_INSERT) != ACLCHECK_OK ||
			pg_class_aclcheck(books->position, books->owner, ACL_INSERT) != ACLCHECK_OK)
			books->has_rights = false;
	}
	return books->has_rights;
}

/*
 * Looks the books over, unless they have not changed since.
 */
static void
look_over(Books *books)
{
	static const int ledger_key[] = {SUM_DEAL};
	static const int journal_key[] = {SUM_DEAL, J_SEQ};
	static const int position_key[] = {P_DEAL, P_SEQ, P_LINE};
	Relation	ledger = table_open(books->ledger, RowExclusiveLock);
	Relation	journal = table_open(books->journal, RowExclusiveLock);
	Relation	position = table_open(books->position, RowExclusiveLock);
	Oid			ignored;

	books->has_columns = find_columns(books, ledger, &ledger_layout, books->ledger_attnos) &&
		find_columns(books, journal, &journal_layout, books->journal_attnos) &&
		find_columns(books, position, &position_layout, books->position_attnos);
	books->suits_direct = books->has_columns && books->key_type == books->key_base &&
		has_no_others(ledger, &ledger_layout) && has_no_others(journal, &journal_layout) &&
		has_no_others(position, &position_layout) &&
		relation_suits(ledger, true) && relation_suits(journal, false) && relation_suits(position, false) &&
		indexes_suit(ledger, &ledger_layout, ledger_key, 1, &books->key_index) &&
		indexes_suit(journal, &journal_layout, journal_key, 2, &ignored) &&
		indexes_suit(position, &position_layout, position_key, 3, &ignored);
	if (books->suits_direct)
		books->key_equal = key_comparison(books->key_index, &books->key_collation);
	table_close(ledger, NoLock);
	table_close(journal, NoLock);
	table_close(position, NoLock);
	books->looked_over = true;
}

/*
 * May these books be written directly?  Not at SERIALIZABLE, which wants its
 * predicates locked, and not as shards of Citus.  The look at the books is
 * kept until they change.
 */
bool
suits_direct(Books *books)
{
	if (IsolationIsSerializable() || citus_is_loaded())
		return false;
	if (!books->looked_over)
		look_over(books);
	return books->suits_direct && may_write(books);
}

/*
 * Have the books the columns that covenant gave them, and their owner his
 * rights?
 */
bool
books_as_made(Books *books)
{
	if (!books->looked_over)
		look_over(books);
	return books->has_columns && may_write(books);
}

/*-------------------------------------------------------------------------
 *
 * books.h
 *		The books beside a deals table: the ledger and its journal.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_BOOKS_H
#define COVENANT_BOOKS_H

#include "compat.h"
#include "executor/spi.h"
#include "guard/bytes.h"
#include "guard/layout.h"
#include "storage/lockdefs.h"
#include "utils/date.h"

/* The statements of company.c and capital.c. */
typedef enum CapitalPlan
{
	PLAN_COMPANY,				/* of a deal */
	PLAN_READ_CAPITAL,
	PLAN_UPDATE_CAPITAL,
	PLAN_MAKE_CAPITAL,
	PLAN_APPEND_CAPITAL,
	N_CAPITAL_PLANS
} CapitalPlan;

/*
 * What a backend remembers of one set of books.  An entry is refreshed when
 * the ledger's relcache entry was invalidated.
 */
typedef struct Books
{
	Oid			ledger;			/* hash key */
	bool		valid;
	uint32		loading;		/* counts how often it was */
	char	   *schema;
	char	   *ledger_name;
	char	   *journal_name;
	char	   *position_name;
	Oid			journal;
	Oid			position;
	Oid			capital;		/* of companies; InvalidOid: there is none */
	Oid			capital_journal;
	Oid			company_base;	/* type of a company's key, underneath a domain */
	Oid			deals_table;	/* that names companies; known with its plan */
	bool		capital_plans_stale;
	SPIPlanPtr	capital_plans[N_CAPITAL_PLANS];
	Oid			owner;
	Oid			key_type;		/* declared type of the ledger's key */
	Oid			key_base;		/* what it is underneath a domain */
	bool		has_types;		/* see require_types */
	bool		has_rights;		/* their owner has, surely; see suits.c */
	bool		looked_over;
	bool		has_columns;	/* the columns that covenant made are there ... */
	bool		suits_direct;	/* ... and all is as covenant made it */
	Oid			key_index;		/* the ledger's primary key ... */
	RegProcedure key_equal;		/* ... and how keys are compared there */
	Oid			key_collation;
	AttrNumber	ledger_attnos[N_LEDGER_COLUMNS];
	AttrNumber	journal_attnos[N_JOURNAL_COLUMNS];
	AttrNumber	position_attnos[N_POSITION_COLUMNS];
	bool		plans_stale;	/* made before the books changed */
	SPIPlanPtr	update_plan;	/* the statements of ledger.c, made on demand */
	SPIPlanPtr	insert_plan;
	SPIPlanPtr	journal_plan;
	SPIPlanPtr	position_plan;
	bool		reading_stale;
	SPIPlanPtr	read_positions; /* the queries of timeline.c */
	SPIPlanPtr	read_journal;
} Books;

extern void define_books(void);
extern void no_books(const char *schema, const char *ledger);
extern Oid	find_ledger(const char *schema, const char *ledger, bool missing_ok);
extern Books *books_of_ledger(Oid ledger);
extern Books *require_books(Oid ledger);
extern Books *locked_books(Oid ledger, LOCKMODE mode);
extern void check_types(const Books *books, Oid relation, const BookLayout *layout);
extern void require_types(Books *books);
extern void refuse_null_on_record(const char *column) pg_attribute_noreturn();
extern Datum value_on_record(HeapTuple row, TupleDesc desc, int column);

extern bool is_key_type(Oid base);
extern bool same_key_kind(Oid a, Oid b);
extern Bytes key_from_datum(Datum value, Oid base, char buffer[8]);
extern Datum key_to_datum(Bytes key, Oid base);
extern char *key_to_cstring(Bytes key, Oid base);
extern Bytes key_from_cstring(char *text, Oid base, char buffer[8]);

/* Who called, while something is done in the name of an owner. */
typedef struct Caller
{
	Oid			user;
	int			security;
} Caller;

extern void act_as(Oid owner, Caller *caller);
extern void act_as_caller(const Caller *caller);
extern void require_owner(Oid relation, Oid role);
extern void require_user(Oid relation, const Books *books, const char *what);

#endif							/* COVENANT_BOOKS_H */

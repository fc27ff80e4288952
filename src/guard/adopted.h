/*-------------------------------------------------------------------------
 *
 * adopted.h
 *		The tables of an adopted agreement, as covenant made them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ADOPTED_H
#define COVENANT_ADOPTED_H

#include "guard/books.h"

/* The tables beside a ledger that covenant.adopt makes. */
typedef enum AdoptedTable
{
	ADOPTED_EVENT,
	ADOPTED_CLAUSE,
	ADOPTED_READING,
	ADOPTED_LIST,
	N_ADOPTED_TABLES
} AdoptedTable;

extern Oid	adopted_table(const Books *books, AdoptedTable table);

#endif							/* COVENANT_ADOPTED_H */

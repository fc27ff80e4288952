/*-------------------------------------------------------------------------
 *
 * statements.h
 *		The books written by statements, through SPI.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_STATEMENTS_H
#define COVENANT_STATEMENTS_H

#include "compat.h"
#include "guard/books.h"
#include "guard/layout.h"

extern bool statement_update(Books *books, const Datum *changes, Datum *row, bool *nulls);
extern void statement_make_row(Books *books, Datum deal);
extern void statement_insert(Books *books, bool position, const Datum *values, const bool *nulls);
extern bool statement_read(Books *books, Datum deal, Datum *row, bool *nulls);

#endif							/* COVENANT_STATEMENTS_H */

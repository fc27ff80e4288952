/*-------------------------------------------------------------------------
 *
 * direct.h
 *		The books written without the executor.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_DIRECT_H
#define COVENANT_DIRECT_H

#include "compat.h"
#include "guard/books.h"
#include "guard/layout.h"

typedef struct Direct Direct;

extern Direct *direct_open(Books *books);
extern void direct_close(Direct *direct);
extern bool direct_update(Direct *direct, Bytes deal, const Datum *changes, Datum *row, bool *nulls);
extern void direct_insert(Direct *direct, bool position, const Datum *values, const bool *nulls);

#endif							/* COVENANT_DIRECT_H */

/*-------------------------------------------------------------------------
 *
 * spot.h
 *		Where rows of ledgers were last.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SPOT_H
#define COVENANT_SPOT_H

#include "compat.h"
#include "guard/books.h"
#include "storage/itemptr.h"

extern bool known_spot(const Books *books, Bytes deal, ItemPointer spot);
extern void remember_spot(const Books *books, Bytes deal, const ItemPointerData *spot);

#endif							/* COVENANT_SPOT_H */

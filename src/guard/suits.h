/*-------------------------------------------------------------------------
 *
 * suits.h
 *		May books be written without the executor?
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SUITS_H
#define COVENANT_SUITS_H

#include "compat.h"
#include "guard/books.h"

extern bool suits_direct(Books *books);
extern bool books_as_made(Books *books);

#endif							/* COVENANT_SUITS_H */

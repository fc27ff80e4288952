/*-------------------------------------------------------------------------
 *
 * reprice.h
 *		Tables of quotes that reprice notes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_REPRICE_H
#define COVENANT_REPRICE_H

#include "guard/watch.h"

extern const Hook reprice_hook;

#endif							/* COVENANT_REPRICE_H */

/*-------------------------------------------------------------------------
 *
 * transaction.h
 *		What happens when a transaction or a savepoint ends.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_TRANSACTION_H
#define COVENANT_TRANSACTION_H

#include "compat.h"

extern void define_transaction(void);

#endif							/* COVENANT_TRANSACTION_H */

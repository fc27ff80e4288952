/*-------------------------------------------------------------------------
 *
 * shares.h
 *		covenant.shares: a whole number of shares.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SHARES_H
#define COVENANT_SHARES_H

#include "compat.h"

/* These raise 22003: the result, or the value to be cast, is no such number. */
extern void shares_out_of_range(void) pg_attribute_noreturn();
extern void no_number_of_shares(void) pg_attribute_noreturn();

#endif							/* COVENANT_SHARES_H */

/*-------------------------------------------------------------------------
 *
 * ledger.h
 *		The statements on the books.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LEDGER_H
#define COVENANT_LEDGER_H

#include "compat.h"
#include "guard/judge.h"

extern int64 update_ledger(Books *books, Bytes deal, const Posting *posting,
						   Balances *after);
extern void read_ledger(Books *books, Bytes deal, Balances *balances);
extern void append_journal(Books *books, Bytes deal, const Posting *posting,
						   const Balances *after, int64 last_entry, const char *user,
						   TimestampTz now);
extern void append_positions(Books *books, Bytes deal, const Posting *posting,
							 int64 last_entry, TimestampTz now);

#endif							/* COVENANT_LEDGER_H */

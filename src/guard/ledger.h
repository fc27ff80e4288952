/*-------------------------------------------------------------------------
 *
 * ledger.h
 *		Writing the books: one interface, two ways at its end.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LEDGER_H
#define COVENANT_LEDGER_H

#include "compat.h"
#include "guard/judge.h"

/* Open books, written as their owner; see ledger.c. */
typedef struct Writer Writer;

extern Writer *open_writer(Books *books, const char *user);
extern void close_writer(Writer *writer);
extern bool writes_directly(Books *books);
extern bool is_direct(const Writer *writer);

extern int64 update_ledger(Writer *writer, Bytes deal, const Posting *posting,
						   Balances *after);
extern void append_entries(Writer *writer, Bytes deal, const Posting *posting,
						   const Balances *after, int64 last_entry);

extern char default_on_breach(const Books *books);
extern void read_ledger(Books *books, Bytes deal, Balances *balances);

#endif							/* COVENANT_LEDGER_H */

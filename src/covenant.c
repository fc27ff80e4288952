/*-------------------------------------------------------------------------
 *
 * covenant.c
 *		The module: what happens when the library is loaded.
 *
 *-------------------------------------------------------------------------
 */
#include "compat.h"

#include "guard/books.h"
#include "guard/known_watch.h"
#include "guard/nodes.h"
#include "guard/transaction.h"
#include "settings.h"

COVENANT_MODULE("1.0.0");

PGDLLEXPORT void _PG_init(void);

/*
 * Called once a backend, when the first function of the extension runs.
 */
void
_PG_init(void)
{
	define_settings();
	define_books();
	define_known_watches();
	define_transaction();
	define_nodes();
}

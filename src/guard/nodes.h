/*-------------------------------------------------------------------------
 *
 * nodes.h
 *		What the nodes of Citus have to hear of a transaction, and when.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_NODES_H
#define COVENANT_NODES_H

#include "compat.h"

extern void define_nodes(void);
extern void commit_here_and_there(void);

#endif							/* COVENANT_NODES_H */

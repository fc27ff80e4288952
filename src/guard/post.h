/*-------------------------------------------------------------------------
 *
 * post.h
 *		Posting: what is pending goes into the books.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_POST_H
#define COVENANT_POST_H

#include "compat.h"

extern void post_pending(bool preparing);
extern void post_now(void);

#endif							/* COVENANT_POST_H */

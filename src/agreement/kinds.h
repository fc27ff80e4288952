/*-------------------------------------------------------------------------
 *
 * kinds.h
 *		The kinds of facts that covenant knows by itself.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_KINDS_H
#define COVENANT_KINDS_H

#include "compat.h"

/* What starts or ends a clock without being an event. */
#define MONTH_END	"month_end"
#define SHORTFALL	"shortfall"
#define VOTE_NEEDED	"vote_needed"
#define LAST_NOTE	"last_note"
#define LOCK_UP		"lock_up"

extern bool is_word_of(const char *word, const char *const *words);
extern bool is_known_kind(const char *kind);
extern bool is_about_clock(const char *kind);
extern bool needs_section(const char *kind);
extern bool is_condition(const char *kind);
extern bool same_article(const char *a, const char *b);

#endif							/* COVENANT_KINDS_H */

/*-------------------------------------------------------------------------
 *
 * legends.h
 *		Legends and the transfer agent (Sections 2(g) and 5).
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LEGENDS_H
#define COVENANT_LEGENDS_H

#include "agreement/walk.h"

extern bool is_irrevocable(const char *subject);
extern bool is_other_instruction(const char *subject);
extern bool is_about_certificate(const Clock *const *clocks, int n, const Fact *removal);
extern bool removes_legend(const Clock *clock, const Fact *removal, bool about_certificate);

#endif							/* COVENANT_LEGENDS_H */

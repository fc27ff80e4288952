/*-------------------------------------------------------------------------
 *
 * damages.h
 *		The Standard Liquidated Damages Amount, in each of its readings.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_DAMAGES_H
#define COVENANT_DAMAGES_H

#include "calendar/months.h"
#include "utils/numeric.h"

/* P principal, I interest, r monthly rate, m months */
typedef enum Formula
{
	FORMULA_PRINCIPAL,			/* r P m */
	FORMULA_PRINCIPAL_PLUS_INTEREST,	/* r P m + I */
	FORMULA_PRINCIPAL_AND_INTEREST, /* r (P + I) m */
	FORMULA_PRINCIPAL_AND_INTEREST_PLUS_INTEREST	/* r (P + I) m + I */
} Formula;

/* Decimals that a result may be asked to have. */
#define DAMAGES_MAX_SCALE	20

extern Formula formula_from_text(const text *name);
extern bool formula_takes_interest(Formula formula);
extern bool formula_adds_interest(Formula formula);

#endif							/* COVENANT_DAMAGES_H */

/*-------------------------------------------------------------------------
 *
 * interest.h
 *		The day counts of ISDA.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_INTEREST_H
#define COVENANT_INTEREST_H

#include "compat.h"
#include "utils/date.h"

typedef enum DayCount
{
	ACT_365F,
	ACT_360,
	ACT_ACT_ISDA,
	THIRTY_360,
	THIRTY_E_360
} DayCount;

/* A part of a year, exactly. */
typedef struct YearFraction
{
	int64		num;
	int64		den;
} YearFraction;

extern DayCount day_count_from_text(const text *name);
extern YearFraction year_fraction(DateADT from, DateADT to, DayCount day_count);

#endif							/* COVENANT_INTEREST_H */

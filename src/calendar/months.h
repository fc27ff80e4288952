/*-------------------------------------------------------------------------
 *
 * months.h
 *		How many months a period has: an exact fraction, by a named rule.
 *
 * "Prorated for partial months" (Section 2(f)) does not say how, so the rule
 * is always an argument.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_MONTHS_H
#define COVENANT_MONTHS_H

#include "compat.h"
#include "utils/date.h"

typedef enum MonthRule
{
	MONTHS_CALENDAR,			/* each day a part of its calendar month */
	MONTHS_ANNIVERSARY,			/* whole months from the first day, then a part */
	MONTHS_30_DAY,				/* days / 30 */
	MONTHS_365_DAY				/* days * 12 / 365 */
} MonthRule;

/* Not in lowest terms. */
typedef struct MonthFraction
{
	int64		num;			/* not negative, below 2^38 */
	int64		den;			/* 1 .. 961 */
} MonthFraction;

extern MonthRule month_rule_from_text(const text *name);
extern void refuse_period(DateADT from, DateADT to);
extern MonthFraction months_between(DateADT from, DateADT to, MonthRule rule);

/*
 * A period must have two ends, in order.  It may be empty.
 */
static inline void
check_period(DateADT from, DateADT to)
{
	if (unlikely(DATE_NOT_FINITE(from) || DATE_NOT_FINITE(to) || to < from))
		refuse_period(from, to);
}

#endif							/* COVENANT_MONTHS_H */

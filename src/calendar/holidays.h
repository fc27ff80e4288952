/*-------------------------------------------------------------------------
 *
 * holidays.h
 *		On which days New York does not do business.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_HOLIDAYS_H
#define COVENANT_HOLIDAYS_H

#include "compat.h"
#include "utils/date.h"

/*
 * The years for which the rules are known.  The first is that of the Uniform
 * Monday Holiday Act; after the last, today's law is a guess.
 */
#define CALENDAR_FIRST_YEAR	1971
#define CALENDAR_LAST_YEAR	2199

/*
 * A set of calendars: a joint calendar is closed when one of its members is.
 * The empty set is WEEKDAYS, closed on Saturdays and Sundays alone, as all
 * the others are too.
 */
typedef uint32 Calendars;

#define CALENDAR_NYFD		(1 << 0)
#define CALENDAR_NYSE		(1 << 1)
#define CALENDAR_NYGCL		(1 << 2)
#define CALENDAR_SETS		(1 << 3)	/* how many sets there are */

typedef void (*HolidayVisitor) (void *state, DateADT day, const char *name);

extern Calendars calendars_from_text(const text *names);
extern void visit_holidays(Calendars calendars, int year,
						   HolidayVisitor visit, void *state);

#endif							/* COVENANT_HOLIDAYS_H */

/*-------------------------------------------------------------------------
 *
 * calendar.h
 *		The days of which the calendars know.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CALENDAR_H
#define COVENANT_CALENDAR_H

#include "compat.h"
#include "utils/date.h"

extern char *iso_day(DateADT day);
extern void require_day(DateADT day, const char *what);
extern bool due_day(DateADT start, int period, const char *unit, const text *calendar, bool following, DateADT *due);

#endif							/* COVENANT_CALENDAR_H */

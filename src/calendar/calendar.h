/*-------------------------------------------------------------------------
 *
 * calendar.h
 *		The days of which the calendars know.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CALENDAR_H
#define COVENANT_CALENDAR_H

#include "calendar/holidays.h"

extern char *iso_day(DateADT day);
extern void require_day(DateADT day, const char *what);
extern bool business_day(Calendars calendars, DateADT day);
extern DateADT business_day_after(Calendars calendars, DateADT day, int n);

#endif							/* COVENANT_CALENDAR_H */

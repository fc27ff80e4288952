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

#endif							/* COVENANT_CALENDAR_H */

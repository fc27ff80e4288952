/*-------------------------------------------------------------------------
 *
 * settings.h
 *		covenant.as_of, covenant.known_at and covenant.time_zone: which day it is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SETTINGS_H
#define COVENANT_SETTINGS_H

#include "compat.h"
#include "utils/date.h"
#include "utils/timestamp.h"

extern void define_settings(void);
extern bool direct_posting(void);
extern DateADT today(void);
extern DateADT as_of_day(void);
extern bool days_are_set(void);
extern TimestampTz known_at_moment(void);

#endif							/* COVENANT_SETTINGS_H */

/*-------------------------------------------------------------------------
 *
 * lock_up.h
 *		The Lock-up Period of Section 4(e).
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LOCK_UP_H
#define COVENANT_LOCK_UP_H

#include "compat.h"
#include "utils/date.h"

/* What the days on which sales cannot be made are added to. */
typedef enum LockUpExtends
{
	EXTENDS_EFFECTIVENESS,		/* the 180 days from effectiveness */
	EXTENDS_BOTH,				/* the later of both periods */
	EXTENDS_UNREAD				/* nobody says */
} LockUpExtends;

/* Days on which sales cannot be made. */
typedef struct Suspension
{
	DateADT		from;
	DateADT		to;				/* itself not one of them */
	bool		lasts;			/* and nobody knows for how long after it */
} Suspension;

typedef struct LockUp
{
	DateADT		last_day;		/* while it is open the earliest possible one */
	bool		open;
	bool		unread;			/* how the words are read makes a difference, and nobody says: ... */
	DateADT		latest;			/* ... then last_day is the sooner of both ends, and this the later */
} LockUp;

extern LockUp lock_up(DateADT closed_on, DateADT effective_on, const Suspension *suspensions, int n,
					  LockUpExtends extends);

#endif							/* COVENANT_LOCK_UP_H */

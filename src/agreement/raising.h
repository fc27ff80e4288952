/*-------------------------------------------------------------------------
 *
 * raising.h
 *		The Capital Raising Limitations of Section 4(e), as the facts have them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_RAISING_H
#define COVENANT_RAISING_H

#include "agreement/walk.h"
#include "calendar/lock_up.h"

/* What an offering is to one who purchased notes. */
typedef struct OfferingBuyer
{
	int			holder;
	Ratio		purchased;		/* principal */
	const Fact *first_notice;	/* NULL: none */
	const Fact *last_notice;
	DateADT		option_expires_on;	/* NO_DAY: there is no option */
	Ratio		exercised;		/* units */
	bool		waived;
	DateADT		waived_on;		/* DATEVAL_NOBEGIN: the right as such, not this offering */
} OfferingBuyer;

/* A Future Offering. */
typedef struct Offering
{
	const char *name;			/* the subject of its events */
	DateADT		amended_on;		/* the last time; DATEVAL_NOBEGIN: never */
	const Reading *reading;
	int			nbuyers;		/* everybody who purchased, by name */
	OfferingBuyer *buyers;
	DateADT		notices_until;	/* the twentieth business day after the last of the notices that count */
	DateADT		options_until;	/* the last day of the last option */
	DateADT		earliest_closing;	/* NO_DAY: a buyer lacks a notice */
	bool		unread;			/* how an amendment is read makes a difference, and nobody says: ... */
	DateADT		later_closing;	/* ... then the other reading gives this day */
} Offering;

extern int	find_suspensions(const Walk *walk, Suspension **suspensions);
extern LockUp lock_up_of(const Walk *walk, DateADT closed_on, const Reading *reading);
extern Ratio *principal_purchased(const Walk *walk, const Reading *reading, Ratio *total);
extern int	find_offerings(const Walk *walk, Offering **offerings);
extern const Offering *find_offering(const Walk *walk, const char *name);
extern bool lacks_notice(const Offering *offering, const OfferingBuyer *buyer);
extern bool is_of_offering(const Fact *fact, int kind, const char *name);

#endif							/* COVENANT_RAISING_H */

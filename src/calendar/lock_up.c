/*-------------------------------------------------------------------------
 *
 * lock_up.c
 *		The Lock-up Period of Section 4(e): from the Closing Date to the later of
 *		270 days from it and 180 days from the effectiveness of the Registration
 *		Statement "(plus any days in which sales cannot be made thereunder)".
 *
 * Its last day is inside.  The days that are added are calendar days, each
 * counted once however many suspensions have it, from effectiveness on, as far
 * as they fall before the period so extended has ended: a suspension that
 * begins inside moves the end ahead of itself, day by day, and so counts in
 * full; one that begins after the end counts for nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/lock_up.h"

#include "calendar/calendar.h"
#include "utils/builtins.h"
#include "utils/multirangetypes.h"

#define DAYS_FROM_CLOSING		270
#define DAYS_FROM_EFFECTIVENESS	180

/*
 * The period, of suspensions in the order of their first days; effective_on
 * DATEVAL_NOEND: not yet, and then its end is open.
 */
LockUp
lock_up(DateADT closed_on, DateADT effective_on, const Suspension *suspensions, int n, LockUpExtends extends)
{
	LockUp		period = {closed_on + DAYS_FROM_CLOSING, true};
	DateADT		counted_to = effective_on;
	DateADT		end;

	if (effective_on == DATEVAL_NOEND)
		return period;
	period.open = false;
	end = effective_on + DAYS_FROM_EFFECTIVENESS;
	if (extends == EXTENDS_BOTH)
		end = Max(end, period.last_day);
	for (int i = 0; i < n; i++)
	{
		DateADT		from = Max(suspensions[i].from, counted_to);

		if (from > end)
			break;
		period.open |= suspensions[i].lasts;
		counted_to = Max(suspensions[i].to, from);
		end += counted_to - from;
	}
	period.last_day = Max(period.last_day, end);
	return period;
}

static LockUpExtends
extends_from_text(const text *word)
{
	char	   *extends = text_to_cstring(word);

	if (strcmp(extends, "effectiveness") == 0)
		return EXTENDS_EFFECTIVENESS;
	if (strcmp(extends, "both") == 0)
		return EXTENDS_BOTH;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown reading \"%s\" of what unsaleable days extend", extends),
			 errdetail("The days on which sales cannot be made are added to the 180 days from effectiveness (effectiveness) or to the later of both periods (both), Section 4(e).")));
}

static bool
is_endless(const RangeBound *bound)
{
	return bound->infinite || DATE_NOT_FINITE(DatumGetDateADT(bound->val));
}

/*
 * The ranges of a multirange lie in order and apart, from their first day up
 * to, not including, another.
 */
static Suspension
suspension_of(TypeCacheEntry *ranges, const MultirangeType *days, int i)
{
	RangeBound	lower,
				upper;
	Suspension	suspension = {DATEVAL_NOBEGIN};

	multirange_get_bounds(ranges, days, i, &lower, &upper);
	if (!is_endless(&lower))
	{
		suspension.from = DatumGetDateADT(lower.val);
		require_day(suspension.from, "the first day of a suspension");
	}
	suspension.lasts = is_endless(&upper);
	suspension.to = suspension.lasts ? suspension.from : DatumGetDateADT(upper.val);
	if (!suspension.lasts)
		require_day(suspension.to, "the day after a suspension");
	return suspension;
}

/*
 * covenant.lock_up_end(closed_on, effective_on, suspended, extends)
 */
COVENANT_FUNCTION(covenant_lock_up_end);
Datum
covenant_lock_up_end(PG_FUNCTION_ARGS)
{
	DateADT		closed_on = PG_GETARG_DATEADT(0);
	DateADT		effective_on = PG_GETARG_DATEADT(1);
	MultirangeType *days = PG_GETARG_MULTIRANGE_P(2);
	LockUpExtends extends = extends_from_text(PG_GETARG_TEXT_PP(3));
	TypeCacheEntry *ranges = multirange_get_typcache(fcinfo, MultirangeTypeGetOid(days))->rngtype;
	Suspension *suspensions = palloc(Max(days->rangeCount, 1) * sizeof(Suspension));
	LockUp		period;

	require_day(closed_on, "the day of the closing");
	require_day(effective_on, "the day of effectiveness");
	for (int i = 0; i < days->rangeCount; i++)
		suspensions[i] = suspension_of(ranges, days, i);
	period = lock_up(closed_on, effective_on, suspensions, days->rangeCount, extends);
	if (period.open)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(period.last_day);
}

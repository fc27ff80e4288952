/*-------------------------------------------------------------------------
 *
 * settings.c
 *		The settings of the extension, and the day they give.
 *
 * "As of" is a setting, so that a history can be replayed by setting it
 * before each write and a report can be run for any day.  Where it is unset
 * the day is today in covenant.time_zone; the agreement is governed by the
 * law of New York (Section 8(a)), hence the default zone.
 *
 *-------------------------------------------------------------------------
 */
#include "settings.h"

#include "access/xact.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

static char *as_of_setting = NULL;
static char *time_zone_setting = NULL;

/* What the check hooks found; guc_malloc'ed, owned by the GUC machinery. */
static DateADT *as_of_value = NULL;

/*
 * Today in the named zone.  The transaction's start decides, as it does for
 * current_date.
 */
static DateADT
today_in(const char *zone_name)
{
	pg_tz	   *zone = pg_tzset(zone_name);
	struct pg_tm tm;
	fsec_t		fsec;
	int			tz;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (now == 0)				/* outside of any transaction */
		now = GetCurrentTimestamp();
	if (zone == NULL || timestamp2tm(now, &tz, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no day can be told in time zone \"%s\"", zone_name)));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

/*
 * Reads YYYY-MM-DD and nothing else, whatever DateStyle says.
 */
static bool
parse_iso_date(const char *s, DateADT *day)
{
	int			year,
				month,
				mday;
	int			used = 0;

	if (strlen(s) != 10 || strspn(s, "0123456789-") != 10 ||
		sscanf(s, "%4d-%2d-%2d%n", &year, &month, &mday, &used) != 3 || used != 10)
		return false;
	if (year < 1 || month < 1 || month > 12 ||
		mday < 1 || mday > day_tab[isleap(year)][month - 1])
		return false;
	*day = date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
	return true;
}

static bool
check_as_of(char **newval, void **extra, GucSource source)
{
	DateADT		day;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (!parse_iso_date(*newval, &day))
	{
		GUC_check_errdetail("\"%s\" is not a date of the form YYYY-MM-DD.", *newval);
		return false;
	}
	if (time_zone_setting != NULL && day > today_in(time_zone_setting))
	{
		GUC_check_errdetail("%s lies in the future; facts are dated when they are known.", *newval);
		return false;
	}
	*extra = guc_malloc(LOG, sizeof(DateADT));
	if (*extra == NULL)
		return false;
	*(DateADT *) *extra = day;
	return true;
}

static void
assign_as_of(const char *newval, void *extra)
{
	as_of_value = extra;
}

static bool
check_time_zone(char **newval, void **extra, GucSource source)
{
	if (pg_tzset(*newval) == NULL)
	{
		GUC_check_errdetail("Time zone \"%s\" is not known.", *newval);
		return false;
	}
	return true;
}

void
define_settings(void)
{
	DefineCustomStringVariable("covenant.time_zone",
							   "Time zone in which covenant tells which day it is.",
							   "Section 8(a): the law of New York governs.",
							   &time_zone_setting, "America/New_York",
							   PGC_USERSET, 0, check_time_zone, NULL, NULL);
	DefineCustomStringVariable("covenant.as_of",
							   "Day as of which covenant records and reports, YYYY-MM-DD.",
							   "Empty: today in covenant.time_zone. Not later than today.",
							   &as_of_setting, "",
							   PGC_USERSET, 0, check_as_of, assign_as_of, NULL);
	MarkGUCPrefixReserved("covenant");
}

/*
 * The day on which a change made now is dated, and up to which a report runs.
 */
DateADT
as_of_day(void)
{
	return as_of_value != NULL ? *as_of_value : today_in(time_zone_setting);
}

COVENANT_FUNCTION(covenant_as_of);
Datum
covenant_as_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(as_of_day());
}

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
 * "Known at" is the other axis of time: what happened by a day is one thing,
 * what was on record at a moment another.
 *
 *-------------------------------------------------------------------------
 */
#include "settings.h"

#include <ctype.h>

#include "access/xact.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

static char *as_of_setting = NULL;
static char *known_at_setting = NULL;
static char *time_zone_setting = NULL;
static bool direct_posting_setting = true;

/* What the check hooks found; guc_malloc'ed, owned by the GUC machinery. */
static DateADT *as_of_value = NULL;
static TimestampTz *known_at_value = NULL;

/*
 * Today in the named zone.  The transaction's start decides, as it does for
 * current_date; the last answer is kept, since every row that changes asks.
 */
static DateADT
today_in(const char *zone_name)
{
	static TimestampTz last_now = 0;
	static char last_zone[TZ_STRLEN_MAX + 1];
	static DateADT last_today;
	pg_tz	   *zone;
	struct pg_tm tm;
	fsec_t		fsec;
	int			tz;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (now == 0)				/* outside of any transaction */
		now = GetCurrentTimestamp();
	if (now == last_now && strcmp(zone_name, last_zone) == 0)
		return last_today;
	zone = pg_tzset(zone_name);
	if (zone == NULL || timestamp2tm(now, &tz, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no day can be told in time zone \"%s\"", zone_name)));
	last_today = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
	strlcpy(last_zone, zone_name, sizeof(last_zone));
	last_now = now;
	return last_today;
}

/*
 * Reads YYYY-MM-DD and nothing else, whatever DateStyle says.  What follows
 * the ten characters is the caller's.
 */
static bool
parse_iso_date(const char *s, DateADT *day)
{
	int			year,
				month,
				mday;
	int			used = 0;

	if (strspn(s, "0123456789-") < 10 ||
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
	if (strlen(*newval) != 10 || !parse_iso_date(*newval, &day))
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

/*
 * Reads exactly two digits below a limit.
 */
static bool
parse_two_digits(const char **s, int limit, int *value)
{
	if (!isdigit((unsigned char) (*s)[0]) || !isdigit((unsigned char) (*s)[1]))
		return false;
	*value = ((*s)[0] - '0') * 10 + ((*s)[1] - '0');
	*s += 2;
	return *value < limit;
}

/*
 * Reads Z, +HH, +HH:MM, -HH or -HH:MM: seconds east of Greenwich.
 */
static bool
parse_zone_offset(const char **s, int *seconds)
{
	int			sign = **s == '-' ? -1 : 1;
	int			hours,
				minutes = 0;

	if (**s == 'Z')
	{
		(*s)++;
		*seconds = 0;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	(*s)++;
	if (!parse_two_digits(s, 24, &hours))
		return false;
	if (**s == ':')
	{
		(*s)++;
		if (!parse_two_digits(s, 60, &minutes))
			return false;
	}
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/*
 * Reads YYYY-MM-DD HH:MM[:SS[.ffffff]] and a zone offset.  The offset must be
 * there: the value may not depend on the session's TimeZone.
 */
static bool
parse_iso_timestamp(const char *s, TimestampTz *instant)
{
	DateADT		day;
	int			hours,
				minutes,
				seconds = 0,
				offset;
	int64		micros = 0;

	if (!parse_iso_date(s, &day) || (s[10] != ' ' && s[10] != 'T'))
		return false;
	s += 11;
	if (!parse_two_digits(&s, 24, &hours) || *s++ != ':' || !parse_two_digits(&s, 60, &minutes))
		return false;
	if (*s == ':')
	{
		s++;
		if (!parse_two_digits(&s, 60, &seconds))
			return false;
		if (*s == '.')
		{
			int64		unit = USECS_PER_SEC / 10;

			for (s++; isdigit((unsigned char) *s); s++, unit /= 10)
				micros += (*s - '0') * unit;
		}
	}
	if (!parse_zone_offset(&s, &offset) || *s != '\0')
		return false;
	*instant = day * USECS_PER_DAY + micros +
		(hours * INT64CONST(3600) + minutes * 60 + seconds - offset) * USECS_PER_SEC;
	return true;
}

static bool
check_known_at(char **newval, void **extra, GucSource source)
{
	TimestampTz instant;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (!parse_iso_timestamp(*newval, &instant))
	{
		GUC_check_errdetail("\"%s\" is not a time of the form YYYY-MM-DD HH:MM:SS+HH:MM.", *newval);
		return false;
	}
	*extra = guc_malloc(LOG, sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	*(TimestampTz *) *extra = instant;
	return true;
}

static void
assign_known_at(const char *newval, void *extra)
{
	known_at_value = extra;
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
	DefineCustomStringVariable("covenant.known_at",
							   "Moment up to which covenant's reports know what was recorded, YYYY-MM-DD HH:MM:SS+HH:MM.",
							   "Empty: all that has been recorded.",
							   &known_at_setting, "",
							   PGC_USERSET, 0, check_known_at, assign_known_at, NULL);
	DefineCustomBoolVariable("covenant.direct_posting",
							 "Whether ordinary books are written without the executor.",
							 "For developers: off writes all books by statements.",
							 &direct_posting_setting, true,
							 PGC_SUSET, GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE, NULL, NULL, NULL);
	MarkGUCPrefixReserved("covenant");
}

bool
direct_posting(void)
{
	return direct_posting_setting;
}

DateADT
today(void)
{
	return today_in(time_zone_setting);
}

/*
 * The day on which a change made now is dated, and up to which a report runs.
 */
DateADT
as_of_day(void)
{
	return as_of_value != NULL ? *as_of_value : today_in(time_zone_setting);
}

/*
 * The moment up to which reports know what was recorded.
 */
TimestampTz
known_at_moment(void)
{
	return known_at_value != NULL ? *known_at_value : DT_NOEND;
}

COVENANT_FUNCTION(covenant_as_of);
Datum
covenant_as_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(as_of_day());
}

COVENANT_FUNCTION(covenant_known_at);
Datum
covenant_known_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(known_at_moment());
}

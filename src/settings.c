/*-------------------------------------------------------------------------
 *
 * settings.c
 *		The settings of the extension, and the day they give.
 *
 * "As of" is a setting, so that a history can be replayed by setting it
 * before each write and a report can be run for any day.  Where it is unset
 * the day is today in covenant.time_zone; the agreement is governed by the
 * law of New York (Section 8(a)), hence the default zone.  A session may keep
 * another zone, but no clock east of the database's dates a fact ahead.
 *
 * "Known at" is the other axis of time: what happened by a day is one thing,
 * what was on record at a moment another.
 *
 *-------------------------------------------------------------------------
 */
#include "settings.h"

#include <ctype.h>

#include "access/parallel.h"
#include "access/xact.h"
#include "calendar/holidays.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

static char *as_of_setting = NULL;
static char *known_at_setting = NULL;
static char *time_zone_setting = NULL;
static bool direct_posting_setting = true;

/*
 * What the check hooks found; guc_malloc'ed, owned by the GUC machinery.  What
 * was set before the library was loaded, when nobody could look at it, and is
 * no day or moment, is kept as these: whoever asks gets an error, until it is
 * set again or the transaction that set it is rolled back.
 */
#define NO_DAY		DATEVAL_NOBEGIN
#define NO_MOMENT	DT_NOBEGIN

static DateADT *as_of_value = NULL;
static TimestampTz *known_at_value = NULL;
static bool defining = false;	/* what was set before is being looked at */

/*
 * The zone of the agreement: the database's or the server's setting, which no
 * session chooses for itself; without one that of New York (Section 8(a)).
 */
#define NEW_YORK	"America/New_York"

static char home_zone[TZ_STRLEN_MAX + 1] = NEW_YORK;
static GucSource home_source = PGC_S_DEFAULT;

/* Which transaction's day was asked for last, under these zones; 0: none's. */
static TimestampTz found_at = 0;

/* The last answer of a clock: the day, and from when until when it holds. */
typedef struct Clock
{
	TimestampTz now;
	TimestampTz until;
	char		zone[TZ_STRLEN_MAX + 1];
	DateADT		day;
} Clock;

/*
 * Until when the day of a moment lasts at least: to midnight, or to where the
 * zone turns its clocks.
 */
static TimestampTz
end_of_day(TimestampTz now, const struct pg_tm *tm, fsec_t fsec, const pg_tz *zone)
{
	int64		passed = ((tm->tm_hour * INT64CONST(60) + tm->tm_min) * 60 + tm->tm_sec) * USECS_PER_SEC + fsec;
	TimestampTz midnight = now + USECS_PER_DAY - passed;
	pg_time_t	from = timestamptz_to_time_t(now);
	pg_time_t	turn;
	long		offset;
	int			dst;

	switch (pg_next_dst_boundary(&from, &offset, &dst, &turn, &offset, &dst, zone))
	{
		case 0:
			return midnight;
		case 1:
			return Min(midnight, time_t_to_timestamptz(turn));
		default:
			return now;
	}
}

/*
 * Today in the named zone; false where it is none.  The transaction's start
 * decides, as it does for current_date; the last answer is kept.
 */
static bool
today_in(const char *zone_name, Clock *clock, DateADT *day)
{
	pg_tz	   *zone;
	struct pg_tm tm;
	fsec_t		fsec;
	int			tz;
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (now == 0)				/* outside of any transaction */
		now = GetCurrentTimestamp();
	if (now < clock->now || now >= clock->until || strcmp(zone_name, clock->zone) != 0)
	{
		zone = pg_tzset(zone_name);
		if (zone == NULL || timestamp2tm(now, &tz, &tm, &fsec, NULL, zone) != 0)
			return false;
		clock->day = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
		strlcpy(clock->zone, zone_name, sizeof(clock->zone));
		clock->now = now;
		clock->until = end_of_day(now, &tm, fsec, zone);
	}
	*day = clock->day;
	return true;
}

/*
 * Today in covenant.time_zone, but not later than in the agreement's zone;
 * false where the setting is no zone.  Every row that changes asks.
 */
static bool
find_today(DateADT *day)
{
	static Clock here_clock;
	static Clock home_clock;
	static DateADT found;
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	DateADT		home;

	if (now != 0 && now == found_at)
	{
		*day = found;
		return true;
	}
	if (!today_in(time_zone_setting, &here_clock, day))
		return false;
	if (strcmp(time_zone_setting, home_zone) != 0 && today_in(home_zone, &home_clock, &home))
		*day = Min(*day, home);
	found = *day;
	found_at = now;
	return true;
}

/*
 * A setting that was made before anybody could check it is no good.
 */
static void
refuse_setting(const char *name, const char *value, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for parameter \"%s\": \"%s\"", name, value),
			 errdetail("%s", detail),
			 errhint("It was set before covenant was loaded and could not be checked; SET it again, or RESET it.")));
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

/*
 * Reads a value of covenant.as_of: what is wrong with it, NULL where nothing is.
 */
static const char *
read_as_of(const char *value, DateADT *day)
{
	DateADT		latest;

	if (strlen(value) != 10 || !parse_iso_date(value, day))
		return psprintf("\"%s\" is not a date of the form YYYY-MM-DD.", value);
	if (*day < date2j(CALENDAR_FIRST_YEAR, 1, 1) - POSTGRES_EPOCH_JDATE)
		return psprintf("%s lies before %d-01-01, from which on calendars are known.",
						value, CALENDAR_FIRST_YEAR);
	if (!find_today(&latest))
		return "No day can be told in the zone that covenant.time_zone names.";
	if (*day > latest)
		return psprintf("%s lies in the future; facts are dated when they are known.", value);
	return NULL;
}

static bool
check_as_of(char **newval, void **extra, GucSource source)
{
	DateADT		day = NO_DAY;
	const char *problem;

	if (*newval == NULL || **newval == '\0')
		return true;
	problem = read_as_of(*newval, &day);
	if (problem != NULL && !defining)
	{
		GUC_check_errdetail("%s", problem);
		return false;
	}
	*extra = guc_malloc(LOG, sizeof(DateADT));
	if (*extra == NULL)
		return false;
	*(DateADT *) *extra = problem == NULL ? day : NO_DAY;
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

static const char *
not_a_moment(const char *value)
{
	return psprintf("\"%s\" is not a time of the form YYYY-MM-DD HH:MM:SS+HH:MM.", value);
}

static bool
check_known_at(char **newval, void **extra, GucSource source)
{
	TimestampTz instant = NO_MOMENT;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (!parse_iso_timestamp(*newval, &instant))
	{
		if (!defining)
		{
			GUC_check_errdetail("%s", not_a_moment(*newval));
			return false;
		}
		instant = NO_MOMENT;
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

static const char *
not_a_zone(const char *value)
{
	return psprintf("Time zone \"%s\" is not known.", value);
}

/*
 * Looks at the zone, and notes the one that the server or the database has: a
 * role's own setting, or a session's, is not the agreement's.
 */
static bool
check_time_zone(char **newval, void **extra, GucSource source)
{
	found_at = 0;
	if (pg_tzset(*newval) == NULL)
	{
		if (!defining)
			GUC_check_errdetail("%s", not_a_zone(*newval));
		return defining;
	}
	if (source == PGC_S_DEFAULT && IsParallelWorker())
		return true;			/* it is about to take over its leader's settings */
	if (source == PGC_S_DEFAULT || (source <= PGC_S_DATABASE && source >= home_source))
	{
		strlcpy(home_zone, *newval, sizeof(home_zone));
		home_source = source;
	}
	return true;
}

static void
assign_time_zone(const char *newval, void *extra)
{
	found_at = 0;
}

void
define_settings(void)
{
	defining = true;
	DefineCustomStringVariable("covenant.time_zone",
							   "Time zone in which covenant tells which day it is.",
							   "Section 8(a): the law of New York governs. A session's own zone makes no day later than the database's.",
							   &time_zone_setting, NEW_YORK,
							   PGC_USERSET, 0, check_time_zone, assign_time_zone, NULL);
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
	defining = false;
}

bool
direct_posting(void)
{
	return direct_posting_setting;
}

/*
 * The latest day on which a fact can be dated.
 */
DateADT
today(void)
{
	DateADT		day;

	if (!find_today(&day))
		refuse_setting("covenant.time_zone", time_zone_setting, not_a_zone(time_zone_setting));
	return day;
}

/*
 * The day on which a change made now is dated, and up to which a report runs.
 */
DateADT
as_of_day(void)
{
	DateADT		day;

	if (as_of_value == NULL)
		return today();
	if (*as_of_value == NO_DAY)
	{
		const char *problem = read_as_of(as_of_setting, &day);

		refuse_setting("covenant.as_of", as_of_setting,
					   problem != NULL ? problem : "It was no day when covenant was loaded.");
	}
	return *as_of_value;
}

/*
 * Has the session, or who set it up, said anything about days?
 */
bool
days_are_set(void)
{
	return as_of_value != NULL || known_at_value != NULL || strcmp(time_zone_setting, home_zone) != 0;
}

/*
 * The moment up to which reports know what was recorded.
 */
TimestampTz
known_at_moment(void)
{
	if (known_at_value != NULL && *known_at_value == NO_MOMENT)
		refuse_setting("covenant.known_at", known_at_setting, not_a_moment(known_at_setting));
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

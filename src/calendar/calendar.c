/*-------------------------------------------------------------------------
 *
 * calendar.c
 *		Counting business days.
 *
 * A question is answered from two arrays, in constant time: how many business
 * days there are before a day, and which day the n-th business day is.  They
 * are made when a backend first asks for a calendar, one pair for each joint
 * calendar, and kept until it ends.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/calendar.h"

#include "calendar/call.h"
#include "calendar/holidays.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

/* 1971-01-01 and 2199-12-31, counted from 2000-01-01. */
#define FIRST_DAY		(-10592)
#define LAST_DAY		73048
#define NDAYS			(LAST_DAY - FIRST_DAY + 1)

typedef struct BusinessDays
{
	int32		total;
	int32		before[NDAYS + 1];	/* business days before a day */
	int32		nth[FLEXIBLE_ARRAY_MEMBER]; /* the day, n counted from 0 */
} BusinessDays;

/* Closings that the caller adds: business days, ascending, each once. */
typedef struct Closings
{
	int			n;
	DateADT    *days;
} Closings;

/* What the arguments "calendar" and "closed" say. */
typedef struct Counting
{
	const BusinessDays *days;
	Closings	closings;
} Counting;

static BusinessDays *known_days[CALENDAR_SETS];

/*
 * Marks a holiday as closed.
 */
static void
close_day(void *open, DateADT day, const char *name)
{
	((bool *) open)[day - FIRST_DAY] = false;
}

/*
 * Makes the two arrays of a set of calendars.
 */
static BusinessDays *
make_business_days(Calendars calendars)
{
	bool	   *open = palloc(NDAYS);
	BusinessDays *days;
	int			total = 0;

	Assert(date2j(CALENDAR_FIRST_YEAR, 1, 1) - POSTGRES_EPOCH_JDATE == FIRST_DAY);
	Assert(date2j(CALENDAR_LAST_YEAR, 12, 31) - POSTGRES_EPOCH_JDATE == LAST_DAY);

	for (int i = 0; i < NDAYS; i++)
	{
		int			weekday = j2day(i + FIRST_DAY + POSTGRES_EPOCH_JDATE);

		open[i] = weekday != 0 && weekday != 6;
	}
	for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++)
		visit_holidays(calendars, year, close_day, open);
	for (int i = 0; i < NDAYS; i++)
		total += open[i];

	days = MemoryContextAlloc(TopMemoryContext,
							  offsetof(BusinessDays, nth) + total * sizeof(int32));
	days->total = 0;
	for (int i = 0; i < NDAYS; i++)
	{
		days->before[i] = days->total;
		if (open[i])
			days->nth[days->total++] = i + FIRST_DAY;
	}
	days->before[NDAYS] = days->total;
	pfree(open);
	return days;
}

/*
 * The arrays of the calendar that an argument names.
 */
static inline const BusinessDays *
business_days_in(Calendars calendars)
{
	if (unlikely(known_days[calendars] == NULL))
		known_days[calendars] = make_business_days(calendars);
	return known_days[calendars];
}

static inline const BusinessDays *
business_days_of(const text *calendar)
{
	return business_days_in(calendars_from_text(calendar));
}

/*
 * The error for a day of which no calendar knows anything.
 */
static void
refuse(const char *what, const char *given)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("%s is out of the range of the calendars", what),
			 errdetail("Holidays are known from %d-01-01 to %d-12-31, not for %s.",
					   CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR, given)));
}

/*
 * A day as text, whatever DateStyle says.
 */
char *
iso_day(DateADT day)
{
	char		buffer[MAXDATELEN + 1];
	struct pg_tm tm = {0};

	if (DATE_NOT_FINITE(day))
		EncodeSpecialDate(day, buffer);
	else
	{
		j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, USE_ISO_DATES, buffer);
	}
	return pstrdup(buffer);
}

/*
 * A day's place in the arrays; an error (22008) where it has none.
 */
static inline int
place_of(DateADT day, const char *what)
{
	if (unlikely(day < FIRST_DAY || day > LAST_DAY))
		refuse(what, iso_day(day));
	return day - FIRST_DAY;
}

/*
 * 22008 for a day of which no calendar knows anything, infinity among them.
 */
void
require_day(DateADT day, const char *what)
{
	(void) place_of(day, what);
}

COVENANT_FUNCTION(covenant_require_day);
Datum
covenant_require_day(PG_FUNCTION_ARGS)
{
	require_day(PG_GETARG_DATEADT(0), text_to_cstring(PG_GETARG_TEXT_PP(1)));
	PG_RETURN_VOID();
}

/* Business days up to and including a day in range. */
static inline int
count_until(const BusinessDays *days, DateADT day)
{
	return days->before[day - FIRST_DAY + 1];
}

static inline bool
is_open(const BusinessDays *days, int place)
{
	return days->before[place + 1] > days->before[place];
}

/*
 * Is a day a business day?  False where no calendar knows it.
 */
bool
business_day(Calendars calendars, DateADT day)
{
	return day >= FIRST_DAY && day <= LAST_DAY && is_open(business_days_in(calendars), day - FIRST_DAY);
}

/*
 * The n-th business day after a day, n not negative; none after a day is that
 * day.  DATEVAL_NOEND where no calendar knows it.
 */
DateADT
business_day_after(Calendars calendars, DateADT day, int n)
{
	const BusinessDays *days = business_days_in(calendars);
	int64		target;

	if (day < FIRST_DAY || day > LAST_DAY)
		return DATEVAL_NOEND;
	target = (int64) count_until(days, day) + n;
	if (n == 0)
		return day;
	return target > days->total ? DATEVAL_NOEND : days->nth[target - 1];
}

static int
compare_days(const void *a, const void *b)
{
	DateADT		day_a = *(const DateADT *) a;
	DateADT		day_b = *(const DateADT *) b;

	return (day_a > day_b) - (day_a < day_b);
}

/*
 * Reads the argument "closed"; what is closed anyway is left out.
 */
static Closings
read_closings(ArrayType *array, const BusinessDays *days)
{
	int			nitems = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const DateADT *items = (const DateADT *) ARR_DATA_PTR(array);
	Closings	closings = {0, NULL};

	if (nitems == 0)
		return closings;
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("closed must not contain NULL")));

	closings.days = palloc(nitems * sizeof(DateADT));
	for (int i = 0; i < nitems; i++)
	{
		if (is_open(days, place_of(items[i], "a day in closed")))
			closings.days[closings.n++] = items[i];
	}
	if (closings.n > 1)
	{
		int			kept = 1;

		qsort(closings.days, closings.n, sizeof(DateADT), compare_days);
		for (int i = 1; i < closings.n; i++)
		{
			if (closings.days[i] != closings.days[kept - 1])
				closings.days[kept++] = closings.days[i];
		}
		closings.n = kept;
	}
	return closings;
}

/*
 * Reads the arguments "calendar", which is number arg, and "closed", the next
 * one.  Where they are constants, they are read once.
 */
static inline Counting
counting_of_call(FunctionCallInfo fcinfo, int arg)
{
	Counting   *known = fcinfo->flinfo->fn_extra;
	Counting	counting;
	MemoryContext caller = CurrentMemoryContext;

	if (likely(known != NULL))
		return *known;
	if (!argument_is_constant(fcinfo->flinfo, arg) ||
		!argument_is_constant(fcinfo->flinfo, arg + 1))
	{
		counting.days = business_days_of(PG_GETARG_TEXT_PP(arg));
		counting.closings = read_closings(PG_GETARG_ARRAYTYPE_P(arg + 1), counting.days);
		return counting;
	}
	MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	known = palloc(sizeof(Counting));
	known->days = business_days_of(PG_GETARG_TEXT_PP(arg));
	known->closings = read_closings(PG_GETARG_ARRAYTYPE_P(arg + 1), known->days);
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = known;
	return *known;
}

/*
 * is_business_day(day date, calendar text, closed date[])
 */
COVENANT_FUNCTION(covenant_is_business_day);
Datum
covenant_is_business_day(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	Counting	counting = counting_of_call(fcinfo, 1);
	bool		open = is_open(counting.days, place_of(day, "day"));

	for (int i = 0; i < counting.closings.n; i++)
	{
		if (counting.closings.days[i] == day)
			open = false;
	}
	PG_RETURN_BOOL(open);
}

/*
 * The place, counted from 1, of the business day that is n after a day; the
 * closings on the way put it off.
 */
static inline int64
place_after(const Counting *counting, DateADT day, int place, int n)
{
	int64		target = (int64) counting->days->before[place + 1] + n;

	for (int i = 0; i < counting->closings.n; i++)
	{
		DateADT		closed = counting->closings.days[i];

		if (closed > day && count_until(counting->days, closed) <= target)
			target++;
	}
	return target;
}

/*
 * The same before a day.
 */
static inline int64
place_before(const Counting *counting, DateADT day, int place, int64 n)
{
	int64		target = counting->days->before[place] + 1 - n;

	for (int i = counting->closings.n - 1; i >= 0; i--)
	{
		DateADT		closed = counting->closings.days[i];

		if (closed < day && count_until(counting->days, closed) >= target)
			target--;
	}
	return target;
}

/*
 * business_days_after(day date, n integer, calendar text, closed date[]): the
 * n-th business day after a day, or before it where n is negative.  The day
 * itself is not counted (N.Y. General Construction Law, Section 20); none
 * after a day is that day, business day or not.
 */
COVENANT_FUNCTION(covenant_business_days_after);
Datum
covenant_business_days_after(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	int32		n = PG_GETARG_INT32(1);
	Counting	counting = counting_of_call(fcinfo, 2);
	int			place = place_of(day, "day");
	int64		target;

	if (n == 0)
		PG_RETURN_DATEADT(day);
	target = n > 0 ? place_after(&counting, day, place, n) :
		place_before(&counting, day, place, -(int64) n);
	if (target < 1 || target > counting.days->total)
		refuse("the business day",
			   psprintf("business day %d from %s", n, iso_day(day)));
	PG_RETURN_DATEADT(counting.days->nth[target - 1]);
}

/*
 * business_days_between(a date, b date, calendar text, closed date[]): the
 * business days after a, up to and including b; from b to a, the same with
 * the sign reversed.
 */
COVENANT_FUNCTION(covenant_business_days_between);
Datum
covenant_business_days_between(PG_FUNCTION_ARGS)
{
	DateADT		a = PG_GETARG_DATEADT(0);
	DateADT		b = PG_GETARG_DATEADT(1);
	Counting	counting = counting_of_call(fcinfo, 2);
	int32		result = counting.days->before[place_of(b, "b") + 1] -
		counting.days->before[place_of(a, "a") + 1];

	for (int i = 0; i < counting.closings.n; i++)
	{
		DateADT		closed = counting.closings.days[i];

		if (closed > a && closed <= b)
			result--;
		else if (closed > b && closed <= a)
			result++;
	}
	PG_RETURN_INT32(result);
}

/* One line of the list of holidays. */
typedef struct Holiday
{
	DateADT		day;
	const char *name;
} Holiday;

typedef struct HolidayList
{
	int			n;
	Holiday		holidays[128];	/* far more than the rules can give in a year */
} HolidayList;

static void
list_holiday(void *list, DateADT day, const char *name)
{
	HolidayList *l = list;

	if (l->n == lengthof(l->holidays))
		elog(ERROR, "too many holidays in a year");
	l->holidays[l->n++] = (Holiday) {.day = day, .name = name};
}

static int
compare_holidays(const void *a, const void *b)
{
	const Holiday *holiday_a = a;
	const Holiday *holiday_b = b;

	if (holiday_a->day != holiday_b->day)
		return holiday_a->day < holiday_b->day ? -1 : 1;
	return strcmp(holiday_a->name, holiday_b->name);
}

/*
 * holidays(calendar text, year integer): the days, in order, with their
 * names.  What two calendars share is listed once.
 */
COVENANT_FUNCTION(covenant_holidays);
Datum
covenant_holidays(PG_FUNCTION_ARGS)
{
	Calendars	calendars = calendars_from_text(PG_GETARG_TEXT_PP(0));
	int32		year = PG_GETARG_INT32(1);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	HolidayList list = {.n = 0};

	if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR)
		refuse("year", psprintf("%d", year));
	visit_holidays(calendars, year, list_holiday, &list);
	qsort(list.holidays, list.n, sizeof(Holiday), compare_holidays);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < list.n; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		if (i > 0 && compare_holidays(&list.holidays[i - 1], &list.holidays[i]) == 0)
			continue;
		values[0] = DateADTGetDatum(list.holidays[i].day);
		values[1] = CStringGetTextDatum(list.holidays[i].name);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

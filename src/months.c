/*-------------------------------------------------------------------------
 *
 * months.c
 *		How many months a period has: an exact fraction, by a named rule.
 *
 * A period holds its first day and not its last.
 *
 *-------------------------------------------------------------------------
 */
#include "months.h"

#include "utils/datetime.h"

/* A date taken apart. */
typedef struct CalendarDay
{
	int64		month;			/* months since January of the year 0 */
	int			day;			/* 1 .. 31 */
	int			length;			/* days in the month */
} CalendarDay;

static const struct
{
	const char *name;
	int			length;
}			month_rules[] = {
	[MONTHS_CALENDAR] = {"calendar", 8},
	[MONTHS_ANNIVERSARY] = {"anniversary", 11},
	[MONTHS_30_DAY] = {"30-day", 6},
	[MONTHS_365_DAY] = {"365-day", 7},
};

/*
 * The rule that is called so; an unknown word is an error (22023) that lists
 * the known ones.
 */
MonthRule
month_rule_from_text(const text *name)
{
	const char *word = VARDATA_ANY(name);
	int			len = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < lengthof(month_rules); i++)
	{
		if (month_rules[i].length == len && memcmp(month_rules[i].name, word, len) == 0)
			return (MonthRule) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown month rule \"%.*s\"", len, word),
			 errhint("Known month rules are \"calendar\", \"anniversary\", \"30-day\" and \"365-day\".")));
}

/*
 * A period must have two ends, in order.  It may be empty.
 */
void
check_period(DateADT from, DateADT to)
{
	if (DATE_NOT_FINITE(from) || DATE_NOT_FINITE(to))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite date",
						DATE_NOT_FINITE(from) ? "from_date" : "to_date")));
	if (to < from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("to_date must not be before from_date"),
				 errdetail_plural("The period ends %d day before it begins.",
								  "The period ends %d days before it begins.",
								  from - to, from - to)));
}

static int
length_of_month(int year, int month)
{
	return day_tab[isleap(year)][month - 1];
}

static CalendarDay
calendar_day(DateADT date)
{
	CalendarDay result;
	int			year,
				month;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &result.day);
	result.month = (int64) year * 12 + month - 1;
	result.length = length_of_month(year, month);
	return result;
}

/*
 * The same day number so many months later, or that month's last day where it
 * is shorter (as PostgreSQL adds months to a date).
 */
static int64
add_months(CalendarDay day, int64 months)
{
	int64		total = day.month + months;
	int			month = (int) (total % 12);
	int			year;

	if (month < 0)
		month += 12;			/* years before the year 0 */
	year = (int) ((total - month) / 12);
	return (int64) date2j(year, month + 1,
						  Min(day.day, length_of_month(year, month + 1))) -
		POSTGRES_EPOCH_JDATE;
}

/*
 * Each day counts as a part of the calendar month it lies in, so a date has a
 * place on one scale, and the period is the difference of two places.
 */
static MonthFraction
calendar_months(DateADT from, DateADT to)
{
	CalendarDay a = calendar_day(from);
	CalendarDay b = calendar_day(to);
	MonthFraction result;

	if (a.length == b.length)
	{
		result.den = a.length;
		result.num = (b.month - a.month) * result.den + b.day - a.day;
	}
	else
	{
		result.den = a.length * b.length;
		result.num = (b.month - a.month) * result.den +
			(b.day - 1) * a.length - (a.day - 1) * b.length;
	}
	return result;
}

/*
 * Whole months from the first day to the same day number; what is left is a
 * part of the month then running.
 */
static MonthFraction
anniversary_months(DateADT from, DateADT to)
{
	CalendarDay a = calendar_day(from);
	int64		whole = calendar_day(to).month - a.month;
	int64		begin = add_months(a, whole);
	MonthFraction result;

	if (begin > to)
		begin = add_months(a, --whole);
	result.den = add_months(a, whole + 1) - begin;
	result.num = whole * result.den + (to - begin);
	return result;
}

/*
 * The months of [from, to), which check_period has seen.
 */
MonthFraction
months_between(DateADT from, DateADT to, MonthRule rule)
{
	int64		days = (int64) to - from;

	switch (rule)
	{
		case MONTHS_CALENDAR:
			return calendar_months(from, to);
		case MONTHS_ANNIVERSARY:
			return anniversary_months(from, to);
		case MONTHS_30_DAY:
			return (MonthFraction) {days, 30};
		case MONTHS_365_DAY:
			return (MonthFraction) {days * 12, 365};
	}
	return (MonthFraction) {0, 1};	/* not reached */
}

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
	int			year;
	int			month;			/* 1 .. 12 */
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

static inline int
length_of_month(int year, int month)
{
	return day_tab[isleap(year)][month - 1];
}

static inline CalendarDay
calendar_day(DateADT date)
{
	CalendarDay result;

	j2date(date + POSTGRES_EPOCH_JDATE, &result.year, &result.month, &result.day);
	result.length = length_of_month(result.year, result.month);
	return result;
}

/* Months from the one date's month to the other's. */
static inline int64
months_apart(CalendarDay a, CalendarDay b)
{
	return ((int64) b.year - a.year) * 12 + (b.month - a.month);
}

/*
 * Each day counts as a part of the calendar month it lies in, so a date has a
 * place on one scale, and the period is the difference of two places.
 */
static MonthFraction
calendar_months(CalendarDay a, CalendarDay b)
{
	int64		den = a.length == b.length ? 1 : a.length;

	return (MonthFraction) {
		.num = months_apart(a, b) * den * b.length +
		(b.day - 1) * den - (a.day - 1) * (den == 1 ? 1 : b.length),
		.den = den * b.length
	};
}

/*
 * Whole months from the first day to the same day number, or the month's last
 * day where it is shorter; what is left is a part of the month then running.
 * That month is told by its ends, counted from the start of the month in
 * which the period ends.
 */
static MonthFraction
anniversary_months(CalendarDay a, CalendarDay b)
{
	int64		whole = months_apart(a, b);
	int			begin = Min(a.day, b.length);
	int			end;

	if (begin <= b.day)
	{
		int			next = b.month == 12 ? 31 : length_of_month(b.year, b.month + 1);

		end = b.length + Min(a.day, next);
	}
	else
	{
		int			previous = b.month == 1 ? 31 : length_of_month(b.year, b.month - 1);

		whole--;
		end = begin;
		begin = Min(a.day, previous) - previous;
	}
	return (MonthFraction) {
		.num = whole * (end - begin) + (b.day - begin),
		.den = end - begin
	};
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
			return calendar_months(calendar_day(from), calendar_day(to));
		case MONTHS_ANNIVERSARY:
			return anniversary_months(calendar_day(from), calendar_day(to));
		case MONTHS_30_DAY:
			return (MonthFraction) {days, 30};
		case MONTHS_365_DAY:
			return (MonthFraction) {days * 12, 365};
	}
	return (MonthFraction) {0, 1};	/* not reached */
}

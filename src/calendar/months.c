/*-------------------------------------------------------------------------
 *
 * months.c
 *		How many months a period has: an exact fraction, by a named rule.
 *
 * A period holds its first day and not its last.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/months.h"

/* A date taken apart. */
typedef struct CalendarDay
{
	int			year;
	int			month;			/* 1 .. 12 */
	int			day;			/* 1 .. 31 */
	int			length;			/* days in the month */
	bool		leap;			/* is it a leap year? */
} CalendarDay;

/*
 * Days in a month, by leap year; 0 is the December before, 13 the January
 * after.
 */
static const int8 month_lengths[2][14] = {
	{31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31},
	{31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31}
};

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
 * The error for what is no period.
 */
void
refuse_period(DateADT from, DateADT to)
{
	if (DATE_NOT_FINITE(from) || DATE_NOT_FINITE(to))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite date",
						DATE_NOT_FINITE(from) ? "from_date" : "to_date")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("to_date must not be before from_date"),
			 errdetail_plural("The period ends %d day before it begins.",
							  "The period ends %d days before it begins.",
							  from - to, from - to)));
}

/*
 * What j2date does, several times as fast: years begin in March, so that the
 * leap day is their last, and all quotients are by constants (Neri and
 * Schneider, "Euclidean affine functions and their application to calendar
 * algorithms", 2023).  Day 0 is the 1st of March of the year -4800.
 */
static inline CalendarDay
calendar_day(DateADT date)
{
	uint64		quarters = 4 * (uint64) ((int64) date + 2483589) + 3;
	uint32		century = (uint32) (quarters / 146097);
	uint32		of_century = (uint32) (quarters % 146097) | 3;
	uint64		years = UINT64CONST(2939745) * of_century;
	uint32		of_year = (uint32) years / 2939745 / 4;
	uint32		months = 2141 * of_year + 197913;
	bool		next_year = of_year >= 306; /* January and February */
	CalendarDay result;

	result.year = (int) (100 * century + (uint32) (years >> 32)) - 4800 + next_year;
	result.month = (int) (months >> 16) - (next_year ? 12 : 0);
	result.day = (int) ((months & 0xFFFF) / 2141) + 1;
	/* unlike isleap(), without branches that nobody can predict */
	result.leap = ((result.year & 3) == 0) &
		((result.year % 100 != 0) | ((result.year & 15) == 0));
	result.length = month_lengths[result.leap][result.month];
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
	int			den = a.length * b.length;

	return (MonthFraction) {
		.num = months_apart(a, b) * den +
		(b.day - 1) * a.length - (a.day - 1) * b.length,
		.den = den
	};
}

/*
 * Whole months from the first day to the same day number, or the month's last
 * day where it is shorter; what is left is a part of the month then running.
 * That month has two ends: the anniversary in the calendar month in which the
 * period ends, and the next one if that is reached, else the one before.
 * Both are counted as days of that calendar month.  Whether it is reached is
 * as good as chance, hence the arithmetic instead of branches.
 */
static MonthFraction
anniversary_months(CalendarDay a, CalendarDay b)
{
	int			anniversary = Min(a.day, b.length);
	int			reached = anniversary <= b.day;
	int			length = month_lengths[b.leap][b.month - 1 + 2 * reached];
	int			other = Min(a.day, length) - length + reached * (b.length + length);
	int			begin = other + reached * (anniversary - other);
	int			den = anniversary + other - 2 * begin;
	int64		whole = months_apart(a, b) - 1 + reached;

	return (MonthFraction) {.num = whole * den + (b.day - begin), .den = den};
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

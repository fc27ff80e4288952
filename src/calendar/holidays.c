/*-------------------------------------------------------------------------
 *
 * holidays.c
 *		The holidays of New York, each by the law of its year.
 *
 * The agreement counts "business days" and never says whose (Sections 2(f),
 * 4(c), 4(f), 4(h), 4(m)), so there are four readings to choose from:
 *
 * WEEKDAYS	Monday to Friday.
 * NYFD		the Federal Reserve Bank of New York.  From 1986 on these are the
 *			holidays of the Federal Reserve System (release K.8).  Until 1985
 *			the bank kept the public holidays of the State of New York; which
 *			ones is known from the days on which it certified no exchange
 *			rates (release H.10, daily since 1971).
 * NYSE		sessions of the New York Stock Exchange (its Rule 7.2 and the
 *			exchange's list of special closings).
 * NYGCL	public holidays of the N.Y. General Construction Law, Section 24;
 *			Section 25 treats Saturdays and Sundays like them.  Days that a
 *			president or governor appoints by proclamation cannot be known
 *			beforehand and are left to the argument "closed".
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/holidays.h"

#include "utils/datetime.h"

/* What happens to a holiday that falls on a weekend. */
typedef enum Observance
{
	STAYS,						/* nothing: the day itself, whatever it is */
	SUNDAY_MOVES,				/* to Monday */
	SUNDAY_ADDS,				/* Monday is a holiday too */
	WEEKEND_MOVES,				/* Saturday to Friday, Sunday to Monday */
	SATURDAY_LAPSES				/* Sunday to Monday; on a Saturday, no holiday */
} Observance;

#define SUNDAY		0
#define MONDAY		1
#define TUESDAY		2
#define THURSDAY	4
#define FRIDAY		5
#define SATURDAY	6

/* A rule's weekday: the day of the month itself is meant. */
#define ANY_DAY		(-1)

/* A rule's month: counted from Easter Sunday. */
#define EASTER		0

/* A rule without end. */
#define ON			CALENDAR_LAST_YEAR

/*
 * "The third Monday of January" is the first Monday on or after the 15th;
 * "the Tuesday after the first Monday of November" the first Tuesday on or
 * after the 2nd.
 */
typedef struct HolidayRule
{
	const char *name;
	int16		first_year;
	int16		last_year;
	int8		month;
	int8		day;
	int8		weekday;
	Observance	observance;
} HolidayRule;

/* A closing that follows no rule. */
typedef struct SpecialClosing
{
	const char *name;
	int16		year;
	int8		month;
	int8		day;
} SpecialClosing;

static const HolidayRule nyfd_rules[] = {
	{"New Year's Day", 1971, ON, 1, 1, ANY_DAY, SUNDAY_MOVES},
	/* a year before federal law, with the state */
	{"Martin Luther King, Jr. Day", 1985, ON, 1, 15, MONDAY, STAYS},
	{"Lincoln's Birthday", 1971, 1985, 2, 12, ANY_DAY, SUNDAY_MOVES},
	{"Washington's Birthday", 1971, ON, 2, 15, MONDAY, STAYS},
	{"Memorial Day", 1971, 1977, 5, 25, MONDAY, STAYS},
	{"Memorial Day", 1978, 1979, 5, 30, ANY_DAY, SUNDAY_MOVES},
	{"Memorial Day", 1980, ON, 5, 25, MONDAY, STAYS},
	/* 5 U.S.C. 6103(a) as amended on 2021-06-17 */
	{"Juneteenth", 2021, ON, 6, 19, ANY_DAY, SUNDAY_MOVES},
	{"Independence Day", 1971, ON, 7, 4, ANY_DAY, SUNDAY_MOVES},
	{"Labor Day", 1971, ON, 9, 1, MONDAY, STAYS},
	{"Columbus Day", 1971, ON, 10, 8, MONDAY, STAYS},
	/* federal law kept it in October until 1977, New York until 1973 */
	{"Veterans Day", 1971, 1973, 10, 22, MONDAY, STAYS},
	{"Election Day", 1971, 1984, 11, 2, TUESDAY, STAYS},
	{"Veterans Day", 1974, ON, 11, 11, ANY_DAY, SUNDAY_MOVES},
	{"Thanksgiving Day", 1971, ON, 11, 22, THURSDAY, STAYS},
	{"Christmas Day", 1971, ON, 12, 25, ANY_DAY, SUNDAY_MOVES},
};

static const HolidayRule nyse_rules[] = {
	{"New Year's Day", 1971, ON, 1, 1, ANY_DAY, SATURDAY_LAPSES},
	{"Martin Luther King, Jr. Day", 1998, ON, 1, 15, MONDAY, STAYS},
	{"Washington's Birthday", 1971, ON, 2, 15, MONDAY, STAYS},
	{"Good Friday", 1971, ON, EASTER, -2, ANY_DAY, STAYS},
	{"Memorial Day", 1971, ON, 5, 25, MONDAY, STAYS},
	{"Juneteenth", 2022, ON, 6, 19, ANY_DAY, WEEKEND_MOVES},
	{"Independence Day", 1971, ON, 7, 4, ANY_DAY, WEEKEND_MOVES},
	{"Labor Day", 1971, ON, 9, 1, MONDAY, STAYS},
	{"Thanksgiving Day", 1971, ON, 11, 22, THURSDAY, STAYS},
	{"Christmas Day", 1971, ON, 12, 25, ANY_DAY, WEEKEND_MOVES},
};

/* Whole days only: late openings and early closings were sessions. */
static const SpecialClosing nyse_closings[] = {
	/* after 1968 the Exchange closed for presidential elections only */
	{"Election Day", 1972, 11, 7},
	{"Day of mourning for President Truman", 1972, 12, 28},
	{"Day of mourning for President Johnson", 1973, 1, 25},
	{"Election Day", 1976, 11, 2},
	{"New York City blackout", 1977, 7, 14},
	{"Election Day", 1980, 11, 4},
	{"Hurricane Gloria", 1985, 9, 27},
	{"Day of mourning for President Nixon", 1994, 4, 27},
	{"Attacks of September 11", 2001, 9, 11},
	{"Attacks of September 11", 2001, 9, 12},
	{"Attacks of September 11", 2001, 9, 13},
	{"Attacks of September 11", 2001, 9, 14},
	{"Day of mourning for President Reagan", 2004, 6, 11},
	{"Day of mourning for President Ford", 2007, 1, 2},
	{"Hurricane Sandy", 2012, 10, 29},
	{"Hurricane Sandy", 2012, 10, 30},
	{"Day of mourning for President George H. W. Bush", 2018, 12, 5},
	{"Day of mourning for President Carter", 2025, 1, 9},
};

static const HolidayRule nygcl_rules[] = {
	{"New Year's Day", 1971, ON, 1, 1, ANY_DAY, SUNDAY_ADDS},
	/* L. 1984, ch. 347 */
	{"Martin Luther King, Jr. Day", 1985, ON, 1, 15, MONDAY, STAYS},
	{"Lincoln's Birthday", 1971, ON, 2, 12, ANY_DAY, SUNDAY_ADDS},
	{"Washington's Birthday", 1971, ON, 2, 15, MONDAY, STAYS},
	{"Memorial Day", 1971, 1977, 5, 25, MONDAY, STAYS},
	{"Memorial Day", 1978, 1979, 5, 30, ANY_DAY, SUNDAY_ADDS},
	{"Memorial Day", 1980, ON, 5, 25, MONDAY, STAYS},
	{"Flag Day", 1971, ON, 6, 8, SUNDAY, STAYS},
	/* L. 2020, ch. 249, in force from October 2020 */
	{"Juneteenth", 2021, ON, 6, 19, ANY_DAY, SUNDAY_ADDS},
	{"Independence Day", 1971, ON, 7, 4, ANY_DAY, SUNDAY_ADDS},
	{"Labor Day", 1971, ON, 9, 1, MONDAY, STAYS},
	{"Columbus Day", 1971, ON, 10, 8, MONDAY, STAYS},
	{"Veterans Day", 1971, 1973, 10, 22, MONDAY, STAYS},
	{"Election Day", 1971, ON, 11, 2, TUESDAY, STAYS},
	{"Veterans Day", 1974, ON, 11, 11, ANY_DAY, SUNDAY_ADDS},
	{"Thanksgiving Day", 1971, ON, 11, 22, THURSDAY, STAYS},
	{"Christmas Day", 1971, ON, 12, 25, ANY_DAY, SUNDAY_ADDS},
};

static const struct
{
	const char *name;
	int			length;
	Calendars	calendar;
	const HolidayRule *rules;
	int			nrules;
	const SpecialClosing *closings;
	int			nclosings;
}			known_calendars[] = {
	{"WEEKDAYS", 8, 0, NULL, 0, NULL, 0},
	{"NYFD", 4, CALENDAR_NYFD, nyfd_rules, lengthof(nyfd_rules), NULL, 0},
	{"NYSE", 4, CALENDAR_NYSE, nyse_rules, lengthof(nyse_rules),
	nyse_closings, lengthof(nyse_closings)},
	{"NYGCL", 5, CALENDAR_NYGCL, nygcl_rules, lengthof(nygcl_rules), NULL, 0},
};

/*
 * The calendar of that name; an unknown word is an error (22023) that lists
 * the known ones.
 */
static Calendars
calendar_from_name(const char *name, int len)
{
	for (int i = 0; i < lengthof(known_calendars); i++)
	{
		if (known_calendars[i].length == len &&
			memcmp(known_calendars[i].name, name, len) == 0)
			return known_calendars[i].calendar;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown calendar \"%.*s\"", len, name),
			 errhint("Known calendars are \"WEEKDAYS\", \"NYFD\", \"NYSE\" and \"NYGCL\"; \"NYFD+NYSE\" is closed when either is.")));
}

/*
 * The set that a word such as NYSE or NYFD+NYSE names.
 */
Calendars
calendars_from_text(const text *names)
{
	const char *part = VARDATA_ANY(names);
	const char *end = part + VARSIZE_ANY_EXHDR(names);
	Calendars	calendars = 0;

	for (;;)
	{
		const char *plus = part;

		while (plus < end && *plus != '+')
			plus++;
		calendars |= calendar_from_name(part, plus - part);
		if (plus == end)
			return calendars;
		part = plus + 1;
	}
}

/*
 * Easter Sunday by the Gregorian computus.
 */
static DateADT
easter_sunday(int year)
{
	int			golden = year % 19;
	int			century = year / 100;
	int			moon = (century - century / 4 - (8 * century + 13) / 25 +
						19 * golden + 15) % 30;
	int			full_moon = moon - (moon / 28) *
		(1 - (moon / 28) * (29 / (moon + 1)) * ((21 - golden) / 11));
	int			weekday = (year + year / 4 + full_moon + 2 - century +
						   century / 4) % 7;

	return date2j(year, 3, 28 + full_moon - weekday) - POSTGRES_EPOCH_JDATE;
}

static int
weekday_of(DateADT day)
{
	return j2day(day + POSTGRES_EPOCH_JDATE);
}

/*
 * The day that a rule names in a year, before any weekend moves it.
 */
static DateADT
rule_day(const HolidayRule *rule, int year)
{
	DateADT		day;

	if (rule->month == EASTER)
		return easter_sunday(year) + rule->day;
	day = date2j(year, rule->month, rule->day) - POSTGRES_EPOCH_JDATE;
	if (rule->weekday != ANY_DAY)
		day += (rule->weekday - weekday_of(day) + 7) % 7;
	return day;
}

/*
 * Shows the day or days on which a rule closes in a year.
 */
static void
visit_rule(const HolidayRule *rule, int year, HolidayVisitor visit, void *state)
{
	DateADT		day = rule_day(rule, year);
	int			weekday = weekday_of(day);

	if (weekday == SUNDAY && rule->observance == SUNDAY_ADDS)
		visit(state, day + 1, rule->name);
	else if (weekday == SUNDAY && rule->observance != STAYS)
		day += 1;
	else if (weekday == SATURDAY && rule->observance == WEEKEND_MOVES)
		day -= 1;
	else if (weekday == SATURDAY && rule->observance == SATURDAY_LAPSES)
		return;
	visit(state, day, rule->name);
}

/*
 * Shows every holiday of a year in these calendars, in no particular order; a
 * day of two calendars is shown twice.  Holidays that fall on a weekend and
 * stay there are shown too.
 */
void
visit_holidays(Calendars calendars, int year, HolidayVisitor visit, void *state)
{
	Assert(year >= CALENDAR_FIRST_YEAR && year <= CALENDAR_LAST_YEAR);

	for (int i = 0; i < lengthof(known_calendars); i++)
	{
		if ((calendars & known_calendars[i].calendar) == 0)
			continue;
		for (int r = 0; r < known_calendars[i].nrules; r++)
		{
			const HolidayRule *rule = &known_calendars[i].rules[r];

			if (rule->first_year <= year && year <= rule->last_year)
				visit_rule(rule, year, visit, state);
		}
		for (int c = 0; c < known_calendars[i].nclosings; c++)
		{
			const SpecialClosing *closing = &known_calendars[i].closings[c];

			if (closing->year == year)
				visit(state,
					  date2j(year, closing->month, closing->day) - POSTGRES_EPOCH_JDATE,
					  closing->name);
		}
	}
}

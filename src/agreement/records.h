/*-------------------------------------------------------------------------
 *
 * records.h
 *		The agreement of a deals table as a statement sees it: its clauses, how
 *		it is read, and the words of both.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_RECORDS_H
#define COVENANT_RECORDS_H

#include "calendar/damages.h"
#include "calendar/holidays.h"
#include "calendar/interest.h"
#include "calendar/lock_up.h"
#include "guard/books.h"
#include "agreement/schedule.h"
#include "number/ratio.h"
#include "utils/timestamp.h"

/* A day that has not come, or a word that is not there. */
#define NO_DAY	DATEVAL_NOEND
#define NO_WORD	(-1)

/*
 * Kinds of facts are compared as numbers.  Those that the engine speaks of have
 * theirs beforehand.
 */
typedef enum KnownWord
{
	W_MONTH_END, W_SHORTFALL, W_LAST_NOTE, W_SIGNING, W_CLOSING, W_BREACH, W_CURE, W_FILING_DUE, W_FILED,
	W_INVOICE, W_OPINION, W_TRANCHE_CLOSED, W_WAIVER, W_ELECTION, W_AGREED, W_ADJUDGED, W_DAMAGES_PAID,
	W_INTEREST_PAID, W_RETRACTION, W_APPROVAL, W_LOCK_UP, W_EFFECTIVE, W_SUSPENDED, W_RESUMED, W_CONSENT,
	W_OFFERING_NOTICE, W_OFFERING_AMENDED, W_OPTION_EXERCISED, W_VOTE_NEEDED, W_DISPOSED, W_REGISTRATION_FILED,
	W_CONDITION_SATISFIED, W_CONDITION_FAILED, W_CONDITION_WAIVED, W_PROCEEDS_RECEIVED, W_PROCEEDS_USED, W_LEGEND_REMOVED,
	W_AGENT_INSTRUCTED, N_KNOWN_WORDS
} KnownWord;

typedef enum Unit
{
	UNIT_NONE,					/* no time allowed */
	UNIT_BUSINESS_DAYS, UNIT_DAYS, UNIT_MONTHS, UNIT_YEARS,
	UNIT_PROMPTLY,				/* so many business days as the reading says */
	UNIT_CLOSING				/* until the closing */
} Unit;

typedef enum Remedy
{
	REMEDY_DAMAGES, REMEDY_INTEREST, REMEDY_PER_DAY, REMEDY_INJUNCTION, REMEDY_NONE
} Remedy;

typedef enum Base
{
	BASE_OWN_NOTES, BASE_ALL_NOTES, BASE_AFFECTED_NOTES, BASE_AS_READ
} Base;

typedef enum Elector
{
	ELECTOR_NONE, ELECTOR_COMPANY, ELECTOR_HOLDER
} Elector;

/* Where a row of clauses or readings applies, and which of two goes first. */
typedef struct Version
{
	Bytes		deal;			/* data NULL: every deal */
	DateADT		from_day;		/* DATEVAL_NOBEGIN: always */
	TimestampTz recorded_at;
	int64		id;
} Version;

/* A version of a clause. */
typedef struct Clause
{
	Version		version;
	int			ord;			/* of the duty, the same in all its versions */
	const char *duty;
	const char *section;
	bool		by_buyers;
	bool		to_each_holder;
	int			starts_on;
	int			ends_on;
	int			nsubjects;		/* 0: any */
	Bytes	   *subjects;
	Unit		unit;
	int			period;
	bool		has_calendar;	/* else that of the reading */
	Calendars	calendar;
	bool		has_roll;		/* else by the reading */
	bool		rolls;
	Remedy		remedy;
	Ratio		rate;
	bool		has_first_day_rate;
	Ratio		first_day_rate;
	bool		has_cap;
	Ratio		cap;
	Elector		elector;
	Base		base;
} Clause;

/* The ambiguous points, in the order of their columns. */
typedef enum ReadingPoint
{
	R_FORMULA, R_INTEREST, R_MONTHS, R_DAY_COUNT, R_CALENDAR, R_BASE, R_ADDITIONAL_NOTES, R_STACKING,
	R_RECOVERY, R_BOARD_CURABLE, R_SHORTFALL, R_APPROVAL, R_ACCRUAL, R_LIST_ACCRUAL, R_CURE_DAY, R_SUNDAY,
	R_EXPENSES, R_EXPENSES_BASE, R_EXPENSES_BREACH, R_LIST_INTEREST, R_EACH_BUYER, R_LOCK_UP_EXTENDS, R_AMENDMENT, R_MAJORITY,
	R_PROMPTLY, N_READING_POINTS
} ReadingPoint;

typedef enum InterestTaken
{
	INTEREST_ALL_UNPAID, INTEREST_DURING_BREACH
} InterestTaken;

typedef enum Stacking
{
	STACKING_EACH, STACKING_ONE, STACKING_SPECIFIC
} Stacking;

typedef enum BoardCurable
{
	BOARD_COUNTS, BOARD_EXCLUDED, BOARD_FROM_SHORTFALL
} BoardCurable;

typedef enum Expenses
{
	EXPENSES_FROM_INVOICE, EXPENSES_FROM_DUE_DATE, EXPENSES_AFTER_DUE_DATE
} Expenses;

/* What amended terms of an offering make begin again. */
typedef enum Amendment
{
	AMENDMENT_OPTIONS_ONLY, AMENDMENT_RESTARTS_BOTH, AMENDMENT_UNREAD
} Amendment;

/* What a majority-in-interest is counted by. */
typedef enum Majority
{
	MAJORITY_OF_PURCHASED, MAJORITY_OF_OUTSTANDING, MAJORITY_UNREAD
} Majority;

/* How they are read. */
typedef struct Reading
{
	Version		version;
	Formula		formula;
	InterestTaken interest;
	MonthRule	months;
	DayCount	day_count;
	Calendars	calendar;
	Base		base;
	bool		additional_counted;
	Stacking	stacking;
	bool		recovery_continues;
	BoardCurable board_curable;
	bool		short_at_once;
	bool		restored_only;	/* an approval ends nothing */
	bool		from_start;		/* the damages of the 30 days */
	bool		from_month_end; /* those of a late list */
	bool		cure_included;
	bool		sunday_moves;
	Expenses	expenses;
	bool		expenses_unpaid;	/* the interest is taken of what is unpaid */
	bool		expenses_breach;	/* damages beside the interest */
	bool		past_year;		/* of a list's interest */
	LockUpExtends lock_up_extends;
	Amendment	amendment;
	Majority	majority;
	int			promptly;		/* business days; -1: nobody says */
	Schedule	schedule;
} Reading;

/* What all deals of a statement share. */
typedef struct Agreement
{
	Oid			ledger;
	Books	   *books;
	DateADT		as_of;
	TimestampTz known_at;
	Oid			events;
	SPIPlanPtr	facts_plan;
	SPIPlanPtr	company_plan;	/* NULL: deals have no company */
	int			nwords;
	int			words_size;
	const char **words;
	int			nclauses;
	Clause	   *clauses;		/* by ord, duty, and the first that applies first */
	int			nreadings;
	Reading    *readings;		/* the first that applies first */
	MemoryContext context;
} Agreement;

/* What of it bears on one deal, in the same order. */
typedef struct Terms
{
	int			nduties;
	int		   *duties;			/* place of the first version of each; one more where they end */
	const Clause **clauses;
	int			nreadings;
	const Reading **readings;
} Terms;

extern Agreement *open_agreement(Oid ledger, MemoryContext parent);
extern Bytes company_of(const Agreement *agreement, Bytes deal);
extern int	find_word(const Agreement *agreement, const char *word);
extern void find_terms(const Agreement *agreement, Bytes deal, Terms *terms);
extern const Reading *reading_on(const Terms *terms, DateADT day);
extern const Clause *clause_on(const Terms *terms, int duty, DateADT day);
extern void read_choice(Reading *reading, ReadingPoint point, const char *choice);
extern void refuse_unread(ReadingPoint point) pg_attribute_noreturn();

#endif							/* COVENANT_RECORDS_H */

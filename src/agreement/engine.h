/*-------------------------------------------------------------------------
 *
 * engine.h
 *		The walk from the facts of one deal to its clocks.
 *
 * records.c reads events, clauses and readings; spells.c finds the shortfalls
 * and month ends in the timeline; starts.c starts the clocks; stops.c ends
 * them; waivers.c says who has waived which; clocks.c asks for all of it and
 * gives the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ENGINE_H
#define COVENANT_ENGINE_H

#include "compat.h"
#include "guard/timeline.h"

#define NO_DAY	DATEVAL_NOEND	/* a day that has not come */

/* A fact. */
typedef struct Event
{
	int64		id;
	const char *kind;
	DateADT		day;
	const char *section;		/* NULL: none; so for all texts */
	const char *holder;
	const char *subject;
	const char *ref;
	Numeric		amount;			/* NULL: none */
	DateADT		from_day;		/* NO_DAY: none */
	DateADT		to_day;
	const char *note;
	bool		used;			/* it ended, paid or waived something */
} Event;

/* A version of a clause. */
typedef struct Clause
{
	int			ord;			/* of the duty: the same in all versions */
	bool		of_deal;
	DateADT		from_day;		/* DATEVAL_NOBEGIN: always */
	TimestampTz recorded_at;
	int64		id;
	const char *section;
	const char *duty;
	bool		by_buyers;
	bool		to_each_holder;
	const char *starts_on;
	int			nsubjects;		/* 0: any */
	char	  **subjects;
	int			period;			/* -1: none */
	const char *unit;
	text	   *calendar;		/* NULL: by the reading */
	const char *roll;			/* NULL: by the reading */
	const char *ends_on;
	const char *remedy;
	Numeric		rate;
	const char *elector;
} Clause;

/* How the ambiguous points are read. */
typedef struct Reading
{
	bool		of_deal;
	DateADT		from_day;
	TimestampTz recorded_at;
	int64		id;
	text	   *calendar;
	const char *recovery;
	const char *board_curable;
	const char *approval;
	const char *accrual;
	const char *list_accrual;
	const char *cure_day;
	const char *sunday;
} Reading;

/* Days of a shortfall of which one clock is about. */
typedef struct Spell
{
	DateADT		from_day;
	DateADT		to_day;			/* NO_DAY: it lasts */
	DateADT		clock_from;		/* from which the days are counted */
	DateADT		vote_day;		/* the first on which the board could not cure it */
	bool		cured;			/* it ended by more than a price */
} Spell;

/* Who had something while a clock ran, and what became of it for him. */
typedef struct Party
{
	const char *holder;
	bool		at_start;		/* had something on the day of the start */
	bool		meanwhile;		/* or later, before it ended */
	bool		waived;
	DateADT		done_on;		/* NO_DAY: not yet */
} Party;

typedef struct Clock
{
	const Clause *clause;
	const Reading *reading;
	const char *ref;
	const Event *event;			/* NULL: a month end or a shortfall */
	const Spell *spell;			/* of a shortfall */
	const char *section;
	const char *remedy;
	bool		by_buyers;
	DateADT		started_on;
	DateADT		clock_from;
	const char *holder;			/* whom alone it concerns */
	DateADT		due_on;			/* NO_DAY: none */
	DateADT		done_for_all;	/* by a stop that names no holder */
	DateADT		done_on;
	DateADT		broken_from;	/* NO_DAY: never */
	Numeric		owed;			/* of expenses, what is not paid yet */
	bool		waived;
	int			nparties;
	Party	   *parties;		/* by name */
} Clock;

typedef struct Walk
{
	Books	   *books;
	Bytes		deal;
	DateADT		as_of;
	TimestampTz known_at;
	Timeline	timeline;
	bool		has_capital;
	int			nevents;
	Event	   *events;			/* by number */
	int			nclauses;
	Clause	   *clauses;
	int			nduties;		/* ord of the last */
	int			nreadings;
	Reading    *readings;
	int			nspells;
	Spell	   *spells;
	int			nclocks;
	Clock	   *clocks;			/* by ord, start and ref */
	int			size;
} Walk;

extern void read_records(Walk *walk);
extern const Clause *clause_in_force(const Walk *walk, int ord, DateADT day);
extern const Reading *reading_in_force(const Walk *walk, DateADT day);

extern void find_spells(Walk *walk);
extern int	balance_on(const Walk *walk, DateADT day);
extern bool held_on(const Walk *walk, const char *holder, DateADT day);
extern bool held_between(const Walk *walk, const char *holder, DateADT from, DateADT to);

extern void start_clocks(Walk *walk);
extern void stop_clocks(Walk *walk);
extern void judge_waivers(Walk *walk);
extern bool ref_names(const char *ref, const Clock *clock);

#endif							/* COVENANT_ENGINE_H */

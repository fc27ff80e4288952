/*-------------------------------------------------------------------------
 *
 * walk.h
 *		One deal's road from dated facts to damages.
 *
 * facts.c reads the events; holdings.c says who held what; spells.c finds the
 * shortfalls and the month ends; starts.c starts the clocks, stops.c ends them,
 * due.c says by when each had to be done; waivers.c who has waived which.
 * claims.c has each holder's days of each breach, unpaid.c the interest,
 * segments.c cuts the days and reckons them exactly, amounts.c rounds and parts
 * them, settlements.c agrees on them, payments.c pays them.  walk.c goes along.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_WALK_H
#define COVENANT_WALK_H

#include "agreement/records.h"
#include "guard/timeline.h"

#define NOBODY	(-1)			/* no holder is named: all, or the company */

/* What a ref names. */
typedef enum TieKind
{
	TIE_NONE, TIE_EVENT, TIE_MONTH_END, TIE_SHORTFALL
} TieKind;

typedef struct Tie
{
	TieKind		kind;
	int64		event;			/* its number */
	DateADT		day;			/* of a month end, or in a shortfall */
} Tie;

/* A fact that counts. */
typedef struct Fact
{
	int64		id;
	int			kind;			/* NO_WORD: of no clock */
	DateADT		day;
	int			holder;			/* place among the holders, or NOBODY */
	Tie			tie;
	const char *kind_text;
	const char *section;		/* NULL: none; so for all texts */
	const char *holder_text;
	const char *subject;
	const char *ref;
	const char *note;
	bool		has_amount;
	Ratio		amount;
	int64		shares;			/* paid; 0: cash */
	bool		for_days;		/* from_day or to_day is given */
	DateADT		from_day;		/* DATEVAL_NOBEGIN: none */
	DateADT		to_day;			/* NO_DAY: none */
	const char *choice;
	const char *counterparty;
	bool		used;			/* it ended, paid, waived or chose something */
	bool		misuse;			/* a use of proceeds that breaks Section 4(d) */
} Fact;

/* Some of them, by day and number. */
typedef struct FactList
{
	int			n;
	Fact	  **facts;
} FactList;

/* What was held at the end of a day, until the next one. */
typedef struct Balance
{
	DateADT		day;
	Ratio		principal;
	Ratio		yearly;			/* interest of a year */
	int64		conversion;		/* shares of the notes, the warrants ... */
	int64		warrants;
	int64		interest_shares;	/* ... and of a year's interest */
} Balance;

typedef struct Line
{
	int			n;
	Balance    *balances;		/* by day */
} Line;

/* Who held what. */
typedef struct Holdings
{
	bool		made;
	Line	   *of_holder;		/* for each holder */
	Line		total;
	int			nmoves;
	DateADT    *moves;			/* the days on which somebody's principal moved */
} Holdings;

/* A shortfall, or those of its days on which the thirty days run. */
typedef struct Spell
{
	DateADT		from_day;
	DateADT		to_day;			/* NO_DAY: it lasts */
	DateADT		clock_from;		/* from which the thirty days are counted */
	DateADT		vote_day;		/* the first on which the board could not cure it */
	bool		cured;			/* it ended by more than a price */
	const Reading *reading;
} Spell;

/* What somebody has paid of an invoice. */
typedef struct PartPaid
{
	DateADT		day;
	Ratio		amount;
} PartPaid;

typedef struct Clock
{
	const Clause *clause;
	const Reading *reading;
	const char *section;
	const char *duty;
	const char *named;			/* the section that was broken; NULL: the clause's */
	Remedy		remedy;
	bool		by_buyers;
	bool		derived;		/* a breach beside another clock, which ends it */
	Tie			ref;
	Fact	   *start;			/* NULL: a month end or a shortfall */
	const Spell *spell;			/* of a shortfall */
	int			holder;			/* whom alone it concerns */
	DateADT		started_on;
	DateADT		clock_from;
	DateADT		due_on;			/* NO_DAY: none */
	DateADT		done_for_all;	/* by what names no holder; NO_DAY: not yet */
	DateADT		done_on;		/* NO_DAY: not yet */
	DateADT		broken_from;	/* NO_DAY: never */
	DateADT		accrues_from;	/* the first day that costs; NO_DAY: none */
	DateADT    *served;			/* each holder's own stop; NO_DAY: none */
	bool	   *concerned;		/* who held something at its start */
	bool	   *waivers;		/* who has waived all of it */
	bool		any_waiver;
	bool		waived;			/* all concerned have */
	int			npaid;			/* of expenses */
	PartPaid   *paid;
} Clock;

/* Days of a breach for a holder. */
typedef struct Claim
{
	const Clock *clock;
	int			holder;
	DateADT		from;
	DateADT		to;				/* itself not counted */
	DateADT		run_from;		/* from which the months are counted ... */
	DateADT		run_to;			/* ... and to which, when the interest is added */
	bool		begins;			/* has the breach's first day */
} Claim;

typedef enum Status
{
	ASSERTED, AGREED, ADJUDGED
} Status;

/* A claim while principal and status are the same. */
typedef struct Segment
{
	const Clock *clock;
	int			holder;
	DateADT		from;
	DateADT		to;
	DateADT		run_from;
	bool		ends_run;
	bool		begins;
	Ratio		principal;		/* of what the rate is taken, without interest */
	Ratio		unpaid;			/* interest accrued and unpaid at its end */
	Ratio		during;			/* of it, what accrued since run_from */
	Ratio		interest;		/* what entered the amount */
	Ratio		exact;
	Ratio		amount;			/* in cents */
	Status		status;
	Ratio		released;		/* waived of it */
	Ratio		paid;
	int64		paid_shares;
} Segment;

/* What a payment is to one holder. */
typedef struct Payment
{
	Fact	   *fact;
	int			holder;			/* NOBODY: on nobody's invoice */
	Ratio		amount;
	int64		shares;
} Payment;

typedef struct Walk
{
	Agreement  *agreement;
	Bytes		deal;
	Terms		terms;
	DateADT		as_of;
	bool		has_capital;
	Timeline	timeline;
	int			nfacts;
	Fact	   *facts;			/* by number */
	Fact	  **by_day;			/* by day and number */
	FactList   *of_kind;		/* for each kind that the agreement speaks of */
	int			nholders;
	Bytes	   *holders;		/* by name */
	Holdings	all;
	Holdings	first_notes;	/* without Additional Notes */
	int			nshortfalls;
	Spell	   *shortfalls;		/* counted below required */
	int			nspells;
	Spell	   *spells;			/* on whose days the thirty days run */
	int			nclocks;
	int			clocks_size;
	Clock	   *clocks;
	int			nclaims;
	int			claims_size;
	Claim	   *claims;
	int			nsegments;
	int			segments_size;
	Segment    *segments;		/* by clock, days, run and holder */
	int			npayments;
	Payment    *payments;		/* of interest and damages, by day and holder */
} Walk;

/* walk.c */
typedef enum Stage
{
	TO_FACTS, TO_CLOCKS, TO_DAMAGES
} Stage;

extern void walk_deal(Walk *walk, Agreement *agreement, Bytes deal, bool with_capital, DateADT as_of, Stage stage);
extern void walk_again(Walk *walk, Agreement *agreement, Stage stage);

/* facts.c */
extern void read_facts(Walk *walk);
extern int	find_holder(const Walk *walk, Bytes name);

/* holdings.c */
extern void find_holders(Walk *walk);
extern void find_holdings(Walk *walk);
extern const Holdings *holdings_for(Walk *walk, const Reading *reading);
extern const Balance *balance_on(const Line *line, DateADT day);
extern bool holds_something(const Balance *balance);
extern bool held_between(const Line *line, DateADT from, DateADT to);
extern bool is_additional(const Walk *walk, const Instrument *instrument);

/* spells.c */
extern void find_spells(Walk *walk);
extern int128 counted_on(const Walk *walk, DateADT day);

/* starts.c */
extern void start_clocks(Walk *walk);
extern DateADT month_end_after(DateADT day, int months);
extern const Fact *first_closing(const Walk *walk);
extern bool ever_starts_on(const Terms *terms, int duty, int kind);
extern void find_concerned(const Walk *walk, Clock *clock);
extern Clock *new_clock(Walk *walk, const Clause *clause, DateADT started_on);
extern const Clause *clause_for_breach(const Walk *walk, const char *section, DateADT day, const Clause **buyers);

/* stops.c */
extern void stop_clocks(Walk *walk);
extern bool tie_names(const Tie *tie, const Clock *clock);
extern const char *promise_of(const Clock *clock);
extern bool section_names(const Walk *walk, const char *section, const Clock *clock, bool tied);

/* due.c */
extern DateADT due_day(const Clause *clause, const Reading *reading, DateADT from);
extern void judge_clocks(Walk *walk);
extern DateADT stopped_for(const Walk *walk, const Clock *clock, int holder);
extern DateADT end_of_days(const Clock *clock, DateADT done);

/* waivers.c */
extern void judge_waivers(Walk *walk);
extern bool waiver_names(const Walk *walk, const Fact *waiver, const Clock *clock);

/* claims.c */
extern void find_claims(Walk *walk);
extern Base base_of(const Clock *clock);

/* unpaid.c */
extern void find_interest(Walk *walk, Segment *segment, const Line *line);

/* segments.c */
extern void cut_segments(Walk *walk);
extern Ratio exact_between(const Segment *segment, DateADT from, DateADT to);

/* amounts.c */
extern void round_amounts(Walk *walk);

/* settlements.c */
extern void settle_amounts(Walk *walk);
extern bool settles(const Walk *walk, const Fact *fact, const Clock *clock);
extern bool election_names(const Walk *walk, const Fact *fact, const Clock *clock);
extern const char *elected(Walk *walk, const Segment *segment);

/* payments.c */
extern int	decimals_of(Ratio amount);
extern void find_payments(Walk *walk);
extern void pay_amounts(Walk *walk);

#endif							/* COVENANT_WALK_H */

/*-------------------------------------------------------------------------
 *
 * timeline.h
 *		What a deal was on every day, from positions and journal.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_TIMELINE_H
#define COVENANT_TIMELINE_H

#include "compat.h"
#include "guard/books.h"
#include "guard/instrument.h"
#include "guard/pending.h"
#include "utils/timestamp.h"

/* What an instrument was from a day until the day of the next stretch. */
typedef struct Stretch
{
	DateADT		from_day;
	Sum			principal;
	bool		has_price;
	Price		price;
	Decimal		rate;
	Bytes		holder;			/* empty where the table has none */
	Change		adds;			/* what it adds to its deal, with its shares */
} Stretch;

typedef struct Instrument
{
	Bytes		source;
	Bytes		key;
	bool		is_note;
	uint8		rounding;		/* of a note, a Rounding */
	int			nstretches;
	Stretch    *stretches;		/* by day; of two neighbours something differs */
} Instrument;

/* Balances at the end of a day on which one moved. */
typedef struct DayBalance
{
	DateADT		day;
	Bytes		holder;			/* of a holder; data NULL: of the deal */
	Change		balance;
	bool		capital_unknown;	/* of the company whose deal it is, that day */
} DayBalance;

typedef struct Timeline
{
	int			ninstruments;
	Instrument *instruments;
	int			ndays;
	DayBalance *days;			/* of the deal, by day */
	int			nholdings;
	DayBalance *holdings;		/* of the holders, by holder and day */
} Timeline;

/* Where a deal's capital is that of a company. */
typedef struct CompanyCapital
{
	Bytes		company;		/* data NULL: it is not */
	const PendingDeal *pending;
	bool		known;			/* set: the books have some of it */
} CompanyCapital;

/*
 * The timeline of a deal up to a day, as known at a moment, with what a
 * transaction has pending where that is given.  In the current memory context;
 * the caller has connected to SPI.
 */
extern void read_timeline(Timeline *timeline, Books *books, Bytes deal, CompanyCapital *capital,
						  DateADT as_of, TimestampTz known_at, const PendingDeal *pending);
extern void find_balances(Timeline *timeline);

#endif							/* COVENANT_TIMELINE_H */

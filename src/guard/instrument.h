/*-------------------------------------------------------------------------
 *
 * instrument.h
 *		One note or one lot of warrants: what a write says about it.
 *
 * Amounts (principal, warrants) are changes and add up.  Price, rate and
 * holder are settings: what was said last holds.  A row that comes says all of
 * it, and one that goes says it once more, so that nothing can be said later
 * of a day before (see past.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_INSTRUMENT_H
#define COVENANT_INSTRUMENT_H

#include "compat.h"
#include "guard/bytes.h"
#include "guard/change.h"
#include "utils/date.h"

/* What a change is, until the posting decides how it is judged. */
typedef enum ChangeKind
{
	CHANGE_CLOSING,				/* a table is watched no longer */
	CHANGE_OPENING,				/* a table came under watch, perhaps again */
	CHANGE_REBUILD,				/* a difference that audit found */
	CHANGE_SPLIT,				/* the company's shares were split */
	CHANGE_CORRECTION,			/* what covenant.correct says of the past */
	CHANGE_FACT,				/* what the world did */
	CHANGE_PRICE,				/* the price part of a change to a note */
	CHANGE_ACT					/* what somebody chose */
} ChangeKind;

/* A conversion price: a decimal over a divisor, 1 for what is a decimal. */
typedef struct Price
{
	Decimal		value;
	int64		divisor;
} Price;

#define SETS_PRICE	1
#define SETS_RATE	2
#define SETS_HOLDER	4
#define SETS_TERMS	8			/* terms and security */

typedef struct InstrumentChange
{
	Sum			principal;		/* changes */
	int64		warrant_shares;
	Sum			held;			/* of an act: the note's principal after it; not booked */
	uint8		sets;			/* which of the settings are said */
	bool		comes;			/* the row came into the deal ... */
	bool		goes;			/* ... or left it */
	bool		is_note;
	bool		quoted;			/* a quote made the price */
	uint8		rounding;		/* of a note, a Rounding */
	Price		price;
	Decimal		rate;
	Bytes		holder;
	const char *terms;			/* where quotes reprice; NULL: unchanged */
	const char *security;
	const char *reason;			/* of a correction */
	const char *source;			/* the table's name when it was watched */
	Bytes		instrument;		/* its key as text */
	DateADT		day;
	uint8		kind;			/* a ChangeKind: of the amounts ... */
	uint8		settings_kind;	/* ... and of the settings */
	uint64		ordinal;		/* the order within the transaction */
} InstrumentChange;

/*
 * Does it say anything of amounts?
 */
static inline bool
says_amounts(const InstrumentChange *said)
{
	return said->comes || said->goes || said->warrant_shares != 0 || sum_sign(&said->principal) != 0;
}

extern bool same_instrument(const InstrumentChange *a, const InstrumentChange *b);
extern Size instrument_change_size(const InstrumentChange *change);
extern InstrumentChange *copy_instrument_change(const InstrumentChange *change, char *memory);
extern bool price_equal(const Price *a, const Price *b);
extern Price price_on_record(Datum price, Datum divisor);

#endif							/* COVENANT_INSTRUMENT_H */

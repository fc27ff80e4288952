/*-------------------------------------------------------------------------
 *
 * row.h
 *		One row of a watched table, and the change it stands for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ROW_H
#define COVENANT_ROW_H

#include "guard/instrument.h"
#include "guard/watch.h"
#include "number/share_price.h"

/*
 * A number of a row: taken apart where it fits 128 bits, else a numeric; or a
 * price that is a fraction.
 */
typedef struct Number
{
	bool		taken_apart;
	Decimal		decimal;
	Numeric		numeric;		/* where not taken apart */
	const SharePrice *rational; /* or this */
} Number;

/* Where it counts, it has what is watched of the table. */
typedef struct Row
{
	bool		counts;			/* false: the row belongs to no deal */
	bool		leaves;			/* as it was before a write: let go whatever it is */
	Bytes		deal;
	char		deal_buffer[8];
	Bytes		company;		/* of a deal; data NULL: none */
	char		company_buffer[8];
	Bytes		holder;			/* data NULL: the table has none */
	Bytes		instrument;		/* its key as text */
	char		instrument_buffer[24];
	Number		principal;
	Number		price;
	SharePrice	price_fraction; /* of which a numeric price is the rounding */
	Number		rate;
	Number		multiple;
	int64		shares[N_SHARE_COUNTS]; /* as the row gives them */
	Datum		security;		/* 0: null, or not watched */
	Datum		terms;
} Row;

extern void read_row(const Watch *watch, TupleTableSlot *slot, bool leaves, Row *row);
extern void change_of_row(const Watch *watch, const Row *row, Change *change);
extern void change_of_note(const Watch *watch, const Number *principal,
						   const Number *rate, const Number *price, Change *change);
extern const char *security_text(const Watch *watch, const Row *row);
extern const char *terms_text(const Watch *watch, const Row *row);
extern int	number_sign(const Number *number);
extern Numeric number_numeric(const Number *number);
extern bool number_equal(const Number *a, const Number *b);
extern void sum_add_number(Sum *sum, const Number *number);
extern Price price_of_number(const Number *number);
extern void change_of_instrument(const InstrumentChange *note, const Price *price, Change *change);

static inline bool
number_is_zero(const Number *number)
{
	return number->taken_apart ? number->decimal.value == 0 : number_sign(number) == 0;
}

#endif							/* COVENANT_ROW_H */

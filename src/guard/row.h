/*-------------------------------------------------------------------------
 *
 * row.h
 *		One row of a watched table, and the change it stands for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ROW_H
#define COVENANT_ROW_H

#include "guard/watch.h"
#include "number/share_price.h"

/*
 * A number of a row: taken apart where it fits 128 bits, else a numeric.
 */
typedef struct Number
{
	bool		taken_apart;
	Decimal		decimal;
	Numeric		numeric;		/* where not taken apart */
} Number;

/* Where it counts, it has what is watched of the table. */
typedef struct Row
{
	bool		counts;			/* false: the row belongs to no deal */
	Bytes		deal;
	char		deal_buffer[8];
	Bytes		holder;
	Number		principal;
	SharePrice	price;
	Number		rate;
	Number		multiple;
	int64		shares[N_SHARE_COUNTS]; /* as the row gives them */
} Row;

extern void read_row(const Watch *watch, TupleTableSlot *slot, Row *row);
extern void change_of_row(const Watch *watch, const Row *row, Change *change);
extern void change_of_note(const Watch *watch, const Number *principal,
						   const Number *rate, const SharePrice *price, Change *change);
extern bool number_is_zero(const Number *number);

#endif							/* COVENANT_ROW_H */

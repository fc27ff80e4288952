/*-------------------------------------------------------------------------
 *
 * answer.h
 *		The rows that a function of one deal gives of its walk.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ANSWER_H
#define COVENANT_ANSWER_H

#include "agreement/walk.h"

#include "funcapi.h"

#define MOST_COLUMNS	40

/* One function's run: its walk, the row it is making, and memory for both. */
typedef struct Answer
{
	Walk		walk;
	ReturnSetInfo *result;
	MemoryContext context;
	MemoryContext old;
	int			n;				/* columns of the row so far */
	Datum		values[MOST_COLUMNS];
	bool		nulls[MOST_COLUMNS];
} Answer;

extern void begin_answer(Answer *answer, FunctionCallInfo fcinfo, Stage stage);
extern void end_answer(Answer *answer);
extern void begin_answer_by(Answer *answer, FunctionCallInfo fcinfo, DateADT as_of, Stage stage);

extern void put_text(Answer *answer, const char *text);
extern void put_bytes(Answer *answer, Bytes text);
extern void put_day(Answer *answer, DateADT day);
extern void put_int(Answer *answer, int32 n);
extern void put_bool(Answer *answer, bool yes);
extern void put_count(Answer *answer, int64 n);
extern void put_null(Answer *answer);
extern void put_money(Answer *answer, Ratio amount);
extern void put_rounded(Answer *answer, Ratio amount, int decimals);
extern void put_holder(Answer *answer, int holder);
extern void put_unserved(Answer *answer, const Clock *clock);
extern void put_row(Answer *answer);

/* accrual.c */
extern Ratio exact_price(const Price *price);
extern const Stretch *stretch_on(const Instrument *instrument, DateADT day);
extern bool price_on(const Walk *walk, int holder, DateADT day, Ratio *price);
extern bool shares_at(Ratio amount, Ratio price, int64 *shares);

extern char *ref_of(const Clock *clock);
extern const char *elector_of(const Clock *clock);

#endif							/* COVENANT_ANSWER_H */

/*-------------------------------------------------------------------------
 *
 * decimal.h
 *		A numeric as a 128-bit integer and a power of ten.
 *
 * PostgreSQL's numeric is exact but slow to compute with.  A value of up to
 * 37 significant digits is taken apart into value / 10^scale, on which
 * integer arithmetic is exact and fast.  What does not fit is left to the
 * functions of numeric: every user of this file has such a slow path.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_DECIMAL_H
#define COVENANT_DECIMAL_H

#include "compat.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#define DECIMAL_MAX_SCALE	36

typedef struct Decimal
{
	int128		value;
	int			scale;			/* 0 .. DECIMAL_MAX_SCALE */
} Decimal;

extern bool decimal_from_datum(Datum numeric, Decimal *result);
extern bool decimal_from_numeric(Numeric num, Decimal *result);
extern bool decimal_rescale(Decimal *d, int scale);
extern bool decimal_add_rescaled(Decimal *sum, Decimal addend);
extern bool decimal_equal(Decimal a, Decimal b);
extern Numeric numeric_with_decimals(Decimal d);
extern Numeric numeric_from_decimal(Decimal d);
extern Numeric numeric_from_int128(int128 value);
extern Numeric numeric_zero(void);
extern bool int64_from_numeric(Numeric num, int64 *result);

/*
 * sum += addend; false, and sum as it was, where the result does not fit.
 */
static inline bool
decimal_add(Decimal *sum, Decimal addend)
{
	int128		value;

	if (sum->scale != addend.scale && (sum->value != 0 || sum->scale > addend.scale))
		return decimal_add_rescaled(sum, addend);
	sum->scale = addend.scale;
	if (__builtin_add_overflow(sum->value, addend.value, &value))
		return false;
	sum->value = value;
	return true;
}

/* 10^n for 0 <= n <= 38 */
extern uint128 power_of_ten(int n);

/* Short names for the functions of numeric, used on the slow paths. */
static inline Numeric
num_call2(PGFunction f, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(f, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline int
num_compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

#endif							/* COVENANT_DECIMAL_H */

/*-------------------------------------------------------------------------
 *
 * price_average.c
 *		avg of share prices, exactly.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/int.h"
#include "number/state.h"

/* covenant_internal.price_average_state */
typedef struct PriceSum
{
	int64		count;			/* rows */
	uint64		num_high;		/* the halves of their sum, a fraction of */
	uint64		num_low;		/* 128-bit integers */
	uint64		den_high;
	uint64		den_low;
} PriceSum;

#define SUM_WORDS	((int) (sizeof(PriceSum) / sizeof(int64)))

static inline Rational
get_sum(const PriceSum *state)
{
	return (Rational) {
		(uint128) state->num_high << 64 | state->num_low,
		(uint128) state->den_high << 64 | state->den_low
	};
}

/*
 * Adds rows and their sum.  A sum that outgrows 128 bits is reduced before it
 * is given up.
 */
static Datum
add_to_sum(FunctionCallInfo fcinfo, int64 count, Rational addend)
{
	PriceSum   *state = state_to_change(fcinfo, sizeof(PriceSum));
	Rational	sum = get_sum(state);

	if (!rational_add(&sum, addend))
	{
		rational_reduce(&sum);
		rational_reduce(&addend);
		if (!rational_add(&sum, addend))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("sum of share prices out of range"),
					 errdetail("Over their common denominator it needs more than 128 bits."),
					 errhint("Cast the prices to numeric for an average that is rounded.")));
	}
	if (pg_add_s64_overflow(state->count, count, &state->count))
		share_price_out_of_range();
	state->num_high = (uint64) (sum.num >> 64);
	state->num_low = (uint64) sum.num;
	state->den_high = (uint64) (sum.den >> 64);
	state->den_low = (uint64) sum.den;
	return PointerGetDatum(state);
}

COVENANT_FUNCTION(covenant_share_price_accumulate);
Datum
covenant_share_price_accumulate(PG_FUNCTION_ARGS)
{
	return add_to_sum(fcinfo, 1, rational_from_share_price(PG_GETARG_SHARE_PRICE(1)));
}

COVENANT_FUNCTION(covenant_share_price_combine);
Datum
covenant_share_price_combine(PG_FUNCTION_ARGS)
{
	const PriceSum *other = (const PriceSum *) PG_GETARG_POINTER(1);

	return add_to_sum(fcinfo, other->count, get_sum(other));
}

COVENANT_FUNCTION(covenant_share_price_avg);
Datum
covenant_share_price_avg(PG_FUNCTION_ARGS)
{
	const PriceSum *state = (const PriceSum *) PG_GETARG_POINTER(0);
	Rational	mean = get_sum(state);

	if (state->count == 0)
		PG_RETURN_NULL();
	rational_reduce(&mean);
	if (!rational_divide(&mean, (Rational) {state->count, 1}))
		share_price_out_of_range();
	PG_RETURN_POINTER(make_share_price(mean));
}

/* The state as a value of SQL -------------------------------------------- */

/*
 * One that somebody made by hand must at least be a fraction.
 */
static bool
is_sum(const int64 *words)
{
	const PriceSum *state = (const PriceSum *) words;

	return state->count >= 0 && (state->den_high | state->den_low) != 0;
}

COVENANT_FUNCTION(covenant_price_average_state_in);
Datum
covenant_price_average_state_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int64	   *words = state_from_text(text, SUM_WORDS, "price_average_state", fcinfo->context);

	if (words != NULL && !is_sum(words))
		soft_error(fcinfo->context, (Datum) 0,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type price_average_state: \"%s\"", text),
					errdetail("It has fewer than 0 rows, or a denominator of 0.")));
	PG_RETURN_POINTER(words);
}

COVENANT_FUNCTION(covenant_price_average_state_out);
Datum
covenant_price_average_state_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(state_to_text((int64 *) PG_GETARG_POINTER(0), SUM_WORDS));
}

COVENANT_FUNCTION(covenant_price_average_state_recv);
Datum
covenant_price_average_state_recv(PG_FUNCTION_ARGS)
{
	int64	   *words = state_from_message((StringInfo) PG_GETARG_POINTER(0), SUM_WORDS);

	if (!is_sum(words))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of price_average_state"),
				 errdetail("It has fewer than 0 rows, or a denominator of 0.")));
	PG_RETURN_POINTER(words);
}

COVENANT_FUNCTION(covenant_price_average_state_send);
Datum
covenant_price_average_state_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(state_to_message((int64 *) PG_GETARG_POINTER(0), SUM_WORDS));
}

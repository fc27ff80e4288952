/*-------------------------------------------------------------------------
 *
 * shares_sum.c
 *		sum and avg of shares.
 *
 * The sum is of 128 bits, so that only a result can be out of range.
 *
 *-------------------------------------------------------------------------
 */
#include "number/shares.h"

#include "common/int.h"
#include "number/share_price.h"
#include "number/state.h"

/* covenant_internal.shares_sum_state */
typedef struct SharesSum
{
	int64		count;			/* rows */
	int64		high;			/* the upper and the lower half of their sum */
	uint64		low;
} SharesSum;

#define SUM_WORDS	((int) (sizeof(SharesSum) / sizeof(int64)))

static inline int128
get_sum(const SharesSum *state)
{
	return (int128) ((uint128) (uint64) state->high << 64 | state->low);
}

/*
 * Adds rows and their sum, or takes them away again.  128 bits hold the sum
 * of 2^63 rows, so only a state made by hand can leave them.
 */
static inline Datum
change_sum(FunctionCallInfo fcinfo, int64 count, int128 sum)
{
	SharesSum  *state = state_to_change(fcinfo, sizeof(SharesSum));

	if (unlikely(pg_add_s64_overflow(state->count, count, &state->count) ||
				 __builtin_add_overflow(get_sum(state), sum, &sum)))
		shares_out_of_range();
	state->high = (int64) (sum >> 64);
	state->low = (uint64) sum;
	return PointerGetDatum(state);
}

COVENANT_FUNCTION(covenant_shares_accumulate);
Datum
covenant_shares_accumulate(PG_FUNCTION_ARGS)
{
	return change_sum(fcinfo, 1, PG_GETARG_INT64(1));
}

/*
 * The inverse, for a window frame that moves on.
 */
COVENANT_FUNCTION(covenant_shares_discharge);
Datum
covenant_shares_discharge(PG_FUNCTION_ARGS)
{
	return change_sum(fcinfo, -1, -(int128) PG_GETARG_INT64(1));
}

COVENANT_FUNCTION(covenant_shares_combine);
Datum
covenant_shares_combine(PG_FUNCTION_ARGS)
{
	const SharesSum *other = (const SharesSum *) PG_GETARG_POINTER(1);

	return change_sum(fcinfo, other->count, get_sum(other));
}

COVENANT_FUNCTION(covenant_shares_sum);
Datum
covenant_shares_sum(PG_FUNCTION_ARGS)
{
	const SharesSum *state = (const SharesSum *) PG_GETARG_POINTER(0);
	int128		sum = get_sum(state);

	if (state->count == 0)
		PG_RETURN_NULL();
	if (sum < PG_INT64_MIN || sum > PG_INT64_MAX)
		shares_out_of_range();
	PG_RETURN_INT64((int64) sum);
}

COVENANT_FUNCTION(covenant_shares_avg);
Datum
covenant_shares_avg(PG_FUNCTION_ARGS)
{
	const SharesSum *state = (const SharesSum *) PG_GETARG_POINTER(0);

	if (state->count <= 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_from_fraction(get_sum(state), state->count));
}

/* The state as a value of SQL -------------------------------------------- */

COVENANT_FUNCTION(covenant_shares_sum_state_in);
Datum
covenant_shares_sum_state_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(state_from_text(PG_GETARG_CSTRING(0), SUM_WORDS, "shares_sum_state",
									  fcinfo->context));
}

COVENANT_FUNCTION(covenant_shares_sum_state_out);
Datum
covenant_shares_sum_state_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(state_to_text((int64 *) PG_GETARG_POINTER(0), SUM_WORDS));
}

COVENANT_FUNCTION(covenant_shares_sum_state_recv);
Datum
covenant_shares_sum_state_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(state_from_message((StringInfo) PG_GETARG_POINTER(0), SUM_WORDS));
}

COVENANT_FUNCTION(covenant_shares_sum_state_send);
Datum
covenant_shares_sum_state_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(state_to_message((int64 *) PG_GETARG_POINTER(0), SUM_WORDS));
}

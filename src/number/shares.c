/*-------------------------------------------------------------------------
 *
 * shares.c
 *		covenant.shares: a whole number of shares.
 *
 * The representation is that of bigint, so whatever bigint does the same way
 * (binary form, comparisons, hashing, sorting) is bigint's own function,
 * declared in shares.sql.  Here is what differs: text with thousands commas,
 * casts, arithmetic that speaks of shares, and aggregates over 128 bits.
 *
 *-------------------------------------------------------------------------
 */
#include "number/decimal.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "number/share_price.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* Text in ---------------------------------------------------------------- */

typedef enum SharesText
{
	SHARES_OK,
	SHARES_SYNTAX,
	SHARES_RANGE
} SharesText;

/*
 * How many characters from s on are digits, with thousands commas or without?
 * With commas the first group is of one to three digits and does not begin
 * with a zero (0,123 is more likely a decimal than a number of shares), all
 * others are of three.  0 where the digits are not well formed.
 */
static int
span_grouped_digits(const char *s)
{
	int			n = 0;

	while (isdigit((unsigned char) s[n]))
		n++;
	if (s[n] != ',')
		return n;
	if (n > 3 || s[0] == '0')
		return 0;
	while (n > 0 && s[n] == ',')
	{
		if (!isdigit((unsigned char) s[n + 1]) ||
			!isdigit((unsigned char) s[n + 2]) ||
			!isdigit((unsigned char) s[n + 3]) ||
			isdigit((unsigned char) s[n + 4]))
			return 0;
		n += 4;
	}
	return n;
}

/*
 * Counts downwards, because the lowest number has no positive twin.
 */
static SharesText
parse_shares(const char *s, int64 *result)
{
	int64		value = 0;
	bool		negative;
	bool		fits = true;
	int			n;

	while (isspace((unsigned char) *s))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	n = span_grouped_digits(s);
	if (n == 0)
		return SHARES_SYNTAX;
	for (; n > 0; n--, s++)
	{
		if (*s != ',' &&
			(pg_mul_s64_overflow(value, 10, &value) ||
			 pg_sub_s64_overflow(value, *s - '0', &value)))
			fits = false;
	}
	while (isspace((unsigned char) *s))
		s++;
	if (*s != '\0')
		return SHARES_SYNTAX;
	if (!fits || (!negative && value == PG_INT64_MIN))
		return SHARES_RANGE;
	*result = negative ? value : -value;
	return SHARES_OK;
}

COVENANT_FUNCTION(covenant_shares_in);
Datum
covenant_shares_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	int64		value = 0;

	switch (parse_shares(s, &value))
	{
		case SHARES_OK:
			break;
		case SHARES_SYNTAX:
			soft_error(fcinfo->context, (Datum) 0,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type shares: \"%s\"", s)));
		case SHARES_RANGE:
			soft_error(fcinfo->context, (Datum) 0,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("value \"%s\" is out of range for type shares", s)));
	}
	PG_RETURN_INT64(value);
}

/* Casts ------------------------------------------------------------------ */

/*
 * A numeric that is a whole number; a fraction of a share is not rounded away
 * unseen, since rounding is what share counts are argued about.
 */
COVENANT_FUNCTION(covenant_numeric_to_shares);
Datum
covenant_numeric_to_shares(PG_FUNCTION_ARGS)
{
	int64		value;

	if (!int64_from_numeric(PG_GETARG_NUMERIC(0), &value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value is out of range for type shares"),
				 errdetail("Shares are whole numbers from %lld to %lld.",
						   (long long) PG_INT64_MIN, (long long) PG_INT64_MAX),
				 errhint("Round to a whole number first, by the rule that the agreement gives.")));
	PG_RETURN_INT64(value);
}

/*
 * A JSON number, so that to_json and its kin do not write a string.
 */
COVENANT_FUNCTION(covenant_shares_to_json);
Datum
covenant_shares_to_json(PG_FUNCTION_ARGS)
{
	char		buffer[MAXINT8LEN + 1];

	PG_RETURN_TEXT_P(cstring_to_text_with_len(buffer, pg_lltoa(PG_GETARG_INT64(0), buffer)));
}

/* Arithmetic ------------------------------------------------------------- */

static void
shares_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("shares out of range"),
			 errdetail("Shares are whole numbers from %lld to %lld.",
					   (long long) PG_INT64_MIN, (long long) PG_INT64_MAX)));
}

COVENANT_FUNCTION(covenant_shares_plus);
Datum
covenant_shares_plus(PG_FUNCTION_ARGS)
{
	int64		result;

	if (pg_add_s64_overflow(PG_GETARG_INT64(0), PG_GETARG_INT64(1), &result))
		shares_out_of_range();
	PG_RETURN_INT64(result);
}

COVENANT_FUNCTION(covenant_shares_minus);
Datum
covenant_shares_minus(PG_FUNCTION_ARGS)
{
	int64		result;

	if (pg_sub_s64_overflow(PG_GETARG_INT64(0), PG_GETARG_INT64(1), &result))
		shares_out_of_range();
	PG_RETURN_INT64(result);
}

COVENANT_FUNCTION(covenant_shares_negate);
Datum
covenant_shares_negate(PG_FUNCTION_ARGS)
{
	int64		result;

	if (pg_sub_s64_overflow(0, PG_GETARG_INT64(0), &result))
		shares_out_of_range();
	PG_RETURN_INT64(result);
}

COVENANT_FUNCTION(covenant_shares_times);
Datum
covenant_shares_times(PG_FUNCTION_ARGS)
{
	int64		result;

	if (pg_mul_s64_overflow(PG_GETARG_INT64(0), PG_GETARG_INT64(1), &result))
		shares_out_of_range();
	PG_RETURN_INT64(result);
}

/* Aggregates ------------------------------------------------------------- */

/*
 * What sum and avg carry: int8[] of the number of rows and the two halves of
 * a 128-bit sum, so that only a final result can be out of range.
 */
typedef struct SumState
{
	int64		count;
	int64		high;
	uint64		low;
} SumState;

#define SUM_STATE_BYTES		(ARR_OVERHEAD_NONULLS(1) + sizeof(SumState))

static SumState *
sum_state(ArrayType *array)
{
	if (ARR_HASNULL(array) || ARR_NDIM(array) != 1 || ARR_SIZE(array) != SUM_STATE_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sum of shares is an array of three bigint without NULL")));
	return (SumState *) ARR_DATA_PTR(array);
}

/*
 * The array that the call may write to: the state itself inside an aggregate,
 * a copy when somebody calls the function by hand.
 */
static ArrayType *
writable_state(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0)
		: PG_GETARG_ARRAYTYPE_P_COPY(0);
}

static inline int128
get_sum(const SumState *state)
{
	return (int128) ((uint128) (uint64) state->high << 64 | state->low);
}

/*
 * Adds rows and their sum, or takes them away again.  128 bits hold the sum
 * of 2^63 rows, so only a state made by hand can leave them.
 */
static void
change_sum(SumState *state, int64 count, int128 sum)
{
	if (pg_add_s64_overflow(state->count, count, &state->count) ||
		__builtin_add_overflow(get_sum(state), sum, &sum))
		shares_out_of_range();
	state->high = (int64) (sum >> 64);
	state->low = (uint64) sum;
}

COVENANT_FUNCTION(covenant_shares_accumulate);
Datum
covenant_shares_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);

	change_sum(sum_state(array), 1, PG_GETARG_INT64(1));
	PG_RETURN_ARRAYTYPE_P(array);
}

/*
 * The inverse, for a window frame that moves on.
 */
COVENANT_FUNCTION(covenant_shares_discharge);
Datum
covenant_shares_discharge(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);

	change_sum(sum_state(array), -1, -(int128) PG_GETARG_INT64(1));
	PG_RETURN_ARRAYTYPE_P(array);
}

COVENANT_FUNCTION(covenant_shares_combine);
Datum
covenant_shares_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	const SumState *other = sum_state(PG_GETARG_ARRAYTYPE_P(1));

	change_sum(sum_state(array), other->count, get_sum(other));
	PG_RETURN_ARRAYTYPE_P(array);
}

COVENANT_FUNCTION(covenant_shares_sum);
Datum
covenant_shares_sum(PG_FUNCTION_ARGS)
{
	const SumState *state = sum_state(PG_GETARG_ARRAYTYPE_P(0));
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
	const SumState *state = sum_state(PG_GETARG_ARRAYTYPE_P(0));

	if (state->count <= 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_from_fraction(get_sum(state), state->count));
}

/*-------------------------------------------------------------------------
 *
 * shares.c
 *		covenant.shares: a whole number of shares.
 *
 * The representation is that of bigint, so whatever bigint does the same way
 * (binary form, comparisons, hashing, sorting) is bigint's own function,
 * declared in shares.sql.  Here is what differs: text with thousands commas,
 * casts, and arithmetic that speaks of shares.
 *
 *-------------------------------------------------------------------------
 */
#include "number/shares.h"

#include "common/int.h"
#include "number/decimal.h"
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
 * A fraction of a share is not rounded away unseen, since rounding is what
 * share counts are argued about.
 */
void
no_number_of_shares(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("value is out of range for type shares"),
			 errdetail("Shares are whole numbers from %lld to %lld.",
					   (long long) PG_INT64_MIN, (long long) PG_INT64_MAX),
			 errhint("Round to a whole number first, by the rule that the agreement gives.")));
}

COVENANT_FUNCTION(covenant_numeric_to_shares);
Datum
covenant_numeric_to_shares(PG_FUNCTION_ARGS)
{
	int64		value;

	if (!int64_from_numeric(PG_GETARG_NUMERIC(0), &value))
		no_number_of_shares();
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

void
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

COVENANT_FUNCTION(covenant_shares_abs);
Datum
covenant_shares_abs(PG_FUNCTION_ARGS)
{
	return PG_GETARG_INT64(0) < 0 ? covenant_shares_negate(fcinfo) : PG_GETARG_DATUM(0);
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

/*-------------------------------------------------------------------------
 *
 * status.c
 *		The prices that the status view gives: from which on a deal holds.
 *
 *-------------------------------------------------------------------------
 */
#include "compat.h"

#include "number/decimal.h"

/*
 * The least whole number not below a / b, of numerics that are not negative.
 */
static Numeric
divide_up(Numeric a, Numeric b)
{
	Numeric		quotient = num_call2(numeric_div_trunc, a, b);

	if (num_compare(num_call2(numeric_mul, quotient, b), a) == 0)
		return quotient;
	return num_call2(numeric_add, quotient, numeric_from_int128(1));
}

/*
 * covenant_internal.holds_above(principal, warrants, shares, multiple): the price
 * above which `shares` cover the multiple of one note of this principal and
 * the warrants; principal / (N + 1) with N = floor(shares / multiple) -
 * warrants, rounded up to 20 decimals.  NULL where no price can help, because
 * the warrants alone are too many.
 */
COVENANT_FUNCTION(covenant_holds_above);
Datum
covenant_holds_above(PG_FUNCTION_ARGS)
{
	Numeric		principal = PG_GETARG_NUMERIC(0);
	int64		warrants = PG_GETARG_INT64(1);
	int64		shares = PG_GETARG_INT64(2);
	Numeric		multiple = PG_GETARG_NUMERIC(3);
	Numeric		note_shares;
	Numeric		scaled;

	if (shares < 0)
		PG_RETURN_NULL();
	note_shares = num_call2(numeric_sub,
							num_call2(numeric_div_trunc, numeric_from_int128(shares), multiple),
							numeric_from_int128(warrants));
	if (num_compare(note_shares, numeric_from_int128(0)) < 0)
		PG_RETURN_NULL();
	scaled = num_call2(numeric_mul, principal,
					   numeric_from_int128((int128) power_of_ten(20)));
	scaled = divide_up(scaled, num_call2(numeric_add, note_shares, numeric_from_int128(1)));
	PG_RETURN_NUMERIC(num_call2(numeric_mul, scaled,
								numeric_from_decimal((Decimal) {.value = 1, .scale = 20})));
}

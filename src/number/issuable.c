/*-------------------------------------------------------------------------
 *
 * issuable.c
 *		Shares issuable for an amount, and the reserve they require.
 *
 * Each note is rounded to whole shares first and the sum multiplied
 * afterwards; that is the only order in which the agreement's own number
 * (Section 3(c): 90,953,246) comes out.
 *
 * Every quotient is rounded once, on its exact remainder: in 128 bits where
 * the operands fit, else with numeric's div(), which cuts exactly.  Numeric's
 * own division would round before we do.
 *
 *-------------------------------------------------------------------------
 */
#include "number/issuable.h"

#include "utils/builtins.h"

/* Arguments -------------------------------------------------------------- */

/*
 * A finite number that is not negative, or an error that names the argument.
 */
static void
check_amount(Numeric value, const char *name)
{
	if (numeric_is_nan(value) || numeric_is_inf(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite number", name),
				 errdetail("It is %s.", numeric_normalize(value))));
	if (num_compare(value, int64_to_numeric(0)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name),
				 errdetail("It is %s.", numeric_normalize(value))));
}

static void
check_shares(int64 value, const char *name)
{
	if (value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name),
				 errdetail("It is %lld.", (long long) value)));
}

static void
zero_price(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO),
			 errmsg("price must not be zero"),
			 errdetail("At a price of zero an amount buys no definite number of shares.")));
}

static void
too_many_shares(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("shares out of range"),
			 errdetail("The result is more than %lld shares.", (long long) PG_INT64_MAX)));
}

/* Division --------------------------------------------------------------- */

/*
 * n / d in 128 bits, neither of them negative and d not zero; false where the
 * quotient is no number of shares.
 */
static inline bool
divide_to_shares(uint128 n, uint128 d, Rounding rounding, int64 *result)
{
	uint128		quotient = divide_rounded(n, d, rounding);

	if (quotient > PG_INT64_MAX)
		return false;
	*result = (int64) quotient;
	return true;
}

/*
 * The same for numerics of any length, on the exact quotient and remainder;
 * 22003 where the quotient is no number of shares.
 */
static int64
divide_numerics(Numeric n, Numeric d, Rounding rounding)
{
	Numeric		quotient = num_call2(numeric_div_trunc, n, d);
	Numeric		remainder = num_call2(numeric_sub, n, num_call2(numeric_mul, quotient, d));
	int			twice = num_compare(num_call2(numeric_add, remainder, remainder), d);
	bool		remains = num_compare(remainder, int64_to_numeric(0)) != 0;
	int64		result;

	if (!int64_from_numeric(quotient, &result))
		too_many_shares();
	if (rounds_away(rounding, twice, remains, result & 1))
	{
		if (result == PG_INT64_MAX)
			too_many_shares();
		result++;
	}
	return result;
}

/* For other files -------------------------------------------------------- */

bool
shares_for_decimal(Decimal amount, const SharePrice *price, Rounding rounding, int64 *result)
{
	uint128		n;
	uint128		d;

	return amount.value >= 0 && price->num > 0 &&
		!__builtin_mul_overflow((uint128) amount.value, (uint128) price->den, &n) &&
		!__builtin_mul_overflow(power_of_ten(amount.scale), (uint128) price->num, &d) &&
		divide_to_shares(n, d, rounding, result);
}

int64
shares_for_amount(Numeric amount, const SharePrice *price, Rounding rounding)
{
	Decimal		d;
	int64		result;

	if (decimal_from_numeric(amount, &d) && shares_for_decimal(d, price, rounding, &result))
		return result;
	check_amount(amount, "amount");
	if (price->num == 0)
		zero_price();
	return divide_numerics(num_call2(numeric_mul, amount, int64_to_numeric(price->den)),
						   int64_to_numeric(price->num), rounding);
}

/*
 * multiple * issuable, rounded up to whole shares (Section 4(h)).  22023 for
 * a negative argument, 22003 for what does not fit.
 */
static int64
reserved_amount(int64 issuable, Numeric multiple)
{
	Decimal		m;
	uint128		n;
	int64		result;

	check_shares(issuable, "issuable");
	if (decimal_from_numeric(multiple, &m) && m.value >= 0 &&
		!__builtin_mul_overflow((uint128) issuable, (uint128) m.value, &n) &&
		divide_to_shares(n, power_of_ten(m.scale), ROUND_UP, &result))
		return result;

	check_amount(multiple, "multiple");
	return divide_numerics(num_call2(numeric_mul, int64_to_numeric(issuable), multiple),
						   int64_to_numeric(1), ROUND_UP);
}

/* Functions of SQL ------------------------------------------------------- */

COVENANT_FUNCTION(covenant_shares_issuable);
Datum
covenant_shares_issuable(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(1);
	Rounding	rounding = rounding_from_text(PG_GETARG_TEXT_PP(2));
	Decimal		amount;
	int64		result;

	if (decimal_from_datum(PG_GETARG_DATUM(0), &amount) &&
		shares_for_decimal(amount, price, rounding, &result))
		PG_RETURN_INT64(result);
	PG_RETURN_INT64(shares_for_amount(PG_GETARG_NUMERIC(0), price, rounding));
}

COVENANT_FUNCTION(covenant_reserved_amount);
Datum
covenant_reserved_amount(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(reserved_amount(PG_GETARG_INT64(0), PG_GETARG_NUMERIC(1)));
}

/*
 * The break-even price where 128 bits do not hold what leads to it; NULL
 * where no price covers the reserve.
 */
static SharePrice *
numeric_breakeven(Numeric principal, int64 warrants, int64 counted, Numeric multiple)
{
	SharePrice *price = palloc(sizeof(SharePrice));
	Numeric		room = num_call2(numeric_div_trunc, int64_to_numeric(counted), multiple);

	room = num_call2(numeric_sub, room, int64_to_numeric(warrants));
	if (num_compare(room, int64_to_numeric(0)) < 0)
		return NULL;
	room = num_call2(numeric_add, room, int64_to_numeric(1));
	if (!share_price_from_quotient(principal, room, price))
		share_price_out_of_range();
	return price;
}

/*
 * multiple x (shares + warrants) is covered as long as the notes convert into
 * no more than N = floor(counted / multiple) - warrants shares, that is below
 * N + 1 before rounding down: at prices above principal / (N + 1).
 */
COVENANT_FUNCTION(covenant_breakeven_price);
Datum
covenant_breakeven_price(PG_FUNCTION_ARGS)
{
	Numeric		principal = PG_GETARG_NUMERIC(0);
	int64		warrants = PG_GETARG_INT64(1);
	int64		counted = PG_GETARG_INT64(2);
	Numeric		multiple = PG_GETARG_NUMERIC(3);
	Decimal		p;
	Decimal		m;
	uint128		room;
	SharePrice *price;

	check_amount(principal, "principal");
	check_shares(warrants, "warrants");
	check_amount(multiple, "multiple");
	if (num_compare(multiple, int64_to_numeric(0)) == 0)
		PG_RETURN_POINTER(make_share_price((Rational) {0, 1}));	/* nothing is required */
	if (counted < 0)
		PG_RETURN_NULL();

	if (decimal_from_numeric(principal, &p) && decimal_from_numeric(multiple, &m) &&
		!__builtin_mul_overflow((uint128) counted, power_of_ten(m.scale), &room))
	{
		room /= m.value;
		if (room < warrants)
			PG_RETURN_NULL();
		room += 1 - (uint128) warrants;
		if (!__builtin_mul_overflow(room, power_of_ten(p.scale), &room))
			PG_RETURN_POINTER(make_share_price((Rational) {p.value, room}));
	}
	price = numeric_breakeven(principal, warrants, counted, multiple);
	if (price == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(price);
}

/*-------------------------------------------------------------------------
 *
 * share_price.c
 *		covenant.share_price: which numbers are prices, casts and binary form.
 *
 * Every way into the type goes through share_price_from_rational or
 * share_price_from_digits, so that each value has one representation:
 * equality and hashing may look at the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/int.h"
#include "number/decimal.h"
#include "libpq/pqformat.h"
#include "number/quotient.h"
#include "number/simplest.h"
#include "utils/builtins.h"

/*
 * Half a unit of the last of so many digits is less than 1e-9 of the number,
 * which is how far a price may be off.
 */
#define FINE_DIGITS			500000000
#define COARSE_PARTS		1000000000

/* Which numbers are prices ----------------------------------------------- */

/*
 * Reduces the fraction; false where it then needs more than 64 bits.
 */
bool
share_price_from_rational(Rational value, SharePrice *price)
{
	rational_reduce(&value);
	if (value.num > PG_INT64_MAX || value.den > PG_INT64_MAX)
		return false;
	price->num = (int64) value.num;
	price->den = (int64) value.den;
	return true;
}

/*
 * Is the price further than 1e-9 of it away from digits / 10^decimals, of
 * which it is the simplest fraction?  Both differ by half a unit at most, so
 * what is multiplied here stays below 10^28: neither the price nor its
 * denominator needs more than 64 bits.
 */
static bool
is_too_coarse(const SharePrice *price, uint128 digits, int decimals)
{
	uint128		exact;
	uint128		taken;

	if (digits >= FINE_DIGITS)
		return false;
	exact = digits * price->den;
	taken = power_of_ten(decimals) * price->num;
	return (exact > taken ? exact - taken : taken - exact) * COARSE_PARTS > exact;
}

/*
 * The price that digits / 10^decimals stands for; see share_price.h.
 */
PriceFit
share_price_from_digits(uint128 digits, int decimals, SharePrice *price)
{
	Rational	simplest;

	/* as most prices are, in 64 bits */
	if (digits <= PG_INT64_MAX && decimals <= EXACT_DECIMALS)
	{
		uint64		num = (uint64) digits;
		uint64		den = (uint64) power_of_ten(decimals);

		reduce_decimal(&num, &den, decimals);
		*price = (SharePrice) {(int64) num, (int64) den};
		return PRICE_FITS;
	}

	while (decimals > 0 && digits % 10 == 0)
	{
		digits /= 10;
		decimals--;
	}
	if (decimals <= EXACT_DECIMALS)
	{
		if (share_price_from_rational((Rational) {digits, power_of_ten(decimals)}, price))
			return PRICE_FITS;
		if (decimals == 0)
			return PRICE_TOO_WIDE;
	}

	if (digits >= power_of_ten(SIMPLEST_DIGITS))
		return PRICE_TOO_LONG;
	if (!simplest_fraction(digits, decimals, &simplest))
		return PRICE_TOO_WIDE;
	*price = (SharePrice) {(int64) simplest.num, (int64) simplest.den};
	return is_too_coarse(price, digits, decimals) ? PRICE_TOO_COARSE : PRICE_FITS;
}

/*
 * The same for a numeric, of any length and header; what cannot be taken
 * apart is read as text.
 */
PriceFit
share_price_from_numeric(Datum numeric, SharePrice *price)
{
	Decimal		d;

	if (!decimal_from_datum(numeric, &d))
		return share_price_from_number(DatumGetCString(DirectFunctionCall1(numeric_out, numeric)),
									   price);
	if (d.value < 0)
		return PRICE_NEGATIVE;
	return share_price_from_digits(d.value, d.scale, price);
}

/*
 * num/den of any length, neither of them negative nor both zero; false where
 * the reduced fraction needs more than 64 bits.
 */
bool
share_price_from_quotient(Numeric num, Numeric den, SharePrice *price)
{
	Numeric		common = num_call2(numeric_gcd, num, den);

	return int64_from_numeric(num_call2(numeric_div_trunc, num, common), &price->num) &&
		int64_from_numeric(num_call2(numeric_div_trunc, den, common), &price->den) &&
		price->den > 0;
}

/* Errors ----------------------------------------------------------------- */

const char *
share_price_limit(PriceFit fit)
{
	switch (fit)
	{
		case PRICE_NO_NUMBER:
			return "A share price is a finite number.";
		case PRICE_NEGATIVE:
			return "A share price is not negative.";
		case PRICE_TOO_LONG:
			return "More than 18 decimals are taken for a rounded fraction; that has no more than 37 significant digits.";
		case PRICE_TOO_COARSE:
			return "More than 18 decimals are taken for a rounded fraction; the simplest one is off by more than 1e-9 of the number.";
		case PRICE_FITS:
		case PRICE_TOO_WIDE:
			break;
	}
	return "A share price is a fraction that is not negative, of integers up to 9223372036854775807.";
}

void
share_price_misfit(PriceFit fit)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("share_price out of range"),
			 errdetail_internal("%s", share_price_limit(fit))));
}

void
share_price_out_of_range(void)
{
	share_price_misfit(PRICE_TOO_WIDE);
}

/*
 * A new value, for the results of functions.
 */
SharePrice *
make_share_price(Rational value)
{
	SharePrice *price = palloc(sizeof(SharePrice));

	if (!share_price_from_rational(value, price))
		share_price_out_of_range();
	return price;
}

/* Casts ------------------------------------------------------------------ */

/*
 * num / den, rounded half up (away from zero) to so many decimals.
 */
static Numeric
round_fraction(int128 num, uint64 den, int decimals)
{
	Numeric		result;

	if (quotient_to_numeric(num, den, 0, decimals, &result))
		return result;
	return big_quotient_to_numeric(numeric_from_int128(num), int64_to_numeric(den), decimals);
}

/*
 * The same where the decimals end; NULL where they do not.
 */
static Numeric
terminating_fraction(int128 num, uint64 den)
{
	int			decimals = decimals_of_denominator(den);
	uint128		magnitude = num < 0 ? -(uint128) num : (uint128) num;

	if (decimals < 0)
		return NULL;
	if (decimals <= EXACT_DECIMALS && magnitude <= PG_INT64_MAX)
		return numeric_from_decimal((Decimal) {num * (int128) (power_of_ten(decimals) / den), decimals});
	return round_fraction(num, den, decimals);
}

Numeric
numeric_from_fraction(int128 num, uint64 den)
{
	uint128		common = gcd128(num < 0 ? -(uint128) num : (uint128) num, den);
	Numeric		exact = terminating_fraction(num / (int128) common, den / (uint64) common);

	return exact != NULL ? exact : round_fraction(num, den, QUOTIENT_DECIMALS);
}

Numeric
numeric_from_share_price(const SharePrice *price)
{
	Numeric		result = terminating_fraction(price->num, price->den);
	int			decimals = QUOTIENT_DECIMALS;

	if (result != NULL)
		return result;
	result = round_fraction(price->num, price->den, decimals);
	while (DatumGetInt32(DirectFunctionCall1(numeric_min_scale, NumericGetDatum(result))) < decimals)
		result = round_fraction(price->num, price->den, ++decimals);
	return result;
}

COVENANT_FUNCTION(covenant_numeric_to_share_price);
Datum
covenant_numeric_to_share_price(PG_FUNCTION_ARGS)
{
	SharePrice *price = palloc(sizeof(SharePrice));
	PriceFit	fit = share_price_from_numeric(PG_GETARG_DATUM(0), price);

	if (fit != PRICE_FITS)
		share_price_misfit(fit);
	PG_RETURN_POINTER(price);
}

static Datum
share_price_from_int64(int64 value)
{
	SharePrice *price = palloc(sizeof(SharePrice));

	if (value < 0)
		share_price_misfit(PRICE_NEGATIVE);
	price->num = value;
	price->den = 1;
	return PointerGetDatum(price);
}

COVENANT_FUNCTION(covenant_smallint_to_share_price);
Datum
covenant_smallint_to_share_price(PG_FUNCTION_ARGS)
{
	return share_price_from_int64(PG_GETARG_INT16(0));
}

COVENANT_FUNCTION(covenant_integer_to_share_price);
Datum
covenant_integer_to_share_price(PG_FUNCTION_ARGS)
{
	return share_price_from_int64(PG_GETARG_INT32(0));
}

COVENANT_FUNCTION(covenant_bigint_to_share_price);
Datum
covenant_bigint_to_share_price(PG_FUNCTION_ARGS)
{
	return share_price_from_int64(PG_GETARG_INT64(0));
}

COVENANT_FUNCTION(covenant_share_price_to_numeric);
Datum
covenant_share_price_to_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_from_share_price(PG_GETARG_SHARE_PRICE(0)));
}

/*
 * A JSON number, so that to_json and its kin do not write a string.
 */
COVENANT_FUNCTION(covenant_share_price_to_json);
Datum
covenant_share_price_to_json(PG_FUNCTION_ARGS)
{
	Numeric		value = numeric_from_share_price(PG_GETARG_SHARE_PRICE(0));

	PG_RETURN_TEXT_P(cstring_to_text(numeric_normalize(value)));
}

/* Binary ----------------------------------------------------------------- */

COVENANT_FUNCTION(covenant_share_price_send);
Datum
covenant_share_price_send(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, price->num);
	pq_sendint64(&buffer, price->den);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/*
 * Takes only what the type may hold: equality compares representations.
 */
COVENANT_FUNCTION(covenant_share_price_recv);
Datum
covenant_share_price_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	SharePrice *price = palloc(sizeof(SharePrice));

	price->num = pq_getmsgint64(buffer);
	price->den = pq_getmsgint64(buffer);
	if (price->num < 0 || price->den <= 0 || gcd64(price->num, price->den) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of share_price"),
				 errdetail("%lld/%lld is not a fraction in lowest terms that is not negative.",
						   (long long) price->num, (long long) price->den)));
	PG_RETURN_POINTER(price);
}

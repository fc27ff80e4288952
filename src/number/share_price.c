/*-------------------------------------------------------------------------
 *
 * share_price.c
 *		covenant.share_price: text, binary and casts.
 *
 * Every way into the type goes through share_price_from_rational or one of
 * the parsers, so that each value has one representation: equality and
 * hashing may look at the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/int.h"
#include "number/decimal.h"
#include "libpq/pqformat.h"
#include "number/rounding.h"
#include "utils/builtins.h"

#define MAX_DECIMALS		62	/* of 1/2^62, the most that a denominator gives */
#define DECIMAL_TEXT_BYTES	(39 + 1 + MAX_DECIMALS + 1)

/* Digits and decimals that fit 64 bits without looking. */
#define FEW_DIGITS			18

typedef enum PriceText
{
	PRICE_OK,
	PRICE_SYNTAX,
	PRICE_RANGE
} PriceText;

/* Narrowing -------------------------------------------------------------- */

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

void
share_price_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("share_price out of range"),
			 errdetail("A share price is a fraction that is not negative, of integers up to %lld.",
					   (long long) PG_INT64_MAX)));
}

/*
 * The same as a new value, for the results of functions.
 */
SharePrice *
make_share_price(Rational value)
{
	SharePrice *price = palloc(sizeof(SharePrice));

	if (!share_price_from_rational(value, price))
		share_price_out_of_range();
	return price;
}

/* Text in ---------------------------------------------------------------- */

/*
 * whole.fraction with any number of digits, from the last decimal to the
 * first: x becomes (digit + x) / 10.  Each suffix of the decimals has a
 * denominator that divides the final one, so nothing here is wider than the
 * result, however many digits are written.
 */
static PriceText
long_decimal(const char *whole, int nwhole, const char *fraction, int nfraction,
			 SharePrice *price)
{
	uint128		num = 0;
	uint128		den = 1;
	uint128		integer = 0;

	while (nfraction > 0)
	{
		num += (fraction[--nfraction] - '0') * den;
		den *= 10;
		if (num % 2 == 0)
		{
			num /= 2;
			den /= 2;
		}
		if (num % 5 == 0)
		{
			num /= 5;
			den /= 5;
		}
		if (den > PG_INT64_MAX)
			return PRICE_RANGE;
	}
	for (int i = 0; i < nwhole; i++)
	{
		integer = integer * 10 + (whole[i] - '0');
		if (integer > PG_INT64_MAX)
			return PRICE_RANGE;
	}
	num += integer * den;
	if (num > PG_INT64_MAX)
		return PRICE_RANGE;
	price->num = (int64) num;
	price->den = (int64) den;
	return PRICE_OK;
}

/*
 * whole.fraction, given as digits; the common case stays in 64 bits.
 */
static PriceText
price_from_decimal(const char *whole, int nwhole, const char *fraction, int nfraction,
				   SharePrice *price)
{
	uint64		num = 0;
	uint64		den = 1;

	while (nfraction > 0 && fraction[nfraction - 1] == '0')
		nfraction--;
	if (nwhole + nfraction > FEW_DIGITS)
		return long_decimal(whole, nwhole, fraction, nfraction, price);

	for (int i = 0; i < nwhole; i++)
		num = num * 10 + (whole[i] - '0');
	for (int i = 0; i < nfraction; i++)
	{
		num = num * 10 + (fraction[i] - '0');
		den *= 10;
	}
	reduce_decimal(&num, &den, nfraction);
	price->num = (int64) num;
	price->den = (int64) den;
	return PRICE_OK;
}

/*
 * A run of digits as an integer; false above 128 bits.
 */
static bool
read_integer(const char *digits, int n, uint128 *value)
{
	*value = 0;
	for (int i = 0; i < n; i++)
	{
		if (__builtin_mul_overflow(*value, (uint128) 10, value) ||
			__builtin_add_overflow(*value, (uint128) (digits[i] - '0'), value))
			return false;
	}
	return true;
}

static PriceText
price_from_quotient(const char *over, int nover, const char *under, int nunder,
					SharePrice *price)
{
	Rational	value;

	if (nover == 0 || nunder == 0)
		return PRICE_SYNTAX;
	if (!read_integer(under, nunder, &value.den))
		return PRICE_RANGE;
	if (value.den == 0)
		return PRICE_SYNTAX;
	if (!read_integer(over, nover, &value.num) ||
		!share_price_from_rational(value, price))
		return PRICE_RANGE;
	return PRICE_OK;
}

static inline int
count_digits(const char *s)
{
	int			n = 0;

	while (isdigit((unsigned char) s[n]))
		n++;
	return n;
}

/*
 * 12, 12.5, .06, 12. or 1001/120000, white space around it; no sign, no
 * exponent.
 */
static PriceText
parse_price(const char *s, SharePrice *price)
{
	const char *whole;
	const char *rest;
	int			nwhole;
	int			nrest = 0;
	char		separator;

	while (isspace((unsigned char) *s))
		s++;
	whole = s;
	nwhole = count_digits(s);
	s += nwhole;
	separator = *s;
	rest = s;
	if (separator == '.' || separator == '/')
	{
		rest = s + 1;
		nrest = count_digits(rest);
		s = rest + nrest;
	}
	while (isspace((unsigned char) *s))
		s++;
	if (*s != '\0' || nwhole + nrest == 0)
		return PRICE_SYNTAX;
	if (separator == '/')
		return price_from_quotient(whole, nwhole, rest, nrest, price);
	return price_from_decimal(whole, nwhole, rest, nrest, price);
}

COVENANT_FUNCTION(covenant_share_price_in);
Datum
covenant_share_price_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	SharePrice *price = palloc(sizeof(SharePrice));

	switch (parse_price(s, price))
	{
		case PRICE_OK:
			break;
		case PRICE_SYNTAX:
			soft_error(fcinfo->context, (Datum) 0,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type share_price: \"%s\"", s)));
		case PRICE_RANGE:
			soft_error(fcinfo->context, (Datum) 0,
					   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("value \"%s\" is out of range for type share_price", s)));
	}
	PG_RETURN_POINTER(price);
}

/* Text out --------------------------------------------------------------- */

/*
 * The same as print_terminating for few decimals of a 64-bit numerator, as
 * prices are.
 */
static char *
print_short_decimal(uint64 num, uint64 den, int n, char *buffer)
{
	uint64		whole = num / den;
	uint64		decimals = (num - whole * den) * ((uint64) power_of_ten(n) / den);

	buffer += pg_ulltoa_n(whole, buffer);
	if (n == 0)
		return buffer;
	*buffer++ = '.';
	for (int i = n - 1; i >= 0; i--, decimals /= 10)
		buffer[i] = '0' + (int) (decimals % 10);
	return buffer + n;
}

/*
 * The exact decimal num/den with n decimals, n being what
 * decimals_of_denominator(den) gave.  Returns the end of what was written: at
 * most 39 digits, the point and MAX_DECIMALS digits; no terminating zero.
 */
static char *
print_terminating(uint128 num, uint64 den, int n, char *buffer)
{
	uint128		whole = num / den;
	uint128		rest = num % den;

	if (n <= FEW_DIGITS && num <= PG_UINT64_MAX)
		return print_short_decimal((uint64) num, den, n, buffer);
	if (whole > PG_UINT64_MAX)
	{
		uint64		upper = (uint64) (whole / power_of_ten(19));

		buffer += pg_ulltoa_n(upper, buffer);
		whole %= power_of_ten(19);
		for (int i = 18; i >= 0; i--)
			*buffer++ = '0' + (int) (whole / power_of_ten(i) % 10);
	}
	else
		buffer += pg_ulltoa_n((uint64) whole, buffer);
	if (n == 0)
		return buffer;
	*buffer++ = '.';
	for (; n > 0; n--)
	{
		rest *= 10;
		*buffer++ = '0' + (int) (rest / den);
		rest %= den;
	}
	return buffer;
}

COVENANT_FUNCTION(covenant_share_price_out);
Datum
covenant_share_price_out(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	int			decimals = decimals_of_denominator(price->den);
	char		buffer[DECIMAL_TEXT_BYTES];
	char	   *end;

	if (decimals >= 0)
		end = print_terminating(price->num, price->den, decimals, buffer);
	else
	{
		end = buffer + pg_ulltoa_n(price->num, buffer);
		*end++ = '/';
		end += pg_ulltoa_n(price->den, end);
	}
	PG_RETURN_CSTRING(pnstrdup(buffer, end - buffer));
}

/* Casts ------------------------------------------------------------------ */

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

/*
 * A decimal that was taken out of a numeric; most of them need 64 bits only.
 */
static inline bool
share_price_from_decimal(Decimal d, SharePrice *price)
{
	uint64		num;
	uint64		den;

	if (d.value < 0)
		return false;
	if (d.value > PG_INT64_MAX || d.scale > FEW_DIGITS)
		return share_price_from_rational((Rational) {d.value, power_of_ten(d.scale)}, price);
	num = (uint64) d.value;
	den = (uint64) power_of_ten(d.scale);
	reduce_decimal(&num, &den, d.scale);
	price->num = (int64) num;
	price->den = (int64) den;
	return true;
}

/*
 * Exact, however long the numeric is; false where it is no share price.
 */
bool
share_price_from_numeric(Numeric value, SharePrice *price)
{
	Decimal		d;

	if (decimal_from_numeric(value, &d))
		return share_price_from_decimal(d, price);
	return !numeric_is_nan(value) && !numeric_is_inf(value) &&
		num_compare(value, int64_to_numeric(0)) >= 0 &&
		share_price_from_quotient(value, int64_to_numeric(1), price);
}

/*
 * num/den: exact where its decimals end, else rounded half up (away from
 * zero).  The whole part and the decimals are made apart, each in 128 bits.
 */
Numeric
numeric_from_fraction(int128 num, uint64 den)
{
	Rational	value = {num < 0 ? -(uint128) num : (uint128) num, den};
	const uint128 step = power_of_ten(QUOTIENT_DECIMALS / 2);
	int			n = decimals_of_denominator(den);
	uint128		decimals;
	Numeric		result;

	if (n < 0)
	{
		rational_reduce(&value);
		den = (uint64) value.den;
		n = decimals_of_denominator(den);
	}
	if (n >= 0 && n <= FEW_DIGITS && value.num <= PG_INT64_MAX)
	{
		int128		shifted = value.num * (power_of_ten(n) / den);

		return numeric_from_decimal((Decimal) {num < 0 ? -shifted : shifted, n});
	}
	if (n >= 0)
	{
		char		buffer[DECIMAL_TEXT_BYTES];

		*print_terminating(value.num, den, n, buffer) = '\0';
		result = DatumGetNumeric(DirectFunctionCall3(numeric_in,
													 CStringGetDatum(buffer),
													 ObjectIdGetDatum(InvalidOid),
													 Int32GetDatum(-1)));
	}
	else
	{
		decimals = value.num % den * step;
		decimals = decimals / den * step +
			divide_rounded(decimals % den * step, den, ROUND_HALF_UP);
		result = num_call2(numeric_add,
						   numeric_from_int128(value.num / den),
						   numeric_from_decimal((Decimal) {decimals, QUOTIENT_DECIMALS}));
	}
	return num < 0 ? DatumGetNumeric(DirectFunctionCall1(numeric_uminus, NumericGetDatum(result)))
		: result;
}

Numeric
numeric_from_share_price(const SharePrice *price)
{
	return numeric_from_fraction(price->num, price->den);
}

COVENANT_FUNCTION(covenant_numeric_to_share_price);
Datum
covenant_numeric_to_share_price(PG_FUNCTION_ARGS)
{
	SharePrice *price = palloc(sizeof(SharePrice));
	Decimal		d;

	if (decimal_from_datum(PG_GETARG_DATUM(0), &d) ? !share_price_from_decimal(d, price)
		: !share_price_from_numeric(PG_GETARG_NUMERIC(0), price))
		share_price_out_of_range();
	PG_RETURN_POINTER(price);
}

static Datum
share_price_from_int64(int64 value)
{
	SharePrice *price = palloc(sizeof(SharePrice));

	if (value < 0)
		share_price_out_of_range();
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

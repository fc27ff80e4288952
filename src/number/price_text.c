/*-------------------------------------------------------------------------
 *
 * price_text.c
 *		covenant.share_price as text.
 *
 * What comes out always goes in again as the same price.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "number/decimal.h"
#include "number/simplest.h"
#include "utils/builtins.h"

#define MAX_DECIMALS		62	/* of 1/2^62, the most that a denominator gives */
#define PRICE_TEXT_BYTES	(MAX_WHOLE_DIGITS + 1 + MAX_DECIMALS + 1)

/* More digits before the point than any price has. */
#define MAX_WHOLE_DIGITS	19

/* Bytes of text that may be the exact decimal of a price. */
#define LONGEST_EXACT		200

/* Beyond these exponents there is neither a price nor a long enough text. */
#define EXPONENT_LIMIT		INT64CONST(10000000000)

/* Text in ---------------------------------------------------------------- */

/* whole.fraction times ten to the exponent */
typedef struct DecimalText
{
	bool		negative;
	const char *whole;
	const char *fraction;
	int			nwhole;
	int			nfraction;
	int64		exponent;
} DecimalText;

static inline int
count_digits(const char *s)
{
	int			n = 0;

	while (isdigit((unsigned char) s[n]))
		n++;
	return n;
}

static inline int
digit_at(const DecimalText *text, int i)
{
	return (i < text->nwhole ? text->whole[i] : text->fraction[i - text->nwhole]) - '0';
}

/*
 * The digits between the outermost that are not 0, and how many of them are
 * decimals (below 0: so many zeros follow).
 */
static PriceFit
price_from_decimal(const DecimalText *text, SharePrice *price)
{
	int			first = 0;
	int			last = text->nwhole + text->nfraction;
	int64		decimals;
	uint128		digits = 0;

	while (last > 0 && digit_at(text, last - 1) == 0)
		last--;
	while (first < last && digit_at(text, first) == 0)
		first++;
	decimals = (int64) last - text->nwhole - text->exponent;
	if (first == last)
		decimals = 0;
	else if (text->negative)
		return PRICE_NEGATIVE;
	else if (last - first - decimals > MAX_WHOLE_DIGITS || decimals > MAX_DECIMALS)
		return PRICE_TOO_WIDE;
	else if (decimals > EXACT_DECIMALS && last - first > SIMPLEST_DIGITS)
		return PRICE_TOO_LONG;

	for (int i = first; i < last; i++)
		digits = digits * 10 + digit_at(text, i);
	for (; decimals < 0; decimals++)
		digits *= 10;
	return share_price_from_digits(digits, (int) decimals, price);
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

static PriceFit
price_from_quotient(const char *over, int nover, const char *under, int nunder,
					SharePrice *price)
{
	Rational	value;

	if (nover == 0 || nunder == 0)
		return PRICE_NO_NUMBER;
	if (!read_integer(under, nunder, &value.den))
		return PRICE_TOO_WIDE;
	if (value.den == 0)
		return PRICE_NO_NUMBER;
	if (!read_integer(over, nover, &value.num) ||
		!share_price_from_rational(value, price))
		return PRICE_TOO_WIDE;
	return PRICE_FITS;
}

/*
 * e5, E-7, or nothing; false where digits are missing.
 */
static bool
read_exponent(const char **s, int64 *exponent)
{
	bool		negative;
	int			n;

	*exponent = 0;
	if (**s != 'e' && **s != 'E')
		return true;
	(*s)++;
	negative = **s == '-';
	if (**s == '-' || **s == '+')
		(*s)++;
	n = count_digits(*s);
	for (int i = 0; i < n; i++)
		*exponent = Min(*exponent * 10 + ((*s)[i] - '0'), EXPONENT_LIMIT);
	if (negative)
		*exponent = -*exponent;
	*s += n;
	return n > 0;
}

static bool
only_space(const char *s)
{
	while (isspace((unsigned char) *s))
		s++;
	return *s == '\0';
}

/*
 * 12, +12.5, .06, 12., 5e-05 or 1001/120000, white space around it.  A
 * fraction has neither sign nor exponent.
 */
PriceFit
share_price_from_number(const char *s, SharePrice *price)
{
	DecimalText text = {.negative = false};
	bool		has_sign;

	while (isspace((unsigned char) *s))
		s++;
	text.negative = *s == '-';
	has_sign = text.negative || *s == '+';
	s += has_sign;
	text.whole = s;
	text.nwhole = count_digits(s);
	s += text.nwhole;
	text.fraction = s + 1;
	if (*s == '/' && !has_sign)
	{
		text.nfraction = count_digits(text.fraction);
		return only_space(text.fraction + text.nfraction) ?
			price_from_quotient(text.whole, text.nwhole, text.fraction, text.nfraction, price) :
			PRICE_NO_NUMBER;
	}
	if (*s == '.')
	{
		text.nfraction = count_digits(text.fraction);
		s = text.fraction + text.nfraction;
	}
	if (text.nwhole + text.nfraction == 0 || !read_exponent(&s, &text.exponent) ||
		!only_space(s))
		return PRICE_NO_NUMBER;
	return price_from_decimal(&text, price);
}

/*
 * The same; but what comes out as text goes in again, also where the decimals
 * of a price end so late, or are so few, that no rounded fraction has them.
 */
PriceFit
share_price_from_text(const char *s, SharePrice *price)
{
	PriceFit	fit = share_price_from_number(s, price);
	Numeric		value;

	if ((fit != PRICE_TOO_LONG && fit != PRICE_TOO_COARSE) || strlen(s) > LONGEST_EXACT)
		return fit;
	value = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(s),
												ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	return share_price_from_quotient(value, int64_to_numeric(1), price) ? PRICE_FITS : fit;
}

COVENANT_FUNCTION(covenant_share_price_in);
Datum
covenant_share_price_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	SharePrice *price = palloc(sizeof(SharePrice));
	PriceFit	fit = share_price_from_text(s, price);

	if (fit == PRICE_NO_NUMBER)
		soft_error(fcinfo->context, (Datum) 0,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type share_price: \"%s\"", s)));
	if (fit != PRICE_FITS)
		soft_error(fcinfo->context, (Datum) 0,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("value \"%s\" is out of range for type share_price", s),
					errdetail_internal("%s", share_price_limit(fit))));
	PG_RETURN_POINTER(price);
}

/* Text out --------------------------------------------------------------- */

/*
 * The exact decimal num/den with n decimals, n being what
 * decimals_of_denominator(den) gave.  Returns the end of what was written,
 * without a terminating zero.
 */
static char *
print_decimal(uint64 num, uint64 den, int n, char *buffer)
{
	uint64		whole = num / den;
	uint64		rest = num - whole * den;

	buffer += pg_ulltoa_n(whole, buffer);
	if (n == 0)
		return buffer;
	*buffer++ = '.';
	if (n <= EXACT_DECIMALS)
	{
		rest *= (uint64) power_of_ten(n) / den;
		for (int i = n - 1; i >= 0; i--, rest /= 10)
			buffer[i] = '0' + (int) (rest % 10);
		return buffer + n;
	}
	for (; n > 0; n--)
	{
		uint128		shifted = (uint128) rest * 10;

		*buffer++ = '0' + (int) (shifted / den);
		rest = (uint64) (shifted % den);
	}
	return buffer;
}

/*
 * A number of many decimals may be read as a simpler fraction.
 */
static bool
reads_back(const char *text, const SharePrice *price)
{
	SharePrice	read;

	return share_price_from_text(text, &read) == PRICE_FITS &&
		share_price_compare(&read, price) == 0;
}

COVENANT_FUNCTION(covenant_share_price_out);
Datum
covenant_share_price_out(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	int			decimals = decimals_of_denominator(price->den);
	char		buffer[PRICE_TEXT_BYTES];
	char	   *end = buffer;

	if (decimals >= 0)
	{
		end = print_decimal(price->num, price->den, decimals, buffer);
		*end = '\0';
	}
	if (decimals < 0 || (decimals > EXACT_DECIMALS && !reads_back(buffer, price)))
	{
		end = buffer + pg_ulltoa_n(price->num, buffer);
		*end++ = '/';
		end += pg_ulltoa_n(price->den, end);
	}
	PG_RETURN_CSTRING(pnstrdup(buffer, end - buffer));
}

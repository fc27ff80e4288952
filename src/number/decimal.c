/*-------------------------------------------------------------------------
 *
 * decimal.c
 *		From numeric to 128-bit integers and back.
 *
 * The reader below knows how numeric lies on disk: a header of one or two
 * 16-bit words (sign, display scale, weight), then the digits in base 10000.
 * That layout cannot change while pg_upgrade keeps table files, so it is as
 * stable as an interface.
 *
 *-------------------------------------------------------------------------
 */
#include "number/decimal.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The header words, as in PostgreSQL's numeric.c. */
#define SIGN_MASK			0xC000
#define SIGN_NEGATIVE		0x4000
#define SIGN_SHORT			0x8000
#define SIGN_SPECIAL		0xC000	/* NaN and the infinities */
#define SHORT_NEGATIVE		0x2000
#define SHORT_SCALE_SHIFT	7
#define SHORT_SCALE_MAX		63
#define SHORT_WEIGHT_SIGN	0x0040
#define SHORT_WEIGHT_MASK	0x003F

#define DIGIT_BASE			10000
#define DECIMALS_PER_DIGIT	4
#define SURE_DIGITS			4	/* so many fit 64 bits */

/* Values taken apart stay below 10^37, so that a sum of many still fits. */
#define LARGEST_DIGITS		37

/*
 * 10^n for 0 <= n <= 38.
 */
uint128
power_of_ten(int n)
{
	static const uint64 low[] = {
		UINT64CONST(1), UINT64CONST(10), UINT64CONST(100), UINT64CONST(1000),
		UINT64CONST(10000), UINT64CONST(100000), UINT64CONST(1000000),
		UINT64CONST(10000000), UINT64CONST(100000000),
		UINT64CONST(1000000000), UINT64CONST(10000000000),
		UINT64CONST(100000000000), UINT64CONST(1000000000000),
		UINT64CONST(10000000000000), UINT64CONST(100000000000000),
		UINT64CONST(1000000000000000), UINT64CONST(10000000000000000),
		UINT64CONST(100000000000000000), UINT64CONST(1000000000000000000),
		UINT64CONST(10000000000000000000)
	};

	Assert(n >= 0 && n <= 38);
	return n <= 19 ? (uint128) low[n] : (uint128) low[19] * low[n - 19];
}

/*
 * Multiplies and adds one base-10000 digit; false where the value would grow
 * beyond what is taken apart.
 */
static inline bool
append_digit(uint128 *value, uint32 digit)
{
	if (*value >= power_of_ten(LARGEST_DIGITS - DECIMALS_PER_DIGIT))
		return false;
	*value = *value * DIGIT_BASE + digit;
	return true;
}

/*
 * Reads a numeric's payload (behind its varlena header, at any alignment).
 * False: not a finite number, or too long for 128 bits.
 */
static bool
read_payload(const char *data, int len, Decimal *result)
{
	uint16		header;
	int16		weight;
	bool		negative;
	int			ndigits;
	int			fraction;		/* base-10000 digits behind the point */
	uint128		value = 0;

	memcpy(&header, data, sizeof(header));
	if ((header & SIGN_MASK) == SIGN_SPECIAL)
		return false;
	if (header & SIGN_SHORT)
	{
		weight = (int16) (((header & SHORT_WEIGHT_SIGN) ? ~SHORT_WEIGHT_MASK : 0) |
						  (header & SHORT_WEIGHT_MASK));
		negative = (header & SHORT_NEGATIVE) != 0;
		data += sizeof(uint16);
		ndigits = (len - (int) sizeof(uint16)) / (int) sizeof(int16);
	}
	else
	{
		memcpy(&weight, data + sizeof(uint16), sizeof(weight));
		negative = (header & SIGN_MASK) == SIGN_NEGATIVE;
		data += 2 * sizeof(uint16);
		ndigits = (len - 2 * (int) sizeof(uint16)) / (int) sizeof(int16);
	}

	for (int i = 0; i < ndigits; i++)
	{
		int16		digit;

		memcpy(&digit, data + i * sizeof(int16), sizeof(digit));
		if (i < SURE_DIGITS)
			value = (uint64) value * DIGIT_BASE + digit;
		else if (!append_digit(&value, digit))
			return false;
	}

	/* The last stored digit may stand before or behind the point. */
	fraction = ndigits - weight - 1;
	if (ndigits == 0)
		fraction = 0;
	for (; fraction < 0; fraction++)
	{
		if (!append_digit(&value, 0))
			return false;
	}
	if (fraction * DECIMALS_PER_DIGIT > DECIMAL_MAX_SCALE)
		return false;

	result->value = negative ? -(int128) value : (int128) value;
	result->scale = fraction * DECIMALS_PER_DIGIT;
	return true;
}

/*
 * Takes a numeric apart; false where it does not fit (see read_payload).
 */
bool
decimal_from_numeric(Numeric num, Decimal *result)
{
	return read_payload(VARDATA_ANY(num), VARSIZE_ANY_EXHDR(num), result);
}

/*
 * The same for a value as it lies in a tuple, without copying it first.
 */
bool
decimal_from_datum(Datum numeric, Decimal *result)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(numeric);

	return read_payload(VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed), result);
}

/*
 * Gives d more decimals, never fewer; false where the value outgrows 128 bits.
 */
bool
decimal_rescale(Decimal *d, int scale)
{
	int128		value;

	Assert(scale >= d->scale);
	if (scale == d->scale)
		return true;
	if (scale - d->scale > 38 ||
		__builtin_mul_overflow(d->value, (int128) power_of_ten(scale - d->scale), &value))
		return false;
	d->value = value;
	d->scale = scale;
	return true;
}

/*
 * decimal_add where the scales differ.
 */
bool
decimal_add_rescaled(Decimal *sum, Decimal addend)
{
	Decimal		widened = *sum;

	if (!decimal_rescale(&widened, Max(sum->scale, addend.scale)) ||
		!decimal_rescale(&addend, widened.scale) ||
		__builtin_add_overflow(widened.value, addend.value, &widened.value))
		return false;
	*sum = widened;
	return true;
}

/*
 * Are they equal as numbers?  What does not fit the finer scale of the two is
 * larger than any that was given in it.
 */
bool
decimal_equal(Decimal a, Decimal b)
{
	int			scale = Max(a.scale, b.scale);

	return decimal_rescale(&a, scale) && decimal_rescale(&b, scale) && a.value == b.value;
}

/*
 * The numeric of the same value, with its decimals (no more than 63) even
 * where they are zero.  The digits are taken from the right; the first one is
 * filled up with zeros, so that the others stand a whole number of digits away
 * from the point.
 */
Numeric
numeric_with_decimals(Decimal d)
{
	int16		digits[16];		/* the last one first */
	int			fraction = (d.scale + DECIMALS_PER_DIGIT - 1) / DECIMALS_PER_DIGIT;
	int			missing = fraction * DECIMALS_PER_DIGIT - d.scale;
	uint32		unit = (uint32) power_of_ten(missing);
	uint128		rest = d.value < 0 ? -(uint128) d.value : (uint128) d.value;
	uint64		low;
	int			n = 0;
	int			zeros = 0;
	int			weight;
	Numeric		result;
	uint16	   *words;

	Assert(d.scale >= 0 && d.scale <= SHORT_SCALE_MAX);
	if (rest <= PG_UINT64_MAX / DIGIT_BASE)
		rest *= unit;
	else
	{
		digits[n++] = (int16) (rest % (DIGIT_BASE / unit) * unit);
		rest /= DIGIT_BASE / unit;
		for (; rest > PG_UINT64_MAX; rest /= DIGIT_BASE)
			digits[n++] = (int16) (rest % DIGIT_BASE);
	}
	for (low = (uint64) rest; low != 0; low /= DIGIT_BASE)
		digits[n++] = (int16) (low % DIGIT_BASE);
	weight = n - 1 - fraction;
	while (zeros < n && digits[zeros] == 0)
		zeros++;
	n -= zeros;
	if (n == 0)
		weight = 0;

	result = palloc(VARHDRSZ + (1 + n) * sizeof(uint16));
	SET_VARSIZE(result, VARHDRSZ + (1 + n) * sizeof(uint16));
	words = (uint16 *) VARDATA(result);
	words[0] = SIGN_SHORT | (d.value < 0 ? SHORT_NEGATIVE : 0) |
		(d.scale << SHORT_SCALE_SHIFT) |
		(weight & (SHORT_WEIGHT_SIGN | SHORT_WEIGHT_MASK));
	for (int i = 0; i < n; i++)
		words[1 + i] = (uint16) digits[zeros + n - 1 - i];
	return result;
}

/*
 * The numeric of the same value, without decimals that are zero.
 */
Numeric
numeric_from_decimal(Decimal d)
{
	int64		value;

	while (d.scale > 0 && (d.value < PG_INT64_MIN || d.value > PG_INT64_MAX) && d.value % 10 == 0)
	{
		d.value /= 10;
		d.scale--;
	}
	if (d.value >= PG_INT64_MIN && d.value <= PG_INT64_MAX)
	{
		for (value = (int64) d.value; d.scale > 0 && value % 10 == 0; d.scale--)
			value /= 10;
		d.value = value;
	}
	return numeric_with_decimals(d);
}

Numeric
numeric_from_int128(int128 value)
{
	return numeric_from_decimal((Decimal) {.value = value, .scale = 0});
}

/*
 * 0, without decimals; always the same one.
 */
Numeric
numeric_zero(void)
{
	static Numeric zero = NULL;

	if (zero == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		zero = numeric_from_int128(0);
		MemoryContextSwitchTo(old);
	}
	return zero;
}

/*
 * The integer that a numeric is; false where it has a fraction, is not
 * finite, or lies outside the range of bigint.
 */
bool
int64_from_numeric(Numeric num, int64 *result)
{
	Decimal		d;
	int128		unit;

	if (!decimal_from_numeric(num, &d))
		return false;
	unit = (int128) power_of_ten(d.scale);
	if (d.value % unit != 0)
		return false;
	d.value /= unit;
	if (d.value < PG_INT64_MIN || d.value > PG_INT64_MAX)
		return false;
	*result = (int64) d.value;
	return true;
}

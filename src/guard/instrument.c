/*-------------------------------------------------------------------------
 *
 * instrument.c
 *		Order, equality and copies of what is said about instruments.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/instrument.h"

/*
 * By table, then by key: the order of the lines of an entry.
 */
static int
instrument_cmp(const InstrumentChange *a, const InstrumentChange *b)
{
	int			cmp = a->source == b->source ? 0 : strcmp(a->source, b->source);

	return cmp != 0 ? cmp : bytes_cmp(a->instrument, b->instrument);
}

bool
same_instrument(const InstrumentChange *a, const InstrumentChange *b)
{
	return instrument_cmp(a, b) == 0;
}

static inline Size
text_size(const char *text)
{
	return text == NULL ? 0 : strlen(text) + 1;
}

static inline Size
slow_size(const Sum *sum)
{
	return sum->slow == NULL ? 0 : MAXALIGN(VARSIZE(sum->slow));
}

/*
 * The memory that a copy takes, with all it points to but the source.
 */
Size
instrument_change_size(const InstrumentChange *change)
{
	return MAXALIGN(sizeof(InstrumentChange)) + slow_size(&change->principal) +
		slow_size(&change->held) + change->instrument.len + change->holder.len +
		text_size(change->terms) + text_size(change->security) + text_size(change->reason);
}

static char *
copy_bytes(char *memory, Bytes *bytes)
{
	if (bytes->data == NULL)
		return memory;
	bytes->data = memcpy(memory, bytes->data, bytes->len);
	return memory + bytes->len;
}

static char *
copy_text(char *memory, const char **text)
{
	Size		size = text_size(*text);

	if (size > 0)
		*text = memcpy(memory, *text, size);
	return memory + size;
}

static char *
copy_sum(char *memory, Sum *sum)
{
	Size		size = slow_size(sum);

	if (size > 0)
		sum->slow = memcpy(memory, sum->slow, VARSIZE(sum->slow));
	return memory + size;
}

/*
 * A copy in memory of that size, which is aligned.
 */
InstrumentChange *
copy_instrument_change(const InstrumentChange *change, char *memory)
{
	InstrumentChange *copy = (InstrumentChange *) memory;

	*copy = *change;
	memory += MAXALIGN(sizeof(InstrumentChange));
	memory = copy_sum(memory, &copy->principal);
	memory = copy_sum(memory, &copy->held);
	memory = copy_bytes(memory, &copy->instrument);
	memory = copy_bytes(memory, &copy->holder);
	memory = copy_text(memory, &copy->terms);
	memory = copy_text(memory, &copy->security);
	(void) copy_text(memory, &copy->reason);
	return copy;
}

/*
 * Equal as numbers: 0.060 and 3/50 are one price.
 */
bool
price_equal(const Price *a, const Price *b)
{
	Decimal		left = a->value;
	Decimal		right = b->value;

	if (__builtin_mul_overflow(left.value, (int128) b->divisor, &left.value) ||
		__builtin_mul_overflow(right.value, (int128) a->divisor, &right.value))
		return num_compare(num_call2(numeric_mul, numeric_from_decimal(a->value), numeric_from_int128(b->divisor)),
						   num_call2(numeric_mul, numeric_from_decimal(b->value), numeric_from_int128(a->divisor))) == 0;
	return decimal_equal(left, right);
}

/*
 * A price as positions have it, a numeric over a divisor; 22003 where it is
 * none.
 */
Price
price_on_record(Datum price, Datum divisor)
{
	Price		result;

	if (!decimal_from_datum(price, &result.value) ||
		!int64_from_numeric(DatumGetNumeric(divisor), &result.divisor) || result.divisor <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a price in the positions is none"),
				 errhint("The books were changed by hand; covenant.rebuild puts them right.")));
	return result;
}

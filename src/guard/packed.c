/*-------------------------------------------------------------------------
 *
 * packed.c
 *		What is said of an instrument, in few bytes.
 *
 * Numbers that are nothing are left out, and 64 bits do for almost all that are
 * something.  Texts lie in the packed bytes, with a zero byte where they are C
 * strings, so that what is unpacked points into them.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/packed.h"

enum
{
	COMES = 1 << 0,
	GOES = 1 << 1,
	IS_NOTE = 1 << 2,
	QUOTED = 1 << 3,
	HAS_PRINCIPAL = 1 << 4,
	HAS_HELD = 1 << 5,
	HOLDS_PRINCIPAL = 1 << 6,	/* what is held is the principal */
	HAS_WARRANTS = 1 << 7,
	HAS_PRICE = 1 << 8,
	HAS_DIVISOR = 1 << 9,		/* of the price, other than 1 */
	HAS_RATE = 1 << 10,
	HAS_HOLDER = 1 << 11,
	HAS_TERMS = 1 << 12,
	HAS_SECURITY = 1 << 13,
	HAS_REASON = 1 << 14
};

/* What a decimal takes at most: its scale, and 128 bits. */
#define DECIMAL_BYTES	(1 + sizeof(int128))
#define WIDE_SCALE		0x80

static bool
sums_are_same(const Sum *a, const Sum *b)
{
	return a->fast.value == b->fast.value && a->fast.scale == b->fast.scale && a->slow == NULL && b->slow == NULL;
}

static uint16
flags_of(const InstrumentChange *said)
{
	uint16		flags = 0;

	flags |= said->comes ? COMES : 0;
	flags |= said->goes ? GOES : 0;
	flags |= said->is_note ? IS_NOTE : 0;
	flags |= said->quoted ? QUOTED : 0;
	flags |= sum_is_nothing(&said->principal) ? 0 : HAS_PRINCIPAL;
	if (!sum_is_nothing(&said->held))
		flags |= sums_are_same(&said->held, &said->principal) ? HOLDS_PRINCIPAL : HAS_HELD;
	flags |= said->warrant_shares != 0 ? HAS_WARRANTS : 0;
	if (said->price.divisor != 0)
		flags |= HAS_PRICE | (said->price.divisor != 1 ? HAS_DIVISOR : 0);
	flags |= said->rate.value != 0 || said->rate.scale != 0 ? HAS_RATE : 0;
	flags |= said->holder.data != NULL ? HAS_HOLDER : 0;
	flags |= said->terms != NULL ? HAS_TERMS : 0;
	flags |= said->security != NULL ? HAS_SECURITY : 0;
	flags |= said->reason != NULL ? HAS_REASON : 0;
	return flags;
}

static inline Size
text_size(const char *text)
{
	return text == NULL ? 0 : strlen(text) + 1;
}

/* A sum: its fast part, and the length of the slow one, which follows. */
static inline Size
sum_size(const Sum *sum)
{
	return DECIMAL_BYTES + sizeof(uint32) + (sum->slow == NULL ? 0 : VARSIZE(sum->slow));
}

/*
 * As many bytes as packing takes, or some more.
 */
Size
packed_size(const InstrumentChange *said)
{
	Size		size = offsetof(PackedSaid, rest) + said->instrument.len + said->holder.len +
		text_size(said->terms) + text_size(said->security) + text_size(said->reason) +
		2 * DECIMAL_BYTES + 2 * sizeof(int64);	/* price, rate, divisor, warrants */

	return MAXALIGN(size + sum_size(&said->principal) + sum_size(&said->held));
}

static char *
put(char *to, const void *from, Size size)
{
	return (char *) memcpy(to, from, size) + size;
}

static char *
put_decimal(char *to, Decimal d)
{
	int64		narrow = (int64) d.value;
	bool		wide = narrow != d.value;

	*to++ = (char) (d.scale | (wide ? WIDE_SCALE : 0));
	return wide ? put(to, &d.value, sizeof(d.value)) : put(to, &narrow, sizeof(narrow));
}

static char *
put_sum(char *to, const Sum *sum)
{
	uint32		slow = sum->slow == NULL ? 0 : VARSIZE(sum->slow);

	to = put_decimal(to, sum->fast);
	to = put(to, &slow, sizeof(slow));
	return slow == 0 ? to : put(to, sum->slow, slow);
}

void
pack_said(const InstrumentChange *said, PackedSaid *packed)
{
	uint16		flags = flags_of(said);
	char	   *to = packed->rest;

	packed->source = said->source;
	packed->ordinal = said->ordinal;
	packed->instrument_len = said->instrument.len;
	packed->holder_len = said->holder.len;
	packed->day = said->day;
	packed->kind = said->kind;
	packed->settings_kind = said->settings_kind;
	packed->sets = said->sets;
	packed->rounding = said->rounding;
	packed->flags = flags;
	to = put(to, said->instrument.data, said->instrument.len);
	if (flags & HAS_HOLDER)
		to = put(to, said->holder.data, said->holder.len);
	if (flags & HAS_TERMS)
		to = put(to, said->terms, text_size(said->terms));
	if (flags & HAS_SECURITY)
		to = put(to, said->security, text_size(said->security));
	if (flags & HAS_REASON)
		to = put(to, said->reason, text_size(said->reason));
	if (flags & HAS_PRINCIPAL)
		to = put_sum(to, &said->principal);
	if (flags & HAS_HELD)
		to = put_sum(to, &said->held);
	if (flags & HAS_WARRANTS)
		to = put(to, &said->warrant_shares, sizeof(int64));
	if (flags & HAS_PRICE)
		to = put_decimal(to, said->price.value);
	if (flags & HAS_DIVISOR)
		to = put(to, &said->price.divisor, sizeof(int64));
	if (flags & HAS_RATE)
		to = put_decimal(to, said->rate);
	packed->size = MAXALIGN(to - (char *) packed);
}

static const char *
get(const char *from, void *to, Size size)
{
	memcpy(to, from, size);
	return from + size;
}

static const char *
get_decimal(const char *from, Decimal *d)
{
	uint8		scale = (uint8) *from++;
	int64		narrow;

	d->scale = scale & ~WIDE_SCALE;
	if (scale & WIDE_SCALE)
		return get(from, &d->value, sizeof(d->value));
	from = get(from, &narrow, sizeof(narrow));
	d->value = narrow;
	return from;
}

/*
 * What of a sum is slow is put where it is aligned, in the current memory
 * context.
 */
static const char *
get_sum(const char *from, Sum *sum)
{
	uint32		slow;

	from = get_decimal(from, &sum->fast);
	from = get(from, &slow, sizeof(slow));
	sum->slow = slow == 0 ? NULL : memcpy(palloc(slow), from, slow);
	return from + slow;
}

static const char *
get_text(const char *from, const char **text)
{
	*text = from;
	return from + strlen(from) + 1;
}

static const char *
unpack_texts(const PackedSaid *packed, InstrumentChange *said)
{
	const char *from = packed->rest + packed->instrument_len;

	said->instrument = packed_instrument(packed);
	if (packed->flags & HAS_HOLDER)
	{
		said->holder = (Bytes) {from, packed->holder_len};
		from += packed->holder_len;
	}
	if (packed->flags & HAS_TERMS)
		from = get_text(from, &said->terms);
	if (packed->flags & HAS_SECURITY)
		from = get_text(from, &said->security);
	if (packed->flags & HAS_REASON)
		from = get_text(from, &said->reason);
	return from;
}

/*
 * What was packed; texts stay where they are.
 */
void
unpack_said(const PackedSaid *packed, InstrumentChange *said)
{
	uint16		flags = packed->flags;
	const char *from;

	memset(said, 0, sizeof(InstrumentChange));
	said->source = packed->source;
	said->ordinal = packed->ordinal;
	said->day = packed->day;
	said->kind = packed->kind;
	said->settings_kind = packed->settings_kind;
	said->sets = packed->sets;
	said->rounding = packed->rounding;
	said->comes = (flags & COMES) != 0;
	said->goes = (flags & GOES) != 0;
	said->is_note = (flags & IS_NOTE) != 0;
	said->quoted = (flags & QUOTED) != 0;
	from = unpack_texts(packed, said);
	if (flags & HAS_PRINCIPAL)
		from = get_sum(from, &said->principal);
	if (flags & HAS_HELD)
		from = get_sum(from, &said->held);
	if (flags & HOLDS_PRINCIPAL)
		said->held = said->principal;
	if (flags & HAS_WARRANTS)
		from = get(from, &said->warrant_shares, sizeof(int64));
	if (flags & HAS_PRICE)
	{
		from = get_decimal(from, &said->price.value);
		said->price.divisor = 1;
	}
	if (flags & HAS_DIVISOR)
		from = get(from, &said->price.divisor, sizeof(int64));
	if (flags & HAS_RATE)
		(void) get_decimal(from, &said->rate);
}

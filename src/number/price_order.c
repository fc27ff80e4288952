/*-------------------------------------------------------------------------
 *
 * price_order.c
 *		Share prices in order: comparisons, hashing and sorting.
 *
 * A price is a fraction in lowest terms, so equal prices have equal bytes,
 * and the bytes may be hashed.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/hashfn.h"
#include "utils/sortsupport.h"

/* Comparisons ------------------------------------------------------------ */

#define COMPARISON(name, test) \
COVENANT_FUNCTION(covenant_share_price_##name); \
Datum \
covenant_share_price_##name(PG_FUNCTION_ARGS) \
{ \
	int			cmp = share_price_compare(PG_GETARG_SHARE_PRICE(0), PG_GETARG_SHARE_PRICE(1)); \
	PG_RETURN_BOOL(test); \
}

COMPARISON(eq, cmp == 0)
COMPARISON(ne, cmp != 0)
COMPARISON(lt, cmp < 0)
COMPARISON(le, cmp <= 0)
COMPARISON(gt, cmp > 0)
COMPARISON(ge, cmp >= 0)

COVENANT_FUNCTION(covenant_share_price_cmp);
Datum
covenant_share_price_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(share_price_compare(PG_GETARG_SHARE_PRICE(0), PG_GETARG_SHARE_PRICE(1)));
}

COVENANT_FUNCTION(covenant_share_price_larger);
Datum
covenant_share_price_larger(PG_FUNCTION_ARGS)
{
	int			cmp = share_price_compare(PG_GETARG_SHARE_PRICE(0), PG_GETARG_SHARE_PRICE(1));

	PG_RETURN_DATUM(PG_GETARG_DATUM(cmp >= 0 ? 0 : 1));
}

COVENANT_FUNCTION(covenant_share_price_smaller);
Datum
covenant_share_price_smaller(PG_FUNCTION_ARGS)
{
	int			cmp = share_price_compare(PG_GETARG_SHARE_PRICE(0), PG_GETARG_SHARE_PRICE(1));

	PG_RETURN_DATUM(PG_GETARG_DATUM(cmp <= 0 ? 0 : 1));
}

/* Hashing ---------------------------------------------------------------- */

COVENANT_FUNCTION(covenant_share_price_hash);
Datum
covenant_share_price_hash(PG_FUNCTION_ARGS)
{
	return hash_any((const unsigned char *) PG_GETARG_SHARE_PRICE(0), sizeof(SharePrice));
}

COVENANT_FUNCTION(covenant_share_price_hash_extended);
Datum
covenant_share_price_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((const unsigned char *) PG_GETARG_SHARE_PRICE(0),
							 sizeof(SharePrice), PG_GETARG_INT64(1));
}

/* Sorting ---------------------------------------------------------------- */

static int
compare_for_sort(Datum a, Datum b, SortSupport ssup)
{
	return share_price_compare(DatumGetSharePrice(a), DatumGetSharePrice(b));
}

/*
 * A sort key of one word: the price times 2^64, cut to an exponent (8 bits)
 * and the 56 bits below its leading one.  Cutting never turns the order around, and
 * keys that come out equal are compared in full.
 */
static Datum
abbreviate(Datum original, SortSupport ssup)
{
	const SharePrice *price = DatumGetSharePrice(original);
	uint128		scaled = ((uint128) price->num << 64) / price->den;
	uint64		key;
	int			exponent;

	if (scaled == 0)
		return (Datum) 0;
	exponent = (scaled >> 64) != 0 ? 64 + pg_leftmost_one_pos64((uint64) (scaled >> 64))
		: pg_leftmost_one_pos64((uint64) scaled);
	scaled <<= 127 - exponent;
	key = (uint64) (exponent + 1) << 56;
	key |= (uint64) (scaled >> 71) & ((UINT64CONST(1) << 56) - 1);
	return (Datum) (key >> (64 - 8 * sizeof(Datum)));
}

/*
 * Keys of prices always differ enough to be worth having.
 */
static bool
keep_abbreviating(int memtupcount, SortSupport ssup)
{
	return false;
}

COVENANT_FUNCTION(covenant_share_price_sortsupport);
Datum
covenant_share_price_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = compare_for_sort;
	if (ssup->abbreviate)
	{
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = abbreviate;
		ssup->abbrev_abort = keep_abbreviating;
		ssup->abbrev_full_comparator = compare_for_sort;
	}
	PG_RETURN_VOID();
}

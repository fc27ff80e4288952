/*-------------------------------------------------------------------------
 *
 * double_precision.c
 *		Casts from and to double precision, for charts and drivers.
 *
 * Nothing is computed with these numbers.  One that comes in is taken for the
 * shortest decimal that reads back as it, which is what everybody sees of it;
 * one that goes out is the nearest to the exact value.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "common/shortest_dec.h"
#include "number/shares.h"

COVENANT_FUNCTION(covenant_double_to_share_price);
Datum
covenant_double_to_share_price(PG_FUNCTION_ARGS)
{
	SharePrice *price = palloc(sizeof(SharePrice));
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];
	PriceFit	fit;

	double_to_shortest_decimal_buf(PG_GETARG_FLOAT8(0), shortest);
	fit = share_price_from_number(shortest, price);
	if (fit != PRICE_FITS)
		share_price_misfit(fit);
	PG_RETURN_POINTER(price);
}

/*
 * 63 or 64 bits of the quotient, the last of them set where something
 * remains: so the one rounding, to 53 bits, is that of the exact value.  The
 * divisor is a power of two.
 */
COVENANT_FUNCTION(covenant_share_price_to_double);
Datum
covenant_share_price_to_double(PG_FUNCTION_ARGS)
{
	const SharePrice *price = PG_GETARG_SHARE_PRICE(0);
	int			shift;
	uint128		shifted;
	uint64		quotient;

	if (price->num == 0)
		PG_RETURN_FLOAT8(0);
	shift = 63 + pg_leftmost_one_pos64(price->den) - pg_leftmost_one_pos64(price->num);
	shifted = (uint128) price->num << shift;
	quotient = (uint64) (shifted / price->den);
	if (shifted % price->den != 0)
		quotient |= 1;
	PG_RETURN_FLOAT8((double) quotient / (double) ((uint128) 1 << shift));
}

COVENANT_FUNCTION(covenant_double_to_shares);
Datum
covenant_double_to_shares(PG_FUNCTION_ARGS)
{
	float8		value = PG_GETARG_FLOAT8(0);

	/* NaN compares with nothing, so it fits no range */
	if (!FLOAT8_FITS_IN_INT64(value) || (float8) (int64) value != value)
		no_number_of_shares();
	PG_RETURN_INT64((int64) value);
}

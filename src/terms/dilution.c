/*-------------------------------------------------------------------------
 *
 * dilution.c
 *		What changes a fixed price: a cheaper issue, and a split.
 *
 * Notes of this form reset the Fixed Conversion Price when the company sells
 * shares below it, to the new price (full ratchet) or to a weighted average,
 * and adjust it in proportion when shares are split or combined.
 *
 *-------------------------------------------------------------------------
 */
#include "number/big_rational.h"
#include "terms/conversion_terms.h"
#include "number/rounding.h"

#define RESET_HINT	"Give a number of decimals and a rounding."

/*
 * Both numbers of a split (3 for 2, 1 for 50) are positive.
 */
static void
check_split(int32 new_shares, int32 old_shares)
{
	if (new_shares < 1 || old_shares < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a split needs two positive numbers of shares"),
				 errdetail("It is %d new for %d old.", new_shares, old_shares)));
}

/*
 * A price after a split: times old / new.
 */
static SharePrice *
split_price(const SharePrice *price, int32 new_shares, int32 old_shares)
{
	/* 63 + 31 bits: no overflow before the narrowing */
	return make_share_price((Rational) {
		(uint128) price->num * old_shares, (uint128) price->den * new_shares
	});
}

static void
check_not_negative(const char *name, int64 shares)
{
	if (shares < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name),
				 errdetail("It is %lld.", (long long) shares)));
}

/*
 * The weighted average of what is outstanding, taken at the fixed price, and
 * what is issued, at its own:
 *
 *		fixed * (outstanding + issued * new_issue / fixed) / (outstanding + issued)
 *
 * A reset only lowers the price.  Not a hot path, so it is computed at any
 * length right away.
 */
static BigRational
weighted_average(const SharePrice *fixed, int64 outstanding,
				 const SharePrice *new_issue, int64 issued)
{
	BigRational value;

	check_not_negative("outstanding", outstanding);
	check_not_negative("issued", issued);
	if (share_price_compare(new_issue, fixed) >= 0 || issued == 0)
		return big_from_share_price(fixed);

	value = big_add(big_multiply(big_from_share_price(fixed), big_fraction(outstanding, 1)),
					big_multiply(big_from_share_price(new_issue), big_fraction(issued, 1)));
	value.den = num_call2(numeric_mul, value.den,
						  num_call2(numeric_add, int64_to_numeric(outstanding),
									int64_to_numeric(issued)));
	return value;
}

COVENANT_FUNCTION(covenant_weighted_average);
Datum
covenant_weighted_average(PG_FUNCTION_ARGS)
{
	BigRational value = weighted_average(PG_GETARG_SHARE_PRICE(0), PG_GETARG_INT64(1),
										 PG_GETARG_SHARE_PRICE(2), PG_GETARG_INT64(3));
	SharePrice *price = palloc(sizeof(SharePrice));

	if (!share_price_from_big(value, price))
		price_out_of_range(RESET_HINT);
	PG_RETURN_POINTER(price);
}

COVENANT_FUNCTION(covenant_weighted_average_rounded);
Datum
covenant_weighted_average_rounded(PG_FUNCTION_ARGS)
{
	int32		decimals = PG_GETARG_INT32(4);
	Rounding	mode = rounding_from_text(PG_GETARG_TEXT_PP(5));
	BigRational value = weighted_average(PG_GETARG_SHARE_PRICE(0), PG_GETARG_INT64(1),
										 PG_GETARG_SHARE_PRICE(2), PG_GETARG_INT64(3));
	SharePrice *price = palloc(sizeof(SharePrice));

	if (decimals < 0 || decimals > TERMS_MAX_DECIMALS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of decimals is out of range"),
				 errdetail("It is %d; it can be 0 to %d.", decimals, TERMS_MAX_DECIMALS)));
	if (!share_price_from_big(big_round(value, decimals, mode), price))
		price_out_of_range("Give fewer decimals.");
	PG_RETURN_POINTER(price);
}

COVENANT_FUNCTION(covenant_split_price);
Datum
covenant_split_price(PG_FUNCTION_ARGS)
{
	check_split(PG_GETARG_INT32(1), PG_GETARG_INT32(2));
	PG_RETURN_POINTER(split_price(PG_GETARG_SHARE_PRICE(0), PG_GETARG_INT32(1),
								  PG_GETARG_INT32(2)));
}

COVENANT_FUNCTION(covenant_split_shares);
Datum
covenant_split_shares(PG_FUNCTION_ARGS)
{
	int64		shares = PG_GETARG_INT64(0);
	int32		new_shares = PG_GETARG_INT32(1);
	int32		old_shares = PG_GETARG_INT32(2);
	Rounding	mode = rounding_from_text(PG_GETARG_TEXT_PP(3));
	uint128		result;

	check_split(new_shares, old_shares);
	check_not_negative("shares", shares);
	result = divide_rounded((uint128) shares * new_shares, old_shares, mode);
	if (result > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("shares out of range"),
				 errdetail("%lld shares split %d for %d exceed %lld.", (long long) shares,
						   new_shares, old_shares, (long long) PG_INT64_MAX)));
	PG_RETURN_INT64((int64) result);
}

/*
 * Fixed prices adjust; percentages, days and roundings stay.
 */
COVENANT_FUNCTION(covenant_split_terms);
Datum
covenant_split_terms(PG_FUNCTION_ARGS)
{
	int32		new_shares = PG_GETARG_INT32(1);
	int32		old_shares = PG_GETARG_INT32(2);
	Terms		terms;

	check_split(new_shares, old_shares);
	terms_from_datum(PG_GETARG_DATUM(0), &terms);
	for (TermsNode *node = terms.nodes; node < terms.nodes + terms.count; node++)
	{
		if (node->kind == TERMS_FIXED)
			node->value = *split_price(&node->value, new_shares, old_shares);
	}
	PG_RETURN_TEXT_P(terms_to_text(terms.nodes, terms.count - 1));
}

/*-------------------------------------------------------------------------
 *
 * price_number.c
 *		Share prices compared with numbers.
 *
 * price > 0, price < 0.12: a number is compared as the price that it stands
 * for, so that a price equals the numeric that it was cast to; a number that
 * is no price (below 0, infinite, too long) by its value.
 *
 * No operator class has these operators, since numbers that differ may stand
 * for one price.  That costs nothing where the number is a constant: the
 * planner is given the comparison of two prices instead.
 *
 *-------------------------------------------------------------------------
 */
#include "number/share_price.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "number/decimal.h"

/* Comparisons ------------------------------------------------------------ */

/*
 * -1, 0 or 1.  NaN is above everything, as it is among numbers.
 */
static int
compare_with_number(const SharePrice *price, Datum number)
{
	SharePrice	other;
	Numeric		value;

	if (share_price_from_numeric(number, &other) == PRICE_FITS)
		return share_price_compare(price, &other);
	value = DatumGetNumeric(number);
	if (num_compare(value, int64_to_numeric(PG_INT64_MAX)) > 0)
		return -1;
	if (num_compare(value, int64_to_numeric(0)) < 0)
		return 1;
	return num_compare(int64_to_numeric(price->num),
					   num_call2(numeric_mul, value, int64_to_numeric(price->den)));
}

COVENANT_FUNCTION(covenant_share_price_cmp_number);
Datum
covenant_share_price_cmp_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_with_number(PG_GETARG_SHARE_PRICE(0), PG_GETARG_DATUM(1)));
}

COVENANT_FUNCTION(covenant_number_cmp_share_price);
Datum
covenant_number_cmp_share_price(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(-compare_with_number(PG_GETARG_SHARE_PRICE(1), PG_GETARG_DATUM(0)));
}

/* The constants ---------------------------------------------------------- */

/*
 * The price that a constant number stands for; NULL where the argument is no
 * such constant.
 */
static Const *
constant_price(Node *argument, Oid price_type)
{
	Const	   *constant = (Const *) argument;
	SharePrice *price = palloc(sizeof(SharePrice));

	if (!IsA(argument, Const) || constant->consttype != NUMERICOID || constant->constisnull ||
		share_price_from_numeric(constant->constvalue, price) != PRICE_FITS)
		return NULL;
	return makeConst(price_type, -1, InvalidOid, sizeof(SharePrice), PointerGetDatum(price),
					 false, false);
}

/*
 * Planner support of a comparison: with the number a constant, the operator of
 * this name that compares two prices.
 */
static Node *
simplify_comparison(Node *request, char *operator)
{
	List	   *arguments;
	Node	   *left;
	Node	   *right;
	Oid			price_type;
	Oid			opno;

	if (!IsA(request, SupportRequestSimplify))
		return NULL;
	arguments = ((SupportRequestSimplify *) request)->fcall->args;
	left = linitial(arguments);
	right = lsecond(arguments);
	price_type = exprType(exprType(left) == NUMERICOID ? right : left);
	if (exprType(left) == NUMERICOID)
		left = (Node *) constant_price(left, price_type);
	else
		right = (Node *) constant_price(right, price_type);
	if (left == NULL || right == NULL)
		return NULL;
	opno = OpernameGetOprid(list_make2(makeString("pg_catalog"), makeString(operator)),
							price_type, price_type);
	return (Node *) make_opclause(opno, BOOLOID, false, (Expr *) left, (Expr *) right,
								  InvalidOid, InvalidOid);
}

/* The operators ---------------------------------------------------------- */

#define COMPARISON(name, test, operator) \
COVENANT_FUNCTION(covenant_share_price_##name##_number); \
Datum \
covenant_share_price_##name##_number(PG_FUNCTION_ARGS) \
{ \
	int			cmp = compare_with_number(PG_GETARG_SHARE_PRICE(0), PG_GETARG_DATUM(1)); \
	PG_RETURN_BOOL(test); \
} \
COVENANT_FUNCTION(covenant_number_##name##_share_price); \
Datum \
covenant_number_##name##_share_price(PG_FUNCTION_ARGS) \
{ \
	int			cmp = -compare_with_number(PG_GETARG_SHARE_PRICE(1), PG_GETARG_DATUM(0)); \
	PG_RETURN_BOOL(test); \
} \
COVENANT_FUNCTION(covenant_share_price_##name##_support); \
Datum \
covenant_share_price_##name##_support(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_POINTER(simplify_comparison((Node *) PG_GETARG_POINTER(0), operator)); \
}

COMPARISON(eq, cmp == 0, "=")
COMPARISON(ne, cmp != 0, "<>")
COMPARISON(lt, cmp < 0, "<")
COMPARISON(le, cmp <= 0, "<=")
COMPARISON(gt, cmp > 0, ">")
COMPARISON(ge, cmp >= 0, ">=")

/*-------------------------------------------------------------------------
 *
 * allocate.c
 *		Dividing a whole among holders so that the parts add up.
 *
 * Largest remainder: each part is cut to a whole unit, and the units left
 * over go to the largest remainders, of equal ones to the earlier.  A unit is
 * a share, or the last decimal of an amount.  Notes and warrants are sold to
 * several Buyers (Section 1(a)), and what is paid to them is divided among
 * them.  Holders are few, so all of it is done in numeric, which is exact at
 * any length.
 *
 *-------------------------------------------------------------------------
 */
#include "number/decimal.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* The most decimals that a numeric column can be declared with. */
#define MAX_SCALE		1000

typedef struct Part
{
	int			position;
	Numeric		weight;
	Numeric		units;
	Numeric		remainder;
} Part;

/* Arguments -------------------------------------------------------------- */

static void
check_finite_amount(Numeric value, const char *name)
{
	if (numeric_is_nan(value) || numeric_is_inf(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite", name),
				 errdetail("It is %s.", numeric_normalize(value))));
}

static void
check_weight(Numeric weight)
{
	check_finite_amount(weight, "a weight");
	if (num_compare(weight, int64_to_numeric(0)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a weight must not be negative"),
				 errdetail("It is %s.", numeric_normalize(weight))));
}

/*
 * The weights as parts that have nothing yet, and their sum.
 */
static Part *
get_parts(ArrayType *weights, int *nparts, Numeric *sum)
{
	Datum	   *values;
	bool	   *nulls;
	Part	   *parts;

	if (ARR_NDIM(weights) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("weights must be an array of one dimension")));
	deconstruct_array(weights, NUMERICOID, -1, false, TYPALIGN_INT, &values, &nulls, nparts);
	parts = palloc0(*nparts * sizeof(Part));
	*sum = int64_to_numeric(0);
	for (int i = 0; i < *nparts; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a weight must not be NULL"),
					 errdetail("Weight %d is.", i + 1)));
		parts[i].position = i;
		parts[i].weight = DatumGetNumeric(values[i]);
		check_weight(parts[i].weight);
		*sum = num_call2(numeric_add, *sum, parts[i].weight);
	}
	return parts;
}

/* Division --------------------------------------------------------------- */

/*
 * Larger remainders first; of equal ones the earlier position.
 */
static int
compare_remainders(const void *a, const void *b)
{
	const Part *x = a;
	const Part *y = b;
	int			cmp = num_compare(y->remainder, x->remainder);

	return cmp != 0 ? cmp : x->position - y->position;
}

/*
 * Gives each part its units of a whole number of them, not negative.  What is
 * left after cutting is less than one unit for each part that has a remainder.
 */
static void
divide_positive(Numeric total, Part *parts, int nparts, Numeric sum)
{
	const Numeric zero = int64_to_numeric(0);
	const Numeric one = int64_to_numeric(1);
	Numeric		left = total;

	for (int i = 0; i < nparts; i++)
	{
		Part	   *part = &parts[i];
		Numeric		product = num_call2(numeric_mul, total, part->weight);

		part->units = num_call2(numeric_div_trunc, product, sum);
		part->remainder = num_call2(numeric_sub, product, num_call2(numeric_mul, part->units, sum));
		left = num_call2(numeric_sub, left, part->units);
	}
	qsort(parts, nparts, sizeof(Part), compare_remainders);
	for (int i = 0; num_compare(left, zero) > 0; i++)
	{
		parts[i].units = num_call2(numeric_add, parts[i].units, one);
		left = num_call2(numeric_sub, left, one);
	}
}

/*
 * The same for any total.  A negative one takes back what was given, so it is
 * the mirror image of the positive one, remainders and all.
 */
static void
divide_units(Numeric total, Part *parts, int nparts, Numeric sum)
{
	const Numeric zero = int64_to_numeric(0);
	int			sign = num_compare(total, zero);

	if (num_compare(sum, zero) == 0)
	{
		if (sign != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("weights must not all be zero"),
					 errdetail("A total of %s has nobody to go to.", numeric_normalize(total))));
		sum = int64_to_numeric(1);	/* nothing is divided among nobody */
	}
	if (sign >= 0)
	{
		divide_positive(total, parts, nparts, sum);
		return;
	}
	divide_positive(num_call2(numeric_sub, zero, total), parts, nparts, sum);
	for (int i = 0; i < nparts; i++)
		parts[i].units = num_call2(numeric_sub, zero, parts[i].units);
}

/*
 * 10^exponent, with as many decimals as it needs.
 */
static Numeric
numeric_power_of_ten(int exponent)
{
	char		buffer[16];

	snprintf(buffer, sizeof(buffer), "1e%d", exponent);
	return DatumGetNumeric(DirectFunctionCall3(numeric_in,
											   CStringGetDatum(buffer),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

/*
 * An amount in units of 10^-scale; it must be a whole number of them, or the
 * parts could not add up to it.
 */
static Numeric
amount_in_units(Numeric total, int scale)
{
	Numeric		units = num_call2(numeric_mul, total, numeric_power_of_ten(scale));
	Numeric		whole = num_call2(numeric_div_trunc, units, int64_to_numeric(1));

	if (num_compare(units, whole) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("total has more than %d decimals", scale),
				 errdetail("Parts of %d decimals cannot add up to %s.",
						   scale, numeric_normalize(total)),
				 errhint("Round the total first, or allocate with a larger scale.")));
	return whole;
}

/* Functions of SQL ------------------------------------------------------- */

COVENANT_FUNCTION(covenant_allocate_shares);
Datum
covenant_allocate_shares(PG_FUNCTION_ARGS)
{
	int64		total = PG_GETARG_INT64(0);
	ArrayType  *weights = PG_GETARG_ARRAYTYPE_P(1);
	Oid			shares_type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	int			nparts;
	Numeric		sum;
	Part	   *parts = get_parts(weights, &nparts, &sum);
	Datum	   *result = palloc(nparts * sizeof(Datum));

	divide_units(int64_to_numeric(total), parts, nparts, sum);
	for (int i = 0; i < nparts; i++)
	{
		int64		units = 0;

		if (!int64_from_numeric(parts[i].units, &units))
			elog(ERROR, "part %d of the total is larger than the total", i);
		result[parts[i].position] = Int64GetDatum(units);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(result, nparts, shares_type,
										  sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

COVENANT_FUNCTION(covenant_allocate_amount);
Datum
covenant_allocate_amount(PG_FUNCTION_ARGS)
{
	Numeric		total = PG_GETARG_NUMERIC(0);
	ArrayType  *weights = PG_GETARG_ARRAYTYPE_P(1);
	int32		scale = PG_GETARG_INT32(2);
	int			nparts;
	Numeric		sum;
	Numeric		unit;
	Part	   *parts = get_parts(weights, &nparts, &sum);
	Datum	   *result = palloc(nparts * sizeof(Datum));

	check_finite_amount(total, "total");
	if (scale < 0 || scale > MAX_SCALE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scale must be between 0 and %d", MAX_SCALE),
				 errdetail("It is %d.", scale)));
	divide_units(amount_in_units(total, scale), parts, nparts, sum);
	unit = numeric_power_of_ten(-scale);
	for (int i = 0; i < nparts; i++)
		result[parts[i].position] = NumericGetDatum(num_call2(numeric_mul, parts[i].units, unit));
	PG_RETURN_ARRAYTYPE_P(construct_array(result, nparts, NUMERICOID,
										  -1, false, TYPALIGN_INT));
}

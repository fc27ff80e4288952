/*-------------------------------------------------------------------------
 *
 * status.c
 *		What the status view asks: what is pending, and prices that hold.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "guard/pending.h"

#include "funcapi.h"
#include "access/htup_details.h"
#include "utils/builtins.h"

/* Columns of covenant_internal.pending_change. */
#define PENDING_COLUMNS (1 + 3 + N_SHARE_COUNTS)

/*
 * What is pending as a row of the result type; zeros, and no day, where that is
 * nothing.
 */
static Datum
pending_row(FunctionCallInfo fcinfo, const PendingDeal *pending)
{
	static const Change nothing = {0};
	const Change *change = &nothing;
	TupleDesc	desc;
	Datum		values[PENDING_COLUMNS];
	bool		nulls[PENDING_COLUMNS] = {false};

	if (pending != NULL)
		change = &pending->total;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	nulls[0] = pending == NULL;
	values[0] = pending == NULL ? (Datum) 0 : DateADTGetDatum(pending->first_day);
	values[1] = NumericGetDatum(sum_numeric(&change->principal));
	values[2] = NumericGetDatum(sum_numeric(&change->annual_interest));
	values[3] = NumericGetDatum(sum_numeric(&change->multiple));
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		values[4 + i] = Int64GetDatum(change->shares[i]);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/*
 * covenant_internal.pending(ledger, deal): what this transaction has pending for
 * a deal.
 */
COVENANT_FUNCTION(covenant_pending);
Datum
covenant_pending(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = pending_any() ? books_of_ledger(ledger) : NULL;
	char		buffer[8];

	return pending_row(fcinfo, books == NULL ? NULL :
					   pending_for_deal(ledger, key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)),
																 books->key_base, buffer)));
}

/*
 * covenant_internal.pending_company(ledger, company): the same for a company.
 */
COVENANT_FUNCTION(covenant_pending_company);
Datum
covenant_pending_company(PG_FUNCTION_ARGS)
{
	Books	   *books = pending_any() && !PG_ARGISNULL(0) && !PG_ARGISNULL(1) ?
		books_of_ledger(PG_GETARG_OID(0)) : NULL;
	char		buffer[8];

	if (books == NULL || !OidIsValid(books->capital))
		return pending_row(fcinfo, NULL);
	return pending_row(fcinfo, pending_for_deal(books->capital, key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)),
																			   books->company_base, buffer)));
}

/*
 * The least whole number not below a / b, of numerics that are not negative.
 */
static Numeric
divide_up(Numeric a, Numeric b)
{
	Numeric		quotient = num_call2(numeric_div_trunc, a, b);

	if (num_compare(num_call2(numeric_mul, quotient, b), a) == 0)
		return quotient;
	return num_call2(numeric_add, quotient, numeric_from_int128(1));
}

/*
 * covenant_internal.holds_above(principal, warrants, shares, multiple): the price
 * above which `shares` cover the multiple of one note of this principal and
 * the warrants; principal / (N + 1) with N = floor(shares / multiple) -
 * warrants, rounded up to 20 decimals.  NULL where no price can help, because
 * the warrants alone are too many.
 */
COVENANT_FUNCTION(covenant_holds_above);
Datum
covenant_holds_above(PG_FUNCTION_ARGS)
{
	Numeric		principal = PG_GETARG_NUMERIC(0);
	int64		warrants = PG_GETARG_INT64(1);
	int64		shares = PG_GETARG_INT64(2);
	Numeric		multiple = PG_GETARG_NUMERIC(3);
	Numeric		note_shares;
	Numeric		scaled;

	if (shares < 0)
		PG_RETURN_NULL();
	note_shares = num_call2(numeric_sub,
							num_call2(numeric_div_trunc, numeric_from_int128(shares), multiple),
							numeric_from_int128(warrants));
	if (num_compare(note_shares, numeric_from_int128(0)) < 0)
		PG_RETURN_NULL();
	scaled = num_call2(numeric_mul, principal,
					   numeric_from_int128((int128) power_of_ten(20)));
	scaled = divide_up(scaled, num_call2(numeric_add, note_shares, numeric_from_int128(1)));
	PG_RETURN_NUMERIC(num_call2(numeric_mul, scaled,
								numeric_from_decimal((Decimal) {.value = 1, .scale = 20})));
}

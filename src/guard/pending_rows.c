/*-------------------------------------------------------------------------
 *
 * pending_rows.c
 *		What is pending, as rows: of one deal, of one company, of each deal.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/pending.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "guard/said.h"
#include "guard/sorted.h"
#include "utils/builtins.h"

/* Columns of covenant_internal.pending_change, and of pending_deals. */
enum
{
	FIRST_DAY, DEAL = FIRST_DAY, PRINCIPAL, ANNUAL_INTEREST, MULTIPLE, SHARES, SAID_PRINCIPAL = SHARES + N_SHARE_COUNTS, SAID_WARRANTS,
	N_DEAL_COLUMNS, N_CHANGE_COLUMNS = SAID_PRINCIPAL
};

static void
put_change(Datum *values, const Change *change)
{
	values[PRINCIPAL] = NumericGetDatum(sum_numeric(&change->principal));
	values[ANNUAL_INTEREST] = NumericGetDatum(sum_numeric(&change->annual_interest));
	values[MULTIPLE] = NumericGetDatum(sum_numeric(&change->multiple));
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		values[SHARES + i] = Int64GetDatum(change->shares[i]);
}

/*
 * What is pending as a row of the result type; zeros, and no day, where that is
 * nothing.
 */
static Datum
pending_row(FunctionCallInfo fcinfo, const PendingDeal *pending)
{
	static const Change nothing = {0};
	TupleDesc	desc;
	Datum		values[N_CHANGE_COLUMNS];
	bool		nulls[N_CHANGE_COLUMNS] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	nulls[FIRST_DAY] = pending == NULL;
	values[FIRST_DAY] = pending == NULL ? (Datum) 0 : DateADTGetDatum(pending->first_day);
	put_change(values, pending == NULL ? &nothing : &pending->total);
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

/* What is pending for the positions of a deal's instruments. */
typedef struct SaidSums
{
	Sum			principal;
	int64		warrants;
} SaidSums;

static SaidSums *
add_up_said(Oid ledger, PendingDeal **deals, int n)
{
	SaidSums   *sums = MemoryContextAllocExtended(CurrentMemoryContext, Max(n, 1) * sizeof(SaidSums),
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	SaidScan	scan;

	number_deals(deals, n);
	begin_said(&scan, ledger, NULL);
	while (next_said(&scan))
	{
		int			number = number_of(deals, n, &scan);

		if (number < 0)
			continue;
		sum_add(&sums[number].principal, &scan.said.principal, 1);
		shares_add(&sums[number].warrants, scan.said.warrant_shares);
	}
	return sums;
}

/*
 * covenant_internal.pending_deals(ledger): what is pending for each deal.
 */
COVENANT_FUNCTION(covenant_pending_deals);
Datum
covenant_pending_deals(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books;
	PendingDeal **deals;
	SaidSums   *said;
	int			n;

	InitMaterializedSRF(fcinfo, 0);
	books = pending_any() ? books_of_ledger(ledger) : NULL;
	if (books == NULL)
		return (Datum) 0;
	deals = pending_sorted(ledger, &n);
	said = add_up_said(ledger, deals, n);
	for (int i = 0; i < n; i++)
	{
		Datum		values[N_DEAL_COLUMNS];
		bool		nulls[N_DEAL_COLUMNS] = {false};

		values[DEAL] = CStringGetTextDatum(key_to_cstring(deals[i]->deal, books->key_base));
		put_change(values, &deals[i]->total);
		values[SAID_PRINCIPAL] = NumericGetDatum(sum_numeric(&said[i].principal));
		values[SAID_WARRANTS] = NumericGetDatum(int64_to_numeric(said[i].warrants));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

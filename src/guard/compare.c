/*-------------------------------------------------------------------------
 *
 * compare.c
 *		What comparing books and tables needs of what is pending.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/builtins.h"

static const char *const sum_words[] = {"principal", "annual_interest", "multiple"};

/*
 * The sum of a change that has a name in the books; NULL for a share count.
 */
static Sum *
named_sum(Change *change, const char *what)
{
	Sum		   *sums[] = {&change->principal, &change->annual_interest, &change->multiple};

	for (int i = 0; i < lengthof(sum_words); i++)
	{
		if (strcmp(what, sum_words[i]) == 0)
			return sums[i];
	}
	return NULL;
}

static void
put_row(ReturnSetInfo *result, Bytes deal, Oid key_base, Bytes holder,
		const char *what, Numeric amount)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = CStringGetTextDatum(key_to_cstring(deal, key_base));
	values[1] = PointerGetDatum(cstring_to_text_with_len(holder.data, holder.len));
	values[2] = CStringGetTextDatum(what);
	values[3] = NumericGetDatum(amount);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * covenant_internal.pending_entries(ledger): what is pending, by deal, holder and sum.
 */
COVENANT_FUNCTION(covenant_pending_entries);
Datum
covenant_pending_entries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books;
	Entry	  **entries;
	int			n;

	InitMaterializedSRF(fcinfo, 0);
	books = pending_any() ? books_of_ledger(ledger) : NULL;
	if (books == NULL)
		return (Datum) 0;
	entries = pending_sorted(ledger, &n);
	for (int i = 0; i < n; i++)
	{
		EntryKey   *key = &entries[i]->key;
		Change	   *change = &entries[i]->change;

		for (int s = 0; s < lengthof(sum_words); s++)
			put_row(result, key->deal, books->key_base, key->holder, sum_words[s],
					sum_numeric(named_sum(change, sum_words[s])));
		for (int s = 0; s < N_SHARE_COUNTS; s++)
			put_row(result, key->deal, books->key_base, key->holder, share_count_names[s],
					numeric_from_int128(change->shares[s]));
	}
	return (Datum) 0;
}

/*
 * Puts an amount into the change's sum that is called so.
 */
static void
set_named(Change *change, const char *what, Numeric amount)
{
	Sum		   *sum = named_sum(change, what);
	int			i = 0;

	if (sum != NULL && !numeric_is_nan(amount) && !numeric_is_inf(amount))
	{
		sum_add_numeric(sum, amount);
		return;
	}
	while (i < N_SHARE_COUNTS && strcmp(what, share_count_names[i]) != 0)
		i++;
	if (sum != NULL || i == N_SHARE_COUNTS || !int64_from_numeric(amount, &change->shares[i]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the books have no sum \"%s\" that could differ so", what)));
}

/*
 * covenant_internal.book_difference(ledger, deal, holder, what, amount): one
 * difference between tables and books, as a pending fact.
 */
COVENANT_FUNCTION(covenant_book_difference);
Datum
covenant_book_difference(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	text	   *holder = PG_GETARG_TEXT_PP(2);
	char		buffer[8];
	Change		change;
	EntryKey	key = {.ledger = ledger, .day = as_of_day(), .kind = CHANGE_REBUILD,
	.holder = {VARDATA_ANY(holder), VARSIZE_ANY_EXHDR(holder)}};

	require_owner(ledger, GetUserId());
	key.deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)),
								books_of_ledger(ledger)->key_base, buffer);
	memset(&change, 0, sizeof(Change));
	set_named(&change, text_to_cstring(PG_GETARG_TEXT_PP(3)), PG_GETARG_NUMERIC(4));
	pending_add(&key, &change, 1);
	PG_RETURN_VOID();
}

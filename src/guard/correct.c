/*-------------------------------------------------------------------------
 *
 * correct.c
 *		Saying what an instrument was on a day that others follow.
 *
 * An UPDATE says what holds now; it cannot say what a price, a rate or a holder
 * was between two settings that are on record.  A correction can: it is dated
 * with its day and ends where the next setting begins, so that it changes
 * nothing in the table and nothing in the ledger.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "catalog/pg_type.h"
#include "guard/pending.h"
#include "miscadmin.h"
#include "number/share_price.h"
#include "utils/builtins.h"

static void
refuse_value(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", what),
			 errhint("%s", hint)));
}

static void
read_settings(FunctionCallInfo fcinfo, InstrumentChange *said)
{
	if (!PG_ARGISNULL(6))
	{
		const SharePrice *price = PG_GETARG_SHARE_PRICE(6);

		if (price->num == 0)
			refuse_value("a conversion price must be above zero", "Give the price that held on that day.");
		said->sets |= SETS_PRICE;
		said->price = (Price) {{.value = price->num}, price->den};
	}
	if (!PG_ARGISNULL(7))
	{
		if (!decimal_from_numeric(PG_GETARG_NUMERIC(7), &said->rate) ||
			said->rate.value > (int128) power_of_ten(said->rate.scale))
			refuse_value("a rate must be a number up to 1", "Give 8 % as 0.08.");
		said->sets |= SETS_RATE;
	}
	if (!PG_ARGISNULL(8))
	{
		said->sets |= SETS_HOLDER;
		said->holder = key_from_datum(PG_GETARG_DATUM(8), TEXTOID, NULL);
	}
}

/*
 * covenant_internal.correct_instrument(ledger, deal, source, instrument,
 * is_note, on_day, price, rate, holder, reason)
 */
COVENANT_FUNCTION(covenant_correct_instrument);
Datum
covenant_correct_instrument(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = require_books(ledger);
	text	   *instrument = PG_GETARG_TEXT_PP(3);
	char		buffer[8];
	Bytes		deal;
	InstrumentChange said;

	require_owner(ledger, GetUserId());
	memset(&said, 0, sizeof(said));
	said.source = text_to_cstring(PG_GETARG_TEXT_PP(2));
	said.instrument = (Bytes) {VARDATA_ANY(instrument), VARSIZE_ANY_EXHDR(instrument)};
	said.is_note = PG_GETARG_BOOL(4);
	said.day = PG_GETARG_DATEADT(5);
	said.kind = said.settings_kind = CHANGE_CORRECTION;
	said.reason = PG_ARGISNULL(9) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(9));
	read_settings(fcinfo, &said);
	deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), books->key_base, buffer);
	pending_add_instrument(pending_deal(ledger, deal), &said);
	PG_RETURN_VOID();
}

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
#include "guard/watch.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "guard/pending.h"
#include "miscadmin.h"
#include "number/share_price.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

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
	if (!PG_ARGISNULL(5))
	{
		const SharePrice *price = PG_GETARG_SHARE_PRICE(5);

		if (price->num == 0)
			refuse_value("a conversion price must be above zero", "Give the price that held on that day.");
		said->sets |= SETS_PRICE;
		said->price = (Price) {{.value = price->num}, price->den};
	}
	if (!PG_ARGISNULL(6))
	{
		if (!decimal_from_numeric(PG_GETARG_NUMERIC(6), &said->rate) ||
			said->rate.value > (int128) power_of_ten(said->rate.scale))
			refuse_value("a rate must be a number up to 1", "Give 8 % as 0.08.");
		said->sets |= SETS_RATE;
	}
	if (!PG_ARGISNULL(7))
	{
		said->sets |= SETS_HOLDER;
		said->holder = key_from_datum(PG_GETARG_DATUM(7), TEXTOID, NULL);
	}
}

/*
 * The settings that are corrected, by the columns that positions have for
 * them, as a text[].
 */
static Datum
names_of(uint8 sets)
{
	Datum		names[3];
	int			n = 0;

	if (sets & SETS_PRICE)
		names[n++] = CStringGetTextDatum("price");
	if (sets & SETS_RATE)
		names[n++] = CStringGetTextDatum("rate");
	if (sets & SETS_HOLDER)
		names[n++] = CStringGetTextDatum("holder");
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Raises why the past was not so: the arguments of the correction, and which
 * settings it is about.
 */
static void
check_correction(FunctionCallInfo fcinfo, uint8 sets)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, TEXTOID, BOOLOID, DATEOID, TEXTARRAYOID};
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2),
		PG_GETARG_DATUM(3), PG_GETARG_DATUM(4), names_of(sets)};

	SPI_connect();
	if (SPI_execute_with_args("SELECT covenant_internal.check_correction($1, $2, $3, $4, $5, $6)",
							  6, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "checking a correction failed");
	SPI_finish();
}

/*
 * covenant_internal.correct_instrument(relation, deal, instrument, has_row,
 * on_day, price, rate, holder, reason)
 */
COVENANT_FUNCTION(covenant_correct_instrument);
Datum
covenant_correct_instrument(PG_FUNCTION_ARGS)
{
	Relation	relation;
	text	   *instrument;
	char		buffer[8];
	Watch		watch;
	Bytes		deal;
	InstrumentChange said;

	for (int i = 0; i < 5; i++)
	{
		if (PG_ARGISNULL(i))
			refuse_value("a correction names an instrument and a day", "Call covenant.correct.");
	}
	instrument = PG_GETARG_TEXT_PP(2);
	relation = open_named(PG_GETARG_OID(0));
	open_watch_of(&watch, relation);
	require_owner(watch.books->ledger, GetUserId());
	memset(&said, 0, sizeof(said));
	said.source = watch.source;
	said.instrument = (Bytes) {VARDATA_ANY(instrument), VARSIZE_ANY_EXHDR(instrument)};
	said.is_note = watch.kind == NOTES_TABLE;
	said.day = PG_GETARG_DATEADT(4);
	said.kind = said.settings_kind = CHANGE_CORRECTION;
	said.reason = PG_ARGISNULL(8) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(8));
	read_settings(fcinfo, &said);
	check_correction(fcinfo, said.sets);
	deal = key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(1)), watch.books->key_base, buffer);
	pending_add_instrument(pending_deal(watch.books->ledger, deal), &said);
	relation_close(relation, NoLock);
	PG_RETURN_VOID();
}

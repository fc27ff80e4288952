/*-------------------------------------------------------------------------
 *
 * requote_here.c
 *		A node of Citus reprices the notes of one of its deals.
 *
 * The prices come from the coordinator, where the quotes are (see
 * reprice_nodes.c).  All statements are about one deal, by which Citus finds its
 * shards here, and name no more than Citus lets an UPDATE name: where notes have
 * to be told apart they are read, and then updated by the columns of their keys.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "catalog/pg_type.h"
#include "guard/citus.h"
#include "guard/reading.h"
#include "miscadmin.h"
#include "terms/conversion_terms.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

static Datum *
array_elements(ArrayType *array, Oid type, bool **nulls, int *n)
{
	Datum	   *elements;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &elements, nulls, n);
	return elements;
}

/*
 * The securities that moved, of the arguments.
 */
static void
take_moved(Repricing *r, FunctionCallInfo fcinfo)
{
	int			n[3];
	Datum	   *texts = array_elements(PG_GETARG_ARRAYTYPE_P(3), TEXTOID, NULL, &n[0]);
	Datum	   *days = array_elements(PG_GETARG_ARRAYTYPE_P(4), DATEOID, NULL, &n[1]);
	Datum	   *orders = array_elements(PG_GETARG_ARRAYTYPE_P(5), BOOLOID, NULL, &n[2]);
	Oid			input,
				param;

	if (n[0] != n[1] || n[0] != n[2])
		elog(ERROR, "arrays of different lengths");
	getTypeInputInfo(r->quotes->security_type, &input, &param);
	r->requote.moved = palloc(Max(n[0], 1) * sizeof(Moved));
	r->requote.first_day = DATEVAL_NOEND;
	r->requote.not_before = PG_GETARG_DATEADT(10);
	for (int i = 0; i < n[0]; i++)
	{
		char	   *printed = TextDatumGetCString(texts[i]);

		r->requote.moved[i] = (Moved) {.text = printed, .security = OidInputFunctionCall(input, pstrdup(printed), param, -1),
		.first_day = DatumGetDateADT(days[i]), .in_order = DatumGetBool(orders[i])};
		r->requote.first_day = Min(r->requote.first_day, r->requote.moved[i].first_day);
	}
	r->requote.nmoved = n[0];
	sort_requote(&r->requote);
}

/*
 * Begins a series of prices under terms that are given as text.
 */
static void
take_terms(Repricing *r, const char *security, char *words)
{
	const Moved *m = find_moved(&r->requote, security);
	int			i = r->requote.nseries;
	Oid			input,
				param;

	if (m == NULL)
		elog(ERROR, "prices of a security that did not move");
	if (i > 0 && (strcmp(r->requote.series[i - 1].security, security) > 0 ||
				  (strcmp(r->requote.series[i - 1].security, security) == 0 &&
				   strcmp(r->requote.series[i - 1].terms, words) >= 0)))
		elog(ERROR, "prices are not in order");
	begin_series(r);
	getTypeInputInfo(r->quotes->terms_type, &input, &param);
	r->requote.series[i] = (Series) {.security = m->text, .terms = words, .in_order = m->in_order};
	r->securities[i] = m->security;
	r->terms[i] = OidInputFunctionCall(input, pstrdup(words), param, -1);
	r->requote.nseries++;
}

static void
take_price(Repricing *r, DateADT day, const SharePrice *price, int most)
{
	int			i = r->requote.nseries - 1;
	Series	   *series = &r->requote.series[i];

	if (series->n == 0)
	{
		series->days = palloc(most * sizeof(DateADT));
		series->prices = palloc(most * sizeof(Price));
	}
	if (series->n == 0 || share_price_compare(price, &r->low[i]) < 0)
		r->low[i] = *price;
	if (series->n == 0 || share_price_compare(price, &r->high[i]) > 0)
		r->high[i] = *price;
	r->last[i] = *price;
	series->days[series->n] = day;
	series->prices[series->n++] = price_of_share_price(price);
}

/*
 * The prices, of the arguments: a row a day, those of a series together.
 */
static void
take_prices(Repricing *r, FunctionCallInfo fcinfo)
{
	int			n[4];
	Datum	   *securities = array_elements(PG_GETARG_ARRAYTYPE_P(6), TEXTOID, NULL, &n[0]);
	Datum	   *terms = array_elements(PG_GETARG_ARRAYTYPE_P(7), TEXTOID, NULL, &n[1]);
	bool	   *none;
	Datum	   *days = array_elements(PG_GETARG_ARRAYTYPE_P(8), DATEOID, &none, &n[2]);
	bool	   *no_price;
	Datum	   *prices = array_elements(PG_GETARG_ARRAYTYPE_P(9), r->quotes->share_price_type, &no_price, &n[3]);

	if (n[0] != n[1] || n[0] != n[2] || n[0] != n[3])
		elog(ERROR, "arrays of different lengths");
	for (int i = 0; i < n[0]; i++)
	{
		char	   *security = TextDatumGetCString(securities[i]);
		char	   *words = TextDatumGetCString(terms[i]);
		const Series *last = r->requote.nseries == 0 ? NULL : &r->requote.series[r->requote.nseries - 1];

		if (last == NULL || strcmp(last->security, security) != 0 || strcmp(last->terms, words) != 0)
			take_terms(r, security, words);
		if (!none[i] && !no_price[i])
			take_price(r, DatumGetDateADT(days[i]), DatumGetSharePrice(prices[i]), n[0] - i);
	}
}

/*
 * Terms that notes on record had on some day, of securities that moved, for
 * which there are no prices: security and terms, one after the other; 0 for
 * none.
 */
static Datum
lacking_terms(const Repricing *r)
{
	ArrayBuildState *lacking = NULL;
	Oid			input,
				param;

	getTypeInputInfo(r->quotes->terms_type, &input, &param);
	for (int n = 0; n < r->requote.nnotes; n++)
	{
		const RecordedNote *note = &r->requote.notes[n];

		for (int s = 0; s < note->n; s++)
		{
			const Setting *setting = &note->settings[s];
			Terms		terms;

			if (setting->terms == NULL || setting->terms[0] == '\0' || find_moved(&r->requote, setting->security) == NULL ||
				find_series(&r->requote, setting->security, setting->terms) != NULL)
				continue;
			terms_from_datum(OidInputFunctionCall(input, pstrdup(setting->terms), param, -1), &terms);
			if (terms.look_back == 0)
				continue;
			lacking = accumArrayResult(lacking, CStringGetTextDatum(setting->security), false, TEXTOID, CurrentMemoryContext);
			lacking = accumArrayResult(lacking, CStringGetTextDatum(setting->terms), false, TEXTOID, CurrentMemoryContext);
		}
	}
	return lacking == NULL ? (Datum) 0 : makeArrayResult(lacking, CurrentMemoryContext);
}

/*
 * Gives the notes of a deal of which nothing is on record since the price that
 * quotes make now: those under the same terms together.
 */
static void
update_by_terms(Repricing *r, Datum deal)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {q->books->key_base, q->security_type, q->terms_type, q->share_price_type,
	q->share_price_type, q->share_price_type};
	SPIPlanPtr	plan = prepare_reading(psprintf("UPDATE %1$s AS n SET %2$s = $4::%3$s WHERE n.%4$s OPERATOR(pg_catalog.=) $1"
												" AND n.%5$s OPERATOR(pg_catalog.=) $2 AND n.%6$s OPERATOR(pg_catalog.=) $3"
												" AND (n.%2$s IS NULL OR n.%2$s::covenant.share_price OPERATOR(pg_catalog.<>) $5"
												" OR n.%2$s::covenant.share_price OPERATOR(pg_catalog.<>) $6)",
												q->notes_table, q->notes_price, q->notes_price_type, q->notes_deal,
												q->notes_security, q->terms), lengthof(types), types);

	for (int i = 0; i < r->requote.nseries; i++)
	{
		Datum		values[] = {deal, r->securities[i], r->terms[i], PointerGetDatum(&r->last[i]),
		PointerGetDatum(&r->low[i]), PointerGetDatum(&r->high[i])};

		if (r->requote.series[i].n > 0)
			update_repriced(r, plan, values);
	}
}

/* Columns of a note, from 1; the columns of its key follow. */
enum
{
	N_PRICE = 1, N_SECURITY, N_TERMS, N_INSTRUMENT, N_KEY
};

/*
 * The columns of the key, each after a separator, with its parameter's number or
 * with none for 0.
 */
static char *
key_columns(const Quotes *q, const char *separator, int parameter)
{
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < q->nkeys; i++)
	{
		appendStringInfo(&columns, "%sn.%s", separator, q->keys[i]);
		if (parameter > 0)
			appendStringInfo(&columns, " OPERATOR(pg_catalog.=) $%d", parameter + i);
	}
	return columns.data;
}

/*
 * The price that a note in the table is to have: what comes of its record or,
 * where there is none, of the last quotes; false where it stays.
 */
static bool
price_to_be(const Repricing *r, Bytes deal, HeapTuple row, TupleDesc desc, SharePrice *result)
{
	text	   *key = DatumGetTextPP(value_on_record(row, desc, N_INSTRUMENT));
	RecordedNote sought = {.deal = deal, .source = r->quotes->source,
	.instrument = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)}};
	const RecordedNote *note = find_recorded(&r->requote, &sought);
	char	   *terms = SPI_getvalue(row, desc, N_TERMS);
	bool		isnull;
	Datum		value = SPI_getbinval(row, desc, N_PRICE, &isnull);
	const Series *series;
	Price		price;
	int			i;

	if (note != NULL)
		return note->end_day == DATEVAL_NOEND && final_price(&r->requote, note, &price) &&
			share_price_of_price(&price, result) &&
			(isnull || share_price_compare(result, DatumGetSharePrice(value)) != 0);
	series = terms == NULL ? NULL : find_series(&r->requote, SPI_getvalue(row, desc, N_SECURITY), terms);
	if (series == NULL || series->n == 0)
		return false;
	i = (int) (series - r->requote.series);
	*result = r->last[i];
	return isnull || share_price_compare(&r->low[i], DatumGetSharePrice(value)) != 0 ||
		share_price_compare(&r->high[i], DatumGetSharePrice(value)) != 0;
}

/*
 * The notes of a deal of which something is on record since: each by its key.
 */
static void
update_by_key(Repricing *r, Bytes key, Datum deal)
{
	const Quotes *q = r->quotes;
	Oid			types[2 + INDEX_MAX_KEYS] = {q->books->key_base, q->share_price_type};
	SPIPlanPtr	read;
	SPIPlanPtr	update;
	SPITupleTable *table;
	uint64		n;

	memcpy(types + 2, q->key_types, q->nkeys * sizeof(Oid));
	read = prepare_reading(psprintf("SELECT n.%s::covenant.share_price, pg_catalog.concat(n.%s), n.%s::pg_catalog.text, %s%s"
									" FROM %s AS n WHERE n.%s OPERATOR(pg_catalog.=) $1 ORDER BY 4",
									q->notes_price, q->notes_security, q->terms, q->notes_key, key_columns(q, ", ", 0),
									q->notes_table, q->notes_deal), 1, types);
	update = prepare_reading(psprintf("UPDATE %s AS n SET %s = $2::%s WHERE n.%s OPERATOR(pg_catalog.=) $1%s",
									  q->notes_table, q->notes_price, q->notes_price_type, q->notes_deal,
									  key_columns(q, " AND ", 3)), 2 + q->nkeys, types);
	reprice_run(read, &deal, NULL, SPI_OK_SELECT);
	table = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		SharePrice	price;
		Datum		values[2 + INDEX_MAX_KEYS] = {deal, PointerGetDatum(&price)};

		CHECK_FOR_INTERRUPTS();
		if (!price_to_be(r, key, table->vals[i], table->tupdesc, &price))
			continue;
		for (int k = 0; k < q->nkeys; k++)
			values[2 + k] = value_on_record(table->vals[i], table->tupdesc, N_KEY + k);
		update_repriced(r, update, values);
	}
	SPI_freetuptable(table);
}

/*
 * Is something of the deal on record from a day on?
 */
static bool
has_record_since(const Quotes *q, Datum deal, DateADT day)
{
	Oid			types[] = {q->books->key_base, DATEOID};
	Datum		values[] = {deal, DateADTGetDatum(day)};

	reprice_run(prepare_reading(psprintf("SELECT FROM %s WHERE deal OPERATOR(pg_catalog.=) $1 AND latest_on OPERATOR(pg_catalog.>=) $2",
										 quote_qualified_identifier(q->books->schema, q->books->ledger_name)), 2, types),
				values, NULL, SPI_OK_SELECT);
	return SPI_processed > 0;
}

/*
 * Reprices the notes of one deal, unless prices are lacking.
 */
static Datum
requote_deal(Repricing *r, Bytes key)
{
	const Quotes *q = r->quotes;
	Datum		deal = key_to_datum(key, q->books->key_base);
	Datum		lacking;

	require_types(q->books);
	read_record_of(r, key, has_record_since(q, deal, r->requote.first_day));
	sort_requote(&r->requote);	/* the series came sorted */
	lacking = lacking_terms(r);
	if (lacking != (Datum) 0)
		return SPI_datumTransfer(lacking, false, -1);
	if (r->requote.nnotes == 0)
		update_by_terms(r, deal);
	else
		update_by_key(r, key, deal);
	for (int i = 0; i < r->requote.nnotes; i++)
	{
		if (!r->requote.notes[i].done)
			requote_gone(&r->requote, &r->requote.notes[i]);
	}
	return (Datum) 0;
}

/*
 * covenant_internal.requote_here(ledger, notes, deal, securities, first_days,
 * in_order, and of each price: security, terms, day, price; not_before): reprices the notes
 * of one deal, in the session of its node; returns what it has no prices for.
 */
COVENANT_FUNCTION(covenant_requote_here);
Datum
covenant_requote_here(PG_FUNCTION_ARGS)
{
	Quotes		quotes;
	Repricing	r = {.quotes = &quotes};
	char		buffer[8];
	Datum		lacking;
	int			settings = NewGUCNestLevel();
	int			citus = enter_citus(false);

	open_repriced(&quotes, PG_GETARG_OID(1));
	require_owner(quotes.books->ledger, GetUserId());
	require_spread(quotes.books->ledger);
	if (quotes.books->ledger != PG_GETARG_OID(0) || !vouch_watched(quotes.notes, quotes.books->ledger))
		elog(ERROR, "notes of other books");
	(void) set_config_option("DateStyle", "ISO, YMD", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	r.context = CurrentMemoryContext;
	r.requote.ledger = quotes.books->ledger;
	take_moved(&r, fcinfo);
	take_prices(&r, fcinfo);
	lacking = requote_deal(&r, key_from_cstring(text_to_cstring(PG_GETARG_TEXT_PP(2)), quotes.books->key_base, buffer));
	SPI_finish();
	leave_citus(citus);
	AtEOXact_GUC(false, settings);
	if (lacking == (Datum) 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(lacking);
}

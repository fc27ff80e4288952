/*-------------------------------------------------------------------------
 *
 * reprice.c
 *		The market as a fact: quotes that come or change reprice the notes
 *		whose terms look back at them.
 *
 * A trigger on the table of quotes computes the prices of all days that moved,
 * under the terms of each day, fits them in between what is on record (see
 * requote.c), and gives each note the price of now, once.  Quotes of a week
 * that come at once, or late, leave the history of as many nights.
 *
 * The update runs as the owner of the notes, and only if the owner of the
 * quotes is a member of that role: whoever may write quotes need not be allowed
 * to write notes.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "guard/citus.h"
#include "guard/quote_check.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "terms/conversion_terms.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* SQL's advisory locks are of class 1 and 2. */
#define QUOTES_LOCK_CLASS	17

/* Parameters of a query. */
typedef struct Parameters
{
	int			n;
	Oid			types[6];
	Datum		values[6];
	char		nulls[7];
} Parameters;

static void
bind_row(Parameters *parameters, const Quotes *quotes, const TriggerData *trigger,
		 TupleTableSlot *slot)
{
	const char *names[] = {trigger_word(trigger->tg_trigger, "security"),
		trigger_word(trigger->tg_trigger, "day"), trigger_word(trigger->tg_trigger, "price")};

	for (int i = 0; i < lengthof(names); i++)
	{
		AttrNumber	attno = get_attnum(RelationGetRelid(quotes->relation), names[i]);
		bool		isnull = true;
		int			n = parameters->n++;

		parameters->types[n] = TupleDescAttr(RelationGetDescr(quotes->relation), attno - 1)->atttypid;
		parameters->values[n] = slot == NULL ? (Datum) 0 : slot_getattr(slot, attno, &isnull);
		parameters->nulls[n] = isnull ? 'n' : ' ';
	}
}

/*
 * What the query of the changes is told: the row of a row trigger.
 */
static void
bind_rows(Parameters *parameters, const Quotes *quotes, const TriggerData *trigger)
{
	TupleTableSlot *old = trigger->tg_trigslot;
	TupleTableSlot *new = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;

	parameters->n = 0;
	if (!quotes->by_row)
		return;
	bind_row(parameters, quotes, trigger, quotes->has_old ? old : NULL);
	bind_row(parameters, quotes, trigger, quotes->has_new ? new : NULL);
}

static void
read_changes(Repricing *r, Parameters *rows)
{
	MemoryContext old;

	if (SPI_execute_with_args(changes_query(r->quotes), rows->n, rows->types, rows->values,
							  rows->nulls, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "repricing failed: %s", SPI_result_code_string(SPI_result));
	old = MemoryContextSwitchTo(r->context);
	r->requote.nmoved = (int) SPI_processed;
	r->requote.moved = palloc(Max(r->requote.nmoved, 1) * sizeof(Moved));
	r->requote.first_day = DATEVAL_NOEND;
	for (int i = 0; i < r->requote.nmoved; i++)
	{
		Moved	   *m = &r->requote.moved[i];

		m->security = copied_value(i, 1);
		m->text = TextDatumGetCString(result_value(i, 2, (Datum) 0));
		m->first_day = DatumGetDateADT(result_value(i, 3, (Datum) 0));
		m->in_order = DatumGetBool(result_value(i, 4, (Datum) 0));
		r->requote.first_day = Min(r->requote.first_day, m->first_day);
	}
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * Two sessions that bring quotes of one security come one after the other, each
 * to see what the other brought; securities are taken in one order.  The lock
 * is like an advisory one, but of a class that the functions of SQL cannot
 * take: else whoever may connect could keep all quotes waiting.
 */
static void
lock_securities(const Repricing *r)
{
	for (int i = 0; i < r->requote.nmoved; i++)
	{
		uint64		key = DatumGetUInt64(hash_any_extended((const unsigned char *) r->requote.moved[i].text,
														   strlen(r->requote.moved[i].text),
														   r->quotes->quotes_oid));
		LOCKTAG		tag;

		SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (key >> 32), (uint32) key, QUOTES_LOCK_CLASS);
		(void) LockAcquire(&tag, ExclusiveLock, false, false);
	}
}

/*
 * Room for one more series.
 */
void
begin_series(Repricing *r)
{
	if (r->requote.nseries < r->size)
		return;
	r->size = Max(16, 2 * r->size);
	r->requote.series = r->requote.series == NULL ? palloc(r->size * sizeof(Series)) :
		repalloc(r->requote.series, r->size * sizeof(Series));
	r->securities = r->securities == NULL ? palloc(r->size * sizeof(Datum)) :
		repalloc(r->securities, r->size * sizeof(Datum));
	r->terms = r->terms == NULL ? palloc(r->size * sizeof(Datum)) :
		repalloc(r->terms, r->size * sizeof(Datum));
	r->last = r->last == NULL ? palloc(r->size * sizeof(SharePrice)) :
		repalloc(r->last, r->size * sizeof(SharePrice));
	r->low = r->low == NULL ? palloc(r->size * sizeof(SharePrice)) :
		repalloc(r->low, r->size * sizeof(SharePrice));
	r->high = r->high == NULL ? palloc(r->size * sizeof(SharePrice)) :
		repalloc(r->high, r->size * sizeof(SharePrice));
}

/*
 * Takes the prices that a query gave into a new series.
 */
static void
take_series(Repricing *r, const Moved *m, Datum terms, const char *text)
{
	Series	   *series;
	int			i = r->requote.nseries;

	begin_series(r);
	r->requote.nseries++;
	series = &r->requote.series[i];
	*series = (Series) {.security = m->text, .terms = text, .in_order = m->in_order, .n = (int) SPI_processed};
	series->days = palloc(Max(series->n, 1) * sizeof(DateADT));
	series->prices = palloc(Max(series->n, 1) * sizeof(Price));
	r->securities[i] = m->security;
	r->terms[i] = terms;
	for (int d = 0; d < series->n; d++)
	{
		const SharePrice *price = DatumGetSharePrice(result_value(d, 2, (Datum) 0));

		series->days[d] = DatumGetDateADT(result_value(d, 1, (Datum) 0));
		series->prices[d] = price_of_share_price(price);
		r->last[i] = *price;
		if (d == 0 || share_price_compare(price, &r->low[i]) < 0)
			r->low[i] = *price;
		if (d == 0 || share_price_compare(price, &r->high[i]) > 0)
			r->high[i] = *price;
	}
}

/*
 * The prices under terms that a note has, or had; once for each.
 */
void
add_series(Repricing *r, SPIPlanPtr plan, const Moved *m, Datum terms, const char *text)
{
	MemoryContext old;
	Datum		values[3] = {m->security, terms, DateADTGetDatum(m->first_day)};

	for (int i = 0; i < r->requote.nseries; i++)
	{
		if (strcmp(r->requote.series[i].terms, text) == 0 &&
			strcmp(r->requote.series[i].security, m->text) == 0)
			return;
	}
	reprice_run(plan, values, NULL, SPI_OK_SELECT);
	old = MemoryContextSwitchTo(r->context);
	take_series(r, m, terms, text);
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * The securities that moved, as text and as they are.
 */
Datum
text_array(const Repricing *r)
{
	Datum	   *texts = palloc(r->requote.nmoved * sizeof(Datum));

	for (int i = 0; i < r->requote.nmoved; i++)
		texts[i] = CStringGetTextDatum(r->requote.moved[i].text);
	return PointerGetDatum(construct_array(texts, r->requote.nmoved, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
value_array(Datum *values, int n, Oid type)
{
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(type, &length, &by_value, &align);
	return PointerGetDatum(construct_array(values, n, type, length, by_value, align));
}

Datum
security_array(const Repricing *r)
{
	Datum	   *values = palloc(r->requote.nmoved * sizeof(Datum));

	for (int i = 0; i < r->requote.nmoved; i++)
		values[i] = r->requote.moved[i].security;
	return value_array(values, r->requote.nmoved, r->quotes->security_type);
}

/*
 * The prices under the terms that notes have now.
 */
void
make_series(Repricing *r)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {q->security_type, q->terms_type, DATEOID};
	Oid			securities_type = get_array_type(q->security_type);
	SPIPlanPtr	plan = reprice_prepare(series_query(q), 3, types);
	Datum		securities = security_array(r);
	SPITupleTable *table;
	uint64		n;

	reprice_run(reprice_prepare(terms_query(q), 1, &securities_type), &securities, NULL, SPI_OK_SELECT);
	table = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(r->context);
		bool		isnull;
		Datum		security = SPI_getbinval(table->vals[i], table->tupdesc, 1, &isnull);
		Datum		terms = datumCopy(SPI_getbinval(table->vals[i], table->tupdesc, 2, &isnull), false, -1);
		Datum		printed = SPI_getbinval(table->vals[i], table->tupdesc, 3, &isnull);
		const Moved *moved = find_moved(&r->requote, TextDatumGetCString(security));
		char	   *words = TextDatumGetCString(printed);

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(old);
		if (moved != NULL)
			add_series(r, plan, moved, terms, words);
	}
	SPI_freetuptable(table);
}

/*
 * The deals of which something is on record that quotes have to be fitted in
 * with, as an array; 0 for none.
 */
static Datum
deals_on_record(const Repricing *r)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {DATEOID, TEXTARRAYOID, get_array_type(q->security_type), BOOLOID};
	bool		in_order = true;
	Datum		values[4];
	Datum	   *deals;
	Datum		result = (Datum) 0;

	for (int i = 0; i < r->requote.nmoved; i++)
		in_order &= r->requote.moved[i].in_order;
	values[0] = DateADTGetDatum(r->requote.first_day);
	values[1] = text_array(r);
	values[2] = security_array(r);
	values[3] = BoolGetDatum(!in_order);
	reprice_run(reprice_prepare(deals_query(q), 4, types), values, NULL, SPI_OK_SELECT);
	if (SPI_processed > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(r->context);

		deals = palloc(SPI_processed * sizeof(Datum));
		for (uint64 i = 0; i < SPI_processed; i++)
			deals[i] = copied_value(i, 1);
		result = value_array(deals, (int) SPI_processed, q->books->key_base);
		MemoryContextSwitchTo(old);
	}
	SPI_freetuptable(SPI_tuptable);
	return result;
}

static int
terms_look_back(Datum datum)
{
	Terms		terms;

	terms_from_datum(datum, &terms);
	return terms.look_back;
}

/*
 * The prices under the terms that notes had, on some day, on record.
 */
static void
add_recorded_series(Repricing *r)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {q->security_type, q->terms_type, DATEOID};
	SPIPlanPtr	plan = reprice_prepare(series_query(q), 3, types);
	Oid			input,
				param;

	getTypeInputInfo(q->terms_type, &input, &param);
	for (int n = 0; n < r->requote.nnotes; n++)
	{
		const RecordedNote *note = &r->requote.notes[n];

		for (int s = 0; s < note->n; s++)
		{
			const Setting *setting = &note->settings[s];
			const Moved *moved;
			MemoryContext old;
			Datum		terms;

			if (setting->terms == NULL || setting->terms[0] == '\0')
				continue;
			moved = find_moved(&r->requote, setting->security);
			if (moved == NULL)
				continue;
			old = MemoryContextSwitchTo(r->context);
			terms = OidInputFunctionCall(input, pstrdup(setting->terms), param, -1);
			MemoryContextSwitchTo(old);
			if (terms_look_back(terms) > 0)
				add_series(r, plan, moved, terms, setting->terms);
		}
	}
}

static Datum
price_array(const SharePrice *prices, int n, Oid type)
{
	Datum	   *values = palloc(n * sizeof(Datum));

	for (int i = 0; i < n; i++)
		values[i] = PointerGetDatum(&prices[i]);
	return value_array(values, n, type);
}

/*
 * The keys of notes on record that are still there, and their prices of now.
 */
static Datum
recorded_notes(const Repricing *r, SharePrice *prices, int *n)
{
	Datum	   *keys = palloc(Max(r->requote.nnotes, 1) * sizeof(Datum));

	*n = 0;
	for (int i = 0; i < r->requote.nnotes; i++)
	{
		const RecordedNote *note = &r->requote.notes[i];
		Price		price;

		if (note->end_day != DATEVAL_NOEND || !final_price(&r->requote, note, &price) ||
			!share_price_of_price(&price, &prices[*n]))
			continue;
		keys[(*n)++] = PointerGetDatum(cstring_to_text_with_len(note->instrument.data, note->instrument.len));
	}
	return value_array(keys, *n, TEXTOID);
}

/*
 * Runs an UPDATE whose meaning requote.c tells.
 */
void
update_repriced(Repricing *r, SPIPlanPtr plan, Datum *values)
{
	capture_repricing(requote_row, &r->requote);
	PG_TRY();
	{
		reprice_run(plan, values, NULL, SPI_OK_UPDATE);
	}
	PG_FINALLY();
	{
		capture_repricing(NULL, NULL);
	}
	PG_END_TRY();
}

/*
 * Leaves in the arrays beside the series only those that have a price; how many
 * that are.
 */
static int
drop_priceless(Repricing *r)
{
	int			n = 0;

	for (int i = 0; i < r->requote.nseries; i++)
	{
		if (r->requote.series[i].n == 0)
			continue;
		r->securities[n] = r->securities[i];
		r->terms[n] = r->terms[i];
		r->last[n] = r->last[i];
		r->low[n] = r->low[i];
		r->high[n++] = r->high[i];
	}
	return n;
}

/*
 * Gives the notes the prices of now, each once: those of which nothing is on
 * record since by their terms, the others by their keys.
 */
static void
update_notes(Repricing *r)
{
	const Quotes *q = r->quotes;
	Oid			prices = get_array_type(q->share_price_type);
	Oid			types[] = {get_array_type(q->security_type), get_array_type(q->terms_type),
	prices, prices, prices, TEXTARRAYOID};
	Oid			recorded_types[] = {TEXTARRAYOID, prices};
	int			n = drop_priceless(r);
	int			nrecorded;
	SharePrice *now = palloc(Max(r->requote.nnotes, 1) * sizeof(SharePrice));
	Datum		values[6];
	Datum		recorded_values[2];

	values[0] = value_array(r->securities, n, q->security_type);
	values[1] = value_array(r->terms, n, q->terms_type);
	values[2] = price_array(r->last, n, q->share_price_type);
	values[3] = price_array(r->low, n, q->share_price_type);
	values[4] = price_array(r->high, n, q->share_price_type);
	sort_requote(&r->requote);	/* out of step with the arrays from here on */
	values[5] = recorded_values[0] = recorded_notes(r, now, &nrecorded);
	recorded_values[1] = price_array(now, nrecorded, q->share_price_type);
	update_repriced(r, reprice_prepare(update_query(q), 6, types), values);
	if (nrecorded > 0)
		update_repriced(r, reprice_prepare(update_recorded_query(q), 2, recorded_types), recorded_values);
}

/*
 * What the changed quotes do to the notes: locks, prices, what is on record,
 * the UPDATE, and what it did not touch.
 */
static void
reprice(const Quotes *quotes, Parameters *rows)
{
	Repricing	r = {.quotes = quotes, .context = CurrentMemoryContext};

	CommandCounterIncrement();	/* the quotes that were just written are seen */
	read_changes(&r, rows);
	if (r.requote.nmoved == 0)
		return;
	r.requote.not_before = capture_split_day();
	r.requote.first_day = Max(r.requote.first_day, r.requote.not_before);
	lock_securities(&r);
	if (is_spread(quotes->notes))
	{
		reprice_on_nodes(&r);
		return;
	}
	make_series(&r);
	require_types(quotes->books);
	read_record(&r, deals_on_record(&r));
	add_recorded_series(&r);
	r.requote.ledger = quotes->books->ledger;
	if (r.requote.nseries == 0)
		return;
	update_notes(&r);
	for (int i = 0; i < r.requote.nnotes; i++)
	{
		if (!r.requote.notes[i].done)
			requote_gone(&r.requote, &r.requote.notes[i]);
	}
}

COVENANT_FUNCTION(covenant_reprice);
Datum
covenant_reprice(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Quotes		quotes;
	Parameters	rows;
	Caller		caller;
	int			settings = NewGUCNestLevel();

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_hung_by_covenant(&reprice_hook, trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("covenant_internal.reprice: not called by a trigger as covenant makes it"),
				 errhint("Call covenant.watch_quotes for the table.")));
	if (is_shard_trigger(trigger->tg_trigger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the quotes of \"%s\" were distributed while they reprice notes", RelationGetRelationName(trigger->tg_relation)),
				 errhint("Quotes that reprice notes are an ordinary table of the coordinator: call undistribute_table for them.")));
	refuse_second_hook(&reprice_hook, trigger->tg_relation, trigger->tg_trigger);
	open_quotes(&quotes, trigger);
	check_new_quotes(trigger);
	bind_rows(&rows, &quotes, trigger);

	act_as(quotes.notes_owner, &caller);
	require_readable(quotes.quotes_oid, quotes.notes);
	/* What replication applied are the quotes; the notes are written here. */
	(void) set_config_option("session_replication_role", "origin", PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("DateStyle", "ISO, YMD", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	if (SPI_register_trigger_data(trigger) < 0)
		elog(ERROR, "the transition tables cannot be read");
	reprice(&quotes, &rows);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	act_as_caller(&caller);
	return PointerGetDatum(NULL);
}

/*-------------------------------------------------------------------------
 *
 * compare.c
 *		What comparing books and tables needs: every instrument as positions
 *		have it last, and differences put into what is pending.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "guard/pending.h"
#include "guard/reading.h"
#include "guard/said.h"
#include "guard/vouch.h"
#include "miscadmin.h"
#include "number/rounding.h"
#include "number/share_price.h"
#include "settings.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"

#define FETCH_ROWS	10000

/* When something was said: what is later by these, in order, holds. */
typedef struct Moment
{
	DateADT		day;
	int64		seq;			/* PG_INT64_MAX: pending */
	int64		line;
} Moment;

/* An instrument as positions and what is pending have it. */
typedef struct Instrument
{
	Bytes		deal;
	Bytes		source;
	Bytes		key;
	Sum			posted_principal;
	int64		posted_warrants;
	Sum			principal;		/* with what is pending */
	int64		warrants;
	Moment		holder_said;	/* day 0 and seq 0: never */
	Moment		price_said;
	Moment		rate_said;
	Bytes		holder;
	Price		price;
	Decimal		rate;
} Instrument;

static inline uint32
instrument_hash(const Instrument *i)
{
	return hash_combine(hash_combine(bytes_hash(i->deal), bytes_hash(i->key)), bytes_hash(i->source));
}

static inline bool
instrument_equal(const Instrument *a, const Instrument *b)
{
	return bytes_equal(a->key, b->key) && bytes_equal(a->deal, b->deal) &&
		bytes_equal(a->source, b->source);
}

typedef struct InstrumentSlot
{
	const Instrument *key;
	Instrument *instrument;
	uint32		hash;
	char		status;
} InstrumentSlot;

#define SH_PREFIX instruments
#define SH_ELEMENT_TYPE InstrumentSlot
#define SH_KEY_TYPE const Instrument *
#define SH_KEY key
#define SH_HASH_KEY(table, key) instrument_hash(key)
#define SH_EQUAL(table, a, b) instrument_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (slot)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static Bytes
copy(Bytes b)
{
	return (Bytes) {memcpy(palloc(Max(b.len, 1)), b.data, b.len), b.len};
}

/*
 * The instrument of a key, made in the current memory context.
 */
static Instrument *
find_instrument(instruments_hash *table, Bytes deal, Bytes source, Bytes key)
{
	Instrument	wanted = {.deal = deal, .source = source, .key = key};
	bool		found;
	InstrumentSlot *slot = instruments_insert(table, &wanted, &found);

	if (!found)
	{
		slot->instrument = palloc0(sizeof(Instrument));
		slot->instrument->deal = copy(deal);
		slot->instrument->source = copy(source);
		slot->instrument->key = copy(key);
		slot->key = slot->instrument;
	}
	return slot->instrument;
}

/*
 * Does what is said at a moment hold over what was said before?
 */
static bool
is_later(const Moment *moment, const Moment *before)
{
	if (before->seq == 0)
		return true;
	if (moment->day != before->day)
		return moment->day > before->day;
	return moment->seq != before->seq ? moment->seq > before->seq : moment->line >= before->line;
}

/*
 * Columns of the query over positions, from 1.
 */
enum
{
	DEAL = 1, SOURCE, INSTRUMENT, HOLDER, PRINCIPAL, PRICE, DIVISOR, RATE, WARRANTS, DAY, SEQ, LINE
};

/*
 * What the read of positions goes on with.
 */
typedef struct Reading
{
	instruments_hash *table;
	const Books *books;
} Reading;

static void
set_price(Instrument *instrument, const Price *price, const Moment *moment)
{
	if (!is_later(moment, &instrument->price_said))
		return;
	instrument->price = *price;
	instrument->price_said = *moment;
}

static void
set_holder(Instrument *instrument, Bytes holder, const Moment *moment)
{
	if (!is_later(moment, &instrument->holder_said))
		return;
	if (instrument->holder_said.seq == 0 || !bytes_equal(instrument->holder, holder))
		instrument->holder = copy(holder);
	instrument->holder_said = *moment;
}

static void
set_rate(Instrument *instrument, const Decimal *rate, const Moment *moment)
{
	if (!is_later(moment, &instrument->rate_said))
		return;
	instrument->rate = *rate;
	instrument->rate_said = *moment;
}

/*
 * Takes one row of positions in.
 */
static void
take_position(const RowRead *row, void *arg)
{
	const Reading *reading = arg;
	char		buffer[8];
	Bytes		deal = key_from_datum(read_value(row, DEAL), reading->books->key_base, buffer);
	Instrument *instrument =
		find_instrument(reading->table, deal, key_from_datum(read_value(row, SOURCE), TEXTOID, NULL),
						key_from_datum(read_value(row, INSTRUMENT), TEXTOID, NULL));
	Moment		moment = {DatumGetDateADT(read_value(row, DAY)), DatumGetInt64(read_value(row, SEQ)),
	DatumGetInt32(read_value(row, LINE))};
	Decimal		rate;

	sum_add_numeric(&instrument->posted_principal, DatumGetNumeric(read_value(row, PRINCIPAL)));
	shares_add(&instrument->posted_warrants, DatumGetInt64(read_value(row, WARRANTS)));
	if (!read_null(row, HOLDER))
		set_holder(instrument, key_from_datum(read_value(row, HOLDER), TEXTOID, NULL), &moment);
	if (!read_null(row, PRICE))
	{
		Price		price = price_on_record(read_value(row, PRICE), read_value(row, DIVISOR));

		set_price(instrument, &price, &moment);
	}
	if (!read_null(row, RATE) && decimal_from_datum(read_value(row, RATE), &rate))
		set_rate(instrument, &rate, &moment);
}

static void
read_positions(instruments_hash *table, const Books *books)
{
	Reading		reading = {table, books};
	char	   *query = psprintf("SELECT deal, source, instrument, holder, principal, price, price_divisor, rate,"
								 " warrant_shares, effective_on, seq, line FROM %s",
								 quote_qualified_identifier(books->schema, books->position_name));

	read_plan(prepare_reading(query, 0, NULL), NULL, take_position, &reading);
}

/*
 * What is pending, on top.
 */
static void
add_pending_instruments(instruments_hash *table, Oid ledger)
{
	SaidScan	scan;

	begin_said(&scan, ledger, NULL);
	while (next_said(&scan))
	{
		const InstrumentChange *c = &scan.said;
		Bytes		source = {c->source, strlen(c->source)};
		Instrument *instrument = find_instrument(table, scan.deal, source, c->instrument);
		Moment		moment = {c->day, PG_INT64_MAX, (int64) c->ordinal};

		sum_add(&instrument->principal, &c->principal, 1);
		shares_add(&instrument->warrants, c->warrant_shares);
		if (c->sets & SETS_HOLDER)
			set_holder(instrument, c->holder, &moment);
		if (c->sets & SETS_PRICE)
			set_price(instrument, &c->price, &moment);
		if (c->sets & SETS_RATE)
			set_rate(instrument, &c->rate, &moment);
	}
}

static DateADT
last_day(const Instrument *i)
{
	DateADT		day = DATEVAL_NOBEGIN;

	if (i->holder_said.seq != 0)
		day = Max(day, i->holder_said.day);
	if (i->price_said.seq != 0)
		day = Max(day, i->price_said.day);
	if (i->rate_said.seq != 0)
		day = Max(day, i->rate_said.day);
	return day;
}

static void
put_instrument(ReturnSetInfo *result, const Books *books, Instrument *i)
{
	Datum		values[11];
	bool		nulls[11] = {false};
	DateADT		day = last_day(i);
	SharePrice	price;

	sum_add(&i->principal, &i->posted_principal, 1);
	shares_add(&i->warrants, i->posted_warrants);
	values[0] = CStringGetTextDatum(key_to_cstring(i->deal, books->key_base));
	values[1] = PointerGetDatum(cstring_to_text_with_len(i->source.data, i->source.len));
	values[2] = PointerGetDatum(cstring_to_text_with_len(i->key.data, i->key.len));
	nulls[3] = i->holder_said.seq == 0;
	if (!nulls[3])
		values[3] = PointerGetDatum(cstring_to_text_with_len(i->holder.data, i->holder.len));
	values[4] = NumericGetDatum(sum_numeric(&i->principal));
	nulls[5] = i->price_said.seq == 0;
	if (!nulls[5] &&
		!share_price_from_quotient(numeric_from_decimal(i->price.value), numeric_from_int128(i->price.divisor), &price))
		share_price_out_of_range();
	values[5] = PointerGetDatum(&price);
	nulls[6] = i->rate_said.seq == 0;
	if (!nulls[6])
		values[6] = NumericGetDatum(numeric_from_decimal(i->rate));
	values[7] = Int64GetDatum(i->warrants);
	values[8] = NumericGetDatum(sum_numeric(&i->posted_principal));
	values[9] = Int64GetDatum(i->posted_warrants);
	nulls[10] = DATE_NOT_FINITE(day);
	values[10] = DateADTGetDatum(day);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * covenant_internal.instruments(ledger): every instrument that positions know,
 * as it is last, with what is pending.
 */
COVENANT_FUNCTION(covenant_instruments);
Datum
covenant_instruments(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = require_books(ledger);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "covenant instruments",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	instruments_hash *table = instruments_create(context, 1024, NULL);
	instruments_iterator i;
	InstrumentSlot *slot;

	InitMaterializedSRF(fcinfo, 0);
	require_types(books);
	SPI_connect();
	MemoryContextSwitchTo(context);
	read_positions(table, books);
	SPI_finish();
	old = MemoryContextSwitchTo(context);
	if (pending_any())
		add_pending_instruments(table, ledger);
	instruments_start_iterate(table, &i);
	while ((slot = instruments_iterate(table, &i)) != NULL)
		put_instrument((ReturnSetInfo *) fcinfo->resultinfo, books, slot->instrument);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return (Datum) 0;
}

/*
 * A row of differences: its deal first, its columns from 1.
 */
typedef struct Difference
{
	Oid			ledger;
	const Books *books;
	HeapTuple	row;
	TupleDesc	desc;
} Difference;

static Datum
column_of(const Difference *d, int column, bool *isnull)
{
	return SPI_getbinval(d->row, d->desc, column, isnull);
}

static Bytes
text_column(const Difference *d, int column)
{
	bool		isnull;
	Datum		value = column_of(d, column, &isnull);

	return isnull ? (Bytes) {NULL, 0} : key_from_datum(value, TEXTOID, NULL);
}

static PendingDeal *
deal_of(const Difference *d)
{
	char		buffer[8];
	char	   *deal = SPI_getvalue(d->row, d->desc, 1);

	return pending_deal(d->ledger, key_from_cstring(deal, d->books->key_base, buffer));
}

/*
 * deal, principal, annual_interest, multiple, share counts ...: what the tables
 * have more than the books, as a pending fact.
 */
static void
book_deal(const Difference *d)
{
	bool		isnull;
	Change		change;

	memset(&change, 0, sizeof(Change));
	sum_add_numeric(&change.principal, DatumGetNumeric(column_of(d, 2, &isnull)));
	sum_add_numeric(&change.annual_interest, DatumGetNumeric(column_of(d, 3, &isnull)));
	sum_add_numeric(&change.multiple, DatumGetNumeric(column_of(d, 4, &isnull)));
	for (int i = 0; i < N_SHARE_COUNTS; i++)
		change.shares[i] = DatumGetInt64(column_of(d, 5 + i, &isnull));
	pending_add(deal_of(d), as_of_day(), CHANGE_REBUILD, &change, 1);
}

/*
 * company, reserved, authorized, outstanding, other_reserved: the same for a
 * company.
 */
static void
book_company(const Difference *d)
{
	static const ShareCount counts[] = {RESERVED, AUTHORIZED, OUTSTANDING, OTHER_RESERVED};
	char		buffer[8];
	char	   *company = SPI_getvalue(d->row, d->desc, 1);
	bool		isnull;
	Change		change;

	memset(&change, 0, sizeof(Change));
	for (int c = 0; c < lengthof(counts); c++)
		change.shares[counts[c]] = DatumGetInt64(column_of(d, 2 + c, &isnull));
	pending_add(pending_company(d->books, key_from_cstring(company, d->books->company_base, buffer)),
				as_of_day(), CHANGE_REBUILD, &change, 1);
}

/*
 * deal, source, instrument, is_note, rounding, last_on, principal, warrants,
 * holder, price, rate: the same for an instrument; amounts are differences,
 * settings what holds in the table (NULL: no difference).  It is dated after
 * what is on record of it.
 */
static void
book_instrument(const Difference *d)
{
	InstrumentChange said;
	Datum		value;
	bool		isnull;

	memset(&said, 0, sizeof(said));
	said.source = SPI_getvalue(d->row, d->desc, 2);
	said.instrument = text_column(d, 3);
	said.is_note = DatumGetBool(column_of(d, 4, &isnull));
	said.rounding = rounding_from_text(DatumGetTextPP(column_of(d, 5, &isnull)));
	said.kind = said.settings_kind = CHANGE_REBUILD;
	said.comes = true;			/* its rounding is said again */
	said.day = as_of_day();
	value = column_of(d, 6, &isnull);
	if (!isnull)
		said.day = Max(said.day, DatumGetDateADT(value));
	sum_add_numeric(&said.principal, DatumGetNumeric(column_of(d, 7, &isnull)));
	said.warrant_shares = DatumGetInt64(column_of(d, 8, &isnull));
	said.holder = text_column(d, 9);
	if (said.holder.data != NULL)
		said.sets |= SETS_HOLDER;
	value = column_of(d, 10, &isnull);
	if (!isnull)
	{
		said.sets |= SETS_PRICE;
		said.price = (Price) {{.value = DatumGetSharePrice(value)->num}, DatumGetSharePrice(value)->den};
	}
	value = column_of(d, 11, &isnull);
	if (!isnull)
	{
		said.sets |= SETS_RATE;
		(void) decimal_from_numeric(DatumGetNumeric(value), &said.rate);
	}
	pending_add_instrument(deal_of(d), &said);
}

/*
 * Books every row that a query over the ledger ($1) gives.
 */
static void
book_rows(Oid ledger, const char *query, void (*book) (const Difference *))
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(ledger);
	Difference	d = {.ledger = ledger, .books = require_books(ledger)};
	MemoryContext per_batch = AllocSetContextCreate(CurrentMemoryContext, "covenant rebuild",
													ALLOCSET_DEFAULT_SIZES);
	Portal		portal = SPI_cursor_open_with_args(NULL, query, 1, &type, &value, NULL, false,
												   CURSOR_OPT_NO_SCROLL);

	for (;;)
	{
		MemoryContext old;

		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		if (SPI_processed == 0)
			break;
		old = MemoryContextSwitchTo(per_batch);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			d.row = SPI_tuptable->vals[i];
			d.desc = SPI_tuptable->tupdesc;
			book(&d);
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(per_batch);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	MemoryContextDelete(per_batch);
}

/*
 * Locks all that is compared: no write may come between.
 */
static void
lock_compared(Oid ledger)
{
	ListCell   *cell;

	foreach(cell, vouched_by(&capture_hook, ledger))
	{
		Oid			relation = ((const Vouched *) lfirst(cell))->relation;

		LockRelationOid(relation, ShareRowExclusiveLock);
		(void) find_all_inheritors(relation, ShareRowExclusiveLock, NULL);
	}
	LockRelationOid(ledger, ShareRowExclusiveLock);
}

static void
call(const char *query, Oid ledger)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(ledger);

	if (SPI_execute_with_args(query, 1, &type, &value, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "rebuilding the books failed");
}

/*
 * covenant_internal.rebuild_books(ledger): puts the differences that audit
 * finds into what is pending, as facts.  All of it is done here: nothing that
 * SQL can call by itself books a difference that is none.
 */
COVENANT_FUNCTION(covenant_rebuild_books);
Datum
covenant_rebuild_books(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);

	require_owner(ledger, GetUserId());
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("the books can be rebuilt only at READ COMMITTED"),
				 errdetail("Under an older snapshot rows that others committed would be missed."),
				 errhint("Start a transaction with ISOLATION LEVEL READ COMMITTED.")));
	lock_compared(ledger);
	SPI_connect();
	call("SELECT covenant_internal.balance_ledger($1)", ledger);
	call("SELECT covenant_internal.balance_capital($1)", ledger);
	book_rows(ledger, "SELECT * FROM covenant_internal.deals_to_book($1)", book_deal);
	book_rows(ledger, "SELECT * FROM covenant_internal.instruments_to_book($1)", book_instrument);
	book_rows(ledger, "SELECT * FROM covenant_internal.companies_to_book($1)", book_company);
	call("SELECT covenant_internal.mark_rewritten(w, NULL) FROM covenant_internal.rewritten($1) AS w", ledger);
	SPI_finish();
	PG_RETURN_VOID();
}

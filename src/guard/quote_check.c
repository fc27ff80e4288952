/*-------------------------------------------------------------------------
 *
 * quote_check.c
 *		What cannot be a quote, and who must see all of them.
 *
 * A quote is of a day that the calendars know and that has come: one from the
 * future would be booked in the future, and make a correction of every quote
 * that comes after it.  Its price is a finite number, not below 0.  A row
 * without a day or a price is no quote.
 *
 * Notes are repriced in the name of their owner.  A look-back that reached
 * only the quotes that row security shows to that role would be short without
 * a word; so it must be allowed to read all of them.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/quote_check.h"

#include "access/relation.h"
#include "calendar/calendar.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "guard/watch.h"
#include "miscadmin.h"
#include "number/decimal.h"
#include "settings.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

/* Rows that are fetched at a time. */
#define CHECK_BATCH	1000

typedef struct QuoteColumns
{
	AttrNumber	day;
	AttrNumber	price;
	ColumnType	price_type;
} QuoteColumns;

static QuoteColumns
find_columns(TupleDesc desc, const char *day, const char *price)
{
	QuoteColumns columns = {.day = SPI_fnumber(desc, day), .price = SPI_fnumber(desc, price)};

	/* open_quotes has found them, in the whole table */
	if (columns.day <= 0 || columns.price <= 0 || SPI_gettypeid(desc, columns.day) != DATEOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("quotes need a column \"%s\" of type date and a column \"%s\"", day, price),
				 errhint("If they were changed since, call covenant.unwatch for the quotes and covenant.watch_quotes again.")));
	columns.price_type = column_type(getBaseType(SPI_gettypeid(desc, columns.price)));
	return columns;
}

/*
 * What is wrong with a price; NULL where nothing is.
 */
static const char *
price_problem(Datum price, ColumnType type)
{
	switch (type)
	{
		case TYPE_NUMERIC:
			if (numeric_is_nan(DatumGetNumeric(price)) || numeric_is_inf(DatumGetNumeric(price)))
				return "is not a finite number";
			return num_compare(DatumGetNumeric(price), numeric_from_int128(0)) < 0 ? "is negative" : NULL;
		case TYPE_INT2:
			return DatumGetInt16(price) < 0 ? "is negative" : NULL;
		case TYPE_INT4:
			return DatumGetInt32(price) < 0 ? "is negative" : NULL;
		case TYPE_INT8:
			return DatumGetInt64(price) < 0 ? "is negative" : NULL;
		default:
			return NULL;		/* a share_price is neither */
	}
}

/*
 * Raises why a row cannot be a quote.
 */
static void
check_quote(TupleTableSlot *row, const QuoteColumns *columns, DateADT latest)
{
	bool		day_is_null,
				price_is_null;
	DateADT		day = DatumGetDateADT(slot_getattr(row, columns->day, &day_is_null));
	Datum		price = slot_getattr(row, columns->price, &price_is_null);
	const char *problem;

	if (day_is_null || price_is_null)
		return;
	require_day(day, "the day of a quote");
	if (day > latest)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a quote is of a day that is still to come"),
				 errdetail("It is of %s.", iso_day(day)),
				 errhint("Quotes are recorded when they are known; covenant.time_zone says where it is which day.")));
	problem = price_problem(price, columns->price_type);
	if (problem != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the price of a quote %s", problem),
				 errdetail("It is of %s.", iso_day(day)),
				 errhint("Leave it NULL where there was none: then the row is no quote.")));
}

/*
 * Checks what a statement, or a row, brings.
 */
void
check_new_quotes(const TriggerData *trigger)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	QuoteColumns columns = find_columns(desc, trigger_word(trigger->tg_trigger, "day"),
										trigger_word(trigger->tg_trigger, "price"));
	DateADT		latest = today();
	TupleTableSlot *slot;

	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return;
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
	{
		check_quote(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot,
					&columns, latest);
		return;
	}
	slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(trigger->tg_newtable, 0);
	tuplestore_rescan(trigger->tg_newtable);
	while (tuplestore_gettupleslot(trigger->tg_newtable, true, false, slot))
	{
		CHECK_FOR_INTERRUPTS();
		check_quote(slot, &columns, latest);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/*
 * 42501 where the owner of the quotes is no member of the role that owns the
 * notes: a stranger's quotes cannot reprice them.
 */
void
require_membership(Oid quotes, Oid notes, Oid notes_owner)
{
	if (!speaks_for(quotes, notes_owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner of table \"%s\" may not reprice the notes of \"%s\"",
						get_rel_name(quotes), get_rel_name(notes)),
				 errdetail("The owner of the quotes must be a member of the role that owns the notes.")));
}

/*
 * 42501 where the owner of the notes, who is the current user while they are
 * repriced, may not read all quotes.
 */
void
require_readable(Oid quotes, Oid notes)
{
	char	   *reader = GetUserNameFromId(GetUserId(), false);

	if (pg_class_aclcheck(quotes, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the owner of table \"%s\" may not read the quotes in \"%s\"",
						get_rel_name(notes), get_rel_name(quotes)),
				 errdetail("Notes are repriced in the name of their owner."),
				 errhint("Grant SELECT on the quotes to \"%s\".", reader)));
	if (check_enable_rls(quotes, GetUserId(), true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the owner of table \"%s\" may not see all quotes in \"%s\"",
						get_rel_name(notes), get_rel_name(quotes)),
				 errdetail("Row security of the quotes applies to \"%s\", and a look-back needs every quote.", reader),
				 errhint("Give the quotes to \"%s\", or exempt that role from row security.", reader)));
}

/*
 * Checks the quotes that are there already.
 */
static void
check_old_quotes(Relation quotes, char *day, char *price)
{
	QuoteColumns columns = find_columns(RelationGetDescr(quotes), day, price);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(quotes), &TTSOpsHeapTuple);
	DateADT		latest = today();
	Portal		portal;

	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	portal = SPI_cursor_open_with_args(NULL,
									   psprintf("SELECT * FROM %s", qualified_name(RelationGetRelid(quotes))),
									   0, NULL, NULL, NULL, true, 0);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, CHECK_BATCH);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			ExecStoreHeapTuple(SPI_tuptable->vals[i], slot, false);
			check_quote(slot, &columns, latest);
			ExecClearTuple(slot);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	PopActiveSnapshot();
	SPI_finish();
	ExecDropSingleTupleTableSlot(slot);
}

/*
 * covenant_internal.check_quotes(quotes, day, price, notes): raises why a table
 * of quotes cannot reprice these notes as it is; looks at it as the owner of
 * the notes will.
 */
COVENANT_FUNCTION(covenant_check_quotes);
Datum
covenant_check_quotes(PG_FUNCTION_ARGS)
{
	Relation	quotes = open_named(PG_GETARG_OID(0));
	Relation	notes = open_named(PG_GETARG_OID(3));
	Caller		caller;

	require_owner(RelationGetRelid(notes), GetUserId());
	require_membership(RelationGetRelid(quotes), RelationGetRelid(notes), notes->rd_rel->relowner);
	act_as(notes->rd_rel->relowner, &caller);
	require_readable(RelationGetRelid(quotes), RelationGetRelid(notes));
	check_old_quotes(quotes, NameStr(*PG_GETARG_NAME(1)), NameStr(*PG_GETARG_NAME(2)));
	act_as_caller(&caller);
	relation_close(notes, NoLock);
	relation_close(quotes, NoLock);
	PG_RETURN_VOID();
}

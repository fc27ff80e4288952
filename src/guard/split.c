/*-------------------------------------------------------------------------
 *
 * split.c
 *		Writing what happened to a company as a fact.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/books.h"

#include "guard/capture.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/builtins.h"

/*
 * covenant_internal.write_as_fact(ledger, day, statement): runs a statement on watched
 * tables; what it changes in the deals of this ledger is a fact of that day.
 * For members of the role that owns the books; the statement runs with the
 * caller's own rights.
 */
COVENANT_FUNCTION(covenant_write_as_fact);
Datum
covenant_write_as_fact(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	DateADT		day = PG_GETARG_DATEADT(1);
	char	   *statement = text_to_cstring(PG_GETARG_TEXT_PP(2));
	volatile int result = 0;

	require_owner(ledger, GetUserId());
	if (DATE_NOT_FINITE(day) || day > as_of_day())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a fact cannot be dated after the day it is recorded on"),
				 errhint("The day is covenant.as_of where that is set, else today.")));
	SPI_connect();
	capture_begin(day, ledger);
	PG_TRY();
	{
		result = SPI_execute(statement, false, 0);
	}
	PG_FINALLY();
	{
		capture_end();
	}
	PG_END_TRY();
	if (result != SPI_OK_UPDATE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("only an UPDATE can be written as a fact")));
	SPI_finish();
	PG_RETURN_VOID();
}

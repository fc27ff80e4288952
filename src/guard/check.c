/*-------------------------------------------------------------------------
 *
 * check.c
 *		Asking for the verdict before COMMIT, and overriding it.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/ledger.h"

#include "guard/citus.h"
#include "guard/company.h"
#include "guard/past.h"
#include "miscadmin.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * covenant_internal.check_books(ledger): adds what is pending to the latest ledger
 * rows and raises what COMMIT would raise.  Writes nothing, locks nothing.
 */
COVENANT_FUNCTION(covenant_check_books);
Datum
covenant_check_books(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	Books	   *books = books_of_ledger(ledger);
	Caller		caller;
	MemoryContext per_deal;
	PendingDeal **deals;
	PendingDeal **companies;
	Companies  *shared;
	SortedSaid *sorted;
	int			n;
	int			ncompanies;

	if (!pending_any() || books == NULL)
		PG_RETURN_VOID();
	deals = pending_sorted(ledger, &n);
	companies = pending_companies(ledger, &ncompanies);
	act_as(books->owner, &caller);
	sorted = sort_said(deals, n);
	SPI_connect();
	per_deal = AllocSetContextCreate(CurrentMemoryContext, "covenant check",
									 ALLOCSET_DEFAULT_SIZES);
	shared = gather_companies(books, deals, n, companies, ncompanies);
	if (shared != NULL)
		read_companies(shared);
	judge_companies(shared, caller.user);
	for (int i = 0; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(per_deal);
		Posting		posting;
		Balances	after;

		require_same_company(books, deals[i], false);
		classify(&posting, deal_with_issue(shared, i, deals[i]), sorted, override_reason(ledger),
				 wants_consents(books, deals[i]));
		if (shared != NULL)
			take_issue_out(&posting);
		read_ledger(books, deals[i]->deal, &after);
		MemoryContextSwitchTo(per_deal);
		balances_add(&after, &posting.total, 1);
		take_capital(shared, i, &after, &posting);
		after.latest_on = Max(after.latest_on, posting.last_day);
		check_past(books, deals[i], company_at(shared, i), &posting, &after);
		judge(books, deals[i]->deal, &after, &posting, caller.user);
		MemoryContextSwitchTo(old);
		MemoryContextReset(per_deal);
	}
	SPI_finish();
	close_sorted(sorted);
	act_as_caller(&caller);
	PG_RETURN_VOID();
}

/*
 * The same in a query on the books, whose plan is made before anything is
 * asked: it may raise, but has no value of its own.
 */
COVENANT_FUNCTION(covenant_check_here);
Datum
covenant_check_here(PG_FUNCTION_ARGS)
{
	int			citus = enter_citus(false);

	(void) covenant_check_books(fcinfo);
	leave_citus(citus);
	PG_RETURN_BOOL(true);
}

/*
 * covenant_internal.override_books(ledger, reason): this transaction's acts count as
 * facts, because they have happened in the world.  For members of the role
 * that owns the books; the journal keeps who and why.
 */
COVENANT_FUNCTION(covenant_override_books);
Datum
covenant_override_books(PG_FUNCTION_ARGS)
{
	Oid			ledger = PG_GETARG_OID(0);
	char	   *reason = text_to_cstring(PG_GETARG_TEXT_PP(1));

	require_owner(ledger, GetUserId());
	if (reason[strspn(reason, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an override needs a reason"),
				 errhint("Say why the change has to stand although it breaks the reserve; the journal keeps it.")));
	(void) books_of_ledger(ledger); /* an error for a table that is no ledger */
	pending_override(ledger, reason);
	PG_RETURN_VOID();
}

COVENANT_FUNCTION(covenant_override_here);
Datum
covenant_override_here(PG_FUNCTION_ARGS)
{
	(void) covenant_override_books(fcinfo);
	PG_RETURN_BOOL(true);
}

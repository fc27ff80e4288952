/*-------------------------------------------------------------------------
 *
 * post.c
 *		Just before commit: each deal that changed gets one keyed UPDATE of
 *		its ledger row, is judged by the row just written, and has its journal
 *		rows appended.
 *
 * The deals are taken in the order of ledger and key, so transactions cannot
 * deadlock over ledger rows.  A row is found under the latest snapshot, so
 * whoever had to wait for it is judged on true numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/post.h"

#include "access/xact.h"
#include "guard/citus.h"
#include "commands/trigger.h"
#include "guard/company.h"
#include "guard/ledger.h"
#include "guard/past.h"
#include "guard/suits.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

/* How often a batch is tried again under REPEATABLE READ; see post_batch. */
#define MAX_TRIES	1000

/* The transaction's deals, in the order of posting. */
typedef struct Batch
{
	PendingDeal **deals;
	int			n;
	SortedSaid *sorted;			/* NULL: all that is said is in memory */
} Batch;

/* A deal between the passes of posting. */
typedef struct Posted
{
	PendingDeal *deal;
	Posting		posting;
	Balances	after;
	int64		last_entry;
} Posted;

/* What is posted together: deals of one set of books, and companies. */
typedef struct Part
{
	Books	   *books;
	Writer	   *writer;
	Oid			caller;
	const char *user;			/* that is, his name */
	SortedSaid *sorted;
	Companies  *companies;		/* NULL: the books know of none */
	Posted	   *deals;
	int			ndeals;
} Part;

/*
 * First pass: the rows of the ledger, by key.
 */
static void
post_ledger(Part *part, PendingDeal **deals, int n)
{
	part->deals = MemoryContextAllocHuge(CurrentMemoryContext, (Size) Max(n, 1) * sizeof(Posted));
	part->ndeals = n;
	for (int i = 0; i < n; i++)
	{
		Posted	   *posted = &part->deals[i];

		CHECK_FOR_INTERRUPTS();
		posted->deal = deals[i];
		require_same_company(part->books, deals[i], true);
		classify(&posted->posting, deal_with_issue(part->companies, i, deals[i]), part->sorted,
				 override_reason(part->books->ledger), wants_consents(part->books, deals[i]));
		if (part->companies != NULL)
			take_issue_out(&posted->posting);
		if (posted->posting.nentries > 0)
			posted->last_entry = update_ledger(part->writer, deals[i]->deal, &posted->posting, &posted->after);
	}
}

/*
 * Third pass: the verdicts; and the last one: what is on record.
 */
static void
judge_part(const Part *part)
{
	judge_companies(part->companies, part->caller);
	for (int i = 0; i < part->ndeals; i++)
	{
		Posted	   *posted = &part->deals[i];

		if (posted->posting.nentries == 0)
			continue;
		take_capital(part->companies, i, &posted->after, &posted->posting);
		check_past(part->books, posted->deal, company_at(part->companies, i), &posted->posting, &posted->after);
		judge(part->books, posted->deal->deal, &posted->after, &posted->posting, part->caller);
	}
}

static void
append_part(const Part *part)
{
	append_capital(part->companies, part->user);
	for (int i = 0; i < part->ndeals; i++)
	{
		const Posted *posted = &part->deals[i];

		if (posted->posting.nentries > 0)
			append_entries(part->writer, posted->deal->deal, &posted->posting, &posted->after, posted->last_entry);
	}
}

/*
 * Posts deals and companies in passes: ledger, capital, verdicts, journals and
 * positions.
 */
static void
post_part(Part *part, PendingDeal **deals, int ndeals, PendingDeal **companies, int ncompanies)
{
	part->companies = gather_companies(part->books, deals, ndeals, companies, ncompanies);
	post_ledger(part, deals, ndeals);
	update_capital(part->companies);
	judge_part(part);
	append_part(part);
}

/* What to say of books that somebody changed; looked up before anything fails. */
typedef struct BooksState
{
	const char *name;
	bool		as_made;		/* the columns and rights are covenant's */
	bool		bare;			/* nothing of somebody else's runs on them */
} BooksState;

/*
 * Error context: what to do where the books are not as covenant made them.
 */
static void
hint_at_books(void *arg)
{
	const BooksState *books = arg;

	if (geterrcode() == ERRCODE_UNIQUE_VIOLATION && books->bare)
		errhint("Rows of the books \"%s\" were changed by hand; covenant.rebuild puts them right.",
				books->name);
	else if (ERRCODE_TO_CATEGORY(geterrcode()) == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION &&
			 !books->as_made)
		errhint("The books \"%s\" were changed by hand; give them back the columns, types and owner that covenant.watch_deals made.",
				books->name);
}

/*
 * Posts deals of one set of books as their owner, the way foreign keys are
 * checked as the owner of the referenced table.  Books that were dropped in
 * this very transaction have nothing more to keep.
 */
static void
post_books(PendingDeal **deals, int n, SortedSaid *sorted, MemoryContext per_deal)
{
	Books	   *books = locked_books(deals[0]->books, RowExclusiveLock);
	BooksState	state;
	Caller		caller;
	Part		part;
	int			ndeals = 0;
	int			step;
	MemoryContext old = CurrentMemoryContext;
	ErrorContextCallback context = {.previous = error_context_stack,
	.callback = hint_at_books, .arg = &state};

	if (books == NULL)
		return;
	act_as(books->owner, &caller);
	part = (Part) {.books = books, .caller = caller.user, .user = GetUserNameFromId(caller.user, false), .sorted = sorted};
	part.writer = open_writer(books, part.user);
	state = (BooksState) {books->ledger_name, is_direct(part.writer) || books_as_made(books), books->suits_direct};
	error_context_stack = &context;
	while (ndeals < n && !is_company(deals[ndeals]))
		ndeals++;
	/* Deals that share no capital are posted each for itself. */
	step = OidIsValid(books->capital) ? Max(ndeals, 1) : 1;
	for (int i = 0; i < Max(ndeals, 1); i += step)
	{
		MemoryContextSwitchTo(per_deal);
		post_part(&part, deals + i, Min(step, ndeals - i), deals + ndeals, n - ndeals);
		MemoryContextSwitchTo(old);
		MemoryContextReset(per_deal);
	}
	close_writer(part.writer);
	act_as_caller(&caller);
	error_context_stack = context.previous;
}

static void
post_entries(const Batch *batch)
{
	MemoryContext per_deal;

	SPI_connect();
	per_deal = AllocSetContextCreate(CurrentMemoryContext, "covenant posting",
									 ALLOCSET_DEFAULT_SIZES);
	for (int i = 0, next; i < batch->n; i = next)
	{
		for (next = i + 1; next < batch->n; next++)
		{
			if (batch->deals[i]->books != batch->deals[next]->books)
				break;
		}
		post_books(batch->deals + i, next - i, batch->sorted, per_deal);
	}
	SPI_finish();
}

/*
 * Are all books of the batch written directly?
 */
static bool
all_directly(const Batch *batch)
{
	for (int i = 0; i < batch->n; i++)
	{
		Books	   *books;

		if (is_company(batch->deals[i]))
			return false;
		if (i > 0 && batch->deals[i]->books == batch->deals[i - 1]->books)
			continue;
		books = books_of_ledger(batch->deals[i]->books);
		if (books != NULL && !writes_directly(books))
			return false;
	}
	return true;
}

/*
 * Tries to post inside a subtransaction; false after a serialization failure,
 * which is undone.
 */
static bool
try_post(const Batch *batch)
{
	MemoryContext old = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = true;

	BeginInternalSubTransaction("covenant");
	PG_TRY();
	{
		post_entries(batch);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(old);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (error->sqlerrcode != ERRCODE_T_R_SERIALIZATION_FAILURE)
			ReThrowError(error);
		FreeErrorData(error);
		done = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
	CurrentResourceOwner = owner;
	return done;
}

/*
 * Posts what is pending.  Under REPEATABLE READ the executor, where it is
 * needed, refuses to go on to a row version that was committed while it waited, even under the latest
 * snapshot; then the whole batch is undone and tried again under a newer one.
 * That each try fails means that somebody else got through, so it ends.
 */
static void
post_batch(const Batch *batch)
{
	if (XactIsoLevel != XACT_REPEATABLE_READ || all_directly(batch))
	{
		post_entries(batch);
		return;
	}
	for (int tries = 0; tries < MAX_TRIES; tries++)
	{
		if (try_post(batch))
			return;
		CHECK_FOR_INTERRUPTS();
	}
	post_entries(batch);		/* and let the failure stand */
}

/*
 * One round: everything that is pending now.
 */
static void
post_round(bool preparing)
{
	Batch		batch;
	bool		read_only = XactReadOnly;
	int			citus = enter_citus(preparing);

	batch.deals = pending_sorted(InvalidOid, &batch.n);
	batch.sorted = sort_said(batch.deals, batch.n);

	/* The writes were done before the transaction became read-only. */
	XactReadOnly = false;
	pending_close(true);
	PG_TRY();
	{
		post_batch(&batch);
	}
	PG_CATCH();
	{
		pending_close(false);
		XactReadOnly = read_only;
		rethrow_for_citus(citus, preparing);
	}
	PG_END_TRY();
	pending_close(false);
	XactReadOnly = read_only;
	leave_citus(citus);
	close_sorted(batch.sorted);
	pending_forget();
}

/*
 * Called before commit and before PREPARE TRANSACTION.  Deferred triggers
 * that the posting queued must still fire, and may write watched tables.
 */
void
post_pending(bool preparing)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);

	while (pending_any())
	{
		post_round(preparing);
		AfterTriggerFireDeferred();
	}
	MemoryContextSwitchTo(old);
}

/*
 * Posts what is pending before the transaction ends.
 */
void
post_now(void)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);

	while (pending_any())
		post_round(false);
	MemoryContextSwitchTo(old);
}

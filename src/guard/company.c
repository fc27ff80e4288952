/*-------------------------------------------------------------------------
 *
 * company.c
 *		One company, several deals: the capital that they share.
 *
 * Every lender has a reserve of his own; the shares come from one authorized
 * capital.  The company has one test: what its deals have reserved does not
 * exceed what is authorized, not outstanding and not reserved otherwise.
 * While it holds every deal's reserve is authorized (Section 4(h)), so that a
 * deal whose reserve does not move need not lock the company's row.
 *
 * What is issued out of the reserves is the lesser of the rise of what is
 * outstanding and the fall of the reserves, allotted to the deals in the order
 * of their keys.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/company.h"

#include "catalog/pg_type.h"
#include "guard/citus.h"
#include "guard/issued.h"
#include "guard/ledger.h"
#include "guard/vouch.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

static int
company_cmp(const void *left, const void *right)
{
	return bytes_cmp(((const Company *) left)->key, ((const Company *) right)->key);
}

static Company *
find_company(const Companies *companies, Bytes key)
{
	Company		wanted = {.key = key};

	return bsearch(&wanted, companies->companies, companies->n, sizeof(Company), company_cmp);
}

/*
 * One of the statements about companies, prepared for good: by a key there is
 * only one way to go.  Those of books that changed are dropped first.
 */
SPIPlanPtr
capital_plan(Books *books, CapitalPlan which, const char *query, int n, Oid *types)
{
	MemoryContext old = CurrentMemoryContext;
	SPIPlanPtr	plan = SPI_prepare_cursor(query, n, types, CURSOR_OPT_GENERIC_PLAN);

	MemoryContextSwitchTo(old);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	books->capital_plans[which] = plan;
	return plan;
}

SPIPlanPtr
known_capital_plan(Books *books, CapitalPlan which)
{
	for (int i = 0; books->capital_plans_stale && i < N_CAPITAL_PLANS; i++)
	{
		if (books->capital_plans[i] != NULL)
			SPI_freeplan(books->capital_plans[i]);
		books->capital_plans[i] = NULL;
	}
	books->capital_plans_stale = false;
	return books->capital_plans[which];
}

/*
 * The statement that reads a deal's company; NULL where the deals table names
 * none.
 */
static SPIPlanPtr
company_plan(Books *books)
{
	SPIPlanPtr	plan = known_capital_plan(books, PLAN_COMPANY);
	ListCell   *cell;

	if (plan != NULL)
		return plan;
	foreach(cell, vouched_by(&capture_hook, books->ledger))
	{
		const Vouched *watched = lfirst(cell);
		const char *table = trigger_word(watched->trigger, "table");
		const char *company = trigger_word(watched->trigger, "company");

		if (table == NULL || company == NULL || strcmp(table, "deals") != 0)
			continue;
		books->deals_table = watched->relation;
		company = pstrdup(quote_identifier(company));
		return capital_plan(books, PLAN_COMPANY,
							psprintf("SELECT d.%s FROM %s AS d WHERE d.%s OPERATOR(pg_catalog.=) $1",
									 company, qualified_name(watched->relation),
									 quote_identifier(trigger_word(watched->trigger, "deal"))),
							1, &books->key_base);
	}
	return NULL;
}

/*
 * The company of a deal, as its row says now; data NULL where there is none.
 */
static Bytes
company_of_deal(Books *books, Bytes deal)
{
	SPIPlanPtr	plan = company_plan(books);
	MemoryContext old = CurrentMemoryContext;
	Datum		key;
	Bytes		company = {NULL, 0};
	bool		isnull = true;
	Datum		value = (Datum) 0;

	if (plan == NULL)
		return company;
	key = key_to_datum(deal, books->key_base);
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_plan(plan, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the company of a deal failed");
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	if (SPI_processed > 0)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
	{
		company = key_from_datum(value, books->company_base, palloc(8));
		company.data = memcpy(palloc(Max(company.len, 1)), company.data, company.len);
	}
	SPI_freetuptable(SPI_tuptable);
	return company;
}

/*
 * The companies of deals, read as the owner of their table, who need not be the
 * owner of the books.
 */
static Bytes *
companies_of_deals(Books *books, PendingDeal **deals, int n)
{
	Bytes	   *keys = palloc0(Max(n, 1) * sizeof(Bytes));
	Caller		caller;

	if (n == 0 || company_plan(books) == NULL)
		return keys;
	act_as(owner_of(books->deals_table), &caller);
	for (int i = 0; i < n; i++)
		keys[i] = company_of_deal(books, deals[i]->deal);
	act_as_caller(&caller);
	return keys;
}

/*
 * The companies of these deals, and those of which something is pending, each
 * once; keys[i] is the company of deals[i].
 */
static void
collect(Companies *companies, const Bytes *keys, PendingDeal **pending, int npending)
{
	int			n = 0;

	companies->companies = palloc0((companies->ndeals + npending + 1) * sizeof(Company));
	for (int i = 0; i < npending; i++)
		companies->companies[companies->n++] = (Company) {.key = pending[i]->deal, .pending = pending[i]};
	for (int i = 0; i < companies->ndeals; i++)
	{
		if (keys[i].data != NULL)
			companies->companies[companies->n++] = (Company) {.key = keys[i]};
	}
	qsort(companies->companies, companies->n, sizeof(Company), company_cmp);
	for (int i = 0; i < companies->n; i++)
	{
		Company    *last = &companies->companies[n - 1];

		if (n == 0 || !bytes_equal(last->key, companies->companies[i].key))
			companies->companies[n++] = companies->companies[i];
		else if (last->pending == NULL)
			last->pending = companies->companies[i].pending;
	}
	companies->n = n;
}

static int64
acts_of(const PendingDeal *deal, ShareCount count)
{
	int64		sum = 0;

	for (const Entry *e = deal->entries; e != NULL; e = e->next)
	{
		if (e->kind == CHANGE_ACT)
			shares_add(&sum, e->change.shares[count]);
	}
	return sum;
}

/*
 * What of each company's changes is act, and what its deals issue.
 */
static void
find_company_acts(Companies *companies, PendingDeal **deals)
{
	for (int i = 0; i < companies->n; i++)
	{
		Company    *company = &companies->companies[i];

		if (company->pending == NULL || companies->override != NULL)
			continue;
		for (const Entry *e = company->pending->entries; e != NULL; e = e->next)
		{
			if (e->kind == CHANGE_ACT)
				change_add(&company->acts, &e->change, 1);
		}
	}
	for (int i = 0; i < companies->ndeals; i++)
	{
		Company    *company = companies->of_deal[i];
		IssuedPart	part;

		if (company == NULL)
			continue;
		/* what of the company's rise no deal before has been allotted */
		part.from_reserve = Min(-(int128) acts_of(deals[i], RESERVED), company->acts.shares[OUTSTANDING]);
		if (part.from_reserve <= 0)
			continue;
		part.to_outstanding = companies->issued[i] = part.from_reserve;
		take_part(&company->acts, &part, -1);
		take_part(&company->issued, &part, 1);
	}
}

/*
 * A deal with sums keeps its company: its notes, warrants and reserve are that
 * one's promises.  Asked with the row of the ledger locked, so that nobody
 * promises anything meanwhile; covenant.check locks nothing.
 */
void
require_same_company(const Books *books, const PendingDeal *deal, bool lock)
{
	Oid			type = books->key_base;
	Datum		key;
	MemoryContext old = CurrentMemoryContext;
	bool		has_sums;
	bool		isnull;

	if (!changes_company(deal))
		return;
	key = key_to_datum(deal->deal, type);
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args(psprintf("SELECT principal OPERATOR(pg_catalog.<>) 0 OR note_shares OPERATOR(pg_catalog.<>) 0"
									   " OR warrant_shares OPERATOR(pg_catalog.<>) 0 OR reserved OPERATOR(pg_catalog.<>) 0"
									   " FROM %s WHERE deal OPERATOR(pg_catalog.=) $1%s",
									   qualified_name(books->ledger), lock ? " FOR NO KEY UPDATE" : ""),
							  1, &type, &key, NULL, !lock, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading the ledger failed");
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	has_sums = SPI_processed > 0 &&
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_freetuptable(SPI_tuptable);
	if (has_sums)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("deal \"%s\" cannot become another company's", key_to_cstring(deal->deal, books->key_base)),
				 errdetail("It has notes, warrants or a reserve, which are promises of its company."),
				 errhint("Enter it as a deal of its own for the other company.")));
}

/*
 * Refuses a capital under Citus whose books are spread over nodes: a company's
 * deals are then posted in several places at once.
 */
static void
refuse_distributed(const Books *books)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(books->capital);

	if (!citus_is_loaded())
		return;
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args("SELECT covenant_internal.refuse_distributed($1)", 1, &type, &value,
							  NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "asking whether the books are distributed failed");
	PopActiveSnapshot();
	SPI_freetuptable(SPI_tuptable);
}

/*
 * The companies that deals of one set of books, and what is pending of
 * companies beside them, are about; NULL where the books know of none.
 */
Companies *
gather_companies(Books *books, PendingDeal **deals, int ndeals, PendingDeal **pending, int npending)
{
	Companies  *companies;
	Bytes	   *keys;

	if (!OidIsValid(books->capital))
		return NULL;
	refuse_distributed(books);
	companies = palloc0(sizeof(Companies));
	companies->books = books;
	companies->override = override_reason(books->ledger);
	companies->on_breach = npending > 0 ? default_on_breach(books) : 'r';
	companies->ndeals = ndeals;
	companies->of_deal = palloc0(Max(ndeals, 1) * sizeof(Company *));
	companies->issued = palloc0(Max(ndeals, 1) * sizeof(int64));
	keys = companies_of_deals(books, deals, ndeals);
	collect(companies, keys, pending, npending);
	for (int i = 0; i < ndeals; i++)
		companies->of_deal[i] = keys[i].data == NULL ? NULL : find_company(companies, keys[i]);
	find_company_acts(companies, deals);
	return companies;
}

/*
 * A deal as if its own capital had what it was allotted of its company's rise
 * of outstanding shares, on the days on which its reserve fell: so classify
 * sees what is issued.
 */
PendingDeal *
deal_with_issue(const Companies *companies, int i, PendingDeal *deal)
{
	int64		left = companies == NULL ? 0 : companies->issued[i];
	PendingDeal *with;
	Entry	  **link;

	if (left == 0)
		return deal;
	with = memcpy(palloc(sizeof(PendingDeal)), deal, sizeof(PendingDeal));
	link = &with->entries;
	for (const Entry *e = deal->entries; e != NULL; e = e->next)
	{
		Entry	   *copy = memcpy(palloc(sizeof(Entry)), e, sizeof(Entry));

		if (e->kind == CHANGE_ACT && e->change.shares[RESERVED] < 0)
		{
			int64		part = (int64) Min((int128) left, -(int128) e->change.shares[RESERVED]);

			shares_add(&copy->change.shares[OUTSTANDING], part);
			left -= part;
		}
		*link = copy;
		link = &copy->next;
	}
	*link = NULL;
	return with;
}

/*
 * What is outstanding is the company's, and booked with its capital.
 */
void
take_issue_out(Posting *posting)
{
	for (int i = 0; i < posting->nentries; i++)
		posting->entries[i].change.shares[OUTSTANDING] = 0;
	posting->total.shares[OUTSTANDING] = 0;
}

/*
 * The companies as they are now, with what is pending, without a lock.
 */
void
read_companies(Companies *companies)
{
	for (int i = 0; i < companies->n; i++)
	{
		Company    *company = &companies->companies[i];

		company->known = read_capital(companies, company);
		if (company->pending == NULL)
			continue;
		balances_add(&company->balances, &company->pending->total, 1);
		company->known = knows_capital(&company->balances);
	}
}

/*
 * Shows a deal the capital of its company: what others have reserved is
 * reserved otherwise, and what is done to it counts as done to the deal.
 */
void
take_capital(const Companies *companies, int i, Balances *after, Posting *posting)
{
	const Company *company = companies == NULL ? NULL : companies->of_deal[i];
	const int64 *shares;

	if (company == NULL || !company->known)
		return;
	shares = company->balances.shares;
	after->counts_authorized = after->counts_outstanding = after->counts_other = true;
	after->of_company = true;
	after->shares[AUTHORIZED] = shares[AUTHORIZED];
	after->shares[OUTSTANDING] = shares[OUTSTANDING];
	after->shares[OTHER_RESERVED] = shares[OTHER_RESERVED];
	shares_add(&after->shares[OTHER_RESERVED], shares[RESERVED]);
	shares_add(&after->shares[OTHER_RESERVED], -after->shares[RESERVED]);

	posting->acts.shares[AUTHORIZED] = company->acts.shares[AUTHORIZED];
	posting->acts.shares[OUTSTANDING] = company->acts.shares[OUTSTANDING];
	posting->acts.shares[OTHER_RESERVED] = company->acts.shares[OTHER_RESERVED];
	shares_add(&posting->acts.shares[OTHER_RESERVED], company->acts.shares[RESERVED]);
	shares_add(&posting->acts.shares[OTHER_RESERVED], -posting->acts.shares[RESERVED]);
}

/*
 * Is a table watched that has the capital of the companies?
 */
static bool
capital_is_watched(const Books *books)
{
	ListCell   *cell;

	foreach(cell, vouched_by(&capture_hook, books->ledger))
	{
		const char *table = trigger_word(((const Vouched *) lfirst(cell))->trigger, "table");

		if (table != NULL && strcmp(table, "capital") == 0)
			return true;
	}
	return false;
}

/*
 * The one test of each company of which something changed; and where the table
 * of companies does not know it, whose capital should bear more reserve?
 */
void
judge_companies(const Companies *companies, Oid reader)
{
	if (companies == NULL)
		return;
	check_capital_past(companies);
	for (int i = 0; i < companies->n; i++)
	{
		const Company *company = &companies->companies[i];

		if (company->pending == NULL)
			continue;
		/* capital that acts take away altogether was known before */
		if (company->known || company->acts.shares[AUTHORIZED] < 0)
			judge_company(companies->books, company->key, &company->balances,
						  &company->acts, &company->issued, reader);
		else if (company->acts.shares[RESERVED] > 0 && capital_is_watched(companies->books))
			report_unknown_capital(companies->books, company->key, &company->balances, reader);
	}
}

/*
 * A deal was never there, so that its company never reserved anything for it:
 * what the journal has of its reserve is taken back, each change on its day.
 * The row of the deals table takes the whole of it out once more when it goes,
 * as of today, which is put back.
 */
void
forget_reserve(Books *books, Bytes deal)
{
	Oid			type = books->key_base;
	Datum		key = key_to_datum(deal, type);
	Bytes		company = {NULL, 0};
	PendingDeal *pending;
	Change		total;

	if (OidIsValid(books->capital))
		company = company_of_deal(books, deal);
	if (company.data == NULL)
		return;
	if (SPI_execute_with_args(psprintf("SELECT effective_on, pg_catalog.sum(reserved)::pg_catalog.int8 FROM %s"
									   " WHERE deal OPERATOR(pg_catalog.=) $1 GROUP BY effective_on",
									   qualified_name(books->journal)),
							  1, &type, &key, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the reserve of a deal failed");
	pending = pending_company(books, company);
	memset(&total, 0, sizeof(Change));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Change		change;
		bool		isnull;
		DateADT		day = DatumGetDateADT(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));

		memset(&change, 0, sizeof(Change));
		change.shares[RESERVED] = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull));
		pending_add(pending, day, CHANGE_CORRECTION, &change, -1);
		change_add(&total, &change, 1);
	}
	SPI_freetuptable(SPI_tuptable);
	pending_add(pending, as_of_day(), CHANGE_ACT, &total, 1);
}

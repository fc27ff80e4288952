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
#include "guard/issued.h"
#include "guard/ledger.h"
#include "guard/vouch.h"
#include "utils/builtins.h"
#include "utils/datum.h"
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
 * The query for a deal's company; NULL where the deals table names none.
 */
static char *
company_query(const Books *books)
{
	ListCell   *cell;

	foreach(cell, vouched_by(&capture_hook, books->ledger))
	{
		const Vouched *watched = lfirst(cell);
		const char *table = trigger_word(watched->trigger, "table");
		const char *company = trigger_word(watched->trigger, "company");

		if (table == NULL || company == NULL || strcmp(table, "deals") != 0)
			continue;
		company = pstrdup(quote_identifier(company));
		return psprintf("SELECT d.%s FROM %s AS d WHERE d.%s OPERATOR(pg_catalog.=) $1",
						company, qualified_name(watched->relation),
						quote_identifier(trigger_word(watched->trigger, "deal")));
	}
	return NULL;
}

/*
 * The company of a deal, as its row says now; data NULL where there is none.
 */
static Bytes
company_of(SPIPlanPtr plan, const Books *books, Bytes deal)
{
	MemoryContext old = CurrentMemoryContext;
	Datum		key = key_to_datum(deal, books->key_base);
	Bytes		company = {NULL, 0};
	bool		isnull = true;
	Datum		value = (Datum) 0;

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
 * The company of one deal; data NULL where it has none.
 */
Bytes
company_of_deal(const Books *books, Bytes deal)
{
	MemoryContext old = CurrentMemoryContext;
	char	   *query = company_query(books);
	Oid			type = books->key_base;
	SPIPlanPtr	plan;
	Bytes		company;

	if (query == NULL)
		return (Bytes) {NULL, 0};
	plan = SPI_prepare_cursor(query, 1, &type, CURSOR_OPT_GENERIC_PLAN);
	MemoryContextSwitchTo(old);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	company = company_of(plan, books, deal);
	SPI_freeplan(plan);
	return company;
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
 * one's promises.
 */
static void
require_same_company(Books *books, const PendingDeal *deal)
{
	Balances	before;

	if (!deal->moves)
		return;
	read_ledger(books, deal->deal, &before);
	if ((before.principal == NULL || num_compare(before.principal, numeric_from_int128(0)) == 0) &&
		before.shares[NOTE_SHARES] == 0 && before.shares[WARRANT_SHARES] == 0 && before.shares[RESERVED] == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("deal \"%s\" cannot become another company's", key_to_cstring(deal->deal, books->key_base)),
			 errdetail("It has notes, warrants or a reserve, which are promises of its company."),
			 errhint("Enter it as a deal of its own for the other company.")));
}

/*
 * The companies that deals of one set of books, and what is pending of
 * companies beside them, are about; NULL where the books know of none.
 */
Companies *
gather_companies(Books *books, PendingDeal **deals, int ndeals, PendingDeal **pending, int npending)
{
	Companies  *companies;
	char	   *query;
	SPIPlanPtr	plan;
	Bytes	   *keys;

	if (!OidIsValid(books->capital))
		return NULL;
	companies = palloc0(sizeof(Companies));
	companies->books = books;
	companies->override = override_reason(books->ledger);
	companies->ndeals = ndeals;
	companies->of_deal = palloc0(Max(ndeals, 1) * sizeof(Company *));
	companies->issued = palloc0(Max(ndeals, 1) * sizeof(int64));
	keys = palloc0(Max(ndeals, 1) * sizeof(Bytes));
	for (int i = 0; i < ndeals; i++)
		require_same_company(books, deals[i]);
	query = company_query(books);
	if (query != NULL && ndeals > 0)
	{
		MemoryContext old = CurrentMemoryContext;

		plan = SPI_prepare_cursor(query, 1, &books->key_base, CURSOR_OPT_GENERIC_PLAN);
		MemoryContextSwitchTo(old);
		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		for (int i = 0; i < ndeals; i++)
			keys[i] = company_of(plan, books, deals[i]->deal);
		SPI_freeplan(plan);
	}
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

		company->known = read_capital(companies->books, company);
		if (company->pending == NULL)
			continue;
		balances_add(&company->balances, &company->pending->total, 1);
		company->known |= company->pending->comes;
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
 * The one test of each company of which something changed.
 */
void
judge_companies(const Companies *companies, Oid reader)
{
	if (companies == NULL)
		return;
	for (int i = 0; i < companies->n; i++)
	{
		const Company *company = &companies->companies[i];

		if (company->pending != NULL && company->known)
			judge_company(companies->books, company->key, &company->balances,
						  &company->acts, &company->issued, reader);
	}
}

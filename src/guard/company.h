/*-------------------------------------------------------------------------
 *
 * company.h
 *		One company, several deals: the capital that they share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_COMPANY_H
#define COVENANT_COMPANY_H

#include "compat.h"
#include "guard/judge.h"

/* A company that a transaction touches, or whose deals it does. */
typedef struct Company
{
	Bytes		key;
	PendingDeal *pending;		/* NULL: nothing of its own changes */
	bool		known;			/* its capital is */
	Balances	balances;		/* RESERVED: of all its deals */
	int64		entries;		/* the number of its last one */
	Change		acts;
	Change		issued;			/* out of its deals' reserves: a fact */
} Company;

typedef struct Companies
{
	Books	   *books;
	const char *override;		/* reason why acts are facts here, or NULL */
	char		on_breach;		/* see Balances; of companies of which something changes */
	int			n;
	Company    *companies;		/* by key */
	int			ndeals;
	Company   **of_deal;		/* NULL: of none */
	int64	   *issued;			/* what of a deal's reserve is issued */
} Companies;

static inline bool
knows_capital(const Balances *balances)
{
	return balances->shares[AUTHORIZED] != 0 || balances->shares[OUTSTANDING] != 0;
}

/*
 * The company of a deal, by its place among those gathered; NULL: of none.
 */
static inline const Company *
company_at(const Companies *companies, int i)
{
	return companies == NULL ? NULL : companies->of_deal[i];
}

extern Companies *gather_companies(Books *books, PendingDeal **deals, int ndeals,
								   PendingDeal **pending, int npending);
extern void require_same_company(const Books *books, const PendingDeal *deal, bool lock);
extern void forget_reserve(Books *books, Bytes deal);
extern SPIPlanPtr known_capital_plan(Books *books, CapitalPlan which);
extern SPIPlanPtr capital_plan(Books *books, CapitalPlan which, const char *query, int n, Oid *types);
extern PendingDeal *deal_with_issue(const Companies *companies, int i, PendingDeal *deal);
extern void take_issue_out(Posting *posting);
extern void read_companies(Companies *companies);
extern void take_capital(const Companies *companies, int i, Balances *after, Posting *posting);
extern void judge_companies(const Companies *companies, Oid reader);

/* capital.c: their books */
extern bool read_capital(const Companies *companies, Company *company);
extern void check_capital_past(const Companies *companies);
extern void update_capital(const Companies *companies);
extern void append_capital(const Companies *companies, const char *user);

#endif							/* COVENANT_COMPANY_H */

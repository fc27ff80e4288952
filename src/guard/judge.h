/*-------------------------------------------------------------------------
 *
 * judge.h
 *		Does a transaction break the reserve of a deal?
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_JUDGE_H
#define COVENANT_JUDGE_H

#include "compat.h"
#include "guard/books.h"
#include "guard/classify.h"

/* What judging needs of a ledger row. */
typedef struct Balances
{
	Numeric		principal;
	Decimal		multiple;
	int64		shares[N_SHARE_COUNTS];
	bool		counts_outstanding; /* which capital columns are given */
	bool		counts_authorized;
	bool		counts_other;
	bool		of_company;		/* the capital is that of a company, which is judged itself */
	DateADT		latest_on;		/* the latest day of an entry */
	char		on_breach;		/* 'r'efuse, 'w'arn, 'k'eep: record only */
} Balances;

extern char *commas(int128 n);
extern bool may_read(Oid relation, Oid role);
extern int128 available_of(const Balances *balances);
extern int128 required_of(const Balances *balances);
extern int128 counted_of(const Balances *balances);
extern int128 slack_of(const Balances *balances);
extern Balances balances_on_record(const Change *change, bool with_capital);
extern void balances_add(Balances *balances, const Change *change, int sign);
extern bool in_range(const Balances *balances);
extern void check_range(const Books *books, Bytes deal, const Balances *balances);
extern bool wants_consents(const Books *books, const PendingDeal *deal);
extern void judge_company(const Books *books, Bytes company, const Balances *after,
						  const Change *acts, const Change *issued, Oid reader);
extern void report_unknown_capital(const Books *books, Bytes company, const Balances *after, Oid reader);
extern void judge(const Books *books, Bytes deal, const Balances *after,
				  const Posting *posting, Oid reader);

#endif							/* COVENANT_JUDGE_H */

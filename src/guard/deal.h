/*-------------------------------------------------------------------------
 *
 * deal.h
 *		What is pending for one deal.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_DEAL_H
#define COVENANT_DEAL_H

#include "compat.h"
#include "guard/change.h"
#include "guard/instrument.h"
#include "utils/date.h"

/* The changes of one day and kind to a deal, added up. */
typedef struct Entry
{
	DateADT		day;			/* the day on which they count */
	ChangeKind	kind;
	Change		change;
	struct Entry *next;
} Entry;

/* What a row of the deals table says of whose shares the deal is about. */
typedef struct CompanyWord
{
	uint64		ordinal;		/* the order within the transaction */
	bool		leaves;			/* the row as it was, not as it is */
	Bytes		company;		/* data NULL: nobody's */
} CompanyWord;

/* A place in a file of what is said of instruments. */
typedef struct FilePlace
{
	int			segment;
	off_t		offset;
	int64		before;			/* so many are before it */
} FilePlace;

/* What is pending for one deal. */
typedef struct PendingDeal
{
	Oid			ledger;			/* or, of a company, the capital of its books */
	Oid			books;			/* the ledger of the books, always */
	Bytes		deal;			/* or the company */
	Change		total;			/* over all entries */
	DateADT		first_day;		/* the earliest of their days */
	bool		comes;			/* a row of the deals table did, or of the companies */
	int32		new_shares;		/* of a split; 0: there was none */
	int32		old_shares;
	DateADT		split_on;
	Entry	   *entries;		/* the latest day first */
	struct SaidChunk *said;		/* of instruments, in memory; more is in the file */
	struct SaidChunk *last_said;
	int64		nsaid;			/* in memory and in the file */
	uint16		said_kinds;		/* 1 << ChangeKind of all that is said ... */
	uint16		amounts_kinds;	/* ... of what has amounts ... */
	uint16		settings_kinds;	/* ... and of settings */
	DateADT		said_from;		/* the days of it, where there is any */
	DateADT		said_until;
	bool		goes;			/* some row left the deal */
	bool		has_reasons;	/* of corrections */
	struct PendingDeal **parts; /* of several levels, put together; or NULL */
	int			nparts;
	struct FileDeal *in_file;	/* as what it is known there; NULL: it is not */
	int			number;			/* in the order of posting; see number_deals */
	FilePlace	sorted_at;
	const CompanyWord *first_company;	/* NULL: nothing is said of it */
	const CompanyWord *last_company;
} PendingDeal;

/*
 * More is said of a deal, of these days; to be called before it is counted.
 */
static inline void
widen_days(PendingDeal *deal, DateADT from, DateADT until)
{
	deal->said_from = deal->nsaid == 0 ? from : Min(deal->said_from, from);
	deal->said_until = deal->nsaid == 0 ? until : Max(deal->said_until, until);
}

/*
 * Did a deal that was there before the transaction become another company's?
 */
static inline bool
changes_company(const PendingDeal *deal)
{
	const CompanyWord *first = deal->first_company;
	const CompanyWord *last = deal->last_company;

	if (first == NULL || !first->leaves || last->leaves)
		return false;
	if (first->company.data == NULL || last->company.data == NULL)
		return first->company.data != last->company.data;
	return !bytes_equal(first->company, last->company);
}

/*
 * Is this what is pending for a company, not for a deal?
 */
static inline bool
is_company(const PendingDeal *deal)
{
	return deal->ledger != deal->books;
}

#endif							/* COVENANT_DEAL_H */

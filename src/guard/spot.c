/*-------------------------------------------------------------------------
 *
 * spot.c
 *		Where rows of ledgers were last.
 *
 * Who writes to a deal mostly writes to it again, and its row of the ledger
 * seldom leaves its page: so the place that the index gave is remembered, a
 * few thousand of them in each session.  It is no more than a guess.  The
 * row that is seen there counts only if it has the key of the deal, which is
 * unique; else the index is asked.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/spot.h"

#include "utils/memutils.h"

#define SPOTS	4096			/* a power of two */

typedef struct Spot
{
	Oid			ledger;			/* InvalidOid: none */
	uint32		loading;		/* of the books: they are the same since */
	uint32		hash;			/* of the deal */
	ItemPointerData at;
} Spot;

static Spot *spots = NULL;

static Spot *
spot_of(const Books *books, uint32 hash)
{
	return &spots[(hash ^ books->ledger) & (SPOTS - 1)];
}

/*
 * The place where the row of a deal was last, if it is known.
 */
bool
known_spot(const Books *books, Bytes deal, ItemPointer spot)
{
	uint32		hash = bytes_hash(deal);
	const Spot *known;

	if (spots == NULL)
		return false;
	known = spot_of(books, hash);
	if (known->ledger != books->ledger || known->loading != books->loading || known->hash != hash)
		return false;
	*spot = known->at;
	return true;
}

void
remember_spot(const Books *books, Bytes deal, const ItemPointerData *spot)
{
	uint32		hash = bytes_hash(deal);

	if (spots == NULL)
		spots = MemoryContextAllocZero(TopMemoryContext, SPOTS * sizeof(Spot));
	*spot_of(books, hash) = (Spot) {books->ledger, books->loading, hash, *spot};
}

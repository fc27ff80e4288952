/*-------------------------------------------------------------------------
 *
 * level.h
 *		What is pending, by subtransaction: for pending.c, said.c and savepoint.c
 *		alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_LEVEL_H
#define COVENANT_LEVEL_H

#include "compat.h"
#include "guard/deal.h"

typedef struct DealKey
{
	Oid			ledger;
	Bytes		deal;
} DealKey;

/* A hash table of deals. */
typedef struct DealSlot
{
	DealKey		key;
	PendingDeal *deal;
	uint32		hash;
	char		status;
} DealSlot;

static inline uint32
deal_key_hash(DealKey key)
{
	return hash_combine(bytes_hash(key.deal), murmurhash32(key.ledger));
}

static inline bool
deal_key_equal(DealKey a, DealKey b)
{
	return a.ledger == b.ledger && bytes_equal(a.deal, b.deal);
}

#define SH_PREFIX deals
#define SH_ELEMENT_TYPE DealSlot
#define SH_KEY_TYPE DealKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) deal_key_hash(key)
#define SH_EQUAL(table, a, b) deal_key_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (slot)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A reason why this transaction's acts on one set of books are facts. */
typedef struct Override
{
	Oid			ledger;
	char	   *reason;
	struct Override *next;
} Override;

typedef struct Level
{
	int			nest;			/* GetCurrentTransactionNestLevel() */
	MemoryContext context;		/* holds all of it */
	deals_hash *deals;
	PendingDeal *last_deal;		/* the one asked for last */
	Override   *overrides;
	bool		torn;			/* has only a part of a released savepoint's changes */
	struct Level *parent;

	/* What is said of instruments: for said.c alone. */
	MemoryContext said_context; /* NULL: nothing in memory */
	char	   *block;			/* memory for it ... */
	Size		block_left;		/* ... how much of it is left ... */
	Size		block_size;		/* ... and how much it was */
	Size		bytes;			/* in memory */
	bool		in_file;		/* some of it is in the file ... */
	FilePlace	from;			/* ... from here on, and nobody else's after it */
	bool		spilled;		/* while it goes there */
	FilePlace	spilled_from;
} Level;

/* The innermost level; NULL: nothing is pending. */
extern Level *pending_levels;

extern Level *make_level(int nest);
extern PendingDeal *find_or_make(Level *level, DealKey key);
extern Entry *find_entry(PendingDeal *deal, DateADT day, ChangeKind kind, MemoryContext context);
extern CompanyWord *copy_company_word(const CompanyWord *word, MemoryContext context);
extern void join_deals(PendingDeal *deal, const PendingDeal *addend, MemoryContext context);
extern void refuse_torn_levels(void);
extern void add_override(Level *level, Oid ledger, const char *reason);

#endif							/* COVENANT_LEVEL_H */

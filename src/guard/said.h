/*-------------------------------------------------------------------------
 *
 * said.h
 *		What is said of instruments before it is posted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SAID_H
#define COVENANT_SAID_H

#include "compat.h"
#include "guard/deal.h"
#include "guard/packed.h"

struct Level;

/* A deal as the file has it, whatever subtransaction said something of it. */
typedef struct FileDeal
{
	Oid			ledger;
	Bytes		deal;
	bool		forgotten;		/* nothing of it is pending any more */
	int			number;			/* see number_deals */
} FileDeal;

extern void said_add(struct Level *level, PendingDeal *deal, const InstrumentChange *change);
extern uint64 next_ordinal(void);

/* For the ends of subtransactions, and of the transaction. */
extern void said_join(struct Level *parent, PendingDeal *deal, struct Level *child, PendingDeal *addend);
extern void said_release(struct Level *parent, struct Level *child);
extern void said_drop(struct Level *level);
extern void said_forget_deal(PendingDeal *deal);
extern void said_forget(void);
extern void said_end(void);

/*
 * Everything that is said of the instruments of one set of books, or of one of
 * its deals, in no order.  Nothing may be added meanwhile.
 */
typedef struct SaidScan
{
	Bytes		deal;
	const PendingDeal *in_memory;	/* the same, of what subtransaction ever ... */
	const FileDeal *in_file;	/* ... or this, one of the two */
	InstrumentChange said;		/* its texts last until the next is asked for */
	const PackedSaid *packed;	/* the same */
	Oid			ledger;			/* what is looked for: InvalidOid: all ... */
	Bytes		key;			/* ... or this deal alone, unless data is NULL */
	FilePlace	place;			/* in the file; what is in memory comes after it */
	PackedSaid *buffer;
	Size		buffer_size;
	PendingDeal **deals;		/* that have something in memory */
	int			ndeals;
	int			next_deal;
	const SaidChunk *chunk;		/* the next is in this one */
	int			next_in_chunk;
} SaidScan;

extern void begin_said(SaidScan *scan, Oid ledger, const PendingDeal *only);
extern bool next_packed(SaidScan *scan);
extern bool next_said(SaidScan *scan);
extern bool said_in_file(void);

/* Reading and writing what is packed, in any file. */
struct BufFile;
extern void seek_said(struct BufFile *file, FilePlace place);
extern FilePlace tell_said(struct BufFile *file, int64 before);
extern void read_said(struct BufFile *file, void *to, Size size);
extern void read_packed(struct BufFile *file, PackedSaid **buffer, Size *size);

#endif							/* COVENANT_SAID_H */

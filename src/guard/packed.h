/*-------------------------------------------------------------------------
 *
 * packed.h
 *		What is said of an instrument, in few bytes.
 *
 * A transaction may say something of millions of instruments before it
 * commits; all of it waits in memory or in a file, so it is packed.  The same
 * bytes serve for both.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_PACKED_H
#define COVENANT_PACKED_H

#include "compat.h"
#include "guard/instrument.h"

typedef struct PackedSaid
{
	const char *source;			/* lasts as long as the transaction */
	uint64		ordinal;
	uint32		size;			/* of all of it */
	uint32		instrument_len;
	uint32		holder_len;
	DateADT		day;
	uint8		kind;
	uint8		settings_kind;
	uint8		sets;
	uint8		rounding;
	uint16		flags;			/* see packed.c; what there is of the rest */
	char		rest[FLEXIBLE_ARRAY_MEMBER];	/* begins with the instrument */
} PackedSaid;

/*
 * Some of what is said of one deal, in memory.  Where it lies is known without a
 * look at it, so that one need not wait for the memory of each before the next.
 */
typedef struct SaidChunk
{
	struct SaidChunk *next;
	int			n;
	int			size;
	PackedSaid *said[FLEXIBLE_ARRAY_MEMBER];
} SaidChunk;

extern Size packed_size(const InstrumentChange *said);
extern void pack_said(const InstrumentChange *said, PackedSaid *packed);
extern void unpack_said(const PackedSaid *packed, InstrumentChange *said);

static inline Bytes
packed_instrument(const PackedSaid *packed)
{
	return (Bytes) {packed->rest, packed->instrument_len};
}

#endif							/* COVENANT_PACKED_H */

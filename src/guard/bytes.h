/*-------------------------------------------------------------------------
 *
 * bytes.h
 *		A deal's key, an instrument's key or a holder's name as bytes.
 *
 * A deal's key is so made that memcmp orders it (key_from_datum in key.c); the
 * other two are text.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_BYTES_H
#define COVENANT_BYTES_H

#include "compat.h"
#include "common/hashfn.h"
#include "port/pg_bswap.h"

typedef struct Bytes
{
	const char *data;			/* NULL: there is none, which is not empty */
	int			len;
} Bytes;

static inline int
bytes_cmp(Bytes a, Bytes b)
{
	int			cmp = memcmp(a.data, b.data, Min(a.len, b.len));

	return cmp != 0 ? cmp : (a.len > b.len) - (a.len < b.len);
}

/*
 * How bytes begin, as a number that is in their order: where two are not the
 * same it says what bytes_cmp says.
 */
static inline uint64
bytes_prefix(Bytes b)
{
	uint64		prefix = 0;

	memcpy(&prefix, b.data, Min(b.len, sizeof(prefix)));
	return pg_ntoh64(prefix);
}

static inline bool
bytes_equal(Bytes a, Bytes b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static inline uint32
bytes_hash(Bytes b)
{
	return hash_bytes((const unsigned char *) b.data, b.len);
}

#endif							/* COVENANT_BYTES_H */

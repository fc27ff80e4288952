/*-------------------------------------------------------------------------
 *
 * issued.h
 *		What of a fall of the reserve is shares issued.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_ISSUED_H
#define COVENANT_ISSUED_H

#include "compat.h"
#include "guard/pending.h"
#include "guard/sorted.h"

/* What of an entry's changes is shares issued out of the reserve. */
typedef struct IssuedPart
{
	int64		from_reserve;	/* so many fewer reserved ... */
	int64		to_outstanding; /* ... and so many more outstanding */
} IssuedPart;

extern int64 shares_issued(const Change *acts);
extern int64 shares_covered(SaidSource *source, const Change *acts, int64 paid);
extern void share_out(IssuedPart *parts, const Entry *entries, int n, int64 issued);
extern void take_part(Change *change, const IssuedPart *part, int sign);

#endif							/* COVENANT_ISSUED_H */

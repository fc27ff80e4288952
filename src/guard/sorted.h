/*-------------------------------------------------------------------------
 *
 * sorted.h
 *		What is said of a deal's instruments, one instrument after the other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SORTED_H
#define COVENANT_SORTED_H

#include "compat.h"
#include "guard/said.h"

/* What is in the file, by deal and instrument; NULL: all of it is in memory. */
typedef struct SortedSaid SortedSaid;

extern SortedSaid *sort_said(PendingDeal **deals, int n);
extern void close_sorted(SortedSaid *sorted);

/* Deals by their numbers. */
extern void number_deals(PendingDeal **deals, int n);
extern int	number_of(PendingDeal **deals, int n, const SaidScan *scan);

/* One deal's. */
typedef struct SaidSource SaidSource;

extern SaidSource *open_source(const PendingDeal *deal, SortedSaid *sorted);
extern void rewind_source(SaidSource *source);
extern int	next_instrument(SaidSource *source, InstrumentChange **said);

#endif							/* COVENANT_SORTED_H */

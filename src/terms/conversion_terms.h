/*-------------------------------------------------------------------------
 *
 * conversion_terms.h
 *		The formula of a Conversion Price, taken apart.
 *
 * The stored form of the type is its canonical text, which needs no version
 * and sorts the way it reads.  To evaluate it the text is parsed (about a
 * microsecond) into nodes in postfix order: the operands of a node stand
 * before it, the last node is the whole.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CONVERSION_TERMS_H
#define COVENANT_CONVERSION_TERMS_H

#include "compat.h"
#include "lib/stringinfo.h"

#include "number/rounding.h"
#include "number/share_price.h"

#define TERMS_MAX_NODES		32
#define TERMS_MAX_DEPTH		32	/* parentheses and choices in each other */
#define TERMS_MAX_DAYS		250
#define TERMS_MAX_PERCENTAGE 1000
#define TERMS_MAX_DECIMALS	18	/* 10^18 is the last power of ten in 64 bits */

typedef enum TermsKind
{
	TERMS_FIXED,				/* a price */
	TERMS_QUOTE,				/* a percentage of the lowest prices */
	TERMS_LESSER,				/* of the two operands before */
	TERMS_GREATER,
	TERMS_ROUNDED				/* the operand before, to so many decimals */
} TermsKind;

typedef struct TermsNode
{
	SharePrice	value;			/* the fixed price, or the percentage (55) */
	int16		kind;			/* TermsKind */
	int16		lowest;			/* of a quote: k lowest ... */
	int16		look_back;		/* ... of n days */
	int8		decimals;		/* of a rounding */
	int8		rounding;		/* Rounding */
} TermsNode;

typedef struct Terms
{
	int			count;
	int			look_back;		/* the largest n; 0: fixed */
	TermsNode	nodes[TERMS_MAX_NODES];
} Terms;

/* The text form of the type, which is a function of SQL (share_price.c). */
extern PGDLLEXPORT Datum covenant_share_price_out(PG_FUNCTION_ARGS);

extern bool price_from_token(const char *token, int len, SharePrice *price);
extern void append_price(StringInfo out, const SharePrice *price);

extern void terms_from_datum(Datum conversion_terms, Terms *terms);
extern text *terms_to_text(const TermsNode *nodes, int last);

#endif							/* COVENANT_CONVERSION_TERMS_H */

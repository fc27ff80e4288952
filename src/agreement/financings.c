/*-------------------------------------------------------------------------
 *
 * financings.c
 *		A user's own table of financings: what would break the Capital Raising
 *		Limitations is refused at COMMIT (Section 4(e)).
 *
 *-------------------------------------------------------------------------
 */
#include "guard/acts.h"

/* The columns; their order is that of the statements' parameters. */
enum
{
	OFFERING_DEAL, OFFERING_NAME, OFFERING_KIND, OFFERING_AGREED_ON, OFFERING_CLOSES_ON, OFFERING_PRICE,
	OFFERING_MARKET_PRICE, OFFERING_EXCEPTION
};

static const ActColumn offering_columns[] = {
	[OFFERING_DEAL] = {"deal", "deal", ACT_DEAL},
	[OFFERING_NAME] = {"offering", "name", ACT_TEXT},
	[OFFERING_KIND] = {"kind", "kind", ACT_TEXT},
	[OFFERING_AGREED_ON] = {"agreed_on", "day of agreement", ACT_DAY},
	[OFFERING_CLOSES_ON] = {"closes_on", "day of closing", ACT_DAY, .nullable = true},
	[OFFERING_PRICE] = {"price", "price", ACT_PRICE, .optional = true, .nullable = true},
	[OFFERING_MARKET_PRICE] = {"market_price", "market price", ACT_PRICE, .optional = true, .nullable = true},
	[OFFERING_EXCEPTION] = {"exception", "exception", ACT_TEXT, .optional = true, .nullable = true},
};

static const char *const offering_words[] = {"deal", "offering", "kind", "agreed_on", "closes_on", NULL};

/* In the order of their judgement. */
static const ActRule limits[] = {
	{"lock_up", 1 << OFFERING_DEAL | 1 << OFFERING_NAME | 1 << OFFERING_KIND | 1 << OFFERING_AGREED_ON |
	1 << OFFERING_PRICE | 1 << OFFERING_MARKET_PRICE | 1 << OFFERING_EXCEPTION},
	{"right_of_first_offer", 1 << OFFERING_DEAL | 1 << OFFERING_NAME | 1 << OFFERING_KIND | 1 << OFFERING_CLOSES_ON |
	1 << OFFERING_EXCEPTION},
};

static const ActKind offerings = {
	.hook = {"offering", "ledger", act_shapes, offering_words},
	.act = "an offering", .acts = "offerings", .watched_by = "covenant.watch_offerings",
	.ncolumns = lengthof(offering_columns), .columns = offering_columns,
	.nrules = lengthof(limits), .rules = limits,
	.judge = "SELECT b.message, b.detail, b.hint FROM covenant_internal.broken_limit($1, $2, false, $3, $4, $5, $6,"
	" $7::covenant.share_price, $8::covenant.share_price, $9, $10) AS b",
	.record = "SELECT covenant_internal.record_act($1, $2, '4(e)', NULL, $3, $5, $11, $12)",
};

/*
 * covenant_internal.offering(): refuses a financing that breaks a limit.
 */
COVENANT_FUNCTION(covenant_offering);
Datum
covenant_offering(PG_FUNCTION_ARGS)
{
	return judge_act(&offerings, fcinfo);
}

/*
 * covenant_internal.offering_tables(ledger): the tables of financings that are
 * held to the limits of these books, with their columns.
 */
COVENANT_FUNCTION(covenant_offering_tables);
Datum
covenant_offering_tables(PG_FUNCTION_ARGS)
{
	return put_act_tables(&offerings, fcinfo);
}

/*-------------------------------------------------------------------------
 *
 * transfers.c
 *		A user's own table of transfers: what Section 2(f) restricts is refused
 *		at COMMIT.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/acts.h"

/* The columns; their order is that of the statements' parameters. */
enum
{
	TRANSFER_DEAL, TRANSFER_HOLDER, TRANSFER_BASIS, TRANSFER_ON_DAY, TRANSFER_EVIDENCE
};

static const ActColumn transfer_columns[] = {
	[TRANSFER_DEAL] = {"deal", "deal", ACT_DEAL},
	[TRANSFER_HOLDER] = {"holder", "transferor", ACT_NAME},
	[TRANSFER_BASIS] = {"basis", "basis", ACT_TEXT, .nullable = true},
	[TRANSFER_ON_DAY] = {"on_day", "day", ACT_DAY},
	[TRANSFER_EVIDENCE] = {"evidence", "evidence", ACT_NAME, .optional = true, .nullable = true},
};

static const char *const transfer_words[] = {"deal", "holder", "basis", "on_day", NULL};

static const ActRule transfer_rules[] = {
	{"transfer_restriction", 1 << TRANSFER_DEAL | 1 << TRANSFER_HOLDER | 1 << TRANSFER_BASIS | 1 << TRANSFER_ON_DAY |
	1 << TRANSFER_EVIDENCE},
};

static const ActKind transfers = {
	.hook = {"transfer", "ledger", act_shapes, transfer_words},
	.act = "a transfer", .acts = "transfers", .watched_by = "covenant.watch_transfers",
	.ncolumns = lengthof(transfer_columns), .columns = transfer_columns,
	.nrules = lengthof(transfer_rules), .rules = transfer_rules,
	.judge = "SELECT r.message, r.detail, r.hint FROM covenant_internal.restriction_now($1, $2, $3::pg_catalog.text,"
	" $4, $5, $6::pg_catalog.text, $7) AS r",
	.record = "SELECT covenant_internal.record_act($1, $2, '2(f)', $3::pg_catalog.text, NULL, $5, $8, $9)",
};

/*
 * covenant_internal.transfer(): refuses a transfer without a basis, or without
 * the evidence that its basis needs.
 */
COVENANT_FUNCTION(covenant_transfer);
Datum
covenant_transfer(PG_FUNCTION_ARGS)
{
	return judge_act(&transfers, fcinfo);
}

/*
 * covenant_internal.transfer_tables(ledger): the tables of transfers that are
 * held to Section 2(f) of these books, with their columns.
 */
COVENANT_FUNCTION(covenant_transfer_tables);
Datum
covenant_transfer_tables(PG_FUNCTION_ARGS)
{
	return put_act_tables(&transfers, fcinfo);
}

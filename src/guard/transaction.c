/*-------------------------------------------------------------------------
 *
 * transaction.c
 *		What happens when a transaction or a savepoint ends.
 *
 * This file stands above both what is pending and how it is posted, and is
 * the only one that knows when: posting just before commit and before PREPARE
 * TRANSACTION, a level of what is pending for each savepoint.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/transaction.h"

#include "access/xact.h"
#include "guard/pending.h"
#include "guard/post.h"

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId me,
					  SubTransactionId parent, void *arg)
{
	int			nest = GetCurrentTransactionNestLevel();

	switch (event)
	{
		case SUBXACT_EVENT_PRE_COMMIT_SUB:
			pending_try_release(nest);
			break;
		case SUBXACT_EVENT_COMMIT_SUB:
			pending_release(nest);
			break;
		case SUBXACT_EVENT_ABORT_SUB:
			pending_drop(nest);
			break;
		default:
			break;
	}
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			if (pending_any())
				post_pending(event == XACT_EVENT_PRE_PREPARE);
			pending_forget();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			pending_end();
			break;
		default:
			break;
	}
}

void
define_transaction(void)
{
	RegisterXactCallback(at_transaction_end, NULL);
	RegisterSubXactCallback(at_subtransaction_end, NULL);
}

/*-------------------------------------------------------------------------
 *
 * call.h
 *		What is known of a function's arguments before they are looked at.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CALL_H
#define COVENANT_CALL_H

#include "compat.h"
#include "nodes/primnodes.h"

/*
 * Is an argument a constant of the query, so that what it says may be kept in
 * fn_extra?  A parameter is none: PL/pgSQL keeps the state of an expression
 * while its variables change.
 */
static inline bool
argument_is_constant(const FmgrInfo *flinfo, int n)
{
	const Node *call = flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) &&
		n < list_length(((const FuncExpr *) call)->args) &&
		IsA(list_nth(((const FuncExpr *) call)->args, n), Const);
}

#endif							/* COVENANT_CALL_H */

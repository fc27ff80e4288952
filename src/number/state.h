/*-------------------------------------------------------------------------
 *
 * state.h
 *		The state of an aggregate as a value of SQL.
 *
 * Sums and means carry a fixed number of 64-bit words, which the transition
 * functions change in place.  Their types are types of SQL, not "internal", so
 * that a state can be sent from one server to another and be added there.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_STATE_H
#define COVENANT_STATE_H

#include "compat.h"
#include "lib/stringinfo.h"

/* Text: the words with a space between them; NULL where an error was taken. */
extern int64 *state_from_text(const char *text, int nwords, const char *type, void *escontext);
extern char *state_to_text(const int64 *words, int nwords);

/* Binary: the words. */
extern int64 *state_from_message(StringInfo message, int nwords);
extern bytea *state_to_message(const int64 *words, int nwords);

/*
 * The first argument as a state that the call may change: in an aggregate
 * itself, a copy when somebody calls the function by hand.
 */
static inline void *
state_to_change(FunctionCallInfo fcinfo, Size size)
{
	void	   *state = PG_GETARG_POINTER(0);

	if (unlikely(!AggCheckCallContext(fcinfo, NULL)))
	{
		state = palloc(size);
		memcpy(state, PG_GETARG_POINTER(0), size);
	}
	return state;
}

#endif							/* COVENANT_STATE_H */

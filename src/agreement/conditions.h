/*-------------------------------------------------------------------------
 *
 * conditions.h
 *		The conditions of the closings (Sections 4(l), 6 and 7).
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CONDITIONS_H
#define COVENANT_CONDITIONS_H

#include "agreement/entry.h"
#include "agreement/walk.h"

/* The closing, and the tranches of Section 4(l). */
typedef enum Closing
{
	THE_CLOSING, FILING_TRANCHE, EFFECTIVENESS_TRANCHE, N_CLOSINGS
} Closing;

/* What must be so at a closing, towards each Buyer. */
typedef struct Condition
{
	const char *section;
	Closing		closing;
	bool		for_company;	/* whose benefit it is for; else the Buyer's */
	const char *words;
} Condition;

typedef enum ConditionState
{
	CONDITION_OPEN, CONDITION_SATISFIED, CONDITION_FAILED, CONDITION_WAIVED
} ConditionState;

extern int	all_conditions(const Condition **conditions);
extern const char *closing_name(Closing closing);
extern bool closing_named(const char *name, Closing *closing);
extern void check_condition(const EventEntry *entry);
extern bool *find_buyers(const Walk *walk);
extern ConditionState condition_state(const Walk *walk, const Condition *condition, int holder, DateADT *since);

#endif							/* COVENANT_CONDITIONS_H */

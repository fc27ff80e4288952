/*-------------------------------------------------------------------------
 *
 * consent.h
 *		Where consents are recorded.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_CONSENT_H
#define COVENANT_CONSENT_H

#include "compat.h"

extern Oid	ledger_of_events(Oid events);

#endif							/* COVENANT_CONSENT_H */

/*-------------------------------------------------------------------------
 *
 * restriction.c
 *		May securities be transferred on a basis (Section 2(f))?
 *
 * It is an act, judged on its own day: by what had happened by then, as all of
 * that is on record now.  Five ways are open, and a pledge: each with the
 * evidence that the words want of it.  Whether an opinion is good, an affiliate
 * accredited or a sale within Rule 144 is for those who attest it.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"
#include "agreement/kinds.h"
#include "agreement/raising.h"

#include "calendar/calendar.h"
#include "utils/builtins.h"

/* A way to transfer. */
typedef struct Basis
{
	const char *name;
	const char *evidence;		/* the kind of the event that is named; NULL: none is */
	bool		registered;		/* while a registration statement is effective */
	const char *section;
} Basis;

static const Basis bases[] = {
	{"registered", NULL, true, "2(f)(i)(a)"},
	{"opinion", "opinion_accepted", false, "2(f)(i)(b)"},
	{"affiliate", "transferee_agreed", false, "2(f)(i)(c)"},
	{"rule 144", NULL, false, "2(f)(i)(d)"},
	{"regulation s", "opinion_accepted", false, "2(f)(i)(e)"},
	{"pledge", NULL, false, "2(f)"},
};

#define KNOWN_BASES	"Known are \"registered\", \"opinion\", \"affiliate\", \"rule 144\", \"regulation s\" and \"pledge\" (Section 2(f)); covenant.transfer_bases() has the evidence that each needs."

typedef struct Transfer
{
	const char *holder;			/* the transferor */
	const char *basis;			/* NULL: none is given */
	DateADT		day;
	const char *evidence;		/* the number of an event; NULL: none is named */
} Transfer;

/* What stands against it, and the way out. */
typedef struct Restriction
{
	char	   *reason;			/* NULL: nothing */
	char	   *hint;
} Restriction;

static Restriction
restricted(char *reason, char *hint)
{
	return (Restriction) {reason, hint};
}

/*
 * Registered: sales are possible on the day under an effective statement.
 */
static Restriction
judge_registered(const Walk *walk, const Transfer *transfer)
{
	Suspension *suspensions;
	int			n = find_suspensions(walk, &suspensions);

	if (walk->of_kind[W_EFFECTIVE].n == 0)
		return restricted(psprintf("no registration statement is effective on %s", iso_day(transfer->day)),
						  pstrdup("Wait for it (an event registration_effective), or transfer on another basis (Section 2(f)(i)(a))."));
	for (int i = 0; i < n; i++)
	{
		if (suspensions[i].from <= transfer->day && transfer->day < suspensions[i].to)
			return restricted(psprintf("sales under the registration statement are suspended since %s", iso_day(suspensions[i].from)),
							  pstrdup("Wait for an event sales_resumed, or transfer on another basis (Section 2(f)(i)(a))."));
	}
	return restricted(NULL, NULL);
}

/*
 * The fact that the evidence names, spelt as its number prints; NULL where none
 * is on record by the day.
 */
static const Fact *
find_evidence(const Walk *walk, const char *evidence)
{
	for (int i = 0; i < walk->nfacts; i++)
	{
		char		number[MAXINT8LEN + 1];

		pg_lltoa(walk->facts[i].id, number);
		if (strcmp(number, evidence) == 0)
			return &walk->facts[i];
	}
	return NULL;
}

/*
 * What is named must be on record by the day, of the kind that the basis needs,
 * and about the transferor if about somebody.
 */
static Restriction
judge_evidence(const Walk *walk, const Transfer *transfer, const Basis *basis)
{
	char	   *hint = psprintf("Record an event %s of that day or before, and name its event_id as evidence (Section %s).",
								basis->evidence, basis->section);
	const Fact *fact;

	if (transfer->evidence == NULL)
		return restricted(psprintf("basis \"%s\" needs evidence, and none is named", basis->name), hint);
	fact = find_evidence(walk, transfer->evidence);
	if (fact == NULL)
		return restricted(psprintf("evidence \"%s\" is not on record of this deal by %s", transfer->evidence, iso_day(transfer->day)), hint);
	if (strcmp(fact->kind_text, basis->evidence) != 0)
		return restricted(psprintf("evidence \"%s\" is an event %s, and basis \"%s\" needs %s", transfer->evidence, fact->kind_text,
								   basis->name, basis->evidence), hint);
	if (fact->holder_text != NULL && strcmp(fact->holder_text, transfer->holder) != 0)
		return restricted(psprintf("evidence \"%s\" is about \"%s\"", transfer->evidence, fact->holder_text), hint);
	return restricted(NULL, NULL);
}

static Restriction
judge_transfer(const Walk *walk, const Transfer *transfer)
{
	if (transfer->basis == NULL)
		return restricted(pstrdup("no basis is given"), pstrdup(KNOWN_BASES));
	for (int i = 0; i < lengthof(bases); i++)
	{
		if (strcmp(bases[i].name, transfer->basis) != 0)
			continue;
		if (bases[i].registered)
			return judge_registered(walk, transfer);
		return bases[i].evidence == NULL ? restricted(NULL, NULL) : judge_evidence(walk, transfer, &bases[i]);
	}
	return restricted(psprintf("\"%s\" is no basis", transfer->basis), pstrdup(KNOWN_BASES));
}

/*
 * covenant_internal.restriction_of(ledger, deal, with_capital, holder, basis,
 * on_day, evidence): what is to be said of a transfer that is not allowed; no
 * row where it is.
 */
COVENANT_FUNCTION(covenant_restriction_of);
Datum
covenant_restriction_of(PG_FUNCTION_ARGS)
{
	Transfer	transfer = {.basis = PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4)),
	.evidence = PG_ARGISNULL(6) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(6))};
	Restriction restriction;
	Answer		a;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(5))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("ledger, deal, holder and day of a transfer must not be null")));
	transfer.holder = text_to_cstring(PG_GETARG_TEXT_PP(3));
	transfer.day = PG_GETARG_DATEADT(5);
	require_day(transfer.day, "the day of a transfer");
	begin_answer_by(&a, fcinfo, transfer.day, TO_FACTS);
	restriction = judge_transfer(&a.walk, &transfer);
	if (restriction.reason != NULL)
	{
		put_text(&a, transfer.basis == NULL ?
				 psprintf("transfer by \"%s\" on %s without a basis is not allowed", transfer.holder, iso_day(transfer.day)) :
				 psprintf("transfer by \"%s\" on %s as \"%s\" is not allowed", transfer.holder, iso_day(transfer.day), transfer.basis));
		put_text(&a, restriction.reason);
		put_text(&a, restriction.hint);
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

/*
 * covenant.transfer_bases()
 */
COVENANT_FUNCTION(covenant_transfer_bases);
Datum
covenant_transfer_bases(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	for (int i = 0; i < lengthof(bases); i++)
	{
		const char *evidence = bases[i].registered ? "registration_effective" : bases[i].evidence;
		Datum		values[] = {CStringGetTextDatum(bases[i].name),
			evidence == NULL ? (Datum) 0 : CStringGetTextDatum(evidence), CStringGetTextDatum(bases[i].section)};
		bool		nulls[] = {false, evidence == NULL, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

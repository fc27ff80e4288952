/*-------------------------------------------------------------------------
 *
 * kinds.c
 *		The kinds of facts that covenant knows by itself.
 *
 * The vocabulary is open: whatever a clause names as its start or its end is a
 * kind as well.  These are those that the form of 2005 names, and those that
 * say something of other facts.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/kinds.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

static const char *const event_kinds[] = {
	"signing", "closing", "list_delivered", "opinion_delivered", "opinion_accepted",
	"breach", "cure", "invoice", "expenses_paid", "press_release", "press_release_sent",
	"filing_due", "filed", "report_sent", "registration_filed", "registration_effective",
	"tranche_closed", "insurance_obtained", "shareholder_approval", "interest_paid",
	"consent", "waiver", "election", "damages_agreed", "damages_adjudged", "damages_paid",
	"sales_suspended", "sales_resumed", "offering_notice", "offering_amended", "option_exercised",
	"condition_satisfied", "condition_failed", "condition_waived", "proceeds_received", "proceeds_used",
	"meeting_called", "shareholder_notice", "shareholder_notice_sent", "listed", "delisted",
	"eligibility_notice", "eligibility_notice_sent", "existence_lost", "existence_restored", "securities_disposed",
	"transferee_agreed", "assurances_received", "legend_removed", "agent_instructed",
	"retraction", NULL
};

/* Kinds whose ref is the clock that they speak of. */
static const char *const about_clocks[] = {
	"waiver", "election", "damages_agreed", "damages_adjudged", "damages_paid", "interest_paid", NULL
};

/* Kinds that must say of which section, or of which clock, they speak. */
static const char *const with_section[] = {
	"breach", "cure", "waiver", "election", "damages_agreed", "damages_adjudged", NULL
};

bool
is_word_of(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
	{
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

bool
is_known_kind(const char *kind)
{
	return is_word_of(kind, event_kinds);
}

bool
is_about_clock(const char *kind)
{
	return is_word_of(kind, about_clocks);
}

bool
needs_section(const char *kind)
{
	return is_word_of(kind, with_section);
}

bool
is_condition(const char *kind)
{
	static const char *const of_conditions[] = {"condition_satisfied", "condition_failed", "condition_waived", NULL};

	return is_word_of(kind, of_conditions);
}

/*
 * covenant.event_kinds()
 */
COVENANT_FUNCTION(covenant_event_kinds);
Datum
covenant_event_kinds(PG_FUNCTION_ARGS)
{
	Datum		kinds[lengthof(event_kinds) - 1];

	for (int i = 0; i < lengthof(kinds); i++)
		kinds[i] = CStringGetTextDatum(event_kinds[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(kinds, lengthof(kinds), TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Sections of one article: 4(h) and 4(o), 3(g) and 3(z).
 */
bool
same_article(const char *a, const char *b)
{
	int			length = strcspn(a, "( ");

	return length > 0 && length == strcspn(b, "( ") && strncmp(a, b, length) == 0;
}

/*-------------------------------------------------------------------------
 *
 * legends.c
 *		Legends and the transfer agent (Sections 2(g) and 5).
 *
 * A legend has to come off on each of three grounds: the registration statement
 * is effective, an opinion is accepted, assurances are received.  Each is a clock
 * of its own; but a certificate has one legend, so that a removal ends all of
 * them at once.
 *
 * The agent is given the irrevocable instructions, and no other but a stop order
 * that gives effect to Section 2(f).
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/legends.h"

#define IRREVOCABLE	"irrevocable instructions"
#define STOP_ORDER	"stop order"

/*
 * Are these the instructions of Section 5?  Said of nothing else they are.
 */
bool
is_irrevocable(const char *subject)
{
	return subject == NULL || strcmp(subject, IRREVOCABLE) == 0;
}

/*
 * Is it an instruction that must not be given?
 */
bool
is_other_instruction(const char *subject)
{
	return !is_irrevocable(subject) && strncmp(subject, STOP_ORDER, strlen(STOP_ORDER)) != 0;
}

static bool
same_certificate(const Clock *clock, const Fact *removal)
{
	const char *certificate = clock->start == NULL ? NULL : clock->start->subject;

	return certificate != NULL && removal->subject != NULL && strcmp(certificate, removal->subject) == 0;
}

/*
 * Is a removal about a certificate of which one of these clocks is, by subject?
 */
bool
is_about_certificate(const Clock *const *clocks, int n, const Fact *removal)
{
	for (int i = 0; i < n; i++)
	{
		if (clocks[i]->clause->ends_on == W_LEGEND_REMOVED && clocks[i]->started_on <= removal->day &&
			same_certificate(clocks[i], removal))
			return true;
	}
	return false;
}

/*
 * Does a removal end a clock?  Without a subject it is of all certificates; with
 * one it goes to the clocks of that certificate, else to those of none.
 */
bool
removes_legend(const Clock *clock, const Fact *removal, bool about_certificate)
{
	if (removal->subject == NULL || same_certificate(clock, removal))
		return true;
	return !about_certificate && (clock->start == NULL || clock->start->subject == NULL);
}

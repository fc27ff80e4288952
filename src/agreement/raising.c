/*-------------------------------------------------------------------------
 *
 * raising.c
 *		The Capital Raising Limitations of Section 4(e), as the facts have them:
 *		the Lock-up Period, and for each Future Offering the notices, options and
 *		waivers of those who purchased notes.
 *
 * "Its pro rata share (based on the ratio that the aggregate principal amount of
 * Notes purchased by it hereunder bears to the aggregate principal amount of
 * Notes purchased hereunder)": what was purchased is what an instrument was on
 * its first day, if that is a day of a closing, with the holder of that day.
 * Conversions, assignments and interest in kind do not change it.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/raising.h"

#include "calendar/calendar.h"

#define NOTICE_BUSINESS_DAYS	20
#define OPTION_DAYS				15

/* The Lock-up Period ----------------------------------------------------- */

/*
 * How well a resumption without a ref suits a suspension, 0 best; -1: not at all.
 */
static int
resumes(const Fact *resumption, const Fact *suspended)
{
	if (resumption->tie.kind == TIE_EVENT)
		return resumption->tie.event == suspended->id ? 0 : -1;
	if (resumption->subject == NULL || suspended->subject == NULL)
		return resumption->subject == suspended->subject ? 0 : 1;
	return strcmp(resumption->subject, suspended->subject) == 0 ? 0 : -1;
}

static void
resume(Fact *resumption, Suspension *suspensions, const Fact **facts, int n)
{
	int			best = -1;

	for (int i = 0; i < n; i++)
	{
		int			rank = suspensions[i].lasts ? resumes(resumption, facts[i]) : -1;

		if (rank >= 0 && (best < 0 || rank < resumes(resumption, facts[best])))
			best = i;
	}
	if (best < 0)
		return;
	suspensions[best].to = resumption->day;
	suspensions[best].lasts = false;
	resumption->used = true;
}

/*
 * The suspensions of sales under the registration statement, by their first
 * days; one that lasts has all days so far.
 */
int
find_suspensions(const Walk *walk, Suspension **suspensions)
{
	const Fact **facts = palloc(Max(walk->nfacts, 1) * sizeof(Fact *));
	int			n = 0;

	*suspensions = palloc(Max(walk->nfacts, 1) * sizeof(Suspension));
	for (int i = 0; i < walk->nfacts; i++)
	{
		Fact	   *fact = walk->by_day[i];

		if (fact->kind == W_SUSPENDED)
		{
			(*suspensions)[n] = (Suspension) {fact->day, walk->as_of + 1, true};
			facts[n++] = fact;
		}
		else if (fact->kind == W_RESUMED)
			resume(fact, *suspensions, facts, n);
	}
	return n;
}

/*
 * The period where nobody says how its words are read: as long as both readings
 * have it end on one day, that does not matter.
 */
static LockUp
either_lock_up(LockUp sooner, LockUp later)
{
	LockUp		period = sooner;

	period.unread = sooner.last_day != later.last_day || sooner.open != later.open;
	period.latest = later.open ? DATEVAL_NOEND : later.last_day;
	return period;
}

/*
 * The Lock-up Period that began with a closing.
 */
LockUp
lock_up_of(const Walk *walk, DateADT closed_on, const Reading *reading)
{
	Suspension *suspensions;
	int			n = find_suspensions(walk, &suspensions);
	const FactList *effective = &walk->of_kind[W_EFFECTIVE];
	DateADT		effective_on = effective->n == 0 ? DATEVAL_NOEND : effective->facts[0]->day;

	if (reading->lock_up_extends == EXTENDS_UNREAD)
		return either_lock_up(lock_up(closed_on, effective_on, suspensions, n, EXTENDS_EFFECTIVENESS),
							  lock_up(closed_on, effective_on, suspensions, n, EXTENDS_BOTH));
	return lock_up(closed_on, effective_on, suspensions, n, reading->lock_up_extends);
}

/* What was purchased ----------------------------------------------------- */

static bool
has_on(const FactList *list, DateADT day)
{
	for (int i = 0; i < list->n; i++)
	{
		if (list->facts[i]->day == day)
			return true;
	}
	return false;
}

static bool
is_closing_day(const Walk *walk, DateADT day, const Reading *reading)
{
	return has_on(&walk->of_kind[W_TRANCHE_CLOSED], day) ? reading->additional_counted :
		has_on(&walk->of_kind[W_CLOSING], day);
}

/*
 * The principal that each holder purchased at the closings, and all of it;
 * whether Additional Notes count is read as elsewhere.
 */
Ratio *
principal_purchased(const Walk *walk, const Reading *reading, Ratio *total)
{
	Ratio	   *purchased = palloc(Max(walk->nholders, 1) * sizeof(Ratio));

	*total = ratio_int(0);
	for (int h = 0; h < walk->nholders; h++)
		purchased[h] = ratio_int(0);
	for (int i = 0; i < walk->timeline.ninstruments; i++)
	{
		const Instrument *note = &walk->timeline.instruments[i];
		int			holder = note->nstretches == 0 ? NOBODY : find_holder(walk, note->stretches[0].holder);
		Ratio		principal;

		if (!note->is_note || holder == NOBODY || !is_closing_day(walk, note->stretches[0].from_day, reading))
			continue;
		principal = ratio_of_sum(&note->stretches[0].principal);
		purchased[holder] = ratio_add(purchased[holder], principal);
		*total = ratio_add(*total, principal);
	}
	return purchased;
}

/* Offerings -------------------------------------------------------------- */

/*
 * Is it a fact of a kind about an offering?  Of what Section 4(e) shares with
 * others only what names the section.
 */
bool
is_of_offering(const Fact *fact, int kind, const char *name)
{
	if (fact->kind != kind || fact->subject == NULL || strcmp(fact->subject, name) != 0)
		return false;
	return (kind != W_WAIVER && kind != W_CONSENT) || (fact->section != NULL && strcmp(fact->section, "4(e)") == 0);
}

static bool
is_about_offering(const Fact *fact)
{
	static const int kinds[] = {W_OFFERING_NOTICE, W_OFFERING_AMENDED, W_OPTION_EXERCISED, W_WAIVER, W_CONSENT};

	for (int i = 0; i < lengthof(kinds) && fact->subject != NULL; i++)
	{
		if (is_of_offering(fact, kinds[i], fact->subject))
			return true;
	}
	return false;
}

static DateADT
days_after(const Reading *reading, DateADT day, int days)
{
	DateADT		due = day + days;

	if (!reading->sunday_moves || business_day(reading->calendar, due))
		return due;
	return business_day_after(reading->calendar, due, 1);
}

/*
 * Units for which a buyer has exercised its option, in time and on the terms as
 * they are now: each notice gives an option of its own.
 */
static void
take_exercise(Offering *offering, OfferingBuyer *buyer, Fact *exercise)
{
	if (buyer->last_notice == NULL || exercise->day > buyer->option_expires_on)
		return;
	exercise->used = true;
	buyer->exercised = ratio_add(buyer->exercised, exercise->amount);
}

static void
take_of_buyer(Offering *offering, OfferingBuyer *buyer, Fact *fact)
{
	if (is_of_offering(fact, W_OFFERING_NOTICE, offering->name))
	{
		if (buyer->first_notice == NULL)
			buyer->first_notice = fact;
		buyer->last_notice = fact;
		buyer->option_expires_on = days_after(offering->reading, fact->day, OPTION_DAYS);
		fact->used = true;
	}
	else if (is_of_offering(fact, W_OPTION_EXERCISED, offering->name))
		take_exercise(offering, buyer, fact);
	else if (is_of_offering(fact, W_WAIVER, offering->name))
	{
		buyer->waived_on = buyer->waived ? buyer->waived_on : fact->day;
		buyer->waived = fact->used = true;
	}
}

/*
 * Terms that are amended end what was exercised on the old ones; the notice of
 * the new ones may come on the day of the amendment itself.
 */
static void
amend_terms(Offering *offering, const Fact *amendment)
{
	offering->amended_on = amendment->day;
	for (int i = 0; i < offering->nbuyers; i++)
		offering->buyers[i].exercised = ratio_int(0);
}

/*
 * The facts come by day; on the day of an amendment that goes first.
 */
static void
take_facts(const Walk *walk, Offering *offering)
{
	for (int i = 0, next; i < walk->nfacts; i = next)
	{
		for (next = i; next < walk->nfacts && walk->by_day[next]->day == walk->by_day[i]->day; next++)
		{
			if (is_of_offering(walk->by_day[next], W_OFFERING_AMENDED, offering->name))
				amend_terms(offering, walk->by_day[next]);
		}
		for (int f = i; f < next; f++)
		{
			for (int b = 0; b < offering->nbuyers; b++)
			{
				if (offering->buyers[b].holder == walk->by_day[f]->holder)
					take_of_buyer(offering, &offering->buyers[b], walk->by_day[f]);
			}
		}
	}
}

/*
 * Has a buyer had no notice of the terms as they are?
 */
bool
lacks_notice(const Offering *offering, const OfferingBuyer *buyer)
{
	return !buyer->waived &&
		(buyer->last_notice == NULL || buyer->last_notice->day < offering->amended_on);
}

/*
 * Twenty business days must lie between the notices and the closing, and every
 * option must be over.  Whoever has waived counts for nothing; where all have,
 * the closing may come as soon as the last has.
 */
static void
find_closing_by(Offering *offering, bool restarts)
{
	const Reading *reading = offering->reading;
	DateADT		noticed = DATEVAL_NOBEGIN;
	DateADT		waived = DATEVAL_NOBEGIN;

	offering->notices_until = offering->options_until = DATEVAL_NOBEGIN;
	offering->earliest_closing = NO_DAY;
	for (int i = 0; i < offering->nbuyers; i++)
	{
		const OfferingBuyer *buyer = &offering->buyers[i];

		if (lacks_notice(offering, buyer))
			return;
		if (buyer->waived)
		{
			waived = Max(waived, buyer->waived_on);
			continue;
		}
		noticed = Max(noticed, restarts ? buyer->last_notice->day : buyer->first_notice->day);
		offering->options_until = Max(offering->options_until, buyer->option_expires_on);
	}
	if (noticed == DATEVAL_NOBEGIN)
	{
		offering->earliest_closing = waived == DATEVAL_NOBEGIN ? NO_DAY : waived;
		return;
	}
	offering->notices_until = business_day_after(reading->calendar, noticed, NOTICE_BUSINESS_DAYS);
	if (offering->notices_until != NO_DAY && offering->options_until != NO_DAY)
		offering->earliest_closing = Max(offering->notices_until, offering->options_until + 1);
}

/*
 * As amended terms are read; where nobody says, by both readings.
 */
static void
find_earliest_closing(Offering *offering)
{
	DateADT		later;

	if (offering->reading->amendment != AMENDMENT_UNREAD)
	{
		find_closing_by(offering, offering->reading->amendment == AMENDMENT_RESTARTS_BOTH);
		return;
	}
	find_closing_by(offering, true);
	later = offering->earliest_closing;
	find_closing_by(offering, false);
	if (offering->earliest_closing == later)
		return;
	offering->unread = true;
	offering->later_closing = later;
}

static DateADT
first_notice_on(const Walk *walk, const char *name)
{
	const FactList *notices = &walk->of_kind[W_OFFERING_NOTICE];
	const Fact *closing = first_closing(walk);

	for (int i = 0; i < notices->n; i++)
	{
		if (is_of_offering(notices->facts[i], W_OFFERING_NOTICE, name))
			return notices->facts[i]->day;
	}
	return closing == NULL ? walk->as_of : closing->day;
}

/*
 * Has a holder waived the right of first offer as such?
 */
static bool
has_waived_all(const Walk *walk, int holder)
{
	for (int i = 0; i < walk->nclocks; i++)
	{
		if (walk->clocks[i].clause->ends_on == W_LOCK_UP && walk->clocks[i].clause->unit != UNIT_NONE)
			return walk->clocks[i].waivers[holder];
	}
	return false;
}

static Offering
make_offering(const Walk *walk, const char *name)
{
	Offering	offering = {.name = name, .amended_on = DATEVAL_NOBEGIN,
	.reading = reading_on(&walk->terms, first_notice_on(walk, name))};
	Ratio		total;
	Ratio	   *purchased;

	offering.buyers = palloc(Max(walk->nholders, 1) * sizeof(OfferingBuyer));
	if (offering.reading == NULL)
		return offering;
	purchased = principal_purchased(walk, offering.reading, &total);
	for (int h = 0; h < walk->nholders; h++)
	{
		if (!ratio_is_zero(purchased[h]))
			offering.buyers[offering.nbuyers++] = (OfferingBuyer) {.holder = h, .purchased = purchased[h],
			.option_expires_on = NO_DAY, .exercised = ratio_int(0), .waived = has_waived_all(walk, h), .waived_on = DATEVAL_NOBEGIN};
	}
	take_facts(walk, &offering);
	find_earliest_closing(&offering);
	return offering;
}

static int
name_cmp(const void *left, const void *right)
{
	return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/*
 * The offerings of which there is a notice, an amendment, an exercise, a waiver
 * or a consent, by name.
 */
int
find_offerings(const Walk *walk, Offering **offerings)
{
	const char **names = palloc(Max(walk->nfacts, 1) * sizeof(char *));
	int			nnames = 0;
	int			n = 0;

	for (int i = 0; i < walk->nfacts; i++)
	{
		if (is_about_offering(&walk->facts[i]))
			names[nnames++] = walk->facts[i].subject;
	}
	if (nnames > 1)
		qsort(names, nnames, sizeof(char *), name_cmp);
	*offerings = palloc(Max(nnames, 1) * sizeof(Offering));
	for (int i = 0; i < nnames; i++)
	{
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			(*offerings)[n++] = make_offering(walk, names[i]);
	}
	return n;
}

/*
 * One of them, also where nothing is on record of it.
 */
const Offering *
find_offering(const Walk *walk, const char *name)
{
	Offering   *offering = palloc(sizeof(Offering));

	*offering = make_offering(walk, name);
	return offering;
}

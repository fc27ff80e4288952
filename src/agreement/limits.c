/*-------------------------------------------------------------------------
 *
 * limits.c
 *		Does a financing keep within the Capital Raising Limitations of Section
 *		4(e)?
 *
 * It is an act, judged on its own days: by what had happened by the day on which
 * it was agreed, and by the day on which it closes, as all of that is on record
 * now.  That it was negotiated, which the words bar as well, nobody records; and
 * whether a consent was unreasonably withheld is not for a database to say.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"
#include "agreement/kinds.h"
#include "agreement/raising.h"

#include "calendar/calendar.h"
#include "guard/judge.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "number/share_price.h"
#include "utils/builtins.h"

/* What is raised how. */
typedef struct FinancingKind
{
	const char *name;
	bool		common_stock;
	bool		indeterminate;
	bool		warrants;
	bool		equity;
} FinancingKind;

static const FinancingKind financing_kinds[] = {
	{"common stock", .common_stock = true, .equity = true},
	{"common stock and warrants", .common_stock = true, .warrants = true, .equity = true},
	{"fixed convertible", .equity = true},
	{"variable convertible", .indeterminate = true, .equity = true},
	{"warrants", .warrants = true, .equity = true},
	{"straight debt"},
};

/* What the limitations do not apply to. */
static const char *const exceptions[] = {
	"underwritten", "strategic transaction", "existing securities", "shareholder-approved plan", "this agreement", NULL
};

typedef struct Financing
{
	const char *name;
	const FinancingKind *kind;
	DateADT		agreed_on;
	DateADT		closes_on;		/* NO_DAY: not yet */
	const SharePrice *price;	/* NULL: not known */
	const SharePrice *market;
	bool		excepted;
} Financing;

/* Words ------------------------------------------------------------------ */

static const FinancingKind *
find_kind(const char *name)
{
	StringInfoData known;

	initStringInfo(&known);
	for (int i = 0; i < lengthof(financing_kinds); i++)
	{
		if (strcmp(financing_kinds[i].name, name) == 0)
			return &financing_kinds[i];
		appendStringInfo(&known, "%s\"%s\"", i == 0 ? "" : ", ", financing_kinds[i].name);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of financing \"%s\"", name),
			 errhint("Known are %s (Section 4(e)).", known.data)));
}

static void
require_exception(const char *name)
{
	if (is_word_of(name, exceptions))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown exception \"%s\" from the limits on financings", name),
			 errhint("Known are \"underwritten\" (firm commitment, not under Rule 415), \"strategic transaction\", \"existing securities\", \"shareholder-approved plan\" and \"this agreement\" (Section 4(e)).")));
}

/*
 * A sum of money for people.
 */
static char *
amount_text(Ratio amount)
{
	Ratio		whole = ratio_floor(amount);
	int64		n = 0;
	char	   *decimals;

	if (!ratio_int64(whole, &n))
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(ratio_numeric(amount, 2))));
	if (ratio_compare(whole, amount) == 0)
		return commas(n);
	decimals = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(ratio_numeric(ratio_subtract(amount, whole), 2))));
	return psprintf("%s%s", commas(n), strchr(decimals, '.'));
}

static char *
price_text(const SharePrice *price)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(numeric_from_share_price(price))));
}

/* The Lock-up Period ----------------------------------------------------- */

/*
 * Is a restriction over on a day, if the period ends on another?
 */
static bool
is_over(const Clock *clock, DateADT last_day, DateADT day)
{
	if (last_day == DATEVAL_NOEND)
		return false;
	return day > (clock->clause->unit == UNIT_NONE ? last_day : due_day(clock->clause, clock->reading, last_day));
}

/*
 * The restriction that runs to the end of the Lock-up Period, or, after it, the
 * one for some time longer; NULL: it has not begun, or is over.
 */
static const Clock *
restriction(const Walk *walk, bool longer, DateADT day, LockUp *period)
{
	for (int i = 0; i < walk->nclocks; i++)
	{
		const Clock *clock = &walk->clocks[i];

		if (clock->clause->ends_on != W_LOCK_UP || (clock->clause->unit != UNIT_NONE) != longer || clock->waived)
			continue;
		*period = lock_up_of(walk, clock->started_on, clock->reading);
		if (period->unread && clock->started_on <= day)
		{
			if (is_over(clock, period->latest, day))
				continue;
			if (is_over(clock, period->last_day, day))
				refuse_unread(R_LOCK_UP_EXTENDS);
			return clock;
		}
		if (clock->started_on <= day && (period->open || day <= clock->due_on))
			return clock;
	}
	return NULL;
}

/*
 * What of a financing is barred while the Lock-up Period lasts; NULL: nothing.
 * A price is net of the value of the warrants that come with the stock.
 */
static char *
barred(const Financing *f)
{
	if (f->kind->common_stock)
	{
		if (f->price == NULL || f->market == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("%s of offering \"%s\" is not known", f->price == NULL ? "the price" : "the market price", f->name),
					 errdetail("It is agreed on %s, in the Lock-up Period, when no common stock may be issued at a discount to the market price on the date of issuance.",
							   iso_day(f->agreed_on)),
					 errhint("Enter the price, net of the value of the warrants that come with the stock, and the market price of the day of issuance (Section 4(e)).")));
		if (share_price_compare(f->price, f->market) < 0)
			return psprintf("issues common stock at %s, below the market price of %s",
							price_text(f->price), price_text(f->market));
	}
	if (f->kind->indeterminate)
		return pstrdup("is convertible into an indeterminate number of shares");
	return f->kind->warrants ? pstrdup("issues warrants") : NULL;
}

/*
 * The principal by which a majority-in-interest is counted: of each holder, and
 * all of it.
 */
static Ratio *
interests(const Walk *walk, const Reading *reading, Majority majority, Ratio *total)
{
	Ratio	   *of_holder;

	if (majority == MAJORITY_OF_PURCHASED)
		return principal_purchased(walk, reading, total);
	of_holder = palloc(Max(walk->nholders, 1) * sizeof(Ratio));
	*total = ratio_int(0);
	for (int h = 0; h < walk->nholders; h++)
	{
		const Balance *balance = balance_on(&walk->all.of_holder[h], walk->as_of);

		of_holder[h] = balance == NULL ? ratio_int(0) : balance->principal;
		*total = ratio_add(*total, of_holder[h]);
	}
	return of_holder;
}

/*
 * The principal of those who have consented to an offering.
 */
static Ratio
consented(const Walk *walk, const char *offering, const Ratio *of_holder)
{
	const FactList *consents = &walk->of_kind[W_CONSENT];
	bool	   *counted = palloc0(Max(walk->nholders, 1) * sizeof(bool));
	Ratio		sum = ratio_int(0);

	for (int i = 0; i < consents->n; i++)
	{
		int			holder = consents->facts[i]->holder;

		if (!is_of_offering(consents->facts[i], W_CONSENT, offering) || holder == NOBODY || counted[holder])
			continue;
		counted[holder] = true;
		sum = ratio_add(sum, of_holder[holder]);
	}
	return sum;
}

static void
put_limit(Answer *a, const char *limit, const char *message, const char *detail, const char *hint)
{
	put_text(a, limit);
	put_text(a, message);
	put_text(a, detail);
	put_text(a, hint);
	put_row(a);
}

static const char *
open_because(const Walk *walk, const LockUp *period)
{
	if (!period->open)
		return "";
	if (walk->of_kind[W_EFFECTIVE].n > 0)
		return " at the earliest, sales being suspended";
	return " at the earliest, the registration statement not being effective";
}

/* Who has consented, counted in one way. */
typedef struct Vote
{
	Ratio		in_favour;
	Ratio		total;
	bool		carried;		/* by more than half */
} Vote;

static Vote
vote_on(const Walk *walk, const Financing *f, const Reading *reading, Majority majority)
{
	Vote		vote;
	Ratio	   *of_holder = interests(walk, reading, majority, &vote.total);

	vote.in_favour = consented(walk, f->name, of_holder);
	vote.carried = ratio_compare(ratio_multiply(vote.in_favour, ratio_int(2)), vote.total) > 0;
	return vote;
}

/*
 * First sentence: what is agreed in the Lock-up Period.  How a majority is read
 * matters where the two ways to count it do not agree.
 */
static void
judge_lock_up(Answer *a, const Financing *f)
{
	LockUp		period;
	const Clock *clock = restriction(&a->walk, false, f->agreed_on, &period);
	Majority	majority;
	Vote		vote;
	bool		differs;
	char	   *what;

	if (clock == NULL)
		return;
	majority = clock->reading->majority;
	vote = vote_on(&a->walk, f, clock->reading, majority == MAJORITY_UNREAD ? MAJORITY_OF_PURCHASED : majority);
	differs = majority == MAJORITY_UNREAD &&
		vote.carried != vote_on(&a->walk, f, clock->reading, MAJORITY_OF_OUTSTANDING).carried;
	if ((vote.carried && !differs) || (what = barred(f)) == NULL)
		return;
	if (differs)
		refuse_unread(R_MAJORITY);
	put_limit(a, "lock_up", psprintf("offering \"%s\" is barred by the Lock-up Period", f->name),
			  psprintf("It is agreed on %s and %s; the Lock-up Period lasts from %s to %s%s. Holders of %s of %s of the principal %s have consented by that day; more than half is needed.",
					   iso_day(f->agreed_on), what, iso_day(clock->started_on), iso_day(period.last_day),
					   open_because(&a->walk, &period), amount_text(vote.in_favour), amount_text(vote.total),
					   majority == MAJORITY_OF_OUTSTANDING ? "outstanding" : "purchased"),
			  "Agree on it after the period, name the exception that applies, or obtain the consents first: an event consent of each holder, of section 4(e), with the offering as subject (Section 4(e)).");
}

/* The right of first offer ----------------------------------------------- */

/*
 * Who lacks a notice, by name; NULL: nobody.
 */
static char *
without_notice(const Walk *walk, const Offering *offering)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < offering->nbuyers; i++)
	{
		const OfferingBuyer *buyer = &offering->buyers[i];

		if (lacks_notice(offering, buyer))
			appendStringInfo(&names, "%s%.*s", names.len == 0 ? "" : ", ",
							 (int) walk->holders[buyer->holder].len, walk->holders[buyer->holder].data);
	}
	return names.len == 0 ? NULL : names.data;
}

static void
put_lacking(Answer *a, const Financing *f, const Offering *offering, const char *who)
{
	put_limit(a, "right_of_first_offer",
			  psprintf("offering \"%s\" closes before the right of first offer is served", f->name),
			  psprintf("It closes on %s, and by then no notice of it%s was delivered to: %s.", iso_day(f->closes_on),
					   offering->amended_on == DATEVAL_NOBEGIN ? "" :
					   psprintf(", with its terms as amended on %s,", iso_day(offering->amended_on)), who),
			  "Deliver a notice to each of them and record it (an event offering_notice with the offering as subject) 20 business days before the closing, or obtain their waivers of section 4(e) with that subject (Section 4(e)).");
}

static void
put_early(Answer *a, const Financing *f, const Offering *offering)
{
	put_limit(a, "right_of_first_offer",
			  psprintf("offering \"%s\" closes before the right of first offer is served", f->name),
			  psprintf("It closes on %s, the earliest day is %s: the 20th business day after the notices is %s, and the last option ends on %s.",
					   iso_day(f->closes_on), iso_day(offering->earliest_closing), iso_day(offering->notices_until),
					   iso_day(offering->options_until)),
			  psprintf("Close on %s or later, or obtain waivers of section 4(e) with the offering as subject (Section 4(e)).",
					   iso_day(offering->earliest_closing)));
}

/*
 * Second sentence: what closes before every Buyer has had its notice and option.
 */
static void
judge_first_offer(Answer *a, const Financing *f)
{
	LockUp		period;
	const Offering *offering;
	char	   *who;

	if (restriction(&a->walk, true, f->closes_on, &period) == NULL)
		return;
	offering = find_offering(&a->walk, f->name);
	who = without_notice(&a->walk, offering);
	if (who != NULL)
		put_lacking(a, f, offering, who);
	else if (offering->earliest_closing != NO_DAY && f->closes_on < offering->earliest_closing)
		put_early(a, f, offering);
	else if (offering->unread && f->closes_on < offering->later_closing)
		refuse_unread(R_AMENDMENT);
}

/* For the guard ---------------------------------------------------------- */

static const SharePrice *
price_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_SHARE_PRICE(n);
}

/*
 * What must be known of a financing: 22004.
 */
static void
require_arguments(FunctionCallInfo fcinfo)
{
	static const int needed[] = {0, 1, 2, 3, 4, 5, 10};

	for (int i = 0; i < lengthof(needed); i++)
	{
		if (PG_ARGISNULL(needed[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a financing without deal, name, kind or day cannot be judged")));
	}
}

static Financing
financing_of_call(FunctionCallInfo fcinfo)
{
	Financing	f = {.name = text_to_cstring(PG_GETARG_TEXT_PP(3)), .kind = find_kind(text_to_cstring(PG_GETARG_TEXT_PP(4))),
		.agreed_on = PG_GETARG_DATEADT(5), .closes_on = PG_ARGISNULL(6) ? NO_DAY : PG_GETARG_DATEADT(6),
	.price = price_argument(fcinfo, 7), .market = price_argument(fcinfo, 8), .excepted = !PG_ARGISNULL(9)};

	require_day(f.agreed_on, "the day on which an offering is agreed");
	if (f.closes_on != NO_DAY)
		require_day(f.closes_on, "the day on which an offering closes");
	if (f.excepted)
		require_exception(text_to_cstring(PG_GETARG_TEXT_PP(9)));
	return f;
}

/*
 * covenant_internal.broken_limit(ledger, deal, with_capital, offering, kind,
 * agreed_on, closes_on, price, market_price, exception, limit_name): what is to be said of
 * a financing that breaks a limit; no row where it does not.
 */
COVENANT_FUNCTION(covenant_broken_limit);
Datum
covenant_broken_limit(PG_FUNCTION_ARGS)
{
	Financing	f;
	bool		lock_up;
	Answer		a;

	require_arguments(fcinfo);
	f = financing_of_call(fcinfo);
	lock_up = strcmp(text_to_cstring(PG_GETARG_TEXT_PP(10)), "lock_up") == 0;
	if (f.excepted || !f.kind->equity || (!lock_up && f.closes_on == NO_DAY))
	{
		InitMaterializedSRF(fcinfo, 0);
		return (Datum) 0;
	}
	begin_answer_by(&a, fcinfo, lock_up ? f.agreed_on : f.closes_on, TO_CLOCKS);
	if (lock_up)
		judge_lock_up(&a, &f);
	else
		judge_first_offer(&a, &f);
	end_answer(&a);
	return (Datum) 0;
}

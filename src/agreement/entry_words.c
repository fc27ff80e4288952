/*-------------------------------------------------------------------------
 *
 * entry_words.c
 *		What can be said of an event by itself: its kind, its days, its numbers,
 *		the spelling of its ref.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/entry_words.h"

#include "agreement/kinds.h"
#include "calendar/calendar.h"
#include "lib/stringinfo.h"
#include "number/decimal.h"
#include "number/share_price.h"
#include "settings.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

/* Where amounts end: so many digits before the point and after it. */
#define AMOUNT_DIGITS	20

/* What starts and ends clocks without being an event. */
static const char *const no_kinds[] = {MONTH_END, SHORTFALL, VOTE_NEEDED, LAST_NOTE, LOCK_UP, NULL};

/*
 * The kinds that a deal may record, for a hint: covenant's own and those that
 * its clauses name.
 */
static char *
known_kinds(const EntryBooks *books)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < books->nclauses; i++)
	{
		const char *words[] = {books->clauses[i].starts_on, books->clauses[i].ends_on};

		for (int j = 0; j < lengthof(words); j++)
		{
			if (!is_known_kind(words[j]) && !is_word_of(words[j], no_kinds))
				appendStringInfo(&list, ", %s", words[j]);
		}
	}
	return list.data;
}

static bool
is_named_by_clause(const char *kind, const EntryBooks *books)
{
	if (is_word_of(kind, no_kinds))
		return false;
	for (int i = 0; i < books->nclauses; i++)
	{
		if (strcmp(books->clauses[i].starts_on, kind) == 0 || strcmp(books->clauses[i].ends_on, kind) == 0)
			return true;
	}
	return false;
}

void
check_kind(const EventEntry *entry, const EntryBooks *books)
{
	if (is_known_kind(entry->kind) || is_named_by_clause(entry->kind, books))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of event \"%s\"", entry->kind),
			 errhint("Kinds are those of covenant.event_kinds()%s; covenant.amend adds what a clause starts or ends on.",
					 known_kinds(books))));
}

/*
 * Facts are recorded when they have happened.
 */
void
check_days(const EventEntry *entry)
{
	require_day(entry->occurred_on, "the day of the event");
	if (entry->has_from)
		require_day(entry->from_day, "from_day");
	if (entry->has_to)
		require_day(entry->to_day, "to_day");
	if (entry->has_from && entry->has_to && entry->to_day <= entry->from_day)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("to_day of event \"%s\" is not after its from_day", entry->kind),
				 errdetail("They are %s and %s.", iso_day(entry->to_day), iso_day(entry->from_day)),
				 errhint("to_day is the first day no longer covered: the third quarter runs from 07-01 to 10-01.")));
	if (entry->occurred_on > as_of_day() && strcmp(entry->kind, "filing_due") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" lies in the future of covenant.as_of", entry->kind),
				 errdetail("It is dated %s, covenant.as_of is %s.", iso_day(entry->occurred_on), iso_day(as_of_day())),
				 errhint("Facts are recorded when they have happened; only filing_due may be known before its day.")));
}

static void
refuse_blank(const EventEntry *entry, const char *name, const char *value)
{
	if (value == NULL || value[strspn(value, " \t\r\n")] != '\0')
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of event \"%s\" is blank", name, entry->kind),
			 errhint("Leave it out where there is none.")));
}

/*
 * A list delivered to one holder may be any of several that he waits for.
 */
void
check_texts(const EventEntry *entry)
{
	bool		elects = strcmp(entry->kind, "election") == 0;

	refuse_blank(entry, "section", entry->section);
	refuse_blank(entry, "subject", entry->subject);
	refuse_blank(entry, "counterparty", entry->counterparty);
	if (entry->choice == NULL ? elects :
		strcmp(entry->choice, "cash") != 0 && strcmp(entry->choice, "shares") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 elects ? errmsg("an election chooses cash or shares") :
				 errmsg("choice of event \"%s\" is neither cash nor shares", entry->kind),
				 errhint("Write cash or shares into the column choice.")));
	if (strcmp(entry->kind, "signing") == 0 && entry->holder != NULL)
		refuse_blank(entry, "holder", entry->holder);
	if (strcmp(entry->kind, "list_delivered") == 0 && entry->holder != NULL && entry->ref == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a list delivered to one holder names no month"),
				 errhint("Its ref is the month end, YYYY-MM-DD.")));
}

/* Numbers ---------------------------------------------------------------- */

static Numeric
amount_limit(void)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum("1e20"),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

static Numeric
zero(void)
{
	return numeric_from_int128(0);
}

static void
check_number(const EventEntry *entry, const char *name, Numeric number)
{
	Numeric		trimmed;

	if (numeric_is_nan(number) || numeric_is_inf(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of event \"%s\" is not a finite number", name, entry->kind),
				 errhint("Write the exact %s.", name)));
	trimmed = DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(number)));
	if (num_compare(number, amount_limit()) >= 0 ||
		DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(trimmed))) > AMOUNT_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of event \"%s\" is out of range", name, entry->kind),
				 errhint("It has at most %d digits before the point and %d after it.", AMOUNT_DIGITS, AMOUNT_DIGITS)));
}

static bool
is_payment(const char *kind)
{
	return strcmp(kind, "damages_paid") == 0 || strcmp(kind, "interest_paid") == 0;
}

/*
 * An invoice and a payment are of something; a waiver that names an amount
 * releases some of it.
 */
static void
check_amount(const EventEntry *entry)
{
	static const char *const of_money[] = {"invoice", "proceeds_received", "proceeds_used", NULL};
	bool		needed = is_word_of(entry->kind, of_money) || is_payment(entry->kind);
	bool		positive = needed || strcmp(entry->kind, "waiver") == 0;
	int			sign = 1;

	if (entry->amount != NULL)
	{
		check_number(entry, "amount", entry->amount);
		sign = num_compare(entry->amount, zero());
	}
	if ((needed && entry->amount == NULL) || sign < 0 || (positive && sign == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" needs a positive amount", entry->kind),
				 errhint("Amounts of invoices and payments are positive, in the currency of the notes; a payment in shares has shares and price.")));
}

/*
 * shares x price, rounded half up to the cent; NULL out of range.
 */
static Numeric
shares_amount(int64 shares, const SharePrice *price)
{
	int128		product = (int128) shares * price->num;
	int128		whole = product / price->den;
	int128		rest = product % price->den;

	if (whole >= (int128) power_of_ten(AMOUNT_DIGITS))
		return NULL;
	return numeric_with_decimals((Decimal) {whole * 100 + (rest * 200 + price->den) / (2 * (int128) price->den), 2});
}

static void
require_share_price(const EventEntry *entry, SharePrice *price)
{
	PriceFit	fit = share_price_from_numeric(NumericGetDatum(entry->price), price);

	if (fit != PRICE_FITS || price->num == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("price of event \"%s\" is no price per share", entry->kind),
				 fit == PRICE_FITS ? errdetail("It is 0.") : errdetail_internal("%s", share_price_limit(fit)),
				 errhint("Write the Conversion Price of the day of payment.")));
}

/*
 * What was paid in shares is worth shares x price (Section 2(f): "at the
 * Conversion Price at the time of payment").
 */
static void
value_shares(EventEntry *entry)
{
	SharePrice	price;
	Numeric		worth;

	require_share_price(entry, &price);
	worth = shares_amount(entry->shares, &price);
	if (worth == NULL || num_compare(worth, zero()) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 worth == NULL ? errmsg("amount of event \"%s\" is out of range", entry->kind) :
				 errmsg("event \"%s\" pays less than a cent", entry->kind),
				 errdetail("It is %lld shares at the price given.", (long long) entry->shares)));
	if (entry->amount != NULL && num_compare(entry->amount, worth) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("amount of event \"%s\" is not what its shares are worth", entry->kind),
				 errdetail("Shares times price, rounded half up to the cent, are %s.",
						   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(worth)))),
				 errhint("Leave the amount out.")));
	entry->amount = worth;
}

static void
check_shares(const EventEntry *entry)
{
	if (entry->has_shares && entry->shares <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("shares of event \"%s\" are not positive", entry->kind)));
	if (entry->has_shares && strcmp(entry->kind, "consent") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a consent has no shares"),
				 errhint("The most shares by which the reserve may fall are its amount.")));
}

void
check_amounts(EventEntry *entry)
{
	SharePrice	price;

	check_shares(entry);
	if (entry->amount != NULL)
		check_number(entry, "amount", entry->amount);
	if (is_payment(entry->kind) && entry->has_shares != (entry->price != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" has %s but no %s", entry->kind, entry->has_shares ? "shares" : "price",
						entry->has_shares ? "price" : "shares"),
				 errhint("A payment in shares has both: its amount is shares times price.")));
	if (is_payment(entry->kind) && entry->has_shares)
		value_shares(entry);
	else if (entry->price != NULL)
		require_share_price(entry, &price);
	check_amount(entry);
}

/* Offerings -------------------------------------------------------------- */

/*
 * Section 4(e): what is said of an offering says of which, a notice and an
 * option are a buyer's, and an amendment is one of the offering.
 */
void
check_offering(const EventEntry *entry)
{
	static const char *const of_buyer[] = {"offering_notice", "option_exercised", NULL};
	bool		amended = strcmp(entry->kind, "offering_amended") == 0;

	if (!amended && !is_word_of(entry->kind, of_buyer))
		return;
	if (entry->subject == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" does not say of which offering", entry->kind),
				 errhint("Its subject is the offering, by the name that the table of offerings has (Section 4(e)).")));
	if (amended != (entry->holder == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 amended ? errmsg("an amendment of an offering names a holder") :
				 errmsg("event \"%s\" names no holder", entry->kind),
				 amended ? errhint("Its terms change for everybody; the notice of it to each Buyer is an event offering_notice of its own (Section 4(e)).") :
				 errhint("Each Buyer has a notice and an option of its own (Section 4(e)).")));
	if (strcmp(entry->kind, "option_exercised") == 0 &&
		(entry->amount == NULL || num_compare(entry->amount, zero()) <= 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event \"%s\" needs a positive amount", entry->kind),
				 errhint("It is the number of units that the Buyer takes of the offering (Section 4(e)).")));
}

/* The ref ---------------------------------------------------------------- */

/*
 * A day as it prints, YYYY-MM-DD; false where it is spelt otherwise, or there
 * is no such day.
 */
static bool
read_day(const char *text, DateADT *day)
{
	int			year,
				month,
				mday;
	int			end = 0;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-' ||
		sscanf(text, "%4d-%2d-%2d%n", &year, &month, &mday, &end) != 3 || end != 10 ||
		year < 1 || month < 1 || month > MONTHS_PER_YEAR || mday < 1 || mday > day_tab[isleap(year)][month - 1])
		return false;
	*day = date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
	return true;
}

/*
 * The number of an event as it prints: no sign, no zero before it.
 */
static bool
read_number(const char *text, int64 *number)
{
	int			length = strlen(text);

	if (length == 0 || length > 19 || strspn(text, "0123456789") != length || text[0] == '0')
		return false;
	errno = 0;
	*number = strtoll(text, NULL, 10);
	return errno == 0;
}

static bool
is_month_end(DateADT day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE + 1, &year, &month, &mday);
	return mday == 1;
}

/*
 * Reads a ref, which is written as the duty view prints it.
 */
void
read_ref(EventEntry *entry)
{
	static const char shortfall[] = SHORTFALL " ";
	int			length = sizeof(shortfall) - 1;

	if (entry->ref == NULL)
		return;
	if (read_number(entry->ref, &entry->ref_event))
		entry->ref_kind = REF_EVENT;
	else if (strncmp(entry->ref, shortfall, length) == 0 && read_day(entry->ref + length, &entry->ref_day))
		entry->ref_kind = REF_SHORTFALL;
	else if (read_day(entry->ref, &entry->ref_day))
		entry->ref_kind = REF_MONTH_END;
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ref \"%s\" does not tie to anything", entry->ref),
				 errhint("It is an event_id, a month end as YYYY-MM-DD, or shortfall YYYY-MM-DD by its first day: the ref that the duty view shows.")));
	if (entry->ref_kind == REF_EVENT)
		return;
	require_day(entry->ref_day, "the day in ref");
	if (entry->ref_kind == REF_MONTH_END && !is_month_end(entry->ref_day))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ref \"%s\" is no month end", entry->ref),
				 errhint("Write the last day of the month that the list is about, YYYY-MM-DD.")));
	entry->tied_to = entry->ref_kind == REF_MONTH_END ? MONTH_END : SHORTFALL;
	entry->tied_on = entry->ref_day;
}

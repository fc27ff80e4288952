/*-------------------------------------------------------------------------
 *
 * judge.c
 *		The rule: no act may open or widen a shortfall.
 *
 * With the transaction's facts alone the slack would be s1; with everything
 * it is s2.  It is refused if s2 < 0 and s2 < s1.  The same rule guards the
 * authorized capital.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/judge.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

/*
 * Shares that could be reserved without a shareholder vote.
 */
int128
available_of(const Balances *b)
{
	return (int128) b->shares[AUTHORIZED] - b->shares[OUTSTANDING] - b->shares[OTHER_RESERVED];
}

static int128
issuable_of(const Balances *b)
{
	return (int128) b->shares[NOTE_SHARES] + b->shares[WARRANT_SHARES];
}

/*
 * The Reserved Amount: the multiple of what is issuable, rounded up, each
 * instrument having been rounded before (Section 4(h)), and never less than
 * the deal's minimum.
 */
int128
required_of(const Balances *b)
{
	int128		unit = (int128) power_of_ten(b->multiple.scale);
	int128		of_issuable = (issuable_of(b) * b->multiple.value + unit - 1) / unit;

	return Max(of_issuable, b->shares[MINIMUM]);
}

/*
 * Authorized and Reserved Shares: shares that are reserved but not authorized
 * do not count.
 */
int128
counted_of(const Balances *b)
{
	int128		reserved = b->shares[RESERVED];

	return b->counts_authorized ? Min(reserved, available_of(b)) : reserved;
}

int128
slack_of(const Balances *b)
{
	return counted_of(b) - required_of(b);
}

/*
 * Balances on record as the judge takes them: a multiple is booked as its
 * difference from the agreement's 2.
 */
Balances
balances_on_record(const Change *change, bool with_capital)
{
	Balances	balances = {.multiple = change->multiple.fast,.counts_authorized = with_capital};

	(void) decimal_add(&balances.multiple, (Decimal) {.value = 2});
	memcpy(balances.shares, change->shares, sizeof(balances.shares));
	return balances;
}

/*
 * balances += sign * change
 */
void
balances_add(Balances *balances, const Change *change, int sign)
{
	Decimal		multiple = change->multiple.fast;	/* bounded when it was read */

	multiple.value *= sign;
	(void) decimal_add(&balances->multiple, multiple);
	for (int i = 0; i < N_SHARE_COUNTS; i++)
	{
		int64		count = change->shares[i];

		shares_add(&balances->shares[i], sign < 0 ? -count : count);
	}
}

static bool
fits_bigint(int128 n)
{
	return n >= PG_INT64_MIN && n <= PG_INT64_MAX;
}

/*
 * A multiple with which required_of cannot overflow: rows are held to it, a
 * hand that edits the books is not.
 */
static bool
multiple_fits(const Balances *b)
{
	int128		limit = power_of_ten(18);

	return b->multiple.scale <= 12 && b->multiple.value <= limit && b->multiple.value >= -limit;
}

/*
 * Everything that the views show of a deal is a bigint.
 */
bool
in_range(const Balances *b)
{
	return multiple_fits(b) && fits_bigint(required_of(b)) && fits_bigint(available_of(b)) && fits_bigint(slack_of(b));
}

/*
 * A deal for which one of these numbers is not is refused rather than shown
 * wrong (22003).
 */
void
check_range(const Books *books, Bytes deal, const Balances *b)
{
	if (!in_range(b))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("reserved amount of deal \"%s\" is out of range",
						key_to_cstring(deal, books->key_base)),
				 errdetail("The shares required, available or missing exceed 9,223,372,036,854,775,807."),
				 errhint("Is a conversion price far too low?")));
}

/*
 * A number of shares for people: with thousands commas.
 */
char *
commas(int128 n)
{
	char		buffer[64];
	char	   *p = buffer + sizeof(buffer);
	uint128		rest = n < 0 ? -(uint128) n : (uint128) n;
	int			digits = 0;

	*--p = '\0';
	do
	{
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = '0' + (int) (rest % 10);
		rest /= 10;
		digits++;
	} while (rest != 0);
	if (n < 0)
		*--p = '-';
	return pstrdup(p);
}

static char *
multiple_text(const Balances *b)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out,
											   NumericGetDatum(numeric_from_decimal(b->multiple))));
}

/* What a refusal is about, and for whom it is worded. */
typedef struct Report
{
	const Books *books;
	Oid			table;			/* the ledger, or the capital */
	Bytes		deal;			/* or the company */
	const Balances *after;
	const Posting *posting;
	Oid			reader;
} Report;

/*
 * May a role see all rows of a table?
 */
bool
may_read(Oid relation, Oid role)
{
	return pg_class_aclcheck(relation, role, ACL_SELECT) == ACLCHECK_OK &&
		check_enable_rls(relation, role, true) != RLS_ENABLED;
}

/*
 * Reports a broken promise: an error, or a warning where the books say so.
 * The figures are for those who may read the books.
 */
static void
report_breach(const Report *report, const char *constraint, const char *message,
			  const char *detail, const char *hint)
{
	const Books *books = report->books;
	const char *table = get_rel_name(report->table);
	bool		figures = may_read(report->table, report->reader);

	ereport(report->after->on_breach == 'r' ? ERROR : WARNING,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("%s", message),
			 figures ? errdetail("%s", detail) :
			 errdetail("The figures are shown to roles that may read \"%s\".", table),
			 figures ? errhint("%s", hint) : 0,
			 err_generic_string(PG_DIAG_SCHEMA_NAME, books->schema),
			 err_generic_string(PG_DIAG_TABLE_NAME, table),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, constraint)));
}

/*
 * What the company can do about a reserve that falls short.
 */
static char *
reserve_hint(const Balances *b, const Posting *posting)
{
	int128		missing = -slack_of(b);

	if (posting->places.price_is_act)
		return "A transaction that adds principal has its price changes judged with it: commit the quote or the price first, then issue what still fits (Section 4(h)).";
	if (b->counts_authorized && available_of(b) < required_of(b))
		return psprintf("Only %s shares can be reserved before shareholders authorize %s more; issue less, or obtain their approval first (Section 4(h)).",
						commas(available_of(b)), commas(required_of(b) - available_of(b)));
	return psprintf("Reserve at least %s more shares in the same transaction, or issue less (Section 4(h)).",
					commas(missing));
}

static void
report_reserve(const Report *report)
{
	const Balances *b = report->after;

	report_breach(report, "reserved_amount",
				  psprintf("reserved amount of deal \"%s\" is not covered",
						   key_to_cstring(report->deal, report->books->key_base)),
				  psprintf("%s x %s issuable shares require %s; %s are authorized and reserved, %s too few.",
						   multiple_text(b), commas(issuable_of(b)), commas(required_of(b)),
						   commas(counted_of(b)), commas(-slack_of(b))),
				  reserve_hint(b, report->posting));
}

static void
report_authorized(const Report *report, const char *whose, const char *for_whom)
{
	const Balances *b = report->after;
	int128		used = (int128) b->shares[OUTSTANDING] + b->shares[OTHER_RESERVED] + b->shares[RESERVED];

	report_breach(report, "authorized_shares",
				  psprintf("authorized shares are exceeded by %s", whose),
				  psprintf("%s outstanding, %s otherwise reserved and %s reserved for %s make %s; %s are authorized, %s too few.",
						   commas(b->shares[OUTSTANDING]), commas(b->shares[OTHER_RESERVED]),
						   commas(b->shares[RESERVED]), for_whom, commas(used),
						   commas(b->shares[AUTHORIZED]), commas(used - b->shares[AUTHORIZED])),
				  psprintf("Have shareholders authorize at least %s more shares in the same transaction, or issue or reserve less (Section 4(h)).",
						   commas(used - b->shares[AUTHORIZED])));
}

/*
 * Was an agreement adopted for these deals, so that consents can be recorded,
 * and may there be a reduction that wants them?
 */
bool
wants_consents(const Books *books, const PendingDeal *deal)
{
	int			stem = strlen(books->ledger_name) - strlen("_reserve");

	for (const Entry *e = deal->entries; e != NULL; e = e->next)
	{
		if (e->kind == CHANGE_ACT && e->change.shares[RESERVED] < 0)
			return OidIsValid(get_relname_relid(psprintf("%.*s_event", stem, books->ledger_name),
												get_rel_namespace(books->ledger)));
	}
	return false;
}

/*
 * The holders whose consent to this reduction is not on record, by name; NULL
 * where none is lacking, or no agreement was adopted.
 */
static char *
consents_lacking(const Report *report)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, INT8OID, DATEOID};
	Datum		values[4];
	char	   *holders;

	values[0] = ObjectIdGetDatum(report->books->ledger);
	values[1] = CStringGetTextDatum(key_to_cstring(report->deal, report->books->key_base));
	values[2] = Int64GetDatum(report->posting->reduction);
	values[3] = DateADTGetDatum(report->posting->reduced_on);
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_with_args("SELECT pg_catalog.string_agg(holder, ', ')"
							  " FROM covenant_internal.consents_lacking($1, $2, $3, $4) AS lacking(holder)",
							  4, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "asking for consents failed");
	PopActiveSnapshot();
	holders = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
	return holders;
}

/*
 * Section 4(h), second sentence: no reduction of the reserve without the
 * consent of each Buyer.  Shares issued out of the reserve are none.
 */
static void
judge_reduction(const Report *report)
{
	const Posting *posting = report->posting;
	int64		issued = posting->issued.shares[OUTSTANDING];
	char	   *holders;

	if (posting->reduction == 0 || (holders = consents_lacking(report)) == NULL)
		return;
	report_breach(report, "reserve_reduction",
				  psprintf("reserve of deal \"%s\" is reduced without consent",
						   key_to_cstring(report->deal, report->books->key_base)),
				  posting->covered == issued ?
				  psprintf("%s fewer shares would be reserved; consent is lacking of: %s.",
						   commas(posting->reduction), holders) :
				  psprintf("Of %s shares taken out of the reserve %s are issued for what this transaction converts, exercises or pays; %s fewer would be reserved; consent is lacking of: %s.",
						   commas((int128) posting->reduction + posting->covered),
						   commas(posting->covered), commas(posting->reduction), holders),
				  posting->covered == issued ?
				  "Record an event of kind consent for each holder first (Section 4(h))." :
				  "Record note, price and issue in one transaction, whatever their days; for what is no issue record an event of kind consent for each holder first (Section 4(h)).");
}

/*
 * Shares that stay authorized and free: below 0 more is promised than exists.
 */
static int128
free_of(const Balances *b)
{
	return available_of(b) - b->shares[RESERVED];
}

static bool
widens(int128 without, int128 with)
{
	return with < 0 && with < without;
}

/*
 * Do acts promise more shares than there are, or issue some that nobody
 * authorized?
 */
static bool
exceeds_authorized(const Balances *after, const Balances *facts, const Change *issued)
{
	Balances	nothing_issued = *facts;

	balances_add(&nothing_issued, issued, -1);
	return widens(free_of(facts), free_of(after)) ||
		widens((int128) nothing_issued.shares[AUTHORIZED] - nothing_issued.shares[OUTSTANDING],
			   (int128) after->shares[AUTHORIZED] - after->shares[OUTSTANDING]);
}

/*
 * The one test of a company: what its deals have reserved is authorized and
 * free.  Whoever causes that it is not is refused.
 */
void
judge_company(const Books *books, Bytes company, const Balances *after,
			  const Change *acts, const Change *issued, Oid reader)
{
	Report		report = {.books = books, .table = books->capital, .deal = company, .after = after, .reader = reader};
	Balances	facts = *after;

	if (after->on_breach == 'k')
		return;
	balances_add(&facts, acts, -1);
	if (exceeds_authorized(after, &facts, issued))
		report_authorized(&report, psprintf("company \"%s\"", key_to_cstring(company, books->company_base)), "its deals");
}

/*
 * Deals reserve shares of a company that the table of companies does not know.
 */
void
report_unknown_capital(const Books *books, Bytes company, const Balances *after, Oid reader)
{
	Report		report = {.books = books, .table = books->capital, .deal = company, .after = after, .reader = reader};

	if (after->on_breach == 'k')
		return;
	report_breach(&report, "authorized_shares",
				  psprintf("capital of company \"%s\" is not known", key_to_cstring(company, books->company_base)),
				  psprintf("%s shares would be reserved for its deals, and no row of the table of companies says that they are authorized.",
						   commas(after->shares[RESERVED])),
				  "Enter the company before, or in the same transaction; a deal whose company is null is about no capital that is known (Section 4(h)).");
}

/*
 * Judges a deal by its ledger row as it will be.  Issuing shares out of the
 * reserve is a fact where the reserve is concerned (Section 3(e): the duty to
 * issue is absolute), but no fact makes shares exist that nobody authorized.
 */
void
judge(const Books *books, Bytes deal, const Balances *after, const Posting *posting,
	  Oid reader)
{
	Report		report = {books, books->ledger, deal, after, posting, reader};
	Balances	facts = *after;

	check_range(books, deal, after);
	if (after->on_breach == 'k')
		return;

	balances_add(&facts, &posting->acts, -1);
	if (after->counts_authorized && !after->of_company && exceeds_authorized(after, &facts, &posting->issued))
		report_authorized(&report, psprintf("deal \"%s\"", key_to_cstring(deal, books->key_base)), "the deal");
	else if (widens(slack_of(&facts), slack_of(after)))
		report_reserve(&report);
	judge_reduction(&report);
}

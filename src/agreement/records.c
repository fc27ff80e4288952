/*-------------------------------------------------------------------------
 *
 * records.c
 *		The agreement of a deals table as a statement sees it.
 *
 * Clauses and readings are read once a statement, for all deals: they are few.
 * Of the versions of a duty that one applies to a start which is the deal's own
 * before the general one, of the later first day before the earlier, recorded
 * later before earlier (Section 8(e)); readings go by the same rule.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/records.h"

#include "agreement/kinds.h"
#include "catalog/pg_type.h"
#include "guard/adopted.h"
#include "guard/reading.h"
#include "guard/vouch.h"
#include "settings.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* Words ------------------------------------------------------------------ */

static const char *const known_words[] = {
	[W_MONTH_END] = MONTH_END, [W_SHORTFALL] = SHORTFALL, [W_LAST_NOTE] = LAST_NOTE, [W_SIGNING] = "signing",
	[W_CLOSING] = "closing", [W_BREACH] = "breach", [W_CURE] = "cure", [W_FILING_DUE] = "filing_due",
	[W_FILED] = "filed", [W_INVOICE] = "invoice", [W_OPINION] = "opinion_delivered",
	[W_TRANCHE_CLOSED] = "tranche_closed", [W_WAIVER] = "waiver", [W_ELECTION] = "election",
	[W_AGREED] = "damages_agreed", [W_ADJUDGED] = "damages_adjudged", [W_DAMAGES_PAID] = "damages_paid",
	[W_INTEREST_PAID] = "interest_paid", [W_RETRACTION] = "retraction", [W_APPROVAL] = "shareholder_approval",
	[W_LOCK_UP] = LOCK_UP, [W_EFFECTIVE] = "registration_effective", [W_SUSPENDED] = "sales_suspended",
	[W_RESUMED] = "sales_resumed", [W_CONSENT] = "consent", [W_OFFERING_NOTICE] = "offering_notice",
	[W_OFFERING_AMENDED] = "offering_amended", [W_OPTION_EXERCISED] = "option_exercised",
	[W_VOTE_NEEDED] = VOTE_NEEDED, [W_DISPOSED] = "securities_disposed", [W_REGISTRATION_FILED] = "registration_filed",
	[W_CONDITION_SATISFIED] = "condition_satisfied", [W_CONDITION_FAILED] = "condition_failed",
	[W_CONDITION_WAIVED] = "condition_waived", [W_PROCEEDS_RECEIVED] = "proceeds_received", [W_PROCEEDS_USED] = "proceeds_used",
	[W_LEGEND_REMOVED] = "legend_removed", [W_AGENT_INSTRUCTED] = "agent_instructed",
};

StaticAssertDecl(lengthof(known_words) == N_KNOWN_WORDS, "words of the engine");

/*
 * The number of a word; NO_WORD where no clause and no stage speaks of it.
 */
int
find_word(const Agreement *agreement, const char *word)
{
	for (int i = 0; i < agreement->nwords; i++)
	{
		if (strcmp(agreement->words[i], word) == 0)
			return i;
	}
	return NO_WORD;
}

static int
word_of(Agreement *agreement, const char *word)
{
	int			found = find_word(agreement, word);

	if (found != NO_WORD)
		return found;
	if (agreement->nwords == agreement->words_size)
	{
		agreement->words_size *= 2;
		agreement->words = repalloc(agreement->words, agreement->words_size * sizeof(char *));
	}
	agreement->words[agreement->nwords] = MemoryContextStrdup(agreement->context, word);
	return agreement->nwords++;
}

static void
begin_words(Agreement *agreement)
{
	agreement->words_size = 64;
	agreement->words = palloc(agreement->words_size * sizeof(char *));
	agreement->nwords = N_KNOWN_WORDS;
	memcpy(agreement->words, known_words, sizeof(known_words));
}

/* Rows ------------------------------------------------------------------- */

/* What reading rows goes on with. */
typedef struct Intake
{
	Agreement  *agreement;
	int			n;
	int			size;
	void	   *rows;
} Intake;

static void *
new_row(Intake *intake, Size width)
{
	if (intake->n == intake->size)
	{
		intake->size = Max(32, 2 * intake->size);
		intake->rows = intake->rows == NULL ? palloc(intake->size * width) : repalloc_huge(intake->rows, intake->size * width);
	}
	return memset((char *) intake->rows + width * intake->n++, 0, width);
}

static char *
text_in(const RowRead *row, int column)
{
	return read_null(row, column) ? NULL : TextDatumGetCString(read_value(row, column));
}

/*
 * The place of a word among those that a column may hold; an error (22023)
 * where it is another.
 */
static int
place_in(const char *word, const char *const *words, const char *column)
{
	for (int i = 0; words[i] != NULL; i++)
	{
		if (word != NULL && strcmp(words[i], word) == 0)
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s \"%s\" of an agreement", column, word == NULL ? "" : word),
			 errhint("The books were changed by hand.")));
}

static bool
ratio_in(const RowRead *row, int column, Ratio *ratio)
{
	*ratio = ratio_int(0);
	if (read_null(row, column))
		return false;
	*ratio = ratio_from_numeric(DatumGetNumericCopy(read_value(row, column)));
	return true;
}

/*
 * The first four columns of clauses and readings.
 */
static void
read_version(Version *version, const RowRead *row, const Books *books)
{
	version->id = DatumGetInt64(read_value(row, 1));
	if (!read_null(row, 2))
	{
		Bytes		key = key_from_datum(read_value(row, 2), books->key_base, palloc(8));

		version->deal = (Bytes) {memcpy(palloc(Max(key.len, 1)), key.data, key.len), key.len};
	}
	version->from_day = read_null(row, 3) ? DATEVAL_NOBEGIN : DatumGetDateADT(read_value(row, 3));
	version->recorded_at = DatumGetTimestampTz(read_value(row, 4));
}

static bool
same_deal(Bytes a, Bytes b)
{
	return a.data == NULL || b.data == NULL ? a.data == b.data : bytes_equal(a, b);
}

/*
 * The first that applies first; rows of other deals lie between, by key.
 */
static int
version_cmp(const Version *a, const Version *b)
{
	if (!same_deal(a->deal, b->deal))
		return a->deal.data == NULL ? 1 : b->deal.data == NULL ? -1 : bytes_cmp(a->deal, b->deal);
	if (a->from_day != b->from_day)
		return a->from_day > b->from_day ? -1 : 1;
	if (a->recorded_at != b->recorded_at)
		return a->recorded_at > b->recorded_at ? -1 : 1;
	return (a->id < b->id) - (a->id > b->id);
}

/* Clauses ---------------------------------------------------------------- */

static void
read_subjects(Clause *clause, Datum value)
{
	Datum	   *items;

	deconstruct_array(DatumGetArrayTypePCopy(value), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &clause->nsubjects);
	clause->subjects = palloc(Max(clause->nsubjects, 1) * sizeof(Bytes));
	for (int i = 0; i < clause->nsubjects; i++)
	{
		char	   *subject = TextDatumGetCString(items[i]);

		clause->subjects[i] = (Bytes) {subject, strlen(subject)};
	}
}

static void
read_time(Clause *clause, const RowRead *row)
{
	static const char *const units[] = {"", "business days", "days", "months", "years", "promptly", "closing", NULL};
	static const char *const rolls[] = {"none", "following", NULL};
	char	   *roll = text_in(row, 15);

	clause->unit = read_null(row, 13) ? UNIT_NONE : place_in(text_in(row, 13), units, "unit");
	clause->period = read_null(row, 12) ? 0 : DatumGetInt32(read_value(row, 12));
	clause->has_calendar = !read_null(row, 14);
	if (clause->has_calendar)
		clause->calendar = calendars_from_text(DatumGetTextPP(read_value(row, 14)));
	clause->has_roll = roll != NULL;
	clause->rolls = roll != NULL && place_in(roll, rolls, "roll") == 1;
}

static void
read_remedy(Clause *clause, const RowRead *row)
{
	static const char *const remedies[] = {"damages", "interest", "per day", "injunction", "none", NULL};
	static const char *const electors[] = {"", "company", "holder", NULL};
	static const char *const bases[] = {"own_notes", "all_notes", "affected_notes", NULL};

	clause->remedy = place_in(text_in(row, 17), remedies, "remedy");
	(void) ratio_in(row, 18, &clause->rate);
	clause->has_first_day_rate = ratio_in(row, 19, &clause->first_day_rate);
	clause->has_cap = ratio_in(row, 20, &clause->cap);
	clause->elector = read_null(row, 21) ? ELECTOR_NONE : place_in(text_in(row, 21), electors, "elector");
	clause->base = read_null(row, 22) ? BASE_AS_READ : place_in(text_in(row, 22), bases, "base");
}

static void
take_clause(const RowRead *row, void *arg)
{
	static const char *const parties[] = {"company", "buyers", NULL};
	Intake	   *intake = arg;
	Clause	   *clause = new_row(intake, sizeof(Clause));

	read_version(&clause->version, row, intake->agreement->books);
	clause->ord = DatumGetInt32(read_value(row, 5));
	clause->section = text_in(row, 6);
	clause->duty = text_in(row, 7);
	clause->by_buyers = place_in(text_in(row, 8), parties, "party") == 1;
	clause->to_each_holder = DatumGetBool(read_value(row, 9));
	clause->starts_on = word_of(intake->agreement, text_in(row, 10));
	if (!read_null(row, 11))
		read_subjects(clause, read_value(row, 11));
	read_time(clause, row);
	clause->ends_on = word_of(intake->agreement, text_in(row, 16));
	read_remedy(clause, row);
}

static int
clause_cmp(const void *left, const void *right)
{
	const Clause *a = left;
	const Clause *b = right;
	int			cmp = (a->ord > b->ord) - (a->ord < b->ord);

	if (cmp == 0)
		cmp = strcmp(a->duty, b->duty);
	return cmp != 0 ? cmp : version_cmp(&a->version, &b->version);
}

/* Readings --------------------------------------------------------------- */

static const struct
{
	const char *name;
	const char *choices[4];		/* those that are no word of another room */
}			points[] = {
	[R_FORMULA] = {"formula"},
	[R_INTEREST] = {"interest", {"all_unpaid", "during_breach"}},
	[R_MONTHS] = {"months"},
	[R_DAY_COUNT] = {"day_count"},
	[R_CALENDAR] = {"calendar"},
	[R_BASE] = {"base", {"own_notes", "all_notes", "affected_notes"}},
	[R_ADDITIONAL_NOTES] = {"additional_notes", {"not_counted", "counted"}},
	[R_STACKING] = {"stacking", {"each", "one", "specific"}},
	[R_RECOVERY] = {"recovery", {"restarts", "continues"}},
	[R_BOARD_CURABLE] = {"board_curable", {"counts", "excluded", "from_shortfall"}},
	[R_SHORTFALL] = {"shortfall", {"thirty_days_only", "at_once"}},
	[R_APPROVAL] = {"approval", {"approval", "reserve_restored"}},
	[R_ACCRUAL] = {"accrual", {"after_deadline", "from_start"}},
	[R_LIST_ACCRUAL] = {"list_accrual", {"after_deadline", "from_month_end"}},
	[R_CURE_DAY] = {"cure_day", {"excluded", "included"}},
	[R_SUNDAY] = {"sunday", {"stays", "moves"}},
	[R_EXPENSES] = {"expenses", {"from_invoice", "from_due_date", "after_due_date"}},
	[R_EXPENSES_BASE] = {"expenses_base", {"total", "unpaid"}},
	[R_EXPENSES_BREACH] = {"expenses_breach", {"interest_only", "also_damages"}},
	[R_LIST_INTEREST] = {"list_interest", {"next_year", "past_year"}},
	[R_EACH_BUYER] = {"each_buyer", {"holders", "all_purchasers"}},
	[R_LOCK_UP_EXTENDS] = {"lock_up_extends", {"effectiveness", "both"}},
	[R_AMENDMENT] = {"amendment", {"options_only", "restarts_both"}},
	[R_MAJORITY] = {"majority", {"purchased", "outstanding"}},
	[R_PROMPTLY] = {"promptly"},
};

StaticAssertDecl(lengthof(points) == N_READING_POINTS, "points of a reading");

/*
 * Takes one choice; an error (22023) where there is none of that name.
 */
void
read_choice(Reading *r, ReadingPoint point, const char *choice)
{
	const text *word = cstring_to_text(choice);
	int			n = points[point].choices[0] == NULL ? 0 : place_in(choice, points[point].choices, points[point].name);

	switch (point)
	{
		case R_FORMULA: r->formula = formula_from_text(word); break;
		case R_INTEREST: r->interest = n; break;
		case R_MONTHS: r->months = month_rule_from_text(word); break;
		case R_DAY_COUNT: r->day_count = day_count_from_text(word); break;
		case R_CALENDAR: r->calendar = calendars_from_text(word); break;
		case R_BASE: r->base = n; break;
		case R_ADDITIONAL_NOTES: r->additional_counted = n; break;
		case R_STACKING: r->stacking = n; break;
		case R_RECOVERY: r->recovery_continues = n; break;
		case R_BOARD_CURABLE: r->board_curable = n; break;
		case R_SHORTFALL: r->short_at_once = n; break;
		case R_APPROVAL: r->restored_only = n; break;
		case R_ACCRUAL: r->from_start = n; break;
		case R_LIST_ACCRUAL: r->from_month_end = n; break;
		case R_CURE_DAY: r->cure_included = n; break;
		case R_SUNDAY: r->sunday_moves = n; break;
		case R_EXPENSES: r->expenses = n; break;
		case R_EXPENSES_BASE: r->expenses_unpaid = n; break;
		case R_EXPENSES_BREACH: r->expenses_breach = n; break;
		case R_LIST_INTEREST: r->past_year = n; break;
		case R_EACH_BUYER: break;	/* the door asks for it, see consent.sql */
		case R_LOCK_UP_EXTENDS: r->lock_up_extends = n; break;
		case R_AMENDMENT: r->amendment = n; break;
		case R_MAJORITY: r->majority = n; break;
		case R_PROMPTLY: r->promptly = pg_strtoint32(choice); break;
		case N_READING_POINTS: break;
	}
}

/*
 * Some points may be left open until something depends on them.
 */
static bool
may_be_left_out(ReadingPoint point)
{
	return point == R_PROMPTLY || point == R_LOCK_UP_EXTENDS || point == R_AMENDMENT || point == R_MAJORITY;
}

/*
 * Something depends on a point that was left open.
 */
void
refuse_unread(ReadingPoint point)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("reading \"%s\" is missing", points[point].name),
			 errdetail("The agreement leaves it open, the readings adopted say nothing of it, and here it decides."),
			 errhint("Call covenant.adopt again with it; covenant.reading_choices() lists what it may be.")));
}

static void
take_reading(const RowRead *row, void *arg)
{
	Intake	   *intake = arg;
	Reading    *reading = new_row(intake, sizeof(Reading));

	read_version(&reading->version, row, intake->agreement->books);
	reading->promptly = -1;
	reading->lock_up_extends = EXTENDS_UNREAD;
	reading->amendment = AMENDMENT_UNREAD;
	reading->majority = MAJORITY_UNREAD;
	for (int i = 0; i < N_READING_POINTS; i++)
	{
		char	   *choice = text_in(row, 5 + i);

		if (choice != NULL || !may_be_left_out(i))
			read_choice(reading, i, choice);
	}
	if (!read_null(row, 5 + N_READING_POINTS))
		read_categories(&reading->schedule, read_value(row, 5 + N_READING_POINTS));
	if (!read_null(row, 6 + N_READING_POINTS))
		read_subsidiaries(&reading->schedule, read_value(row, 6 + N_READING_POINTS));
}

static int
reading_cmp(const void *left, const void *right)
{
	return version_cmp(&((const Reading *) left)->version, &((const Reading *) right)->version);
}

/* One deal --------------------------------------------------------------- */

static bool
is_of(const Version *version, Bytes deal)
{
	return version->deal.data == NULL || bytes_equal(version->deal, deal);
}

void
find_terms(const Agreement *agreement, Bytes deal, Terms *terms)
{
	int			n = 0;

	terms->clauses = palloc(Max(agreement->nclauses, 1) * sizeof(Clause *));
	terms->duties = palloc((agreement->nclauses + 1) * sizeof(int));
	terms->readings = palloc(Max(agreement->nreadings, 1) * sizeof(Reading *));
	terms->nduties = terms->nreadings = 0;
	for (int i = 0; i < agreement->nclauses; i++)
	{
		const Clause *clause = &agreement->clauses[i];

		if (!is_of(&clause->version, deal))
			continue;
		if (n == 0 || strcmp(clause->duty, terms->clauses[n - 1]->duty) != 0)
			terms->duties[terms->nduties++] = n;
		terms->clauses[n++] = clause;
	}
	terms->duties[terms->nduties] = n;
	for (int i = 0; i < agreement->nreadings; i++)
	{
		if (is_of(&agreement->readings[i].version, deal))
			terms->readings[terms->nreadings++] = &agreement->readings[i];
	}
}

/*
 * The version of a duty in force on the day of a start; NULL: there is none yet.
 */
const Clause *
clause_on(const Terms *terms, int duty, DateADT day)
{
	for (int i = terms->duties[duty]; i < terms->duties[duty + 1]; i++)
	{
		if (terms->clauses[i]->version.from_day <= day)
			return terms->clauses[i];
	}
	return NULL;
}

/*
 * How the deal is read on the day of a start; NULL: nothing is adopted.
 */
const Reading *
reading_on(const Terms *terms, DateADT day)
{
	for (int i = 0; i < terms->nreadings; i++)
	{
		if (terms->readings[i]->version.from_day <= day)
			return terms->readings[i];
	}
	return NULL;
}

/* Companies -------------------------------------------------------------- */

/*
 * Where the capital is that of companies, the deals table says of which.
 */
static void
find_company_column(Agreement *agreement)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(agreement->ledger)};
	MemoryContext old = CurrentMemoryContext;
	char	   *expression;

	if (!OidIsValid(agreement->books->capital))
		return;
	if (SPI_execute_with_args("SELECT pg_catalog.replace(covenant_internal.company_expression($1), '%%', '%')", 1, types,
							  values, NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "asking for the company of a deal failed");
	expression = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	MemoryContextSwitchTo(old);
	agreement->company_plan = kept_plan(psprintf("SELECT %s FROM (SELECT $1) AS l(deal) -- key %u", expression,
												 agreement->books->key_base), 1, &agreement->books->key_base);
}

/* What reading a company goes on with. */
typedef struct CompanyIntake
{
	const Books *books;
	Bytes		company;
} CompanyIntake;

static void
take_company(const RowRead *row, void *arg)
{
	CompanyIntake *intake = arg;

	if (!read_null(row, 1))
		intake->company = key_from_cstring(TextDatumGetCString(read_value(row, 1)), intake->books->company_base, palloc(8));
}

/*
 * The company of a deal; data NULL where there is none.
 */
Bytes
company_of(const Agreement *agreement, Bytes deal)
{
	CompanyIntake intake = {agreement->books, {NULL, 0}};
	Datum		values[] = {key_to_datum(deal, agreement->books->key_base)};

	if (agreement->company_plan != NULL)
		read_plan(agreement->company_plan, values, take_company, &intake);
	return intake.company;
}

/* The statement ---------------------------------------------------------- */

static void
read_rows(Agreement *agreement, AdoptedTable table, const char *columns, TakeRow take, Intake *intake)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		values[] = {TimestampTzGetDatum(agreement->known_at)};

	*intake = (Intake) {.agreement = agreement};
	read_plan(kept_plan(psprintf("SELECT %s FROM %s WHERE recorded_at OPERATOR(pg_catalog.<=) $1 -- key %u", columns,
								 qualified_name(adopted_table(agreement->books, table)), agreement->books->key_base),
						1, types),
			  values, take, intake);
}

static void
read_agreement(Agreement *agreement)
{
	StringInfoData columns;
	Intake		intake;

	read_rows(agreement, ADOPTED_CLAUSE, "clause_id, deal, from_day, recorded_at, ord, section, duty, owed_by, to_each_holder,"
			  " starts_on, subjects, period, unit, calendar, roll, ends_on, remedy, rate, first_day_rate, cap, elector, base",
			  take_clause, &intake);
	agreement->clauses = intake.rows;
	agreement->nclauses = intake.n;
	if (intake.n > 1)
		qsort(intake.rows, intake.n, sizeof(Clause), clause_cmp);

	initStringInfo(&columns);
	appendStringInfoString(&columns, "reading_id, deal, from_day, recorded_at");
	for (int i = 0; i < N_READING_POINTS; i++)
		appendStringInfo(&columns, ", %s", points[i].name);
	appendStringInfoString(&columns, ", proceeds, subsidiaries");
	read_rows(agreement, ADOPTED_READING, columns.data, take_reading, &intake);
	agreement->readings = intake.rows;
	agreement->nreadings = intake.n;
	if (intake.n > 1)
		qsort(intake.rows, intake.n, sizeof(Reading), reading_cmp);
}

/*
 * The agreement beside a ledger, in a memory context of its own; the caller has
 * connected to SPI.
 */
Agreement *
open_agreement(Oid ledger, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "covenant agreement", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Agreement  *agreement = palloc0(sizeof(Agreement));

	agreement->context = context;
	agreement->ledger = ledger;
	agreement->books = require_books(ledger);
	agreement->as_of = as_of_day();
	agreement->known_at = known_at_moment();
	agreement->events = adopted_table(agreement->books, ADOPTED_EVENT);
	begin_words(agreement);
	read_agreement(agreement);
	find_company_column(agreement);
	MemoryContextSwitchTo(old);
	return agreement;
}

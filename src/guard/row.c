/*-------------------------------------------------------------------------
 *
 * row.c
 *		From a row of a watched table to the change it stands for.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/row.h"

#include "catalog/pg_type.h"
#include "number/issuable.h"
#include "number/quotient.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The multiple is kept in bounds, so that required shares fit 128 bits. */
#define MULTIPLE_LIMIT		1000000
#define MULTIPLE_DECIMALS	9

/* Which column of a row gives which share count; principal gives NOTE_SHARES. */
static const struct
{
	ColumnRole	role;
	ShareCount	count;
}			share_columns[] =
{
	{COL_SHARES, WARRANT_SHARES},
	{COL_RESERVED, RESERVED},
	{COL_AUTHORIZED, AUTHORIZED},
	{COL_OUTSTANDING, OUTSTANDING},
	{COL_OTHER_RESERVED, OTHER_RESERVED},
};

/*
 * Refuses a value of a watched row.
 */
static void
refuse_value(const Watch *watch, ColumnRole role, const Row *row, int sqlstate,
			 const char *problem, const char *hint)
{
	const char *table = get_rel_name(watch->relation);

	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("column \"%s\" of watched table \"%s\" %s",
					watch->columns[role].name, table, problem),
			 errdetail("The row belongs to deal \"%s\".",
					   key_to_cstring(row->deal, watch->columns[COL_DEAL].base)),
			 errhint("%s", hint),
			 err_generic_string(PG_DIAG_SCHEMA_NAME,
								get_namespace_name(get_rel_namespace(watch->relation))),
			 err_generic_string(PG_DIAG_TABLE_NAME, table),
			 err_generic_string(PG_DIAG_COLUMN_NAME, watch->columns[role].name)));
}

static void
refuse_not_finite(const Watch *watch, ColumnRole role, const Row *row)
{
	refuse_value(watch, role, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
				 "is not a finite number", "Write the exact amount.");
}

static void
refuse_negative(const Watch *watch, ColumnRole role, const Row *row)
{
	refuse_value(watch, role, row, ERRCODE_INVALID_PARAMETER_VALUE,
				 "is negative", "Amounts, prices and numbers of shares start at 0.");
}

static void
number_from_datum(Number *number, Datum value, ColumnType type)
{
	number->taken_apart = true;
	number->decimal.scale = 0;
	switch (type)
	{
		case TYPE_INT2:
			number->decimal.value = DatumGetInt16(value);
			break;
		case TYPE_INT4:
			number->decimal.value = DatumGetInt32(value);
			break;
		case TYPE_INT8:
			number->decimal.value = DatumGetInt64(value);
			break;
		default:
			number->taken_apart = decimal_from_datum(value, &number->decimal);
			if (!number->taken_apart)
				number->numeric = DatumGetNumeric(value);
	}
}

/*
 * -1, 0 or 1.
 */
static int
number_sign(const Number *number)
{
	if (number->taken_apart)
		return (number->decimal.value > 0) - (number->decimal.value < 0);
	return num_compare(number->numeric, numeric_from_int128(0));
}

bool
number_is_zero(const Number *number)
{
	return number_sign(number) == 0;
}

static Numeric
number_numeric(const Number *number)
{
	return number->taken_apart ? numeric_from_decimal(number->decimal) : number->numeric;
}

/*
 * The value of a watched column that must be there.
 */
static Datum
read_value(const Watch *watch, ColumnRole role, TupleTableSlot *slot, const Row *row)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, watch->columns[role].attno, &isnull);

	if (isnull)
		refuse_value(watch, role, row, ERRCODE_NOT_NULL_VIOLATION, "is null",
					 "A row with a deal must have all its watched values; a row without a deal, or outside only_when, need not.");
	return value;
}

/*
 * One that must be finite and, but for a rate, not negative.
 */
static void
read_number(Number *number, const Watch *watch, ColumnRole role, TupleTableSlot *slot,
			const Row *row)
{
	number_from_datum(number, read_value(watch, role, slot, row), watch->columns[role].type);
	if (!number->taken_apart &&
		(numeric_is_nan(number->numeric) || numeric_is_inf(number->numeric)))
		refuse_not_finite(watch, role, row);
	if (number_sign(number) < 0 && role != COL_RATE)
		refuse_negative(watch, role, row);
}

/*
 * A yearly rate, which may be negative.
 */
static void
read_rate(Number *rate, const Watch *watch, TupleTableSlot *slot, const Row *row)
{
	read_number(rate, watch, COL_RATE, slot, row);
	if (rate->taken_apart ? !rate_is_fraction(rate->decimal)
		: num_compare(rate->numeric, int64_to_numeric(1)) > 0)
		refuse_value(watch, COL_RATE, row, ERRCODE_INVALID_PARAMETER_VALUE,
					 "is above 1", RATE_HINT);
}

/*
 * A conversion price, by the rule of every decimal that becomes one: the
 * guard counts what covenant.shares_issuable gives.
 */
static void
read_price(SharePrice *price, const Watch *watch, TupleTableSlot *slot, const Row *row)
{
	ColumnType	type = watch->columns[COL_PRICE].type;
	Datum		value = read_value(watch, COL_PRICE, slot, row);
	PriceFit	fit;
	Number		number;

	if (type == TYPE_SHARE_PRICE)
	{
		*price = *DatumGetSharePrice(value);
		return;
	}
	if (type == TYPE_NUMERIC)
		fit = share_price_from_numeric(value, price);
	else
	{
		number_from_datum(&number, value, type);
		*price = (SharePrice) {(int64) number.decimal.value, 1};
		fit = number.decimal.value < 0 ? PRICE_NEGATIVE : PRICE_FITS;
	}
	if (fit == PRICE_NO_NUMBER)
		refuse_not_finite(watch, COL_PRICE, row);
	if (fit == PRICE_NEGATIVE)
		refuse_negative(watch, COL_PRICE, row);
	if (fit != PRICE_FITS)
		refuse_value(watch, COL_PRICE, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "is not a share price", share_price_limit(fit));
}

/*
 * The same for a column that counts shares.
 */
static int64
read_shares(const Watch *watch, ColumnRole role, TupleTableSlot *slot, const Row *row)
{
	Number		number;
	int64		result = 0;

	read_number(&number, watch, role, slot, row);
	if (number.taken_apart && number.decimal.scale == 0 &&
		number.decimal.value <= PG_INT64_MAX)
		return (int64) number.decimal.value;
	if (!int64_from_numeric(number_numeric(&number), &result))
		refuse_value(watch, role, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "is not a whole number of shares in the range of bigint",
					 "Shares are counted in whole numbers up to 9223372036854775807.");
	return result;
}

static void
read_multiple(Number *number, const Watch *watch, TupleTableSlot *slot, const Row *row)
{
	Decimal		d;

	read_number(number, watch, COL_MULTIPLE, slot, row);
	d = number->decimal;
	while (number->taken_apart && d.scale > MULTIPLE_DECIMALS && d.value % 10 == 0)
	{
		d.value /= 10;
		d.scale--;
	}
	if (!number->taken_apart || d.value <= 0 || d.scale > MULTIPLE_DECIMALS ||
		d.value > MULTIPLE_LIMIT * (int128) power_of_ten(d.scale))
		refuse_value(watch, COL_MULTIPLE, row, ERRCODE_INVALID_PARAMETER_VALUE,
					 "is not a multiple of issuable shares",
					 "The multiple is above 0, at most 1000000, with at most 9 decimals; the agreement's is 2 (Section 4(h)).");
}

/*
 * The holder as text; a table watched without a holder column has none.
 */
static Bytes
read_holder(const Watch *watch, TupleTableSlot *slot, const Row *row)
{
	const Column *column = &watch->columns[COL_HOLDER];
	bool		isnull;
	Datum		value;
	Oid			output;
	bool		varlena;
	char	   *text;

	if (column->name == NULL)
		return (Bytes) {"", 0};
	value = slot_getattr(slot, column->attno, &isnull);
	if (isnull)
		refuse_value(watch, COL_HOLDER, row, ERRCODE_NOT_NULL_VIOLATION, "is null",
					 "Name the holder, or watch the table without a holder column.");
	if (column->base == TEXTOID || column->base == VARCHAROID)
		return key_from_datum(value, column->base, NULL);
	if (column->base == BPCHAROID)
	{
		BpChar	   *padded = DatumGetBpCharPP(value);

		return (Bytes) {VARDATA_ANY(padded),
			bpchartruelen(VARDATA_ANY(padded), VARSIZE_ANY_EXHDR(padded))};
	}
	getTypeOutputInfo(column->base, &output, &varlena);
	text = OidOutputFunctionCall(output, value);
	return (Bytes) {text, strlen(text)};
}

/*
 * Does the row count: has it a deal, and is only_when, if watched, true?
 */
static bool
row_counts(const Watch *watch, TupleTableSlot *slot, Row *row)
{
	const Column *deal = &watch->columns[COL_DEAL];
	const Column *only_when = &watch->columns[COL_ONLY_WHEN];
	bool		isnull;
	Datum		value = slot_getattr(slot, deal->attno, &isnull);

	if (isnull)
		return false;
	row->deal = key_from_datum(value, deal->base, row->deal_buffer);
	if (only_when->name == NULL)
		return true;
	value = slot_getattr(slot, only_when->attno, &isnull);
	return !isnull && DatumGetBool(value);
}

/*
 * Reads what is watched of a row; an empty slot is a row that does not count.
 */
void
read_row(const Watch *watch, TupleTableSlot *slot, Row *row)
{
	row->counts = slot != NULL && row_counts(watch, slot, row);
	if (!row->counts)
		return;

	memset(row->shares, 0, sizeof(row->shares));
	row->holder = read_holder(watch, slot, row);
	for (int i = 0; i < lengthof(share_columns); i++)
	{
		if (watch->columns[share_columns[i].role].name != NULL)
			row->shares[share_columns[i].count] =
				read_shares(watch, share_columns[i].role, slot, row);
	}
	if (watch->kind == NOTES_TABLE)
	{
		read_number(&row->principal, watch, COL_PRINCIPAL, slot, row);
		read_price(&row->price, watch, slot, row);
		if (row->price.num == 0 && !number_is_zero(&row->principal))
			refuse_value(watch, COL_PRICE, row, ERRCODE_DIVISION_BY_ZERO, "is zero",
						 "A note with principal needs a conversion price above 0.");
		if (watch->columns[COL_RATE].name != NULL)
			read_rate(&row->rate, watch, slot, row);
	}
	if (watch->columns[COL_MULTIPLE].name != NULL)
		read_multiple(&row->multiple, watch, slot, row);
}

/*
 * amount / price in whole shares, by the note's rounding.
 */
static int64
shares_at_price(const Number *amount, const SharePrice *price, Rounding rounding)
{
	int64		result;

	if (number_is_zero(amount))
		return 0;
	if (amount->taken_apart &&
		shares_for_decimal(amount->decimal, price, rounding, &result))
		return result;
	return shares_for_amount(number_numeric(amount), price, rounding);
}

static void
sum_add_number(Sum *sum, const Number *number)
{
	if (number->taken_apart)
		sum_add_decimal(sum, number->decimal);
	else
		sum_add_numeric(sum, number->numeric);
}

/*
 * principal times rate, exactly.
 */
static Number
yearly_interest(const Number *principal, const Number *rate)
{
	Number		interest = {.taken_apart = false};

	interest.numeric = num_call2(numeric_mul, number_numeric(principal), number_numeric(rate));
	interest.taken_apart = decimal_from_numeric(interest.numeric, &interest.decimal);
	return interest;
}

/*
 * What a note with this principal at this price adds to its deal.  Each note
 * is rounded to whole shares by itself, before anything is doubled: only so
 * does the agreement's own number in Section 3(c) come out.
 */
void
change_of_note(const Watch *watch, const Number *principal, const Number *rate,
			   const SharePrice *price, Change *change)
{
	memset(change, 0, sizeof(Change));
	sum_add_number(&change->principal, principal);
	change->shares[NOTE_SHARES] = shares_at_price(principal, price, watch->rounding);
	if (watch->columns[COL_RATE].name != NULL)
	{
		Number		interest = yearly_interest(principal, rate);

		sum_add_number(&change->annual_interest, &interest);
		if (number_sign(&interest) > 0)
			change->shares[INTEREST_SHARES] =
				shares_at_price(&interest, price, watch->rounding);
	}
}

/*
 * What a row adds to its deal by being there.
 */
void
change_of_row(const Watch *watch, const Row *row, Change *change)
{
	if (watch->kind == NOTES_TABLE)
	{
		change_of_note(watch, &row->principal, &row->rate, &row->price, change);
		change->raised = change->principal;
		return;
	}
	memset(change, 0, sizeof(Change));
	memcpy(change->shares, row->shares, sizeof(change->shares));

	/* A deal's multiple is booked as its difference from the agreement's 2. */
	if (watch->columns[COL_MULTIPLE].name != NULL)
	{
		sum_add_number(&change->multiple, &row->multiple);
		sum_add_decimal(&change->multiple, (Decimal) {.value = -2});
	}
}

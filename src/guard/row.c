/*-------------------------------------------------------------------------
 *
 * row.c
 *		From a row of a watched table to the change it stands for.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/row.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datetime.h"
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
	{COL_MINIMUM, MINIMUM},
};

/* What a value counts that is no good, in a row that leaves. */
static const Number nothing = {.taken_apart = true};

/*
 * Refuses a value of a watched row.  A row that leaves is let go whatever it
 * holds, or what came in while the triggers were off could be neither mended
 * nor deleted: there a value that is no good counts 0, as audit counts it.
 */
static void
refuse_value(const Watch *watch, ColumnRole role, const Row *row, int sqlstate,
			 const char *problem, const char *hint)
{
	const char *table = get_rel_name(watch->relation);

	if (row->leaves)
		return;
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("column \"%s\" of watched table \"%s\" %s",
					watch->columns[role].name, table, problem),
			 errdetail(watch->kind == CAPITAL_TABLE ? "The row is of company \"%s\"." : "The row belongs to deal \"%s\".",
					   key_to_cstring(row->deal, watch->columns[COL_DEAL].base)),
			 errhint("%s", hint),
			 err_generic_string(PG_DIAG_SCHEMA_NAME,
								get_namespace_name(get_rel_namespace(watch->relation))),
			 err_generic_string(PG_DIAG_TABLE_NAME, table),
			 err_generic_string(PG_DIAG_COLUMN_NAME, watch->columns[role].name)));
}

static void
number_from_datum(Number *number, Datum value, ColumnType type)
{
	number->taken_apart = true;
	number->rational = NULL;
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
		case TYPE_SHARE_PRICE:
			number->taken_apart = false;
			number->rational = DatumGetSharePrice(value);
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
int
number_sign(const Number *number)
{
	if (number->taken_apart)
		return (number->decimal.value > 0) - (number->decimal.value < 0);
	if (number->rational != NULL)
		return number->rational->num > 0;
	return num_compare(number->numeric, numeric_from_int128(0));
}

Numeric
number_numeric(const Number *number)
{
	return number->taken_apart ? numeric_from_decimal(number->decimal) : number->numeric;
}

/*
 * The value of a watched column that must be there, finite and not negative.
 */
static void
read_number(Number *number, const Watch *watch, ColumnRole role, TupleTableSlot *slot,
			const Row *row)
{
	const Column *column = &watch->columns[role];
	bool		isnull;
	Datum		value = slot_getattr(slot, column->attno, &isnull);

	*number = nothing;
	if (isnull)
	{
		refuse_value(watch, role, row, ERRCODE_NOT_NULL_VIOLATION, "is null",
					 "A row with a deal must have all its watched values; a row without a deal, or outside only_when, need not.");
		return;
	}
	number_from_datum(number, value, column->type);
	if (!number->taken_apart && number->rational == NULL &&
		(numeric_is_nan(number->numeric) || numeric_is_inf(number->numeric)))
	{
		refuse_value(watch, role, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "is not a finite number", "Write the exact amount.");
		*number = nothing;
	}
	if (number_sign(number) < 0 && role != COL_RATE)
	{
		refuse_value(watch, role, row, ERRCODE_INVALID_PARAMETER_VALUE,
					 "is negative", "Amounts, prices and numbers of shares start at 0.");
		*number = nothing;
	}
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
	if (int64_from_numeric(number_numeric(&number), &result))
		return result;
	refuse_value(watch, role, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
				 "is not a whole number of shares in the range of bigint",
				 "Shares are counted in whole numbers up to 9223372036854775807.");
	return 0;
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
	{
		refuse_value(watch, COL_MULTIPLE, row, ERRCODE_INVALID_PARAMETER_VALUE,
					 "is not a multiple of issuable shares",
					 "The multiple is above 0, at most 1000000, with at most 9 decimals; the agreement's is 2 (Section 4(h)).");
		*number = nothing;
		number->decimal.value = 2;	/* no difference from the agreement's */
	}
}

/*
 * Whose shares a deal is about.
 */
static Bytes
read_company(const Watch *watch, TupleTableSlot *slot, Row *row)
{
	const Column *column = &watch->columns[COL_COMPANY];
	bool		isnull = true;
	Datum		value = column->name == NULL ? (Datum) 0 : slot_getattr(slot, column->attno, &isnull);

	return isnull ? (Bytes) {NULL, 0} : key_from_datum(value, column->base, row->company_buffer);
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
		return (Bytes) {NULL, 0};
	value = slot_getattr(slot, column->attno, &isnull);
	if (isnull)
	{
		refuse_value(watch, COL_HOLDER, row, ERRCODE_NOT_NULL_VIOLATION, "is null",
					 "Name the holder, or watch the table without a holder column.");
		return (Bytes) {NULL, 0};
	}
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
 * One column of an instrument's key as text, which depends on no setting.
 */
static Bytes
key_text(const Column *column, Datum value, char buffer[24])
{
	struct pg_tm tm;
	char	   *text = buffer;

	switch (column->base)
	{
		case TEXTOID:
		case VARCHAROID:
			return key_from_datum(value, column->base, NULL);
		case INT2OID:
			return (Bytes) {buffer, pg_itoa(DatumGetInt16(value), buffer)};
		case INT4OID:
			return (Bytes) {buffer, pg_ltoa(DatumGetInt32(value), buffer)};
		case INT8OID:
			return (Bytes) {buffer, pg_lltoa(DatumGetInt64(value), buffer)};
		case DATEOID:
			if (DATE_NOT_FINITE(DatumGetDateADT(value)))
				text = DATE_IS_NOBEGIN(DatumGetDateADT(value)) ? "-infinity" : "infinity";
			else
			{
				text = palloc(MAXDATELEN + 1);
				j2date(DatumGetDateADT(value) + POSTGRES_EPOCH_JDATE,
					   &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
				EncodeDateOnly(&tm, USE_ISO_DATES, text);
			}
			break;
		default:
			text = DatumGetCString(DirectFunctionCall1(uuid_out, value));
	}
	return (Bytes) {text, strlen(text)};
}

/*
 * Appends a part of a key of several columns, as the text of a row has it.
 */
static void
append_key_part(StringInfo key, Bytes part)
{
	bool		quote = part.len == 0;

	for (int i = 0; i < part.len && !quote; i++)
		quote = strchr("\"\\(), \t\n\v\f\r", part.data[i]) != NULL;
	if (!quote)
	{
		appendBinaryStringInfo(key, part.data, part.len);
		return;
	}
	appendStringInfoChar(key, '"');
	for (int i = 0; i < part.len; i++)
	{
		if (part.data[i] == '"' || part.data[i] == '\\')
			appendStringInfoChar(key, part.data[i]);
		appendStringInfoChar(key, part.data[i]);
	}
	appendStringInfoChar(key, '"');
}

/*
 * What identifies the instrument: one column, or several as a row's text.
 */
static Bytes
read_instrument(const Watch *watch, TupleTableSlot *slot, Row *row)
{
	StringInfoData key;

	if (watch->nkeys > 1)
		initStringInfo(&key);
	for (int i = 0; i < watch->nkeys; i++)
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, watch->keys[i].attno, &isnull);
		Bytes		part;

		if (isnull && !row->leaves)
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("column \"%s\" of watched table \"%s\" is null",
							watch->keys[i].name, get_rel_name(watch->relation)),
					 errdetail("It identifies the instrument."),
					 errhint("Give every row of a watched table a key.")));
		part = isnull ? (Bytes) {"", 0} : key_text(&watch->keys[i], value, row->instrument_buffer);
		if (watch->nkeys == 1)
			return part;
		appendStringInfoChar(&key, i == 0 ? '(' : ',');
		append_key_part(&key, part);
	}
	appendStringInfoChar(&key, ')');
	return (Bytes) {key.data, key.len};
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
 * A value as it lies in the row; 0 where there is none.
 */
static Datum
read_plain(const Watch *watch, ColumnRole role, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		value;

	if (watch->columns[role].name == NULL)
		return (Datum) 0;
	value = slot_getattr(slot, watch->columns[role].attno, &isnull);
	return isnull ? (Datum) 0 : value;
}

/*
 * Such a value as its type prints it; empty where there is none.
 */
static const char *
plain_text(const Column *column, Datum value)
{
	Oid			output;
	bool		varlena;

	if (value == (Datum) 0)
		return "";
	getTypeOutputInfo(column->base, &output, &varlena);
	return OidOutputFunctionCall(output, value);
}

const char *
security_text(const Watch *watch, const Row *row)
{
	return plain_text(&watch->columns[COL_SECURITY], row->security);
}

const char *
terms_text(const Watch *watch, const Row *row)
{
	return plain_text(&watch->columns[COL_TERMS], row->terms);
}

/*
 * The price that a number of many decimals is the rounding of, by the rule for
 * all decimals that become a price: the guard counts what
 * covenant.shares_issuable gives.  Few decimals are exact as they stand.
 */
static void
take_for_price(const Watch *watch, Number *number, Row *row)
{
	PriceFit	fit;

	if (number->rational != NULL ||
		(number->taken_apart && number->decimal.value <= PG_INT64_MAX &&
		 number->decimal.scale <= EXACT_DECIMALS))
		return;
	fit = number->taken_apart ?
		share_price_from_digits(number->decimal.value, number->decimal.scale, &row->price_fraction) :
		share_price_from_numeric(NumericGetDatum(number->numeric), &row->price_fraction);
	if (fit != PRICE_FITS)
	{
		refuse_value(watch, COL_PRICE, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "is not a share price", share_price_limit(fit));
		*number = nothing;
		return;
	}
	number->taken_apart = false;
	number->rational = &row->price_fraction;
}

/*
 * A rate is a fraction of one, with no more digits than 128 bits hold; it may
 * be negative.
 */
static void
require_rate(const Watch *watch, Number *number, const Row *row)
{
	if (!number->taken_apart)
	{
		refuse_value(watch, COL_RATE, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "has more digits than a rate can have",
					 "37 significant digits are the limit.");
		*number = nothing;
	}
	if (!rate_is_fraction(number->decimal))
	{
		refuse_value(watch, COL_RATE, row, ERRCODE_INVALID_PARAMETER_VALUE,
					 "is above 1", RATE_HINT);
		*number = nothing;
	}
}

/*
 * Reads what is watched of a row; an empty slot is a row that does not count.
 * leaves: the row as it was, before an UPDATE or a DELETE.
 */
void
read_row(const Watch *watch, TupleTableSlot *slot, bool leaves, Row *row)
{
	row->leaves = leaves;
	row->counts = slot != NULL && row_counts(watch, slot, row);
	if (!row->counts)
		return;

	memset(row->shares, 0, sizeof(row->shares));
	row->company = read_company(watch, slot, row);
	row->holder = read_holder(watch, slot, row);
	if (watch->nkeys > 0)
		row->instrument = read_instrument(watch, slot, row);
	for (int i = 0; i < lengthof(share_columns); i++)
	{
		if (watch->columns[share_columns[i].role].name != NULL)
			row->shares[share_columns[i].count] =
				read_shares(watch, share_columns[i].role, slot, row);
	}
	if (watch->kind == NOTES_TABLE)
	{
		read_number(&row->principal, watch, COL_PRINCIPAL, slot, row);
		read_number(&row->price, watch, COL_PRICE, slot, row);
		if (number_is_zero(&row->price) && !number_is_zero(&row->principal))
			refuse_value(watch, COL_PRICE, row, ERRCODE_DIVISION_BY_ZERO, "is zero",
						 "A note with principal needs a conversion price above 0.");
		take_for_price(watch, &row->price, row);
		if (watch->columns[COL_RATE].name != NULL)
		{
			read_number(&row->rate, watch, COL_RATE, slot, row);
			require_rate(watch, &row->rate, row);
		}
		else
			row->rate = (Number) {.taken_apart = true};
	}
	row->security = read_plain(watch, COL_SECURITY, slot);
	row->terms = read_plain(watch, COL_TERMS, slot);
	if (watch->columns[COL_MULTIPLE].name != NULL)
		read_multiple(&row->multiple, watch, slot, row);
}

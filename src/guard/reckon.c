/*-------------------------------------------------------------------------
 *
 * reckon.c
 *		What a row, or what is said of an instrument, counts: its shares at its
 *		price, its interest, its change.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/row.h"

#include "number/issuable.h"
#include "number/quotient.h"
#include "utils/builtins.h"

bool
number_equal(const Number *a, const Number *b)
{
	Price		left,
				right;

	if (a->taken_apart && b->taken_apart)
		return decimal_equal(a->decimal, b->decimal);
	if (a->rational == NULL && b->rational == NULL)
		return num_compare(number_numeric(a), number_numeric(b)) == 0;
	left = price_of_number(a);
	right = price_of_number(b);
	return price_equal(&left, &right);
}

/*
 * A price for the books.  Prices, and rates, have no more digits than 128 bits
 * hold: read_row sees to it.
 */
Price
price_of_number(const Number *number)
{
	if (number->rational == NULL)
		return (Price) {number->decimal, 1};
	return (Price) {{.value = number->rational->num}, number->rational->den};
}

static void
number_of_price(const Price *price, SharePrice *rational, Number *number)
{
	number->taken_apart = price->divisor == 1;
	number->decimal = price->value;
	number->rational = NULL;
	if (number->taken_apart)
		return;
	rational->num = (int64) price->value.value;
	rational->den = price->divisor;
	number->rational = rational;
}

/*
 * amount / price in whole shares, by the note's rounding.
 */
static int64
shares_at_price(const Number *amount, const Number *price, Rounding rounding)
{
	SharePrice	exact;
	PriceFit	fit;
	int64		result;

	if (number_is_zero(amount) || number_is_zero(price))
		return 0;				/* a price of zero is that of a row that leaves */
	if (price->rational == NULL)
	{
		fit = share_price_from_digits(price->decimal.value, price->decimal.scale, &exact);
		if (fit != PRICE_FITS)
			share_price_misfit(fit);
	}
	else
		exact = *price->rational;
	if (amount->taken_apart &&
		shares_for_decimal(amount->decimal, &exact, rounding, &result))
		return result;
	return shares_for_amount(number_numeric(amount), &exact, rounding);
}

void
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
	Number		interest = {.taken_apart = true};

	interest.decimal.scale = principal->decimal.scale + rate->decimal.scale;
	if (principal->taken_apart && rate->taken_apart && interest.decimal.scale <= DECIMAL_MAX_SCALE &&
		!__builtin_mul_overflow(principal->decimal.value, rate->decimal.value, &interest.decimal.value) &&
		interest.decimal.value <= (int128) power_of_ten(DECIMAL_MAX_SCALE) &&
		interest.decimal.value >= -(int128) power_of_ten(DECIMAL_MAX_SCALE))
		return interest;
	interest.numeric = num_call2(numeric_mul, number_numeric(principal), number_numeric(rate));
	interest.taken_apart = decimal_from_numeric(interest.numeric, &interest.decimal);
	return interest;
}

/*
 * What a note with this principal at this price adds to its deal.  Each note
 * is rounded to whole shares by itself, before anything is doubled: only so
 * does the agreement's own number in Section 3(c) come out.
 */
static void
change_at_price(const Number *principal, const Number *rate, const Number *price,
				Rounding rounding, Change *change)
{
	memset(change, 0, sizeof(Change));
	sum_add_number(&change->principal, principal);
	change->shares[NOTE_SHARES] = shares_at_price(principal, price, rounding);
	if (!number_is_zero(rate))
	{
		Number		interest = yearly_interest(principal, rate);

		sum_add_number(&change->annual_interest, &interest);
		if (number_sign(&interest) > 0)
			change->shares[INTEREST_SHARES] = shares_at_price(&interest, price, rounding);
	}
}

void
change_of_note(const Watch *watch, const Number *principal, const Number *rate,
			   const Number *price, Change *change)
{
	change_at_price(principal, rate, price, watch->rounding, change);
}

/*
 * The same for a note that came whole, at another price than its own.
 */
void
change_of_instrument(const InstrumentChange *note, const Price *price, Change *change)
{
	Number		principal = {.taken_apart = note->principal.slow == NULL};
	Number		rate = {.taken_apart = true, .decimal = note->rate};
	Number		at;
	SharePrice	rational;

	if (principal.taken_apart)
		principal.decimal = note->principal.fast;
	else
		principal.numeric = sum_numeric(&note->principal);
	number_of_price(price, &rational, &at);
	change_at_price(&principal, &rate, &at, note->rounding, change);
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

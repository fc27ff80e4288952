/*-------------------------------------------------------------------------
 *
 * accrual.c
 *		The rows of damages.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "miscadmin.h"
#include "utils/datetime.h"

static const char *const statuses[] = {[ASSERTED] = "asserted", [AGREED] = "agreed", [ADJUDGED] = "adjudged"};

/* Shares ----------------------------------------------------------------- */

Ratio
exact_price(const Price *price)
{
	return ratio_divide(ratio_from_decimal(price->value), ratio_int(price->divisor));
}

/*
 * What an instrument was on a day; NULL: nothing yet.
 */
const Stretch *
stretch_on(const Instrument *instrument, DateADT day)
{
	int			i = instrument->nstretches;

	while (i > 0 && instrument->stretches[i - 1].from_day > day)
		i--;
	return i == 0 ? NULL : &instrument->stretches[i - 1];
}

/*
 * The exact price of the notes that a holder (NOBODY: everybody) has on a day,
 * or had last where nothing is left; false where there is none, or several.
 */
bool
price_on(const Walk *walk, int holder, DateADT day, Ratio *price)
{
	for (int outstanding = 1; outstanding >= 0; outstanding--)
	{
		int			n = 0;

		for (int i = 0; i < walk->timeline.ninstruments; i++)
		{
			const Instrument *note = &walk->timeline.instruments[i];
			const Stretch *then = note->is_note ? stretch_on(note, day) : NULL;
			Ratio		its;

			if (then == NULL || !then->has_price || (sum_sign(&then->principal) > 0) != outstanding ||
				(holder != NOBODY && !bytes_equal(then->holder, walk->holders[holder])))
				continue;
			its = exact_price(&then->price);
			if (ratio_sign(its) <= 0 || (n > 0 && ratio_compare(its, *price) != 0))
				return false;
			*price = its;
			n++;
		}
		if (n > 0)
			return true;
	}
	return false;
}

/*
 * An amount in whole shares at a price, rounded down; false where they are too
 * many.
 */
bool
shares_at(Ratio amount, Ratio price, int64 *shares)
{
	return ratio_int64(ratio_floor(ratio_divide(ratio_max(amount, ratio_int(0)), price)), shares);
}

static void
put_shares(Answer *a, const Segment *segment, Ratio balance)
{
	Ratio		price;
	int64		shares;

	if (segment->clock->clause->elector != ELECTOR_NONE && segment->holder != NOBODY &&
		price_on(&a->walk, segment->holder, a->walk.as_of, &price) && shares_at(balance, price, &shares))
		put_count(a, shares);
	else
		put_null(a);
}

/* Damages ---------------------------------------------------------------- */

/*
 * covenant_internal.damages_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_damages_of);
Datum
covenant_damages_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_DAMAGES);
	for (int i = 0; i < a.walk.nsegments; i++)
	{
		const Segment *s = &a.walk.segments[i];
		Ratio		balance = ratio_subtract(s->amount, ratio_add(s->paid, s->released));

		put_text(&a, s->clock->section);
		put_text(&a, s->clock->duty);
		put_bytes(&a, s->holder == NOBODY ? (Bytes) {"", 0} : a.walk.holders[s->holder]);
		put_day(&a, s->from);
		put_day(&a, s->to);
		put_int(&a, s->to - s->from);
		put_money(&a, s->principal);
		put_rounded(&a, s->interest, ratio_is_zero(s->interest) ? 0 : 10);
		put_rounded(&a, s->amount, 2);
		put_shares(&a, s, balance);
		put_text(&a, elector_of(s->clock));
		put_text(&a, elected(&a.walk, s));
		put_rounded(&a, s->paid, 2);
		put_rounded(&a, balance, 2);
		put_text(&a, statuses[s->status]);
		put_text(&a, ref_of(s->clock));
		put_rounded(&a, s->released, 2);
		put_count(&a, s->paid_shares);
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

/* Months ----------------------------------------------------------------- */

static DateADT
next_month(DateADT day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return date2j(year + month / 12, month % 12 + 1, 1) - POSTGRES_EPOCH_JDATE;
}

static DateADT
first_of_month(DateADT day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return day - (mday - 1);
}

/*
 * Parts a row's amount over the months that it covers, as it accrued in them.
 */
static void
put_months(Answer *a, const Segment *s)
{
	int			n = 0;
	int			size = (s->to - s->from) / 28 + 2;
	DateADT    *months = palloc(size * sizeof(DateADT));
	Ratio	   *weights = palloc(size * sizeof(Ratio));
	Ratio	   *parts = palloc(size * sizeof(Ratio));

	for (DateADT from = s->from; from < s->to; from = next_month(from))
	{
		months[n] = first_of_month(from);
		weights[n++] = ratio_max(exact_between(s, from, Min(next_month(from), s->to)), ratio_int(0));
	}
	ratio_parts(s->amount, weights, n, 2, parts);
	for (int i = 0; i < n; i++)
	{
		put_day(a, months[i]);
		put_bytes(a, s->holder == NOBODY ? (Bytes) {"", 0} : a->walk.holders[s->holder]);
		put_text(a, s->clock->section);
		put_text(a, s->clock->duty);
		put_rounded(a, parts[i], 2);
		put_text(a, ref_of(s->clock));
		put_text(a, statuses[s->status]);
		put_row(a);
	}
}

/*
 * covenant_internal.damages_month_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_damages_month_of);
Datum
covenant_damages_month_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	MemoryContext of_row;

	begin_answer(&a, fcinfo, TO_DAMAGES);
	of_row = AllocSetContextCreate(a.context, "covenant months", ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < a.walk.nsegments; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(of_row);
		put_months(&a, &a.walk.segments[i]);
		MemoryContextSwitchTo(a.context);
		MemoryContextReset(of_row);
	}
	end_answer(&a);
	return (Datum) 0;
}

/* Payments --------------------------------------------------------------- */

/*
 * covenant_internal.payment_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_payment_of);
Datum
covenant_payment_of(PG_FUNCTION_ARGS)
{
	Answer		a;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	find_payments(&a.walk);
	for (int i = 0; i < a.walk.npayments; i++)
	{
		const Payment *payment = &a.walk.payments[i];

		put_count(&a, payment->fact->id);
		put_text(&a, payment->fact->kind_text);
		put_day(&a, payment->fact->day);
		put_bytes(&a, payment->holder == NOBODY ? (Bytes) {"", 0} : a.walk.holders[payment->holder]);
		put_text(&a, payment->fact->ref);
		put_rounded(&a, payment->amount, decimals_of(payment->amount));
		put_count(&a, payment->shares);
		put_row(&a);
	}
	end_answer(&a);
	return (Datum) 0;
}

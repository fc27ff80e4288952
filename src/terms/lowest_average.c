/*-------------------------------------------------------------------------
 *
 * lowest_average.c
 *		lowest_average(price, k): the exact mean of the k lowest prices.
 *
 * "The average of the lowest three Trading Prices during the twenty Trading
 * Days": three prices, not three different prices.  One type of state serves
 * two ways to run: a plain aggregate keeps the k lowest, in ascending order,
 * and can be combined from parts; a moving frame keeps all its prices in a
 * ring, takes the oldest out as the frame moves on, and selects at the end.
 *
 *-------------------------------------------------------------------------
 */
#include "terms/lowest_average.h"

#include "terms/conversion_terms.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

/*
 * covenant_internal.lowest_prices.  Stored plainly and aligned to 8 bytes, so that
 * the transition functions can work on it where it lies.
 */
typedef struct LowestPrices
{
	int32		vl_len_;
	int32		k;				/* 0 until the first price */
	int32		head;			/* of the ring; 0 in the plain aggregate */
	int32		count;
	int32		capacity;
	int32		reserved;		/* zero */
	SharePrice	prices[FLEXIBLE_ARRAY_MEMBER];
} LowestPrices;

#define LOWEST_PRICES_SIZE(capacity) \
	(offsetof(LowestPrices, prices) + (capacity) * sizeof(SharePrice))

/* What 1 GB of memory holds, rounded down generously. */
#define MOST_PRICES			(1 << 25)

/*
 * A state with room for so many prices and the contents of another, if given.
 * It is not put into the aggregate's memory: the executor copies a state that
 * a transition function has replaced, and frees the old one.
 */
static LowestPrices *
lowest_prices_with(int capacity, const LowestPrices *old)
{
	LowestPrices *state;

	if (capacity > MOST_PRICES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many prices in one frame"),
				 errdetail("A moving frame holds at most %d.", MOST_PRICES)));
	state = palloc0(LOWEST_PRICES_SIZE(capacity));
	SET_VARSIZE(state, LOWEST_PRICES_SIZE(capacity));
	state->capacity = capacity;
	if (old != NULL)
	{
		state->k = old->k;
		state->count = old->count;
		for (int i = 0; i < old->count; i++)
			state->prices[i] = old->prices[ring_slot(old->head, i, old->capacity)];
	}
	return state;
}

/*
 * The state to change: in an aggregate the one that was passed, else (a call
 * by hand) a copy of it.
 */
static LowestPrices *
state_to_change(FunctionCallInfo fcinfo)
{
	LowestPrices *state = (LowestPrices *) PG_GETARG_POINTER(0);

	if (AggCheckCallContext(fcinfo, NULL))
		return state;
	return lowest_prices_with(state->capacity, state);
}

/*
 * Takes note of k, which is the same for all prices of a group.
 */
static void
set_k(LowestPrices *state, int k)
{
	if (k < 1 || k > TERMS_MAX_DAYS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of lowest prices is out of range"),
				 errdetail("k is %d; it can be 1 to %d.", k, TERMS_MAX_DAYS)));
	if (state->k != 0 && state->k != k)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of lowest prices changes within a group"),
				 errdetail("k is %d and %d.", state->k, k),
				 errhint("Group or partition by k too.")));
	state->k = k;
}

/*
 * The same order as share_price_compare, quicker where prices have the same
 * number of decimals.
 */
static inline bool
is_lower(const SharePrice *a, const SharePrice *b)
{
	if (a->den == b->den)
		return a->num < b->num;
	return (uint128) a->num * b->den < (uint128) b->num * a->den;
}

/*
 * Puts a price into an ascending list that keeps at most k; the highest falls
 * out.  Returns the new length.
 */
static inline int
insert_lowest(SharePrice *lowest, int count, int k, const SharePrice *price)
{
	int			i = count;

	if (count >= k)				/* more than k: a state that somebody typed in */
	{
		if (!is_lower(price, &lowest[k - 1]))
			return count;
		i = k - 1;
	}
	else
		count++;
	for (; i > 0 && is_lower(price, &lowest[i - 1]); i--)
		lowest[i] = lowest[i - 1];
	lowest[i] = *price;
	return count;
}

/*
 * The k lowest of the last prices of a ring, ascending; k <= last <= count.
 */
void
select_lowest(const PriceRing *ring, int last, int k, SharePrice *lowest)
{
	int			slot = ring_slot(ring->head, ring->count - last, ring->capacity);
	int			found = 0;

	for (int i = 0; i < last; i++)
	{
		found = insert_lowest(lowest, found, k, &ring->prices[slot]);
		if (++slot == ring->capacity)
			slot = 0;
	}
}

/*
 * The sum, not reduced; false where it needs more than 128 bits.  Market
 * prices are decimals, so one denominator is mostly a multiple of the other
 * and there is no common divisor to look for.
 */
bool
sum_of_prices(const SharePrice *prices, int count, Rational *sum)
{
	*sum = rational_from_share_price(&prices[0]);
	for (int i = 1; i < count; i++)
	{
		uint128		den = prices[i].den;
		uint128		addend;

		if (sum->den == den)
			addend = prices[i].num;
		else if (sum->den <= PG_UINT64_MAX && (uint64) sum->den % (uint64) den == 0)
			addend = (uint128) prices[i].num * ((uint64) sum->den / (uint64) den);
		else if (!rational_add(sum, rational_from_share_price(&prices[i])))
			return false;
		else
			continue;
		if (__builtin_add_overflow(sum->num, addend, &sum->num))
			return false;
	}
	return true;
}

BigRational
big_sum_of_prices(const SharePrice *prices, int count)
{
	BigRational sum = big_from_share_price(&prices[0]);

	for (int i = 1; i < count; i++)
		sum = big_add(sum, big_from_share_price(&prices[i]));
	return sum;
}

COVENANT_FUNCTION(covenant_lowest_average_step);
Datum
covenant_lowest_average_step(PG_FUNCTION_ARGS)
{
	LowestPrices *state = state_to_change(fcinfo);

	set_k(state, PG_GETARG_INT32(2));
	if (state->count >= state->capacity && state->count < state->k)
		state = lowest_prices_with(state->k, state);
	state->count = insert_lowest(state->prices, state->count, state->k,
								 PG_GETARG_SHARE_PRICE(1));
	PG_RETURN_POINTER(state);
}

/*
 * The k lowest of two parts are among the k lowest of each.
 */
COVENANT_FUNCTION(covenant_lowest_average_combine);
Datum
covenant_lowest_average_combine(PG_FUNCTION_ARGS)
{
	LowestPrices *state = state_to_change(fcinfo);
	const LowestPrices *part = (LowestPrices *) PG_GETARG_POINTER(1);

	if (part->k == 0)
		PG_RETURN_POINTER(state);
	set_k(state, part->k);
	if (state->capacity < state->k)
		state = lowest_prices_with(state->k, state);
	for (int i = 0; i < part->count; i++)
		state->count = insert_lowest(state->prices, state->count, state->k,
									 &part->prices[i]);
	PG_RETURN_POINTER(state);
}

/*
 * A price enters the moving frame.
 */
COVENANT_FUNCTION(covenant_lowest_average_enter);
Datum
covenant_lowest_average_enter(PG_FUNCTION_ARGS)
{
	LowestPrices *state = state_to_change(fcinfo);

	set_k(state, PG_GETARG_INT32(2));
	if (state->count == state->capacity)
		state = lowest_prices_with(Max(state->capacity * 2, 32), state);
	state->prices[ring_slot(state->head, state->count, state->capacity)] =
		*PG_GETARG_SHARE_PRICE(1);
	state->count++;
	PG_RETURN_POINTER(state);
}

/*
 * The oldest price leaves the moving frame.
 */
COVENANT_FUNCTION(covenant_lowest_average_leave);
Datum
covenant_lowest_average_leave(PG_FUNCTION_ARGS)
{
	LowestPrices *state = state_to_change(fcinfo);

	if (state->count > 0)
	{
		state->head = ring_slot(state->head, 1, state->capacity);
		state->count--;
	}
	PG_RETURN_POINTER(state);
}

/*
 * NULL with fewer than k prices.
 */
COVENANT_FUNCTION(covenant_lowest_average_final);
Datum
covenant_lowest_average_final(PG_FUNCTION_ARGS)
{
	LowestPrices *state = (LowestPrices *) PG_GETARG_POINTER(0);
	PriceRing	ring = {state->prices, state->capacity, state->head, state->count};
	SharePrice	lowest[TERMS_MAX_DAYS];
	SharePrice *mean = palloc(sizeof(SharePrice));
	Rational	sum;

	if (state->k == 0 || state->count < state->k)
		PG_RETURN_NULL();
	select_lowest(&ring, state->count, state->k, lowest);
	if (sum_of_prices(lowest, state->k, &sum) &&
		!__builtin_mul_overflow(sum.den, (uint128) state->k, &sum.den))
	{
		if (share_price_from_rational(sum, mean))
			PG_RETURN_POINTER(mean);
	}
	else if (share_price_from_big(big_multiply(big_sum_of_prices(lowest, state->k),
											   big_fraction(1, state->k)), mean))
		PG_RETURN_POINTER(mean);
	price_out_of_range("Round the prices to fewer decimals.");
}

/* The state in words ----------------------------------------------------- */

/*
 * "3: 0.0151 0.0152": k and the prices; "0:" is the state of no rows.
 */
static char *
lowest_prices_text(const LowestPrices *state)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "%d:", state->k);
	for (int i = 0; i < state->count; i++)
	{
		appendStringInfoChar(&out, ' ');
		append_price(&out, &state->prices[ring_slot(state->head, i, state->capacity)]);
	}
	return out.data;
}

/*
 * Reads that text.  Nobody types it in: it comes from another node, or from
 * the declaration of the aggregate.
 */
static LowestPrices *
lowest_prices_from_text(const char *text, void *escontext)
{
	const char *at = text + strspn(text, "0123456789");
	long		k = strtol(text, NULL, 10);
	bool		good = at > text && *at == ':' && k <= TERMS_MAX_DAYS;
	LowestPrices *state = lowest_prices_with(good ? strlen(at) / 2 : 0, NULL);

	state->k = good ? k : 0;
	for (at++; good && *at == ' '; at += strcspn(at, " "))
	{
		at++;
		good = price_from_token(at, strcspn(at, " "), &state->prices[state->count++]);
	}
	if (!good || *at != '\0' || (state->k == 0 && state->count > 0))
		soft_error(escontext, NULL,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type lowest_prices: \"%s\"", text),
					errdetail("Expected the number of lowest prices, a colon, and prices that each follow a space.")));
	return state;
}

COVENANT_FUNCTION(covenant_lowest_prices_out);
Datum
covenant_lowest_prices_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(lowest_prices_text((LowestPrices *) PG_GETARG_POINTER(0)));
}

COVENANT_FUNCTION(covenant_lowest_prices_in);
Datum
covenant_lowest_prices_in(PG_FUNCTION_ARGS)
{
	LowestPrices *state = lowest_prices_from_text(PG_GETARG_CSTRING(0), fcinfo->context);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * The binary form is the text.
 */
COVENANT_FUNCTION(covenant_lowest_prices_send);
Datum
covenant_lowest_prices_send(PG_FUNCTION_ARGS)
{
	char	   *text = lowest_prices_text((LowestPrices *) PG_GETARG_POINTER(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

COVENANT_FUNCTION(covenant_lowest_prices_recv);
Datum
covenant_lowest_prices_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			len;
	char	   *text = pq_getmsgtext(message, message->len - message->cursor, &len);

	PG_RETURN_POINTER(lowest_prices_from_text(text, NULL));
}

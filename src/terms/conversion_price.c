/*-------------------------------------------------------------------------
 *
 * conversion_price.c
 *		conversion_price(terms, price): what a formula gives on the prices of
 *		its look-back.
 *
 * The aggregate takes the prices in order and keeps as many as the terms look
 * back, so that a moving frame of any length costs the same.  Everything is
 * exact: rationals of 128 bits, and where these are too short, of numerics.
 *
 *-------------------------------------------------------------------------
 */
#include "terms/conversion_terms.h"
#include "terms/lowest_average.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

/*
 * covenant_internal.price_look_back: the state.  Behind the header lie the nodes of
 * the terms, the ring of prices (one for each day of the look-back), and the
 * text of the terms, by which the next row's are recognised.
 */
typedef struct LookBack
{
	int32		vl_len_;
	int32		node_count;
	int32		text_length;
	int32		capacity;		/* days of look-back; 0 for fixed terms */
	int32		head;
	int32		count;			/* prices in the ring */
	int64		in_frame;		/* prices in the frame, not below count */
	TermsNode	nodes[FLEXIBLE_ARRAY_MEMBER];
} LookBack;

#define EXACT_HINT	"End the terms with a rounding, such as \"rounded down to 6 decimals\"."

static inline SharePrice *
look_back_prices(LookBack *state)
{
	return (SharePrice *) &state->nodes[state->node_count];
}

static inline char *
look_back_text(LookBack *state)
{
	return (char *) (look_back_prices(state) + state->capacity);
}

static inline PriceRing
look_back_ring(LookBack *state)
{
	return (PriceRing) {look_back_prices(state), state->capacity, state->head, state->count};
}

/*
 * The state of terms without any price.  As in lowest_average.c the executor
 * copies it into the aggregate's memory.
 */
static LookBack *
new_look_back(const text *canonical)
{
	int			length = VARSIZE_ANY_EXHDR(canonical);
	Terms		terms;
	LookBack   *state;
	Size		size;

	terms_from_datum(PointerGetDatum(canonical), &terms);
	size = offsetof(LookBack, nodes) + terms.count * sizeof(TermsNode) +
		terms.look_back * sizeof(SharePrice) + length;
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->node_count = terms.count;
	state->text_length = length;
	state->capacity = terms.look_back;
	memcpy(state->nodes, terms.nodes, terms.count * sizeof(TermsNode));
	memcpy(look_back_text(state), VARDATA_ANY(canonical), length);
	return state;
}

/*
 * The state to change: in an aggregate the one that was passed, else (a call
 * by hand) a copy of it.
 */
static LookBack *
look_back_to_change(FunctionCallInfo fcinfo, LookBack *state)
{
	LookBack   *copy;

	if (AggCheckCallContext(fcinfo, NULL))
		return state;
	copy = palloc(VARSIZE(state));
	memcpy(copy, state, VARSIZE(state));
	return copy;
}

/*
 * The terms of a row must be the terms of the group: which of two would be
 * meant?
 */
static void
check_same_terms(LookBack *state, const text *canonical)
{
	const char *known = look_back_text(state);
	int			length = VARSIZE_ANY_EXHDR(canonical);

	if (length != state->text_length ||
		memcmp(VARDATA_ANY(canonical), known, length) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("conversion terms change within a group"),
				 errdetail("They are \"%.*s\" and \"%.*s\".", state->text_length, known,
						   length, VARDATA_ANY(canonical)),
				 errhint("Group or partition by the terms too.")));
}

/*
 * Of the two operands on top of the stack, is the upper one the choice?
 */
static inline bool
upper_is_chosen(TermsKind kind, int lower_compared)
{
	return kind == TERMS_LESSER ? lower_compared > 0 : lower_compared < 0;
}

/*
 * k lowest of n days: their sum, times percentage / (100 k).
 */
static bool
evaluate_quote(const TermsNode *node, const PriceRing *ring, Rational *value)
{
	SharePrice	lowest[TERMS_MAX_DAYS];

	select_lowest(ring, node->look_back, node->lowest, lowest);
	return sum_of_prices(lowest, node->lowest, value) &&
		!__builtin_mul_overflow(value->num, (uint128) node->value.num, &value->num) &&
		!__builtin_mul_overflow(value->den, (uint128) node->value.den, &value->den) &&
		!__builtin_mul_overflow(value->den, (uint128) 100 * node->lowest, &value->den);
}

/*
 * The exact value; false where something on the way needs more than 128 bits.
 */
static bool
evaluate(const TermsNode *nodes, int count, const PriceRing *ring, Rational *result)
{
	Rational	stack[TERMS_MAX_NODES];
	int			top = -1;

	for (const TermsNode *node = nodes; node < nodes + count; node++)
	{
		Rational   *lower = &stack[Max(top - 1, 0)];
		Rational   *upper = &stack[Max(top, 0)];
		uint128		left;
		uint128		right;

		switch ((TermsKind) node->kind)
		{
			case TERMS_FIXED:
				stack[++top] = rational_from_share_price(&node->value);
				break;
			case TERMS_QUOTE:
				if (!evaluate_quote(node, ring, &stack[++top]))
					return false;
				break;
			case TERMS_LESSER:
			case TERMS_GREATER:
				if (__builtin_mul_overflow(lower->num, upper->den, &left) ||
					__builtin_mul_overflow(upper->num, lower->den, &right))
					return false;
				if (upper_is_chosen(node->kind, (left > right) - (left < right)))
					*lower = *upper;
				top--;
				break;
			case TERMS_ROUNDED:
				right = power_of_ten(node->decimals);
				if (__builtin_mul_overflow(upper->num, right, &left))
					return false;
				upper->num = divide_rounded(left, upper->den, node->rounding);
				upper->den = right;
				break;
		}
	}
	*result = stack[0];
	return true;
}

static BigRational
big_evaluate_quote(const TermsNode *node, const PriceRing *ring)
{
	SharePrice	lowest[TERMS_MAX_DAYS];

	select_lowest(ring, node->look_back, node->lowest, lowest);
	return big_multiply(big_sum_of_prices(lowest, node->lowest),
						big_multiply(big_from_share_price(&node->value),
									 big_fraction(1, 100 * node->lowest)));
}

/*
 * The same as evaluate, for any length of numbers.
 */
static BigRational
big_evaluate(const TermsNode *nodes, int count, const PriceRing *ring)
{
	BigRational stack[TERMS_MAX_NODES];
	int			top = -1;

	for (const TermsNode *node = nodes; node < nodes + count; node++)
	{
		switch ((TermsKind) node->kind)
		{
			case TERMS_FIXED:
				stack[++top] = big_from_share_price(&node->value);
				break;
			case TERMS_QUOTE:
				stack[++top] = big_evaluate_quote(node, ring);
				break;
			case TERMS_LESSER:
			case TERMS_GREATER:
				top--;
				if (upper_is_chosen(node->kind, big_compare(stack[top], stack[top + 1])))
					stack[top] = stack[top + 1];
				break;
			case TERMS_ROUNDED:
				stack[top] = big_round(stack[top], node->decimals, node->rounding);
				break;
		}
	}
	return stack[0];
}

/*
 * A row of the group, or one that enters the moving frame.  Rows without
 * terms are skipped, rows without a price only tell the terms.
 */
COVENANT_FUNCTION(covenant_conversion_price_enter);
Datum
covenant_conversion_price_enter(PG_FUNCTION_ARGS)
{
	LookBack   *state = PG_ARGISNULL(0) ? NULL : (LookBack *) PG_GETARG_POINTER(0);
	text	   *terms;

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	terms = PG_GETARG_TEXT_PP(1);
	if (state == NULL)
		state = new_look_back(terms);
	else
	{
		check_same_terms(state, terms);
		state = look_back_to_change(fcinfo, state);
	}

	if (PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	state->in_frame++;
	if (state->capacity == 0)
		PG_RETURN_POINTER(state);
	if (state->count == state->capacity)
		state->head = ring_slot(state->head, 1, state->capacity);
	else
		state->count++;
	look_back_prices(state)[ring_slot(state->head, state->count - 1, state->capacity)] =
		*PG_GETARG_SHARE_PRICE(2);
	PG_RETURN_POINTER(state);
}

/*
 * The oldest row leaves the moving frame.  Its price is in the ring only
 * where the frame holds no more prices than the look-back.
 */
COVENANT_FUNCTION(covenant_conversion_price_leave);
Datum
covenant_conversion_price_leave(PG_FUNCTION_ARGS)
{
	LookBack   *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (LookBack *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || state->in_frame == 0)
		PG_RETURN_POINTER(state);

	state = look_back_to_change(fcinfo, state);
	if (state->in_frame-- == state->count)
	{
		state->head = ring_slot(state->head, 1, state->capacity);
		state->count--;
	}
	PG_RETURN_POINTER(state);
}

/*
 * NULL where the frame has fewer prices than the look-back has days.
 */
COVENANT_FUNCTION(covenant_conversion_price_final);
Datum
covenant_conversion_price_final(PG_FUNCTION_ARGS)
{
	LookBack   *state = (LookBack *) PG_GETARG_POINTER(0);
	PriceRing	ring = look_back_ring(state);
	SharePrice *price = palloc(sizeof(SharePrice));
	Rational	value;

	if (state->count < state->capacity)
		PG_RETURN_NULL();
	if (evaluate(state->nodes, state->node_count, &ring, &value))
	{
		if (!share_price_from_rational(value, price))
			price_out_of_range(EXACT_HINT);
	}
	else if (!share_price_from_big(big_evaluate(state->nodes, state->node_count, &ring), price))
		price_out_of_range(EXACT_HINT);
	PG_RETURN_POINTER(price);
}

/* The state in words ----------------------------------------------------- */

/*
 * "0.12 0.13 of 21 prices for 50% of lowest of 2 days".
 */
static char *
look_back_description(LookBack *state)
{
	PriceRing	ring = look_back_ring(state);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < ring.count; i++)
	{
		append_price(&out, &ring.prices[ring_slot(ring.head, i, ring.capacity)]);
		appendStringInfoChar(&out, ' ');
	}
	appendStringInfo(&out, "of %lld prices for %.*s", (long long) state->in_frame,
					 state->text_length, look_back_text(state));
	return out.data;
}

COVENANT_FUNCTION(covenant_price_look_back_out);
Datum
covenant_price_look_back_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(look_back_description((LookBack *) PG_GETARG_POINTER(0)));
}

COVENANT_FUNCTION(covenant_price_look_back_send);
Datum
covenant_price_look_back_send(PG_FUNCTION_ARGS)
{
	char	   *text = look_back_description((LookBack *) PG_GETARG_POINTER(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/*
 * Input, of text and binary: states live inside of one query, and there is no
 * combine function that would need to read them.
 */
COVENANT_FUNCTION(covenant_price_look_back_in);
Datum
covenant_price_look_back_in(PG_FUNCTION_ARGS)
{
	soft_error(fcinfo->context, (Datum) 0,
			   (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot accept a value of type price_look_back")));
}

/*-------------------------------------------------------------------------
 *
 * conversion_terms.c
 *		The formula of a Conversion Price as a value: "lesser of 0.12 and
 *		50% of average of lowest 3 of 20 days".
 *
 * The grammar (key words in any case, white space as you like):
 *
 *		terms	:= choice [ "rounded" mode "to" d ( "decimals" | "decimal" ) ]
 *		mode	:= "down" | "up" | "half up" | "half even"
 *		choice	:= ( "lesser" | "greater" ) "of" choice "and" choice
 *				 | "(" terms ")"
 *				 | price
 *				 | percentage "%" "of" quote
 *		quote	:= "lowest of" n days
 *				 | "average of lowest" k "of" n days
 *		days	:= "days" | "day"
 *
 * So a rounding without parentheses belongs to the whole, not to the last
 * leg.  In the canonical form a choice or a rounding inside of something else
 * stands in parentheses, and nothing else does.
 *
 *-------------------------------------------------------------------------
 */
#include "terms/conversion_terms.h"

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#define LONGEST_EXCERPT		24	/* bytes of bad text that an error repeats */

typedef struct Parser
{
	const char *text;
	const char *at;
	void	   *escontext;		/* who takes soft errors, or NULL */
	int			depth;
	bool		rounded;		/* did the last terms end with a rounding? */
	Terms	   *terms;
} Parser;

static bool parse_terms(Parser *p);
static bool parse_choice(Parser *p);

/*
 * White space as SQL has it; not isspace(), which follows the locale.
 */
static void
skip_space(Parser *p)
{
	while (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r'))
		p->at++;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * A price as it stands in terms: digits with a point, or one integer over
 * another.  False where that is not what the token is, or no share_price.
 */
bool
price_from_token(const char *token, int len, SharePrice *price)
{
	char	   *text;
	bool		good;

	if (strspn(token, "0123456789./") < len)
		return false;
	text = pnstrdup(token, len);
	good = share_price_from_text(text, price) == PRICE_FITS;
	pfree(text);
	return good;
}

void
append_price(StringInfo out, const SharePrice *price)
{
	appendStringInfoString(out, DatumGetCString(DirectFunctionCall1(covenant_share_price_out,
																	PointerGetDatum(price))));
}

/*
 * The length of what stands at a place, cut between characters: enough for
 * an error to show where it is.
 */
static int
excerpt_length(const char *at)
{
	int			len = strcspn(at, " \t\n\v\f\r()");

	if (len == 0)
		len = 1;				/* a parenthesis */
	return pg_mbcliplen(at, len, LONGEST_EXCERPT);
}

/*
 * The one error of the parser: what stands at which character, and what was
 * expected there.  Always false.
 */
static bool
bad_terms(Parser *p, const char *at, const char *wanted)
{
	int			position = at - p->text + 1;	/* all before it is ASCII */
	char	   *found;

	if (*at == '\0')
		found = "the end";
	else
		found = psprintf("\"%.*s\"", excerpt_length(at), at);
	soft_error(p->escontext, false,
			   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type conversion_terms: \"%s\"", p->text),
				errdetail("Found %s at position %d, expected %s.", found, position, wanted)));
}

/*
 * Takes the key word if it is the next one.
 */
static bool
accept_word(Parser *p, const char *word)
{
	int			len = strlen(word);

	skip_space(p);
	if (pg_strncasecmp(p->at, word, len) != 0 || is_letter(p->at[len]))
		return false;
	p->at += len;
	return true;
}

static bool
expect_word(Parser *p, const char *word)
{
	char		wanted[32];

	if (accept_word(p, word))
		return true;
	snprintf(wanted, sizeof(wanted), "\"%s\"", word);
	return bad_terms(p, p->at, wanted);
}

/*
 * A whole number between two bounds.
 */
static bool
expect_count(Parser *p, int least, int most, const char *wanted, int *result)
{
	const char *start;
	int			value = 0;

	skip_space(p);
	start = p->at;
	for (; is_digit(*p->at); p->at++)
		value = Min(value * 10 + (*p->at - '0'), TERMS_MAX_DAYS + 1);
	if (p->at == start || value < least || value > most)
		return bad_terms(p, start, wanted);
	*result = value;
	return true;
}

/*
 * Another node at the end, or NULL and an error where there are too many.
 */
static TermsNode *
append_node(Parser *p, const char *at, TermsKind kind)
{
	TermsNode  *node;

	if (p->terms->count == TERMS_MAX_NODES)
	{
		bad_terms(p, at, psprintf("no more than %d parts", TERMS_MAX_NODES));
		return NULL;
	}
	node = &p->terms->nodes[p->terms->count++];
	memset(node, 0, sizeof(TermsNode));
	node->kind = kind;
	return node;
}

/*
 * "of" quote, behind a percentage.
 */
static bool
parse_quote(Parser *p, TermsNode *node)
{
	const char *start = p->at;
	int			days;
	int			lowest = 1;
	bool		average;

	if (!expect_word(p, "of"))
		return false;
	average = accept_word(p, "average");
	if (average)
	{
		if (!expect_word(p, "of") || !expect_word(p, "lowest"))
			return false;
		skip_space(p);
		start = p->at;
		if (!expect_count(p, 1, TERMS_MAX_DAYS, "a number of prices, 1 to 250", &lowest))
			return false;
	}
	else if (!accept_word(p, "lowest"))
		return bad_terms(p, p->at, "\"lowest of\" or \"average of lowest\"");
	if (!expect_word(p, "of") ||
		!expect_count(p, 1, TERMS_MAX_DAYS, "a number of days, 1 to 250", &days))
		return false;
	if (lowest > days)
		return bad_terms(p, start, psprintf("no more prices than the %d days", days));
	if (!accept_word(p, "days") && !accept_word(p, "day"))
		return bad_terms(p, p->at, "\"days\"");

	node->lowest = lowest;
	node->look_back = days;
	p->terms->look_back = Max(p->terms->look_back, days);
	return true;
}

/*
 * A leg that begins with a number: a price, or a percentage of a quote.
 */
static bool
parse_leg(Parser *p)
{
	const char *start = p->at;
	int			len = strspn(start, "0123456789./");
	int			decimals;
	bool		percentage;
	TermsNode  *node;

	p->at += len;
	skip_space(p);
	percentage = (*p->at == '%');
	node = append_node(p, start, percentage ? TERMS_QUOTE : TERMS_FIXED);
	if (node == NULL)
		return false;

	if (!percentage)
	{
		if (!price_from_token(start, len, &node->value) || node->value.num == 0)
			return bad_terms(p, start, "a price above zero, such as 0.12 or 1001/120000");
		return true;
	}
	if (memchr(start, '/', len) != NULL ||
		!price_from_token(start, len, &node->value) || node->value.num == 0 ||
		(int128) node->value.num > (int128) node->value.den * TERMS_MAX_PERCENTAGE)
		return bad_terms(p, start, "a percentage above 0 and at most 1000, such as 55 or 62.5");
	decimals = decimals_of_denominator(node->value.den);
	if (decimals < 0 || decimals > EXACT_DECIMALS)
		return bad_terms(p, start, "a percentage with at most 18 decimals");
	p->at++;
	return parse_quote(p, node);
}

/*
 * What may stand at the beginning or behind "of" and "and".  Deeper nesting
 * than anybody writes is an error, so that no text can exhaust the stack.
 */
static bool
parse_choice(Parser *p)
{
	const char *start;
	bool		lesser;
	bool		good;

	skip_space(p);
	start = p->at;
	if (is_digit(*p->at) || *p->at == '.')
		return parse_leg(p);

	lesser = accept_word(p, "lesser");
	if (!lesser && !accept_word(p, "greater") && *p->at != '(')
		return bad_terms(p, start, "a price, a percentage, \"lesser of\", \"greater of\" or \"(\"");
	if (++p->depth > TERMS_MAX_DEPTH)
		return bad_terms(p, start, psprintf("terms that nest at most %d deep", TERMS_MAX_DEPTH));

	if (*start == '(')
	{
		p->at++;
		good = parse_terms(p);
		if (good && *p->at != ')')
			good = bad_terms(p, p->at, p->rounded ? "\")\"" : "\"rounded\" or \")\"");
		p->at++;
	}
	else
		good = expect_word(p, "of") && parse_choice(p) &&
			expect_word(p, "and") && parse_choice(p) &&
			append_node(p, start, lesser ? TERMS_LESSER : TERMS_GREATER) != NULL;
	p->depth--;
	return good;
}

/*
 * A choice, perhaps rounded; stops at what cannot belong to it.
 */
static bool
parse_terms(Parser *p)
{
	const char *start;
	Rounding	rounding;
	int			decimals;
	TermsNode  *node;

	if (!parse_choice(p))
		return false;
	skip_space(p);
	start = p->at;
	p->rounded = accept_word(p, "rounded");
	if (!p->rounded)
		return true;

	if (accept_word(p, "down"))
		rounding = ROUND_DOWN;
	else if (accept_word(p, "up"))
		rounding = ROUND_UP;
	else if (!accept_word(p, "half"))
		return bad_terms(p, p->at, "\"down\", \"up\", \"half up\" or \"half even\"");
	else if (accept_word(p, "up"))
		rounding = ROUND_HALF_UP;
	else if (accept_word(p, "even"))
		rounding = ROUND_HALF_EVEN;
	else
		return bad_terms(p, p->at, "\"up\" or \"even\"");

	if (!expect_word(p, "to") ||
		!expect_count(p, 0, TERMS_MAX_DECIMALS, "a number of decimals, 0 to 18", &decimals))
		return false;
	if (!accept_word(p, "decimals") && !accept_word(p, "decimal"))
		return bad_terms(p, p->at, "\"decimals\"");
	skip_space(p);
	node = append_node(p, start, TERMS_ROUNDED);
	if (node == NULL)
		return false;
	node->rounding = rounding;
	node->decimals = decimals;
	return true;
}

/*
 * Reads terms.  Bad text is an error (22P02) that tells the place, or false
 * where escontext takes the error.
 */
static bool
terms_parse(const char *text, Terms *terms, void *escontext)
{
	Parser		p = {.text = text, .at = text, .escontext = escontext, .terms = terms};

	terms->count = 0;
	terms->look_back = 0;
	if (!parse_terms(&p))
		return false;
	if (*p.at != '\0')
		return bad_terms(&p, p.at, p.rounded ? "the end" : "\"rounded\" or the end");
	return true;
}

/*
 * The first node of what ends at the node "last".
 */
static int
terms_first_node(const TermsNode *nodes, int last)
{
	int			missing = 1;	/* operands that are still to come */

	for (;; last--)
	{
		if (nodes[last].kind == TERMS_LESSER || nodes[last].kind == TERMS_GREATER)
			missing++;
		else if (nodes[last].kind != TERMS_ROUNDED)
			missing--;
		if (missing == 0)
			return last;
	}
}

static void terms_print(const TermsNode *nodes, int last, StringInfo out);

/*
 * An operand: in parentheses unless it is a leg.
 */
static void
print_operand(const TermsNode *nodes, int last, StringInfo out)
{
	bool		leg = (nodes[last].kind == TERMS_FIXED || nodes[last].kind == TERMS_QUOTE);

	if (!leg)
		appendStringInfoChar(out, '(');
	terms_print(nodes, last, out);
	if (!leg)
		appendStringInfoChar(out, ')');
}

/*
 * The canonical form of what ends at the node "last".
 */
static void
terms_print(const TermsNode *nodes, int last, StringInfo out)
{
	static const char *const modes[] = {
		[ROUND_DOWN] = "down",
		[ROUND_UP] = "up",
		[ROUND_HALF_UP] = "half up",
		[ROUND_HALF_EVEN] = "half even",
	};
	const TermsNode *node = &nodes[last];

	switch ((TermsKind) node->kind)
	{
		case TERMS_FIXED:
			append_price(out, &node->value);
			break;
		case TERMS_QUOTE:
			append_price(out, &node->value);
			if (node->lowest == 1)
				appendStringInfoString(out, "% of lowest");
			else
				appendStringInfo(out, "%% of average of lowest %d", node->lowest);
			appendStringInfo(out, " of %d %s", node->look_back,
							 node->look_back == 1 ? "day" : "days");
			break;
		case TERMS_LESSER:
		case TERMS_GREATER:
			appendStringInfoString(out, node->kind == TERMS_LESSER ? "lesser of " : "greater of ");
			print_operand(nodes, terms_first_node(nodes, last - 1) - 1, out);
			appendStringInfoString(out, " and ");
			print_operand(nodes, last - 1, out);
			break;
		case TERMS_ROUNDED:
			/* Only a rounding of a rounding needs parentheses here. */
			if (nodes[last - 1].kind == TERMS_ROUNDED)
				print_operand(nodes, last - 1, out);
			else
				terms_print(nodes, last - 1, out);
			appendStringInfo(out, " rounded %s to %d %s", modes[node->rounding],
							 node->decimals, node->decimals == 1 ? "decimal" : "decimals");
			break;
	}
}

text *
terms_to_text(const TermsNode *nodes, int last)
{
	StringInfoData out;

	initStringInfo(&out);
	terms_print(nodes, last, &out);
	return cstring_to_text_with_len(out.data, out.len);
}

/*
 * A stored value, which is always good text, taken apart.
 */
void
terms_from_datum(Datum conversion_terms, Terms *terms)
{
	char	   *canonical = TextDatumGetCString(conversion_terms);

	terms_parse(canonical, terms, NULL);
	pfree(canonical);
}

COVENANT_FUNCTION(covenant_conversion_terms_in);
Datum
covenant_conversion_terms_in(PG_FUNCTION_ARGS)
{
	Terms		terms;

	if (!terms_parse(PG_GETARG_CSTRING(0), &terms, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(terms_to_text(terms.nodes, terms.count - 1));
}

/*
 * The binary form is the text in the client's encoding, validated like text.
 */
COVENANT_FUNCTION(covenant_conversion_terms_recv);
Datum
covenant_conversion_terms_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			len;
	char	   *received = pq_getmsgtext(message, message->len - message->cursor, &len);
	Terms		terms;

	terms_parse(received, &terms, NULL);
	PG_RETURN_TEXT_P(terms_to_text(terms.nodes, terms.count - 1));
}

/*
 * How many trading days of prices the terms need; 0 for a fixed price.
 */
COVENANT_FUNCTION(covenant_look_back);
Datum
covenant_look_back(PG_FUNCTION_ARGS)
{
	Terms		terms;

	terms_from_datum(PG_GETARG_DATUM(0), &terms);
	PG_RETURN_INT32(terms.look_back);
}

/*
 * One row for each part: its number, the part it belongs to, and what it is.
 * The parts of a part come before it, so the last row is the whole.
 */
COVENANT_FUNCTION(covenant_terms_parts);
Datum
covenant_terms_parts(PG_FUNCTION_ARGS)
{
	static const char *const kinds[] = {
		[TERMS_FIXED] = "fixed",
		[TERMS_QUOTE] = "quote",
		[TERMS_LESSER] = "lesser",
		[TERMS_GREATER] = "greater",
		[TERMS_ROUNDED] = "rounded",
	};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Terms		terms;
	int			parents[TERMS_MAX_NODES] = {0};

	terms_from_datum(PG_GETARG_DATUM(0), &terms);
	for (int i = 0; i < terms.count; i++)
	{
		if (terms.nodes[i].kind >= TERMS_LESSER)
			parents[i - 1] = i + 1;
		if (terms.nodes[i].kind == TERMS_LESSER || terms.nodes[i].kind == TERMS_GREATER)
			parents[terms_first_node(terms.nodes, i - 1) - 1] = i + 1;
	}

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < terms.count; i++)
	{
		const TermsNode *node = &terms.nodes[i];
		bool		quote = (node->kind == TERMS_QUOTE);
		Datum		values[7];
		bool		nulls[7] = {false, i == terms.count - 1, false, false, !quote, !quote, !quote};

		values[0] = Int32GetDatum(i + 1);
		values[1] = Int32GetDatum(parents[i]);
		values[2] = CStringGetTextDatum(kinds[node->kind]);
		values[3] = PointerGetDatum(terms_to_text(terms.nodes, i));
		values[4] = quote ? NumericGetDatum(numeric_from_share_price(&node->value)) : (Datum) 0;
		values[5] = Int32GetDatum(node->lowest);
		values[6] = Int32GetDatum(node->look_back);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*-------------------------------------------------------------------------
 *
 * state.c
 *		The state of an aggregate as a value of SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "number/state.h"

#include "libpq/pqformat.h"

/*
 * Nobody types a state in: it comes from another server, or from the
 * declaration of an aggregate.
 */
int64 *
state_from_text(const char *text, int nwords, const char *type, void *escontext)
{
	int64	   *words = palloc(nwords * sizeof(int64));
	const char *at = text;
	bool		good = true;

	for (int i = 0; i < nwords && good; i++)
	{
		char	   *end;

		errno = 0;
		words[i] = strtoll(at, &end, 10);
		good = errno == 0 && end > at && *end == (i < nwords - 1 ? ' ' : '\0');
		at = end + 1;
	}
	if (!good)
		soft_error(escontext, NULL,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", type, text),
					errdetail("Expected %d numbers of 64 bits, with a space between them.", nwords)));
	return words;
}

char *
state_to_text(const int64 *words, int nwords)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < nwords; i++)
		appendStringInfo(&out, i == 0 ? "%lld" : " %lld", (long long) words[i]);
	return out.data;
}

int64 *
state_from_message(StringInfo message, int nwords)
{
	int64	   *words = palloc(nwords * sizeof(int64));

	for (int i = 0; i < nwords; i++)
		words[i] = pq_getmsgint64(message);
	return words;
}

bytea *
state_to_message(const int64 *words, int nwords)
{
	StringInfoData message;

	pq_begintypsend(&message);
	for (int i = 0; i < nwords; i++)
		pq_sendint64(&message, words[i]);
	return pq_endtypsend(&message);
}

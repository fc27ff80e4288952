/*-------------------------------------------------------------------------
 *
 * rounding.c
 *		The names of the rounding modes.
 *
 *-------------------------------------------------------------------------
 */
#include "number/rounding.h"

static const char *const rounding_names[] = {
	[ROUND_DOWN] = "down",
	[ROUND_UP] = "up",
	[ROUND_HALF_UP] = "half_up",
	[ROUND_HALF_EVEN] = "half_even",
};

/*
 * The mode that is called so; an unknown word is an error (22023) that lists
 * the known ones.
 */
Rounding
rounding_from_name(const char *name, int len)
{
	for (int i = 0; i < lengthof(rounding_names); i++)
	{
		if (strlen(rounding_names[i]) == len &&
			memcmp(rounding_names[i], name, len) == 0)
			return (Rounding) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown rounding \"%.*s\"", len, name),
			 errhint("Known roundings are \"down\", \"up\", \"half_up\" and \"half_even\".")));
}

Rounding
rounding_from_text(const text *name)
{
	return rounding_from_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

const char *
rounding_name(Rounding mode)
{
	return rounding_names[mode];
}

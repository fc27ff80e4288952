/*-------------------------------------------------------------------------
 *
 * schedule.c
 *		Schedule 4(d): for what the proceeds may be used, as adopt took it.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/schedule.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

/*
 * The categories of an object, whose values adopt has seen to be amounts.
 */
void
read_categories(Schedule *schedule, Datum proceeds)
{
	Jsonb	   *object = DatumGetJsonbPCopy(proceeds);
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbValue	v;
	JsonbIteratorToken token;

	schedule->has_categories = true;
	schedule->ncategories = 0;
	schedule->categories = palloc(Max(JB_ROOT_COUNT(object), 1) * sizeof(Category));
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		Category   *category = &schedule->categories[schedule->ncategories];

		if (token == WJB_KEY)
			category->name = pnstrdup(v.val.string.val, v.val.string.len);
		else if (token == WJB_VALUE && v.type == jbvNumeric)
		{
			category->planned = ratio_from_numeric(v.val.numeric);
			schedule->ncategories++;
		}
	}
}

void
read_subsidiaries(Schedule *schedule, Datum names)
{
	Datum	   *items;

	deconstruct_array(DatumGetArrayTypePCopy(names), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &schedule->nsubsidiaries);
	schedule->has_subsidiaries = true;
	schedule->subsidiaries = palloc(Max(schedule->nsubsidiaries, 1) * sizeof(char *));
	for (int i = 0; i < schedule->nsubsidiaries; i++)
		schedule->subsidiaries[i] = TextDatumGetCString(items[i]);
}

const Category *
find_category(const Schedule *schedule, const char *name)
{
	for (int i = 0; i < schedule->ncategories; i++)
	{
		if (strcmp(schedule->categories[i].name, name) == 0)
			return &schedule->categories[i];
	}
	return NULL;
}

bool
is_subsidiary(const Schedule *schedule, const char *name)
{
	for (int i = 0; i < schedule->nsubsidiaries; i++)
	{
		if (strcmp(schedule->subsidiaries[i], name) == 0)
			return true;
	}
	return false;
}

/*-------------------------------------------------------------------------
 *
 * sides.c
 *		What each breach comes to as adopted, as the company and as the buyers
 *		would read the agreement, and by every formula and month rule.
 *
 * The same facts are gone along once for each.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define FORMULAS	4
#define MONTH_RULES	4

/* Adopted, the two sides, then the formulas, each by every month rule. */
#define SIDES		3
#define COLUMNS		(SIDES + FORMULAS * MONTH_RULES)

typedef struct Breach
{
	const Clause *clause;
	const char *section;
	const char *duty;
	Tie			ref;
	char	   *ref_text;
	DateADT		from;
	DateADT		to;
	Ratio		amounts[COLUMNS];
} Breach;

typedef struct Breaches
{
	int			n;
	int			size;
	Breach	   *breaches;
} Breaches;

static bool
same_breach(const Breach *breach, const Clock *clock)
{
	return strcmp(breach->clause->duty, clock->clause->duty) == 0 && breach->ref.kind == clock->ref.kind &&
		breach->ref.event == clock->ref.event && breach->ref.day == clock->ref.day;
}

static Breach *
breach_of(Breaches *all, const Segment *segment)
{
	const Clock *clock = segment->clock;
	Breach	   *breach;

	for (int i = 0; i < all->n; i++)
	{
		if (same_breach(&all->breaches[i], clock))
			return &all->breaches[i];
	}
	if (all->n == all->size)
	{
		all->size = Max(16, 2 * all->size);
		all->breaches = all->breaches == NULL ? palloc(all->size * sizeof(Breach)) :
			repalloc_huge(all->breaches, all->size * sizeof(Breach));
	}
	breach = &all->breaches[all->n++];
	*breach = (Breach) {clock->clause, clock->section, clock->duty, clock->ref, ref_of(clock), segment->from, segment->to};
	for (int i = 0; i < COLUMNS; i++)
		breach->amounts[i] = ratio_int(0);
	return breach;
}

/*
 * Adds up what a walk came to; the days of a breach are those of the first walk
 * that knows it.
 */
static void
add_up(Breaches *all, const Walk *walk, int column)
{
	int			known = all->n;

	for (int i = 0; i < walk->nsegments; i++)
	{
		const Segment *segment = &walk->segments[i];
		Breach	   *breach = breach_of(all, segment);

		breach->amounts[column] = ratio_add(breach->amounts[column], segment->amount);
		if (breach - all->breaches >= known)
		{
			breach->from = Min(breach->from, segment->from);
			breach->to = Max(breach->to, segment->to);
		}
	}
}

/*
 * The agreement with some points read otherwise: choices in the order of the
 * points, NULL: as adopted.
 */
static Agreement *
read_otherwise(const Agreement *adopted, char **choices)
{
	Agreement  *other = palloc(sizeof(Agreement));

	*other = *adopted;
	other->readings = palloc(Max(adopted->nreadings, 1) * sizeof(Reading));
	for (int i = 0; i < adopted->nreadings; i++)
	{
		other->readings[i] = adopted->readings[i];
		for (int point = 0; point < N_READING_POINTS; point++)
		{
			if (choices[point] != NULL)
				read_choice(&other->readings[i], point, choices[point]);
		}
	}
	return other;
}

static char **
choices_of(ArrayType *array)
{
	char	  **choices = palloc0(N_READING_POINTS * sizeof(char *));
	Datum	   *items;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &n);
	for (int i = 0; i < Min(n, N_READING_POINTS); i++)
		choices[i] = nulls[i] ? NULL : TextDatumGetCString(items[i]);
	return choices;
}

static void
go_along(Breaches *all, Walk *walk, Agreement *agreement, int column)
{
	walk_again(walk, agreement, TO_DAMAGES);
	add_up(all, walk, column);
}

static void
put_breaches(Answer *a, const Breaches *all)
{
	for (int i = 0; i < all->n; i++)
	{
		const Breach *breach = &all->breaches[i];

		put_text(a, breach->section);
		put_text(a, breach->duty);
		put_text(a, breach->ref_text);
		put_day(a, breach->from);
		put_day(a, breach->to);
		for (int column = 0; column < COLUMNS; column++)
			put_rounded(a, breach->amounts[column], 2);
		put_row(a);
	}
}

/*
 * covenant_internal.readings_of(ledger, deal, with_capital, company, buyers):
 * the choices of the sides in the order of the points.
 */
COVENANT_FUNCTION(covenant_readings_of);
Datum
covenant_readings_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	Breaches	all = {0};
	Agreement  *adopted;

	begin_answer(&a, fcinfo, TO_DAMAGES);
	adopted = a.walk.agreement;
	add_up(&all, &a.walk, 0);
	for (int side = 1; side < SIDES; side++)
		go_along(&all, &a.walk, read_otherwise(adopted, choices_of(PG_GETARG_ARRAYTYPE_P(2 + side))), side);
	for (int formula = 0; formula < FORMULAS; formula++)
	{
		for (int months = 0; months < MONTH_RULES; months++)
		{
			char	   *choices[N_READING_POINTS] = {NULL};
			Agreement  *other = read_otherwise(adopted, choices);

			for (int i = 0; i < other->nreadings; i++)
			{
				other->readings[i].formula = formula;
				other->readings[i].months = months;
			}
			go_along(&all, &a.walk, other, SIDES + formula * MONTH_RULES + months);
		}
	}
	put_breaches(&a, &all);
	end_answer(&a);
	return (Datum) 0;
}

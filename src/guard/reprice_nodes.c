/*-------------------------------------------------------------------------
 *
 * reprice_nodes.c
 *		Quotes that reprice notes which Citus has distributed.
 *
 * The quotes are a table of the coordinator.  Its trigger computes the prices
 * that they make, as it does for notes beside it, and hands them to the node of
 * each deal, where rows are captured: that fits them in between what is on
 * record there and updates the notes (see requote_here.c).  A node that knows of
 * terms, of some day or of this transaction, for which it was given no prices
 * says so and does nothing yet.  Everything goes through Citus, in the sessions that have what
 * the transaction wrote, deal after deal in one order, and commits with the
 * quotes or not at all.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/reprice.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "guard/nodes.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* A deal that has, or had, a note of a security that moved. */
typedef struct Concerned
{
	const char *deal;			/* as text */
	const char *security;
} Concerned;

typedef struct ConcernedList
{
	int			n;
	int			size;
	Concerned  *rows;
} ConcernedList;

static int
concerned_cmp(const void *left, const void *right)
{
	const Concerned *a = left;
	const Concerned *b = right;
	int			cmp = strcmp(a->deal, b->deal);

	return cmp != 0 ? cmp : strcmp(a->security, b->security);
}

/*
 * Takes in what a query gives: deals and securities, as text.
 */
static void
find_concerned(Repricing *r, ConcernedList *list, const char *query, int n, Oid *types, Datum *values)
{
	MemoryContext old;

	reprice_run(reprice_prepare(query, n, types), values, NULL, SPI_OK_SELECT);
	old = MemoryContextSwitchTo(r->context);
	list->size = list->n + (int) SPI_processed;
	list->rows = list->rows == NULL ? palloc(Max(list->size, 1) * sizeof(Concerned)) :
		repalloc(list->rows, Max(list->size, 1) * sizeof(Concerned));
	for (uint64 i = 0; i < SPI_processed; i++)
		list->rows[list->n++] = (Concerned) {TextDatumGetCString(result_value(i, 1, (Datum) 0)),
		TextDatumGetCString(result_value(i, 2, (Datum) 0))};
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * Notes that are gone matter to quotes that come late, and where this
 * transaction has taken them away.
 */
static bool
looks_back(const Repricing *r)
{
	for (int i = 0; i < r->requote.nmoved; i++)
	{
		if (!r->requote.moved[i].in_order)
			return true;
	}
	return CheckRelationOidLockedByMe(r->quotes->notes, RowExclusiveLock, true);
}

/*
 * All deals concerned, in the order in which they are repriced.
 */
static void
all_concerned(Repricing *r, ConcernedList *list)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {get_array_type(q->security_type)};
	Datum		values[] = {security_array(r)};
	Oid			record_types[] = {TEXTOID, TEXTARRAYOID};
	Datum		record_values[] = {CStringGetTextDatum(q->source), text_array(r)};

	find_concerned(r, list, psprintf("SELECT DISTINCT m.%1$s::pg_catalog.text, pg_catalog.concat(m.%2$s) FROM %3$s m"
									 " WHERE m.%2$s OPERATOR(pg_catalog.=) ANY ($1) AND m.%1$s IS NOT NULL",
									 q->notes_deal, q->notes_security, q->notes_table),
				   1, types, values);
	if (looks_back(r))
		find_concerned(r, list, psprintf("SELECT DISTINCT p.deal::pg_catalog.text, p.security FROM %s p"
										 " WHERE p.source OPERATOR(pg_catalog.=) $1 AND p.security OPERATOR(pg_catalog.=) ANY ($2)",
										 q->positions),
					   2, record_types, record_values);
	qsort(list->rows, list->n, sizeof(Concerned), concerned_cmp);
}

/* Parameters of a call, which are arrays. */
typedef struct Arrays
{
	ArrayBuildState *columns[7];
	Oid			types[7];
} Arrays;

static void
put(Arrays *arrays, int column, Datum value, bool isnull)
{
	arrays->columns[column] = accumArrayResult(arrays->columns[column], value, isnull,
											   arrays->types[column], CurrentMemoryContext);
}

static void
put_security(const Repricing *r, Arrays *arrays, const Moved *m)
{
	put(arrays, 0, CStringGetTextDatum(m->text), false);
	put(arrays, 1, DateADTGetDatum(Max(m->first_day, r->requote.not_before)), false);
	put(arrays, 2, BoolGetDatum(m->in_order), false);
}

static Datum
datum_of_price(const Price *price)
{
	SharePrice *result = palloc(sizeof(SharePrice));

	*result = (SharePrice) {(int64) price->value.value, price->divisor};	/* as it came from one */
	return PointerGetDatum(result);
}

/*
 * A series, a row for each of its days; one without a day where no price came of
 * it.
 */
static void
put_series(Arrays *arrays, const Series *series)
{
	for (int d = 0; d < Max(series->n, 1); d++)
	{
		bool		none = series->n == 0;

		put(arrays, 3, CStringGetTextDatum(series->security), false);
		put(arrays, 4, CStringGetTextDatum(series->terms), false);
		put(arrays, 5, none ? (Datum) 0 : DateADTGetDatum(series->days[d]), none);
		put(arrays, 6, none ? (Datum) 0 : datum_of_price(&series->prices[d]), none);
	}
}

/*
 * What the node of a deal needs: the securities, which stand together in the
 * list, and their prices.
 */
static void
put_securities(const Repricing *r, Arrays *arrays, const ConcernedList *list, int first, int next)
{
	for (int i = first; i < next; i++)
	{
		const Moved *m = find_moved(&r->requote, list->rows[i].security);

		if (m == NULL || (i > first && strcmp(list->rows[i].security, list->rows[i - 1].security) == 0))
			continue;
		put_security(r, arrays, m);
		for (int s = 0; s < r->requote.nseries; s++)
		{
			if (strcmp(r->requote.series[s].security, m->text) == 0)
				put_series(arrays, &r->requote.series[s]);
		}
	}
}

static Datum
array_datum(const Arrays *arrays, int column)
{
	return arrays->columns[column] == NULL ? PointerGetDatum(construct_empty_array(arrays->types[column])) :
		makeArrayResult(arrays->columns[column], CurrentMemoryContext);
}

/*
 * Makes the series that a node asked for, of pairs of security and terms.
 */
static void
add_lacking(Repricing *r, ArrayType *lacking)
{
	const Quotes *q = r->quotes;
	Oid			types[] = {q->security_type, q->terms_type, DATEOID};
	SPIPlanPtr	plan = reprice_prepare(series_query(q), 3, types);
	int			before = r->requote.nseries;
	Datum	   *texts;
	int			n;
	Oid			input,
				param;

	deconstruct_array(lacking, TEXTOID, -1, false, TYPALIGN_INT, &texts, NULL, &n);
	getTypeInputInfo(q->terms_type, &input, &param);
	for (int i = 0; i + 1 < n; i += 2)
	{
		const Moved *moved = find_moved(&r->requote, TextDatumGetCString(texts[i]));
		MemoryContext old = MemoryContextSwitchTo(r->context);
		char	   *words = TextDatumGetCString(texts[i + 1]);
		Datum		terms = OidInputFunctionCall(input, pstrdup(words), param, -1);

		MemoryContextSwitchTo(old);
		if (moved != NULL)
			add_series(r, plan, moved, terms, words);
	}
	if (r->requote.nseries == before)
		elog(ERROR, "a node asks for prices that it was given");
}

/*
 * Has the node of one deal reprice its notes.
 */
static void
reprice_deal(Repricing *r, const ConcernedList *list, int first, int next)
{
	const Quotes *q = r->quotes;
	Oid			price_type = get_array_type(q->share_price_type);
	Oid			dates = get_array_type(DATEOID);
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTOID, TEXTARRAYOID, dates, get_array_type(BOOLOID),
	TEXTARRAYOID, TEXTARRAYOID, dates, price_type, DATEOID};

	for (;;)
	{
		Arrays		arrays = {.types = {TEXTOID, DATEOID, BOOLOID, TEXTOID, TEXTOID, DATEOID, q->share_price_type}};
		Datum		values[lengthof(types)];
		bool		isnull;
		Datum		lacking;

		CHECK_FOR_INTERRUPTS();
		sort_requote(&r->requote);	/* as the node looks for them */
		values[0] = ObjectIdGetDatum(q->books->ledger);
		values[1] = ObjectIdGetDatum(q->notes);
		values[2] = CStringGetTextDatum(list->rows[first].deal);
		put_securities(r, &arrays, list, first, next);
		values[lengthof(types) - 1] = DateADTGetDatum(r->requote.not_before);
		for (int i = 0; i < lengthof(arrays.columns); i++)
			values[3 + i] = array_datum(&arrays, i);
		if (SPI_execute_with_args("SELECT covenant_internal.requote_deal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
								  lengthof(types), types, values, NULL, false, 1) != SPI_OK_SELECT)
			elog(ERROR, "repricing on a node failed");
		lacking = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
		if (isnull)
			break;
		add_lacking(r, DatumGetArrayTypePCopy(lacking));
	}
}

/*
 * What the changed quotes do to notes on nodes.
 */
void
reprice_on_nodes(Repricing *r)
{
	ConcernedList list = {0};

	make_series(r);
	all_concerned(r, &list);
	for (int first = 0, next; first < list.n; first = next)
	{
		for (next = first + 1; next < list.n && strcmp(list.rows[first].deal, list.rows[next].deal) == 0;)
			next++;
		reprice_deal(r, &list, first, next);
	}
	if (list.n > 0)
		commit_here_and_there();
}

/*-------------------------------------------------------------------------
 *
 * walk.c
 *		One deal's road from dated facts to damages.
 *
 * Positions, journal and events are each read once; all that follows is plain
 * arrays in the current memory context, which the caller lets go.  No stage
 * changes what one before it has made, but to mark a fact.
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/walk.h"

#include "miscadmin.h"

static void
walk_on(Walk *walk, Stage stage)
{
	find_terms(walk->agreement, walk->deal, &walk->terms);
	if (stage >= TO_CLOCKS)
	{
		find_spells(walk);
		start_clocks(walk);
		stop_clocks(walk);
		judge_clocks(walk);
		judge_waivers(walk);
	}
	if (stage >= TO_DAMAGES)
	{
		find_payments(walk);
		find_claims(walk);
		cut_segments(walk);
		round_amounts(walk);
		settle_amounts(walk);
		pay_amounts(walk);
	}
}

/*
 * Goes along for a deal, up to a stage; the caller has connected to SPI.
 */
void
walk_deal(Walk *walk, Agreement *agreement, Bytes deal, bool with_capital, DateADT as_of, Stage stage)
{
	CompanyCapital capital = {company_of(agreement, deal)};

	CHECK_FOR_INTERRUPTS();
	memset(walk, 0, sizeof(Walk));
	walk->agreement = agreement;
	walk->deal = deal;
	walk->as_of = as_of;
	read_timeline(&walk->timeline, agreement->books, deal, &capital, as_of, agreement->known_at, NULL);
	walk->has_capital = with_capital || capital.known;
	read_facts(walk);
	find_holders(walk);
	find_holdings(walk);
	walk_on(walk, stage);
}

/*
 * The same facts once more, by other readings.
 */
void
walk_again(Walk *walk, Agreement *agreement, Stage stage)
{
	walk->agreement = agreement;
	walk->nclocks = walk->clocks_size = 0;
	walk->clocks = NULL;
	walk->nclaims = walk->claims_size = 0;
	walk->claims = NULL;
	walk->nsegments = walk->segments_size = 0;
	walk->segments = NULL;
	for (int i = 0; i < walk->nfacts; i++)
		walk->facts[i].used = false;
	walk_on(walk, stage);
}

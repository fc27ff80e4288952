/*-------------------------------------------------------------------------
 *
 * offerings.c
 *		The rows of Future Offerings, one for each who purchased notes (Section
 *		4(e)).
 *
 *-------------------------------------------------------------------------
 */
#include "agreement/answer.h"
#include "agreement/raising.h"

static DateADT
day_of(const Fact *fact)
{
	return fact == NULL ? NO_DAY : fact->day;
}

/*
 * covenant_internal.offering_of(ledger, deal, with_capital)
 */
COVENANT_FUNCTION(covenant_offering_of);
Datum
covenant_offering_of(PG_FUNCTION_ARGS)
{
	Answer		a;
	Offering   *offerings;
	int			n;

	begin_answer(&a, fcinfo, TO_CLOCKS);
	n = find_offerings(&a.walk, &offerings);
	for (int i = 0; i < n; i++)
	{
		Ratio		total;

		if (offerings[i].nbuyers > 0)
			(void) principal_purchased(&a.walk, offerings[i].reading, &total);
		for (int b = 0; b < offerings[i].nbuyers; b++)
		{
			const OfferingBuyer *buyer = &offerings[i].buyers[b];

			put_text(&a, offerings[i].name);
			put_holder(&a, buyer->holder);
			put_day(&a, day_of(buyer->first_notice));
			put_day(&a, day_of(buyer->last_notice));
			put_day(&a, buyer->option_expires_on);
			put_money(&a, ratio_divide(buyer->purchased, total));
			put_money(&a, buyer->exercised);
			put_bool(&a, buyer->waived);
			put_day(&a, offerings[i].unread ? NO_DAY : offerings[i].earliest_closing);
			put_row(&a);
		}
	}
	end_answer(&a);
	return (Datum) 0;
}

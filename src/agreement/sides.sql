
-- Readings side by side -----------------------------------------------------------

CREATE FUNCTION covenant_internal.readings_of(ledger regclass, deal text, with_capital boolean, company_choices text[], buyers_choices text[])
RETURNS TABLE (section text, duty text, ref text, from_day date, to_day date, adopted numeric, company numeric, buyers numeric,
	principal_calendar numeric, principal_anniversary numeric, principal_30_day numeric, principal_365_day numeric,
	principal_plus_interest_calendar numeric, principal_plus_interest_anniversary numeric, principal_plus_interest_30_day numeric, principal_plus_interest_365_day numeric,
	principal_and_interest_calendar numeric, principal_and_interest_anniversary numeric, principal_and_interest_30_day numeric, principal_and_interest_365_day numeric,
	principal_and_interest_plus_interest_calendar numeric, principal_and_interest_plus_interest_anniversary numeric, principal_and_interest_plus_interest_30_day numeric, principal_and_interest_plus_interest_365_day numeric)
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 20 COST 20000
AS 'MODULE_PATHNAME', 'covenant_readings_of';
COMMENT ON FUNCTION covenant_internal.readings_of(regclass, text, boolean, text[], text[]) IS
'What the breaches of a deal come to under several readings: as adopted, with the choices of either side (in the order of covenant.reading_choices(); NULL: as adopted), and by every formula and month rule';

CREATE FUNCTION covenant.readings(deals regclass)
RETURNS TABLE (deal text, section text, duty text, ref text, from_day date, to_day date, adopted numeric, company numeric, buyers numeric,
	principal_calendar numeric, principal_anniversary numeric, principal_30_day numeric, principal_365_day numeric,
	principal_plus_interest_calendar numeric, principal_plus_interest_anniversary numeric, principal_plus_interest_30_day numeric, principal_plus_interest_365_day numeric,
	principal_and_interest_calendar numeric, principal_and_interest_anniversary numeric, principal_and_interest_30_day numeric, principal_and_interest_365_day numeric,
	principal_and_interest_plus_interest_calendar numeric, principal_and_interest_plus_interest_anniversary numeric, principal_and_interest_plus_interest_30_day numeric, principal_and_interest_plus_interest_365_day numeric)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := covenant_internal.adopted_books(deals);
BEGIN
	PERFORM covenant_internal.adopted_table(ledger, t) FROM unnest(ARRAY['event', 'clause', 'reading']) t;
	RETURN QUERY EXECUTE format($q$
		SELECT l.deal::text, f.*
		FROM %s l
		CROSS JOIN (SELECT array_agg(c.company ORDER BY c.n) AS company, array_agg(c.buyers ORDER BY c.n) AS buyers
			FROM covenant.reading_choices() WITH ORDINALITY c(reading, question, clause, choices, company, buyers, n)) c
		CROSS JOIN LATERAL covenant_internal.readings_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL, c.company, c.buyers) f
		ORDER BY l.deal, f.from_day, f.section, f.ref
	$q$, ledger, ledger);
END
$$;
COMMENT ON FUNCTION covenant.readings(regclass) IS
'What every breach costs under different readings, as of covenant.as_of, all holders together: one row for each breach that there is as adopted, as the company or as the buyers would read the agreement. adopted, company, buyers: the amounts so read (months and list_interest as adopted; 0.00: no breach, or no damages); the other columns: the adopted readings with another formula and month rule. from_day and to_day are those of the first of the three that knows the breach. Deals without covenant.adopt are 55000';

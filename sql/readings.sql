-- Readings: no ambiguous point has a default.
\set SHOW_CONTEXT never
SELECT reading, clause, choices, company, buyers FROM covenant.reading_choices();
-- A side's choice is one of the choices, or a calendar; both have a side, or none.
SELECT reading FROM covenant.reading_choices()
WHERE (company IS NULL) <> (buyers IS NULL) OR company <> ALL (choices) OR buyers <> ALL (choices) OR company = buyers OR question IS NULL;
SELECT jsonb_object_agg(reading, choices[1]) AS all FROM covenant.reading_choices() WHERE reading <> 'promptly' \gset
SELECT covenant_internal.chosen_readings(:'all') = :'all'::jsonb AS as_named;
SELECT covenant_internal.chosen_readings('{}');
SELECT covenant_internal.chosen_readings(:'all'::jsonb - 'base');
SELECT covenant_internal.chosen_readings(:'all'::jsonb - 'months');
SELECT covenant_internal.chosen_readings(:'all'::jsonb || '{"months": "lunar"}');
SELECT covenant_internal.chosen_readings(:'all'::jsonb || '{"month": "calendar"}');
\set VERBOSITY sqlstate
SELECT covenant_internal.chosen_readings(:'all'::jsonb || '{"calendar": "XETRA"}');
SELECT covenant_internal.chosen_readings('[]');
SELECT covenant_internal.chosen_readings(NULL);

-- A side's choices stand for what is not named; what no side would argue is named.
\set VERBOSITY default
SELECT covenant_internal.chosen_readings('{"as": "company"}');
SELECT covenant_internal.chosen_readings('{"as": "company", "months": "calendar"}');
SELECT covenant_internal.chosen_readings('{"as": "holders", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
SELECT covenant_internal.chosen_readings('{"as": null, "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
SELECT reading, company.value #>> '{}' AS company, buyers.value #>> '{}' AS buyers
FROM covenant.reading_choices() c
JOIN jsonb_each(covenant_internal.chosen_readings('{"as": "company", "months": "calendar", "list_interest": "past_year", "majority": "purchased", "stacking": "specific"}')) company ON company.key = reading
JOIN jsonb_each(covenant_internal.chosen_readings('{"as": "buyers", "months": "30-day", "list_interest": "next_year", "majority": "purchased", "calendar": "NYFD+NYSE"}')) buyers USING (key)
WHERE (company.value #>> '{}', buyers.value #>> '{}') IS DISTINCT FROM (c.company, c.buyers);
-- A reading that is named as null is not left to the side.
SELECT covenant_internal.chosen_readings('{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "base": null}');

-- Each one missing, null, or of another kind is refused, but for the four that
-- may be left out; each choice is taken, and of promptly each number.
CREATE FUNCTION pg_temp.state_of(readings jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM covenant_internal.chosen_readings(readings); RETURN 'taken'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT pg_temp.state_of(:'all'::jsonb - reading) AS missing, pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, NULL)) AS null,
	pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, 1)) AS number, pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, jsonb_build_array(choices[1]))) AS list, count(*)
FROM covenant.reading_choices() GROUP BY 1, 2, 3, 4;
SELECT pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, c)), count(*)
FROM covenant.reading_choices(), unnest(choices) c WHERE c NOT LIKE 'or %' GROUP BY 1;
SELECT pg_temp.state_of(:'all'::jsonb || jsonb_build_object('calendar', c)), c FROM unnest(ARRAY['NYFD+NYSE', 'WEEKDAYS+NYGCL', 'or several joined with +', '']) c;

-- Readings: no ambiguous point has a default.
\set SHOW_CONTEXT never
SELECT reading, clause, choices FROM covenant.reading_choices() ORDER BY ord;
SELECT '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD+NYSE", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts"}' AS all \gset
SELECT covenant_internal.check_readings(:'all');
SELECT covenant_internal.check_readings('{}');
SELECT covenant_internal.check_readings(:'all'::jsonb - 'base');
SELECT covenant_internal.check_readings(:'all'::jsonb || '{"months": "lunar"}');
SELECT covenant_internal.check_readings(:'all'::jsonb || '{"month": "calendar"}');
\set VERBOSITY sqlstate
SELECT covenant_internal.check_readings(:'all'::jsonb || '{"calendar": "XETRA"}');
SELECT covenant_internal.check_readings('[]');
SELECT covenant_internal.check_readings(NULL);

-- Each one missing, null, or of another kind is refused; each choice is taken.
\set VERBOSITY default
CREATE FUNCTION pg_temp.state_of(readings jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM covenant_internal.check_readings(readings); RETURN 'taken'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT pg_temp.state_of(:'all'::jsonb - reading) AS missing, pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, NULL)) AS null,
	pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, 1)) AS number, count(*)
FROM covenant.reading_choices() GROUP BY 1, 2, 3;
SELECT pg_temp.state_of(:'all'::jsonb || jsonb_build_object(reading, c)), count(*)
FROM covenant.reading_choices(), unnest(choices) c WHERE c NOT LIKE 'or %' GROUP BY 1;

-- The story of one Securities Purchase Agreement, on tables as a user has them.
--
-- ./dev.sh demo runs it on a server of its own; so does
--     psql -X -q -f demo/demo.sql
-- on any throwaway database.  Every statement that is printed is run, every
-- table is what it gave, and after each step the figures are compared with the
-- story: where they differ the demo ends with an error and a non-zero status.
--
-- SQL is printed by ECHO queries, switched off around what is only staging.

\set ON_ERROR_STOP on
\set ECHO none
\set QUIET on
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset pager off
\pset format aligned
\pset border 1
\pset linestyle ascii
\pset footer off
\pset null ''
SET client_min_messages = warning;
SET DateStyle = ISO;

-- Ends the demo unless what has just been told is true.
CREATE FUNCTION pg_temp.told(ok boolean, what text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF ok IS NOT TRUE THEN
		RAISE EXCEPTION 'the story does not hold: %', what;
	END IF;
END
$$;

\ir 1_closing.sql
\ir 2_shortfall.sql
\ir 3_tranche.sql
\ir 4_what_if.sql
\ir 5_market.sql
\ir 6_clocks.sql
\ir 7_late.sql
\ir 8_raising.sql
\ir 9_closings.sql
\ir 10_transfers.sql
\ir 11_books.sql

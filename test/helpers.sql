\set ECHO none
-- What tests of several topics use.

-- What a statement gives: its value, or SQLSTATE and message.
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN others THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;

-- The same, with the error's detail.
CREATE FUNCTION pg_temp.outcome_in_full(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE result text; detail text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', sqlstate, sqlerrm, detail);
END $$;

-- Has a statement's plan this in it?
CREATE FUNCTION pg_temp.plan_has(part text, statement text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		IF line LIKE '%' || part || '%' THEN RETURN true; END IF;
	END LOOP;
	RETURN false;
END $$;
\set ECHO all

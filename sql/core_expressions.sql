-- What other people write means the same with the extension as without it.

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- literals and columns, with operators and aggregates
SELECT 2 * 1.5, 1.5 * 2, 2::int8 * 1.5, 2::int2 * 1.5, 1.5::numeric <= 0, 1 < 2.0, '1' = 1::int8, 2::int8 * 3::int2, 2 + 3::int8, '2' + 3, 5 - '3', 1.5 + 1, 1 - 0.5, 2 / 0.5, 7 / 2, 1.5 * 1.5;
SELECT pg_typeof(2 * 1.5), pg_typeof(1.5 * 2), pg_typeof(2::int8 * 1.5), pg_typeof(2::int2 * 3::int8), pg_typeof(2 * 3), pg_typeof(2 + 3::int8), pg_typeof(1.5 - 1), pg_typeof(2.0 / 3), pg_typeof(-1.5), pg_typeof(-5::int8), pg_typeof(coalesce(1, 2.0)), pg_typeof(greatest(1::int8, 2));
SELECT sum(x), avg(x), min(x), max(x), sum(x * 1.5), pg_typeof(sum(x)), pg_typeof(avg(x)), count(*) FILTER (WHERE x > 1.5), bool_or(x IN (1, 2.0)), max(x) BETWEEN 1 AND 5.5 FROM generate_series(1, 3) x;
SELECT sum(x), min(x), max(x), pg_typeof(sum(x)), sum(x) FILTER (WHERE x <= 2) FROM unnest('{1.5,2}'::numeric[]) x;
SELECT pg_temp.outcome('SELECT min(''a'')') AS min, pg_temp.outcome('SELECT ''5'' < ''6''') AS unknowns, pg_temp.outcome('SELECT abs(''-5'')') AS abs, pg_temp.outcome('SELECT round(''1.5'')') AS round;

-- parameters without a type, as drivers send them: the types that they get, and what comes out
CREATE FUNCTION pg_temp.meaning(expression text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE types regtype[]; result text;
BEGIN
	EXECUTE format('PREPARE meaning AS SELECT pg_typeof(%1$s) || '' '' || coalesce((%1$s)::text, ''NULL'')', expression);
	SELECT parameter_types INTO types FROM pg_prepared_statements WHERE name = 'meaning';
	IF types = '{}' THEN
		EXECUTE 'EXECUTE meaning' INTO result;
	ELSE
		EXECUTE format('EXECUTE meaning (%s)', array_to_string(array_fill('1'::text, ARRAY[cardinality(types)]), ', ')) INTO result;
	END IF;
	DEALLOCATE meaning;
	RETURN concat_ws(' ', nullif(types::text, '{}'), result);
EXCEPTION WHEN others THEN
	IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'meaning') THEN DEALLOCATE meaning; END IF;
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT e, pg_temp.meaning(e) FROM unnest(ARRAY['round($1, $2)', 'round(''1'', ''1'')', 'round($1, 1)', 'round($1)', 'abs(''1'')', 'abs($1)', 'max(NULL)', 'min($1)', 'sum(''1'')', 'avg($1)', '1 = ANY (ARRAY[1, 2.5])', '$1 = ANY (ARRAY[1, 2.5])', '1 * 1.5', '$1 * 1.5', '1 * $1', '1 < 1.5', '$1 < 1.5', '1.5 < $1', '$1 < $2', '1.5 IN (1, $1)',
	'1.5 BETWEEN 1 AND $1', 'nullif($1, 1.5)', 'greatest(1, 1.5, $1)', 'CASE 1.5 WHEN 1 THEN 2 ELSE $1 END', '1 IS DISTINCT FROM 1.5', '- $1', '-1.5', '1 % 1.5']) e;

-- Every operator and function that the extension adds to pg_catalog, and what
-- stands beside them, between operands of every kind that is a number, or
-- might be one: looked up with the extension, and after dropping it.
CREATE TEMP TABLE expression AS
SELECT DISTINCT format(form, a, b) AS e
FROM unnest(ARRAY['1', '''1''', '1.5', '1::int8', '1::int2', '1::float8', '1.5::float4', 'NULL', '$1', '''1''::text', '''1''::money', '1::oid', 'date ''2005-05-23''', 'interval ''1 day''']) a,
	unnest(ARRAY['1', '''1''', '1.5', '2::int8', '2::int2', '2::float8', 'NULL', '$2', '''1''::text', 'ARRAY[1, 2.5]']) b,
	unnest(ARRAY['%s + %s', '%s - %s', '%s * %s', '%s / %s', '%s = %s', '%s <> %s', '%s < %s', '%s >= %s', 'nullif(%s, %s)', '%s IS DISTINCT FROM %s', '%s IN (%2$s, 1)', '%s = ANY (ARRAY[%s, 1])', 'CASE %s WHEN %s THEN 1 END', 'round(%s, %s)', 'greatest(%s, %s)',
		'- %s', 'abs(%s)', 'round(%s)', 'sum(%s)', 'avg(%s)', 'min(%s)', 'max(%s)']) form;
CREATE TEMP TABLE known AS SELECT e, pg_temp.meaning(e) AS meaning FROM expression;
SELECT count(*) > 1800 AS many, count(*) FILTER (WHERE meaning ~ '^[0-9A-Z]{5} ') BETWEEN 300 AND 1200 AS some_fail FROM known;
BEGIN;
SET LOCAL client_min_messages = warning;
DROP EXTENSION covenant CASCADE;
SELECT k.e, k.meaning AS with_covenant, w.meaning AS without FROM known k, LATERAL (SELECT pg_temp.meaning(e) AS meaning) w WHERE w.meaning <> k.meaning ORDER BY k.e COLLATE "C";
ROLLBACK;

-- With the schema in the search path its round(share_price, bigint) is looked
-- at too, and two words without a type fit both.  Nothing else changes.
SET search_path = public, covenant;
SELECT e, pg_temp.meaning(e) AS in_path, meaning FROM known WHERE pg_temp.meaning(e) <> meaning ORDER BY e COLLATE "C";
RESET search_path;

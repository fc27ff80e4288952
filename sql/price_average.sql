-- avg of share prices: exact, or out of range.
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

SELECT avg(p), avg(p) FILTER (WHERE p < 0.5), avg(p) FILTER (WHERE p > 9.0) FROM (VALUES ('1/3'::share_price), (NULL), ('1/6'), ('1')) v (p);
SELECT avg(p) FROM (VALUES ('9223372036854775807'::share_price), ('9223372036854775807'), ('9223372036854775807')) v (p);
SELECT avg(p) FROM (VALUES ('1/9223372036854775807'::share_price), ('9223372036854775806/9223372036854775807'), ('1/9223372036854775806'), ('9223372036854775805/9223372036854775806')) v (p);
SELECT pg_temp.outcome('SELECT avg(p) FROM (VALUES (''1/3''::covenant.share_price), (''9223372036854775807'')) v (p)') AS not_a_price,
	pg_temp.outcome('SELECT avg(p) FROM (VALUES (''1/9223372036854775807''::covenant.share_price), (''1/9223372036854775806''), (''1/9223372036854775805'')) v (p)') AS too_wide;
-- oracle: the sum over a common denominator, for prices in cents of a cent
SELECT setseed(0.125);
CREATE TEMP TABLE pair AS SELECT n, trunc((random() * 10.0 ^ (n % 9))::numeric) AS a FROM generate_series(1, 5000) n;
CREATE FUNCTION pg_temp.reduced(num numeric, den numeric) RETURNS share_price LANGUAGE sql AS $$ SELECT (trim_scale(num / gcd(num, den))::text || '/' || trim_scale(den / gcd(num, den))::text)::share_price $$;
SELECT count(*) AS groups, count(*) FILTER (WHERE m <> pg_temp.reduced(s * 10000, n * 10000)) AS differ
FROM (SELECT avg((trunc(a) / 10000)::share_price) AS m, sum(trunc(a) / 10000) AS s, count(*)::numeric AS n FROM pair GROUP BY n % 101) g;
-- the state as a value: text, binary; the support functions called by hand leave what they were given as it was
SELECT aggtranstype::regtype, typlen, aggcombinefn::regproc FROM pg_aggregate JOIN pg_type t ON t.oid = aggtranstype WHERE aggfnoid = 'pg_catalog.avg(share_price)'::regprocedure;
CREATE TEMP TABLE state (n int, x price_average_state);
INSERT INTO state VALUES (1, '0 0 0 0 1'), (2, '3 -1 -1 5 -9223372036854775808');
CREATE TEMP TABLE copied (LIKE state);
\copy state TO 'results/price_average.bin' (FORMAT binary)
\copy copied FROM 'results/price_average.bin' (FORMAT binary)
\copy state TO 'results/price_average.txt'
\copy copied FROM 'results/price_average.txt'
SELECT n, s.x, (SELECT count(*) FROM copied c WHERE c.n = s.n AND c.x::text = s.x::text) AS same FROM state s ORDER BY n;
SELECT share_price_accumulate(x, '1/3'), share_price_combine(x, x), x FROM state WHERE n = 1;
\set VERBOSITY sqlstate
\copy (SELECT int8send(-1) || int8send(0) || int8send(0) || int8send(0) || int8send(1)) TO 'results/bad.bin' (FORMAT binary)
\copy copied (x) FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT int8send(1) || int8send(0) || int8send(0) || int8send(0) || int8send(0)) TO 'results/bad.bin' (FORMAT binary)
\copy copied (x) FROM 'results/bad.bin' (FORMAT binary)
\set VERBOSITY default
SELECT share_price_accumulate('0 0 0 0 1', '1/3'), share_price_accumulate('1 0 1 0 3', '1/6'), share_price_combine('1 0 1 0 3', '2 0 1 0 2'), share_price_combine('1 -1 0 0 6', '1 0 1 0 6'), share_price_avg('0 0 0 0 1'), share_price_avg('2 0 1 0 3');
SELECT s, pg_temp.outcome('SELECT covenant_internal.' || s) FROM unnest(ARRAY['share_price_accumulate('''', 1.0)', 'share_price_accumulate(''0 0 0 1'', 1.0)', 'share_price_accumulate(''0 0 0 0 0'', 1.0)', 'share_price_accumulate(''0 0 0 0 NULL'', 1.0)', 'share_price_accumulate(''0 0 0 0 x'', 1.0)',
	'share_price_accumulate(''-1 0 0 0 1'', 1.0)', 'share_price_accumulate(''9223372036854775807 0 0 0 1'', 1.0)', 'share_price_accumulate(''9223372036854775806 0 0 0 1'', 1.0)', 'share_price_combine(''0 0 0 0 1'', ''1'')', 'share_price_avg(''1 1 0 0 1'')', 'share_price_avg(''9223372036854775807 -1 -1 -1 -1'')', 'share_price_avg(''9223372036854775807 0 1 -1 -1'')', 'share_price_combine(''1 -1 -1 0 1'', ''1 0 1 0 1'')']) s;

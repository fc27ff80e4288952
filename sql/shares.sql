-- shares: text, binary, casts, comparisons, operator classes, aggregates.
SET search_path = public, covenant, covenant_internal;

-- what a statement gives: its value, or SQLSTATE and message
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN others THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
CREATE FUNCTION pg_temp.plan_has(part text, statement text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		IF line LIKE '%' || part || '%' THEN RETURN true; END IF;
	END LOOP;
	RETURN false;
END $$;

-- digits, thousands commas, a sign, white space around it
SELECT t AS text_in, t::shares AS text_out FROM unnest(ARRAY['90953246', '90,953,246', '-13,333,334', '+5', '0', '-0', '007', ' 12 ', E'\t-1,000\n',
	'1,000', '12,345', '123,456', '1,234,567', '9223372036854775807', '9,223,372,036,854,775,807', '-9223372036854775808', '-9,223,372,036,854,775,808',
	'0000000000000000000000000000001']) t;
SELECT t AS text_in, pg_temp.outcome(format('SELECT %L::covenant.shares', t)) FROM unnest(ARRAY['', ' ', '-', '+', ',', '1,', ',1', '1,00', '1,0000', '1000,000', '1234,567', '1,000,00', '1,,000',
	'0,123', '00,123', '1, 000', '- 1', '--1', '1.0', '1e3', '0x10', '1_000', '12a', '1 2', 'NaN', '1,000,', '-,100', '1,000.00',
	'9223372036854775808', '9,223,372,036,854,775,808', '-9223372036854775809', '99999999999999999999999999', '99999999999999999999x']) t;

-- binary is that of bigint
SELECT shares_send('90,953,246') = int8send(90953246) AS same;
CREATE TEMP TABLE held (n int, s shares, b bigint);
SELECT setseed(0.25);
INSERT INTO held SELECT n, v, v FROM (SELECT n, ((random() - 0.5) * 2 ^ (n % 62))::bigint AS v FROM generate_series(1, 20000) n) r;
INSERT INTO held VALUES (0, 9223372036854775807, 9223372036854775807), (-1, -9223372036854775808, -9223372036854775808), (-2, NULL, NULL);
CREATE TEMP TABLE copied (n int, s shares, b bigint);
\copy held TO 'results/shares.bin' (FORMAT binary)
\copy copied FROM 'results/shares.bin' (FORMAT binary)
\copy held TO 'results/shares.txt'
\copy copied FROM 'results/shares.txt'
SELECT count(*), count(*) FILTER (WHERE c.s::bigint IS DISTINCT FROM h.b OR c.s IS DISTINCT FROM h.s OR c.s::text IS DISTINCT FROM h.b::text) AS differ
FROM copied c JOIN held h USING (n);

-- casts in: integers anywhere, numeric by assignment and only whole numbers
SELECT 5::smallint::shares, 5::int::shares, 5::bigint::shares, 5.0::shares, (-7)::numeric::shares, 9223372036854775807.00::shares;
SELECT s, pg_temp.outcome('SELECT (' || s || ')::covenant.shares') FROM unnest(ARRAY['0.5', '-0.0001', '9223372036854775808', '-9223372036854775809', '1e100', '1e-100', '''NaN''::numeric', '''Infinity''::numeric', '1.5::float8']) s;
DO $$ BEGIN PERFORM 33333333.33::shares; EXCEPTION WHEN others THEN
	DECLARE d text; h text; BEGIN GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT; RAISE NOTICE '% % %', sqlerrm, d, h; END; END $$;
-- casts out, by assignment
CREATE TEMP TABLE plain (a smallint, b int, c bigint, d numeric, e numeric(12, 2), f text);
INSERT INTO plain SELECT s, s, s, s, s, s FROM (VALUES ('5'::shares), (-32768)) v (s);
SELECT * FROM plain;
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT 32768::shares::smallint', 'SELECT (-32769)::shares::smallint', 'SELECT 2147483648::shares::int', 'SELECT (-2147483649)::shares::int', 'SELECT 5::shares::float8']) s;
SELECT to_json('90,953,246'::shares), json_build_object('s', -5::shares), to_jsonb(array[1, 2]::shares[]), row_to_json(r) FROM (SELECT 7::shares AS seven) r;

-- comparisons, the same as those of bigint
SELECT count(*) AS differ FROM held x JOIN held y ON y.n = x.n % 20000 + 1
WHERE (x.s < y.s) <> (x.b < y.b) OR (x.s <= y.s) <> (x.b <= y.b) OR (x.s = y.s) <> (x.b = y.b) OR (x.s <> y.s) <> (x.b <> y.b)
	OR (x.s >= y.s) <> (x.b >= y.b) OR (x.s > y.s) <> (x.b > y.b) OR shares_cmp(x.s, y.s) <> btint8cmp(x.b, y.b);
SELECT array_agg(b ORDER BY s, n) = array_agg(b ORDER BY b, n) AS sorted, array_agg(b ORDER BY s DESC NULLS LAST, n) = array_agg(b ORDER BY b DESC NULLS LAST, n) AS sorted_down FROM held;

-- arithmetic that makes sense
SELECT 5::shares + 3, 3 + 5::shares, 5::shares - 8, -('5'::shares), 2 * 45476623::shares, '45,476,623'::shares * 2, 7::smallint * 5::shares, 5::shares * 7::bigint;
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['9223372036854775807::shares + 1', '(-9223372036854775808)::shares - 1', '(-9223372036854775808)::shares + -1', '-((-9223372036854775808)::shares)',
	'-(9223372036854775807::shares)', '0 - (-9223372036854775808)::shares', '4611686018427387904::shares * 2', '2 * -4611686018427387904::shares', '-1 * (-9223372036854775808)::shares', '9223372036854775807::shares * -1',
	'3::shares + 0.5::share_price', '0.5::share_price + 3::shares', '3::shares / 2', '3::shares * 2::shares', '3::shares - 0.5', '2.5 + 3::shares']) s;

-- operator classes
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'shares'::regtype ORDER BY 1;
CREATE INDEX ON held (s);
CREATE INDEX ON held USING hash (s);
ANALYZE held;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('Index Only Scan using held_s_idx on held', 'SELECT min(s) FROM held'),
	pg_temp.plan_has('Index Only Scan Backward using held_s_idx on held', 'SELECT max(s) FROM held'),
	pg_temp.plan_has('Index Cond: (s > ''5''::shares)', 'SELECT s FROM held WHERE s > 5'),
	pg_temp.plan_has('held_s_idx1', 'SELECT count(b) FROM held WHERE s = 5::bigint');
SELECT min(s), max(s) FROM held;
RESET enable_seqscan;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT count(*) AS merged FROM held x JOIN held y USING (s) \gset
RESET enable_hashjoin; SET enable_mergejoin = off;
SELECT count(*) AS hashed FROM held x JOIN held y USING (s) \gset
SELECT count(*) AS plain FROM held x JOIN held y USING (b) \gset
RESET enable_nestloop; RESET enable_mergejoin;
SELECT :merged = :plain AND :hashed = :plain AS joins_agree, count(*) FILTER (WHERE shares_hash(s) <> hashint8(b) OR shares_hash_extended(s, 7) <> hashint8extended(b, 7)) AS hash_differs FROM held;
CREATE TABLE by_shares (s shares, n int) PARTITION BY HASH (s);
SELECT format('CREATE TABLE by_shares_%s PARTITION OF by_shares FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', r) FROM generate_series(0, 3) r \gexec
INSERT INTO by_shares SELECT s, n FROM held;
SELECT count(*), count(DISTINCT tableoid) AS partitions, (SELECT count(*) FROM by_shares WHERE s = 0) = (SELECT count(*) FROM held WHERE b = 0) AS found FROM by_shares;
SELECT n, s, sum(n) OVER (ORDER BY s RANGE BETWEEN 10 PRECEDING AND 5 FOLLOWING) FROM (VALUES (1, 0::shares), (2, 10), (3, 15), (4, 21), (5, NULL)) v (n, s);

-- aggregates: a wide sum, errors only in the result
SELECT sum(s), avg(s), min(s), max(s) FROM (VALUES (1::shares), (NULL), (2)) v (s);
SELECT sum(s), avg(s), min(s), max(s) FROM held WHERE false;
SELECT sum(s), avg(s), min(s), max(s) FROM held WHERE n = -2;
SELECT sum(s) FROM (VALUES (9223372036854775807::shares), (9223372036854775807), (-9223372036854775807), (-9223372036854775808)) v (s);
SELECT avg(s) FROM (VALUES (9223372036854775807::shares), (9223372036854775807), (9223372036854775806)) v (s);
SELECT avg(s) FROM (VALUES ('-9223372036854775808'::shares), (-9223372036854775808), (-9223372036854775807)) v (s);
SELECT avg(s), (SELECT avg(x::shares) FROM unnest('{1,2}'::int[]) x) AS half, (SELECT avg(x::shares) FROM unnest('{1,1,0}'::int[]) x) AS two_thirds, (SELECT avg(x::shares) FROM unnest('{-1,-1,0}'::int[]) x) AS below FROM (VALUES ('100'::shares), (300)) v (s);
SELECT pg_temp.outcome('SELECT pg_catalog.sum(s) FROM (VALUES (9223372036854775807::covenant.shares), (1)) v (s)');
SELECT pg_temp.outcome('SELECT pg_catalog.sum(s) FROM (VALUES ((-9223372036854775808)::covenant.shares), (-1)) v (s)');
-- oracle: the aggregates of bigint, and a mean cut exactly and rounded half up
SELECT count(*) AS groups, count(*) FILTER (WHERE s <> b OR mean <> sign(b) * div(2 * abs(b) * 1e20 + n, 2 * n) * 1e-20 OR lo <> blo OR hi <> bhi) AS differ
FROM (SELECT sum(s)::numeric AS s, sum(b) AS b, avg(s) AS mean, count(s)::numeric AS n, min(s)::bigint AS lo, min(b) AS blo, max(s)::bigint AS hi, max(b) AS bhi FROM held WHERE n > 0 GROUP BY n % 997) g;
-- a moving frame takes rows out again
SELECT count(*) AS differ FROM (SELECT sum(s) OVER w AS s, sum(b) OVER w AS b, avg(s) OVER w AS a, count(b) OVER w AS c FROM held WHERE n % 62 < 55 WINDOW w AS (ORDER BY n ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING)) w
WHERE s::numeric IS DISTINCT FROM b OR a IS DISTINCT FROM b * 0.25 AND c = 4 OR (a IS NULL) <> (c = 0);
-- in a parallel plan
CREATE TABLE many AS SELECT s, b, ('1/' || 1 + n % 7)::share_price AS p FROM held WHERE n > 0;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ANALYZE many;
SELECT pg_temp.plan_has('Partial Aggregate', 'SELECT sum(s), avg(s), min(s), max(s), min(p), max(p), avg(p) FROM many') AS partial;
SELECT sum(s)::numeric = sum(b) AS sum, avg(s) = (SELECT sign(sum(b)) * div(2 * abs(sum(b)) * 1e20 + 20000, 40000) * 1e-20 FROM many) AS avg,
	min(s) = min(b) AS min, max(s) = max(b) AS max, min(p), max(p), avg(p) FROM many;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
-- partial sums of partitions, combined
SET enable_partitionwise_aggregate = on; SET max_parallel_workers_per_gather = 0;
SELECT pg_temp.plan_has('Partial', 'SELECT n % 2, sum(s), avg(s) FROM by_shares GROUP BY 1') AS partial;
SELECT x.odd, x.sum = y.sum AND x.avg = y.avg AS same FROM (SELECT n % 2 AS odd, sum(s), avg(s) FROM by_shares GROUP BY 1) x JOIN (SELECT n % 2 AS odd, sum(s), avg(s) FROM held GROUP BY 1) y USING (odd) ORDER BY 1;
RESET enable_partitionwise_aggregate; RESET max_parallel_workers_per_gather;
DROP TABLE many, by_shares;
-- the support functions called by hand
SELECT shares_accumulate('{0,0,0}', -5), shares_accumulate('{1,0,-1}', 1), shares_discharge('{3,0,10}', 11), shares_combine('{1,0,1}', '{2,-1,-3}'), shares_sum('{0,0,0}'), shares_sum('{1,0,7}'), shares_avg('{2,0,7}'), shares_avg('{-1,0,7}');
SELECT s, pg_temp.outcome('SELECT covenant_internal.' || s) FROM unnest(ARRAY['shares_accumulate(''{}'', 1)', 'shares_accumulate(''{1,2}'', 1)', 'shares_accumulate(''{1,2,3,4}'', 1)', 'shares_accumulate(''{1,2,NULL}'', 1)', 'shares_accumulate(''{{1,2,3}}'', 1)',
	'shares_accumulate(NULL, 1)', 'shares_accumulate(''{9223372036854775807,0,0}'', 1)', 'shares_accumulate(''{1,9223372036854775807,-1}'', 1)', 'shares_combine(''{1,0,1}'', ''{1}'')', 'shares_sum(''{1,1,0}'')', 'shares_avg(''{1,-9223372036854775808,0}'')',
	'shares_discharge(''{-9223372036854775808,0,0}'', 1)']) s;

-- what other people write still means the same
SELECT 2 * 1.5, 1.5 * 2, 2::int8 * 1.5, 2::int2 * 1.5, 1.5::numeric <= 0, 1 < 2.0, '1' = 1::int8, 2::int8 * 3::int2, 2 + 3::int8, '2' + 3, 5 - '3', 1.5 + 1, 1 - 0.5, 2 / 0.5, 7 / 2, 1.5 * 1.5;
SELECT pg_typeof(2 * 1.5), pg_typeof(1.5 * 2), pg_typeof(2::int8 * 1.5), pg_typeof(2::int2 * 3::int8), pg_typeof(2 * 3), pg_typeof(2 + 3::int8), pg_typeof(1.5 - 1), pg_typeof(2.0 / 3), pg_typeof(-1.5), pg_typeof(-5::int8), pg_typeof(coalesce(1, 2.0)), pg_typeof(greatest(1::int8, 2));
SELECT sum(x), avg(x), min(x), max(x), sum(x * 1.5), pg_typeof(sum(x)), pg_typeof(avg(x)), count(*) FILTER (WHERE x > 1.5), bool_or(x IN (1, 2.0)), max(x) BETWEEN 1 AND 5.5 FROM generate_series(1, 3) x;
SELECT sum(x), min(x), max(x), pg_typeof(sum(x)), sum(x) FILTER (WHERE x <= 2) FROM unnest('{1.5,2}'::numeric[]) x;
SELECT pg_temp.outcome('SELECT min(''a'')') AS min, pg_temp.outcome('SELECT ''5'' < ''6''') AS unknowns, pg_temp.outcome('SELECT abs(''-5'')') AS abs, pg_temp.outcome('SELECT round(''1.5'')') AS round;
-- expressions of BI tools over a column of shares
CREATE TEMP TABLE bi (deal text, s shares, i int, b bigint, q numeric, k smallint, p share_price);
INSERT INTO bi VALUES ('a', 5, 5, 5, 5, 5, 0.06), ('a', '1,000', 1000, 1000, 1000, 1000, 0.1647), ('b', NULL, NULL, NULL, NULL, NULL, NULL);
SELECT deal, sum(s), avg(s), min(s), max(s), count(DISTINCT s), sum(coalesce(s, 0)), sum(CASE WHEN s > 6 THEN s ELSE 0 END), sum(s) > 6, sum(s) * 2, sum(s) FILTER (WHERE s BETWEEN 1 AND 10) FROM bi GROUP BY deal HAVING coalesce(sum(s), 0) >= 0 ORDER BY sum(s) DESC NULLS LAST;
SELECT s + 1, s - i, s + b, k * s, s * k, s * 1.5, s * p, s::numeric * 1.5, greatest(s, 6), least(s, b), nullif(s, 5), s IN (5, 6), s = ANY ('{5}'), s <> i, s = b, s > k, cast(s AS integer), s || ' shares', round(s::numeric / 3, 2) FROM bi ORDER BY s;
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY s), mode() WITHIN GROUP (ORDER BY s), array_agg(s ORDER BY s), string_agg(s::text, ' ' ORDER BY s DESC), every(s > 0) FROM bi;
SELECT s, i, rank() OVER (ORDER BY s DESC), sum(s) OVER (ORDER BY s), lag(s) OVER (ORDER BY s), s - lag(s, 1, 0::shares) OVER (ORDER BY s) AS change FROM bi WHERE s IS NOT NULL ORDER BY s;
SELECT * FROM bi x JOIN bi y ON x.s = y.b UNION SELECT * FROM bi x JOIN bi y ON y.i = x.s WHERE x.s IN (SELECT b FROM bi) ORDER BY 2;
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT s > 6.5 FROM bi', 'SELECT s > 6.5::share_price FROM bi', 'SELECT s * p * 2 FROM bi', 'SELECT p * s FROM bi', 'SELECT s = 5.0 FROM bi', 'SELECT s + NULL FROM bi', 'SELECT s * ''2'' FROM bi', 'SELECT round(s, 2) FROM bi', 'SELECT s = ''5'' FROM bi']) s;

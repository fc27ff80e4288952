-- sum and avg of shares: a wide sum, errors only in the result.
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

CREATE TEMP TABLE held (n int, s shares, b bigint);
SELECT setseed(0.25);
INSERT INTO held SELECT n, v, v FROM (SELECT n, ((random() - 0.5) * 2 ^ (n % 62))::bigint AS v FROM generate_series(1, 20000) n) r;
INSERT INTO held VALUES (0, 9223372036854775807, 9223372036854775807), (-1, -9223372036854775808, -9223372036854775808), (-2, NULL, NULL);
CREATE TABLE by_shares (s shares, n int) PARTITION BY HASH (s);
SELECT format('CREATE TABLE by_shares_%s PARTITION OF by_shares FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', r) FROM generate_series(0, 3) r \gexec
INSERT INTO by_shares SELECT s, n FROM held;

-- some rows, none, only NULL; beyond 64 bits on the way
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
-- the state is changed in place and has a type of SQL, so that other servers can send theirs
SELECT aggfnoid::regprocedure, aggtranstype::regtype, typlen, aggcombinefn::regproc, aggminvtransfn::regproc FROM pg_aggregate JOIN pg_type t ON t.oid = aggtranstype
WHERE aggfnoid IN ('pg_catalog.sum(shares)'::regprocedure, 'pg_catalog.avg(shares)'::regprocedure) ORDER BY 1;
-- groups in a hash table and in a sort, of which none sees another's state
SET enable_sort = off;
SELECT count(*) AS groups, sum(x) AS hashed FROM (SELECT n % 7 AS g, sum(s) AS x FROM held WHERE b BETWEEN -1000000 AND 1000000 GROUP BY 1) h \gset
RESET enable_sort; SET enable_hashagg = off;
SELECT :'hashed' = sum(x)::text AS same, :groups AS groups FROM (SELECT n % 7 AS g, sum(s) AS x FROM held WHERE b BETWEEN -1000000 AND 1000000 GROUP BY 1) h;
RESET enable_hashagg;
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
-- the state as a value: text, binary; the support functions called by hand leave what they were given as it was
CREATE TEMP TABLE state (n int, x shares_sum_state);
INSERT INTO state VALUES (1, '0 0 0'), (2, '1 0 -1'), (3, '-5 -9223372036854775808 9223372036854775807');
CREATE TEMP TABLE copied (LIKE state);
\copy state TO 'results/shares_sum.bin' (FORMAT binary)
\copy copied FROM 'results/shares_sum.bin' (FORMAT binary)
\copy state TO 'results/shares_sum.txt'
\copy copied FROM 'results/shares_sum.txt'
SELECT n, s.x, (SELECT count(*) FROM copied c WHERE c.n = s.n AND c.x::text = s.x::text) AS same FROM state s ORDER BY n;
SELECT n, shares_accumulate(x, 7), shares_discharge(x, 7), shares_combine(x, x), x FROM state WHERE n < 3 ORDER BY n;
SELECT shares_accumulate('0 0 0', -5), shares_accumulate('1 0 -1', 1), shares_discharge('3 0 10', 11), shares_combine('1 0 1', '2 -1 -3'), shares_sum('0 0 0'), shares_sum('1 0 7'), shares_avg('2 0 7'), shares_avg('-1 0 7');
SELECT s, pg_temp.outcome('SELECT covenant_internal.' || s) FROM unnest(ARRAY['shares_accumulate('''', 1)', 'shares_accumulate(''1 2'', 1)', 'shares_accumulate(''1 2 3 4'', 1)', 'shares_accumulate(''1 2 x'', 1)', 'shares_accumulate(''1 2 '', 1)', 'shares_accumulate(''1,2,3'', 1)', 'shares_accumulate(''1 2 9223372036854775808'', 1)',
	'shares_accumulate(NULL, 1)', 'shares_accumulate(''9223372036854775807 0 0'', 1)', 'shares_accumulate(''1 9223372036854775807 -1'', 1)', 'shares_combine(''1 0 1'', ''1'')', 'shares_sum(''1 1 0'')', 'shares_avg(''1 -9223372036854775808 0'')',
	'shares_discharge(''-9223372036854775808 0 0'', 1)']) s;
DO $$ BEGIN PERFORM '1 2'::covenant_internal.shares_sum_state; EXCEPTION WHEN others THEN
	DECLARE d text; BEGIN GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL; RAISE NOTICE '%', d; END; END $$;

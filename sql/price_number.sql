-- Share prices compared with numbers.
SET search_path = public, covenant;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- integers and numerics on either side
SELECT p, p > 0 AS gt, p >= 1 AS ge, p < 0.12 AS lt, p <= 0.06 AS le, p = 0.06 AS eq, p <> 2::bigint AS ne, 0 < p AS gt2, 1::smallint <= p AS ge2, 0.12 > p AS lt2, 0.06 >= p AS le2, 0.06 = p AS eq2, 2 <> p AS ne2
FROM unnest('{0,0.06,0.12,1,3/2,2}'::share_price[]) p;
SELECT p, p BETWEEN 0 AND 1 AS between, p IN (1, 2) AS in, NOT p > 1 AS not, p = ANY (ARRAY[0.06, 2]) AS any, p > ALL (ARRAY[0, 0.05]) AS all FROM unnest('{0,0.06,1,3/2}'::share_price[]) p;
-- what is no price is compared as the number that it is
SELECT x, p > x AS gt, p >= x AS ge, p < x AS lt, p <= x AS le, p = x AS eq, p <> x AS ne, x < p AS gt2, x <= p AS ge2, x > p AS lt2, x >= p AS le2, x = p AS eq2, x <> p AS ne2
FROM (VALUES ('1/3'::share_price)) v (p), unnest('{-1,-1e100,-Infinity,Infinity,NaN,1e19,1e100,1e-19,1e-30}'::numeric[] || '{0.33333333333333333333333333333333333333333,0.33333333333333333333333333333333333333334}') x;
SELECT '1/3'::share_price < ('1e131071')::numeric AS lower, '9223372036854775807'::share_price < 9223372036854775807.5 AS below_the_half, '9223372036854775807'::share_price < 9223372036854775808 AS below_the_next, '0'::share_price < 1e-100 AS above_zero;
-- a price equals the numeric that it was cast to, which is a rounded fraction from 19 decimals on
SELECT '1/3'::share_price = 0.33333333333333333333 AS twenty, '1/3'::share_price = 0.333333333333333333 AS eighteen, '1/3'::share_price > 0.333333333333333333 AS above, '16/33'::share_price >= 0.48484848484848484848 AS same;

-- rows with a price among the columns, of which every one has to be compared in some order
SELECT id, (id, p) = (1, 0.06) AS eq, (id, p) <> (1, 0.06) AS ne, (id, p) < (1, 1) AS lt, (id, p) >= (2, 0) AS ge, (0.06, id) <= (p, id) AS le, (id, p) IN ((1, 0.06), (3, 2)) AS in, (id, p) IN (SELECT 3, 2.0) AS in_query FROM (VALUES (1, 0.06::share_price), (2, '1/3'), (3, 2.0)) v (id, p) ORDER BY id;

-- oracle: for numbers of up to 18 decimals the cross products; for a price as numeric the price itself
SELECT setseed(0.5);
CREATE TEMP TABLE pair AS
SELECT num, den, x, (num || '/' || den)::share_price AS p, (trunc((random() * 10.0 ^ (n % 5))::numeric) || '/' || 1 + n % 97)::share_price AS q
FROM (SELECT n, trunc((random() * 10.0 ^ (n % 9))::numeric) AS num, 1 + trunc((random() * 10.0 ^ (n % 7))::numeric) AS den, round(((random() - 0.1) * 10.0 ^ (n % 6))::numeric, n % 19) AS x FROM generate_series(1, 10000) n) r;
INSERT INTO pair SELECT x * 10 ^ scale(x), 10 ^ scale(x), x, x::share_price, x::share_price FROM pair WHERE x >= 0 AND scale(x) < 10 LIMIT 1000;
SELECT count(*), count(*) FILTER (WHERE (p < x) <> (num < x * den) OR (p <= x) <> (num <= x * den) OR (p = x) <> (num = x * den) OR (p <> x) <> (num <> x * den) OR (p >= x) <> (num >= x * den) OR (p > x) <> (num > x * den)) AS differ,
	count(*) FILTER (WHERE (x > p) <> (num < x * den) OR (x >= p) <> (num <= x * den) OR (x = p) <> (num = x * den) OR (x <> p) <> (num <> x * den) OR (x <= p) <> (num >= x * den) OR (x < p) <> (num > x * den)) AS turned_round_differ,
	count(*) FILTER (WHERE (p < q::numeric) <> (p < q) OR (p = q::numeric) <> (p = q) OR (p::numeric > q) <> (p > q) OR p <> p::numeric OR p::numeric <> p) AS cast_differs, count(*) FILTER (WHERE p = x) > 900 AS some_equal FROM pair;

-- a constant finds its way into an index, from either side, a parameter too; what is no price is tried row by row
CREATE TEMP TABLE quote (id int, price share_price);
INSERT INTO quote SELECT n, (n || '/3000')::share_price FROM generate_series(1, 3000) n;
CREATE INDEX ON quote (price);
ANALYZE quote;
SET enable_seqscan = off; SET enable_bitmapscan = off;
SELECT s, pg_temp.plan_has(part, 'SELECT count(price) FROM quote WHERE ' || s) AS by_index FROM (VALUES
	('price < 0.01', $$Index Cond: (price < '0.01'$$), ('price <= 0.01', $$Index Cond: (price <= '0.01'$$), ('price = 0.01', $$Index Cond: (price = '0.01'$$), ('price >= 1', $$Index Cond: (price >= '1'$$), ('price > 0.33333333333333333333', $$Index Cond: (price > '1/3'$$),
	('0.01 > price', $$Index Cond: (price < '0.01'$$), ('0.01 >= price', $$Index Cond: (price <= '0.01'$$), ('0.01 = price', $$Index Cond: (price = '0.01'$$), ('1 <= price', $$Index Cond: (price >= '1'$$), ('1 < price', $$Index Cond: (price > '1'$$),
	('price <> 0.01', $$Filter: (price <> '0.01'$$), ('price > -1', $$Filter: (price > '-1'::numeric)$$), ('price < id', 'Filter: (price < (id)::numeric)')) v (s, part);
SELECT count(*) FILTER (WHERE price < 0.01) AS lt, count(*) FILTER (WHERE price > -1) AS above, (SELECT count(*) FROM quote WHERE price BETWEEN 0.1 AND 0.2) AS between, (SELECT count(*) FROM quote WHERE price = 1) AS one, (SELECT count(*) FROM quote WHERE price > 1) AS more FROM quote;
PREPARE below(numeric) AS SELECT count(*) FROM quote WHERE price < $1;
EXECUTE below(0.01); EXECUTE below(-1); EXECUTE below('NaN'); EXECUTE below(NULL);
SET plan_cache_mode = force_generic_plan;
EXECUTE below(0.01); EXECUTE below(-1); EXECUTE below('NaN'); EXECUTE below(NULL);
RESET plan_cache_mode; RESET enable_seqscan; RESET enable_bitmapscan;
DEALLOCATE below;
-- in a constraint and a partial index, where the planner looks at what it implies
ALTER TABLE quote ADD CHECK (price > 0), ADD CHECK (price <= 1);
DROP INDEX quote_price_idx;
CREATE INDEX low ON quote (id) WHERE price < 0.001;
ANALYZE quote;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('low', 'SELECT id FROM quote WHERE price < 0.001') AS partial, pg_temp.plan_has('low', 'SELECT id FROM quote WHERE price < 0.0005') AS implied;
RESET enable_seqscan;
SET constraint_exclusion = on;
SELECT pg_temp.plan_has('One-Time Filter: false', 'SELECT id FROM quote WHERE price > 1.5') AS excluded;
RESET constraint_exclusion;
\set VERBOSITY terse
INSERT INTO quote VALUES (0, 0);
INSERT INTO quote VALUES (0, 0.0);
\set VERBOSITY default

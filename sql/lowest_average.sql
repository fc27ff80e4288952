-- The mean of the k lowest prices, plain, in parallel and over moving frames.
\pset format unaligned
\pset footer off

-- k prices, not k different prices; NULLs skipped; NULL with fewer than k.
SELECT k, covenant.lowest_average(p, k) FROM unnest('{0.0152,0.0151,NULL,0.0171,0.0152}'::covenant.share_price[]) p, generate_series(1, 5) k GROUP BY k ORDER BY k;
SELECT covenant.lowest_average(DISTINCT p, 3) FROM unnest('{0.0152,0.0151,NULL,0.0171,0.0152}'::covenant.share_price[]) p;
SELECT covenant.lowest_average(p, 1) AS no_rows FROM unnest('{}'::covenant.share_price[]) p;
SELECT covenant.lowest_average(p, NULL) AS no_k, covenant.lowest_average(NULL, 2) AS no_price, covenant.lowest_average(1/n::numeric, 2) AS casts FROM unnest('{0.5}'::covenant.share_price[]) p, generate_series(1, 2) n;
-- 1/2 + 1/3 + 1/7 + 1/1000 = 20521/21000
SELECT covenant.lowest_average(p, 4) FROM unnest('{1/2,1/3,1/7,0.001,9}'::covenant.share_price[]) p;
-- 1 + 2 + ... + 250 = 31375
SELECT covenant.lowest_average(n::covenant.share_price, 250) AS "125.5" FROM generate_series(1000, 1, -1) n;

-- What cannot be.
SELECT covenant.lowest_average(p, 0) FROM unnest('{0.5}'::covenant.share_price[]) p;
SELECT covenant.lowest_average(p, -1) OVER (ROWS CURRENT ROW) FROM unnest('{0.5}'::covenant.share_price[]) p;
SELECT covenant.lowest_average(p, 251) FROM unnest('{0.5}'::covenant.share_price[]) p;
SELECT covenant.lowest_average(p, k) FROM unnest('{0.5,0.6}'::covenant.share_price[], '{1,2}'::int[]) v(p, k);

-- 2^62 - 1, 2^62 and 2^62 + 1 have no common factor: a common denominator of
-- 186 bits, and still the mean of the six is 1/2.
CREATE TEMP TABLE far (p covenant.share_price);
INSERT INTO far VALUES ('1/4611686018427387903'), ('4611686018427387902/4611686018427387903'), ('1/4611686018427387904'),
('4611686018427387903/4611686018427387904'), ('1/4611686018427387905'), ('4611686018427387904/4611686018427387905');
SELECT covenant.lowest_average(p, 6) FROM far;
SELECT covenant.lowest_average(p, 2) FROM far WHERE p OPERATOR(pg_catalog.<) 0.5;
\set VERBOSITY sqlstate
SELECT covenant.lowest_average(p, 2) FROM far WHERE p OPERATOR(pg_catalog.<) 0.5;
SELECT covenant.lowest_average(p, 3) FROM far;
SELECT covenant.lowest_average(p, 0) FROM far;
SELECT covenant.lowest_average(p, i) FROM far, generate_series(1, 2) i;
\set VERBOSITY default
-- The largest numbers.
SELECT covenant.lowest_average(p, 3) FROM unnest('{9223372036854775807,9223372036854775807,9223372036854775807}'::covenant.share_price[]) p;

-- Parts of a parallel scan are combined, also those that saw no row.
CREATE TABLE lowest_prices_test AS
SELECT n AS id, n % 10 AS grp, CASE WHEN n % 13 <> 0 THEN (((n * 7919 + 13) % 10007 + 1) / 10000.0)::covenant.share_price END AS p FROM generate_series(1, 20000) n;
ALTER TABLE lowest_prices_test SET (parallel_workers = 2);
ANALYZE lowest_prices_test;
SELECT covenant.lowest_average(p, 3) AS "lowest 3", covenant.lowest_average(p, 250) AS "lowest 250" FROM lowest_prices_test;
-- By numeric: all are multiples of 1/10000.
SELECT sum(v) FILTER (WHERE n <= 3) = 0.0002 * 3 AS "lowest 3", sum(v) FILTER (WHERE n <= 250) = 0.0070444 * 250 AS "lowest 250"
FROM (SELECT p::numeric AS v, row_number() OVER (ORDER BY p) AS n FROM lowest_prices_test WHERE p IS NOT NULL) q;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT covenant.lowest_average(p, 3) FROM lowest_prices_test;
SELECT covenant.lowest_average(p, 3) AS "lowest 3", covenant.lowest_average(p, 250) AS "lowest 250" FROM lowest_prices_test;
SELECT covenant.lowest_average(p, 3) AS "few rows" FROM lowest_prices_test WHERE id IN (1, 19999, 10000);
SELECT covenant.lowest_average(p, 3) AS "no rows" FROM lowest_prices_test WHERE id < 0;
SELECT grp, covenant.lowest_average(p, 5) FROM lowest_prices_test GROUP BY grp ORDER BY grp LIMIT 2;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SELECT grp, covenant.lowest_average(p, 5) FROM lowest_prices_test GROUP BY grp ORDER BY grp LIMIT 2;
EXPLAIN (COSTS OFF) SELECT grp, covenant.lowest_average(p, 5) FROM lowest_prices_test GROUP BY grp;

-- Moving frames of changing size against the plain aggregate of each frame:
-- the ring grows while its head is anywhere.
CREATE TEMP TABLE ticks AS
SELECT n AS id, (n / 10 * 10 + CASE WHEN n / 50 % 3 = 1 THEN n * 3 % 7 ELSE n % 10 * 40 END)::int AS at,
	CASE WHEN n % 11 <> 0 THEN ((n * 7919 % 101 + 1) / 1000.0)::covenant.share_price END AS p FROM generate_series(1, 600) n;
SELECT count(*) AS frames, max(size) AS largest, min(size) AS smallest, count(moving) AS "with result",
	count(*) FILTER (WHERE moving::text IS DISTINCT FROM plain::text) AS differences
FROM (SELECT at, count(p) OVER w AS size, covenant.lowest_average(p, 3) OVER w AS moving,
		(SELECT covenant.lowest_average(x.p, 3) FROM ticks x WHERE x.at BETWEEN t.at - 60 AND t.at) AS plain
	FROM ticks t WINDOW w AS (ORDER BY at RANGE BETWEEN 60 PRECEDING AND CURRENT ROW)) q;
SELECT id, covenant.lowest_average(p, 2) OVER (ORDER BY id) AS "from the start", covenant.lowest_average(p, 2) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS ahead,
	covenant.lowest_average(p, 2) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS excluding,
	covenant.lowest_average(p, 2) FILTER (WHERE id <> 2) OVER (ORDER BY id ROWS 2 PRECEDING) AS filtered
FROM (SELECT row_number() OVER () AS id, p FROM unnest('{0.5,0.1,0.4,NULL,0.2,0.3}'::covenant.share_price[]) p) q;

-- The support functions by hand, and the text of the state.
SELECT covenant_internal.lowest_average_step('0:', 0.3, 2), covenant_internal.lowest_average_step('2: 0.1 0.3', 0.2, 2), covenant_internal.lowest_average_step('2: 0.1', 0.05, 2),
	covenant_internal.lowest_average_combine('2: 0.1 0.3', '2: 0.2'), covenant_internal.lowest_average_combine('0:', '3: 0.2 1/3'), covenant_internal.lowest_average_combine('3: 0.2', '0:'),
	covenant_internal.lowest_average_enter('2: 0.3 0.1', 0.2, 2), covenant_internal.lowest_average_leave('2: 0.3 0.1', 0.3, 2), covenant_internal.lowest_average_leave('0:', 0.3, 2),
	covenant_internal.lowest_average_final('2: 0.3 0.1 0.2'), covenant_internal.lowest_average_final('2: 0.3'), covenant_internal.lowest_average_final('0:');
SELECT covenant_internal.lowest_average_combine('2: 0.1', '3: 0.1');
-- A state with more prices than k, as a moving frame has it: no more are added.
SELECT covenant_internal.lowest_average_step('1: 0.1 0.2 0.3 0.4', 0.05, 1), covenant_internal.lowest_average_combine('1: 1 1 1 1', '1: 0.5');
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['', ':', '3', 'x:', '-1:', '251:', '99999999999999999999:', '3:0.1', '3: ', '3:  0.1', '3: 0.1 ', '3: x', '3: 1/0', '3: 0.1,0.2', '0: 0.1', '3 : 0.1'] LOOP
		BEGIN
			RAISE EXCEPTION 'accepted: % as %', t, t::covenant_internal.lowest_prices;
		EXCEPTION WHEN invalid_text_representation THEN
			NULL;
		END;
	END LOOP;
END $$;
SELECT '3:0.1'::covenant_internal.lowest_prices;
-- The binary form of the state is its text.
CREATE TEMP TABLE states (s covenant_internal.lowest_prices);
\copy (SELECT s::covenant_internal.lowest_prices FROM unnest('{0:,3: 0.2 1/3,"2: 0.3 0.1 0.2"}'::text[]) s) TO 'results/lowest_prices.bin' (FORMAT binary)
\copy states FROM 'results/lowest_prices.bin' (FORMAT binary)
\copy (SELECT text '3: 1/0') TO 'results/lowest_prices.bin' (FORMAT binary)
\set VERBOSITY sqlstate
\copy states FROM 'results/lowest_prices.bin' (FORMAT binary)
\set VERBOSITY default
TABLE states;

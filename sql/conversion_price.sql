-- The Conversion Price by its terms, against plain numeric arithmetic.
\pset format unaligned
\pset footer off

-- The three lows of .0151 .0152 .0152 at 55 %: rounding first would be wrong.
SELECT c, covenant.shares_issuable(100000, c), covenant.shares_issuable(100000, round(c::numeric, 6)) AS "rounded first"
FROM (SELECT covenant.conversion_price('55% of average of lowest 3 of 3 days', p ORDER BY n) AS c
	FROM unnest('{0.0151,0.0152,0.0152}'::covenant.share_price[]) WITH ORDINALITY v(p, n)) q;

-- All kinds of terms on the prices 0.5, 0.2, 0.3, 0.2, 0.4 of five days.
SELECT t, covenant.conversion_price(t, p ORDER BY n) FROM unnest('{0.5,0.2,0.3,0.2,0.4}'::covenant.share_price[]) WITH ORDINALITY v(p, n),
	unnest('{0.12,100% of lowest of 5 days,62.5% of lowest of 1 day,100% of average of lowest 2 of 5 days,100% of average of lowest 3 of 3 days,50% of lowest of 6 days,
lesser of 0.12 and 50% of lowest of 5 days,lesser of 0.08 and 50% of lowest of 5 days,greater of 0.12 and 50% of lowest of 5 days,greater of 0.08 and 50% of lowest of 5 days,
lesser of 100% of lowest of 1 day and 90% of lowest of 3 days,greater of 0.11 and (lesser of 0.12 and 50% of lowest of 5 days),greater of 100% of lowest of 1 day and 100% of average of lowest 2 of 3 days,lesser of 100% of average of lowest 2 of 2 days and 100% of lowest of 1 day,
lesser of 0.12 and 50% of lowest of 6 days,100% of average of lowest 3 of 5 days rounded down to 2 decimals,100% of average of lowest 3 of 5 days rounded up to 2 decimals,
1/3 rounded half up to 4 decimals,0.12345 rounded half up to 4 decimals,0.12345 rounded half even to 4 decimals,0.12355 rounded half even to 4 decimals,
0.12345 rounded up to 4 decimals,0.12345 rounded down to 4 decimals,lesser of (0.19 rounded up to 1 decimal) and 0.3,(0.15 rounded up to 1 decimal) rounded down to 0 decimals}'::covenant.conversion_terms[]) WITH ORDINALITY u(t, i)
GROUP BY i, t ORDER BY i;

-- NULL prices are no prices; NULL terms are no terms; without rows there is nothing to say.
SELECT covenant.conversion_price('100% of lowest of 2 days', p ORDER BY n) AS two, covenant.conversion_price('100% of lowest of 3 days', p ORDER BY n) AS three,
	covenant.conversion_price('0.12', p) AS fixed, covenant.conversion_price('0.12', NULL) AS no_price, covenant.conversion_price(NULL, p) AS no_terms
FROM unnest('{NULL,0.3,NULL,0.2,NULL}'::covenant.share_price[]) WITH ORDINALITY v(p, n);
SELECT covenant.conversion_price('0.12', p) AS no_rows FROM unnest('{}'::covenant.share_price[]) p;
SELECT covenant.conversion_price(t, 0.1) FROM unnest('{0.12,0.13}'::covenant.conversion_terms[]) t;
-- Terms that end with the group are fine.
SELECT t, covenant.conversion_price(t, 0.1) FROM unnest('{0.12,0.13}'::covenant.conversion_terms[]) t GROUP BY t ORDER BY t;

-- Beyond 128 bits: 2^62 - 1, 2^62 and 2^62 + 1 have no common factor.
CREATE TEMP TABLE far (n int, p covenant.share_price);
INSERT INTO far VALUES (1, '1/4611686018427387903'), (2, '4611686018427387902/4611686018427387903'), (3, '1/4611686018427387904'),
(4, '4611686018427387903/4611686018427387904'), (5, '1/4611686018427387905'), (6, '4611686018427387904/4611686018427387905');
SELECT t, covenant.conversion_price(t, p ORDER BY n) FROM far,
	unnest('{100% of average of lowest 6 of 6 days,50% of average of lowest 6 of 6 days,lesser of 0.12 and 100% of average of lowest 6 of 6 days,greater of 0.12 and 100% of average of lowest 6 of 6 days,
lesser of 0.12 and 100% of average of lowest 5 of 5 days,greater of 0.12 and 50% of average of lowest 3 of 6 days,
100% of average of lowest 6 of 6 days rounded half even to 0 decimals,100% of average of lowest 6 of 6 days rounded half up to 0 decimals,
100% of average of lowest 5 of 6 days rounded down to 18 decimals,100% of average of lowest 5 of 6 days rounded up to 6 decimals,100% of average of lowest 6 of 6 days rounded up to 1 decimal}'::covenant.conversion_terms[]) WITH ORDINALITY u(t, i)
GROUP BY i, t ORDER BY i;
SELECT covenant.conversion_price('100% of average of lowest 2 of 2 days', p ORDER BY n) FROM far WHERE n IN (1, 3);
\set VERBOSITY sqlstate
SELECT covenant.conversion_price(t, 0.1) FROM unnest('{0.12,0.13}'::covenant.conversion_terms[]) t;
SELECT covenant.conversion_price('100% of average of lowest 2 of 2 days', p ORDER BY n) FROM far WHERE n IN (1, 3);
SELECT covenant.conversion_price('100% of average of lowest 5 of 5 days', p ORDER BY n) FROM far;
\set VERBOSITY default
-- The decimal range: 10^18 dollars with 18 decimals would be 36 digits.
SELECT covenant.conversion_price('1000000000000000000 rounded up to 18 decimals', NULL) AS exact;

-- A window, by hand: the frame without the day itself, ties, a NULL, a gap.
SELECT day, price, covenant.conversion_price('lesser of 0.12 and 50% of average of lowest 2 of 3 days', price) OVER w AS conversion_price
FROM unnest('{2005-09-01,2005-09-02,2005-09-06,2005-09-07,2005-09-08,2005-09-09,2005-09-12,2005-09-14}'::date[], '{0.2,0.1,0.2,0.1,NULL,0.3,0.3,0.4}'::covenant.share_price[]) q(day, price)
WINDOW w AS (ORDER BY day ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) ORDER BY day;
-- Fixed terms over the same window need no price, only a row.
SELECT n, covenant.conversion_price('0.12', NULLIF(p, 0)) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM (VALUES (1, 0), (2, 0.1), (3, 0)) v(n, p);

-- Random prices with denominators that divide 210000, every term scaled by
-- m = 210000 x 30 x 10000 to a whole number, so that plain numeric arithmetic
-- knows the exact price without dividing.  psql -v rows=1000000 for more.
\if :{?rows}
\else
\set rows 100000
\endif
\set m 63000000000
CREATE TEMP TABLE formula (id int, lowest int, days int, hundredths int, cap numeric, bottom numeric, decimals int, short int, terms covenant.conversion_terms);
INSERT INTO formula SELECT id, lowest, days, hundredths, cap, bottom, decimals, short, (
	CASE WHEN bottom IS NOT NULL THEN format('greater of %s and (', bottom) ELSE '(' END ||
	CASE WHEN cap IS NOT NULL THEN format('lesser of %s and ', cap) ELSE '' END ||
	CASE WHEN short IS NOT NULL THEN format('lesser of 70%% of lowest of %s days and ', short) ELSE '' END ||
	format('%s%% of average of lowest %s of %s days)', hundredths / 100.0, lowest, days) ||
	CASE WHEN decimals IS NOT NULL THEN format(' rounded down to %s decimals', decimals) ELSE '' END)::covenant.conversion_terms
FROM (VALUES (0, 3, 20, 6000, NULL::numeric, NULL::numeric, NULL::int, NULL::int), (1, 1, 20, 7500, 0.12, NULL, NULL, NULL), (2, 3, 20, 5525, 0.12, 0.01, NULL, NULL),
	(3, 5, 10, 3333, NULL, NULL, 6, NULL), (4, 3, 20, 5000, 0.0333, 0.02, 4, NULL), (5, 2, 2, 10000, 0.5, NULL, 2, NULL), (6, 10, 25, 4000, NULL, 0.015, NULL, NULL),
	(7, 10, 10, 9000, NULL, NULL, NULL, 3))
	f(id, lowest, days, hundredths, cap, bottom, decimals, short);
-- md5 instead of random(), so that every run and release sees the same rows.
CREATE TEMP TABLE quotes AS
WITH s AS (SELECT n, ('x' || substr(md5('20050608 ' || n), 1, 15))::bit(60)::bigint AS x FROM generate_series(1, :rows) n),
d AS (SELECT n, n / 500 AS issuer, n % 500 AS day, (ARRAY[10000, 100, 10000, 10000, 16, 3, 7, 12, 10000, 1000])[1 + x % 10] AS den, x / 10 AS x FROM s)
SELECT issuer, day, CASE WHEN x % 17 > 0 THEN (1 + x / 17 % (den / 3 + 1)) END AS num, den,
	CASE WHEN x % 17 > 0 THEN format('%s/%s', 1 + x / 17 % (den / 3 + 1), den)::covenant.share_price END AS price,
	CASE WHEN x % 17 > 0 THEN (1 + x / 17 % (den / 3 + 1)) * (210000 / den) END AS v
FROM d WHERE x / 323 % 29 > 0;		-- and gaps
SELECT count(*) > :rows * 0.95 AS enough, count(*) < :rows AS gaps, count(price) < count(*) AS "NULLs", count(DISTINCT price) < count(*) / 10 AS ties FROM quotes;

-- The lowest of the last prices of a frame, scaled; NULL where there are too few.
CREATE FUNCTION pg_temp.exact(frame bigint[], f formula, m numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN cardinality(frame) >= f.days THEN
		(SELECT CASE WHEN f.decimals IS NULL THEN l ELSE div(l, m / 10::numeric ^ f.decimals) * (m / 10::numeric ^ f.decimals) END
		FROM (SELECT greatest(f.bottom * m, least(f.cap * m, sum(v) * (m / 210000 / 10000 / f.lowest) * f.hundredths,
				CASE WHEN f.short IS NOT NULL THEN (SELECT min(v) FROM unnest(frame[cardinality(frame) - f.short + 1:]) v) * (m / 210000 * 0.7) END)) AS l
			FROM (SELECT v FROM unnest(frame[cardinality(frame) - f.days + 1:]) v ORDER BY v LIMIT f.lowest) lows) q) END
$$;
-- What share_price prints, as a numerator and a denominator.
CREATE FUNCTION pg_temp.agrees(price covenant.share_price, scaled numeric, m numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN price IS NULL OR scaled IS NULL THEN price IS NULL AND scaled IS NULL
		ELSE split_part(price::text, '/', 1)::numeric * m = scaled * coalesce(NULLIF(split_part(price::text, '/', 2), '')::numeric, 1) END
$$;
-- The look-back before the day, a longer frame, and one that begins at the start.
SELECT f.id, f.terms, count(*) > :rows / 11 AS rows, count(a) > :rows / 50 OR f.days > 20 AS "20 before", count(b) > count(a) AS "31 up to now", count(c) > count(a) AS "from the start",
	count(*) FILTER (WHERE NOT pg_temp.agrees(a, pg_temp.exact(a_frame, f, :m), :m)) AS a_differs,
	count(*) FILTER (WHERE NOT pg_temp.agrees(b, pg_temp.exact(b_frame, f, :m), :m)) AS b_differs,
	count(*) FILTER (WHERE NOT pg_temp.agrees(c, pg_temp.exact(c_frame[greatest(1, cardinality(c_frame) - 50):], f, :m), :m)) AS c_differs
FROM (SELECT issuer, day, covenant.conversion_price(f.terms, price) OVER before AS a, array_agg(v) FILTER (WHERE v IS NOT NULL) OVER before AS a_frame,
		covenant.conversion_price(f.terms, price) OVER longer AS b, array_agg(v) FILTER (WHERE v IS NOT NULL) OVER longer AS b_frame,
		covenant.conversion_price(f.terms, price) OVER start AS c, array_agg(v) FILTER (WHERE v IS NOT NULL) OVER last50 AS c_frame, f.id
	FROM quotes q JOIN formula f ON f.id = q.issuer % 8
	WINDOW before AS (PARTITION BY issuer ORDER BY day ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING),
		longer AS (PARTITION BY issuer ORDER BY day ROWS BETWEEN 30 PRECEDING AND CURRENT ROW),
		last50 AS (PARTITION BY issuer ORDER BY day ROWS BETWEEN 50 PRECEDING AND CURRENT ROW),
		start AS (PARTITION BY issuer ORDER BY day)) q
JOIN formula f USING (id) GROUP BY f.id, f.terms, f.days ORDER BY f.id;
-- lowest_average on the same rows: all prices of the frame count.
SELECT k, count(avg) > :rows * 0.8 AS enough,
	count(*) FILTER (WHERE NOT pg_temp.agrees(avg, CASE WHEN cardinality(frame) >= k THEN
		(SELECT sum(v) * (:m / 210000 / k) FROM (SELECT v FROM unnest(frame) v ORDER BY v LIMIT k) lows) END, :m)) AS differs
FROM (SELECT k, covenant.lowest_average(price, k) OVER w AS avg, array_agg(v) FILTER (WHERE v IS NOT NULL) OVER w AS frame
	FROM quotes, unnest('{3}'::int[]) k WINDOW w AS (PARTITION BY issuer, k ORDER BY day ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING)) q
GROUP BY k;

-- The support functions by hand, and the text of the state.
SELECT covenant_internal.conversion_price_enter(NULL, '50% of lowest of 2 days', 0.3) AS one,
	covenant_internal.conversion_price_leave(NULL, '0.12', 0.3) AS nothing, covenant_internal.conversion_price_final(NULL) AS no_state;
SELECT s AS state, covenant_internal.conversion_price_final(s) AS final, covenant_internal.conversion_price_enter(s, NULL, 0.1) AS "no terms", covenant_internal.conversion_price_enter(s, t, NULL) AS "no price",
	covenant_internal.conversion_price_enter(s, t, 0.1) AS entered, covenant_internal.conversion_price_leave(s, t, 0.3) AS left,
	covenant_internal.conversion_price_leave(covenant_internal.conversion_price_leave(covenant_internal.conversion_price_leave(s, t, 0.3), t, 0.2), t, 0.2) AS emptied, s AS unchanged
FROM (SELECT t, covenant_internal.conversion_price_enter(covenant_internal.conversion_price_enter(NULL, t, 0.3), t, 0.2) AS s FROM (VALUES ('50% of lowest of 2 days'::covenant.conversion_terms)) v(t) OFFSET 0) q;
SELECT ''::covenant_internal.price_look_back;
CREATE TEMP TABLE states (s covenant_internal.price_look_back);
\copy (SELECT covenant_internal.conversion_price_enter(NULL, '50% of lowest of 2 days', 0.3)) TO 'results/price_look_back.bin' (FORMAT binary)
\set VERBOSITY sqlstate
\copy states FROM 'results/price_look_back.bin' (FORMAT binary)

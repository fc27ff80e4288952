-- shares: text, binary, casts, comparisons, operator classes.
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

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
SELECT s, pg_temp.outcome('SELECT (' || s || ')::covenant.shares') FROM unnest(ARRAY['0.5', '-0.0001', '9223372036854775808', '-9223372036854775809', '1e100', '1e-100', '''NaN''::numeric', '''Infinity''::numeric']) s;
DO $$ BEGIN PERFORM 33333333.33::shares; EXCEPTION WHEN others THEN
	DECLARE d text; h text; BEGIN GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT; RAISE NOTICE '% % %', sqlerrm, d, h; END; END $$;
-- casts out, by assignment
CREATE TEMP TABLE plain (a smallint, b int, c bigint, d numeric, e numeric(12, 2), f text);
INSERT INTO plain SELECT s, s, s, s, s, s FROM (VALUES ('5'::shares), (-32768)) v (s);
SELECT * FROM plain;
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT 32768::shares::smallint', 'SELECT (-32769)::shares::smallint', 'SELECT 2147483648::shares::int', 'SELECT (-2147483649)::shares::int']) s;
SELECT to_json('90,953,246'::shares), json_build_object('s', -5::shares), to_jsonb(array[1, 2]::shares[]), row_to_json(r) FROM (SELECT 7::shares AS seven) r;

-- comparisons, the same as those of bigint
SELECT count(*) AS differ FROM held x JOIN held y ON y.n = x.n % 20000 + 1
WHERE (x.s < y.s) <> (x.b < y.b) OR (x.s <= y.s) <> (x.b <= y.b) OR (x.s = y.s) <> (x.b = y.b) OR (x.s <> y.s) <> (x.b <> y.b)
	OR (x.s >= y.s) <> (x.b >= y.b) OR (x.s > y.s) <> (x.b > y.b) OR shares_cmp(x.s, y.s) <> btint8cmp(x.b, y.b);
SELECT array_agg(b ORDER BY s, n) = array_agg(b ORDER BY b, n) AS sorted, array_agg(b ORDER BY s DESC NULLS LAST, n) = array_agg(b ORDER BY b DESC NULLS LAST, n) AS sorted_down FROM held;

-- arithmetic that makes sense
SELECT 5::shares + 3, 3 + 5::shares, 5::shares - 8, -('5'::shares), 2 * 45476623::shares, '45,476,623'::shares * 2, 7::smallint * 5::shares, 5::shares * 7::bigint;
SELECT abs('-13,333,334'::shares), abs(5::shares), abs(0::shares), abs((-9223372036854775807)::shares), pg_typeof(abs(-5::shares));
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['9223372036854775807::shares + 1', '(-9223372036854775808)::shares - 1', '(-9223372036854775808)::shares + -1', '-((-9223372036854775808)::shares)',
	'-(9223372036854775807::shares)', 'abs((-9223372036854775808)::shares)', '0 - (-9223372036854775808)::shares', '4611686018427387904::shares * 2', '2 * -4611686018427387904::shares', '-1 * (-9223372036854775808)::shares', '9223372036854775807::shares * -1',
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
DROP TABLE by_shares;

-- expressions of BI tools over a column of shares
CREATE TEMP TABLE bi (deal text, s shares, i int, b bigint, q numeric, k smallint, p share_price);
INSERT INTO bi VALUES ('a', 5, 5, 5, 5, 5, 0.06), ('a', '1,000', 1000, 1000, 1000, 1000, 0.1647), ('b', NULL, NULL, NULL, NULL, NULL, NULL);
SELECT deal, sum(s), avg(s), min(s), max(s), count(DISTINCT s), sum(coalesce(s, 0)), sum(CASE WHEN s > 6 THEN s ELSE 0 END), sum(s) > 6, sum(s) * 2, sum(s) FILTER (WHERE s BETWEEN 1 AND 10) FROM bi GROUP BY deal HAVING coalesce(sum(s), 0) >= 0 ORDER BY sum(s) DESC NULLS LAST;
SELECT s + 1, s - i, s + b, k * s, s * k, s * 1.5, s * p, s::numeric * 1.5, greatest(s, 6), least(s, b), nullif(s, 5), s IN (5, 6), s = ANY ('{5}'), s <> i, s = b, s > k, cast(s AS integer), s || ' shares', round(s::numeric / 3, 2) FROM bi ORDER BY s;
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY s), mode() WITHIN GROUP (ORDER BY s), array_agg(s ORDER BY s), string_agg(s::text, ' ' ORDER BY s DESC), every(s > 0) FROM bi;
SELECT s, i, rank() OVER (ORDER BY s DESC), sum(s) OVER (ORDER BY s), lag(s) OVER (ORDER BY s), s - lag(s, 1, 0::shares) OVER (ORDER BY s) AS change FROM bi WHERE s IS NOT NULL ORDER BY s;
SELECT * FROM bi x JOIN bi y ON x.s = y.b UNION SELECT * FROM bi x JOIN bi y ON y.i = x.s WHERE x.s IN (SELECT b FROM bi) ORDER BY 2;
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT s > 6.5 FROM bi', 'SELECT s > 6.5::share_price FROM bi', 'SELECT s * p * 2 FROM bi', 'SELECT p * s FROM bi', 'SELECT s = 5.0 FROM bi', 'SELECT s + NULL FROM bi', 'SELECT s * ''2'' FROM bi', 'SELECT round(s, 2) FROM bi', 'SELECT s = ''5'' FROM bi']) s;

-- share_price: text, binary, casts, comparisons, operator classes.
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers
CREATE FUNCTION pg_temp.price(t text) RETURNS text LANGUAGE sql
AS $$ SELECT pg_temp.outcome(format('SELECT %L::covenant.share_price', t)) $$;

-- decimals and fractions, reduced, exact
SELECT t AS text_in, t::share_price AS text_out FROM unnest(ARRAY[
	'0.1647', '.06', '12', '12.', '000.500', '0', '0.0', ' 0.05 ', E'\t7\n',
	'1001/120000', '3294/20000', '2/4', '4/2', '0/7', '1/3', '7/1', '5/40', '1000000/16666667']) t;
-- the ends of the range: 62 decimals, 19 digits, fractions of 39 digits that reduce
SELECT t AS text_in, t::share_price AS text_out FROM unnest(ARRAY[
	'9223372036854775807', '9223372036854775807.000', '4611686018427387903.5', '0.922337203685477581', '9.22337203685477580',
	'9223372036854775807/9223372036854775806', '1/9223372036854775807',
	'0.00000000000000000021684043449710088680149056017398834228515625',
	'0.99999999999999999978315956550289911319850943982601165771484375',
	'0000000000000000000000000000000000000000000000000.250000000000000000000000000000000000000000000000000',
	'340282366920938463463374607431768211455/113427455640312821154458202477256070485',
	'100000000000000000000000000000000000000/300000000000000000000000000000000000000']) t;
-- exponent_in_text: signs and exponents, as programs write prices below a cent; numeric reads the same
SELECT t AS text_in, t::share_price AS text_out, t::share_price = t::numeric::share_price AS as_numeric FROM unnest(ARRAY[
	'5e-05', '5E-7', '1e-7', '+0.12', '-0', '-0.0', '1e3', '1E-3', '1.5e+2', ' .5e1 ', '5.e-1', '12e0', '1234.5678e-4', '0.00001e5', '0e0', '1.647E-01', '9.2233720368547758e18', '92233720368547758070e-1', '+1e-18', '000e-5', '1e-000005', '0.6516666666666666667e-1']) t;
SELECT '0e99999999999999999999'::share_price AS nothing, '-0e-99999999999999999999'::share_price AS nothing_either;
-- what is no price
SELECT t AS text_in, pg_temp.price(t) FROM unnest(ARRAY[
	'', ' ', '.', '/', '1/', '/2', '1/0', '0/0', '-1', '-0.0001', 'NaN', 'Infinity', '1,000', '1 2', '1/2/3',
	'1/2.5', '0.5/2', '1.2.3', '0x10', '1_000', '$0.06', '6%', '1 /2', '1/ 2', '0.06a', 'six cents',
	'-', '+', '--1', '+-1', '- 1', '1-', '+1/2', '-1/2', 'e5', '.e5', '1e', '1e+', '1e-', '1e 5', '1 e5', '1e1.5', '1e5/2', '1/2e5', '1e--5', '1f5', '1e5e5',
	'1e19', '1e400', '1e-19', '1e-400', '1e99999999999999999999', '1e-99999999999999999999',
	'9223372036854775808', '9223372036854775807.5', '92233720368547758070', '1/9223372036854775808', '9223372036854775808/3',
	'0.000000000000000000108420217248550443400745280086994171142578125', '0.0000000000000000001',
	'340282366920938463463374607431768211456/340282366920938463463374607431768211456', '1/340282366920938463463374607431768211456']) t;
SELECT pg_temp.price('0.' || repeat('0', 100000) || '1') ~ 'out of range' AS small,
	pg_temp.price('1' || repeat('0', 100000)) ~ 'out of range' AS large,
	pg_temp.price(repeat('0', 100000) || '.5' || repeat('0', 100000)) AS padded;

-- every price reads back as itself
SELECT setseed(0.5);
CREATE TEMP TABLE fraction AS
SELECT n, trunc((random() * 10.0 ^ (n % 16))::numeric) AS num,
	CASE WHEN n % 3 = 0 THEN 10::numeric ^ (n % 19) ELSE 1 + trunc((random() * 10.0 ^ (n % 17))::numeric) END::numeric(40, 0) AS den
FROM generate_series(1, 20000) n;
ALTER TABLE fraction ADD price share_price;
UPDATE fraction SET price = (num || '/' || den)::share_price;
SELECT count(*), count(*) FILTER (WHERE price::text LIKE '%/%') BETWEEN 5000 AND 15000 AS some_as_fraction,
	count(*) FILTER (WHERE price::text::share_price IS DISTINCT FROM price) AS text_differs,
	count(*) FILTER (WHERE price::text::share_price::text <> price::text) AS bytes_differ
FROM fraction;
-- oracle: the quotient in numeric, cut exactly and rounded half up at 20 decimals, or as many more as the last
-- needs not to be 0, unless the decimal is exact
CREATE FUNCTION pg_temp.rounded(num numeric, den numeric, scale int) RETURNS numeric LANGUAGE sql
AS $$ SELECT div(2 * num * ('1e' || scale)::numeric + den, 2 * den) * ('1e-' || scale)::numeric $$;
SELECT count(*) AS numeric_differs FROM fraction, scale(price::numeric) AS s
WHERE CASE WHEN price::text LIKE '%/%' THEN price::numeric <> pg_temp.rounded(num, den, s) OR s < 20 OR min_scale(price::numeric) < s
		OR s > 20 AND min_scale(pg_temp.rounded(num, den, s - 1)) = s - 1
	ELSE price::numeric * den <> num OR price::numeric <> price::text::numeric END;

-- binary: two bigint; what is not in lowest terms is refused
SELECT share_price_send('0.06'), share_price_send('1/3'), share_price_send('0');
CREATE TEMP TABLE copied (price share_price);
\copy (SELECT price FROM fraction ORDER BY n) TO 'results/share_price.bin' (FORMAT binary)
\copy copied FROM 'results/share_price.bin' (FORMAT binary)
SELECT count(*), count(*) FILTER (WHERE share_price_send(c.price) <> share_price_send(f.price)) AS differ
FROM (SELECT price, row_number() OVER () AS n FROM copied) c JOIN fraction f USING (n);
\copy copied TO 'results/share_price.txt'
\copy copied FROM 'results/share_price.txt'
SELECT count(*) FROM copied;
\set VERBOSITY sqlstate
\copy (SELECT '\x00000000000000020000000000000004'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\x00000000000000010000000000000000'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\x0000000000000001ffffffffffffffff'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\xffffffffffffffff0000000000000001'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\x00000000000000000000000000000002'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\x80000000000000008000000000000000'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\copy (SELECT '\x0000000000000001'::bytea) TO 'results/bad.bin' (FORMAT binary)
\copy copied FROM 'results/bad.bin' (FORMAT binary)
\set VERBOSITY default

-- casts in
SELECT 0.1647::share_price, 1e-18::share_price, 1e18::numeric::share_price, 3::smallint::share_price, 3::int::share_price,
	9223372036854775807::bigint::share_price, 0::numeric::share_price, 0.00::share_price;
-- longer than 128 bits, and yet a price
SELECT (5 + 0.00000000000000000000000000000000000000000000000000000000000000000000000)::share_price,
	1.00000000001164153218269348144531250000000000000000000000000000000000000000000::share_price;
SELECT s, pg_temp.outcome('SELECT (' || s || ')::covenant.share_price') FROM unnest(ARRAY[
	'-0.01', '-1::int', '-1::smallint', '-1::bigint', '''NaN''::numeric', '''Infinity''::numeric', '''-Infinity''::numeric',
	'9223372036854775808', '1e100', '1e-19', '1e-100', '-1e100', '0.00000000000000000021684043449710088680149056017398834228515625']) s;
-- a price whose decimals end late comes back as text whatever its digits are, also where they are those of a simpler fraction
SELECT t AS text_in, t::share_price AS text_out, share_price_send(t::share_price::text::share_price) = share_price_send(t::share_price) AS comes_back
FROM unnest(ARRAY['1/2000000000000000000', '1/4611686018427387904', '4611686018427387903/4611686018427387904', '3030303030303030303/6250000000000000000', '1/7450580596923828125', '1/1048576']) t;
-- casts out, by assignment; what a BI tool writes
CREATE TEMP TABLE quote (day date, price share_price, close numeric(12, 6), n int);
INSERT INTO quote VALUES ('2005-05-23', 0.1647, '0.06'::share_price, 1), ('2005-05-24', '1001/120000', '1001/120000'::share_price, 2),
	('2005-05-25', 1, 1, 3), ('2005-05-26', '0.05', 0.05, 4);
SELECT * FROM quote ORDER BY price;
SELECT max(price), min(price), count(DISTINCT price), max(price) - min(price) AS spread FROM quote;
SELECT day FROM quote WHERE price > 0.05 AND price BETWEEN 0.05 AND 0.5 AND price <> 0.06 AND price IN (0.1647, '0.06') ORDER BY price;
SELECT coalesce(price, 0.0), greatest(price, 0.06), least(price, 0.1), CASE WHEN n > 2 THEN price ELSE 0.0 END, nullif(price, 1.0),
	round(price::numeric, 4), cast(price AS numeric(10, 3)) FROM quote ORDER BY n;
SELECT to_json(price), json_build_object('p', price), to_jsonb(price), price::json FROM quote ORDER BY n LIMIT 2;
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY price), array_agg(price ORDER BY price DESC) FROM quote;
-- what needs a cast: an integer as a price in an expression but for comparisons, a price as a number in one
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT price > 0 FROM quote', 'SELECT price > 0::numeric FROM quote', 'SELECT price + 1 FROM quote', 'SELECT coalesce(price, 0) FROM quote',
	'SELECT sum(price) FROM quote', 'SELECT price::int FROM quote', 'SELECT to_char(price, ''0.00'') FROM quote', 'SELECT to_char(price::numeric, ''FM0.0000'') FROM quote']) s;

-- comparisons; oracle: the cross products in numeric
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, share_price_cmp(a, b) AS cmp
FROM (VALUES ('1/3'::share_price, '0.333333333333333333'::share_price), ('1/2', '0.5'), ('0', '1/9223372036854775807'),
	('9223372036854775807/9223372036854775806', '9223372036854775806/9223372036854775805'), ('9223372036854775807', '9223372036854775806')) v (a, b);
SELECT count(*) AS differ FROM fraction a JOIN fraction b ON b.n = a.n % 20000 + 1
WHERE share_price_cmp(a.price, b.price) <> sign(a.num * b.den - b.num * a.den)
	OR (a.price < b.price) <> (a.num * b.den < b.num * a.den) OR (a.price = b.price) <> (a.num * b.den = b.num * a.den)
	OR (a.price <= b.price) = (a.price > b.price) OR (a.price <> b.price) = (a.price = b.price) OR (a.price >= b.price) = (a.price < b.price);
-- sorted: keys of one word, then in full; neighbours a hair apart
INSERT INTO fraction SELECT 20000 + n, 9223372036854775000 + n, 9223372036854775783, ((9223372036854775000 + n) || '/9223372036854775783')::share_price
FROM generate_series(0, 807) n;
INSERT INTO fraction SELECT 21000 + n, n, 9223372036854775783, (n || '/9223372036854775783')::share_price FROM generate_series(0, 100) n;
SELECT count(*) AS out_of_order FROM (SELECT num, den, lag(num) OVER w AS n0, lag(den) OVER w AS d0 FROM fraction WINDOW w AS (ORDER BY price)) s
WHERE n0 * den > num * d0;
SELECT count(*) AS out_of_order FROM (SELECT num, den, lag(num) OVER w AS n0, lag(den) OVER w AS d0 FROM fraction WINDOW w AS (ORDER BY price DESC)) s
WHERE n0 * den < num * d0;

-- operator classes
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'share_price'::regtype ORDER BY 1;
CREATE INDEX ON fraction (price);
CREATE INDEX ON fraction USING hash (price);
ANALYZE fraction;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('Index Only Scan using fraction_price_idx on fraction', 'SELECT min(price) FROM fraction'),
	pg_temp.plan_has('Index Only Scan Backward using fraction_price_idx on fraction', 'SELECT max(price) FROM fraction'),
	pg_temp.plan_has('fraction_price_idx1', $$SELECT count(num) FROM fraction WHERE price = '1/2'$$);
SELECT min(price), max(price) FROM fraction;
RESET enable_seqscan;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT count(*) AS merged FROM fraction a JOIN fraction b USING (price) \gset
RESET enable_hashjoin; SET enable_mergejoin = off;
SELECT count(*) AS hashed FROM fraction a JOIN fraction b USING (price) \gset
RESET enable_nestloop; RESET enable_mergejoin;
SELECT :merged = :hashed AND :hashed = (SELECT sum(c * c) FROM (SELECT count(*) AS c FROM fraction GROUP BY num / gcd(num, den), den / gcd(num, den)) g) AS joins_agree;
SELECT share_price_hash('0.5') = share_price_hash('1/2') AS same_hash, share_price_hash_extended('0.5', 0) <> share_price_hash_extended('0.5', 1) AS seed_matters,
	share_price_hash_extended('0.5', 0)::bit(32) = share_price_hash('0.5')::bit(32) AS low_bits_agree;
CREATE TABLE by_price (price share_price PRIMARY KEY, n int) PARTITION BY HASH (price);
SELECT format('CREATE TABLE by_price_%s PARTITION OF by_price FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', r) FROM generate_series(0, 3) r \gexec
INSERT INTO by_price SELECT DISTINCT ON (price) price, n FROM fraction;
SELECT count(*) = (SELECT count(DISTINCT price) FROM fraction) AS all_there, count(DISTINCT tableoid) AS partitions,
	(SELECT count(*) FROM by_price WHERE price = '1/2') AS found FROM by_price;
INSERT INTO by_price VALUES ('2/4', 0);
DROP TABLE by_price;

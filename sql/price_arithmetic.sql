-- Arithmetic of share prices: exact, or out of range; rounding.
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- the mean of the three lowest prices at a discount: 11,988,011 shares, not 11,987,532
SELECT avg(p) AS mean, avg(p) * 0.55 AS price, div(100000, (avg(p) * 0.55)::numeric) AS shares, div(100000, round((avg(p) * 0.55)::numeric, 6)) AS rounded_first
FROM unnest('{.0151,.0152,.0152}'::share_price[]) p;

SELECT '1/3'::share_price + '1/6' AS half, 0.06::share_price + 0.1647, '1/3'::share_price - '1/3', '1/2'::share_price - '1/3', 0.1 + 0.2::share_price, 0.2::share_price - 0.1,
	'9223372036854775806'::share_price + 1.0, '9223372036854775807/2'::share_price - '9223372036854775805/2', '1/9223372036854775807'::share_price + '9223372036854775806/9223372036854775807';
SELECT '1/3'::share_price * 3, '1/3'::share_price * 0.75, 0.1647::share_price * 1.25, '9223372036854775807'::share_price * 0.000000000000000001, 0.06::share_price * 0, '1/9223372036854775807'::share_price * 9223372036854775807,
	'1/3'::share_price / 3, 1.0::share_price / 3, 0.06::share_price / 0.12, '0'::share_price / 7, '9223372036854775807'::share_price / 9223372036854775807, '1/3'::share_price / 2::smallint, '1/3'::share_price * 2::bigint;
-- a percentage needs no cast, and its commuted form is not offered: 2 * price would be ambiguous with shares * price
SELECT 2 * 0.06::share_price AS value_of_two, pg_typeof(2 * 0.06::share_price), pg_typeof(0.06::share_price * 2);
-- factors and divisors beyond 128 bits, where the result is a price all the same
SELECT '1/9000000000000000000'::share_price * 18000000000000000000000000000000000000 AS fits,
	'9000000000000000000'::share_price / 18000000000000000000000000000000000000 AS tiny,
	'4611686018427387904'::share_price * 0.0000000000000000002168404344971008868014905601739883422851562500000000000000 AS one,
	'1/4611686018427387904'::share_price / 0.00000000000000000021684043449710088680149056017398834228515625 AS also_one;
SELECT s, pg_temp.outcome('SELECT ' || replace(replace(s, 'P(', 'covenant_internal.share_price_in('), 'S(', 'covenant_internal.shares_in(')) FROM unnest(ARRAY[
	'P(''9223372036854775807'') OPERATOR(pg_catalog.+) P(''1'')', 'P(''1/9223372036854775807'') OPERATOR(pg_catalog.+) P(''1/9223372036854775806'')',
	'P(''0.05'') OPERATOR(pg_catalog.-) P(''0.06'')', 'P(''1/9223372036854775807'') OPERATOR(pg_catalog.*) 0.1', 'P(''1'') OPERATOR(pg_catalog.*) -0.5', 'P(''1'') OPERATOR(pg_catalog.*) ''NaN''::numeric',
	'P(''0'') OPERATOR(pg_catalog.*) ''Infinity''::numeric', 'P(''9223372036854775807'') OPERATOR(pg_catalog.*) 1.5', 'P(''1'') OPERATOR(pg_catalog.*) 1e-19', 'P(''1'') OPERATOR(pg_catalog.*) 1e-60', 'P(''1'') OPERATOR(pg_catalog.*) 1e60',
	'P(''1'') OPERATOR(pg_catalog./) 0', 'P(''0'') OPERATOR(pg_catalog./) 0.000', 'P(''1'') OPERATOR(pg_catalog./) -2', 'P(''1'') OPERATOR(pg_catalog./) ''NaN''::numeric', 'P(''1'') OPERATOR(pg_catalog./) ''-Infinity''::numeric', 'P(''1'') OPERATOR(pg_catalog./) 1e60',
	'P(''1'') OPERATOR(pg_catalog./) 1e-60', 'P(''0'') OPERATOR(pg_catalog./) 1e60', 'P(''0'') OPERATOR(pg_catalog.*) 1e60', 'P(''1'') OPERATOR(pg_catalog.*) 1e-16000', 'P(''1'') OPERATOR(pg_catalog./) P(''2'')', 'P(''1'') OPERATOR(pg_catalog.*) P(''2'')', 'OPERATOR(pg_catalog.-) P(''2'')']) s;

-- what shares are worth
SELECT '90,953,246'::shares * 0.06::share_price, 3::shares * '1/3'::share_price, 1::shares * '1/3'::share_price, (-2)::shares * '1/3'::share_price, 0::shares * '1/3'::share_price,
	9223372036854775807::shares * '9223372036854775807'::share_price AS largest, (-9223372036854775808)::shares * '9223372036854775807'::share_price AS lowest,
	9223372036854775807::shares * '9223372036854775807/9223372036854775806'::share_price AS endless,
	9223372036854775807::shares * '1/4611686018427387904'::share_price AS long, 5::shares * 0.06;

-- oracle: cross products in numeric, reduced by gcd
SELECT setseed(0.125);
CREATE TEMP TABLE pair AS
SELECT n, a, b, c, d, f, (a || '/' || b)::share_price AS p, (c || '/' || d)::share_price AS q
FROM (SELECT n, trunc((random() * 10.0 ^ (n % 9))::numeric) AS a, 1 + trunc((random() * 10.0 ^ (n % 8))::numeric) AS b, trunc((random() * 10.0 ^ (n % 7))::numeric) AS c, 1 + trunc((random() * 10.0 ^ (n % 9))::numeric) AS d,
	round((random() * 10.0 ^ (n % 4))::numeric, n % 7) AS f FROM generate_series(1, 5000) n) r;
CREATE FUNCTION pg_temp.reduced(num numeric, den numeric) RETURNS share_price LANGUAGE sql AS $$ SELECT (trim_scale(num / gcd(num, den))::text || '/' || trim_scale(den / gcd(num, den))::text)::share_price $$;
SELECT count(*) AS pairs, count(*) FILTER (WHERE p + q <> pg_temp.reduced(a * d + c * b, b * d) OR share_price_send(p + q) <> share_price_send(q + p)) AS plus,
	count(*) FILTER (WHERE greatest(p, q) - least(p, q) <> pg_temp.reduced(abs(a * d - c * b), b * d)) AS minus,
	count(*) FILTER (WHERE p * f <> pg_temp.reduced(a * f * 1000000, b * 1000000)) AS times,
	count(*) FILTER (WHERE f > 0 AND p / nullif(f, 0) <> pg_temp.reduced(a * 1000000, b * f * 1000000)) AS over,
	count(*) FILTER (WHERE n::shares * p <> CASE WHEN (p * n)::text LIKE '%/%' THEN div(2 * n * a * 1e20 + b, 2 * b) * 1e-20 ELSE (p * n)::text::numeric END) AS value
FROM pair;

-- rounded half up to so many decimals, as an exact price
SELECT covenant.round('1/3', 4), covenant.round('2/3', 4), covenant.round('1/2', 0), covenant.round('3/2', 0), covenant.round('5/2', 0), covenant.round('0.00005', 4), covenant.round('0.00004999999999999', 4), covenant.round('0', 18), covenant.round(0.1647, 2), covenant.round('1/9223372036854775807', 18), covenant.round('9223372036854775807', 0), covenant.round('9223372036854775807/4', 0),
	round('1001/120000'::share_price, 6), pg_typeof(round(0.12::share_price, 1)), round(0.12345::share_price, 3::smallint), round(0.12345::share_price, 3::bigint);
SELECT s, pg_temp.outcome('SELECT covenant.' || s) FROM unnest(ARRAY['round(''1/3'', -1)', 'round(''1/3'', 19)', 'round(''1/3'', 9223372036854775807)', 'round(''9223372036854775807/2'', 18)', 'round(''9223372036854775807/3'', 1)', 'round(NULL, 2) IS NULL', 'round(''1/3'', NULL) IS NULL']) s;
SELECT count(*) AS cases, count(*) FILTER (WHERE covenant.round(p, n % 10)::numeric <> div(2 * a * ('1e' || n % 10)::numeric + b, 2 * b) * ('1e-' || n % 10)::numeric) AS differ FROM pair;

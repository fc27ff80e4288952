-- Decimals that are rounded fractions: which price a numeric stands for.
SET search_path = public, covenant;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- numeric_20_decimals: what division, avg() and the cast from share_price give
-- is the fraction that they were given
SELECT x, x::share_price AS price, x::text::share_price AS from_text FROM unnest(ARRAY[
	0.06516666666666666667, 0.48484848484848484848, 0.06666666666666666667, 0.07033333333333333334, 1 / 3.0, 2 / 3.0, 0.14285714285714285714,
	1234.14285714285714285714, 99999999999999999.33333333333333333333, 0.05166666666666666666666666666666666667, 0.0001666666666666666666666666666666666667,
	0.6180339887498948482, 0.1234567890123456789, 0.00000095367431640625]) x;
SELECT avg(x)::share_price AS avg, (0.2 / 3)::share_price AS split FROM unnest('{0.0151,0.0152,0.0152}'::numeric[]) x;
-- however the column is declared
CREATE TEMP TABLE declared (a numeric, b numeric(20, 20), c numeric(40, 30), d numeric(30, 19), e numeric(30, 18), f numeric(12, 6));
INSERT INTO declared VALUES (0.48484848484848484848, 0.48484848484848484848, 0.48484848484848484848, 0.48484848484848484848, 0.48484848484848484848, 0.48484848484848484848);
SELECT a::share_price, b::share_price, c::share_price, d::share_price, e::share_price, f::share_price FROM declared;
-- 18 decimals are what they say, zeros at the end not counted; 19 are not, whether or not they would fit
SELECT x, x::share_price AS price FROM unnest(ARRAY[0.333333333333333333, 0.666666666666666667, 0.6666666666666666670000, 0.3333333333333333333, 0.6250000000000000000, 0.0625000000000000001]) x;
-- 18 and fewer that do not fit 64 bits are rounded fractions too
SELECT x, x::share_price AS price FROM unnest(ARRAY[12.333333333333333333, 5886.4705882352941176, 92233720368.333333333, 9.223372036854775807, 9.223372036854775809, 922337203685477580.7, 922337203685477580.9]) x;
-- A number stands for [x - h, x + h): 1/2^20 is 0.00000095367431640625, and of 19 decimals
-- it rounds half up to ...4063.  What ends in 4062 is something else.
SELECT x, x::share_price AS price FROM unnest(ARRAY[0.0000009536743164063, 0.0000009536743164062]) x;
-- the limits, each by its name: 64 bits, 37 significant digits, 1e-9 of the value
SELECT x, pg_temp.outcome_in_full(format('SELECT %s::covenant.share_price', x)) FROM unnest(ARRAY['0.33333333333333333333333333333333333333', '0.3333333333333333333333333333333333333', '0.00033333333333333333333333333333333333333', '0.0003333333333333333333333333333333333333',
	'123456789012345678.33333333333333333333', '12345678901234567.33333333333333333333', '9223372036854775807.3333333333333333333', '4611686018427387903.5000000000000000000', '9223372036854775807.5', '9223372036854775808', '461168601842738790.35',
	'1e-19', '1e-30', '1e-100', '5e-19', '0.00000000000333333333', '0.00000000033333333333', '0.0000000000333333333', '0.00000000003333333333333', '0.0000000000000000000333333333333333333333']) x;

-- fractions_come_back: 100,000 with denominators up to 10^9, as numeric and as text
SELECT setseed(0.5);
CREATE TEMP TABLE fraction AS
SELECT (num || '/' || den)::share_price AS price FROM (
	SELECT trunc((random() * 10.0 ^ (n % 16))::numeric) AS num, CASE WHEN n % 50 = 0 THEN 2 ^ (n % 30) WHEN n % 51 = 0 THEN 999999999 - n % 7 ELSE 1 + trunc((random() * 10.0 ^ (n % 10))::numeric) END::bigint AS den
	FROM generate_series(1, 100000) n) r;
SELECT count(*), count(*) FILTER (WHERE price::numeric::share_price <> price) AS numeric_differs, count(*) FILTER (WHERE price::text::share_price <> price) AS text_differs,
	count(*) FILTER (WHERE price::numeric(60, 40)::share_price <> price) AS declared_differs, count(*) FILTER (WHERE price::numeric::text::share_price <> price) AS numeric_as_text_differs,
	count(*) FILTER (WHERE to_json(price)::text::numeric::share_price <> price) AS json_differs,
	count(*) FILTER (WHERE price::text LIKE '%/%' AND (scale(price::numeric) < 20 OR min_scale(price::numeric) < scale(price::numeric))) AS ends_in_zero,
	count(*) FILTER (WHERE scale(price::numeric) > 20) > 5000 AS some_longer
FROM fraction;

-- random_decimals: 20,000 numerics of up to 30 decimals.  Below 19 decimals
-- the price is the number, if that fits.  Else it rounds half up to the number,
-- and it is the simplest that does: a fraction p/q has two neighbours a/b and c/d
-- with b + d = q, between which there is none of a smaller denominator; both
-- of them must round to something else.
CREATE FUNCTION pg_temp.neighbour(p numeric, q numeric, OUT a numeric, OUT b numeric) LANGUAGE plpgsql AS $$
-- the lower one: p b - a q = 1 with 0 < b <= q, by Euclid's algorithm
DECLARE r0 numeric := p; r1 numeric := q; s0 numeric := 1; s1 numeric := 0; t numeric; kept numeric;
BEGIN
	WHILE r1 > 0 LOOP
		t := div(r0, r1);
		kept := r1; r1 := r0 - t * r1; r0 := kept;
		kept := s1; s1 := s0 - t * s1; s0 := kept;
	END LOOP;
	b := mod(s0, q);
	IF b <= 0 THEN b := b + q; END IF;
	a := div(p * b - 1, q);
END $$;
CREATE TEMP TABLE guess AS
SELECT n, x, h, price, num / gcd(num, den) AS num, den / gcd(num, den) AS den, NOT exact AS rounded
FROM (SELECT n, CASE WHEN n % 31 > 26 THEN 0 ELSE trunc((random() * 10.0 ^ (n % 4))::numeric) END + trunc((random() * 1e15)::numeric) * 1e-15
		+ trunc((random() * 1e15)::numeric) * 1e-30 AS y FROM generate_series(1, 20000) n) r,
	LATERAL (SELECT trim_scale(round(y, n % 31)) AS x) c,
	LATERAL (SELECT x::share_price AS price, 0.5 * ('1e-' || scale(x))::numeric AS h, ('1e' || scale(x))::numeric AS unit) p,
	LATERAL (SELECT scale(x) < 19 AND x * unit / gcd(x * unit, unit) < 2::numeric ^ 63 AS exact) e,
	LATERAL (SELECT string_to_array(price::text, '/') AS parts) t,
	LATERAL (SELECT ('1e' || CASE WHEN cardinality(parts) = 1 THEN scale(parts[1]::numeric) ELSE 0 END)::numeric AS widen) u,
	LATERAL (SELECT parts[1]::numeric * widen AS num, coalesce(parts[2], '1')::numeric * widen AS den) f;
SELECT count(*), count(*) FILTER (WHERE rounded) > 7000 AS many_rounded, count(*) FILTER (WHERE rounded AND scale(x) < 19) > 100 AS some_that_do_not_fit, count(*) FILTER (WHERE num <> trunc(num) OR den <> trunc(den)) AS no_fraction,
	count(*) FILTER (WHERE NOT rounded AND num <> x * den) AS not_exact,
	count(*) FILTER (WHERE rounded AND NOT (num >= (x - h) * den AND num < (x + h) * den)) AS another_number,
	count(*) FILTER (WHERE rounded AND den > 1 AND (a >= (x - h) * b OR num - a < (x + h) * (den - b))) AS not_the_simplest,
	max(den) > 1e14 AS some_large, min(den) FILTER (WHERE rounded) < 1e10 AS some_small
FROM guess LEFT JOIN LATERAL pg_temp.neighbour(num, den) nb ON rounded;
-- the same found by trying one denominator after the other, for small ones
SELECT count(*) > 500 AS enough, count(*) FILTER (WHERE tried <> q OR x::share_price <> (p || '/' || q)::share_price) AS differ
FROM generate_series(1, 400, 27) p, generate_series(3, 197, 6) q, generate_series(19, 21) scale,
	LATERAL (SELECT ('1e' || scale)::numeric AS many, ('1e-' || scale)::numeric AS unit) u,
	LATERAL (SELECT div(2 * p * many + q, 2 * q) * unit AS x, 0.5 * unit AS h) w,
	LATERAL (SELECT min(d) AS tried FROM generate_series(1, 200) d WHERE ceil((x - h) * d) < (x + h) * d) t
WHERE gcd(p, q) = 1 AND min_scale(x) = scale;

-- the same price everywhere: casts, functions, aggregates, terms
SELECT count(*) FILTER (WHERE shares_issuable(n * 1000.01, x) IS DISTINCT FROM shares_issuable(n * 1000.01, x::share_price)) AS issuable_differs,
	count(*) FILTER (WHERE shares_issuable(n * 1000.01, x::share_price)::numeric <> div(n * 1000.01 * den, num)) AS quotient_differs FROM guess WHERE num > 0 AND x > 0.0001;
SELECT lowest_average(0.06666666666666666667, 1), conversion_price('60% of lowest of 1 day', 0.06666666666666666667), conversion_price('0.06666666666666666667', 1.0), avg(x) FROM unnest('{0.06666666666666666667,0.06666666666666666667}'::share_price[]) x;

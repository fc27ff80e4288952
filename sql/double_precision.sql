-- Casts from and to double precision, written ones only.
SET search_path = public, covenant;
SET extra_float_digits = 1;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- in: the decimal that everybody sees
SELECT x, x::share_price FROM unnest('{0.1647,0.06,5e-05,1e-7,0,-0,12,1e15,9007199254740993,0.1234567890123456,0.3333333333333333,0.016666666666666666,4611686018427387904}'::float8[]) x;
-- out: the nearest, also where the decimals do not end, and at the ends of the range
SELECT p, p::float8 FROM unnest('{0,0.1647,1/3,2/3,1/999999999,1001/120000,1/9223372036854775807,9223372036854775807,9223372036854775807/9223372036854775806,9007199254740993,9007199254740991/2,0.5,1}'::share_price[]) p;
-- oracle: the quotient of 60 decimals, of which reading gives the nearest
SELECT setseed(0.25);
SELECT count(*), count(*) FILTER (WHERE (num || '/' || den)::share_price::float8 <> (div(num * 1e60, den) || 'e-60')::float8) AS differ
FROM (SELECT trunc((random() * 10.0 ^ (n % 19))::numeric) AS num, 1 + trunc((random() * 10.0 ^ (n % 18))::numeric) AS den FROM generate_series(1, 20000) n) r;
SELECT count(*), count(*) FILTER (WHERE x::float8::share_price <> x::share_price OR x::share_price::float8 <> x::float8) AS differ
FROM (SELECT round((random() * 10.0 ^ (n % 5))::numeric, n % 11) AS x FROM generate_series(1, 10000) n) r;
-- what is no price
SELECT s, pg_temp.outcome_in_full('SELECT ' || s || '::float8::covenant.share_price') FROM unnest(ARRAY['''NaN''', '''Infinity''', '''-Infinity''', '''-0.06''', '''1e19''', '''1e308''', '''1e-19''', '''1e-300''', '''4.9e-324''']) s;

-- shares: whole numbers only
SELECT s::float8, s::float8::shares = s AS same FROM unnest('{0,1,-5,90953246,9007199254740992,-9223372036854775808}'::shares[]) s;
SELECT (-0.0::float8)::shares, 9.007199254740993e15::float8::shares, 9223372036854774784::float8::shares, 9223372036854775807::shares::float8;
SELECT s, pg_temp.outcome_in_full('SELECT ' || s || '::float8::covenant.shares') FROM unnest(ARRAY['''NaN''', '''Infinity''', '''-Infinity''', '''0.5''', '''-1.5''', '''9223372036854775808''', '''-9223372036854777856''', '''1e300''', '''1e-300''']) s;

-- none of it happens unwritten
CREATE TEMP TABLE typed (p share_price, s shares, f float8);
SELECT s, pg_temp.outcome_in_full(s) FROM unnest(ARRAY['INSERT INTO typed (p) VALUES (0.5::float8)', 'INSERT INTO typed (s) VALUES (5::float8)', 'INSERT INTO typed (f) VALUES (''1/2''::covenant.share_price)', 'INSERT INTO typed (f) VALUES (5::covenant.shares)', 'SELECT ''1/2''::covenant.share_price > 0.5::float8', 'SELECT sqrt(5::covenant.shares)']) s;
RESET extra_float_digits;

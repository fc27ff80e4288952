-- Shares issuable, Reserved Amount, break-even price.
-- The agreement: Securities Purchase Agreement of 23 May 2005, CalbaTech, Inc.
-- and the Buyers; its numbers are those of Recital B, Sections 3(c), 4(h), 4(l).
SET search_path = public, covenant, covenant_internal;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- Section 3(c): the capital, and the reserve that the notes and warrants fill to the share
SELECT '200,000,000'::shares - '43,980,227' - '380,000' AS available, '200,000,000'::shares - '43,980,227' - '380,000' - '90,953,246' AS free_after;
SELECT shares_issuable(2000000, 0.06) AS note_shares, shares_issuable(2000000, 0.06) + '12,143,290' AS issuable, reserved_amount(shares_issuable(2000000, 0.06) + '12,143,290') AS required,
	'90,953,246' - reserved_amount(shares_issuable(2000000, 0.06) + '12,143,290') AS slack;
-- rounded after doubling the reserve would be one share short
SELECT ceil(2 * (2000000 / 0.06 + 12143290)) AS rounded_last, '90,953,246' - ceil(2 * (2000000 / 0.06 + 12143290))::shares AS slack, round(2 * (2000000 / 0.06 + 12143290)) AS nearest_last;
-- warrants per dollar, and warrants from dollars at .1647: the same in every tranche
SELECT shares_issuable(d, 0.1647) AS warrants, shares_issuable(d, 0.1647)::numeric / d AS per_dollar FROM unnest('{2000000,600000,800000}'::numeric[]) d;

-- the requirement by price in both readings of the tranches: T, 2,000,000 in
-- all; L, 2,000,000 and two tranches of 600,000; each tranche rounded down
CREATE TEMP TABLE tranche (reading text, principal numeric, warrants shares);
INSERT INTO tranche VALUES ('T', 800000, '4,857,316'), ('T', 600000, '3,642,987'), ('T', 600000, '3,642,987'), ('L', 2000000, '12,143,290'), ('L', 600000, '3,642,987'), ('L', 600000, '3,642,987');
SELECT reading, price, required, '90,953,246' - required AS slack, '155,639,773' - required AS cap_slack
FROM (SELECT reading, price, reserved_amount(sum(shares_issuable(principal, price)) + sum(warrants)) AS required
	FROM tranche, (VALUES (0.1647::share_price), (0.06), (0.05)) v (price) GROUP BY reading, price) r ORDER BY reading DESC, price DESC;
-- the prices at which the reserve, all that is available, and all that is available once, just do not suffice
SELECT reading, breakeven_price(sum(principal), sum(warrants), '90,953,246') AS reserve, round(breakeven_price(sum(principal), sum(warrants), '90,953,246')::numeric, 10) AS reserve_price,
	round(breakeven_price(sum(principal), sum(warrants), '155,639,773')::numeric, 6) AS vote_price, round(breakeven_price(sum(principal), sum(warrants), '155,639,773', 1)::numeric, 6) AS vote_price_once
FROM tranche GROUP BY reading ORDER BY reading DESC;
-- the monthly list: conversion, exercise and a year's interest of 10 %
SELECT reading, price, shares_issuable(sum(principal), price) + sum(warrants) + shares_issuable(sum(principal) * 0.10, price) AS listed
FROM tranche, (VALUES (0.06::share_price), (0.10)) v (price) GROUP BY reading, price ORDER BY reading DESC, price;
-- rounding by note: three notes give one share less than their sum
SELECT sum(shares_issuable(p, 0.06)) AS by_note, shares_issuable(sum(p), 0.06) AS at_once, array_agg(shares_issuable(p, 0.06)) FROM unnest('{277600,7200,515200}'::numeric[]) p;
-- 3 % a month of 2,000,000 and of 3,200,000 paid in shares (Section 2(f))
SELECT shares_issuable(2000000 * 0.03, 0.06), shares_issuable(3200000 * 0.03, 0.06);
-- a price that was not rounded first, and one that was
SELECT shares_issuable(100000, avg(p) * 0.55), shares_issuable(100000, round((avg(p) * 0.55)::numeric, 6)), avg(p) * 0.55 AS price FROM unnest('{.0151,.0152,.0152}'::share_price[]) p;

-- as it is called: literals, and columns of integer, bigint and numeric
SELECT shares_issuable(400000, '0.0114', 'down'), shares_issuable(400000, 0.0114), reserved_amount(45476623), shares_issuable(400000, '1001/120000', rounding => 'up'), reserved_amount(issuable => 5, multiple => 2.5), reserved_amount(5, 2.5::numeric(4, 2)), breakeven_price(2000000, 12143290, 90953246);
CREATE TEMP TABLE typed (i int, b bigint, k smallint, q numeric(18, 2), p numeric(12, 6), s shares, sp share_price, f text);
INSERT INTO typed VALUES (400000, 400000, 400, 400000.00, 0.0114, 35087719, 0.0114, 'up');
SELECT shares_issuable(i, p), shares_issuable(b, sp), shares_issuable(q, p, f), shares_issuable(k, sp, f), reserved_amount(i), reserved_amount(b), reserved_amount(k), reserved_amount(s), reserved_amount(s, p), breakeven_price(q, i, b), breakeven_price(i, s, b, k) FROM typed;
SELECT s, pg_temp.outcome(s) FROM unnest(ARRAY['SELECT reserved_amount(q) FROM typed', 'SELECT reserved_amount(sum(b)) FROM typed', 'SELECT reserved_amount(sum(b)::shares) FROM typed', 'SELECT reserved_amount(sum(i)) FROM typed', 'SELECT reserved_amount(sum(s)) FROM typed', 'SELECT shares_issuable(q, i) FROM typed', 'SELECT shares_issuable(q, i::numeric) FROM typed', 'SELECT shares_issuable(s, p) FROM typed', 'SELECT shares_issuable(q, NULL) IS NULL FROM typed']) s;

-- the four roundings; errors
SELECT a AS amount, shares_issuable(a, 0.5::share_price * 4, 'down') AS down, shares_issuable(a, 2.0, 'up') AS up, shares_issuable(a, 2.0, 'half_up') AS half_up, shares_issuable(a, 2.0, 'half_even') AS half_even FROM unnest('{0,0.0001,1,1.0001,2,2.9999,3,4,5,7}'::numeric[]) a;
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['shares_issuable(-0.01, 0.06)', 'shares_issuable(''NaN'', 0.06)', 'shares_issuable(''Infinity'', 0.06)', 'shares_issuable(''-Infinity'', 0.06)', 'shares_issuable(1, 0::numeric)', 'shares_issuable(0, 0::numeric)', 'shares_issuable(0, 0.06)',
	'shares_issuable(1, ''-0.06''::numeric)', 'shares_issuable(1, ''0.06x'')', 'shares_issuable(1, 0.06, ''half_down'')', 'shares_issuable(1, 0.06, ''Down'')', 'shares_issuable(1, 0.06, '''')', 'shares_issuable(1, 0.06, NULL)',
	'shares_issuable(9223372036854775807, 1::numeric)', 'shares_issuable(9223372036854775807.5, 1::numeric)', 'shares_issuable(9223372036854775807.5, 1::numeric, ''up'')', 'shares_issuable(9223372036854775807.5, 1::numeric, ''half_even'')', 'shares_issuable(9223372036854775808, 1::numeric)', 'shares_issuable(9223372036854775806.5, 1::numeric, ''half_even'')',
	'shares_issuable(1e100, 1::numeric)', 'shares_issuable(1e30, ''1/9223372036854775807'')', 'shares_issuable(1, ''1/9223372036854775807'')', 'shares_issuable(1.00000000000000000001, ''1/9223372036854775807'')', 'shares_issuable(1e-100, 1::numeric, ''up'')', 'shares_issuable(1e-100, 1::numeric, ''half_up'')', 'shares_issuable(0.5 + 1e-100, 1::numeric, ''half_even'')', 'shares_issuable(60000000620.00, 500.000001)',
	'shares_issuable(1, 0.123456789012345678901234567890, ''half_up'')', 'shares_issuable(1, 0.06666666666666666667)', 'shares_issuable(1, ''NaN''::numeric)', 'shares_issuable(1e30, 3.3e29)', 'shares_issuable(0, 1e-60)', 'shares_issuable(9223372036854775807, 0.9999999999999999999)',
	'reserved_amount(-1)', 'reserved_amount(1, -0.5)', 'reserved_amount(1, ''NaN'')', 'reserved_amount(1, ''Infinity'')', 'reserved_amount(1, 0)', 'reserved_amount(0)', 'reserved_amount(3, 1.5)', 'reserved_amount(4, 1.5)', 'reserved_amount(3, 0.0001)', 'reserved_amount(1, 1e-100)', 'reserved_amount(1000, 1.0000000000000000000000000000000000000000000001)', 'reserved_amount(4611686018427387903)', 'reserved_amount(4611686018427387904)', 'reserved_amount(9223372036854775807, 1)', 'reserved_amount(9223372036854775807, 1.0000000000000000001)', 'reserved_amount(9223372036854775807, 0.5)', 'reserved_amount(1, 1e100)']) s;
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['breakeven_price(2000000, 12143290, 24286580)', 'breakeven_price(2000000, 12143290, 24286579)', 'breakeven_price(2000000, 0, 0)', 'breakeven_price(2000000, 0, -1)', 'breakeven_price(2000000, 0, -9223372036854775808)', 'breakeven_price(0, 0, 5)', 'breakeven_price(5, 0, 9, 0)', 'breakeven_price(5, 7, -1, 0)', 'breakeven_price(100, 0, 100, 3)', 'breakeven_price(100, 0, 100, 0.3)',
	'breakeven_price(100, 0, 9223372036854775807, 0.0001)', 'breakeven_price(92233720368547758080000, 0, 9223372036854775807, 0.0001)', 'breakeven_price(9223372036854775808, 0, 9223372036854775807, 1)', 'breakeven_price(1e40, 0, 9223372036854775807, 1e-22)', 'breakeven_price(100, 0, 7, 1e-40)', 'breakeven_price(20999999999999999999999999999999999999999706, 99, 7, 1e-42)', 'breakeven_price(100, 1, 7, 1e40)', 'breakeven_price(100, 0, 7, 1e40)', 'breakeven_price(1e20, 0, 1)', 'breakeven_price(1e100, 0, 1)', 'breakeven_price(1e-19, 0, 1)', 'breakeven_price(1e-100, 0, 1)',
	'breakeven_price(-1, 0, 1)', 'breakeven_price(1, -1, 1)', 'breakeven_price(1, 0, 1, -1)', 'breakeven_price(''NaN'', 0, 1)', 'breakeven_price(1, 0, 1, ''NaN'')', 'breakeven_price(1, 0, 1, ''Infinity'')']) s;
\set SHOW_CONTEXT never
SELECT shares_issuable(-400000, 0.06);
SELECT shares_issuable(400000, '0');
SELECT shares_issuable(400000, 0.06, 'nearest');
SELECT shares_issuable(1e19, 0.06);
SELECT reserved_amount(-5);

-- just above the break-even price the reserve holds, at it and just below it does not
SELECT setseed(0.75);
SELECT count(*) AS cases, count(*) FILTER (WHERE reserved_amount(shares_issuable(p, e) + w, m) <= c) AS held_at, count(*) FILTER (WHERE reserved_amount(shares_issuable(p, e * 1.0000000001) + w, m) > c) AS broken_above, count(*) FILTER (WHERE reserved_amount(shares_issuable(p, e * 0.9999999999) + w, m) <= c) AS held_below
FROM (SELECT *, breakeven_price(p, w, c, m) AS e FROM (SELECT round((1 + random() * 100000)::numeric, 2) AS p, (random() * 1000)::bigint::shares AS w, (50000 + random() * 100000)::bigint::shares AS c, round((0.5 + random() * 3)::numeric, 1) AS m FROM generate_series(1, 2000)) r) b WHERE e IS NOT NULL;

-- 20,000 conversions in all four roundings; oracle: numeric's div() and the
-- exact remainder.  Every fourth is a tie, every tenth longer than 128 bits.
SELECT setseed(0.375);
CREATE TEMP TABLE conversion AS
SELECT n, price, CASE WHEN n % 4 = 0 THEN price * (trunc(amount) + 0.5) WHEN n % 10 = 1 THEN amount + trunc((random() * 1e15)::numeric) * 1e-45 ELSE amount END AS amount
FROM (SELECT n, round((random() * 10.0 ^ (n % 16))::numeric, n % 9) AS amount, round((random() * 10.0 ^ (n % 5))::numeric, 2 + n % 7) + 0.001 AS price FROM generate_series(1, 20000) n) r;
CREATE TEMP TABLE oracle AS
SELECT amount, price, q AS down, q + (r > 0)::int AS up, q + (2 * r >= price)::int AS half_up, q + (2 * r > price OR 2 * r = price AND q % 2 = 1)::int AS half_even, r > 0 AS rest, 2 * r = price AS tie
FROM (SELECT amount, price, div(amount, price) AS q, amount - div(amount, price) * price AS r FROM conversion) d;
SELECT count(*), count(*) FILTER (WHERE tie) BETWEEN 4900 AND 5100 AS ties, count(*) FILTER (WHERE NOT rest) > 0 AS whole, count(*) FILTER (WHERE length(amount::text) > 40) AS long, max(down) > 1e15 AS large FROM oracle;
SELECT count(*) FILTER (WHERE shares_issuable(amount, price, 'down')::numeric <> down) AS down, count(*) FILTER (WHERE shares_issuable(amount, price, 'up')::numeric <> up) AS up,
	count(*) FILTER (WHERE shares_issuable(amount, price, 'half_up')::numeric <> half_up) AS half_up, count(*) FILTER (WHERE shares_issuable(amount, price, 'half_even')::numeric <> half_even) AS half_even FROM oracle;
-- prices that are rounded fractions: divided at the fraction
SELECT count(*) FILTER (WHERE shares_issuable(amount, div(2 * (n % 997 + 1) * 1e25 + n % 89 + 3, 2 * (n % 89 + 3)) * 1e-25, 'down')::numeric <> div(amount * (n % 89 + 3), n % 997 + 1)) AS down,
	count(*) FILTER (WHERE shares_issuable(amount, div(2 * (n % 997 + 1) * 1e25 + n % 89 + 3, 2 * (n % 89 + 3)) * 1e-25, 'up')::numeric <> ceil(div(amount * (n % 89 + 3) * 1e60, n % 997 + 1) * 1e-60 + (mod(amount * (n % 89 + 3), n % 997 + 1) > 0)::int * 1e-61)) AS up FROM conversion;
-- fractions: amount / (a/b) is amount * b / a
SELECT count(*) FILTER (WHERE shares_issuable(amount, ((n % 997 + 1) || '/' || (n % 89 + 3))::share_price, 'half_up')::numeric <> div(2 * amount * (n % 89 + 3) + (n % 997 + 1), 2 * (n % 997 + 1))) AS differ FROM conversion;

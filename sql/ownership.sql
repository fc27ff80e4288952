-- Caps: 4.99 % and 9.99 % of 43,980,227, before and after the issue; a holder of
-- 1,000,000; the largest x, checked in plain numbers.
SELECT covenant.ownership_cap(43980227, 4.99, 'after') AS after, covenant.ownership_cap(43980227, 4.99, 'before') AS before,
	covenant.ownership_cap(43980227, 9.99, 'after') AS "9.99", covenant.ownership_cap(43980227, 4.99, 'after', 1000000) AS owned;
SELECT count(*) AS wrong FROM generate_series(1, 10000) n, LATERAL (SELECT n * 7919::bigint % 100000 * CASE WHEN n % 2 = 0 THEN 999983 ELSE 1 END + 1 AS o, (n % 997 + 1) / 10.0 AS p, n * 31 % 50 AS h) v,
	LATERAL (SELECT covenant.ownership_cap(o, p, 'after', least(h, o))::bigint::numeric AS a, covenant.ownership_cap(o, p, 'before', least(h, o))::bigint::numeric AS b) x
WHERE p < 100 AND (a > 0 AND 100 * (least(h, o) + a) > p * (o + a) OR 100 * (least(h, o) + a + 1) <= p * (o + a + 1)
	OR b > 0 AND 100 * (least(h, o) + b) > p * o OR 100 * (least(h, o) + b + 1) <= p * o);
SELECT covenant.ownership_cap(100, 4.99, 'after', 50) AS none_left, covenant.ownership_cap(0, 4.99, 'before') AS nothing;
SELECT covenant.ownership_cap(100, 4.99, 'later');
SELECT covenant.ownership_cap(100, 100, 'after');
SELECT covenant.ownership_cap(100, 'NaN', 'after');
SELECT covenant.ownership_cap(100, 5, 'after', 101);
-- Cashless: 1,000,000 warrants at 0.35 with the market at 0.50 are 300,000 shares
SELECT covenant.cashless_exercise(1000000, 0.50, 0.35) AS x, covenant.cashless_exercise(1000000, 0.35, 0.35) AS at_par,
	covenant.cashless_exercise(100, '1/3', '1/7') AS exact, covenant.cashless_exercise(7, 0.3, 0.1) AS down, covenant.cashless_exercise(5, 0.0, 0.0) AS worthless;
SELECT covenant.cashless_exercise(-1, 1.0, 0.5);

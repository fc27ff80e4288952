-- The table of a prospectus, resets of a fixed price, splits.
\pset format unaligned
\pset footer off
\set SHOW_CONTEXT never

-- $2,000,000 at $0.06 with 43,980,227 shares outstanding (Section 3(c)).  By
-- numeric: 33333333 / 43980227 = 0.757916..., / 77313560 = 0.431145...
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227);
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{0,33.333,99.99}');
-- Rounded half up: 1 / 80000 is 0.00125 %, 1 / 80001 is below it; and prices that are no decimals.
SELECT * FROM covenant.dilution(1, '1', 80000, '{0}');
SELECT * FROM covenant.dilution(1, '1', 80001, '{0}');
SELECT * FROM covenant.dilution(100000, '1001/120000', 1000000, '{0,25}');
SELECT * FROM covenant.dilution(0, 0.06, 43980227, '{50}');
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{}');
SELECT * FROM covenant.dilution(2000000, 0.06, 0);
SELECT * FROM covenant.dilution(2000000, 0.06, -1);
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{25,100}');
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{-1}');
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{NULL}');
\set VERBOSITY sqlstate
SELECT * FROM covenant.dilution(2000000, '0', 43980227);
SELECT * FROM covenant.dilution(-1, 0.06, 43980227);
SELECT * FROM covenant.dilution(2000000, 0.06, 0);
SELECT * FROM covenant.dilution(2000000, 0.06, 43980227, '{100}');
\set VERBOSITY default

-- Full ratchet: down to the new price, never up.
SELECT covenant.full_ratchet(0.12, 0.06), covenant.full_ratchet(0.06, 0.12), covenant.full_ratchet('1/3', 0.3333), covenant.full_ratchet(NULL, 0.06);
-- Weighted average: (0.12 x 30,000,000 + 0.06 x 10,000,000) / 40,000,000 = 0.105.
SELECT covenant.weighted_average(0.12, 30000000, 0.06, 10000000), covenant.weighted_average(0.12, 30000000, 0.12, 10000000) AS same, covenant.weighted_average(0.12, 30000000, 0.13, 10000000) AS dearer,
	covenant.weighted_average(0.12, 30000000, 0.06, 0) AS nothing, covenant.weighted_average(0.12, 0, 0.06, 10) AS all_new, covenant.weighted_average(0.12, 0, 0.06, 0) AS none,
	covenant.weighted_average(0.12, 10, '0', 10) AS given_away;
-- By numeric: (0.12 x 43980227 + 0.06 x 10000000) / 53980227 = 0.108884...
SELECT w, split_part(w::text, '/', 1)::numeric * 5398022700 = split_part(w::text, '/', 2)::numeric * 587762724 AS exact, covenant.weighted_average(0.12, 43980227, 0.06, 10000000, 4, 'down') AS down, covenant.weighted_average(0.12, 43980227, 0.06, 10000000, 4, 'up') AS up,
	covenant.weighted_average(0.12, 43980227, 0.06, 10000000, 4, 'half_up') AS half_up, covenant.weighted_average(0.12, 43980227, 0.06, 10000000, 18, 'down') AS "18",
	covenant.weighted_average(0.3, 1, 0.2, 1, 1, 'half_even') AS "0.25 even", covenant.weighted_average(0.3, 1, 0.2, 1, 1, 'half_up') AS "0.25 up", covenant.weighted_average(0.3, 1, 0.2, 1, 0, 'up') AS "1"
FROM (SELECT covenant.weighted_average(0.12, 43980227, 0.06, 10000000) AS w) q;
-- Odd numbers of shares need a longer denominator than a share_price has, so that it must be rounded:
-- very nearly the mean of the prices, 0.094497, and a little above.
SELECT covenant.weighted_average(0.123457, 9007199254740881, 0.065537, 9007199254740880);
SELECT covenant.weighted_average(0.123457, 9007199254740881, 0.065537, 9007199254740880, 6, 'half_up'), covenant.weighted_average(0.123457, 9007199254740881, 0.065537, 9007199254740880, 18, 'up') AS "18";
SELECT covenant.weighted_average('9223372036854775807', 9223372036854775807, 0.1, 9223372036854775807, 0, 'down');
SELECT covenant.weighted_average(0.12, -1, 0.06, 1);
SELECT covenant.weighted_average(0.12, 1, 0.06, -1, 4, 'down');
SELECT covenant.weighted_average(0.12, 1, 0.06, 1, 19, 'down');
SELECT covenant.weighted_average(0.12, 1, 0.06, 1, -1, 'down');
SELECT covenant.weighted_average(0.12, 1, 0.06, 1, 4, 'nearest');

-- Splits.  3 for 2: a share becomes one and a half, 0.12 becomes 0.08; 1 for 50: 0.0151 becomes 0.755.
SELECT covenant.split_price(0.12, 3, 2), covenant.split_price(0.0151, 1, 50), covenant.split_price(0.1, 3, 2) AS "1/15", covenant.split_price('0', 3, 2), covenant.split_price(covenant.split_price(0.1, 3, 2), 2, 3) AS "and back";
SELECT r, covenant.split_shares(1001, 3, 2, r) AS "1501.5", covenant.split_shares(1025, 1, 50, r) AS "20.5", covenant.split_shares(1075, 1, 50, r) AS "21.5", covenant.split_shares(43980227, 1, 50, r) AS "879604.54", covenant.split_shares(100, 3, 2, r) AS "150"
FROM unnest('{down,up,half_up,half_even}'::text[]) r;
SELECT t, covenant.split_terms(t, 3, 2), covenant.split_terms(t, 1, 50) FROM unnest('{0.12,0.1,50% of lowest of 20 days,greater of 0.01 and (lesser of 0.12 and 50% of average of lowest 3 of 20 days) rounded down to 4 decimals}'::covenant.conversion_terms[]) t;
-- A split in the middle of a look-back: three days at 0.15 0.18 0.21 before a
-- 3-for-2 split are 0.10 0.12 0.14 after it, two days at 0.11 and 0.13 follow.
-- By hand: lowest 3 are 0.10 0.11 0.12, at 50 % 0.055; the fixed 0.09 becomes 0.06.
SELECT covenant.conversion_price(covenant.split_terms('lesser of 0.09 and 50% of average of lowest 3 of 5 days', 3, 2), CASE WHEN day < 4 THEN covenant.split_price(p, 3, 2) ELSE p END ORDER BY day) AS "0.055"
FROM unnest('{0.15,0.18,0.21,0.11,0.13}'::covenant.share_price[]) WITH ORDINALITY v(p, day);
-- A 1-for-50 reverse split: 0.015 0.016 become 0.75 0.80, 0.78 follows; lowest 2 of 3 are 0.75 0.78, at 60 % 0.459.
SELECT covenant.conversion_price(covenant.split_terms('lesser of 0.12 and 60% of average of lowest 2 of 3 days', 1, 50), CASE WHEN day < 3 THEN covenant.split_price(p, 1, 50) ELSE p END ORDER BY day) AS "0.459"
FROM unnest('{0.015,0.016,0.78}'::covenant.share_price[]) WITH ORDINALITY v(p, day);
SELECT covenant.split_price(0.12, 0, 2);
SELECT covenant.split_price(0.12, 3, -2);
SELECT covenant.split_price('9223372036854775807', 1, 2);
SELECT covenant.split_price('1/9223372036854775807', 2147483647, 1);
SELECT covenant.split_shares(1, 0, 1, 'down');
SELECT covenant.split_shares(-1, 3, 2, 'down');
SELECT covenant.split_shares(1, 3, 2, 'nearest');
SELECT covenant.split_shares(9223372036854775807, 3, 2, 'down');
SELECT covenant.split_terms('0.12', 1, 0);
SELECT covenant.split_terms('lesser of 9223372036854775807 and 50% of lowest of 20 days', 1, 50);
\set VERBOSITY sqlstate
SELECT covenant.split_price(0.12, 0, 2);
SELECT covenant.split_price('9223372036854775807', 1, 2);
SELECT covenant.split_shares(-1, 3, 2, 'down');
SELECT covenant.split_shares(1, 3, 2, 'nearest');
SELECT covenant.split_shares(9223372036854775807, 3, 2, 'down');
SELECT covenant.split_terms('9223372036854775807', 1, 50);
SELECT covenant.weighted_average(0.12, -1, 0.06, 1);
SELECT covenant.weighted_average(0.12, 1, 0.06, 1, 19, 'down');
SELECT covenant.weighted_average(0.123457, 9007199254740881, 0.065537, 9007199254740880);

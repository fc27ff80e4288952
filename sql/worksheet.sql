-- The worksheet of a conversion notice: every day, chosen or why not.
\pset format unaligned
\pset footer off
SET datestyle = 'ISO';
\set SHOW_CONTEXT never

-- The lows .0151 .0152 .0152 at 55 %, and a fixed price.  In September 2005
-- Labor Day was the 5th; the 3rd was a Saturday.
CREATE TEMP TABLE quotes (day date, price covenant.share_price);
INSERT INTO quotes VALUES ('2005-09-09', 0.0152), ('2005-09-08', 0.0151), ('2005-09-07', 0.0152), ('2005-09-06', 0.0152),
	('2005-09-03', 0.014), ('2005-09-02', 0.016), ('2005-09-01', 0.015);
SELECT w.* FROM (SELECT array_agg(day) AS days, array_agg(price) AS prices FROM quotes) q,
	covenant.conversion_worksheet('lesser of 0.12 and 55% of average of lowest 3 of 5 days', days, prices, 'NYSE') w;
-- Legs of different length, a choice within a choice, roundings; two equal legs: the first counts.
SELECT w.* FROM (SELECT array_agg(day ORDER BY day) AS days, array_agg(price ORDER BY day) AS prices FROM quotes WHERE day > '2005-09-06') q,
	covenant.conversion_worksheet('greater of 0.01 and (lesser of (100% of lowest of 1 day rounded up to 3 decimals) and (lesser of 0.016 and 90% of average of lowest 2 of 3 days)) rounded down to 4 decimals', days, prices, 'NYSE') w;
SELECT line, item, price, chosen, why_not FROM covenant.conversion_worksheet('greater of 0.12 and 0.12', '{}', '{}', 'NYSE');
-- A holiday more: the stock did not trade on the 7th.
SELECT w.day, w.price, w.chosen, w.why_not FROM covenant.conversion_worksheet('50% of lowest of 2 days', '{2005-09-08,2005-09-07,2005-09-06}', '{0.3,NULL,0.2}', 'NYSE', '{2005-09-07}') w WHERE day IS NOT NULL;
-- NULL in, nothing out.
SELECT * FROM covenant.conversion_worksheet(NULL, '{}', '{}', 'NYSE');

-- A trading day without a price is an error, whether it is not there at all or has no price, in between or at the beginning.
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 5 days', '{2005-09-01,2005-09-02,2005-09-07,2005-09-08,2005-09-09}', '{0.1,0.1,0.1,NULL,0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 5 days', '{2005-09-07,2005-09-08,2005-09-09}', '{0.1,0.1,0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 5 days', '{2005-09-03}', '{0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 5 days', '{}', '{}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 1 day', '{2005-09-07,2005-09-07,2005-09-08,2005-09-08}', '{0.1,0.1,0.1,0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 1 day', '{2005-09-07,2005-09-08}', '{0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 1 day', '{2005-09-07,NULL}', '{0.1,0.1}', 'NYSE');
\set VERBOSITY sqlstate
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 5 days', '{2005-09-09}', '{0.1}', 'NYSE');
SELECT * FROM covenant.conversion_worksheet('50% of lowest of 1 day', '{2005-09-09}', '{0.1}', 'XETRA');
\set VERBOSITY default

-- The last line is what the aggregate gives, and the days chosen are as many as the lowest.
SELECT count(*) AS worksheets, count(*) FILTER (WHERE result::text <> (SELECT covenant.conversion_price(t, p ORDER BY d) FROM unnest(days, prices) q(d, p))::text) AS differ, max(chosen) AS chosen
FROM (SELECT t, days, prices, (SELECT price FROM covenant.conversion_worksheet(t, days, prices, 'NYSE') ORDER BY line DESC LIMIT 1) AS result,
		(SELECT count(*) FROM covenant.conversion_worksheet(t, days, prices, 'NYSE') WHERE day IS NOT NULL AND chosen) AS chosen
	FROM (SELECT i, array_agg(d::date) AS days, array_agg(((i * 7919 + extract(day FROM d)::int * 104729) % 12 + 1)::covenant.share_price) AS prices
		FROM generate_series(1, 50) i, generate_series(timestamp '2005-09-01', '2005-10-12', '1 day') d WHERE covenant.is_business_day(d::date, 'NYSE') GROUP BY i) q,
	unnest('{60% of average of lowest 3 of 20 days,lesser of 1.5 and 75% of average of lowest 5 of 28 days}'::covenant.conversion_terms[]) t) w;
SELECT * FROM covenant.conversion_worksheet('0.12', '{}', '{}', 'MARS');

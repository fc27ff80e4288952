-- Damages: vector A, stacking, bases in segments, four holders, payments.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA accrual_test;
SET search_path = accrual_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal int, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SELECT covenant.amend('deals', duty, '{"remedy": "none"}') FROM covenant.clauses('spa-2005') WHERE section = '4(h)';	-- shortfalls have a test of their own
SET covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT n, 0 FROM generate_series(1, 8) n;
INSERT INTO notes (deal, buyer, balance, price, rate) SELECT d, 'Q', 2000000, 0.06, 0.10 FROM unnest(ARRAY[1, 2, 6, 8]) d;
-- The four Buyers: 34.7 % and 0.9 % are on record, the other two parts are made up.
INSERT INTO notes (deal, buyer, balance, price, rate) SELECT d, b, p, 0.06, 0.10 FROM unnest(ARRAY[3, 4, 5, 7]) d,
	(VALUES ('AJW Offshore', 1088000.01), ('AJW Partners', 200000.03), ('AJW Qualified', 694000), ('New Millennium', 17999.96)) v(b, p);

-- Vector A: $2,000,000 at 10 % actual/365 from 23 May 2005, broken from 8 June
-- to 20 July 2005.
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (1, 'breach', '2005-06-08', '3(g)'), (1, 'cure', '2005-07-20', '3(g)');
-- Five cells a month rule: the formulas with all interest that is unpaid, and
-- the one that adds it with that of the breach alone.
CREATE FUNCTION pg_temp.cells(OUT deal text, OUT section text, OUT from_day date, OUT to_day date, OUT months text,
	OUT r1 numeric, OUT r2 numeric, OUT r3 numeric, OUT r4 numeric, OUT r5 numeric) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	now jsonb := (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM accrual_test.deals_reading r ORDER BY r.reading_id DESC LIMIT 1);
BEGIN
	PERFORM covenant.adopt('accrual_test.deals', 'spa-2005', now || '{"interest": "all_unpaid"}');
	CREATE TEMP TABLE unpaid AS SELECT * FROM covenant.readings('accrual_test.deals');
	PERFORM covenant.adopt('accrual_test.deals', 'spa-2005', now || '{"interest": "during_breach"}');
	CREATE TEMP TABLE during AS SELECT * FROM covenant.readings('accrual_test.deals');
	PERFORM covenant.adopt('accrual_test.deals', 'spa-2005', now);
	RETURN QUERY SELECT u.deal, u.section, u.from_day, u.to_day, v.* FROM unpaid u JOIN during d USING (deal, duty, ref)
		CROSS JOIN LATERAL (VALUES
			('calendar', u.principal_calendar, u.principal_plus_interest_calendar, d.principal_plus_interest_calendar,
				u.principal_and_interest_calendar, u.principal_and_interest_plus_interest_calendar),
			('anniversary', u.principal_anniversary, u.principal_plus_interest_anniversary, d.principal_plus_interest_anniversary,
				u.principal_and_interest_anniversary, u.principal_and_interest_plus_interest_anniversary),
			('30-day', u.principal_30_day, u.principal_plus_interest_30_day, d.principal_plus_interest_30_day,
				u.principal_and_interest_30_day, u.principal_and_interest_plus_interest_30_day),
			('365-day', u.principal_365_day, u.principal_plus_interest_365_day, d.principal_plus_interest_365_day,
				u.principal_and_interest_365_day, u.principal_and_interest_plus_interest_365_day)) v
		WHERE u.adopted > 0;	-- not what only the buyers would see
	DROP TABLE unpaid, during;
END $$;
SET client_min_messages = warning;
SELECT section, from_day, to_day, months, r1, r2, r3, r4, r5 FROM pg_temp.cells() WHERE deal = '1';
-- The same in plain numeric arithmetic.
WITH m(months, m) AS (VALUES ('calendar', 23 / 30.0 + 19 / 31.0), ('anniversary', 1 + 12 / 31.0), ('30-day', 42 / 30.0), ('365-day', 42 * 12 / 365.0)),
i AS (SELECT 2000000 * 0.10 * 58 / 365 AS unpaid, 2000000 * 0.10 * 42 / 365 AS during)
SELECT m.months, round(0.03 * 2000000 * m, 2) = r1 AS r1, round(0.03 * 2000000 * m + unpaid, 2) = r2 AS r2, round(0.03 * 2000000 * m + during, 2) = r3 AS r3,
	round(0.03 * (2000000 + unpaid) * m, 2) = r4 AS r4, round(0.03 * (2000000 + unpaid) * m + unpaid, 2) = r5 AS r5
FROM m CROSS JOIN i JOIN pg_temp.cells() r ON r.deal = '1' AND r.months = m.months;
-- The view gives the cell that was adopted.
CREATE FUNCTION pg_temp.adopted(change jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	PERFORM covenant.adopt('accrual_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM accrual_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
	SELECT string_agg(amount::text, ' + ' ORDER BY from_day) INTO result FROM accrual_test.deals_damages WHERE deal = 1;
	RETURN result;
END $$;
SELECT f, i, m, pg_temp.adopted(jsonb_build_object('formula', f, 'interest', i, 'months', m)) AS amount,
	CASE f WHEN 'principal' THEN r1 WHEN 'principal_plus_interest' THEN CASE i WHEN 'all_unpaid' THEN r2 ELSE r3 END
		WHEN 'principal_and_interest' THEN r4 ELSE r5 END AS cell
FROM (VALUES ('principal', 'all_unpaid'), ('principal_plus_interest', 'all_unpaid'), ('principal_plus_interest', 'during_breach'),
	('principal_and_interest', 'all_unpaid'), ('principal_and_interest_plus_interest', 'all_unpaid')) v(f, i)
JOIN (SELECT c.deal, c.months AS m, c.r1, c.r2, c.r3, c.r4, c.r5 FROM pg_temp.cells() c) r ON r.deal = '1' ORDER BY 1, 2, 3;
SELECT covenant.adopt('deals', 'spa-2005', :'readings');

-- A conversion on 20 June splits the base: 12 days on 2,000,000 and 30 on
-- 1,400,000; the months of the breach run on.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (2, 'breach', '2005-06-08', '3(g)'), (2, 'cure', '2005-07-20', '3(g)');
SET covenant.as_of = '2005-06-20';
UPDATE notes SET balance = 1400000 WHERE deal = 2;
SET covenant.as_of = '2005-08-31';
SELECT from_day, to_day, days, principal, interest, amount, shares FROM deals_damages WHERE deal = 2 ORDER BY from_day;
SELECT round(0.03 * 2000000 * 12 / 30.0, 2) AS first, round(0.03 * 1400000 * (11 / 30.0 + 19 / 31.0), 2) AS second;
SELECT months, r1, r2, r3, r4, r5 FROM pg_temp.cells() WHERE deal = '2';
WITH m(months, m1, m2) AS (VALUES ('calendar', 12 / 30.0, 11 / 30.0 + 19 / 31.0), ('anniversary', 12 / 30.0, 1 + 12 / 31.0 - 12 / 30.0),
	('30-day', 12 / 30.0, 30 / 30.0), ('365-day', 12 * 12 / 365.0, 30 * 12 / 365.0)),
i AS (SELECT 200000 * 28 / 365.0 AS unpaid1, 200000 * 28 / 365.0 + 140000 * 30 / 365.0 AS unpaid2, 200000 * 12 / 365.0 + 140000 * 30 / 365.0 AS during)
SELECT m.months, round(0.03 * 2000000 * m1, 2) + round(0.03 * 1400000 * m2, 2) = r1 AS r1,
	round(0.03 * 2000000 * m1, 2) + round(0.03 * 1400000 * m2 + unpaid2, 2) = r2 AS r2,
	round(0.03 * 2000000 * m1, 2) + round(0.03 * 1400000 * m2 + during, 2) = r3 AS r3,
	round(0.03 * (2000000 + unpaid1) * m1, 2) + round(0.03 * (1400000 + unpaid2) * m2, 2) = r4 AS r4,
	round(0.03 * (2000000 + unpaid1) * m1, 2) + round(0.03 * (1400000 + unpaid2) * m2 + unpaid2, 2) = r5 AS r5
FROM m CROSS JOIN i JOIN pg_temp.cells() r ON r.deal = '2' AND r.months = m.months;

-- Interest paid is no longer unpaid: 4,000 before the breach, 5,000 in it.
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (1, 'interest_paid', '2005-06-01', 'Q', 4000), (1, 'interest_paid', '2005-07-01', 'Q', 5000);
SELECT months, r2 - r1 AS unpaid, r3 - r1 AS during FROM pg_temp.cells() WHERE deal = '1' AND months = '30-day';
-- What is paid goes to the oldest: 8,767.12 had accrued before the breach.
SELECT round(200000 * 58 / 365.0 - 9000, 2) AS unpaid, round(least(200000 * 42 / 365.0, 200000 * 58 / 365.0 - 9000), 2) AS during;

-- Four holders: each breach is one whole, and the parts sum to it to the cent.
INSERT INTO deals_event (deal, kind, occurred_on, section) SELECT d, 'breach', '2005-06-08', '3(g)' FROM unnest(ARRAY[3, 7]) d;
SET covenant.as_of = '2005-06-17';
UPDATE notes SET balance = balance - 333333.37 WHERE deal = 3 AND buyer = 'AJW Offshore';
SET covenant.as_of = '2005-07-20';
SELECT holder, from_day, to_day, principal, amount FROM deals_damages WHERE deal = 3 ORDER BY from_day, holder;
SELECT from_day, to_day, sum(principal), sum(amount) AS parts,
	round(0.03 * sum(principal) * CASE WHEN from_day = '2005-06-08' THEN 9 / 30.0 ELSE 14 / 30.0 + 19 / 31.0 END, 2) AS whole
FROM deals_damages WHERE deal = 3 GROUP BY 1, 2 ORDER BY 1;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"formula": "principal_and_interest_plus_interest", "months": "anniversary"}');
SELECT sum(d.amount) AS parts, r.r5 AS whole FROM deals_damages d JOIN pg_temp.cells() r ON r.deal = d.deal::text AND r.months = 'anniversary'
WHERE d.deal = 3 GROUP BY r.r5;
-- If each Buyer collects on all Notes, it costs four times as much.
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"base": "all_notes"}');
SELECT holder, from_day, principal, amount FROM deals_damages WHERE deal = 3 ORDER BY from_day, holder;
SELECT r1 = (SELECT sum(amount) FROM deals_damages WHERE deal = 3) AS same FROM pg_temp.cells() WHERE deal = '3' AND months = 'calendar';

-- Two simultaneous breaches: each costs its own days, or one at a time.
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (6, 'breach', '2005-06-01', '3(g)'), (6, 'cure', '2005-06-11', '3(g)'),
	(6, 'breach', '2005-06-05', '4(i)'), (6, 'cure', '2005-06-20', '4(i)'), (6, 'breach', '2005-06-06', '4(j)'), (6, 'cure', '2005-06-15', '4(j)'),
	(6, 'breach', '2005-06-25', '4(k)'), (6, 'cure', '2005-06-26', '4(k)');
SELECT section, from_day, to_day, days, amount FROM deals_damages WHERE deal = 6 ORDER BY from_day, to_day;
SELECT sum(days), sum(amount) FROM deals_damages WHERE deal = 6;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"stacking": "one"}');
SELECT section, from_day, to_day, days, amount FROM deals_damages WHERE deal = 6 ORDER BY from_day, to_day;
SELECT sum(days), sum(amount), count(*) FROM deals_damages WHERE deal = 6;
-- The days from 1 to 20 June without a gap cost what one breach of them would,
-- whatever the formula and the month rule: interest is added once, at their end.
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"stacking": "one", "formula": "principal_plus_interest", "months": "anniversary"}');
SELECT section, from_day, to_day, principal, interest, amount FROM deals_damages WHERE deal = 6 ORDER BY from_day, to_day;
SELECT sum(amount), round(60000 * 19 / 30.0 + 200000 * 28 / 365.0, 2) AS one_breach FROM deals_damages WHERE deal = 6 AND to_day <= '2005-06-20';
SELECT months, sum(r1) AS r1, sum(r2) AS r2, sum(r3) AS r3, round(200000 * (28 + 34) / 365.0, 2) AS unpaid, round(200000 * (19 + 1) / 365.0, 2) AS during
FROM pg_temp.cells() WHERE deal = '6' AND months IN ('calendar', 'anniversary') GROUP BY 1 ORDER BY 1;
SELECT covenant.adopt('deals', 'spa-2005', :'readings');

-- One holder's opinion is one holder's claim; an opinion of nobody in
-- particular everybody's.  A waiver takes its holder out.
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (4, 'opinion_delivered', '2005-06-01', 'AJW Qualified'), (4, 'opinion_delivered', '2005-06-01', NULL),
	(4, 'opinion_accepted', '2005-06-16', 'AJW Qualified'), (4, 'opinion_accepted', '2005-06-16', NULL);
INSERT INTO deals_event (deal, kind, occurred_on, holder, section) VALUES (4, 'waiver', '2005-06-16', 'AJW Partners', '2(f)');
SELECT ref, holder, from_day, to_day, principal, amount FROM deals_damages WHERE deal = 4 ORDER BY ref, holder;

-- Expenses not reimbursed: the example of $25,000 invoiced 2005-06-01, paid
-- 07-01: the 24 days after the due date at 15 %, actual/365.
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (5, 'invoice', '2005-06-01', 'AJW Partners', 25000);
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (5, 'expenses_paid', '2005-07-01', 'AJW Partners');
SELECT section, holder, from_day, to_day, days, principal, interest, amount, shares, elector, status FROM deals_damages WHERE deal = 5;

-- Election, status and payment.  Untied payments go to what is owed longest.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (7, 'cure', '2005-06-20', '3(g)'), (7, 'breach', '2005-06-15', '4(i)'), (7, 'cure', '2005-06-25', '4(i)');
SELECT section, holder, amount, shares, elector, election, paid, balance, status FROM deals_damages WHERE deal = 7 ORDER BY from_day, holder;
INSERT INTO deals_event (deal, kind, occurred_on, section, choice) VALUES (7, 'election', '2005-06-26', '3(z)', 'cash'), (7, 'election', '2005-06-27', '3(z)', 'shares'),
	(7, 'damages_agreed', '2005-07-01', '3(z)', NULL), (7, 'damages_adjudged', '2005-07-02', '4(o)', NULL);
INSERT INTO deals_event (deal, kind, occurred_on, section, choice, ref) SELECT 7, 'election', '2005-06-28', '4(o)', 'cash', ref FROM deals_breach WHERE deal = 7 AND section = '4(o)';
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount, ref) SELECT 7, 'damages_paid', '2005-07-03', 'AJW Partners', 1000, ref FROM deals_breach WHERE deal = 7 AND section = '4(o)';
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (7, 'damages_paid', '2005-07-03', 'AJW Partners', 3000), (7, 'damages_paid', '2005-07-03', 'AJW Qualified', 20000);
SELECT section, holder, amount, elector, election, paid, balance, status FROM deals_damages WHERE deal = 7 ORDER BY from_day, holder;
-- Nothing paid is lost: what is too much stands against the last row.
SELECT holder, sum(paid) FROM deals_damages WHERE deal = 7 GROUP BY 1 ORDER BY 1;

-- A payment to nobody in particular pays every holder: the whole of what a
-- breach of unchanged principal costs leaves nothing.
INSERT INTO deals SELECT n, 0 FROM generate_series(9, 10) n;
INSERT INTO notes (deal, buyer, balance, price, rate) SELECT d, b, p, 0.06, 0 FROM unnest(ARRAY[9, 10]) d, (VALUES ('A', 100000.01), ('B', 200000.03), ('C', 33333.33)) v(b, p);
SET covenant.as_of = '2005-10-31';
INSERT INTO deals_event (deal, kind, occurred_on, section) SELECT d, 'breach', '2005-09-01', '3(g)' FROM unnest(ARRAY[9, 10]) d;
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT deal, 'cure', '2005-09-08', event_id FROM deals_event WHERE kind = 'breach' AND deal IN (9, 10);
INSERT INTO deals_event (deal, kind, ref, amount) SELECT deal, 'damages_paid', ref, sum(amount) FROM deals_damages WHERE deal = 9 GROUP BY 1, 3;
-- Tied to the breach, agreement and election need not name the section.
INSERT INTO deals_event (deal, kind, ref) SELECT deal, 'damages_agreed', ref FROM deals_breach WHERE deal = 9;
INSERT INTO deals_event (deal, kind, ref, choice) SELECT deal, 'election', ref, 'cash' FROM deals_breach WHERE deal = 9;
SELECT holder, amount, election, paid, balance, status FROM deals_damages WHERE deal = 9 ORDER BY holder;
-- On all notes only who has notes has a claim: C sold to D while it ran.
SET covenant.as_of = '2005-09-05';
UPDATE notes SET buyer = 'D' WHERE deal = 10 AND buyer = 'C';
SET covenant.as_of = '2005-10-31';
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"base": "all_notes"}');
SELECT holder, from_day, to_day, principal, amount FROM deals_damages WHERE deal = 10 ORDER BY holder;
SELECT round(0.03 * 333333.37 * 7 / 30, 2) AS whole, round(0.03 * 333333.37 * 4 / 30, 2) AS c, round(0.03 * 333333.37 * 3 / 30, 2) AS d;
SELECT covenant.adopt('deals', 'spa-2005', :'readings');

-- An open breach is computed up to, not including, covenant.as_of.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (8, 'breach', '2005-06-08', '3(g)');
SET covenant.as_of = '2005-06-08';
SELECT count(*) FROM deals_damages WHERE deal = 8;
SET covenant.as_of = '2005-06-09';
SELECT from_day, to_day, days, amount FROM deals_damages WHERE deal = 8;
SET covenant.as_of = '2005-06-30';
SELECT from_day, to_day, days, amount FROM deals_damages WHERE deal = 8;

-- One breach begins on the day of the other's cure: no day without damages lies
-- between them, so that the interest since 23 May is added once, when both are over.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES (11, 0);
INSERT INTO notes (deal, buyer, balance, price, rate) VALUES (11, 'Q', 600000, 0.06, 0.10);
SET covenant.as_of = '2005-06-30';
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"stacking": "one", "formula": "principal_plus_interest"}');
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (11, 'breach', '2005-06-01', '3(g)'), (11, 'cure', '2005-06-11', '3(g)'),
	(11, 'breach', '2005-06-11', '4(i)'), (11, 'cure', '2005-06-21', '4(i)');
SELECT section, from_day, to_day, round(interest, 2) AS interest, amount FROM deals_damages WHERE deal = 11 ORDER BY from_day;
SELECT 0.03 * 600000 * 10 / 30 AS each, round(0.03 * 600000 * 10 / 30 + 60000 * 29 / 365.0, 2) AS last;

-- Days that are waived in the middle do not end a breach: the interest is added
-- once, with the last day, also where limbs of their own take places.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES (12, 0);
INSERT INTO notes (deal, buyer, balance, price, rate) VALUES (12, 'Q', 600000, 0.06, 0.10);
SET covenant.as_of = '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (12, 'breach', '2005-06-01', '4(i)'), (12, 'cure', '2005-06-21', '4(i)');
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref, from_day, to_day) SELECT 12, 'waiver', '2005-06-20', 'Q', ref, '2005-06-06', '2005-06-11' FROM deals_breach WHERE deal = 12;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || jsonb_build_object('stacking', s, 'formula', 'principal_plus_interest'), deal => '12') FROM unnest(ARRAY['each', 'specific']) s;
SELECT from_day, to_day, round(interest, 2) AS interest, amount FROM deals_damages WHERE deal = 12 ORDER BY from_day;
SELECT 0.03 * 600000 * 5 / 30 AS first, round(0.03 * 600000 * 10 / 30 + 60000 * 29 / 365.0, 2) AS last;

SET client_min_messages = warning;
DROP SCHEMA accrual_test CASCADE;

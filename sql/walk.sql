-- The walk from facts to clocks: who is served, who waives, which clause holds,
-- what a stop ends.  Four funds hold $2,000,000; one breach of 3 % a month costs
-- $2,000.00 a day of June.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA clocks;
SET search_path = clocks;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint, authorized bigint, outstanding bigint);
CREATE TABLE notes (note int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
INSERT INTO deals SELECT d, 100000000, 1000000000, 0 FROM generate_series(1, 12) d;
INSERT INTO notes (deal, buyer, balance, price)
SELECT d, b, p, 0.05 FROM generate_series(1, 12) d, (VALUES ('Millennium', 18000), ('Offshore', 1027800), ('Partners', 260000), ('Qualified', 694200)) v(b, p);
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar",
	"day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "restarts",
	"board_curable": "counts", "sunday": "stays", "list_interest": "next_year", "majority": "purchased", "additional_notes": "counted"}');
CREATE FUNCTION pg_temp.duties(which int) RETURNS TABLE (section text, duty text, started_on date, due_on date, done_on date, state text, owed_by text, unserved text[])
LANGUAGE sql AS $$ SELECT section, duty, started_on, due_on, done_on, state, owed_by, unserved FROM deals_duty WHERE deal = which ORDER BY started_on, section, duty, ref $$;

-- one_is_not_all: copies of a report go to each holder.  Three of four have it in
-- ten days: the duty is open, and only the fourth is owed damages, 18,000 x 3 %
-- x 6 / 31 for the days from 08-26 to the end of August; to 08-29, x 3 / 31.
SET covenant.as_of = '2005-09-01';
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES (1, 'filing_due', '2005-08-15', '10-QSB 2005-06-30');
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES (1, 'filed', '2005-08-15', '10-QSB 2005-06-30');
SELECT * FROM pg_temp.duties(1);
INSERT INTO deals_event (deal, kind, occurred_on, holder) SELECT 1, 'report_sent', '2005-08-16', b FROM unnest(ARRAY['Offshore', 'Partners', 'Qualified']) b;
SELECT duty, done_on, state, unserved FROM pg_temp.duties(1) WHERE duty LIKE 'copies%';
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE deal = 1 ORDER BY holder;
-- when the fourth gets it the duty is done, for him late
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (1, 'report_sent', '2005-08-29', 'Millennium');
SELECT duty, done_on, state, unserved FROM pg_temp.duties(1) WHERE duty LIKE 'copies%';
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE deal = 1 ORDER BY holder;

-- cure_towards_one: a breach cured towards one holder goes on towards the others
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (2, 'breach', '2005-06-01', '4(c)');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES (2, 'cure', '2005-06-11', '4(c)', 'Qualified');
SELECT duty, done_on, state FROM pg_temp.duties(2);
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE deal = 2 AND from_day < '2005-07-01' ORDER BY holder;

-- a_filing_of_another_form: an 8-K does not file a 10-QSB, before or after
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES (3, 'filing_due', '2006-05-15', '10-QSB 2006-03-31'), (3, 'filed', '2005-06-01', '8-K 2005-05-24');
SELECT duty, due_on, done_on, state FROM pg_temp.duties(3) WHERE duty NOT LIKE 'copies%';

-- the_buyers_own_breach: owed by the buyers it costs the company nothing
INSERT INTO deals_event (deal, kind, occurred_on, section, holder, note) VALUES (4, 'breach', '2005-06-01', '4(n)', 'Offshore', 'short sales');
INSERT INTO deals_event (deal, kind, occurred_on, section, note) VALUES (4, 'breach', '2005-06-01', '4(l)', 'Buyers did not purchase');
SELECT section, duty, owed_by, state FROM pg_temp.duties(4);
SELECT count(*) AS damages FROM deals_damages WHERE deal = 4;

-- a_waiver_takes_its_own: three waive a list, the fourth does not, is owed and
-- converts everything later: still owed, and the list is not waived
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (5, 'closing', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT 5, 'list_delivered', '2005-07-08', '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT 5, 'list_delivered', '2005-06-19', '2005-05-31';
INSERT INTO deals_event (deal, kind, occurred_on, ref, holder) SELECT 5, 'waiver', '2005-06-20', '2005-05-31', b FROM unnest(ARRAY['Offshore', 'Partners', 'Qualified']) b;
SET covenant.as_of = '2005-07-20';
UPDATE notes SET balance = 0 WHERE deal = 5 AND buyer = 'Millennium';
SELECT started_on, due_on, done_on, state FROM pg_temp.duties(5) WHERE duty = 'monthly list';
-- due 06-07, done 06-19: 11 days of June, 18,000 x 3 % x 11 / 30
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE deal = 5 AND ref = '2005-05-31' ORDER BY holder;

-- a_waiver_of_some_days: one for the third quarter waives what starts in it
SET covenant.as_of = '2005-10-20';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (6, 'closing', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder, from_day, to_day)
SELECT 6, 'waiver', '2005-07-15', '4(h)', b, '2005-07-01', '2005-10-01' FROM unnest(ARRAY['Millennium', 'Offshore', 'Partners', 'Qualified']) b;
SELECT started_on, state FROM pg_temp.duties(6) WHERE duty = 'monthly list';

-- the_date_hereof: 4(m) and 4(n) run from the signing
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (7, 'signing', '2005-05-23', 'Offshore', 1027800);
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (7, 'closing', '2005-06-10');
SELECT section, duty, started_on, due_on FROM pg_temp.duties(7) WHERE section IN ('4(m)', '4(n)');
-- and the end of 4(n) does not move with the balance
UPDATE notes SET balance = balance - 1000 WHERE deal = 7 AND buyer = 'Offshore';
SELECT section, duty, started_on, due_on, state FROM pg_temp.duties(7) WHERE section = '4(n)';

-- a_cured_shortfall: short on 06-24, cured by the board on 06-27; the fall of
-- 2006-05-01 is due thirty days later under every reading of recovery.  One that
-- ended by the price alone (deal 9) goes on where that is the reading.
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar",
	"day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "continues",
	"board_curable": "counts", "sunday": "stays", "list_interest": "next_year", "majority": "purchased", "additional_notes": "counted"}', deal => d::text) FROM generate_series(8, 9) d;
SET covenant.as_of = '2005-06-24';
UPDATE notes SET price = 0.03 WHERE deal IN (8, 9);
SET covenant.as_of = '2005-06-27';
UPDATE deals SET reserved = 200000000 WHERE deal = 8;
UPDATE notes SET price = 0.05 WHERE deal = 9;
SET covenant.as_of = '2006-05-01';
UPDATE notes SET price = 0.015 WHERE deal IN (8, 9);
SET covenant.as_of = '2006-06-10';
SELECT 8 AS deal, started_on, due_on, done_on, state FROM pg_temp.duties(8) WHERE section = '4(h)'
UNION ALL SELECT 9, started_on, due_on, done_on, state FROM pg_temp.duties(9) WHERE section = '4(h)' ORDER BY 1, 2;
-- sunday: 2005-07-24 is one
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}', deal => '8');
SELECT started_on, due_on FROM pg_temp.duties(8) WHERE section = '4(h)' AND duty = 'shareholder approval';
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "board_curable": "counts"}', deal => '8');
SELECT started_on, due_on FROM pg_temp.duties(8) WHERE section = '4(h)' AND duty = 'shareholder approval';

-- an_amendment_of_june: says nothing of what started before, all of what starts
-- from its day on, and nothing of another deal; known_at shows what was agreed before
SET covenant.as_of = '2005-12-31';
INSERT INTO deals_event (deal, kind, occurred_on) SELECT d, 'opinion_delivered', day FROM generate_series(10, 11) d, unnest(ARRAY['2005-06-01', '2005-07-01']::date[]) day;
SELECT clock_timestamp() AS before \gset
SELECT covenant.amend('deals', 'accept an opinion of counsel', '{"period": 10}', deal => '10', from_day => '2005-06-15', signed_by => '{CalbaTech,Offshore}');
SELECT 10 AS deal, started_on, due_on FROM pg_temp.duties(10) UNION ALL SELECT 11, started_on, due_on FROM pg_temp.duties(11) ORDER BY 1, 2;
SET covenant.known_at = :'before';
SELECT 10 AS deal, started_on, due_on FROM pg_temp.duties(10) ORDER BY 2;
RESET covenant.known_at;

-- served_and_assigned: the assignee of a holder who had the list is owed nothing
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (12, 'closing', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on, ref, holder) SELECT 12, 'list_delivered', '2005-06-03', '2005-05-31', b FROM unnest(ARRAY['Millennium', 'Offshore', 'Partners', 'Qualified']) b;
SET covenant.as_of = '2005-06-06';
UPDATE notes SET buyer = 'Ellis' WHERE deal = 12 AND buyer = 'Millennium';
SET covenant.as_of = '2005-06-30';
SELECT started_on, done_on, state FROM pg_temp.duties(12) WHERE duty = 'monthly list';
SELECT holder, amount FROM deals_damages WHERE deal = 12 AND ref = '2005-05-31';

-- each_deal_its_readings: what one deal adopts, or from a day on, is not another's:
-- by 30-day months June is one month as by calendar months, and July 31 / 30
INSERT INTO deals_event (deal, kind, occurred_on, section) SELECT d, 'breach', '2005-06-01', '3(g)' FROM unnest(ARRAY[2, 12]) d;
SET covenant.as_of = '2005-08-01';
INSERT INTO deals_event (deal, kind, occurred_on, section) SELECT d, 'cure', '2005-07-01', '3(g)' FROM unnest(ARRAY[2, 12]) d;
INSERT INTO deals_event (deal, kind, occurred_on, section) SELECT d, 'breach', '2005-07-01', '3(g)' FROM unnest(ARRAY[2, 12]) d;
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "30-day", "stacking": "each", "list_interest": "next_year", "majority": "purchased"}', deal => '2', from_day => '2005-07-01');
SELECT deal, from_day, to_day, sum(amount) FROM deals_damages WHERE section = '3(z)' GROUP BY 1, 2, 3 ORDER BY 1, 2;

-- agreed_by_its_day: an agreement of 07-16 is about what had accrued by then,
-- 15 days, what comes later is asserted: 60,000 x 15 / 31 and x 16 / 31
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (3, 'breach', '2005-07-01', '3(g)');
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (3, 'damages_agreed', '2005-07-16', '3(z)');
SELECT from_day, to_day, status, sum(amount) FROM deals_damages WHERE deal = 3 AND section = '3(z)' GROUP BY 1, 2, 3 ORDER BY 1;
SET client_min_messages = warning;
DROP SCHEMA clocks CASCADE;

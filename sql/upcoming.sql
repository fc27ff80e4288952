-- What falls due, what a month costs, what ties to nothing.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA outlook;
SET search_path = outlook;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint);
CREATE TABLE notes (note int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'),
	covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
INSERT INTO deals VALUES (1, 100000000), (2, 100000000);
INSERT INTO notes (deal, buyer, balance, price) VALUES (1, 'Offshore', 1000000, 0.05), (1, 'Partners', 500000, 0.05);
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "formula": "principal", "months": "calendar", "calendar": "NYGCL", "list_interest": "next_year", "majority": "purchased",
	"additional_notes": "counted", "stacking": "each"}');
-- A breach from 06-20 up to 08-11: 11 of 30, 31 of 31, 10 of 31 days at 3 % of
-- 1,000,000 and 500,000: 11,000.00, 30,000.00, 9,677.42 (9,677.419...), and half
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (1, 'breach', '2005-06-20', '4(c)'), (1, 'cure', '2005-08-11', '4(c)');
SELECT holder, amount FROM deals_damages WHERE deal = 1 ORDER BY holder;
SELECT month, holder, section, amount FROM deals_damages_month WHERE deal = 1 ORDER BY month, holder;
SELECT d.holder, d.amount = sum(m.amount) AS sums_to_it FROM deals_damages d JOIN deals_damages_month m USING (deal, holder, ref) GROUP BY d.holder, d.amount ORDER BY 1;

-- From the closing on: what is pending, and the lists to come by 2006-09-01: of
-- September to July
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'closing', '2005-05-23'), (1, 'press_release', '2005-08-31');
SELECT due_on, section, duty, ref, started FROM deals_upcoming WHERE deal = 1 ORDER BY due_on, section LIMIT 6;
SELECT count(*) AS lists, max(due_on) AS last FROM deals_upcoming WHERE duty = 'monthly list' AND NOT started;
SELECT count(*) AS of_no_closing FROM deals_upcoming WHERE deal = 2;

-- What ties to nothing: a second cure, a filing that nobody waits for, and a waiver
-- of what has not begun
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (1, 'cure', '2005-08-20', '4(c)');
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES (1, 'filed', '2005-08-20', '8-K 2005-08-19');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES (1, 'waiver', '2005-05-24', '4(f)', 'Offshore');
SELECT kind, occurred_on, section, holder, subject FROM deals_unmatched ORDER BY event_id;
SET client_min_messages = warning;
DROP SCHEMA outlook CASCADE;

-- Use of Proceeds (Section 4(d)).
\set SHOW_CONTEXT never
SET TimeZone = 'UTC'; SET DateStyle = ISO;
CREATE SCHEMA proceeds; SET search_path = proceeds;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, holder text, principal numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year"}' AS readings \gset
-- What is no schedule.
SELECT covenant.adopt('deals', 'spa-2005', :'readings', proceeds => '["working capital"]');
SELECT covenant.adopt('deals', 'spa-2005', :'readings', proceeds => '{"working capital": "all"}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings', proceeds => '{"working capital": -1}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings', proceeds => '{"loan": 1}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings', subsidiaries => '{Sub,NULL}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings', proceeds => '{"working capital": 1500000, "fees": 100000.50}', subsidiaries => '{KD Medical,"LifeStem, Inc."}');
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('a', 0), ('b', 0);
INSERT INTO notes VALUES (1, 'a', 'A', 2000000, 0.06), (2, 'b', 'A', 2000000, 0.06);
SELECT * FROM deals_proceeds ORDER BY deal, category;
-- What cannot be entered.
INSERT INTO deals_event (deal, kind) VALUES ('a', 'proceeds_received');
INSERT INTO deals_event (deal, kind, amount) VALUES ('a', 'proceeds_received', 0);
INSERT INTO deals_event (deal, kind, amount) VALUES ('a', 'proceeds_used', 1);
INSERT INTO deals_event (deal, kind, amount, subject) VALUES ('a', 'proceeds_used', 1, 'loan');

CREATE VIEW broken AS SELECT section, duty, started_on, state, done_on FROM deals_duty WHERE deal = 'a' AND section = '4(o)' ORDER BY started_on, ref;
INSERT INTO deals_event (deal, kind, amount) VALUES ('a', 'proceeds_received', 1700000);
-- In the schedule, more than its plan, a loan to a Subsidiary: none is a breach.
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject, counterparty) VALUES
	('a', 'proceeds_used', '2005-05-23', 900000, 'working capital', NULL),
	('a', 'proceeds_used', '2005-05-23', 200000.25, 'fees', 'Counsel'),
	('a', 'proceeds_used', '2005-05-23', 50000, 'loan', 'KD Medical');
SELECT * FROM broken;
SELECT * FROM deals_proceeds WHERE deal = 'a' ORDER BY category;
-- A loan to a stranger, an investment in one, a category that there is not.
SET covenant.as_of = '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject, counterparty) VALUES
	('a', 'proceeds_used', '2005-06-01', 1, 'loan', 'Stranger Corp.'),
	('a', 'proceeds_used', '2005-06-02', 1, 'investment', 'kd medical'),
	('a', 'proceeds_used', '2005-06-03', 1, 'acquisitions', 'KD Medical');
SELECT * FROM broken;
-- Received 1,700,000, used 1,150,003.25: 549,996.75 are left, and a cent more is too much.
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject) VALUES ('a', 'proceeds_used', '2005-06-04', 549996.75, 'working capital');
SELECT count(*) FROM broken;
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject) VALUES ('a', 'proceeds_used', '2005-06-05', 0.01, 'working capital');
SELECT count(*) FROM broken;
SELECT * FROM deals_proceeds WHERE deal = 'a' ORDER BY category;
-- What is received on the day may be used on it, whichever is recorded first.
INSERT INTO deals_event (deal, kind, occurred_on, amount) VALUES ('a', 'proceeds_received', '2005-06-05', 0.01);
SELECT count(*) FROM broken;
-- Cured by its number, or by its section the one that has waited longest.
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT 'a', 'cure', '2005-06-12', event_id FROM deals_event WHERE subject = 'investment';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('a', 'cure', '2005-06-11', '4(d)');
SELECT * FROM broken;
-- Damages by 4(o): 3 % of 2,000,000 a month. The loan 1 to 11 June is 10/30 of it:
-- 20,000.00; read as one for all breaches, the investment adds 11 to 12 June, and
-- the acquisition goes on to the end: 1 to 30 June is 29/30: 58,000.00.
SELECT sum(amount) FROM deals_damages WHERE deal = 'a' AND section = '4(o)';
-- A waives what is open: the acquisition. 1 to 12 June are left, 11/30 of 60,000.
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('a', 'waiver', '4(d)', 'A');
SELECT * FROM broken;
SELECT sum(amount) FROM deals_damages WHERE deal = 'a' AND section = '4(o)';
-- A row of the table of readings can be adopted again.
SELECT covenant.adopt('deals', 'spa-2005', to_jsonb(r) - '{reading_id,deal,from_day,form,recorded_at,recorded_by}'::text[]) FROM deals_reading r;
SELECT count(*), count(DISTINCT (to_jsonb(r) - '{reading_id,recorded_at}'::text[])) FROM deals_reading r;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"subsidiaries": "KD Medical"}');
-- Deal c: receipts of a day count for its uses in whatever order they are recorded.
-- 16 June: 60 and 50 are used before 100 and 10 are received: all of it is there.
-- 17 June: 5 is used, 10 received, 6 used and 0.50 received: 115 of 120.50 is there,
-- 121 of 120.50 is not, by the later use. 18 June: 0.50 used and 0.50 received: 121.50
-- of 121 is still too much. 19 June: 0.50 used and 1 received: 122 of 122.
INSERT INTO deals VALUES ('c', 0);
INSERT INTO notes VALUES (3, 'c', 'A', 2000000, 0.06);
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject) VALUES
	('c', 'proceeds_used', '2005-06-16', 60, 'fees'), ('c', 'proceeds_used', '2005-06-16', 50, 'working capital'),
	('c', 'proceeds_received', '2005-06-16', 100, NULL), ('c', 'proceeds_received', '2005-06-16', 10, NULL);
SELECT count(*) FROM deals_duty WHERE deal = 'c' AND section = '4(o)';
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject) VALUES
	('c', 'proceeds_used', '2005-06-17', 5, 'fees'), ('c', 'proceeds_received', '2005-06-17', 10, NULL),
	('c', 'proceeds_used', '2005-06-17', 6, 'working capital'), ('c', 'proceeds_received', '2005-06-17', 0.5, NULL),
	('c', 'proceeds_used', '2005-06-18', 0.5, 'fees'), ('c', 'proceeds_received', '2005-06-18', 0.5, NULL),
	('c', 'proceeds_used', '2005-06-19', 0.5, 'fees'), ('c', 'proceeds_received', '2005-06-19', 1, NULL);
SELECT e.occurred_on, e.amount, d.started_on, d.state FROM deals_duty d JOIN deals_event e ON e.event_id::text = d.ref
WHERE d.deal = 'c' AND d.section = '4(o)' ORDER BY e.occurred_on, e.event_id;
SELECT category, planned, used, "left" FROM deals_proceeds WHERE deal = 'c' ORDER BY category;
-- Another schedule from a day on; what was left out stays as adopted.
SELECT covenant.adopt('deals', 'spa-2005', :'readings', from_day => '2005-06-10', proceeds => '{"acquisitions": 5}');
SELECT category, planned, used, "left" FROM deals_proceeds WHERE deal = 'a' ORDER BY category;
INSERT INTO deals_event (deal, kind, occurred_on, amount, subject, counterparty) VALUES ('b', 'proceeds_received', '2005-06-15', 100, NULL, NULL),
	('b', 'proceeds_used', '2005-06-15', 1, 'acquisitions', NULL), ('b', 'proceeds_used', '2005-06-15', 1, 'fees', NULL), ('b', 'proceeds_used', '2005-06-15', 1, 'loan', 'KD Medical');
SELECT e.subject FROM deals_duty d JOIN deals_event e ON e.event_id::text = d.ref WHERE d.deal = 'b' AND d.section = '4(o)';
RESET covenant.as_of;
SET client_min_messages = warning;
DROP SCHEMA proceeds CASCADE;

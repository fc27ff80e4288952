-- The conditions of the closings (Sections 4(l), 6 and 7), Buyer by Buyer.
\set SHOW_CONTEXT never
SET TimeZone = 'UTC'; SET DateStyle = ISO;
CREATE SCHEMA conditions; SET search_path = conditions;

-- As data: 4 of Section 6 and 9 of Section 7 at the closing, the 9 again at each
-- tranche, and the proviso of 4(l): 32.
SELECT closing, benefit, count(*), min(section), max(section) FROM covenant.conditions('spa-2005') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(DISTINCT (section, closing)), count(*), count(condition) FROM covenant.conditions('spa-2005');
SELECT covenant.conditions('spa-2006');

CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, holder text, principal numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year"}');
SET covenant.as_of = '2005-05-20';
INSERT INTO deals VALUES ('a', 0), ('b', 0);
SELECT count(*) FROM deals_condition;			-- nobody has signed
INSERT INTO deals_event (deal, kind, holder, amount) VALUES
	('a', 'signing', 'AJW Partners', 260000), ('a', 'signing', 'AJW Offshore', 1027800),
	('a', 'signing', 'AJW Qualified', 694200), ('a', 'signing', 'New Millennium', 18000);
-- From signing on, before any note: 16 + 36, 36 and 40.
SELECT closing, count(*) FILTER (WHERE benefit = 'company') AS company, count(*) FILTER (WHERE benefit = 'buyer') AS buyers,
	count(DISTINCT holder) AS holders, min(state) AS state, max(since) AS since FROM deals_condition WHERE deal = 'a' GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM deals_condition WHERE deal = 'b';
-- As of the day before there is no Buyer.
SET covenant.as_of = '2005-05-19';
SELECT count(*) FROM deals_condition;

-- What happens to one: towards all, towards one, the latest by day; a waiver stands.
SET covenant.as_of = '2005-05-27';
CREATE VIEW of_7h AS SELECT holder, state, since FROM deals_condition WHERE deal = 'a' AND closing = 'closing' AND section = '7(h)' ORDER BY holder;
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('a', 'condition_satisfied', '2005-05-21', '7(h)');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('a', 'condition_failed', '2005-05-23', '7(h)', 'AJW Partners');
SELECT * FROM of_7h;
INSERT INTO deals_event (deal, kind, occurred_on, section, holder, subject) VALUES
	('a', 'condition_failed', '2005-05-22', '7(h)', 'AJW Offshore', 'closing'),		-- learnt later, of an earlier day than ...
	('a', 'condition_satisfied', '2005-05-24', '7(h)', 'AJW Offshore', 'closing'),	-- ... its satisfaction
	('a', 'condition_waived', '2005-05-25', '7(h)', 'AJW Partners', NULL),
	('a', 'condition_failed', '2005-05-26', '7(h)', 'AJW Partners', NULL);			-- too late: it was waived
SELECT * FROM of_7h;
-- On the days between, and what is retracted.
SET covenant.as_of = '2005-05-23';
SELECT * FROM of_7h;
SET covenant.as_of = '2005-05-27';
INSERT INTO deals_event (deal, kind, ref) SELECT 'a', 'retraction', event_id FROM deals_event WHERE kind = 'condition_waived';
SELECT * FROM of_7h WHERE holder = 'AJW Partners';
-- One closing is not another.
SELECT closing, count(*) FROM deals_condition WHERE section = '7(h)' AND state <> 'open' GROUP BY 1;
INSERT INTO deals_event (deal, kind, section, subject, holder) VALUES ('a', 'condition_waived', '4(l)', 'effectiveness tranche', 'AJW Partners');
SELECT closing, holder, state, since FROM deals_condition WHERE section = '4(l)' AND state <> 'open';

-- The company waives those of Section 6, towards one or all; a Buyer its own only.
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('a', 'condition_waived', '6(b)', 'AJW Partners');
INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'condition_waived', '6(d)');
SELECT section, holder, state FROM deals_condition WHERE section LIKE '6%' AND state = 'waived' ORDER BY 1, 2;
INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'condition_waived', '7(a)');
INSERT INTO deals_event (deal, kind, section, subject) VALUES ('a', 'condition_waived', '4(l)', 'effectiveness tranche');
-- What is no condition.
INSERT INTO deals_event (deal, kind) VALUES ('a', 'condition_satisfied');
INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'condition_satisfied', '7(j)');
INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'condition_satisfied', '4(l)');
INSERT INTO deals_event (deal, kind, section, subject) VALUES ('a', 'condition_failed', '6(a)', 'filing tranche');
INSERT INTO deals_event (deal, kind, section, subject) VALUES ('a', 'condition_failed', '7(a)', 'second closing');
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('a', 'condition_satisfied', '7(a)', 'nobody');

-- Whoever came to hold a note is a Buyer too, with a checklist of its own.
INSERT INTO notes VALUES (1, 'a', 'assignee', 1000, 1), (2, 'b', 'B', 500, 1);
SELECT deal, count(DISTINCT holder), count(*) FROM deals_condition GROUP BY 1 ORDER BY 1;
-- As it was known before.
SELECT pg_sleep(0.01); SELECT clock_timestamp()::text AS then \gset
SELECT pg_sleep(0.01); INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'condition_satisfied', '7(i)');
SELECT count(*) FROM deals_condition WHERE section = '7(i)' AND state = 'satisfied';
SET covenant.known_at = :'then';
SELECT count(*) FROM deals_condition WHERE section = '7(i)' AND state = 'satisfied';
RESET covenant.known_at;
-- No right to see the events, no checklist.
CREATE ROLE regress_condition_reader; GRANT USAGE ON SCHEMA conditions TO regress_condition_reader; GRANT SELECT ON deals_condition TO regress_condition_reader;
SET ROLE regress_condition_reader;
SELECT count(*) FROM deals_condition;
RESET ROLE;
DROP OWNED BY regress_condition_reader; DROP ROLE regress_condition_reader;
RESET covenant.as_of;
SET client_min_messages = warning;
DROP SCHEMA conditions CASCADE;

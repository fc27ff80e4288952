-- From facts to duties and breaches: which stop ends which clock.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA duty_test;
SET search_path = duty_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint, outstanding bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "moves", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SET covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT n, CASE WHEN n > 10 THEN 2000 ELSE 1000000 END, 10000000, 0 FROM generate_series(1, 12) n;
INSERT INTO notes SELECT n, n, 'A', 1000, 1 FROM generate_series(1, 12) n;
INSERT INTO notes VALUES (202, 2, 'B', 1000, 1);
RESET covenant.as_of;
CREATE VIEW pg_temp.duty AS SELECT deal, section, duty, started_on, due_on, done_on, days_late, state, holder, ref FROM deals_duty;

-- 1: the closing; one list in time, one late, one not at all.
INSERT INTO deals_event (deal, kind, occurred_on, ref) VALUES (1, 'closing', '2005-05-23', NULL),
	(1, 'press_release', '2005-05-24', NULL), (1, 'press_release_sent', '2005-05-24', NULL), (1, 'list_delivered', '2005-06-06', NULL),
	(1, 'list_delivered', '2005-07-20', '2005-06-30');
SET covenant.as_of = '2005-08-31';
SELECT * FROM pg_temp.duty WHERE deal = 1 ORDER BY section, started_on, duty;
-- The eve of a due date, the day, and the day after.
SET covenant.as_of = '2005-08-04';
SELECT state, days_late FROM deals_duty WHERE deal = 1 AND ref = '2005-07-31';
SET covenant.as_of = '2005-08-05';
SELECT state, days_late FROM deals_duty WHERE deal = 1 AND ref = '2005-07-31';
SET covenant.as_of = '2005-08-06';
SELECT state, days_late FROM deals_duty WHERE deal = 1 AND ref = '2005-07-31';
SET covenant.as_of = '2005-08-31';

-- 2: opinions stand in line, each holder's own.  3: a stop before any start is lost.
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES
	(2, 'opinion_delivered', '2005-06-01', 'A'), (2, 'opinion_delivered', '2005-06-01', 'B'), (2, 'opinion_delivered', '2005-06-10', 'B'),
	(2, 'opinion_accepted', '2005-06-03', 'A'), (2, 'opinion_accepted', '2005-06-20', 'B'),
	(3, 'opinion_accepted', '2005-06-01', 'A'), (3, 'opinion_delivered', '2005-06-02', 'A'), (3, 'opinion_accepted', '2005-06-07', 'A'),
	(3, 'opinion_accepted', '2005-06-08', 'A'), (3, 'opinion_delivered', '2005-06-09', 'A');
SELECT * FROM pg_temp.duty WHERE deal IN (2, 3) ORDER BY deal, ref::int;
-- A stop that names its start leaves the line to the others.
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) SELECT 2, 'opinion_accepted', '2005-06-13', 'B', max(event_id)
FROM deals_event WHERE deal = 2 AND kind = 'opinion_delivered';
SELECT * FROM pg_temp.duty WHERE deal = 2 ORDER BY ref::int;

-- 4: filings may come before the day on which they are due, which may be known before.
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES (4, 'filing_due', '2005-05-16', '10-QSB 2005-03-31'), (4, 'filing_due', '2005-08-15', '10-QSB 2005-06-30'), (4, 'filing_due', '2005-11-14', '10-QSB 2005-09-30'),
	(4, 'filed', '2005-05-18', '10-QSB 2005-03-31'), (4, 'filed', '2005-08-10', '10-QSB 2005-06-30'), (4, 'report_sent', '2005-05-30', '10-QSB 2005-03-31');
SELECT * FROM pg_temp.duty WHERE deal = 4 ORDER BY duty, started_on;

-- 5: an invoice is paid when it is paid in full.
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (5, 'invoice', '2005-06-01', 'A', 25000) RETURNING event_id AS invoice \gset
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref, amount) VALUES (5, 'expenses_paid', '2005-06-03', 'A', :invoice, 24999.99);
SELECT * FROM pg_temp.duty WHERE deal = 5;
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref, amount) VALUES (5, 'expenses_paid', '2005-07-01', 'A', :invoice, 0.01);
SELECT * FROM pg_temp.duty WHERE deal = 5;

-- 6: breaches have no time allowed; a cure names the section.
INSERT INTO deals_event (deal, kind, occurred_on, section, note) VALUES (6, 'breach', '2005-06-01', '3(g)', 'late reports'), (6, 'breach', '2005-06-02', '4(i)', 'delisted'),
	(6, 'breach', '2005-06-03', '4(j)', 'assets sold'), (6, 'cure', '2005-06-10', '4(j)', NULL), (6, 'cure', '2005-06-20', '4(i)', NULL), (6, 'cure', '2005-06-21', '4(i)', 'again');
SELECT * FROM pg_temp.duty WHERE deal = 6 ORDER BY started_on;
SELECT section, duty, from_day, to_day, elector, cause FROM deals_breach WHERE deal = 6 ORDER BY from_day;

-- 7: tranches; a late one is the buyers', and no breach.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (7, 'registration_filed', '2005-06-28'), (7, 'tranche_closed', '2005-07-05'),
	(7, 'registration_effective', '2005-08-01'), (7, 'tranche_closed', '2005-08-09');
SELECT * FROM pg_temp.duty WHERE deal = 7 ORDER BY started_on;
SELECT count(*) FROM deals_breach WHERE deal = 7;

-- 8: a list given to each of two holders; 9: waived by one, then by both.
SET covenant.as_of = '2005-05-23';
INSERT INTO notes SELECT n + 100, n, 'B', 1000, 1 FROM generate_series(8, 9) n;
SET covenant.as_of = '2005-06-20';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (8, 'closing', '2005-05-31'), (9, 'closing', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) VALUES (8, 'list_delivered', '2005-06-03', 'A', '2005-05-31');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 8 AND duty = 'monthly list';
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) VALUES (8, 'list_delivered', '2005-06-10', 'B', '2005-05-31');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 8 AND duty = 'monthly list';
INSERT INTO deals_event (deal, kind, holder, section) VALUES (9, 'waiver', 'A', '4(h)');
SELECT duty, state, days_late FROM deals_duty WHERE deal = 9 ORDER BY 1;
INSERT INTO deals_event (deal, kind, holder, section, ref) VALUES (9, 'waiver', 'B', '4(h)', '2005-05-31');
SELECT duty, state, days_late FROM deals_duty WHERE deal = 9 ORDER BY 1;
SET covenant.as_of = '2005-07-31';
SELECT duty, ref, state FROM deals_duty WHERE deal = 9 AND section = '4(h)' ORDER BY 2;

-- 10: no short sales, for two years and until the last note is gone.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (10, 'closing', '2005-05-23');
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 10 AND section = '4(n)';
SET covenant.as_of = '2007-06-01';
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 10 AND section = '4(n)';
SET covenant.as_of = '2008-03-31';
DELETE FROM notes WHERE deal = 10;
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 10 AND section = '4(n)';
-- No list is due once nothing is left to list.
SELECT max(started_on) FROM deals_duty WHERE deal = 10 AND duty = 'monthly list';

-- 11: short from 23 May on; the price recovers on day 20, falls again on day
-- 25, recovers on day 40, falls on day 45.  12 cannot be cured by the board.
SET covenant.as_of = '2005-05-23';
UPDATE deals SET authorized = 2000 WHERE id = 12;
UPDATE notes SET price = 0.5 WHERE deal IN (11, 12);
SET covenant.as_of = '2005-06-12';
UPDATE notes SET price = 1 WHERE deal IN (11, 12);
SET covenant.as_of = '2005-06-17';
UPDATE notes SET price = 0.5 WHERE deal IN (11, 12);
SET covenant.as_of = '2005-07-02';
UPDATE notes SET price = 1 WHERE deal IN (11, 12);
SET covenant.as_of = '2005-07-07';
UPDATE notes SET price = 0.5 WHERE deal IN (11, 12);
SET covenant.as_of = '2005-09-01';
SELECT * FROM pg_temp.duty WHERE deal = 11 ORDER BY started_on;
SELECT from_day, to_day, elector, cause FROM deals_breach WHERE deal = 11 ORDER BY from_day;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"recovery": "continues"}');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 11 ORDER BY started_on;
SELECT from_day, to_day FROM deals_breach WHERE deal = 11 ORDER BY from_day;
-- An approval on 20 August ends the breach and the count.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (11, 'shareholder_approval', '2005-08-20');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 11 ORDER BY started_on;
SET covenant.as_of = '2005-08-25';
UPDATE notes SET price = 1 WHERE deal = 11;
SET covenant.as_of = '2005-08-26';
UPDATE notes SET price = 0.5 WHERE deal = 11;
SET covenant.as_of = '2005-09-01';
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 11 ORDER BY started_on;
-- A shortfall that the board alone can cure may be read out of the 30 days.
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"board_curable": "excluded"}');
SELECT deal, started_on, due_on, done_on, state FROM deals_duty WHERE deal IN (11, 12) AND section = '4(h)' ORDER BY started_on;

-- A correction of the past is right at once: the fall of 17 June did not happen.
SELECT covenant.correct('notes', '12', '2005-06-17', price => 1.0, reason => 'the fall of 17 June did not happen');
SELECT deal, started_on, due_on, done_on, state FROM deals_duty WHERE deal = 12 AND section = '4(h)' ORDER BY started_on;

-- 13: one tranche closed is one tranche; a stop ends the earliest open clock
-- of whatever clause.  14: an acceptance that names nobody, and one by B of an
-- opinion that concerns everybody; one's own comes first.  15: invoices are paid
-- in line, in part, in excess and in full.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT n, 1000000, 10000000, 0 FROM generate_series(13, 15) n;
INSERT INTO notes VALUES (114, 14, 'A', 1000, 1), (214, 14, 'B', 1000, 1);
SET covenant.as_of = '2005-09-01';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (13, 'registration_filed', '2005-06-28'), (13, 'registration_effective', '2005-06-29'),
	(13, 'tranche_closed', '2005-07-05');
SELECT * FROM pg_temp.duty WHERE deal = 13 ORDER BY started_on;
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (14, 'opinion_delivered', '2005-06-01', NULL), (14, 'opinion_delivered', '2005-06-02', 'A'),
	(14, 'opinion_delivered', '2005-06-03', 'B'), (14, 'opinion_accepted', '2005-06-06', 'B'), (14, 'opinion_accepted', '2005-06-07', 'B'), (14, 'opinion_accepted', '2005-06-08', NULL);
SELECT * FROM pg_temp.duty WHERE deal = 14 ORDER BY started_on;
INSERT INTO deals_event (deal, kind, occurred_on, amount) VALUES (15, 'expenses_paid', '2005-05-31', 9), (15, 'invoice', '2005-06-01', 100), (15, 'invoice', '2005-06-02', 200),
	(15, 'expenses_paid', '2005-06-03', 60), (15, 'expenses_paid', '2005-06-04', 90), (15, 'invoice', '2005-06-05', 300), (15, 'expenses_paid', '2005-06-06', NULL),
	(15, 'invoice', '2005-06-10', 400), (15, 'expenses_paid', '2005-06-11', 700), (15, 'invoice', '2005-06-12', 500), (15, 'invoice', '2005-06-13', 600);
INSERT INTO deals_event (deal, kind, occurred_on, amount, ref) SELECT 15, 'expenses_paid', '2005-06-14', 600, event_id FROM deals_event WHERE deal = 15 AND kind = 'invoice' AND amount = 600;
SELECT started_on, done_on, state FROM deals_duty WHERE deal = 15 ORDER BY started_on;

-- A retracted start takes its clock along, a retracted stop opens it again.
INSERT INTO deals_event (deal, kind, ref) SELECT 6, 'retraction', event_id FROM deals_event WHERE deal = 6 AND (kind = 'breach' AND section = '3(g)' OR kind = 'cure' AND section = '4(j)');
SELECT started_on, done_on, state FROM deals_duty WHERE deal = 6 ORDER BY started_on;

SET client_min_messages = warning;
DROP SCHEMA duty_test CASCADE;

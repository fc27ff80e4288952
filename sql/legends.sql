-- Legends and the transfer agent, Sections 2(g) and 5, worked by hand.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA legends_test;
SET search_path = legends_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "promptly": 3}');
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('cb', 1000000000), ('b', 1000000000);
INSERT INTO notes VALUES (1, 'cb', 'A', 1000000, 0.06), (2, 'cb', 'B', 1000000, 0.06), (3, 'b', 'A', 1000000, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'signing'), ('cb', 'closing');
RESET covenant.as_of;
CREATE VIEW legends AS SELECT section, duty, holder, started_on, due_on, done_on, state, unserved FROM deals_duty
WHERE deal = 'cb' AND section IN ('2(g)', '5') ORDER BY started_on, duty, holder;
CREATE FUNCTION pg_temp.tell(kind text, day date, holder text = NULL, subject text = NULL) RETURNS void LANGUAGE sql AS
	$$INSERT INTO legends_test.deals_event (deal, kind, occurred_on, holder, subject) VALUES ('cb', kind, day, holder, subject)$$;

-- Three business days after an opinion of Monday 1 August is Thursday the 4th.
-- The legend comes off on Monday the 8th: late by four days, without an amount.
SELECT pg_temp.tell('opinion_accepted', '2005-08-01', 'A', 'certificate 12');
SET covenant.as_of = '2005-08-05';
SELECT * FROM legends;
RESET covenant.as_of;
-- That of another certificate, or another's, ends nothing of it.
SELECT pg_temp.tell('legend_removed', '2005-08-02', 'A', 'certificate 13');
SELECT pg_temp.tell('legend_removed', '2005-08-02', 'B', 'certificate 12');
SELECT pg_temp.tell('legend_removed', '2005-08-08', 'A', 'certificate 12');
SELECT * FROM legends;
SELECT section, duty, holder, from_day, to_day, cause FROM deals_breach WHERE section = '2(g)';
SELECT count(*) AS costs FROM deals_damages WHERE section IN ('2(g)', '5');
SELECT kind, subject, why FROM deals_unmatched WHERE kind = 'legend_removed';

-- Effectiveness is owed to each holder: three business days after 1 September,
-- over Labor Day, is the 7th.  A is served in time, B is not; assurances of B's
-- on Saturday the 10th are due on the 14th.  A removal without a certificate is
-- one of all of them, and ends both of B's.
SELECT pg_temp.tell('registration_effective', '2005-09-01'), pg_temp.tell('legend_removed', '2005-09-06', 'A'), pg_temp.tell('assurances_received', '2005-09-10', 'B');
SET covenant.as_of = '2005-09-15';
SELECT * FROM legends WHERE started_on > '2005-08-31';
RESET covenant.as_of;
SELECT pg_temp.tell('legend_removed', '2005-09-20', 'B');
SELECT * FROM legends WHERE started_on > '2005-08-31';
SELECT duty, holder, from_day, to_day, unserved FROM deals_breach WHERE section = '2(g)' ORDER BY from_day;
-- One of a certificate goes to what is of that certificate, and leaves the rest.
BEGIN;
SELECT pg_temp.tell('opinion_accepted', '2006-03-01', 'A', 'certificate 20'), pg_temp.tell('assurances_received', '2006-03-01', 'A'), pg_temp.tell('legend_removed', '2006-03-02', 'A', 'certificate 20');
SELECT duty, done_on, state FROM legends WHERE started_on > '2006-01-01';
SELECT pg_temp.tell('legend_removed', '2006-03-03', 'A', 'certificate 21');
SELECT duty, done_on, state FROM legends WHERE started_on > '2006-01-01';
ROLLBACK;
-- A waiver, and an opinion that is retracted.
BEGIN;
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) SELECT 'cb', 'waiver', '2005-09-21', 'B', event_id::text FROM deals_event WHERE kind = 'assurances_received';
INSERT INTO deals_event (deal, kind, ref) SELECT 'cb', 'retraction', event_id::text FROM deals_event WHERE kind = 'opinion_accepted';
SELECT duty, from_day FROM deals_breach WHERE section = '2(g)' ORDER BY from_day;
ROLLBACK;

-- The agent: to be told at the closing; told two days later.
SELECT section, duty, started_on, due_on, state FROM legends WHERE section = '5';
SELECT pg_temp.tell('agent_instructed', '2005-05-24', NULL, 'stop order: certificate 12');
SELECT pg_temp.tell('agent_instructed', '2005-05-25', NULL, 'irrevocable instructions');
SELECT duty, started_on, due_on, done_on, state FROM legends WHERE section = '5';
-- Another instruction is a breach of Section 5 until it is cured, which is tied
-- by the section or by the instruction itself.
SELECT pg_temp.tell('agent_instructed', '2005-10-03', NULL, 'hold all transfers of A');
SELECT pg_temp.tell('agent_instructed', '2005-10-05', NULL, 'issue 100 to the treasurer');
SELECT duty, started_on, done_on, state FROM legends WHERE section = '5';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('cb', 'cure', '2005-10-10', '5');
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT 'cb', 'cure', '2005-10-12', event_id::text FROM deals_event WHERE subject = 'issue 100 to the treasurer';
SELECT section, duty, from_day, to_day, cause FROM deals_breach WHERE section = '5' ORDER BY from_day;
-- Not of the instructions that are to be given, nor of a stop order.
INSERT INTO deals_event (deal, kind, occurred_on, ref) SELECT 'cb', 'cure', '2005-10-12', event_id::text FROM deals_event WHERE subject = 'irrevocable instructions';
-- Nor does it cost anything.
INSERT INTO deals_event (deal, kind, section, choice) VALUES ('cb', 'election', '5', 'cash');
SELECT count(*) AS costs FROM deals_damages WHERE section IN ('2(g)', '5');
SELECT kind, subject, why FROM deals_unmatched WHERE kind = 'agent_instructed';
-- A breach of Section 5 as such.
INSERT INTO deals_event (deal, kind, occurred_on, section, note) VALUES ('cb', 'breach', '2005-11-01', '5', 'the new agent was not told');
SELECT section, duty, from_day, to_day, cause FROM deals_breach WHERE section = '5' AND from_day = '2005-11-01';

-- Where nobody says what is promptly there is no day by which it is due.
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year"}', deal => 'b');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('b', 'registration_effective', '2005-09-01');
SELECT duty, started_on, due_on, state FROM deals_duty WHERE deal = 'b' AND section = '2(g)';
SELECT count(*) AS breaches FROM deals_breach WHERE deal = 'b' AND section = '2(g)';

SET client_min_messages = warning;
DROP SCHEMA legends_test CASCADE;

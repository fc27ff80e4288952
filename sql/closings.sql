-- The closing and the tranches, Buyer by Buyer (Sections 1, 3(c), 4(l), 6, 7).
\set SHOW_CONTEXT never
SET TimeZone = 'UTC'; SET DateStyle = ISO;
CREATE SCHEMA closings; SET search_path = closings;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL DEFAULT 0);
CREATE TABLE notes (id int PRIMARY KEY, deal text, holder text, principal numeric, price numeric, rate numeric);
CREATE TABLE warrants (id int PRIMARY KEY, deal text, holder text, shares bigint);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "sunday": "moves"}');
CREATE VIEW closing AS SELECT closing, left(holder, 3) AS who, opened_on, due_on, ready, open_conditions, closed_on FROM deals_closing WHERE deal = 'a' ORDER BY closing, holder;

SET covenant.as_of = '2005-05-20';
INSERT INTO deals VALUES ('a', 0, 200000000, 43980227, 380000);
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES ('a', 'signing', '2005-05-19', 'Alpha', 1500000), ('a', 'signing', '2005-05-20', 'Bravo', 500000);
SELECT closing, who, opened_on, due_on, ready, length(open_conditions) AS length, closed_on FROM closing;
-- All conditions of the closing towards Alpha, all but one towards Bravo.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals_event (deal, kind, section, holder)
SELECT 'a', 'condition_satisfied', section, h FROM covenant.conditions('spa-2005'), unnest(ARRAY['Alpha', 'Bravo']) h
WHERE closing = 'closing' AND (h = 'Alpha' OR section <> '6(b)');
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('a', 'condition_failed', '7(g)', 'Bravo');
SELECT * FROM closing WHERE closing = 'closing';
-- One closes while the other waits; then the other waives and pays.
INSERT INTO notes VALUES (1, 'a', 'Alpha', 1500000, 0.06, 0.10);
INSERT INTO warrants VALUES (1, 'a', 'Alpha', 9107467);
INSERT INTO deals_event (deal, kind, holder) VALUES ('a', 'closing', 'Alpha');
SELECT * FROM closing WHERE closing = 'closing';
SET covenant.as_of = '2005-05-25';
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('a', 'condition_waived', '7(g)', 'Bravo'), ('a', 'condition_satisfied', '6(b)', 'Bravo');
INSERT INTO notes VALUES (2, 'a', 'Bravo', 500000, 0.06, 0.10);
INSERT INTO warrants VALUES (2, 'a', 'Bravo', 3035823);
INSERT INTO deals_event (deal, kind, holder) VALUES ('a', 'closing', 'Bravo');
SELECT * FROM closing WHERE closing = 'closing';
-- 1,500,000 and 500,000 are 2,000,000; 12,143,290 warrants are 9,107,467.5 and
-- 3,035,822.5: either side of the half is within one share.
SELECT * FROM covenant.check_closing('deals', 'a', 'closing', 2000000, 12143290);
SELECT * FROM covenant.check_closing('deals', 'a', 'closing', 2000001, 12143291);
SELECT * FROM covenant.check_closing('deals', 'a', 'closing', NULL, NULL);
-- Bravo had signed for more; a warrant too many is no longer the same per dollar.
INSERT INTO deals_event (deal, kind, holder, amount) VALUES ('a', 'signing', 'Bravo', 1);
SELECT * FROM covenant.check_closing('deals', 'a', 'closing', 2000000, 12143290);
INSERT INTO deals_event (deal, kind, ref) SELECT 'a', 'retraction', max(event_id) FROM deals_event WHERE kind = 'signing';
UPDATE warrants SET shares = shares + 2 WHERE id = 2;
SELECT * FROM covenant.check_closing('deals', 'a', 'closing', 2000000, 12143290);	-- as they were at the end of that day
UPDATE warrants SET shares = shares - 2 WHERE id = 2;

-- The filing tranche: filed Tuesday 28 June, five days are Sunday 3 July, and 4
-- July is a holiday, so Tuesday 5 July; where Sundays stay, 3 July.
SET covenant.as_of = '2005-07-05';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'registration_filed', '2005-06-28');
SELECT closing, who, opened_on, due_on, ready, closed_on FROM closing WHERE closing <> 'closing';
BEGIN;
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "sunday": "stays"}');
SELECT closing, who, due_on FROM closing WHERE closing = 'filing tranche';
ROLLBACK;
-- It closes for Alpha alone, at other terms than the first; by its name the effectiveness tranche is another.
INSERT INTO notes VALUES (3, 'a', 'Alpha', 450000, 0.05, 0.12);
INSERT INTO warrants VALUES (3, 'a', 'Alpha', 2732240);
INSERT INTO deals_event (deal, kind, subject, holder) VALUES ('a', 'tranche_closed', 'filing tranche', 'Alpha');
SELECT closing, who, due_on, closed_on FROM closing WHERE closing <> 'closing';
SELECT * FROM covenant.check_closing('deals', 'a', 'filing tranche', 600000, 3642987);
SELECT duty, done_on, state, unserved FROM deals_duty WHERE section = '4(l)';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'registration_effective', '2005-07-05');
INSERT INTO deals_event (deal, kind, subject) VALUES ('a', 'tranche_closed', 'effectiveness tranche');
SELECT closing, who, opened_on, due_on, closed_on FROM closing WHERE closing <> 'closing';
SELECT duty, done_on, state, unserved FROM deals_duty WHERE section = '4(l)' ORDER BY 1;
-- Without a subject it is the tranche that has waited longest.
INSERT INTO deals_event (deal, kind) VALUES ('a', 'tranche_closed');
SELECT closing, who, closed_on FROM closing WHERE closing = 'filing tranche';
-- What cannot be asked.
SELECT * FROM covenant.check_closing('deals', 'a', 'third tranche', 1, 1);
SELECT * FROM covenant.check_closing('deals', NULL, 'closing', 1, 1);
SELECT * FROM covenant.check_closing('notes', 'a', 'closing', 1, 1);

-- The bring-down of Section 3(c): the books begin on 20 May with the deal, and
-- by 25 May 10 shares were issued and 5 more reserved elsewhere.
SET covenant.as_of = '2005-05-24';
UPDATE deals SET outstanding = outstanding + 10, plan = plan + 5;
SET covenant.as_of = '2005-07-05';
SELECT * FROM covenant.bring_down('deals', 'a', '2005-05-20', '2005-05-25');
SELECT * FROM covenant.bring_down('deals', 'a', '2005-05-19', '2005-05-23');
SELECT * FROM covenant.bring_down('deals', 'b', '2005-05-19', '2005-05-23');
SELECT * FROM covenant.bring_down('deals', 'a', '1066-10-14', '2005-05-23');
SELECT * FROM covenant.bring_down('notes', 'a', '2005-05-20', '2005-05-23');
RESET covenant.as_of;
SET client_min_messages = warning;
DROP SCHEMA closings CASCADE;

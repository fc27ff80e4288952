-- Who may waive what (Section 8(e)), and what is settled at what.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA waivers_test;
SET search_path = waivers_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('waivers_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM waivers_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO waivers_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO waivers_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b'); CALL pg_temp.close('c'); CALL pg_temp.close('d');
SET covenant.as_of = '2005-12-31';
INSERT INTO deals_event (deal, kind, occurred_on) SELECT d, k, '2005-05-23' FROM unnest(ARRAY['a', 'b', 'c']) d, unnest(ARRAY['closing', 'press_release', 'press_release_sent']) k;

-- a: three funds waive the list of May.  The fourth is owed its part, also when it
-- has converted everything since: it had a balance while the clock ran.
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) SELECT 'a', 'waiver', '2005-06-10', h, '2005-05-31' FROM unnest(ARRAY['AJW Partners', 'AJW Offshore', 'AJW Qualified']) h;
INSERT INTO deals_event (deal, kind, occurred_on, ref) VALUES ('a', 'list_delivered', '2005-06-20', '2005-05-31');
SET covenant.as_of = '2005-07-01';
DELETE FROM notes WHERE deal = 'a' AND buyer = 'New Millennium';
SET covenant.as_of = '2005-07-05';
SELECT state FROM deals_duty WHERE deal = 'a' AND ref = '2005-05-31';
SELECT holder, amount, round(18000 * 0.03 * 12 / 30, 2) AS by_hand FROM deals_damages WHERE deal = 'a' AND ref = '2005-05-31';

-- b: the list of May was late, that of June came in time, that of July waits.  All
-- four waive on 10 August, by the section alone: what runs then, not what is over.
SET covenant.as_of = '2005-09-30';
INSERT INTO deals_event (deal, kind, occurred_on, ref) VALUES ('b', 'list_delivered', '2005-06-20', '2005-05-31'), ('b', 'list_delivered', '2005-07-08', '2005-06-30');
INSERT INTO deals_event (deal, kind, occurred_on, holder, section) SELECT DISTINCT 'b', 'waiver', date '2005-08-10', buyer, '4(h)' FROM notes;
SELECT ref, due_on, done_on, state FROM deals_duty WHERE deal = 'b' AND duty = 'monthly list' ORDER BY 1;
SELECT ref, sum(amount) FROM deals_damages WHERE deal = 'b' GROUP BY 1;
-- What was paid on the list of May stays with it.
INSERT INTO deals_event (deal, kind, occurred_on, ref, amount) VALUES ('b', 'damages_paid', '2005-07-01', '2005-05-31', 24000);
SELECT ref, sum(paid) AS paid, sum(balance) AS balance FROM deals_damages WHERE deal = 'b' GROUP BY 1;

-- c: "the third quarter": the duties that start in it, and the damages of its days.
SET covenant.as_of = '2005-11-15';
INSERT INTO deals_event (deal, kind, occurred_on, holder, section, from_day, to_day) SELECT DISTINCT 'c', 'waiver', date '2005-06-20', buyer, '4(h)', date '2005-07-01', date '2005-10-01' FROM notes;
SELECT ref, state FROM deals_duty WHERE deal = 'c' AND duty = 'monthly list' ORDER BY 1;
SELECT ref, from_day, to_day, sum(amount) FROM deals_damages WHERE deal = 'c' GROUP BY 1, 2, 3 ORDER BY 1, 2;
-- By hand: 23 days of June, then October and 14 days of November; that of June runs from 8 July, and all of it from then.
SELECT round(60000 * 23 / 30.0, 2) AS may, 60000 * 1 + round(60000 * 14 / 30.0, 2) AS from_october;
-- An amount releases so much, and no more.
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref, amount) VALUES ('c', 'waiver', '2005-10-20', 'New Millennium', '2005-05-31', 500);
SELECT from_day, amount, released, balance FROM deals_damages WHERE deal = 'c' AND holder = 'New Millennium' AND ref = '2005-05-31' ORDER BY 1;

-- d: what is agreed is what has accrued by that day, at that amount; what comes later is asserted.
SET covenant.as_of = '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('d', 'breach', '2005-06-01', '4(i)');
INSERT INTO deals_event (deal, kind, occurred_on, section, amount) VALUES ('d', 'damages_agreed', '2005-06-16', '4(i)', 20000);
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('d', 'damages_adjudged', '2005-06-21', '4(o)', 'AJW Offshore');
SELECT holder, from_day, to_day, principal, amount, status FROM deals_damages WHERE deal = 'd' ORDER BY from_day, holder;
SELECT from_day, sum(amount) FROM deals_damages WHERE deal = 'd' GROUP BY 1 ORDER BY 1;
SELECT 20000 * 0.5139 AS offshore, 20000 * 0.13 AS partners, 20000 * 0.3471 AS qualified, 20000 * 0.009 AS millennium, 1027800 * 0.03 * 5 / 30 AS adjudged;
-- A waiver of nothing, and an agreement before anything has accrued, are shown.
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('d', 'waiver', '2005-06-02', '2(f)', 'AJW Offshore'), ('d', 'damages_agreed', '2005-06-01', '4(o)', NULL);
SELECT kind, occurred_on, section, why FROM deals_unmatched WHERE deal = 'd';

DROP SCHEMA waivers_test CASCADE;

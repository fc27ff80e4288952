-- Interest that is unpaid, expenses, and the two sides of every reading.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA sides_test;
SET search_path = sides_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('sides_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM sides_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO sides_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO sides_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b'); CALL pg_temp.close('c'); CALL pg_temp.close('e');

-- a: under 30/360 what has accrued on a note before it was reduced does not shrink
-- with time: $1,000,000 from 23 May to 31 August (98 days), then half of it (150, and 181).
SET covenant.as_of = '2005-08-31';
DELETE FROM notes WHERE deal = 'a' AND buyer <> 'AJW Offshore';
SET covenant.as_of = '2005-05-23';
UPDATE notes SET balance = 1000000 WHERE deal = 'a';
SET covenant.as_of = '2005-08-31';
UPDATE notes SET balance = 500000 WHERE deal = 'a';
SET covenant.as_of = '2006-06-30';
CALL pg_temp.read('{"formula": "principal_plus_interest", "day_count": "30/360"}');
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('a', 'breach', '2006-01-01', '4(i)');
SET covenant.as_of = '2006-01-31';
SELECT interest, round(100000 * 98 / 360.0 + 50000 * 150 / 360.0, 10) AS by_hand FROM deals_damages WHERE deal = 'a' AND holder = 'AJW Offshore';
SET covenant.as_of = '2006-03-01';
SELECT interest, round(100000 * 98 / 360.0 + 50000 * 181 / 360.0, 10) AS by_hand FROM deals_damages WHERE deal = 'a' AND holder = 'AJW Offshore';

-- b: $25,000 invoiced on 1 June, 10,000 paid on 20 June, the rest on 1 July.
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES ('b', 'invoice', '2005-06-01', 'AJW Partners', 25000),
	('b', 'expenses_paid', '2005-06-20', 'AJW Partners', 10000), ('b', 'expenses_paid', '2005-07-01', 'AJW Partners', 15000);
CREATE FUNCTION pg_temp.interest(change jsonb) RETURNS TABLE (days int, amount numeric) LANGUAGE plpgsql AS $$
BEGIN
	CALL pg_temp.read(change);
	RETURN QUERY SELECT sum(d.days)::int, sum(d.amount) FROM sides_test.deals_damages d WHERE d.deal = 'b' AND d.section = '4(f)';
END $$;
SELECT e, d, i.*, round(25000 * 0.15 * i.days / CASE d WHEN 'ACT/360' THEN 360.0 ELSE 365 END, 2) AS by_hand
FROM unnest(ARRAY['from_invoice', 'from_due_date', 'after_due_date']) e, unnest(ARRAY['ACT/365F', 'ACT/360']) d, pg_temp.interest(jsonb_build_object('expenses', e, 'day_count', d)) i;
-- Of what is unpaid: 13 days of 25,000 and 11 of 15,000.
SELECT i.*, round(25000 * 0.15 * 13 / 365, 2) + round(15000 * 0.15 * 11 / 365, 2) AS by_hand FROM pg_temp.interest('{"expenses_base": "unpaid"}') i;
-- A breach beside the interest, of the holder who was not paid: 24 days.
SELECT i.* FROM pg_temp.interest('{"expenses_breach": "also_damages"}') i;
SELECT section, promise, from_day, to_day, holder, cause FROM deals_breach WHERE deal = 'b' ORDER BY 1;
SELECT section, holder, amount, round(260000 * 0.03 * 24 / 30, 2) AS by_hand FROM deals_damages WHERE deal = 'b' AND section = '4(o)';

-- c: an opinion about $50,000 of the notes, refused from 7 to 17 June; Additional Notes of 5 June.
SET covenant.as_of = '2005-06-05';
INSERT INTO notes (deal, buyer, balance, price, rate) VALUES ('c', 'AJW Partners', 100000, 0.06, 0.10);
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES ('c', 'opinion_delivered', '2005-06-01', 'AJW Partners', 50000), ('c', 'opinion_accepted', '2005-06-17', 'AJW Partners', NULL);
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('c', 'tranche_closed', '2005-06-05');
CREATE FUNCTION pg_temp.damages(change jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	CALL pg_temp.read(change);
	RETURN (SELECT string_agg(d.amount || ' on ' || d.principal, ', ' ORDER BY d.from_day, d.holder) FROM sides_test.deals_damages d WHERE d.deal = 'c' AND d.section = '2(f)');
END $$;
SELECT pg_temp.damages('{"base": "own_notes"}') AS own, pg_temp.damages('{"base": "affected_notes"}') AS affected, pg_temp.damages('{"base": "all_notes"}') AS "all",
	pg_temp.damages('{"additional_notes": "not_counted"}') AS without_additional, 0.01 * 360000 AS own_by_hand, 0.01 * 50000 AS affected_by_hand, 0.01 * 2100000 AS all_by_hand, 0.01 * 260000 AS without_by_hand;
-- The list without them; the past year's interest instead of the next one's: 38 of 365 days
-- (of the Additional Notes 25).
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('c', 'closing', '2005-05-23');
CALL pg_temp.read('{"additional_notes": "not_counted"}');
SELECT conversion_shares, interest_shares, total FROM deals_monthly_list WHERE deal = 'c' AND month_end = '2005-06-30' AND holder = 'AJW Partners';
CALL pg_temp.read('{"list_interest": "past_year", "majority": "purchased"}');
SELECT conversion_shares, interest_shares, div(26000 * 38 / 365.0, 0.06) + div(10000 * 25 / 365.0, 0.06) AS by_hand
FROM deals_monthly_list WHERE deal = 'c' AND month_end = '2005-06-30' AND holder = 'AJW Partners';

-- e: a breach from 8 June to 20 July: as adopted, as either side reads it, and by
-- every formula and month rule.  Of interest 58 days are unpaid, 42 of them of the breach.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('e', 'breach', '2005-06-08', '3(g)'), ('e', 'cure', '2005-07-20', '3(g)');
CALL pg_temp.read('{}');
\x on
SELECT * FROM covenant.readings('deals') WHERE deal = 'e';
\x off
-- The buyers: each on all notes, by ACT/360, with all interest in the base and added,
-- and the day of the cure still counts: 43 days, with interest of 59.
SELECT round(4 * (0.03 * (2000000 + i) * (23 / 30.0 + 20 / 31.0) + i), 2) AS buyers, round(0.03 * 2000000 * (23 / 30.0 + 19 / 31.0), 2) AS company FROM (SELECT 200000 * 59 / 360.0 AS i) i;

DROP SCHEMA sides_test CASCADE;

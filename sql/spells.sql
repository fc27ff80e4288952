-- Shortfalls and the thirty days of Section 4(h), as each reading has them.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA spells_test;
SET search_path = spells_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('spells_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM spells_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO spells_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO spells_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b'); CALL pg_temp.close('c'); CALL pg_temp.close('d');

-- a: at 0.05 on 24 June 80,000,000 are required.  Thirty days end on Sunday, 24 July.
SET covenant.as_of = '2005-06-24';
UPDATE notes SET price = 0.05 WHERE deal IN ('a', 'b', 'c');
SET covenant.as_of = '2005-07-27';
SELECT due_on, state, ref FROM deals_duty WHERE deal = 'a' AND section = '4(h)';
-- One day, 26 July: 60,000 / 31.
SELECT from_day, to_day, sum(amount), round(60000 / 31.0, 2) AS by_hand FROM deals_damages WHERE deal = 'a' GROUP BY 1, 2;
CALL pg_temp.read('{"sunday": "stays"}');
SELECT due_on, state FROM deals_duty WHERE deal = 'a' AND section = '4(h)';
SELECT from_day, to_day, sum(amount), round(120000 / 31.0, 2) AS by_hand FROM deals_damages WHERE deal = 'a' GROUP BY 1, 2;
-- From the start: 7 days of June and 26 of July were short, once it was too late.
CALL pg_temp.read('{"accrual": "from_start"}');
SELECT from_day, to_day, sum(amount), round(60000 * (7 / 30.0 + 26 / 31.0), 2) AS by_hand FROM deals_damages WHERE deal = 'a' GROUP BY 1, 2;
SET covenant.as_of = '2005-07-25';
SELECT count(*) FROM deals_damages WHERE deal = 'a';
-- A breach itself, at once, beside the thirty days: the company elects.
SET covenant.as_of = '2005-07-27';
CALL pg_temp.read('{"shortfall": "at_once"}');
SELECT section, promise, from_day, to_day, elector, cause, ref FROM deals_breach WHERE deal = 'a' ORDER BY from_day;
SELECT section, from_day, to_day, sum(amount) FROM deals_damages WHERE deal = 'a' GROUP BY 1, 2, 3 ORDER BY 2;
-- A limb of its own takes the place of the other on its days: up to 26 July only Section 4(o).
CALL pg_temp.read('{"shortfall": "at_once", "stacking": "specific"}');
SELECT section, from_day, to_day, sum(amount), round(CASE section WHEN '4(o)' THEN 60000 * (7 / 30.0 + 25 / 31.0) ELSE 60000 / 31.0 END, 2) AS by_hand
FROM deals_damages WHERE deal = 'a' GROUP BY 1, 2, 3 ORDER BY 2;

-- The approval of 30 July ends it, or only the reserve of 4 August does, whose day may count too.
SET covenant.as_of = '2005-08-04';
UPDATE deals SET reserved = 90953246 WHERE id = 'a';
SET covenant.as_of = '2005-08-10';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'shareholder_approval', '2005-07-30');
CALL pg_temp.read('{}');
SELECT from_day, to_day FROM deals_breach WHERE deal = 'a';
CALL pg_temp.read('{"approval": "reserve_restored"}');
SELECT from_day, to_day FROM deals_breach WHERE deal = 'a';
CALL pg_temp.read('{"approval": "reserve_restored", "cure_day": "included"}');
SELECT from_day, to_day FROM deals_breach WHERE deal = 'a';
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 'a' AND section = '4(h)';

-- b: the board reserves more on 27 June: that is a cure, and the fall of 1 May
-- 2006 is another shortfall, due 31 May, also where a recovery continues.
SET covenant.as_of = '2005-06-27';
UPDATE deals SET reserved = 90953246 WHERE id = 'b';
SET covenant.as_of = '2006-05-01';
UPDATE notes SET price = 0.02 WHERE deal = 'b';
SET covenant.as_of = '2006-06-10';
CALL pg_temp.read('{"recovery": "continues"}');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 'b' AND section = '4(h)' ORDER BY 1;
CALL pg_temp.read('{"recovery": "restarts"}');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 'b' AND section = '4(h)' ORDER BY 1;
-- c: the price alone recovers on 1 July and falls on 5 July.
SET covenant.as_of = '2005-07-01';
UPDATE notes SET price = 0.06 WHERE deal = 'c';
SET covenant.as_of = '2005-07-05';
UPDATE notes SET price = 0.05 WHERE deal = 'c';
SET covenant.as_of = '2005-08-10';
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 'c' AND section = '4(h)' ORDER BY 1;
CALL pg_temp.read('{"recovery": "continues"}');
SELECT started_on, due_on, done_on, state FROM deals_duty WHERE deal = 'c' AND section = '4(h)' ORDER BY 1;

-- d: short from 24 June on, which the board could cure; from 14 July on, at 0.02,
-- not even 155,639,773 shares would do.  Three readings of the thirty days.
SET covenant.as_of = '2005-06-24';
UPDATE notes SET price = 0.05 WHERE deal = 'd';
SET covenant.as_of = '2005-07-14';
UPDATE notes SET price = 0.02 WHERE deal = 'd';
SET covenant.as_of = '2005-07-10';
CALL pg_temp.read('{"board_curable": "from_shortfall"}');
SELECT count(*) AS while_the_board_can_cure FROM deals_duty WHERE deal = 'd' AND section = '4(h)';
SET covenant.as_of = '2005-09-01';
SELECT d.started_on, d.due_on, b.from_day FROM deals_duty d JOIN deals_breach b USING (deal, section, ref) WHERE deal = 'd';
CALL pg_temp.read('{"board_curable": "excluded"}');
SELECT d.started_on, d.due_on, b.from_day FROM deals_duty d JOIN deals_breach b USING (deal, section, ref) WHERE deal = 'd';
CALL pg_temp.read('{"board_curable": "counts"}');
SELECT d.started_on, d.due_on, b.from_day FROM deals_duty d JOIN deals_breach b USING (deal, section, ref) WHERE deal = 'd';

-- A ref names a shortfall by any of its days: what is tied to that of 24 June stays
-- tied when it turns out that the price had fallen the day before.
INSERT INTO deals_event (deal, kind, holder, ref, choice) VALUES ('d', 'election', 'AJW Offshore', 'shortfall 2005-06-24', 'shares');
INSERT INTO deals_event (deal, kind, holder, ref) VALUES ('d', 'waiver', 'New Millennium', 'shortfall 2005-06-24');
INSERT INTO deals_event (deal, kind, holder, ref, amount) VALUES ('d', 'damages_paid', 'AJW Partners', 'shortfall 2005-06-24', 100);
SELECT holder, ref, election, paid FROM deals_damages WHERE deal = 'd' ORDER BY 1;
SELECT count(covenant.correct('notes', id::text, '2005-06-23', price => 0.05, reason => 'the quote of 23 June')) FROM notes WHERE deal = 'd';
SELECT holder, ref, election, paid FROM deals_damages WHERE deal = 'd' ORDER BY 1;
SELECT event_id, why FROM deals_unmatched WHERE deal = 'd';

-- e: approved on 28 July, after the thirty days and before a vote was needed, on 1
-- August: it never was a breach, and nothing is late.
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('e');
SET covenant.as_of = '2005-06-24';
UPDATE notes SET price = 0.05 WHERE deal = 'e';
SET covenant.as_of = '2005-08-01';
UPDATE notes SET price = 0.02 WHERE deal = 'e';
CALL pg_temp.read('{"board_curable": "from_shortfall"}');
SELECT started_on, due_on, done_on, days_late, state FROM deals_duty WHERE deal = 'e' AND duty = 'shareholder approval';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('e', 'shareholder_approval', '2005-07-28');
SELECT started_on, due_on, done_on, days_late, state FROM deals_duty WHERE deal = 'e' AND duty = 'shareholder approval';
SELECT count(*) AS breaches FROM deals_breach WHERE deal = 'e';

-- f: what a reading from 1 July says is of shortfalls that begin then: one of 24
-- June, which the board can cure, does not start the thirty days when its price moves.
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('f');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"board_curable": "excluded"}', deal => 'f');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"board_curable": "counts"}', deal => 'f', from_day => '2005-07-01');
SET covenant.as_of = '2005-06-24';
UPDATE notes SET price = 0.05 WHERE deal = 'f';
SET covenant.as_of = '2005-07-05';
UPDATE notes SET price = 0.049 WHERE deal = 'f';
SET covenant.as_of = '2005-09-01';
SELECT count(*) AS clocks FROM deals_duty WHERE deal = 'f' AND duty = 'shareholder approval';

DROP SCHEMA spells_test CASCADE;

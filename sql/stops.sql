-- What ends which clock, for whom; who is served through whom.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA stops_test;
SET search_path = stops_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('stops_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM stops_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO stops_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO stops_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b'); CALL pg_temp.close('c'); CALL pg_temp.close('d'); CALL pg_temp.close('e');
SET covenant.as_of = '2005-09-30';
CREATE VIEW pg_temp.duty AS SELECT deal, duty, started_on, due_on, done_on, state, unserved FROM deals_duty;

-- a: copies of a report for one of four holders: the others wait, and are owed.
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES ('a', 'filed', '2005-08-15', '10-QSB 2005-06-30');
INSERT INTO deals_event (deal, kind, occurred_on, subject, holder) VALUES ('a', 'report_sent', '2005-08-20', '10-QSB 2005-06-30', 'New Millennium');
SELECT * FROM pg_temp.duty WHERE deal = 'a';
SELECT holder, from_day, to_day FROM deals_damages WHERE deal = 'a' ORDER BY 1;
INSERT INTO deals_event (deal, kind, occurred_on, subject, holder) SELECT 'a', 'report_sent', v.day, '10-QSB 2005-06-30', v.holder
FROM (VALUES (date '2005-09-01', 'AJW Offshore'), ('2005-09-02', 'AJW Partners'), ('2005-09-05', 'AJW Qualified')) v(day, holder);
SELECT * FROM pg_temp.duty WHERE deal = 'a';
SELECT holder, from_day, to_day FROM deals_damages WHERE deal = 'a' ORDER BY 1;
-- A cure towards one holder is one towards that holder.
INSERT INTO deals_event (deal, kind, occurred_on, section, note) VALUES ('a', 'breach', '2005-09-10', '4(i)', 'delisted');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('a', 'cure', '2005-09-12', '4(i)', 'AJW Offshore');
SELECT holder, from_day, to_day, days FROM deals_damages WHERE deal = 'a' AND section = '4(o)' ORDER BY 1;
SELECT to_day, unserved FROM deals_breach WHERE deal = 'a' AND section = '4(o)';

-- b: an 8-K is not the 10-QSB that is due in a year; a report in time is, by its subject.
INSERT INTO deals_event (deal, kind, occurred_on, subject) VALUES ('b', 'filing_due', '2006-05-15', '10-QSB 2006-03-31'), ('b', 'filed', '2005-06-01', '8-K'),
	('b', 'filing_due', '2005-08-15', '10-QSB 2005-06-30'), ('b', 'filed', '2005-08-12', '10-QSB 2005-06-30'), ('b', 'filed', '2005-08-20', 'S-3');
SELECT * FROM pg_temp.duty WHERE deal = 'b' ORDER BY duty, started_on;
-- Nothing was due that the two others would be.
SELECT kind, occurred_on, subject, why FROM deals_unmatched WHERE deal = 'b';

-- c: Sections 4(e) and 4(o) name the same breach; 4(j) is another one.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('c', 'breach', '2005-06-01', '4(e)'), ('c', 'breach', '2005-06-02', '4(j)'),
	('c', 'cure', '2005-06-10', '4(o)'), ('c', 'cure', '2005-06-11', '4(j)'), ('c', 'cure', '2005-06-12', '4(i)');
SELECT started_on, done_on FROM deals_duty WHERE deal = 'c' ORDER BY 1;
SELECT occurred_on, why FROM deals_unmatched WHERE deal = 'c';

-- d: who has the list of May sells to somebody who has not: served with it.  What
-- Millennium, who has none, sells is owed on.  A new note was not there in May.
SET covenant.as_of = '2005-06-10';
UPDATE notes SET buyer = 'Heir' WHERE deal = 'd' AND buyer = 'AJW Offshore';
UPDATE notes SET buyer = 'Stray' WHERE deal = 'd' AND buyer = 'New Millennium';
INSERT INTO notes (deal, buyer, balance, price, rate) VALUES ('d', 'Novice', 100000, 0.06, 0.10);
SET covenant.as_of = '2005-06-17';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('d', 'closing', '2005-05-23'), ('d', 'press_release', '2005-05-23'), ('d', 'press_release_sent', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) SELECT 'd', 'list_delivered', '2005-06-06', h, '2005-05-31' FROM unnest(ARRAY['AJW Offshore', 'AJW Partners', 'AJW Qualified']) h;
SELECT holder, from_day, to_day, principal, amount FROM deals_damages WHERE deal = 'd' ORDER BY from_day, holder;
SELECT round(18000 * 0.03 * 2 / 30, 2) AS millennium, round(18000 * 0.03 * 7 / 30, 2) AS stray;

-- e: a residue is no row.
SET covenant.as_of = '2005-06-01';
UPDATE notes SET balance = 0.0000000001 WHERE deal = 'e' AND buyer = 'New Millennium';
SET covenant.as_of = '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('e', 'breach', '2005-06-10', '4(i)');
SELECT holder, amount FROM deals_damages WHERE deal = 'e' ORDER BY 1;

DROP SCHEMA stops_test CASCADE;

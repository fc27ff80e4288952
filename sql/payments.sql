-- What is paid, in what, at which price; what an election is about.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA payments_test;
SET search_path = payments_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('payments_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM payments_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO payments_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO payments_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b');
SET covenant.as_of = '2005-06-25';
-- a: low prices .0151 .0152 .0151 average 0.0151333...: 227/15000, exactly.
UPDATE notes SET price = 0.01513333333333333333 WHERE deal = 'a';
SET covenant.as_of = '2005-06-24';
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('a', 'breach', '2005-06-01', '3(g)'), ('a', 'cure', '2005-06-13', '3(g)');
SELECT holder, amount, shares, div(amount, 0.06) AS by_hand FROM deals_damages WHERE deal = 'a' AND section = '3(z)' ORDER BY 1;
SET covenant.as_of = '2005-06-25';
SELECT holder, amount, shares, div(amount * 15000, 227) AS by_hand FROM deals_damages WHERE deal = 'a' AND section = '3(z)' ORDER BY 1;
-- Paid in shares: they stay what they were, whatever the price does; what is still owed floats.
INSERT INTO deals_event (deal, kind, occurred_on, holder, section, shares, price) VALUES ('a', 'damages_paid', '2005-06-25', 'AJW Offshore', '3(z)', 500000, 0.01513333333333333333);
SELECT amount, paid, paid_shares, balance, shares, div(balance * 15000, 227) AS by_hand FROM deals_damages WHERE deal = 'a' AND section = '3(z)' AND holder = 'AJW Offshore';
SET covenant.as_of = '2005-06-28';
UPDATE notes SET price = 0.03 WHERE deal = 'a';
SELECT paid, paid_shares, balance, shares, div(balance, 0.03) AS by_hand FROM deals_damages WHERE deal = 'a' AND section = '3(z)' AND holder = 'AJW Offshore';
-- After the last conversion it is the price that the notes had.
SET covenant.as_of = '2005-06-29';
UPDATE notes SET balance = 0 WHERE deal = 'a' AND buyer = 'AJW Offshore';
SELECT balance, shares FROM deals_damages WHERE deal = 'a' AND section = '3(z)' AND holder = 'AJW Offshore';
-- Two notes at two prices: no number.
INSERT INTO notes (deal, buyer, balance, price, rate) VALUES ('a', 'AJW Partners', 1000, 0.04, 0.10);
SELECT balance, shares FROM deals_damages WHERE deal = 'a' AND section = '3(z)' AND holder = 'AJW Partners';

-- b: an election without a ref is of what has begun by its day; with one, of that.
SET covenant.as_of = '2005-08-31';
INSERT INTO deals_event (deal, kind, occurred_on) SELECT 'b', k, '2005-05-23' FROM unnest(ARRAY['closing', 'press_release', 'press_release_sent']) k;
INSERT INTO deals_event (deal, kind, occurred_on, holder, section, choice) VALUES ('b', 'election', '2005-06-15', 'AJW Offshore', '4(h)', 'shares');
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref, choice) VALUES ('b', 'election', '2005-08-20', 'AJW Partners', '2005-06-30', 'cash');
SELECT ref, holder, election FROM deals_damages WHERE deal = 'b' AND holder IN ('AJW Offshore', 'AJW Partners') ORDER BY 1, 2;
-- By months: the parts of a row sum to it, so that August has the cent over.
SELECT month, amount FROM deals_damages_month WHERE deal = 'b' AND holder = 'AJW Offshore' AND ref = '2005-05-31' ORDER BY 1;
SELECT round(1027800 * 0.03 * 23 / 30, 2) AS june, round(1027800 * 0.03, 2) AS july, round(1027800 * 0.03 * 30 / 31, 2) AS august;
SELECT count(*) FROM deals_damages d FULL JOIN (SELECT deal, holder, ref, sum(amount) AS amount FROM deals_damages_month GROUP BY 1, 2, 3) m USING (deal, holder, ref)
WHERE deal = 'b' AND d.amount IS DISTINCT FROM m.amount;
-- A payment of what is not owed to anybody ties to nothing.
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('b', 'signing', '2005-05-23', 'Latecomer');
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES ('b', 'damages_paid', '2005-08-01', 'Latecomer', 10);
SELECT kind, holder, amount, why FROM deals_unmatched WHERE deal = 'b';

DROP SCHEMA payments_test CASCADE;

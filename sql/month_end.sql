-- The list of Section 4(h) at every month end.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA month_test;
SET search_path = month_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint, outstanding bigint, plan bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric, rate numeric);
CREATE TABLE warrants (id int PRIMARY KEY, deal int, buyer text, shares bigint);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');

-- 1: the agreement in total, at $0.06; item (2) of the list is 48,809,956
-- shares.  2: the same at $0.10: 34,143,290.
SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals SELECT n, 90953246, 200000000, 43980227, 380000 FROM generate_series(1, 3) n;
INSERT INTO notes VALUES (1, 1, 'Q', 2000000, 0.06, 0.10), (2, 2, 'Q', 2000000, 0.10, 0.10),
	(3, 3, 'A', 100, 0.06, 0.10), (4, 3, 'B', 100, 0.06, 0.10), (5, 3, 'C', 100, 0.06, 0.10);
INSERT INTO warrants VALUES (1, 1, 'Q', 12143290), (2, 2, 'Q', 12143290), (3, 3, 'D', 1);
UPDATE deals SET reserved = 10003 WHERE id = 3;
COMMIT;
INSERT INTO deals_event (deal, kind) VALUES (1, 'closing'), (2, 'closing'), (3, 'closing');
SET covenant.as_of = '2005-06-30';
SELECT deal, month_end, holder, reserved_for_holder, conversion_shares, warrant_shares, interest_shares, total, due_on, delivered_on, days_late
FROM deals_monthly_list WHERE month_end = '2005-05-31' ORDER BY deal, holder;
-- Each holder's part of 3's reserve: 10,003 x 1666 / 4999 = 3333.67..., and 1 of 4999 = 2.
SELECT sum(reserved_for_holder) FROM deals_monthly_list WHERE deal = 3 AND month_end = '2005-05-31';

-- Delivered to all, or to one.
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) VALUES (1, 'list_delivered', '2005-06-20', NULL, '2005-05-31'), (3, 'list_delivered', '2005-06-07', 'B', '2005-05-31');
SELECT deal, holder, delivered_on, days_late FROM deals_monthly_list WHERE month_end = '2005-05-31' ORDER BY deal, holder;
-- The holder who has its list is owed no damages; the others are until they have it.
SELECT holder, from_day, to_day FROM deals_damages WHERE deal = 3 AND duty = 'monthly list' ORDER BY holder;

-- Closing the month stores the list; closing it again changes nothing.
CALL covenant.close_month('deals', '2005-05-31');
CREATE TEMP TABLE first_run AS TABLE deals_list;
SELECT deal, month_end, holder, reserved_for_holder, total FROM deals_list ORDER BY deal, holder;
-- June moves the balances; the May list run late gives the same numbers.
SET covenant.as_of = '2005-06-15';
UPDATE notes SET price = 0.20;
DELETE FROM notes WHERE deal = 2;
SET covenant.as_of = '2005-08-10';
CALL covenant.close_month('deals', '2005-05-31');
SELECT count(*), count(*) FILTER (WHERE f IS NULL) AS changed FROM deals_list l LEFT JOIN first_run f USING (deal, month_end, holder, recorded_at);
SELECT count(*) FILTER (WHERE l.total = m.total AND l.reserved_for_holder = m.reserved_for_holder) AS same, count(*) FROM deals_list l JOIN deals_monthly_list m USING (deal, month_end, holder);
CALL covenant.close_month('deals', '2005-06-30');
SELECT deal, holder, conversion_shares, warrant_shares, interest_shares, total FROM deals_list WHERE month_end = '2005-06-30' ORDER BY deal, holder;

-- What was delivered stays, also when the past is corrected; the view shows what it should have said.
SET covenant.as_of = '2005-05-30';
UPDATE warrants SET shares = shares + 1 WHERE deal = 1;
SET covenant.as_of = '2005-08-10';
CALL covenant.close_month('deals', '2005-05-31');
SELECT l.deal, l.warrant_shares AS delivered, m.warrant_shares AS right_now FROM deals_list l JOIN deals_monthly_list m USING (deal, month_end, holder)
WHERE l.warrant_shares <> m.warrant_shares AND month_end = '2005-05-31';
-- Audit lists it, whatever day one looks from; and a price of May that was learnt of late.
SET covenant.as_of = '2005-05-24';
SELECT * FROM covenant.audit('deals');
SET covenant.as_of = '2005-08-10';
SELECT count(covenant.correct('notes', id::text, '2005-05-31', price => 0.12, reason => 'the quote of 31 May')) FROM notes WHERE deal = 3 AND buyer = 'A';
SELECT * FROM covenant.audit('deals') WHERE deal = '3';

CALL covenant.close_month('deals', '2005-08-31');
CALL covenant.close_month('deals', '2005-05-30');
\set VERBOSITY sqlstate
CALL covenant.close_month('deals', NULL);
CALL covenant.close_month('notes', '2005-05-31');

SET client_min_messages = warning;
DROP SCHEMA month_test CASCADE;

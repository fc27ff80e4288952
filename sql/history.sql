-- Balances as of any day and as known at any moment, from the journal.
SET datestyle = ISO;
SET timezone = 'America/New_York';
\set SHOW_CONTEXT never
CREATE SCHEMA history_test;
SET search_path = history_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint, outstanding bigint, plan bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric, rate numeric);
CREATE TABLE warrants (id int PRIMARY KEY, deal int, buyer text, shares bigint);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');

-- The history is replayed by setting the day before each write.
SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals VALUES (1, 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 1, 'Q', 800000, 0.06, 0.10), (2, 1, 'P', 1200000, 0.06, 0.10);
INSERT INTO warrants VALUES (1, 1, 'Q', 12143290);
COMMIT;
SET covenant.as_of = '2005-06-10';
UPDATE notes SET price = 0.05;
SET covenant.as_of = '2005-06-20';
UPDATE notes SET price = 0.1647;
SET covenant.as_of = '2005-06-25';
UPDATE deals SET reserved = reserved + 100;
SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.USOF') AS before \gset
-- Recorded late: a conversion of 21 June, in one transaction with its issue.
SET covenant.as_of = '2005-06-21';
BEGIN;
UPDATE notes SET balance = balance - 60000 WHERE id = 2;
UPDATE deals SET reserved = reserved - 364298, outstanding = outstanding + 364298;
COMMIT;
SET covenant.as_of = '2005-06-30';

-- Independent of the view: each day's figures from the journal, one by one.
SELECT day, principal, note_shares, warrant_shares, issuable, required, reserved, available, counted, slack FROM deals_history ORDER BY day;
SELECT day, next_day, annual_interest, interest_shares, multiple, authorized, outstanding, other_reserved FROM deals_history ORDER BY day;
SELECT holder, day, next_day, principal, annual_interest, note_shares, warrant_shares, interest_shares FROM deals_holding ORDER BY holder, day;
SELECT count(*) AS days, count(*) FILTER (WHERE h.principal = j.principal AND h.note_shares = j.note_shares
	AND h.reserved = j.reserved AND h.outstanding = j.outstanding) AS as_summed
FROM deals_history h CROSS JOIN LATERAL (SELECT sum(principal) AS principal, sum(note_shares) AS note_shares,
	sum(reserved) AS reserved, sum(outstanding) AS outstanding FROM deals_journal WHERE effective_on <= h.day) j;

-- As of an earlier day; as known before the conversion was recorded.
SET covenant.as_of = '2005-06-12';
SELECT day, slack FROM deals_history ORDER BY day;
SET covenant.as_of = '2005-06-30';
SET covenant.known_at = :'before';
SELECT day, principal, slack FROM deals_history ORDER BY day;
SELECT covenant.known_at() = :'before'::timestamptz;
RESET covenant.known_at;
SELECT covenant.known_at();

-- A payment to nobody in particular is parted by principal on its day, to the
-- cent; one after the last note by what it last was; one to a holder is the
-- holder's.  800,000 and 1,200,000; from 21 June 800,000 and 1,140,000.
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount, ref) VALUES (1, 'interest_paid', '2005-06-20', NULL, 1000.01, NULL),
	(1, 'interest_paid', '2005-06-21', NULL, 97, NULL), (1, 'damages_paid', '2005-06-22', 'P', 5, '2005-05-31'), (1, 'damages_paid', '2005-05-22', NULL, 7, NULL);
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES (1, 'invoice', '2005-06-22', NULL, 100) RETURNING event_id AS invoice \gset
INSERT INTO deals_event (deal, kind, occurred_on, amount, ref) VALUES (1, 'damages_paid', '2005-06-23', 2, :invoice);
SELECT kind, occurred_on, holder, ref = :'invoice' AS on_invoice, amount FROM deals_payment ORDER BY event_id, holder;
SET covenant.as_of = '2005-07-01';
DELETE FROM notes;
SET covenant.as_of = '2005-07-10';
INSERT INTO deals_event (deal, kind, amount) VALUES (1, 'damages_paid', 97.001);
SELECT occurred_on, holder, amount FROM deals_payment WHERE occurred_on > '2005-07-01' ORDER BY holder;

-- A moment is ISO with its offset, whatever the session's settings.
SET datestyle = 'SQL, DMY';
SET timezone = 'Asia/Kathmandu';
SET covenant.known_at = '2005-06-07 17:00:00-04';
SELECT extract(epoch FROM covenant.known_at()) = extract(epoch FROM timestamptz '2005-06-07 21:00:00Z');
SET covenant.known_at = '2005-06-08T02:45:30.123456+05:45';
SELECT covenant.known_at() = '2005-06-07 21:00:30.123456Z'::timestamptz;
SET covenant.known_at = '2005-06-07 21:00Z';
SELECT covenant.known_at() = '2005-06-07 21:00Z'::timestamptz;
SET covenant.known_at = '2005-06-07 21:00:00';
SET covenant.known_at = '2005-06-07';
SET covenant.known_at = '2005-06-31 21:00Z';
SET covenant.known_at = '2005-06-07 24:00Z';
SET covenant.known_at = '2005-06-07 21:00:60Z';
SET covenant.known_at = '2005-06-07 21:00Zulu';
SET covenant.known_at = 'yesterday';
SET covenant.known_at = '';
SELECT covenant.known_at();
SET datestyle = ISO;

-- Without capital columns reserved counts in full; the multiple has its own history.
CREATE TABLE plain (id text PRIMARY KEY, reserved bigint NOT NULL, multiple numeric);
SELECT covenant.watch_deals('plain', 'id', 'reserved', multiple => 'multiple');
SELECT covenant.adopt('plain', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
SET covenant.as_of = '2005-05-23';
INSERT INTO plain VALUES ('x', 700, 2.5);
SET covenant.as_of = '2005-05-24';
UPDATE plain SET multiple = 2;
SELECT deal, day, multiple, reserved, authorized, available, counted, slack FROM plain_history ORDER BY day;

SET client_min_messages = warning;
DROP SCHEMA history_test CASCADE;

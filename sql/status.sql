-- The status view: one row a deal, what is pending included.  The deal of the
-- Securities Purchase Agreement of 23 May 2005, CalbaTech, Inc. and the Buyers,
-- its principal taken as one note, as the prices of the view take it.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA status;
SET search_path = status;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved_shares bigint, authorized bigint, outstanding bigint, plan_reserved bigint, multiple numeric DEFAULT 2);
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id text, balance numeric, conversion_price numeric);
CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text, unexercised bigint);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares', 'authorized', 'outstanding', 'plan_reserved', 'multiple') AS ledger,
	covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price') AS notes,
	covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised') AS warrants;

-- All that the agreement says is there while its closing is still pending,
-- deals of the same transaction too; ROLLBACK leaves no trace
\x
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'calbatech', 2000000, 0.06);
INSERT INTO warrants VALUES (1, 'calbatech', 12143290);
SELECT * FROM deals_status;
SELECT * FROM covenant_internal.pending('deals_reserve', 'calbatech');
SELECT * FROM covenant_internal.pending('deals_reserve', 'nobody');
ROLLBACK;
\x
SELECT (SELECT count(*) FROM deals_status) AS status, (SELECT count(*) FROM deals_reserve) AS ledger, (SELECT count(*) FROM deals_journal) AS journal;
SELECT * FROM covenant_internal.pending('deals_reserve', 'calbatech');
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'calbatech', 2000000, 0.06);
INSERT INTO warrants VALUES (1, 'calbatech', 12143290);
CREATE TEMP TABLE pending_status AS TABLE deals_status;
COMMIT;
SELECT count(*) AS "different once committed" FROM (TABLE deals_status EXCEPT TABLE pending_status) s;

-- Would it fit? asked and forgotten: no lock either, nor a row
BEGIN;
INSERT INTO warrants VALUES (2, 'calbatech', 1000000);
SELECT slack, cured_by FROM deals_status;
SELECT relation::regclass, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('deals_reserve'::regclass, 'deals_journal'::regclass) AND mode <> 'AccessShareLock';
ROLLBACK;
SELECT slack, cured_by FROM deals_status;
SELECT max(seq), count(*) FROM deals_journal;

-- The prices: the one above which the reserve holds, and the one above which
-- all available shares would.  Just above, at, just below; the oracle is
-- P / (floor(shares / 2) - warrants + 1), rounded up to 20 decimals.
SELECT breakeven_price, vote_price, ceil(2000000 / 33333334::numeric(60,40) * 1e20) / 1e20 AS breakeven_oracle, ceil(2000000 / 65676597::numeric(60,40) * 1e20) / 1e20 AS vote_oracle FROM deals_status;
CREATE FUNCTION at_price(new_price numeric) RETURNS TABLE (price numeric, required bigint, slack bigint, cured_by text) LANGUAGE plpgsql AS $$
BEGIN
	UPDATE notes SET conversion_price = new_price WHERE note_id = 1;
	RETURN QUERY SELECT new_price, s.required, s.slack, s.cured_by FROM deals_status s WHERE s.deal = 'calbatech';
END $$;
BEGIN;
SELECT a.* FROM deals_status s, unnest(ARRAY[0.1647, 0.06, 0.05999999880000002400, s.breakeven_price, s.breakeven_price - 1e-20, 0.0599999988, 0.05, 0.030453, s.vote_price, s.vote_price - 1e-20, 0.030452, 0.01]) p, at_price(p) a;
ROLLBACK;
-- no price helps where the warrants alone are too many; none is needed without principal
INSERT INTO deals VALUES ('wide', 100, 1000, 0, 0, 3), ('empty', 0, 0, 0, 0, 2), ('narrow', 0, 1, 1, 0, 2);
UPDATE deals_reserve SET on_breach = 'record' WHERE deal <> 'calbatech';
INSERT INTO notes VALUES (2, 'wide', 10, 1);
SELECT deal, required, slack, breakeven_price, vote_price FROM deals_status WHERE deal <> 'calbatech' ORDER BY deal;
INSERT INTO warrants VALUES (3, 'wide', 33), (4, 'narrow', 1);
SELECT deal, required, slack, cured_by, breakeven_price, vote_price FROM deals_status WHERE deal <> 'calbatech' ORDER BY deal;
INSERT INTO warrants VALUES (5, 'wide', 1);
SELECT deal, required, slack, cured_by, breakeven_price, vote_price FROM deals_status WHERE deal <> 'calbatech' ORDER BY deal;
UPDATE deals SET outstanding = 1001 WHERE deal_id = 'wide';
SELECT deal, required, counted, slack, conversion_slack, cured_by, breakeven_price, vote_price FROM deals_status WHERE deal = 'wide';
DELETE FROM deals WHERE deal_id <> 'calbatech';
SELECT deal FROM deals_status;
-- deals without a row have none here, but their notes are in the books
SELECT * FROM covenant.audit('deals');
DELETE FROM notes WHERE note_id > 1;
DELETE FROM warrants WHERE warrant_id > 1;

-- A shortfall and its day, from day to day.  covenant.as_of is the day of what is written;
-- the view tells how things stand.
CREATE FUNCTION on_day(day date, statement text) RETURNS TABLE (as_of date, slack bigint, since date, cured_by text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('covenant.as_of', day::text, false);
	EXECUTE statement;
	RETURN QUERY SELECT covenant.as_of(), s.slack, s.shortfall_since, s.cured_by FROM deals_status s WHERE deal = 'calbatech';
END $$;
SELECT * FROM on_day('2005-05-31', 'UPDATE notes SET conversion_price = 0.061');
SELECT * FROM on_day('2005-06-08', 'UPDATE notes SET conversion_price = 0.05');
SELECT * FROM on_day('2005-06-09', 'SELECT');
SELECT * FROM on_day('2005-06-10', 'UPDATE notes SET conversion_price = 0.04');
SELECT * FROM on_day('2005-06-13', 'UPDATE deals SET reserved_shares = reserved_shares + 1000');
SELECT * FROM on_day('2005-06-14', 'UPDATE notes SET conversion_price = 0.06');
SELECT * FROM on_day('2005-06-15', 'UPDATE notes SET conversion_price = 0.03');
-- down and up again within a day is no shortfall at its end
SELECT * FROM on_day('2005-06-16', 'UPDATE notes SET conversion_price = 0.1');
SELECT * FROM on_day('2005-06-17', 'UPDATE notes SET conversion_price = 0.05');
SELECT * FROM on_day('2005-06-17', 'UPDATE notes SET conversion_price = 0.1');
-- nor is up and down again within a day the end of one, pending or not
SELECT * FROM on_day('2005-06-20', 'UPDATE notes SET conversion_price = 0.05');
SELECT * FROM on_day('2005-06-21', 'UPDATE notes SET conversion_price = 0.1');
SELECT * FROM on_day('2005-06-21', 'UPDATE notes SET conversion_price = 0.05');
SELECT * FROM on_day('2005-06-21', 'SELECT');
-- what becomes known late counts from its own day: at 0.049 and then 0.03 the
-- days from 17 June on, until the price of the 20th, were short as well
SELECT * FROM on_day('2005-06-21', 'SELECT covenant.correct(''notes'', note_id::text, ''2005-06-17'', price => 0.049) FROM notes WHERE deal_id = ''calbatech''');
SELECT * FROM on_day('2005-06-21', 'SELECT covenant.correct(''notes'', note_id::text, ''2005-06-18'', price => 0.03) FROM notes WHERE deal_id = ''calbatech''');
SELECT * FROM on_day('2005-06-21', 'UPDATE notes SET conversion_price = 0.049');
SELECT * FROM on_day('2005-06-22', 'UPDATE deals SET reserved_shares = 150000000');
SELECT * FROM on_day('2005-06-23', 'UPDATE notes SET conversion_price = 0.03');
SELECT * FROM on_day('2005-06-24', 'UPDATE deals SET authorized = authorized - 1');
-- the setting is not a filter: how things stand is how they stand
SELECT * FROM on_day('2005-05-24', 'SELECT');
SELECT * FROM on_day('2005-06-27', 'UPDATE deals SET authorized = 400000000, reserved_shares = 200000000');
-- while pending it says what it will say when committed
BEGIN;
SELECT * FROM on_day('2005-06-28', 'UPDATE notes SET conversion_price = 0.02');
COMMIT;
BEGIN;
SELECT * FROM on_day('2005-06-29', 'UPDATE notes SET conversion_price = 0.019');
ROLLBACK;
SELECT * FROM on_day('2005-06-30', 'SELECT');
-- two shortfalls become one where the day between was none that complied
BEGIN;
SELECT * FROM on_day('2005-06-30', 'SELECT covenant.correct(''notes'', note_id::text, ''2005-06-24'', price => 0.012) FROM notes WHERE deal_id = ''calbatech''');
COMMIT;
SELECT * FROM on_day('2005-06-30', 'SELECT');
SELECT effective_on, kind, sum(note_shares) AS notes, sum(reserved) AS reserved, slack FROM deals_journal WHERE deal = 'calbatech' GROUP BY seq, effective_on, kind, slack ORDER BY seq;
SELECT * FROM covenant.audit('deals');

-- The day is not later than today, and ISO only
SET covenant.as_of = '2999-01-01';
SET covenant.as_of = '06/08/2005';
SET covenant.as_of = '2005-06-31';
SHOW covenant.as_of;

-- Depends on nothing of the session but the day
SET search_path = '';
SET timezone = 'Pacific/Kiritimati';
SET datestyle = 'SQL, DMY';
SELECT deal, slack, shortfall_since FROM status.deals_status;
UPDATE status.notes SET conversion_price = 0.021;
SELECT effective_on, slack FROM status.deals_journal ORDER BY seq DESC LIMIT 1;
RESET timezone;
SET client_min_messages = warning;
DROP SCHEMA status CASCADE;

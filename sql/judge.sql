-- The verdict.  First the agreement: Securities Purchase Agreement of 23 May
-- 2005, CalbaTech, Inc. and the Buyers, Sections 1, 3(c) and 4(h).
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA judge;
SET search_path = judge;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved_shares bigint, authorized bigint, outstanding bigint, plan_reserved bigint);
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id text REFERENCES deals, buyer text, balance numeric, conversion_price numeric);
CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text REFERENCES deals, buyer text, unexercised bigint);
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
	authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved') AS ledger,
	covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance', price => 'conversion_price', holder => 'buyer') AS notes,
	covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer') AS warrants;
CREATE VIEW now AS SELECT issuable, required, reserved, available, counted, slack, conversion_slack, shortfall_since AS since, cured_by FROM deals_status;

-- Recital B and Section 3(c): 2 x (33,333,333 + 12,143,290) = 90,953,246; the slack is 0
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 1500000, 0.06), (2, 'calbatech', 'stonestreet', 500000, 0.06);
INSERT INTO warrants VALUES (1, 'calbatech', 'alpha', 9107467), (2, 'calbatech', 'stonestreet', 3035823);
COMMIT;
SELECT * FROM now;
SELECT available - reserved AS free FROM now;

-- A warrant too many, a share of a note too many, a share of reserve too few,
-- also a share of capital too few are refused; part of a share is no share
INSERT INTO warrants VALUES (3, 'calbatech', 'alpha', 1);
INSERT INTO notes VALUES (3, 'calbatech', 'alpha', 0.06, 0.06);
UPDATE deals SET reserved_shares = 90953245;
UPDATE deals SET plan_reserved = 380000 + 64686528;
UPDATE notes SET balance = balance + 0.055 WHERE note_id = 1;
UPDATE notes SET balance = balance - 0.055 WHERE note_id = 1;
UPDATE deals SET plan_reserved = 380000 + 64686527;
UPDATE deals SET plan_reserved = 380000;

-- The two further tranches, each with its reserve, in whichever order; the
-- mistake in the second is repaired before COMMIT
BEGIN;
INSERT INTO notes VALUES (3, 'calbatech', 'alpha', 600000, 0.06);
INSERT INTO warrants VALUES (3, 'calbatech', 'alpha', 3642987);
UPDATE deals SET reserved_shares = reserved_shares + 27285974;
COMMIT;
BEGIN;
UPDATE deals SET reserved_shares = reserved_shares + 27285974;
INSERT INTO notes VALUES (4, 'calbatech', 'alpha', 6000000, 0.06);
INSERT INTO warrants VALUES (4, 'calbatech', 'alpha', 3642987);
UPDATE notes SET balance = 600000 WHERE note_id = 4;
COMMIT;
SELECT * FROM now;
-- a third is more than could be reserved, even with all there is
BEGIN;
INSERT INTO notes VALUES (5, 'calbatech', 'alpha', 600000, 0.06);
UPDATE deals SET reserved_shares = available FROM now;
COMMIT;
BEGIN;
DELETE FROM notes WHERE note_id IN (3, 4);
DELETE FROM warrants WHERE warrant_id IN (3, 4);
UPDATE deals SET reserved_shares = 90953246;
COMMIT;

-- The price falls to $0.05: recorded, and no act may widen it
SET covenant.as_of = '2005-06-08';
UPDATE notes SET conversion_price = 0.05;
SELECT * FROM now;
INSERT INTO warrants VALUES (3, 'calbatech', 'alpha', 1);
UPDATE deals SET reserved_shares = reserved_shares - 1;
UPDATE notes SET balance = balance + 1 WHERE note_id = 1;
UPDATE notes SET conversion_price = 0.05, balance = balance + CASE note_id WHEN 1 THEN 0.05 ELSE 0 END;
-- what narrows it is allowed, also where it does not cure; so is what leaves it as it is
SET covenant.as_of = '2005-06-09';
UPDATE deals SET reserved_shares = reserved_shares + 1000000;
UPDATE notes SET balance = balance - 5000 WHERE note_id = 1;
BEGIN;
INSERT INTO warrants VALUES (3, 'calbatech', 'alpha', 500000);
UPDATE deals SET reserved_shares = reserved_shares + 1000000;
COMMIT;
BEGIN;
INSERT INTO warrants VALUES (4, 'calbatech', 'alpha', 500001);
UPDATE deals SET reserved_shares = reserved_shares + 1000000;
COMMIT;
-- a further fall; in its transaction an act may not hide behind it
SET covenant.as_of = '2005-06-10';
BEGIN;
UPDATE notes SET conversion_price = 0.04;
UPDATE warrants SET unexercised = unexercised + 1 WHERE warrant_id = 1;
COMMIT;
UPDATE notes SET conversion_price = 0.04;
SELECT * FROM now;
-- Section 3(e): $4,000 converted at $0.04, 100,000 shares out of the reserve
BEGIN;
UPDATE notes SET balance = balance - 4000 WHERE note_id = 2;
UPDATE deals SET reserved_shares = reserved_shares - 100000, outstanding = outstanding + 100000;
COMMIT;
SELECT * FROM now;
-- the board cures, as far as there are shares
UPDATE deals SET reserved_shares = reserved_shares - slack FROM now;
SELECT * FROM now;
-- below the price at which even all available shares do not suffice it takes a vote
SET covenant.as_of = '2005-06-13';
UPDATE notes SET conversion_price = 0.02;
SELECT * FROM now;
UPDATE deals SET reserved_shares = available FROM now;
UPDATE deals SET reserved_shares = reserved_shares + 1;
INSERT INTO warrants VALUES (4, 'calbatech', 'alpha', 1);
SELECT * FROM now;
BEGIN;
UPDATE deals SET authorized = authorized + 100000000;
UPDATE deals SET reserved_shares = required FROM now;
COMMIT;
SELECT * FROM now;
SELECT kind, effective_on, count(*) FROM deals_journal GROUP BY kind, effective_on ORDER BY effective_on, kind;
SELECT * FROM covenant.audit('deals');

-- What a refusal carries: SQLSTATE, constraint, schema, table; the deal's key in the message
CREATE FUNCTION refusal(statement text) RETURNS TABLE (field text, value text) LANGUAGE plpgsql AS $$
DECLARE state text; rule text; schema_name text; table_name text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	PERFORM covenant.check('deals');
	RAISE EXCEPTION 'complies';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, rule = CONSTRAINT_NAME, schema_name = SCHEMA_NAME, table_name = TABLE_NAME,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN QUERY VALUES ('sqlstate', state), ('message', message), ('detail', detail), ('hint', hint), ('constraint', rule), ('schema', schema_name), ('table', table_name);
END $$;
SELECT * FROM refusal($$INSERT INTO warrants VALUES (9, 'calbatech', 'alpha', 1)$$);
SELECT * FROM refusal($$UPDATE deals SET outstanding = outstanding + 100000000$$);
SELECT * FROM refusal($$SELECT$$);

-- Authorized capital: what is promised must exist.  100 authorized, 40
-- outstanding, 10 for the plan, 50 reserved: nothing is free.
INSERT INTO deals VALUES ('capital', 50, 100, 40, 10);
UPDATE deals SET outstanding = 41 WHERE deal_id = 'capital';
UPDATE deals SET plan_reserved = 11 WHERE deal_id = 'capital';
UPDATE deals SET reserved_shares = 51 WHERE deal_id = 'capital';
UPDATE deals SET authorized = 99 WHERE deal_id = 'capital';
INSERT INTO deals VALUES ('no capital', 1, 0, 0, 0);
UPDATE deals SET authorized = 110, outstanding = 45, reserved_shares = 55 WHERE deal_id = 'capital';
UPDATE deals SET outstanding = 55, reserved_shares = 45 WHERE deal_id = 'capital';
-- both rules broken: the shares that do not exist come first
INSERT INTO notes VALUES (10, 'capital', 'alpha', 22, 1);
BEGIN;
INSERT INTO notes VALUES (11, 'capital', 'alpha', 1, 1);
UPDATE deals SET reserved_shares = 46 WHERE deal_id = 'capital';
COMMIT;
INSERT INTO notes VALUES (11, 'capital', 'alpha', 1, 1);

DROP VIEW now;
-- More promised than authorized, from before the watch: shares may still be
-- issued out of the reserve, as long as they are authorized
SELECT covenant.unwatch('notes'), covenant.unwatch('warrants');
SELECT covenant.unwatch('deals');
UPDATE deals SET authorized = 90 WHERE deal_id = 'capital';
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
	authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved') AS ledger,
	covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance', price => 'conversion_price', holder => 'buyer') AS notes,
	covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer') AS warrants;
SELECT required, reserved, available, counted, slack FROM deals_status WHERE deal = 'capital';
BEGIN;
UPDATE notes SET balance = balance - 5 WHERE note_id = 10;
UPDATE deals SET reserved_shares = reserved_shares - 5, outstanding = outstanding + 5 WHERE deal_id = 'capital';
COMMIT;
UPDATE deals SET plan_reserved = plan_reserved + 1 WHERE deal_id = 'capital';
UPDATE deals SET plan_reserved = plan_reserved - 1 WHERE deal_id = 'capital';
UPDATE deals SET reserved_shares = 10, outstanding = 90 WHERE deal_id = 'capital';
UPDATE deals SET reserved_shares = 9, outstanding = 91 WHERE deal_id = 'capital';
SELECT deal, required, reserved, available, counted, slack, cured_by FROM deals_status WHERE deal = 'capital';
SELECT * FROM covenant.audit('deals');

-- Without capital columns the reserve alone counts, and nobody knows what a vote would need
CREATE TABLE plain (id int PRIMARY KEY, reserved int);
CREATE TABLE plain_notes (id int, principal int, price numeric, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('plain', 'id', 'reserved'), covenant.watch_notes('plain_notes', 'plain', 'id', 'principal', 'price');
INSERT INTO plain VALUES (1, 20), (2, 1000000);
INSERT INTO plain_notes VALUES (1, 10, 1), (1, 1, 1);
INSERT INTO plain_notes VALUES (1, 10, 1), (2, 10, 1);
UPDATE plain_notes SET price = 0.5 WHERE id = 1;
INSERT INTO plain_notes VALUES (3, 1, 1);
SELECT deal, required, reserved, available, counted, slack, conversion_slack, cured_by, breakeven_price, vote_price FROM plain_status ORDER BY deal;
SELECT deal, authorized, outstanding, other_reserved FROM plain_reserve ORDER BY deal;

-- Multiples: rounded up after the multiplication, of all that is issuable
CREATE TABLE multiples (id int PRIMARY KEY, reserved bigint, multiple numeric(20,12));
CREATE TABLE multiple_warrants (id int, shares bigint, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('multiples', 'id', 'reserved', multiple => 'multiple'), covenant.watch_warrants('multiple_warrants', 'multiples', 'id', 'shares');
INSERT INTO multiples VALUES (1, 4, 1.25), (2, 3000001, 1000000), (3, 1, 0.000000001);
INSERT INTO multiple_warrants VALUES (1, 2), (1, 1);
INSERT INTO multiple_warrants VALUES (1, 1);
UPDATE multiples SET multiple = 1 WHERE id = 1;
INSERT INTO multiple_warrants VALUES (1, 1);
INSERT INTO multiple_warrants VALUES (2, 3), (3, 1000000000);
INSERT INTO multiple_warrants VALUES (2, 1);
INSERT INTO multiple_warrants VALUES (3, 1);
SELECT deal, issuable, required, counted, slack, conversion_slack FROM multiples_status ORDER BY deal;
SELECT deal, multiple FROM multiples_reserve ORDER BY deal;
\set VERBOSITY terse
UPDATE multiples SET multiple = 0 WHERE id = 1;
UPDATE multiples SET multiple = 1000001 WHERE id = 1;
UPDATE multiples SET multiple = 1.0000000001 WHERE id = 1;
UPDATE multiples SET multiple = NULL WHERE id = 1;
\set VERBOSITY default
-- more than a bigint could show is refused, whatever on_breach says
UPDATE multiple_warrants SET shares = 9223372036854775807 WHERE id = 2;
UPDATE multiples SET reserved = 9223372036854775807, multiple = 1 WHERE id = 2;
UPDATE multiple_warrants SET shares = 9223372036854775807 WHERE id = 2;
SELECT issuable, required, slack, conversion_slack FROM multiples_status WHERE deal = 2;
UPDATE multiples SET multiple = 1.000000001 WHERE id = 2;
UPDATE multiple_warrants SET shares = 0 WHERE id = 2;
SELECT * FROM covenant.audit('multiples');

-- The three modes of on_breach: the journal has the act in all but the first
CREATE TABLE warns (id text PRIMARY KEY, reserved int, authorized int, outstanding int);
CREATE TABLE warn_warrants (id text, shares int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE records (id text PRIMARY KEY, reserved int, authorized int, outstanding int);
CREATE TABLE record_warrants (id text, shares bigint, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('warns', 'id', 'reserved', 'authorized', 'outstanding', on_breach => 'warn'), covenant.watch_warrants('warn_warrants', 'warns', 'id', 'shares'),
	covenant.watch_deals('records', 'id', 'reserved', 'authorized', 'outstanding', on_breach => 'record'), covenant.watch_warrants('record_warrants', 'records', 'id', 'shares');
INSERT INTO warns VALUES ('a', 10, 100, 50);
INSERT INTO records VALUES ('a', 10, 100, 50);
INSERT INTO warn_warrants VALUES ('a', 7);
INSERT INTO record_warrants VALUES ('a', 7);
UPDATE warns SET outstanding = 95;
UPDATE records SET outstanding = 95;
INSERT INTO warn_warrants VALUES ('b', 1);
INSERT INTO record_warrants VALUES ('b', 1);
SELECT 'warn', * FROM warns_status UNION ALL SELECT 'record', * FROM records_status;
SELECT 'warn', deal, seq, kind, slack FROM warns_journal UNION ALL SELECT 'record', deal, seq, kind, slack FROM records_journal ORDER BY 1, deal, seq;
-- what no view could show is refused even so
INSERT INTO record_warrants VALUES ('b', 5000000000000000000);
-- a deal may be made stricter or more lenient by its row in the ledger
UPDATE warns_reserve SET on_breach = 'refuse' WHERE deal = 'a';
INSERT INTO warn_warrants VALUES ('a', 1), ('b', 1);
INSERT INTO warn_warrants VALUES ('b', 1);
UPDATE warns_reserve SET on_breach = 'ignore' WHERE deal = 'a';
SELECT * FROM covenant.audit('warns') UNION ALL SELECT * FROM covenant.audit('records');

SET client_min_messages = warning;
DROP SCHEMA judge CASCADE;

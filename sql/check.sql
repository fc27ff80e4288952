-- Asking for the verdict before COMMIT, and overriding it.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA check_test;
SET search_path = check_test;
CREATE TABLE deals (deal text PRIMARY KEY, reserved int, authorized int, outstanding int);
CREATE TABLE notes (note int PRIMARY KEY, deal text, principal int, price numeric);
CREATE TABLE others (deal text PRIMARY KEY, reserved int);
CREATE TABLE other_notes (LIKE notes INCLUDING ALL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price'),
	covenant.watch_deals('others', 'deal', 'reserved'), covenant.watch_notes('other_notes', 'others', 'deal', 'principal', 'price');
INSERT INTO deals VALUES ('a', 100, 1000, 500), ('b', 100, 1000, 500);
INSERT INTO notes VALUES (1, 'a', 50, 1), (2, 'b', 40, 1);
\set VERBOSITY terse

-- check says what COMMIT will say, or nothing; it writes and locks nothing
SELECT covenant.check('deals');
BEGIN;
UPDATE notes SET principal = principal + 10 WHERE deal = 'b';
SELECT covenant.check('deals');
SELECT relation::regclass, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('deals_reserve'::regclass, 'deals_journal'::regclass) AND mode <> 'AccessShareLock';
SELECT seq FROM deals_journal WHERE seq > 2;
COMMIT;
BEGIN;
INSERT INTO notes VALUES (3, 'a', 1, 1);
SELECT covenant.check('deals');
ROLLBACK;
-- prices are judged with principal here too, facts are let through, other books are not looked at
BEGIN;
UPDATE notes SET price = 0.5;
SELECT covenant.check('deals');
INSERT INTO other_notes VALUES (1, 'nowhere', 1, 1);
SELECT covenant.check('deals');
SAVEPOINT one;
SELECT covenant.check('others');
ROLLBACK TO one;
INSERT INTO notes VALUES (3, 'a', 1, 1000000);
SELECT covenant.check('deals');
ROLLBACK;
-- a deal without a row in the ledger has the ledger's defaults
BEGIN;
INSERT INTO notes VALUES (3, 'new', 1, 1);
SELECT covenant.check('deals');
ROLLBACK;
BEGIN;
INSERT INTO deals VALUES ('new', 1, 1, 1);
SELECT covenant.check('deals');
ROLLBACK;
-- numbers that no view could show
BEGIN;
UPDATE notes SET price = 0.00000000000000001 WHERE deal = 'a';
SELECT covenant.check('deals');
ROLLBACK;

-- The mode warn warns, once here and once at COMMIT; record says nothing
UPDATE deals_reserve SET on_breach = 'warn' WHERE deal = 'a';
BEGIN;
INSERT INTO notes VALUES (3, 'a', 1, 1);
SELECT covenant.check('deals');
COMMIT;
UPDATE deals_reserve SET on_breach = 'record' WHERE deal = 'a';
BEGIN;
INSERT INTO notes VALUES (4, 'a', 1, 1);
SELECT covenant.check('deals');
COMMIT;
DELETE FROM notes WHERE note IN (3, 4);
UPDATE deals_reserve SET on_breach = 'refuse';

-- Override: what has happened in the world has happened; the journal keeps the reason
SET covenant.as_of = '2005-06-08';
BEGIN;
SELECT covenant.override('deals', 'closing of 7 June, signed before the reserve was raised');
INSERT INTO notes VALUES (3, 'a', 10, 1);
UPDATE notes SET price = 0.5 WHERE note = 3;
UPDATE deals SET reserved = reserved - 7, outstanding = outstanding + 2 WHERE deal = 'b';
SELECT covenant.check('deals');
COMMIT;
SELECT deal, seq, kind, principal, note_shares, reserved, outstanding, slack, effective_on, note FROM deals_journal WHERE effective_on = '2005-06-08' ORDER BY deal, seq;
SELECT deal, slack, shortfall_since FROM deals_status ORDER BY deal;
SELECT * FROM covenant.audit('deals');
-- it ends with the transaction, is of one set of books, and needs a reason
INSERT INTO notes VALUES (4, 'a', 1, 1);
BEGIN;
SELECT covenant.override('deals', 'the other books');
INSERT INTO other_notes VALUES (1, 'nowhere', 1, 1);
COMMIT;
SELECT covenant.override('deals', E' \t\n');
SELECT covenant.override('deals', '');
SELECT covenant.override('deals', NULL) IS NULL AS nothing;
SELECT covenant.override('notes', 'not a deals table');
-- it goes with a savepoint, and stays where the savepoint is released
BEGIN;
SAVEPOINT one;
SELECT covenant.override('deals', 'rolled back');
INSERT INTO notes VALUES (4, 'a', 1, 1);
ROLLBACK TO one;
INSERT INTO notes VALUES (4, 'a', 1, 1);
COMMIT;
BEGIN;
INSERT INTO notes VALUES (4, 'a', 1, 1);
SAVEPOINT one;
SELECT covenant.override('deals', 'released');
RELEASE one;
COMMIT;
BEGIN;
INSERT INTO notes VALUES (5, 'a', 1, 1);
SAVEPOINT one;
SELECT covenant.override('deals', 'released with changes of its own');
INSERT INTO notes VALUES (6, 'a', 1, 1);
RELEASE one;
COMMIT;
SELECT seq, kind, note_shares, note FROM deals_journal WHERE deal = 'a' AND note IS NOT NULL ORDER BY seq;
-- an override of nothing writes nothing
BEGIN;
SELECT covenant.override('deals', 'nothing');
COMMIT;
SELECT count(*) FROM deals_journal WHERE note = 'nothing';
-- what no view could show cannot be overridden
BEGIN;
SELECT covenant.override('deals', 'too much');
INSERT INTO notes VALUES (7, 'a', 1000000000, 0.0000000002);
COMMIT;
-- only members of the role that owns the books
CREATE ROLE check_clerk;
GRANT USAGE ON SCHEMA check_test TO check_clerk;
GRANT SELECT, INSERT, UPDATE ON notes TO check_clerk;
SET ROLE check_clerk;
SELECT covenant.override('deals', 'I say so');
-- the clerk asks all the same; without a right to read the books he is told no figures
BEGIN;
INSERT INTO notes VALUES (8, 'b', 1000, 1);
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT covenant.check('deals');
ROLLBACK;
INSERT INTO notes VALUES (8, 'b', 1000, 1);
RESET ROLE;
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA check_test CASCADE;
DROP ROLE check_clerk;

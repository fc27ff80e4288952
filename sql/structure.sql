-- What happens to the watch when tables, columns, owners, schemas, the books
-- or the extension itself change: it keeps working, or the next write fails
-- and says what to do; afterwards the books are right again.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE structure_owner; CREATE ROLE structure_stranger;
CREATE SCHEMA office AUTHORIZATION structure_owner;
GRANT CREATE, USAGE ON SCHEMA office TO structure_stranger;
SET ROLE structure_owner;
SET search_path = office, covenant, covenant_internal;

-- What each set of books says: deal, principal, note shares, reserved; and
-- what audit finds.
CREATE FUNCTION books(deals regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE says text; found text;
BEGIN
	EXECUTE format('SELECT string_agg(format(''%%s: %%s in %%s, %%s reserved'', deal, trim_scale(principal), note_shares, reserved), ''; '' ORDER BY deal) FROM %s', (books_of(deals)).ledger) INTO says;
	SELECT string_agg(format('%s of %s is %s and should be %s', what, deal, books, tables), '; ') INTO found FROM audit(deals);
	RETURN says || coalesce(' BUT ' || found, '');
END $$;
-- The watched tables anew, with one note of 10 at 0.1 in a deal that reserves 1000.
CREATE PROCEDURE fresh() LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS notes, deals, deals_reserve, deals_position, deals_journal CASCADE;
	CREATE TABLE deals (deal_id int PRIMARY KEY, shares_kept bigint NOT NULL, alternative bigint NOT NULL DEFAULT 700);
	CREATE TABLE notes (deal_id int, amount numeric(20,2), rate covenant.share_price, other numeric DEFAULT 7, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
	PERFORM watch_deals('deals', 'deal_id', 'shares_kept'), watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
	INSERT INTO deals VALUES (1, 1000);
	INSERT INTO notes VALUES (1, 10, 0.1);
END $$;

CALL fresh();
SELECT books('deals') AS start;
-- rename_table: triggers hang on the table, not on its name.
ALTER TABLE notes RENAME TO paper;
ALTER TABLE deals RENAME TO agreements;
INSERT INTO paper VALUES (1, 1, 0.1);
UPDATE agreements SET shares_kept = 2000;
SELECT books('agreements') AS rename_table;
SELECT required, slack FROM deals_status;
SELECT unwatch('paper'), unwatch('agreements');
SELECT books FROM (SELECT deal, principal, note_shares, reserved FROM deals_reserve) books;
DROP TABLE paper, agreements;

-- rename_column, on both tables at once: the next write to each is refused, so
-- is an audit that could not see them; watching both again puts it right.
CALL fresh();
ALTER TABLE notes RENAME amount TO balance;
ALTER TABLE deals RENAME shares_kept TO reserved;
INSERT INTO notes VALUES (1, 1, 0.1);
\echo :LAST_ERROR_SQLSTATE
UPDATE deals SET reserved = 3000;
DELETE FROM notes;
TRUNCATE notes;
SELECT * FROM audit('deals');
SELECT watch_notes('notes', 'deals', 'deal_id', 'balance', 'rate');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT watch_deals('deals', 'deal_id', 'reserved');
SELECT books('deals') AS rename_column;
UPDATE deals SET reserved = 3000;
UPDATE notes SET balance = 2 WHERE balance = 1;
SELECT books('deals') AS "and written";
-- The same in one transaction with what was written before.
BEGIN;
INSERT INTO notes VALUES (1, 5, 0.1);
ALTER TABLE notes RENAME rate TO price;
SELECT watch_notes('notes', 'deals', 'deal_id', 'balance', 'price');
INSERT INTO notes VALUES (1, 6, 0.1);
COMMIT;
SELECT books('deals') AS "rename_column in a transaction";

-- rename_column_in_place_of_another: what has the name counts; audit says so.
CALL fresh();
ALTER TABLE notes RENAME amount TO gone; ALTER TABLE notes RENAME other TO amount;
SELECT books('deals') AS rename_column_in_place_of_another;
SELECT rebuild('deals');
SELECT books('deals') AS rebuilt;

-- drop_column, retype_column.
CALL fresh();
ALTER TABLE notes DROP other, DROP rate;
INSERT INTO notes VALUES (1, 1);
ALTER TABLE notes ADD price numeric DEFAULT 0.2;
SELECT watch_notes('notes', 'deals', 'deal_id', 'amount', 'price');
INSERT INTO notes VALUES (1, 1);
SELECT books('deals') AS drop_column;
ALTER TABLE deals DROP shares_kept;
DELETE FROM deals;
SELECT unwatch('deals');
SELECT watch_deals('deals', 'deal_id', 'alternative');
SELECT books('deals') AS "drop_column of deals";
CALL fresh();
ALTER TABLE notes ALTER amount TYPE text;
INSERT INTO notes VALUES (1, '1', 0.1);
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE notes ALTER amount TYPE bigint USING amount::numeric, ALTER rate TYPE float8 USING rate::numeric;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE notes ALTER rate TYPE numeric(10,4);
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS retype_column;
-- retype_deal: its values mean nothing to the books any more.
ALTER TABLE notes ALTER deal_id TYPE text;
INSERT INTO notes VALUES ('1', 1, 0.1);
ALTER TABLE notes ALTER deal_id TYPE uuid USING NULL;
INSERT INTO notes VALUES ('00000000-0000-0000-0000-000000000001', 1, 0.1);
ALTER TABLE notes ALTER deal_id TYPE bigint USING 1;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS retype_deal;
ALTER TABLE deals ALTER deal_id TYPE bigint;
-- retype_loses_cents: no trigger sees a table rewritten; audit does.
ALTER TABLE notes ALTER amount TYPE numeric;
UPDATE notes SET amount = amount + 0.6;
ALTER TABLE notes ALTER amount TYPE int;
SELECT books('deals') AS retype_loses_cents;
SELECT rebuild('deals');
SELECT books('deals') AS rebuilt;

-- change_owner: who may not post to the books has his table refused.
CALL fresh();
RESET ROLE;
ALTER TABLE notes OWNER TO structure_stranger;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "change_owner, audit still answers";
GRANT structure_owner TO structure_stranger;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals OWNER TO structure_stranger;
UPDATE deals SET shares_kept = shares_kept + 1;
SELECT books('deals') AS "change_owner to a member";
REVOKE structure_owner FROM structure_stranger;
ALTER TABLE deals_reserve OWNER TO structure_stranger; ALTER TABLE deals_journal OWNER TO structure_stranger; ALTER TABLE deals_position OWNER TO structure_stranger;
INSERT INTO notes VALUES (1, 1, 0.1);
UPDATE deals SET shares_kept = shares_kept + 1;
SELECT books('deals') AS "change_owner of everything";
DROP TABLE notes, deals, deals_reserve, deals_position, deals_journal CASCADE;
-- A journal that another role owns: posting stays with the ledger's owner.
SET ROLE structure_owner;
CALL fresh();
RESET ROLE;
ALTER TABLE deals_journal OWNER TO structure_stranger;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals_journal OWNER TO structure_owner;
SET ROLE structure_owner;

-- move_schema: of the tables, which does not matter; of the books, which does;
-- a schema renamed with all that is in it.
RESET ROLE;
CREATE SCHEMA archive AUTHORIZATION structure_owner;
SET ROLE structure_owner;
CALL fresh();
ALTER TABLE deals SET SCHEMA archive; ALTER TABLE notes SET SCHEMA archive;
INSERT INTO archive.notes VALUES (1, 1, 0.1);
UPDATE archive.deals SET shares_kept = 500;
SELECT books('archive.deals') AS move_schema;
ALTER TABLE archive.deals SET SCHEMA office; ALTER TABLE archive.notes SET SCHEMA office;
ALTER TABLE deals_reserve SET SCHEMA archive;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT audit('deals');
ALTER TABLE archive.deals_reserve SET SCHEMA office;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "books moved there and back";
RESET ROLE;
ALTER SCHEMA office RENAME TO bureau;
SET ROLE structure_owner;
SET search_path = bureau, covenant, covenant_internal;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT watch_deals('deals', 'deal_id', 'shares_kept');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS rename_schema;
RESET ROLE;
ALTER SCHEMA bureau RENAME TO office;
SET ROLE structure_owner;
SET search_path = office, covenant, covenant_internal;

-- drop_table: of the notes; audit misses them, rebuild lets them go.
CALL fresh();
DROP TABLE notes;
SELECT books('deals') AS drop_table;
SELECT rebuild('deals');
SELECT books('deals') AS rebuilt;
-- Of the deals: the books stay, and what they held of the table that is gone
-- is not counted once more for the new one.
CALL fresh();
DROP TABLE deals CASCADE;
INSERT INTO notes VALUES (1, 1, 0.1);
CREATE TABLE deals (deal_id int PRIMARY KEY, shares_kept bigint NOT NULL);
INSERT INTO deals VALUES (1, 600);
SELECT watch_deals('deals', 'deal_id', 'shares_kept');
SELECT books('deals') AS "drop_table of deals, and a new one";
-- A table of the ledger's name that is no ledger.
DROP TABLE deals, notes CASCADE; DROP TABLE deals_reserve, deals_position, deals_journal CASCADE;
CREATE TABLE deals_reserve (deal text); CREATE TABLE deals (deal_id int PRIMARY KEY, shares_kept bigint NOT NULL);
SELECT watch_deals('deals', 'deal_id', 'shares_kept');

-- books_dropped, books_renamed: nothing is written without books.
CALL fresh();
DROP TABLE deals_reserve CASCADE;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT covenant.check('deals');
SELECT watch_deals('deals', 'deal_id', 'shares_kept');
SELECT books('deals') AS "ledger dropped";
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "and written";
DROP TABLE deals_position, deals_journal CASCADE;
INSERT INTO notes VALUES (1, 1, 0.1);
\echo :LAST_ERROR_SQLSTATE
BEGIN;
SELECT unwatch('notes'), unwatch('deals');
ROLLBACK;
SELECT watch_deals('deals', 'deal_id', 'shares_kept');
SELECT books('deals') AS "journal dropped";
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals_journal RENAME TO diary;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE diary RENAME TO deals_journal;
ALTER TABLE deals_reserve RENAME TO hoard;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE hoard RENAME TO deals_reserve;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "renamed there and back";
BEGIN;
INSERT INTO notes VALUES (1, 1, 0.1);
DROP TABLE deals_reserve CASCADE;
COMMIT;
SELECT unwatch('notes'), unwatch('deals');
SELECT tgname AS "trigger left" FROM pg_trigger WHERE tgrelid IN ('deals'::regclass, 'notes'::regclass);
SELECT watch_deals('deals', 'deal_id', 'shares_kept'), watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
SELECT books('deals') AS "dropped, unwatched, watched";

-- books_edited: audit shows it, rebuild puts it right, and numbering goes on.
CALL fresh();
UPDATE deals_reserve SET reserved = 90000, entries = 0;
SELECT books('deals') AS books_edited;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT rebuild('deals');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS rebuilt;
DELETE FROM deals_reserve;
SELECT rebuild('deals');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "row deleted, rebuilt";
INSERT INTO deals_reserve (deal, note_shares, entries) VALUES (2, 5, 3);
SELECT rebuild('deals');
INSERT INTO deals VALUES (2, 5);
SELECT books('deals') AS "row planted, rebuilt";
DELETE FROM deals_journal;
ALTER TABLE deals_journal DISABLE TRIGGER ALL;
DELETE FROM deals_journal WHERE deal = 1 AND principal > 0;
ALTER TABLE deals_journal ENABLE TRIGGER ALL;
SELECT books('deals') AS journal_edited;
SELECT rebuild('deals');
SELECT books('deals') AS rebuilt;
ALTER TABLE deals_reserve ADD comment text DEFAULT 'mine';
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "a column more";
ALTER TABLE deals_reserve DROP interest_shares CASCADE;
INSERT INTO notes VALUES (1, 1, 0.1);
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE deals_reserve ADD interest_shares bigint NOT NULL DEFAULT 0;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "a column less, and back";
DROP VIEW deals_status, deals_history, deals_holding, deals_note;
ALTER TABLE deals_reserve ALTER note_shares TYPE numeric, ALTER principal TYPE int, ALTER entries TYPE numeric,
	ALTER multiple TYPE numeric(20,3), ALTER on_breach TYPE varchar(20);
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "columns retyped are written, not read";
ALTER TABLE deals_reserve ALTER note_shares TYPE bigint, ALTER principal TYPE numeric, ALTER entries TYPE bigint, ALTER multiple TYPE numeric;
SELECT books('deals') AS "and back";
ALTER TABLE deals_reserve ALTER on_breach DROP NOT NULL, ALTER multiple DROP NOT NULL, ALTER entries DROP NOT NULL, ALTER note_shares DROP NOT NULL;
UPDATE deals_reserve SET on_breach = NULL WHERE deal = 1;
INSERT INTO notes VALUES (1, 1, 0.1);
UPDATE deals_reserve SET entries = NULL, note_shares = NULL WHERE deal = 1;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT rebuild('deals');
UPDATE deals_reserve SET multiple = NULL WHERE deal = 1;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT rebuild('deals');
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS "nulls";
ALTER TABLE deals_reserve ALTER deal TYPE text;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals_reserve ALTER deal TYPE int USING deal::int;
BEGIN;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals_reserve ALTER deal TYPE uuid USING gen_random_uuid();
COMMIT;
BEGIN;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE deals_reserve RENAME TO deals2_reserve;
ALTER TABLE deals_journal RENAME TO deals2_journal; ALTER TABLE deals_position RENAME TO deals2_position;
COMMIT;
ALTER TABLE deals2_reserve RENAME TO deals_reserve;
ALTER TABLE deals2_journal RENAME TO deals_journal; ALTER TABLE deals2_position RENAME TO deals_position;
SELECT books('deals') AS "renamed while pending";
CREATE RULE deaf AS ON UPDATE TO deals_reserve DO INSTEAD NOTHING;
INSERT INTO notes VALUES (1, 1, 0.1);
DROP RULE deaf ON deals_reserve;
CREATE FUNCTION deaf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER deaf BEFORE UPDATE ON deals_reserve FOR EACH ROW EXECUTE FUNCTION deaf();
INSERT INTO notes VALUES (1, 1, 0.1);
DROP TRIGGER deaf ON deals_reserve;
SELECT books('deals') AS "rule and trigger on the books";

-- triggers_disabled, triggers_dropped: nobody hears; audit does.
CALL fresh();
ALTER TABLE notes DISABLE TRIGGER ALL;
INSERT INTO notes VALUES (1, 1, 0.1);
ALTER TABLE notes ENABLE TRIGGER ALL;
SELECT books('deals') AS triggers_disabled;
SELECT rebuild('deals');
DROP TRIGGER covenant_delete ON notes; DROP TRIGGER covenant_insert ON notes; DROP TRIGGER covenant_truncate ON notes;
INSERT INTO notes VALUES (1, 1, 0.1);
SELECT books('deals') AS triggers_dropped;
SELECT rebuild('deals');
SELECT unwatch('notes');
SELECT books('deals') AS unwatched;

-- drop_extension: refused while anything is watched; with CASCADE the triggers
-- go and the books stay, with every price in them, though the extension's types take
-- their columns along, and do not count twice when the tables are watched again.
RESET ROLE;
\set database :DBNAME
CREATE DATABASE covenant_structure;
\c covenant_structure
SET client_min_messages = warning;
CREATE EXTENSION covenant;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal_id int, amount numeric, rate numeric, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
INSERT INTO deals VALUES (1, 1000);
INSERT INTO notes VALUES (1, 40, 0.1);
CREATE TABLE fractions (deal_id int, amount numeric, price covenant.share_price, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_notes('fractions', 'deals', 'deal_id', 'amount', 'price');
INSERT INTO fractions VALUES (1, 0.5, '1001/120000');
UPDATE fractions SET price = '391/6000';
DELETE FROM fractions;
\set VERBOSITY terse
DROP EXTENSION covenant;
DROP EXTENSION covenant CASCADE;
SELECT source, instrument, principal, price, price_divisor, pg_typeof(price) AS type FROM deals_position ORDER BY seq, line;
SELECT kind, principal, note_shares, slack FROM deals_journal ORDER BY seq;
DROP TABLE fractions;
INSERT INTO notes VALUES (1, 4, 0.1);
SELECT deal, principal, note_shares, reserved, entries FROM deals_reserve;
CREATE EXTENSION covenant;
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
SELECT deal, principal, note_shares, reserved, entries FROM deals_reserve;
SELECT * FROM covenant.audit('deals');
INSERT INTO notes VALUES (1, 7, 0.1);
DELETE FROM deals_journal;
SELECT slack FROM deals_status;
SELECT covenant.unwatch('notes'), covenant.unwatch('deals');
DROP EXTENSION covenant;
DROP TABLE deals, notes, deals_reserve, deals_position, deals_journal CASCADE;
\c :database
DROP DATABASE covenant_structure;
SET client_min_messages = warning;
DROP SCHEMA office, archive CASCADE;
DROP ROLE structure_owner, structure_stranger;

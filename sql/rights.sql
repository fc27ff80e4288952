-- Who may do what: a clerk writes notes and nothing else, a stranger forges, a
-- reader reads; hostile search paths, planted tables, operators and policies.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE rights_owner; CREATE ROLE rights_clerk; CREATE ROLE rights_reader; CREATE ROLE rights_stranger; CREATE ROLE rights_officer;
GRANT rights_owner TO rights_officer;
CREATE SCHEMA house AUTHORIZATION rights_owner;
GRANT USAGE ON SCHEMA house TO rights_clerk, rights_reader, rights_stranger, rights_officer;
CREATE SCHEMA evil AUTHORIZATION rights_stranger;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
SET ROLE rights_owner;
SET search_path = house, covenant, covenant_internal;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal_id int, buyer text, amount numeric, rate numeric, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
INSERT INTO deals VALUES (1, 1000), (2, 500);
SELECT watch_deals('deals', 'deal_id', 'reserved'), watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate', 'buyer');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON notes TO rights_clerk;
SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'house'::regnamespace AND relname LIKE 'deals%' AND relkind IN ('r', 'v') ORDER BY 1;

-- write_notes_only
SET ROLE rights_clerk;
INSERT INTO notes VALUES (1, 'alpha', 10, 0.1), (1, 'beta', 20, 0.1), (2, 'alpha', 5, 0.1);
UPDATE notes SET amount = 11 WHERE buyer = 'alpha' AND deal_id = 1;
DELETE FROM notes WHERE buyer = 'beta';
TRUNCATE notes;
INSERT INTO notes VALUES (1, 'alpha', 10, 0.1);
PREPARE write AS INSERT INTO notes VALUES (1, 'alpha', $1, 0.1);
EXECUTE write (1);
-- read_books, alter_books
SELECT * FROM deals_reserve;
SELECT * FROM deals_journal;
SELECT * FROM deals_status;
UPDATE deals_reserve SET reserved = 1000000;
INSERT INTO deals_journal SELECT * FROM deals_journal;
DELETE FROM deals_reserve;
TRUNCATE deals_reserve, deals_journal;
SELECT * FROM audit('deals');
SELECT rebuild('deals');
SELECT unwatch('notes');
SELECT watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate');
SELECT override('deals', 'because I say so');
ALTER TABLE notes DISABLE TRIGGER ALL;
-- The functions underneath.
SELECT close_table('notes');
SELECT watch_table('notes', '{}', '{}', NULL);
SELECT split_books('deals_reserve', '{1}', 2, 1, '2005-05-23', 'down');
SELECT override_books('deals_reserve', 'because I say so');
SELECT rebuild_books('deals_reserve');
SELECT balance_ledger('deals_reserve');
SELECT drop_triggers('notes');
-- hidden_figures: what is refused is told, why is for those who may read.
INSERT INTO notes VALUES (1, 'alpha', 100, 0.1);
BEGIN;
INSERT INTO notes VALUES (1, 'alpha', 100, 0.1);
SELECT covenant.check('deals');
ROLLBACK;
RESET ROLE; GRANT SELECT ON deals_reserve TO rights_clerk; SET ROLE rights_clerk;
INSERT INTO notes VALUES (1, 'alpha', 100, 0.1);
RESET ROLE; REVOKE SELECT ON deals_reserve FROM rights_clerk;

-- forge_posting: triggers of covenant on a table of one's own post nothing.
SET ROLE rights_stranger;
CREATE TABLE evil.forged (deal_id int PRIMARY KEY, amount numeric, rate numeric);
CREATE TRIGGER forged AFTER INSERT OR UPDATE OR DELETE ON evil.forged FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=house', 'ledger=deals_reserve', 'source=notes', 'key=deal_id', 'deal=deal_id', 'principal=amount', 'price=rate');
INSERT INTO evil.forged VALUES (1, 100, 0.1);
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged BEFORE TRUNCATE ON evil.forged EXECUTE FUNCTION
	covenant_internal.capture('table=deals', 'schema=house', 'ledger=deals_reserve', 'deal=deal_id', 'reserved=amount');
TRUNCATE evil.forged;
SELECT watch_notes('evil.forged', 'house.deals', 'deal_id', 'amount', 'rate');
SELECT watch_deals('house.deals', 'deal_id', 'reserved');
-- A trigger that is not as covenant makes it, or has senseless arguments.
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged BEFORE INSERT ON evil.forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture('table=notes');
INSERT INTO evil.forged VALUES (1, 1, 1);
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged AFTER INSERT ON evil.forged FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.capture('table=notes');
INSERT INTO evil.forged VALUES (1, 1, 1);
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged AFTER INSERT OR UPDATE OR DELETE ON evil.forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture();
INSERT INTO evil.forged VALUES (1, 1, 1);
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged AFTER INSERT OR UPDATE OR DELETE ON evil.forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture('table=notes', 'schema=evil');
INSERT INTO evil.forged VALUES (1, 1, 1);
DROP TRIGGER forged ON evil.forged;
CREATE TRIGGER forged AFTER INSERT OR UPDATE OR DELETE ON evil.forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture('table=notes', 'schema=evil', 'ledger=forged', 'source=forged', 'key=deal_id', 'deal=deal_id', 'principal=amount', 'price=rate');
INSERT INTO evil.forged VALUES (1, 1, 1);
DROP TABLE evil.forged;
-- planted_books: a table of the ledger's name that is there before the watch
-- is not taken for books if another role owns it.
RESET ROLE;
GRANT CREATE ON SCHEMA house TO rights_stranger;
SET ROLE rights_stranger;
CREATE FUNCTION evil.steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''stolen by %'', current_user; END';
CREATE TABLE house.planted_reserve (deal int, on_breach text DEFAULT 'x');
INSERT INTO house.planted_reserve VALUES (1);
CREATE TRIGGER steal BEFORE UPDATE ON house.planted_reserve FOR EACH ROW EXECUTE FUNCTION evil.steal();
RESET ROLE;
CREATE TABLE house.planted (deal_id int PRIMARY KEY, reserved bigint);
SELECT watch_deals('house.planted', 'deal_id', 'reserved');
DROP TABLE house.planted, house.planted_reserve;
REVOKE CREATE ON SCHEMA house FROM rights_stranger;

-- override: for members of the role that owns the books; the journal keeps who and why.
SET ROLE rights_officer;
BEGIN;
SELECT override('deals', '   ');
ROLLBACK;
BEGIN;
SELECT override('deals', 'signed on Friday');
INSERT INTO notes VALUES (2, 'beta', 100, 0.1);
COMMIT;
INSERT INTO notes VALUES (2, 'beta', 100, 0.1);
RESET ROLE;
SELECT deal, kind, note_shares, slack, recorded_by, note FROM deals_journal WHERE kind = 'override';
SET ROLE rights_owner;
DELETE FROM notes WHERE deal_id = 2;

-- hostile_search_path, planted_operators, same_name_in_pg_temp
RESET ROLE;
SET ROLE rights_stranger;
CREATE FUNCTION evil.lie(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION evil.lie(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION evil.lie(numeric, numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 0::numeric';
CREATE FUNCTION evil.coalesce(numeric, int) RETURNS numeric LANGUAGE sql AS 'SELECT 0::numeric';
CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass';
CREATE OPERATOR evil.= (FUNCTION = evil.lie, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR evil.+ (FUNCTION = evil.lie, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR evil.+ (FUNCTION = evil.lie, LEFTARG = numeric, RIGHTARG = numeric);
CREATE OPERATOR evil.- (FUNCTION = evil.lie, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR evil.* (FUNCTION = evil.lie, LEFTARG = numeric, RIGHTARG = numeric);
CREATE DOMAIN evil.numeric AS text; CREATE DOMAIN evil.int8 AS text; CREATE DOMAIN evil.text AS pg_catalog.text;
SET search_path = evil, pg_catalog;
SELECT 1 = 1 AS "the operators are in the way", 1::bigint + 1::bigint AS so;
RESET ROLE;
SET ROLE rights_clerk;
CREATE TEMP TABLE deals_reserve (LIKE pg_catalog.pg_class); CREATE TEMP TABLE deals_journal (deal int); CREATE TEMP TABLE notes (deal_id int);
CREATE TEMP TABLE pg_trigger (tgrelid oid); CREATE TEMP TABLE pg_class (oid oid); CREATE TEMP TABLE pg_inherits (inhrelid oid);
SET search_path = pg_temp, evil, pg_catalog;
INSERT INTO house.notes VALUES (1, 'beta', 2, 0.1);
UPDATE house.notes SET amount = 3 WHERE buyer OPERATOR(pg_catalog.=) 'beta';
INSERT INTO house.notes VALUES (1, 'beta', 200, 0.1);
BEGIN;
INSERT INTO house.notes VALUES (1, 'beta', 200, 0.1);
SELECT covenant.check('house.deals');
ROLLBACK;
RESET ROLE;
SET ROLE rights_owner;
SET search_path = pg_temp, evil, pg_catalog;
SELECT deal, what, books, tables FROM covenant.audit('house.deals');
SELECT deal, principal, issuable, slack FROM house.deals_status ORDER BY deal;
SELECT covenant.rebuild('house.deals');
SELECT covenant.unwatch('house.notes');
SELECT covenant.watch_notes('house.notes', 'house.deals', 'deal_id', 'amount', 'rate', 'buyer');
TRUNCATE house.notes;
INSERT INTO house.notes VALUES (1, 'alpha', 10, 0.1), (1, 'beta', 4, 0.1), (2, 'beta', 3, 0.1);
SELECT deal, principal, issuable, slack FROM house.deals_status ORDER BY deal;
SELECT deal, what, books, tables FROM covenant.audit('house.deals');
SET search_path = house, covenant, covenant_internal;
DISCARD TEMP;
RESET ROLE;
DROP SCHEMA evil CASCADE;

-- row_security on notes: the clerk sees his own, the books count them all.
SET ROLE rights_owner;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY alpha_only ON notes TO rights_clerk USING (buyer = 'alpha');
CREATE POLICY nobody ON notes TO rights_owner USING (false) WITH CHECK (true);
SET ROLE rights_clerk;
UPDATE notes SET amount = amount + 1;
DELETE FROM notes WHERE buyer = 'beta';
SELECT count(*) FROM notes;
RESET ROLE;
GRANT SELECT ON deals, deals_reserve, deals_journal, deals_status TO rights_clerk;
SET ROLE rights_clerk;
SELECT deal, principal FROM deals_status ORDER BY deal;
SELECT * FROM audit('deals');		-- he would compare with what he sees
SET ROLE rights_owner;
SELECT * FROM audit('deals');
-- forced_row_security: not even the owner sees the rows; the guard does, an
-- audit or a rebuild from what he sees would be wrong and is refused.
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM notes;
INSERT INTO notes VALUES (2, 'gamma', 1, 0.1);
SELECT * FROM audit('deals');
SELECT rebuild('deals');
SELECT unwatch('notes');
SELECT watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate', 'buyer');
SELECT deal, principal FROM deals_reserve ORDER BY deal;
TRUNCATE notes;
SELECT deal, principal FROM deals_reserve ORDER BY deal;
INSERT INTO notes VALUES (1, 'alpha', 10, 0.1), (2, 'beta', 3, 0.1);
ALTER TABLE notes NO FORCE ROW LEVEL SECURITY;
SELECT * FROM audit('deals');

-- row_security_on_books: posting is not subject to it; who reads is, also
-- through the view (security_invoker).
GRANT SELECT ON deals, deals_status TO rights_reader;
SET ROLE rights_reader;
SELECT deal, issuable FROM deals_status ORDER BY deal;
SET ROLE rights_owner;
GRANT SELECT ON deals_reserve TO rights_reader;
SET ROLE rights_reader;
SELECT deal, issuable FROM deals_status ORDER BY deal;
SET ROLE rights_owner;
GRANT SELECT ON deals_journal TO rights_reader;
ALTER TABLE deals ENABLE ROW LEVEL SECURITY;
CREATE POLICY first_only ON deals TO rights_reader USING (deal_id = 1);
ALTER TABLE deals_reserve ENABLE ROW LEVEL SECURITY; ALTER TABLE deals_reserve FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_journal ENABLE ROW LEVEL SECURITY; ALTER TABLE deals_journal FORCE ROW LEVEL SECURITY;
CREATE POLICY first_only ON deals_reserve TO rights_reader USING (deal = 1);
SET ROLE rights_clerk;
INSERT INTO notes VALUES (1, 'alpha', 5, 0.1);
INSERT INTO notes VALUES (1, 'alpha', 500, 0.1);
SET ROLE rights_reader;
SELECT deal, issuable FROM deals_status ORDER BY deal;
SELECT deal FROM deals_reserve;
RESET ROLE;
SELECT deal, issuable FROM deals_status ORDER BY deal;
SELECT * FROM audit('deals');
DROP SCHEMA house CASCADE;
DROP ROLE rights_owner, rights_clerk, rights_reader, rights_stranger, rights_officer;

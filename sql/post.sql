-- Posting happens once, just before COMMIT, however the transaction came
-- about and however it ends.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA post;
SET search_path = post;
CREATE TABLE deals (deal text PRIMARY KEY, reserved int);
CREATE TABLE notes (note int PRIMARY KEY, deal text, holder text DEFAULT 'alpha', principal numeric, price numeric DEFAULT 1);
CREATE TABLE warrants (warrant int PRIMARY KEY, deal text, shares int);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder'), covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
INSERT INTO deals VALUES ('a', 100), ('b', 100);
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE VIEW shown AS SELECT deal, principal, note_shares AS notes, warrant_shares AS warrants, slack, (SELECT count(*) FROM deals_journal j WHERE j.deal = s.deal) AS journal, (SELECT count(*) FROM covenant.audit('deals')) AS differences FROM deals_status s ORDER BY deal;

-- However many statements, a deal is posted once
BEGIN;
INSERT INTO notes SELECT n, 'a', 'alpha', 1, 1 FROM generate_series(1, 5) n;
INSERT INTO notes SELECT n, 'a', 'alpha', 1, 1 FROM generate_series(6, 10) n;
UPDATE notes SET price = 0.5;
UPDATE notes SET price = 1;
DELETE FROM notes WHERE note > 8;
COMMIT;
SELECT seq, kind, principal, note_shares, slack FROM deals_journal WHERE deal = 'a' ORDER BY seq;
-- several statements as one query are one transaction
INSERT INTO notes VALUES (11, 'a', 'alpha', 1)\; UPDATE notes SET principal = 2 WHERE note = 11\; INSERT INTO notes VALUES (12, 'b', 'alpha', 3);
TABLE shown;
INSERT INTO notes VALUES (13, 'a', 'alpha', 1)\; INSERT INTO notes VALUES (14, 'b', 'alpha', 300);
TABLE shown;
-- prepared statements; COMMIT AND CHAIN goes on with nothing pending
PREPARE add(int, text, numeric) AS INSERT INTO notes VALUES ($1, $2, 'alpha', $3);
BEGIN;
EXECUTE add(13, 'a', 1);
COMMIT AND CHAIN;
SELECT * FROM covenant_internal.pending_deals('deals_reserve');
EXECUTE add(14, 'a', 1000);
COMMIT AND CHAIN;
EXECUTE add(14, 'a', 1);
COMMIT;
TABLE shown;

-- After an error at COMMIT nothing is left over
BEGIN;
EXECUTE add(15, 'a', 1000);
COMMIT;
SELECT count(*) FROM notes WHERE note = 15;
BEGIN;
SELECT * FROM covenant_internal.pending_deals('deals_reserve');
EXECUTE add(15, 'a', 1);
COMMIT;
TABLE shown;

-- Procedures: each COMMIT posts, the first refusal ends it; what was committed stays
CREATE PROCEDURE add_up_to(first int, last int, each numeric) LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN first .. last LOOP
		INSERT INTO notes VALUES (n, 'b', 'holder', each, 1);
		IF n % 3 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
	END LOOP;
END $$;
CALL add_up_to(100, 110, 1);
TABLE shown;
CALL add_up_to(200, 210, 10);
TABLE shown;
SELECT array_agg(note ORDER BY note) FROM notes WHERE note BETWEEN 100 AND 300;
-- PL/pgSQL can catch what check says, not what COMMIT says
DO $$
BEGIN
	INSERT INTO notes VALUES (300, 'b', 'holder', 1000, 1);
	BEGIN
		PERFORM covenant.check('deals');
	EXCEPTION WHEN check_violation THEN
		RAISE INFO 'caught: %', sqlerrm;
		ROLLBACK;
	END;
END $$;
DO $$
BEGIN
	BEGIN
		INSERT INTO notes VALUES (300, 'b', 'holder', 1000, 1);
		PERFORM covenant.check('deals');
	EXCEPTION WHEN check_violation THEN
		RAISE INFO 'caught: %', sqlerrm;
	END;
	INSERT INTO notes VALUES (300, 'b', 'holder', 1, 1);
	COMMIT;
END $$;
TABLE shown;

-- Deferred triggers that write notes at COMMIT are in time
CREATE FUNCTION note_for_warrant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO notes VALUES (1000 + new.warrant, new.deal, 'deferred', new.shares, 1);
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON warrants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_for_warrant();
INSERT INTO warrants VALUES (1, 'a', 3);
TABLE shown;
INSERT INTO warrants VALUES (2, 'a', 25);
BEGIN;
INSERT INTO warrants VALUES (2, 'a', 2);
SELECT warrant_shares, note_shares FROM deals_status WHERE deal = 'a';
SET CONSTRAINTS ALL IMMEDIATE;
SELECT warrant_shares, note_shares FROM deals_status WHERE deal = 'a';
COMMIT;
TABLE shown;
DROP TRIGGER late ON warrants;
-- a deferred trigger on the books, queued by the posting itself, writes notes: posted in a second round
CREATE FUNCTION note_for_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.holder = 'echo' THEN
		INSERT INTO notes VALUES (2000 + new.seq, new.deal, 'echoed', new.principal, 1);
	END IF;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER echo AFTER INSERT ON deals_position DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_for_journal();
INSERT INTO notes VALUES (400, 'a', 'echo', 2, 1);
TABLE shown;
SELECT p.holder, j.principal, j.slack FROM deals_journal j JOIN deals_position p USING (deal, seq) WHERE p.holder LIKE 'echo%' ORDER BY j.seq;
INSERT INTO notes VALUES (401, 'a', 'echo', 9, 1);
TABLE shown;
DROP TRIGGER echo ON deals_position;
-- an immediate one would write while the deals are being posted: an error
CREATE TRIGGER echo AFTER INSERT ON deals_position FOR EACH ROW EXECUTE FUNCTION note_for_journal();
\set VERBOSITY default
INSERT INTO notes VALUES (402, 'a', 'echo', 1, 1);
\set VERBOSITY terse
DROP TRIGGER echo ON deals_position;
TABLE shown;

-- The transaction may have become read-only since
BEGIN;
INSERT INTO notes VALUES (403, 'a', 'alpha', 1, 1);
SET TRANSACTION READ ONLY;
UPDATE notes SET principal = 2 WHERE note = 403;
ROLLBACK;
BEGIN;
INSERT INTO notes VALUES (403, 'a', 'alpha', 1, 1);
SET TRANSACTION READ ONLY;
COMMIT;
BEGIN;
INSERT INTO notes VALUES (404, 'a', 'alpha', 1000, 1);
SET TRANSACTION READ ONLY;
COMMIT;
TABLE shown;
SHOW transaction_read_only;

-- A cursor held over COMMIT runs before the posting, and may have written
CREATE FUNCTION add(n int) RETURNS int LANGUAGE sql AS $$ INSERT INTO notes VALUES (n, 'a', 'held', 1, 1) RETURNING note $$;
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT add(n) FROM generate_series(500, 502) n;
COMMIT;
FETCH ALL FROM held;
CLOSE held;
TABLE shown;

-- The isolation levels, and a search_path on which nothing is found
BEGIN ISOLATION LEVEL REPEATABLE READ; DELETE FROM notes WHERE note = 500; SAVEPOINT one; DELETE FROM notes WHERE note = 501; COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE; DELETE FROM notes WHERE note = 502; COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ; INSERT INTO notes VALUES (404, 'a', 'alpha', 1000, 1); COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO notes VALUES (404, 'a', 'alpha', 1000, 1); COMMIT;
TABLE shown;
CREATE SCHEMA trap;
CREATE FUNCTION trap.plus(numeric, numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 0::numeric';
CREATE OPERATOR trap.+ (leftarg = numeric, rightarg = numeric, function = trap.plus);
CREATE FUNCTION trap.equal(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR trap.= (leftarg = text, rightarg = text, function = trap.equal);
CREATE TABLE trap.deals_reserve (deal text);
BEGIN;
SET LOCAL search_path = trap, pg_catalog;
INSERT INTO post.notes VALUES (503, 'a', 'alpha', 0.5, 1);
COMMIT;
BEGIN;
SET LOCAL search_path = '';
UPDATE post.notes SET principal = 1 WHERE note = 503;
COMMIT;
TABLE shown;

-- Books changed in shape between and within transactions of one session
ALTER TABLE deals_reserve ADD remark text DEFAULT 'r';
ALTER TABLE deals_journal ALTER note SET STORAGE external;
INSERT INTO notes VALUES (504, 'a', 'alpha', 1, 1);
BEGIN;
INSERT INTO notes VALUES (505, 'a', 'alpha', 1, 1);
ALTER TABLE deals_reserve DROP remark, ADD remark int;
INSERT INTO notes VALUES (506, 'a', 'alpha', 1, 1);
COMMIT;
CLUSTER deals_reserve USING deals_reserve_pkey;
DELETE FROM notes WHERE note >= 504;
TABLE shown;

-- Two sets of books in one transaction: one refused, all refused
CREATE TABLE other_deals (deal int PRIMARY KEY, reserved int);
CREATE TABLE other_notes (deal int, principal int, price int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('other_deals', 'deal', 'reserved'), covenant.watch_notes('other_notes', 'other_deals', 'deal', 'principal', 'price');
BEGIN;
INSERT INTO other_deals VALUES (1, 10);
DELETE FROM notes WHERE note = 503;
INSERT INTO other_notes VALUES (1, 5, 1);
COMMIT;
BEGIN;
DELETE FROM notes;
INSERT INTO other_notes VALUES (1, 5, 1);
COMMIT;
SELECT deal, principal, slack FROM other_deals_status;
SELECT * FROM covenant.audit('other_deals');
TABLE shown;

-- Roles: who may write notes need not read or write the books, which know him
CREATE ROLE post_owner;
CREATE ROLE post_clerk;
CREATE ROLE post_stranger;
GRANT USAGE, CREATE ON SCHEMA post TO post_owner, post_clerk, post_stranger;
ALTER TABLE notes OWNER TO post_owner;
SELECT relname, relowner::regrole FROM pg_class WHERE relnamespace = 'post'::regnamespace AND relname IN ('deals', 'notes', 'deals_reserve', 'deals_journal', 'deals_status') AND relowner = 'post_owner'::regrole ORDER BY 1;
-- the owner of the notes must be a member of the role that owns the books, at every write
INSERT INTO notes VALUES (600, 'a', 'alpha', 1, 1);
ALTER TABLE deals OWNER TO post_owner; ALTER TABLE warrants OWNER TO post_owner; ALTER TABLE deals_reserve OWNER TO post_owner; ALTER TABLE deals_journal OWNER TO post_owner; ALTER TABLE deals_position OWNER TO post_owner; ALTER VIEW deals_status OWNER TO post_owner;
GRANT INSERT, SELECT, UPDATE, DELETE ON notes TO post_clerk;
INSERT INTO notes VALUES (600, 'a', 'alpha', 1, 1);
SET ROLE post_clerk;
INSERT INTO notes VALUES (601, 'a', 'alpha', 1, 1);
BEGIN;
DELETE FROM notes WHERE note = 600;
SAVEPOINT one;
SELECT count(*) FROM deals_reserve;
ROLLBACK TO one;
UPDATE notes SET principal = 2 WHERE note = 601;
COMMIT;
\set VERBOSITY default
INSERT INTO notes VALUES (602, 'a', 'alpha', 1000, 1);
RESET ROLE;
GRANT SELECT ON deals_reserve TO post_clerk;
SET ROLE post_clerk;
INSERT INTO notes VALUES (602, 'a', 'alpha', 1000, 1);
\set VERBOSITY terse
RESET ROLE;
SELECT recorded_by, principal FROM deals_journal WHERE recorded_by <> session_user ORDER BY deal, seq;
-- whoever commits is on record, whoever wrote
BEGIN;
SET LOCAL ROLE post_clerk;
DELETE FROM notes WHERE note = 601;
RESET ROLE;
COMMIT;
SELECT recorded_by = session_user AS by_me, principal FROM deals_journal WHERE deal = 'a' ORDER BY seq DESC LIMIT 1;
-- row security, even forced upon the owner, does not hide books or rows from covenant itself
ALTER TABLE deals_reserve ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_journal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_position ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO post_clerk USING (holder = 'clerk') WITH CHECK (holder = 'clerk');
SET ROLE post_clerk;
INSERT INTO notes VALUES (603, 'a', 'clerk', 1, 1);
UPDATE notes SET principal = principal + 1;
DELETE FROM notes;
RESET ROLE;
SELECT recorded_by, p.holder, j.principal FROM deals_journal j JOIN deals_position p USING (deal, seq) WHERE p.holder = 'clerk' ORDER BY j.seq;
TABLE shown;
-- a stranger's table cannot post to these books, nor can he watch, unwatch or rebuild
SET ROLE post_stranger;
CREATE TABLE mine (note int PRIMARY KEY, deal text, principal numeric, price numeric);
\set VERBOSITY default
SELECT covenant.watch_notes('mine', 'deals', 'deal', 'principal', 'price');
CREATE TRIGGER forged AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.capture('table=notes', 'schema=post', 'ledger=deals_reserve', 'source=mine', 'key=note', 'deal=deal', 'principal=principal', 'price=price');
INSERT INTO mine VALUES (1, 'a', -1, 1);
SELECT covenant.watch_notes('notes', 'other_deals', 'deal', 'principal', 'price');
SELECT covenant.unwatch('notes');
SELECT covenant.rebuild('deals');
SELECT covenant_internal.lock_table('notes');
SELECT covenant_internal.close_table('notes');
SELECT covenant_internal.watch_table('notes', '{}', '{}', NULL);
SELECT covenant_internal.rebuild_books('deals_reserve');
SELECT covenant_internal.split_books('deals_reserve', '{a}', 2, 1, '2005-05-23', 'down');
SELECT covenant_internal.correct_instrument('notes', 'a', '1', true, '2005-05-23', 1::numeric, NULL, NULL, NULL);
RESET ROLE;

-- hint_that_blames: what a trigger on the books says is its own; the books are blamed where they were changed, or the owner has lost his rights
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = TG_ARGV[0]; END$$;
CREATE TRIGGER complain AFTER INSERT ON deals_journal FOR EACH ROW EXECUTE FUNCTION complain('insufficient_privilege');
INSERT INTO notes VALUES (701, 'a', 'echo', 1, 1);
DROP TRIGGER complain ON deals_journal;
CREATE TRIGGER complain AFTER INSERT ON deals_journal FOR EACH ROW EXECUTE FUNCTION complain('unique_violation');
INSERT INTO notes VALUES (701, 'a', 'echo', 1, 1);
DROP TRIGGER complain ON deals_journal;
REVOKE INSERT ON deals_journal FROM post_owner;
INSERT INTO notes VALUES (701, 'a', 'echo', 1, 1);
GRANT INSERT ON deals_journal TO post_owner;
ALTER TABLE deals_position RENAME holder TO buyer;
\set VERBOSITY sqlstate
INSERT INTO notes VALUES (701, 'a', 'echo', 1, 1);
\set VERBOSITY terse
ALTER TABLE deals_position RENAME buyer TO holder;
-- long_key, long_holder: a key that the indexes of the books could not hold is refused by the statement; a holder may be as long as it likes
BEGIN;
INSERT INTO notes VALUES (702, repeat('key ', 700), 'long', 1, 1);
ROLLBACK;
INSERT INTO notes SELECT 703, 'b', string_agg(md5(i::text), ''), 0.5, 1 FROM generate_series(1, 200) AS i;
SELECT length(holder) FROM deals_holding WHERE deal = 'b' AND length(holder) > 100 AND next_day IS NULL;
DELETE FROM notes WHERE note = 703;

-- A trigger of another shape, or with other arguments, than covenant makes says so
CREATE TABLE crooked (note int PRIMARY KEY, deal text, principal numeric, price numeric);
CREATE FUNCTION crook(timing text, arguments text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER crooked %s EXECUTE FUNCTION covenant_internal.capture(%s)', timing, arguments);
	INSERT INTO post.crooked VALUES (1, 'a', 1, 1);
	UPDATE post.crooked SET principal = 2;
	TRUNCATE post.crooked;
	RETURN 'done';
EXCEPTION WHEN others THEN RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT timing, crook(timing, a) FROM unnest(ARRAY['AFTER INSERT ON crooked FOR EACH STATEMENT', 'BEFORE INSERT ON crooked FOR EACH ROW', 'AFTER UPDATE ON crooked REFERENCING NEW TABLE AS n FOR EACH STATEMENT', 'BEFORE UPDATE ON crooked FOR EACH STATEMENT', 'AFTER TRUNCATE ON crooked FOR EACH STATEMENT']) timing,
	(VALUES ($$'table=notes', 'schema=post', 'ledger=deals_reserve', 'source=crooked', 'key=note', 'deal=deal', 'principal=principal', 'price=price'$$)) v(a);
SELECT arguments, crook('AFTER INSERT OR UPDATE OR DELETE ON crooked FOR EACH ROW', arguments) FROM unnest(ARRAY['', $$'table=bonds'$$, $$'table=notes'$$, $$'table=notes', 'schema=post', 'ledger=other'$$, $$'table=notes', 'schema=post', 'ledger=notes'$$, $$'table=notes', 'schema=post', 'ledger=deals_reserve', 'deal=deal'$$, $$'table=notes', 'schema=post', 'ledger=deals_reserve', 'deal=deal', 'principal=principal', 'price=price'$$, $$'table=notes', 'schema=post', 'ledger=deals_reserve', 'source=crooked', 'deal=deal', 'principal=principal', 'price=price'$$,
	$$'table=notes', 'schema=post', 'ledger=deals_reserve', 'deal=deal', 'principal=principal', 'price=price', 'rounding=sideways'$$]) arguments;
SELECT covenant_internal.capture();

SET client_min_messages = warning;
DROP SCHEMA post, trap CASCADE;
DROP ROLE post_owner, post_clerk, post_stranger;

-- Whose word is believed: triggers and tables that claim to belong to books.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE vouch_owner; CREATE ROLE vouch_member; CREATE ROLE vouch_helper; CREATE ROLE vouch_stranger;
GRANT vouch_owner TO vouch_member;
CREATE SCHEMA vouch AUTHORIZATION vouch_owner; GRANT USAGE, CREATE ON SCHEMA vouch TO vouch_member, vouch_stranger; GRANT USAGE ON SCHEMA vouch TO vouch_helper;
CREATE SCHEMA vouch_evil AUTHORIZATION vouch_stranger; GRANT USAGE ON SCHEMA vouch_evil TO PUBLIC;
SET search_path = vouch;
SET ROLE vouch_owner;
SET covenant.as_of = '2005-05-23';
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
-- the table of a member of the role counts
SET ROLE vouch_member;
CREATE TABLE more_notes (LIKE notes INCLUDING ALL);
SELECT covenant.watch_notes('more_notes', 'deals', 'deal', 'balance', 'price', 'buyer');
GRANT SELECT ON more_notes TO vouch_owner;
SET ROLE vouch_owner;
GRANT ALL ON notes, deals TO vouch_member, vouch_helper;
INSERT INTO deals VALUES ('a', 1000);
INSERT INTO notes VALUES (1, 'a', 'alpha', 10, 0.1);
SELECT covenant_internal.watched_with('deals_reserve');

-- What a trigger claims: on a table of whom, of which shape, and whether it counts.
RESET ROLE;
CREATE FUNCTION claim(role text, shape text) RETURNS TABLE (vouched boolean, counted boolean, told text) LANGUAGE plpgsql AS $$
DECLARE
	words CONSTANT text := $w$'table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=claim', 'key=note', 'deal=deal', 'principal=balance', 'price=price', 'holder=buyer'$w$;
BEGIN
	EXECUTE format('SET ROLE %I', role);
	CREATE TABLE vouch.claim (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
	EXECUTE format(shape, 'vouch.claim') || ' EXECUTE FUNCTION covenant_internal.capture(' || words || ')';
	vouched := covenant_internal.vouch('vouch.claim', 'vouch.deals_reserve');
	RESET ROLE;
	counted := 'vouch.claim'::regclass IN (SELECT covenant_internal.watched_with('vouch.deals_reserve'));
	told := covenant_internal.watch_word('vouch.claim', 'ledger');
	EXECUTE format('SET ROLE %I', role);
	BEGIN
		INSERT INTO vouch.claim VALUES (1, NULL, NULL, 1, 1);
		UPDATE vouch.claim SET balance = 2;
		SET CONSTRAINTS ALL IMMEDIATE;
		told := concat_ws(', ', told, 'takes writes');
	EXCEPTION WHEN others THEN told := concat_ws(', ', told, SQLSTATE);
	END;
	DROP TABLE vouch.claim;
	RESET ROLE;
	RETURN NEXT;
END $$;
SELECT s.n, s.what, c.* FROM (VALUES
	(1, 'vouch_member', 'as covenant makes it', 'CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'),
	(2, 'vouch_stranger', 'forged_capture', 'CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'),
	(3, 'vouch_member', 'before', 'CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'),
	(4, 'vouch_member', 'an event less', 'CREATE TRIGGER t AFTER INSERT OR UPDATE ON %s FOR EACH ROW'),
	(5, 'vouch_member', 'a condition', 'CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW WHEN (pg_trigger_depth() < 9)'),
	(6, 'vouch_member', 'a list of columns', 'CREATE TRIGGER t AFTER INSERT OR UPDATE OF balance OR DELETE ON %s FOR EACH ROW'),
	(7, 'vouch_member', 'a constraint', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'),
	(8, 'vouch_member', 'a statement', 'CREATE TRIGGER t AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT'),
	(9, 'vouch_member', 'without its rows', 'CREATE TRIGGER t AFTER INSERT ON %s FOR EACH STATEMENT'),
	(10, 'vouch_member', 'rows of another name', 'CREATE TRIGGER t AFTER INSERT ON %s REFERENCING NEW TABLE AS mine FOR EACH STATEMENT'),
	(11, 'vouch_member', 'old rows only', 'CREATE TRIGGER t AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT'),
	(12, 'vouch_member', 'all events in a statement', 'CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT')) AS s(n, role, what, shape)
	CROSS JOIN LATERAL claim(s.role, s.shape) AS c ORDER BY s.n;

-- capture_on_a_view: it is no table, whatever hangs on it.
SET ROLE vouch_owner;
CREATE VIEW seen_notes AS SELECT * FROM notes;
CREATE TRIGGER t INSTEAD OF INSERT OR UPDATE OR DELETE ON seen_notes FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=seen', 'key=note', 'deal=deal', 'principal=balance', 'price=price');
SELECT covenant_internal.watched_with('deals_reserve'), covenant_internal.watch_word('seen_notes', 'ledger') AS word;
INSERT INTO seen_notes VALUES (2, 'a', 'alpha', 1, 1);
SELECT covenant.unwatch('seen_notes');
SELECT * FROM covenant.audit('seen_notes');
-- a warning tells of what is beside the books and does not count in them
SET client_min_messages = notice;
SELECT * FROM covenant.audit('deals');
SET client_min_messages = warning;
DROP VIEW seen_notes;

-- second_capture: by somebody who may hang triggers on the table, and no more.
GRANT TRIGGER ON notes, deals TO vouch_helper;
SET ROLE vouch_helper;
CREATE TRIGGER another AFTER INSERT OR UPDATE OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=notes', 'key=note', 'deal=deal', 'principal=balance', 'price=price', 'holder=buyer');
INSERT INTO notes VALUES (3, 'a', 'alpha', 1, 1);
RESET ROLE;
SELECT * FROM covenant.audit('deals');
SELECT covenant.unwatch('notes');
DROP TRIGGER another ON notes;
-- also for one event alone, before covenant's own or after it, or in place of TRUNCATE
SET ROLE vouch_helper;
CREATE TRIGGER zz AFTER INSERT ON notes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=notes', 'key=note', 'deal=deal', 'principal=balance', 'price=price', 'holder=buyer');
INSERT INTO notes VALUES (3, 'a', 'alpha', 1, 1);
RESET ROLE;
DROP TRIGGER zz ON notes;
SET ROLE vouch_helper;
CREATE TRIGGER cc BEFORE TRUNCATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=notes', 'key=note', 'deal=deal', 'principal=balance', 'price=price', 'holder=buyer');
TRUNCATE notes;
RESET ROLE;
DROP TRIGGER cc ON notes;
INSERT INTO notes VALUES (3, 'a', 'alpha', 1, 1);
SELECT * FROM covenant.audit('deals');
-- on an own table of which a parent is watched, too
SET ROLE vouch_owner;
CREATE TABLE parted (note int, deal text, balance numeric, price numeric, PRIMARY KEY (note, deal)) PARTITION BY LIST (deal);
CREATE TABLE part PARTITION OF parted DEFAULT;
SELECT covenant.watch_notes('parted', 'deals', 'deal', 'balance', 'price');
CREATE TRIGGER mine AFTER INSERT OR UPDATE OR DELETE ON part FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.capture('table=notes', 'schema=vouch', 'ledger=deals_reserve', 'source=parted', 'key=note', 'deal=deal', 'principal=balance', 'price=price');
INSERT INTO parted VALUES (1, 'a', 1, 1);
DROP TRIGGER mine ON part;
INSERT INTO parted VALUES (1, 'a', 1, 1);
SELECT * FROM covenant.audit('deals');
SELECT covenant.unwatch('parted');

-- What stands beside the books counts as one of them if it is an ordinary table of their owner's, or a view of his.
SELECT s, covenant_internal.vouched('deals_reserve', s) FROM unnest('{reserve, journal, position, event, status, history, note, nothing}'::text[]) AS s;
RESET ROLE;
CREATE FUNCTION instead(of text, role text, made text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('ALTER TABLE vouch.%I RENAME TO was', of);
	EXECUTE format('SET ROLE %I', role);
	EXECUTE format('CREATE %s', replace(made, '$', 'vouch.' || of));
	RESET ROLE;
	answer := coalesce(covenant_internal.vouched('vouch.deals_reserve', replace(of, 'deals_', ''))::text, 'not vouched for');
	EXECUTE format('DROP %s vouch.%I', CASE WHEN made LIKE 'VIEW%' THEN 'VIEW' WHEN made LIKE 'MAT%' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, of);
	EXECUTE format('ALTER TABLE vouch.was RENAME TO %I', of);
	RETURN answer;
END $$;
SELECT of, role, made, instead(of, role, made) FROM unnest('{deals_journal, deals_status}'::text[]) AS of, unnest('{vouch_stranger, vouch_member, vouch_owner}'::text[]) AS role,
	unnest(ARRAY['TABLE $ (deal text)', 'VIEW $ AS SELECT 1 AS deal', 'MATERIALIZED VIEW $ AS SELECT 1 AS deal', 'TABLE $ (deal text) PARTITION BY LIST (deal)']) AS made ORDER BY 1, 2 DESC, 3;

-- A journal that is not the ledger's owner's: nothing is posted into it, and nobody is blamed who did nothing.
ALTER TABLE deals_journal RENAME TO was;
SET ROLE vouch_stranger;
CREATE TABLE deals_journal (deal text, seq bigint, PRIMARY KEY (deal, seq)); GRANT ALL ON deals_journal TO PUBLIC;
SET ROLE vouch_owner;
INSERT INTO notes VALUES (4, 'a', 'alpha', 1, 1);
SELECT * FROM covenant.audit('deals');
RESET ROLE;
DROP TABLE deals_journal;
ALTER TABLE was RENAME TO deals_journal;
-- A status view that is somebody else's is not asked, dropped or replaced.
SET ROLE vouch_owner;
DROP VIEW deals_status;
SET ROLE vouch_stranger;
CREATE VIEW deals_status AS SELECT 'a'::text AS deal, 1::bigint AS warrant_shares, 1::bigint AS counted, 1::bigint AS available; GRANT SELECT ON deals_status TO PUBLIC;
RESET ROLE;
SELECT * FROM covenant.what_if('deals', 1::numeric);
SELECT * FROM covenant.breakeven('deals');
SET ROLE vouch_owner;
SELECT covenant.unwatch('more_notes');
RESET ROLE;
SELECT covenant.unwatch('more_notes'), covenant.unwatch('notes');
SELECT covenant.unwatch('deals');
SELECT relowner::regrole FROM pg_class WHERE oid = 'deals_status'::regclass;
SELECT covenant.watch_deals('deals', 'deal', 'reserved');
SET ROLE vouch_stranger;
DROP VIEW deals_status;
RESET ROLE;
SELECT covenant.watch_deals('deals', 'deal', 'reserved');
SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = 'deals_status'::regclass;

-- A deals table of a stranger that claims the books of others gets nowhere with them.
SET ROLE vouch_stranger;
CREATE TABLE vouch_evil.deals (deal text PRIMARY KEY, reserved bigint);
CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON vouch_evil.deals FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.capture('table=deals', 'schema=vouch', 'ledger=deals_reserve', 'deal=deal', 'reserved=reserved');
SELECT covenant.check('vouch_evil.deals');
RESET ROLE;
SELECT covenant.override('vouch_evil.deals', 'tricked');
SELECT covenant.rebuild('vouch_evil.deals');

-- relation_0: a relation that is none, and one that is something else
\set VERBOSITY sqlstate
SELECT covenant.audit(0::regclass);
SELECT covenant.check(0::regclass);
SELECT covenant.watch_deals(0::regclass, 'deal', 'reserved');
SELECT covenant.watch_notes('notes', 0::regclass, 'deal', 'balance', 'price');
SELECT covenant.unwatch(0::regclass);
SELECT covenant.what_if(0::regclass, 1::numeric);
SELECT covenant_internal.watched_with(0::regclass);
SELECT covenant_internal.vouched(0::regclass, 'journal');
SELECT covenant_internal.repricing_of(0::regclass);
SELECT covenant_internal.events_of(0::regclass);
SELECT covenant_internal.check_watch(0::regclass);
SELECT covenant_internal.rebuild_books(0::regclass);
SELECT covenant_internal.correct_instrument(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT covenant.audit('deals_pkey');
SELECT covenant_internal.vouched('deals', 'journal');
\set VERBOSITY default

SET client_min_messages = error;
DROP SCHEMA vouch, vouch_evil CASCADE;
DROP ROLE vouch_member, vouch_helper, vouch_owner, vouch_stranger;

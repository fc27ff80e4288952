-- A deal that was a mistake leaves all books, as if it had never been; nothing
-- else does.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE ROLE purge_owner; CREATE ROLE purge_clerk;
CREATE SCHEMA purge AUTHORIZATION purge_owner;
GRANT USAGE ON SCHEMA purge TO purge_clerk;
SET ROLE purge_owner;
SET search_path = purge;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal_id text, buyer text, balance numeric, price numeric, counts boolean DEFAULT true);
CREATE TABLE warrants (id int PRIMARY KEY, deal_id text, buyer text, unexercised bigint);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer', only_when => 'counts'),
	covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA purge TO purge_clerk;
INSERT INTO deals VALUES ('good', 1000, 100000, 500), ('oops', 2000, 100000, 500);
INSERT INTO notes VALUES (1, 'good', 'alpha', 10, 0.1, true), (2, 'oops', 'alpha', 20, 0.1, true), (3, 'oops', 'beta', 5, 0.1, false);
INSERT INTO warrants VALUES (1, 'good', 'alpha', 5), (2, 'oops', 'beta', 6);
INSERT INTO deals_event (deal, kind) VALUES ('good', 'closing'), ('oops', 'closing'), ('oops', 'filed');
SET covenant.as_of = '2005-06-01';
CALL covenant.close_month('deals', '2005-05-31');

-- In how many rows of every book a deal is.
CREATE FUNCTION rows_of(deal text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE book regclass; n bigint; says text;
BEGIN
	FOR book IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('deal', 'deal_id')
				WHERE c.relnamespace = 'purge'::regnamespace AND c.relkind = 'r' ORDER BY c.relname LOOP
		EXECUTE format('SELECT count(*) FROM %s AS b WHERE b::text LIKE $1', book) INTO n USING '%' || deal || '%';
		IF n > 0 THEN
			says := concat_ws(', ', says, format('%s %s', n, book));
		END IF;
	END LOOP;
	RETURN coalesce(says, 'nowhere');
END $$;
SELECT rows_of('good') AS good, rows_of('oops') AS oops;

-- record_is_append_only: still, for everybody.
DELETE FROM deals_event WHERE deal = 'oops';
DELETE FROM deals_journal; DELETE FROM deals_position; DELETE FROM deals_list;
-- purge_by_others
SET ROLE purge_clerk;
SELECT covenant.purge('deals', 'oops', 'I want to');
\echo :LAST_ERROR_SQLSTATE
SELECT covenant_internal.purge_deal('deals_reserve', 'deals', 'deal_id', 'oops', 'I want to');
SET ROLE purge_owner;
-- purge_without_reason
SELECT covenant.purge('deals', 'oops', ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT covenant.purge('deals', 'oops', NULL);
SELECT covenant.purge('deals', NULL, 'mistyped');
SELECT covenant.purge('notes', 'oops', 'mistyped');
-- purge_of_nothing: a name mistyped is not a deal gone.
SELECT covenant.purge('deals', 'ooops', 'mistyped');
\echo :LAST_ERROR_SQLSTATE
-- purge_of_the_living: also rows that do not count just now.
SELECT covenant.purge('deals', 'oops', 'mistyped');
\echo :LAST_ERROR_SQLSTATE
DELETE FROM warrants WHERE deal_id = 'oops'; DELETE FROM notes WHERE note = 2;
SELECT covenant.purge('deals', 'oops', 'mistyped');
-- purge_of_what_is_pending
BEGIN;
DELETE FROM notes WHERE deal_id = 'oops'; UPDATE deals SET reserved = reserved + 1 WHERE deal_id = 'oops';
SELECT covenant.purge('deals', 'oops', 'mistyped');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
DELETE FROM notes WHERE deal_id = 'oops';
SELECT rows_of('oops') AS before;

-- purge_everything: one event was enough to keep a deal for ever.
DELETE FROM deals WHERE deal_id = 'oops';
SET client_min_messages = log;
\set VERBOSITY terse
SELECT covenant.purge('deals', 'oops', 'mistyped');
\set VERBOSITY default
SET client_min_messages = warning;
SELECT rows_of('good') AS good, rows_of('oops') AS oops;
SELECT deal FROM deals_status;
SELECT * FROM covenant.audit('deals');
-- what purge let go of stays shut to others
DELETE FROM deals_journal WHERE deal = 'good';

-- purge_and_enter_again: in one transaction; a savepoint takes the purge back.
INSERT INTO deals VALUES ('oops', 1, 100, 0);
BEGIN;
SAVEPOINT s;
SELECT covenant.purge('deals', 'oops', 'first thought');
SELECT rows_of('oops') AS inside;
ROLLBACK TO s;
SELECT rows_of('oops') AS "rolled back";
SELECT covenant.purge('deals', 'oops', 'second thought');
INSERT INTO deals VALUES ('oops', 7, 100, 0);
UPDATE deals SET reserved = 1001 WHERE deal_id = 'good';
SELECT deal, reserved FROM deals_status ORDER BY deal;
COMMIT;
SELECT deal, reserved, entries FROM deals_reserve ORDER BY deal;
SELECT deal, seq, kind, reserved FROM deals_journal WHERE deal = 'oops';
SELECT * FROM covenant.audit('deals');

-- purge_what_is_left: the row is gone already, the books are not.
DELETE FROM deals WHERE deal_id = 'oops';
SELECT rows_of('oops');
SELECT covenant.purge('deals', 'oops', 'a test');
SELECT rows_of('oops');

-- purge_with_triggers: what the user's own triggers write meanwhile is kept.
CREATE FUNCTION deals_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE purge.deals SET reserved = reserved + OLD.reserved WHERE deal_id = 'good';
	RETURN NULL;
END $$;
CREATE TRIGGER gone AFTER DELETE ON deals FOR EACH ROW EXECUTE FUNCTION deals_gone();
INSERT INTO deals VALUES ('oops', 11, 100, 0);
SELECT covenant.purge('deals', 'oops', 'a test');
SELECT deal, reserved FROM deals_status;
SELECT * FROM covenant.audit('deals');
DROP TRIGGER gone ON deals;

-- purge_held_by_others: somebody else's table refers to it.
CREATE TABLE memos (deal_id text REFERENCES deals);
INSERT INTO deals VALUES ('oops', 11, 100, 0); INSERT INTO memos VALUES ('oops');
SELECT covenant.purge('deals', 'oops', 'a test');
SELECT rows_of('oops');
DELETE FROM memos;

-- purge_all: a test database is empty again.
DELETE FROM notes; DELETE FROM warrants;
SELECT count(covenant.purge('deals', deal_id, 'reset')) FROM deals;
SELECT (SELECT count(*) FROM deals_reserve) AS reserve, (SELECT count(*) FROM deals_journal) AS journal,
	(SELECT count(*) FROM deals_position) AS "position", (SELECT count(*) FROM deals_event) AS event, (SELECT count(*) FROM deals_list) AS list,
	(SELECT count(*) > 0 FROM deals_clause) AS clause, (SELECT count(*) FROM deals_reading) AS reading;
SELECT * FROM covenant.audit('deals');

-- purge_other_keys: of any type that a key may have, and nothing that is none.
CREATE DOMAIN number AS bigint;
CREATE TABLE numbered (id number PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('numbered', 'id', 'reserved');
INSERT INTO numbered VALUES (-1, 5), (1, 5);
SELECT covenant.purge('numbered', '-1', 'a test');
SELECT covenant.purge('numbered', 'one', 'a test');
SELECT deal, entries FROM numbered_reserve;
SELECT * FROM covenant.audit('numbered');

RESET ROLE;
DROP SCHEMA purge CASCADE;
DROP ROLE purge_owner, purge_clerk;

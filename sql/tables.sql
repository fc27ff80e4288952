-- Every kind of table: partitioned, inherited, with all kinds of columns, and
-- several of them feeding one deal.  After each write the ledger must say what
-- plain numeric SQL over the user's tables says (truth, the oracle), and audit
-- must find nothing.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA kinds;
SET search_path = kinds, covenant;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
INSERT INTO deals SELECT i, 1000000000 FROM generate_series(1, 4) i;
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');

-- "1:30/300" is deal 1 with 30 of principal in 300 shares.
CREATE FUNCTION figures(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	EXECUTE format('SELECT string_agg(deal || '':'' || trim_scale(principal) || ''/'' || trim_scale(shares::numeric), '' '' ORDER BY deal) FROM (%s) f WHERE (principal, shares) <> (0, 0)', query) INTO line;
	RETURN coalesce(line, 'nothing');
END $$;
CREATE FUNCTION held() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	books text := figures('SELECT deal, principal, note_shares + warrant_shares AS shares FROM deals_reserve');
	tables text := figures('SELECT deal, sum(principal) AS principal, sum(shares) AS shares FROM truth GROUP BY deal');
	found text := (SELECT string_agg(a::text, ' ') FROM covenant.audit('deals') a);
BEGIN
	RETURN CASE WHEN books = tables THEN books ELSE 'BOOKS ' || books || ' BUT TABLES ' || tables END || coalesce(' AUDIT ' || found, '');
END $$;

-- partitioned_table ------------------------------------------------------
-- By day, below it by number, the leaves with columns in another order and
-- with a column dropped.
CREATE TABLE notes (note_id int, issued date, deal_id int REFERENCES deals ON DELETE CASCADE, buyer text, balance numeric, price numeric,
	PRIMARY KEY (issued, note_id)) PARTITION BY RANGE (issued);
CREATE TABLE notes_2005 PARTITION OF notes FOR VALUES FROM ('2005-01-01') TO ('2006-01-01') PARTITION BY LIST (note_id);
CREATE TABLE notes_2005_1 (price numeric, junk text, balance numeric, deal_id int, note_id int NOT NULL, buyer text, issued date NOT NULL);
ALTER TABLE notes_2005_1 DROP junk;
ALTER TABLE notes_2005 ATTACH PARTITION notes_2005_1 FOR VALUES IN (1, 2, 3);
CREATE TABLE notes_2005_2 PARTITION OF notes_2005 DEFAULT;
CREATE TABLE notes_2006 (junk int, LIKE notes);
ALTER TABLE notes_2006 DROP junk;
ALTER TABLE notes ATTACH PARTITION notes_2006 FOR VALUES FROM ('2006-01-01') TO ('2007-01-01');
CREATE VIEW truth AS SELECT deal_id AS deal, balance AS principal, CASE WHEN balance = 0 THEN 0 ELSE div(balance, price) END AS shares FROM notes;

INSERT INTO notes VALUES (1, '2005-06-01', 1, 'alpha', 100, 0.1), (1, '2006-06-01', 2, 'alpha', 50, 0.3);
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT held() AS "opening of a partitioned table";
INSERT INTO notes VALUES (2, '2005-07-01', 1, 'beta', 10, 0.3), (9, '2005-07-01', 1, 'beta', 7, 0.3), (2, '2006-07-01', 3, 'beta', 1, 0.07);
SELECT held() AS "partition_parent_insert";
UPDATE notes SET balance = balance + 5 WHERE note_id = 2;
DELETE FROM notes WHERE note_id = 9;
SELECT held() AS "partition_parent_update_delete";
INSERT INTO notes_2005_1 (note_id, issued, deal_id, buyer, balance, price) VALUES (3, '2005-08-01', 2, 'alpha', 60, 0.7);
UPDATE notes_2005_1 SET price = 0.5 WHERE note_id = 3;
INSERT INTO notes_2005 VALUES (8, '2005-08-02', 2, 'alpha', 6, 0.7);
DELETE FROM notes_2005_2 WHERE note_id = 8;
UPDATE notes_2006 SET balance = 3 WHERE note_id = 2;
SELECT held() AS "partition_direct_leaf";
COPY notes (note_id, issued, deal_id, buyer, balance, price) FROM stdin;
20	2005-09-01	3	beta	11	0.3
20	2006-09-01	3	beta	13	0.3
\.
INSERT INTO notes VALUES (20, '2005-09-01', 3, 'beta', 1, 1), (21, '2005-09-01', 3, 'beta', 17, 0.3)
	ON CONFLICT (issued, note_id) DO UPDATE SET balance = notes.balance + excluded.balance;
SELECT held() AS "partition_copy_and_conflict";
UPDATE notes SET issued = issued + 364, price = price / 2, deal_id = 4 WHERE note_id IN (1, 3) AND issued < '2006-01-01' AND balance <> 100;
SELECT held() AS "partition_row_movement_update";
MERGE INTO notes n USING (VALUES (2, date '2005-07-01', 40), (30, '2005-07-01', 41), (20, '2006-09-01', NULL)) AS s(id, day, amount)
	ON n.note_id = s.id AND n.issued = s.day
	WHEN MATCHED AND s.amount IS NULL THEN DELETE
	WHEN MATCHED THEN UPDATE SET issued = n.issued + 300, balance = s.amount
	WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.day, 1, 'beta', s.amount, 0.3);
SELECT held() AS "partition_row_movement_merge";
BEGIN;
UPDATE notes SET issued = issued - 364 WHERE issued > '2006-06-15' AND note_id = 2;
SAVEPOINT s;
UPDATE notes_2005_1 SET issued = '2006-01-01';	-- out of the partition: refused, and nothing counted
ROLLBACK TO s;
COMMIT;
SELECT held() AS "partition_row_movement_savepoint";

-- partition_created_later, partition_attached: rows that come with an attached
-- table come past every trigger; audit finds them, rebuild takes them in.
CREATE TABLE notes_2007 PARTITION OF notes FOR VALUES FROM ('2007-01-01') TO ('2008-01-01');
INSERT INTO notes VALUES (40, '2007-01-01', 1, 'alpha', 4, 0.3);
INSERT INTO notes_2007 VALUES (41, '2007-01-01', 1, 'alpha', 5, 0.3);
UPDATE notes SET issued = '2007-02-01' WHERE note_id = 30;
SELECT held() AS "partition_created_later";
CREATE TABLE notes_2008 (LIKE notes);
ALTER TABLE notes ATTACH PARTITION notes_2008 FOR VALUES FROM ('2008-01-01') TO ('2009-01-01');
INSERT INTO notes_2008 VALUES (50, '2008-01-01', 2, 'alpha', 8, 0.3);
SELECT held() AS "partition_attached_empty";
CREATE TABLE notes_2009 (LIKE notes);
INSERT INTO notes_2009 VALUES (60, '2009-01-01', 2, 'alpha', 9, 0.3);
ALTER TABLE notes ATTACH PARTITION notes_2009 FOR VALUES FROM ('2009-01-01') TO ('2010-01-01');
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
UPDATE notes_2009 SET balance = 10;
SELECT held() AS "partition_attached_with_rows, rebuilt";

-- partition_truncate: a leaf, the parent, and through the parent the leaves
-- that were made later.  One of those truncated by itself is only found by audit.
TRUNCATE notes_2005_1;
SELECT held() AS "partition_truncate_leaf";
BEGIN;
TRUNCATE notes_2006;
ROLLBACK;
SELECT held() AS "partition_truncate_rolled_back";
TRUNCATE notes_2008;
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT held() AS "partition_truncate_later_leaf, rebuilt";
BEGIN;
TRUNCATE notes_2005;
SELECT * FROM covenant.audit('deals');	-- counts what is pending
TRUNCATE notes;
COMMIT;
SELECT held() AS "partition_truncate_parent";

-- partition_detached: its rows leave the table without a DELETE; audit finds
-- that.  The table itself is nobody's any more, whatever is done to it.
INSERT INTO notes VALUES (1, '2005-06-01', 1, 'alpha', 100, 0.1), (1, '2006-06-01', 2, 'alpha', 50, 0.3), (1, '2007-06-01', 2, 'alpha', 30, 0.3);
ALTER TABLE notes DETACH PARTITION notes_2006;
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT held() AS "partition_detached, rebuilt";
INSERT INTO notes_2006 (note_id, issued, deal_id, buyer, balance, price) VALUES (70, '2006-01-01', 1, 'alpha', 1, 1);
UPDATE notes_2006 SET balance = 2;
TRUNCATE notes_2006;
SELECT held() AS "partition_detached, then written and truncated";

-- partition_watched_twice: a partition is watched with its parent.
\set VERBOSITY terse
SELECT covenant.watch_notes('notes_2007', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT covenant.unwatch('notes_2007');
SELECT covenant.unwatch('notes_2005_1');
SELECT held() AS "partition_unwatched_alone";
SELECT covenant.unwatch('notes');
CREATE OR REPLACE VIEW truth AS SELECT deal_id AS deal, balance AS principal, div(balance, price) AS shares FROM notes_2007;
SELECT covenant.watch_notes('notes_2007', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT held() AS "partition_watched_before_parent";
INSERT INTO notes VALUES (2, '2007-06-01', 3, 'alpha', 1, 0.3), (2, '2005-06-01', 3, 'alpha', 100, 0.3);
SELECT held() AS "partition_watched_alone";
SELECT covenant.unwatch('notes_2007');
SELECT count(*) AS "triggers left" FROM pg_trigger WHERE tgfoid = 'covenant_internal.capture'::regproc AND tgrelid <> 'deals'::regclass;
DROP TABLE notes, notes_2006 CASCADE;

-- inherited_table --------------------------------------------------------
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id int, balance bigint, price numeric);
CREATE TABLE notes_secured (collateral text) INHERITS (notes);
CREATE TABLE notes_both (more int) INHERITS (notes_secured, notes);
CREATE VIEW truth AS SELECT deal_id AS deal, balance::numeric AS principal, div(balance, price) AS shares FROM notes;
INSERT INTO notes VALUES (1, 1, 10, 0.3);
INSERT INTO notes_secured VALUES (2, 1, 20, 0.3, 'house');
INSERT INTO notes_both VALUES (3, 2, 30, 0.3, 'ship', 1);
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', mode => 'statement');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price');
SELECT held() AS "inherited_opening";
UPDATE notes SET balance = balance + 1;
UPDATE ONLY notes SET deal_id = 3;
INSERT INTO notes_both VALUES (4, 3, 7, 0.7, 'car', 1);
UPDATE notes_secured SET price = 0.1 WHERE note_id = 2;
DELETE FROM notes WHERE note_id = 3;
SELECT held() AS "inherited_dml";
TRUNCATE notes_secured;		-- with its child
SELECT held() AS "inherited_truncate_child";
TRUNCATE ONLY notes;
SELECT held() AS "inherited_truncate_only";
SELECT covenant.unwatch('notes_secured');
-- inherited_child_later: it has no trigger, so its rows come unseen; audit
-- finds them, and watching the parent again takes the child in.
CREATE TABLE notes_later () INHERITS (notes);
INSERT INTO notes_later VALUES (5, 4, 50, 0.3);
INSERT INTO notes VALUES (6, 4, 60, 0.3);
SELECT * FROM covenant.audit('deals');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price');
UPDATE notes SET balance = balance + 1;
SELECT held() AS "inherited_child_later, watched again";
SELECT covenant.unwatch('notes');
SELECT count(*) AS "triggers left" FROM pg_trigger WHERE tgfoid = 'covenant_internal.capture'::regproc AND tgrelid <> 'deals'::regclass;
DROP TABLE notes CASCADE;
-- plain_table_gets_child: statement triggers would count the child's rows for
-- the parent, and miss those written to the child.
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id int, balance bigint, price numeric);
CREATE VIEW truth AS SELECT deal_id AS deal, balance::numeric AS principal, div(balance, price) AS shares FROM notes;
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price');
INSERT INTO notes VALUES (1, 1, 10, 0.3);
CREATE TABLE notes_child () INHERITS (notes);
INSERT INTO notes_child VALUES (2, 1, 20, 0.3);
\set VERBOSITY default
UPDATE notes SET balance = balance + 1;
\set VERBOSITY terse
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price');
UPDATE notes SET balance = balance + 1;
INSERT INTO notes_child VALUES (3, 2, 20, 0.3);
SELECT held() AS "plain_table_gets_child, watched again";
DROP TABLE notes CASCADE;
SELECT covenant.rebuild('deals');

-- several_tables_one_deal, column_types: seven tables of notes and three of
-- warrants feed the same deals, each with other types: domains, generated and
-- dropped columns among them.
CREATE DOMAIN money_amount AS numeric(20,2) CHECK (VALUE >= 0);
CREATE DOMAIN low_price AS covenant.share_price;
CREATE DOMAIN deal_no AS int;
CREATE TABLE n1 (gone text, deal deal_no, p money_amount, c covenant.share_price, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n2 (deal smallint, p smallint, c integer, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n3 (deal bigint, p integer, c low_price, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n4 (deal int, p bigint, gone text, c bigint, gone2 numeric, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n5 (deal int, face numeric, paid numeric, p numeric GENERATED ALWAYS AS (face - paid) STORED, c numeric(12,6), k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n6 (deal int, p covenant.shares, c smallint, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE n7 (deal int, p numeric, market covenant.share_price, c covenant.share_price GENERATED ALWAYS AS (market * 0.55) STORED, live boolean, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE DOMAIN count_of_shares AS covenant.shares;
CREATE TABLE w1 (deal int, n covenant.shares, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE w2 (deal int, n numeric(30,4), k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE w3 (deal smallint, gone int, n count_of_shares, n2 int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
ALTER TABLE n1 DROP gone; ALTER TABLE n4 DROP gone;
INSERT INTO n1 VALUES (1, 100000, '1001/120000');
INSERT INTO n7 (deal, p, market, live) VALUES (1, 100, '0.01', true), (1, 100, '0.01', false), (2, 7, '0.02', true);
CREATE VIEW truth AS
	SELECT deal, p::numeric AS principal, div(p::numeric, 1001::numeric / 120000) AS shares FROM n1	-- its only price, exact enough here
	UNION ALL SELECT deal, p, div(p, c) FROM n2 UNION ALL SELECT deal, p, div(p, c::numeric) FROM n3
	UNION ALL SELECT deal, p, div(p, c) FROM n4 UNION ALL SELECT deal, p, div(p, c) FROM n5
	UNION ALL SELECT deal, p::bigint, div(p::bigint, c) FROM n6
	UNION ALL SELECT deal, p, div(p, market::numeric * 0.55) FROM n7 WHERE live
	UNION ALL SELECT deal, 0, n::numeric FROM w1 UNION ALL SELECT deal, 0, n FROM w2 UNION ALL SELECT deal, 0, n::numeric FROM w3;
SELECT covenant.watch_notes(t::regclass, 'deals', 'deal', 'p', 'c', only_when => CASE t WHEN 'n7' THEN 'live' END) FROM unnest('{n1,n2,n3,n4,n5,n6,n7}'::text[]) t;
SELECT covenant.watch_warrants(t::regclass, 'deals', 'deal', 'n') FROM unnest('{w1,w2,w3}'::text[]) t;
SELECT held() AS "column_types, opening";
BEGIN;
INSERT INTO n1 VALUES (2, 100000.01, '1001/120000');
INSERT INTO n2 VALUES (1, 32767, 3);
INSERT INTO n3 VALUES (1, 2147483, '0.0625');
INSERT INTO n4 VALUES (2, 10000000, 7);
INSERT INTO n5 (deal, face, paid, c) VALUES (3, 1000.5, 0.25, 0.000003);
INSERT INTO n6 VALUES (3, '1,000', 7);
INSERT INTO n7 (deal, p, market, live) VALUES (3, 100, '1/3', true), (3, 100, '1/3', NULL);
INSERT INTO w1 VALUES (1, '12,143,290'); INSERT INTO w2 VALUES (1, 5), (4, 6.0000); INSERT INTO w3 VALUES (4, NULL, 7);
COMMIT;
SELECT held() AS "column_types, written";
ALTER TABLE n4 DROP gone2; ALTER TABLE w3 DROP gone, DROP n2, ADD n3 int DEFAULT 5;
UPDATE n1 SET p = p - 1; UPDATE n2 SET p = p - 1; UPDATE n3 SET c = c * 0.5; UPDATE n4 SET p = p + 1, c = 3; UPDATE n5 SET paid = 1, deal = 4;
UPDATE n6 SET p = p - 1::shares; UPDATE n7 SET live = NOT live WHERE deal = 1 OR live IS NULL; UPDATE w2 SET n = n + 1; UPDATE w3 SET n = n + 1::shares;
DELETE FROM w1;
SELECT held() AS "column_types, changed, others dropped and added";
-- A fraction is no share, and a domain may let a null through.
INSERT INTO w2 VALUES (1, 5.5);
INSERT INTO n1 VALUES (1, NULL, '1');
TRUNCATE n1, n2, n3, n4, n5, n6, n7, w1, w2, w3;
SELECT held() AS "several_tables_truncated";

-- repriced_by_two_holders: price changes that count as acts, since principal
-- is added, stand in the journal beside the acts of the same holders.
CREATE TABLE held_notes (note_id int PRIMARY KEY, deal int, buyer text, p numeric, c numeric);
DROP VIEW truth;
CREATE VIEW truth AS SELECT deal, p AS principal, div(p, c) AS shares FROM held_notes;
INSERT INTO held_notes VALUES (1, 1, 'alpha', 10, 0.1), (2, 1, 'bristol', 20, 0.1);
SELECT covenant.watch_notes('held_notes', 'deals', 'deal', 'p', 'c', 'buyer');
BEGIN;
UPDATE held_notes SET c = 0.2;
INSERT INTO held_notes VALUES (3, 1, 'alpha', 1, 0.1), (4, 1, 'bristol', 2, 0.1);
COMMIT;
SELECT seq - min(seq) OVER () AS entry, kind, principal, note_shares FROM deals_journal
	WHERE deal = 1 AND transaction = (SELECT max(transaction) FROM deals_journal) ORDER BY seq;
SELECT held() AS repriced_by_two_holders;

-- savepoint_released_halfway: an error that comes when a block of PL/pgSQL ends
-- and its changes join the others leaves nothing of them behind.
DO $$
BEGIN
	INSERT INTO held_notes VALUES (10, 2, 'alpha', 9000000000000000000, 1);
	BEGIN
		INSERT INTO held_notes SELECT i, 3, 'holder ' || i, 1, 1 FROM generate_series(20, 60) i;
		INSERT INTO held_notes VALUES (11, 2, 'alpha', 9000000000000000000, 1);
	EXCEPTION WHEN numeric_value_out_of_range THEN
		RAISE WARNING 'caught';
	END;
	DELETE FROM held_notes WHERE note_id = 10;
END $$;
SELECT held() AS savepoint_released_halfway;
DROP TABLE held_notes CASCADE;
SELECT covenant.rebuild('deals');

-- not_watchable ----------------------------------------------------------
CREATE TEMP TABLE temporary (deal int, p numeric, c numeric);
CREATE UNLOGGED TABLE unlogged (deal int, p numeric, c numeric);
CREATE FOREIGN DATA WRAPPER kinds_wrapper;
CREATE SERVER kinds_server FOREIGN DATA WRAPPER kinds_wrapper;
CREATE FOREIGN TABLE elsewhere (deal int, p numeric, c numeric) SERVER kinds_server;
CREATE VIEW seen AS SELECT * FROM n4;
CREATE MATERIALIZED VIEW seen_once AS SELECT * FROM n4;
CREATE SEQUENCE counter;
CREATE INDEX n4_index ON n4 (deal);
CREATE TYPE pair AS (deal int, p numeric, c numeric);
\set VERBOSITY default
SELECT covenant.watch_notes('temporary', 'deals', 'deal', 'p', 'c');
SELECT covenant.watch_notes('unlogged', 'deals', 'deal', 'p', 'c');
SELECT covenant.watch_notes('elsewhere', 'deals', 'deal', 'p', 'c');
SELECT covenant.watch_notes('seen', 'deals', 'deal', 'p', 'c');
\set VERBOSITY terse
SELECT covenant.watch_warrants('seen_once', 'deals', 'deal', 'p');
SELECT covenant.watch_warrants('counter', 'deals', 'deal', 'p');
SELECT covenant.watch_warrants('n4_index', 'deals', 'deal', 'p');
SELECT covenant.watch_warrants('pair', 'deals', 'deal', 'p');
SELECT covenant.watch_deals('elsewhere', 'deal', 'p');
SELECT covenant.watch_deals('temporary', 'deal', 'p');
SELECT covenant.watch_warrants('pg_catalog.pg_class', 'deals', 'relname', 'relpages');
-- A tree with a foreign table in it would change without a trigger there.
CREATE TABLE mixed (deal int, p numeric, c numeric, k int, PRIMARY KEY (deal, k)) PARTITION BY LIST (deal);
CREATE TABLE mixed_1 PARTITION OF mixed FOR VALUES IN (1);
CREATE FOREIGN TABLE mixed_2 PARTITION OF mixed FOR VALUES IN (2) SERVER kinds_server;
SELECT covenant.watch_notes('mixed', 'deals', 'deal', 'p', 'c');
DROP SCHEMA kinds CASCADE;
DROP FOREIGN DATA WRAPPER kinds_wrapper CASCADE;

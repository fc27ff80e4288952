-- ALTER TABLE changes values past every trigger: the next write, check and audit
-- say so until the books are rebuilt; a rewrite that changes nothing does not.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET covenant.as_of = '2005-05-23';
CREATE ROLE rewrite_owner; CREATE ROLE rewrite_clerk; CREATE ROLE rewrite_stranger;
CREATE SCHEMA rewritten AUTHORIZATION rewrite_owner;
GRANT USAGE ON SCHEMA rewritten TO rewrite_clerk;
CREATE SCHEMA rewrite_evil AUTHORIZATION rewrite_stranger;
SET ROLE rewrite_owner;
SET search_path = rewritten;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding int NOT NULL, other int NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal_id text, buyer text, balance int NOT NULL, price numeric NOT NULL, rate numeric NOT NULL DEFAULT 0.08, spare int DEFAULT 7);
CREATE TABLE warrants (id int PRIMARY KEY, deal_id text, unexercised int NOT NULL);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', 'authorized', 'outstanding', 'other'),
	covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer', rate => 'rate'),
	covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised');
INSERT INTO deals VALUES ('a', 100000, 1000000, 10, 20), ('b', 100000, 1000000, 10, 20);
-- 100 at 1/15 is 1,500 shares, 10 at 0.1 is 100; with 50 warrants 1,650
INSERT INTO notes VALUES (1, 'a', 'alpha', 100, 0.06666666666666666667), (2, 'a', 'beta', 10, 0.1);
INSERT INTO warrants VALUES (1, 'a', 50);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON notes TO rewrite_clerk;

-- Which tables say that they were rewritten, and of which column.
CREATE VIEW marked AS SELECT w AS relation, covenant_internal.watch_word(w, 'rewritten') AS of_column
	FROM covenant_internal.rewritten('rewritten.deals_reserve') AS w;
-- What audit finds.
CREATE VIEW found AS SELECT string_agg(format('%s %s: %s, %s', deal, what, trim_scale(books), trim_scale(tables)), '; ' ORDER BY deal, what) AS found FROM covenant.audit('rewritten.deals');

-- rewritten_without_change: int becomes bigint, a decimal the price that it was
-- rounded from, rows move, columns come and go; USING that gives what was there.
ALTER TABLE notes ALTER balance TYPE bigint, ALTER price TYPE covenant.share_price;
ALTER TABLE notes ALTER price TYPE numeric USING price::numeric, ALTER balance TYPE numeric(20,2) USING balance + 0;
ALTER TABLE notes ADD extra float8 DEFAULT random(), ADD made int GENERATED ALWAYS AS (spare * 2) STORED;
ALTER TABLE notes ALTER extra TYPE int USING 1, ALTER buyer TYPE varchar(30), ALTER note TYPE bigint, DROP made, DROP spare;
CLUSTER notes USING notes_pkey;
ALTER TABLE deals ALTER outstanding TYPE covenant.shares, ALTER other TYPE numeric;
ALTER TABLE deals ALTER outstanding TYPE bigint, ALTER other TYPE bigint;
ALTER TABLE warrants ALTER unexercised TYPE bigint USING unexercised::numeric;
RESET ROLE;
VACUUM FULL notes, deals, warrants;
SET ROLE rewrite_owner;
SELECT * FROM marked;
INSERT INTO notes VALUES (3, 'a', 'alpha', 10, 0.1);
UPDATE deals SET other = 21 WHERE deal_id = 'a';
SELECT covenant.check('deals');
SELECT * FROM found;

-- retype_doubles_principal: every write is refused, whoever makes it.
ALTER TABLE notes ALTER balance TYPE numeric USING balance * 2;
SELECT * FROM marked;
SET ROLE rewrite_clerk;
INSERT INTO notes VALUES (4, 'a', 'alpha', 10, 0.1);
\echo :LAST_ERROR_SQLSTATE
UPDATE notes SET buyer = 'gamma' WHERE note = 1;
DELETE FROM notes WHERE note = 1;
TRUNCATE notes;
COPY notes (note, deal_id, buyer, balance, price) FROM stdin;
5	a	alpha	10	0.1
\.
SET ROLE rewrite_owner;
SELECT covenant.check('deals');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM found;
SELECT covenant.split('deals', '{a}', 2, 1, '2005-05-23', 'down');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer', rate => 'rate');
-- other tables of the deals are written as before
UPDATE warrants SET unexercised = 51;
SELECT covenant.rebuild('deals');
SELECT * FROM marked;
SELECT principal, note_shares, warrant_shares FROM deals_reserve WHERE deal = 'a';
SET ROLE rewrite_clerk;
INSERT INTO notes VALUES (4, 'a', 'alpha', 10, 0.1);
SET ROLE rewrite_owner;
SELECT * FROM found;

-- rewritten_and_back: with the values as they were there is nothing to say.
ALTER TABLE notes ALTER balance TYPE numeric USING balance * 2;
SELECT * FROM marked;
ALTER TABLE notes ALTER balance TYPE numeric USING balance / 2;
SELECT * FROM marked;
SELECT covenant.check('deals');

-- rewritten_in_a_savepoint
BEGIN;
INSERT INTO notes VALUES (9, 'a', 'alpha', 10, 0.1);
ALTER TABLE notes ALTER balance TYPE numeric(12,2) USING balance + 0;
SELECT * FROM marked;
SAVEPOINT s;
ALTER TABLE notes ALTER rate TYPE numeric USING rate / 2;
SELECT * FROM marked;
INSERT INTO notes VALUES (10, 'a', 'alpha', 10, 0.1);
ROLLBACK TO s;
SELECT * FROM marked;
DELETE FROM notes WHERE note = 9;
COMMIT;
SELECT * FROM found;

-- each_watched_column: whatever counts.
BEGIN;
ALTER TABLE notes ALTER price TYPE numeric(6,2); SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER buyer TYPE text USING upper(buyer); SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER rate TYPE numeric USING 0; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER note TYPE int USING -note; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER deal_id TYPE text USING 'b'; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE warrants ALTER unexercised TYPE bigint USING unexercised + 1; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE deals ALTER reserved TYPE bigint USING reserved + 1; SELECT * FROM marked;
UPDATE deals SET other = 5;
ROLLBACK; BEGIN;
ALTER TABLE deals ALTER outstanding TYPE bigint USING 0; SELECT * FROM marked;
ROLLBACK;

-- retype_to_nonsense: what the books could not hold is refused with the next
-- write, not the ALTER TABLE that made it.
BEGIN;
ALTER TABLE notes ALTER price TYPE numeric USING -price; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER balance TYPE numeric USING 'NaN'; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes ALTER balance DROP NOT NULL, ALTER balance TYPE numeric USING NULL; SELECT * FROM marked;
ROLLBACK; BEGIN;
-- a type that cannot be watched is found by the next write as ever
ALTER TABLE notes ALTER balance TYPE text USING 'much'; SELECT * FROM marked;
INSERT INTO notes VALUES (10, 'a', 'alpha', '10', 0.1);
ROLLBACK;

-- renamed_into_place: the watched name means another column; so does a column
-- that is added under it. Other commands than ALTER TABLE rename columns, too.
ALTER TABLE notes ADD other_balance numeric NOT NULL DEFAULT 7;
BEGIN;
ALTER TABLE notes RENAME balance TO gone; ALTER TABLE notes RENAME other_balance TO balance; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes RENAME balance TO gone; ALTER VIEW notes RENAME COLUMN other_balance TO balance; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes RENAME balance TO gone; ALTER TYPE notes RENAME ATTRIBUTE other_balance TO balance; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes DROP balance, ADD balance numeric NOT NULL DEFAULT 7; SELECT * FROM marked;
ROLLBACK; BEGIN;
ALTER TABLE notes RENAME balance TO gone; ALTER TABLE notes RENAME gone TO balance; SELECT * FROM marked;
ROLLBACK;
ALTER TABLE notes DROP other_balance;

-- unwatch_rewritten: the books let go of what they have, not of what they never had.
BEGIN;
ALTER TABLE notes ALTER balance TYPE numeric USING balance * 3;
SELECT covenant.unwatch('notes');
COMMIT;
SELECT principal, note_shares, interest_shares FROM deals_reserve WHERE deal = 'a';
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer', rate => 'rate');
SELECT principal, (SELECT sum(balance) FROM notes) AS in_table FROM deals_reserve WHERE deal = 'a';
SELECT * FROM found;

-- rewritten_through_parent: its children are refused as well.
CREATE TABLE base (id int, deal_id text, amount numeric, price numeric, PRIMARY KEY (id));
CREATE TABLE parent (id int PRIMARY KEY, deal_id text, amount numeric, price numeric);
CREATE TABLE child (note text, PRIMARY KEY (id)) INHERITS (parent);
SELECT covenant.watch_notes('parent', 'deals', 'deal_id', 'amount', 'price');
INSERT INTO parent VALUES (1, 'a', 5, 0.1); INSERT INTO child VALUES (2, 'a', 5, 0.1);
ALTER TABLE parent ALTER amount TYPE bigint;
SELECT * FROM marked;
ALTER TABLE parent ALTER amount TYPE numeric USING CASE id WHEN 2 THEN amount + 1 ELSE amount END;
SELECT * FROM marked;
INSERT INTO child VALUES (3, 'a', 5, 0.1);
INSERT INTO parent VALUES (3, 'a', 5, 0.1);
TRUNCATE child;
SELECT covenant.rebuild('deals');
SELECT relation FROM marked;
INSERT INTO child VALUES (3, 'a', 5, 0.1);
INSERT INTO parent VALUES (4, 'a', 5, 0.1);
-- a watched table that has become the child of another
ALTER TABLE parent INHERIT base;
ALTER TABLE base ALTER amount TYPE numeric USING amount + 1;
INSERT INTO child VALUES (5, 'a', 5, 0.1);
SELECT covenant.rebuild('deals');
ALTER TABLE parent NO INHERIT base;
SELECT * FROM found;

-- rewritten_partitions: also through a partition, and one that is made later.
CREATE TABLE parted (id int, deal_id text, amount numeric, price numeric, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (10);
SELECT covenant.watch_notes('parted', 'deals', 'deal_id', 'amount', 'price');
INSERT INTO parted VALUES (1, 'b', 5, 0.1);
ALTER TABLE parted ALTER amount TYPE bigint;
INSERT INTO parted VALUES (2, 'b', 5, 0.1);
ALTER TABLE parted ALTER amount TYPE numeric USING amount * 2;
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20);
INSERT INTO parted VALUES (3, 'b', 5, 0.1);
INSERT INTO parted_1 VALUES (3, 'b', 5, 0.1);
INSERT INTO parted_2 VALUES (13, 'b', 5, 0.1);
TRUNCATE parted_1;
SELECT * FROM marked;
SELECT covenant.rebuild('deals');
INSERT INTO parted_1 VALUES (3, 'b', 5, 0.1);
INSERT INTO parted_2 VALUES (13, 'b', 5, 0.1);
-- a partition that was detached while it was marked is free
ALTER TABLE parted ALTER amount TYPE numeric USING amount * 2;
ALTER TABLE parted DETACH PARTITION parted_2;
INSERT INTO parted_2 VALUES (14, 'b', 5, 0.1);
TRUNCATE parted_2;
SELECT covenant.rebuild('deals');
SELECT * FROM found;

-- rewritten_subscriber: triggers for replicated changes stay what they are.
CREATE TABLE copy (id int PRIMARY KEY, deal_id text, amount numeric, price numeric);
SELECT covenant.watch_notes('copy', 'deals', 'deal_id', 'amount', 'price', mode => 'row');
INSERT INTO copy VALUES (1, 'b', 5, 0.1);
ALTER TABLE copy ALTER amount TYPE numeric USING amount * 2;
RESET ROLE;
SET session_replication_role = replica;
INSERT INTO rewritten.copy VALUES (2, 'b', 5, 0.1);
RESET session_replication_role;
SET ROLE rewrite_owner;
SELECT covenant.rebuild('deals');
SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgrelid = 'copy'::regclass;

-- row_security_in_the_way: forced on its owner, it hides nothing here.
ALTER TABLE copy ENABLE ROW LEVEL SECURITY; ALTER TABLE copy FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_position ENABLE ROW LEVEL SECURITY; ALTER TABLE deals_position FORCE ROW LEVEL SECURITY;
ALTER TABLE copy ALTER amount TYPE bigint;
SELECT relation FROM marked;
ALTER TABLE copy ALTER amount TYPE numeric USING amount * 2;
SELECT relation FROM marked;
ALTER TABLE copy DISABLE ROW LEVEL SECURITY; ALTER TABLE deals_position DISABLE ROW LEVEL SECURITY;
SELECT covenant.rebuild('deals');

-- rewrite_of_strangers: a table that claims to be watched is nobody's business,
-- and nothing of it runs as the superuser who alters it.
SET ROLE rewrite_stranger;
SET search_path = rewrite_evil;
CREATE TABLE seen (by_whom name);
CREATE FUNCTION peek(i int) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN INSERT INTO rewrite_evil.seen VALUES (current_user); RETURN i; END $$;
CREATE TYPE much AS (i int);
CREATE FUNCTION much_numeric(much) RETURNS numeric LANGUAGE sql AS 'SELECT rewrite_evil.peek($1.i)';
CREATE CAST (much AS numeric) WITH FUNCTION much_numeric;
CREATE TABLE notes (note int PRIMARY KEY, deal_id text, balance much, price numeric, plain int);
CREATE TRIGGER covenant_insert AFTER INSERT ON notes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.capture('table=notes', 'schema=rewritten', 'ledger=deals_reserve', 'source=notes', 'key=note', 'deal=deal_id', 'principal=balance', 'price=price');
RESET ROLE;
ALTER TABLE rewrite_evil.notes ALTER price TYPE numeric(12,2), ALTER note TYPE bigint USING note + 1, ADD more int DEFAULT random();
SELECT tgargs LIKE '%rewritten=%' AS marked FROM pg_trigger WHERE tgrelid = 'rewrite_evil.notes'::regclass;
SELECT * FROM rewrite_evil.seen;
SET ROLE rewrite_stranger;
ALTER TABLE rewrite_evil.notes ALTER plain TYPE text;
ALTER TABLE IF EXISTS rewrite_evil.nothing ALTER plain TYPE text;
CREATE TEMP TABLE own (a int); ALTER TABLE own ALTER a TYPE bigint USING a + 1; ALTER TABLE own RENAME a TO balance;
RESET ROLE;
SELECT covenant_internal.look_at_rewrite();

-- rewritten_shards: a node of Citus sees a part of the rows, or the old ones, and
-- says nothing; audit does.
SET ROLE rewrite_owner;
SET search_path = rewritten;
BEGIN;
SET LOCAL citus.allow_nested_distributed_execution = on;
ALTER TABLE deals ALTER reserved TYPE bigint USING reserved + 1;
SELECT * FROM marked;
SELECT * FROM found;
ROLLBACK;
RESET ROLE;

DROP TABLE own; DROP SCHEMA rewrite_evil, rewritten CASCADE;
DROP ROLE rewrite_owner, rewrite_clerk, rewrite_stranger;

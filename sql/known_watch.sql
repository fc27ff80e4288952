-- A backend remembers what it read of a watched table: each change of what it
-- read is heard of, in the session that has just written.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA known_watch;
SET search_path = known_watch;
SET client_min_messages = warning;
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
	RETURN concat_ws(' | ', sqlstate, message);
END $$;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int, deal int, balance numeric, price numeric);
INSERT INTO deals VALUES (1, 1000000);
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price');

-- Ten more at 0.10 are a hundred shares more; "books" says what was booked
CREATE FUNCTION issue() RETURNS text LANGUAGE sql AS $$ SELECT known_watch.outcome('INSERT INTO known_watch.notes VALUES (DEFAULT, 1, 10, 0.1)') $$;
CREATE VIEW books AS SELECT principal, note_shares, (SELECT count(*) FROM deals_journal) AS entries FROM deals_reserve;
INSERT INTO notes VALUES (DEFAULT, 0, 1, 10, 0.1);
SELECT * FROM books;

\a\t
-- Columns: one goes that was before them, one is renamed, two change their names, and back
ALTER TABLE notes DROP gone;
SELECT issue();
ALTER TABLE notes RENAME price TO conversion_price;
SELECT issue();
ALTER TABLE notes RENAME conversion_price TO price;
SELECT issue();
SELECT * FROM books;
UPDATE notes SET balance = 0.1, price = 10;
SELECT * FROM books;
ALTER TABLE notes RENAME balance TO was;
ALTER TABLE notes RENAME price TO balance;
ALTER TABLE notes RENAME was TO price;
SELECT issue();
-- what was 0.1 at 10 is read as 10 at 0.1
SELECT covenant.rebuild('deals');
SELECT * FROM books;
UPDATE notes SET price = 0.2 WHERE id = 1;
SELECT * FROM books;
ALTER TABLE notes RENAME balance TO was;
ALTER TABLE notes RENAME price TO balance;
ALTER TABLE notes RENAME was TO price;
SELECT covenant.rebuild('deals');
SELECT * FROM books;
UPDATE notes SET balance = 10, price = 0.1;
SELECT * FROM books;

-- A type: the column's, by a command that leaves its values and one that does not
ALTER TABLE notes ALTER price TYPE covenant.share_price, ALTER balance TYPE numeric(18,2);
SELECT issue();
SELECT * FROM books;
ALTER TABLE notes ALTER balance TYPE numeric USING balance * 2;
SELECT issue();
SELECT covenant.rebuild('deals');
SELECT issue();
SELECT * FROM books;
BEGIN;
ALTER TABLE notes ALTER price TYPE text;
SELECT issue();
ROLLBACK;
SELECT issue();

-- The name of a type's schema, and of the type
ALTER SCHEMA covenant RENAME TO promises;
SELECT issue();
ALTER SCHEMA promises RENAME TO covenant;
SELECT issue();

-- Another watch: by other columns, then none, then again
ALTER TABLE notes ADD holder text NOT NULL DEFAULT 'alpha';
SELECT covenant.unwatch('notes');
SELECT issue();
SELECT * FROM books;
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', holder => 'holder');
SELECT issue();
SELECT * FROM books;
SELECT instrument, holder FROM deals_position ORDER BY recorded_at DESC, instrument DESC LIMIT 1;
-- a change that is rolled back, with a write in it
BEGIN;
ALTER TABLE notes RENAME holder TO buyer;
SAVEPOINT a;
SELECT issue();
ROLLBACK TO a;
ALTER TABLE notes RENAME buyer TO holder;
SELECT issue();
ROLLBACK;
SELECT issue();
SELECT * FROM books;

-- A second trigger that somebody hung; children; a part of another table
CREATE TRIGGER another AFTER INSERT ON notes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.capture('table=notes', 'schema=known_watch', 'ledger=deals_reserve', 'source=notes', 'key=id', 'deal=deal', 'principal=balance', 'price=price');
SELECT issue();
DROP TRIGGER another ON notes;
SELECT issue();
CREATE TABLE child () INHERITS (notes);
SELECT issue();
DROP TABLE child;
SELECT issue();
CREATE TABLE parent (deal int);
ALTER TABLE notes INHERIT parent;
SELECT issue();
ALTER TABLE notes NO INHERIT parent;
SELECT issue();
SELECT * FROM books;

-- Rights: the owner of the table must be a member of the role that owns the books
CREATE ROLE known_watch_owner;
CREATE ROLE known_watch_clerk;
GRANT known_watch_owner TO known_watch_clerk;
GRANT USAGE, CREATE ON SCHEMA known_watch TO known_watch_owner, known_watch_clerk;
ALTER TABLE deals_reserve OWNER TO known_watch_owner;
ALTER TABLE deals_journal OWNER TO known_watch_owner;
ALTER TABLE deals_position OWNER TO known_watch_owner;
ALTER TABLE notes OWNER TO known_watch_clerk;
SELECT issue();
REVOKE known_watch_owner FROM known_watch_clerk;
SELECT issue();
GRANT known_watch_owner TO known_watch_clerk;
SELECT issue();
ALTER TABLE deals_reserve OWNER TO known_watch_clerk;
SELECT issue();
ALTER TABLE deals_reserve OWNER TO known_watch_owner;
SELECT issue();
ALTER ROLE known_watch_clerk SUPERUSER;
REVOKE known_watch_owner FROM known_watch_clerk;
SELECT issue();
ALTER ROLE known_watch_clerk NOSUPERUSER;
SELECT issue();
GRANT known_watch_owner TO known_watch_clerk;
SELECT issue();
SELECT * FROM books;

-- The books: their schema has another name, one is renamed, dropped
ALTER SCHEMA known_watch RENAME TO elsewhere;
SELECT elsewhere.outcome('INSERT INTO elsewhere.notes VALUES (DEFAULT, 1, 10, 0.1)');
ALTER SCHEMA elsewhere RENAME TO known_watch;
SELECT issue();
ALTER TABLE deals_journal RENAME TO journal;
SELECT issue();
ALTER TABLE journal RENAME TO deals_journal;
SELECT issue();
-- another table takes the ledger's name, and the books' key has another type
ALTER TABLE deals_reserve RENAME TO before;
CREATE TABLE deals_reserve (deal text PRIMARY KEY, reserved bigint);
ALTER TABLE deals_reserve OWNER TO known_watch_owner;
SELECT issue();
DROP TABLE deals_reserve;
SELECT issue();
ALTER TABLE before RENAME TO deals_reserve;
SELECT issue();
SELECT * FROM books;
DROP TABLE deals_reserve CASCADE;
SELECT issue();

-- Many watches, come and gone: a trigger's number is not another's
DO $$
BEGIN
	FOR i IN 1 .. 20 LOOP
		CREATE TABLE known_watch.lots (id int PRIMARY KEY, reserved bigint);
		PERFORM covenant.watch_deals('known_watch.lots', 'id', 'reserved');
		INSERT INTO known_watch.lots VALUES (i, i);
		DROP TABLE known_watch.lots, known_watch.lots_reserve, known_watch.lots_journal, known_watch.lots_position CASCADE;
	END LOOP;
END $$;
SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'covenant watch';

DROP SCHEMA known_watch CASCADE;
DROP ROLE known_watch_owner, known_watch_clerk;

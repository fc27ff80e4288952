-- Bringing tables under watch and out of it: what is made, what is refused.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA watch;
SET search_path = watch;
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text; result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, 'done');
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', sqlstate, message, nullif(detail, ''), nullif(hint, ''));
END $$;

-- Tables with rows in them: opening entries, facts; short on that day is recorded, not refused
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved_shares bigint, authorized bigint, outstanding bigint, plan_reserved bigint);
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id text, buyer text, balance numeric, conversion_price numeric);
CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text, buyer varchar(20), unexercised bigint);
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000), ('empty', 0, 0, 0, 0);
INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 1500000, 0.05), (2, 'calbatech', 'stonestreet', 500000, 0.05), (3, NULL, NULL, NULL, NULL);
INSERT INTO warrants VALUES (1, 'calbatech', 'alpha', 9107467), (2, 'calbatech', 'stonestreet', 3035823);
BEGIN;
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
	authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved');
SELECT covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance', price => 'conversion_price', holder => 'buyer');
SELECT covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer');
SELECT deal, required, slack, shortfall_since FROM deals_status ORDER BY deal;
COMMIT;
SELECT deal, required, slack, shortfall_since FROM deals_status ORDER BY deal;
SELECT deal, seq, kind, principal, note_shares, warrant_shares, reserved, authorized, outstanding, other_reserved, slack, effective_on, recorded_by = current_user AS by_me, note FROM deals_journal ORDER BY deal, seq;
SELECT * FROM deals_reserve ORDER BY deal;
SELECT * FROM covenant.audit('deals');
-- true times, one transaction
SELECT count(DISTINCT transaction) AS transactions, count(DISTINCT recorded_at) AS times, bool_and(recorded_at BETWEEN now() - interval '1 hour' AND clock_timestamp()) AS recently FROM deals_journal WHERE deal = 'calbatech';

-- What was made: types, keys, owner, comments; the key has the type and collation of the user's
SELECT c.relname, c.relkind, a.attname, format_type(atttypid, atttypmod), attnotnull FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
WHERE c.oid IN ('deals_reserve'::regclass, 'deals_journal'::regclass, 'deals_status'::regclass) ORDER BY 1 DESC, attnum;
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN ('deals_reserve'::regclass, 'deals_journal'::regclass) AND contype <> 'n' ORDER BY 1, 2;
SELECT c.oid::regclass, a.attname AS "without comment" FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
WHERE c.oid IN ('deals_reserve'::regclass, 'deals_journal'::regclass, 'deals_status'::regclass) AND (col_description(c.oid, attnum) IS NULL OR obj_description(c.oid) IS NULL);
SELECT relname, reloptions FROM pg_class WHERE oid = 'deals_status'::regclass;
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgfoid = 'covenant_internal.capture'::regproc AND NOT tgisinternal ORDER BY 1, 2;
SELECT w AS word, covenant_internal.watch_word('notes', w) FROM unnest('{table,schema,ledger,rounding,deal,principal,price,holder,only_when,rate}'::text[]) w;

\a\t
-- Watched already; not watched; deals that others point to
SELECT outcome($$SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares')$$);
SELECT outcome($$SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price')$$);
SELECT outcome($$SELECT covenant.watch_warrants('notes', 'deals', 'deal_id', 'balance')$$);
SELECT outcome($$SELECT covenant.watch_warrants('deals', 'deals', 'deal_id', 'plan_reserved')$$);
CREATE TABLE other_deals (id int NOT NULL UNIQUE, reserved int, day date, mixed numeric);
CREATE TABLE other_notes (id int, principal numeric, price numeric, name text, flag boolean, approximately float8, per_share covenant.share_price, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'notes', 'id', 'principal', 'price')$$);
SELECT outcome($$SELECT covenant.unwatch('other_notes')$$), outcome($$SELECT covenant.audit('other_deals')$$), outcome($$SELECT covenant.check('notes')$$);
SELECT outcome($$SELECT covenant.rebuild('other_deals')$$), outcome($$SELECT covenant.override('other_deals', 'because')$$);
SELECT outcome($$SELECT covenant.unwatch('deals')$$);

-- Columns that are not there, or of a type that cannot hold the thing
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'key', 'reserved')$$);
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'id', 'reserve')$$);
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'id', 'reserved', multiple => 'multiple')$$);
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'id', 'day')$$);
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'id', 'ctid')$$);
CREATE TABLE keys (a numeric PRIMARY KEY, b date NOT NULL UNIQUE, c char(3) NOT NULL UNIQUE, d boolean NOT NULL UNIQUE, e float8 NOT NULL UNIQUE, f int[] NOT NULL UNIQUE, g covenant.shares NOT NULL UNIQUE, reserved int);
SELECT k AS key, left(outcome(format('SELECT covenant.watch_deals(''keys'', %L, ''reserved'')', k)), 100) FROM unnest('{a,b,c,d,e,f,g}'::text[]) k;
SELECT outcome($$SELECT covenant.watch_deals('other_deals', 'id', 'reserved')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'deal', 'principal', 'price')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'prize')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'approximately')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'per_share', 'price')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', only_when => 'name')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', holder => 'owner')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'name', 'principal', 'price')$$);
SELECT outcome($$SELECT covenant.watch_warrants('other_notes', 'deals', 'id', 'principal')$$);

-- A key that does not identify a deal
CREATE TABLE loose (a int UNIQUE, b int NOT NULL, c int NOT NULL, d int NOT NULL, reserved int, PRIMARY KEY (b, c));
CREATE UNIQUE INDEX ON loose (d) WHERE d > 0;
CREATE UNIQUE INDEX ON loose ((d + 1));
SELECT k AS key, outcome(format('SELECT covenant.watch_deals(''loose'', %L, ''reserved'')', k)) FROM unnest('{a,b,d}'::text[]) k;

-- Relations of the wrong kind
CREATE VIEW a_view AS SELECT * FROM other_deals;
CREATE MATERIALIZED VIEW a_matview AS SELECT * FROM other_deals;
CREATE UNLOGGED TABLE an_unlogged (LIKE other_deals INCLUDING ALL);
CREATE TEMP TABLE a_temp (LIKE other_deals INCLUDING ALL);
CREATE FOREIGN DATA WRAPPER watch_test;
CREATE SERVER watch_test FOREIGN DATA WRAPPER watch_test;
CREATE FOREIGN TABLE a_foreign (id int NOT NULL, reserved int, principal numeric, price numeric) SERVER watch_test;
CREATE SEQUENCE a_sequence;
SELECT r AS relation, outcome(format('SELECT covenant.watch_deals(%L, ''id'', ''reserved'')', r)) FROM unnest('{a_view,a_matview,an_unlogged,a_temp,a_foreign,a_sequence,other_deals_id_key}'::text[]) r;
SELECT outcome($$SELECT covenant.watch_notes('a_foreign', 'other_deals', 'id', 'principal', 'price')$$);
SELECT outcome($$SELECT covenant.watch_deals('nowhere', 'id', 'reserved')$$);

-- Words and arguments
SELECT outcome($$SELECT covenant.watch_deals('keys', 'a', 'reserved', on_breach => 'complain')$$);
SELECT outcome($$SELECT covenant.watch_deals('keys', 'a', 'reserved', authorized => 'reserved')$$);
SELECT outcome($$SELECT covenant.watch_deals('keys', 'a', 'reserved', outstanding => 'reserved', other_reserved => 'reserved')$$);
SELECT outcome($$SELECT covenant.watch_deals('keys', NULL, NULL)$$);
SELECT outcome($$SELECT covenant.watch_deals('keys', 'a', 'reserved', on_breach => NULL)$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', rounding => 'nearest')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', mode => 'column')$$);
SELECT outcome($$SELECT covenant.watch_notes(NULL, 'other_deals', 'id', NULL, 'price')$$);
SELECT outcome($$SELECT covenant.watch_warrants('other_notes', NULL, NULL, 'principal')$$);
CREATE TABLE a_table_with_a_name_of_fifty_one_characters_in_all_ (LIKE other_deals INCLUDING ALL);
SELECT outcome($$SELECT covenant.watch_deals('a_table_with_a_name_of_fifty_one_characters_in_all_', 'id', 'reserved')$$);
CREATE TABLE taken (LIKE other_deals INCLUDING ALL);
CREATE TABLE taken_reserve (deal text);
SELECT outcome($$SELECT covenant.watch_deals('taken', 'id', 'reserved')$$);

-- What the rows say: nulls are counted; other values are told where they are found
INSERT INTO other_notes VALUES (1, NULL, 1, 'a', true), (1, 1, NULL, 'a', true), (1, 1, 1, NULL, false), (NULL, NULL, NULL, NULL, NULL), (1, NULL, NULL, NULL, false), (1, NULL, NULL, NULL, NULL);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', holder => 'name')$$);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price', holder => 'name', only_when => 'flag')$$);
SELECT outcome($$SELECT covenant.watch_warrants('other_notes', 'other_deals', 'id', 'principal')$$);
INSERT INTO taken VALUES (1, NULL);
DROP TABLE taken_reserve;
SELECT outcome($$SELECT covenant.watch_deals('taken', 'id', 'reserved')$$);
DELETE FROM other_notes;
INSERT INTO other_notes VALUES (1, 1, 0);
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price')$$);
UPDATE other_notes SET principal = -1, price = 1;
SELECT outcome($$SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price')$$);
UPDATE other_notes SET principal = 1.5;
SELECT outcome($$SELECT covenant.watch_warrants('other_notes', 'other_deals', 'id', 'principal')$$);
-- Of all this nothing is left behind
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgfoid = 'covenant_internal.capture'::regproc GROUP BY 1 ORDER BY 1;
SELECT oid::regclass FROM pg_class WHERE relnamespace = 'watch'::regnamespace AND relname ~ '_(reserve|journal|status)$' ORDER BY 1;
SELECT count(*) FROM other_deals_journal;
\a\t

-- Ending the watch: closing entries, facts; the books stay; what is written then is nobody's business
SET covenant.as_of = '2005-06-01';
SELECT covenant.unwatch('warrants');
SELECT deal, seq, kind, warrant_shares, slack, effective_on FROM deals_journal WHERE kind = 'closing' ORDER BY deal, seq;
UPDATE warrants SET unexercised = unexercised + 1000000 WHERE warrant_id = 1;
SELECT * FROM covenant.audit('deals');
SELECT covenant.unwatch('notes');
CREATE VIEW report AS SELECT * FROM deals_status;
SELECT outcome($$SELECT covenant.unwatch('deals')$$);
DROP VIEW report;
SELECT covenant.unwatch('deals');
SELECT * FROM deals_reserve ORDER BY deal;
SELECT deal, seq, kind, principal, note_shares, reserved, authorized, slack FROM deals_journal WHERE kind = 'closing' ORDER BY deal, seq;
SELECT to_regclass('deals_status') AS status, count(*) AS triggers FROM pg_trigger WHERE tgrelid IN ('deals'::regclass, 'notes'::regclass, 'warrants'::regclass) AND NOT tgisinternal;
INSERT INTO notes VALUES (9, 'calbatech', NULL, -1, NULL);
DELETE FROM notes WHERE note_id = 9;

-- Watched again, in another way: the books go on, with the numbers of today
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares', on_breach => 'record'), covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised'),
	covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price', rounding => 'up');
SELECT deal, note_shares, warrant_shares, reserved, authorized, outstanding, other_reserved, on_breach, entries FROM deals_reserve ORDER BY deal;
SELECT deal, seq, kind, principal, note_shares, warrant_shares, reserved, authorized, slack FROM deals_journal WHERE seq > 4 ORDER BY deal, seq;
SELECT * FROM covenant.audit('deals');
BEGIN;
SELECT covenant.unwatch('notes'), covenant.unwatch('warrants');
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares', 'authorized', 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price', 'buyer');
UPDATE notes SET balance = balance - 50 WHERE note_id = 1;
COMMIT;
SELECT deal, note_shares, warrant_shares, reserved, authorized, outstanding, other_reserved, on_breach, entries FROM deals_reserve ORDER BY deal;
SELECT deal, seq, kind, principal, note_shares, warrant_shares, slack FROM deals_journal WHERE seq > 5 ORDER BY deal, seq;
SELECT * FROM covenant.audit('deals');
INSERT INTO notes VALUES (9, 'calbatech', 'alpha', 1, 1);
-- the same deals table with another key: the old books are in the way
SELECT covenant.unwatch('notes');
SELECT covenant.unwatch('deals');
ALTER TABLE deals ADD number int GENERATED ALWAYS AS IDENTITY UNIQUE;
SELECT outcome($$SELECT covenant.watch_deals('deals', 'number', 'reserved_shares')$$);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares', 'authorized', 'outstanding'), covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price', 'buyer');

\a\t
-- A watched column renamed, dropped or retyped: the next write says so, and
-- watching again finds what was missed; columns that are not watched may do
-- as they like, and wider integers are read as they are
ALTER TABLE notes RENAME conversion_price TO price;
SELECT outcome($$UPDATE notes SET balance = 1$$);
SELECT outcome($$DELETE FROM notes$$), outcome($$TRUNCATE notes$$);
SELECT outcome($$SELECT covenant_internal.check_watch('notes')$$);
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT * FROM covenant.audit('deals');
ALTER TABLE notes ALTER balance TYPE float8;
SELECT outcome($$UPDATE notes SET balance = 1$$);
ALTER TABLE notes ALTER balance TYPE bigint, ALTER note_id TYPE bigint, ADD remark text;
UPDATE notes SET balance = balance - 50, remark = 'paid' WHERE note_id = 2;
ALTER TABLE notes DISABLE TRIGGER USER;
UPDATE notes SET balance = balance - 50 WHERE note_id = 2;
ALTER TABLE notes ENABLE TRIGGER USER;
ALTER TABLE notes DROP price;
ALTER TABLE notes ADD dollars covenant.share_price DEFAULT '0.05';
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'dollars', 'buyer');
SELECT deal, seq, kind, principal, note_shares, slack FROM deals_journal WHERE seq > 11 ORDER BY deal, seq;
SELECT * FROM covenant.audit('deals');
ALTER TABLE deals RENAME reserved_shares TO reserved;
SELECT outcome($$INSERT INTO deals VALUES ('new', 1, 1, 1, 1)$$);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', 'authorized', 'outstanding');
SELECT deal, reserved, slack FROM deals_status ORDER BY deal;
-- a broken watch can be ended too
ALTER TABLE notes DROP dollars;
SELECT covenant.unwatch('notes');
SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal;
SELECT * FROM covenant.audit('deals');

-- Renamed tables stay watched; renamed or dropped books do not stay books
ALTER TABLE deals RENAME TO contracts;
UPDATE contracts SET reserved = reserved + 1 WHERE deal_id = 'calbatech';
SELECT deal, reserved FROM deals_status ORDER BY deal;
SELECT * FROM covenant.audit('contracts');
ALTER TABLE deals_reserve RENAME TO ledger;
SELECT outcome($$UPDATE contracts SET reserved = reserved + 1$$), outcome($$SELECT covenant.audit('contracts')$$);
ALTER TABLE ledger RENAME TO deals_reserve;
UPDATE contracts SET reserved = reserved + 1 WHERE deal_id = 'calbatech';
DROP TABLE deals_reserve, deals_position, deals_journal CASCADE;
SELECT outcome($$UPDATE contracts SET reserved = reserved + 1$$);
SELECT covenant.unwatch('contracts');
UPDATE contracts SET reserved = reserved + 1;
-- books dropped in the transaction that wrote have nothing more to keep
CREATE TABLE brief (id int PRIMARY KEY, reserved int);
BEGIN;
SELECT covenant.watch_deals('brief', 'id', 'reserved');
INSERT INTO brief VALUES (1, 1);
DROP TABLE brief_reserve, brief_journal CASCADE;
DROP TABLE brief;
COMMIT;
-- a watched table may be dropped; what it held is then only in the books, and audit and rebuild know
SELECT covenant.watch_notes('other_notes', 'other_deals', 'id', 'principal', 'price');
INSERT INTO other_deals VALUES (1, 100);
INSERT INTO other_notes VALUES (1, 5, 1);
DROP TABLE other_notes;
SELECT * FROM covenant.audit('other_deals');
SELECT covenant.rebuild('other_deals');
SELECT * FROM covenant.audit('other_deals');
SELECT seq, kind, principal, note_shares, slack FROM other_deals_journal WHERE deal = 1 ORDER BY seq;

\a\t
-- Names are names, whatever is in them
CREATE SCHEMA "Bob's ""schema"" = 1";
CREATE TABLE "Bob's ""schema"" = 1"."deals; -- 100% = all" ("the key" uuid PRIMARY KEY, "reserved = x" int, "%I" int, "''" int, "multiple,""" numeric);
CREATE TABLE "Bob's ""schema"" = 1"."notes=notes" ("deal=" uuid, "holder'" text, "P" int, "price" numeric, "only when" boolean, "key=1" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SET search_path = "Bob's ""schema"" = 1", watch;
SELECT covenant.watch_deals('"deals; -- 100% = all"', 'the key', 'reserved = x', '%I', '''''', multiple => 'multiple,"') AS ledger,
	covenant.watch_notes('"notes=notes"', '"deals; -- 100% = all"', 'deal=', 'P', 'price', 'holder''', only_when => 'only when');
INSERT INTO "deals; -- 100% = all" VALUES ('00000000-0000-0000-0000-00000000000a', 10, 100, 50, 2);
INSERT INTO "notes=notes" VALUES ('00000000-0000-0000-0000-00000000000a', 'o''holder', 5, 1, true), ('00000000-0000-0000-0000-00000000000a', NULL, NULL, NULL, NULL);
INSERT INTO "notes=notes" VALUES ('00000000-0000-0000-0000-00000000000a', 'o''holder', 5, 1, true);
SELECT deal, principal, required, slack FROM "deals; -- 100% = all_status";
SELECT * FROM covenant.audit('"deals; -- 100% = all"');
TRUNCATE "notes=notes";
SELECT covenant.rebuild('"deals; -- 100% = all"'), covenant.unwatch('"notes=notes"');
SELECT covenant.unwatch('"deals; -- 100% = all"');
SELECT deal, seq, kind, principal, reserved, multiple, slack FROM "deals; -- 100% = all_journal" ORDER BY seq;

SET client_min_messages = warning;
DROP SCHEMA watch, "Bob's ""schema"" = 1" CASCADE;
DROP FOREIGN DATA WRAPPER watch_test CASCADE;
DROP TABLE a_temp;

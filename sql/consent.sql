-- Who still has to consent to a reduction of the reserve (Section 4(h)).
SET datestyle = ISO;
SET covenant.as_of = '2005-05-23';
\set SHOW_CONTEXT never
CREATE SCHEMA consent_test;
SET search_path = consent_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint, outstanding bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
CREATE TABLE warrants (id int PRIMARY KEY, deal int, buyer text, shares bigint);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'buyer');
BEGIN;
INSERT INTO deals VALUES (1, 1000000, 10000000, 0), (2, 1000000, 10000000, 0);
INSERT INTO notes VALUES (1, 1, 'A', 100, 1), (2, 1, 'B', 100, 1), (3, 1, 'C', 100, 1);
INSERT INTO warrants VALUES (1, 1, 'W', 50);
COMMIT;
DELETE FROM notes WHERE id = 3;
-- Nothing to ask before an agreement is adopted.
SELECT covenant_internal.consents_lacking('deals_reserve', '1', 5000);
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');

-- Every holder with a note or a warrant, and nobody else.
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 5000) h;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '2', 5000) h;
-- Commit asks: 1,000,000 reserved are far more than the 500 required, and yet.
UPDATE deals SET reserved = reserved - 5000 WHERE id = 1;
BEGIN;
UPDATE deals SET reserved = reserved - 5000 WHERE id = 1;
\set VERBOSITY sqlstate
SELECT covenant.check('deals');
\set VERBOSITY default
ROLLBACK;
-- Net of the transaction nothing is reduced; the deal without holders has nobody to ask.
BEGIN;
UPDATE deals SET reserved = reserved - 5000 WHERE id = 1;
UPDATE deals SET reserved = reserved + 5000 WHERE id = 1;
COMMIT;
UPDATE deals SET reserved = reserved - 1 WHERE id = 2;
INSERT INTO deals_event (deal, kind, holder, amount) VALUES (1, 'consent', 'A', 5000), (1, 'consent', 'B', 4999), (1, 'consent', 'W', NULL);
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 5000) h;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 4999) h;
-- Retracted is no consent.
INSERT INTO deals_event (deal, kind, ref) SELECT 1, 'retraction', event_id FROM deals_event WHERE kind = 'consent' AND holder = 'W';
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 4999) h;
INSERT INTO deals_event (deal, kind, holder) VALUES (1, 'consent', 'W');

-- An issue out of the reserve is no reduction, and uses no consent.
BEGIN;
UPDATE notes SET balance = balance - 10 WHERE id = 1;
UPDATE deals SET reserved = reserved - 10, outstanding = outstanding + 10 WHERE id = 1;
COMMIT;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 4999) h;
-- A reduction by more than is consented to is refused; one within uses the consents up.
UPDATE deals SET reserved = reserved - 5000 WHERE id = 1;
UPDATE deals SET reserved = reserved - 4999 WHERE id = 1;
UPDATE deals SET reserved = reserved - 1 WHERE id = 1;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 1) h;
-- A consent to something else is none to this, one that names 4(h) is.
INSERT INTO deals_event (deal, kind, holder, section) SELECT 2, 'signing', h, NULL FROM unnest(ARRAY['A', 'E']) h;
INSERT INTO deals_event (deal, kind, holder, section) VALUES (1, 'consent', 'A', '4(e)');
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 1) h;
INSERT INTO deals_event (deal, kind, holder, section) VALUES (1, 'consent', 'A', '4(h)');
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 1) h;
-- each_buyer: where the words are read as all who ever were buyers, C has to
-- consent who sold, on and after the day from which it is so read, and of the
-- deal without holders those who signed.
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "each_buyer": "all_purchasers"}', from_day => '2005-05-23');
SELECT d, string_agg(h, ', ') FROM unnest(ARRAY[date '2005-05-22', '2005-05-23']) d, covenant_internal.consents_lacking('deals_reserve', '1', 1, d) h GROUP BY d ORDER BY d;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '2', 1) h;
SELECT string_agg(h, ', ') AS buyers FROM covenant_internal.buyers('deals_reserve', '1') h;
INSERT INTO deals_event (deal, kind, ref) SELECT 2, 'retraction', event_id FROM deals_event WHERE kind = 'signing' AND holder = 'E';
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '2', 1) h;
UPDATE deals SET reserved = reserved - 1 WHERE id = 2;
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}', from_day => '2005-05-23');
INSERT INTO deals_event (deal, kind, holder) SELECT 1, 'consent', h FROM unnest(ARRAY['B', 'W']) h;
SELECT string_agg(h, ', ') FROM covenant_internal.consents_lacking('deals_reserve', '1', 1) h;

-- An override stands for what has happened in the world.
BEGIN;
SELECT covenant.override('deals', 'the transfer agent has released them');
UPDATE deals SET reserved = reserved - 2 WHERE id = 1;
COMMIT;
SELECT reserved FROM deals_status WHERE deal = 1;

-- moved_events: an agreement is adopted, and where its events are nobody can say who has consented.
CREATE SCHEMA consent_archive;
ALTER TABLE deals_event SET SCHEMA consent_archive;
UPDATE deals SET reserved = reserved - 3 WHERE id = 1;
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
UPDATE deals SET reserved = reserved + 3 WHERE id = 1;	-- nothing to ask
ALTER TABLE consent_archive.deals_event SET SCHEMA consent_test;
ALTER TABLE deals_event RENAME TO events;
-- an empty table of the name is none of covenant's
CREATE TABLE deals_event (LIKE events);
UPDATE deals SET reserved = reserved - 3 WHERE id = 1;
DROP TABLE deals_event;
ALTER TABLE events RENAME TO deals_event;
-- nor is one that somebody else owns
CREATE ROLE regress_covenant_archivist;
ALTER TABLE deals_event OWNER TO regress_covenant_archivist;
UPDATE deals SET reserved = reserved - 3 WHERE id = 1;
ALTER TABLE deals_event OWNER TO CURRENT_USER;
UPDATE deals SET reserved = reserved - 3 WHERE id = 1;
SELECT reserved FROM deals_status WHERE deal = 1;
-- The whole schema gets another name: the deals are watched anew, and the events name their ledger again.
ALTER SCHEMA consent_test RENAME TO consent_renamed;
SET search_path = consent_renamed;
SET client_min_messages = warning;
INSERT INTO deals_event (deal, kind, holder) VALUES (1, 'consent', 'A');
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'buyer');
\set VERBOSITY terse
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
\set VERBOSITY default
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
INSERT INTO deals_event (deal, kind, holder) SELECT 1, 'consent', h FROM unnest(ARRAY['A', 'B', 'W']) h;
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
SELECT reserved FROM deals_status WHERE deal = 1;
ALTER TABLE deals_event RENAME TO events;
\set VERBOSITY terse
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
\set VERBOSITY default
-- Gone for good, with the readings still there; without them there is no agreement.
DROP TABLE events CASCADE;
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
DROP TABLE deals_reading CASCADE;
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
SELECT reserved FROM deals_status WHERE deal = 1;
-- A table of the user's own that is called so is no table of events, adopted or not.
CREATE TABLE deals_event (what text);
CREATE TABLE deals_reading (what text);
UPDATE deals SET reserved = reserved - 4 WHERE id = 1;
SELECT reserved FROM deals_status WHERE deal = 1;

-- event_key_in_text: a key is data, whatever it looks like.
CREATE SCHEMA consent_keys;
SET search_path = consent_keys;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
CREATE TABLE keys AS SELECT n, k FROM unnest(ARRAY['acme{event}', 'x{' || repeat('a', 70) || '}', 'x'' OR true --', '$1', '%s', '%1$L', E'\\', '{ledger}', '{}', '"deals"', '']) WITH ORDINALITY AS u(k, n);
INSERT INTO deals SELECT k, 1000 FROM keys;
INSERT INTO notes SELECT n, k, k, 10, 1 FROM keys;
CREATE FUNCTION reduce(key text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE consent_keys.deals SET reserved = reserved - 1 WHERE id = key;
	PERFORM covenant.check('consent_keys.deals');
	RAISE EXCEPTION 'reduced';
EXCEPTION WHEN others THEN RETURN SQLERRM;
END $$;
SELECT n, reduce(k) FROM keys ORDER BY n;
INSERT INTO deals_event (deal, kind, holder, amount) SELECT k, 'consent', k, 1 FROM keys WHERE k <> '';
SELECT n, reduce(k) FROM keys ORDER BY n;
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA consent_renamed, consent_archive, consent_keys CASCADE;
DROP ROLE regress_covenant_archivist;

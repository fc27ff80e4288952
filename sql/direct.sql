-- The two ways of writing the books, straight into the heap and through SPI,
-- write the same; and the ways that lead to SPI.
\set SHOW_CONTEXT never
\set VERBOSITY default
SET DateStyle = ISO;
CREATE PROCEDURE story() LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, multiple numeric NOT NULL DEFAULT 2, least_shares bigint NOT NULL DEFAULT 0);
	CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, amount numeric NOT NULL, price covenant.share_price NOT NULL, rate numeric NOT NULL DEFAULT 0);
	CREATE TABLE warrants (id int PRIMARY KEY, deal text, buyer text, shares bigint NOT NULL);
	PERFORM set_config('covenant.as_of', '2005-01-03', false);
	PERFORM covenant.watch_deals('deals', 'id', 'reserved', authorized => 'authorized', outstanding => 'outstanding', multiple => 'multiple', minimum => 'least_shares', on_breach => 'record');
	PERFORM covenant.watch_notes('notes', 'deals', 'deal', 'amount', 'price', holder => 'buyer', rate => 'rate');
	PERFORM covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', holder => 'buyer');
	COMMIT;
	INSERT INTO deals SELECT 'deal ' || i, 100000, 1000000, 10000 FROM generate_series(1, 20) i;
	COMMIT;
	INSERT INTO notes SELECT i, 'deal ' || i % 20 + 1, 'buyer ' || i % 3, 1000.01 * i, '1001/12000', 0.08 FROM generate_series(1, 200) i;
	INSERT INTO warrants SELECT i, 'deal ' || i % 20 + 1, 'buyer ' || i % 3, 17 * i FROM generate_series(1, 60) i;
	COMMIT;
	PERFORM set_config('covenant.as_of', '2005-02-01', false);
	UPDATE notes SET price = 0.05 WHERE id % 2 = 0;
	COMMIT;
	UPDATE notes SET amount = amount - 100, buyer = buyer || ' & Co' WHERE id % 7 = 0;
	UPDATE deals SET reserved = reserved - 50, outstanding = outstanding + 50 WHERE id < 'deal 2';
	COMMIT;
	UPDATE notes SET deal = NULL WHERE id = 10;
	UPDATE notes SET deal = 'deal 3', rate = 0.1 WHERE id = 11;
	DELETE FROM warrants WHERE id < 5;
	UPDATE deals SET multiple = 2.5, least_shares = 70000 WHERE id = 'deal 4';
	COMMIT;
	PERFORM set_config('covenant.as_of', '2005-03-01', false);
	PERFORM covenant.correct('notes', '4', '2005-01-15', price => 0.06, reason => 'late');
	PERFORM covenant.split('deals', '{deal 5}', 2, 1, '2005-02-15', 'down');
	TRUNCATE warrants;
	COMMIT;
	DELETE FROM deals WHERE id = 'deal 20';
	PERFORM covenant.rebuild('deals');
	COMMIT;
END $$;
CREATE SCHEMA direct;
CREATE SCHEMA statements;
SET search_path = direct, public;
CALL story();
SET search_path = statements, public;
SET covenant.direct_posting = off;
CALL story();
RESET covenant.direct_posting;
RESET search_path;
-- Nothing on one side alone, and the audit of both is empty.
CREATE FUNCTION different(name text, leave text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('(SELECT (to_jsonb(d) - $1)::text FROM direct.%1$I d EXCEPT ALL SELECT (to_jsonb(s) - $1)::text FROM statements.%1$I s)
		UNION ALL (SELECT (to_jsonb(s) - $1)::text FROM statements.%1$I s EXCEPT ALL SELECT (to_jsonb(d) - $1)::text FROM direct.%1$I d)', name) USING leave;
END $$;
SELECT name, different(name, '{recorded_at,transaction}') FROM unnest('{deals_reserve,deals_journal,deals_position,deals_history,deals_holding,deals_note,deals_status}'::text[]) name;
SELECT count(*) > 100 AS much FROM direct.deals_journal;
SELECT * FROM covenant.audit('direct.deals');
SELECT * FROM covenant.audit('statements.deals');

-- A trigger on the books by hand leads to the road on which it fires ...
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'an entry of %', new.deal; RETURN new; END $$;
CREATE TRIGGER told BEFORE INSERT ON direct.deals_journal FOR EACH ROW EXECUTE FUNCTION told();
UPDATE direct.deals SET reserved = reserved + 1 WHERE id = 'deal 1';
DROP TRIGGER told ON direct.deals_journal;
-- ... a CHECK to the one that keeps it, a generated column to the one that fills it.
ALTER TABLE direct.deals_reserve ADD CONSTRAINT enough CHECK (reserved < 1000000);
\set VERBOSITY terse
UPDATE direct.deals SET reserved = 1000000 WHERE id = 'deal 1';
\set VERBOSITY default
ALTER TABLE direct.deals_reserve DROP CONSTRAINT enough;
ALTER TABLE direct.deals_journal ADD doubled bigint GENERATED ALWAYS AS (reserved * 2) STORED;
UPDATE direct.deals SET reserved = reserved + 1 WHERE id = 'deal 1';
SELECT reserved, doubled FROM direct.deals_journal WHERE deal = 'deal 1' ORDER BY seq DESC LIMIT 1;
ALTER TABLE direct.deals_journal DROP doubled;
-- An index by hand is kept, whether plain or partial.
CREATE INDEX ON direct.deals_journal (effective_on);
CREATE INDEX ON direct.deals_position (deal) WHERE price IS NULL;
UPDATE direct.deals SET reserved = reserved + 1 WHERE id = 'deal 1';
SET enable_seqscan = off;
SELECT count(*) FROM direct.deals_journal WHERE effective_on = '2005-03-01' AND deal = 'deal 1' AND kind = 'act';
RESET enable_seqscan;
-- It is a setting of superusers.
CREATE ROLE direct_clerk;
SET ROLE direct_clerk;
SET covenant.direct_posting = off;
RESET ROLE;
DROP ROLE direct_clerk;
SELECT * FROM covenant.audit('direct.deals');
RESET covenant.as_of;
SET client_min_messages = warning;
DROP SCHEMA direct, statements CASCADE;
DROP PROCEDURE story;
DROP FUNCTION different, told;

-- The books beside a deals table: the journal is append-only, the ledger is a
-- table of its owner's.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA books;
SET search_path = books;
CREATE TABLE deals (deal text PRIMARY KEY, reserved int);
CREATE TABLE warrants (deal text, shares int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
INSERT INTO deals VALUES ('a', 100);
INSERT INTO warrants VALUES ('a', 10);
SELECT * FROM covenant_internal.books_of('deals');
SELECT covenant_internal.books_of('warrants');

-- Append-only: not changed, not deleted, not emptied, by whomever; a statement that finds no row neither
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE schema_name text; table_name text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS schema_name = SCHEMA_NAME, table_name = TABLE_NAME, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', sqlstate, sqlerrm, detail, hint, schema_name, table_name);
END $$;
SELECT outcome('UPDATE deals_journal SET slack = 0');
SELECT outcome('DELETE FROM deals_journal WHERE false');
SELECT outcome('TRUNCATE deals_journal');
SELECT outcome('INSERT INTO deals_journal SELECT deal, 7, kind, principal, note_shares, warrant_shares, interest_shares, annual_interest, reserved, authorized, outstanding, other_reserved, multiple, slack, effective_on, recorded_at, recorded_by, transaction FROM deals_journal WHERE false');
MERGE INTO deals_journal j USING deals d ON j.deal = d.deal WHEN MATCHED THEN DELETE;

-- Numbers within a deal, in order and without a gap, whatever is refused between
INSERT INTO deals VALUES ('b', 100);
INSERT INTO warrants VALUES ('b', 10), ('a', 10);
\set VERBOSITY terse
INSERT INTO warrants VALUES ('b', 10), ('a', 1000);
\set VERBOSITY default
UPDATE warrants SET shares = 5;
BEGIN; DELETE FROM warrants; ROLLBACK;
DELETE FROM warrants WHERE deal = 'b';
SELECT deal, array_agg(seq ORDER BY seq), array_agg(kind ORDER BY seq), array_agg(warrant_shares + reserved ORDER BY seq), array_agg(slack ORDER BY seq) FROM deals_journal GROUP BY deal ORDER BY deal;
SELECT j.deal, max(seq) = min(entries) AS "entries are the last", count(DISTINCT seq) = max(seq) AS "no gap", count(DISTINCT transaction) AS transactions, bool_and(recorded_by = session_user) AS by_me
FROM deals_journal j JOIN deals_reserve USING (deal) GROUP BY j.deal ORDER BY j.deal;
-- times of the journal are those of the clock, not of covenant.as_of; in order
SELECT bool_and(recorded_at > now() - interval '1 day' AND effective_on = '2005-05-23') AS true_times,
	bool_and(recorded_at >= before) AS in_order FROM (SELECT *, lag(recorded_at) OVER (PARTITION BY deal ORDER BY seq) AS before FROM deals_journal) j;

-- Things that users hang on the books: a column more, an index, a trigger that listens
ALTER TABLE deals_reserve ADD remark text;
CREATE INDEX ON deals_journal (effective_on);
CREATE TABLE heard (what text);
CREATE FUNCTION listen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO books.heard VALUES (TG_TABLE_NAME || ' ' || TG_OP || ' ' || TG_WHEN); RETURN NULL; END $$;
CREATE TRIGGER listen AFTER INSERT OR UPDATE ON deals_reserve FOR EACH ROW EXECUTE FUNCTION listen();
CREATE CONSTRAINT TRIGGER listen_late AFTER INSERT ON deals_journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION listen();
INSERT INTO warrants VALUES ('a', 1);
SELECT * FROM heard ORDER BY what;
UPDATE deals_reserve SET remark = 'ours' WHERE deal = 'a';
SELECT deal, reserved, remark, entries FROM deals_reserve ORDER BY deal;
SELECT * FROM covenant.audit('deals');
-- a rule that swallows the writing is an error, not a gap
CREATE RULE swallow AS ON UPDATE TO deals_reserve DO INSTEAD NOTHING;
\set VERBOSITY terse
INSERT INTO warrants VALUES ('a', 1);
DROP RULE swallow ON deals_reserve;
\set VERBOSITY default
-- nor does a trigger keep a deal out of the books
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON deals_reserve FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO warrants VALUES ('a', 1);
DROP TRIGGER refuse ON deals_reserve;
INSERT INTO warrants VALUES ('a', 1);
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA books CASCADE;

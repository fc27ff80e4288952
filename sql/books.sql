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

-- books_of_another_type: who owns the books may change their columns; who reads them takes no value for what it is not
CREATE TABLE lots (deal text PRIMARY KEY, reserved int);
CREATE TABLE notes (id int PRIMARY KEY, deal text, holder text, balance numeric, price numeric, rate numeric, security text, terms covenant.conversion_terms);
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
SELECT covenant.watch_deals('lots', 'deal', 'reserved'), covenant.watch_notes('notes', 'lots', 'deal', 'balance', 'price', 'holder', rate => 'rate'),
	covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
INSERT INTO lots VALUES ('a', 10000);
INSERT INTO notes VALUES (1, 'a', 'alpha', 100, 0.5, 0.1, 'S', '100% of lowest of 1 day');
SET covenant.as_of = '2005-06-23';
INSERT INTO quotes VALUES ('S', '2005-06-22', 0.4);
UPDATE notes SET rate = 0.05;
-- what each kind of reader says; a write of an earlier day, a late quote, a split and a correction read the past
CREATE FUNCTION readers() RETURNS TABLE (reader text, said text) LANGUAGE plpgsql AS $$
BEGIN
	FOR reader, said IN SELECT * FROM (VALUES
		('history', 'SELECT * FROM lots_history'), ('holding', 'SELECT * FROM lots_holding'), ('note', 'SELECT * FROM lots_note'),
		('audit', 'SELECT * FROM covenant.audit(''lots'')'), ('rebuild', 'SELECT covenant.rebuild(''lots'')'),
		('what_if', 'SELECT * FROM covenant.what_if(''lots'', 1::numeric)'), ('breakeven', 'SELECT * FROM covenant.breakeven(''lots'')'),
		('split', 'SELECT covenant.split(''lots'', ''{a}'', 2, 1, ''2005-05-30'', ''down'')'),
		('correct', 'SELECT covenant.correct(''notes'', ''1'', ''2005-05-23'', rate => 0.07)'),
		('late quote', 'INSERT INTO quotes VALUES (''S'', ''2005-06-21'', 0.45)'),
		('backdated', 'SET LOCAL covenant.as_of = ''2005-05-30''; UPDATE notes SET balance = balance - 1; SELECT covenant.check(''lots'')')) AS v(r, s) LOOP
		BEGIN
			EXECUTE said;
			RAISE EXCEPTION 'done' USING ERRCODE = 'ZZ000';
		EXCEPTION WHEN others THEN
			said := CASE sqlstate WHEN 'ZZ000' THEN 'done' ELSE sqlstate || ' ' || sqlerrm END;
		END;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT said, string_agg(reader, ', ') AS readers FROM readers() GROUP BY said;
-- each column of journal and positions by itself: as text, as text of some length, under a domain, gone
CREATE FUNCTION answer(command text, complaint text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
	EXECUTE command;
	SELECT string_agg(DISTINCT replace(r.said, complaint, ''), ' & ') INTO answer FROM books.readers() AS r;
	RAISE EXCEPTION 'enough' USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN answer;
END $$;
SET client_min_messages = error;
DROP VIEW lots_status, lots_history, lots_holding, lots_note;
CREATE DOMAIN their_text AS text;
CREATE DOMAIN their_int AS int;
CREATE DOMAIN their_bigint AS bigint;
CREATE DOMAIN their_numeric AS numeric CHECK (VALUE IS NULL OR VALUE < 1e30);
CREATE DOMAIN their_date AS date;
CREATE DOMAIN their_timestamptz AS timestamptz;
CREATE DOMAIN their_boolean AS boolean;
SELECT covenant_internal.make_status_view('lots'), covenant_internal.make_history_views('lots_reserve');
CREATE VIEW columns AS SELECT attrelid::regclass AS book, attname AS name, attnum, replace(replace(format_type(atttypid, NULL), 'integer', 'int'), 'timestamp with time zone', 'timestamptz') AS type,
	format(' column "%s" of the books "books.%s" is not as covenant made it', attname, attrelid::regclass) AS complaint FROM pg_attribute
	WHERE attrelid IN ('lots_journal'::regclass, 'lots_position'::regclass) AND attnum > 0;
SELECT kind, book, answer, count(*), string_agg(name, ', ' ORDER BY attnum) AS columns
FROM columns, LATERAL (VALUES
	('as text', answer(format('ALTER TABLE %s DISABLE TRIGGER ALL, ALTER %I TYPE %s USING %2$I::text', book, name, CASE type WHEN 'text' THEN 'varchar(100)' ELSE 'text' END), complaint)),
	('a domain', answer(format('ALTER TABLE %s DISABLE TRIGGER ALL, ALTER %I TYPE their_%s', book, name, type), complaint)),
	('gone', answer(format('ALTER TABLE %s DROP COLUMN %I CASCADE', book, name), complaint))) AS v(kind, answer)
GROUP BY kind, book, answer ORDER BY kind, book, answer;
-- books_with_nulls: nor a null for a value, in a row that somebody put in
SELECT book, answer, count(*), string_agg(name, ', ' ORDER BY attnum) AS columns
FROM columns, answer(format('ALTER TABLE %s ALTER %I DROP NOT NULL; INSERT INTO %1$s SELECT (json_populate_record(t, json_build_object(''seq'', 77, %2$L, NULL))).* FROM %1$s AS t WHERE seq = 2 AND NOT EXISTS (SELECT FROM %1$s AS l WHERE (l.seq, l.ctid) > (t.seq, t.ctid) AND l.seq = 2)', book, name),
	format(' column "%s" of the books is null', name))
WHERE name <> ALL (ARRAY['deal', 'seq', 'line']) GROUP BY book, answer ORDER BY book, answer;

SET client_min_messages = warning;
DROP SCHEMA books CASCADE;

-- Every way of writing a watched table comes to the books.  All of it is done
-- twice, on tables watched by statement and on tables watched by row; after
-- each write, before and after COMMIT, three things must hold in both: audit
-- finds nothing, the status view says what plain numeric SQL says (each note
-- rounded down by itself, then doubled), and the two journals are one.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA by_statement;
CREATE SCHEMA by_row;
CREATE SCHEMA tools;
SET search_path = tools;

CREATE PROCEDURE tools.set_up(schema_name text, mode text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('search_path', schema_name || ', tools', false);
	CREATE TABLE deals (remark text, deal_id text PRIMARY KEY, reserved_shares bigint, authorized bigint, outstanding bigint, plan_reserved bigint);
	CREATE TABLE notes (note_id int PRIMARY KEY, gone int, deal_id text REFERENCES deals ON UPDATE CASCADE ON DELETE CASCADE,
		buyer text, balance numeric(20,2), conversion_price numeric, remark text);
	ALTER TABLE notes DROP COLUMN gone;
	CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text REFERENCES deals ON UPDATE CASCADE ON DELETE CASCADE, buyer text, unexercised bigint);
	PERFORM covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
		authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved', mode => mode);
	PERFORM covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance',
		price => 'conversion_price', holder => 'buyer', mode => mode);
	PERFORM covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer', mode => mode);
	CREATE VIEW oracle AS
	SELECT deal_id, principal, note_shares, warrant_shares, 2 * (note_shares + warrant_shares) AS required,
		least(reserved_shares, authorized - outstanding - plan_reserved) - 2 * (note_shares + warrant_shares) AS slack
	FROM deals d,
		LATERAL (SELECT coalesce(sum(balance), 0) AS principal, coalesce(sum(div(balance, conversion_price)), 0) AS note_shares
			FROM notes n WHERE n.deal_id = d.deal_id) n,
		LATERAL (SELECT coalesce(sum(unexercised::numeric), 0) AS warrant_shares FROM warrants w WHERE w.deal_id = d.deal_id) w;
END $$;
CALL set_up('by_statement', NULL);
CALL set_up('by_row', 'row');
SET search_path = by_statement, tools;
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgfoid = 'covenant_internal.capture'::regproc ORDER BY tgrelid::regclass::text, tgname;

CREATE FUNCTION tools.journal(schema_name text) RETURNS TABLE (deal text, seq bigint, kind text, day date, changes numeric[], slack bigint)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT deal, seq, kind, effective_on, ARRAY[principal, note_shares, warrant_shares, interest_shares, annual_interest, reserved, authorized, outstanding, other_reserved, multiple], slack FROM %I.deals_journal', schema_name);
END $$;
CREATE FUNCTION tools.wrong() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE schema_name text;
BEGIN
	FOREACH schema_name IN ARRAY ARRAY['by_statement', 'by_row'] LOOP
		RETURN QUERY EXECUTE format('SELECT %1$L || '' audit: '' || a FROM covenant.audit(''%1$I.deals'') a', schema_name);
		RETURN QUERY EXECUTE format('SELECT %1$L || '' status: '' || s FROM (SELECT deal, principal, note_shares, warrant_shares, required, slack FROM %1$I.deals_status EXCEPT SELECT * FROM %1$I.oracle) s', schema_name);
		RETURN QUERY EXECUTE format('SELECT %1$L || '' oracle: '' || s FROM (SELECT * FROM %1$I.oracle EXCEPT SELECT deal, principal, note_shares, warrant_shares, required, slack FROM %1$I.deals_status) s', schema_name);
	END LOOP;
	RETURN QUERY SELECT 'journal by statement: ' || j FROM (SELECT * FROM tools.journal('by_statement') EXCEPT SELECT * FROM tools.journal('by_row')) j;
	RETURN QUERY SELECT 'journal by row: ' || j FROM (SELECT * FROM tools.journal('by_row') EXCEPT SELECT * FROM tools.journal('by_statement')) j;
END $$;
-- Does it in both schemas; any wrong is an error.
CREATE PROCEDURE tools.in_both(VARIADIC statements text[]) LANGUAGE plpgsql AS $$
DECLARE
	schema_name text;
	statement text;
	wrongs text;
BEGIN
	FOREACH schema_name IN ARRAY ARRAY['by_row', 'by_statement'] LOOP
		PERFORM set_config('search_path', schema_name || ', tools', false);
		FOREACH statement IN ARRAY statements LOOP
			EXECUTE statement;
		END LOOP;
	END LOOP;
	SELECT string_agg(wrong, E'\n' ORDER BY wrong) INTO wrongs FROM tools.wrong() wrong;
	IF wrongs IS NOT NULL THEN RAISE EXCEPTION E'before COMMIT:\n%', wrongs; END IF;
	COMMIT;
	SELECT string_agg(wrong, E'\n' ORDER BY wrong) INTO wrongs FROM tools.wrong() wrong;
	IF wrongs IS NOT NULL THEN RAISE EXCEPTION E'after COMMIT:\n%', wrongs; END IF;
END $$;
-- What the journal got since it was last asked.
CREATE TABLE tools.seen (deal text, seq bigint);
CREATE FUNCTION tools.news() RETURNS TABLE (deal text, seq bigint, kind text, principal numeric, notes bigint, warrants bigint, reserved bigint, slack bigint)
LANGUAGE sql AS $$
	WITH new AS (INSERT INTO tools.seen SELECT deal, seq FROM by_statement.deals_journal EXCEPT SELECT * FROM tools.seen RETURNING *)
	SELECT deal, seq, kind, principal, note_shares, warrant_shares, reserved, slack
	FROM by_statement.deals_journal JOIN new USING (deal, seq) ORDER BY deal, seq
$$;

-- INSERT: a row, rows, from a query, DEFAULT VALUES (a row of no deal)
CALL in_both($$INSERT INTO deals VALUES ('the agreement''s', 'calbatech', 90953246, 200000000, 43980227, 380000)$$);
CALL in_both($$INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 1500000, 0.06), (2, 'calbatech', 'stonestreet', 500000, 0.06)$$);
CALL in_both($$INSERT INTO warrants VALUES (1, 'calbatech', 'alpha', 9107467), (2, 'calbatech', 'stonestreet', 3035823)$$);
SELECT * FROM news();
CALL in_both($$INSERT INTO deals SELECT NULL, 'deal ' || n, 1000 * n, 100000, 5000, 0 FROM generate_series(1, 4) n$$);
CALL in_both($$INSERT INTO notes SELECT n, 'deal ' || n % 4 + 1, CASE WHEN n % 2 = 0 THEN 'alpha' ELSE 'bristol' END, n, 0.7 FROM generate_series(10, 49) n$$);
SELECT * FROM news();
CALL in_both($$INSERT INTO warrants SELECT n, 'deal ' || n % 4 + 1, 'alpha', n FROM generate_series(10, 13) n$$, $$ALTER TABLE warrants ALTER warrant_id SET DEFAULT 99$$, $$INSERT INTO warrants DEFAULT VALUES$$);
SELECT * FROM news();

-- UPDATE: principal, price, both, holder, deal; of the deal; of many, by a join
CALL in_both($$UPDATE notes SET balance = balance - 1 WHERE note_id = 10$$);
CALL in_both($$UPDATE notes SET conversion_price = 0.8 WHERE note_id = 11$$);
CALL in_both($$UPDATE notes SET balance = 11.50, conversion_price = 0.75 WHERE note_id = 12$$);
CALL in_both($$UPDATE notes SET buyer = 'cornell' WHERE note_id = 13$$);
SELECT * FROM news();
CALL in_both($$UPDATE notes SET deal_id = 'deal 4' WHERE note_id IN (14, 15)$$);
CALL in_both($$UPDATE notes SET deal_id = NULL WHERE note_id = 16$$);
CALL in_both($$UPDATE notes SET deal_id = 'deal 1' WHERE note_id = 16$$);
SELECT * FROM news();
CALL in_both($$UPDATE warrants SET unexercised = unexercised - 1, buyer = 'bristol' WHERE warrant_id > 10$$);
CALL in_both($$UPDATE deals SET reserved_shares = reserved_shares + 10, authorized = authorized + 1, plan_reserved = 1 WHERE deal_id ~ '^deal'$$);
CALL in_both($$UPDATE notes n SET conversion_price = conversion_price * 2 FROM deals d WHERE d.deal_id = n.deal_id AND d.reserved_shares < 2500$$);
SELECT * FROM news();

-- DELETE, also by a join, also of everything there is of a holder
CALL in_both($$DELETE FROM notes WHERE note_id IN (10, 20, 30)$$);
CALL in_both($$DELETE FROM notes n USING warrants w WHERE w.deal_id = n.deal_id AND n.buyer = w.buyer AND n.note_id % 5 = 1$$);
CALL in_both($$DELETE FROM notes WHERE buyer = 'cornell'$$);
SELECT * FROM news();

-- What changes nothing that is watched writes no journal row: nor do an INSERT
-- and a DELETE in one transaction, there and back, other digits of one value.
CALL in_both($$UPDATE notes SET remark = 'seen'$$, $$UPDATE deals SET remark = 'seen'$$);
CALL in_both($$UPDATE notes SET balance = balance, conversion_price = conversion_price, deal_id = deal_id$$);
CALL in_both($$UPDATE notes SET conversion_price = conversion_price * 1.000$$);
CALL in_both($$UPDATE notes SET balance = 0 WHERE false$$, $$DELETE FROM warrants WHERE false$$, $$INSERT INTO notes SELECT * FROM notes WHERE false$$);
CALL in_both($$INSERT INTO notes VALUES (60, 'deal 2', 'alpha', 60, 0.7)$$, $$DELETE FROM notes WHERE note_id = 60$$);
CALL in_both($$UPDATE notes SET balance = balance + 5 WHERE note_id = 21$$, $$UPDATE notes SET balance = balance - 5 WHERE note_id = 21$$);
CALL in_both($$UPDATE deals SET reserved_shares = reserved_shares - 1$$, $$UPDATE deals SET reserved_shares = reserved_shares + 1$$);
CALL in_both($$INSERT INTO notes VALUES (61, 'deal 2', 'alpha', 0, 0.7), (62, NULL, NULL, NULL, NULL)$$, $$DELETE FROM notes WHERE note_id IN (61, 62)$$);
SELECT * FROM news();

-- ON CONFLICT: inserts and updates in one statement, updates alone, nothing
CALL in_both($$INSERT INTO notes VALUES (21, 'deal 2', 'alpha', 1, 0.7), (70, 'deal 2', 'bristol', 7, 0.7), (22, 'deal 3', 'alpha', 3, 0.3)
	ON CONFLICT (note_id) DO UPDATE SET balance = notes.balance + excluded.balance, conversion_price = excluded.conversion_price$$);
SELECT * FROM news();
CALL in_both($$INSERT INTO notes VALUES (70, 'deal 2', 'bristol', 7, 0.7) ON CONFLICT (note_id) DO UPDATE SET deal_id = 'deal 3', balance = 8.40$$);
CALL in_both($$INSERT INTO notes VALUES (70, 'deal 2', 'bristol', 7, 0.7), (71, 'deal 2', 'bristol', 7, 0.7) ON CONFLICT DO NOTHING$$);
CALL in_both($$INSERT INTO notes VALUES (71, 'deal 2', 'bristol', 7, 0.7) ON CONFLICT DO NOTHING$$);
CALL in_both($$INSERT INTO notes VALUES (71, 'deal 2', 'bristol', 9, 0.7) ON CONFLICT (note_id) DO UPDATE SET balance = 9 WHERE false$$);
SELECT * FROM news();

-- MERGE: insert, update and delete in one statement
CALL in_both($$MERGE INTO notes n USING (VALUES (70, 'update'), (71, 'delete'), (72, 'insert'), (73, 'insert'), (21, 'nothing')) v(id, word) ON n.note_id = v.id
	WHEN NOT MATCHED THEN INSERT VALUES (id, 'deal 1', 'bristol', 7.70, 0.7)
	WHEN MATCHED AND word = 'delete' THEN DELETE
	WHEN MATCHED AND word = 'nothing' THEN DO NOTHING
	WHEN MATCHED THEN UPDATE SET balance = balance - 1.40, buyer = 'alpha'$$);
SELECT * FROM news();

-- Writable CTEs: a note moved by DELETE and INSERT, two tables at once
CALL in_both($$WITH moved AS (DELETE FROM notes WHERE note_id = 72 RETURNING *) INSERT INTO notes SELECT note_id + 10, 'deal 4', buyer, balance, conversion_price FROM moved$$);
CALL in_both($$WITH note AS (INSERT INTO notes VALUES (83, 'deal 3', 'alpha', 7, 0.7) RETURNING *), fewer AS (UPDATE warrants SET unexercised = unexercised - 5 WHERE deal_id = 'deal 3')
	UPDATE deals SET reserved_shares = reserved_shares + 20 FROM note WHERE deals.deal_id = note.deal_id$$);
SELECT * FROM news();

-- Foreign keys: cascaded UPDATE of the key (out of one deal, into another), cascaded DELETE
CALL in_both($$UPDATE deals SET deal_id = 'deal 5' WHERE deal_id = 'deal 4'$$);
SELECT * FROM news();
CALL in_both($$DELETE FROM deals WHERE deal_id = 'deal 5'$$);
SELECT * FROM news();
SELECT deal, principal, note_shares, warrant_shares, reserved, authorized, outstanding, other_reserved, multiple, entries FROM deals_reserve WHERE deal IN ('deal 4', 'deal 5') ORDER BY deal;

-- COPY, with rows that belong to no deal
COPY by_statement.notes (note_id, deal_id, buyer, balance, conversion_price) FROM stdin;
90	deal 1	alpha	9.00	0.7
91	deal 2	bristol	9.10	0.7
92	\N	\N	9.20	\N
93	deal 1	alpha	9.30	0.7
\.
COPY by_row.notes (note_id, deal_id, buyer, balance, conversion_price) FROM stdin;
90	deal 1	alpha	9.00	0.7
91	deal 2	bristol	9.10	0.7
92	\N	\N	9.20	\N
93	deal 1	alpha	9.30	0.7
\.
SELECT * FROM wrong();
SELECT * FROM news();

-- A statement that fails takes nothing along; a PL/pgSQL block that catches its
-- own error neither.
CALL in_both($$DO 'BEGIN
	UPDATE notes SET balance = balance + 1 WHERE deal_id = ''deal 1'';
	BEGIN
		UPDATE notes SET balance = balance + 2 WHERE deal_id = ''deal 1'';
		INSERT INTO notes SELECT * FROM notes WHERE note_id = 90;
	EXCEPTION WHEN unique_violation THEN
		UPDATE warrants SET unexercised = unexercised + 1 WHERE deal_id = ''deal 1'';
	END;
END'$$);
INSERT INTO notes VALUES (94, 'deal 1', 'alpha', 9, 0.7), (90, 'deal 1', 'alpha', 9, 0.7);
SELECT * FROM wrong();
SELECT * FROM news();

-- TRUNCATE of notes; then of the deals and all that points to them
CALL in_both($$TRUNCATE notes$$);
SELECT * FROM news();
CALL in_both($$TRUNCATE warrants, notes$$, $$INSERT INTO notes VALUES (1, 'deal 1', 'alpha', 7, 0.7)$$);
SET client_min_messages = warning;
CALL in_both($$TRUNCATE deals CASCADE$$);
RESET client_min_messages;
SELECT * FROM news();
SELECT count(*), sum(principal) AS principal, sum(note_shares) AS notes, sum(warrant_shares) AS warrants, sum(reserved) AS reserved, sum(authorized) AS authorized, sum(multiple - 2) AS multiple FROM deals_reserve;

-- 3,000 rows of 100 holders in one statement, spilled to disk: principal and
-- price changed at once, rows moved among deals, a third of them gone.
SET work_mem = '64kB';
CALL in_both($$INSERT INTO deals SELECT NULL, 'deal ' || n, 20000000, 100000000, 0, 0 FROM generate_series(0, 6) n$$,
	$$INSERT INTO notes SELECT n, 'deal ' || n % 7, 'holder ' || n % 100, n / 3.0, 0.01 + n % 11 FROM generate_series(1, 3000) n$$);
CALL in_both($$UPDATE notes SET balance = balance * 0.9, conversion_price = CASE WHEN note_id % 5 = 0 THEN conversion_price * 0.8 ELSE conversion_price END$$);
CALL in_both($$UPDATE notes SET deal_id = 'deal ' || (note_id + 1) % 7, remark = repeat('x', note_id % 50) WHERE note_id % 10 = 0$$);
CALL in_both($$DELETE FROM notes WHERE note_id % 3 = 0$$);
SELECT deal, seq, kind, count(*) AS holders, sum(principal) AS principal, sum(notes) AS notes, slack FROM news() WHERE deal IN ('deal 0', 'deal 3') GROUP BY deal, seq, kind, slack ORDER BY deal, seq;
SELECT deal_id, principal, note_shares, slack FROM oracle WHERE deal_id IN ('deal 0', 'deal 3') ORDER BY 1;
RESET work_mem;

-- Verdicts are the same too: what a refused transaction says, word for word.
CREATE FUNCTION tools.verdict(schema_name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text; rule text;
BEGIN
	PERFORM set_config('search_path', schema_name || ', tools', false);
	EXECUTE statement;
	PERFORM covenant.check('deals');
	RAISE EXCEPTION 'complies';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, rule = CONSTRAINT_NAME;
	RETURN concat_ws(' | ', sqlstate, message, detail, hint, rule);
END $$;
CREATE FUNCTION tools.verdicts(statement text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN s = r THEN s ELSE 'DIFFERENT: ' || s || ' AND ' || r END FROM tools.verdict('by_row', statement) r, tools.verdict('by_statement', statement) s
$$;
\x
SELECT verdicts($$INSERT INTO deals VALUES (NULL, 'x', 0, 0, 0, 0); INSERT INTO notes VALUES (7777, 'x', 'alpha', 7, 0.7)$$) AS "a note without reserve",
	verdicts($$UPDATE deals SET reserved_shares = 1 WHERE deal_id = 'deal 3'$$) AS "reserve lowered",
	verdicts($$UPDATE notes SET conversion_price = 0.000001 WHERE deal_id = 'deal 3'$$) AS "price falls",
	verdicts($$UPDATE notes SET deal_id = 'deal 3', conversion_price = 0.0001$$) AS "notes moved and repriced",
	verdicts($$UPDATE notes SET balance = balance * 10, conversion_price = 1 WHERE deal_id = 'deal 3'$$) AS "principal and price up",
	verdicts($$UPDATE deals SET outstanding = authorized$$) AS "shares issued from nowhere",
	verdicts($$UPDATE deals SET reserved_shares = 0, outstanding = 20000000 WHERE deal_id = 'deal 3'$$) AS "shares issued from the reserve",
	verdicts($$UPDATE notes SET balance = balance + 20000, conversion_price = conversion_price * 0.999 WHERE deal_id = 'deal 3' AND conversion_price < 0.02$$) AS "principal up and price down",
	verdicts($$INSERT INTO notes VALUES (7777, 'deal 3', 'alpha', 7, 0.7) ON CONFLICT (note_id) DO UPDATE SET balance = 1$$) AS "a note that fits";
-- Values that cannot be: the same for INSERT and UPDATE, told by table and column
SELECT verdicts($$INSERT INTO notes VALUES (7777, 'deal 3', 'alpha', NULL, 0.7)$$) AS "no principal",
	verdicts($$UPDATE notes SET conversion_price = NULL WHERE note_id = 1$$) AS "no price",
	verdicts($$INSERT INTO notes VALUES (7777, 'deal 3', NULL, 1, 0.7)$$) AS "no holder",
	verdicts($$INSERT INTO notes VALUES (7777, 'deal 3', 'alpha', 1, 0)$$) AS "price of zero",
	verdicts($$INSERT INTO notes VALUES (7777, 'deal 3', 'alpha', -1, 1)$$) AS "negative principal",
	verdicts($$UPDATE notes SET conversion_price = -0.01 WHERE note_id = 1$$) AS "negative price",
	verdicts($$UPDATE notes SET balance = 'NaN' WHERE note_id = 1$$) AS "no number",
	verdicts($$UPDATE notes SET conversion_price = 'Infinity' WHERE note_id = 1$$) AS "infinite price",
	verdicts($$INSERT INTO warrants VALUES (7777, 'deal 3', 'alpha', NULL)$$) AS "no warrant shares",
	verdicts($$INSERT INTO warrants VALUES (7777, 'deal 3', 'alpha', '-1')$$) AS "negative warrant shares",
	verdicts($$UPDATE deals SET reserved_shares = NULL$$) AS "no reserve",
	verdicts($$UPDATE notes SET balance = 90000000000000000, conversion_price = 0.000001 WHERE note_id = 1$$) AS "too many shares of a note",
	verdicts($$UPDATE notes SET balance = 90000000000000000, conversion_price = 0.1 WHERE conversion_price > 1$$) AS "too many shares of the deals",
	verdicts($$INSERT INTO notes VALUES (7777, NULL, NULL, NULL, NULL), (7778, 'deal 3', 'alpha', 0, 0)$$) AS "no deal; no principal and no price";
\x
SELECT * FROM wrong();

-- The books rest on this: PostgreSQL fills the OLD and the NEW table of a
-- statement in pairs, the n-th row of one being the n-th of the other.  Pinned
-- for every statement that can have both, in memory and on disk, in table order
-- and against it.
SET search_path = tools;
CREATE TABLE parents AS SELECT generate_series(0, 49) AS parent;
ALTER TABLE parents ADD PRIMARY KEY (parent);
CREATE TABLE pairs (id int PRIMARY KEY, value int, filler text, parent int REFERENCES parents ON UPDATE CASCADE);
CREATE TABLE paired (statement text, rows bigint, "not in pairs" bigint);
CREATE FUNCTION see_pairs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tools.paired
	SELECT current_setting('covenant_test.statement'), count(*), count(*) FILTER (WHERE o.id IS DISTINCT FROM n.id)
	FROM (SELECT row_number() OVER (), id FROM old_rows) o FULL JOIN (SELECT row_number() OVER (), id FROM new_rows) n USING (row_number);
	RETURN NULL;
END $$;
CREATE TRIGGER see_pairs AFTER UPDATE ON pairs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION see_pairs();
CREATE PROCEDURE pair(name text, statement text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('covenant_test.statement', name, true);
	EXECUTE statement;
END $$;
INSERT INTO pairs SELECT n, n, repeat('x', 20), n % 50 FROM generate_series(1, 5000) n;
CREATE TABLE by_other AS SELECT id, random() AS place FROM pairs;
SET work_mem = '64kB';
CALL pair('UPDATE', 'UPDATE pairs SET value = value + 1');
CALL pair('UPDATE again, of half', 'UPDATE pairs SET value = value + 1 WHERE id % 2 = 0');
CALL pair('UPDATE ... FROM', 'UPDATE pairs SET value = value + 1 FROM (SELECT * FROM by_other ORDER BY place) o WHERE o.id = pairs.id');
CALL pair('INSERT ... ON CONFLICT', 'INSERT INTO pairs SELECT id, 0 FROM (SELECT id + 2500 AS id FROM by_other ORDER BY place) o ON CONFLICT (id) DO UPDATE SET value = pairs.value + 1');
CALL pair('MERGE', 'MERGE INTO pairs p USING (SELECT id + 5000 AS id FROM by_other ORDER BY place) o ON p.id = o.id
	WHEN NOT MATCHED THEN INSERT VALUES (o.id, 0)
	WHEN MATCHED AND o.id % 7 = 0 THEN DELETE
	WHEN MATCHED AND o.id % 7 = 1 THEN DO NOTHING
	WHEN MATCHED THEN UPDATE SET value = value + 1');
CALL pair('writable CTE', 'WITH gone AS (DELETE FROM pairs WHERE id % 3 = 0 RETURNING id), changed AS (UPDATE pairs SET value = 3 WHERE id % 3 = 1 RETURNING id) SELECT count(*) FROM gone, changed');
CALL pair('cascaded UPDATE', 'UPDATE parents SET parent = parent + 100');
CREATE TRIGGER skip BEFORE UPDATE ON pairs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CALL pair('UPDATE of which a BEFORE trigger skips rows', 'UPDATE pairs SET value = 3');
SELECT * FROM paired;
RESET work_mem;

SET client_min_messages = warning;
DROP SCHEMA by_statement, by_row, tools CASCADE;

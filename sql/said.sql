-- What is said of instruments goes to a file above work_mem.  The same changes,
-- with memory enough and without, with savepoints kept and rolled back, leave the
-- same books; and little memory is taken.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA said;
SET search_path = said;
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

-- Two worlds of the same tables
CREATE PROCEDURE make_world(world text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE SCHEMA %I', world);
	EXECUTE format('SET LOCAL search_path = %I', world);
	CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint);
	CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, principal numeric, price numeric, rate numeric);
	CREATE TABLE warrants (lot int PRIMARY KEY, deal text, buyer text, shares bigint);
	PERFORM covenant.watch_deals('deals', 'deal', 'reserved');
	PERFORM covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', holder => 'buyer', rate => 'rate');
	PERFORM covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', holder => 'buyer');
	INSERT INTO deals SELECT 'deal ' || n, 10 ^ 15 FROM generate_series(0, 6) n;
END $$;
CALL make_world('said_small');
CALL make_world('said_large');
-- the same statement in both, with little memory and with much; how much was taken of it
CREATE FUNCTION taken() RETURNS bigint LANGUAGE sql AS $$
	SELECT coalesce(sum(total_bytes), 0)::bigint FROM pg_backend_memory_contexts WHERE name LIKE 'covenant%pending%' $$;
CREATE PROCEDURE in_both(statement text, OUT small_bytes bigint, OUT large_bytes bigint) LANGUAGE plpgsql AS $$
BEGIN
	SET search_path = said_small;
	SET work_mem = '64kB';
	EXECUTE statement;
	small_bytes := said.taken();
	COMMIT;
	SET search_path = said_large;
	SET work_mem = '512MB';
	EXECUTE statement;
	large_bytes := said.taken();
	COMMIT;
	SET search_path = said;
	RESET work_mem;
END $$;
CREATE FUNCTION differences() RETURNS TABLE (what text, differ bigint) LANGUAGE sql AS $$
	SELECT 'ledger', count(*) FROM said_small.deals_reserve s FULL JOIN said_large.deals_reserve l USING (deal) WHERE s::text IS DISTINCT FROM l::text
	UNION ALL
	SELECT 'journal', count(*) FROM said_small.deals_journal s FULL JOIN said_large.deals_journal l USING (deal, seq)
	WHERE to_jsonb(s) - '{recorded_at,transaction}'::text[] IS DISTINCT FROM to_jsonb(l) - '{recorded_at,transaction}'::text[]
	UNION ALL
	SELECT 'position', count(*) FROM said_small.deals_position s FULL JOIN said_large.deals_position l USING (deal, seq, line)
	WHERE to_jsonb(s) - '{recorded_at}'::text[] IS DISTINCT FROM to_jsonb(l) - '{recorded_at}'::text[]
	UNION ALL
	SELECT 'audit', (SELECT count(*) FROM covenant.audit('said_small.deals')) + (SELECT count(*) FROM covenant.audit('said_large.deals')) $$;

\a\t
-- 11,000 notes and warrants at once, and how much of them waited in memory
CREATE FUNCTION kb(small_bytes bigint, large_bytes bigint) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN small_bytes <= 256 * 1024 THEN 'little' ELSE small_bytes / 1024 || ' kB' END || ', '
		|| CASE WHEN large_bytes > 512 * 1024 THEN 'much' ELSE large_bytes / 1024 || ' kB' END $$;
DO $do$
DECLARE small bigint; large bigint;
BEGIN
	CALL in_both($$INSERT INTO notes SELECT n, 'deal ' || n % 7, 'holder ' || n % 100, n / 3.0, 0.01 + n % 11, 0.08 FROM generate_series(1, 9000) n;
		INSERT INTO warrants SELECT n, 'deal ' || n % 7, 'holder ' || n % 10, n FROM generate_series(1, 2000) n$$, small, large);
	RAISE WARNING '%', said.kb(small, large);
END $do$;
SELECT * FROM differences();
SELECT deal, principal, note_shares, warrant_shares, entries FROM said_small.deals_reserve ORDER BY deal;
SELECT count(*), count(DISTINCT (source, instrument)) FROM said_small.deals_position WHERE principal <> 0 OR warrant_shares <> 0;
-- an UPDATE of all: prices, amounts, holders, and deals; a DELETE that comes back
DO $do$
DECLARE small bigint; large bigint;
BEGIN
	CALL in_both($$UPDATE notes SET price = price * 0.9, principal = CASE WHEN note % 2 = 0 THEN principal * 0.5 ELSE principal END, buyer = CASE WHEN note % 3 = 0 THEN buyer || '''s heir' ELSE buyer END,
			deal = CASE WHEN note % 10 = 0 THEN 'deal ' || (note + 1) % 7 ELSE deal END;
		CREATE TEMP TABLE back ON COMMIT DROP AS SELECT * FROM notes WHERE note % 4 = 0; DELETE FROM notes WHERE note % 4 = 0;
		INSERT INTO notes SELECT note, deal, buyer, principal, price * 2, rate FROM back$$, small, large);
	RAISE WARNING '%', said.kb(small, large);
END $do$;
SELECT * FROM differences();
SELECT deal, principal, note_shares, warrant_shares, entries FROM said_small.deals_reserve ORDER BY deal;

-- Savepoints: 600 of them, each third rolled back, with some inside of others, so
-- that what is rolled back was partly in the file already
CREATE PROCEDURE savepoints() LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 600 LOOP
		BEGIN
			UPDATE notes SET price = price + 0.001 WHERE note BETWEEN i * 10 AND i * 10 + 9;
			BEGIN
				UPDATE warrants SET shares = shares + 1 WHERE lot BETWEEN i AND i + 4;
				IF i % 2 = 0 THEN
					RAISE division_by_zero;
				END IF;
				DELETE FROM notes WHERE note = 7000 + i;
			EXCEPTION WHEN division_by_zero THEN NULL;
			END;
			UPDATE notes SET principal = principal + 1 WHERE note BETWEEN i * 10 + 5 AND i * 10 + 14;
			IF i % 3 = 0 THEN
				RAISE invalid_parameter_value;
			END IF;
		EXCEPTION WHEN invalid_parameter_value THEN NULL;
		END;
	END LOOP;
END $$;
CREATE PROCEDURE large_savepoint(size int, keep boolean) LANGUAGE plpgsql AS $$
BEGIN
	UPDATE notes SET price = price + 0.001 WHERE note <= size;
	BEGIN
		UPDATE notes SET price = price + 0.002 WHERE note <= size;
		BEGIN
			UPDATE notes SET price = price + 0.004 WHERE note <= size;
			IF NOT keep THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		UPDATE notes SET buyer = 'heir of ' || buyer WHERE note <= size / 2;
		IF keep THEN
			RAISE division_by_zero;
		END IF;
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	UPDATE notes SET principal = principal + 5 WHERE note % 2 = 0 AND note <= size;
END $$;
DO $do$
DECLARE small bigint; large bigint;
BEGIN
	CALL in_both('CALL said.savepoints()', small, large);
	RAISE WARNING '%', said.kb(small, large);
END $do$;
SELECT * FROM differences();
SELECT deal, principal, note_shares, warrant_shares, entries FROM said_small.deals_reserve ORDER BY deal;
CALL in_both('CALL said.large_savepoint(1500, true)', NULL, NULL) \g /dev/null
CALL in_both('CALL said.large_savepoint(1500, false)', NULL, NULL) \g /dev/null
SELECT * FROM differences();
SELECT deal, principal, note_shares, warrant_shares, entries FROM said_small.deals_reserve ORDER BY deal;
-- all of it, in statements of SQL: what is rolled back leaves nothing
BEGIN;
SET LOCAL work_mem = '64kB';
SAVEPOINT a;
UPDATE said_small.notes SET principal = principal + 1 WHERE note <= 2000;
SAVEPOINT b;
UPDATE said_small.notes SET principal = principal + 1 WHERE note <= 2000;
RELEASE b;
UPDATE said_small.notes SET principal = principal + 1 WHERE note <= 2000;
ROLLBACK TO a;
UPDATE said_small.notes SET principal = principal + 1 WHERE note = 1;
COMMIT;
BEGIN;
UPDATE said_large.notes SET principal = principal + 1 WHERE note = 1;
COMMIT;
SELECT * FROM differences();

-- Asked before COMMIT: the verdict, the status, the history, the audit
BEGIN;
SET LOCAL work_mem = '64kB';
UPDATE said_small.notes SET principal = principal * 2;
SELECT covenant.check('said_small.deals');
SELECT deal, principal, note_shares FROM said_small.deals_status WHERE deal = 'deal 3';
SELECT count(*) FROM covenant.audit('said_small.deals');
SAVEPOINT a;
UPDATE said_small.deals SET reserved = 1 WHERE deal = 'deal 3';
SELECT slack < 0 AS short, shortfall_since FROM said_small.deals_status WHERE deal = 'deal 3';
SELECT outcome($$SELECT covenant.check('said_small.deals')$$);
ROLLBACK TO a;
SELECT covenant.check('said_small.deals');
COMMIT;
UPDATE said_large.notes SET principal = principal * 2;
SELECT * FROM differences();
-- what is said late of many is judged in parts
SET covenant.as_of = '2005-06-30';
UPDATE said_small.notes SET price = price + 1 WHERE note % 2 = 0;
UPDATE said_large.notes SET price = price + 1 WHERE note % 2 = 0;
SET covenant.as_of = '2005-06-01';
SET work_mem = '64kB';
UPDATE said_small.notes SET principal = principal + 1, price = CASE WHEN note % 2 = 1 THEN price + 1 ELSE price END;
UPDATE said_small.notes SET price = price - 1 WHERE note % 2 = 0;
RESET work_mem;
UPDATE said_large.notes SET principal = principal + 1, price = CASE WHEN note % 2 = 1 THEN price + 1 ELSE price END;
SELECT * FROM differences();

-- No room for the file: the statement fails, and what was said before stands
SET covenant.as_of = '2005-06-30';
SET work_mem = '64kB';
BEGIN;
UPDATE said_small.notes SET principal = principal + 1 WHERE note <= 10;
DO $$
DECLARE n int := 0;
BEGIN
	SET LOCAL temp_file_limit = '0';
	LOOP
		n := n + 1;
		UPDATE said_small.notes SET principal = principal + 1 WHERE note = 11;
	END LOOP;
EXCEPTION WHEN configuration_limit_exceeded THEN
	RAISE WARNING '% after some hundreds: %', SQLSTATE, n BETWEEN 200 AND 1000;
END $$;
UPDATE said_small.notes SET principal = principal + 1 WHERE note = 11;
COMMIT;
RESET work_mem;
UPDATE said_large.notes SET principal = principal + 1 WHERE note <= 11;
SELECT * FROM differences();

-- Companies: their deals are posted together, what is said of them is read twice
CREATE TABLE shared_deals (deal int PRIMARY KEY, company text, reserved bigint);
CREATE TABLE companies (company text PRIMARY KEY, authorized bigint, outstanding bigint);
CREATE TABLE shared_notes (note int PRIMARY KEY, deal int, principal numeric, price numeric);
SELECT covenant.watch_deals('shared_deals', 'deal', 'reserved', company => 'company');
SELECT covenant.watch_capital('companies', 'shared_deals', 'company', 'authorized', 'outstanding');
SELECT covenant.watch_notes('shared_notes', 'shared_deals', 'deal', 'principal', 'price');
SET work_mem = '64kB';
BEGIN;
INSERT INTO companies SELECT 'company ' || n, 1000000000, 0 FROM generate_series(0, 2) n;
INSERT INTO shared_deals SELECT n, 'company ' || n % 3, 100000000 FROM generate_series(1, 9) n;
INSERT INTO shared_notes SELECT n, 1 + n % 9, 100, 0.5 FROM generate_series(1, 9000) n;
COMMIT;
SELECT deal, note_shares, entries FROM shared_deals_reserve ORDER BY deal;
SELECT deal, count(*), min(line), max(line) FROM shared_deals_position GROUP BY deal ORDER BY deal;
SELECT count(*) FROM covenant.audit('shared_deals');
RESET work_mem;

DROP SCHEMA said, said_small, said_large CASCADE;

-- What waits for COMMIT follows savepoints and PL/pgSQL's own: what is rolled
-- back is gone, what is released belongs to who went before.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA pending;
SET search_path = pending;
CREATE TABLE deals (deal text PRIMARY KEY, reserved int);
CREATE TABLE warrants (warrant int PRIMARY KEY, deal text, holder text, shares int);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder');
INSERT INTO deals VALUES ('a', 100), ('b', 100);
-- the books and what is pending against the tables themselves, and audit
CREATE VIEW shown AS
SELECT s.deal, s.warrant_shares, s.slack, s.warrant_shares - coalesce(w.shares, 0) AS "off", (SELECT count(*) FROM covenant.audit('deals')) AS differences
FROM deals_status s LEFT JOIN (SELECT deal, sum(shares) AS shares FROM warrants GROUP BY deal) w USING (deal) ORDER BY deal;

BEGIN;
INSERT INTO warrants VALUES (1, 'a', 'alpha', 10);
SAVEPOINT one;
INSERT INTO warrants VALUES (2, 'a', 'alpha', 5), (3, 'b', 'alpha', 7);
TABLE shown;
SAVEPOINT two;
UPDATE warrants SET shares = shares * 2, holder = 'beta';
TABLE shown;
ROLLBACK TO two;
TABLE shown;
INSERT INTO warrants VALUES (4, 'b', 'beta', 1);
RELEASE two;
TABLE shown;
ROLLBACK TO one;
TABLE shown;
DELETE FROM warrants;
TABLE shown;
ROLLBACK TO one;
ROLLBACK TO one;
SAVEPOINT one;
INSERT INTO warrants VALUES (5, 'b', 'alpha', 30);
RELEASE one;
TABLE shown;
COMMIT;
TABLE shown;
SELECT deal, seq, kind, warrant_shares, reserved, slack FROM deals_journal ORDER BY deal, seq;

-- A savepoint as the first that changes something, rolled back and released, deep and shallow
BEGIN;
SAVEPOINT one; SAVEPOINT two; SAVEPOINT three;
INSERT INTO warrants VALUES (6, 'a', 'alpha', 1);
RELEASE three; RELEASE two;
TABLE shown;
SAVEPOINT four;
INSERT INTO warrants VALUES (7, 'a', 'alpha', 1);
RELEASE one;
TABLE shown;
SAVEPOINT five; SAVEPOINT six; SAVEPOINT seven;
INSERT INTO warrants VALUES (8, 'a', 'alpha', 1);
ROLLBACK TO five;
TABLE shown;
ROLLBACK;
TABLE shown;

-- A transaction that would be refused may go back to where it would not
BEGIN;
INSERT INTO warrants VALUES (6, 'a', 'alpha', 1);
SAVEPOINT one;
INSERT INTO warrants VALUES (7, 'a', 'alpha', 1000);
SELECT covenant.check('deals');
ROLLBACK TO one;
SELECT covenant.check('deals');
COMMIT;
BEGIN;
SAVEPOINT one;
INSERT INTO warrants VALUES (7, 'a', 'alpha', 1000);
RELEASE one;
COMMIT;
-- an error inside a savepoint, the transaction goes on
BEGIN;
SAVEPOINT one;
INSERT INTO warrants VALUES (7, 'a', 'alpha', 20), (6, 'a', 'alpha', 20);
ROLLBACK TO one;
UPDATE warrants SET shares = 2 WHERE warrant = 6;
COMMIT;
TABLE shown;

-- Open savepoints at COMMIT are released by it; at ROLLBACK nothing remains
BEGIN;
SAVEPOINT one;
UPDATE warrants SET shares = shares + 1 WHERE warrant = 6;
SAVEPOINT two;
UPDATE warrants SET shares = shares + 1 WHERE warrant = 6;
COMMIT;
TABLE shown;
BEGIN;
UPDATE warrants SET shares = shares + 1 WHERE warrant = 6;
SAVEPOINT two;
UPDATE warrants SET shares = shares + 1 WHERE warrant = 6;
ROLLBACK;
TABLE shown;

-- PL/pgSQL blocks with EXCEPTION: nested, in a loop, half of them failing
CREATE FUNCTION try(n int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE failed int := 0;
BEGIN
	FOR i IN 1 .. n LOOP
		BEGIN
			INSERT INTO warrants VALUES (100 + i, 'b', 'holder ' || i % 3, i);
			BEGIN
				UPDATE warrants SET shares = shares + 1 WHERE warrant = 100 + i;
				IF i % 4 < 2 THEN RAISE EXCEPTION 'inner'; END IF;
			EXCEPTION WHEN raise_exception THEN
				IF i % 4 = 0 THEN RAISE; END IF;
			END;
			IF i % 3 = 0 THEN PERFORM 1 / 0; END IF;
		EXCEPTION WHEN others THEN
			failed := failed + 1;
		END;
	END LOOP;
	RETURN failed;
END $$;
BEGIN;
UPDATE deals SET reserved = 10000 WHERE deal = 'b';
SELECT try(100);
TABLE shown;
COMMIT;
TABLE shown;
SELECT deal, seq, kind, warrant_shares, slack FROM deals_journal WHERE deal = 'b' AND seq > 2 ORDER BY seq;
-- check inside a block: the caller sees the verdict and takes the change back
CREATE FUNCTION insert_if_it_fits(id int, n int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO warrants VALUES (id, 'a', 'alpha', n);
	PERFORM covenant.check('deals');
	RETURN 'fits';
EXCEPTION WHEN check_violation THEN
	RETURN sqlerrm;
END $$;
SELECT n, insert_if_it_fits(300 + n, n) FROM unnest('{20,30,8,5,1}'::int[]) n;
TABLE shown;

-- TRUNCATE, watching and its end inside a savepoint
BEGIN;
SAVEPOINT one;
TRUNCATE warrants;
TABLE shown;
ROLLBACK TO one;
TABLE shown;
TRUNCATE warrants;
INSERT INTO warrants VALUES (1, 'a', 'alpha', 1);
RELEASE one;
TABLE shown;
ROLLBACK;
BEGIN;
SAVEPOINT one;
SELECT covenant.unwatch('warrants');
INSERT INTO warrants VALUES (900, 'a', 'alpha', 900);
SELECT * FROM deals_status ORDER BY deal;
ROLLBACK TO one;
SELECT covenant.unwatch('warrants');
UPDATE warrants SET shares = 7 WHERE shares < 10;
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder');
TABLE shown;
COMMIT;
TABLE shown;
SELECT deal, kind, sum(warrant_shares) AS warrants FROM deals_journal GROUP BY deal, kind ORDER BY deal, kind;

-- Many levels and many changes come together exactly
CREATE FUNCTION deep(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF n > 0 THEN
		BEGIN
			UPDATE deals SET reserved = reserved + n WHERE deal = 'a';
			PERFORM deep(n - 1);
			IF n % 5 = 0 THEN RAISE EXCEPTION 'every fifth takes what is below along'; END IF;
		EXCEPTION WHEN raise_exception THEN NULL;
		END;
	END IF;
END $$;
SELECT reserved FROM deals_reserve WHERE deal = 'a';
SELECT deep(53);
SELECT d.reserved, l.reserved AS booked, 100 + 51 + 52 + 53 AS oracle FROM deals d JOIN deals_reserve l USING (deal) WHERE deal = 'a';
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA pending CASCADE;

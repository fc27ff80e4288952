-- Acts and facts: what somebody chose is judged, what the world did is
-- recorded.  The deal has 1,000 shares authorized and 100 outstanding; note 1
-- is dear, note 2 cheap; 2 x (100 / 1 + 10 / 0.1 + 0) = 400 are required.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA classify;
SET search_path = classify;
CREATE TABLE deals (deal int PRIMARY KEY, reserved int, authorized int, outstanding int, multiple numeric DEFAULT 2);
CREATE TABLE notes (note int PRIMARY KEY, deal int, holder text DEFAULT 'alpha', principal numeric, price numeric, rate numeric DEFAULT 0);
CREATE TABLE warrants (deal int, holder text DEFAULT 'alpha', shares int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', multiple => 'multiple') AS ledger,
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder', rate => 'rate') AS notes,
	covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder') AS warrants;
CREATE TABLE seen (seq bigint);
-- The deal afresh, its past seen
CREATE PROCEDURE afresh(reserved int) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE deals, notes, warrants;
	COMMIT;
	INSERT INTO deals VALUES (1, reserved, 1000, 100);
	INSERT INTO notes VALUES (1, 1, 'alpha', 100, 1), (2, 1, 'alpha', 10, 0.1);
	COMMIT;
	INSERT INTO seen SELECT DISTINCT seq FROM deals_journal WHERE deal = 1 EXCEPT SELECT * FROM seen;
END $$;
CREATE FUNCTION news() RETURNS TABLE (n bigint, kind text, day date, principal numeric, notes bigint, warrants bigint, reserved bigint, outstanding bigint, other text, slack bigint)
LANGUAGE sql AS $$
	WITH new AS (INSERT INTO seen SELECT DISTINCT seq FROM deals_journal WHERE deal = 1 EXCEPT SELECT * FROM seen RETURNING *)
	SELECT dense_rank() OVER (ORDER BY seq), kind, effective_on, principal, note_shares, warrant_shares, reserved, outstanding,
		concat_ws(' ', 'multiple ' || nullif(multiple, 0), 'authorized ' || nullif(authorized, 0), 'interest ' || nullif(annual_interest, 0), 'interest shares ' || nullif(interest_shares, 0)), slack
	FROM deals_journal JOIN new USING (seq) WHERE deal = 1 ORDER BY seq
$$;
INSERT INTO deals VALUES (1, 400, 1000, 100);
INSERT INTO notes VALUES (1, 1, 'alpha', 100, 1), (2, 1, 'alpha', 10, 0.1);
SELECT * FROM news();

-- The price's doing is a fact, down and up
UPDATE notes SET price = price / 2;
UPDATE notes SET price = price * 4;
UPDATE notes SET price = price / 2 WHERE note = 1;
UPDATE notes SET price = price / 2 WHERE note = 2;
SELECT * FROM news();
-- Principal is an act: 50 moved from the dear note to the cheap one, 50 / 1 less and 50 / 0.1 more
UPDATE notes SET principal = principal + CASE note WHEN 1 THEN -50 ELSE 50 END;
-- the other way it passes: 5 / 0.1 less, 5 / 1 more
UPDATE notes SET principal = principal + CASE note WHEN 1 THEN 5 ELSE -5 END;
SELECT * FROM news();

-- Section 4(h), both at once: a feed writes a price of a tenth and a balance
-- that is a dollar less.  At the old price that is 1 share less, an act; what
-- the price does to the 99 dollars, 99 / 0.1 - 99 / 1, is a fact, and passes.
CALL afresh(400);
UPDATE notes SET principal = principal - 1, price = 0.1 WHERE note = 1;
SELECT * FROM news();
-- in two statements, price first: the dollar then is 10 shares
CALL afresh(400);
BEGIN;
UPDATE notes SET price = 0.1 WHERE note = 1;
UPDATE notes SET principal = principal - 1 WHERE note = 1;
COMMIT;
SELECT * FROM news();

-- A price that was never meant: issued at a million and repriced.  In one
-- transaction the price is judged with the principal, whichever way it is done.
CALL afresh(410);
BEGIN;
INSERT INTO notes VALUES (3, 1, 'alpha', 100, 1000000);
UPDATE notes SET price = 1 WHERE note = 3;
COMMIT;
BEGIN;
UPDATE notes SET price = 1000000 WHERE note = 1;
UPDATE notes SET principal = principal + 100 WHERE note = 1;
UPDATE notes SET price = 1 WHERE note = 1;
COMMIT;
UPDATE notes SET principal = 200, price = 0.9 WHERE note = 1;
-- a note replaced by a dear one, with principal no higher than before, and repriced
BEGIN;
DELETE FROM notes WHERE note = 2;
INSERT INTO notes VALUES (20, 1, 'alpha', 10, 1000000);
UPDATE notes SET price = 0.05 WHERE note = 20;
COMMIT;
BEGIN;
UPDATE notes SET principal = 0 WHERE note = 2;
UPDATE notes SET price = 1000000 WHERE note = 2;
UPDATE notes SET principal = 10 WHERE note = 2;
UPDATE notes SET price = 0.05 WHERE note = 2;
COMMIT;
-- What fits is let through, the prices on record as acts; one row a holder and entry
BEGIN;
UPDATE notes SET price = 2 WHERE note = 1;
INSERT INTO notes VALUES (3, 1, 'alpha', 4, 0.1), (4, 1, 'beta', 1, 0.1);
UPDATE deals SET reserved = 411;
COMMIT;
SELECT * FROM news();
-- In transactions of their own each is what it is: the note at a million an act, its new price a fact
INSERT INTO notes VALUES (5, 1, 'alpha', 100, 1000000);
UPDATE notes SET price = 1 WHERE note = 5;
SELECT * FROM news();
-- Principal added to one deal says nothing about the prices of another
INSERT INTO deals VALUES (2, 1000, 1000, 0);
BEGIN;
INSERT INTO notes VALUES (6, 2, 'alpha', 10, 1);
UPDATE notes SET price = 0.5 WHERE note = 5;
COMMIT;
SELECT * FROM news();
-- Principal paid back more than added is not raised: prices stay facts
CALL afresh(400);
BEGIN;
UPDATE notes SET principal = principal - 20, price = price * 0.5 WHERE note = 1;
UPDATE notes SET price = price * 0.5 WHERE note = 2;
COMMIT;
SELECT * FROM news();

-- A note that comes, goes, moves, or comes to life: acts as a whole
CALL afresh(900);
INSERT INTO notes VALUES (3, 1, 'beta', 0, 0), (4, NULL, NULL, NULL, NULL);
UPDATE notes SET deal = 1, holder = 'gamma', principal = 7, price = 0.7 WHERE note = 4;
UPDATE notes SET principal = 7, price = 0.7 WHERE note = 3;
UPDATE notes SET principal = 0, price = 0 WHERE note = 3;
UPDATE notes SET holder = 'gamma', price = 0.5 WHERE note = 2;
INSERT INTO deals VALUES (2, 20, 1000, 0);
UPDATE notes SET deal = 2 WHERE note = 4;
SELECT * FROM news();

-- Shares issued out of the reserve are a fact, as far as both sides go; what
-- is more on one side is an act.  Section 3(e).
CALL afresh(400);
UPDATE deals SET reserved = reserved - 100, outstanding = outstanding + 100 WHERE deal = 1;
UPDATE deals SET reserved = reserved + 50 WHERE deal = 1;
UPDATE deals SET reserved = reserved - 10, outstanding = outstanding + 4 WHERE deal = 1;
UPDATE deals SET reserved = reserved - 4, outstanding = outstanding + 10 WHERE deal = 1;
SELECT * FROM news();
-- lowering the reserve alone is an act, as is reserving with one hand what was issued with the other
UPDATE deals SET reserved = reserved - 1 WHERE deal = 1;
BEGIN;
UPDATE deals SET outstanding = outstanding + 10 WHERE deal = 1;
UPDATE deals SET reserved = reserved - 11 WHERE deal = 1;
COMMIT;
UPDATE deals SET reserved = reserved + 1, outstanding = outstanding - 1 WHERE deal = 1;
-- a conversion: 10 of the principal of note 1 become 10 shares out of the reserve
BEGIN;
UPDATE notes SET principal = principal - 10 WHERE note = 1;
UPDATE deals SET reserved = reserved - 10, outstanding = outstanding + 10 WHERE deal = 1;
COMMIT;
SELECT * FROM news();

-- Multiple, authorized capital, interest: acts; interest needs no reserve
CALL afresh(400);
UPDATE deals SET multiple = 2.5 WHERE deal = 1;
UPDATE deals SET multiple = 1.999 WHERE deal = 1;
UPDATE deals SET authorized = authorized + 1 WHERE deal = 1;
UPDATE notes SET rate = 0.1;
UPDATE notes SET rate = 0.05, principal = 50, price = 0.5 WHERE note = 1;
SELECT * FROM news();

-- Each day of a transaction is an entry of its own, in the order of days and
-- not of statements, the facts of a day before its acts; the slack is running.
CALL afresh(400);
BEGIN;
SET LOCAL covenant.as_of = '2005-06-08';
UPDATE notes SET price = 0.5 WHERE note = 1;
SET LOCAL covenant.as_of = '2005-06-09';
UPDATE deals SET reserved = 600 WHERE deal = 1;
SET LOCAL covenant.as_of = '2005-06-07';
UPDATE notes SET price = 0.08 WHERE note = 2;
INSERT INTO warrants VALUES (1, 'alpha', 1), (1, 'beta', 2);
SET LOCAL covenant.as_of = '2005-06-09';
UPDATE notes SET price = 0.4 WHERE note = 1;
COMMIT;
SELECT * FROM news();
SELECT required, slack FROM deals_status WHERE deal = 1;
SELECT * FROM covenant.audit('deals');

-- settings_in_order: what a transaction says last of a row holds, also where it came in an act and the rest are facts or a split
SET covenant.as_of = '2005-06-10';
CALL afresh(600);
CREATE VIEW said AS SELECT p.seq, j.kind, p.instrument, p.holder, p.principal, p.price, p.warrant_shares FROM deals_position p JOIN deals_journal j USING (deal, seq) WHERE deal = 1 AND p.seq NOT IN (SELECT * FROM seen);
BEGIN;
INSERT INTO warrants VALUES (1, 'alpha', 10);
UPDATE warrants SET holder = 'beta';
COMMIT;
BEGIN;
UPDATE notes SET principal = 90 WHERE note = 1;
INSERT INTO notes VALUES (3, 1, 'alpha', 10, 0.5);
UPDATE notes SET price = 0.4, holder = 'beta' WHERE note = 3;
COMMIT;
SELECT * FROM news();
BEGIN;
INSERT INTO notes VALUES (4, 1, 'alpha', 10, 0.5);
UPDATE warrants SET shares = shares + 4, holder = 'gamma';
SELECT covenant.split('deals', '{1}', 2, 1, '2005-06-10', 'down');
UPDATE warrants SET holder = 'delta';
COMMIT;
SELECT seq - min(seq) OVER () + 1 AS n, kind, instrument, holder, principal, price, warrant_shares FROM said ORDER BY seq, instrument;
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA classify CASCADE;

-- Audit finds every difference between tables, ledger and journal, and nothing
-- else; rebuild puts the differences in as facts.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
CREATE SCHEMA audit;
SET search_path = audit;
CREATE TABLE deals (deal int PRIMARY KEY, reserved int, authorized int, outstanding int, other int, multiple numeric);
CREATE TABLE notes (note int PRIMARY KEY, deal int, holder text, principal numeric, price numeric, rate numeric);
CREATE TABLE more_notes (deal int, principal numeric, price covenant.share_price, counts boolean, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE warrants (deal int, holder text, shares int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', 'other', 'multiple'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder', rounding => 'up', rate => 'rate'),
	covenant.watch_notes('more_notes', 'deals', 'deal', 'principal', 'price', only_when => 'counts'),
	covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder');
INSERT INTO deals VALUES (1, 1000, 10000, 500, 100, 2), (2, 1000, 10000, 500, 100, 1.5);
INSERT INTO notes VALUES (1, 1, 'alpha', 100, 3, 0.06), (2, 1, 'beta', 50, 0.9, 0.06), (3, 2, 'alpha', 10, 0.1, 0.06), (4, NULL, NULL, NULL, NULL, NULL);
INSERT INTO more_notes VALUES (1, 10, '1/3', true), (1, 1000, '1/3', false), (2, 0, '0', true), (NULL, 10, '1/3', true);
INSERT INTO warrants VALUES (1, 'alpha', 40), (2, 'beta', 3);
SELECT covenant_internal.watched_with('deals_reserve');
SELECT * FROM covenant.audit('deals');
-- what the books say is what the queries of the audit add up to
SELECT principal, note_shares, warrant_shares, interest_shares, annual_interest, reserved FROM deals_reserve ORDER BY deal;

-- Tables changed behind the triggers' back: each sum is told, with both sides;
-- a change of holder alone is found in the instrument's positions
CREATE PROCEDURE behind(statement text) LANGUAGE plpgsql AS $$
BEGIN
	SET session_replication_role = replica;
	EXECUTE statement;
	RESET session_replication_role;
END $$;
CALL behind('UPDATE deals SET reserved = reserved + 1, authorized = authorized + 2, outstanding = outstanding + 3, other = other + 4, multiple = multiple + 0.5 WHERE deal = 1');
CALL behind('UPDATE notes SET principal = principal + 1, price = price / 2 WHERE note = 1');
CALL behind('UPDATE notes SET holder = ''gamma'' WHERE note = 3');
CALL behind('UPDATE warrants SET shares = shares - 1 WHERE deal = 1');
CALL behind('DELETE FROM warrants WHERE deal = 2');
CALL behind('UPDATE more_notes SET counts = NOT counts WHERE deal = 1');
CALL behind('INSERT INTO notes VALUES (5, 3, ''alpha'', 1, 1, 0)');
SELECT * FROM covenant.audit('deals');
-- the plain numbers: alpha's note of 101 at 1.5 is 68 shares, 6.06 of interest 5 shares, and so on
SELECT deal, holder, sum(principal), sum(ceil(principal / price)) AS shares, sum(principal * rate) AS interest, sum(ceil(principal * rate / price)) AS interest_shares FROM notes WHERE deal IS NOT NULL GROUP BY deal, holder ORDER BY deal, holder;

-- Pending changes count on both sides
BEGIN;
UPDATE notes SET principal = principal + 1 WHERE note = 2;
INSERT INTO warrants VALUES (1, 'beta', 7);
UPDATE deals SET reserved = reserved + 5;
SELECT count(*) FROM covenant.audit('deals');
ROLLBACK;

-- Rebuild: the differences as facts, of deals in the journal and of instruments in positions; what
-- opens a shortfall is recorded, and the ledger row of deal 3 is made
SET covenant.as_of = '2005-06-08';
SELECT covenant.rebuild('deals');
SELECT * FROM covenant.audit('deals');
SELECT deal, seq, principal, note_shares, warrant_shares, interest_shares, annual_interest, reserved, authorized, outstanding, other_reserved, multiple, slack, effective_on FROM deals_journal WHERE kind = 'rebuild' ORDER BY deal, seq;
SELECT deal, required, slack, shortfall_since FROM deals_status ORDER BY deal;
-- nothing more to do; and in one transaction with other changes
SELECT covenant.rebuild('deals');
SELECT count(*) FROM deals_journal;
CALL behind('INSERT INTO warrants VALUES (2, ''beta'', 5)');
BEGIN;
INSERT INTO warrants VALUES (2, 'alpha', 1);
SELECT covenant.rebuild('deals');
INSERT INTO warrants VALUES (2, 'alpha', 1);
SELECT * FROM covenant.audit('deals');
COMMIT;
SELECT * FROM covenant.audit('deals');
SELECT seq, kind, warrant_shares, slack FROM deals_journal WHERE deal = 2 AND seq > 4 ORDER BY seq;

-- Books that were edited: the ledger is set to the journal, tables win over both
CALL behind('UPDATE warrants SET shares = 5 WHERE deal = 1');
UPDATE deals_reserve SET principal = principal + 1, note_shares = note_shares - 1, reserved = 0, multiple = 7, outstanding = 5 WHERE deal = 1;
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT * FROM covenant.audit('deals');
SELECT deal, principal, note_shares, warrant_shares, reserved, multiple, outstanding FROM deals_reserve ORDER BY deal;
SELECT deal, seq, warrant_shares, principal, slack FROM deals_journal WHERE kind = 'rebuild' AND (deal, seq) NOT IN ((1, 5), (2, 4), (3, 1)) ORDER BY deal, seq;
BEGIN;
ALTER TABLE deals_journal DISABLE TRIGGER USER;
UPDATE deals_journal SET warrant_shares = warrant_shares + 100 WHERE deal = 1 AND kind = 'act' AND warrant_shares > 0;
UPDATE deals_journal SET principal = 0 WHERE deal = 2 AND seq = 2;
ALTER TABLE deals_journal ENABLE TRIGGER USER;
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT * FROM covenant.audit('deals');
COMMIT;
SELECT * FROM covenant.audit('deals');
-- the writing goes on
UPDATE notes SET price = price * 2;
DELETE FROM warrants WHERE deal = 1;
SELECT * FROM covenant.audit('deals');

-- Rebuilding needs to see everything, and belongs to the owner
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT covenant.rebuild('deals');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT covenant.rebuild('deals');
ROLLBACK;
-- The mode record keeps a ledger that nothing is refused by; audit is the same
UPDATE deals_reserve SET on_breach = 'record';
INSERT INTO warrants VALUES (1, 'alpha', 1000000);
CALL behind('DELETE FROM warrants');
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA audit CASCADE;

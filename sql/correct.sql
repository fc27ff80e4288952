-- Corrections: what a price, a rate or a holder was from a day on until the
-- next one on record.
\set SHOW_CONTEXT never
\set VERBOSITY default
SET DateStyle = ISO;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (a int, b int, deal int, buyer text, amount int NOT NULL, price numeric NOT NULL, rate numeric NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE warrants (id int PRIMARY KEY, deal int, buyer text, shares int NOT NULL);
SET covenant.as_of = '2005-01-03';
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'amount', 'price', holder => 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', holder => 'buyer');
INSERT INTO deals VALUES (1, 1000), (2, 1000);
INSERT INTO notes VALUES (1, 1, 1, 'alpha', 1000, 2, 0.06);
INSERT INTO warrants VALUES (1, 1, 'alpha', 10);
SET covenant.as_of = '2005-02-01'; UPDATE notes SET price = 4; UPDATE warrants SET buyer = 'bristol';
SET covenant.as_of = '2005-03-01'; UPDATE notes SET price = 5, buyer = 'bristol';
RESET covenant.as_of;
SELECT clock_timestamp() AS before \gset
-- The price of February was 2.50 from the 10th on: 400 shares until 1 March.
SELECT covenant.correct('notes', '(1,1)', '2005-02-10', price => 2.5, reason => 'a quote was wrong');
SELECT from_day, to_day, holder, price, shares FROM deals_note ORDER BY from_day;
SELECT day, note_shares, slack FROM deals_history WHERE deal = 1 ORDER BY day;
SELECT kind, effective_on, note_shares, note FROM deals_journal WHERE deal = 1 ORDER BY seq DESC LIMIT 1;
-- Holder and rate, and the holder of warrants.
SELECT covenant.correct('notes', '(1,1)', '2005-02-20', holder => 'charlie');
SELECT covenant.correct('warrants', '1', '2005-01-10', holder => 'charlie');
SELECT holder, day, principal, note_shares, warrant_shares FROM deals_holding ORDER BY day, holder;
-- A correction of a correction, and the table's row was never touched.
SELECT covenant.correct('notes', '(1,1)', '2005-02-10', price => '2');
SELECT from_day, price, shares FROM deals_note ORDER BY from_day;
SELECT amount, price, buyer FROM notes;
SELECT * FROM covenant.audit('deals');
-- What was known before is known still.
BEGIN;
SELECT set_config('covenant.known_at', :'before', true) \g /dev/null
SELECT from_day, to_day, holder, price, shares FROM deals_note ORDER BY from_day;
ROLLBACK;

-- Refused: no later setting, a day before the first, nothing to correct, what
-- is no note, no rate that is watched, a deal in which it never was.
SELECT covenant.correct('notes', '(1,1)', '2005-03-01', price => '6');
SELECT covenant.correct('notes', '(1,1)', '2005-02-01', rate => 0.05);
SELECT covenant.correct('notes', '(1,1)', '2005-01-02', price => '6');
SELECT covenant.correct('notes', '(1,1)', '2005-02-01');
SELECT covenant.correct('notes', '(1,2)', '2005-02-01', price => '6');
SELECT covenant.correct('notes', '(1,1)', '2005-02-01', price => '6', deal => '2');
SELECT covenant.correct('warrants', '1', '2005-01-05', price => '6');
SELECT covenant.correct('deals', '1', '2005-01-05', price => '6');
SELECT covenant.correct('notes', '(1,1)', NULL, price => '6');
SELECT covenant.correct('notes', '(1,1)', '2005-02-01', price => '0');

-- An instrument whose row is gone, in the deal in which it was.
SET covenant.as_of = '2005-04-01';
DELETE FROM notes;
RESET covenant.as_of;
SELECT covenant.correct('notes', '(1,1)', '2005-02-15', price => '10', deal => '1');
SELECT from_day, to_day, price, shares FROM deals_note WHERE from_day >= '2005-02-10' ORDER BY from_day;

-- It waits for COMMIT with the rest, and goes with a savepoint.
BEGIN;
SAVEPOINT one;
SELECT covenant.correct('notes', '(1,1)', '2005-02-15', price => '1', deal => '1');
ROLLBACK TO one;
COMMIT;
SELECT count(*) FROM deals_journal WHERE kind = 'correction';

-- By the owner of the books alone.
CREATE ROLE correct_clerk;
GRANT USAGE ON SCHEMA covenant TO correct_clerk;
GRANT SELECT, UPDATE ON notes, deals TO correct_clerk;
SET ROLE correct_clerk;
SELECT covenant.correct('notes', '(1,1)', '2005-02-15', price => '1', deal => '1');
RESET ROLE;
REVOKE USAGE ON SCHEMA covenant FROM correct_clerk;
DROP TABLE deals, notes, warrants, deals_reserve, deals_journal, deals_position CASCADE;
DROP ROLE correct_clerk;

-- What is said late puts no day of the past out of range: there a view would
-- fail. 4,611,686,018,427,387,903 warrants twice are 9,223,372,036,854,775,806,
-- one less than a bigint holds.
\set SHOW_CONTEXT never
SET DateStyle = ISO;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal int, principal numeric NOT NULL, price numeric NOT NULL);
CREATE TABLE warrants (id int PRIMARY KEY, deal int, shares bigint NOT NULL);
SET covenant.as_of = '2006-01-02';
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
INSERT INTO deals VALUES (1, 1000, 5000, 2000), (2, 1000, 5000, 2000);
SET covenant.as_of = '2006-01-10'; INSERT INTO warrants VALUES (1, 1, 4611686018427387903);
SET covenant.as_of = '2006-02-10'; DELETE FROM warrants;

\set VERBOSITY terse
-- One more share for a day on which they were there.
SET covenant.as_of = '2006-01-20'; INSERT INTO warrants VALUES (2, 1, 1);
SET covenant.as_of = '2006-01-05'; INSERT INTO warrants VALUES (2, 1, 1);
\set VERBOSITY default
SET covenant.as_of = '2006-02-09'; INSERT INTO warrants VALUES (2, 1, 1);
-- check says what COMMIT would.
BEGIN;
INSERT INTO warrants VALUES (2, 1, 1);
SELECT covenant.check('deals');
COMMIT;
-- From the day on which they were gone.
SET covenant.as_of = '2006-02-10'; INSERT INTO warrants VALUES (2, 1, 1);
-- An act that is undone on a day before counts for none.
BEGIN;
SET LOCAL covenant.as_of = '2006-01-20'; INSERT INTO warrants VALUES (3, 1, 1); DELETE FROM warrants WHERE id = 3;
COMMIT;
-- Of a note: 100 at a price of 10^-15 would be 10^17 shares, of 10^-17 10^19.
SET covenant.as_of = '2006-03-01'; INSERT INTO notes VALUES (1, 1, 100, 1);
SET covenant.as_of = '2006-04-01'; UPDATE notes SET price = 2;
RESET covenant.as_of;
SELECT covenant.correct('notes', '1', '2006-03-10', price => 0.00000000000000001);
SELECT covenant.correct('notes', '1', '2006-03-10', price => 0.000000000000001);
-- Principal of 100 late, when 100 were 10^17 shares; and so much that they are too many.
SET covenant.as_of = '2006-03-15'; UPDATE notes SET principal = 200;
SET covenant.as_of = '2006-03-16'; UPDATE notes SET principal = 5000;
-- What is reserved and authorized late.
SET covenant.as_of = '2006-02-01'; UPDATE deals SET outstanding = outstanding + 9223372036854770000 WHERE id = 2;
SET covenant.as_of = '2006-02-02'; UPDATE deals SET outstanding = 2000 WHERE id = 2;
SET covenant.as_of = '2006-01-15'; UPDATE deals SET outstanding = 9000 WHERE id = 2;
SET covenant.as_of = '2006-01-15'; UPDATE deals SET outstanding = 2001 WHERE id = 2;
RESET covenant.as_of;
-- All of it can be looked at.
SELECT deal, day, note_shares, warrant_shares, required, available, slack FROM deals_history ORDER BY deal, day;
SELECT * FROM covenant.audit('deals');
SET client_min_messages = warning;
DROP TABLE deals, notes, warrants, deals_reserve, deals_journal, deals_position CASCADE;

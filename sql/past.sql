-- What is learnt late: amounts of a day before later prices, and what cannot
-- be said of the past by a write to the table.  The agreement's deal, Section 1
-- and 3(c), with prices of the summer of 2005.
\set SHOW_CONTEXT never
\set VERBOSITY default
SET DateStyle = ISO;
CREATE TABLE deals (deal_id text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan_reserved bigint NOT NULL, reserved bigint NOT NULL);
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id text REFERENCES deals, buyer text, balance numeric NOT NULL, price numeric NOT NULL, rate numeric NOT NULL DEFAULT 0.10);
CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text REFERENCES deals, buyer text, unexercised bigint NOT NULL);
SET covenant.as_of = '2005-05-23';
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', holder => 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised', holder => 'buyer');
BEGIN;
INSERT INTO deals VALUES ('cb', 200000000, 43980227, 380000, 90953246);
INSERT INTO notes VALUES (1, 'cb', 'Partners', 260000, 0.06), (2, 'cb', 'Offshore', 1027800, 0.06), (3, 'cb', 'Qualified', 694200, 0.06), (4, 'cb', 'Millennium', 18000, 0.06);
INSERT INTO warrants VALUES (1, 'cb', 'Partners', 12143290);
COMMIT;
SET covenant.as_of = '2005-06-24'; UPDATE notes SET price = 0.05;
SET covenant.as_of = '2005-08-01'; UPDATE notes SET price = 0.02;
SET covenant.as_of = '2005-08-15'; UPDATE notes SET price = 0.05;
SET covenant.as_of = '2005-09-01'; UPDATE notes SET price = 0.01;

-- On 24 June Offshore was paid 100,000; it is learnt in September.  With
-- 1,900,000 of notes and 12,143,290 warrants the reserve of 90,953,246 lacks
-- 2 x (38,000,000 + w) - r = 9,333,334 at 0.05, 123,333,334 at 0.02, and
-- 313,333,334 at 0.01; counted is r everywhere, 155,639,773 being available.
SELECT day, slack FROM deals_history ORDER BY day;
SET covenant.as_of = '2005-06-24';
UPDATE notes SET balance = balance - 100000 WHERE note_id = 2;
RESET covenant.as_of;
SELECT day, principal, note_shares, slack FROM deals_history ORDER BY day;
SELECT day, principal, note_shares FROM deals_holding WHERE holder = 'Offshore' ORDER BY day;
SELECT note, from_day, to_day, principal, price, shares FROM deals_note WHERE note = '2' ORDER BY from_day;
SELECT slack, shortfall_since FROM deals_status;
SELECT * FROM covenant.audit('deals');

-- A price of a day before a later one is for covenant.correct; but a rate, of
-- which there is no later one, may be said.
SET covenant.as_of = '2005-07-15';
UPDATE notes SET price = 0.04 WHERE note_id = 2;
UPDATE notes SET rate = 0.12 WHERE note_id = 2;
RESET covenant.as_of;
SELECT from_day, rate FROM deals_note WHERE note = '2' ORDER BY from_day;
-- Nor may a holder or a new note be said of a day before what is on record.
SET covenant.as_of = '2005-08-10';
UPDATE notes SET buyer = 'Assignee' WHERE note_id = 3;
SET covenant.as_of = '2005-07-01';
UPDATE notes SET buyer = 'Other' WHERE note_id = 3;
-- A new note of an earlier day is no change of the past.
INSERT INTO notes VALUES (5, 'cb', 'Partners', 1, 0.05);
DELETE FROM notes WHERE note_id = 5;
INSERT INTO notes VALUES (3, 'cb', 'Partners', 1, 0.05) ON CONFLICT (note_id) DO UPDATE SET buyer = 'Other';

-- Below nothing on some day: Millennium had 18,000; 10,000 were paid in August,
-- so that 9,000 in July are too many, although 8,000 are left ...
SET covenant.as_of = '2005-08-20';
UPDATE notes SET balance = balance - 10000 WHERE note_id = 4;
SET covenant.as_of = '2005-08-25';
UPDATE notes SET balance = balance + 5000 WHERE note_id = 4;
SET covenant.as_of = '2005-07-10';
UPDATE notes SET balance = balance - 9000 WHERE note_id = 4;
-- ... and 8,000 are not.
UPDATE notes SET balance = balance - 8000 WHERE note_id = 4;
RESET covenant.as_of;
SELECT day, principal FROM deals_holding WHERE holder = 'Millennium' ORDER BY day;

-- Nothing before the books begin, and no note before its first day.
SET covenant.as_of = '2005-05-22';
UPDATE notes SET balance = balance + 1 WHERE note_id = 1;
UPDATE deals SET reserved = reserved + 1;
SET covenant.as_of = '2005-08-18';
INSERT INTO notes VALUES (6, 'cb', 'Partners', 10, 0.05);
SET covenant.as_of = '2005-06-30';
UPDATE notes SET balance = 11 WHERE note_id = 6;
RESET covenant.as_of;
SELECT * FROM covenant.audit('deals');

-- All of this is told before COMMIT, too.
BEGIN;
SET LOCAL covenant.as_of = '2005-07-15';
UPDATE notes SET price = 0.03 WHERE note_id = 2;
SELECT covenant.check('deals');
ROLLBACK;

DROP TABLE deals, notes, warrants, deals_reserve, deals_journal, deals_position CASCADE;

-- A table that is watched by statement becomes a part of another: what is written
-- through that one fires no statement trigger of its part.  Releases before 15.14,
-- 16.10 and 17.6 refuse that for any trigger with a transition table: then there
-- is nothing to notice.
SET datestyle = ISO;
SET covenant.as_of = '2005-05-23';
\set SHOW_CONTEXT never
CREATE SCHEMA inherited;
SET search_path = inherited;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint);
CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
INSERT INTO deals VALUES ('cb', 100000);
INSERT INTO notes VALUES (1, 'cb', 'A', 600, 0.06, 0.1), (2, 'cb', 'B', 300, 0.06, 0.1);

-- child_of_a_parent: check, audit and the next write to the child say so.
CREATE TABLE paper (note int NOT NULL, deal text, buyer text, balance numeric, price numeric, rate numeric);
ALTER TABLE notes INHERIT paper;
UPDATE paper SET balance = balance + 6 WHERE note = 1;
SELECT covenant.check('deals');
\set VERBOSITY terse
SELECT * FROM covenant.audit('deals');
UPDATE notes SET balance = balance + 6 WHERE note = 1;
\set VERBOSITY default
-- Watched again, by row, all of it counts: 6 missed, 6 more through the parent.
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT principal FROM deals_status;
UPDATE paper SET balance = balance + 6 WHERE note = 1;
SELECT principal FROM deals_status;
SELECT covenant.check('deals');
SELECT * FROM covenant.audit('deals');
ALTER TABLE notes NO INHERIT paper;
DROP TABLE paper;
-- A table that became a partition; of one that is watched that one is watched again.
CREATE TABLE more_notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_notes('more_notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
CREATE TABLE all_notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric) PARTITION BY RANGE (note);
ALTER TABLE all_notes ATTACH PARTITION more_notes FOR VALUES FROM (100) TO (200);
INSERT INTO all_notes VALUES (101, 'cb', 'C', 1, 0.06, 0.1);
\set VERBOSITY terse
INSERT INTO more_notes VALUES (102, 'cb', 'C', 1, 0.06, 0.1);
SELECT covenant.check('deals');
\set VERBOSITY default
ALTER TABLE all_notes DETACH PARTITION more_notes;
SELECT covenant.watch_notes('all_notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
ALTER TABLE all_notes ATTACH PARTITION more_notes FOR VALUES FROM (100) TO (200);
SELECT covenant.watch_notes('more_notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_notes('all_notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
INSERT INTO all_notes VALUES (103, 'cb', 'C', 1, 0.06, 0.1);
INSERT INTO more_notes VALUES (104, 'cb', 'C', 1, 0.06, 0.1);
SELECT principal FROM deals_status;
SELECT * FROM covenant.audit('deals');
DELETE FROM all_notes;

SET client_min_messages = warning;
DROP SCHEMA inherited CASCADE;

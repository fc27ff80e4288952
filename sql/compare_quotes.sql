-- Audit compares the prices that quotes made with the quotes.
SET covenant.as_of = '2005-06-30';
SET datestyle = ISO;
CREATE SCHEMA compare_quotes;
SET search_path = compare_quotes;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int NOT NULL, security text, terms covenant.conversion_terms,
	principal numeric NOT NULL, price numeric(12,6) NOT NULL, live boolean NOT NULL DEFAULT true);
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
INSERT INTO deals VALUES (1, 1000000), (2, 1000000);
INSERT INTO notes VALUES
	(1, 1, 'A', '50% of average of lowest 2 of 3 days', 1000, 0.1, true),
	(2, 1, 'A', '60% of average of lowest 2 of 3 days', 1000, 0.1, true),
	(3, 2, 'B', '50% of average of lowest 3 of 3 days', 1000, 0.1, true),
	(4, 2, 'A', '50% of average of lowest 2 of 3 days', 1000, 0.1, false);
SET covenant.as_of = '2005-06-01';
SELECT covenant.watch_deals('deals', 'deal', 'reserved'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', only_when => 'live');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
SET covenant.as_of = '2005-06-30';
INSERT INTO quotes VALUES ('A', '2005-06-06', 0.20), ('A', '2005-06-07', 0.10), ('A', '2005-06-08', 0.13),
	('B', '2005-06-06', 0.20), ('B', '2005-06-07', 0.10), ('B', '2005-06-08', 0.10);
-- 50 % of (0.10 + 0.13) / 2, 60 % of it, 50 % of 0.4 / 3
SELECT note, price FROM notes ORDER BY note;
SELECT * FROM covenant.audit('deals');

-- Quotes that changed past their triggers: 0.11 instead of 0.13 makes 0.0525
-- and 0.063; a note that does not count is not compared
SET session_replication_role = replica;
UPDATE quotes SET low = 0.11 WHERE (security, day) = ('A', '2005-06-08');
RESET session_replication_role;
SELECT * FROM covenant.audit('deals');
-- a quote that came past the trigger: 50 % of (0.10 + 0.10 + 0.01) / 3
SET session_replication_role = replica;
INSERT INTO quotes VALUES ('B', '2005-06-09', 0.01);
RESET session_replication_role;
SELECT * FROM covenant.audit('deals');

-- A price set by hand stands until the next quote, pending as well as posted,
-- and so does one from before the terms changed
BEGIN;
UPDATE notes SET price = 0.07 WHERE note IN (1, 3);
SELECT * FROM covenant.audit('deals');
COMMIT;
UPDATE notes SET terms = '40% of average of lowest 2 of 3 days' WHERE note = 2;
SELECT * FROM covenant.audit('deals');
-- the next quote puts all of them right: 50 % and 40 % of (0.10 + 0.11) / 2,
-- 50 % of (0.10 + 0.01 + 0.12) / 3
SET covenant.as_of = '2005-07-01';
INSERT INTO quotes VALUES ('A', '2005-07-01', 0.12), ('B', '2005-07-01', 0.12);
SELECT note, price FROM notes ORDER BY note;
SELECT * FROM covenant.audit('deals');

-- Where quotes are too few for the terms there is nothing to compare with
SET session_replication_role = replica;
DELETE FROM quotes WHERE security = 'B' AND day < '2005-06-09';
RESET session_replication_role;
SELECT * FROM covenant.audit('deals');
-- Names of the columns are the table's own affair: here they are those of the books.
CREATE TABLE named (deal int, seq int, effective_on date NOT NULL DEFAULT '2005-07-01', security text, terms covenant.conversion_terms,
	principal numeric NOT NULL, price numeric(12,6) NOT NULL, PRIMARY KEY (deal, seq, effective_on));
CREATE TABLE quotes_of_named (security text, day date, price numeric, PRIMARY KEY (security, day));
SELECT covenant.watch_notes('named', 'deals', 'deal', 'principal', 'price');
SELECT covenant.watch_quotes('quotes_of_named', 'security', 'day', 'price', 'named', 'security', 'terms');
INSERT INTO named VALUES (1, 1, '2005-07-01', 'C', '50% of lowest of 1 day', 100, 0.1);
INSERT INTO quotes_of_named VALUES ('C', '2005-07-01', 0.30);
SELECT * FROM covenant.audit('deals');
SET session_replication_role = replica;
UPDATE quotes_of_named SET price = 0.32;
RESET session_replication_role;
SELECT * FROM covenant.audit('deals');
SET client_min_messages = warning;
DROP SCHEMA compare_quotes CASCADE;

-- Quotes of distributed notes: what the node of a deal does with prices that it
-- is handed is what a table of quotes beside the notes does.
SET covenant.as_of = '2005-01-03';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA reprice_nodes;
SET search_path = reprice_nodes, covenant_internal, covenant;
CREATE TABLE deals (deal bigint PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal bigint, id text, balance numeric, price numeric(10,4), security int, terms conversion_terms, PRIMARY KEY (deal, id));
CREATE TABLE quotes (security int, day date, low numeric, PRIMARY KEY (security, day));
SELECT watch_deals('deals', 'deal', 'reserved'), watch_notes('notes', 'deals', 'deal', 'balance', 'price'),
	watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
-- Deal 1 is repriced by quotes of security 1, deal 2 by prices, of security 2.
INSERT INTO deals VALUES (1, 1000000), (2, 1000000);
INSERT INTO notes SELECT deal, id, 100, 0.1, deal, terms::conversion_terms FROM (VALUES (1), (2)) AS d(deal),
	(VALUES ('a', '50% of lowest of 1 day'), ('b', '40% of lowest of 2 days'), ('c', '0.12')) AS n(id, terms);
RESET covenant.as_of;
CREATE VIEW differences AS
	SELECT note, from_day, trim_scale(price) AS price FROM deals_note WHERE deal = '1' EXCEPT ALL
	SELECT regexp_replace(note, '2', '1'), from_day, trim_scale(price) FROM deals_note WHERE deal = '2';
-- Prices are handed to a node only: the books are distributed for just that long.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass, partkey text);
CREATE FUNCTION pg_catalog.column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
RESET allow_system_table_mods;
GRANT ALL ON pg_catalog.pg_dist_partition TO public;
SET citus.allow_nested_distributed_execution = off;
CREATE FUNCTION hand_over(first_day date, in_order boolean, of_terms text[], days date[], prices share_price[], not_before date = '-infinity') RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	lacking text[];
BEGIN
	INSERT INTO pg_catalog.pg_dist_partition VALUES ('deals_reserve', 'deal');
	lacking := requote_here('deals_reserve', 'notes', '2', '{2}', ARRAY[first_day], ARRAY[in_order], ARRAY(SELECT '2' FROM unnest(of_terms)), of_terms, days, prices, not_before);
	DELETE FROM pg_catalog.pg_dist_partition;
	RETURN lacking;
END $$;

-- in_order: nothing is on record since
INSERT INTO quotes VALUES (1, '2005-02-01', .30), (1, '2005-02-10', .40);
SELECT hand_over('2005-02-01', true, '{40% of lowest of 2 days,50% of lowest of 1 day,50% of lowest of 1 day}', '{2005-02-10,2005-02-01,2005-02-10}', '{0.12,0.15,0.2}');
SELECT * FROM differences;
SELECT deal, kind, effective_on, note_shares FROM deals_journal WHERE kind = 'fact' ORDER BY deal, seq;
-- late: between what is on record; the terms have no price yet on the first day
INSERT INTO quotes VALUES (1, '2005-02-05', .20);
SELECT hand_over('2005-02-05', false, '{40% of lowest of 2 days,40% of lowest of 2 days,50% of lowest of 1 day,50% of lowest of 1 day,50% of lowest of 1 day}',
	'{2005-02-05,2005-02-10,2005-02-01,2005-02-05,2005-02-10}', '{0.08,0.08,0.15,0.1,0.2}');
SELECT * FROM differences;
SELECT note, from_day, trim_scale(price) AS price FROM deals_note WHERE deal = '2' ORDER BY note, from_day;
-- lacking: terms that a note had before, and those of another that is gone, which this transaction took away
UPDATE notes SET terms = '30% of lowest of 1 day' WHERE id = 'a';
BEGIN;
DELETE FROM notes WHERE id = 'b';
INSERT INTO quotes VALUES (1, '2005-02-07', .60);
SELECT hand_over('2005-02-07', false, '{30% of lowest of 1 day}', '{2005-02-07}', '{0.18}');
SELECT hand_over('2005-02-07', false, '{30% of lowest of 1 day,30% of lowest of 1 day,30% of lowest of 1 day,40% of lowest of 2 days,40% of lowest of 2 days,40% of lowest of 2 days,50% of lowest of 1 day,50% of lowest of 1 day,50% of lowest of 1 day}',
	'{2005-02-05,2005-02-07,2005-02-10,2005-02-05,2005-02-07,2005-02-10,2005-02-05,2005-02-07,2005-02-10}', '{0.06,0.18,0.12,0.08,0.08,0.16,0.1,0.3,0.2}');
COMMIT;
SELECT * FROM differences;
-- none: no price is left of the terms
DELETE FROM quotes WHERE day > '2005-02-01';
SELECT hand_over('2005-02-05', false, '{30% of lowest of 1 day,40% of lowest of 2 days,50% of lowest of 1 day}', '{2005-02-01,NULL,2005-02-01}', '{0.09,NULL,0.15}');
SELECT * FROM differences;
SELECT id, trim_scale(price) AS price FROM notes WHERE deal = 2 ORDER BY id;
SELECT * FROM audit('deals');

-- whose: the books' owner's alone, and the notes have to be theirs
CREATE ROLE reprice_nodes_stranger;
GRANT USAGE ON SCHEMA reprice_nodes TO reprice_nodes_stranger;
SET ROLE reprice_nodes_stranger;
SELECT hand_over('2005-02-05', false, '{}', '{}', '{}');
RESET ROLE;
CREATE TABLE other (LIKE deals INCLUDING ALL);
SELECT watch_deals('other', 'deal', 'reserved');
SELECT requote_here('deals_reserve', 'notes', '2', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '-infinity');
SELECT split_here('deals_reserve', '{2}', 2, 1, '2005-02-05', 'down');
SELECT split_on_coordinator('deals_reserve', '{2}', 2, 1, '2005-02-05', 'down');
SELECT post_here('deals_reserve');
INSERT INTO pg_catalog.pg_dist_partition VALUES ('deals_reserve', 'deal');
SELECT requote_here('other_reserve', 'notes', '2', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '-infinity');
DELETE FROM pg_catalog.pg_dist_partition;
DROP SCHEMA reprice_nodes CASCADE;
SET allow_system_table_mods = on;
DROP TABLE pg_catalog.pg_dist_partition;
DROP FUNCTION pg_catalog.column_to_column_name;
DROP ROLE reprice_nodes_stranger;

-- A table of breaches that exists already gets its damages when it is written.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA breaches_test;
SET search_path = breaches_test;
CREATE TABLE deals (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric, rate numeric);
CREATE TABLE breaches (id int PRIMARY KEY, deal int, section text, since date, cured date, memo text,
					   damages numeric(14,2), shares covenant.shares);
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');  -- nothing adopted
SELECT '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
\set VERBOSITY sqlstate
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damage', 'shares');  -- 42703
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'memo', 'damages', 'shares');  -- 42804
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', NULL, 'cured', 'damages', 'shares');  -- 22004
SELECT covenant.watch_breaches('breaches', 'deals', deal => 'deal', section => 'section', from_day => 'since', to_day => 'cured', amount => 'damages', shares => 'shares');
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');  -- 42710
\set VERBOSITY default

SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES (1, 0), (2, 0);
INSERT INTO notes VALUES (1, 1, 'Q', 2000000, 0.06, 0.10), (2, 2, 'Q', 2000000, 0.06, 0.10);
SET covenant.as_of = '2005-06-20';
UPDATE notes SET balance = 1400000 WHERE deal = 2;
SET covenant.as_of = '2005-08-31';

-- 42 days on $2,000,000: 60,000 x (23/30 + 19/31) = 82,774.19; at 0.06 that is
-- 1,379,569.83 shares.  On the other deal 12 days of June on 2,000,000 and 11 of
-- June and 19 of July on 1,400,000: 24,000.00 + 41,141.94.
INSERT INTO breaches (id, deal, section, since, cured, damages) VALUES
	(1, 1, '3(z)', '2005-06-08', '2005-07-20', 7), (2, 2, '4(h)', '2005-06-08', '2005-07-20', NULL);
SELECT id, damages, shares FROM breaches ORDER BY id;
SELECT round(60000 * (23 / 30.0 + 19 / 31.0), 2) AS first, div(82774.19, 0.06) AS shares,
	   round(24000 + 42000 * (11 / 30.0 + 19 / 31.0), 2) AS second, div(65141.94, 0.06) AS shares;

-- An open breach has none yet; whatever a statement writes there does not stay.
INSERT INTO breaches VALUES (3, 1, '4(i)', '2005-08-01', NULL, 'not listed', 99, 99);
SELECT damages, shares FROM breaches WHERE id = 3;
-- It is closed: a covenant without a clock of its own is answered by Section 4(o).
UPDATE breaches SET cured = '2005-08-11', damages = 1 WHERE id = 3;
SELECT damages, shares, round(60000 * 10 / 31.0, 2) AS by_hand FROM breaches WHERE id = 3;
UPDATE breaches SET cured = NULL WHERE id = 3;
SELECT damages, shares FROM breaches WHERE id = 3;

INSERT INTO breaches (id, deal, section, since, cured) VALUES (4, 1, '8(a)', '2005-06-08', '2005-07-20');
INSERT INTO breaches (id, deal, section, since, cured) VALUES (4, 1, '4(h)', '2005-07-20', '2005-06-08');
INSERT INTO breaches (id, deal, section, since, cured) VALUES (4, 1, '4(h)', '2005-07-20', '2005-07-20');
SELECT damages, shares FROM breaches WHERE id = 4;
DELETE FROM breaches WHERE id = 4;

-- The readings decide: 3 % a month of principal and of the $31,780.82 of
-- interest unpaid by July 20, by anniversaries: 84,548.30.
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"formula": "principal_and_interest", "months": "anniversary"}');
SELECT * FROM covenant.audit('deals');
UPDATE breaches SET memo = 'reckoned anew' WHERE id = 1;
SELECT damages FROM breaches WHERE id = 1;
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
UPDATE breaches SET memo = NULL;
SELECT * FROM covenant.audit('deals');

-- A fact that comes to light later makes the stored amount wrong, and audit
-- says so: half of the principal had been paid on July 1.
SET covenant.as_of = '2005-07-01';
UPDATE notes SET balance = 1000000 WHERE deal = 1;
SET covenant.as_of = '2005-08-31';
SELECT deal, what, books, tables, round(60000 * 23 / 30.0 + 30000 * 19 / 31.0, 2) AS by_hand FROM covenant.audit('deals');
UPDATE breaches SET id = id;
SELECT * FROM covenant.audit('deals');
SELECT id, damages, shares FROM breaches ORDER BY id;

-- Several Buyers: all notes, or each Buyer on all notes.
INSERT INTO notes VALUES (3, 1, 'P', 500000, 0.06, 0);
SELECT amount FROM covenant_internal.breach_damages('deals_reserve', '1', '4(h)', '2005-08-31', '2005-09-30');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"base": "all_notes"}');
SELECT amount, round(2 * 0.03 * 1500000 * (1 / 31.0 + 29 / 30.0), 2) AS by_hand FROM covenant_internal.breach_damages('deals_reserve', '1', '4(h)', '2005-08-31', '2005-09-30');
-- Stored amounts are of what is on record now, on whatever day one asks.
SET covenant.as_of = '2005-06-10';
SET covenant.known_at = '2005-06-10 12:00:00-04';
SELECT amount FROM covenant_internal.breach_damages('deals_reserve', '1', '4(h)', '2005-08-31', '2005-09-30');
RESET covenant.known_at;
SET covenant.as_of = '2005-08-31';
-- It is what the view makes of the same breach.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (1, 'breach', '2005-08-01', '4(i)'), (1, 'cure', '2005-08-11', '4(i)');
SELECT b.amount = sum(d.amount) AS same FROM deals_damages d CROSS JOIN covenant_internal.breach_damages('deals_reserve', '1', '4(o)', '2005-08-01', '2005-08-11') b
WHERE d.deal = 1 AND d.section = '4(o)' GROUP BY b.amount;

-- What the buyers alone owe costs the company nothing; the opinion of one fund is
-- its claim alone; simultaneous breaches share their days as they are read.
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES (9, 50000000);
INSERT INTO notes VALUES (91, 9, 'Q', 1000000, 0.06, 0), (92, 9, 'P', 500000, 0.06, 0);
SET covenant.as_of = '2005-08-31';
SELECT * FROM covenant_internal.breach_damages('deals_reserve', '9', '4(n)', '2005-06-01', '2005-07-01');
SELECT amount FROM covenant_internal.breach_damages('deals_reserve', '9', '2(f)', '2005-06-07', '2005-06-17');
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (9, 'opinion_delivered', '2005-06-01', 'P'), (9, 'opinion_accepted', '2005-06-17', 'P');
SELECT amount, 500000 * 0.03 * 10 / 30 AS by_hand FROM covenant_internal.breach_damages('deals_reserve', '9', '2(f)', '2005-06-07', '2005-06-17');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"stacking": "one"}');
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES (9, 'breach', '2005-07-01', '4(i)'), (9, 'cure', '2005-07-11', '4(i)');
SELECT amount, round(1500000 * 0.03 * 10 / 31, 2) AS ten_days_less FROM covenant_internal.breach_damages('deals_reserve', '9', '3(g)', '2005-07-05', '2005-07-21');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"base": "all_notes"}');

-- Rights: a writer of breaches needs none on the books; a stranger's table gets nothing.
CREATE ROLE regress_covenant_clerk;
GRANT USAGE, CREATE ON SCHEMA breaches_test TO regress_covenant_clerk;
GRANT INSERT, SELECT ON breaches TO regress_covenant_clerk;
SET ROLE regress_covenant_clerk;
INSERT INTO breaches (id, deal, section, since, cured) VALUES (5, 1, '4(h)', '2005-06-08', '2005-06-09');
SELECT damages IS NOT NULL AS computed FROM breaches WHERE id = 5;
CREATE TABLE forged (deal int, section text, since date, cured date, damages numeric, shares bigint);
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.breach('schema=breaches_test', 'ledger=deals_reserve',
	'deal=deal', 'section=section', 'from_day=since', 'to_day=cured', 'amount=damages', 'shares=shares');
INSERT INTO forged VALUES (1, '4(h)', '2005-06-08', '2005-07-20');
-- forged_breach_table: nor is it audited, and nothing that is in it runs; one of a type of hers neither.
ALTER TABLE forged DISABLE TRIGGER t;
INSERT INTO forged VALUES (1, '4(h)', '2005-06-08', '2005-07-20', 1, 1);
CREATE TABLE ran (who text); GRANT ALL ON ran TO PUBLIC;
CREATE TYPE coin AS (amount numeric);
CREATE FUNCTION coin_numeric(coin) RETURNS numeric LANGUAGE plpgsql AS $$BEGIN INSERT INTO breaches_test.ran VALUES (current_user); RETURN 7; END$$;
CREATE CAST (coin AS numeric) WITH FUNCTION coin_numeric(coin);
CREATE TABLE forged_coins (deal int, section text, since date, cured date, damages coin, shares bigint);
INSERT INTO forged_coins VALUES (1, '4(h)', '2005-06-08', '2005-07-20', ROW(1), 1);
CREATE TRIGGER covenant_breach BEFORE INSERT OR UPDATE ON forged_coins FOR EACH ROW EXECUTE FUNCTION covenant_internal.breach('schema=breaches_test', 'ledger=deals_reserve',
	'deal=deal', 'section=section', 'from_day=since', 'to_day=cured', 'amount=damages', 'shares=shares');
RESET ROLE;
SELECT relation FROM covenant_internal.breach_tables('deals_reserve');
SELECT * FROM covenant.audit('deals');
SELECT who FROM ran;
-- A table of one's own with a column that is no number any more: audit says so.
ALTER TABLE breaches ALTER damages TYPE text;
\set VERBOSITY terse
SELECT * FROM covenant.audit('deals');
\set VERBOSITY default
ALTER TABLE breaches ALTER damages TYPE numeric(14,2) USING damages::numeric;
SELECT * FROM covenant.audit('deals');

-- A column that goes: 42703 at the next write.
ALTER TABLE breaches RENAME damages TO owed;
INSERT INTO breaches (id) VALUES (6);
SELECT covenant.unwatch('breaches');
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'owed', 'shares');
INSERT INTO breaches (id) VALUES (6);

-- breaches_without_books: of a ledger that is gone nothing can be reckoned, nor audited.
ALTER TABLE deals_reserve RENAME TO hoard;
\set VERBOSITY terse
INSERT INTO breaches (id) VALUES (7);
INSERT INTO breaches (id, deal, section, since, cured) VALUES (7, 1, '4(h)', '2005-06-08', '2005-06-09');
SELECT * FROM covenant.audit('deals');
SELECT * FROM covenant_internal.breach_tables(0::regclass);
\set VERBOSITY default
ALTER TABLE hoard RENAME TO deals_reserve;

SET client_min_messages = warning;
DROP SCHEMA breaches_test CASCADE;
DROP ROLE regress_covenant_clerk;

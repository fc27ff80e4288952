-- What if, and the exact break-even, each note rounded by itself.
SET covenant.as_of = '2005-05-23';
SET search_path = public, covenant;

CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint, authorized bigint, outstanding bigint, plan bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price numeric NOT NULL, counts boolean);
CREATE TABLE warrants (id int PRIMARY KEY, deal text, unexercised bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', 'plan');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', only_when => 'counts');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'unexercised');

-- The agreement's deal (Section 3(c)); the figures at 0.05 and 0.1647 are 2 x
-- (40,000,000 + 12,143,290) and 2 x (12,143,290 + 12,143,290).
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'calbatech', 2000000, 0.06, true), (2, 'calbatech', 999, 0.06, false);
INSERT INTO warrants VALUES (1, 'calbatech', 12143290);
SELECT * FROM covenant.what_if('deals', 0.05);
COMMIT;
SELECT * FROM covenant.what_if('deals', 0.06);
SELECT * FROM covenant.what_if('deals', 0.1647);
SELECT * FROM covenant.what_if('deals', 0.0);
SELECT count(*) FROM deals_journal;

-- 2,000,000 / 33,333,334 and 2,000,000 / (77,819,886 - 12,143,290 + 1).
SELECT deal, breakeven_price, breakeven_price = covenant.breakeven_price(2000000, 12143290, 90953246) AS as_function,
	   vote_price, vote_price = covenant.breakeven_price(2000000, 12143290, 155639773) AS as_function
FROM covenant.breakeven('deals');

-- Many notes and all roundings against brute force: the price is right if the
-- notes come to fewer shares than rank just above it, and to rank at it (up: just below).
SELECT setseed(0.4);
WITH trial AS (
	SELECT t, array_agg((1 + floor(random() * 100000))::numeric / 100) AS principals,
		   array_agg((ARRAY['down', 'up', 'half_up', 'half_even'])[1 + floor(random() * 4)]) AS roundings
	FROM generate_series(1, 200) t, generate_series(1, 1 + t % 7) GROUP BY t
), ranked AS (
	SELECT *, cardinality(principals) + 1 + floor(random() * 500)::numeric AS rank FROM trial
), priced AS (
	SELECT *, covenant_internal.price_at_rank(principals, roundings, rank) AS price FROM ranked
), counted AS (
	SELECT t, rank, price,
		   (SELECT sum(covenant.shares_issuable(p, price * 1.000000001, r)::numeric) FROM unnest(principals, roundings) u(p, r)) AS above,
		   (SELECT sum(covenant.shares_issuable(p, price * 0.999999999, r)::numeric) FROM unnest(principals, roundings) u(p, r)) AS below
	FROM priced
)
SELECT count(*) AS trials, count(*) FILTER (WHERE price IS NULL) AS without_price,
	   count(*) FILTER (WHERE above < rank AND below >= rank) AS right_price
FROM counted;
-- At any price each of two notes that round up counts one share.
SELECT covenant_internal.price_at_rank('{5,5}', '{up,up}', 2) AS none, covenant_internal.price_at_rank('{5,5}', '{up,up}', 3) AS five;

-- No notes: any price holds.  Warrants alone too many: none does.
INSERT INTO deals VALUES ('empty', 10, 100, 0, 0);
BEGIN;
SELECT covenant.override('deals', 'signed on paper before the reserve was set aside');
INSERT INTO deals VALUES ('warrants', 10, 100, 0, 0);
INSERT INTO warrants VALUES (2, 'warrants', 6);
INSERT INTO notes VALUES (3, 'warrants', 10, 1, true);
COMMIT;
SELECT * FROM covenant.breakeven('deals') WHERE deal <> 'calbatech';
SELECT deal, breakeven_price, vote_price FROM deals_status WHERE deal <> 'calbatech' ORDER BY deal;

DROP VIEW deals_status;
DROP TABLE deals, notes, warrants, deals_reserve, deals_position, deals_journal CASCADE;

-- minimum_is_required: the least Reserved Amount holds at any price; where the
-- shares do not come up to it no price helps.
SET client_min_messages = warning;
CREATE TABLE minima (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, least bigint NOT NULL);
CREATE TABLE minima_notes (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price numeric NOT NULL);
SELECT covenant.watch_deals('minima', 'deal', 'reserved', 'authorized', 'outstanding', on_breach => 'record', minimum => 'least');
SELECT covenant.watch_notes('minima_notes', 'minima', 'deal', 'balance', 'price');
INSERT INTO minima VALUES ('enough', 1000, 10000, 0, 900), ('short', 800, 10000, 0, 900), ('hopeless', 800, 850, 0, 900);
INSERT INTO minima_notes VALUES (1, 'enough', 100, 1), (2, 'short', 100, 1), (3, 'hopeless', 100, 1);
SELECT deal, required, counted, slack, breakeven_price, vote_price FROM minima_status ORDER BY deal;
-- at 1 2 x 100 are fewer than 900, at 0.2 2 x 500 are more
SELECT deal, issuable, required, slack FROM covenant.what_if('minima', 1.0) UNION ALL
SELECT deal, issuable, required, slack FROM covenant.what_if('minima', 0.2) ORDER BY deal, issuable;
-- 100/501 and 100/5001
SELECT * FROM covenant.breakeven('minima');

-- hidden_ledger_row: what row security hides is not there, and is not zeros that
-- comply; neither is it while something is pending.
CREATE ROLE what_if_reader;
GRANT SELECT, UPDATE ON minima, minima_notes TO what_if_reader;
GRANT SELECT ON minima_reserve, minima_status TO what_if_reader;
CREATE POLICY one ON minima_reserve TO what_if_reader USING (deal = 'short');
ALTER TABLE minima_reserve ENABLE ROW LEVEL SECURITY;
SET ROLE what_if_reader;
SELECT deal, required, slack FROM minima_status;
SELECT deal, required, slack FROM covenant.what_if('minima', 0.2);
SELECT deal, breakeven_price IS NULL AS none FROM covenant.breakeven('minima');
BEGIN;
UPDATE minima_notes SET price = 0.5;
SELECT deal, issuable, required, slack FROM minima_status;
SELECT deal, required, slack FROM covenant.what_if('minima', 0.2);
ROLLBACK;
RESET ROLE;
ALTER TABLE minima_reserve DISABLE ROW LEVEL SECURITY;
-- hidden_notes: a deal of which only some notes are seen is not reckoned with these.
INSERT INTO minima_notes VALUES (4, 'short', 50, 1);
CREATE POLICY few ON minima_notes TO what_if_reader USING (id IN (1, 2));
ALTER TABLE minima_notes ENABLE ROW LEVEL SECURITY;
SET ROLE what_if_reader;
SELECT deal, issuable FROM minima_status ORDER BY deal;
SELECT deal, issuable FROM covenant.what_if('minima', 0.2);
SELECT deal FROM covenant.breakeven('minima');
RESET ROLE;
SELECT deal, issuable FROM covenant.what_if('minima', 0.2);
DROP TABLE minima, minima_notes, minima_reserve, minima_journal, minima_position CASCADE;
DROP ROLE what_if_reader;

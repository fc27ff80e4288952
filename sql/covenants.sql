-- Further promises of the agreement as clocks: Sections 4(g), 4(h) fourth
-- sentence, 4(i), 4(j), 5 and, of the buyers, 2(f); what promptly is; and
-- whom they concern.
\set SHOW_CONTEXT never
SET TimeZone = 'UTC'; SET DateStyle = ISO;
CREATE SCHEMA covenants; SET search_path = covenants;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, holder text, principal numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "stacking": "each", "sunday": "moves"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
CREATE VIEW duty AS SELECT deal, section, duty, started_on, due_on, done_on, days_late, state, owed_by, unserved FROM deals_duty
WHERE section IN ('2(f)', '4(h) s. 4', '4(i)', '4(j)', '5') OR duty = 'what shareholders get';
SET covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT d, 200000, 10000000, 0 FROM unnest('{a,b,c}'::text[]) d;
INSERT INTO notes VALUES (1, 'a', 'A', 60000, 1), (2, 'a', 'B', 40000, 1), (3, 'b', 'A', 1000, 1);
INSERT INTO deals_event (deal, kind, holder) VALUES ('a', 'signing', 'A'), ('b', 'signing', 'A');
INSERT INTO deals_event (deal, kind) VALUES ('a', 'closing'), ('b', 'closing');

-- Section 5: at the closing. Instructed then; not instructed: from the day after
-- a breach without an amount.
INSERT INTO deals_event (deal, kind) VALUES ('a', 'agent_instructed');
SET covenant.as_of = '2005-06-30';
SELECT deal, due_on, done_on, days_late, state FROM duty WHERE section = '5' ORDER BY deal;
SELECT deal, section, from_day, to_day, elector FROM deals_breach WHERE section = '5';
SELECT count(*) FROM deals_damages WHERE section = '5';
-- Signed, and not closed yet: no day is known.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('c', 'signing', '2005-05-23');
SELECT started_on, due_on, state FROM duty WHERE deal = 'c';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('c', 'closing', '2005-06-20');
SELECT section, started_on, due_on, state FROM duty WHERE deal = 'c' ORDER BY section;

-- Promptly: nobody says how long, and the listing is pending; with five business
-- days from 23 May, the 30th a holiday, it was due on 31 May.
SELECT deal, duty, due_on, days_late, state FROM duty WHERE section = '4(i)' AND deal = 'a';
BEGIN;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": 5}');
SELECT deal, duty, due_on, days_late, state FROM duty WHERE section = '4(i)' AND deal = 'a';
-- 30 days of June at 3 % of 100,000 a month.
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE deal = 'a' AND section = '4(i)' ORDER BY 1;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": "0"}');
SELECT due_on FROM duty WHERE section = '4(i)' AND deal = 'a';
ROLLBACK;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": "soon"}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": 2.5}');
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": -1}');

-- Listed on 1 June; delisted twice and listed once: a state that lasts until it ends.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'listed', '2005-06-01'), ('a', 'delisted', '2005-06-10'), ('a', 'delisted', '2005-06-12'), ('a', 'listed', '2005-06-20');
SELECT duty, started_on, done_on, state FROM duty WHERE section = '4(i)' AND deal = 'a' ORDER BY started_on;
-- Who has never said that the shares were listed may still say that they were delisted for ten days.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('b', 'delisted', '2005-06-10'), ('b', 'listed', '2005-06-20');
SELECT duty, done_on, state FROM duty WHERE section = '4(i)' AND deal = 'b' ORDER BY started_on;
SELECT section, from_day, to_day, amount FROM deals_damages WHERE deal = 'b' AND section = '4(i)';	-- 10/30 of 30.00
-- A breach of 4(i) is as before one that 4(o) answers for, and a waiver of 4(i) is of it.
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('c', 'breach', '2005-06-25', '4(i)');
SELECT section, duty, state FROM deals_duty WHERE deal = 'c' AND section = '4(o)';
INSERT INTO notes VALUES (4, 'c', 'C', 1000, 1);
INSERT INTO deals_event (deal, kind, section, holder) VALUES ('c', 'waiver', '4(i)', 'C');
SELECT section, duty, state FROM deals_duty WHERE deal = 'c' AND section IN ('4(i)', '4(o)') ORDER BY 1;

-- Copies of notices on eligibility, and what the shareholders get, to each holder.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'eligibility_notice', '2005-06-13'), ('a', 'shareholder_notice', '2005-06-18');
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('a', 'eligibility_notice_sent', '2005-06-14', 'A'), ('a', 'shareholder_notice_sent', '2005-06-18', 'B');
SELECT duty, started_on, due_on, done_on, days_late, state, unserved FROM duty WHERE deal = 'a' AND started_on > '2005-06-12' ORDER BY 1;	-- 18 June was a Saturday
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'eligibility_notice_sent', '2005-06-21'), ('a', 'shareholder_notice_sent', '2005-06-21');
SELECT duty, done_on, days_late, state, unserved FROM duty WHERE deal = 'a' AND started_on > '2005-06-12' ORDER BY 1;
SELECT section, duty, holder, from_day, to_day, amount FROM deals_damages WHERE deal = 'a' AND duty = 'what shareholders get';	-- 60,000 for two days

-- Existence: a state until it is restored, or the last note and warrant are gone.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'existence_lost', '2005-06-01'), ('b', 'existence_lost', '2005-06-16');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'existence_restored', '2005-06-16');
SELECT deal, done_on, state FROM duty WHERE section = '4(j)' ORDER BY 1;
SELECT deal, holder, amount FROM deals_damages WHERE section = '4(j)' ORDER BY 1, 2;	-- a 15/30, b 14/30 of 30.00
SET covenant.as_of = '2005-06-26';
UPDATE notes SET principal = 0 WHERE id = 3;
SET covenant.as_of = '2005-06-30';
SELECT deal, done_on, state FROM duty WHERE section = '4(j)' ORDER BY 1;
SELECT deal, holder, amount FROM deals_damages WHERE section = '4(j)' ORDER BY 1, 2;	-- b until the 26th: 10/30

-- Who has disposed of all securities is owed nothing of 4(c), 4(g) and 4(i) from then on.
BEGIN;
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('a', 'securities_disposed', '2005-06-20', 'A');
SELECT duty, holder, from_day, to_day, amount FROM deals_damages WHERE deal = 'a' AND section IN ('4(g)', '4(i)') ORDER BY 1, 2, 3;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'shareholder_notice', '2005-06-21');
SELECT duty, state, unserved FROM duty WHERE deal = 'a' AND started_on = '2005-06-21';
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('a', 'securities_disposed', '2005-06-20', 'B');
SELECT duty, state, unserved FROM duty WHERE deal = 'a' AND started_on = '2005-06-21';
SELECT count(*) FROM duty WHERE deal = 'a' AND section = '4(j)' AND state = 'late';		-- 4(j) asks the tables
ROLLBACK;

-- A breach of the restrictions on transfer is the transferor's, and costs nobody anything.
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('a', 'breach', '2005-06-27', '2(f)', 'B');
SELECT section, duty, owed_by, state FROM duty WHERE section = '2(f)';
SELECT count(*) FROM deals_breach WHERE section = '2(f)';
SELECT count(*) FROM deals_damages WHERE section = '2(f)';
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('a', 'cure', '2005-06-28', '2(f)', 'B');
SELECT section, duty, owed_by, state, done_on FROM duty WHERE section = '2(f)';
INSERT INTO deals_event (deal, kind, section) VALUES ('a', 'breach', '2(a)');	-- it answers for no other section

-- The meeting: of 10,000,000 authorized b's reserve can be restored by the board;
-- at a price of 0.01 a's 100,000 need 20,000,000 shares, and a vote.
SET covenant.as_of = '2005-07-01';
UPDATE notes SET price = 0.5 WHERE deal = 'a';
SET covenant.as_of = '2005-07-05';
UPDATE notes SET price = 0.01 WHERE deal = 'a';
SELECT deal, started_on, due_on, state FROM duty WHERE section = '4(h) s. 4';
SET covenant.as_of = '2005-07-20';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'meeting_called', '2005-07-18');
SELECT deal, started_on, due_on, done_on, state FROM duty WHERE section = '4(h) s. 4';
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"promptly": 3}');	-- until Friday the 8th
SELECT deal, started_on, due_on, done_on, days_late, state FROM duty WHERE section = '4(h) s. 4';
SELECT holder, from_day, to_day, amount FROM deals_damages WHERE section = '4(h) s. 4' ORDER BY 1;	-- 9/31 of 1,800 and 1,200
SELECT * FROM deals_unmatched;
RESET covenant.as_of;
SET client_min_messages = warning;
DROP SCHEMA covenants CASCADE;

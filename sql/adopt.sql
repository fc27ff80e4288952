-- The whole road: facts in, five days asked, a retraction, and what was known
-- before.  The deal is the agreement's own (Sections 3(c) and 4(h)): 200,000,000
-- authorized, 43,980,227 outstanding, 380,000 for the plan, 90,953,246 reserved,
-- $2,000,000 of notes and 12,143,290 warrants.  Its May list comes late, its
-- price falls on 10 June, the 30 days run out on 10 July, approval comes on
-- 1 August.
SET datestyle = ISO;
SET timezone = 'America/New_York';
\set SHOW_CONTEXT never
CREATE SCHEMA road;
SET search_path = road;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved_shares bigint NOT NULL, authorized bigint, outstanding bigint, plan_reserved bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal_id text, buyer text, balance numeric, conversion_price numeric, rate numeric);
CREATE TABLE warrants (id int PRIMARY KEY, deal_id text, buyer text, unexercised bigint);
SELECT '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}' AS readings \gset
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved_shares', 'authorized', 'outstanding', 'plan_reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price', 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', :'readings');

SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'calbatech', 'AJW Qualified', 694000, 0.06, 0.10), (2, 'calbatech', 'New Millennium', 18000, 0.06, 0.10),
	(3, 'calbatech', 'AJW Offshore', 1088000, 0.06, 0.10), (4, 'calbatech', 'AJW Partners', 200000, 0.06, 0.10);
INSERT INTO warrants SELECT id, deal_id, buyer, floor(balance / 0.1647) FROM notes;
UPDATE warrants SET unexercised = unexercised + 12143290 - (SELECT sum(unexercised) FROM warrants) WHERE id = 1;
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'closing');
COMMIT;
SET covenant.as_of = '2005-05-24';
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'press_release'), ('calbatech', 'press_release_sent');
SET covenant.as_of = '2005-06-10';
UPDATE notes SET conversion_price = 0.05;
SET covenant.as_of = '2005-06-20';
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'list_delivered') RETURNING event_id AS delivery \gset
INSERT INTO deals_event (deal, kind, holder, section, choice, ref) SELECT DISTINCT 'calbatech', 'election', buyer, '4(h)', 'cash', '2005-05-31' FROM notes ORDER BY buyer;
INSERT INTO deals_event (deal, kind, holder, amount, ref)
SELECT 'calbatech', 'damages_paid', holder, amount, ref FROM deals_damages WHERE holder <> 'AJW Offshore' ORDER BY holder;
SET covenant.as_of = '2005-07-05';
INSERT INTO deals_event (deal, kind, ref) VALUES ('calbatech', 'list_delivered', '2005-06-30');
-- A conversion in the middle of the breach: AJW Offshore turns $88,000 into shares.
SET covenant.as_of = '2005-07-18';
BEGIN;
UPDATE notes SET balance = 1000000 WHERE id = 3;
UPDATE deals SET reserved_shares = reserved_shares - 1760000, outstanding = outstanding + 1760000;
COMMIT;
SET covenant.as_of = '2005-08-01';
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'shareholder_approval'), ('calbatech', 'list_delivered');

CREATE TEMP VIEW answer AS
SELECT covenant.as_of(), (SELECT slack FROM deals_history ORDER BY day DESC LIMIT 1) AS slack,
	(SELECT string_agg(section || ' ' || duty || ' ' || state, ', ' ORDER BY section, started_on) FROM deals_duty WHERE section = '4(h)') AS duties,
	(SELECT string_agg(from_day || coalesce(' to ' || to_day, ' on'), ', ' ORDER BY from_day) FROM deals_breach) AS breaches,
	(SELECT sum(amount) FROM deals_damages) AS amount, (SELECT sum(paid) FROM deals_damages) AS paid, (SELECT sum(balance) FROM deals_damages) AS balance;
\x on
SET covenant.as_of = '2005-06-07';
SELECT * FROM pg_temp.answer;
SET covenant.as_of = '2005-06-15';
SELECT * FROM pg_temp.answer;
SET covenant.as_of = '2005-06-30';
SELECT * FROM pg_temp.answer;
SET covenant.as_of = '2005-07-20';
SELECT * FROM pg_temp.answer;
SET covenant.as_of = '2005-08-31';
SELECT * FROM pg_temp.answer;
\x off
SELECT holder, section, duty, from_day, to_day, days, principal, amount, shares, elector, election, paid, balance, status FROM deals_damages ORDER BY from_day, holder;
-- By hand: 12 days of June; 7 + 14 days of July, with $2,000,000 and then $1,912,000.
SELECT round(0.03 * 2000000 * 12 / 30.0, 2) AS list, round(0.03 * 2000000 * 7 / 31.0, 2) AS shortfall, round(0.03 * 1912000 * 14 / 31.0, 2) AS after_conversion;

-- The delivery of 20 June is retracted: nobody had received anything.
SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.USOF') AS before \gset
INSERT INTO deals_event (deal, kind, ref) VALUES ('calbatech', 'retraction', :delivery);
CREATE TEMP VIEW short_answer AS SELECT as_of, breaches, amount, paid, balance FROM pg_temp.answer;
SET covenant.as_of = '2005-06-07';
SELECT * FROM pg_temp.short_answer;
SET covenant.as_of = '2005-06-15';
SELECT * FROM pg_temp.short_answer;
SET covenant.as_of = '2005-06-30';
SELECT * FROM pg_temp.short_answer;
SET covenant.as_of = '2005-07-20';
SELECT * FROM pg_temp.short_answer;
SET covenant.as_of = '2005-08-31';
SELECT * FROM pg_temp.short_answer;
-- What was known before that.
SET covenant.known_at = :'before';
SELECT * FROM pg_temp.short_answer;
RESET covenant.known_at;

-- The closing is retracted too: no list was ever due, and every answer changes.
-- The payments, which name a list that is gone, stand against what is owed.
INSERT INTO deals_event (deal, kind, ref) SELECT deal, 'retraction', event_id FROM deals_event WHERE kind = 'closing';
SET covenant.as_of = '2005-06-07';
SELECT as_of, duties, breaches, amount, paid, balance FROM pg_temp.answer;
SET covenant.as_of = '2005-06-15';
SELECT as_of, duties, breaches, amount, paid, balance FROM pg_temp.answer;
SET covenant.as_of = '2005-06-30';
SELECT as_of, duties, breaches, amount, paid, balance FROM pg_temp.answer;
SET covenant.as_of = '2005-07-20';
SELECT as_of, duties, breaches, amount, paid, balance FROM pg_temp.answer;
SET covenant.as_of = '2005-08-31';
SELECT as_of, duties, breaches, amount, paid, balance FROM pg_temp.answer;
-- Nothing was known before anything was recorded.
SET covenant.known_at = '2005-08-31 12:00:00-04';
SELECT (SELECT count(*) FROM deals_history) AS days, (SELECT count(*) FROM deals_duty) AS duties,
	(SELECT count(*) FROM deals_breach) AS breaches, (SELECT count(*) FROM deals_damages) AS damages, (SELECT count(*) FROM deals_monthly_list) AS lists;
RESET covenant.known_at;

-- Adopting again changes the readings, and only them; the old ones stay.
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"months": "30-day"}');
SELECT months, count(*) FROM deals_reading GROUP BY 1 ORDER BY 1;
SET covenant.known_at = :'before';
SELECT sum(amount) FROM deals_damages;
RESET covenant.known_at;

-- What was made: owned by the owner, plain types, rights of who asks, comments.
SELECT c.relname, c.relkind, c.reloptions, obj_description(c.oid, 'pg_class') IS NOT NULL AS comment,
	count(*) FILTER (WHERE col_description(c.oid, a.attnum) IS NULL) AS uncommented,
	count(*) FILTER (WHERE t.typnamespace <> 'pg_catalog'::regnamespace) AS types_not_plain
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'road'::regnamespace AND c.relname ~ '^deals_(event|clause|reading|list|history|holding|duty|breach|damages|damages_month|payment|monthly_list|upcoming|unmatched)$'
GROUP BY c.oid, c.relname, c.relkind, c.reloptions ORDER BY c.relname COLLATE "C";

-- Who may adopt what.
\set VERBOSITY sqlstate
CREATE ROLE covenant_owner;
CREATE ROLE covenant_other;
CREATE SCHEMA other AUTHORIZATION covenant_owner;
GRANT USAGE ON SCHEMA road TO covenant_other;
SET ROLE covenant_owner;
CREATE TABLE other."My Deals" ("Deal Id" bigint PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.adopt('other."My Deals"', 'spa-2005', :'readings');
SELECT covenant.watch_deals('other."My Deals"', 'Deal Id', 'reserved');
SELECT covenant.adopt('other."My Deals"', 'spa-2006', :'readings');
SELECT covenant.adopt('other."My Deals"', 'spa-2005', '{}');
RESET ROLE;
GRANT USAGE ON SCHEMA other TO covenant_other;
SET ROLE covenant_other;
SELECT covenant.adopt('other."My Deals"', 'spa-2005', :'readings');
RESET ROLE;
SELECT covenant.readings('other."My Deals"');
CALL covenant.close_month('other."My Deals"', '2005-05-31');
-- The superuser adopts; everything belongs to the table's owner.
SELECT covenant.adopt('other."My Deals"', 'spa-2005', :'readings');
SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'other'::regnamespace AND relkind IN ('r', 'v');
SET ROLE covenant_owner;
INSERT INTO other."My Deals" VALUES (1, 0);
INSERT INTO other."My Deals_event" (deal, kind) VALUES (1, 'closing');
SELECT count(*) FROM other."My Deals_duty";
SELECT * FROM covenant.readings('other."My Deals"');
RESET ROLE;
-- A reader needs the rights on what the views read.
GRANT SELECT ON other."My Deals_duty" TO covenant_other;
SET ROLE covenant_other;
SELECT count(*) FROM other."My Deals_duty";
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA other TO covenant_other;
SET ROLE covenant_other;
SELECT (SELECT count(*) FROM other."My Deals_duty") AS duties, (SELECT count(*) FROM other."My Deals_damages") AS damages,
	(SELECT count(*) FROM other."My Deals_monthly_list") AS lists, (SELECT count(*) FROM covenant.readings('other."My Deals"')) AS readings;
SELECT covenant.adopt('other."My Deals"', 'spa-2005', :'readings');
RESET ROLE;
-- Names with quotes in them.
CREATE SCHEMA "o'other";
CREATE TABLE "o'other"."Buyers' deals" ("deal's id" uuid PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('"o''other"."Buyers'' deals"', 'deal''s id', 'reserved');
SELECT covenant.adopt('"o''other"."Buyers'' deals"', 'spa-2005', :'readings');
INSERT INTO "o'other"."Buyers' deals" VALUES ('00000000-0000-0000-0000-000000000001', 0);
INSERT INTO "o'other"."Buyers' deals_event" (deal, kind, occurred_on, section) VALUES ('00000000-0000-0000-0000-000000000001', 'breach', '2005-06-01', '3(g)');
SELECT count(*) FROM "o'other"."Buyers' deals_duty";
SELECT count(*) FROM "o'other"."Buyers' deals_damages";
SELECT count(*) FROM covenant.readings('"o''other"."Buyers'' deals"');
SELECT * FROM covenant_internal.breach_damages('"o''other"."Buyers'' deals_reserve"', '00000000-0000-0000-0000-000000000001', '4(h)', '2005-06-01', '2005-06-02');
-- Names that would be cut off are refused.
CREATE TABLE a_table_of_deals_whose_name_is_fifty_two_letters_long (id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('a_table_of_deals_whose_name_is_fifty_two_letters_long', 'id', 'reserved');
SELECT covenant.adopt('a_table_of_deals_whose_name_is_fifty_two_letters_long', 'spa-2005', :'readings');


-- event_table_of_a_stranger, and what else has a name that is needed: it is in the way, whosever it is.
\set VERBOSITY default
\set SHOW_CONTEXT never
GRANT CREATE ON SCHEMA other TO covenant_other;
SET ROLE covenant_owner;
CREATE TABLE other.deals (id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('other.deals', 'id', 'reserved');
SET ROLE covenant_other;
CREATE VIEW other.deals_event AS SELECT 1 AS deal;
SET ROLE covenant_owner;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
RESET ROLE;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
DROP VIEW other.deals_event;
SET ROLE covenant_owner;
CREATE TABLE other.deals_event (what text);
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
DROP TABLE other.deals_event;
CREATE SEQUENCE other.deals_reading;
CREATE VIEW other.deals_duty AS SELECT 1 AS duty;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
DROP VIEW other.deals_duty;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
DROP SEQUENCE other.deals_reading;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
-- A reading table that is no longer the owner's takes no readings; clauses that are not are not read.
RESET ROLE;
ALTER TABLE other.deals_reading OWNER TO covenant_other; ALTER TABLE other.deals_clause OWNER TO covenant_other;
SELECT covenant.adopt('other.deals', 'spa-2005', :'readings');
SELECT * FROM covenant.readings('other.deals');
INSERT INTO other.deals VALUES (1, 0);
INSERT INTO other.deals_event (deal, kind, section) VALUES (1, 'breach', '4(o)');
SELECT * FROM covenant_internal.breach_damages('other.deals_reserve', '1', '4(o)', '2005-06-01', '2005-06-02');

-- names_in_text: names that look like places in a template, a format or a literal are put in once, and stay what they are.
CREATE SCHEMA "sch{event} $1 %s'";
SET search_path = "sch{event} $1 %s'";
SET client_min_messages = warning;
CREATE TABLE "a{clause}'s ""%I"" {key}" ("{key_type}'"" %s" int PRIMARY KEY, "re{deals}" bigint NOT NULL);
CREATE TABLE "no{ledger}tes" ("{k}" int PRIMARY KEY, "{deal}'" int, "ho""lder%L" text, "{p}" numeric, "{price} $1" covenant.share_price, "{s}" text, "{t}" covenant.conversion_terms);
CREATE TABLE "{quotes}'" ("{s}'" text, "{d}%s" date, "lo""w" numeric, PRIMARY KEY ("{s}'", "{d}%s"));
CREATE TABLE "br'each{es}" (id int PRIMARY KEY, "{deal}" int, "{sec}'" text, "{from}" date, "{to}%s" date, "$1" numeric, "{shares}" bigint);
SELECT format('%I.%I', 'sch{event} $1 %s''', n) AS deals, format('%I.%I', 'sch{event} $1 %s''', 'no{ledger}tes') AS notes,
	format('%I.%I', 'sch{event} $1 %s''', '{quotes}''') AS quotes, format('%I.%I', 'sch{event} $1 %s''', 'br''each{es}') AS breaches
FROM (VALUES ('a{clause}''s "%I" {key}')) AS v(n) \gset
SELECT covenant.watch_deals(:'deals', '{key_type}''" %s', 're{deals}');
SELECT covenant.watch_notes(:'notes', :'deals', '{deal}''', '{p}', '{price} $1', 'ho"lder%L');
SELECT covenant.watch_quotes(:'quotes', '{s}''', '{d}%s', 'lo"w', :'notes', '{s}', '{t}');
SELECT covenant.adopt(:'deals', 'spa-2005', :'readings');
SELECT covenant.watch_breaches(:'breaches', :'deals', '{deal}', '{sec}''', '{from}', '{to}%s', '$1', '{shares}');
SET covenant.as_of = '2005-05-23';
INSERT INTO "a{clause}'s ""%I"" {key}" VALUES (1, 100000);
INSERT INTO "no{ledger}tes" VALUES (1, 1, 'A', 1000, 0.1, 'S', '50% of lowest of 1 day');
INSERT INTO "a{clause}'s ""%I"" {key}_event" (deal, kind) VALUES (1, 'closing');
SET covenant.as_of = '2005-09-01';
INSERT INTO "{quotes}'" VALUES ('S', '2005-06-01', 0.1);
SELECT covenant.split(:'deals', '{1}', 2, 1, '2005-06-10', 'down');
INSERT INTO "br'each{es}" VALUES (1, 1, '4(o)', '2005-06-01', '2005-07-01', NULL, NULL);
-- 0.05, halved by the split: 0.025, 40,000 shares; 3 % of 1,000 for the month of June: 30.00, or 1,200 shares
SELECT "{price} $1", "lo""w", "$1", "{shares}", s.note_shares FROM "no{ledger}tes", "{quotes}'", "br'each{es}", "a{clause}'s ""%I"" {key}_status" s;
CALL covenant.close_month(:'deals', '2005-06-30');
SELECT (SELECT count(*) FROM "a{clause}'s ""%I"" {key}_list") AS lists, (SELECT count(*) > 0 FROM "a{clause}'s ""%I"" {key}_duty") AS duties,
	(SELECT count(*) > 0 FROM "a{clause}'s ""%I"" {key}_damages") AS damages, (SELECT count(*) > 0 FROM covenant.readings(:'deals')) AS readings,
	(SELECT count(*) FROM covenant.what_if(:'deals', 1::numeric)) AS what_if, (SELECT count(*) FROM covenant.breakeven(:'deals')) AS breakeven;
INSERT INTO "a{clause}'s ""%I"" {key}_event" (deal, kind) VALUES (1, 'consent');
UPDATE "a{clause}'s ""%I"" {key}" SET "re{deals}" = "re{deals}" - 1;
SELECT covenant.correct(:'notes', '1', '2005-05-25', price => 0.09::numeric, reason => 'it''s {event}');
SELECT * FROM covenant.audit(:'deals');
SELECT covenant.rebuild(:'deals');
SELECT covenant.unwatch(:'breaches'), covenant.unwatch(:'quotes'), covenant.unwatch(:'notes');
SELECT covenant.unwatch(:'deals');

DROP SCHEMA road, other, "o'other", "sch{event} $1 %s'" CASCADE;
DROP ROLE covenant_owner, covenant_other;

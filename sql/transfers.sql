-- Restrictions on transfer, Section 2(f): a table of transfers that exists
-- already is held to them at COMMIT.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA transfers_test;
SET search_path = transfers_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
CREATE TABLE transfers (id int PRIMARY KEY, deal text, seller text, ground text, day date, paper bigint, memo text);
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar", "calendar": "NYGCL", "additional_notes": "counted", "list_interest": "next_year", "lock_up_extends": "effectiveness", "majority": "purchased", "amendment": "options_only", "sunday": "moves"}' AS readings \gset

SELECT * FROM covenant.transfer_bases();
\set VERBOSITY sqlstate
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'day', 'paper');  -- 55000
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'pledge', '2005-08-01');  -- 55000
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'vendor', 'ground', 'day');  -- 42703
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'memo');  -- 42804
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'paper', 'day');  -- 42804
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'day', 'day');  -- 42804
SELECT covenant.watch_transfers('transfers', 'deals', 'id', 'seller', 'ground', 'day');  -- 42804
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', NULL);  -- 22004
CREATE TEMP TABLE passing (deal text, seller text, ground text, day date);
SELECT covenant.watch_transfers('passing', 'deals', 'deal', 'seller', 'ground', 'day');  -- 42809
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'day', 'paper');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'day');  -- 42710
\set VERBOSITY default

SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('cb', 1000000000), ('other', 0);
INSERT INTO notes VALUES (1, 'cb', 'AJW', 260000, 0.06), (2, 'cb', 'Offshore', 1027800, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'closing');
RESET covenant.as_of;
CREATE TABLE papers (name text PRIMARY KEY, id bigint);
WITH e AS (INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('cb', 'opinion_accepted', 'AJW', '2005-08-01') RETURNING event_id) INSERT INTO papers SELECT 'opinion', event_id FROM e;
WITH e AS (INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('cb', 'opinion_accepted', '2005-08-02') RETURNING event_id) INSERT INTO papers SELECT 'for all', event_id FROM e;
WITH e AS (INSERT INTO deals_event (deal, kind, holder, counterparty, occurred_on) VALUES ('cb', 'transferee_agreed', 'Offshore', 'AJW Cayman', '2005-08-03') RETURNING event_id) INSERT INTO papers SELECT 'affiliate', event_id FROM e;
WITH e AS (INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('cb', 'opinion_accepted', 'AJW', '2005-08-01') RETURNING event_id) INSERT INTO papers SELECT 'withdrawn', event_id FROM e;
INSERT INTO deals_event (deal, kind, ref) SELECT 'cb', 'retraction', id::text FROM papers WHERE name = 'withdrawn';
WITH e AS (INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('other', 'opinion_accepted', '2005-08-01') RETURNING event_id) INSERT INTO papers SELECT 'other deal', event_id FROM e;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('cb', 'registration_effective', '2005-09-01'), ('cb', 'sales_suspended', '2005-10-01'), ('cb', 'sales_resumed', '2005-10-11');

-- What the trigger says is what the function says.
CREATE FUNCTION pg_temp.outcome(t transfers) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rule text;
	why text;
	reason text := covenant.transfer_restriction('deals', t.deal, t.seller, t.ground, t.day, t.paper::text);
BEGIN
	INSERT INTO transfers SELECT (t).*;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION 'let through' USING ERRCODE = 'P0002';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME, why = PG_EXCEPTION_DETAIL;
	RETURN CASE WHEN SQLSTATE = 'P0002' AND reason IS NULL THEN 'let through'
		WHEN SQLSTATE = '23514' AND lower(why) = lower(reason || '.') THEN rule ELSE concat_ws(' BUT ', SQLERRM, reason) END;
END
$$;
CREATE FUNCTION pg_temp.paper(text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT id FROM transfers_test.papers WHERE name = $1';
SELECT n, seller, ground, day, paper, pg_temp.outcome(ROW(1, 'cb', seller, ground, day, pg_temp.paper(paper), NULL)::transfers)
FROM (VALUES
	(1, 'AJW', NULL, date '2005-08-01', NULL), (2, 'AJW', 'gift', '2005-08-01', NULL), (3, 'AJW', 'Opinion', '2005-08-01', 'opinion'),
	(4, 'AJW', 'opinion', '2005-08-01', NULL), (5, 'AJW', 'opinion', '2005-08-01', 'opinion'), (6, 'AJW', 'opinion', '2005-07-31', 'opinion'),
	(7, 'Offshore', 'opinion', '2005-08-01', 'opinion'), (8, 'Offshore', 'opinion', '2005-08-02', 'for all'), (9, 'AJW', 'opinion', '2005-08-01', 'withdrawn'),
	(10, 'AJW', 'opinion', '2005-08-01', 'other deal'), (11, 'Offshore', 'opinion', '2005-08-03', 'affiliate'), (12, 'Offshore', 'affiliate', '2005-08-03', 'affiliate'),
	(13, 'Offshore', 'affiliate', '2005-08-03', 'for all'), (14, 'Offshore', 'affiliate', '2005-08-03', NULL), (15, 'AJW', 'regulation s', '2005-08-01', 'opinion'),
	(16, 'AJW', 'regulation s', '2005-08-01', NULL), (17, 'AJW', 'rule 144', '2005-08-01', NULL), (18, 'AJW', 'pledge', '2005-08-01', NULL),
	(19, 'AJW', 'registered', '2005-08-31', NULL), (20, 'AJW', 'registered', '2005-09-01', NULL), (21, 'AJW', 'registered', '2005-10-01', NULL),
	(22, 'AJW', 'registered', '2005-10-10', NULL), (23, 'AJW', 'registered', '2005-10-11', NULL), (24, 'a stranger', 'rule 144', '2005-08-01', NULL)) v(n, seller, ground, day, paper) ORDER BY n;
SELECT n, covenant.transfer_restriction('deals', 'cb', seller, ground, day, paper) FROM (VALUES
	(1, 'AJW', NULL, date '2005-08-01', NULL), (2, 'AJW', 'gift', '2005-08-01', NULL), (3, 'AJW', 'opinion', '2005-08-01', NULL), (4, 'AJW', 'opinion', '2005-08-01', '999'),
	(5, 'AJW', 'opinion', '2005-08-01', 'the letter'), (6, 'AJW', 'registered', '2005-08-31', NULL), (7, 'AJW', 'registered', '2005-10-10', NULL)) v(n, seller, ground, day, paper) ORDER BY n;
SELECT covenant.transfer_restriction('deals', 'cb', 'Offshore', 'opinion', '2005-08-03', id::text) ~ ' is about "AJW"$' AS about FROM papers WHERE name = 'opinion';
SELECT covenant.transfer_restriction('deals', 'cb', 'Offshore', 'opinion', '2005-08-03', id::text) ~ ' is an event transferee_agreed, and ' AS other_kind FROM papers WHERE name = 'affiliate';
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'opinion', '2005-08-01', '0' || id) IS NULL AS spelt_otherwise FROM papers WHERE name = 'opinion';
-- What nobody knew then: as known before the opinion was recorded.
SELECT min(recorded_at) AS known FROM deals_event \gset
SET covenant.known_at = :'known';
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'opinion', '2005-08-01', id::text) IS NULL AS known_already FROM papers WHERE name = 'opinion';
-- But the trigger goes by all that is on record, and what is as of some day does not bear on it.
SET covenant.as_of = '2005-06-01';
BEGIN;
INSERT INTO transfers SELECT 1, 'cb', 'AJW', 'opinion', '2005-08-01', id FROM papers WHERE name = 'opinion';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
RESET covenant.as_of;
RESET covenant.known_at;
\set VERBOSITY sqlstate
SELECT covenant.transfer_restriction('deals', 'nowhere', 'AJW', 'pledge', '2005-08-01');  -- 22023
SELECT covenant.transfer_restriction('deals', NULL, 'AJW', 'pledge', '2005-08-01');  -- 22004
SELECT covenant.transfer_restriction('deals', 'cb', NULL, 'pledge', '2005-08-01');  -- 22004
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'pledge', NULL);  -- 22004
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'pledge', 'infinity');  -- 22008
SELECT covenant.transfer_restriction('notes', 'cb', 'AJW', 'pledge', '2005-08-01');  -- 55000
INSERT INTO transfers VALUES (1, 'cb', NULL, 'pledge', '2005-08-01');  -- 23502
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'pledge', NULL);  -- 23502
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'pledge', 'infinity');  -- 22008
\set VERBOSITY default

-- The refusals, with their reasons.
INSERT INTO transfers VALUES (1, 'cb', 'AJW', NULL, '2005-08-01');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'opinion', '2005-08-01');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'affiliate', '2005-08-01', 999);
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'registered', '2005-08-01');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'registered', '2005-10-05');
-- A row of no deal is not judged.
INSERT INTO transfers VALUES (99, NULL, 'AJW', 'gift', '2005-08-01');

-- Whatever writes: MERGE, COPY, ON CONFLICT, savepoints; evidence in the same transaction, before or after.
MERGE INTO transfers t USING (VALUES (2)) v(id) ON t.id = v.id WHEN NOT MATCHED THEN INSERT (id, deal, seller, ground, day) VALUES (v.id, 'cb', 'AJW', 'gift', '2005-08-01');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'pledge', '2005-08-01');
MERGE INTO transfers t USING (VALUES (1)) v(id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET ground = 'opinion';
COPY transfers (id, deal, seller, ground, day) FROM stdin;
2	cb	AJW	rule 144	2005-08-01
3	cb	AJW	gift	2005-08-01
\.
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'gift', '2005-08-01') ON CONFLICT (id) DO NOTHING;
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'gift', '2005-08-01') ON CONFLICT (id) DO UPDATE SET ground = EXCLUDED.ground;
UPDATE transfers SET seller = 'Offshore', day = '2005-07-01' WHERE id = 1;
UPDATE transfers SET ground = 'registered' WHERE id = 1;
WITH w AS (INSERT INTO transfers VALUES (2, 'cb', 'AJW', 'gift', '2005-08-01') RETURNING id) SELECT * FROM w;
BEGIN;
INSERT INTO transfers VALUES (2, 'cb', 'AJW', 'gift', '2005-08-01');
UPDATE transfers SET memo = 'a word' WHERE id = 2;
COMMIT;
BEGIN;
INSERT INTO transfers VALUES (2, 'cb', 'AJW', 'gift', '2005-08-01');
UPDATE transfers SET ground = 'rule 144' WHERE id = 2;
SAVEPOINT a;
UPDATE transfers SET ground = 'gift' WHERE id = 2;
ROLLBACK TO a;
INSERT INTO transfers VALUES (3, 'cb', 'AJW', 'gift', '2005-08-01');
DELETE FROM transfers WHERE id = 3;
COMMIT;
BEGIN;
INSERT INTO transfers VALUES (3, 'cb', 'Offshore', 'opinion', '2005-08-05');
WITH e AS (INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('cb', 'opinion_accepted', 'Offshore', '2005-08-05') RETURNING event_id)
UPDATE transfers SET paper = event_id FROM e WHERE id = 3;
COMMIT;
BEGIN;
SAVEPOINT a;
INSERT INTO transfers VALUES (4, 'cb', 'AJW', 'gift', '2005-08-01');
SELECT covenant.check('deals');
ROLLBACK TO a;
COMMIT;
SELECT id, seller, ground, day, memo FROM transfers WHERE deal = 'cb' ORDER BY id;
-- A retraction of what it rested on refuses nothing, and the audit tells.
BEGIN;
INSERT INTO deals_event (deal, kind, ref) SELECT deal, 'retraction', paper::text FROM transfers WHERE id = 3;
SELECT deal, regexp_replace(what, '[0-9]+ is', 'N is'), books, tables FROM covenant.audit('deals');
ROLLBACK;
SELECT count(*) FROM covenant.audit('deals');
DELETE FROM transfers;

-- An override lets it through, for once, and the breach is on record: the
-- buyer's, without a remedy; it costs the company nothing.
BEGIN;
SELECT covenant.override('deals', 'the heirs insisted');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'gift', '2005-08-01'), (2, 'cb', 'a stranger', 'gift', '2005-08-02');
UPDATE transfers SET memo = 'in the family' WHERE id = 1;
COMMIT;
SELECT kind, occurred_on, section, holder, subject, note FROM deals_event WHERE kind = 'breach' ORDER BY occurred_on;
SELECT section, duty, owed_by, holder, started_on, state FROM deals_duty WHERE section = '2(f)' AND owed_by = 'buyers' ORDER BY started_on;
SELECT count(*) AS of_the_company FROM deals_breach WHERE section = '2(f)';
SELECT count(*) AS costs FROM deals_damages WHERE section = '2(f)';
SELECT count(*) AS audited FROM covenant.audit('deals');
UPDATE transfers SET memo = 'told the company' WHERE id = 1;
UPDATE transfers SET ground = 'present' WHERE id = 1;
INSERT INTO deals_event (deal, kind, section, holder, occurred_on) VALUES ('cb', 'cure', '2(f)', 'AJW', '2005-09-01');
SELECT holder, started_on, done_on FROM deals_duty WHERE section = '2(f)' AND owed_by = 'buyers' ORDER BY started_on;
-- To record and to warn; the same breach is recorded once.
SELECT covenant.unwatch('notes');
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
DELETE FROM transfers;
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'gift', '2005-08-01'), (3, 'cb', 'Offshore', 'gift', '2005-08-01');
SELECT occurred_on, holder, note FROM deals_event WHERE kind = 'breach' ORDER BY occurred_on, holder;
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'warn');
INSERT INTO transfers VALUES (4, 'cb', 'Offshore', 'opinion', '2005-08-09');
SELECT occurred_on, holder, note FROM deals_event WHERE kind = 'breach' AND occurred_on = '2005-08-09';
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
DELETE FROM transfers;

-- Rights: who writes transfers needs none on the books; reasons are for those
-- who may read the events; what a policy hides does not change a verdict.
CREATE ROLE regress_covenant_registrar;
GRANT USAGE, CREATE ON SCHEMA transfers_test TO regress_covenant_registrar;
GRANT INSERT ON transfers TO regress_covenant_registrar;
SELECT id AS opinion FROM papers WHERE name = 'opinion' \gset
SET ROLE regress_covenant_registrar;
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'gift', '2005-08-01');
INSERT INTO transfers VALUES (1, 'cb', 'AJW', 'opinion', '2005-08-01', :opinion);
SELECT covenant.transfer_restriction('deals', 'cb', 'AJW', 'pledge', '2005-08-01');
RESET ROLE;
ALTER TABLE deals_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE deals_event FORCE ROW LEVEL SECURITY;
GRANT SELECT ON deals_event TO regress_covenant_registrar;
SET ROLE regress_covenant_registrar;
INSERT INTO transfers VALUES (2, 'cb', 'AJW', 'gift', '2005-08-01');
INSERT INTO transfers VALUES (2, 'cb', 'AJW', 'opinion', '2005-08-01', :opinion);
RESET ROLE;
ALTER TABLE deals_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_event DISABLE ROW LEVEL SECURITY;
-- A table of hers that names the books records nothing in them, nor does a second trigger on theirs.
SET ROLE regress_covenant_registrar;
CREATE TABLE forged (deal text, seller text, ground text, day date);
CREATE CONSTRAINT TRIGGER covenant_transfer AFTER INSERT OR UPDATE ON forged DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.transfer('table=transfers', 'schema=transfers_test', 'ledger=deals_reserve', 'deal=deal', 'holder=seller', 'basis=ground', 'on_day=day');
INSERT INTO forged VALUES ('cb', 'AJW', 'gift', '2005-08-01');
DROP TRIGGER covenant_transfer ON forged;
CREATE TRIGGER covenant_transfer AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.transfer('table=transfers', 'schema=transfers_test', 'ledger=deals_reserve');
INSERT INTO forged VALUES ('cb', 'AJW', 'gift', '2005-08-01');
RESET ROLE;
GRANT TRIGGER ON transfers TO regress_covenant_registrar;
SET ROLE regress_covenant_registrar;
CREATE CONSTRAINT TRIGGER mine AFTER INSERT OR UPDATE ON transfers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.transfer('table=transfers', 'schema=transfers_test', 'ledger=deals_reserve', 'deal=deal', 'holder=memo', 'basis=ground', 'on_day=day');
RESET ROLE;
INSERT INTO transfers VALUES (3, 'cb', 'AJW', 'pledge', '2005-08-01');
DROP TRIGGER mine ON transfers;
SELECT count(*) FROM covenant.audit('deals');

-- Renames, columns that go, and books that are gone, are told at the next write.
ALTER TABLE transfers RENAME TO assignments;
INSERT INTO assignments VALUES (3, 'cb', 'AJW', 'gift', '2005-08-01');
ALTER TABLE assignments RENAME TO transfers;
ALTER TABLE transfers RENAME ground TO basis;
INSERT INTO transfers VALUES (3, 'cb', 'AJW', 'pledge', '2005-08-01');
ALTER TABLE transfers RENAME basis TO ground;
ALTER TABLE transfers ALTER day TYPE timestamp;
INSERT INTO transfers VALUES (3, 'cb', 'AJW', 'pledge', '2005-08-01');
ALTER TABLE transfers ALTER day TYPE date, ALTER seller TYPE varchar(30), ALTER paper TYPE text;
INSERT INTO transfers VALUES (3, 'cb', 'AJW', 'opinion', '2005-08-01', :'opinion');
INSERT INTO transfers VALUES (4, 'cb', 'AJW', 'opinion', '2005-08-01', 'a letter');
SELECT covenant.unwatch('transfers');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'ground', 'day');
-- Without a column of evidence a basis that needs some is refused, and audit tells.
SELECT count(*) FROM covenant.audit('deals');
INSERT INTO transfers VALUES (4, 'cb', 'AJW', 'opinion', '2005-08-01', :'opinion');
ALTER TABLE deals_reserve RENAME TO hoard;
INSERT INTO transfers VALUES (4, 'cb', 'AJW', 'pledge', '2005-08-01');
ALTER TABLE hoard RENAME TO deals_reserve;
SELECT covenant.unwatch('transfers');
INSERT INTO transfers VALUES (4, 'cb', 'AJW', 'gift', '2005-08-01');
SELECT covenant.unwatch('transfers');

-- Partitioned, and inherited; a row that moves is judged where it comes; a key of another type.
CREATE TABLE loans (id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('loans', 'id', 'reserved');
SELECT covenant.adopt('loans', 'spa-2005', :'readings');
INSERT INTO loans VALUES (7, 0);
CREATE TABLE parted (loan int, seller int, ground text, day date) PARTITION BY LIST (ground);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN ('pledge');
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
SELECT covenant.watch_transfers('parted', 'loans', 'loan', 'seller', 'ground', 'day');
CREATE TABLE parted_3 PARTITION OF parted FOR VALUES IN ('registered');
INSERT INTO parted VALUES (7, 1, 'pledge', '2005-09-01');
INSERT INTO parted VALUES (7, 1, 'registered', '2005-09-01');
INSERT INTO parted_2 VALUES (7, 1, 'gift', '2005-09-01');
UPDATE parted SET ground = 'gift';
SELECT covenant.unwatch('parted');
INSERT INTO parted VALUES (7, 1, 'gift', '2005-09-01');
CREATE TABLE elder (loan int, seller int, ground text, day date);
CREATE TABLE younger (more int) INHERITS (elder);
SELECT covenant.watch_transfers('elder', 'loans', 'loan', 'seller', 'ground', 'day');
INSERT INTO younger VALUES (7, 1, 'gift', '2005-09-01');
INSERT INTO elder VALUES (7, 1, 'gift', '2005-09-01');
SELECT covenant.unwatch('elder');
INSERT INTO younger VALUES (7, 1, 'gift', '2005-09-01');

SET client_min_messages = warning;
DROP SCHEMA transfers_test CASCADE;
DROP ROLE regress_covenant_registrar;

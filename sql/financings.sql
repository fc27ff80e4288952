-- A table of financings that exists already: the limits on raising capital of
-- Section 4(e) are held at COMMIT.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA financings_test;
SET search_path = financings_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
CREATE TABLE financings (id int PRIMARY KEY, deal text, name text, what text, signed date, closing date, price covenant.share_price, market numeric, free text, memo text);
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar", "calendar": "NYGCL", "additional_notes": "counted", "list_interest": "next_year", "lock_up_extends": "effectiveness", "majority": "purchased", "amendment": "options_only", "sunday": "moves"}' AS readings \gset

\set VERBOSITY sqlstate
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'closing', 'price', 'market', 'free');  -- 55000
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'title', 'what', 'signed', 'closing');  -- 42703
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'memo');  -- 42804
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'closing', 'memo');  -- 42804
SELECT covenant.watch_offerings('financings', 'deals', 'id', 'name', 'what', 'signed', 'closing');  -- 42804
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', NULL);  -- 22004
CREATE TEMP TABLE passing (deal text, name text, what text, signed date, closing date);
SELECT covenant.watch_offerings('passing', 'deals', 'deal', 'name', 'what', 'signed', 'closing');  -- 42809
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'closing', price => 'price', market_price => 'market', exception => 'free');
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'closing');  -- 42710
\set VERBOSITY default

-- Four Buyers: 13 %, 51.39 %, 34.71 % and 0.9 %.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('cb', 1000000000), ('other', 0);
INSERT INTO notes VALUES (1, 'cb', 'AJW', 260000, 0.06), (2, 'cb', 'Offshore', 1027800, 0.06), (3, 'cb', 'Qualified', 694200, 0.06), (4, 'cb', 'Millennium', 18000, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'closing');
RESET covenant.as_of;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('cb', 'registration_effective', '2005-08-21');

-- What is agreed in the Lock-up Period, from the closing to 2006-02-17.
CREATE FUNCTION pg_temp.outcome(f financings) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rule text;
BEGIN
	INSERT INTO financings SELECT (f).*;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION 'let through' USING ERRCODE = 'P0002';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
	RETURN CASE WHEN SQLSTATE = 'P0002' THEN 'let through' ELSE SQLSTATE || ' ' || rule END;
END
$$;
SELECT signed, what, price, market, pg_temp.outcome(ROW(1, 'cb', 'X', what, signed, NULL, price, market, NULL, NULL)::financings)
FROM (VALUES
	(1, date '2005-05-22', 'warrants', NULL, NULL), (2, '2005-05-23', 'warrants', NULL, NULL), (3, '2006-02-17', 'warrants', NULL, NULL), (4, '2006-02-18', 'warrants', NULL, NULL),
	(5, '2005-09-01', 'variable convertible', NULL, NULL), (6, '2005-09-01', 'fixed convertible', NULL, NULL), (7, '2005-09-01', 'straight debt', NULL, NULL),
	(8, '2005-09-01', 'common stock', '0.12', 0.12), (9, '2005-09-01', 'common stock', '0.1199', 0.12), (10, '2005-09-01', 'common stock', '1/15', 0.06666666666666666667),
	(11, '2005-09-01', 'common stock', NULL, 0.12), (12, '2005-09-01', 'common stock', '0.12', NULL), (13, '2005-09-01', 'common stock and warrants', '0.12', 0.12),
	(14, '2006-02-18', 'common stock', NULL, NULL), (15, '2005-09-01', 'preferred stock', NULL, NULL), (16, NULL, 'warrants', NULL, NULL), (17, '2005-09-01', NULL, NULL, NULL),
	(18, 'infinity', 'warrants', NULL, NULL)) v(n, signed, what, price, market) ORDER BY n;
SELECT free, pg_temp.outcome(ROW(1, 'cb', 'X', 'warrants', '2005-09-01', '2005-09-02', NULL, NULL, free, NULL)::financings)
FROM unnest(ARRAY['underwritten', 'strategic transaction', 'existing securities', 'shareholder-approved plan', 'this agreement', 'a friend of the house', '', NULL]) WITH ORDINALITY u(free, n) ORDER BY n;
-- Rows of no deal, of a deal that has not closed, of one that is not there.
SELECT deal, pg_temp.outcome(ROW(1, deal, 'X', 'warrants', '2005-09-01', '2005-09-02', NULL, NULL, NULL, NULL)::financings) FROM unnest(ARRAY[NULL, 'other', 'nowhere']) deal;

-- The refusals, with their numbers.
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 1', 'variable convertible', '2005-09-01');
INSERT INTO financings (id, deal, name, what, signed, price, market) VALUES (1, 'cb', 'PIPE 1', 'common stock', '2005-09-01', '0.1', 0.12);
INSERT INTO financings (id, deal, name, what, signed, price) VALUES (1, 'cb', 'PIPE 1', 'common stock', '2005-09-01', '0.1');
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 1', 'warrants', '2005-06-01');
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 1', 'options', '2005-09-01');
INSERT INTO financings (id, deal, name, what, signed, free) VALUES (1, 'cb', 'PIPE 1', 'warrants', '2005-09-01', 'a friend of the house');
INSERT INTO financings (id, deal, what, signed) VALUES (1, 'cb', 'warrants', '2005-09-01');

-- Consents: more than half of the principal, by that day.  Offshore alone is
-- 51.39 %; AJW, Qualified and Millennium are 48.61 %.
BEGIN;
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) SELECT 'cb', 'consent', h, '4(e)', 'PIPE 1', '2005-08-31' FROM unnest(ARRAY['AJW', 'Qualified', 'Millennium', 'AJW']) h;
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 1', 'variable convertible', '2005-09-01');
SAVEPOINT s;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
-- It comes on the day itself, after the row was written; a day later would be too late.
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) VALUES ('cb', 'consent', 'Offshore', '4(e)', 'PIPE 1', '2005-09-01');
SELECT covenant.check('deals');
UPDATE financings SET signed = '2005-08-31';
SELECT covenant.check('deals');
ROLLBACK;
-- Of another section, of another offering, or retracted, it is none.
BEGIN;
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) VALUES ('cb', 'consent', 'Offshore', '4(h)', 'PIPE 1', '2005-09-01'), ('cb', 'consent', 'Offshore', '4(e)', 'PIPE 2', '2005-09-01');
SELECT pg_temp.outcome(ROW(1, 'cb', 'PIPE 1', 'warrants', '2005-09-01', NULL, NULL, NULL, NULL, NULL)::financings), pg_temp.outcome(ROW(1, 'cb', 'PIPE 2', 'warrants', '2005-09-01', NULL, NULL, NULL, NULL, NULL)::financings);
INSERT INTO deals_event (deal, kind, ref) SELECT deal, 'retraction', event_id::text FROM deals_event WHERE subject = 'PIPE 2';
SELECT pg_temp.outcome(ROW(1, 'cb', 'PIPE 2', 'warrants', '2005-09-01', NULL, NULL, NULL, NULL, NULL)::financings);
ROLLBACK;
-- By what is outstanding: Offshore has converted all but 400,000, which is less than half.
BEGIN;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"majority": "outstanding"}', from_day => '2005-01-01');
SET LOCAL covenant.as_of = '2005-08-01';
UPDATE notes SET balance = 400000 WHERE id = 2;
COMMIT;
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) VALUES ('cb', 'consent', 'Offshore', '4(e)', 'PIPE 3', '2005-07-01');
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 3', 'warrants', '2005-09-01');
SELECT pg_temp.outcome(ROW(1, 'cb', 'PIPE 3', 'warrants', '2005-07-31', NULL, NULL, NULL, NULL, NULL)::financings) AS before_it_converted;
SELECT covenant.adopt('deals', 'spa-2005', :'readings', from_day => '2005-01-01');
SELECT pg_temp.outcome(ROW(1, 'cb', 'PIPE 3', 'warrants', '2005-09-01', NULL, NULL, NULL, NULL, NULL)::financings) AS purchased;
-- A reading that was left out is asked for where it decides, and nowhere else.
-- Majority: the two ways to count agree before Offshore converted and of an offering
-- to which nobody consented.  The Lock-up Period of the other deal ends on 2006-02-17
-- or 2006-04-03.  An amended offering may close on 2006-06-07 or 2006-06-20.
BEGIN;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb - '{as,lock_up_extends,majority,amendment}'::text[] ||
	'{"day_count": "ACT/365F", "base": "own_notes", "stacking": "one", "recovery": "restarts", "board_curable": "counts", "shortfall": "thirty_days_only", "approval": "approval", "accrual": "after_deadline", "list_accrual": "after_deadline", "cure_day": "excluded", "expenses": "after_due_date", "expenses_base": "total", "expenses_breach": "interest_only", "each_buyer": "holders"}', from_day => '2005-01-01');
SELECT name, signed, pg_temp.outcome(ROW(2, 'cb', name, 'warrants', signed, NULL, NULL, NULL, NULL, NULL)::financings)
FROM (VALUES ('PIPE 3', date '2005-09-01'), ('PIPE 3', '2005-07-31'), ('PIPE 4', '2005-09-01')) v(name, signed);
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('other', 'closing', '2005-05-23'), ('other', 'registration_effective', '2005-06-01'), ('other', 'sales_suspended', '2005-07-01'), ('other', 'sales_resumed', '2005-08-15');
SELECT signed, pg_temp.outcome(ROW(2, 'other', 'X', 'warrants', signed, NULL, NULL, NULL, NULL, NULL)::financings) FROM unnest('{2006-02-17,2006-02-18,2006-04-03,2006-04-04}'::date[]) signed;
SELECT deal, duty, due_on, state FROM deals_duty WHERE section = '4(e)' ORDER BY deal, duty;
INSERT INTO deals_event (deal, kind, holder, subject, occurred_on) SELECT 'cb', 'offering_notice', h, 'Z', d FROM unnest('{AJW,Offshore,Qualified,Millennium}'::text[]) h, unnest('{2006-05-01,2006-05-22}'::date[]) d;
SELECT DISTINCT earliest_closing FROM deals_offering WHERE offering = 'Z';
INSERT INTO deals_event (deal, kind, subject, occurred_on) VALUES ('cb', 'offering_amended', 'Z', '2006-05-20');
SELECT closing, pg_temp.outcome(ROW(2, 'cb', 'Z', 'warrants', '2006-05-01', closing, NULL, NULL, NULL, NULL)::financings) FROM unnest('{2006-06-06,2006-06-07,2006-06-19,2006-06-20}'::date[]) closing;
SAVEPOINT a;
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (2, 'cb', 'Z', 'warrants', '2006-05-01', '2006-06-07');
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;

-- The right of first offer, from the closing to 2008-02-17.
INSERT INTO deals_event (deal, kind, holder, subject, occurred_on) VALUES ('cb', 'offering_notice', 'AJW', 'Series B', '2006-07-03'),
	('cb', 'offering_notice', 'Offshore', 'Series B', '2006-07-06'), ('cb', 'offering_notice', 'Qualified', 'Series B', '2006-07-11');
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (1, 'cb', 'Series B', 'fixed convertible', '2006-07-01', '2006-08-08');
-- Not agreed upon a closing yet: nothing to judge.
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (1, 'cb', 'Series B', 'fixed convertible', '2006-07-01', NULL);
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) VALUES ('cb', 'waiver', 'Millennium', '4(e)', 'Series B', '2006-07-10');
UPDATE financings SET closing = '2006-08-07' WHERE id = 1;
UPDATE financings SET closing = '2006-08-08' WHERE id = 1;
-- Amended: a notice each again, of the terms as they are.
UPDATE financings SET closing = '2006-08-22' WHERE id = 1;
INSERT INTO deals_event (deal, kind, subject, occurred_on) VALUES ('cb', 'offering_amended', 'Series B', '2006-08-01');
UPDATE financings SET closing = '2006-08-21' WHERE id = 1;
INSERT INTO deals_event (deal, kind, holder, subject, occurred_on) VALUES ('cb', 'offering_notice', 'AJW', 'Series B', '2006-08-01'),
	('cb', 'offering_notice', 'Qualified', 'Series B', '2006-08-01'), ('cb', 'offering_notice', 'Offshore', 'Series B', '2006-08-04');
UPDATE financings SET closing = '2006-08-21' WHERE id = 1;
UPDATE financings SET closing = '2006-08-23' WHERE id = 1;
SELECT closing, pg_temp.outcome(ROW(2, 'cb', 'Z', what, '2008-01-01', closing, NULL, NULL, NULL, NULL)::financings), what
FROM (VALUES (1, date '2008-02-17', 'common stock'), (2, '2008-02-18', 'common stock'), (3, '2008-02-17', 'straight debt')) v(n, closing, what) ORDER BY n;
-- Who has waived the right as such needs no notice of anything.
BEGIN;
INSERT INTO deals_event (deal, kind, holder, section, occurred_on) SELECT 'cb', 'waiver', h, '4(e)', '2006-09-01' FROM unnest(ARRAY['AJW', 'Qualified', 'Millennium']) h;
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (2, 'cb', 'Series C', 'warrants', '2006-09-10', '2006-10-10');
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;

-- Whatever writes: MERGE, COPY, ON CONFLICT, an UPDATE that makes a bad row, in
-- the end or on the way, with savepoints.
MERGE INTO financings f USING (VALUES (2)) v(id) ON f.id = v.id WHEN NOT MATCHED THEN INSERT (id, deal, name, what, signed) VALUES (v.id, 'cb', 'M', 'warrants', '2005-09-01');
MERGE INTO financings f USING (VALUES (1)) v(id) ON f.id = v.id WHEN MATCHED THEN UPDATE SET what = 'warrants', signed = '2005-09-01';
COPY financings (id, deal, name, what, signed) FROM stdin;
2	cb	ok	straight debt	2005-09-01
3	cb	bad	warrants	2005-09-01
\.
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'Series B', 'warrants', '2005-09-01') ON CONFLICT (id) DO NOTHING;
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'Series B', 'warrants', '2005-09-01') ON CONFLICT (id) DO UPDATE SET signed = EXCLUDED.signed, what = EXCLUDED.what;
WITH w AS (INSERT INTO financings (id, deal, name, what, signed) VALUES (2, 'cb', 'W', 'warrants', '2005-09-01') RETURNING id) SELECT * FROM w;
BEGIN;
INSERT INTO financings (id, deal, name, what, signed) VALUES (2, 'cb', 'S', 'warrants', '2005-09-01');
UPDATE financings SET memo = 'a word' WHERE id = 2;
COMMIT;
BEGIN;
INSERT INTO financings (id, deal, name, what, signed) VALUES (2, 'cb', 'S', 'warrants', '2005-09-01');
UPDATE financings SET signed = '2006-03-01' WHERE id = 2;
SAVEPOINT a;
UPDATE financings SET signed = '2005-09-01' WHERE id = 2;
ROLLBACK TO a;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'S', 'warrants', '2005-09-01');
DELETE FROM financings WHERE id = 3;
COMMIT;
BEGIN;
UPDATE financings SET signed = '2006-03-02' WHERE id = 2;
SAVEPOINT a;
UPDATE financings SET signed = '2005-09-01' WHERE id = 2;
RELEASE a;
UPDATE financings SET memo = 'another word' WHERE id = 2;
COMMIT;
SELECT id, name, what, signed, closing, memo FROM financings ORDER BY id;
BEGIN;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'T', 'warrants', '2005-09-01');
TRUNCATE financings;
ROLLBACK;
BEGIN;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'T', 'warrants', '2005-09-01');
ALTER TABLE financings ALTER memo TYPE varchar(100);
ROLLBACK;
DELETE FROM financings;

-- An override lets it through, for once, and the breach is on record.
BEGIN;
SELECT covenant.override('deals', 'the bank would have closed the account');
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (1, 'cb', 'Bridge', 'warrants', '2005-09-01', NULL);
UPDATE financings SET memo = 'signed at night' WHERE id = 1;
COMMIT;
SELECT deal, kind, occurred_on, section, holder, subject, note FROM deals_event WHERE kind = 'breach';
SELECT section, duty, promise, from_day, to_day, cause FROM deals_breach WHERE promise = '4(e)';
SELECT * FROM covenant.audit('deals');
-- What came in past the trigger, or can be seen as a breach only by what is learnt
-- later, the audit lists; so too what cannot be judged.
BEGIN;
ALTER TABLE financings DISABLE TRIGGER covenant_offering;
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (5, 'cb', 'Quiet', 'warrants', '2005-09-01', '2005-09-30'), (6, 'cb', 'Odd', 'options', '2005-09-01', NULL), (7, 'cb', NULL, 'warrants', NULL, NULL);
INSERT INTO deals_event (deal, kind, ref) SELECT deal, 'retraction', event_id::text FROM deals_event WHERE kind = 'breach';
SELECT * FROM covenant.audit('deals');
ROLLBACK;
-- What does not bear on the limit is not judged again; what does is.
UPDATE financings SET memo = 'told the Buyers' WHERE id = 1;
UPDATE financings SET closing = '2008-03-01' WHERE id = 1;
UPDATE financings SET what = 'common stock and warrants', price = '0.12', market = 0.12 WHERE id = 1;
UPDATE financings SET closing = '2005-10-01' WHERE id = 1;
-- To record and to warn; the same breach is recorded once.
SELECT covenant.unwatch('notes');
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
UPDATE financings SET closing = '2005-10-01' WHERE id = 1;
DELETE FROM financings;
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (1, 'cb', 'Bridge', 'warrants', '2005-09-01', '2005-10-01');
SELECT occurred_on, subject, note FROM deals_event WHERE kind = 'breach' ORDER BY event_id;
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'warn');
INSERT INTO financings (id, deal, name, what, signed, closing) VALUES (2, 'cb', 'Gap', 'warrants', '2005-09-01', '2005-10-01');
SELECT occurred_on, subject, note FROM deals_event WHERE kind = 'breach' AND subject = 'Gap' ORDER BY event_id;
SELECT covenant.unwatch('deals');
SELECT covenant.watch_deals('deals', 'id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
DELETE FROM financings;
-- A cure, a waiver and an election of what the company owes for it are tied by
-- the section, though that has clauses of its own.
INSERT INTO deals_event (deal, kind, section, choice) VALUES ('cb', 'election', '4(e)', 'cash');
INSERT INTO deals_event (deal, kind, section, subject, occurred_on) SELECT 'cb', 'cure', '4(e)', 'Gap', '2005-12-01' FROM generate_series(1, 2);
SELECT kind, subject, why FROM deals_unmatched WHERE kind IN ('election', 'cure');
SELECT from_day, to_day, promise FROM deals_breach WHERE promise = '4(e)' ORDER BY to_day;

-- Rights: who writes financings needs none on the books; the figures are for
-- those who may read the events; what a policy hides does not change a verdict.
CREATE ROLE regress_covenant_treasurer;
GRANT USAGE, CREATE ON SCHEMA financings_test TO regress_covenant_treasurer;
GRANT INSERT ON financings TO regress_covenant_treasurer;
SET ROLE regress_covenant_treasurer;
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 1', 'warrants', '2005-09-01');
INSERT INTO financings (id, deal, name, what, signed) VALUES (1, 'cb', 'PIPE 3', 'warrants', '2005-09-01');
RESET ROLE;
ALTER TABLE deals_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE deals_event FORCE ROW LEVEL SECURITY;
ALTER TABLE financings ENABLE ROW LEVEL SECURITY;
CREATE POLICY writes ON financings FOR INSERT TO regress_covenant_treasurer WITH CHECK (true);
GRANT SELECT ON deals_event TO regress_covenant_treasurer;
SET ROLE regress_covenant_treasurer;
INSERT INTO financings (id, deal, name, what, signed) VALUES (2, 'cb', 'PIPE 1', 'warrants', '2005-09-01');
INSERT INTO financings (id, deal, name, what, signed) VALUES (2, 'cb', 'PIPE 3', 'warrants', '2005-09-01');
RESET ROLE;
ALTER TABLE deals_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_event DISABLE ROW LEVEL SECURITY;
ALTER TABLE financings DISABLE ROW LEVEL SECURITY;
SET ROLE regress_covenant_treasurer;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'PIPE 1', 'warrants', '2005-09-01');
-- forged_offerings: a table of hers that names the books records nothing in them, nor does a second trigger on theirs.
CREATE TABLE forged (deal text, name text, what text, signed date, closing date);
CREATE CONSTRAINT TRIGGER covenant_offering AFTER INSERT OR UPDATE ON forged DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.offering('table=offerings', 'schema=financings_test', 'ledger=deals_reserve', 'deal=deal', 'offering=name', 'kind=what', 'agreed_on=signed', 'closes_on=closing');
INSERT INTO forged VALUES ('cb', 'X', 'warrants', '2005-09-01');
SELECT relation FROM covenant_internal.offering_tables('deals_reserve');
DROP TRIGGER covenant_offering ON forged;
CREATE TRIGGER covenant_offering AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION covenant_internal.offering('table=offerings', 'schema=financings_test', 'ledger=deals_reserve');
INSERT INTO forged VALUES ('cb', 'X', 'warrants', '2005-09-01');
RESET ROLE;
GRANT TRIGGER ON financings TO regress_covenant_treasurer;
SET ROLE regress_covenant_treasurer;
CREATE CONSTRAINT TRIGGER mine AFTER INSERT OR UPDATE ON financings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
	covenant_internal.offering('table=offerings', 'schema=financings_test', 'ledger=deals_reserve', 'deal=deal', 'offering=memo', 'kind=what', 'agreed_on=signed', 'closes_on=closing');
RESET ROLE;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'Y', 'straight debt', '2005-09-01');
DROP TRIGGER mine ON financings;

-- Columns that go or change, and books that are gone, are told at the next write.
ALTER TABLE financings RENAME what TO kind;
INSERT INTO financings (id, deal, name, kind, signed) VALUES (3, 'cb', 'Y', 'straight debt', '2005-09-01');
ALTER TABLE financings RENAME kind TO what;
ALTER TABLE financings ALTER market TYPE text;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'Y', 'straight debt', '2005-09-01');
ALTER TABLE financings DROP market;
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'Y', 'straight debt', '2005-09-01');
SELECT covenant.unwatch('financings');
SELECT covenant.watch_offerings('financings', 'deals', 'deal', 'name', 'what', 'signed', 'closing');
INSERT INTO financings (id, deal, name, what, signed) VALUES (3, 'cb', 'Y', 'straight debt', '2005-09-01');
INSERT INTO financings (id, deal, name, what, signed) VALUES (4, 'cb', 'Y', 'common stock', '2005-09-01');
ALTER TABLE deals_reserve RENAME TO hoard;
INSERT INTO financings (id, deal, name, what, signed) VALUES (4, 'cb', 'Y', 'straight debt', '2005-09-01');
ALTER TABLE hoard RENAME TO deals_reserve;
SELECT covenant.unwatch('financings');
INSERT INTO financings (id, deal, name, what, signed) VALUES (4, 'cb', 'Y', 'warrants', '2005-09-01');
SELECT covenant.unwatch('financings');

-- Partitioned, and inherited; a row that moves is judged where it comes.
CREATE TABLE parted (deal text, name text, what text, signed date, closing date) PARTITION BY LIST (what);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN ('straight debt');
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
SELECT covenant.watch_offerings('parted', 'deals', 'deal', 'name', 'what', 'signed', 'closing');
CREATE TABLE parted_3 PARTITION OF parted FOR VALUES IN ('common stock and warrants');
INSERT INTO parted VALUES ('cb', 'P', 'straight debt', '2005-09-01');
INSERT INTO parted VALUES ('cb', 'P', 'warrants', '2005-09-01');
INSERT INTO parted_2 VALUES ('cb', 'P', 'warrants', '2005-09-01');
UPDATE parted SET what = 'warrants';
BEGIN;
INSERT INTO parted VALUES ('cb', 'P', 'variable convertible', '2005-09-01');
SELECT covenant.check('deals');
ROLLBACK;
SELECT covenant.unwatch('parted');
INSERT INTO parted VALUES ('cb', 'P', 'warrants', '2005-09-01');
CREATE TABLE elder (deal text, name text, what text, signed date, closing date);
CREATE TABLE younger (more int) INHERITS (elder);
SELECT covenant.watch_offerings('elder', 'deals', 'deal', 'name', 'what', 'signed', 'closing');
INSERT INTO younger VALUES ('cb', 'P', 'warrants', '2005-09-01');
INSERT INTO elder VALUES ('cb', 'P', 'warrants', '2005-09-01');
CREATE TABLE youngest () INHERITS (elder);
INSERT INTO elder VALUES ('cb', 'P', 'straight debt', '2005-09-01');
SELECT covenant.unwatch('elder');
SELECT covenant.watch_offerings('elder', 'deals', 'deal', 'name', 'what', 'signed', 'closing');
INSERT INTO youngest VALUES ('cb', 'P', 'warrants', '2005-09-01');
SELECT covenant.unwatch('elder');
INSERT INTO younger VALUES ('cb', 'P', 'warrants', '2005-09-01');

-- A second table of deals, with keys of another type, has its own.
CREATE TABLE loans (id smallint PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('loans', 'id', 'reserved');
SELECT covenant.adopt('loans', 'spa-2005', :'readings');
INSERT INTO loans VALUES (7, 0);
INSERT INTO loans_event (deal, kind, occurred_on) VALUES (7, 'closing', '2005-05-23');
CREATE TABLE loan_offerings (loan bigint, name varchar(20), what varchar, signed date, closing date);
SELECT covenant.watch_offerings('loan_offerings', 'loans', 'loan', 'name', 'what', 'signed', 'closing');
INSERT INTO loan_offerings VALUES (7, 'L', 'warrants', '2007-09-01');
INSERT INTO loan_offerings VALUES (8, 'L', 'warrants', '2007-09-01');

SET client_min_messages = warning;
DROP SCHEMA financings_test CASCADE;
DROP ROLE regress_covenant_treasurer;

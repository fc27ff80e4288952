-- One company, several deals: every lender has a reserve of his own, the shares
-- come from one authorized capital.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA company;
SET search_path = company;
CREATE TABLE companies (company text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE deals (deal text PRIMARY KEY, company text REFERENCES companies, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal text NOT NULL REFERENCES deals, holder text, balance numeric NOT NULL, price numeric NOT NULL);

-- capital_given_twice, and what else cannot be
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'reserved', 'reserved', company => 'company');
SELECT covenant.watch_deals('deals', 'deal', 'reserved', company => 'issuer');
SELECT covenant.watch_deals('deals', key => 'deal', reserved => 'reserved', company => 'company');
SELECT covenant.watch_notes('notes', deals => 'deals', deal => 'deal', principal => 'balance', price => 'price', holder => 'holder');
SELECT covenant.watch_capital('companies', 'deals', company => 'authorized', authorized => 'authorized', outstanding => 'outstanding');
SELECT covenant.watch_capital('companies', 'notes', company => 'company', authorized => 'authorized', outstanding => 'outstanding');
SELECT covenant.watch_capital('companies', 'deals', company => 'company', authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan');
SELECT covenant.watch_capital('companies', 'deals', company => 'company', authorized => 'authorized', outstanding => 'outstanding');
CREATE TABLE more_companies (LIKE companies INCLUDING ALL);
SELECT covenant.watch_capital('more_companies', 'deals', company => 'company', authorized => 'authorized', outstanding => 'outstanding');

-- 400,000,000 authorized, 60,000,000 outstanding, 1,000,000 for the plan:
-- 339,000,000 for the deals.  One deal takes 300,000,000, which the other one
-- could have as long as that has not.
INSERT INTO companies VALUES ('acme', 400000000, 60000000, 1000000), ('beta', 1000, 100, 0);
INSERT INTO deals VALUES ('a1', 'acme', 300000000), ('a2', 'acme', 0), ('b1', 'beta', 900), ('free', NULL, 500);
INSERT INTO notes VALUES (1, 'a1', 'alpha', 1000000, 0.05);
SELECT deal, reserved, available, counted, slack FROM deals_status ORDER BY deal;
SELECT * FROM deals_capital ORDER BY company;
UPDATE deals SET reserved = 300000000 WHERE deal = 'a2';
UPDATE deals SET reserved = 39000001 WHERE deal = 'a2';
UPDATE deals SET reserved = 39000000 WHERE deal = 'a2';
-- a note of a2 is judged by its own reserve
INSERT INTO notes VALUES (2, 'a2', 'alpha', 975000, 0.05);
INSERT INTO notes VALUES (3, 'a2', 'alpha', 1, 0.05);
SELECT deal, reserved, available, counted, slack FROM deals_status ORDER BY deal;

-- The one test: whoever causes that more is reserved than there is, is refused
UPDATE companies SET authorized = 399999999 WHERE company = 'acme';
UPDATE companies SET plan = plan + 1 WHERE company = 'acme';
UPDATE companies SET outstanding = outstanding + 1 WHERE company = 'acme';
DELETE FROM companies WHERE company = 'beta';
INSERT INTO deals VALUES ('a3', 'acme', 1);
-- in one transaction what ends well may begin badly
BEGIN;
INSERT INTO deals VALUES ('a3', 'acme', 1000);
SELECT deal, available, slack FROM deals_status WHERE deal LIKE 'a%' ORDER BY deal;
UPDATE companies SET authorized = authorized + 1000 WHERE company = 'acme';
SELECT covenant.check('deals');
SELECT deal, available, slack FROM deals_status WHERE deal LIKE 'a%' ORDER BY deal;
COMMIT;

-- A conversion: 100,000 at 0.05 are 2,000,000 shares, out of the reserve of the
-- deal and into what the company has outstanding
BEGIN;
UPDATE notes SET balance = balance - 100000 WHERE note = 1;
UPDATE deals SET reserved = reserved - 2000000 WHERE deal = 'a1';
UPDATE companies SET outstanding = outstanding + 2000000 WHERE company = 'acme';
SELECT covenant.check('deals');
COMMIT;
-- with less reserved than was issued the rest is an act: a2 would be short
BEGIN;
UPDATE deals SET reserved = reserved - 10 WHERE deal = 'a2';
UPDATE companies SET outstanding = outstanding + 4 WHERE company = 'acme';
COMMIT;
-- issues of two deals at once are allotted in the order of keys
BEGIN;
UPDATE notes SET balance = balance - 5 WHERE note IN (1, 2);
UPDATE deals SET reserved = reserved - 100 WHERE deal IN ('a1', 'a2');
UPDATE companies SET outstanding = outstanding + 200 WHERE company = 'acme';
COMMIT;
SELECT deal, seq, kind, reserved, outstanding, slack FROM deals_journal WHERE deal LIKE 'a%' ORDER BY deal, seq;
SELECT company, seq, kind, authorized, outstanding, other_reserved, reserved, effective_on FROM deals_capital_journal ORDER BY company, seq;
SELECT * FROM deals_capital ORDER BY company;
SELECT * FROM covenant.audit('deals');

-- A deal with sums keeps its company; one without may be entered anew
UPDATE deals SET company = 'beta' WHERE deal = 'a1';
UPDATE deals SET company = NULL WHERE deal = 'a2';
INSERT INTO deals VALUES ('empty', 'beta', 0);
UPDATE deals SET company = 'acme' WHERE deal = 'empty';
UPDATE deals SET company = 'acme', reserved = 1 WHERE deal = 'free';
BEGIN;
UPDATE deals SET reserved = 0 WHERE deal = 'free';
COMMIT;
UPDATE deals SET company = 'acme' WHERE deal = 'free';
SELECT * FROM covenant.audit('deals');

-- The past: the company's capital is on record with its days
SET covenant.as_of = '2005-07-01';
UPDATE companies SET authorized = authorized + 600000000 WHERE company = 'acme';
SET covenant.as_of = '2005-06-15';
UPDATE deals SET reserved = reserved + 0 WHERE deal = 'a1';
UPDATE companies SET authorized = authorized + 50 WHERE company = 'acme';
SET covenant.as_of = '2005-07-01';
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available, slack FROM deals_history WHERE deal IN ('a1', 'a2') AND day > '2005-05-23' ORDER BY 1, 2;
SET covenant.as_of = '2005-05-31';
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available, slack FROM deals_history WHERE deal IN ('a1', 'a2', 'free') ORDER BY 1, 2;
SET covenant.as_of = '2005-07-01';
-- what if, and break-even: acme has 62,000,200 outstanding
SELECT * FROM covenant.what_if('deals', 0.04) ORDER BY deal;
SELECT deal, round(breakeven_price::numeric, 10), round(vote_price::numeric, 10) FROM covenant.breakeven('deals') ORDER BY deal;

-- on_breach record lets it through, audit tells, and so does a fact
SELECT covenant.override('deals', 'x');
BEGIN;
UPDATE companies SET authorized = 100 WHERE company = 'beta';
SELECT covenant.override('deals', 'a court took them');
COMMIT;
SELECT * FROM covenant.audit('deals');
SELECT deal, reserved, available, counted, slack, cured_by FROM deals_status WHERE deal = 'b1';
-- what narrows it is allowed, what widens it is not
UPDATE companies SET authorized = 500 WHERE company = 'beta';
UPDATE companies SET authorized = 499 WHERE company = 'beta';
INSERT INTO notes VALUES (9, 'b1', 'alpha', 1, 0.1);
UPDATE companies SET authorized = 1000 WHERE company = 'beta';
INSERT INTO notes VALUES (9, 'b1', 'alpha', 1, 0.1);

-- Changed behind the triggers' back: audit finds it, rebuild puts it right
SET session_replication_role = replica;
UPDATE companies SET outstanding = outstanding + 3 WHERE company = 'acme';
UPDATE deals SET reserved = reserved + 7 WHERE deal = 'a1';
RESET session_replication_role;
UPDATE deals_capital SET authorized = 5 WHERE company = 'beta';
SELECT * FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT * FROM covenant.audit('deals');
SELECT * FROM deals_capital ORDER BY company;
DELETE FROM deals_capital_journal;

-- A split is of the company's shares: of all its deals, and of its capital
SELECT covenant.split('deals', '{a1}', 2, 1, '2005-07-01', 'down');
SELECT covenant.split('deals', '{a1,a2,a3,empty,free}', 2, 1, '2005-07-01', 'down');
SELECT company, authorized, outstanding, other_reserved, reserved FROM deals_capital ORDER BY company;
SELECT deal, reserved, available, counted, slack FROM deals_status WHERE deal LIKE 'a%' ORDER BY deal;
SELECT * FROM covenant.audit('deals');

-- A deal that was a mistake takes its reserve along
SELECT covenant.purge('deals', 'a3', 'entered twice');
SELECT company, reserved FROM deals_capital ORDER BY company;
SELECT * FROM covenant.audit('deals');

-- Rows by row triggers, TRUNCATE, the end of the watch, and a new one
BEGIN;
TRUNCATE companies CASCADE;
ROLLBACK;
SELECT covenant.unwatch('deals');
SELECT covenant.unwatch('companies');
SELECT company, authorized, outstanding, other_reserved, reserved FROM deals_capital ORDER BY company;
SELECT deal, available, counted FROM deals_status WHERE deal LIKE 'a%' ORDER BY deal;
INSERT INTO deals VALUES ('a4', 'acme', 1);
SELECT covenant.watch_capital('companies', 'deals', company => 'company', authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan');
SELECT * FROM covenant.audit('deals');
SELECT company, authorized, outstanding, other_reserved, reserved FROM deals_capital ORDER BY company;

-- A company that the watched table does not know has nothing authorized
ALTER TABLE deals DROP CONSTRAINT deals_company_fkey;
INSERT INTO deals VALUES ('u1', 'unlisted', 10);
INSERT INTO deals VALUES ('u1', 'unlisted', 0);
BEGIN;
UPDATE deals SET reserved = 10 WHERE deal = 'u1';
INSERT INTO companies VALUES ('unlisted', 100, 90, 0);
COMMIT;
SELECT deal, reserved, available FROM deals_status WHERE deal = 'u1';
-- nor has one whose row goes, while its deals have a reserve
DELETE FROM companies WHERE company = 'unlisted';
INSERT INTO companies VALUES ('gamma', -1, 0, 0);
BEGIN;
DELETE FROM companies WHERE company = 'unlisted';
SELECT covenant.override('deals', 'struck off');
COMMIT;
SELECT * FROM deals_capital WHERE company = 'unlisted';
SELECT * FROM covenant.audit('deals');
UPDATE deals SET reserved = 0 WHERE deal = 'u1';
SELECT * FROM covenant.audit('deals');

-- A deal with sums keeps its company also where its row goes and comes back
BEGIN;
DELETE FROM notes WHERE note = 1;
INSERT INTO notes VALUES (1, 'a1', 'alpha', 900000, 0.05);
ALTER TABLE notes DROP CONSTRAINT notes_deal_fkey;
DELETE FROM deals WHERE deal = 'a1';
SAVEPOINT later;
INSERT INTO deals VALUES ('a1', 'beta', 0);
RELEASE later;
SELECT covenant.check('deals');
ROLLBACK;
-- one that was only just entered may be another's
BEGIN;
INSERT INTO companies VALUES ('delta', 1000, 100, 0);
INSERT INTO deals VALUES ('new', 'acme', 5);
DELETE FROM deals WHERE deal = 'new';
INSERT INTO deals VALUES ('new', 'delta', 5);
COMMIT;
SELECT deal, available FROM deals_status WHERE deal = 'new';

-- Before the capital is on record it is not known, which is no shortfall;
-- nothing is dated before it, nor before a split
SET covenant.as_of = '2005-08-01';
CREATE TABLE other_deals (deal int PRIMARY KEY, company int, reserved int NOT NULL);
CREATE TABLE other_companies (company int PRIMARY KEY, authorized int NOT NULL, outstanding int NOT NULL);
SELECT covenant.watch_deals('other_deals', 'deal', 'reserved', company => 'company');
INSERT INTO other_deals VALUES (1, 1, 100), (2, 1, 50), (3, 1, 30);
SET covenant.as_of = '2005-09-01';
INSERT INTO other_companies VALUES (1, 1000, 100);
SELECT covenant.watch_capital('other_companies', 'other_deals', 'company', 'authorized', 'outstanding');
SELECT deal, day, reserved, authorized, available, counted, slack FROM other_deals_history ORDER BY 1, 2;
SET covenant.as_of = '2005-08-15';
UPDATE other_companies SET authorized = authorized + 1;
UPDATE other_deals SET reserved = reserved + 10 WHERE deal = 1;
SET covenant.as_of = '2005-09-15';
SELECT covenant.split('other_deals', '{1,2,3}', 2, 1, '2005-09-10', 'down');
SET covenant.as_of = '2005-09-05';
UPDATE other_companies SET authorized = authorized + 1;
SET covenant.as_of = '2005-09-15';
UPDATE other_companies SET authorized = authorized + 1;
-- a deal that never was has reserved nothing on any day
SELECT deal, day, available FROM other_deals_history WHERE deal = 2 ORDER BY 2;
SELECT covenant.purge('other_deals', '3', 'entered twice');
SELECT deal, day, available FROM other_deals_history WHERE deal = 2 ORDER BY 2;
SELECT company, seq, kind, authorized, outstanding, reserved, effective_on FROM other_deals_capital_journal ORDER BY seq;
SELECT * FROM covenant.audit('other_deals');

-- Numbers of entries, and rows of the capital that are gone
UPDATE other_deals_capital SET entries = 1;
SELECT * FROM covenant.audit('other_deals');
SELECT covenant.rebuild('other_deals');
DELETE FROM other_deals_capital;
SELECT covenant.rebuild('other_deals');
UPDATE other_deals SET reserved = reserved + 1 WHERE deal = 1;
SELECT * FROM other_deals_capital;
SELECT * FROM covenant.audit('other_deals');

-- Watched anew with another company: what was reserved goes with the deals
BEGIN;
SELECT covenant.unwatch('other_companies'), covenant.unwatch('other_deals');
INSERT INTO other_companies VALUES (2, 5000, 500);
UPDATE other_deals SET company = 2 WHERE deal = 2;
SELECT covenant.watch_deals('other_deals', 'deal', 'reserved', company => 'company'),
	covenant.watch_capital('other_companies', 'other_deals', 'company', 'authorized', 'outstanding');
COMMIT;
SELECT * FROM other_deals_capital ORDER BY company;
SELECT * FROM covenant.audit('other_deals');

-- The deals table may belong to another member of the role that has the books
CREATE ROLE company_firm;
CREATE ROLE company_clerk IN ROLE company_firm;
GRANT USAGE, CREATE ON SCHEMA company TO company_firm, company_clerk;
ALTER TABLE other_deals_reserve OWNER TO company_firm;
ALTER TABLE other_deals_journal OWNER TO company_firm;
ALTER TABLE other_deals_position OWNER TO company_firm;
ALTER TABLE other_deals_capital OWNER TO company_firm;
ALTER TABLE other_deals_capital_journal OWNER TO company_firm;
ALTER TABLE other_deals OWNER TO company_clerk;
ALTER TABLE other_companies OWNER TO company_clerk;
SET ROLE company_clerk;
UPDATE other_deals SET reserved = reserved + 1 WHERE deal = 2;
RESET ROLE;
SELECT * FROM covenant.audit('other_deals');

-- The names of the books must fit
CREATE TABLE deals_whose_name_has_forty_eight_bytes_in_all_xx (LIKE other_deals INCLUDING ALL);
SELECT covenant.watch_deals('deals_whose_name_has_forty_eight_bytes_in_all_xx', 'deal', 'reserved', company => 'company');

-- Deals that Citus spreads over nodes cannot share a capital
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass, partkey text);
CREATE FUNCTION pg_catalog.column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
GRANT SELECT ON pg_catalog.pg_dist_partition TO public;
CREATE TABLE spread (LIKE other_deals INCLUDING ALL);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('spread', 'deal'), ('other_deals_capital', 'company');
SET LOCAL session_preload_libraries = 'covenant';
SAVEPOINT watching;
SELECT covenant.watch_deals('spread', 'deal', 'reserved', company => 'company');
ROLLBACK TO watching;
SET LOCAL citus.allow_nested_distributed_execution = off;
UPDATE other_deals SET reserved = reserved + 1 WHERE deal = 2;
SELECT covenant.check('other_deals');
ROLLBACK;

-- A split learnt of late: three old shares are one new share from 15 January on.
-- By hand, in new shares: what changed after that day is a third of it, cut, on
-- its own day, and the day of the split has the rest of what the tables hold now.
CREATE SCHEMA late;
SET search_path = late, company;
SET covenant.as_of = '2006-01-01';
CREATE TABLE companies (company text PRIMARY KEY, authorized int NOT NULL, outstanding int NOT NULL, plan int NOT NULL);
CREATE TABLE deals (deal text PRIMARY KEY, company text, reserved int NOT NULL);
CREATE TABLE warrants (lot int PRIMARY KEY, deal text, shares int NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', company => 'company');
INSERT INTO deals VALUES ('b', 'beta', 90);
SELECT covenant.watch_capital('companies', 'deals', 'company', 'authorized', 'outstanding', 'plan');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
INSERT INTO companies VALUES ('acme', 1000, 300, 50);
INSERT INTO deals VALUES ('p', 'acme', 100), ('q', 'acme', 60), ('gone', 'acme', 40), ('moved', 'acme', 0);
INSERT INTO warrants VALUES (1, 'p', 50);
SET covenant.as_of = '2006-01-10';
UPDATE deals SET reserved = 85 WHERE deal = 'q';
SET covenant.as_of = '2006-01-20';
BEGIN;
UPDATE warrants SET shares = 20;
UPDATE deals SET reserved = 70 WHERE deal = 'p';
UPDATE companies SET outstanding = 330;
COMMIT;
SET covenant.as_of = '2006-01-25';
INSERT INTO companies VALUES ('beta', 100, 10, 0);
SET covenant.as_of = '2006-02-01';
UPDATE companies SET authorized = 1500, plan = 57 WHERE company = 'acme';
SET covenant.as_of = '2006-02-02';
UPDATE companies SET authorized = 150 WHERE company = 'beta';
SET covenant.as_of = '2006-02-03';
DELETE FROM deals WHERE deal = 'gone';
SET covenant.as_of = '2006-02-10';
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available FROM deals_history WHERE deal IN ('p', 'q') ORDER BY 1, 2;
CREATE TABLE moment AS SELECT clock_timestamp() AS before;
-- all of its deals, of the table and of the books
SELECT covenant.split('deals', '{p,gone}', 1, 3, '2006-01-15', 'down');
SELECT covenant.split('deals', '{p,q,moved}', 1, 3, '2006-01-15', 'down');
SELECT covenant.split('deals', '{p,q,gone,moved}', 1, 3, '2006-01-15', 'down');
SELECT * FROM companies ORDER BY company;
SELECT * FROM deals ORDER BY deal;
-- p 23 + 10, q 28, gone 0 + 13: 74 on the day; 500 - 166, 110 - 10, 19 - 2
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available, warrant_shares FROM deals_history WHERE deal IN ('p', 'q', 'gone') ORDER BY 1, 2;
SELECT seq, kind, authorized, outstanding, other_reserved, reserved, effective_on, new_shares, old_shares FROM deals_capital_journal WHERE company = 'acme' AND kind = 'split' ORDER BY seq;
SELECT deal, seq, warrant_shares, reserved, slack, effective_on, new_shares, old_shares FROM deals_journal WHERE kind = 'split' ORDER BY deal, seq;
SELECT * FROM covenant.audit('deals');
SELECT company, sum(authorized), sum(outstanding), sum(other_reserved), sum(reserved) FROM deals_capital_journal GROUP BY 1 ORDER BY 1;
SELECT set_config('covenant.known_at', before::text, false) <> '' AS then FROM moment;
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available FROM deals_history WHERE deal = 'p' ORDER BY 1, 2;
RESET covenant.known_at;
-- A capital that is on record from a later day on: 34 on that day and 16 more, as
-- the 50 there are now; before, nothing is known of it
SELECT covenant.split('deals', '{b}', 1, 3, '2006-01-15', 'down');
SELECT day, reserved, authorized, outstanding, other_reserved, available FROM deals_history WHERE deal = 'b' ORDER BY 1;
SELECT kind, authorized, outstanding, reserved, effective_on, new_shares, old_shares FROM deals_capital_journal WHERE company = 'beta' ORDER BY seq;
SELECT * FROM covenant.audit('deals');
-- What is dated before the split would be old shares, what is dated between it and what came later is not
SET covenant.as_of = '2006-01-12';
UPDATE companies SET authorized = authorized + 1 WHERE company = 'acme';
UPDATE deals SET reserved = reserved + 1 WHERE deal = 'q';
SET covenant.as_of = '2006-01-16';
UPDATE companies SET authorized = authorized + 6 WHERE company = 'acme';
UPDATE deals SET reserved = reserved + 3 WHERE deal = 'q';
SELECT day, reserved, authorized, available FROM deals_history WHERE deal = 'p' ORDER BY day;
SELECT * FROM covenant.audit('deals');
-- A second one, of two for one, before some and after others of these days: it
-- doubles what the first one left
SET covenant.as_of = '2006-02-10';
SELECT covenant.split('deals', '{p,q,gone,moved}', 2, 1, '2006-02-01', 'down');
SELECT deal, day, reserved, authorized, outstanding, other_reserved, available FROM deals_history WHERE deal IN ('p', 'q', 'gone') ORDER BY 1, 2;
SELECT * FROM covenant.audit('deals');
-- A deal that was another company's in the days since: whose shares its changes
-- were the books do not say
SET covenant.as_of = '2006-02-04';
UPDATE deals SET reserved = 12 WHERE deal = 'moved';
SET covenant.as_of = '2006-02-05';
UPDATE deals SET reserved = 0 WHERE deal = 'moved';
UPDATE deals SET company = 'beta' WHERE deal = 'moved';
SET covenant.as_of = '2006-02-10';
SELECT covenant.split('deals', '{b,moved}', 2, 1, '2006-02-03', 'down');
SELECT covenant.split('deals', '{p,q}', 2, 1, '2006-02-03', 'down');
SELECT covenant.split('deals', '{p,q,moved,b}', 2, 1, '2006-02-03', 'down');
SELECT covenant.split('deals', '{b,moved}', 2, 1, '2006-02-05', 'down');
SELECT day, reserved, authorized, available FROM deals_history WHERE deal = 'b' ORDER BY 1;
SELECT * FROM covenant.audit('deals');

-- Whether a split of two for one is learnt on its day, and what follows is in new
-- shares, or learnt last, and what followed was in old ones, is all the same:
-- 120 changes of five deals of two companies, drawn at random, each on its day
SELECT setseed(0.15);
CREATE TABLE facts AS
SELECT n, date '2006-03-01' + (n / 2) AS day, (random() * 5 - 0.5)::int % 5 AS deal, (random() * 4 - 0.5)::int AS kind, 1 + (random() * 20)::int AS shares
FROM generate_series(1, 120) n;
CREATE PROCEDURE live(world text, split_on date, late boolean) LANGUAGE plpgsql AS $$
DECLARE
	fact record;
	times int;
BEGIN
	EXECUTE format('CREATE SCHEMA %I', world);
	PERFORM set_config('search_path', world, true), set_config('covenant.as_of', '2006-03-01', true);
	CREATE TABLE companies (company text PRIMARY KEY, authorized int NOT NULL, outstanding int NOT NULL, plan int NOT NULL);
	CREATE TABLE deals (deal int PRIMARY KEY, company text, reserved int NOT NULL);
	PERFORM covenant.watch_deals('deals', 'deal', 'reserved', company => 'company', on_breach => 'record');
	PERFORM covenant.watch_capital('companies', 'deals', 'company', 'authorized', 'outstanding', 'plan');
	INSERT INTO companies VALUES ('acme', 10000, 1000, 100), ('beta', 5000, 500, 0);
	INSERT INTO deals SELECT n, CASE WHEN n < 3 THEN 'acme' ELSE 'beta' END, 100 FROM generate_series(0, 4) n;
	COMMIT;
	FOR fact IN SELECT * FROM late.facts ORDER BY n LOOP
		PERFORM set_config('search_path', world, true), set_config('covenant.as_of', fact.day::text, true);
		IF NOT late AND fact.day >= split_on AND NOT EXISTS (SELECT FROM deals_capital_journal WHERE kind = 'split') THEN
			PERFORM covenant.split('deals', '{0,1,2}', 2, 1, split_on, 'down');
		END IF;
		times := CASE WHEN NOT late AND fact.day >= split_on AND fact.deal < 3 THEN 2 ELSE 1 END;
		CASE fact.kind
			WHEN 0 THEN UPDATE deals SET reserved = reserved + fact.shares * times WHERE deal = fact.deal;
			WHEN 1 THEN UPDATE deals SET reserved = greatest(reserved - fact.shares * times, 0) WHERE deal = fact.deal;
			WHEN 2 THEN
				UPDATE companies c SET outstanding = outstanding + fact.shares * times FROM deals d WHERE d.company = c.company AND d.deal = fact.deal;
				UPDATE deals SET reserved = greatest(reserved - fact.shares * times, 0) WHERE deal = fact.deal;
			ELSE UPDATE companies c SET authorized = authorized + 10 * fact.shares * times, plan = plan + fact.shares * times FROM deals d WHERE d.company = c.company AND d.deal = fact.deal;
		END CASE;
		COMMIT;
	END LOOP;
	PERFORM set_config('search_path', world, true), set_config('covenant.as_of', '2006-06-01', true);
	IF late THEN
		PERFORM covenant.split('deals', '{0,1,2}', 2, 1, split_on, 'down');
	END IF;
END $$;
CALL live('in_order', '2006-03-20', false);
CALL live('learnt_late', '2006-03-20', true);
SET covenant.as_of = '2006-06-01';
SET search_path = company;
SELECT count(*) AS days, count(*) FILTER (WHERE a IS DISTINCT FROM b) AS differ FROM in_order.deals_history a FULL JOIN learnt_late.deals_history b USING (deal, day);
SELECT company, authorized, outstanding, other_reserved, reserved FROM in_order.deals_capital EXCEPT SELECT company, authorized, outstanding, other_reserved, reserved FROM learnt_late.deals_capital;
SELECT * FROM covenant.audit('in_order.deals') UNION ALL SELECT * FROM covenant.audit('learnt_late.deals');

SET client_min_messages = warning;
DROP SCHEMA in_order, learnt_late CASCADE;
DROP SCHEMA company, late CASCADE;
DROP ROLE company_clerk, company_firm;

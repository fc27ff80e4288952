-- One company, several deals: every lender has a reserve of his own, the shares
-- come from one authorized capital.
SET covenant.as_of = '2005-05-23';
SET datestyle = ISO;
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
SELECT covenant.split('deals', '{a1,a2,a3,empty,free}', 2, 1, '2005-06-30', 'down');
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
SET client_min_messages = warning;
DROP SCHEMA company CASCADE;

\echo '------------------------------------------------------------------------------------------'
\echo ' 2. What is refused, and what is recorded'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' The next day somebody issues a warrant for one share. That is an act, and it would break'
\echo ' the promise. The database says no, and why:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SET covenant.as_of = '2005-05-24';
INSERT INTO warrants (deal_id, buyer, unexercised) VALUES ('calbatech', 'AJW Partners, LLC', 1);
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '23514', 'a warrant too many is refused') \gset
\echo
\echo ' A month later the price falls to $0.05. That is a fact: nobody asked the company. It is'
\echo ' let in, and the breach is on record with its day:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-06-24';
UPDATE notes SET conversion_price = 0.05;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(required = 104286580 AND slack = -13333334 AND shortfall_since = '2005-06-24'
					AND cured_by = 'board', 'the fall to $0.05') FROM deals_status \gset
\echo ' From now on no act may make it worse. A new note of $10,000:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
INSERT INTO notes (deal_id, buyer, balance, conversion_price)
VALUES ('calbatech', 'AJW Partners, LLC', 10000, 0.05);
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '23514', 'a note that widens the shortfall is refused') \gset
\echo
\echo ' But a fund may convert: the duty to issue shares is absolute (Section 3(e)). AJW Offshore'
\echo ' turns $50,000 into 1,000,000 shares out of the reserve, which even narrows the gap:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-06-27';
SELECT covenant.shares_issuable(50000, 0.05);
BEGIN;
UPDATE notes SET balance = balance - 50000 WHERE buyer = 'AJW Offshore, Ltd.';
UPDATE deals SET reserved_shares = reserved_shares - 1000000, outstanding = outstanding + 1000000;
COMMIT;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = -12333334 AND shortfall_since = '2005-06-24', 'the conversion') FROM deals_status \gset
\echo ' "cured by: board" says that the company has the shares: its board has only to reserve'
\echo ' them. It does so, and the breach is over:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-06-28';
UPDATE deals SET reserved_shares = reserved_shares + 12333334;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = 0 AND shortfall_since IS NULL AND cured_by IS NULL, 'the cure') FROM deals_status \gset

\echo '------------------------------------------------------------------------------------------'
\echo ' 3. A second tranche, with its reserve'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' When the registration statement is filed, the funds buy another $600,000 of notes with'
\echo ' 3,642,987 warrants (Section 4(l)), in one transaction. Before COMMIT one can ask what it'
\echo ' would say; a savepoint keeps the work. Without more shares in reserve it would refuse:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SET covenant.as_of = '2005-07-06';
BEGIN;
INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES
	('calbatech', 'AJW Partners, LLC',                         78000, 0.05),
	('calbatech', 'AJW Offshore, Ltd.',                       308340, 0.05),
	('calbatech', 'AJW Qualified Partners, LLC',              208260, 0.05),
	('calbatech', 'New Millennium Capital Partners II, LLC',    5400, 0.05);
INSERT INTO warrants (deal_id, buyer, unexercised) VALUES
	('calbatech', 'AJW Partners, LLC',                        473588),
	('calbatech', 'AJW Offshore, Ltd.',                      1872131),
	('calbatech', 'AJW Qualified Partners, LLC',             1264481),
	('calbatech', 'New Millennium Capital Partners II, LLC',   32787);
SAVEPOINT asking;
SELECT covenant.check('deals');
\set ECHO none
\set ON_ERROR_STOP on
\set answer :SQLSTATE
\echo
\echo ' So the reserve goes up in the same transaction. What counts is where it ends, not in'
\echo ' which order it gets there:'
\echo
\set ECHO queries
ROLLBACK TO asking;
UPDATE deals SET reserved_shares = reserved_shares + 31285974;
COMMIT;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(:'answer' = '23514', 'a tranche without its reserve is refused') \gset
SELECT pg_temp.told(principal = 2550000 AND warrant_shares = 15786277 AND slack = 0, 'the tranche') FROM deals_status \gset

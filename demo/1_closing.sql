\echo '=========================================================================================='
\echo ' covenant: the promises of an agreement, kept where the data is'
\echo '=========================================================================================='
\echo
\echo ' On 23 May 2005 CalbaTech, Inc., a small public company, borrows $2,000,000 from four'
\echo ' funds. It gives them notes, which they may turn into shares at the conversion price of'
\echo ' the day, and warrants to buy 12,143,290 shares. Its promise, in Section 4(h) of the'
\echo ' agreement: at all times it keeps twice as many shares in reserve as the funds could'
\echo ' ask for. The lower the share price, the more shares that is.'
\echo
\echo ' The agreement is a public filing. The four funds are in it, but the amounts beside'
\echo ' their names are blank: how the notes are split below is an assumption, close to the'
\echo ' two parts that are known from later filings (about 34.7 % and 0.9 %).'
\echo
\echo '------------------------------------------------------------------------------------------'
\echo ' 1. The closing'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' The company has three ordinary tables. Nothing in them knows of covenant.'
\echo
\set ECHO queries
CREATE TABLE deals (
	deal_id          text PRIMARY KEY,
	company          text NOT NULL,
	authorized       bigint NOT NULL,   -- shares that exist on paper
	outstanding      bigint NOT NULL,   -- shares in other people's hands
	plan_reserved    bigint NOT NULL,   -- set aside for employees
	reserved_shares  bigint NOT NULL    -- set aside for this deal
);
CREATE TABLE notes (
	note_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal_id          text NOT NULL REFERENCES deals,
	buyer            text NOT NULL,
	balance          numeric(12,2) NOT NULL,
	conversion_price numeric NOT NULL,
	rate             numeric NOT NULL DEFAULT 0.10   -- interest a year
);
CREATE TABLE warrants (
	warrant_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal_id          text NOT NULL REFERENCES deals,
	buyer            text NOT NULL,
	unexercised      bigint NOT NULL
);
\set ECHO none
\echo
\echo ' Installing covenant and naming the columns puts the promise on them:'
\echo
\o /dev/null
\set ECHO queries
CREATE EXTENSION covenant;
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
	authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved');
SELECT covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id',
	principal => 'balance', price => 'conversion_price', holder => 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id',
	shares => 'unexercised', holder => 'buyer');
\set ECHO none
\o
\echo
\echo ' Now the closing, in one transaction, dated as of its day. The conversion price is $0.06.'
\echo ' The warrants are divided as the notes are, so that the parts add up.'
\echo
\set ECHO queries
SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals VALUES ('calbatech', 'CalbaTech, Inc.', 200000000, 43980227, 380000, 90953246);
INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES
	('calbatech', 'AJW Partners, LLC',                         260000, 0.06),
	('calbatech', 'AJW Offshore, Ltd.',                       1027800, 0.06),
	('calbatech', 'AJW Qualified Partners, LLC',               694200, 0.06),
	('calbatech', 'New Millennium Capital Partners II, LLC',    18000, 0.06);
INSERT INTO warrants (deal_id, buyer, unexercised)
SELECT deal_id, buyer, (covenant.allocate(12143290, array_agg(balance) OVER funds))[row_number() OVER funds]
FROM notes
WINDOW funds AS (ORDER BY note_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);
COMMIT;
\set ECHO none

-- What a BI tool would make of the status view: thousands commas, short titles.
CREATE VIEW position AS
SELECT lpad(to_char(principal, 'FM$99,999,999'), 11) AS "notes",
	   to_char(issuable, '999,999,999') AS "issuable",
	   to_char(required, '999,999,999') AS "required",
	   to_char(counted, '999,999,999') AS "reserved",
	   to_char(slack, '999,999,990') AS "slack",
	   shortfall_since AS "short since",
	   cured_by AS "cured by"
FROM deals_status;

\echo
\echo ' Who holds what:'
\echo
SELECT n.buyer, lpad(to_char(n.balance, 'FM$9,999,999'), 10) AS note, n.conversion_price AS price,
	   to_char(covenant.shares_issuable(n.balance, n.conversion_price)::bigint, '99,999,999') AS "on conversion",
	   to_char(w.unexercised, '99,999,999') AS warrants
FROM notes n JOIN warrants w USING (buyer) ORDER BY note_id;
\echo ' And where the promise stands. "position" is deals_status, the view that watch_deals made,'
\echo ' with thousands commas:'
\echo
\set ECHO queries
SELECT * FROM position;
\set ECHO none
\echo ' 33,333,333 shares on conversion and 12,143,290 for the warrants make 45,476,623; twice'
\echo ' that is 90,953,246. It is the number that the agreement itself has in Section 3(c), to the'
\echo ' share. Slack is what is reserved beyond the promise: none, and none is needed.'
\echo

SELECT pg_temp.told(issuable = 45476623 AND required = 90953246 AND slack = 0
					AND shortfall_since IS NULL, 'the closing') FROM deals_status \gset
SELECT pg_temp.told(sum(unexercised) = 12143290, 'the warrants') FROM warrants \gset

\echo ' How far may the price fall? Above the first price the reserve holds. Down to the second'
\echo ' one the board can add to it, from shares that are authorized and free; below, the'
\echo ' shareholders must vote for more:'
\echo
\set ECHO queries
SELECT round(breakeven_price, 10)                            AS "reserve holds above",
	   round(vote_price, 6)                                  AS "shareholders must vote below",
	   to_char(available - reserved, 'FM999,999,999')        AS "shares the board can add"
FROM deals_status;
\set ECHO none
SELECT pg_temp.told(round(breakeven_price, 10) = 0.0599999988 AND round(vote_price, 6) = 0.030452
					AND available - reserved = 64686527, 'how far the price may fall') FROM deals_status \gset

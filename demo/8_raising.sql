\echo '------------------------------------------------------------------------------------------'
\echo ' 8. Raising capital'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' For a while the company may not sell stock below market, warrants, or what converts into no'
\echo ' fixed number of shares; and for two years more each fund may first take its part of whatever'
\echo ' it sells (Section 4(e)). Its table of financings is watched like the others:'
\echo
CREATE TABLE financings (name text PRIMARY KEY, deal_id text REFERENCES deals, kind text NOT NULL, agreed_on date NOT NULL,
	closes_on date, price numeric, market_price numeric, exception text);
\o /dev/null
\set ECHO queries
SELECT covenant.watch_offerings('financings', deals => 'deals', deal => 'deal_id', offering => 'name', kind => 'kind',
	agreed_on => 'agreed_on', closes_on => 'closes_on', price => 'price', market_price => 'market_price', exception => 'exception');
\set ECHO none
\o
\echo
\echo ' In January money is short, and somebody offers some for stock at seven cents, with warrants:'
\echo
SET covenant.as_of = '2006-01-20';
\set ON_ERROR_STOP off
\set ECHO queries
INSERT INTO financings VALUES ('winter placement', 'calbatech', 'common stock and warrants', '2006-01-20', NULL, 0.07, 0.09);
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '23514', 'a financing in the Lock-up Period is refused') \gset
SELECT pg_temp.told(bool_and(state = 'pending') AND min(due_on) = '2006-02-17', 'the Lock-up Period is open') FROM deals_duty WHERE section = '4(e)' \gset
\echo
\echo ' On 1 February the registration statement is effective at last; 180 days from there are later'
\echo ' than 270 from the closing. Now the end is known:'
\echo
\set ECHO queries
SET covenant.as_of = '2006-02-01';
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'registration_effective');
SELECT duty, started_on, due_on AS "last day", state FROM deals_duty WHERE section = '4(e)' ORDER BY due_on;
\set ECHO none
SELECT pg_temp.told(min(due_on) = '2006-07-31' AND max(due_on) = '2008-07-31', 'the end of the Lock-up Period') FROM deals_duty WHERE section = '4(e)' \gset
\echo ' In September it plans a Series B: 1,000,001 units, to be closed on 5 October. Three funds get'
\echo ' their notices, on three days; the fourth waives:'
\echo
SET covenant.as_of = '2006-09-08';
\set ECHO queries
INSERT INTO deals_event (deal, kind, occurred_on, section, subject, holder) VALUES
	('calbatech', 'offering_notice', '2006-09-05', NULL,   'Series B', 'AJW Partners, LLC'),
	('calbatech', 'offering_notice', '2006-09-06', NULL,   'Series B', 'AJW Offshore, Ltd.'),
	('calbatech', 'offering_notice', '2006-09-07', NULL,   'Series B', 'AJW Qualified Partners, LLC'),
	('calbatech', 'waiver',          '2006-09-08', '4(e)', 'Series B', 'New Millennium Capital Partners II, LLC');
INSERT INTO financings VALUES ('Series B', 'calbatech', 'common stock', '2006-09-01', '2006-10-05', 0.11, 0.11);
SELECT left(holder, 16) AS holder, last_notice_on AS notice, option_expires_on AS option_ends, pro_rata, waived, earliest_closing
FROM deals_offering ORDER BY holder;
SELECT u.* FROM (SELECT array_agg(left(holder, 16) ORDER BY holder) AS h, array_agg(pro_rata ORDER BY holder) AS p FROM deals_offering) o,
	unnest(o.h, covenant.allocate(1000001, o.p)) AS u(holder, units);
\set ECHO none
SELECT pg_temp.told(bool_and(earliest_closing = '2006-10-05'), 'the earliest closing') FROM deals_offering \gset
SELECT pg_temp.told(covenant.allocate(1000001, array_agg(pro_rata ORDER BY pro_rata)) = '{9000,130000,347100,513901}', 'the units') FROM deals_offering \gset
\echo ' 5 October is the 20th business day after the last notice, and every option is over by then.'
\echo ' But on 25 September the price is changed. Each fund that has not waived needs a notice of'
\echo ' that, and has fifteen days again. The old day no longer stands:'
\echo
SET covenant.as_of = '2006-10-05';
\set ECHO queries
INSERT INTO deals_event (deal, kind, occurred_on, subject, holder) VALUES
	('calbatech', 'offering_amended', '2006-09-25', 'Series B', NULL),
	('calbatech', 'offering_notice',  '2006-09-25', 'Series B', 'AJW Partners, LLC'),
	('calbatech', 'offering_notice',  '2006-09-26', 'Series B', 'AJW Offshore, Ltd.'),
	('calbatech', 'offering_notice',  '2006-09-27', 'Series B', 'AJW Qualified Partners, LLC');
\set ON_ERROR_STOP off
UPDATE financings SET price = 0.10, market_price = 0.10, closes_on = '2006-10-06' WHERE name = 'Series B';
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '23514', 'it may not close before the new options are over') \gset
\echo
\set ECHO queries
UPDATE financings SET price = 0.10, market_price = 0.10, closes_on = '2006-10-13' WHERE name = 'Series B';
\set ECHO none
SELECT pg_temp.told(bool_and(earliest_closing = '2006-10-13' AND (waived OR option_expires_on BETWEEN '2006-10-10' AND '2006-10-12')), 'the closing after the amendment') FROM deals_offering \gset
SET covenant.as_of = '2005-12-31';
\echo

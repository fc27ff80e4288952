\echo '------------------------------------------------------------------------------------------'
\echo ' 10. Transfers, legends and caps'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' The securities are not registered yet. A fund may pass them on only in the ways of Section'
\echo ' 2(f), each with its evidence:'
\echo
\set ECHO queries
SELECT * FROM covenant.transfer_bases();
CREATE TABLE transfers (id integer PRIMARY KEY, deal_id text REFERENCES deals, transferor text NOT NULL, basis text,
	on_day date NOT NULL, evidence bigint);
\o /dev/null
SELECT covenant.watch_transfers('transfers', deals => 'deals', deal => 'deal_id', holder => 'transferor',
	basis => 'basis', on_day => 'on_day', evidence => 'evidence');
\o
\set ECHO none
\echo
\echo ' In January AJW Qualified has a buyer, and a lawyer who will write the opinion:'
\echo
SET covenant.as_of = '2006-01-10';
\set ON_ERROR_STOP off
\set ECHO queries
INSERT INTO transfers VALUES (1, 'calbatech', 'AJW Qualified Partners, LLC', 'opinion', '2006-01-10');
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '23514', 'a transfer without evidence is refused') \gset
\echo
\echo ' The opinion goes into the mail on Monday, 9 January. A notice by mail is effective five days'
\echo ' later (Section 8(f)); from there the company has three business days, and Monday the 16th'
\echo ' is a holiday. It accepts on the 18th. What "promptly" means after that the agreement leaves'
\echo ' open; the parties say two business days, from the new year on:'
\echo
\o /dev/null
\set ECHO queries
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid",
	"months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes",
	"stacking": "each", "recovery": "restarts", "board_curable": "excluded", "sunday": "stays",
	"list_interest": "next_year", "majority": "purchased", "additional_notes": "counted", "as": "company",
	"promptly": 2}', from_day => '2006-01-01');
\o
SET covenant.as_of = '2006-01-24';
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES
	('calbatech', 'opinion_delivered', covenant.notice_effective('mail', '2006-01-09', NULL, NULL), 'AJW Qualified Partners, LLC'),
	('calbatech', 'opinion_accepted',  '2006-01-18', 'AJW Qualified Partners, LLC'),
	('calbatech', 'legend_removed',    '2006-01-20', 'AJW Qualified Partners, LLC');
INSERT INTO transfers SELECT 1, 'calbatech', 'AJW Qualified Partners, LLC', 'opinion', '2006-01-18', event_id
FROM deals_event WHERE kind = 'opinion_accepted';
SELECT section, duty, started_on, due_on, done_on, state FROM deals_duty WHERE section IN ('2(f)', '2(g)') ORDER BY due_on;
\set ECHO none
SELECT pg_temp.told(array_agg(due_on ORDER BY due_on) = '{2006-01-19,2006-01-20}' AND bool_and(state = 'met'), 'opinion and legend in time')
FROM deals_duty WHERE section IN ('2(f)', '2(g)') \gset
SELECT pg_temp.told(count(*) = 1, 'the transfer on an opinion') FROM transfers \gset
\echo ' The same fund asks to convert $200,000. Its notes have a cap: after the issue it may own no'
\echo ' more than 4.99 % of the shares, and it owns a million already. What the notice comes to,'
\echo ' before anything is written:'
\echo
\set ECHO queries
SELECT requested, limited_by, shares, converted, left_over, available
FROM covenant.conversion_notice('deals', 'calbatech', 'AJW Qualified Partners, LLC', 200000,
	owned => 1000000, cap_percent => 4.99, counted => 'after');
\set ECHO none
SELECT pg_temp.told(n.requested = 5333333 AND n.limited_by = 'ownership' AND n.shares = div(4.99 * d.outstanding - 100 * 1000000, 100 - 4.99)
	AND n.converted = ceil(n.shares * 3.75) / 100 AND n.converted + n.left_over = 200000, 'the cap cuts the conversion')
FROM deals d, covenant.conversion_notice('deals', 'calbatech', 'AJW Qualified Partners, LLC', 200000, 1000000, 4.99, 'after') n \gset
\echo ' The shortfall of the reserve does not cut it: the shares are owed whatever the reserve is'
\echo ' (Section 3(e)).'
\echo
SET covenant.as_of = '2005-12-31';

\echo '------------------------------------------------------------------------------------------'
\echo ' 6. The clocks'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' The agreement is also a set of clocks: a list at the end of each month, a press release'
\echo ' after two days, shareholder approval within thirty days of a shortfall. Being late costs'
\echo ' three per cent of the notes a month. How that is reckoned can be read in several ways, and'
\echo ' covenant picks none of them silently:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SELECT covenant.adopt('deals', 'spa-2005', '{}');
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '22023', 'there is no default reading') \gset
\echo
\o /dev/null
\set ECHO queries
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid",
	"months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes",
	"stacking": "each", "recovery": "restarts", "board_curable": "excluded",
	"sunday": "stays", "list_interest": "next_year", "majority": "purchased", "additional_notes": "counted", "as": "company"}');
\set ECHO none
\o
\echo
\echo ' Now the dated facts of the year, as somebody finds them in the files:'
\echo
\set ECHO queries
INSERT INTO deals_event (deal, kind, occurred_on, ref) VALUES
	('calbatech', 'closing',            '2005-05-23', NULL),
	('calbatech', 'agent_instructed',   '2005-05-23', NULL),
	('calbatech', 'press_release',      '2005-05-25', NULL),
	('calbatech', 'press_release_sent', '2005-05-26', NULL),
	('calbatech', 'insurance_obtained', '2005-05-31', NULL),
	('calbatech', 'registration_filed', '2005-07-01', NULL),
	('calbatech', 'tranche_closed',     '2005-07-06', NULL),
	('calbatech', 'list_delivered',     '2005-06-20', '2005-05-31'),
	('calbatech', 'list_delivered',     '2005-07-08', '2005-06-30'),
	('calbatech', 'list_delivered',     '2005-08-05', '2005-07-31'),
	('calbatech', 'list_delivered',     '2005-09-08', '2005-08-31'),
	('calbatech', 'list_delivered',     '2005-10-07', '2005-09-30'),
	('calbatech', 'list_delivered',     '2005-11-07', '2005-10-31'),
	('calbatech', 'meeting_called',     '2005-11-10', NULL),
	('calbatech', 'list_delivered',     '2005-12-07', '2005-11-30');
SELECT section, duty, started_on, due_on, done_on, days_late AS late, state
FROM deals_duty ORDER BY due_on, section;
\set ECHO none
\echo ' The list of May was due five business days after its month end and came 13 days after that.'
\echo ' This is what it had to say, for each fund, from the journal, and what the delay costs:'
\echo
\set ECHO queries
SELECT left(holder, 24) AS holder, reserved_for_holder AS reserved, conversion_shares AS conversion,
	   warrant_shares AS warrants, interest_shares AS "a year's interest", total
FROM deals_monthly_list WHERE month_end = '2005-05-31';
SELECT left(holder, 24) AS holder, from_day, to_day, days, principal, amount
FROM deals_damages WHERE ref = '2005-05-31';
\set ECHO none
SELECT pg_temp.told(sum(amount) = 24000.00 AND bool_and(days = 12), 'the May list') FROM deals_damages WHERE ref = '2005-05-31' \gset
SELECT pg_temp.told(sum(total) = 48809956 AND sum(reserved_for_holder) = 90953246, 'the list of May') FROM deals_monthly_list WHERE month_end = '2005-05-31' \gset
SELECT pg_temp.told(count(*) = 18 AND count(*) FILTER (WHERE state = 'met') = 12, 'the duties') FROM deals_duty \gset
\echo ' $24,000.00 together: three per cent of $2,000,000, for 12 of the 30 days of June. Read in other'
\echo ' ways it is another bill: as either side would read the agreement, and by four formulas and four'
\echo ' ways to count months, side by side:'
\echo
\set ECHO queries
SELECT adopted, company, buyers FROM covenant.readings('deals') WHERE ref = '2005-05-31';
SELECT v.* FROM covenant.readings('deals') r CROSS JOIN LATERAL (VALUES
	('principal', r.principal_calendar, r.principal_anniversary, r.principal_30_day, r.principal_365_day),
	('... and interest', r.principal_and_interest_calendar, r.principal_and_interest_anniversary,
		r.principal_and_interest_30_day, r.principal_and_interest_365_day),
	('... plus interest', r.principal_plus_interest_calendar, r.principal_plus_interest_anniversary,
		r.principal_plus_interest_30_day, r.principal_plus_interest_365_day),
	('... and plus interest', r.principal_and_interest_plus_interest_calendar, r.principal_and_interest_plus_interest_anniversary,
		r.principal_and_interest_plus_interest_30_day, r.principal_and_interest_plus_interest_365_day)
) v("3 % of", calendar, anniversary, "30-day", "365-day") WHERE r.ref = '2005-05-31';
\set ECHO none
\echo ' The greater matter is the shareholder approval. From 14 October the reserve was short, but the'
\echo ' board had enough shares to add; since 4 November only a vote can cure it. Thirty days later'
\echo ' the time was up. Any day can be looked at:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-12-04';
SELECT duty, started_on, due_on, days_late, state FROM deals_duty WHERE duty = 'shareholder approval';
SET covenant.as_of = '2005-12-05';
SELECT duty, started_on, due_on, days_late, state FROM deals_duty WHERE duty = 'shareholder approval';
\set ECHO none
SELECT pg_temp.told(count(*) = 1 AND min(due_on) = '2005-12-04' AND min(state) = 'overdue', 'the thirty days')
FROM deals_duty WHERE duty = 'shareholder approval' \gset
\echo ' On 20 December the shareholders authorize 300,000,000 shares, and the board reserves what is'
\echo ' required:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-12-20';
BEGIN;
INSERT INTO deals_event (deal, kind, note) VALUES ('calbatech', 'shareholder_approval', 'special meeting');
UPDATE deals SET authorized = 300000000, reserved_shares = reserved_shares + 33999998;
COMMIT;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = 0 AND shortfall_since IS NULL, 'the approval') FROM deals_status \gset
\echo ' Under Section 4(h) it is the funds that choose between cash and shares. The company has no'
\echo ' say in it, and the database knows that:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
INSERT INTO deals_event (deal, kind, section, choice) VALUES ('calbatech', 'election', '4(h)', 'shares');
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '22023', 'the company has no choice') \gset
\echo
\set ECHO queries
INSERT INTO deals_event (deal, kind, holder, section, choice) VALUES
	('calbatech', 'election', 'AJW Partners, LLC',                       '4(h)', 'cash'),
	('calbatech', 'election', 'AJW Offshore, Ltd.',                      '4(h)', 'cash'),
	('calbatech', 'election', 'AJW Qualified Partners, LLC',             '4(h)', 'cash'),
	('calbatech', 'election', 'New Millennium Capital Partners II, LLC', '4(h)', 'shares'),
	('calbatech', 'damages_agreed', NULL,                                '4(h)', NULL);
SELECT duty, left(holder, 16) AS holder, days, amount, shares, election, status, paid, balance
FROM deals_damages ORDER BY from_day, holder;
\set ECHO none
\echo ' Then they are paid, in cash and, to New Millennium, in shares that are authorized and free:'
\echo
\set ECHO queries
BEGIN;
UPDATE deals SET outstanding = outstanding + (SELECT sum(shares) FROM deals_damages WHERE election = 'shares');
INSERT INTO deals_event (deal, kind, holder, amount)
SELECT deal, 'damages_paid', holder, sum(amount) FROM deals_damages GROUP BY deal, holder;
COMMIT;
SELECT sum(amount) AS damages, sum(paid) AS paid, sum(balance) AS still_owed FROM deals_damages;
\set ECHO none
SELECT pg_temp.told(sum(amount) = 24000.00 + 37016.13 AND sum(balance) = 0, 'the damages') FROM deals_damages \gset

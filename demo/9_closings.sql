\echo '------------------------------------------------------------------------------------------'
\echo ' 9. Closings'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' A closing has a checklist: four conditions for the company and nine for each fund (Sections'
\echo ' 6 and 7), and Section 7 again at each tranche. From signing on it can be ticked off; the'
\echo ' files of May 2005 have all of it, but one fund waived that the shares were quoted:'
\echo
\set ECHO queries
INSERT INTO deals_event (deal, kind, occurred_on, holder, amount)
SELECT 'calbatech', 'signing', '2005-05-23', holder, principal FROM deals_holding WHERE day = '2005-05-23';
INSERT INTO deals_event (deal, kind, occurred_on, section)
SELECT 'calbatech', 'condition_satisfied', '2005-05-23', section FROM covenant.conditions('spa-2005')
WHERE closing = 'closing' AND section <> '7(g)';
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES
	('calbatech', 'condition_satisfied', '2005-05-23', '7(g)', 'AJW Partners, LLC'),
	('calbatech', 'condition_satisfied', '2005-05-23', '7(g)', 'AJW Offshore, Ltd.'),
	('calbatech', 'condition_satisfied', '2005-05-23', '7(g)', 'AJW Qualified Partners, LLC'),
	('calbatech', 'condition_waived',    '2005-05-23', '7(g)', 'New Millennium Capital Partners II, LLC');
SELECT closing, benefit, count(*), count(*) FILTER (WHERE state = 'satisfied') AS satisfied,
	   count(*) FILTER (WHERE state = 'waived') AS waived, count(*) FILTER (WHERE state = 'open') AS open
FROM deals_condition GROUP BY closing, benefit ORDER BY closing, benefit DESC;
\set ECHO none
SELECT pg_temp.told(count(*) = 128 AND count(*) FILTER (WHERE closing = 'closing' AND state = 'satisfied') = 51
					AND count(*) FILTER (WHERE state = 'waived') = 1, 'the checklist') FROM deals_condition \gset
\echo ' Were the notes and warrants of that day, and those of the filing tranche, what was agreed? Only'
\echo ' differences are listed: an empty list is what one wants to see.'
\echo
\set ECHO queries
SELECT * FROM covenant.check_closing('deals', 'calbatech', 'closing', 2000000, 12143290);
SELECT * FROM covenant.check_closing('deals', 'calbatech', 'filing tranche', 600000, 3642987);
\set ECHO none
SELECT pg_temp.told(count(*) = 0, 'the closings are as agreed')
FROM (SELECT * FROM covenant.check_closing('deals', 'calbatech', 'closing', 2000000, 12143290)
	  UNION ALL SELECT * FROM covenant.check_closing('deals', 'calbatech', 'filing tranche', 600000, 3642987)) d \gset
\echo
\echo ' With the registration statement effective on 1 February 2006 the effectiveness tranche is open,'
\echo ' for five days. The funds are ready, each for itself, but for AJW Partners: it has no opinion of'
\echo ' counsel yet. The obligations are several, so the others may close while it waits:'
\echo
\set ECHO queries
SET covenant.as_of = '2006-02-03';
INSERT INTO deals_event (deal, kind, occurred_on, section, subject, holder)
SELECT 'calbatech', 'condition_satisfied', '2006-02-03', c.section, c.closing, h.holder
FROM covenant.conditions('spa-2005') c, (SELECT DISTINCT holder FROM deals_condition) h
WHERE c.closing = 'effectiveness tranche' AND (c.section, h.holder) <> ('7(h)', 'AJW Partners, LLC');
SELECT left(holder, 24) AS holder, opened_on, due_on, ready, open_conditions AS "waits for"
FROM deals_closing WHERE closing = 'effectiveness tranche' ORDER BY holder;
\set ECHO none
SELECT pg_temp.told(count(*) FILTER (WHERE ready) = 3 AND min(due_on) = '2006-02-06'
					AND bool_and(holder LIKE 'AJW Partners%') FILTER (WHERE NOT ready), 'one fund waits')
FROM deals_closing WHERE closing = 'effectiveness tranche' \gset
\echo ' Only AJW Partners itself can do without; the company cannot waive for it:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
INSERT INTO deals_event (deal, kind, section, subject) VALUES ('calbatech', 'condition_waived', '7(h)', 'effectiveness tranche');
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' = '22023', 'the company waives no condition of Section 7') \gset
SET covenant.as_of = '2005-12-31';
\echo

\echo '------------------------------------------------------------------------------------------'
\echo ' 11. The books'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' Beside the tables covenant keeps a journal: each change that was let in, with its day, what'
\echo ' kind it was, and the slack after it; also when and by whom it was recorded, not shown here.'
\echo ' What was refused, and what was only tried, is not in it. From the closing to the summer:'
\echo
\set ECHO queries
SELECT effective_on AS day, string_agg(DISTINCT kind, ', ') AS kind, sum(principal) AS principal,
	   sum(note_shares) AS note_shares, sum(warrant_shares) AS warrants, sum(reserved) AS reserved,
	   (array_agg(slack ORDER BY seq DESC))[1] AS slack_after
FROM deals_journal WHERE effective_on < '2005-09-01' AND kind <> 'opening'
GROUP BY transaction, effective_on ORDER BY min(seq);
\set ECHO none
SELECT pg_temp.told(count(DISTINCT transaction) = 5, 'the journal of the summer') FROM deals_journal WHERE effective_on < '2005-09-01' AND kind <> 'opening' \gset
\echo ' It is append-only:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
DELETE FROM deals_journal;
\set ECHO none
\set ON_ERROR_STOP on
SELECT pg_temp.told(:'SQLSTATE' <> '00000', 'the journal is append-only') \gset
\echo
\echo ' The auditor adds up the company''s tables once more, in plain SQL, and compares. The audit'
\echo ' lists differences only; an empty list is what one wants to see:'
\echo
\set ECHO queries
SELECT * FROM covenant.audit('deals');
\set ECHO none
SELECT pg_temp.told(count(*) = 0, 'the audit') FROM covenant.audit('deals') \gset
\echo ' The demo ends here; every figure above was compared with the story.'
\echo

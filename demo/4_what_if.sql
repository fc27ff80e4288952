\echo '------------------------------------------------------------------------------------------'
\echo ' 4. What if'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' What if the price were $0.03? Try it, look, and take it back. Nobody else sees it, nothing'
\echo ' in the books is locked, and nothing is left behind. "cured by: vote" says that the board'
\echo ' would not have enough shares to reserve:'
\echo
\set ECHO queries
BEGIN;
UPDATE notes SET conversion_price = 0.03;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = -67999998 AND cured_by = 'vote', 'the what-if') FROM deals_status \gset
\set ECHO queries
ROLLBACK;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = 0 AND shortfall_since IS NULL, 'after the what-if') FROM deals_status \gset
\echo ' For a price alone there is a function; it also says how much of the company that would be:'
\echo
\set ECHO queries
SELECT deal, issuable, required, slack, pct_of_outstanding FROM covenant.what_if('deals', 0.03);
\set ECHO none

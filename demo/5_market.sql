\echo '------------------------------------------------------------------------------------------'
\echo ' 5. The market'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' So far somebody typed the prices. In notes of this form the conversion price is a formula,'
\echo ' and covenant has a type for it. The note itself is not part of the public agreement, so'
\echo ' this formula is an assumption, and so are the quotes below:'
\echo
\o /dev/null
\set ECHO queries
ALTER TABLE notes ALTER conversion_price TYPE covenant.share_price,
	ADD security text DEFAULT 'CalbaTech common',
	ADD terms covenant.conversion_terms DEFAULT 'lesser of 0.12 and 50% of average of lowest 3 of 20 days';
CREATE TABLE quotes (security text, day date, low numeric(8,4), PRIMARY KEY (security, day));
SELECT covenant.watch_quotes('quotes', security => 'security', day => 'day', price => 'low',
	notes => 'notes', notes_security => 'security', terms => 'terms');
\set ECHO none
\o
\echo
\echo ' From now on a quote reprices the notes, in the same transaction. Here are the daily lows of'
\echo ' the autumn of 2005, one for each session of the New York Stock Exchange. They hold at'
\echo ' about eleven cents until the end of September, then fall:'
\echo
\set ECHO queries
SET covenant.as_of = '2005-12-16';
INSERT INTO quotes
SELECT 'CalbaTech common', day, 0.1110 - 0.0012 * least(greatest(session - 28, 0), 30) + 0.0003 * (session * 7 % 5)
FROM (SELECT day::date, row_number() OVER (ORDER BY day) AS session
	  FROM generate_series(timestamp '2005-08-22', '2005-12-16', '1 day') AS day
	  WHERE covenant.is_business_day(day::date, 'NYSE')) AS sessions;
SELECT * FROM position;
\set ECHO none
SELECT pg_temp.told(slack = -33999998 AND shortfall_since = '2005-10-14' AND cured_by = 'vote', 'the autumn') FROM deals_status \gset
SELECT pg_temp.told(count(*) = 8 AND min(conversion_price::numeric) = 0.0375 AND max(conversion_price::numeric) = 0.0375, 'the price at the end') FROM notes \gset
\echo ' Each night is in the journal with its own day. The reserve broke on 14 October:'
\echo
\set ECHO queries
SELECT DISTINCT j.effective_on AS day, q.low, to_char(j.slack, '999,999,990') AS slack
FROM deals_journal j JOIN quotes q ON q.day = j.effective_on
WHERE q.day BETWEEN '2005-10-12' AND '2005-10-18' ORDER BY 1;
\set ECHO none
SELECT pg_temp.told(bool_and((slack < 0) = (effective_on >= '2005-10-14')), 'the day on which the reserve broke')
FROM deals_journal WHERE effective_on >= '2005-09-19' \gset
\echo ' Why $0.0499 on that day? The worksheet is what a fund sends with a notice of conversion: line'
\echo ' by line, which prices count and which do not. Here only the lines that do:'
\echo
\set ECHO queries
SELECT item, day, price
FROM covenant.conversion_worksheet('lesser of 0.12 and 50% of average of lowest 3 of 20 days',
		 (SELECT array_agg(day ORDER BY day) FROM quotes WHERE day <= '2005-10-14'),
		 (SELECT array_agg(low::covenant.share_price ORDER BY day) FROM quotes WHERE day <= '2005-10-14'), 'NYSE')
WHERE chosen ORDER BY line;
\set ECHO none

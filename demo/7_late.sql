\echo '------------------------------------------------------------------------------------------'
\echo ' 7. Learnt late'
\echo '------------------------------------------------------------------------------------------'
\echo
\echo ' The same evening a notice of conversion turns up that had gone astray for two weeks: on'
\echo ' 6 December AJW Partners turned $26,000 of its first note into shares. Three figures rest on'
\echo ' that: what the fund holds, its damages since, and the list of December. So far they are:'
\echo
SELECT clock_timestamp() AS before \gset
CREATE VIEW partners AS
SELECT (SELECT string_agg(to_char(h.principal, 'FM$999,999'), ', ' ORDER BY h.day) FROM deals_holding h
		WHERE h.holder = l.holder AND h.day >= '2005-11-29') AS "principal since November",
	   (SELECT sum(d.amount) FROM deals_damages d WHERE d.holder = l.holder AND d.duty = 'shareholder approval') AS damages,
	   (SELECT sum(d.balance) FROM deals_damages d WHERE d.holder = l.holder) AS "still owed",
	   to_char(l.conversion_shares, '99,999,999') AS "on the list of December"
FROM deals_monthly_list l WHERE l.holder = 'AJW Partners, LLC' AND l.month_end = '2005-12-31';
SET covenant.as_of = '2005-12-31';
SELECT * FROM partners;
\echo ' It is entered with its own day, at the price of that day, which is on record:'
\echo
\set ECHO queries
SELECT note, round(price, 6) AS price, covenant.shares_issuable(26000, price) AS shares
FROM deals_note WHERE note = '1' AND '2005-12-06' >= from_day AND ('2005-12-06' < to_day OR to_day IS NULL);
SET covenant.as_of = '2005-12-06';
BEGIN;
UPDATE notes SET balance = balance - 26000 WHERE note_id = 1;
UPDATE deals SET reserved_shares = reserved_shares - 693333, outstanding = outstanding + 693333;
COMMIT;
\set ECHO none
SET covenant.as_of = '2005-12-31';
\echo
\echo ' Everything that follows from it is right at once. The fund was paid $352.25 too much:'
\echo
SELECT * FROM partners;
SELECT pg_temp.told(principal = 312000 AND next_day IS NULL, 'what AJW Partners holds')
FROM deals_holding WHERE holder = 'AJW Partners, LLC' AND day = '2005-12-06' \gset
SELECT pg_temp.told(sum(amount) = 60663.87 AND sum(balance) = -352.26, 'the damages after the late conversion') FROM deals_damages \gset
SELECT pg_temp.told(conversion_shares = 8320000, 'the list of December')
FROM deals_monthly_list WHERE holder = 'AJW Partners, LLC' AND month_end = '2005-12-31' \gset
\echo ' And what was known before can still be asked, of any moment:'
\echo
\echo 'SET covenant.known_at = ''before it was entered'';'
SELECT set_config('covenant.known_at', :'before', false) \gset
SELECT * FROM partners;
SELECT pg_temp.told(sum(amount) = 61016.13 AND sum(balance) = 0, 'what was known before') FROM deals_damages \gset
RESET covenant.known_at;

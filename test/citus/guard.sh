# Acts and facts, their days, asking and overriding, from every node.

today=$(sql -c 'SELECT covenant.as_of()')
day() { date -d "$today - $1 days" +%F; }
sql -f - >/dev/null <<S
BEGIN;
SET LOCAL covenant.as_of = '$(day 60)';
INSERT INTO deals SELECT 'd' || k, 10000000, 100, 0, 100000 FROM generate_series(0, 9) AS k;
INSERT INTO notes SELECT n, 'd' || k, 'fund ' || n, 10 * n, 0.10 FROM generate_series(0, 9) AS k, generate_series(1, 3) AS n;
INSERT INTO warrants SELECT 1, 'd' || k, 'fund 1', 5 FROM generate_series(0, 9) AS k;
COMMIT;
S
is "status" "$(tell 'SELECT count(*), min(required), max(required), sum(slack) FROM deals_status')" '10|1210|1210|987900'
is "dated as the transaction said" "$(tell 'SELECT DISTINCT effective_on FROM deals_position UNION SELECT effective_on FROM deals_journal')" "$(day 60)"
is "a plain setting outside of a transaction is refused" "$(script "SET covenant.as_of = '$(day 30)';
INSERT INTO notes VALUES (9, 'd0', 'fund 9', 1, 0.10);
SELECT count(*) FROM deals_status;
COPY notes FROM stdin;")" "ERROR:  0A000;ERROR:  0A000;ERROR:  0A000"
is "inside it reaches the nodes, through savepoints and resets" "$(script "SET covenant.as_of = '$(day 30)';
BEGIN;
INSERT INTO notes VALUES (11, 'd0', 'fund 9', 1, 0.10);
SAVEPOINT s;
SET covenant.as_of = '$(day 20)';
INSERT INTO notes VALUES (12, 'd1', 'fund 9', 1, 0.10);
ROLLBACK TO s;
INSERT INTO notes VALUES (13, 'd1', 'fund 9', 1, 0.10);
SELECT set_config('covenant.as_of', '$(day 10)', true);
INSERT INTO notes VALUES (14, 'd2', 'fund 9', 1, 0.10);
COPY notes FROM stdin;
15	d2	fund 9	1	0.10
\\.
SET LOCAL covenant.as_of = '';
INSERT INTO notes VALUES (16, 'd3', 'fund 9', 1, 0.10);
COMMIT;
RESET covenant.as_of;
SELECT instrument, effective_on FROM deals_position WHERE holder = 'fund 9' ORDER BY 1;
BEGIN; DELETE FROM notes WHERE buyer = 'fund 9'; COMMIT;")" \
"$(day 10);(d0,11)|$(day 30);(d1,13)|$(day 30);(d2,14)|$(day 10);(d2,15)|$(day 10);(d3,16)|$today"
is "known_at reaches the nodes" "$(script "BEGIN; SET LOCAL covenant.known_at = '2000-01-01 00:00Z';
SELECT count(*) FROM deals_history; COMMIT;")" 0
is "an act that breaks the reserve, by itself" "$(tell "INSERT INTO notes VALUES (21, 'd4', 'fund 1', 100000, 0.10)")" 'ERROR:  23514'
is "in a transaction on one node" "$(script "BEGIN;
INSERT INTO notes VALUES (21, 'd4', 'fund 1', 100000, 0.10);
COMMIT;" | grep -o 'ERROR:  [0-9A-Z]*')" 'ERROR:  XX000'
is "on several" "$(script "BEGIN;
INSERT INTO notes SELECT 21, 'd' || k, 'fund 1', CASE k WHEN 4 THEN 100000 ELSE 1 END, 0.10 FROM generate_series(0, 9) AS k;
COMMIT;" | grep -o 'ERROR:  [0-9A-Z]*')" 'ERROR:  23514'
is "nothing of it is there" "$(tell 'SELECT count(*) FROM notes WHERE note_id = 21')" 0
is "check says what COMMIT would" "$(script "BEGIN;
INSERT INTO notes VALUES (21, 'd4', 'fund 1', 100000, 0.10);
SELECT covenant.check('deals');
ROLLBACK;
BEGIN;
INSERT INTO notes VALUES (21, 'd4', 'fund 1', 1, 0.10);
SELECT covenant.check('deals');
ROLLBACK;")" 'ERROR:  23514;'
is "override" "$(script "BEGIN;
INSERT INTO notes VALUES (21, 'd4', 'fund 1', 100000, 0.10);
SELECT covenant.override('deals', 'it was issued');
COMMIT;
SELECT deal, kind, principal, note FROM deals_journal WHERE kind = 'override';
SELECT deal, slack, shortfall_since FROM deals_status WHERE slack < 0;
DELETE FROM notes WHERE note_id = 21;")" ";d4|override|100000|it was issued;d4|-1901210|$today"
is "a price is a fact" "$(script "UPDATE notes SET conversion_price = 0.0001 WHERE deal_id = 'd4' AND note_id = 1;
SELECT kind, note_shares FROM deals_journal WHERE deal = 'd4' ORDER BY seq DESC LIMIT 1;
UPDATE notes SET conversion_price = 0.10 WHERE deal_id = 'd4' AND note_id = 1;")" 'fact|99900'
for node in east west; do
	is "written from $node" "$(on $node -c "UPDATE notes SET balance = balance + 1 WHERE note_id = 2" && on $node -c "UPDATE notes SET balance = balance - 1 WHERE note_id = 2" && on $node -c "SELECT count(*), sum(slack) FROM deals_status")" '10|987900'
done
is "one that may write notes only" "$(script "CREATE ROLE clerk LOGIN;
GRANT SELECT, INSERT ON notes TO clerk;
SET ROLE clerk;
INSERT INTO notes VALUES (31, 'd5', 'fund 1', 1, 0.10);
RESET ROLE;
SELECT kind, principal FROM deals_journal WHERE deal = 'd5' ORDER BY seq DESC LIMIT 1;
DELETE FROM notes WHERE note_id = 31;")" 'act|1'
is "what-if" "$(tell "SELECT count(*), sum(issuable) FROM covenant.what_if('deals', 0.05)")" '10|12050'
is "no split outside of its rights" "$(script "CREATE ROLE stranger LOGIN;
SET ROLE stranger;
SELECT covenant.split('deals', '{d0}', 3, 1, '$today', 'down');")" 'ERROR:  42501'
is "a ledger that was edited is rebuilt" "$(script "UPDATE deals_reserve SET note_shares = 7 WHERE deal = 'd8';
SELECT what, books, tables FROM covenant.audit('deals');
SELECT covenant.rebuild('deals');
SELECT note_shares FROM deals_reserve WHERE deal = 'd8';")" 'note_shares|7|600;journal note_shares|7|600;;600'
is "audit" "$(audit)" ''

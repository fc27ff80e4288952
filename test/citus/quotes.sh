# Quotes, an ordinary table of the coordinator, reprice distributed notes; the
# same story on plain tables beside them (schema market_twin).

market() {
	sql -f - >/dev/null <<S
CREATE SCHEMA $1;
SET search_path = $1;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal text, id integer, buyer text, balance numeric NOT NULL, price covenant.share_price NOT NULL,
	security text, terms covenant.conversion_terms, PRIMARY KEY (deal, id));
CREATE TABLE quotes (security text, day date, low numeric(12,4), PRIMARY KEY (security, day));
$2
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
S
}
market market "SELECT create_distributed_table('deals', 'deal'), create_distributed_table('notes', 'deal', colocate_with => 'deals');"
market market_twin ''

# What both hear, and that both say the same of it: errors (the third argument),
# notes of all days, days and kinds of the journal, and what else is asked (the
# fourth).
tale() {
	local schema
	for schema in market market_twin; do
		is "$schema: $1" "$(script "SET search_path = $schema; $2" | grep -o 'ERROR:  [0-9A-Z]*' | paste -sd' ')" "${3:-}"
		sql -f - > "$base/$schema.tale" <<S
SET search_path = $schema;
SELECT * FROM deals_note ORDER BY deal, note, from_day;
SELECT deal, kind, effective_on, sum(note_shares), sum(reserved) FROM deals_journal GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT deal, instrument, effective_on, price / price_divisor, quoted FROM deals_position WHERE price IS NOT NULL ORDER BY 1, 2, 3, seq, line;
SELECT deal, id, price, terms FROM notes ORDER BY 1, 2;
SELECT * FROM quotes ORDER BY 1, 2;
SELECT * FROM covenant.audit('deals');
${4:-}
S
	done
	is "quotes: $1" "$(diff "$base/market.tale" "$base/market_twin.tale" | head -6)" ''
}
tale "notes" "BEGIN; SET LOCAL covenant.as_of = '2005-07-29';
INSERT INTO deals SELECT 'd' || k, 1000000 FROM generate_series(0, 9) AS k;
INSERT INTO notes SELECT 'd' || k, n, 'fund ' || n, 100 * n, 0.10, CASE WHEN k < 7 THEN 'S' ELSE 'T' END,
	CASE n WHEN 1 THEN '50% of average of lowest 2 of 3 days' WHEN 2 THEN 'lesser of 0.12 and 80% of lowest of 2 days' END::covenant.conversion_terms
	FROM generate_series(0, 9) AS k, generate_series(1, 3) AS n; COMMIT;"
explained="SELECT line, label, value, how FROM covenant.explain('deals', 'd1', 'price', '(d1,1)'); SELECT line, label, value FROM covenant.explain('deals', 'd1', 'status');"
tale "in order" "INSERT INTO quotes VALUES ('S', '2005-08-01', .30), ('S', '2005-08-02', .20);
INSERT INTO quotes VALUES ('S', '2005-08-03', .20);
INSERT INTO quotes VALUES ('S', '2005-08-04', .18), ('T', '2005-08-04', .18);" '' "$explained"
is "quotes: they move the notes" "$(tell "SELECT count(*), min(price), max(price) FROM market.notes WHERE security = 'S' AND id = 1")" '7|0.095|0.095'
is "quotes: on their days" "$(tell "SELECT string_agg(DISTINCT effective_on::text, ' ') FROM market.deals_journal WHERE kind = 'fact'")" '2005-08-02 2005-08-04'
tale "late" "INSERT INTO quotes VALUES ('S', '2005-08-05', .40), ('T', '2005-08-02', .10), ('T', '2005-08-01', .50);
INSERT INTO quotes VALUES ('S', '2005-07-15', .05), ('T', '2005-07-29', .22);"
tale "corrected" "UPDATE quotes SET low = low + .03 WHERE day IN ('2005-08-02', '2005-08-04');"
tale "gone" "DELETE FROM quotes WHERE day = '2005-08-03';"
tale "several days" "INSERT INTO quotes SELECT s, '2005-08-08'::date + d, (7 + (d * 5) % 11) * 0.03 FROM unnest(ARRAY['S', 'T']) AS s, generate_series(0, 20) AS d;"
tale "a price by hand, terms that change, a note that goes" "BEGIN; SET LOCAL covenant.as_of = '2005-09-01';
UPDATE notes SET price = 0.2 WHERE deal = 'd2'; UPDATE notes SET terms = '60% of lowest of 1 day' WHERE deal IN ('d3', 'd8') AND id = 1;
DELETE FROM notes WHERE deal IN ('d4', 'd9') AND id = 1;
INSERT INTO quotes VALUES ('S', '2005-08-16', .03) ON CONFLICT (security, day) DO UPDATE SET low = excluded.low;
INSERT INTO quotes VALUES ('S', '2005-09-01', .33), ('T', '2005-09-01', .44);
COMMIT;"
tale "in a transaction with notes, rolled back to a savepoint" "BEGIN; SET LOCAL covenant.as_of = '2005-09-05';
INSERT INTO notes VALUES ('d5', 9, 'fund 9', 500, 0.3, 'S', '90% of lowest of 1 day');
SAVEPOINT s; INSERT INTO quotes VALUES ('S', '2005-09-05', .66); ROLLBACK TO s;
INSERT INTO quotes VALUES ('S', '2005-09-05', .55), ('T', '2005-08-31', .05); COMMIT;"
tale "rolled back" "BEGIN; INSERT INTO quotes VALUES ('S', '2005-09-06', .01), ('T', '2005-09-06', .01); ROLLBACK;"
tale "a split" "BEGIN; SET LOCAL covenant.as_of = '2005-09-09';
SELECT covenant.split('deals', ARRAY(SELECT deal FROM deals), 3, 2, '2005-08-20', 'down'); COMMIT;"
tale "and after it" "INSERT INTO quotes VALUES ('S', '2005-08-21', .31) ON CONFLICT (security, day) DO UPDATE SET low = excluded.low;
INSERT INTO quotes VALUES ('S', '2005-09-12', .31), ('T', '2005-09-12', .32);"
tale "a split of some deals of a security" "SELECT covenant.split('deals', '{d0, d1}', 3, 2, '2005-09-20', 'down');" 'ERROR:  22023'
tale "no quotes" "INSERT INTO quotes VALUES ('S', '2099-01-01', .31); INSERT INTO quotes VALUES ('S', '2005-09-13', -1);" 'ERROR:  22008 ERROR:  22023'
tale "corrections, copies, merges" "SELECT covenant.correct('notes', '(d1,1)', '2005-08-10', price => '0.07', reason => 'by letter');
COPY quotes FROM stdin;
S	2005-09-14	0.21
T	2005-09-14	0.23
\\.
MERGE INTO quotes USING (VALUES ('S', '2005-09-14'::date, .25), ('S', '2005-09-15', .26)) AS v(s, d, l) ON security = s AND day = d
	WHEN MATCHED THEN UPDATE SET low = l WHEN NOT MATCHED THEN INSERT VALUES (s, d, l);"
is "quotes: a day that was set outside of a transaction does not reach the nodes" "$(script "SET covenant.as_of = '2005-10-01'; INSERT INTO market.quotes VALUES ('S', '2005-09-19', .10);")" 'ERROR:  0A000'
tale "not watched any more, and again" "SELECT covenant.unwatch('quotes'); INSERT INTO quotes VALUES ('S', '2005-09-19', .19);
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms', mode => 'row'); INSERT INTO quotes VALUES ('S', '2005-09-20', .20), ('T', '2005-09-20', .21);"
is "quotes that are distributed are refused" "$(script "CREATE TABLE market.everywhere (LIKE market.quotes INCLUDING ALL); SELECT create_reference_table('market.everywhere');
CREATE TABLE market.beside (LIKE market.quotes INCLUDING ALL); SELECT create_distributed_table('market.beside', 'security');
SELECT covenant.watch_quotes('market.everywhere', 'security', 'day', 'low', 'market.notes', 'security', 'terms');
SELECT covenant.watch_quotes('market.beside', 'security', 'day', 'low', 'market.notes', 'security', 'terms');")" ';;ERROR:  0A000;ERROR:  0A000'
is "nor are they distributed while they are watched" "$(sql -v ON_ERROR_STOP=0 -f - <<< "SET citus.enable_unsafe_triggers = on; SELECT create_reference_table('market.quotes');" 2>&1 | grep -c 'were distributed while they reprice notes')" 1
is "nor watched on a worker" "$(on east -v ON_ERROR_STOP=0 -v VERBOSITY=sqlstate -f - 2>&1 <<< "CREATE TABLE market.there (security text, day date, low numeric, PRIMARY KEY (security, day));
SELECT covenant.watch_quotes('market.there', 'security', 'day', 'low', 'market.notes', 'security', 'terms');" | grep -c '0A000')" 1
tale "all of it" "SELECT 1;"
is "quotes: written by one who may write nothing else" "$(script "CREATE ROLE feed LOGIN; GRANT USAGE ON SCHEMA market TO feed; GRANT SELECT, INSERT ON market.quotes TO feed;
SET ROLE feed;
INSERT INTO market.quotes VALUES ('S', '2005-09-16', .10), ('T', '2005-09-16', .10);
RESET ROLE;
SELECT count(*) FROM market.notes WHERE id = 1 AND price < 0.1;
DELETE FROM market.quotes WHERE day = '2005-09-16';")" 6

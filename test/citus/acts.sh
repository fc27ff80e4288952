# Tables of breaches, financings and transfers beside distributed deals, and the
# purge of a deal; the same story on plain tables (schema acts_twin).

acts() {
	sql -f - >/dev/null <<S
CREATE SCHEMA $1;
SET search_path = $1;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal text, id integer, buyer text, balance numeric NOT NULL, price numeric NOT NULL, PRIMARY KEY (deal, id));
CREATE TABLE breaches (deal text, id integer, section text, since date, cured date, damages numeric(14,2), shares bigint, PRIMARY KEY (deal, id));
CREATE TABLE offerings (deal text, name text, kind text, agreed date, closes date, price numeric, market numeric, ground text, PRIMARY KEY (deal, name));
CREATE TABLE transfers (deal text, id integer, seller text, basis text, day date, evidence bigint, PRIMARY KEY (deal, id));
$2
SELECT covenant.watch_deals('deals', 'deal', 'reserved', on_breach => '$3'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar", "calendar": "NYGCL",
	"additional_notes": "counted", "list_interest": "next_year", "lock_up_extends": "effectiveness", "majority": "purchased", "amendment": "options_only", "sunday": "moves", "stacking": "each"}');
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');
SELECT covenant.watch_offerings('offerings', 'deals', 'deal', 'name', 'kind', 'agreed', 'closes', 'price', 'market', 'ground');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'basis', 'day', 'evidence');
S
}
spread="SELECT create_distributed_table('deals', 'deal');
SELECT create_distributed_table(t, 'deal', colocate_with => 'deals') FROM unnest(ARRAY['notes', 'breaches', 'offerings', 'transfers']) AS t;"
acts acts "$spread" refuse
acts acts_twin '' refuse
acts lenient "$spread" record
acts lenient_twin '' record

# What both hear: errors, rows and events afterwards are the same.
deed() {
	local schema where=$1
	for schema in "$where" "${where}_twin"; do
		is "$schema: $2" "$(script "SET search_path = $schema; $3" | grep -o 'ERROR:  [0-9A-Z]*' | sed 's/XX000/23514/' | paste -sd' ')" "${4:-}"
		sql -f - > "$base/$schema.deed" <<S
SET search_path = $schema;
SELECT * FROM breaches ORDER BY 1, 2; SELECT * FROM offerings ORDER BY 1, 2; SELECT deal, id, seller, basis, day, evidence IS NULL FROM transfers ORDER BY 1, 2;
SELECT deal, kind, occurred_on, section, holder, subject, note FROM deals_event ORDER BY 1, 2, 3, 4, 5, 6, 7;
SELECT deal, offering, holder, earliest_closing FROM deals_offering ORDER BY 1, 2, 3;
SELECT deal, section, duty, owed_by, started_on, due_on, done_on, state, holder FROM deals_duty ORDER BY deal, section, duty, started_on, holder;
SELECT deal, section, from_day, to_day, holder, amount FROM deals_damages ORDER BY 1, 2, 3, 4, 5, 6;
SELECT deal, clause_id, section, duty FROM deals_clause WHERE deal IS NOT NULL ORDER BY 1, 2;
SELECT * FROM covenant.audit('deals');
S
	done
	is "$where: $2, the same" "$(diff "$base/$where.deed" "$base/${where}_twin.deed" | head -6)" ''
}
start="BEGIN; SET LOCAL covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT 'd' || k, 1000000000 FROM generate_series(0, 5) AS k;
INSERT INTO notes SELECT 'd' || k, n, 'fund ' || n, 1000000 * n, 0.06 FROM generate_series(0, 5) AS k, generate_series(1, 2) AS n;
INSERT INTO deals_event (deal, kind) SELECT 'd' || k, 'closing' FROM generate_series(0, 5) AS k;
COMMIT;
INSERT INTO deals_event (deal, kind, occurred_on) SELECT 'd' || k, 'registration_effective', '2005-09-01' FROM generate_series(0, 5) AS k;"
for where in acts lenient; do deed $where "deals" "$start"; done
deed acts "breaches" "INSERT INTO breaches SELECT 'd' || k, 1, '4(h)', '2005-06-08', '2005-07-20' FROM generate_series(0, 5) AS k;
INSERT INTO breaches VALUES ('d1', 2, '4(i)', '2005-08-01', NULL); UPDATE breaches SET cured = '2005-08-11' WHERE id = 2;
INSERT INTO breaches VALUES ('d2', 3, '8(a)', '2005-06-08', '2005-07-20');
BEGIN; SET LOCAL covenant.as_of = '2005-06-01'; INSERT INTO breaches VALUES ('d3', 4, '3(z)', '2005-06-08', '2005-07-20'); COMMIT;" 'ERROR:  22023'
is "damages are reckoned on the nodes" "$(tell "SELECT DISTINCT damages, shares FROM acts.breaches WHERE id = 1")" '124161.29|2069354'	# 90,000 x (23/30 + 19/31), / 0.06
deed acts "damages that a correction makes wrong" "BEGIN; SET LOCAL covenant.as_of = '2005-06-20'; UPDATE notes SET balance = 500000 WHERE deal = 'd1' AND id = 1; COMMIT;"
is "audit lists them" "$(tell "SELECT deal, what FROM covenant.audit('acts.deals')")" "d1|damages under Section 4(h) from 2005-06-08;d1|damages under Section 4(i) from 2005-08-01"
deed acts "and they are reckoned anew" "UPDATE breaches SET damages = 1 WHERE deal = 'd1';"
deed acts "financings, one by one" "INSERT INTO offerings VALUES ('d0', 'A', 'variable convertible', '2005-10-01');
INSERT INTO offerings VALUES ('d0', 'B', 'straight debt', '2005-10-01', '2005-10-02');
INSERT INTO offerings VALUES ('d1', 'C', 'common stock', '2005-10-01', NULL, 0.05, 0.06);
INSERT INTO offerings VALUES ('d1', 'D', 'fixed convertible', '2005-10-01', '2005-10-20');
INSERT INTO offerings VALUES ('d1', 'E', 'nonsense', '2005-10-01', '2005-10-20');" 'ERROR:  23514 ERROR:  23514 ERROR:  23514 ERROR:  22023'
deed acts "on several nodes" "INSERT INTO offerings SELECT 'd' || k, 'F', CASE k WHEN 3 THEN 'warrants' ELSE 'straight debt' END, '2005-10-01' FROM generate_series(0, 5) AS k;
INSERT INTO offerings SELECT 'd' || k, 'G', 'straight debt', '2005-10-01' FROM generate_series(0, 5) AS k;" 'ERROR:  23514'
deed acts "with a consent in the same transaction" "BEGIN; INSERT INTO offerings VALUES ('d2', 'H', 'warrants', '2005-10-05');
INSERT INTO deals_event (deal, kind, section, subject, holder, occurred_on) VALUES ('d2', 'consent', '4(e)', 'H', 'fund 2', '2005-10-01'); COMMIT;"
deed acts "in a transaction on one node" "BEGIN; INSERT INTO offerings VALUES ('d2', 'I', 'warrants', '2005-10-05'); COMMIT;" 'ERROR:  23514'
deed acts "a row that is taken back" "BEGIN; INSERT INTO offerings VALUES ('d2', 'J', 'warrants', '2005-10-05'); SAVEPOINT s; INSERT INTO offerings VALUES ('d2', 'K', 'warrants', '2005-10-05'); ROLLBACK TO s;
DELETE FROM offerings WHERE name = 'J'; COMMIT;"
deed acts "under override" "BEGIN; SELECT covenant.override('deals', 'they said so'); INSERT INTO offerings VALUES ('d4', 'L', 'warrants', '2005-10-05'); COMMIT;
BEGIN; INSERT INTO transfers SELECT 'd' || k, 9, 'fund 1', 'gift', '2005-10-05' FROM generate_series(0, 5) AS k; SELECT covenant.override('deals', 'a gift'); COMMIT;"
deed acts "transfers" "INSERT INTO transfers VALUES ('d0', 1, 'fund 1', 'rule 144', '2005-10-01');
INSERT INTO transfers VALUES ('d0', 2, 'fund 1', 'opinion', '2005-10-01');
INSERT INTO transfers VALUES ('d0', 3, 'fund 1', 'gift', '2005-10-01');
INSERT INTO transfers VALUES ('d0', 3, 'fund 1', 'registered', '2005-08-01');
INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('d0', 'opinion_accepted', 'fund 1', '2005-10-01');
INSERT INTO transfers SELECT deal, 4, 'fund 1', 'opinion', '2005-10-02', event_id FROM deals_event WHERE kind = 'opinion_accepted';
INSERT INTO transfers SELECT 'd1', 4, 'fund 1', 'opinion', '2005-10-02', event_id FROM deals_event WHERE kind = 'opinion_accepted';
UPDATE transfers SET day = '2005-09-30' WHERE id = 4;
SELECT covenant.transfer_restriction('deals', 'd1', 'fund 1', 'pledge', '2005-08-01');" 'ERROR:  23514 ERROR:  23514 ERROR:  23514 ERROR:  23514 ERROR:  23514'
deed lenient "acts are let through and recorded" "INSERT INTO offerings SELECT 'd' || k, 'A', CASE WHEN k < 3 THEN 'warrants' ELSE 'straight debt' END, '2005-10-01', '2005-10-03' FROM generate_series(0, 5) AS k;
INSERT INTO transfers SELECT 'd' || k, 1, 'fund 1', CASE WHEN k < 3 THEN 'gift' ELSE 'pledge' END, '2005-10-01' FROM generate_series(0, 5) AS k;
UPDATE transfers SET basis = 'sale' WHERE deal = 'd5';
BEGIN; SET LOCAL covenant.as_of = '2005-11-01'; INSERT INTO transfers VALUES ('d4', 2, 'a stranger', NULL, '2005-10-08'); COMMIT;"
is "breaches on record" "$(tell "SELECT count(*), count(DISTINCT deal) FROM lenient.deals_event WHERE kind = 'breach'")" '11|5'
for node in east west; do
	is "written from $node" "$(on $node -v ON_ERROR_STOP=0 -v VERBOSITY=sqlstate -c "INSERT INTO acts.offerings SELECT 'd' || k, 'from $node', 'warrants', '2005-10-01' FROM generate_series(0, 5) AS k" 2>&1)" 'ERROR:  23514'
done
is "acts that are not beside the deals are refused" "$(script "CREATE TABLE acts.apart (LIKE acts.transfers); SELECT covenant.watch_transfers('acts.apart', 'acts.deals', 'deal', 'seller', 'basis', 'day');
SELECT create_distributed_table('acts.apart', 'deal', colocate_with => 'none');
SELECT covenant.watch_transfers('acts.apart', 'acts.deals', 'deal', 'seller', 'basis', 'day');
SELECT covenant.watch_breaches('acts_twin.breaches', 'acts.deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');
SELECT covenant.watch_offerings('acts_twin.offerings', 'acts.deals', 'deal', 'name', 'kind', 'agreed', 'closes');")" 'ERROR:  0A000;;ERROR:  0A000;ERROR:  0A000;ERROR:  42710'
deed acts "not watched any more, and again" "SELECT covenant.unwatch('transfers'), covenant.unwatch('breaches');
INSERT INTO transfers VALUES ('d0', 20, 'fund 1', 'gift', '2005-10-05'); DELETE FROM transfers WHERE id = 20;
SELECT covenant.watch_transfers('transfers', 'deals', 'deal', 'seller', 'basis', 'day', 'evidence'), covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');
INSERT INTO transfers VALUES ('d0', 20, 'fund 1', 'gift', '2005-10-05');" 'ERROR:  23514'

# What one server answers is what the nodes answer.
deed acts "amended and read otherwise for one deal" "SELECT covenant.amend('deals', 'corporate existence', '{\"period\": 3, \"unit\": \"days\"}', deal => 'd5', from_day => '2005-06-01');
SELECT covenant.adopt('deals', 'spa-2005', '{\"as\": \"buyers\", \"months\": \"30-day\", \"list_interest\": \"past_year\", \"lock_up_extends\": \"both\", \"majority\": \"outstanding\"}', deal => 'd5');"
asked=(
	"check_closing('%s.deals', 'd1', 'closing', 3000001, 7)"
	"bring_down('%s.deals', 'd1', '2005-05-20', '2005-05-23')"
	"conversion_notice('%s.deals', 'd1', 'fund 2', 5000)"
	"what_if('%s.deals', 0.05)"
	"breakeven('%s.deals')"
	"explain('%s.deals', 'd1', 'status')"
	"explain('%s.deals', 'd1', 'price')"
	"readings('%s.deals')"
	"explain('%s.deals', 'd1', 'duty') WHERE how !~ 'ref [0-9]'"
	"explain('%s.deals', 'd1', 'damages') WHERE how !~ 'ref [0-9]' AND label !~ 'ref [0-9]'"
	"transfer_restriction('%s.deals', 'd1', 'fund 1', 'opinion', '2005-08-01', '77')"
)
for question in "${asked[@]}"; do
	for schema in acts acts_twin; do
		# shellcheck disable=SC2059
		sql -v ON_ERROR_STOP=0 -c "BEGIN; SET LOCAL covenant.as_of = '2005-12-31'; SELECT * FROM covenant.$(printf "$question" $schema); COMMIT" 2>&1 |
			sed -E 's/\b[0-9]{15,}\b/event/g; s/(\||breach )[0-9]{1,2}(\||,)/\1event\2/g; s/acts_twin/acts/g' | grep -v '^CONTEXT\|^PL/' | sort > "$base/$schema.answer"
	done
	is "${question//%s./}: $(wc -l < "$base/acts.answer") lines, the same" "$(diff "$base/acts.answer" "$base/acts_twin.answer" | head -4)" ''
done

is "purge: not while notes point to the deal" "$(tell "SELECT covenant.purge('acts.deals', 'd5', 'a test')")" 'ERROR:  2BP01'
is "purge: not what the transaction has changed" "$(script "BEGIN; DELETE FROM acts.notes WHERE deal = 'd5'; SELECT covenant.purge('acts.deals', 'd5', 'a test'); ROLLBACK;")" 'ERROR:  55000'
is "purge: not without a reason, nor of no deal, nor by a stranger" "$(script "SELECT covenant.purge('acts.deals', 'd5', ' '); SELECT covenant.purge('acts.deals', 'nobody', 'a test');
CREATE ROLE passer; GRANT USAGE ON SCHEMA acts TO passer; SET ROLE passer; SELECT covenant.purge('acts.deals', 'd5', 'a test');")" 'ERROR:  22023;ERROR:  22023;ERROR:  42501'
is "the record is append-only" "$(script "DELETE FROM acts.deals_event WHERE deal = 'd5'; DELETE FROM acts.deals_journal; DELETE FROM acts.deals_clause;" | grep -o ERROR | wc -l)" 3
deed acts "purge" "DELETE FROM notes WHERE deal = 'd5'; DELETE FROM breaches WHERE deal = 'd5'; DELETE FROM offerings WHERE deal = 'd5'; DELETE FROM transfers WHERE deal = 'd5';
BEGIN; SELECT covenant.purge('deals', 'd5', 'a test'); ROLLBACK; SELECT covenant.purge('deals', 'd5', 'a test');"
is "nothing of it is left" "$(tell "SELECT (SELECT count(*) FROM acts.deals WHERE deal = 'd5') + (SELECT count(*) FROM acts.deals_reserve WHERE deal = 'd5') + (SELECT count(*) FROM acts.deals_journal WHERE deal = 'd5')
	+ (SELECT count(*) FROM acts.deals_position WHERE deal = 'd5') + (SELECT count(*) FROM acts.deals_event WHERE deal = 'd5') + (SELECT count(*) FROM acts.deals_reading WHERE deal = 'd5') + (SELECT count(*) FROM acts.deals_clause WHERE deal = 'd5')
	+ (SELECT sum(result::bigint) FROM run_command_on_all_nodes('SELECT count(*) FROM acts.deals_clause WHERE deal = ''d5'''))")" 0
is "and the record is append-only again" "$(script "DELETE FROM acts.deals_event WHERE deal = 'd4'; DELETE FROM acts.deals_clause; DELETE FROM acts.deals_reading;" | grep -o ERROR | wc -l)" 3
deed acts "the deal may come again" "BEGIN; SET LOCAL covenant.as_of = '2005-01-03'; INSERT INTO deals VALUES ('d5', 1000000); INSERT INTO notes VALUES ('d5', 1, 'fund 7', 100, 0.10); COMMIT;"

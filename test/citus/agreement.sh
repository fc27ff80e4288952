# The agreement, on distributed tables and on plain ones beside them (schema
# twin): the same story, and every view says the same.

sql -f - >/dev/null <<S
CREATE SCHEMA twin;
SET search_path = twin;
$(sed '1,/^CREATE EXTENSION/d' "$here/recipe.sql" | grep -v create_distributed_table)
S
# What both schemas hear, on the day that is its first argument.
both() {
	local schema
	for schema in public twin; do
		sql -f - >/dev/null <<S
SET search_path = $schema;
BEGIN;
SET LOCAL covenant.as_of = '$1';
$2
COMMIT;
S
	done
}
both "$(day 60)" "
INSERT INTO deals SELECT 'a' || k, 10000000, 100, 0, 100000 FROM generate_series(0, 9) AS k;
INSERT INTO notes SELECT n, 'a' || k, 'fund ' || n, 10 * n, 0.10 FROM generate_series(0, 9) AS k, generate_series(1, 3) AS n;
INSERT INTO warrants SELECT 1, 'a' || k, 'fund 1', 5 FROM generate_series(0, 9) AS k;"
both "$(day 60)" "INSERT INTO deals_event (deal, kind, occurred_on) SELECT 'a' || k, 'closing', '$(day 60)' FROM generate_series(0, 9) AS k;"
both "$(day 50)" "UPDATE notes SET conversion_price = 0.0002 WHERE deal_id IN ('a1', 'a2', 'a7');"
both "$(day 45)" "INSERT INTO deals_event (deal, kind, occurred_on, note) VALUES ('a3', 'list_delivered', '$(day 45)', 'by post');"
both "$(day 35)" "INSERT INTO deals_event (deal, kind, occurred_on, holder, amount) VALUES ('a1', 'damages_paid', '$(day 35)', 'fund 1', 0.05);"
both "$(day 20)" "UPDATE deals SET reserved_shares = 900000 WHERE deal_id = 'a2';"
both "$(day 20)" "UPDATE notes SET conversion_price = 0.10 WHERE deal_id = 'a7'; SELECT covenant.override('deals', 'lent'); UPDATE deals SET reserved_shares = 1000 WHERE deal_id = 'a5';"
both "$today" "SELECT covenant.correct('notes', '(a7,1)', '$(day 45)', price => '0.0005', reason => 'found late');"
for schema in public twin; do	# a split is a fact of its day; of several nodes or none
	is "a split on $schema tables" "$(script "SET search_path = $schema; SELECT covenant.split('deals', '{a1, a2, a3, a8, nobody}', 1, 5, '$(day 18)', 'up');
SELECT deal, kind, effective_on, new_shares, old_shares, warrant_shares, reserved FROM deals_journal WHERE new_shares > 0 ORDER BY deal, seq;")" \
	"$(printf ";a1|split|$(day 18)|1|5|-4|-80000;a2|split|$(day 18)|1|5|-4|-720000;a3|split|$(day 18)|1|5|-4|-80000;a8|split|$(day 18)|1|5|-4|-80000")"
done
both "$(day 15)" "INSERT INTO deals_event (deal, kind, occurred_on, holder, note) VALUES ('a4', 'consent', '$(day 15)', 'fund 2', 'to a lower reserve');"

is "events have numbers of their own" "$(tell 'SELECT count(*), count(DISTINCT event_id) FROM deals_event')" '13|13'
is "the readings are stamped alike on all nodes" "$(tell "SELECT count(DISTINCT result), count(*) FROM run_command_on_all_nodes('SELECT string_agg(concat(r.*), '';'' ORDER BY reading_id) FROM public.deals_reading AS r')")" '1|3'
is "and the clauses" "$(tell "SELECT count(DISTINCT result), count(*) FROM run_command_on_all_nodes('SELECT md5(string_agg(concat(c.*), '';'' ORDER BY clause_id)) FROM public.deals_clause AS c')")" '1|3'
is "an event that cannot be is refused" "$(tell "INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a1', 'nonsense', '$(day 1)')")" 'ERROR:  22023'

# The rows of a view in both schemas that only one of them has, and how many there are.
for month in "$(date -d "$(date -d "$today" +%Y-%m-01) - 1 day" +%F)"; do
	both "$today" "CALL covenant.close_month('deals', '$month');"
done
is "month end: lists are stored" "$(tell 'SELECT count(*) > 0 FROM deals_list')" t
for view in status history holding note duty breach damages damages_month payment monthly_list upcoming unmatched list; do
	columns=$(sql -c "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'twin.deals_$view'::regclass AND attnum > 0 AND attname NOT IN ('event_id', 'seq', 'ref', 'recorded_at', 'recorded_by')")
	for schema in public twin; do
		sql -c "BEGIN; SET LOCAL covenant.as_of = '$(day 2)'; SELECT $columns FROM $schema.deals_$view WHERE deal LIKE 'a%'; COMMIT" | sed '/^BEGIN$/d; /^SET$/d; /^COMMIT$/d' | sort > "$base/$schema.$view"
	done
	is "deals_$view: $(wc -l < "$base/public.$view") rows, the same" "$(diff "$base/public.$view" "$base/twin.$view" | head -4)" ''
done
for question in "breakeven('%sdeals')" "what_if('%sdeals', 0.01)" "readings('%sdeals')"; do	# less the numbers of events
	for schema in public twin; do
		# shellcheck disable=SC2059
		sql -c "SELECT * FROM covenant.$(printf "$question" $schema.) AS q WHERE q.deal LIKE 'a%'" | sed -E 's/\|[0-9]{1,2}\|20/|event|20/; s/\|[0-9]{14,}\|20/|event|20/' | sort > "$base/$schema.answer"
	done
	is "${question//%s/}: the same" "$(diff "$base/public.answer" "$base/twin.answer" | head -4)" ''
done
is "explain" "$(tell "SELECT count(*) > 0 FROM covenant.explain('deals', 'a1', 'status')")" t
is "audit" "$(audit)" ''

# Load: transactions over nodes, a shard that moves, a worker that crashes.

bench() { server "$bin/pgbench" -n -c 8 -j 2 -T "$load" --max-tries=100 "$@" 2>&1; }
figure() { sed -n "s/^$1[^0-9]*\([0-9.]*\).*/\1/p" <<< "$2"; }

cat > "$base/two_deals.sql" <<'S'
\set a random(0, 9)
\set b random(0, 9)
\set d random(-3, 3)
BEGIN;
UPDATE notes SET balance = balance + :d WHERE deal_id = 'd' || :a AND note_id = 3;
UPDATE notes SET balance = balance - :d WHERE deal_id = 'd' || :b AND note_id = 2;
COMMIT;
S
cat > "$base/one_deal.sql" <<'S'
\set a random(0, 9)
\set d random(-2, 2)
UPDATE warrants SET unexercised = greatest(unexercised + :d, 0) WHERE deal_id = 'd' || :a;
S
chmod a+r "$base"/*.sql
script "UPDATE notes SET balance = 10000 WHERE note_id IN (2, 3);
UPDATE deals SET reserved_shares = 5000000;" >/dev/null
script "BEGIN; SELECT covenant.override('deals', 'load'); UPDATE notes SET balance = 10000, conversion_price = 0.10 WHERE note_id IN (2, 3); UPDATE deals SET reserved_shares = 5000000; COMMIT;" >/dev/null
before=$(sql -c 'SELECT sum(balance) FROM notes')

report=$(bench -f "$base/two_deals.sql")
echo "# two deals, 8 clients, 10 deals: $(figure tps "$report") transactions a second, $(figure 'number of transactions retried' "$report") retried, $(figure 'number of failed' "$report") failed, load $(cut -d' ' -f1-3 /proc/loadavg)"
is "a hundred a second over nodes, at least" "$(awk -v t="$(figure tps "$report")" 'BEGIN { print (t >= 100) }')" 1
is "none failed" "$(figure 'number of failed' "$report")" 0
is "money is where it was" "$(sql -c 'SELECT sum(balance) FROM notes')" "$before"
is "audit" "$(audit)" ''

report=$(bench -f "$base/one_deal.sql")
echo "# one deal, 8 clients, 10 deals: $(figure tps "$report") transactions a second, load $(cut -d' ' -f1-3 /proc/loadavg)"

# A shard goes to the other worker while clients write.
(bench -f "$base/two_deals.sql" -f "$base/one_deal.sql" > "$base/moving") & client=$!
sleep 2
shard=$(sql -c "SELECT shardid FROM citus_shards WHERE table_name = 'deals'::regclass AND nodeport = ${port[east]} ORDER BY 1 LIMIT 1")
moved=$(tell "SELECT citus_move_shard_placement($shard, '$base', ${port[east]}, '$base', ${port[west]}, 'force_logical')")
is "a shard moves under load" "$moved" ''
wait $client
echo "# while it moved: $(figure tps "$(cat "$base/moving")") transactions a second"
is "it is there" "$(sql -c "SELECT nodeport FROM citus_shards WHERE shardid = $shard")" "${port[west]}"
is "money is where it was" "$(sql -c 'SELECT sum(balance) FROM notes')" "$before"
is "audit" "$(audit)" ''

# Quotes come while clients write the notes that they reprice, and a shard moves.
cat > "$base/quotes.sql" <<'S'
\set d random(0, 30)
\set s random(0, 1)
INSERT INTO market.quotes VALUES (CASE :s WHEN 0 THEN 'S' ELSE 'T' END, '2005-09-21'::date + :d, 0.20 + :d * 0.01) ON CONFLICT (security, day) DO UPDATE SET low = 0.5 - quotes.low / 2;
S
cat > "$base/quoted.sql" <<'S'
\set a random(0, 9)
\set b random(0, 9)
BEGIN;
UPDATE market.notes SET balance = balance + 1 WHERE deal = 'd' || :a AND id = 2;
UPDATE market.notes SET balance = balance - 1 WHERE deal = 'd' || :b AND id = 3;
COMMIT;
S
chmod a+r "$base"/*.sql
script "BEGIN; SELECT covenant.override('market.deals', 'load'); UPDATE market.notes SET balance = 10000; UPDATE market.deals SET reserved = 1000000000; COMMIT;" >/dev/null
before_quotes=$(sql -c 'SELECT sum(balance) FROM market.notes')
(bench -f "$base/quoted.sql@9" -f "$base/quotes.sql@1" > "$base/quoting") & client=$!
sleep 2
shard=$(sql -c "SELECT shardid FROM citus_shards WHERE table_name = 'market.deals'::regclass AND nodeport = ${port[west]} ORDER BY 1 LIMIT 1")
moved=$(sql -v ON_ERROR_STOP=0 -c "SELECT citus_move_shard_placement($shard, '$base', ${port[west]}, '$base', ${port[east]}, 'block_writes')" 2>&1)
is "a shard moves while quotes reprice, with writes blocked" "$moved" ''
wait $client
echo "# with quotes, one in ten: $(figure tps "$(cat "$base/quoting")") transactions a second, $(figure 'number of transactions retried' "$(cat "$base/quoting")") retried, load $(cut -d' ' -f1-3 /proc/loadavg)"
is "none failed" "$(figure 'number of failed' "$(cat "$base/quoting")")" 0
is "money is where it was" "$(sql -c 'SELECT sum(balance) FROM market.notes')" "$before_quotes"
is "audit" "$(tell "SELECT * FROM covenant.audit('market.deals')")" ''

# A worker crashes while clients write, then a session of a worker and one of the
# coordinator are killed, and each server comes back.
prepared() { { on east -c 'SELECT count(*) FROM pg_prepared_xacts'; on west -c 'SELECT count(*) FROM pg_prepared_xacts'; } 2>/dev/null | tr -d '\n'; }
settled() {
	for _ in $(seq 120); do
		sql -c 'SELECT recover_prepared_transactions()' >/dev/null 2>&1 && [ "$(prepared)" = 00 ] && return
		sleep 1
	done
}
crash() {
	case $1 in
		worker) stop west immediate; sleep 1; start west ;;
		session) kill -9 "$(on east -c "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'citus_internal%' ORDER BY state = 'idle' LIMIT 1")" ;;
		coordinator) kill -9 "$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgbench' LIMIT 1")" ;;
	esac
}
for what in worker session coordinator; do
	(bench -f "$base/two_deals.sql" -f "$base/quoted.sql" -f "$base/quotes.sql" > "$base/crashing") & client=$!
	sleep 3
	crash $what
	is "a $what is killed" $? 0
	wait $client
	settled
	is "nothing stays prepared" "$(prepared)" 00
	is "money is where it was" "$(sql -c 'SELECT sum(balance) FROM notes' -c 'SELECT sum(balance) FROM market.notes' | paste -sd' ')" "$before $before_quotes"
	is "audit" "$(audit)$(tell "SELECT * FROM covenant.audit('market.deals')")" ''
done

# What would book twice, or not at all, is refused.

sql -f - >/dev/null <<'S'
CREATE EXTENSION covenant;
CREATE TABLE early (deal_id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE early_notes (deal_id text, note_id int, amount numeric NOT NULL, price numeric NOT NULL, PRIMARY KEY (deal_id, note_id));
INSERT INTO early SELECT 'e' || k, 1000 FROM generate_series(1, 4) AS k;
INSERT INTO early_notes SELECT 'e' || k, 1, 10, 0.10 FROM generate_series(1, 4) AS k;
SELECT covenant.watch_deals('early', 'deal_id', 'reserved');
SELECT covenant.watch_notes('early_notes', 'early', 'deal_id', 'amount', 'price');
S
is "watched tables are not distributed, by Citus" "$(script "SELECT create_distributed_table('early', 'deal_id');" | grep -c ERROR)" 1
# Citus passes the message on under another SQLSTATE.
refusals() { sql -v ON_ERROR_STOP=0 -f - <<< "$1" 2>&1 | grep -c 'was watched before it was distributed'; }
is "nor where it was told to" "$(refusals "SET citus.enable_unsafe_triggers = on;
SELECT create_distributed_table('early', 'deal_id');")" 1
is "nor the notes after their books" "$(refusals "SET citus.enable_unsafe_triggers = on;
SELECT create_distributed_table('early_reserve', 'deal');
SELECT create_distributed_table('early_journal', 'deal', colocate_with => 'early_reserve');
SELECT create_distributed_table('early_notes', 'deal_id', colocate_with => 'early_reserve');")" 1
is "nothing was booked twice" "$(tell 'SELECT sum(principal), sum(note_shares), sum(reserved) FROM early_reserve')" '40|400|4000'

sql -f - >/dev/null <<'S'
CREATE TABLE late (deal_id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE late_notes (deal_id text, note_id int, buyer text, amount numeric NOT NULL, price numeric NOT NULL, PRIMARY KEY (deal_id, note_id));
CREATE TABLE elsewhere (deal_id text, buyer text, shares bigint NOT NULL, PRIMARY KEY (deal_id, buyer));
SELECT create_distributed_table('late', 'deal_id'), create_distributed_table('elsewhere', 'buyer', colocate_with => 'none');
CREATE TABLE everywhere (deal_id text, buyer text, shares bigint NOT NULL, PRIMARY KEY (deal_id, buyer));
SELECT create_reference_table('everywhere');
INSERT INTO late SELECT 'e' || k, 1000 FROM generate_series(1, 4) AS k;
S
is "deals are watched" "$(tell "SELECT covenant.watch_deals('late', 'deal_id', 'reserved')")" 'late_reserve'
is "what is on other nodes counts" "$(tell 'SELECT sum(reserved) FROM late_reserve')" '4000'
is "notes that are not distributed are refused" "$(tell "SELECT covenant.watch_notes('late_notes', 'late', 'deal_id', 'amount', 'price')")" 'ERROR:  0A000'
is "by another column: refused" "$(tell "SELECT covenant.watch_warrants('elsewhere', 'late', 'deal_id', 'shares')")" 'ERROR:  0A000'
is "on all nodes: refused" "$(tell "SELECT covenant.watch_warrants('everywhere', 'late', 'deal_id', 'shares')")" 'ERROR:  0A000'
sql -c "SELECT create_distributed_table('late_notes', 'deal_id', colocate_with => 'none')" >/dev/null
is "on other shards: refused" "$(tell "SELECT covenant.watch_notes('late_notes', 'late', 'deal_id', 'amount', 'price')")" 'ERROR:  0A000'
sql -c "SELECT undistribute_table('late_notes')" >/dev/null
sql -c "SELECT create_distributed_table('late_notes', 'deal_id', colocate_with => 'late')" -c "INSERT INTO late_notes SELECT 'e' || k, 1, 'alpha', 10, 0.10 FROM generate_series(1, 4) AS k" >/dev/null
is "for a subscriber: refused" "$(tell "SELECT covenant.watch_notes('late_notes', 'late', 'deal_id', 'amount', 'price', mode => 'row')")" 'ERROR:  0A000'
is "beside the deals: watched" "$(tell "SELECT covenant.watch_notes('late_notes', 'late', 'deal_id', 'amount', 'price', 'buyer')")" ''
is "rows that were there count once" "$(tell 'SELECT sum(principal), sum(note_shares) FROM late_reserve')" '40|400'
is "audit" "$(tell "SELECT * FROM covenant.audit('late')")" ''
is "unwatched notes go out of the books" "$(tell "SELECT covenant.unwatch('late_notes')" ; tell 'SELECT sum(principal), sum(reserved) FROM late_reserve')" $'\n0|4000'
is "no truncation" "$(tell 'TRUNCATE late CASCADE')" 'ERROR:  0A000'
is "no capital of companies" "$(script "CREATE TABLE joint (deal_id text PRIMARY KEY, company text NOT NULL, reserved bigint NOT NULL);
SELECT create_distributed_table('joint', 'deal_id');
SELECT covenant.watch_deals('joint', 'deal_id', 'reserved', company => 'company');" | grep -c 'ERROR:  0A000')" 1

# A throwaway Citus cluster, sourced by test/citus/run: a coordinator and two
# workers on sockets in a directory of its own.  The server is the one that
# PG_CONFIG names; CONF names a file with more lines for postgresql.conf.

bin=$("${PG_CONFIG:-pg_config}" --bindir)
nodes=(coordinator east west)
declare -A port=([coordinator]=${PORT:-57431} [east]=$((${PORT:-57431} + 1)) [west]=$((${PORT:-57431} + 2)))
base=$(mktemp -d "${TMPDIR:-/tmp}/covenant-citus.XXXXXX")
export PGHOST=$base PGUSER=postgres PGDATABASE=deals PGTZ=UTC LC_ALL=C PGOPTIONS= PSQL_PAGER=cat PGPORT=${port[coordinator]}

# What runs a server must not be root.
if [ "$(id -u)" = 0 ]; then
	chown "${RUN_AS:-postgres}" "$base"
	as=(setpriv --reuid="${RUN_AS:-postgres}" --regid="$(id -g "${RUN_AS:-postgres}")" --init-groups)
else
	as=()
fi
server() { (cd "$base" && "${as[@]}" "$@"); }

sql() { server "$bin/psql" -X -q -At -v ON_ERROR_STOP=1 "$@"; }
on() { local node=$1; shift; sql -p "${port[$node]}" "$@"; }

start() { server "$bin/pg_ctl" -s -w -D "$base/$1" -l "$base/$1.log" start; }
stop() { server "$bin/pg_ctl" -s -w -D "$base/$1" -m "${2:-fast}" stop; }

make_node() {
	local node=$1
	server "$bin/initdb" -D "$base/$node" -N -A trust -U postgres --no-locale -E UTF8 >/dev/null
	cat >> "$base/$node/postgresql.conf" <<-CONF
	port = ${port[$node]}
	listen_addresses = ''
	unix_socket_directories = '$base'
	shared_preload_libraries = 'citus, covenant'
	wal_level = logical
	max_connections = 100
	max_prepared_transactions = 200
	max_worker_processes = 16
	max_replication_slots = 16
	max_wal_senders = 16
	citus.node_conninfo = 'sslmode=prefer'
	citus.local_hostname = '$base'
	citus.enable_statistics_collection = off
	citus.node_connection_timeout = 30000
	citus.recover_2pc_interval = 5s
	fsync = off
	shared_buffers = 64MB
	timezone = 'UTC'
	CONF
	[ -z "${CONF:-}" ] || cat "$CONF" >> "$base/$node/postgresql.conf"
	start "$node"
	on "$node" -d postgres -c 'CREATE DATABASE deals' 2>/dev/null || true
	on "$node" -c 'CREATE EXTENSION citus'
}

make_cluster() {
	local node
	for node in "${nodes[@]}"; do make_node "$node"; done
	sql -c "SELECT citus_set_coordinator_host('$base', ${port[coordinator]})" >/dev/null
	for node in east west; do sql -c "SELECT citus_add_node('$base', ${port[$node]})" >/dev/null; done
}

remove_cluster() {
	local node
	for node in "${nodes[@]}"; do stop "$node" immediate 2>/dev/null; done
	rm -rf "$base"
}

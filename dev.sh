#!/bin/bash
#
# dev.sh - try, test or measure covenant on a throwaway PostgreSQL server
#
#   ./dev.sh demo       the agreement on a server of its own, from nothing
#   ./dev.sh check      every test; the last line is "N passed, N failed"
#   ./dev.sh ubsan      only the tests under the undefined-behaviour sanitizer
#   ./dev.sh bench      bench/run with a server ready (further words are its own)
#   ./dev.sh reference  writes doc/reference.md from the comments in the catalog
#   ./dev.sh dashboard  the demo's pages in dashboard/dist, looked at by a browser
#   ./dev.sh deb        the Debian package: built, checked, tested, put here
#   ./dev.sh deps       only install the Debian packages that the others need
#
# For Debian 12, as root or as any user: a user with sudo gets the packages
# installed that a command needs, one without is told which to ask for; check
# leaves out what it can do without.  Everything else happens in a temporary
# directory and on a Unix socket in it, and is gone afterwards; neither
# PostgreSQL's directories nor its port are touched.  (Debian's own package
# postgresql-15, where it was missing, sets up its usual server.)

set -u -o pipefail

readonly MAJOR=15
readonly BIN=/usr/lib/postgresql/$MAJOR/bin
# Packages of Debian: what every command builds and runs a server with, and what
# some of them want besides; where absent is asked there are more.
readonly BUILD="make gcc libc6-dev postgresql-$MAJOR postgresql-server-dev-$MAJOR"
readonly TESTS="perl libipc-run-perl"
readonly CHECKER="postgresql-$MAJOR-plpgsql-check"
readonly PACKAGING="build-essential debhelper dpkg-dev postgresql-server-dev-all lintian unzip"
readonly DRIVERS="python3-psycopg python3-pyodbc odbc-postgresql libpostgresql-jdbc-java"
readonly SANITIZE="-fsanitize=undefined -fno-wrapv -DUSE_ASSERT_CHECKING -g0"

tree=$(cd "$(dirname "$0")" && pwd) || exit 1
readonly tree
tmp=

say() { printf '%s\n' "$*"; }
die() { printf 'dev.sh: %s\n' "$*" >&2; exit 1; }

# ---------------------------------------------------------------------------
# Packages
# ---------------------------------------------------------------------------

# Those of the named packages that are not installed.
missing_of() {
	local package
	for package in "$@"; do
		case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
			installed) ;;
			*) printf ' %s' "$package" ;;
		esac
	done
}

# Runs apt-get as root, without questions, patient with another apt.
apt_get() {
	local sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
}

# Can this user become root: without a password, or by typing one?
may_sudo() {
	command -v sudo >/dev/null || return 1
	sudo -n true 2>/dev/null && return 0
	[ -z "${CI:-}" ] && { : </dev/tty; } 2>/dev/null && sudo -v
}

# The package of a program that is on no path, wherever it might have come from:
# absent PROGRAM PACKAGE.
absent() {
	command -v "$1" >/dev/null || printf ' %s' "$2"
}

absent_for_dashboard() {
	absent node nodejs
	absent npm npm
	absent chromium chromium
}

absent_for_release() {
	[ ! -e "$tree/.git" ] || absent git git
}

# Installs what is missing of two lists of packages: those that a command cannot
# do without and those that "check" leaves a part out without.
install_packages() {
	local required optional out
	# shellcheck disable=SC2086 # lists of words
	required=$(missing_of $1) optional=$(missing_of ${2:-})
	[ -n "$required$optional" ] || return 0
	if ! command -v apt-get >/dev/null; then
		[ -z "$required" ] || die "needs these packages of Debian 12:$required$optional"
		return 0
	fi
	if [ "$(id -u)" != 0 ] && ! may_sudo; then
		[ -z "$required" ] ||
			die "some packages are missing; as root: apt-get update && apt-get install -y --no-install-recommends$required$optional"
		return 0
	fi
	say "installing (this takes a minute):$required$optional"
	out=$(apt_get update 2>&1) ||
		say "$out" "apt-get update failed; trying with the lists at hand"
	# shellcheck disable=SC2086
	out=$(apt_get install --no-install-recommends $required $optional 2>&1) && return
	[ -n "$optional" ] || die "$out"
	say "$out" "not all could be installed; trying without:$optional"
	[ -n "$required" ] || return 0
	# shellcheck disable=SC2086
	out=$(apt_get install --no-install-recommends $required 2>&1) || die "$out"
}

# ---------------------------------------------------------------------------
# The throwaway directory and what runs in it
# ---------------------------------------------------------------------------

# Sends a signal to everything whose working directory lies in $tmp: servers,
# compilers, test drivers.  True if there was anything.
signal_all() {
	local process found=1
	for process in /proc/[0-9]*; do
		case $(readlink "$process/cwd" 2>/dev/null) in
			"$tmp" | "$tmp"/*)
				kill -s "$1" "${process#/proc/}" 2>/dev/null && found=0 ;;
		esac
	done
	return $found
}

# Leaves nothing behind, however the script ends.  QUIT makes a server release
# its shared memory, which KILL would not.
cleanup() {
	local status=$? job i
	trap '' INT TERM HUP PIPE
	exec 2>/dev/null				# what ends now is not news
	for job in $(jobs -p); do
		kill -s TERM -- "-$job" 2>/dev/null
	done
	if [ -n "$tmp" ]; then
		signal_all QUIT
		for ((i = 0; i < 50; i++)); do
			signal_all 0 || break
			sleep 0.1
		done
		signal_all KILL && sleep 0.1
		rm -rf "$tmp"
	fi
	exit "$status"
}

# Root gives way to the user postgres, since PostgreSQL refuses to run as root.
unprivileged() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --init-groups "$@"
	else
		"$@"
	fi
}

# Makes the directory and an environment in which nothing of the caller's
# PostgreSQL or make settings is left.
prepare() {
	set -m						# each background job a process group
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	tmp=$(mktemp -d /tmp/covenant.XXXXXX) || die "no temporary directory"
	[ "$(id -u)" != 0 ] || chown postgres: "$tmp" || die "no user postgres"

	local name
	for name in ${!PG@} MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR; do
		unset "$name"
	done
	export LC_ALL=C HOME=$tmp TMPDIR=$tmp PATH=$BIN:$PATH
	export PGUSER=postgres PGPORT=5432 PGCLIENTENCODING=UTF8 PSQL_PAGER=cat
}

# Waits for a command run in the background, so that a signal is not held up
# until the command ends.
attended() {
	"$@" &
	wait $!
}

# A copy of the tree: copy NAME.  All that belongs to it is in $tmp/NAME: src,
# root (the files as installed), data and log of its server.
copy() {
	unprivileged mkdir "$tmp/$1" "$tmp/$1/src" &&
		tar -C "$tree" --exclude=./.git --exclude=node_modules --exclude=./dashboard/dist -cf - . |
		unprivileged tar -C "$tmp/$1/src" --no-same-owner -xf - &&
		at "$1" make -s -f Makefile clean PG_CONFIG="$BIN/pg_config"
}

# A build of the tree and a server with it: variant NAME CFLAGS.
variant() {
	copy "$1" &&
		at "$1" make -s -f Makefile install PG_CONFIG="$BIN/pg_config" \
			DESTDIR="$tmp/$1/root" with_llvm=no COVENANT_CFLAGS="$2" &&
		serve "$1"
}

# A server with the files in $tmp/NAME/root.
serve() {
	local dir=$tmp/$1
	at "$1" initdb -D "$dir/data" -N -A trust -U postgres --no-locale -E UTF8 >/dev/null ||
		return

	unprivileged tee "$dir/extension.conf" >/dev/null <<-CONF
		extension_destdir = '$dir/root'
		dynamic_library_path = '$dir/root/usr/lib/postgresql/$MAJOR/lib:\$libdir'
	CONF
	unprivileged tee -a "$dir/data/postgresql.conf" >/dev/null <<-CONF
		include '$dir/extension.conf'
		listen_addresses = ''
		unix_socket_directories = '$dir'
		fsync = off
	CONF
	at "$1" pg_ctl -s -w -D "$dir/data" -l "$dir/log" start && return
	cat "$dir/log"
	return 1
}

# Runs a command as the server's user in the copy of the tree, connected to
# the variant's server: at NAME COMMAND...
at() {
	local dir=$tmp/$1
	shift
	(
		cd "$dir/src" || exit 1
		export PGHOST=$dir TEMP_CONFIG=$dir/extension.conf
		unprivileged "$@"
	)
}

# ---------------------------------------------------------------------------
# Tests
# ---------------------------------------------------------------------------

# Both ways in which the drivers report: "test x ... ok" and "ok 1 - x".
readonly PASSED='(\.\.\. ok( |$)|^ok [0-9])'
readonly FAILED='(\.\.\. (FAILED|failed)|^not ok [0-9])'

# Runs one test command and counts what it reports; a command that fails
# without saying where counts as one: suite NAME TITLE COMMAND...
suite() {
	local out="$tmp/$1.out" title="$2 ($1)" status=0 passed failed log
	local variant=$1
	shift 2
	at "$variant" "$@" >"$out" 2>&1 || status=$?
	passed=$(grep -cE "$PASSED" "$out")
	failed=$(grep -cE "$FAILED" "$out")
	[ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
	say "$passed $failed" >>"$tmp/counts"
	say "$title: $passed passed, $failed failed"
	[ "$failed" != 0 ] || return 0
	cat "$out"
	for log in "$tmp/$variant/src"/{,output_iso/}regression.diffs; do
		[ ! -s "$log" ] || cat "$log"
		rm -f "$log"
	done
	# A TAP test that died said why in a log of its own.
	sed -n 's/^test\/t\/\(.*\)\.pl *(Wstat.*/\1/p' "$out" | while read -r log; do
		grep -E 'error:|ERROR:|FATAL:' "$tmp/$variant/src/tmp_check/log/regress_log_$log"
		tail -n 40 "$tmp/$variant/src/tmp_check/log/regress_log_$log"
	done
	return 0
}

# One test of our own: verdict TITLE FINDINGS; passes where nothing was found.
verdict() {
	local passed=1
	[ -z "$2" ] || passed=0
	say "$passed $((1 - passed))" >>"$tmp/counts"
	say "$1: $passed passed, $((1 - passed)) failed"
	[ -z "$2" ] || say "$2"
}

installcheck() {
	make -s -f Makefile installcheck PG_CONFIG="$BIN/pg_config" with_llvm=no "$@"
}
export -f installcheck
export BIN

# A server that met its end, a failed assertion, undefined behaviour.
log_is_clean() {
	verdict "server log ($1)" "$(grep -hE \
		'runtime error:|TRAP:|PANIC:|was terminated by signal' \
		"$tmp/$1/log" "$tmp/$1"/src/tmp_check/log/*.log 2>/dev/null)"
}

# plpgsql_check over the PL/pgSQL functions of the extension.  An OUT variable
# is unmodified wherever RETURN QUERY gives the rows.
check_plpgsql() {
	if [ ! -e "/usr/share/postgresql/$MAJOR/extension/plpgsql_check.control" ]; then
		say "plpgsql_check: left out, postgresql-$MAJOR-plpgsql-check is not installed"
		return
	fi
	verdict "plpgsql_check ($1)" "$(at "$1" createdb plpgsql 2>&1 &&
		at "$1" psql -X -q -At -d plpgsql -v ON_ERROR_STOP=1 2>&1 <<-'SQL'
			CREATE EXTENSION covenant;
			CREATE EXTENSION plpgsql_check;
			SELECT p.oid::regprocedure, c.lineno, c.level, c.message
			FROM pg_proc p
			JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql',
			LATERAL plpgsql_check_function_tb(p.oid, fatal_errors => false,
				extra_warnings => true) c
			WHERE p.pronamespace IN ('covenant'::regnamespace, 'covenant_internal'::regnamespace)
			AND p.prorettype <> 'trigger'::regtype
			AND c.message NOT LIKE 'OUT variable % is maybe unmodified';
		SQL
	)"
}

# What programs get through their drivers.
check_drivers() {
	local missing
	missing=$("$tree/test/drivers/run" missing)
	[ -z "$missing" ] || say "drivers: left out, these are not installed:$missing"
	[ "$(wc -w <<<"$missing")" = 4 ] || suite "$1" drivers test/drivers/run
}

# The demo runs to its end.
check_demo() {
	local out finding=
	[ -f "$tree/demo/demo.sql" ] || return 0
	out=$(demo_on "$1" 2>&1) || finding=$out
	verdict "demo ($1)" "$finding"
}

# The dashboard of the demo's database, in the copy of the tree: built by npm from
# the lock file and opened in a browser; with a directory, pictures go there.
pages() {
	local pictures=${1:+$PWD/$1}
	export PGDATABASE=demo COVENANT_AS_OF=2005-12-31
	[ -z "$pictures" ] || mkdir "$pictures" || return
	cd dashboard && { [ -e node_modules/.package-lock.json ] || fetch_pages; } &&
		npx --no-install observable build >build.log 2>&1 || { cat build.log; return 1; }
	node test/pages.js $pictures
}
fetch_pages() {
	npm ci --no-audit --no-fund --loglevel=error
}
export -f pages fetch_pages

check_pages() {
	if [ -n "$(absent_for_dashboard)" ]; then
		say "dashboard: left out, these are not installed:$(absent_for_dashboard)"
	else
		wait					# for what is being fetched
		suite "$1" dashboard bash -c pages
	fi
}

# Three builds, each with a server of its own, side by side.  What ships, which is
# the Debian package where that can be built: the SQL tests and the demo.
lane_plain() {
	if can_package; then
		package plain || return
	else
		say "package: left out; ./dev.sh deb installs what it needs"
		variant plain -Werror || return
	fi
	# What npm fetches takes its time and no processor; pages tries again.
	[ -n "$(absent_for_dashboard)" ] || at plain bash -c 'cd dashboard && fetch_pages' >/dev/null 2>&1 &
	suite plain regress bash -c 'installcheck NO_TAP=1 ISOLATION='
	check_drivers plain
	check_plpgsql plain
	check_demo plain
	check_pages plain
	log_is_clean plain
	! can_package || check_package plain
}

# With assertions: concurrent sessions and whole servers.
lane_assert() {
	variant assert "-Werror -DUSE_ASSERT_CHECKING -g0" || return
	suite assert isolation bash -c 'installcheck NO_TAP=1 REGRESS='
	# The longest have the highest numbers: they begin.
	suite assert TAP bash -c 'installcheck REGRESS= ISOLATION= PROVE_FLAGS="-v -j2" PROVE_TESTS="$(ls -r test/t/*.pl | xargs)"'
	log_is_clean assert
}

# With the sanitizer; it reports to the server's log and goes on.
lane_ubsan() {
	variant ubsan "$SANITIZE" || return
	suite ubsan regress bash -c 'installcheck NO_TAP=1 ISOLATION='
	suite ubsan isolation bash -c 'installcheck NO_TAP=1 REGRESS='
	log_is_clean ubsan
}

# The Debian package, as a package and as what it installs.
lane_deb() {
	package deb || return
	suite deb regress bash -c 'installcheck NO_TAP=1 ISOLATION='
	log_is_clean deb
	check_package deb
}

can_package() {
	# shellcheck disable=SC2086
	[ -z "$(missing_of $PACKAGING)" ]
}

# The package, built and unpacked where a server finds it, and that server.  The
# package's tests come afterwards, from what it installs.
package() {
	local dir=$tmp/$1 out
	copy "$1" || return
	out=$(COVENANT_CFLAGS=-Werror DEB_BUILD_PROFILES=nocheck DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
		at "$1" dpkg-buildpackage -b -uc -us 2>&1) || { say "$out"; return 1; }
	unprivileged dpkg-deb -x "$dir/postgresql-$MAJOR-covenant_"*.deb "$dir/root" && serve "$1"
}

check_package() {
	verdict "lintian ($1)" "$(cd "$tmp/$1" && unprivileged lintian ./*.changes 2>&1 | grep '^E:')"
	if [ -e "$tree/.git" ] && command -v git >/dev/null; then
		verdict "release ($1)" "$(check_dist "$1" 2>&1)"
	else
		say "release: left out, there is no repository to release from"
	fi
}

# What make dist releases builds and installs from itself, which can be tried
# without the optimizer; prints what does not.
check_dist() {
	local dir=$tmp/$1/dist
	unprivileged mkdir "$dir" || return
	mkdir "$tmp/release" && (
		cd "$tmp/release" &&
			GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$tree \
				make -s -f "$tree/Makefile" dist PG_CONFIG="$BIN/pg_config"
	) && unprivileged unzip -q "$tmp/release"/covenant-*.zip -d "$dir" &&
		unprivileged make -s -C "$dir"/covenant-* -f Makefile install \
			PG_CONFIG="$BIN/pg_config" DESTDIR="$dir/root" with_llvm=no COVENANT_CFLAGS="-O0 -g0" || return
	diff <(cd "$tmp/$1/root" && find usr/share/postgresql usr/lib -name 'covenant*' ! -path '*bitcode*' -type f | sort) \
		<(cd "$dir/root" && find usr -name 'covenant*' -type f | sort)
}

# Runs the named lanes at once and adds up.  A lane that could not build or
# start is one failure.
lanes() {
	local lane pids=() passed=0 failed=0 p f
	prepare
	: >"$tmp/counts"
	for lane in "$@"; do
		"lane_$lane" >"$tmp/lane_$lane" 2>&1 &
		pids+=($!)
	done
	for lane in "$@"; do
		wait "${pids[0]}" || verdict "build and server ($lane)" "see below"
		pids=("${pids[@]:1}")
		cat "$tmp/lane_$lane"
	done
	while read -r p f; do
		passed=$((passed + p)) failed=$((failed + f))
	done <"$tmp/counts"
	say "$passed passed, $failed failed"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# ---------------------------------------------------------------------------
# Packages to ship
# ---------------------------------------------------------------------------

# The package, once it has passed, beside this script.
deb() {
	lanes deb || return
	cp "$tmp/deb/postgresql-$MAJOR-covenant_"*.deb "$tree" || return
	say "built: $(cd "$tree" && ls "postgresql-$MAJOR-covenant_"*.deb)"
}

# ---------------------------------------------------------------------------
# Demo and bench
# ---------------------------------------------------------------------------

# The demo on an empty database.  It stops at the first error unless it says
# \set ON_ERROR_STOP off around what is meant to fail.
demo_on() {
	at "$1" createdb demo &&
		at "$1" psql -X -q -v ON_ERROR_STOP=1 -P pager=off -d demo -f demo/demo.sql
}

demo() {
	prepare
	attended variant demo "" || die "the build failed"
	attended demo_on demo
}

# bench/run gets an empty database to make its own things in (PGHOST, PGPORT,
# PGUSER, PGDATABASE), the programs of PostgreSQL in its PATH, and BENCH_DIR, a
# directory on the server's disk that it may write to.  Its working directory
# is the top of a copy of the tree.
bench_on() {
	at "$1" createdb bench &&
		PGDATABASE=bench BENCH_DIR=$tmp/$1 at "$1" bench/run "${@:2}"
}

bench() {
	prepare
	attended variant bench "" || die "the build failed"
	attended bench_on bench "$@"
}

# The manual's reference, from a fresh installation.
reference() {
	prepare
	attended variant reference "" || die "the build failed"
	at reference createdb reference &&
		at reference psql -X -q -d reference -c 'CREATE EXTENSION covenant' &&
		at reference psql -X -q -At -d reference -f doc/reference.sql >"$tmp/reference.md" &&
		cp "$tmp/reference.md" "$tree/doc/reference.md"
}

# The pages from the demo's database, once they have passed, with the pictures of
# the manual.
dashboard() {
	prepare
	: >"$tmp/counts"
	attended variant dashboard "" || die "the build failed"
	attended demo_on dashboard >"$tmp/demo.out" 2>&1 || die "the demo failed: $(tail -n 3 "$tmp/demo.out")"
	suite dashboard pages bash -c 'pages pictures'
	[ "$(cut -d' ' -f2 "$tmp/counts")" = 0 ] || return 1
	rm -rf "$tree/dashboard/dist"
	cp -r "$tmp/dashboard/src/dashboard/dist" "$tree/dashboard/dist" &&
		cp "$tmp"/dashboard/src/pictures/*.png "$tree/doc/" || return
	say "built: dashboard/dist; to look at it: npx --yes http-server dashboard/dist -o"
	say "of a database of your own: cd dashboard && npm ci && PGDATABASE=mine npm run build"
}

exec </dev/null
command=${1:-}
[ $# = 0 ] || shift
packages=$BUILD optional=
case $command in
	check | deps)
		packages+=" $TESTS"
		optional="$CHECKER $PACKAGING $DRIVERS$(absent_for_dashboard)$(absent javac default-jdk-headless)$(absent_for_release)" ;;
	deb) packages+=" $PACKAGING$(absent_for_release)" ;;
	dashboard) packages+=$(absent_for_dashboard) ;;
esac
case $command in
	demo | bench | reference | deb | dashboard) install_packages "$packages" && "$command" "$@" ;;
	check) install_packages "$packages" "$optional" && lanes plain assert ubsan ;;
	ubsan) install_packages "$packages" && lanes ubsan ;;
	deps) install_packages "$packages $optional" ;;
	*) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

-- Tables that Citus spreads over nodes, on plain PostgreSQL: its catalog and the
-- functions that covenant calls are played here, all "nodes" are this session.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY default
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partkey text, colocationid integer NOT NULL);
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass, shardid bigint);
RESET allow_system_table_mods;
CREATE FUNCTION pg_catalog.column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
CREATE FUNCTION pg_catalog.create_distributed_table(regclass, text, colocate_with text = 'none') RETURNS void LANGUAGE sql AS
	$$ INSERT INTO pg_catalog.pg_dist_partition SELECT $1, $2, coalesce((SELECT colocationid FROM pg_catalog.pg_dist_partition WHERE logicalrelid = to_regclass($3)), $1::oid::integer) $$;
CREATE FUNCTION pg_catalog.create_reference_table(regclass) RETURNS void LANGUAGE sql AS 'INSERT INTO pg_catalog.pg_dist_partition VALUES ($1, NULL, 0)';
CREATE FUNCTION pg_catalog.relation_is_a_known_shard(regclass) RETURNS boolean LANGUAGE sql AS $$ SELECT $1::text ~ '_1020[0-9][0-9]$' $$;
CREATE FUNCTION pg_catalog.get_current_transaction_id(OUT transaction_number bigint, OUT transaction_stamp timestamptz) LANGUAGE sql AS
	$$ SELECT nullif(current_setting('farm.transaction', true), '')::bigint, '2020-02-02 02:02Z'::timestamptz $$;
SET citus.allow_nested_distributed_execution = off;
CREATE SCHEMA spread;
SET search_path = spread, covenant;

-- known: what Citus says of a table
CREATE TABLE plain (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, company text);
CREATE TABLE notes (deal text, note integer, buyer text, amount numeric NOT NULL, price numeric NOT NULL, PRIMARY KEY (deal, note));
CREATE TABLE elsewhere (LIKE notes INCLUDING ALL);
CREATE TABLE everywhere (LIKE notes INCLUDING ALL);
SELECT create_distributed_table('deals', 'deal'), create_distributed_table('elsewhere', 'buyer', 'deals'), create_reference_table('everywhere');
SELECT t, covenant_internal.spread_by(t) FROM unnest(ARRAY['plain', 'deals', 'elsewhere', 'everywhere']::regclass[]) AS t;
CREATE TABLE deals_102004 (LIKE deals);
CREATE TABLE deals_2004 (LIKE deals);
INSERT INTO pg_catalog.pg_dist_shard VALUES ('deals', 102004), ('deals', 2004);
SELECT t, covenant_internal.logical_table(t) FROM unnest(ARRAY['deals', 'deals_102004', 'deals_2004', 'plain']::regclass[]) AS t;

-- refused: what would not be on the node of its deal
SELECT watch_deals('deals', 'deal', 'reserved');	-- sessions without the library
SET session_preload_libraries = 'covenant';
INSERT INTO deals VALUES ('a', 1000), ('b', 500);
INSERT INTO elsewhere VALUES ('a', 1, 'alpha', 10, 0.1);
SELECT watch_deals('deals', 'company', 'reserved');
SELECT watch_deals('deals', 'deal', 'reserved', company => 'company');
SELECT watch_deals('plain', 'deal', 'reserved');
SELECT watch_deals('deals', 'deal', 'reserved');
SELECT watch_notes('notes', 'deals', 'deal', 'amount', 'price', 'buyer');
SELECT watch_notes('elsewhere', 'deals', 'deal', 'amount', 'price', 'buyer');
SELECT watch_notes('everywhere', 'deals', 'deal', 'amount', 'price', 'buyer');
SELECT create_distributed_table('notes', 'deal');
SELECT watch_notes('notes', 'deals', 'deal', 'amount', 'price', 'buyer');
SELECT watch_notes('notes', 'plain', 'deal', 'amount', 'price', 'buyer');
UPDATE pg_catalog.pg_dist_partition SET colocationid = (SELECT colocationid FROM pg_catalog.pg_dist_partition WHERE logicalrelid = 'deals'::regclass) WHERE logicalrelid = 'notes'::regclass;
INSERT INTO notes VALUES ('a', 1, 'alpha', 10, 0.1), ('b', 1, 'beta', 20, 0.1);
SELECT watch_notes('notes', 'deals', 'deal', 'amount', 'price', 'buyer', mode => 'row');
SELECT watch_notes('notes', 'deals', 'deal', 'amount', 'price', 'buyer');
SELECT watch_quotes('elsewhere', 'buyer', 'amount', 'price', 'notes', 'buyer', 'amount');
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_local_group (groupid integer);
INSERT INTO pg_catalog.pg_dist_local_group VALUES (2);	-- a worker
SELECT watch_quotes('plain', 'deal', 'reserved', 'reserved', 'notes', 'buyer', 'amount');
UPDATE pg_catalog.pg_dist_local_group SET groupid = 0;
SELECT watch_quotes('plain', 'deal', 'reserved', 'reserved', 'notes', 'buyer', 'amount');	-- here, but no days
DROP TABLE pg_catalog.pg_dist_local_group;
RESET allow_system_table_mods;
SHOW citus.enable_unsafe_triggers;

-- beside: the books are distributed with the deals, what was there counts once
SELECT logicalrelid, partkey, colocationid = (SELECT colocationid FROM pg_catalog.pg_dist_partition WHERE logicalrelid = 'deals'::regclass) AS beside_deals
FROM pg_catalog.pg_dist_partition ORDER BY logicalrelid::text;
SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal;
SELECT deal, kind, principal, reserved FROM deals_journal ORDER BY deal, seq;
SELECT * FROM audit('deals');
SELECT covenant_internal.watch_word('deals', 'spread'), covenant_internal.watch_word('notes', 'spread'), covenant_internal.watch_word('plain', 'spread');

-- shards: counted where the table was distributed before, and only there
CREATE FUNCTION as_shard(watched regclass, shard text, without text = '!') RETURNS void LANGUAGE plpgsql AS $$
DECLARE trigger record;
BEGIN
	EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)', shard, watched);
	FOR trigger IN SELECT tgname, pg_get_triggerdef(oid) AS def FROM pg_trigger WHERE tgrelid = watched AND NOT tgisinternal ORDER BY 1 LOOP
		EXECUTE replace(replace(replace(trigger.def, 'TRIGGER ' || trigger.tgname, 'TRIGGER ' || trigger.tgname || '_102008'),
			format('ON spread.%s', watched), 'ON spread.' || shard), without, '');
	END LOOP;
END $$;
SELECT as_shard('notes', 'notes_102008'), as_shard('notes', 'notes_102009', ', ''spread=deal''');
BEGIN;
INSERT INTO notes_102008 VALUES ('a', 2, 'alpha', 30, 0.1);
SELECT covenant.check('deals');
COMMIT;
SELECT deal, principal, note_shares FROM deals_reserve ORDER BY deal;
SELECT instrument, principal FROM deals_position WHERE deal = 'a' ORDER BY 1;
INSERT INTO notes_102009 VALUES ('a', 3, 'alpha', 30, 0.1);
INSERT INTO notes VALUES ('a', 3, 'alpha', 30, 0.1);
TRUNCATE notes;
SELECT what, books, tables FROM audit('deals');	-- the table alone is asked, which has no rows of the shard here
DELETE FROM notes_102008;
SELECT * FROM audit('deals');

-- asked: where the transaction pends
INSERT INTO notes_102008 VALUES ('b', 4, 'beta', 1000, 0.1);
BEGIN;
INSERT INTO notes_102008 VALUES ('b', 4, 'beta', 1000, 0.1);
SELECT covenant.check('deals');
ROLLBACK;
BEGIN;
INSERT INTO notes_102008 VALUES ('b', 4, 'beta', 1000, 0.1);
SELECT override('deals', 'it happened');
COMMIT;
SELECT kind, principal, note FROM deals_journal WHERE deal = 'b' ORDER BY seq DESC LIMIT 1;
SELECT covenant_internal.check_here('deals_reserve'), covenant_internal.override_here('deals_reserve', 'x') FROM deals_reserve LIMIT 1;

-- days: a setting is sent in a transaction block alone
SET covenant.as_of = '2020-01-01';
COPY plain TO stdout;	-- is here
COPY everywhere TO stdout;
BEGIN;
COPY everywhere TO stdout;
SHOW covenant.as_of;
SAVEPOINT s;
SET covenant.as_of = '2020-01-02';
COPY everywhere TO stdout;
ROLLBACK TO s;
COPY everywhere TO stdout;
SHOW citus.propagate_set_commands;
COMMIT;
SHOW covenant.as_of;
RESET covenant.as_of;
BEGIN;
SET LOCAL covenant.as_of = '2020-01-03';
COPY everywhere TO stdout;
COMMIT;
SHOW covenant.as_of;
COPY everywhere TO stdout;
SET application_name = 'citus_internal gpid=1';	-- a session that another node opened hears it from there
SET covenant.as_of = '2020-01-01';
COPY everywhere TO stdout;
RESET covenant.as_of;
RESET application_name;

-- agreement: its tables too; numbers of the table's sequence on a shard, one moment on all nodes
SELECT adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts"}');
SELECT logicalrelid, partkey FROM pg_catalog.pg_dist_partition WHERE logicalrelid::text ~ 'event|list|clause|reading' ORDER BY logicalrelid::text;
SELECT as_shard('deals_event', 'deals_event_102010');
INSERT INTO pg_catalog.pg_dist_shard VALUES ('deals_event', 102010);
SET farm.transaction = '7';
INSERT INTO deals_event_102010 (deal, kind, occurred_on) VALUES ('a', 'closing', '2020-01-01') RETURNING event_id, recorded_at = '2020-02-02 02:02Z' AS stamp;
SET farm.transaction = '';
INSERT INTO deals_event_102010 (deal, kind, occurred_on) VALUES ('b', 'closing', '2020-01-01') RETURNING event_id, recorded_at > now() AS stamp;
SELECT last_value FROM deals_event_seq;
SELECT count(*) > 0 AS duties FROM deals_duty;

-- acts: breaches, financings and transfers beside the deals; a shard's rows are judged where they are
SELECT watch_breaches('plain', 'deals', 'deal', 'deal', 'deal', 'deal', 'deal', 'deal');
SELECT watch_offerings('plain', 'deals', 'deal', 'deal', 'deal', 'deal', 'deal');
SELECT watch_transfers('plain', 'deals', 'deal', 'deal', 'deal', 'deal');
CREATE TABLE transfers (deal text, id int, seller text, basis text, day date, PRIMARY KEY (deal, id));
CREATE TABLE breaches (deal text, id int, section text, since date, cured date, damages numeric, shares bigint, PRIMARY KEY (deal, id));
SELECT create_distributed_table(t, 'deal', 'deals') FROM unnest(ARRAY['transfers', 'breaches']) AS t;
SELECT watch_transfers('transfers', 'deals', 'deal', 'seller', 'basis', 'day');
SELECT watch_breaches('breaches', 'deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares');
SELECT as_shard('transfers', 'transfers_102020'), as_shard('transfers', 'transfers_102021', $$, 'spread=deal'$$),
	as_shard('breaches', 'breaches_102022'), as_shard('breaches', 'breaches_102023', $$, 'spread=deal'$$);
INSERT INTO pg_catalog.pg_dist_shard VALUES ('transfers', 102020);
INSERT INTO transfers_102020 VALUES ('a', 1, 'alpha', 'gift', '2020-02-01');
DO $$
DECLARE relation text;
BEGIN
	INSERT INTO transfers_102020 VALUES ('a', 1, 'alpha', 'gift', '2020-02-01');
	SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN check_violation THEN
	GET STACKED DIAGNOSTICS relation = TABLE_NAME;
	RAISE WARNING 'the table is "%"', relation;	-- no shard
END $$;
INSERT INTO transfers_102020 VALUES ('a', 1, 'alpha', 'pledge', '2020-02-01');
BEGIN;
SELECT override('deals', 'known to all');
INSERT INTO transfers_102020 VALUES ('a', 2, 'alpha', 'gift', '2020-02-01');
COMMIT;
SELECT kind, section, holder, occurred_on, note FROM deals_event WHERE kind = 'breach';
INSERT INTO transfers_102021 VALUES ('a', 1, 'alpha', 'pledge', '2020-02-01');
INSERT INTO transfers VALUES ('a', 1, 'alpha', 'pledge', '2020-02-01');
INSERT INTO breaches_102022 VALUES ('a', 1, '4(i)', '2020-02-01', '2020-02-11');
SELECT damages IS NOT NULL AS reckoned FROM breaches_102022;
INSERT INTO breaches_102023 VALUES ('a', 1, '4(i)', '2020-02-01', '2020-02-11');
INSERT INTO breaches VALUES ('a', 1, '4(i)', '2020-02-01', '2020-02-11');
SELECT unwatch('transfers'), unwatch('breaches');
DROP TABLE transfers, breaches, transfers_102020, transfers_102021, breaches_102022, breaches_102023;
DELETE FROM pg_catalog.pg_dist_partition WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = logicalrelid);

-- purge: on the node of the deal, and what all nodes have of it
SELECT purge('deals', 'a', 'test');
SELECT amend('deals', 'corporate existence', '{"period": 3, "unit": "days"}', deal => 'b');
SELECT deal, count(*) FROM deals_clause WHERE deal IS NOT NULL GROUP BY 1;
SET session_replication_role = replica;	-- rows of the table itself, which has none
DELETE FROM notes WHERE deal = 'b';
SELECT purge('deals', 'b', 'test');
RESET session_replication_role;
SELECT (SELECT count(*) FROM deals WHERE deal = 'b') + (SELECT count(*) FROM deals_reserve WHERE deal = 'b') + (SELECT count(*) FROM deals_journal WHERE deal = 'b')
	+ (SELECT count(*) FROM deals_position WHERE deal = 'b') + (SELECT count(*) FROM deals_event WHERE deal = 'b') + (SELECT count(*) FROM deals_clause WHERE deal = 'b') AS rows;
DELETE FROM deals_clause;
SELECT covenant_internal.purge_here('plain_reserve', 'plain', 'deal', 'nobody');

-- rebuild: a ledger that was edited gets what the journal has
UPDATE deals_reserve SET note_shares = 7 WHERE deal = 'a';
SELECT deal, what, books, tables FROM audit('deals') WHERE what ~ 'journal';
SELECT rebuild('deals');
SELECT what FROM audit('deals') WHERE what ~ 'journal';

-- split: each deal on its node, by the type of its key, and posted at once
SELECT split('deals', '{nobody}', 2, 1, covenant.as_of(), 'down');
SELECT split('deals', '{nobody, a}', 2, 1, covenant.as_of(), 'down');	-- comes to the table itself, which is no shard
SELECT covenant_internal.of_deals('deals_reserve', 'p'), covenant_internal.of_deals('plain_reserve', 'p');
INSERT INTO plain VALUES ('d', 7);
SELECT covenant_internal.split_here('plain_reserve', '{d}', 2, 1, covenant.as_of(), 'down');	-- nobody's node
BEGIN;
INSERT INTO pg_catalog.pg_dist_partition VALUES ('plain_reserve', 'deal', 7);
SELECT covenant_internal.split_here('plain_reserve', '{d}', 2, 1, covenant.as_of(), 'down');
SELECT covenant_internal.post_here('plain_reserve');
SELECT kind, reserved, new_shares, old_shares FROM plain_journal ORDER BY seq DESC LIMIT 1;
DELETE FROM pg_catalog.pg_dist_partition WHERE logicalrelid = 'plain_reserve'::regclass;
COMMIT;
SELECT reserved FROM plain_reserve;
SELECT * FROM audit('plain');

-- undone: unwatch books what goes out
SELECT unwatch('notes');
SELECT deal, principal, note_shares FROM deals_reserve ORDER BY deal;

SET client_min_messages = error;
DROP SCHEMA spread CASCADE;
SET allow_system_table_mods = on;
DROP TABLE pg_catalog.pg_dist_partition, pg_catalog.pg_dist_shard;
DROP FUNCTION pg_catalog.column_to_column_name, pg_catalog.create_distributed_table, pg_catalog.create_reference_table,
	pg_catalog.relation_is_a_known_shard, pg_catalog.get_current_transaction_id;

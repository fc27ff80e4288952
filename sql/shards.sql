-- What Citus needs of the guard, tried on plain PostgreSQL: tables that are
-- called like shards while the triggers' arguments name others, connections
-- whose search_path is pg_catalog alone, statements that spell out every
-- operator, and a setting of Citus that is on while covenant posts and only then.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA farm;
SET search_path = farm, covenant;
CREATE TABLE deals (deal_id bigint PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (deal_id bigint, buyer text, amount numeric, rate numeric, PRIMARY KEY (deal_id, buyer));
INSERT INTO deals VALUES (1, 1000), (2, 1000);
SELECT watch_deals('deals', 'deal_id', 'reserved'), watch_notes('notes', 'deals', 'deal_id', 'amount', 'rate', 'buyer');

-- shard_names: a shard has the triggers of the table it is a part of, copied
-- with their arguments under a name with its number, and so has the books'.
CREATE TABLE notes_102008 (LIKE notes INCLUDING ALL);
CREATE TABLE deals_102004 (LIKE deals INCLUDING ALL);
DO $$
DECLARE trigger record;
BEGIN
	FOR trigger IN SELECT tgname, tgrelid::regclass::text AS name, pg_get_triggerdef(oid) AS def FROM pg_trigger
		WHERE tgfoid = 'covenant_internal.capture'::regproc AND tgrelid IN ('deals'::regclass, 'notes'::regclass)
	LOOP
		EXECUTE replace(replace(trigger.def, 'TRIGGER ' || trigger.tgname, 'TRIGGER ' || trigger.tgname || '_102008'),
						'ON farm.' || trigger.name, 'ON farm.' || trigger.name || CASE trigger.name WHEN 'notes' THEN '_102008' ELSE '_102004' END);
	END LOOP;
END $$;
INSERT INTO notes_102008 VALUES (1, 'alpha', 10, 0.1), (2, 'alpha', 20, 0.1), (1, 'beta', 5, 0.1);
UPDATE notes_102008 SET amount = amount * 2 WHERE buyer = 'beta';
DELETE FROM notes_102008 WHERE deal_id = 2;
INSERT INTO deals_102004 VALUES (3, 50);
INSERT INTO notes_102008 VALUES (3, 'alpha', 5, 0.1);
SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal;
SELECT * FROM audit('deals');
DROP TABLE notes_102008, deals_102004;
SELECT rebuild('deals');

-- pg_catalog_alone: the connections by which Citus and postgres_fdw write.
SET search_path = pg_catalog;
SET TimeZone = 'GMT'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = -15;
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO farm.notes VALUES (1, 'alpha', 10, 0.1), (2, 'alpha', 20, 0.1) ON CONFLICT (deal_id, buyer) DO UPDATE SET amount = excluded.amount;
COMMIT;
MERGE INTO farm.notes n USING (VALUES (1, 'alpha', 11), (1, 'beta', 5)) s(d, b, a) ON n.deal_id = s.d AND n.buyer = s.b
	WHEN MATCHED THEN UPDATE SET amount = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.d, s.b, s.a, 0.1);
SELECT covenant.check('farm.deals');
SELECT deal, issuable, slack FROM farm.deals_status ORDER BY deal;
SELECT * FROM covenant.audit('farm.deals');
SELECT covenant.rebuild('farm.deals'), covenant.unwatch('farm.notes');
SELECT covenant.watch_notes('farm.notes', 'farm.deals', 'deal_id', 'amount', 'rate', 'buyer');
RESET TimeZone; RESET DateStyle; RESET extra_float_digits;
SET search_path = farm, covenant;

-- qualified_operators: what SPI is given names its operators.
CREATE FUNCTION operators_of(sql text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT m[1] FROM regexp_matches(regexp_replace(sql, 'OPERATOR\(pg_catalog\.[-+=]\)', ' ', 'g'), '([-+*/<>=~!@#%^&|]+)', 'g') m WHERE m[1] <> '=' $$;
CREATE FUNCTION statement_now() RETURNS text LANGUAGE plpgsql AS $$
DECLARE stack text;
BEGIN
	GET DIAGNOSTICS stack = PG_CONTEXT;
	RETURN substring(stack FROM 'SQL statement "((?:UPDATE|INSERT INTO) farm.deals_[^"]*)"');
END $$;
CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO farm.seen VALUES (farm.statement_now(), current_setting('citus.allow_nested_distributed_execution', true), current_setting('lock_timeout'));
	RETURN NEW;
END $$;
CREATE TABLE seen (statement text, nested text, lock_timeout text);
CREATE TRIGGER spy BEFORE INSERT OR UPDATE ON deals_reserve FOR EACH ROW EXECUTE FUNCTION spy();
CREATE TRIGGER spy BEFORE INSERT ON deals_journal FOR EACH ROW EXECUTE FUNCTION spy();
INSERT INTO notes VALUES (4, 'alpha', 0, 0.1);
INSERT INTO deals VALUES (4, 10);
SELECT DISTINCT split_part(statement, ' ', 1) AS verb, substring(statement FROM 'farm\.\w+') AS on_table,
	statement ~ 'WHERE deal OPERATOR\(pg_catalog\.=\) \$1' OR statement ~ 'VALUES \(\$1' AS keyed,
	ARRAY(SELECT operators_of(statement)) AS unqualified, statement ~* '\m(from|join|with|select)\M' AS more_than_one_table
FROM seen ORDER BY 1, 2;
SELECT DISTINCT nested, lock_timeout FROM seen;
TRUNCATE seen;

-- nested_execution: where Citus is loaded the setting exists; here a
-- placeholder stands for it.
SET citus.allow_nested_distributed_execution = off;
SHOW citus.allow_nested_distributed_execution;
INSERT INTO notes VALUES (1, 'gamma', 1, 0.1);
SHOW citus.allow_nested_distributed_execution;
BEGIN;
INSERT INTO notes VALUES (1, 'delta', 1, 0.1);
SHOW citus.allow_nested_distributed_execution;
SELECT covenant.check('deals');
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO notes VALUES (1, 'epsilon', 1, 0.1);
SET LOCAL citus.allow_nested_distributed_execution = 'off';
COMMIT;
SHOW citus.allow_nested_distributed_execution;
INSERT INTO notes VALUES (1, 'zeta', 1000, 0.1);	-- refused: the setting is put back too
SHOW citus.allow_nested_distributed_execution;
SELECT DISTINCT nested, lock_timeout FROM seen;
TRUNCATE seen;

DROP TRIGGER spy ON deals_reserve; DROP TRIGGER spy ON deals_journal;
SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal;
SELECT * FROM audit('deals');

-- distribution_column: types that hash partition, equal to what they stand for.
CREATE TABLE spread (holding covenant.shares, price covenant.share_price) PARTITION BY HASH (holding);
CREATE TABLE spread_0 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE spread_1 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO spread SELECT i, '1/3' FROM generate_series(1, 100) i;
SELECT (SELECT count(*) FROM spread_0) + (SELECT count(*) FROM spread_1) AS "all", (SELECT count(*) FROM spread_0) BETWEEN 20 AND 80 AS even;
EXPLAIN (COSTS OFF) SELECT * FROM spread WHERE holding = '7';
CREATE TABLE spread_by_price (price covenant.share_price) PARTITION BY HASH (price);
CREATE TABLE spread_by_price_0 PARTITION OF spread_by_price FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO spread_by_price VALUES ('0.10'), ('1/10') RETURNING price;
DROP SCHEMA farm CASCADE;


-- Tables that Citus spreads over nodes ------------------------------------------

CREATE FUNCTION covenant_internal.spread_by(relation regclass) RETURNS name
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	catalog CONSTANT regclass := to_regclass('pg_catalog.pg_dist_partition');
	distributed boolean := false;
	by_column name;
BEGIN
	IF catalog IS NOT NULL THEN
		EXECUTE format('SELECT true, column_to_column_name(logicalrelid, partkey) FROM %s WHERE logicalrelid = $1', catalog)
			INTO distributed, by_column USING relation;
	END IF;
	RETURN CASE WHEN distributed THEN coalesce(by_column, '') END;
END
$$;
COMMENT ON FUNCTION covenant_internal.spread_by(regclass) IS
'The column by which Citus has distributed a table: empty where all nodes have all of it; NULL where it is an ordinary table';

CREATE FUNCTION covenant_internal.logical_table(relation regclass) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	catalog CONSTANT regclass := to_regclass('pg_catalog.pg_dist_shard');
	whole regclass := relation;
BEGIN
	-- A shard is known by Citus under the number with which its name ends.
	IF catalog IS NOT NULL THEN
		EXECUTE format('SELECT s.logicalrelid FROM %s AS s
			WHERE s.shardid = (SELECT substring(c.relname FROM ''_([0-9]{1,18})$'')::bigint FROM pg_class c WHERE c.oid = $1)
			  AND relation_is_a_known_shard($1)', catalog) INTO whole USING relation;
	END IF;
	RETURN coalesce(whole, relation);
END
$$;
COMMENT ON FUNCTION covenant_internal.logical_table(regclass) IS
'The table that a shard of Citus is a part of; any other table itself';

CREATE FUNCTION covenant_internal.require_spread_by(relation regclass, deal name, beside regclass) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	by_column CONSTANT name := covenant_internal.spread_by(relation);
	beside_column CONSTANT name := covenant_internal.spread_by(beside);
	together boolean := true;
BEGIN
	IF by_column IS NULL AND beside_column IS NULL THEN
		RETURN;
	END IF;
	IF by_column IS NOT NULL AND beside_column IS NOT NULL AND relation <> beside THEN
		EXECUTE format('SELECT count(DISTINCT colocationid) = 1 FROM %s WHERE logicalrelid IN ($1, $2)', to_regclass('pg_catalog.pg_dist_partition'))
			INTO together USING relation, beside;
	END IF;
	IF by_column IS DISTINCT FROM deal OR beside_column IS NULL OR NOT together THEN
		RAISE EXCEPTION 'table "%" is not distributed by the deal', relation
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = CASE WHEN by_column IS NULL THEN format('Table "%s" is distributed and this one is not.', beside)
								WHEN by_column = '' THEN 'All nodes have all of it.'
								WHEN by_column <> deal THEN format('It is distributed by "%s".', by_column)
								WHEN beside_column IS NULL THEN format('Table "%s" is not distributed.', beside)
								ELSE format('Its shards are not where those of "%s" are.', beside) END,
				  HINT = format('What belongs to a deal has to be on its node: SELECT create_distributed_table(%L, %L%s), then watch the table.',
								relation::text, deal, CASE WHEN relation <> beside THEN format(', colocate_with => %L', beside::text) ELSE '' END);
	END IF;
	IF concat_ws(',', current_setting('shared_preload_libraries'), current_setting('session_preload_libraries'),
				 current_setting('local_preload_libraries')) !~ '\mcovenant\M' THEN
		RAISE EXCEPTION 'covenant is not loaded into every session'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Who writes distributed tables has covenant on the nodes alone, and nobody would tell them covenant.as_of.',
				  HINT = 'Have shared_preload_libraries = ''citus, covenant'' on every node, citus first.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_spread_by(regclass, name, regclass) IS
'Raises 0A000 where one of two tables is distributed by Citus and not both by the deal, with their shards on the same nodes, and 55000 where sessions are without the library';

CREATE FUNCTION covenant_internal.spread_beside(relation regclass, deal name, beside regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.spread_by(beside) IS NULL OR covenant_internal.spread_by(relation) IS NOT NULL THEN
		RETURN;
	END IF;
	PERFORM covenant_internal.allow_triggers(beside);
	IF deal IS NULL THEN
		EXECUTE format('SELECT create_reference_table(%L::regclass)', relation);
	ELSE
		EXECUTE format('SELECT create_distributed_table(%L::regclass, %L, colocate_with => %L)', relation, deal, beside);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.spread_beside(regclass, name, regclass) IS
'Distributes a new table of covenant''s beside one that is distributed, by its column deal; NULL: so that all nodes have all of it';

CREATE FUNCTION covenant_internal.allow_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.spread_by(relation) IS NOT NULL THEN
		PERFORM set_config('citus.enable_unsafe_triggers', 'on', true),
				set_config('citus.multi_shard_modify_mode', 'sequential', true);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.allow_triggers(regclass) IS
'Tells Citus, until the transaction ends, that triggers on a distributed table are meant';

CREATE FUNCTION covenant_internal.ask_nodes(ledger regclass, question text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Each shard is asked in the session that has what is pending for it.
	IF covenant_internal.spread_by(ledger) IS NOT NULL THEN
		EXECUTE format('SELECT count(*) FROM %s WHERE %s', ledger, question);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.ask_nodes(regclass, text) IS
'Under Citus, where a transaction pends in the sessions of its nodes: has a stable function called there once a shard';

CREATE FUNCTION covenant_internal.check_here(ledger regclass) RETURNS boolean
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_check_here';
COMMENT ON FUNCTION covenant_internal.check_here(regclass) IS
'covenant_internal.check_books for the session of a node; true';

CREATE FUNCTION covenant_internal.override_here(ledger regclass, reason text) RETURNS boolean
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_override_here';
COMMENT ON FUNCTION covenant_internal.override_here(regclass, text) IS
'covenant_internal.override_books for the session of a node; true';

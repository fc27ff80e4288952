
-- Opening and closing ----------------------------------------------------

CREATE FUNCTION covenant_internal.lock_table(relation regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_lock_table';
COMMENT ON FUNCTION covenant_internal.lock_table(regclass) IS
'Locks a table of the caller''s (42501) against writes and against whoever else wants to watch it, before anything is found out of it';

CREATE FUNCTION covenant_internal.hang_triggers(relation regclass, words jsonb, columns jsonb, mode text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_watchable(member) FROM covenant_internal.members(relation) AS member;
	PERFORM covenant_internal.drop_triggers(relation);
	PERFORM covenant_internal.make_triggers(relation, words || columns, mode);
	PERFORM covenant_internal.check_watch(relation);
	PERFORM covenant_internal.refuse_nulls(relation, columns);
END
$$;
COMMENT ON FUNCTION covenant_internal.hang_triggers(regclass, jsonb, jsonb, text) IS
'Hangs the triggers on a table, in place of those that it may have, and checks all that the next write would';

CREATE FUNCTION covenant_internal.watch_table(relation regclass, words jsonb, columns jsonb, mode text) RETURNS boolean
LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'covenant_watch_table';
COMMENT ON FUNCTION covenant_internal.watch_table(regclass, jsonb, jsonb, text) IS
'Hangs the triggers on a table and books what it holds; true where the table was watched before and broken, so that covenant.rebuild has to find what changed; for its owner (42501)';

CREATE FUNCTION covenant_internal.close_table(relation regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_close_table';
COMMENT ON FUNCTION covenant_internal.close_table(regclass) IS
'Books the sums of a watched table as closing entries and drops its triggers; for its owner (42501)';


-- Tables that ALTER TABLE wrote anew ----------------------------------------

CREATE FUNCTION covenant_internal.deals_differ(ledger regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (
		SELECT FROM covenant_internal.table_deals(ledger) AS t FULL JOIN covenant_internal.ledger_balances(ledger) AS l USING (deal)
			 LEFT JOIN covenant_internal.pending_deals(ledger) AS p USING (deal)
		WHERE coalesce(t.reserved, 0) <> coalesce(l.reserved, 0) + coalesce(p.reserved, 0)
		   OR coalesce(t.authorized, 0) <> coalesce(l.authorized, 0) + coalesce(p.authorized, 0)
		   OR coalesce(t.outstanding, 0) <> coalesce(l.outstanding, 0) + coalesce(p.outstanding, 0)
		   OR coalesce(t.other_reserved, 0) <> coalesce(l.other_reserved, 0) + coalesce(p.other_reserved, 0)
		   OR coalesce(t.multiple, 0) <> coalesce(l.multiple, 0) + coalesce(p.multiple, 0)
		   OR coalesce(t.minimum, 0) <> coalesce(l.minimum, 0) + coalesce(p.minimum, 0))
$$;
COMMENT ON FUNCTION covenant_internal.deals_differ(regclass) IS
'Does the deals table say something else of a reserve, a capital or a multiple than its ledger with what is pending?';

CREATE FUNCTION covenant_internal.differs_from_books(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := covenant_internal.ledger_of(relation);
BEGIN
	IF covenant_internal.is_broken(relation) THEN
		RETURN NULL;
	ELSIF covenant_internal.watch_word(relation, 'table') = 'deals' THEN
		RETURN covenant_internal.deals_differ(ledger)
			OR EXISTS (SELECT FROM covenant_internal.capital_differences(ledger) AS d WHERE d.what = 'reserved');
	ELSIF covenant_internal.watch_word(relation, 'table') = 'capital' THEN
		RETURN EXISTS (SELECT FROM covenant_internal.capital_differences(ledger) AS d WHERE NOT d.of_journal);
	END IF;
	RETURN EXISTS (SELECT FROM covenant_internal.instrument_differences(ledger, covenant_internal.watch_word(relation, 'source')));
EXCEPTION WHEN OTHERS THEN
	RETURN true;
END
$$;
COMMENT ON FUNCTION covenant_internal.differs_from_books(regclass) IS
'Does a watched table say something else than its books with what is pending? True where it holds what cannot be compared, NULL where its watch is broken, so that its next write is refused anyway';

CREATE FUNCTION covenant_internal.mark_rewritten(relation regclass, column_name name) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.change_words(relation, jsonb_build_object('rewritten', column_name))
$$;
COMMENT ON FUNCTION covenant_internal.mark_rewritten(regclass, name) IS
'Has the triggers of a watched table say which column of it was rewritten, so that every write is refused; NULL: that none was';

CREATE FUNCTION covenant_internal.rewritten(ledger regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT w FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.watch_word(w, 'rewritten') IS NOT NULL
$$;
COMMENT ON FUNCTION covenant_internal.rewritten(regclass) IS
'The tables of these books that were rewritten and not rebuilt since';

CREATE FUNCTION covenant_internal.refuse_rewritten(relation regclass) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_refuse_rewritten';
COMMENT ON FUNCTION covenant_internal.refuse_rewritten(regclass) IS
'Raises 55000 where a watched table was rewritten since covenant last knew it';

CREATE FUNCTION covenant_internal.look_at_rewrite() RETURNS event_trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_look_at_rewrite';
COMMENT ON FUNCTION covenant_internal.look_at_rewrite() IS
'Event trigger function: marks a watched table whose values a command changed so that it says something else than its books; does nothing for other tables';

CREATE EVENT TRIGGER covenant_rewrite ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER TYPE')  -- all of them rename a table's columns
	EXECUTE FUNCTION covenant_internal.look_at_rewrite();
COMMENT ON EVENT TRIGGER covenant_rewrite IS
'Notices that ALTER TABLE changed values of a watched table past its triggers (covenant)';

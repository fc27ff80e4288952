
-- Tables of acts -------------------------------------------------------------------

CREATE FUNCTION covenant_internal.act_is_recorded(ledger regclass, deal text, section text, holder text, subject text, on_day date, message text) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recorded boolean;
BEGIN
	EXECUTE format($q$
		SELECT EXISTS (SELECT FROM %1$s b
			WHERE b.deal = $1::%2$s AND b.kind = 'breach' AND b.section = $2 AND b.subject IS NOT DISTINCT FROM $4 AND b.occurred_on = $5
				AND (b.holder IS NOT DISTINCT FROM $3 OR b.holder IS NULL)
				AND (b.note = $6 OR starts_with(b.note, $6 || ': '))
				AND NOT EXISTS (SELECT FROM %1$s r WHERE r.deal = b.deal AND r.kind = 'retraction' AND r.ref = b.event_id::text))
		$q$, covenant_internal.adopted_table(ledger, 'event'), covenant_internal.key_type(ledger))
		INTO recorded USING deal, section, holder, subject, on_day, message;
	RETURN recorded;
END
$$;
COMMENT ON FUNCTION covenant_internal.act_is_recorded(regclass, text, text, text, text, date, text) IS
'Whether a breach of a section is on record, by a holder (NULL: the company), of a subject, on a day, of which just that is said';

CREATE FUNCTION covenant_internal.record_act(ledger regclass, deal text, section text, holder text, subject text, on_day date, message text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp SET covenant.as_of = ''
AS $$
DECLARE
	statement CONSTANT text := format('INSERT INTO %s (deal, kind, occurred_on, section, holder, subject, note) VALUES ($1::%s, $2, $3, $4, $5, $6, $7)',
		covenant_internal.adopted_table(ledger, 'event'), covenant_internal.key_type(ledger));
BEGIN
	-- Several writes of one row, or the same row once more, are one breach.
	IF covenant_internal.act_is_recorded(ledger, deal, section, holder, subject, on_day, message) THEN
		RETURN;
	END IF;
	BEGIN
		EXECUTE statement USING deal, 'breach'::text, on_day, section, holder, subject, concat_ws(': ', message, reason);
	EXCEPTION WHEN invalid_parameter_value THEN
		IF holder IS NULL THEN
			RAISE;
		END IF;
		-- Who has neither signed nor held anything is named in words alone.
		EXECUTE statement USING deal, 'breach'::text, on_day, section, NULL::text, subject, concat_ws(': ', message, reason);
	END;
END
$$;
COMMENT ON FUNCTION covenant_internal.record_act(regclass, text, text, text, text, date, text, text) IS
'Records a breach of a section, by a holder (NULL: the company; who is no Buyer is named in the note alone), of a subject, on a day, with what is said of it and why it was let through (NULL: the deals are watched so), unless just that is on record';

CREATE FUNCTION covenant_internal.watch_acts(acts regclass, deals regclass, trigger_function regproc, what text, columns text[]) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	arguments text;
	member regclass;
BEGIN
	PERFORM covenant_internal.allow_triggers(acts);
	SELECT string_agg(quote_literal(w.word || '=' || w.value), ', ' ORDER BY w.n) INTO arguments
	FROM (VALUES (-3, 'table', what), (-2, 'schema', covenant_internal.watch_word(deals, 'schema')), (-1, 'ledger', covenant_internal.watch_word(deals, 'ledger'))
		  UNION ALL SELECT i, columns[i][1], columns[i][2] FROM generate_subscripts(columns, 1) i) AS w(n, word, value)
	WHERE w.value IS NOT NULL;
	FOR member IN SELECT covenant_internal.members(acts) LOOP
		CONTINUE WHEN member <> acts AND (SELECT relispartition FROM pg_class WHERE oid = member);  -- reached from above
		EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION %s(%s)',
			'covenant_' || (SELECT proname FROM pg_proc WHERE oid = trigger_function), member, trigger_function, arguments);
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.watch_acts(regclass, regclass, regproc, text, text[]) IS
'Hangs the deferred trigger of a kind of acts on a table and on what inherits from it, with its columns as pairs of word and name (NULL: not given)';

CREATE FUNCTION covenant_internal.check_acts(acts regclass, deals regclass, ledger regclass, trigger_function regproc, what text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_watchable(acts);
	PERFORM covenant_internal.lock_table(acts);
	IF EXISTS (SELECT FROM covenant_internal.members(acts) m JOIN pg_trigger t ON t.tgrelid = m WHERE t.tgfoid = trigger_function) THEN
		RAISE EXCEPTION 'table "%" is watched already', acts
			USING ERRCODE = 'duplicate_object',
				  HINT = format('To watch it differently, call covenant.unwatch(%L) first.', acts);
	END IF;
	PERFORM covenant_internal.require_user_of_books(acts, deals, ledger, what);
END
$$;
COMMENT ON FUNCTION covenant_internal.check_acts(regclass, regclass, regclass, regproc, text) IS
'Locks a table of acts, and raises why it cannot come under watch: 42809 no ordinary table, 42710 watched already, 42501 its owner may not use the books';

CREATE FUNCTION covenant_internal.only_itself(relation regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	-- of a distributed table that would be the part without rows that is here
	SELECT CASE WHEN relkind = 'r' AND covenant_internal.spread_by(relation) IS NULL THEN 'ONLY' ELSE '' END FROM pg_class WHERE oid = relation
$$;
COMMENT ON FUNCTION covenant_internal.only_itself(regclass) IS
'The word ONLY before the name of a table, for its own rows without those that inherit from it, where each is asked for its own';

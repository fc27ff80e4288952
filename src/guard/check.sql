
-- Asking before COMMIT ---------------------------------------------------

CREATE FUNCTION covenant_internal.check_books(ledger regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_check_books';
COMMENT ON FUNCTION covenant_internal.check_books(regclass) IS
'What covenant.check does, for a ledger';

CREATE FUNCTION covenant_internal.override_books(ledger regclass, reason text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_override_books';
COMMENT ON FUNCTION covenant_internal.override_books(regclass, text) IS
'What covenant.override does, for a ledger';

CREATE FUNCTION covenant_internal.fire_deferred(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	deferred text;
BEGIN
	SELECT string_agg(DISTINCT format('%I.%I', n.nspname, k.conname), ', ') INTO deferred
	FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
		JOIN pg_constraint k ON k.oid = t.tgconstraint JOIN pg_namespace n ON n.oid = k.connamespace
	WHERE p.pronamespace = 'covenant_internal'::regnamespace AND t.tgdeferrable AND t.tgparentid = 0
		AND covenant_internal.may_use_books(c.oid, ledger)
		AND has_schema_privilege(n.oid, 'USAGE');
	IF deferred IS NOT NULL THEN
		EXECUTE format('SET CONSTRAINTS %s IMMEDIATE', deferred);
		EXECUTE format('SET CONSTRAINTS %s DEFERRED', deferred);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.fire_deferred(regclass) IS
'Has the deferred triggers of covenant on tables of the ledger''s owner, and of members of that role, judge now what this transaction has written';

CREATE FUNCTION covenant.check(deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	PERFORM covenant_internal.check_watch(member)
	FROM covenant_internal.watched_with(ledger) AS w, LATERAL covenant_internal.members(w) AS member;
	PERFORM covenant_internal.refuse_rewritten(w) FROM covenant_internal.rewritten(ledger) AS w;
	PERFORM covenant_internal.check_books(ledger);
	PERFORM covenant_internal.ask_nodes(ledger, format('covenant_internal.check_here(%L::regclass)', ledger));
	PERFORM covenant_internal.fire_deferred(ledger);
END
$$;
COMMENT ON FUNCTION covenant.check(regclass) IS
'Adds what this transaction has pending to the latest ledger rows and raises what COMMIT would raise (23514), and before that what the next write to a watched table would (42703, 42804, 42809, 55000); then has offerings (Section 4(e)) and transfers (Section 2(f)) judged, of which what is let through is recorded at once. Of the books it writes and locks nothing (Section 4(h))';

CREATE FUNCTION covenant.override(deals regclass, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	PERFORM covenant_internal.override_books(ledger, reason);
	PERFORM covenant_internal.ask_nodes(ledger, format('covenant_internal.override_here(%L::regclass, %L)', ledger, reason));
END
$$;
COMMENT ON FUNCTION covenant.override(regclass, text) IS
'Lets the acts of this transaction through as if they were facts, because they have happened in the world; for members of the role that owns the books (42501); the journal keeps who and why';

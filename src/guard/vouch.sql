
-- Whose word is believed -------------------------------------------------

-- Triggers' arguments, and tables that stand beside the books under the right
-- name, are claims that anybody can make.  What looks for tables by one or the
-- other asks these functions.

CREATE FUNCTION covenant_internal.watched_with(ledger regclass) RETURNS SETOF regclass
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 5
AS 'MODULE_PATHNAME', 'covenant_watched_with';
COMMENT ON FUNCTION covenant_internal.watched_with(regclass) IS
'The tables whose writes are posted to a ledger, known from their triggers: ordinary or partitioned tables of members of the role that owns the ledger, with triggers as covenant makes them';

CREATE FUNCTION covenant_internal.may_use_books(relation regclass, ledger regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT pg_has_role(t.relowner, l.relowner, 'USAGE') FROM pg_class t, pg_class l WHERE t.oid = relation AND l.oid = ledger
$$;
COMMENT ON FUNCTION covenant_internal.may_use_books(regclass, regclass) IS
'Is the owner of a table a member of the role that owns a ledger?';

CREATE FUNCTION covenant_internal.require_user_of_books(relation regclass, deals regclass, ledger regclass, what text) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT covenant_internal.may_use_books(relation, ledger) THEN
		RAISE EXCEPTION 'owner of table "%" may not use the books of "%"', relation, deals
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('The owner of the %s must be a member of the role that owns the books.', what);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_user_of_books(regclass, regclass, regclass, text) IS
'Raises 42501 where the owner of a table of acts or breaches may not use the books';

CREATE FUNCTION covenant_internal.passed_over(ledger regclass) RETURNS SETOF regclass
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1
AS 'MODULE_PATHNAME', 'covenant_passed_over';
COMMENT ON FUNCTION covenant_internal.passed_over(regclass) IS
'The relations in the schema of a ledger whose triggers name it although they do not count in it';

CREATE FUNCTION covenant_internal.vouch(relation regclass, ledger regclass) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_vouch';
COMMENT ON FUNCTION covenant_internal.vouch(regclass, regclass) IS
'Is a table one of those whose writes are posted to a ledger?';

CREATE FUNCTION covenant_internal.vouched(ledger regclass, suffix text) RETURNS regclass
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_vouched';
COMMENT ON FUNCTION covenant_internal.vouched(regclass, text) IS
'The table (reserve, journal, position, event, clause, reading, list) or view (status, history, ...) that stands beside a ledger under its name with this ending; NULL where there is none that is an ordinary table, or a view, and belongs to the role that the ledger belongs to';

CREATE FUNCTION covenant_internal.name_beside(ledger regclass, suffix text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%I.%I', n.nspname, left(l.relname, -length('reserve')) || suffix)
	FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace WHERE l.oid = ledger
$$;
COMMENT ON FUNCTION covenant_internal.name_beside(regclass, text) IS
'The qualified and quoted name of what stands beside a ledger with this ending';

CREATE FUNCTION covenant_internal.found_beside(ledger regclass, suffix text) RETURNS regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.oid::regclass
	FROM pg_class l JOIN pg_class c ON c.relnamespace = l.relnamespace AND c.relname = left(l.relname, -length('reserve')) || suffix
	WHERE l.oid = ledger
$$;
COMMENT ON FUNCTION covenant_internal.found_beside(regclass, text) IS
'Whatever has the name of what stands beside a ledger with this ending, whosever it is; not to be read before it is vouched for';

CREATE FUNCTION covenant_internal.require_vouched(ledger regclass, suffix text) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found regclass := covenant_internal.vouched(ledger, suffix);
BEGIN
	IF found IS NULL THEN
		RAISE EXCEPTION 'the books have no %', covenant_internal.name_beside(ledger, suffix)
			USING ERRCODE = 'undefined_table',
				  DETAIL = CASE WHEN covenant_internal.found_beside(ledger, suffix) IS NULL THEN 'It was dropped, renamed or moved.'
								ELSE format('What has that name does not belong to the owner of "%s", or is something else.', ledger) END,
				  HINT = 'Put it back under that name, in the hands of the owner of the ledger.';
	END IF;
	RETURN found;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_vouched(regclass, text) IS
'What covenant_internal.vouched gives; 42P01 where that is nothing';

CREATE FUNCTION covenant_internal.refuse_in_the_way(ledger regclass, suffixes text[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	SELECT c.oid::regclass AS relation, c.relowner::regrole AS owner INTO other
	FROM unnest(suffixes) AS suffix JOIN pg_class c ON c.oid = covenant_internal.found_beside(ledger, suffix)
	ORDER BY c.relname LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '"%" is in the way', other.relation
			USING ERRCODE = 'duplicate_table',
				  DETAIL = format('It belongs to %s, and has a name that covenant needs.', other.owner),
				  HINT = 'Rename it, move it to another schema, or drop it.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_in_the_way(regclass, text[]) IS
'Raises 42P07 where something has the name of what is about to be made beside a ledger';

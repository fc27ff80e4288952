
-- What stays on record, and what never was ------------------------------------

CREATE FUNCTION covenant_internal.append_only() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_append_only';
COMMENT ON FUNCTION covenant_internal.append_only() IS
'Trigger function: refuses UPDATE, DELETE and TRUNCATE of a table that is a record (55000); covenant.purge alone deletes from it';

CREATE FUNCTION covenant_internal.refuse_pointers(ledger regclass, deal text) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	watched regclass;
	points boolean;
	pointing text[] := ARRAY[]::text[];
BEGIN
	FOR watched IN SELECT w FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.watch_word(w, 'table') IN ('notes', 'warrants') LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1::%s)', watched, covenant_internal.watch_word(watched, 'deal'),
					   covenant_internal.key_type(ledger)) INTO points USING deal;
		IF points THEN
			pointing := pointing || format('"%s"', watched);
		END IF;
	END LOOP;
	IF pointing <> '{}' THEN
		RAISE EXCEPTION 'deal "%" has rows in watched tables', deal
			USING ERRCODE = 'dependent_objects_still_exist',
				  DETAIL = format('They are in %s.', array_to_string(pointing, ', ')),
				  HINT = 'Delete them and commit that; then purge the deal.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_pointers(regclass, text) IS
'Raises 2BP01, naming them, where watched tables of notes or warrants have rows of a deal';

CREATE FUNCTION covenant_internal.purge_deal(ledger regclass, deals regclass, key name, deal text, reason text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_purge_deal';
COMMENT ON FUNCTION covenant_internal.purge_deal(regclass, regclass, name, text, text) IS
'What covenant.purge does, for a ledger and the key column of its deals table; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.purge_here(ledger regclass, deals regclass, key name, deal text) RETURNS bigint
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_purge_here';
COMMENT ON FUNCTION covenant_internal.purge_here(regclass, regclass, name, text) IS
'In the session of a node: deletes a deal from the deals table and from all of the books that are distributed by the deal; how many rows; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.purge_everywhere(book regclass, deal text, key_type regtype) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s WHERE deal = $1::%s', book, key_type) INTO n USING deal;
	IF n > 0 THEN
		-- No function runs in the sessions of all nodes; and what is said of a
		-- trigger that is one of TRUNCATE too Citus passes on for all alone.
		PERFORM covenant_internal.allow_triggers(book);
		EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', book);
		EXECUTE format('DELETE FROM %s WHERE deal = $1::%s', book, key_type) USING deal;
		EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', book);
	END IF;
	RETURN n;
END
$$;
COMMENT ON FUNCTION covenant_internal.purge_everywhere(regclass, text, regtype) IS
'Deletes a deal from a book of which Citus keeps all on every node; how many rows';

CREATE FUNCTION covenant_internal.purge_on_node(ledger regclass, deals regclass, key name, deal text) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key_type CONSTANT regtype := covenant_internal.key_type(ledger);
	n bigint := 0;
	here bigint;
BEGIN
	IF covenant_internal.events_of(ledger) IS NOT NULL THEN
		SELECT sum(covenant_internal.purge_everywhere(covenant_internal.adopted_table(ledger, suffix), deal, key_type)) INTO n
		FROM unnest(ARRAY['clause', 'reading']) AS suffix;
	END IF;
	-- tells Citus that the node is written, so that all nodes commit or none
	EXECUTE format('UPDATE %s SET entries = entries WHERE deal = %L::%s', ledger, deal, key_type);
	-- one row, also where the ledger does not know the deal
	EXECUTE format('SELECT covenant_internal.purge_here(%1$L::regclass, %2$L::regclass, %3$L, coalesce(max(deal::text), %4$L)) FROM %1$s WHERE deal = %4$L::%5$s',
		ledger, deals, key, deal, key_type) INTO here;
	RETURN n + here;
END
$$;
COMMENT ON FUNCTION covenant_internal.purge_on_node(regclass, regclass, name, text) IS
'Deletes a deal that Citus has distributed: in the session of its node, and what all nodes have of it; how many rows';

CREATE FUNCTION covenant.purge(deals regclass, deal text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('deals', deals, 'deal', deal, 'reason', reason));
	books := covenant_internal.books_of(deals);
	PERFORM covenant_internal.purge_deal(books.ledger, deals, books.key, deal, reason);
END
$$;
COMMENT ON FUNCTION covenant.purge(regclass, text, text) IS
'Takes a deal that was a mistake, or a test, out of everything: its row of the deals table and all that the books, events, clauses, readings and lists have of it, as if it had never been. The server''s log (under Citus the coordinator''s) gets a line with the role, the deal and the reason. For members of the role that owns the books (42501). Errors: 2BP01 watched tables of notes or warrants have rows of it, 55000 this transaction has changed it, 22004, 22023 no reason, or no such deal';


-- Quotes of notes that Citus has distributed ---------------------------------------

CREATE FUNCTION covenant_internal.require_quotes_here(quotes regclass, notes regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here boolean := true;
BEGIN
	IF covenant_internal.spread_by(quotes) IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" is distributed, and its quotes cannot reprice notes', quotes
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = 'A node has no way to reprice the notes of others in step with them.',
				  HINT = format('Keep quotes in an ordinary table of the coordinator, which reprices notes on all nodes: SELECT undistribute_table(%L), then watch them.', quotes::text);
	END IF;
	IF covenant_internal.spread_by(notes) IS NOT NULL AND to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL THEN
		EXECUTE format('SELECT groupid = 0 FROM %s', to_regclass('pg_catalog.pg_dist_local_group')) INTO here;
	END IF;
	IF NOT here THEN
		RAISE EXCEPTION 'quotes of distributed notes have to be on the coordinator'
			USING ERRCODE = 'feature_not_supported',
				  HINT = 'Make the table of quotes there, and watch it there.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_quotes_here(regclass, regclass) IS
'Raises 0A000 where a table of quotes is distributed by Citus, or the notes are and this is not the coordinator';

CREATE FUNCTION covenant_internal.requote_here(ledger regclass, notes regclass, deal text, securities text[], first_days date[], in_order boolean[],
	of_security text[], of_terms text[], days date[], prices covenant.share_price[], not_before date) RETURNS text[]
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_requote_here';
COMMENT ON FUNCTION covenant_internal.requote_here(regclass, regclass, text, text[], date[], boolean[], text[], text[], date[], covenant.share_price[], date) IS
'In the session of a node: reprices the notes of one deal by prices that quotes elsewhere make of securities, from the first days on that moved, each of a security, under terms, of a day (NULL: they make none); while a split is written, none before its day (else -infinity); or returns securities and terms, one after the other, of which it needs prices too; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.requote_deal(ledger regclass, notes regclass, deal text, securities text[], first_days date[], in_order boolean[],
	of_security text[], of_terms text[], days date[], prices covenant.share_price[], not_before date) RETURNS text[]
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key CONSTANT text := format('%L::%s', deal, covenant_internal.key_type(ledger));
	lacking text[];
BEGIN
	-- tells Citus that the node is written, so that it commits with the quotes
	EXECUTE format('UPDATE %s SET %2$I = %2$I WHERE %3$I = %4$s AND covenant.look_back(%5$I) < 0', notes, covenant_internal.watch_word(notes, 'price'),
		covenant_internal.watch_word(notes, 'deal'), key, covenant_internal.watch_word(notes, 'terms'));
	-- one row, also where the ledger does not know the deal yet
	EXECUTE format('SELECT covenant_internal.requote_here(%1$L::regclass, %2$L::regclass, coalesce(max(deal::text), %3$L), $1, $2, $3, $4, $5, $6, $7, $8) FROM %1$s WHERE deal = %4$s',
		ledger, notes, deal, key) INTO lacking USING securities, first_days, in_order, of_security, of_terms, days, prices, not_before;
	RETURN lacking;
END
$$;
COMMENT ON FUNCTION covenant_internal.requote_deal(regclass, regclass, text, text[], date[], boolean[], text[], text[], date[], covenant.share_price[], date) IS
'covenant_internal.requote_here in the session of the node that has the deal';

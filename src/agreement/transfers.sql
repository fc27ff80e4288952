
-- A table of transfers that exists already --------------------------------------------

CREATE FUNCTION covenant_internal.transfer() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_transfer';
COMMENT ON FUNCTION covenant_internal.transfer() IS
'Trigger function of a table of transfers: refuses, at the end of the transaction, what Section 2(f) does not allow, or records it as a breach; its arguments are word=name, made by covenant.watch_transfers';

CREATE FUNCTION covenant_internal.transfer_tables(ledger regclass, OUT relation regclass, OUT deal name, OUT holder name, OUT basis name, OUT on_day name, OUT evidence name) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_transfer_tables';
COMMENT ON FUNCTION covenant_internal.transfer_tables(regclass) IS
'The tables of transfers that are held to Section 2(f) of these books, with their columns, known from their triggers: ordinary or partitioned tables of members of the role that owns the books';

CREATE FUNCTION covenant_internal.check_transfer_columns(transfers regclass, ledger regclass, deal name, holder name, basis name, on_day name, evidence name) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT regtype[] := ARRAY['smallint'::regtype, 'integer', 'bigint', 'uuid', 'text', 'varchar'];
BEGIN
	PERFORM covenant_internal.check_column(transfers, deal);
	PERFORM covenant_internal.check_deal_column(transfers, deal, ledger);
	PERFORM covenant_internal.check_column(transfers, holder, names);
	PERFORM covenant_internal.check_column(transfers, basis, '{text, varchar}');
	PERFORM covenant_internal.check_column(transfers, on_day, '{date}');
	IF evidence IS NOT NULL THEN
		PERFORM covenant_internal.check_column(transfers, evidence, names);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_transfer_columns(regclass, regclass, name, name, name, name, name) IS
'Raises 42703 where a column of a table of transfers does not exist and 42804 where it is of another type';

CREATE FUNCTION covenant.watch_transfers(transfers regclass, deals regclass, deal name, holder name, basis name, on_day name, evidence name = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('transfers', transfers, 'deals', deals, 'deal', deal,
		'holder', holder, 'basis', basis, 'on_day', on_day));
	ledger := covenant_internal.adopted_books(deals);
	PERFORM covenant_internal.check_acts(transfers, deals, ledger, 'covenant_internal.transfer'::regproc, 'transfers');
	PERFORM covenant_internal.require_spread_by(transfers, deal, deals);
	PERFORM covenant_internal.check_transfer_columns(transfers, ledger, deal, holder, basis, on_day, evidence);
	PERFORM covenant_internal.watch_acts(transfers, deals, 'covenant_internal.transfer'::regproc, 'transfers', ARRAY[['deal', deal],
		['holder', holder], ['basis', basis], ['on_day', on_day], ['evidence', evidence], ['spread', covenant_internal.spread_by(transfers)]]);
END
$$;
COMMENT ON FUNCTION covenant.watch_transfers(regclass, regclass, name, name, name, name, name) IS
'Brings a table of transfers of securities under watch (Section 2(f)). Columns: deal points to the key of a watched deals table, holder is the transferor as the notes name it, basis a word of covenant.transfer_bases(), on_day the day of the transfer, evidence the event_id of the event that the basis needs; without that column such a basis is refused. At COMMIT it refuses (23514, constraint transfer_restriction) a row without a basis, with an unknown one, or without what it needs on record by its day; where deals are watched to record or warn, or under covenant.override, it lets that through and records a breach of 2(f) by the transferor. A row without a deal is not judged. A new holder in a table of notes is a transfer that this trigger does not see. Errors: 42501, 42703, 42804, 42809, 42710, 55000 nothing adopted; of a row: 23502 no holder or day, 22008 a day that no calendar knows';

CREATE FUNCTION covenant_internal.what_restricts(ledger regclass, deal text, holder text, basis text, on_day date, evidence text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
BEGIN
	SELECT r.message INTO message FROM covenant_internal.restriction_now(ledger, deal, holder, basis, on_day, evidence, 'transfer_restriction') AS r;
	RETURN CASE WHEN NOT covenant_internal.act_is_recorded(ledger, deal, '2(f)', holder, NULL, on_day, message) THEN message END;
EXCEPTION
	WHEN null_value_not_allowed OR datetime_field_overflow THEN
		RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION covenant_internal.what_restricts(regclass, text, text, text, date, text) IS
'What stands against a transfer of which no breach is on record, or why that cannot be told; NULL: nothing';

CREATE FUNCTION covenant_internal.audit_transfers(ledger regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched record;
	holder text;
	basis text;
	on_day date;
	evidence text;
BEGIN
	books := 0;
	tables := 1;
	FOR watched IN SELECT * FROM covenant_internal.transfer_tables(ledger) LOOP
		PERFORM covenant_internal.check_transfer_columns(watched.relation, ledger, watched.deal, watched.holder, watched.basis, watched.on_day, watched.evidence);
		-- row by row: they may be on other nodes, which are asked from here
		FOR deal, holder, basis, on_day, evidence IN EXECUTE format('SELECT DISTINCT %1$I::text, %2$I::text, %3$I::text, %4$I, %6$s FROM %7$s %5$s WHERE %1$I IS NOT NULL',
				watched.deal, watched.holder, watched.basis, watched.on_day, watched.relation,
				coalesce(quote_ident(watched.evidence) || '::text', 'NULL::text'), covenant_internal.only_itself(watched.relation)) LOOP
			what := covenant_internal.what_restricts(ledger, deal, holder, basis, on_day, evidence);
			CONTINUE WHEN what IS NULL;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.audit_transfers(regclass) IS
'Transfers in watched tables that Section 2(f) does not allow, as all is on record now, without a breach on record: 0 in the books, 1 in the tables';

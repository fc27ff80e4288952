
-- Splits -----------------------------------------------------------------

CREATE FUNCTION covenant_internal.split_books(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_books';
COMMENT ON FUNCTION covenant_internal.split_books(regclass, text[], integer, integer, date, text) IS
'What covenant.split does, for a ledger; for members of the role that owns it (42501)';

CREATE FUNCTION covenant_internal.refuse_shared_security(quotes regclass, ledger regclass, keys text[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	securities text;
	fed record;
	others text;
BEGIN
	SELECT string_agg(format('SELECT %I FROM %s WHERE %I::text = ANY ($1)', r.notes_security, r.notes,
							 covenant_internal.watch_word(r.notes, 'deal')), ' UNION ') INTO securities
	FROM covenant_internal.repriced_by(quotes) r WHERE covenant_internal.vouch(r.notes, ledger);
	FOR fed IN SELECT r.*, covenant_internal.watch_word(r.notes, 'deal') AS deal, covenant_internal.vouch(r.notes, ledger) AS own
			   FROM covenant_internal.repriced_by(quotes) r LOOP
		EXECUTE format('SELECT string_agg(DISTINCT format($2, %1$I), $3) FROM %2$s WHERE %1$I IS NOT NULL AND %3$I IN (%4$s) AND ($4 OR %1$I::text <> ALL ($1))',
					   fed.deal, fed.notes, fed.notes_security, securities)
		INTO others USING keys, '"%s"', ', ', NOT fed.own;
		IF others IS NOT NULL THEN
			RAISE EXCEPTION 'the same shares are the subject of other deals'
				USING ERRCODE = 'invalid_parameter_value',
					  DETAIL = format('They are %s in "%s"; the quotes in "%s" are theirs too.', others, fed.notes, quotes),
					  HINT = 'A split is of the company''s shares: name all its deals, which have to be in one table of deals.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_shared_security(regclass, regclass, text[]) IS
'Raises 22023 where quotes that a split adjusts also price notes of deals that it does not name';

CREATE FUNCTION covenant.split(deals regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.split_books((covenant_internal.books_of(deals)).ledger, keys, new_shares, old_shares, on_day, rounding);
END
$$;
COMMENT ON FUNCTION covenant.split(regclass, text[], integer, integer, date, text) IS
'A split or reverse split of the shares behind these deals: new_shares for old_shares from on_day on. Prices of notes, fixed legs of their terms and quotes before that day are multiplied by old/new exactly, warrants, reserve and capital by new/old with the named rounding; posted as a fact. Name all deals of the company (22023 otherwise); for the owner of the books (42501)';

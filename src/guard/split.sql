
-- Splits -----------------------------------------------------------------

CREATE FUNCTION covenant_internal.write_as_fact(ledger regclass, day date, statement text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_write_as_fact';
COMMENT ON FUNCTION covenant_internal.write_as_fact(regclass, date, text) IS
'Runs an UPDATE whose changes to the deals of a ledger are a fact of that day; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.securities_query(quotes regclass, ledger regclass, keys text[]) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('SELECT %I FROM %s WHERE %I::text = ANY (%L)', r.notes_security, r.notes,
							 covenant_internal.watch_word(r.notes, 'deal'), keys), ' UNION ')
	FROM covenant_internal.repriced_by(quotes) r
	WHERE r.notes IN (SELECT covenant_internal.watched_with(ledger))
$$;
COMMENT ON FUNCTION covenant_internal.securities_query(regclass, regclass, text[]) IS
'The query that gives the securities by whose quotes the notes of these deals are priced';

CREATE FUNCTION covenant_internal.refuse_shared_security(quotes regclass, ledger regclass, keys text[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fed record;
	others text;
BEGIN
	FOR fed IN SELECT r.*, covenant_internal.watch_word(r.notes, 'deal') AS deal,
					  r.notes IN (SELECT covenant_internal.watched_with(ledger)) AS own
			   FROM covenant_internal.repriced_by(quotes) r LOOP
		EXECUTE format('SELECT string_agg(DISTINCT format(''"%%s"'', %1$I), '', '') FROM %2$s WHERE %1$I IS NOT NULL AND %3$I IN (%4$s) AND (%5$L OR %1$I::text <> ALL ($1))',
					   fed.deal, fed.notes, fed.notes_security, covenant_internal.securities_query(quotes, ledger, keys), NOT fed.own)
		INTO others USING keys;
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
DECLARE
	books record := covenant_internal.books_of(deals);
	watched regclass;
	kind text;
	sets text;
	feed record;
BEGIN
	IF new_shares <= 0 OR old_shares <= 0 THEN
		RAISE EXCEPTION 'a split is of a positive number of shares into a positive number'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR watched IN SELECT covenant_internal.watched_with(books.ledger) LOOP
		kind := covenant_internal.watch_word(watched, 'table');
		SELECT string_agg(format('%1$I = covenant.split_shares(%1$I::covenant.shares, %2$s, %3$s, %4$L)',
								 covenant_internal.watch_word(watched, word), new_shares, old_shares, rounding), ', ') INTO sets
		FROM unnest(ARRAY['shares', 'reserved', 'authorized', 'outstanding', 'other_reserved']) AS word
		WHERE covenant_internal.watch_word(watched, word) IS NOT NULL;
		IF kind = 'notes' THEN
			sets := format('%1$I = covenant.split_price(%1$I::covenant.share_price, %2$s, %3$s)',
						   covenant_internal.watch_word(watched, 'price'), new_shares, old_shares);
			FOR feed IN SELECT DISTINCT terms FROM covenant_internal.repricing_of(watched) LOOP
				sets := sets || format(', %1$I = covenant.split_terms(%1$I, %2$s, %3$s)', feed.terms, new_shares, old_shares);
			END LOOP;
		END IF;
		PERFORM covenant_internal.write_as_fact(books.ledger, on_day, format('UPDATE %s SET %s WHERE %I::pg_catalog.text = ANY (%L)',
									   watched, sets, covenant_internal.watch_word(watched, 'deal'), keys));
	END LOOP;
	-- A table of quotes may price several tables of notes, and is adjusted once.
	FOR feed IN SELECT DISTINCT r.quotes, r.security, r.day, r.price
				FROM covenant_internal.watched_with(books.ledger) AS w, covenant_internal.repricing_of(w) r LOOP
		PERFORM covenant_internal.refuse_shared_security(feed.quotes, books.ledger, keys);
		PERFORM covenant_internal.write_as_fact(books.ledger, on_day, format(
			'UPDATE %1$s SET %2$I = covenant.split_price(%2$I::covenant.share_price, %3$s, %4$s) WHERE %5$I < %6$L AND %7$I IN (%8$s)',
			feed.quotes, feed.price, new_shares, old_shares, feed.day, on_day, feed.security,
			covenant_internal.securities_query(feed.quotes, books.ledger, keys)));
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.split(regclass, text[], integer, integer, date, text) IS
'A split or reverse split of the shares behind these deals: new_shares for old_shares from on_day on. Prices of notes, fixed legs of their terms and quotes before that day are multiplied by old/new exactly, warrants, reserve and capital by new/old with the named rounding; posted as a fact. Name all deals of the company (22023 otherwise); for the owner of the books (42501)';

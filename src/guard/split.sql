
-- Splits -----------------------------------------------------------------

CREATE FUNCTION covenant_internal.split_table(
	relation regclass, ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_table';
COMMENT ON FUNCTION covenant_internal.split_table(regclass, regclass, text[], integer, integer, date, text) IS
'Writes a split into what a watched table has of these deals; for members of the role that owns the books (42501); covenant.split calls it';

CREATE FUNCTION covenant_internal.split_quotes(
	quotes regclass, ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text,
	notes regclass[], security name, day name, price name) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_quotes';
COMMENT ON FUNCTION covenant_internal.split_quotes(regclass, regclass, text[], integer, integer, date, text, regclass[], name, name, name) IS
'Writes a split into the quotes before its day at which notes of these deals look; for members of the role that owns the books (42501); covenant.split calls it';

CREATE FUNCTION covenant_internal.split_said(
	ledger regclass, deal text, source text, instrument text, on_day date, price covenant.share_price, warrants bigint) RETURNS void
LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'covenant_split_said';
COMMENT ON FUNCTION covenant_internal.split_said(regclass, text, text, text, date, covenant.share_price, bigint) IS
'Puts what an instrument was on a day after a split, in new shares, into what is pending; for the owner of the books (42501)';

CREATE FUNCTION covenant_internal.split_moved(
	ledger regclass, deal text, on_day date, warrant_shares bigint, reserved bigint, authorized bigint,
	outstanding bigint, other_reserved bigint, minimum bigint) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_moved';
COMMENT ON FUNCTION covenant_internal.split_moved(regclass, text, date, bigint, bigint, bigint, bigint, bigint, bigint) IS
'Puts how a deal''s counts of shares changed on a day after a split, more than on record, into what is pending; for the owner of the books (42501)';

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

CREATE FUNCTION covenant_internal.split_later_instruments(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- The prices that held on the day, and those set by hand since.
	EXECUTE format($query$
		WITH p AS (
			SELECT p.deal, p.source, p.instrument, p.effective_on, p.seq, p.line, p.quoted,
				   covenant.split_price((p.price::covenant.share_price / p.price_divisor)::covenant.share_price, $3, $4) AS price
			FROM %1$s AS p WHERE p.deal::text = ANY ($2) AND p.price IS NOT NULL)
		SELECT covenant_internal.split_said($1, s.deal::text, s.source, s.instrument, s.day, s.price, 0)
		FROM (SELECT DISTINCT ON (p.deal, p.source, p.instrument, greatest(p.effective_on, $5))
					 p.deal, p.source, p.instrument, greatest(p.effective_on, $5) AS day, p.price, p.quoted
			  FROM p ORDER BY p.deal, p.source, p.instrument, greatest(p.effective_on, $5), p.effective_on DESC, p.seq DESC, p.line DESC) AS s
		WHERE (s.day = $5 OR NOT s.quoted)
		  AND EXISTS (SELECT FROM p AS later WHERE later.deal = s.deal AND later.source = s.source
					  AND later.instrument = s.instrument AND later.effective_on > $5)$query$,
		covenant_internal.positions_of(ledger)) USING ledger, keys, new_shares, old_shares, on_day;
	-- Changes of warrants since, which the split's own day has in its sum.
	EXECUTE format($query$
		SELECT covenant_internal.split_said($1, w.deal, w.source, w.instrument, v.day, NULL, v.sign * w.more)
		FROM (SELECT p.deal::text AS deal, p.source, p.instrument, p.effective_on,
					 sign(sum(p.warrant_shares))::bigint * covenant.split_shares(abs(sum(p.warrant_shares))::bigint, $3, $4, $6)::bigint
					 - sum(p.warrant_shares)::bigint AS more
			  FROM %s AS p WHERE p.deal::text = ANY ($2) AND p.effective_on > $5 AND p.warrant_shares <> 0
			  GROUP BY p.deal, p.source, p.instrument, p.effective_on) AS w
			 CROSS JOIN LATERAL (VALUES (w.effective_on, 1), ($5, -1)) AS v(day, sign)$query$,
		covenant_internal.positions_of(ledger)) USING ledger, keys, new_shares, old_shares, on_day, rounding;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_instruments(regclass, text[], integer, integer, date, text) IS
'Says again, in new shares, what is on record of instruments after the day of a split: prices set by hand, and changes of warrants, each on its own day';

CREATE FUNCTION covenant_internal.split_later_deals(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($query$
		SELECT covenant_internal.split_moved($1, m.deal, v.day, v.sign * m.warrant_shares, v.sign * m.reserved, v.sign * m.authorized,
											 v.sign * m.outstanding, v.sign * m.other_reserved, v.sign * m.minimum)
		FROM (SELECT j.deal::text AS deal, j.effective_on,
					 covenant_internal.split_more(sum(j.warrant_shares), $3, $4, $6) AS warrant_shares,
					 covenant_internal.split_more(sum(j.reserved), $3, $4, $6) AS reserved,
					 covenant_internal.split_more(sum(j.authorized), $3, $4, $6) AS authorized,
					 covenant_internal.split_more(sum(j.outstanding), $3, $4, $6) AS outstanding,
					 covenant_internal.split_more(sum(j.other_reserved), $3, $4, $6) AS other_reserved,
					 covenant_internal.split_more(sum(j.minimum), $3, $4, $6) AS minimum
			  FROM %s AS j WHERE j.deal::text = ANY ($2) AND j.effective_on > $5
			  GROUP BY j.deal, j.effective_on) AS m
			 CROSS JOIN LATERAL (VALUES (m.effective_on, 1), ($5, -1)) AS v(day, sign)$query$,
		covenant_internal.journal_of(ledger)) USING ledger, keys, new_shares, old_shares, on_day, rounding;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_deals(regclass, text[], integer, integer, date, text) IS
'Moves what a split does to changes of reserve and capital after its day to the days of these changes';

CREATE FUNCTION covenant_internal.split_more(shares numeric, new_shares integer, old_shares integer, rounding text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sign(shares)::bigint * covenant.split_shares(abs(shares)::bigint, new_shares, old_shares, rounding)::bigint - shares::bigint
$$;
COMMENT ON FUNCTION covenant_internal.split_more(numeric, integer, integer, text) IS
'By how much a change of a number of shares grows in a split';

CREATE FUNCTION covenant.split(deals regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	IF new_shares <= 0 OR old_shares <= 0 THEN
		RAISE EXCEPTION 'a split is of a positive number of shares into a positive number'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM covenant_internal.split_table(w, ledger, keys, new_shares, old_shares, on_day, rounding)
	FROM covenant_internal.watched_with(ledger) AS w;
	PERFORM covenant_internal.split_later_instruments(ledger, keys, new_shares, old_shares, on_day, rounding);
	PERFORM covenant_internal.split_later_deals(ledger, keys, new_shares, old_shares, on_day, rounding);
	PERFORM covenant_internal.refuse_shared_security(r.quotes, ledger, keys)
	FROM covenant_internal.watched_with(ledger) AS w, covenant_internal.repricing_of(w) AS r;
	-- A table of quotes may price several tables of notes, and is adjusted once.
	PERFORM covenant_internal.split_quotes(f.quotes, ledger, keys, new_shares, old_shares, on_day, rounding, f.notes, f.security, f.day, f.price)
	FROM (SELECT r.quotes, array_agg(w) AS notes, r.security, r.day, r.price
		  FROM covenant_internal.watched_with(ledger) AS w, covenant_internal.repricing_of(w) AS r
		  GROUP BY r.quotes, r.security, r.day, r.price) AS f;
END
$$;
COMMENT ON FUNCTION covenant.split(regclass, text[], integer, integer, date, text) IS
'A split or reverse split of the shares behind these deals: new_shares for old_shares from on_day on. Prices of notes, fixed legs of their terms and quotes before that day are multiplied by old/new exactly, warrants, reserve and capital by new/old with the named rounding; posted as a fact. Name all deals of the company (22023 otherwise); for the owner of the books (42501)';

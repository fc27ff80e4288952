
-- Splits -----------------------------------------------------------------

CREATE FUNCTION covenant_internal.split_books(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_books';
COMMENT ON FUNCTION covenant_internal.split_books(regclass, text[], integer, integer, date, text) IS
'What covenant.split does, for a ledger; for members of the role that owns it (42501)';

CREATE FUNCTION covenant_internal.securities_of(quotes regclass, ledger regclass, keys text[]) RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own record;
	found text[];
	securities text[] := ARRAY[]::text[];
BEGIN
	FOR own IN SELECT r.*, covenant_internal.watch_word(r.notes, 'deal') AS deal
			   FROM covenant_internal.repriced_by(quotes) AS r WHERE covenant_internal.vouch(r.notes, ledger) LOOP
		EXECUTE format('SELECT array_agg(DISTINCT concat(n.%1$I)) FROM %2$s AS n WHERE n.%1$I IS NOT NULL AND n.%3$I::text = ANY ($1)',
			own.notes_security, own.notes, own.deal) INTO found USING keys;
		securities := securities || found;
	END LOOP;
	RETURN securities;
END
$$;
COMMENT ON FUNCTION covenant_internal.securities_of(regclass, regclass, text[]) IS
'The securities in a table of quotes at which notes of these deals look, as text';

CREATE FUNCTION covenant_internal.refuse_shared_security(quotes regclass, ledger regclass, keys text[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	securities CONSTANT text[] := covenant_internal.securities_of(quotes, ledger, keys);
	fed record;
	others text;
BEGIN
	FOR fed IN SELECT r.*, covenant_internal.watch_word(r.notes, 'deal') AS deal, covenant_internal.vouch(r.notes, ledger) AS own
			   FROM covenant_internal.repriced_by(quotes) r LOOP
		EXECUTE format('SELECT string_agg(DISTINCT format($2, %1$I), $3) FROM %2$s WHERE %1$I IS NOT NULL AND concat(%3$I) = ANY ($5) AND ($4 OR %1$I::text <> ALL ($1))',
					   fed.deal, fed.notes, fed.notes_security)
		INTO others USING keys, '"%s"', ', ', NOT fed.own, securities;
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

CREATE FUNCTION covenant_internal.refuse_shared_quotes(ledger regclass, keys text[]) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_refuse_shared_quotes';
COMMENT ON FUNCTION covenant_internal.refuse_shared_quotes(regclass, text[]) IS
'covenant_internal.refuse_shared_security of all quotes that reprice notes of these books';

CREATE FUNCTION covenant_internal.split_on_coordinator(ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_on_coordinator';
COMMENT ON FUNCTION covenant_internal.split_on_coordinator(regclass, text[], integer, integer, date, text) IS
'Of a split of deals that Citus has distributed what is on the coordinator: the quotes; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.of_deals(ledger regclass, alias text) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN format(CASE WHEN covenant_internal.spread_by(ledger) IS NULL THEN '%1$s.deal::text = ANY ($1)' ELSE '%1$s.deal = ANY ($1::%2$s[])' END,
				  alias, covenant_internal.key_type(ledger));
END
$$;
COMMENT ON FUNCTION covenant_internal.of_deals(regclass, text) IS
'Condition on the books that a row is of one of the deals in $1, a text[]; where Citus has distributed them as the type of the key, so that it finds the node';

CREATE FUNCTION covenant_internal.split_later_prices(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date,
	OUT deal text, OUT day date, OUT source text, OUT instrument text, OUT price covenant.share_price, OUT warrants bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		WITH p AS (
			SELECT p.deal, p.source, p.instrument, p.effective_on, p.seq, p.line, p.quoted,
				   covenant.split_price((p.price::covenant.share_price / p.price_divisor)::covenant.share_price, $2, $3) AS price
			FROM %1$s AS p WHERE %2$s AND p.price IS NOT NULL)
		SELECT s.deal::text, s.day::date, s.source::text, s.instrument::text, s.price, 0::bigint
		FROM (SELECT DISTINCT ON (p.deal, p.source, p.instrument, greatest(p.effective_on, $4))
					 p.deal, p.source, p.instrument, greatest(p.effective_on, $4) AS day, p.price, p.quoted
			  FROM p ORDER BY p.deal, p.source, p.instrument, greatest(p.effective_on, $4), p.effective_on DESC, p.seq DESC, p.line DESC) AS s
		WHERE (s.day = $4 OR NOT s.quoted)
		  AND EXISTS (SELECT FROM p AS later WHERE later.deal = s.deal AND later.source = s.source
					  AND later.instrument = s.instrument AND later.effective_on > $4)$query$,
		covenant_internal.require_vouched(ledger, 'position'), covenant_internal.of_deals(ledger, 'p')) USING keys, new_shares, old_shares, on_day;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_prices(regclass, text[], integer, integer, date) IS
'In new shares, the prices that held on the day of a split and those set by hand since, of notes of which something later is on record';

CREATE FUNCTION covenant_internal.split_later_warrants(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text,
	OUT deal text, OUT day date, OUT source text, OUT instrument text, OUT price covenant.share_price, OUT warrants bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Changes of warrants since, which the split's own day has in its sum.
	RETURN QUERY EXECUTE format($query$
		SELECT w.deal, v.day::date, w.source::text, w.instrument::text, NULL::covenant.share_price, v.sign * w.more
		FROM (SELECT p.deal::text AS deal, p.source, p.instrument, p.effective_on,
					 covenant_internal.split_more(sum(p.warrant_shares), $2, $3, $5) AS more
			  FROM %s AS p WHERE %s AND p.effective_on > $4 AND p.warrant_shares <> 0
			  GROUP BY p.deal, p.source, p.instrument, p.effective_on) AS w
			 CROSS JOIN LATERAL (VALUES (w.effective_on, 1), ($4, -1)) AS v(day, sign)$query$,
		covenant_internal.require_vouched(ledger, 'position'), covenant_internal.of_deals(ledger, 'p')) USING keys, new_shares, old_shares, on_day, rounding;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_warrants(regclass, text[], integer, integer, date, text) IS
'By how much the changes of warrants after the day of a split grow, each on its own day, and taken off the day of the split';

CREATE FUNCTION covenant_internal.split_later_deals(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text,
	OUT deal text, OUT day date, OUT warrant_shares bigint, OUT reserved bigint, OUT authorized bigint,
	OUT outstanding bigint, OUT other_reserved bigint, OUT minimum bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		SELECT m.deal, v.day::date, v.sign * m.warrant_shares, v.sign * m.reserved, v.sign * m.authorized,
			   v.sign * m.outstanding, v.sign * m.other_reserved, v.sign * m.minimum
		FROM (SELECT j.deal::text AS deal, j.effective_on,
					 covenant_internal.split_more(sum(j.warrant_shares), $2, $3, $5) AS warrant_shares,
					 covenant_internal.split_more(sum(j.reserved), $2, $3, $5) AS reserved,
					 covenant_internal.split_more(sum(j.authorized), $2, $3, $5) AS authorized,
					 covenant_internal.split_more(sum(j.outstanding), $2, $3, $5) AS outstanding,
					 covenant_internal.split_more(sum(j.other_reserved), $2, $3, $5) AS other_reserved,
					 covenant_internal.split_more(sum(j.minimum), $2, $3, $5) AS minimum
			  FROM %s AS j WHERE %s AND j.effective_on > $4
			  GROUP BY j.deal, j.effective_on) AS m
			 CROSS JOIN LATERAL (VALUES (m.effective_on, 1), ($4, -1)) AS v(day, sign)$query$,
		covenant_internal.require_vouched(ledger, 'journal'), covenant_internal.of_deals(ledger, 'j')) USING keys, new_shares, old_shares, on_day, rounding;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_deals(regclass, text[], integer, integer, date, text) IS
'The same of the deals'' reserve and capital';

CREATE FUNCTION covenant_internal.split_more(shares numeric, new_shares integer, old_shares integer, rounding text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sign(shares)::bigint * covenant.split_shares(abs(shares)::bigint, new_shares, old_shares, rounding)::bigint - shares::bigint
$$;
COMMENT ON FUNCTION covenant_internal.split_more(numeric, integer, integer, text) IS
'By how much a change of a number of shares grows in a split';

CREATE FUNCTION covenant_internal.split_here(ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS boolean
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_split_here';
COMMENT ON FUNCTION covenant_internal.split_here(regclass, text[], integer, integer, date, text) IS
'What of a split is in the session of a node; true';

CREATE FUNCTION covenant_internal.post_here(ledger regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_post_here';
COMMENT ON FUNCTION covenant_internal.post_here(regclass) IS
'Posts what is pending in the session of a node; true; for members of the role that owns the books (42501)';

CREATE FUNCTION covenant_internal.split_on_nodes(ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_deal text;
	touched integer;
	split_deals text[] := ARRAY[]::text[];
	key text;
BEGIN
	PERFORM covenant_internal.refuse_shared_quotes(ledger, keys);
	FOR key IN SELECT DISTINCT k FROM unnest(keys) AS k ORDER BY k LOOP
		of_deal := format('WHERE deal = %L::%s', key, covenant_internal.key_type(ledger));
		-- tells Citus that its node is written, so that all nodes commit or none
		EXECUTE format('UPDATE %s SET entries = entries %s', ledger, of_deal);
		GET DIAGNOSTICS touched = ROW_COUNT;
		IF touched > 0 THEN
			EXECUTE format('SELECT covenant_internal.split_here(%L::regclass, ARRAY[deal::text], %s, %s, %L::date, %L) FROM %s %s',
						   ledger, new_shares, old_shares, on_day, rounding, ledger, of_deal);
			split_deals := split_deals || of_deal;
		END IF;
	END LOOP;
	PERFORM covenant_internal.split_on_coordinator(ledger, keys, new_shares, old_shares, on_day, rounding);
	FOREACH of_deal IN ARRAY split_deals LOOP
		EXECUTE format('SELECT covenant_internal.post_here(%L::regclass) FROM %s %s', ledger, ledger, of_deal);
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_on_nodes(regclass, text[], integer, integer, date, text) IS
'A split of deals that Citus has distributed: each on its node, where its rows are captured';

CREATE FUNCTION covenant.split(deals regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	IF covenant_internal.spread_by(ledger) IS NULL THEN
		PERFORM covenant_internal.check_company_split(ledger, keys, on_day);
		PERFORM covenant_internal.split_books(ledger, keys, new_shares, old_shares, on_day, rounding);
	ELSE
		PERFORM covenant_internal.split_on_nodes(ledger, keys, new_shares, old_shares, on_day, rounding);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant.split(regclass, text[], integer, integer, date, text) IS
'A split or reverse split of the shares behind these deals: new_shares for old_shares from on_day on. Prices of notes, fixed legs of their terms and quotes before that day are multiplied by old/new exactly, warrants, reserve and capital by new/old with the named rounding; posted as a fact. Name all deals of the company (22023 otherwise), where several share its capital also those that are gone since (55000, also where one was another company''s since); what this transaction has said of later days has to be committed before (55000); for the owner of the books (42501); under Citus posted at once, not at COMMIT';


-- What if ----------------------------------------------------------------

CREATE FUNCTION covenant_internal.notes_at_query(ledger regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(string_agg(format('SELECT %I::text AS deal, %I::numeric AS principal, %L AS rounding FROM %s%s WHERE %I IS NOT NULL %s',
									  covenant_internal.watch_word(w, 'deal'), covenant_internal.watch_word(w, 'principal'),
									  covenant_internal.watch_word(w, 'rounding'),
									  CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END, w,
									  covenant_internal.watch_word(w, 'deal'),
									  coalesce('AND ' || quote_ident(covenant_internal.watch_word(w, 'only_when')), '')), ' UNION ALL '),
					$none$SELECT ''::text AS deal, 0::numeric AS principal, 'down' AS rounding WHERE false$none$)
	FROM covenant_internal.watched_with(ledger) AS w JOIN pg_class c ON c.oid = w
	WHERE covenant_internal.watch_word(w, 'table') = 'notes'
$$;
COMMENT ON FUNCTION covenant_internal.notes_at_query(regclass) IS
'The query that gives every note of a ledger''s deals: deal, principal, rounding';

CREATE FUNCTION covenant_internal.hides_notes(ledger regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM covenant_internal.watched_with(ledger) AS w
				   WHERE covenant_internal.watch_word(w, 'table') = 'notes' AND row_security_active(w))
$$;
COMMENT ON FUNCTION covenant_internal.hides_notes(regclass) IS
'May row security hide notes of these books from who asks? Then a deal whose visible notes are not all of its principal is not shown';

CREATE FUNCTION covenant_internal.outstanding_expression(ledger regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((SELECT format('(SELECT c.outstanding + q.outstanding FROM %s AS d JOIN %s AS c ON c.company = d.%I CROSS JOIN LATERAL covenant_internal.pending_company($2, d.%3$I::text) AS q WHERE d.%I = s.deal)',
								   w, covenant_internal.require_vouched(ledger, 'capital'), covenant_internal.watch_word(w, 'company'), covenant_internal.watch_word(w, 'deal'))
					 FROM covenant_internal.deals_of_companies(ledger) AS w WHERE w IS NOT NULL),
					'coalesce(b.outstanding, 0) + p.outstanding')
$$;
COMMENT ON FUNCTION covenant_internal.outstanding_expression(regclass) IS
'The expression that gives the outstanding shares of the company of a deal: those of its row, or those of the table of companies';

CREATE FUNCTION covenant.what_if(deals regclass, price covenant.share_price,
	OUT deal text, OUT issuable bigint, OUT required bigint, OUT counted bigint, OUT slack bigint, OUT pct_of_outstanding numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	IF price::numeric = 0 THEN
		RAISE EXCEPTION 'argument "price" is zero'
			USING ERRCODE = 'division_by_zero';
	END IF;
	PERFORM covenant_internal.require_types(ledger);
	RETURN QUERY EXECUTE format($query$
		WITH notes AS (
			SELECT n.deal, sum(n.principal) AS principal,
				   sum(covenant.shares_issuable(n.principal, $1, n.rounding)::bigint) AS note_shares
			FROM (%s) AS n GROUP BY n.deal
		), requirement AS (
			SELECT s.deal::text AS deal, s.counted, %s AS outstanding,
				   (coalesce(n.note_shares, 0) + s.warrant_shares)::bigint AS issuable,
				   coalesce(b.multiple, 2) + p.multiple AS multiple, coalesce(b.minimum, 0) + p.minimum AS minimum
			FROM %s s LEFT JOIN %s b ON b.deal = s.deal
				 CROSS JOIN LATERAL covenant_internal.pending($2, s.deal::text) p
				 LEFT JOIN notes n ON n.deal = s.deal::text
			WHERE NOT $3 OR coalesce(n.principal, 0) = s.principal
		)
		SELECT r.deal, r.issuable, q.required, r.counted, r.counted - q.required,
			   round(100 * r.issuable::numeric / nullif(r.outstanding, 0), 2)
		FROM requirement r
			 CROSS JOIN LATERAL (SELECT greatest(ceil(r.multiple * r.issuable)::bigint, r.minimum) AS required) AS q
		ORDER BY r.deal
		$query$, covenant_internal.notes_at_query(ledger), covenant_internal.outstanding_expression(ledger), covenant_internal.require_vouched(ledger, 'status'), ledger) USING price, ledger, covenant_internal.hides_notes(ledger);
END
$$;
COMMENT ON FUNCTION covenant.what_if(regclass, covenant.share_price) IS
'Every deal as if all its notes converted at this price, each note rounded by its own rule: shares issuable, Reserved Amount, shares counted, slack, and what is issuable in per cent of the shares outstanding (2 decimals; NULL where they are not known). Writes nothing';

CREATE FUNCTION covenant_internal.price_at_rank(principals numeric[], roundings text[], rank numeric) RETURNS covenant.share_price
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- A note counts k shares or more while the price does not exceed
	-- principal / (k - shift).  Of all these prices, in falling order, the one
	-- of this rank is wanted.  It lies where the notes together, unrounded,
	-- come to rank shares, give or take one a note; so only a few k of each
	-- note need to be looked at.
	WITH note AS (
		SELECT principal, CASE rounding WHEN 'down' THEN 0 WHEN 'up' THEN 1 ELSE 0.5 END AS shift
		FROM unnest(principals, roundings) AS n(principal, rounding)
		WHERE principal > 0
	), bounds AS (
		SELECT principal, shift,
			   greatest(div(principal * (rank - count(*) OVER ()), sum(principal) OVER ()) - 1,
						CASE WHEN shift = 1 THEN 2 ELSE 1 END) AS first_k,
			   div(principal * (rank + count(*) OVER ()), sum(principal) OVER ()) + 2 AS last_k
		FROM note
	)
	SELECT covenant_internal.share_price_over(b.principal::covenant.share_price, k - b.shift)
	FROM bounds b CROSS JOIN LATERAL generate_series(b.first_k, b.last_k) AS k
	WHERE rank > (SELECT sum(first_k - 1) FROM bounds)
	ORDER BY 1 DESC
	OFFSET (SELECT greatest(rank - 1 - sum(first_k - 1), 0) FROM bounds) LIMIT 1
$$;
COMMENT ON FUNCTION covenant_internal.price_at_rank(numeric[], text[], numeric) IS
'The price down to which notes with these principals and roundings count fewer than rank shares; NULL where they count as many at any price, or have no principal';

CREATE FUNCTION covenant.breakeven(deals regclass, OUT deal text, OUT breakeven_price covenant.share_price, OUT vote_price covenant.share_price) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	PERFORM covenant_internal.require_types(ledger);
	RETURN QUERY EXECUTE format($query$
		WITH notes AS (
			SELECT n.deal, sum(n.principal) AS principal, array_agg(n.principal) AS principals, array_agg(n.rounding) AS roundings
			FROM (%s) AS n WHERE n.principal > 0 GROUP BY n.deal
		), room AS (
			-- shares that conversion of the notes may come to
			SELECT s.deal::text AS deal, s.principal,
				   CASE WHEN s.counted >= m.minimum THEN floor(s.counted / m.multiple) - s.warrant_shares END AS counted,
				   CASE WHEN s.available >= m.minimum THEN floor(s.available / m.multiple) - s.warrant_shares END AS available
			FROM %s s LEFT JOIN %s b ON b.deal = s.deal
				 CROSS JOIN LATERAL covenant_internal.pending($1, s.deal::text) p
				 CROSS JOIN LATERAL (SELECT coalesce(b.multiple, 2) + p.multiple AS multiple, coalesce(b.minimum, 0) + p.minimum AS minimum) m
		)
		SELECT r.deal,
			   CASE WHEN r.counted < 0 OR r.counted IS NULL THEN NULL WHEN n.deal IS NULL THEN 0::numeric::covenant.share_price
					ELSE covenant_internal.price_at_rank(n.principals, n.roundings, r.counted + 1) END,
			   CASE WHEN r.available < 0 OR r.available IS NULL THEN NULL WHEN n.deal IS NULL THEN 0::numeric::covenant.share_price
					ELSE covenant_internal.price_at_rank(n.principals, n.roundings, r.available + 1) END
		FROM room r LEFT JOIN notes n ON n.deal = r.deal
		WHERE NOT $2 OR coalesce(n.principal, 0) = r.principal
		ORDER BY r.deal
		$query$, covenant_internal.notes_at_query(ledger), covenant_internal.require_vouched(ledger, 'status'), ledger) USING ledger, covenant_internal.hides_notes(ledger);
END
$$;
COMMENT ON FUNCTION covenant.breakeven(regclass) IS
'For each deal the exact price above which the shares counted cover the Reserved Amount, and the one above which the shares available do without a shareholder vote, each note rounded by its own rule; NULL where no price can help or the capital is not known (Section 4(h))';

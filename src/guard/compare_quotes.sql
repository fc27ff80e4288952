
-- Prices and quotes compared -------------------------------------------------

CREATE FUNCTION covenant_internal.prices_by_quotes(notes regclass, OUT securities text[], OUT terms covenant.conversion_terms[], OUT prices covenant.share_price[])
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	repricing record;
	price_type text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
						WHERE a.attrelid = notes AND a.attname = covenant_internal.watch_word(notes, 'price'));
BEGIN
	SELECT r.*, (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid = r.quotes AND a.attname = r.security) AS type
	INTO repricing FROM covenant_internal.repricing_of(notes) AS r;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	-- Two queries: the notes may be on other nodes, the quotes are here.
	EXECUTE format('SELECT array_agg(s.security), array_agg(s.terms)
		FROM (SELECT DISTINCT concat(n.%1$I) AS security, n.%2$I AS terms FROM %3$s AS n WHERE n.%1$I IS NOT NULL AND n.%2$I IS NOT NULL) AS s',
		repricing.notes_security, repricing.terms, notes) INTO securities, terms;
	EXECUTE format('SELECT array_agg(q.price ORDER BY s.n)
		FROM unnest($1::text[]::%1$s[], $2) WITH ORDINALITY AS s(security, terms, n)
			 CROSS JOIN LATERAL (
				SELECT covenant.conversion_price(s.terms, l.price ORDER BY l.day)::%2$s::covenant.share_price AS price
				FROM (SELECT q.%3$I AS day, q.%4$I::covenant.share_price AS price FROM %5$s AS q
					  WHERE q.%6$I = s.security AND q.%4$I IS NOT NULL ORDER BY q.%3$I DESC LIMIT covenant.look_back(s.terms)) AS l) AS q',
		repricing.type, price_type, repricing.day, repricing.price, repricing.quotes, repricing.security) INTO prices USING securities, terms;
END
$$;
COMMENT ON FUNCTION covenant_internal.prices_by_quotes(regclass) IS
'The securities, as text, and terms that the notes of a table have, and the prices that the last quotes make of each (NULL: none); all NULL where no quotes reprice the table';

CREATE FUNCTION covenant_internal.quoted_prices_query(ledger regclass, notes regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $f$
	-- A price that was set by hand stands, and one from before the note's terms
	-- changed, until the next quote.
	SELECT format($query$
		SELECT n.deal::text, n.instrument, q.price::numeric, n.price::numeric
		FROM (SELECT %2$I AS deal, %3$s AS instrument, concat(%4$I) AS security, %5$I AS terms, %6$I::covenant.share_price AS price
			  FROM %7$s WHERE %8$I > 0 %9$s) AS n
			 JOIN unnest($2, $3, $4) AS q(security, terms, price) ON q.security = n.security AND q.terms = n.terms
			 JOIN (SELECT DISTINCT ON (p.deal, p.instrument) p.deal, p.instrument, p.effective_on, p.seq, p.line, p.quoted
				   FROM %1$s AS p WHERE p.source = $1 AND p.price IS NOT NULL
				   ORDER BY p.deal, p.instrument, p.effective_on DESC, p.seq DESC, p.line DESC) AS p
				ON p.deal = n.deal AND p.instrument = n.instrument AND p.quoted
			 JOIN (SELECT DISTINCT ON (p.deal, p.instrument) p.deal, p.instrument, p.effective_on, p.seq, p.line
				   FROM %1$s AS p WHERE p.source = $1 AND p.terms IS NOT NULL
				   ORDER BY p.deal, p.instrument, p.effective_on DESC, p.seq DESC, p.line DESC) AS t
				ON t.deal = p.deal AND t.instrument = p.instrument AND (t.effective_on, t.seq, t.line) <= (p.effective_on, p.seq, p.line)
		WHERE n.price <> q.price$query$,
		covenant_internal.require_vouched(ledger, 'position'), covenant_internal.watch_word(notes, 'deal'), covenant_internal.key_expression(notes),
		r.notes_security, r.terms, covenant_internal.watch_word(notes, 'price'), notes, covenant_internal.watch_word(notes, 'principal'),
		coalesce('AND ' || quote_ident(covenant_internal.watch_word(notes, 'only_when')), ''))
	FROM covenant_internal.repricing_of(notes) AS r
$f$;
COMMENT ON FUNCTION covenant_internal.quoted_prices_query(regclass, regclass) IS
'The query for the notes of a table whose price is not the one that the last quotes make, though a quote made it; $1 is their source, $2 to $4 are what covenant_internal.prices_by_quotes says; NULL where no quotes reprice the table';

CREATE FUNCTION covenant_internal.quote_differences(
	ledger regclass, OUT deal text, OUT source text, OUT instrument text, OUT quoted numeric, OUT price numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	notes record;
	query text;
	quoted_prices record;
BEGIN
	FOR notes IN SELECT w AS relation, covenant_internal.watch_word(w, 'source') AS source
				 FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.watch_word(w, 'table') = 'notes' LOOP
		query := covenant_internal.quoted_prices_query(ledger, notes.relation);
		IF query IS NOT NULL THEN
			source := notes.source;
			quoted_prices := covenant_internal.prices_by_quotes(notes.relation);
			-- what is pending may be a price set by hand
			FOR deal, instrument, quoted, price IN EXECUTE query USING notes.source, quoted_prices.securities, quoted_prices.terms, quoted_prices.prices LOOP
				CONTINUE WHEN EXISTS (SELECT FROM covenant_internal.pending_deals(ledger) AS p WHERE p.deal = quote_differences.deal);
				RETURN NEXT;
			END LOOP;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.quote_differences(regclass) IS
'Notes whose price is not the one that the last quotes make, though a quote made it: quotes that changed past their triggers, or a price that did';

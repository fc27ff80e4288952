
-- Prices and quotes compared -------------------------------------------------

CREATE FUNCTION covenant_internal.quoted_prices_query(ledger regclass, notes regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $f$
	-- A price that was set by hand stands, and one from before the note's terms
	-- changed, until the next quote.
	SELECT format($query$
		WITH price AS (
			SELECT DISTINCT ON (p.deal, p.instrument) p.deal, p.instrument, p.effective_on, p.seq, p.line, p.quoted
			FROM %1$s AS p WHERE p.source = $1 AND p.price IS NOT NULL
			ORDER BY p.deal, p.instrument, p.effective_on DESC, p.seq DESC, p.line DESC),
		terms AS (
			SELECT DISTINCT ON (p.deal, p.instrument) p.deal, p.instrument, p.effective_on, p.seq, p.line
			FROM %1$s AS p WHERE p.source = $1 AND p.terms IS NOT NULL
			ORDER BY p.deal, p.instrument, p.effective_on DESC, p.seq DESC, p.line DESC),
		quoted AS (
			SELECT s.security, s.terms, q.price
			FROM (SELECT DISTINCT n.%2$I AS security, n.%3$I AS terms FROM %4$s AS n WHERE n.%2$I IS NOT NULL AND n.%3$I IS NOT NULL) AS s
				 CROSS JOIN LATERAL (
					SELECT covenant.conversion_price(s.terms, l.price ORDER BY l.day)::%5$s::covenant.share_price AS price
					FROM (SELECT q.%6$I AS day, q.%7$I::covenant.share_price AS price FROM %8$s AS q
						  WHERE q.%9$I = s.security AND q.%7$I IS NOT NULL ORDER BY q.%6$I DESC LIMIT covenant.look_back(s.terms)) AS l) AS q
			WHERE q.price IS NOT NULL)
		SELECT n.%10$I::text, %11$s, q.price::numeric, n.%12$I::covenant.share_price::numeric
		FROM %4$s AS n JOIN quoted AS q ON q.security = n.%2$I AND q.terms = n.%3$I
			 JOIN price AS p ON p.deal = n.%10$I AND p.instrument = %11$s AND p.quoted
			 JOIN terms AS t ON t.deal = p.deal AND t.instrument = p.instrument
							AND (t.effective_on, t.seq, t.line) <= (p.effective_on, p.seq, p.line)
		WHERE n.%13$I > 0 %14$s AND n.%12$I::covenant.share_price <> q.price$query$,
		covenant_internal.require_vouched(ledger, 'position'), r.notes_security, r.terms, notes,
		(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
		 WHERE a.attrelid = notes AND a.attname = covenant_internal.watch_word(notes, 'price')),
		r.day, r.price, r.quotes, r.security, covenant_internal.watch_word(notes, 'deal'), covenant_internal.key_expression(notes),
		covenant_internal.watch_word(notes, 'price'), covenant_internal.watch_word(notes, 'principal'),
		coalesce('AND n.' || quote_ident(covenant_internal.watch_word(notes, 'only_when')), ''))
	FROM covenant_internal.repricing_of(notes) AS r
$f$;
COMMENT ON FUNCTION covenant_internal.quoted_prices_query(regclass, regclass) IS
'The query for the notes of a table whose price is not the one that the last quotes make, though a quote made it; $1 is their source; NULL where no quotes reprice the table';

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
BEGIN
	FOR notes IN SELECT w AS relation, covenant_internal.watch_word(w, 'source') AS source
				 FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.watch_word(w, 'table') = 'notes' LOOP
		query := covenant_internal.quoted_prices_query(ledger, notes.relation);
		IF query IS NOT NULL THEN
			source := notes.source;
			-- what is pending may be a price set by hand
			FOR deal, instrument, quoted, price IN EXECUTE query USING notes.source LOOP
				CONTINUE WHEN EXISTS (SELECT FROM covenant_internal.pending_deals(ledger) AS p WHERE p.deal = quote_differences.deal);
				RETURN NEXT;
			END LOOP;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.quote_differences(regclass) IS
'Notes whose price is not the one that the last quotes make, though a quote made it: quotes that changed past their triggers, or a price that did';

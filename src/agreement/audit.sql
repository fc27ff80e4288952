
-- Audit ------------------------------------------------------------------

CREATE FUNCTION covenant.audit(deals regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	WITH compared AS MATERIALIZED (
		SELECT * FROM covenant_internal.compare((covenant_internal.books_of(deals)).ledger)
	), by_deal AS (
		SELECT deal, what, sum(coalesce(tables, 0)) AS tables FROM compared GROUP BY deal, what
	), ledger AS MATERIALIZED (
		SELECT * FROM covenant_internal.ledger_sums((covenant_internal.books_of(deals)).ledger)
	), pending AS (
		SELECT deal, what, sum(amount) AS amount
		FROM covenant_internal.pending_entries((covenant_internal.books_of(deals)).ledger) GROUP BY deal, what
	), journal AS (
		SELECT c.deal, c.what, sum(coalesce(c.books, 0)) - coalesce(min(p.amount), 0) AS amount
		FROM compared c LEFT JOIN pending p ON p.deal = c.deal AND p.what = c.what
		GROUP BY c.deal, c.what
	), difference AS (
		-- the user's tables against ledger plus pending
		SELECT 1 AS part, deal, what, coalesce(l.amount, 0) + coalesce(p.amount, 0) AS books, coalesce(t.tables, 0) AS tables
		FROM by_deal t FULL JOIN ledger l USING (deal, what) LEFT JOIN pending p USING (deal, what)
		UNION ALL
		-- the ledger against the sums of the journal
		SELECT 2, deal, 'journal ' || what, coalesce(l.amount, 0), coalesce(j.amount, 0)
		FROM journal j FULL JOIN ledger l USING (deal, what)
		UNION ALL
		SELECT 2, deal, 'journal entries', booked, journaled
		FROM covenant_internal.last_entries((covenant_internal.books_of(deals)).ledger)
		UNION ALL
		-- each holder's journal against his rows
		SELECT 3, deal, what || ' of ' || holder, coalesce(c.books, 0), coalesce(c.tables, 0)
		FROM compared c WHERE holder <> ''
		UNION ALL
		-- damages computed anew against those stored in tables of breaches
		SELECT 4, deal, what, books, tables
		FROM covenant_internal.audit_breaches((covenant_internal.books_of(deals)).ledger)
	)
	SELECT deal, what, books, tables FROM difference
	WHERE books IS DISTINCT FROM tables
	ORDER BY deal, part, what
$$;
COMMENT ON FUNCTION covenant.audit(regclass) IS
'Differences only: the watched tables against the ledger plus what is pending (what = the sum''s name), the ledger against the journal (journal ...), each holder''s journal against his rows (... of holder), and damages computed anew against those stored in tables of breaches (damages ...). No row: the books are right';

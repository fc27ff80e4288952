
-- Audit ------------------------------------------------------------------

CREATE FUNCTION covenant.audit(deals regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT deal, what, books, tables
	FROM (SELECT d.deal, d.part, d.what, d.books, d.tables
		  FROM covenant_internal.audit_books((covenant_internal.books_of(audit.deals)).ledger) AS d
		  UNION ALL
		  -- damages computed anew against those stored in tables of breaches
		  SELECT b.deal, 5, b.what, b.books, b.tables
		  FROM covenant_internal.audit_breaches((covenant_internal.books_of(audit.deals)).ledger) AS b
		  WHERE b.books IS DISTINCT FROM b.tables
		  UNION ALL
		  -- lists that a correction has made wrong since they were delivered
		  SELECT s.deal, 6, s.what, s.books, s.tables
		  FROM covenant_internal.audit_lists((covenant_internal.books_of(audit.deals)).ledger) AS s
		  WHERE s.books <> s.tables
		  UNION ALL
		  -- financings that break a limit and no breach is on record
		  SELECT DISTINCT o.deal, 7, o.what, o.books, o.tables
		  FROM covenant_internal.audit_offerings((covenant_internal.books_of(audit.deals)).ledger) AS o
		  UNION ALL
		  -- transfers that are not allowed, likewise
		  SELECT DISTINCT t.deal, 8, t.what, t.books, t.tables
		  FROM covenant_internal.audit_transfers((covenant_internal.books_of(audit.deals)).ledger) AS t) AS difference
	ORDER BY deal, part, what
$$;
COMMENT ON FUNCTION covenant.audit(regclass) IS
'Differences only: the watched tables against the ledger plus what is pending (what = the sum''s name), the ledger against the journal (journal ...), the journal against positions (positions ...), each instrument''s positions against its row (... of source and key), the prices that quotes made against the quotes (quoted price of source and key), damages computed anew against those stored in tables of breaches (damages ...), the monthly lists as they are now against those that close_month stored, which a correction may have made wrong since (... in the list of ...), and financings and transfers in watched tables that Sections 4(e) and 2(f) do not allow without a breach on record, as facts are known now (the words of the refusal, 0 and 1). No row: the books are right, and what was delivered';

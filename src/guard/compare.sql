
-- Books and tables compared ------------------------------------------------

CREATE FUNCTION covenant_internal.pending_entries(ledger regclass, OUT deal text, OUT holder text, OUT what text, OUT amount numeric) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_pending_entries';
COMMENT ON FUNCTION covenant_internal.pending_entries(regclass) IS
'What this transaction has pending for the deals of a ledger, by deal, holder and sum';

CREATE FUNCTION covenant_internal.book_difference(ledger regclass, deal text, holder text, what text, amount numeric) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_book_difference';
COMMENT ON FUNCTION covenant_internal.book_difference(regclass, text, text, text, numeric) IS
'Puts one difference between tables and books into what is pending, as a fact; for the owner of the books (42501); covenant.rebuild calls it';

CREATE FUNCTION covenant_internal.sums_query(relation regclass, watched regclass) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind text := covenant_internal.watch_word(watched, 'table');
	rounding text := coalesce(covenant_internal.watch_word(watched, 'rounding'), 'down');
	deal text := quote_ident(covenant_internal.watch_word(watched, 'deal'));
	holder text := coalesce(quote_ident(covenant_internal.watch_word(watched, 'holder')), quote_literal(''));
	only_when text := coalesce('AND ' || quote_ident(covenant_internal.watch_word(watched, 'only_when')), '');
	principal text := quote_ident(covenant_internal.watch_word(watched, 'principal')) || '::numeric';
	price text := quote_ident(covenant_internal.watch_word(watched, 'price'));
	rate text := quote_ident(covenant_internal.watch_word(watched, 'rate')) || '::numeric';
	price_in_format text := replace(price, '%', '%%');
	at_price text := 'coalesce(covenant_internal.note_shares(%1$s, ' || price_in_format || '::numeric, %2$L)::numeric, 0)';
	sums text;
BEGIN
	-- As the type prints itself, which a cast to text need not do (and a cast
	-- may be anybody's); but without the blanks that fill up a char(n).
	holder := CASE WHEN EXISTS (SELECT FROM pg_attribute a LEFT JOIN pg_type d ON d.oid = a.atttypid AND d.typtype = 'd'
								WHERE a.attrelid = relation AND a.attname = covenant_internal.watch_word(watched, 'holder')
								  AND 'bpchar'::regtype IN (a.atttypid, d.typbasetype))
				   THEN holder || '::text' ELSE format('concat(%s)', holder) END;
	-- a price of type share_price may be a fraction that no numeric is
	IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation
			   AND attname = covenant_internal.watch_word(watched, 'price')
			   AND (atttypid = 'covenant.share_price'::regtype
					OR atttypid IN (SELECT oid FROM pg_type WHERE typbasetype = 'covenant.share_price'::regtype))) THEN
		at_price := 'CASE WHEN %1$s = 0 THEN 0 ELSE covenant.shares_issuable(%1$s, ' || price_in_format || ', %2$L)::numeric END';
	END IF;
	IF kind = 'notes' THEN
		sums := format($sums$('principal', %s), ('note_shares', %s)$sums$, principal, format(at_price, principal, rounding));
		IF rate IS NOT NULL THEN
			sums := sums || format($sums$, ('annual_interest', %s * %s), ('interest_shares', %s)$sums$, principal, rate,
								   format(at_price, format('greatest(%s * %s, 0)', principal, rate), rounding));
		END IF;
	ELSIF kind = 'warrants' THEN
		sums := format($sums$('warrant_shares', %I::numeric)$sums$, covenant_internal.watch_word(watched, 'shares'));
	ELSE
		SELECT string_agg(format('(%L, %I::numeric - %s)', word, covenant_internal.watch_word(watched, word),
								 CASE WHEN word = 'multiple' THEN 2 ELSE 0 END), ', ') INTO sums
		FROM unnest(ARRAY['reserved', 'authorized', 'outstanding', 'other_reserved', 'multiple']) AS word
		WHERE covenant_internal.watch_word(watched, word) IS NOT NULL;
	END IF;
	RETURN format('SELECT %s::text AS deal, %s AS holder, v.what, v.amount FROM %s%s CROSS JOIN LATERAL (VALUES %s) AS v(what, amount) WHERE %s IS NOT NULL %s',
				  deal, holder,
				  CASE WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = relation) THEN '' ELSE 'ONLY ' END,
				  relation, sums, deal, only_when);
END
$$;
COMMENT ON FUNCTION covenant_internal.sums_query(regclass, regclass) IS
'The query that gives what a table adds up to that is watched itself, or as a part of the watched one, row by row (deal, holder, what, amount), in plain SQL that shares nothing with the trigger';

CREATE FUNCTION covenant_internal.counted_with(ledger regclass, OUT relation regclass, OUT watched regclass) RETURNS SETOF record
LANGUAGE sql STABLE STRICT ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT ON (member) member, w
	FROM covenant_internal.watched_with(ledger) AS w, LATERAL covenant_internal.members(w) AS member
	WHERE member = w OR (SELECT relkind = 'r' FROM pg_class WHERE oid = w)
	ORDER BY member, member <> w
$$;
COMMENT ON FUNCTION covenant_internal.counted_with(regclass) IS
'The tables whose rows count in a ledger, each with the watched table that says which column is what: itself, or the one it inherits from';

CREATE FUNCTION covenant_internal.journal_of(ledger regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%I.%I', n.nspname, regexp_replace(l.relname, '_reserve$', '_journal'))
	FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace WHERE l.oid = ledger
$$;
COMMENT ON FUNCTION covenant_internal.journal_of(regclass) IS
'The qualified name of the journal beside a ledger';

CREATE FUNCTION covenant_internal.compare(ledger regclass, OUT deal text, OUT holder text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	tables_query text;
	others text;
BEGIN
	SELECT string_agg(format('"%s"', t.tgrelid::regclass), ', ') INTO others
	FROM (SELECT DISTINCT tgrelid FROM pg_trigger
		  WHERE tgfoid = 'covenant_internal.capture()'::regprocedure AND tgparentid = 0 AND tgtype & 32 = 0) AS t
	WHERE covenant_internal.names_books(t.tgrelid, ledger) AND t.tgrelid NOT IN (SELECT covenant_internal.watched_with(ledger));
	IF others IS NOT NULL THEN
		RAISE WARNING 'tables that name the books "%" do not count in them: %', ledger, others
			USING DETAIL = 'Their owners are not members of the role that owns the books, so that their writes are refused.',
				  HINT = 'Grant that role to the owner of a table that should count; take no notice of the others.';
	END IF;
	PERFORM covenant_internal.check_watch(w) FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.is_broken(w);
	SELECT string_agg(covenant_internal.sums_query(relation, watched), ' UNION ALL ') INTO tables_query
	FROM covenant_internal.counted_with(ledger);
	RETURN QUERY EXECUTE format($query$
		SELECT deal, holder, what, sum(amount) FILTER (WHERE NOT in_tables), sum(amount) FILTER (WHERE in_tables)
		FROM (SELECT deal, holder, what, amount, true AS in_tables FROM (%s) AS t
			  UNION ALL
			  SELECT j.deal::text, j.holder, v.what, v.amount, false
			  FROM %s j CROSS JOIN LATERAL (VALUES
				  ('principal', j.principal), ('note_shares', j.note_shares), ('warrant_shares', j.warrant_shares),
				  ('interest_shares', j.interest_shares), ('annual_interest', j.annual_interest),
				  ('reserved', j.reserved), ('authorized', j.authorized), ('outstanding', j.outstanding),
				  ('other_reserved', j.other_reserved), ('multiple', j.multiple)) AS v(what, amount)
			  UNION ALL
			  SELECT deal, holder, what, amount, false FROM covenant_internal.pending_entries(%L)) AS both_sides
		GROUP BY deal, holder, what
		$query$,
		coalesce(tables_query, $none$SELECT ''::text AS deal, '' AS holder, '' AS what, 0::numeric AS amount WHERE false$none$),
		covenant_internal.journal_of(ledger), ledger);
END
$$;
COMMENT ON FUNCTION covenant_internal.compare(regclass) IS
'What the journal plus the pending changes say and what the watched tables add up to, by deal, holder and sum';

CREATE FUNCTION covenant_internal.ledger_sums(ledger regclass, OUT deal text, OUT what text, OUT amount numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		SELECT l.deal::text, v.what, v.amount
		FROM %s l CROSS JOIN LATERAL (VALUES
			('principal', l.principal), ('note_shares', l.note_shares), ('warrant_shares', l.warrant_shares),
			('interest_shares', l.interest_shares), ('annual_interest', l.annual_interest),
			('reserved', l.reserved), ('authorized', l.authorized), ('outstanding', l.outstanding),
			('other_reserved', l.other_reserved), ('multiple', coalesce(l.multiple, 0) - 2)) AS v(what, amount)
		WHERE v.amount IS NOT NULL$query$, ledger);
END
$$;
COMMENT ON FUNCTION covenant_internal.ledger_sums(regclass) IS
'The ledger''s balances, one row a deal and sum; a multiple as its difference from 2';

CREATE FUNCTION covenant_internal.rebuild_books(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched regclass;
	row record;
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		RAISE EXCEPTION 'the books can be rebuilt only at READ COMMITTED'
			USING ERRCODE = 'active_sql_transaction',
				  DETAIL = 'Under an older snapshot rows that others committed would be missed.',
				  HINT = 'Start a transaction with ISOLATION LEVEL READ COMMITTED.';
	END IF;
	FOR watched IN SELECT covenant_internal.watched_with(ledger) LOOP
		EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', watched);
	END LOOP;
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', ledger);
	PERFORM covenant_internal.balance_ledger(ledger);
	FOR row IN SELECT * FROM covenant_internal.compare(ledger) WHERE coalesce(books, 0) <> coalesce(tables, 0) LOOP
		PERFORM covenant_internal.book_difference(ledger, row.deal, row.holder, row.what,
										 coalesce(row.tables, 0) - coalesce(row.books, 0));
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.rebuild_books(regclass) IS
'What covenant.rebuild does, for a ledger';

CREATE FUNCTION covenant_internal.last_entries(ledger regclass, OUT deal text, OUT booked bigint, OUT journaled bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		SELECT deal::text, CASE WHEN l.tableoid IS NULL THEN 0 ELSE l.entries::bigint END, coalesce(j.entries, 0)
		FROM %s l FULL JOIN (SELECT deal, max(seq) AS entries FROM %s GROUP BY deal) j USING (deal)$query$,
		ledger, covenant_internal.journal_of(ledger));
END
$$;
COMMENT ON FUNCTION covenant_internal.last_entries(regclass) IS
'The number of each deal''s last entry as the ledger and as the journal have it; the next entry is numbered by the ledger';

CREATE FUNCTION covenant_internal.balance_ledger(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	row record;
	key_type text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
					  WHERE attrelid = ledger AND attname = 'deal');
BEGIN
	FOR row IN SELECT * FROM covenant_internal.last_entries(ledger) WHERE booked IS DISTINCT FROM journaled LOOP
		EXECUTE format('INSERT INTO %s (deal) VALUES ($1::%s) ON CONFLICT DO NOTHING', ledger, key_type) USING row.deal;
		EXECUTE format('UPDATE %s SET entries = $2 WHERE deal = $1::%s', ledger, key_type) USING row.deal, row.journaled;
	END LOOP;
	FOR row IN
		SELECT deal, what, coalesce(j.amount, 0) - coalesce(l.amount, 0) AS missing
		FROM covenant_internal.ledger_sums(ledger) l
			 FULL JOIN (SELECT c.deal, c.what, sum(coalesce(c.books, 0))
							   - coalesce((SELECT sum(p.amount) FROM covenant_internal.pending_entries(ledger) p
										   WHERE p.deal = c.deal AND p.what = c.what), 0) AS amount
						FROM covenant_internal.compare(ledger) c GROUP BY c.deal, c.what) j USING (deal, what)
		WHERE coalesce(j.amount, 0) <> coalesce(l.amount, 0)
	LOOP
		EXECUTE format('INSERT INTO %s (deal) VALUES ($1::%s) ON CONFLICT DO NOTHING', ledger, key_type) USING row.deal;
		EXECUTE format('UPDATE %s SET %I = coalesce(%2$I, 0) + $2 WHERE deal = $1::%s', ledger, row.what, key_type) USING row.deal, row.missing;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.balance_ledger(regclass) IS
'Sets the ledger to what the journal adds up to, and its entries to the journal''s last: the journal is the record, a ledger that differs was edited';

CREATE FUNCTION covenant_internal.rebuild_when_whole(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	broken text;
BEGIN
	SELECT string_agg(format('"%s"', w), ', ') INTO broken
	FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.is_broken(w);
	IF broken IS NULL THEN
		PERFORM covenant_internal.rebuild_books(ledger);
	ELSE
		RAISE WARNING 'the books "%" are not compared with the tables yet', ledger
			USING DETAIL = format('Other watched tables are broken, too: %s.', broken),
				  HINT = 'Watch these again as well; the last one puts the books right.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.rebuild_when_whole(regclass) IS
'Puts books right after a watched table was, if no other watched table has lost a column; else says which, with a warning';

CREATE FUNCTION covenant.rebuild(deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_watchable(deals);
	PERFORM covenant_internal.rebuild_books((covenant_internal.books_of(deals)).ledger);
END
$$;
COMMENT ON FUNCTION covenant.rebuild(regclass) IS
'Puts in, as facts, the differences that covenant.audit finds; at READ COMMITTED (25001), for the owner (42501); the journal keeps what was put in';

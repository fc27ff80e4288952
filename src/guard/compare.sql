
-- Books and tables compared ------------------------------------------------

CREATE FUNCTION covenant_internal.instruments(
	ledger regclass, OUT deal text, OUT source text, OUT instrument text, OUT holder text, OUT principal numeric,
	OUT price covenant.share_price, OUT rate numeric, OUT warrant_shares bigint,
	OUT posted_principal numeric, OUT posted_warrants bigint, OUT last_on date) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_instruments';
COMMENT ON FUNCTION covenant_internal.instruments(regclass) IS
'Every instrument that positions know, as it is last, with what this transaction has pending; posted_*: without that; last_on: the last day on which one of its settings was set';

CREATE FUNCTION covenant_internal.counted_with(ledger regclass, OUT relation regclass, OUT watched regclass) RETURNS SETOF record
LANGUAGE sql STABLE STRICT ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT ON (member) member, w
	FROM covenant_internal.watched_with(ledger) AS w CROSS JOIN LATERAL covenant_internal.members(w) AS member
		 JOIN pg_class m ON m.oid = member
	WHERE member = w
	   OR (SELECT relkind = 'r' FROM pg_class WHERE oid = w) AND m.relkind = 'r' AND covenant_internal.may_use_books(member, ledger)
	ORDER BY member, member <> w
$$;
COMMENT ON FUNCTION covenant_internal.counted_with(regclass) IS
'The tables whose rows count in a ledger, each with the watched table that says which column is what: itself, or the one it inherits from';

CREATE FUNCTION covenant_internal.key_expression(watched regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE count(*) WHEN 1 THEN '%s::text' ELSE 'ROW(%s)::text' END, string_agg(quote_ident(name), ', ' ORDER BY n))
	FROM covenant_internal.watch_keys(watched) WITH ORDINALITY AS k(name, n)
$$;
COMMENT ON FUNCTION covenant_internal.key_expression(regclass) IS
'The expression that gives the key of an instrument as text: of one column, or of several as a row; for sessions whose dates are ISO';

CREATE FUNCTION covenant_internal.holder_expression(relation regclass, holder name) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
	-- As the type prints itself, which a cast to text need not do (and a cast
	-- may be anybody's); but without the blanks that fill up a char(n).
	SELECT CASE WHEN holder IS NULL THEN 'NULL::text'
				WHEN EXISTS (SELECT FROM pg_attribute a LEFT JOIN pg_type d ON d.oid = a.atttypid AND d.typtype = 'd'
							 WHERE a.attrelid = relation AND a.attname = holder
							   AND 'bpchar'::regtype IN (a.atttypid, d.typbasetype))
				THEN format('%I::text', holder)
				ELSE format('concat(%I)', holder) END
$$;
COMMENT ON FUNCTION covenant_internal.holder_expression(regclass, name) IS
'The expression that gives the holder of a row as text; NULL where the table has none';

CREATE FUNCTION covenant_internal.instruments_query(relation regclass, watched regclass) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_note boolean := covenant_internal.watch_word(watched, 'table') = 'notes';
BEGIN
	RETURN format('SELECT %1$I::text, $1, %2$s, %3$s, $2, %4$s, %5$s, %6$s, %7$s, %8$s FROM %9$s%10$s WHERE %1$I IS NOT NULL %11$s',
		covenant_internal.watch_word(watched, 'deal'), covenant_internal.key_expression(watched), is_note::text,
		covenant_internal.holder_expression(relation, covenant_internal.watch_word(watched, 'holder')),
		CASE WHEN is_note THEN format('%I::numeric', covenant_internal.watch_word(watched, 'principal')) ELSE '0::numeric' END,
		CASE WHEN is_note THEN format('%I::covenant.share_price', covenant_internal.watch_word(watched, 'price'))
			 ELSE 'NULL::covenant.share_price' END,
		CASE WHEN covenant_internal.watch_word(watched, 'rate') IS NULL THEN 'NULL::numeric'
			 ELSE format('%I::numeric', covenant_internal.watch_word(watched, 'rate')) END,
		CASE WHEN is_note THEN '0::bigint' ELSE format('%I::bigint', covenant_internal.watch_word(watched, 'shares')) END,
		CASE WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = relation) THEN '' ELSE 'ONLY ' END, relation,
		'AND ' || quote_ident(covenant_internal.watch_word(watched, 'only_when')));
END
$$;
COMMENT ON FUNCTION covenant_internal.instruments_query(regclass, regclass) IS
'The query that gives the instruments of a table that is watched itself, or as a part of the watched one, in plain SQL that shares nothing with the trigger; $1 is the source, $2 the rounding';

CREATE FUNCTION covenant_internal.table_instruments(
	ledger regclass, only_source text = NULL, OUT deal text, OUT source text, OUT instrument text, OUT is_note boolean, OUT rounding text,
	OUT holder text, OUT principal numeric, OUT price covenant.share_price, OUT rate numeric, OUT warrant_shares bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	part record;
BEGIN
	FOR part IN SELECT * FROM covenant_internal.counted_with(ledger) AS c
				WHERE covenant_internal.watch_word(c.watched, 'table') IN ('notes', 'warrants')
				  AND (only_source IS NULL OR covenant_internal.watch_word(c.watched, 'source') = only_source) LOOP
		RETURN QUERY EXECUTE covenant_internal.instruments_query(part.relation, part.watched)
			USING covenant_internal.watch_word(part.watched, 'source'),
				  coalesce(covenant_internal.watch_word(part.watched, 'rounding'), 'down');
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.table_instruments(regclass, text) IS
'Every instrument that the watched tables of a ledger have, or those of one source';

CREATE FUNCTION covenant_internal.table_deals(
	ledger regclass, OUT deal text, OUT reserved numeric, OUT authorized numeric, OUT outstanding numeric,
	OUT other_reserved numeric, OUT multiple numeric, OUT minimum numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	part record;
	columns text;
BEGIN
	FOR part IN SELECT * FROM covenant_internal.counted_with(ledger) AS c
				WHERE covenant_internal.watch_word(c.watched, 'table') = 'deals' LOOP
		SELECT string_agg(CASE WHEN covenant_internal.watch_word(part.watched, word) IS NULL THEN '0::numeric'
							   ELSE format('%I::numeric%s', covenant_internal.watch_word(part.watched, word),
										   CASE WHEN word = 'multiple' THEN ' - 2' ELSE '' END) END, ', ' ORDER BY n) INTO columns
		FROM unnest(ARRAY['reserved', 'authorized', 'outstanding', 'other_reserved', 'multiple', 'minimum'])
			 WITH ORDINALITY AS w(word, n);
		RETURN QUERY EXECUTE format('SELECT %I::text, %s FROM %s%s',
			covenant_internal.watch_word(part.watched, 'deal'), columns,
			CASE WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = part.relation) THEN '' ELSE 'ONLY ' END, part.relation);
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.table_deals(regclass) IS
'What the rows of a watched deals table say of the reserve, the capital and the multiple (as its difference from 2)';

CREATE FUNCTION covenant_internal.ledger_balances(
	ledger regclass, OUT deal text, OUT principal numeric, OUT note_shares numeric, OUT warrant_shares numeric, OUT interest_shares numeric, OUT annual_interest numeric, OUT reserved numeric, OUT authorized numeric, OUT outstanding numeric, OUT other_reserved numeric, OUT multiple numeric, OUT minimum numeric, OUT entries bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	PERFORM covenant_internal.require_types(ledger);
	RETURN QUERY EXECUTE format('SELECT deal::text, principal::numeric, note_shares::numeric, warrant_shares::numeric, interest_shares::numeric, annual_interest::numeric, reserved::numeric, coalesce(authorized, 0)::numeric, coalesce(outstanding, 0)::numeric, coalesce(other_reserved, 0)::numeric, coalesce(multiple, 0) - 2, minimum::numeric, entries::bigint FROM %s', ledger);
END
$$;
COMMENT ON FUNCTION covenant_internal.ledger_balances(regclass) IS
'The ledger''s balances; a multiple as its difference from 2';

CREATE FUNCTION covenant_internal.journal_sums(
	ledger regclass, OUT deal text, OUT principal numeric, OUT note_shares numeric, OUT warrant_shares numeric, OUT interest_shares numeric, OUT annual_interest numeric, OUT reserved numeric, OUT authorized numeric, OUT outstanding numeric, OUT other_reserved numeric, OUT multiple numeric, OUT minimum numeric, OUT entries bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	positions CONSTANT regclass := covenant_internal.require_vouched(ledger, 'position');
	distributed CONSTANT boolean := covenant_internal.spread_by(ledger) IS NOT NULL;
BEGIN
	PERFORM covenant_internal.require_types(ledger);
	-- The number of a deal's last entry is that of its positions, too; Citus
	-- plans no look into them for each deal.
	RETURN QUERY EXECUTE format($query$
		SELECT coalesce(l.deal, j.deal)::text, coalesce(j.principal, 0)::numeric, coalesce(j.note_shares, 0)::numeric, coalesce(j.warrant_shares, 0)::numeric, coalesce(j.interest_shares, 0)::numeric, coalesce(j.annual_interest, 0)::numeric, coalesce(j.reserved, 0)::numeric, coalesce(j.authorized, 0)::numeric, coalesce(j.outstanding, 0)::numeric, coalesce(j.other_reserved, 0)::numeric, coalesce(j.multiple, 0)::numeric, coalesce(j.minimum, 0)::numeric,
			   greatest(j.last, %4$s, 0)::bigint
		FROM %1$s AS l
			 FULL JOIN (SELECT deal, sum(principal) AS principal, sum(note_shares) AS note_shares, sum(warrant_shares) AS warrant_shares, sum(interest_shares) AS interest_shares, sum(annual_interest) AS annual_interest, sum(reserved) AS reserved, sum(authorized) AS authorized, sum(outstanding) AS outstanding, sum(other_reserved) AS other_reserved, sum(multiple) AS multiple, sum(minimum) AS minimum, max(seq) AS last
						FROM %2$s GROUP BY deal) AS j ON j.deal = l.deal%5$s$query$,
		ledger, covenant_internal.require_vouched(ledger, 'journal'), positions,
		CASE WHEN distributed THEN 'p.last' ELSE format('(SELECT max(p.seq) FROM %s AS p WHERE p.deal = coalesce(l.deal, j.deal))', positions) END,
		CASE WHEN distributed THEN format(' LEFT JOIN (SELECT deal, max(seq) AS last FROM %s GROUP BY deal) AS p ON p.deal = coalesce(l.deal, j.deal)', positions) END);
END
$$;
COMMENT ON FUNCTION covenant_internal.journal_sums(regclass) IS
'What the journal of each deal adds up to, and the number of its last entry';

CREATE FUNCTION covenant_internal.position_sums(ledger regclass, OUT deal text, OUT principal numeric, OUT warrant_shares numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT p.deal::text, sum(p.principal)::numeric, sum(p.warrant_shares)::numeric FROM %s AS p GROUP BY p.deal',
		covenant_internal.require_vouched(ledger, 'position'));
END
$$;
COMMENT ON FUNCTION covenant_internal.position_sums(regclass) IS
'What the positions of each deal add up to';

CREATE FUNCTION covenant_internal.table_sums(
	ledger regclass, OUT deal text, OUT principal numeric, OUT note_shares numeric, OUT warrant_shares numeric, OUT interest_shares numeric, OUT annual_interest numeric, OUT reserved numeric, OUT authorized numeric, OUT outstanding numeric, OUT other_reserved numeric, OUT multiple numeric, OUT minimum numeric) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(i.deal, d.deal), coalesce(i.principal, 0), coalesce(i.note_shares, 0), coalesce(i.warrant_shares, 0),
		   coalesce(i.interest_shares, 0), coalesce(i.annual_interest, 0), coalesce(d.reserved, 0), coalesce(d.authorized, 0),
		   coalesce(d.outstanding, 0), coalesce(d.other_reserved, 0), coalesce(d.multiple, 0), coalesce(d.minimum, 0)
	FROM (SELECT t.deal, sum(t.principal) AS principal,
				 sum(CASE WHEN t.principal > 0 THEN covenant.shares_issuable(t.principal, t.price, t.rounding)::numeric ELSE 0 END) AS note_shares,
				 sum(t.warrant_shares) AS warrant_shares,
				 sum(CASE WHEN t.principal * t.rate > 0 THEN covenant.shares_issuable(t.principal * t.rate, t.price, t.rounding)::numeric ELSE 0 END) AS interest_shares,
				 sum(t.principal * t.rate) AS annual_interest
		  FROM covenant_internal.table_instruments(ledger) AS t GROUP BY t.deal) AS i
		 FULL JOIN covenant_internal.table_deals(ledger) AS d ON d.deal = i.deal
$$;
COMMENT ON FUNCTION covenant_internal.table_sums(regclass) IS
'What the watched tables add up to for each deal';

CREATE FUNCTION covenant_internal.deal_differences(
	ledger regclass, OUT deal text, OUT part integer, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	WITH l AS MATERIALIZED (SELECT * FROM covenant_internal.ledger_balances(ledger)),
		 j AS MATERIALIZED (SELECT * FROM covenant_internal.journal_sums(ledger))
	-- the user's tables against ledger plus pending
	SELECT deal, 1, v.what, v.books, v.tables
	FROM covenant_internal.table_sums(ledger) AS t FULL JOIN l USING (deal) LEFT JOIN covenant_internal.pending_deals(ledger) AS p USING (deal)
		 CROSS JOIN LATERAL (VALUES
			('principal', coalesce(l.principal, 0) + coalesce(p.principal, 0), coalesce(t.principal, 0)),
			('note_shares', coalesce(l.note_shares, 0) + coalesce(p.note_shares, 0), coalesce(t.note_shares, 0)),
			('warrant_shares', coalesce(l.warrant_shares, 0) + coalesce(p.warrant_shares, 0), coalesce(t.warrant_shares, 0)),
			('interest_shares', coalesce(l.interest_shares, 0) + coalesce(p.interest_shares, 0), coalesce(t.interest_shares, 0)),
			('annual_interest', coalesce(l.annual_interest, 0) + coalesce(p.annual_interest, 0), coalesce(t.annual_interest, 0)),
			('reserved', coalesce(l.reserved, 0) + coalesce(p.reserved, 0), coalesce(t.reserved, 0)),
			('authorized', coalesce(l.authorized, 0) + coalesce(p.authorized, 0), coalesce(t.authorized, 0)),
			('outstanding', coalesce(l.outstanding, 0) + coalesce(p.outstanding, 0), coalesce(t.outstanding, 0)),
			('other_reserved', coalesce(l.other_reserved, 0) + coalesce(p.other_reserved, 0), coalesce(t.other_reserved, 0)),
			('multiple', coalesce(l.multiple, 0) + coalesce(p.multiple, 0), coalesce(t.multiple, 0)),
			('minimum', coalesce(l.minimum, 0) + coalesce(p.minimum, 0), coalesce(t.minimum, 0))) AS v(what, books, tables)
	WHERE v.books <> v.tables
	UNION ALL
	-- the ledger against the sums of the journal
	SELECT deal, 2, v.what, v.books, v.tables
	FROM j FULL JOIN l USING (deal)
		 CROSS JOIN LATERAL (VALUES
			('journal principal', coalesce(l.principal, 0), coalesce(j.principal, 0)),
			('journal note_shares', coalesce(l.note_shares, 0), coalesce(j.note_shares, 0)),
			('journal warrant_shares', coalesce(l.warrant_shares, 0), coalesce(j.warrant_shares, 0)),
			('journal interest_shares', coalesce(l.interest_shares, 0), coalesce(j.interest_shares, 0)),
			('journal annual_interest', coalesce(l.annual_interest, 0), coalesce(j.annual_interest, 0)),
			('journal reserved', coalesce(l.reserved, 0), coalesce(j.reserved, 0)),
			('journal authorized', coalesce(l.authorized, 0), coalesce(j.authorized, 0)),
			('journal outstanding', coalesce(l.outstanding, 0), coalesce(j.outstanding, 0)),
			('journal other_reserved', coalesce(l.other_reserved, 0), coalesce(j.other_reserved, 0)),
			('journal multiple', coalesce(l.multiple, 0), coalesce(j.multiple, 0)),
			('journal minimum', coalesce(l.minimum, 0), coalesce(j.minimum, 0)),
			('journal entries', coalesce(l.entries, 0)::numeric, coalesce(j.entries, 0)::numeric)) AS v(what, books, tables)
	WHERE v.books <> v.tables
	UNION ALL
	-- the journal against the sums of the positions
	SELECT deal, 3, v.what, v.books, v.tables
	FROM j FULL JOIN covenant_internal.position_sums(ledger) AS p USING (deal) LEFT JOIN covenant_internal.pending_deals(ledger) AS w USING (deal)
		 CROSS JOIN LATERAL (VALUES
			('positions principal', coalesce(j.principal, 0) + coalesce(w.principal, 0), coalesce(p.principal, 0) + coalesce(w.said_principal, 0)),
			('positions warrant_shares', coalesce(j.warrant_shares, 0) + coalesce(w.warrant_shares, 0), coalesce(p.warrant_shares, 0) + coalesce(w.said_warrants, 0))) AS v(what, books, tables)
	WHERE v.books <> v.tables
$$;
COMMENT ON FUNCTION covenant_internal.deal_differences(regclass) IS
'Where, for a deal, the ledger with what is pending differs from the watched tables (part 1), the ledger from the journal (part 2), or the journal from the positions, each with what is pending (part 3)';

CREATE FUNCTION covenant_internal.instrument_differences(
	ledger regclass, only_source text = NULL, OUT deal text, OUT source text, OUT instrument text, OUT is_note boolean, OUT rounding text,
	OUT b_holder text, OUT t_holder text, OUT b_principal numeric, OUT t_principal numeric,
	OUT b_price covenant.share_price, OUT t_price covenant.share_price, OUT b_rate numeric, OUT t_rate numeric,
	OUT b_warrants bigint, OUT t_warrants bigint, OUT last_on date, OUT in_table boolean) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT deal, source, instrument, coalesce(t.is_note, p.price IS NOT NULL), coalesce(t.rounding, 'down'),
		   p.holder, t.holder, coalesce(p.principal, 0), coalesce(t.principal, 0), p.price, t.price, p.rate, t.rate,
		   coalesce(p.warrant_shares, 0), coalesce(t.warrant_shares, 0), p.last_on, t.deal IS NOT NULL
	FROM covenant_internal.table_instruments(ledger, only_source) AS t
		 FULL JOIN (SELECT * FROM covenant_internal.instruments(ledger) AS i
					WHERE only_source IS NULL OR i.source = only_source) AS p USING (deal, source, instrument)
	WHERE coalesce(p.principal, 0) <> coalesce(t.principal, 0)
	   OR coalesce(p.warrant_shares, 0) <> coalesce(t.warrant_shares, 0)
	   OR t.deal IS NOT NULL AND (t.holder IS NOT NULL AND p.holder IS DISTINCT FROM t.holder OR p.price IS DISTINCT FROM t.price
								   OR t.rate IS NOT NULL AND p.rate IS DISTINCT FROM t.rate)
$$;
COMMENT ON FUNCTION covenant_internal.instrument_differences(regclass, text) IS
'The instruments of which positions (b_) say something else than the watched tables (t_), or those of one source; one that is gone from its table has no amounts left, and its settings do not matter';

CREATE FUNCTION covenant_internal.check_watches(ledger regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	others text;
	rewritten regclass;
BEGIN
	SELECT string_agg(format('"%s"', o), ', ') INTO others FROM covenant_internal.passed_over(ledger) AS o;
	IF others IS NOT NULL THEN
		RAISE WARNING 'tables that name the books "%" do not count in them: %', ledger, others
			USING DETAIL = 'Their owners are not members of the role that owns the books, or they are no tables as covenant watches them: their writes are refused.',
				  HINT = 'Grant that role to the owner of a table that should count; take no notice of the others.';
	END IF;
	FOR rewritten IN SELECT covenant_internal.rewritten(ledger) LOOP
		RAISE WARNING 'table "%" was rewritten since covenant last knew it', rewritten
			USING DETAIL = format('ALTER TABLE changed values of column "%s", which no trigger sees.', covenant_internal.watch_word(rewritten, 'rewritten')),
				  HINT = 'covenant.rebuild books what it holds now.';
	END LOOP;
	PERFORM covenant_internal.check_watch(w) FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.is_broken(w);
END
$$;
COMMENT ON FUNCTION covenant_internal.check_watches(regclass) IS
'Raises what is wrong with the watch of a table of these books; warnings name tables that claim to be and are not, and those that were rewritten';

CREATE FUNCTION covenant_internal.audit_books(
	ledger regclass, OUT deal text, OUT part integer, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_watches(ledger);
	RETURN QUERY SELECT * FROM covenant_internal.deal_differences(ledger);
	RETURN QUERY
		SELECT d.deal, 4, format('%s of %s %s', v.what, d.source, d.instrument), v.books, v.tables
		FROM covenant_internal.instrument_differences(ledger) AS d
			 CROSS JOIN LATERAL (VALUES
				('principal', d.b_principal, d.t_principal, d.b_principal <> d.t_principal),
				('warrant_shares', d.b_warrants, d.t_warrants, d.b_warrants <> d.t_warrants),
				('price', d.b_price::numeric, d.t_price::numeric, d.in_table AND d.b_price IS DISTINCT FROM d.t_price),
				('rate', d.b_rate, d.t_rate, d.t_rate IS NOT NULL AND d.b_rate IS DISTINCT FROM d.t_rate),
				(format('holder %s, %s in the table,', coalesce(d.b_holder, '(none)'), coalesce(d.t_holder, '(none)')), NULL, NULL,
				 d.t_holder IS NOT NULL AND d.b_holder IS DISTINCT FROM d.t_holder)) AS v(what, books, tables, differs)
		WHERE v.differs;
	RETURN QUERY
		SELECT d.deal, 4, format('quoted price of %s %s', d.source, d.instrument), d.quoted, d.price
		FROM covenant_internal.quote_differences(ledger) AS d;
	RETURN QUERY
		SELECT NULL::text, 6, format('%s of company %s', c.what, c.company), c.books, c.tables
		FROM covenant_internal.capital_differences(ledger) AS c
		UNION ALL
		SELECT NULL, 6, format('reserved of company %s exceeds what is authorized and free:', e.company), e.reserved, e.free
		FROM covenant_internal.capital_exceeded(ledger) AS e;
END
$$;
COMMENT ON FUNCTION covenant_internal.audit_books(regclass) IS
'What covenant.audit finds in the books themselves';

CREATE FUNCTION covenant_internal.balance_ledger(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	edited CONSTANT text[] := ARRAY(SELECT DISTINCT d.deal FROM covenant_internal.deal_differences(ledger) AS d WHERE d.part = 2);
	row record;
	key_type text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
					  WHERE attrelid = ledger AND attname = 'deal');
BEGIN
	IF cardinality(edited) = 0 THEN
		RETURN;
	END IF;
	FOR row IN SELECT j.* FROM covenant_internal.journal_sums(ledger) AS j WHERE j.deal = ANY (edited) LOOP
		EXECUTE format('INSERT INTO %s (deal) VALUES ($1::%s) ON CONFLICT DO NOTHING', ledger, key_type) USING row.deal;
		EXECUTE format($update$
			UPDATE %s AS l SET principal = $2, note_shares = $3, warrant_shares = $4, interest_shares = $5, annual_interest = $6, reserved = $7,
				authorized = CASE WHEN l.authorized IS NULL THEN NULL ELSE $8 END, outstanding = CASE WHEN l.outstanding IS NULL THEN NULL ELSE $9 END,
				other_reserved = CASE WHEN l.other_reserved IS NULL THEN NULL ELSE $10 END, multiple = 2 + $11, minimum = $12, entries = $13
			WHERE l.deal = $1::%s$update$, ledger, key_type)
			USING row.deal, row.principal, row.note_shares, row.warrant_shares, row.interest_shares, row.annual_interest, row.reserved,
				row.authorized, row.outstanding, row.other_reserved, row.multiple, row.minimum, row.entries;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.balance_ledger(regclass) IS
'Sets the ledger to what the journal adds up to, and its entries to the journal''s last: the journal is the record, a ledger that differs was edited';

CREATE FUNCTION covenant_internal.deals_to_book(
	ledger regclass, OUT deal text, OUT principal numeric, OUT annual_interest numeric, OUT multiple numeric,
	OUT note_shares bigint, OUT warrant_shares bigint, OUT interest_shares bigint, OUT reserved bigint,
	OUT authorized bigint, OUT outstanding bigint, OUT other_reserved bigint, OUT minimum bigint) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.deal, coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'principal'), 0),
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'annual_interest'), 0),
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'multiple'), 0),
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'note_shares'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'warrant_shares'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'interest_shares'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'reserved'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'authorized'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'outstanding'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'other_reserved'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'minimum'), 0)::bigint
	FROM covenant_internal.deal_differences(ledger) AS d WHERE d.part = 1 GROUP BY d.deal
$$;
COMMENT ON FUNCTION covenant_internal.deals_to_book(regclass) IS
'What the watched tables have more than the books, for each deal where that is not nothing';

CREATE FUNCTION covenant_internal.instruments_to_book(
	ledger regclass, OUT deal text, OUT source text, OUT instrument text, OUT is_note boolean, OUT rounding text, OUT last_on date,
	OUT principal numeric, OUT warrants bigint, OUT holder text, OUT price covenant.share_price, OUT rate numeric) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.deal, d.source, d.instrument, d.is_note, d.rounding, d.last_on, d.t_principal - d.b_principal, d.t_warrants - d.b_warrants,
		   CASE WHEN d.in_table THEN nullif(d.t_holder, d.b_holder) END,
		   CASE WHEN d.in_table AND d.t_price IS DISTINCT FROM d.b_price THEN d.t_price END,
		   CASE WHEN d.in_table THEN nullif(d.t_rate, d.b_rate) END
	FROM covenant_internal.instrument_differences(ledger) AS d
$$;
COMMENT ON FUNCTION covenant_internal.instruments_to_book(regclass) IS
'The same for each instrument: amounts as differences; holder, price and rate as the table has them, NULL where positions have the same; last_on, the last day on which positions set one of them';

CREATE FUNCTION covenant_internal.rebuild_books(ledger regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_rebuild_books';
COMMENT ON FUNCTION covenant_internal.rebuild_books(regclass) IS
'What covenant.rebuild does, for a ledger; at READ COMMITTED (25001), for members of the role that owns it (42501)';

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

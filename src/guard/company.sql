
-- One company, several deals -------------------------------------------------

CREATE FUNCTION covenant_internal.refuse_distributed(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.spread_by(relation) IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" is distributed, and its deals cannot share the capital of companies', relation
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = 'Deals of one company would be posted on several nodes at once.',
				  HINT = 'Keep the deals of a company on one server: local tables, or an independent node for each group of companies.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_distributed(regclass) IS
'Raises 0A000 where Citus has distributed a table, which then cannot have or be the books of companies';

CREATE FUNCTION covenant_internal.make_capital(deals regclass, company name) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema_name name;
	table_name name;
	owner regrole;
	key_type text;
	capital text;
	journal text;
BEGIN
	PERFORM covenant_internal.check_column(deals, company);
	PERFORM covenant_internal.refuse_distributed(deals);
	SELECT t.* INTO schema_name, table_name, owner, key_type FROM covenant_internal.table_with_key(deals, company) AS t;
	IF octet_length(table_name) > 63 - octet_length('_capital_journal') THEN
		RAISE EXCEPTION 'the name of table "%" is too long', deals
			USING ERRCODE = 'name_too_long',
				  DETAIL = 'The books beside it are called after it, and a name has at most 63 bytes.',
				  HINT = 'A deals table that names companies may have a name of up to 47 bytes.';
	END IF;
	IF EXISTS (SELECT FROM pg_attribute a JOIN pg_collation l ON l.oid = a.attcollation
			   WHERE a.attrelid = deals AND a.attname = company AND NOT l.collisdeterministic) THEN
		RAISE EXCEPTION 'column "%" of table "%" has a nondeterministic collation', company, deals
			USING ERRCODE = 'datatype_mismatch',
				  DETAIL = 'Two spellings of one company would be two companies in the books.',
				  HINT = 'Use a deterministic collation.';
	END IF;
	capital := format('%I.%I', schema_name, table_name || '_capital');
	journal := format('%I.%I', schema_name, table_name || '_capital_journal');
	IF to_regclass(capital) IS NULL THEN
		EXECUTE format($ddl$
			CREATE TABLE %s (
				company %s PRIMARY KEY,
				authorized bigint, outstanding bigint, other_reserved bigint,
				reserved bigint NOT NULL DEFAULT 0,
				entries bigint NOT NULL DEFAULT 0
			) WITH (fillfactor = 50)$ddl$, capital, key_type);
		EXECUTE format('ALTER TABLE %s OWNER TO %s', capital, owner);
	END IF;
	IF to_regclass(journal) IS NULL THEN
		EXECUTE format($ddl$
			CREATE TABLE %s (
				company %s NOT NULL,
				seq bigint NOT NULL,
				kind text NOT NULL,
				authorized bigint NOT NULL,
				outstanding bigint NOT NULL,
				other_reserved bigint NOT NULL,
				reserved bigint NOT NULL,
				effective_on date NOT NULL,
				recorded_at timestamptz NOT NULL,
				recorded_by text NOT NULL,
				transaction bigint NOT NULL,
				note text,
				new_shares integer, old_shares integer,
				PRIMARY KEY (company, seq)
			)$ddl$, journal, key_type);
		EXECUTE format('ALTER TABLE %s OWNER TO %s', journal, owner);
		EXECUTE format('CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.append_only()', journal);
	END IF;
	PERFORM covenant_internal.check_capital_kept(capital, journal, deals, company);
	PERFORM covenant_internal.comment_capital(capital, journal, deals);
END
$$;
COMMENT ON FUNCTION covenant_internal.make_capital(regclass, name) IS
'Makes the books of companies beside a deals table, in its schema and owned by its owner, where there are none of an earlier watch';

CREATE FUNCTION covenant_internal.check_capital_kept(capital regclass, journal regclass, deals regclass, company name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stranger regclass;
BEGIN
	SELECT b.oid INTO stranger
	FROM pg_class b JOIN pg_class d ON d.oid = deals
		 LEFT JOIN pg_attribute k ON k.attrelid = b.oid AND k.attname = 'company' AND NOT k.attisdropped
		 LEFT JOIN pg_attribute c ON c.attrelid = deals AND c.attname = company
	WHERE b.oid IN (capital, journal) AND (b.relowner <> d.relowner OR b.relkind <> 'r' OR k.atttypid IS DISTINCT FROM c.atttypid)
	ORDER BY b.oid LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'table "%" is in the way', stranger
			USING ERRCODE = 'duplicate_table',
				  DETAIL = format('It does not belong to the owner of "%s", or does not keep companies of the type of column "%s".', deals, company),
				  HINT = 'Rename it, or drop it if it is what an earlier watch left.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_capital_kept(regclass, regclass, regclass, name) IS
'Raises 42P07 where a table has the name of the books of companies but is not one for these companies, or is another role''s';

CREATE FUNCTION covenant_internal.comment_capital(capital regclass, journal regclass, deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sums CONSTANT text[] := ARRAY[
		['company', 'Key of the company'],
		['authorized', 'Authorized shares; NULL while the company''s capital is not known'],
		['outstanding', 'Outstanding shares; NULL while the company''s capital is not known'],
		['other_reserved', 'Shares reserved for other purposes than its deals; NULL while the company''s capital is not known'],
		['reserved', 'Shares reserved for all deals of the company']];
BEGIN
	PERFORM covenant_internal.comment_relation(capital,
		format('Capital of the companies whose deals are in %s: one row a company, written by covenant just before commit (Section 4(h))', deals),
		sums || ARRAY[['entries', 'Number of the company''s last entry in the journal of the capital']]);
	PERFORM covenant_internal.comment_relation(journal,
		format('Journal of the capital of the companies whose deals are in %s, append-only; amounts are what the capital changed by', deals),
		sums || ARRAY[
			['seq', 'Number of the entry within the company'],
			['kind', 'opening, closing, act, fact, override, rebuild, split, or correction: a purged deal reserved nothing'],
			['effective_on', 'Day on which the change counts (covenant.as_of when it was made)'],
			['recorded_at', 'When it was posted'],
			['recorded_by', 'Role that committed it'],
			['transaction', 'Transaction that posted it'],
			['note', 'Reason given for an override'],
			['new_shares', 'Of a split, how many new shares were given; NULL for every other entry, and for what a split says of days after its own'],
			['old_shares', 'Of a split, for how many old ones']]);
END
$$;
COMMENT ON FUNCTION covenant_internal.comment_capital(regclass, regclass, regclass) IS
'Puts comments on the books of companies and their columns';

CREATE FUNCTION covenant_internal.capital_table(ledger regclass) RETURNS regclass
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT w FROM covenant_internal.watched_with(ledger) AS w WHERE covenant_internal.watch_word(w, 'table') = 'capital' LIMIT 1
$$;
COMMENT ON FUNCTION covenant_internal.capital_table(regclass) IS
'The table of companies whose capital counts in these books; NULL where none is watched';

CREATE FUNCTION covenant.watch_capital(
	companies regclass, deals regclass, company name, authorized name, outstanding name, other_reserved name = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
	other regclass;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('companies', companies, 'deals', deals, 'company', company,
		'authorized', authorized, 'outstanding', outstanding));
	PERFORM covenant_internal.check_watchable(companies);
	PERFORM covenant_internal.refuse_distributed(companies);
	PERFORM covenant_internal.lock_table(companies);
	books := covenant_internal.books_of(deals);
	IF covenant_internal.watch_word(deals, 'company') IS NULL THEN
		RAISE EXCEPTION 'table "%" does not say whose shares its deals are about', deals
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Watch it with company => ..., the column that names the company.';
	END IF;
	PERFORM covenant_internal.refuse_second_watch(companies);
	other := covenant_internal.capital_table(books.ledger);
	IF other <> companies THEN
		RAISE EXCEPTION 'the capital of these companies is watched already'
			USING ERRCODE = 'duplicate_object',
				  DETAIL = format('It is in "%s".', other),
				  HINT = 'Call covenant.unwatch for that table first.';
	END IF;
	PERFORM covenant_internal.check_key(companies, company, 'company');
	IF covenant_internal.watch_table(companies,
		   jsonb_build_object('table', 'capital', 'schema', covenant_internal.watch_word(deals, 'schema'),
							  'ledger', covenant_internal.watch_word(deals, 'ledger')),
		   jsonb_strip_nulls(jsonb_build_object('deal', company, 'authorized', authorized, 'outstanding', outstanding,
			   'other_reserved', other_reserved)), NULL) THEN
		PERFORM covenant_internal.rebuild_when_whole(books.ledger);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant.watch_capital(regclass, regclass, name, name, name, name) IS
'Brings a table of companies under watch: company is its key, authorized and outstanding the capital in shares, other_reserved what is reserved for other purposes than the deals of deals, which was watched with company => .... An act after which the deals of a company have reserved more than is authorized and free is refused (23514, authorized_shares). Errors: 42501, 42703, 42804, 42809, 42830, 42710, 55000, 23502 (Section 4(h))';

CREATE FUNCTION covenant_internal.company_sums(ledger regclass, OUT company text, OUT reserved numeric, OUT authorized numeric, OUT outstanding numeric, OUT other_reserved numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	part record;
	query text := '';
BEGIN
	FOR part IN SELECT c.relation, c.watched, covenant_internal.watch_word(c.watched, 'table') AS kind,
					   CASE WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = c.relation) THEN '' ELSE 'ONLY ' END AS only_it
				FROM covenant_internal.counted_with(ledger) AS c LOOP
		IF part.kind = 'deals' AND covenant_internal.watch_word(part.watched, 'company') IS NOT NULL THEN
			query := query || format(' UNION ALL SELECT %1$I::text, %2$I::numeric, 0::numeric, 0::numeric, 0::numeric FROM %3$s%4$s WHERE %1$I IS NOT NULL',
				covenant_internal.watch_word(part.watched, 'company'), covenant_internal.watch_word(part.watched, 'reserved'),
				part.only_it, part.relation);
		ELSIF part.kind = 'capital' THEN
			query := query || format(' UNION ALL SELECT %1$I::text, 0::numeric, %2$I::numeric, %3$I::numeric, %4$s FROM %5$s%6$s WHERE %1$I IS NOT NULL',
				covenant_internal.watch_word(part.watched, 'deal'), covenant_internal.watch_word(part.watched, 'authorized'),
				covenant_internal.watch_word(part.watched, 'outstanding'),
				coalesce(quote_ident(covenant_internal.watch_word(part.watched, 'other_reserved')) || '::numeric', '0::numeric'),
				part.only_it, part.relation);
		END IF;
	END LOOP;
	IF query <> '' THEN
		RETURN QUERY EXECUTE format('SELECT s.company, sum(s.reserved), sum(s.authorized), sum(s.outstanding), sum(s.other_reserved) FROM (%s) AS s(company, reserved, authorized, outstanding, other_reserved) GROUP BY s.company',
									substr(query, length(' UNION ALL ')));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.company_sums(regclass) IS
'What the watched tables of deals and companies add up to for each company';

CREATE FUNCTION covenant_internal.capital_differences(
	ledger regclass, OUT company text, OUT what text, OUT books numeric, OUT tables numeric, OUT of_journal boolean) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	IF covenant_internal.vouched(ledger, 'capital') IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format($query$
		WITH c AS (SELECT company::text AS company, coalesce(authorized, 0) AS authorized, coalesce(outstanding, 0) AS outstanding,
						  coalesce(other_reserved, 0) AS other_reserved, reserved, entries FROM %1$s),
			 j AS (SELECT company::text AS company, sum(authorized) AS authorized, sum(outstanding) AS outstanding,
						  sum(other_reserved) AS other_reserved, sum(reserved) AS reserved, max(seq) AS entries FROM %2$s GROUP BY 1)
		SELECT company, v.what, v.books::numeric, v.tables::numeric, false
		FROM covenant_internal.company_sums($1) AS t FULL JOIN c USING (company)
			 CROSS JOIN LATERAL covenant_internal.pending_company($1, company) AS p
			 CROSS JOIN LATERAL (VALUES
				('authorized', coalesce(c.authorized, 0) + p.authorized, coalesce(t.authorized, 0)),
				('outstanding', coalesce(c.outstanding, 0) + p.outstanding, coalesce(t.outstanding, 0)),
				('other_reserved', coalesce(c.other_reserved, 0) + p.other_reserved, coalesce(t.other_reserved, 0)),
				('reserved', coalesce(c.reserved, 0) + p.reserved, coalesce(t.reserved, 0))) AS v(what, books, tables)
		WHERE v.books <> v.tables
		UNION ALL
		SELECT company, v.what, v.books::numeric, v.tables::numeric, true
		FROM c FULL JOIN j USING (company)
			 CROSS JOIN LATERAL (VALUES
				('journal authorized', coalesce(c.authorized, 0), coalesce(j.authorized, 0)),
				('journal outstanding', coalesce(c.outstanding, 0), coalesce(j.outstanding, 0)),
				('journal other_reserved', coalesce(c.other_reserved, 0), coalesce(j.other_reserved, 0)),
				('journal reserved', coalesce(c.reserved, 0), coalesce(j.reserved, 0)),
				('journal entries', coalesce(c.entries, 0), coalesce(j.entries, 0))) AS v(what, books, tables)
		WHERE v.books <> v.tables$query$,
		covenant_internal.require_vouched(ledger, 'capital'), covenant_internal.require_vouched(ledger, 'capital_journal')) USING ledger;
END
$$;
COMMENT ON FUNCTION covenant_internal.capital_differences(regclass) IS
'Where, for a company, the capital with what is pending differs from the watched tables, or from its journal (of_journal)';

CREATE FUNCTION covenant_internal.capital_exceeded(ledger regclass, OUT company text, OUT reserved numeric, OUT free numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	-- of a company that the watched table does not know nothing is authorized
	IF covenant_internal.vouched(ledger, 'capital') IS NOT NULL AND covenant_internal.capital_table(ledger) IS NOT NULL THEN
		RETURN QUERY EXECUTE format('SELECT c.company::text, c.reserved::numeric, f.free::numeric FROM %s AS c CROSS JOIN LATERAL (SELECT coalesce(c.authorized - c.outstanding - c.other_reserved, 0) AS free) AS f WHERE c.reserved > f.free',
			covenant_internal.require_vouched(ledger, 'capital'));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.capital_exceeded(regclass) IS
'Companies whose deals have reserved more shares than are authorized and free; of one that the table of companies does not know that is any (Section 4(h))';

CREATE FUNCTION covenant_internal.companies_to_book(
	ledger regclass, OUT company text, OUT reserved bigint, OUT authorized bigint, OUT outstanding bigint, OUT other_reserved bigint) RETURNS SETOF record
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.company, coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'reserved'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'authorized'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'outstanding'), 0)::bigint,
		   coalesce(sum(d.tables - d.books) FILTER (WHERE d.what = 'other_reserved'), 0)::bigint
	FROM covenant_internal.capital_differences(ledger) AS d WHERE NOT d.of_journal GROUP BY d.company
$$;
COMMENT ON FUNCTION covenant_internal.companies_to_book(regclass) IS
'What the watched tables have more than the capital, for each company where that is not nothing';

CREATE FUNCTION covenant_internal.balance_capital(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	IF EXISTS (SELECT FROM covenant_internal.capital_differences(ledger) AS d WHERE d.of_journal) THEN
		EXECUTE format('INSERT INTO %s (company) SELECT DISTINCT company FROM %s ON CONFLICT DO NOTHING',
					   covenant_internal.require_vouched(ledger, 'capital'), covenant_internal.require_vouched(ledger, 'capital_journal'));
		EXECUTE format($update$
			UPDATE %s AS c SET authorized = CASE WHEN j.known THEN j.authorized END,
				outstanding = CASE WHEN j.known THEN j.outstanding END,
				other_reserved = CASE WHEN j.known THEN j.other_reserved END,
				reserved = j.reserved, entries = j.entries
			FROM (SELECT k.company, coalesce(sum(j.authorized), 0) <> 0 OR coalesce(sum(j.outstanding), 0) <> 0 AS known,
						 coalesce(sum(j.authorized), 0) AS authorized, coalesce(sum(j.outstanding), 0) AS outstanding,
						 coalesce(sum(j.other_reserved), 0) AS other_reserved, coalesce(sum(j.reserved), 0) AS reserved, coalesce(max(j.seq), 0) AS entries
				  FROM %1$s AS k LEFT JOIN %2$s AS j ON j.company = k.company GROUP BY k.company) AS j
			WHERE j.company = c.company$update$,
			covenant_internal.require_vouched(ledger, 'capital'), covenant_internal.require_vouched(ledger, 'capital_journal'));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.balance_capital(regclass) IS
'Sets the capital to what its journal adds up to: the journal is the record, a row that differs was edited';

CREATE FUNCTION covenant_internal.companies_of(ledger regclass, keys text[]) RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	deals CONSTANT regclass := covenant_internal.deals_of_companies(ledger);
	found text[];
BEGIN
	IF deals IS NOT NULL THEN
		EXECUTE format('SELECT array_agg(DISTINCT %1$I::text) FROM %2$s WHERE %3$I::text = ANY ($1) AND %1$I IS NOT NULL',
					   covenant_internal.watch_word(deals, 'company'), deals, covenant_internal.watch_word(deals, 'deal')) INTO found USING keys;
	END IF;
	RETURN coalesce(found, ARRAY[]::text[]);
END
$$;
COMMENT ON FUNCTION covenant_internal.companies_of(regclass, text[]) IS
'The companies whose shares these deals are about';

CREATE FUNCTION covenant_internal.company_of_each(ledger regclass, keys text[], OUT deal text, OUT company text) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	companies CONSTANT text[] := covenant_internal.companies_of(ledger, keys);
	deals CONSTANT regclass := covenant_internal.deals_of_companies(ledger);
BEGIN
	IF deals IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format($query$
		SELECT k.deal, coalesce(d.company, CASE WHEN d.deal IS NULL AND cardinality($2) = 1 THEN $2[1] END)
		FROM (SELECT DISTINCT unnest($1)) AS k(deal)
			 LEFT JOIN (SELECT %I::text AS deal, %I::text AS company FROM %s) AS d ON d.deal = k.deal
		WHERE d.company IS NOT NULL OR d.deal IS NULL$query$,
		covenant_internal.watch_word(deals, 'deal'), covenant_internal.watch_word(deals, 'company'), deals) USING keys, companies;
END
$$;
COMMENT ON FUNCTION covenant_internal.company_of_each(regclass, text[]) IS
'The company of each of these deals; of one whose row is gone the one that all others have, NULL where they have several; deals of no company are left out';

CREATE FUNCTION covenant_internal.check_company_reserve(ledger regclass, keys text[], on_day date) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	company text;
	day date;
	of_company numeric;
	of_deals numeric;
BEGIN
	EXECUTE format($query$
		WITH k AS (SELECT deal, company FROM covenant_internal.company_of_each($1, $2)),
			 d AS (SELECT k.company, greatest(j.effective_on, $3) AS day, sum(j.reserved) AS reserved
				   FROM %s AS j JOIN k ON k.deal = j.deal::text GROUP BY 1, 2),
			 c AS (SELECT j.company::text AS company, greatest(j.effective_on, $3) AS day, sum(j.reserved) AS reserved
				   FROM %s AS j WHERE j.company::text IN (SELECT company FROM k) GROUP BY 1, 2)
		SELECT company, day, coalesce(c.reserved, 0) AS of_company, coalesce(d.reserved, 0) AS of_deals
		FROM c FULL JOIN d USING (company, day)
		WHERE coalesce(c.reserved, 0) <> coalesce(d.reserved, 0) ORDER BY company, day LIMIT 1$query$,
		covenant_internal.require_vouched(ledger, 'journal'), covenant_internal.require_vouched(ledger, 'capital_journal'))
	INTO company, day, of_company, of_deals USING ledger, keys, on_day;
	IF company IS NOT NULL THEN
		RAISE EXCEPTION 'what company "%" has reserved since the day of the split is not that of these deals', company
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format(CASE WHEN day = on_day THEN 'On %s it had %s shares reserved, and %s for these deals.'
								  ELSE 'On %s it changed by %s shares, and by %s for these deals.' END, day, of_company, of_deals),
				  HINT = 'Name also deals that are gone, of one company at a time. A deal that was another company''s since that day counts shares of both, which no split can tell apart: purge it and enter it as two deals.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_company_reserve(regclass, text[], date) IS
'Raises 55000 where what companies have reserved, on the day of a split or after it, is not what these deals have: some that are gone are not named, or one was another company''s';

CREATE FUNCTION covenant_internal.check_company_split(ledger regclass, keys text[], on_day date) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	companies CONSTANT text[] := covenant_internal.companies_of(ledger, keys);
	deals CONSTANT regclass := covenant_internal.deals_of_companies(ledger);
	others text;
BEGIN
	IF companies = ARRAY[]::text[] THEN
		RETURN;
	END IF;
	EXECUTE format('SELECT string_agg(format($3, %1$I), $4 ORDER BY %1$I) FROM %2$s WHERE %3$I::text = ANY ($1) AND %1$I::text <> ALL ($2)',
				   covenant_internal.watch_word(deals, 'deal'), deals, covenant_internal.watch_word(deals, 'company'))
	INTO others USING companies, keys, '"%s"', ', ';
	IF others IS NOT NULL THEN
		RAISE EXCEPTION 'the same shares are the subject of other deals'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('They are %s in "%s".', others, deals),
				  HINT = 'A split is of the company''s shares: name all its deals.';
	END IF;
	PERFORM covenant_internal.check_company_reserve(ledger, keys, on_day);
END
$$;
COMMENT ON FUNCTION covenant_internal.check_company_split(regclass, text[], date) IS
'Raises why a split of companies that share a capital cannot be recorded: deals of theirs are not named (22023), or what they have reserved since is not that of these deals (55000)';

CREATE FUNCTION covenant_internal.split_later_capital(
	ledger regclass, keys text[], new_shares integer, old_shares integer, on_day date, rounding text,
	OUT company text, OUT day date, OUT reserved bigint, OUT authorized bigint, OUT outstanding bigint, OUT other_reserved bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
	-- what the deals reserve, and the capital, which has no changes before it is on record
	RETURN QUERY EXECUTE format($query$
		WITH j AS (SELECT j.company::text AS company, j.effective_on AS day, v.what, sum(v.shares) AS shares
				   FROM %1$s AS j CROSS JOIN LATERAL (VALUES ('authorized', j.authorized), ('outstanding', j.outstanding),
						('other_reserved', j.other_reserved)) AS v(what, shares)
				   WHERE j.company::text = ANY (covenant_internal.companies_of($1, $2)) AND v.shares <> 0 GROUP BY 1, 2, 3),
			 m AS (SELECT j.company, j.day, j.what, covenant_internal.split_more(j.shares, $3, $4, $6) AS more,
						  j.day = min(j.day) OVER w AS begins, sum(j.shares) OVER w AS shares,
						  sum(covenant_internal.split_more(j.shares, $3, $4, $6)) OVER w AS all_more
				   FROM j WINDOW w AS (PARTITION BY j.company, j.what)),
			 c AS (SELECT m.company, m.day, m.what,
						  CASE WHEN m.begins THEN covenant_internal.split_more(m.shares, $3, $4, $6) - (m.all_more - m.more) ELSE m.more END AS more
				   FROM m WHERE m.day > $5),
			 r AS (SELECT k.company, l.day, 'reserved' AS what, l.reserved::numeric AS more
				   FROM covenant_internal.split_later_deals($1, $2, $3, $4, $5, $6) AS l
						JOIN covenant_internal.company_of_each($1, $2) AS k ON k.deal = l.deal),
			 a AS (SELECT c.company, v.day::date AS day, c.what, v.sign * c.more AS more
				   FROM c CROSS JOIN LATERAL (VALUES (c.day, 1), ($5, -1)) AS v(day, sign)
				   UNION ALL SELECT * FROM r)
		SELECT a.company, a.day, coalesce(sum(a.more) FILTER (WHERE a.what = 'reserved'), 0)::bigint,
			   coalesce(sum(a.more) FILTER (WHERE a.what = 'authorized'), 0)::bigint,
			   coalesce(sum(a.more) FILTER (WHERE a.what = 'outstanding'), 0)::bigint,
			   coalesce(sum(a.more) FILTER (WHERE a.what = 'other_reserved'), 0)::bigint
		FROM a WHERE a.company IS NOT NULL GROUP BY 1, 2$query$,
		covenant_internal.require_vouched(ledger, 'capital_journal')) USING ledger, keys, new_shares, old_shares, on_day, rounding;
END
$$;
COMMENT ON FUNCTION covenant_internal.split_later_capital(regclass, text[], integer, integer, date, text) IS
'By how much what companies reserve, and their capital, changed more after the day of a split, each on its own day, and taken off the day of the split';

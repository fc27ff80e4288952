
-- A table of breaches that exists already ----------------------------------------

CREATE FUNCTION covenant_internal.breach() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_breach';
COMMENT ON FUNCTION covenant_internal.breach() IS
'Trigger function of a table of breaches: computes the damages of a closed breach into the row; its arguments are word=name, made by covenant.watch_breaches';

CREATE FUNCTION covenant_internal.breach_tables(ledger regclass, OUT relation regclass, OUT deal name, OUT section name,
	OUT from_day name, OUT to_day name, OUT amount name, OUT shares name) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_breach_tables';
COMMENT ON FUNCTION covenant_internal.breach_tables(regclass) IS
'The tables of breaches that get their damages from these books, with their columns, known from their triggers: ordinary or partitioned tables of members of the role that owns the books';

CREATE FUNCTION covenant_internal.check_breach_columns(breaches regclass, ledger regclass, deal name, section name,
	from_day name, to_day name, amount name, shares name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_column(breaches, deal);
	PERFORM covenant_internal.check_deal_column(breaches, deal, ledger);
	PERFORM covenant_internal.check_column(breaches, section, '{text, varchar}');
	PERFORM covenant_internal.check_column(breaches, from_day, '{date}');
	PERFORM covenant_internal.check_column(breaches, to_day, '{date}');
	PERFORM covenant_internal.check_column(breaches, amount, '{numeric}');
	PERFORM covenant_internal.check_column(breaches, shares, '{bigint, numeric, covenant.shares}');
END
$$;
COMMENT ON FUNCTION covenant_internal.check_breach_columns(regclass, regclass, name, name, name, name, name, name) IS
'Raises 42703 where a column of a table of breaches does not exist and 42804 where it is of another type';

CREATE FUNCTION covenant_internal.breach_cost(ledger regclass, deal text, with_capital boolean, section text, from_day date, to_day date,
	OUT amount numeric, OUT shares bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1 COST 3000
AS 'MODULE_PATHNAME', 'covenant_breach_cost';
COMMENT ON FUNCTION covenant_internal.breach_cost(regclass, text, boolean, text, date, date) IS
'What a breach costs that goes along with the clocks of its deal as one more of them: in money and in whole shares at the price of to_day; 22023 where its section knows no damages, or it ends before it begins';

CREATE FUNCTION covenant_internal.breach_damages(ledger regclass, deal text, section text, from_day date, to_day date,
	OUT amount numeric, OUT shares bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET covenant.as_of = '' SET covenant.known_at = ''
AS $$
BEGIN
	IF deal IS NULL OR section IS NULL OR from_day IS NULL OR to_day IS NULL THEN
		RETURN;  -- an open breach
	END IF;
	EXECUTE format('SELECT c.amount, c.shares FROM covenant_internal.breach_cost($1, $2,
			EXISTS (SELECT FROM %s l WHERE l.deal = $2::%s AND l.authorized IS NOT NULL), $3, $4, $5) c',
		ledger, covenant_internal.key_type(ledger)) INTO amount, shares USING ledger, deal, section, from_day, to_day;
END
$$;
COMMENT ON FUNCTION covenant_internal.breach_damages(regclass, text, text, date, date) IS
'Damages of a breach of a section from one day up to, not including, another (by the reading cure_day, up to and including), to all holders together, by the adopted readings and all that is on record by now, whatever covenant.as_of and covenant.known_at say: in the currency of the notes, rounded as in the damages view, and in whole shares at the conversion price of to_day, rounded down (NULL without one, or with several). It goes along with the deal''s other breaches: simultaneous ones share its days as they are read, what the buyers owe costs nothing, and where the facts have the same breach for one holder it is that holder''s. NULL for a breach that is still open; 22023 where the section knows no damages (Sections 2(f), 3(z), 4(h), 4(o))';

CREATE FUNCTION covenant.watch_breaches(breaches regclass, deals regclass, deal name, section name,
	from_day name, to_day name, amount name, shares name) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	arguments text;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('breaches', breaches, 'deals', deals, 'deal', deal,
		'section', section, 'from_day', from_day, 'to_day', to_day, 'amount', amount, 'shares', shares));
	PERFORM covenant_internal.check_watchable(breaches);
	PERFORM covenant_internal.adopted_books(deals);
	PERFORM covenant_internal.lock_table(breaches);
	PERFORM covenant_internal.require_spread_by(breaches, deal, deals);
	IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = breaches AND tgfoid = 'covenant_internal.breach()'::regprocedure) THEN
		RAISE EXCEPTION 'table "%" is watched already', breaches
			USING ERRCODE = 'duplicate_object',
				  HINT = format('To watch it differently, call covenant.unwatch(%L) first.', breaches);
	END IF;
	PERFORM covenant_internal.require_user_of_books(breaches, deals, covenant_internal.ledger_of(deals), 'breaches');
	PERFORM covenant_internal.check_breach_columns(breaches, covenant_internal.ledger_of(deals), deal, section, from_day, to_day, amount, shares);
	PERFORM covenant_internal.allow_triggers(breaches);
	SELECT string_agg(quote_literal(key || '=' || value), ', ' ORDER BY ordinality) INTO arguments
	FROM unnest(ARRAY['table', 'schema', 'ledger', 'deal', 'section', 'from_day', 'to_day', 'amount', 'shares', 'spread'],
				ARRAY['breaches', covenant_internal.watch_word(deals, 'schema'), covenant_internal.watch_word(deals, 'ledger'),
					  deal, section, from_day, to_day, amount, shares, covenant_internal.spread_by(breaches)])
		 WITH ORDINALITY AS w(key, value, ordinality) WHERE value IS NOT NULL;
	EXECUTE format('CREATE TRIGGER covenant_breach BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION covenant_internal.breach(%s)',
				   breaches, arguments);
END
$$;
COMMENT ON FUNCTION covenant.watch_breaches(regclass, regclass, name, name, name, name, name, name) IS
'Lets a table of breaches get the damages of closed breaches: deal, section, from_day and to_day (the day of cure, NULL while open) are its columns, amount (numeric) and shares (bigint, numeric or covenant.shares) those that are written whenever a row is. Needs covenant.adopt (55000). Errors: 42501, 42703, 42804, 42809, 42710; audit lists stored amounts that a later correction has made wrong';

CREATE FUNCTION covenant_internal.audit_breaches(ledger regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched record;
	section text;
	from_day date;
	to_day date;
BEGIN
	FOR watched IN SELECT * FROM covenant_internal.breach_tables(ledger) LOOP
		PERFORM covenant_internal.check_breach_columns(watched.relation, ledger, watched.deal, watched.section,
													   watched.from_day, watched.to_day, watched.amount, watched.shares);
		-- row by row: they may be on other nodes, which are asked from here
		FOR deal, section, from_day, to_day, tables IN EXECUTE format('SELECT %I::text, %I::text, %I, %I, %I FROM %s',
				watched.deal, watched.section, watched.from_day, watched.to_day, watched.amount, watched.relation) LOOP
			what := format('damages under Section %s from %s', section, to_char(from_day, 'YYYY-MM-DD'));
			books := (covenant_internal.breach_damages(ledger, deal, section, from_day, to_day)).amount;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.audit_breaches(regclass) IS
'Damages computed anew (books) against those stored in tables of breaches (tables), one row a breach';

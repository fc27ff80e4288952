
-- History: what a deal, its holders and its notes were on every day --------

CREATE FUNCTION covenant_internal.history_of(
	ledger regclass, deal text, with_capital boolean, company text, OUT day date, OUT next_day date, OUT principal numeric,
	OUT annual_interest numeric, OUT note_shares bigint, OUT warrant_shares bigint, OUT interest_shares bigint,
	OUT issuable bigint, OUT multiple numeric, OUT minimum bigint, OUT required bigint, OUT reserved bigint,
	OUT authorized bigint, OUT outstanding bigint, OUT other_reserved bigint, OUT available bigint,
	OUT counted bigint, OUT slack bigint) RETURNS SETOF record
LANGUAGE c STABLE PARALLEL SAFE ROWS 60 COST 1000
AS 'MODULE_PATHNAME', 'covenant_history_of';
COMMENT ON FUNCTION covenant_internal.history_of(regclass, text, boolean, text) IS
'The balances of a deal, with the capital of its company where that is not NULL, at the end of every day on which one moved, up to covenant.as_of, as known at covenant.known_at; the view <deals>_history asks it';

CREATE FUNCTION covenant_internal.holding_of(
	ledger regclass, deal text, OUT holder text, OUT day date, OUT next_day date, OUT principal numeric,
	OUT annual_interest numeric, OUT note_shares bigint, OUT warrant_shares bigint, OUT interest_shares bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 100 COST 1000
AS 'MODULE_PATHNAME', 'covenant_holding_of';
COMMENT ON FUNCTION covenant_internal.holding_of(regclass, text) IS
'The balances of the holders of a deal at the end of every day on which one moved, up to covenant.as_of, as known at covenant.known_at; the view <deals>_holding asks it';

CREATE FUNCTION covenant_internal.note_of(
	ledger regclass, deal text, OUT source text, OUT note text, OUT holder text, OUT from_day date, OUT to_day date,
	OUT principal numeric, OUT price numeric, OUT rate numeric, OUT shares bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 100 COST 1000
AS 'MODULE_PATHNAME', 'covenant_note_of';
COMMENT ON FUNCTION covenant_internal.note_of(regclass, text) IS
'The stretches of days on which each note of a deal was the same, while it has principal, up to covenant.as_of, as known at covenant.known_at; the view <deals>_note asks it';

CREATE FUNCTION covenant_internal.shortfall_since(ledger regclass, deal text, with_capital boolean, company text) RETURNS date
LANGUAGE c STABLE COST 1000
AS 'MODULE_PATHNAME', 'covenant_shortfall_since';
COMMENT ON FUNCTION covenant_internal.shortfall_since(regclass, text, boolean, text) IS
'The first day of the shortfall in which a deal is now, with what this transaction has pending; NULL where it is in none (Section 4(h))';

CREATE FUNCTION covenant_internal.company_expression(ledger regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	-- for a template, in which a per cent sign is written twice
	SELECT coalesce((SELECT replace(format('(SELECT d.%I::text FROM %s AS d WHERE d.%I = l.deal)',
										   covenant_internal.watch_word(w, 'company'), w, covenant_internal.watch_word(w, 'deal')), '%', '%%')
					 FROM covenant_internal.deals_of_companies(ledger) AS w WHERE w IS NOT NULL),
					'NULL::text')
$$;
COMMENT ON FUNCTION covenant_internal.company_expression(regclass) IS
'The expression that gives the company of a deal of the ledger l, for a template; NULL where the deals table names none';

CREATE FUNCTION covenant_internal.make_history_view(
	ledger regclass, suffix text, body text, about text, columns text[]) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	view_name CONSTANT text := covenant_internal.name_beside(ledger, suffix);
BEGIN
	IF covenant_internal.vouched(ledger, suffix) IS NULL THEN
		PERFORM covenant_internal.refuse_in_the_way(ledger, ARRAY[suffix]);
	END IF;
	EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS SELECT l.deal, f.* FROM %s AS l CROSS JOIN LATERAL %s AS f',
				   view_name, ledger, format(body, ledger));
	EXECUTE format('ALTER VIEW %s OWNER TO %s', view_name, (SELECT relowner::regrole FROM pg_class WHERE oid = ledger));
	PERFORM covenant_internal.comment_relation(view_name::regclass, about, columns);
END
$$;
COMMENT ON FUNCTION covenant_internal.make_history_view(regclass, text, text, text, text[]) IS
'Makes one view of history beside a ledger: a function of one deal for each deal of the ledger';

CREATE FUNCTION covenant_internal.make_history_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'history',
		format('covenant_internal.history_of(%%L::regclass, l.deal::text, l.authorized IS NOT NULL, %s)', covenant_internal.company_expression(ledger)),
		'Balances of each deal at the end of every day on which one moved, up to covenant.as_of, as known at covenant.known_at',
		ARRAY[['deal', 'Key of the deal'],
			  ['day', 'A day on which a balance moved; the balances are those at its end'],
			  ['next_day', 'The next such day, up to which the balances held; NULL: they still hold'],
			  ['principal', 'Outstanding principal of the notes, in money'],
			  ['annual_interest', 'One year''s interest on the notes, in money; 0 where no rate is watched'],
			  ['note_shares', 'Shares issuable on conversion of the notes, each rounded by itself at its price of the day'],
			  ['warrant_shares', 'Shares issuable on exercise of the warrants'],
			  ['interest_shares', 'Shares that would pay one year''s interest'],
			  ['issuable', 'note_shares plus warrant_shares'],
			  ['multiple', 'Multiple of the Reserved Amount, 2 in the agreement'],
			  ['minimum', 'Least Reserved Amount, in shares'],
			  ['required', 'Reserved Amount: multiple times issuable, rounded up, no less than the minimum (Section 4(h))'],
			  ['reserved', 'Shares reserved for the deal'],
			  ['authorized', 'Authorized shares; NULL where the capital is not known'],
			  ['outstanding', 'Outstanding shares; NULL where the capital is not known'],
			  ['other_reserved', 'Shares reserved for other purposes; NULL where the capital is not known'],
			  ['available', 'Authorized less outstanding less other reserves: what could be reserved without a shareholder vote'],
			  ['counted', 'Authorized and Reserved Shares: the lesser of reserved and available'],
			  ['slack', 'counted less required; below 0 is a shortfall (Section 4(h))']]);
	SELECT covenant_internal.make_history_view(ledger, 'holding',
		'covenant_internal.holding_of(%L::regclass, l.deal::text)',
		'Balances of each holder at the end of every day on which one moved, up to covenant.as_of, as known at covenant.known_at',
		ARRAY[['deal', 'Key of the deal'],
			  ['holder', 'The holder; empty where the tables are watched without a holder column'],
			  ['day', 'A day on which a balance moved; the balances are those at its end'],
			  ['next_day', 'The next such day, up to which the balances held; NULL: they still hold'],
			  ['principal', 'Outstanding principal of the holder''s notes, in money'],
			  ['annual_interest', 'One year''s interest on the holder''s notes, in money'],
			  ['note_shares', 'Shares issuable on conversion of the holder''s notes'],
			  ['warrant_shares', 'Shares issuable on exercise of the holder''s warrants'],
			  ['interest_shares', 'Shares that would pay one year''s interest on the holder''s notes']]);
	SELECT covenant_internal.make_history_view(ledger, 'note',
		'covenant_internal.note_of(%L::regclass, l.deal::text)',
		'What every note was: one row for each stretch of days on which it was the same, while it has principal, up to covenant.as_of, as known at covenant.known_at',
		ARRAY[['deal', 'Key of the deal'],
			  ['source', 'Table of the note, by the name it had when it was watched'],
			  ['note', 'Key of the note, as text'],
			  ['holder', 'The holder; empty where the table is watched without a holder column'],
			  ['from_day', 'First day of the stretch'],
			  ['to_day', 'First day of the next one; NULL: it still holds'],
			  ['principal', 'Outstanding principal, in money'],
			  ['price', 'Conversion price; rounded half up to 20 decimals where they do not end'],
			  ['rate', 'Interest rate of one year (0.10 is 10 %); 0 where none is watched'],
			  ['shares', 'Shares issuable on conversion, rounded by the note''s rule']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_history_views(regclass) IS
'Makes <deals>_history, <deals>_holding and <deals>_note';


-- Why this number -----------------------------------------------------------------

CREATE FUNCTION covenant_internal.explain_status(ledger regclass, deal text,
	OUT depth int, OUT label text, OUT value text, OUT how text, OUT clause text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, replace($q$
		WITH h AS (SELECT h.* FROM {history} h WHERE h.deal = $1::{key_type} ORDER BY h.day DESC LIMIT 1)
		SELECT v.depth, v.label, v.value::text, v.how, v.clause
		FROM h CROSS JOIN LATERAL (VALUES
			(0, 'slack', h.slack::numeric, format('counted - required, at the end of %s', covenant.as_of()), '4(h)'),
			(1, 'counted', h.counted, CASE WHEN h.available IS NULL THEN 'the shares reserved; the capital is not known'
				ELSE 'the lesser of reserved and available' END, '4(h)'),
			(2, 'reserved', h.reserved, 'set aside for the deal', '3(c)'),
			(2, 'available', h.available, 'authorized - outstanding - other reserves', '4(h)'),
			(3, 'authorized', h.authorized, NULL, '3(c)'), (3, 'outstanding', h.outstanding, NULL, '3(c)'),
			(3, 'other reserves', h.other_reserved, NULL, '3(c)'),
			(1, 'required', h.required, CASE WHEN h.required = h.minimum THEN 'the least that is agreed, or '
				ELSE '' END || 'multiple x issuable, rounded up', '4(h)'),
			(2, 'multiple', h.multiple, NULL, '4(h)'),
			(2, 'issuable', h.issuable, 'the notes, each rounded by itself, and the warrants', '4(h)'),
			(3, 'warrants', h.warrant_shares, 'not exercised yet', '4(h)'))
			v(depth, label, value, how, clause)
		WHERE v.value IS NOT NULL
		UNION ALL
		SELECT 3, format('note %s of %s', n.note, CASE n.holder WHEN '' THEN n.source ELSE n.holder END), n.shares::text,
			format('%s / %s since %s', trim_scale(n.principal), trim_scale(n.price), n.from_day), '4(h)'
		FROM {note} n WHERE n.deal = $1::{key_type} AND n.to_day IS NULL AND n.shares > 0
		$q$, '{key_type}', covenant_internal.key_type(ledger)::text)) USING deal;
END
$$;
COMMENT ON FUNCTION covenant_internal.explain_status(regclass, text) IS
'How the slack of a deal comes about, as an indented list';

CREATE FUNCTION covenant_internal.duty_clause(ledger regclass, deal text, duty text, started_on date,
	OUT clause jsonb, OUT calendar text, OUT rolls boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	clause := covenant_internal.clause_in_force(covenant_internal.adopted_table(ledger, 'clause'), covenant_internal.key_type(ledger), duty, deal, started_on,
		covenant.known_at());
	EXECUTE format('SELECT coalesce($4, r.calendar), coalesce($5, CASE WHEN r.sunday = ''moves'' AND $6 = ''days'' THEN ''following'' END) = ''following''
			FROM %s r WHERE (r.deal IS NULL OR r.deal = $1::%s) AND (r.from_day IS NULL OR r.from_day <= $2) AND r.recorded_at <= $3
			ORDER BY r.deal IS NULL, r.from_day DESC NULLS LAST, r.recorded_at DESC, r.reading_id DESC LIMIT 1',
		covenant_internal.adopted_table(ledger, 'reading'), covenant_internal.key_type(ledger))
		INTO calendar, rolls USING deal, started_on, covenant.known_at(), clause ->> 'calendar', clause ->> 'roll', clause ->> 'unit';
END
$$;
COMMENT ON FUNCTION covenant_internal.duty_clause(regclass, text, text, date) IS
'The clause in force for a duty that started on a day, as known at covenant.known_at, the calendar by which its time runs, and whether its last day moves to a business day';

CREATE FUNCTION covenant_internal.explain_duty(ledger regclass, deal text, tied text,
	OUT depth int, OUT label text, OUT value text, OUT how text, OUT clause text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	d jsonb;
	by_clause record;
BEGIN
	FOR d IN EXECUTE covenant_internal.fill_in(ledger, format(
		'SELECT to_jsonb(d) FROM {duty} d WHERE d.deal = $1::%s AND ($2 IS NULL OR d.ref = $2) ORDER BY d.started_on, d.section, d.duty, d.ref',
		covenant_internal.key_type(ledger))) USING deal, tied LOOP
		by_clause := covenant_internal.duty_clause(ledger, deal, d ->> 'duty', (d ->> 'started_on')::date);
		RETURN QUERY VALUES
			(0, (d ->> 'duty'), (d ->> 'state'), format('owed by the %s%s', (d ->> 'owed_by'), coalesce(' to ' || (d ->> 'holder'), '')), (d ->> 'section')),
			(1, 'words', by_clause.clause ->> 'words', NULL, (d ->> 'section')),
			(1, 'started on', d ->> 'started_on', format('by %s, ref %s; the day itself is not counted', by_clause.clause ->> 'starts_on', (d ->> 'ref')), NULL);
		IF d ->> 'due_on' IS NOT NULL THEN
			RETURN QUERY VALUES (1, 'due on', d ->> 'due_on', CASE WHEN by_clause.clause ->> 'ends_on' = 'lock_up' THEN
				format('%sthe later of 270 days from the closing and 180 days from effectiveness, with the days without sales; at the earliest',
					coalesce((by_clause.clause ->> 'period') || ' ' || (by_clause.clause ->> 'unit') || ' after ', ''))
				ELSE format('%s, business days by %s%s', CASE by_clause.clause ->> 'unit' WHEN 'closing' THEN 'at the closing' WHEN 'promptly' THEN 'promptly, as it is read'
					ELSE (by_clause.clause ->> 'period') || ' ' || (by_clause.clause ->> 'unit') || ' later' END, by_clause.calendar, CASE WHEN by_clause.rolls THEN ', a last day that is none moves to the next' ELSE '' END) END, (d ->> 'section'));
		END IF;
		RETURN QUERY VALUES (1, 'done on', coalesce(d ->> 'done_on', 'not yet'), format('ends on %s%s', by_clause.clause ->> 'ends_on',
			coalesce('; waits for ' || (SELECT string_agg(u, ', ') FROM jsonb_array_elements_text(nullif(d -> 'unserved', 'null')) u), '')), (d ->> 'section'));
		IF (d ->> 'days_late')::int > 0 THEN
			RETURN QUERY VALUES (1, 'days late', d ->> 'days_late', format('calendar days up to %s', least((d ->> 'done_on')::date, covenant.as_of())), NULL::text);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.explain_duty(regclass, text, text) IS
'How the state of the duties of a deal, or of those of one ref, comes about, as an indented list';

CREATE FUNCTION covenant_internal.explain_damages(ledger regclass, deal text, tied text,
	OUT depth int, OUT label text, OUT value text, OUT how text, OUT clause text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b jsonb;
	by_clause record;
	rate text;
BEGIN
	-- Damages and duties are reckoned once, the parts of each breach carried along.
	FOR b IN EXECUTE covenant_internal.fill_in(ledger, format($q$
		SELECT to_jsonb(x) || jsonb_build_object('started_on', u.started_on)
		FROM (SELECT d.section, d.duty, d.ref, min(d.from_day) AS from_day, max(d.to_day) AS to_day, sum(d.amount) AS amount, sum(d.paid) AS paid,
				sum(d.balance) AS balance, jsonb_agg(to_jsonb(d) ORDER BY d.from_day, d.holder) AS parts
			FROM {damages} d WHERE d.deal = $1::%1$s AND ($2 IS NULL OR d.ref = $2) GROUP BY 1, 2, 3) x
		LEFT JOIN (SELECT d.duty, d.ref, min(d.started_on) AS started_on FROM {duty} d WHERE d.deal = $1::%1$s GROUP BY 1, 2) u USING (duty, ref)
		ORDER BY x.from_day, x.section, x.duty, x.ref $q$, covenant_internal.key_type(ledger))) USING deal, tied LOOP
		by_clause := covenant_internal.duty_clause(ledger, deal, b ->> 'duty', (b ->> 'started_on')::date);
		rate := CASE by_clause.clause ->> 'remedy' WHEN 'per day' THEN (by_clause.clause ->> 'rate') || ' a day, by part'
			WHEN 'interest' THEN (by_clause.clause ->> 'rate') || ' a year' ELSE coalesce(by_clause.clause ->> 'rate', 'the rate') || ' a month' END;
		RETURN QUERY VALUES
			(0, format('%s, ref %s', (b ->> 'duty'), (b ->> 'ref')), b ->> 'amount', format('from %s up to, not including, %s; %s of it paid, %s owed', (b ->> 'from_day'), (b ->> 'to_day'), (b ->> 'paid'), (b ->> 'balance')), (b ->> 'section')),
			(1, 'words', by_clause.clause ->> 'words', NULL, (b ->> 'section'));
		RETURN QUERY
			SELECT 1, format('%s to %s%s', p ->> 'from_day', p ->> 'to_day', CASE p ->> 'holder' WHEN '' THEN '' ELSE ', ' || (p ->> 'holder') END), p ->> 'amount',
				format('%s of %s for %s days%s, %s', rate, trim_scale((p ->> 'principal')::numeric), p ->> 'days',
					CASE WHEN (p ->> 'interest')::numeric > 0 THEN ' and interest of ' || trim_scale((p ->> 'interest')::numeric) ELSE '' END, p ->> 'status'), p ->> 'section'
			FROM jsonb_array_elements(b -> 'parts') WITH ORDINALITY u(p, n) ORDER BY n;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.explain_damages(regclass, text, text) IS
'How the damages of a deal, or of one breach of it, come about, as an indented list';

CREATE FUNCTION covenant_internal.explain_quotes(ledger regclass, source text, terms text, security text,
	OUT depth int, OUT label text, OUT value text, OUT how text, OUT clause text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	SELECT q.* INTO r FROM covenant_internal.watched_with(ledger) w CROSS JOIN LATERAL covenant_internal.repricing_of(w) q
	WHERE covenant_internal.watch_word(w, 'table') = 'notes' AND covenant_internal.watch_word(w, 'source') = explain_quotes.source;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format($q$
		SELECT 2, format('%%s %%s', w.item, w.day), w.price::text, coalesce(w.why_not, CASE WHEN w.chosen THEN 'counts' END), 'terms'
		FROM (SELECT array_agg(l.day ORDER BY l.day) AS days, array_agg(l.price ORDER BY l.day) AS prices
			FROM (SELECT q.%1$I AS day, q.%2$I::covenant.share_price AS price FROM %3$s q
				WHERE q.%4$I::text = $2 AND q.%2$I IS NOT NULL AND q.%1$I <= covenant.as_of()
				ORDER BY q.%1$I DESC LIMIT covenant.look_back($1::covenant.conversion_terms)) l) q
		CROSS JOIN LATERAL covenant.conversion_worksheet($1::covenant.conversion_terms, q.days, q.prices, 'WEEKDAYS',
			ARRAY(SELECT g::date FROM generate_series(q.days[1]::timestamp, q.days[cardinality(q.days)]::timestamp, interval '1 day') g
				WHERE g::date <> ALL (q.days) AND extract(isodow FROM g) < 6)) w
		$q$, r.day, r.price, r.quotes, r.security) USING terms, security;
END
$$;
COMMENT ON FUNCTION covenant_internal.explain_quotes(regclass, text, text, text) IS
'The worksheet of a price that quotes make: the last quotes by covenant.as_of, which of them count, and what comes of them; days without a quote are taken for closed';

CREATE FUNCTION covenant_internal.explain_price(ledger regclass, deal text, tied text,
	OUT depth int, OUT label text, OUT value text, OUT how text, OUT clause text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n jsonb;
	-- of one note, which Citus finds by its deal
	last CONSTANT text := covenant_internal.fill_in(ledger, replace($q$
		FROM {position} p WHERE p.deal = $1::{key_type} AND p.source = $2 AND p.instrument = $3
			AND p.effective_on <= covenant.as_of() AND p.recorded_at <= covenant.known_at() AND %s
		ORDER BY p.effective_on DESC, p.seq DESC, p.line DESC LIMIT 1$q$, '{key_type}', covenant_internal.key_type(ledger)::text));
	set_last jsonb;
BEGIN
	FOR n IN EXECUTE covenant_internal.fill_in(ledger, replace($q$
		SELECT to_jsonb(n) FROM {note} n
		WHERE n.deal = $1::{key_type} AND n.to_day IS NULL AND ($2 IS NULL OR n.note = $2) ORDER BY n.source, n.note
		$q$, '{key_type}', covenant_internal.key_type(ledger)::text)) USING deal, tied LOOP
		EXECUTE 'SELECT jsonb_build_object(''terms'', p.terms, ''security'', p.security)' || format(last, 'p.terms IS NOT NULL') INTO set_last USING deal, n ->> 'source', n ->> 'note';
		n := n || coalesce(set_last, '{}');
		EXECUTE 'SELECT jsonb_build_object(''quoted'', p.quoted)' || format(last, 'p.price IS NOT NULL') INTO set_last USING deal, n ->> 'source', n ->> 'note';
		n := n || coalesce(set_last, '{}');
		RETURN QUERY VALUES (0, format('note %s of %s', (n ->> 'note'), CASE (n ->> 'holder') WHEN '' THEN (n ->> 'source') ELSE (n ->> 'holder') END), trim_scale((n ->> 'price')::numeric)::text,
			format('since %s, %s', (n ->> 'from_day'), CASE WHEN (n ->> 'quoted')::boolean THEN 'made by quotes' ELSE 'set by hand' END), NULL::text);
		IF (n ->> 'quoted')::boolean THEN
			RETURN QUERY VALUES (1, 'terms', (n ->> 'terms'), format('security %s', (n ->> 'security')), NULL::text);
			RETURN QUERY SELECT q.* FROM covenant_internal.explain_quotes(ledger, (n ->> 'source'), (n ->> 'terms'), (n ->> 'security')) q;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.explain_price(regclass, text, text) IS
'How the conversion prices of a deal''s notes, or of one note, come about, as an indented list';

CREATE FUNCTION covenant.explain(deals regclass, deal text, what text, ref text = NULL)
RETURNS TABLE (line int, depth int, label text, value text, how text, clause text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	books record;
	asks text;
BEGIN
	asks := CASE what WHEN 'status' THEN 'explain_status($1, $2)' WHEN 'duty' THEN 'explain_duty($1, $2, $3)'
		WHEN 'damages' THEN 'explain_damages($1, $2, $3)' WHEN 'price' THEN 'explain_price($1, $2, $3)' END;
	IF asks IS NULL OR deal IS NULL THEN
		RAISE EXCEPTION 'nothing to explain called "%"', coalesce(what, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Of a deal, status, duty, damages and price can be explained.';
	END IF;
	SELECT b.ledger, b.key INTO books FROM covenant_internal.books_of(deals) b;
	PERFORM covenant_internal.require_deal(deals, books.key, deal);
	IF what IN ('duty', 'damages') THEN
		PERFORM covenant_internal.adopted_books(deals);
	END IF;
	RETURN QUERY EXECUTE format('SELECT x.n::int, x.depth, x.label, x.value, x.how, x.clause
		FROM covenant_internal.%s WITH ORDINALITY x(depth, label, value, how, clause, n)', asks) USING books.ledger, deal, ref;
END
$$;
COMMENT ON FUNCTION covenant.explain(regclass, text, text, text) IS
'How a number came about, as an indented list, as of covenant.as_of: of a deal its status (slack, down to each note), a duty (ref: of one; with the words of its clause), damages (ref: of one breach; row by row) or the price of its notes (ref: the key of one; with the worksheet of its quotes). line orders the rows, depth indents them, how says in words where value comes from, clause names the section. 22023 something else, or no such deal; 55000 not watched, or nothing adopted';

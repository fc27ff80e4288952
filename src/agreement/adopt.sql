
-- Adopting an agreement: its tables and views beside a deals table ------------

CREATE FUNCTION covenant_internal.fill_in(ledger regclass, template text, words jsonb = '{}', made boolean = true) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	texts CONSTANT text[] := regexp_split_to_array(template, '\{[a-z_]+\}');
	names CONSTANT text[] := ARRAY(SELECT m[1] FROM regexp_matches(template, '\{([a-z_]+)\}', 'g') WITH ORDINALITY AS f(m, n) ORDER BY n);
	filled text := texts[1];
	suffix text;
BEGIN
	-- Once through, from left to right: what is put in is not looked at again.
	FOR i IN 1 .. cardinality(names) LOOP
		suffix := CASE names[i] WHEN 'ledger' THEN 'reserve' ELSE names[i] END;
		filled := filled || CASE
			WHEN words ? names[i] THEN words ->> names[i]
			WHEN made THEN covenant_internal.require_vouched(ledger, suffix)::text
			ELSE covenant_internal.name_beside(ledger, suffix) END || texts[i + 1];
	END LOOP;
	RETURN filled;
END
$$;
COMMENT ON FUNCTION covenant_internal.fill_in(regclass, text, jsonb, boolean) IS
'Puts the qualified names of a deals table''s books, events and views, which share the ledger''s schema and stem, where a template says {event} and the like, and words, which are SQL already, where it says their names. made: each of them is there and is vouched for (42P01); else they are about to be made';

CREATE FUNCTION covenant_internal.adopted_books(deals regclass) RETURNS regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := (covenant_internal.books_of(deals)).ledger;
BEGIN
	IF ledger IS NULL OR covenant_internal.events_of(ledger) IS NULL THEN
		RAISE EXCEPTION 'no agreement is adopted for "%"', deals
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Call covenant.adopt first.';
	END IF;
	RETURN ledger;
END
$$;
COMMENT ON FUNCTION covenant_internal.adopted_books(regclass) IS
'The ledger of a deals table for which an agreement was adopted; else 55000';

CREATE FUNCTION covenant_internal.adopt_tables() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT $t$
CREATE TABLE {event} (
	event_id bigint NOT NULL,
	deal {key_type} NOT NULL REFERENCES {deals} ({key}),
	kind text NOT NULL,
	occurred_on date NOT NULL DEFAULT covenant.as_of(),
	section text,
	holder text,
	subject text,
	ref text,
	amount numeric,
	shares bigint,
	price numeric,
	from_day date,
	to_day date,
	choice text,
	counterparty text,
	note text,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (deal, event_id)
);
CREATE SEQUENCE {event_seq} OWNED BY {event}.event_id;
COMMENT ON SEQUENCE {event_seq} IS 'Numbers of the events, drawn by a trigger (covenant)';
COMMENT ON TABLE {event} IS 'Dated facts about the deals: only ever added to; a wrong one is retracted by another; a deal with facts on record keeps its row and its key (covenant)';
COMMENT ON COLUMN {event}.event_id IS 'Number of the event; written by a trigger';
COMMENT ON COLUMN {event}.deal IS 'The deal';
COMMENT ON COLUMN {event}.kind IS 'Kind of fact: one of covenant.event_kinds(), or what a clause of the deal names in starts_on or ends_on';
COMMENT ON COLUMN {event}.occurred_on IS 'The day on which it happened, 1971 to 2199, covenant.as_of unless given; of filing_due the day by which the filing is due';
COMMENT ON COLUMN {event}.section IS 'Section of the agreement, such as 4(h): of breach always, of cure, election, waiver, damages_agreed and damages_adjudged unless ref ties it; of consent what is consented to (NULL: 4(h))';
COMMENT ON COLUMN {event}.holder IS 'The holder whom it concerns, who has signed or held something; NULL: the company, or every holder, of a payment in proportion to principal; empty where the notes have no holder column';
COMMENT ON COLUMN {event}.subject IS 'What a filing or document is: 10-QSB 2005-06-30, 8-K; a stop ends the start of the same subject';
COMMENT ON COLUMN {event}.ref IS 'What it is tied to: the ref of a duty, that is an event_id, a month end (YYYY-MM-DD) or shortfall YYYY-MM-DD; NULL: the earliest that is open';
COMMENT ON COLUMN {event}.amount IS 'Amount in the currency of the notes, not negative; of a payment in shares shares times price, half up to the cent, written by a trigger; of a consent the most shares by which the reserve may fall; of a waiver or damages_agreed how much is released or agreed (NULL: all)';
COMMENT ON COLUMN {event}.shares IS 'Shares paid, of damages_paid and interest_paid';
COMMENT ON COLUMN {event}.price IS 'Price per share of a payment in shares: the Conversion Price at the time of payment (Section 2(f))';
COMMENT ON COLUMN {event}.from_day IS 'Of a waiver: the first day that it covers; NULL: from the beginning';
COMMENT ON COLUMN {event}.to_day IS 'Of a waiver: the first day that it no longer covers; NULL: without end';
COMMENT ON COLUMN {event}.choice IS 'Of an election: cash or shares';
COMMENT ON COLUMN {event}.counterparty IS 'Whom else it concerns';
COMMENT ON COLUMN {event}.note IS 'Free text, from which nothing is read';
COMMENT ON COLUMN {event}.recorded_at IS 'When it was recorded; written by a trigger';
COMMENT ON COLUMN {event}.recorded_by IS 'Who recorded it (session_user); written by a trigger';

CREATE TABLE {clause} (
	clause_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal {key_type},
	from_day date,
	ord int NOT NULL,
	section text NOT NULL,
	duty text NOT NULL,
	owed_by text NOT NULL CHECK (owed_by IN ('company', 'buyers')),
	to_each_holder boolean NOT NULL,
	starts_on text NOT NULL,
	subjects text[],
	period int CHECK (period >= 0),
	unit text CHECK (unit IN ('business days', 'days', 'months', 'years')),
	calendar text,
	roll text CHECK (roll IN ('none', 'following')),
	ends_on text NOT NULL,
	remedy text NOT NULL CHECK (remedy IN ('damages', 'interest', 'per day', 'injunction', 'none')),
	rate numeric CHECK (rate >= 0),
	first_day_rate numeric CHECK (first_day_rate >= 0),
	cap numeric CHECK (cap >= 0),
	elector text CHECK (elector IN ('company', 'holder')),
	base text CHECK (base IN ('own_notes', 'all_notes', 'affected_notes')),
	words text,
	signed_by text[],
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	CHECK ((period IS NULL) = (unit IS NULL)),
	CHECK ((remedy IN ('injunction', 'none')) = (rate IS NULL))
);
COMMENT ON TABLE {clause} IS 'The agreement as data, one row a clock, or what an amendment makes of it for a deal from a day on: only ever added to, see covenant.amend. A clock runs by the clause of its duty that was in force on the day of its start: the deal''s own before the general one, the later from_day before the earlier, the later recorded before the earlier (covenant)';
COMMENT ON COLUMN {clause}.clause_id IS 'Number of the row; of two recorded at one moment the higher holds';
COMMENT ON COLUMN {clause}.deal IS 'The deal whose agreement says so; NULL: every deal';
COMMENT ON COLUMN {clause}.from_day IS 'The first day of starts to which it applies (Section 8(e)); NULL: always';
COMMENT ON COLUMN {clause}.ord IS 'Place of the duty, the same in all its rows; of two breaches that begin on one day the lower goes first';
COMMENT ON COLUMN {clause}.section IS 'Section of the agreement';
COMMENT ON COLUMN {clause}.duty IS 'What is to be done; the name by which an amendment knows the clause';
COMMENT ON COLUMN {clause}.owed_by IS 'Who owes it: company or buyers';
COMMENT ON COLUMN {clause}.to_each_holder IS 'Whether it is owed to each holder, and done when each who held something at its start has been served';
COMMENT ON COLUMN {clause}.starts_on IS 'What starts the clock: an event kind, month_end or shortfall';
COMMENT ON COLUMN {clause}.subjects IS 'How the subject of an event begins that starts it; NULL: any';
COMMENT ON COLUMN {clause}.period IS 'Time allowed, in units; NULL: none, broken from the day of the start';
COMMENT ON COLUMN {clause}.unit IS 'business days, days, months or years';
COMMENT ON COLUMN {clause}.calendar IS 'Which days are business days; NULL: as the readings say';
COMMENT ON COLUMN {clause}.roll IS 'following: a last day that is no business day moves to the next one; none: it stays; NULL: as the reading sunday says of periods in days';
COMMENT ON COLUMN {clause}.ends_on IS 'What ends the clock: an event kind; last_note: a restriction until the last note is gone';
COMMENT ON COLUMN {clause}.remedy IS 'What lateness costs: damages on the notes, interest on the event''s amount, an amount per day, none; injunction: a breach without an amount';
COMMENT ON COLUMN {clause}.rate IS 'Rate of the remedy: a month for damages (0.03), a year for interest (0.15); per day: an amount in the currency of the notes';
COMMENT ON COLUMN {clause}.first_day_rate IS 'What damages come to on the first day besides, as a fraction of the same base; NULL: nothing';
COMMENT ON COLUMN {clause}.cap IS 'The most that one breach costs: a fraction of the base for damages and interest, an amount for per day; NULL: no limit';
COMMENT ON COLUMN {clause}.elector IS 'Who elects cash or shares: company or holder; NULL: cash only';
COMMENT ON COLUMN {clause}.base IS 'Whose notes damages are taken of: own_notes, all_notes, affected_notes; NULL: as the readings say';
COMMENT ON COLUMN {clause}.words IS 'The words of the agreement that the row rests on';
COMMENT ON COLUMN {clause}.signed_by IS 'Who signed the amendment (Section 8(e)); kept, not judged';
COMMENT ON COLUMN {clause}.recorded_at IS 'When it was recorded; written by a trigger';
COMMENT ON COLUMN {clause}.recorded_by IS 'Who recorded it (session_user); written by a trigger';

CREATE TABLE {reading} (
	reading_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal {key_type},
	from_day date,
	form text NOT NULL,
	formula text NOT NULL,
	interest text NOT NULL,
	months text NOT NULL,
	day_count text NOT NULL,
	calendar text NOT NULL,
	base text NOT NULL,
	additional_notes text NOT NULL,
	stacking text NOT NULL,
	recovery text NOT NULL,
	board_curable text NOT NULL,
	shortfall text NOT NULL,
	approval text NOT NULL,
	accrual text NOT NULL,
	list_accrual text NOT NULL,
	cure_day text NOT NULL,
	sunday text NOT NULL,
	expenses text NOT NULL,
	expenses_base text NOT NULL,
	expenses_breach text NOT NULL,
	list_interest text NOT NULL,
	each_buyer text NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL
);
COMMENT ON TABLE {reading} IS 'How the ambiguous points of the agreement are read: only ever added to, see covenant.adopt. A clock is read as in force on the day of its start: the deal''s own reading before the general one, the later from_day before the earlier, the later recorded before the earlier (covenant)';
COMMENT ON COLUMN {reading}.reading_id IS 'Number of the adoption; of two recorded at one moment the higher holds';
COMMENT ON COLUMN {reading}.deal IS 'The deal that is read so; NULL: every deal';
COMMENT ON COLUMN {reading}.from_day IS 'The first day of starts to which it applies; NULL: always';
COMMENT ON COLUMN {reading}.form IS 'Form of agreement adopted';
COMMENT ON COLUMN {reading}.formula IS 'What the three percent are taken of, and what is added (Section 2(f))';
COMMENT ON COLUMN {reading}.interest IS 'Which interest the formulas with interest take (Section 2(f))';
COMMENT ON COLUMN {reading}.months IS 'How partial months are prorated (Section 2(f))';
COMMENT ON COLUMN {reading}.day_count IS 'How days of interest are counted';
COMMENT ON COLUMN {reading}.calendar IS 'Which days are business days where the clause names no calendar';
COMMENT ON COLUMN {reading}.base IS 'Whose notes a holder''s damages are taken of';
COMMENT ON COLUMN {reading}.additional_notes IS 'Whether Additional Notes count (Recital B, Section 4(l))';
COMMENT ON COLUMN {reading}.stacking IS 'Whether simultaneous breaches cost once each or once in all, or a limb of its own takes the place of Section 4(o)';
COMMENT ON COLUMN {reading}.recovery IS 'Whether a price that recovers and falls again restarts the 30 days of Section 4(h)';
COMMENT ON COLUMN {reading}.board_curable IS 'Whether a shortfall that the board alone can cure counts for the 30 days of Section 4(h)';
COMMENT ON COLUMN {reading}.shortfall IS 'Whether a shortfall is a breach itself (Sections 4(h) and 4(o))';
COMMENT ON COLUMN {reading}.approval IS 'What ends the damages of the 30 days of Section 4(h)';
COMMENT ON COLUMN {reading}.accrual IS 'From when the damages of the 30 days of Section 4(h) run';
COMMENT ON COLUMN {reading}.list_accrual IS 'From when the damages of a late list run (Section 4(h))';
COMMENT ON COLUMN {reading}.cure_day IS 'Whether the day of a stop still counts';
COMMENT ON COLUMN {reading}.sunday IS 'Whether a period in days that ends on no business day moves (N.Y. Gen. Constr. Law s. 25)';
COMMENT ON COLUMN {reading}.expenses IS 'From when the interest on expenses runs (Section 4(f))';
COMMENT ON COLUMN {reading}.expenses_base IS 'Whether that interest is taken of the total or of what is unpaid (Section 4(f))';
COMMENT ON COLUMN {reading}.expenses_breach IS 'Whether expenses paid late also cost damages (Sections 4(f) and 4(o))';
COMMENT ON COLUMN {reading}.list_interest IS 'Which year''s interest the list counts (Section 4(h))';
COMMENT ON COLUMN {reading}.each_buyer IS 'Whose consent a reduction of the reserve wants (Section 4(h))';
COMMENT ON COLUMN {reading}.recorded_at IS 'When it was adopted; written by a trigger';
COMMENT ON COLUMN {reading}.recorded_by IS 'Who adopted it (session_user); written by a trigger';

CREATE TABLE {list} (
	deal {key_type} NOT NULL,
	month_end date NOT NULL,
	holder text NOT NULL,
	reserved_for_holder bigint NOT NULL,
	conversion_shares bigint NOT NULL,
	warrant_shares bigint NOT NULL,
	interest_shares bigint NOT NULL,
	total bigint NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (deal, month_end, holder)
);
COMMENT ON TABLE {list} IS 'Lists of Section 4(h) as delivered, stored by covenant.close_month: only ever added to';
COMMENT ON COLUMN {list}.deal IS 'The deal';
COMMENT ON COLUMN {list}.month_end IS 'The month end that the list is about';
COMMENT ON COLUMN {list}.holder IS 'The holder; empty where the tables have no holder column';
COMMENT ON COLUMN {list}.reserved_for_holder IS 'Shares authorized and reserved for the holder';
COMMENT ON COLUMN {list}.conversion_shares IS 'Shares issuable on conversion of the holder''s notes';
COMMENT ON COLUMN {list}.warrant_shares IS 'Shares issuable on exercise of the holder''s warrants';
COMMENT ON COLUMN {list}.interest_shares IS 'Shares that would pay one year''s interest';
COMMENT ON COLUMN {list}.total IS 'Item (2) of the list: the sum of the three';
COMMENT ON COLUMN {list}.recorded_at IS 'When the list was stored; written by a trigger';
COMMENT ON COLUMN {list}.recorded_by IS 'Who stored it (session_user); written by a trigger';

CREATE TRIGGER covenant_assign BEFORE INSERT ON {event} FOR EACH ROW EXECUTE FUNCTION covenant_internal.number_event();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {event} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_paid AFTER INSERT ON {event} FOR EACH ROW
	WHEN (NEW.kind = 'damages_paid' OR NEW.kind = 'interest_paid') EXECUTE FUNCTION covenant_internal.record_payment();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {event} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
CREATE TRIGGER covenant_check BEFORE INSERT ON {clause} FOR EACH ROW EXECUTE FUNCTION covenant_internal.check_clause();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {clause} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {clause} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {reading} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {reading} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {list} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {list} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
$t$
$f$;
COMMENT ON FUNCTION covenant_internal.adopt_tables() IS
'Template of the tables that covenant.adopt makes: event, clause, reading, list';

CREATE FUNCTION covenant_internal.adopt_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT * FROM covenant_internal.fact_views()
UNION ALL SELECT * FROM covenant_internal.duty_views()
UNION ALL SELECT * FROM covenant_internal.damages_views()
UNION ALL SELECT * FROM covenant_internal.month_end_views()
ORDER BY 1
$$;
COMMENT ON FUNCTION covenant_internal.adopt_views() IS
'Templates of the views that covenant.adopt makes, each after those it reads';

CREATE FUNCTION covenant_internal.clauses_now() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT '(SELECT DISTINCT ON (k.duty) k.* FROM {clause} k WHERE k.deal IS NULL AND k.recorded_at <= covenant.known_at()
	AND (k.from_day IS NULL OR k.from_day <= covenant.as_of())
	ORDER BY k.duty, k.from_day DESC NULLS LAST, k.recorded_at DESC, k.clause_id DESC)'
$$;
COMMENT ON FUNCTION covenant_internal.clauses_now() IS
'Template of the clauses that hold for every deal on covenant.as_of';

CREATE FUNCTION covenant_internal.create_view(ledger regclass, key_type text, owner name,
	suffix text, keys text, body text, about text, columns text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := covenant_internal.name_beside(ledger, suffix);
	function_name CONSTANT text := covenant_internal.name_beside(ledger, suffix || '_of');
BEGIN
	-- Of the clauses these templates know what holds for every deal now.
	body := covenant_internal.fill_in(ledger, replace(body, '{clause} c', covenant_internal.clauses_now() || ' c'));
	IF keys IS NOT NULL THEN
		-- a view that asks a function of one deal; see the templates
		EXECUTE format('CREATE FUNCTION %s(deal %s) RETURNS TABLE (%s) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 20
				SET search_path = pg_catalog, pg_temp SET jit = off AS %L',
			function_name, key_type,
			(SELECT string_agg(format('%I %s', columns[n][1], columns[n][3]), ', ' ORDER BY n)
			 FROM generate_subscripts(columns, 1) n WHERE columns[n][3] IS NOT NULL),
			format(E'\n#variable_conflict use_column\nBEGIN\n\tRETURN QUERY%s;\nEND\n', body));
		EXECUTE format('COMMENT ON FUNCTION %s(%s) IS %L', function_name, key_type, format('%s: one deal''s rows', about));
		EXECUTE format('ALTER FUNCTION %s(%s) OWNER TO %I', function_name, key_type, owner);
		body := format('SELECT d.deal, o.* FROM %s d CROSS JOIN LATERAL %s(d.deal) o', covenant_internal.fill_in(ledger, keys), function_name);
	END IF;
	EXECUTE format('CREATE VIEW %s WITH (security_invoker = true) AS %s', name, body);
	PERFORM covenant_internal.comment_relation(name::regclass, about, columns);
	EXECUTE format('ALTER VIEW %s OWNER TO %I', name, owner);
END
$$;
COMMENT ON FUNCTION covenant_internal.create_view(regclass, text, name, text, text, text, text, text[]) IS
'Makes one view of an agreement from its template, and where it has keys the function of one deal that the view asks, with their comments; called by covenant.adopt';

CREATE FUNCTION covenant_internal.name_ledger(events regclass, ledger regclass) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.ledger_of_events(events) IS DISTINCT FROM ledger THEN
		IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = events AND tgname = 'covenant_check') THEN
			EXECUTE format('DROP TRIGGER covenant_check ON %s', events);
		END IF;
		EXECUTE (SELECT format('CREATE TRIGGER covenant_check BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION covenant_internal.check_event(%L, %L)',
							   events, 'schema=' || n.nspname, 'ledger=' || l.relname)
				 FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace WHERE l.oid = ledger);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.name_ledger(regclass, regclass) IS
'Has the trigger on a table of events name the ledger, also after that has got another name';

CREATE FUNCTION covenant_internal.create_agreement(deals regclass, ledger regclass, key name, form text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key_type CONSTANT text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
		WHERE a.attrelid = ledger AND a.attname = 'deal');
	owner CONSTANT name := (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = ledger);
	tables CONSTANT text[] := ARRAY['event', 'clause', 'reading', 'list'];
	suffix text;
BEGIN
	PERFORM covenant_internal.refuse_in_the_way(ledger, tables || ARRAY(SELECT v.suffix FROM covenant_internal.adopt_views() v));
	EXECUTE covenant_internal.fill_in(ledger, covenant_internal.adopt_tables(),
		jsonb_build_object('deals', deals::text, 'key', quote_ident(key), 'key_type', key_type), false);
	PERFORM covenant_internal.name_ledger(covenant_internal.found_beside(ledger, 'event'), ledger);
	EXECUTE format('INSERT INTO %s (ord, section, duty, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar, roll, ends_on,
			remedy, rate, first_day_rate, cap, elector, base, words)
		SELECT * FROM covenant.clauses($1) ORDER BY ord', covenant_internal.name_beside(ledger, 'clause')) USING form;
	FOREACH suffix IN ARRAY tables LOOP
		EXECUTE format('ALTER TABLE %s OWNER TO %I', covenant_internal.name_beside(ledger, suffix), owner);
	END LOOP;
	PERFORM covenant_internal.create_view(ledger, key_type, owner, v.suffix, v.keys, v.body, v.about, v.columns)
	FROM covenant_internal.adopt_views() v;
END
$$;
COMMENT ON FUNCTION covenant_internal.create_agreement(regclass, regclass, name, text) IS
'Makes the tables and views of an agreement beside a deals table, owned by the owner of its books; 42P07 where something has one of their names; called by covenant.adopt';

CREATE FUNCTION covenant_internal.require_deal(deals regclass, key name, deal text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	there boolean := false;
BEGIN
	IF deal IS NULL THEN
		RETURN;
	END IF;
	BEGIN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1::%s)', deals, key,
			(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = deals AND a.attname = key))
			INTO there USING deal;
	EXCEPTION WHEN data_exception THEN
		NULL;					-- not even spelt as a key: no such deal
	END;
	IF NOT there THEN
		RAISE EXCEPTION 'table "%" has no deal "%"', deals, deal
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Leave the deal out for what holds for all of them.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_deal(regclass, name, text) IS
'Raises 22023 where a deals table has no such deal; NULL stands for all of them';

CREATE FUNCTION covenant_internal.require_agreement_owner(deals regclass) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = deals), 'MEMBER') THEN
		RAISE EXCEPTION 'must be owner of table %', deals
			USING ERRCODE = 'insufficient_privilege';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_agreement_owner(regclass) IS
'Raises 42501 unless the role is a member of the owner of a deals table';

CREATE FUNCTION covenant_internal.record_reading(ledger regclass, form text, chosen jsonb, deal text, from_day date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	readings CONSTANT text[] := ARRAY(SELECT c.reading FROM covenant.reading_choices() WITH ORDINALITY c(reading, question, clause, choices, company, buyers, n) ORDER BY c.n);
BEGIN
	EXECUTE format('INSERT INTO %s (deal, from_day, form, %s) SELECT $1::%s, $2, $3, %s',
		covenant_internal.require_vouched(ledger, 'reading'),
		(SELECT string_agg(quote_ident(r), ', ' ORDER BY n) FROM unnest(readings) WITH ORDINALITY u(r, n)),
		covenant_internal.key_type(ledger),
		(SELECT string_agg(format('$4 ->> %L', r), ', ' ORDER BY n) FROM unnest(readings) WITH ORDINALITY u(r, n)))
		USING deal, from_day, form, chosen;
END
$$;
COMMENT ON FUNCTION covenant_internal.record_reading(regclass, text, jsonb, text, date) IS
'Adds a row of readings, all of them in chosen, beside a ledger';

CREATE FUNCTION covenant.adopt(deals regclass, form text, readings jsonb, deal text = NULL, from_day date = NULL) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen jsonb;
	books record;
	events regclass;
BEGIN
	IF deals IS NULL OR form IS NULL THEN
		RAISE EXCEPTION 'a deals table and a form of agreement must be named'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM covenant_internal.require_agreement_owner(deals);
	PERFORM covenant.clauses(form);
	chosen := covenant_internal.chosen_readings(readings);
	PERFORM covenant_internal.require_day(from_day, 'from_day');
	SELECT b.ledger, b.key INTO books FROM covenant_internal.books_of(deals) b;
	EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', deals);  -- one at a time adopts
	events := covenant_internal.events_of(books.ledger);
	PERFORM covenant_internal.require_deal(deals, books.key, deal);
	IF events IS NOT NULL THEN
		PERFORM covenant_internal.name_ledger(events, books.ledger);
	ELSIF deal IS NOT NULL OR from_day IS NOT NULL THEN
		RAISE EXCEPTION 'no agreement is adopted for "%"', deals
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'The first adoption holds for every deal and always: leave deal and from_day out. What differs is adopted afterwards.';
	ELSE
		PERFORM covenant_internal.create_agreement(deals, books.ledger, books.key, form);
	END IF;
	PERFORM covenant_internal.record_reading(books.ledger, form, chosen, deal, from_day);
END
$$;
COMMENT ON FUNCTION covenant.adopt(regclass, text, jsonb, text, date) IS
'Adopts a form of agreement (spa-2005) for the deals of a watched table: makes its event, clause, reading and list tables and its views, once, and records how the ambiguous points are read. readings names them all, see covenant.reading_choices(), or takes a side''s choices for what it does not name: {"as": "company"} or {"as": "buyers"}. Called again it records other readings and changes nothing else: for one deal, or for what starts from a day on; the first call holds for every deal and always. 42501 not the owner, 55000 not watched, or the events are not where they belong, or the first call names a deal or a day, 42P07 something has a name that is needed, 22023 a reading missing or unknown, no such deal, 22008 a day that no calendar knows';

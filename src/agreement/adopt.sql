
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
	holder text,
	ref text,
	amount numeric,
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
COMMENT ON COLUMN {event}.kind IS 'Kind of fact, one of covenant.event_kinds()';
COMMENT ON COLUMN {event}.occurred_on IS 'The day on which it happened, covenant.as_of unless given; of filing_due the day by which the filing is due';
COMMENT ON COLUMN {event}.holder IS 'The holder whom it concerns; NULL: the company, or every holder, of a payment in proportion to principal; empty where the notes have no holder column';
COMMENT ON COLUMN {event}.ref IS 'What it is tied to: the ref of a duty, that is an event_id, a month end (YYYY-MM-DD) or shortfall YYYY-MM-DD; NULL: the earliest that is open';
COMMENT ON COLUMN {event}.amount IS 'Amount in the currency of the notes; of a consent: the most shares by which the reserve may fall';
COMMENT ON COLUMN {event}.note IS 'Free text; of breach it begins with the section, of cure, election, waiver, damages_agreed and damages_adjudged too unless ref ties it';
COMMENT ON COLUMN {event}.recorded_at IS 'When it was recorded; written by a trigger';
COMMENT ON COLUMN {event}.recorded_by IS 'Who recorded it (session_user); written by a trigger';

CREATE TABLE {clause} (
	ord int PRIMARY KEY,
	section text NOT NULL,
	duty text NOT NULL,
	owed_by text NOT NULL CHECK (owed_by IN ('company', 'buyers')),
	starts_on text NOT NULL CHECK (starts_on = ANY (covenant.event_kinds()) OR starts_on IN ('month_end', 'shortfall')),
	period int CHECK (period >= 0),
	unit text CHECK (unit IN ('business days', 'days', 'months', 'years')),
	calendar text CHECK (calendar IS NULL OR covenant.is_business_day('2005-05-23', calendar) IS NOT NULL),
	roll text NOT NULL DEFAULT 'none' CHECK (roll IN ('none', 'following')),
	ends_on text NOT NULL CHECK (ends_on = ANY (covenant.event_kinds()) OR ends_on = 'last_note'),
	remedy text NOT NULL CHECK (remedy IN ('damages', 'interest', 'none')),
	rate numeric CHECK (rate >= 0),
	elector text CHECK (elector IN ('company', 'holder')),
	words text,
	UNIQUE (section, duty),
	CHECK ((period IS NULL) = (unit IS NULL)),
	CHECK ((remedy = 'none') = (rate IS NULL))
);
COMMENT ON TABLE {clause} IS 'The agreement as data, one row a clock; edit it where the deals differ from the form: the views follow at once, what it said before is not kept (covenant)';
COMMENT ON COLUMN {clause}.ord IS 'Place of the clause; of two breaches that begin on one day the lower goes first';
COMMENT ON COLUMN {clause}.section IS 'Section of the agreement';
COMMENT ON COLUMN {clause}.duty IS 'What is to be done';
COMMENT ON COLUMN {clause}.owed_by IS 'Who owes it: company or buyers';
COMMENT ON COLUMN {clause}.starts_on IS 'What starts the clock: an event kind, month_end or shortfall';
COMMENT ON COLUMN {clause}.period IS 'Time allowed, in units; NULL: none, broken from the day of the start';
COMMENT ON COLUMN {clause}.unit IS 'business days, days, months or years';
COMMENT ON COLUMN {clause}.calendar IS 'Which days are business days; NULL: as the readings say';
COMMENT ON COLUMN {clause}.roll IS 'following: a last day that is no business day moves to the next one; none: it stays';
COMMENT ON COLUMN {clause}.ends_on IS 'What ends the clock: an event kind; last_note: a restriction until the last note is gone';
COMMENT ON COLUMN {clause}.remedy IS 'What lateness costs: damages on the notes, interest on the event''s amount, or none';
COMMENT ON COLUMN {clause}.rate IS 'Rate of the remedy: a month for damages (0.03), a year for interest (0.15)';
COMMENT ON COLUMN {clause}.elector IS 'Who elects cash or shares: company or holder; NULL: cash only';
COMMENT ON COLUMN {clause}.words IS 'The words of the agreement that the row rests on';

CREATE TABLE {reading} (
	reading_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	form text NOT NULL,
	formula text NOT NULL,
	interest text NOT NULL,
	months text NOT NULL,
	day_count text NOT NULL,
	calendar text NOT NULL,
	base text NOT NULL,
	stacking text NOT NULL,
	recovery text NOT NULL,
	board_curable text NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL
);
COMMENT ON TABLE {reading} IS 'How the ambiguous points of the agreement are read; the latest row holds, the earlier ones stay on record (covenant.adopt)';
COMMENT ON COLUMN {reading}.reading_id IS 'Number of the adoption; the highest holds';
COMMENT ON COLUMN {reading}.form IS 'Form of agreement adopted';
COMMENT ON COLUMN {reading}.formula IS 'What the three percent are taken of, and what is added (Section 2(f))';
COMMENT ON COLUMN {reading}.interest IS 'Which interest the formulas with interest take (Section 2(f))';
COMMENT ON COLUMN {reading}.months IS 'How partial months are prorated (Section 2(f))';
COMMENT ON COLUMN {reading}.day_count IS 'How days of interest are counted';
COMMENT ON COLUMN {reading}.calendar IS 'Which days are business days where the clause names no calendar';
COMMENT ON COLUMN {reading}.base IS 'Whose notes a holder''s damages are taken of';
COMMENT ON COLUMN {reading}.stacking IS 'Whether simultaneous breaches cost once each or once in all';
COMMENT ON COLUMN {reading}.recovery IS 'Whether a price that recovers and falls again restarts the 30 days of Section 4(h)';
COMMENT ON COLUMN {reading}.board_curable IS 'Whether a shortfall that the board alone can cure counts for the 30 days of Section 4(h)';
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
	body := covenant_internal.fill_in(ledger, body);
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
	EXECUTE format('INSERT INTO %s SELECT * FROM covenant.clauses($1)', covenant_internal.name_beside(ledger, 'clause')) USING form;
	FOREACH suffix IN ARRAY tables LOOP
		EXECUTE format('ALTER TABLE %s OWNER TO %I', covenant_internal.name_beside(ledger, suffix), owner);
	END LOOP;
	PERFORM covenant_internal.create_view(ledger, key_type, owner, v.suffix, v.keys, v.body, v.about, v.columns)
	FROM covenant_internal.adopt_views() v;
END
$$;
COMMENT ON FUNCTION covenant_internal.create_agreement(regclass, regclass, name, text) IS
'Makes the tables and views of an agreement beside a deals table, owned by the owner of its books; 42P07 where something has one of their names; called by covenant.adopt';

CREATE FUNCTION covenant.adopt(deals regclass, form text, readings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
	events regclass;
BEGIN
	IF deals IS NULL OR form IS NULL THEN
		RAISE EXCEPTION 'a deals table and a form of agreement must be named'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = deals), 'MEMBER') THEN
		RAISE EXCEPTION 'must be owner of table %', deals
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	PERFORM covenant.clauses(form);
	PERFORM covenant_internal.check_readings(readings);
	SELECT b.ledger, b.key INTO books FROM covenant_internal.books_of(deals) b;
	EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', deals);  -- one at a time adopts
	events := covenant_internal.events_of(books.ledger);
	IF events IS NULL THEN
		PERFORM covenant_internal.create_agreement(deals, books.ledger, books.key, form);
	ELSE
		PERFORM covenant_internal.name_ledger(events, books.ledger);
	END IF;
	EXECUTE covenant_internal.fill_in(books.ledger, $q$
		INSERT INTO {reading} (form, formula, interest, months, day_count, calendar, base, stacking, recovery, board_curable)
		SELECT $1, r.* FROM jsonb_to_record($2) AS r(formula text, interest text, months text, day_count text,
			calendar text, base text, stacking text, recovery text, board_curable text)
	$q$) USING form, readings;
END
$$;
COMMENT ON FUNCTION covenant.adopt(regclass, text, jsonb) IS
'Adopts a form of agreement (spa-2005) for the deals of a watched table: makes its event, clause, reading and list tables and its views, once, and records how the ambiguous points are read. readings must name them all, see covenant.reading_choices(); called again it records other readings and changes nothing else. 42501 not the owner, 55000 not watched, or the events are not where they belong, 42P07 something has a name that is needed, 22023 a reading missing or unknown';


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

CREATE FUNCTION covenant_internal.list_table() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT $t$
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

CREATE TRIGGER covenant_stamp BEFORE INSERT ON {list} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {list} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
$t$
$f$;
COMMENT ON FUNCTION covenant_internal.list_table() IS
'Template of the table of lists as delivered';

CREATE FUNCTION covenant_internal.adopt_tables() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT covenant_internal.event_table() || covenant_internal.clause_table() || covenant_internal.clause_comments()
	|| covenant_internal.reading_table() || covenant_internal.list_table()
$$;
COMMENT ON FUNCTION covenant_internal.adopt_tables() IS
'Template of the tables that covenant.adopt makes: event, clause, reading, list';

CREATE FUNCTION covenant_internal.make_agreement_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_duty_views(ledger), covenant_internal.make_damages_views(ledger),
		covenant_internal.make_list_view(ledger), covenant_internal.make_offering_view(ledger),
		covenant_internal.make_closing_views(ledger), covenant_internal.make_proceeds_view(ledger), covenant_internal.make_upcoming_views(ledger)
$$;
COMMENT ON FUNCTION covenant_internal.make_agreement_views(regclass) IS
'Makes the views of an adopted agreement beside a ledger';

CREATE FUNCTION covenant_internal.name_ledger(events regclass, ledger regclass) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.ledger_of_events(events) IS DISTINCT FROM ledger THEN
		PERFORM covenant_internal.allow_triggers(events);
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
	PERFORM covenant_internal.refuse_in_the_way(ledger, tables || ARRAY['duty', 'breach', 'damages', 'damages_month', 'payment',
		'monthly_list', 'offering', 'condition', 'closing', 'proceeds', 'upcoming', 'unmatched']);
	EXECUTE covenant_internal.fill_in(ledger, covenant_internal.adopt_tables(),
		jsonb_build_object('deals', deals::text, 'key', quote_ident(key), 'key_type', key_type), false);
	PERFORM covenant_internal.name_ledger(covenant_internal.found_beside(ledger, 'event'), ledger);
	PERFORM covenant_internal.spread_beside(covenant_internal.name_beside(ledger, t.suffix)::regclass, t.deal, deals)
	FROM (VALUES ('event', 'deal'), ('list', 'deal'), ('clause', NULL), ('reading', NULL)) AS t(suffix, deal);
	EXECUTE format('INSERT INTO %s (ord, section, duty, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar, roll, ends_on,
			remedy, rate, first_day_rate, cap, elector, base, words)
		SELECT * FROM covenant.clauses($1) ORDER BY ord', covenant_internal.name_beside(ledger, 'clause')) USING form;
	FOREACH suffix IN ARRAY tables LOOP
		EXECUTE format('ALTER TABLE %s OWNER TO %I', covenant_internal.name_beside(ledger, suffix), owner);
	END LOOP;
	PERFORM covenant_internal.make_agreement_views(ledger);
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

CREATE FUNCTION covenant_internal.record_reading(ledger regclass, form text, chosen jsonb, deal text, from_day date, proceeds jsonb, subsidiaries text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	readings CONSTANT text[] := ARRAY(SELECT c.reading FROM covenant.reading_choices() WITH ORDINALITY c(reading, question, clause, choices, company, buyers, n) ORDER BY c.n);
BEGIN
	EXECUTE format('INSERT INTO %s (deal, from_day, form, %s, proceeds, subsidiaries) SELECT $1::%s, $2, $3, %s, $5, $6',
		covenant_internal.adopted_table(ledger, 'reading'),
		(SELECT string_agg(quote_ident(r), ', ' ORDER BY n) FROM unnest(readings) WITH ORDINALITY u(r, n)),
		covenant_internal.key_type(ledger),
		(SELECT string_agg(format('$4 ->> %L', r), ', ' ORDER BY n) FROM unnest(readings) WITH ORDINALITY u(r, n)))
		USING deal, from_day, form, chosen, proceeds, subsidiaries;
END
$$;
COMMENT ON FUNCTION covenant_internal.record_reading(regclass, text, jsonb, text, date, jsonb, text[]) IS
'Adds a row of readings, all of them in chosen, with Schedule 4(d), beside a ledger';

CREATE FUNCTION covenant.adopt(deals regclass, form text, readings jsonb, deal text = NULL, from_day date = NULL,
	proceeds jsonb = NULL, subsidiaries text[] = NULL) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen jsonb;
	schedule record;
	books record;
	events regclass;
BEGIN
	IF deals IS NULL OR form IS NULL THEN
		RAISE EXCEPTION 'a deals table and a form of agreement must be named'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM covenant_internal.require_agreement_owner(deals);
	PERFORM covenant.clauses(form);
	chosen := covenant_internal.chosen_readings(readings - 'proceeds' - 'subsidiaries');
	PERFORM covenant_internal.require_day(from_day, 'from_day');
	schedule := covenant_internal.schedule_of(readings, proceeds, subsidiaries);
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
	PERFORM covenant_internal.record_reading(books.ledger, form, chosen, deal, from_day, schedule.proceeds, schedule.subsidiaries);
END
$$;
COMMENT ON FUNCTION covenant.adopt(regclass, text, jsonb, text, date, jsonb, text[]) IS
'Adopts a form of agreement (spa-2005) for the deals of a watched table: makes its event, clause, reading and list tables and its views, once, and records how the ambiguous points are read. readings names them all, see covenant.reading_choices(), or takes a side''s choices for what it does not name: {"as": "company"} or {"as": "buyers"}. Called again it records other readings and changes nothing else: for one deal, or for what starts from a day on; the first call holds for every deal and always. proceeds: the categories of Schedule 4(d) with their amounts, {"working capital": 1500000}, and subsidiaries: those that exist at signing, both for Section 4(d); left out they stay as adopted before. Both may also stand in readings, under these names, so that what a row of the table of readings has can be adopted again. 42501 not the owner, 55000 not watched, or the events are not where they belong, or the first call names a deal or a day, 42P07 something has a name that is needed, 22023 a reading missing or unknown, no such deal, 22008 a day that no calendar knows';

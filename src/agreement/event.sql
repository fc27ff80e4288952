
-- Dated facts ------------------------------------------------------------------

CREATE FUNCTION covenant_internal.stamp() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.recorded_at := clock_timestamp();
	NEW.recorded_by := session_user;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION covenant_internal.stamp() IS
'Trigger that writes when and by whom a row was recorded, whatever the statement says';

CREATE FUNCTION covenant_internal.number_event() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_number_event';
COMMENT ON FUNCTION covenant_internal.number_event() IS
'Trigger that gives an event its number, from the sequence that its column event_id owns; a number in the statement is refused (428C9)';

CREATE FUNCTION covenant_internal.record_payment() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_record_payment';
COMMENT ON FUNCTION covenant_internal.record_payment() IS
'Trigger on payments: what the column shares of an event says was paid to holders counts as issued where the same transaction takes it out of the reserve (Section 4(h), second sentence)';

CREATE FUNCTION covenant_internal.check_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := covenant_internal.ledger_of_events(TG_RELID);
	tied_to text := CASE WHEN NEW.ref ~ '^shortfall' THEN 'shortfall' WHEN NEW.ref ~ '-' THEN 'month_end' END;
	tied_section text;
BEGIN
	IF ledger IS NULL THEN
		RAISE EXCEPTION 'table "%" holds the events of no books', TG_RELID::regclass
			USING ERRCODE = 'undefined_table',
				DETAIL = format('Its trigger says %s: there are no such books, or they belong to another role.', array_to_string(TG_ARGV, ', ')),
				HINT = 'Put the books back there, or call covenant.adopt again where they are now.';
	END IF;
	IF NEW.kind IN ('consent', 'waiver') AND NEW.holder IS NULL
	   AND has_table_privilege(covenant_internal.require_vouched(ledger, 'position'), 'SELECT') THEN
		NEW.holder := (SELECT CASE count(*) WHEN 1 THEN min(h) END FROM covenant_internal.holders(ledger, NEW.deal::text) h);
	END IF;
	PERFORM covenant_internal.require_day(NEW.occurred_on, 'the day of the event');
	PERFORM covenant_internal.check_event_words(NEW.kind, NEW.occurred_on > covenant.as_of(),
		NEW.holder, NEW.ref, NEW.amount, NEW.note);
	IF NEW.ref ~ '^(shortfall )?[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
		PERFORM covenant_internal.require_day(right(NEW.ref, 10)::date, 'the day in ref');
	ELSIF NEW.ref ~ '^[0-9]+$' THEN
		EXECUTE format('SELECT kind, covenant_internal.section_in(note) FROM %s WHERE deal = $1 AND event_id = $2::bigint',
			TG_RELID::regclass) INTO tied_to, tied_section USING NEW.deal, NEW.ref;
		PERFORM covenant_internal.check_event_ref(NEW.kind, NEW.ref, tied_to);
	END IF;
	IF NEW.kind IN ('breach', 'cure', 'election', 'waiver', 'damages_agreed', 'damages_adjudged') THEN
		EXECUTE format('SELECT covenant_internal.check_event_section($1, $2, $3, $4, $5, array_agg(section), array_agg(elector), array_agg(starts_on)) FROM %s',
			covenant_internal.require_vouched(ledger, 'clause')) USING NEW.kind, covenant_internal.section_in(NEW.note), NEW.holder, tied_to, tied_section;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_event() IS
'Trigger on an event table, whose arguments name the ledger; reads the clauses and the positions beside that. Refuses (22023) what no clause can make sense of, and days of which no calendar knows (22008); a consent or waiver without a holder is that of the only one';

CREATE FUNCTION covenant_internal.check_event_words(kind text, in_future boolean, holder text, ref text, amount numeric, note text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
	hint text;
BEGIN
	IF kind IS NULL OR kind <> ALL (covenant.event_kinds()) THEN
		wrong := format('unknown kind of event "%s"', kind);
		hint := format('Kinds are: %s.', array_to_string(covenant.event_kinds(), ', '));
	ELSIF in_future AND kind <> 'filing_due' THEN
		wrong := format('event "%s" lies in the future of covenant.as_of', kind);
		hint := 'Facts are recorded when they have happened; only filing_due may be known before its day.';
	ELSIF kind IN ('consent', 'waiver') AND holder IS NULL THEN
		wrong := format('event "%s" names no holder', kind);
		hint := 'Each Buyer signs for itself (Section 8(e)); only where one alone has a balance need it not be named.';
	ELSIF amount IN ('NaN', 'Infinity', '-Infinity') THEN
		wrong := format('amount of event "%s" is not a finite number', kind);
		hint := 'Write the exact amount.';
	ELSIF abs(amount) >= 1e20 OR scale(trim_scale(amount)) > 20 THEN
		wrong := format('amount of event "%s" is out of range', kind);
		hint := 'Amounts have at most 20 digits before the point and 20 after it.';
	ELSIF kind IN ('invoice', 'interest_paid', 'damages_paid') AND coalesce(amount, 0) <= 0 OR amount < 0 THEN
		wrong := format('event "%s" needs a positive amount', kind);
		hint := 'Amounts of invoices and payments are positive, in the currency of the notes.';
	ELSIF kind = 'retraction' AND coalesce(ref, '') !~ '^[0-9]+$' THEN
		wrong := 'a retraction names no event';
		hint := 'Its ref is the event_id of the event that it retracts.';
	ELSIF ref !~ '^([0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|shortfall [0-9]{4}-[0-9]{2}-[0-9]{2})$' THEN
		wrong := format('ref "%s" does not tie to anything', ref);
		hint := 'It is an event_id, a month end as YYYY-MM-DD, or shortfall YYYY-MM-DD by its first day: the ref that the duty view shows.';
	ELSIF kind = 'list_delivered' AND (ref !~ '-' OR ref ~ 'shortfall' OR extract(day FROM ref::date + 1) <> 1) THEN
		wrong := format('ref "%s" of a delivered list is no month end', ref);
		hint := 'Write the last day of the month that the list is about, YYYY-MM-DD.';
	ELSIF kind = 'list_delivered' AND holder IS NOT NULL AND ref IS NULL THEN
		wrong := 'a list delivered to one holder names no month';
		hint := 'Its ref is the month end, YYYY-MM-DD.';
	ELSIF kind = 'election' AND (coalesce(note, '') ~ '\mcash\M') = (coalesce(note, '') ~ '\mshares\M') THEN
		wrong := 'an election chooses cash or shares';
		hint := 'Write the section and the choice into note: 4(h) shares.';
	END IF;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '%', wrong USING ERRCODE = 'invalid_parameter_value', HINT = hint;
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_event_words(text, boolean, text, text, numeric, text) IS
'What can be said of an event by itself: known kind, no future, the columns its kind needs; else 22023';

CREATE FUNCTION covenant_internal.check_event_ref(kind text, ref text, target text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF target IS NULL THEN
		RAISE EXCEPTION 'the deal has no event %', ref
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF kind = 'retraction' AND target = 'retraction' THEN
		RAISE EXCEPTION 'event % is a retraction and cannot be retracted', ref
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Record the fact again.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_event_ref(text, text, text) IS
'An event''s ref against the kind of the event it points to, NULL where the deal has none; else 22023';

CREATE FUNCTION covenant_internal.check_event_section(kind text, section text, holder text, tied_to text, tied_section text,
	sections text[], electors text[], starts text[])
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answers text[];
	elects text;
	party CONSTANT text := CASE WHEN holder IS NULL THEN 'company' ELSE 'holder' END;
BEGIN
	-- A breach is answered by the clause of its article that breaches start.
	-- What is tied to a clock need not name its section.
	SELECT array_agg(s), min(e) INTO answers, elects
	FROM unnest(sections, electors, starts) clause(s, e, on_event)
	WHERE CASE WHEN kind IN ('breach', 'cure') OR section IS NULL AND tied_to = 'breach'
		THEN on_event = 'breach' AND split_part(s, '(', 1) = split_part(coalesce(section, tied_section), '(', 1)
		WHEN section IS NULL THEN on_event = tied_to
		ELSE s = section END;
	IF answers IS NULL OR kind = 'breach' AND section IS NULL THEN
		RAISE EXCEPTION 'note of event "%" names no section that answers for it', kind
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('The clauses are those of Sections %s.',
					(SELECT string_agg(DISTINCT s, ', ' ORDER BY s) FROM unnest(sections) s)),
				HINT = 'A note begins with its section, such as 4(h).';
	END IF;
	IF kind = 'election' AND elects IS DISTINCT FROM party THEN
		RAISE EXCEPTION 'the % has no choice under Section %', party, coalesce(section, answers[1])
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE WHEN elects IS NULL THEN format('Section %s gives no choice of cash or shares.', coalesce(section, answers[1]))
					ELSE format('Section %s is paid in cash or in shares at the option of the %s.', coalesce(section, answers[1]), elects) END,
				HINT = 'An event with a holder, '''' where the notes have no holder column, is that holder''s election; one without is the company''s.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_event_section(text, text, text, text, text, text[], text[], text[]) IS
'An event that names a section, or is tied to a clock (started by tied_to, a breach of tied_section), against the clauses: one must answer for it, and an election must come from the party that elects; else 22023';

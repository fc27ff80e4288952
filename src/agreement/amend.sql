
-- Amendments (Section 8(e)) --------------------------------------------------------

CREATE FUNCTION covenant_internal.refuse_clause(wrong text, detail text = 'No clock can be run by such a clause.') RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '%', wrong
			USING ERRCODE = 'invalid_parameter_value', DETAIL = detail,
				HINT = 'The comments on the columns of the clause table say what they may hold.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_clause(text, text) IS
'Raises 22023 with what is wrong about a clause; nothing where that is NULL';

CREATE FUNCTION covenant_internal.check_clause_words(column_name text, word text, words text[]) RETURNS void
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT covenant_internal.refuse_clause(CASE WHEN word <> ALL (words) THEN format('unknown %s "%s" of a clause', column_name, word) END,
	format('Known are: %s.', array_to_string(words, ', ')))
$$;
COMMENT ON FUNCTION covenant_internal.check_clause_words(text, text, text[]) IS
'Raises 22023 where a word of a clause is none of those known; NULL is none';

CREATE FUNCTION covenant_internal.check_clause_number(column_name text, number numeric, most numeric) RETURNS void
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT covenant_internal.refuse_clause(
	CASE WHEN number < 0 OR number > most OR scale(trim_scale(number)) > 20 THEN format('%s of a clause is out of range', column_name) END,
	format('It is %s; it may be from 0 to %s, with at most 20 decimals%s.', number, most,
		CASE most WHEN 1 THEN ': 0.03 is 3 %' ELSE '' END))
$$;
COMMENT ON FUNCTION covenant_internal.check_clause_number(text, numeric, numeric) IS
'Raises 22023 where a number of a clause is negative, above most, or no finite number of at most 20 decimals';

CREATE FUNCTION covenant_internal.check_clause_clock(starts_on text, ends_on text, period int, unit text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	word text;
	longest int := CASE unit WHEN 'business days' THEN 25000 WHEN 'days' THEN 36525 WHEN 'months' THEN 1200 WHEN 'years' THEN 100 END;
BEGIN
	FOREACH word IN ARRAY ARRAY[starts_on, ends_on] LOOP
		PERFORM covenant_internal.refuse_clause(
			CASE WHEN word !~ '^[a-z][a-z0-9_]{0,62}$' THEN format('"%s" is no kind of event', word)
				WHEN word IN ('retraction', 'waiver', 'election') THEN format('no clock starts or ends on event "%s"', word) END,
			'Kinds are written in small letters, digits and underscores, and begin with a letter; some only speak of other facts.');
	END LOOP;
	PERFORM covenant_internal.refuse_clause(
		CASE WHEN starts_on IN ('last_note', 'lock_up') THEN format('no clock starts on %s', starts_on)
			WHEN ends_on IN ('month_end', 'shortfall', 'vote_needed') THEN format('no clock ends on %s', ends_on)
			WHEN starts_on = ends_on THEN 'a clock cannot start and end on the same event'
			WHEN period IS NOT NULL AND unit IN ('promptly', 'closing') THEN format('what is due %s has no period', CASE unit WHEN 'closing' THEN 'at the closing' ELSE unit END)
			WHEN (period IS NULL) <> (unit IS NULL) AND unit IS DISTINCT FROM 'promptly' AND unit IS DISTINCT FROM 'closing' THEN 'a period and its unit are given together'
			WHEN ends_on = 'last_note' AND period IS NULL THEN 'a restriction until the last note needs a period'
			WHEN period < 0 OR period > longest THEN format('period of a clause is out of range: %s %s', period, unit) END,
		CASE WHEN period < 0 OR period > longest THEN format('It may be from 0 to %s %s.', longest, unit) ELSE 'No clock can be run by such a clause.' END);
END
$$;
COMMENT ON FUNCTION covenant_internal.check_clause_clock(text, text, int, text) IS
'Raises 22023 where a clause starts or ends on what cannot be, or its period is none';

CREATE FUNCTION covenant_internal.check_clause() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_day(NEW.from_day, 'from_day');
	PERFORM covenant_internal.check_clause_words('owed_by', NEW.owed_by, ARRAY['company', 'buyers']);
	PERFORM covenant_internal.check_clause_words('unit', NEW.unit, ARRAY['business days', 'days', 'months', 'years', 'promptly', 'closing']);
	PERFORM covenant_internal.check_clause_words('roll', NEW.roll, ARRAY['none', 'following']);
	PERFORM covenant_internal.check_clause_words('remedy', NEW.remedy, ARRAY['damages', 'interest', 'per day', 'injunction', 'none']);
	PERFORM covenant_internal.check_clause_words('elector', NEW.elector, ARRAY['company', 'holder']);
	PERFORM covenant_internal.check_clause_words('base', NEW.base, ARRAY['own_notes', 'all_notes', 'affected_notes']);
	PERFORM covenant_internal.check_clause_clock(NEW.starts_on, NEW.ends_on, NEW.period, NEW.unit);
	PERFORM covenant_internal.check_clause_number('rate', NEW.rate, CASE NEW.remedy WHEN 'per day' THEN 1e12 ELSE 1 END);
	PERFORM covenant_internal.check_clause_number('first_day_rate', NEW.first_day_rate, 1);
	PERFORM covenant_internal.check_clause_number('cap', NEW.cap, CASE NEW.remedy WHEN 'per day' THEN 1e15 ELSE 1000 END);
	PERFORM covenant_internal.refuse_clause(
		CASE WHEN btrim(NEW.section) = '' OR btrim(NEW.duty) = '' THEN 'section and duty of a clause must not be blank'
			WHEN NEW.remedy IN ('damages', 'interest', 'per day') AND NEW.rate IS NULL THEN format('remedy %s needs a rate', NEW.remedy)
			WHEN NEW.remedy IN ('injunction', 'none') AND num_nonnulls(NEW.rate, NEW.first_day_rate, NEW.cap, NEW.base, NEW.elector) > 0
				THEN format('remedy %s has no rate, first_day_rate, cap, base or elector', NEW.remedy)
			WHEN NEW.remedy <> 'damages' AND num_nonnulls(NEW.first_day_rate, NEW.base) > 0 THEN 'first_day_rate and base are of damages'
			WHEN NEW.owed_by = 'buyers' AND NEW.remedy <> 'none' THEN 'what the buyers owe costs the company nothing: its remedy is none'
			WHEN NEW.subjects = '{}' OR array_ndims(NEW.subjects) > 1 OR array_position(NEW.subjects, NULL) IS NOT NULL OR '' = ANY (NEW.subjects)
				THEN 'subjects are a list of beginnings, none of them empty' END);
	IF NEW.calendar IS NOT NULL THEN
		PERFORM covenant.is_business_day('2005-05-23', NEW.calendar);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_clause() IS
'Trigger on a clause table: refuses (22023) words, numbers and clocks of which no clock could be run, and days that no calendar knows (22008)';

CREATE FUNCTION covenant_internal.refuse_changes(changes jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns CONSTANT text[] := ARRAY['section', 'owed_by', 'to_each_holder', 'starts_on', 'subjects', 'period', 'unit', 'calendar', 'roll',
		'ends_on', 'remedy', 'rate', 'first_day_rate', 'cap', 'elector', 'base', 'words'];
	unknown text;
BEGIN
	IF jsonb_typeof(changes) IS DISTINCT FROM 'object' OR changes = '{}' THEN
		RAISE EXCEPTION 'changes must be a JSON object that changes something'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Name columns of the clause table with what they shall say: {"period": 60}.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(changes) k WHERE k <> ALL (columns) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'an amendment cannot change "%"', unknown
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('It changes: %s.', array_to_string(columns, ', '));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_changes(jsonb) IS
'Raises 22023 unless changes is an object that names columns of a clause';

CREATE FUNCTION covenant_internal.clause_in_force(clauses regclass, key_type regtype, duty text, deal text, on_day date,
	known_at timestamptz = 'infinity') RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	clause jsonb;
BEGIN
	-- NULL is the day before all days: what always holds.
	EXECUTE format('SELECT to_jsonb(c) FROM %s c
		WHERE c.duty = $1 AND (c.deal IS NULL OR c.deal = $2::%s) AND (c.from_day IS NULL OR c.from_day <= $3) AND c.recorded_at <= $4
		ORDER BY c.deal IS NULL, c.from_day DESC NULLS LAST, c.recorded_at DESC, c.clause_id DESC LIMIT 1', clauses, key_type)
		INTO clause USING duty, deal, on_day, known_at;
	RETURN clause;
END
$$;
COMMENT ON FUNCTION covenant_internal.clause_in_force(regclass, regtype, text, text, date, timestamptz) IS
'The clause of a duty that holds for a deal (NULL: for those without one of their own) on a day (NULL: always), as it was known at a moment, as a row in JSON; NULL where there is none';

CREATE FUNCTION covenant_internal.new_clause(clauses regclass, key_type regtype, duty text, changes jsonb, deal text, on_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
	place int;
	article jsonb;
	remedies CONSTANT text[] := ARRAY['owed_by', 'remedy', 'rate', 'first_day_rate', 'cap', 'elector', 'base'];
BEGIN
	SELECT k INTO missing FROM unnest(ARRAY['section', 'starts_on', 'ends_on']) WITH ORDINALITY u(k, n)
	WHERE changes ->> k IS NULL ORDER BY n LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a new duty needs %', missing
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('No clause has the duty "%s" yet.', duty),
				HINT = 'Name section, starts_on and ends_on, or spell the duty as the clause table does.';
	END IF;
	-- What is said of no remedy has that of its article (Sections 3(z), 4(o)).
	EXECUTE format('SELECT coalesce(max(c.ord) FILTER (WHERE c.duty = $1), max(c.ord) + 1, 1),
			(array_agg(c.duty ORDER BY c.ord, c.clause_id) FILTER (WHERE c.starts_on = ''breach'' AND split_part(c.section, ''('', 1) = split_part($2, ''('', 1)))[1]
		FROM %s c', clauses) INTO place, missing USING duty, changes ->> 'section';
	article := covenant_internal.clause_in_force(clauses, key_type, missing, deal, on_day);
	article := CASE WHEN article IS NULL OR changes ->> 'owed_by' = 'buyers' THEN '{"remedy": "none"}'
		ELSE (SELECT jsonb_object_agg(k, article -> k) FROM unnest(remedies) k) END;
	RETURN jsonb_build_object('owed_by', 'company', 'to_each_holder', false) || article || jsonb_build_object('ord', place);
END
$$;
COMMENT ON FUNCTION covenant_internal.new_clause(regclass, regtype, text, jsonb, text, date) IS
'What a duty begins with of which there is no clause yet: owed by the company, to nobody in particular, with the remedy of its article, at the end of the order; 22023 unless changes names section, starts_on and ends_on';

CREATE FUNCTION covenant_internal.amended(clause jsonb, changes jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
-- Another remedy does not keep the figures of the one before.
SELECT clause || CASE WHEN changes ? 'remedy' AND changes ->> 'remedy' IS DISTINCT FROM clause ->> 'remedy' THEN
		'{"first_day_rate": null, "cap": null, "base": null, "rate": null}'::jsonb
		|| CASE WHEN changes ->> 'remedy' IN ('none', 'injunction') THEN '{"elector": null}' ELSE '{}' END::jsonb
	ELSE '{}' END || changes
$$;
COMMENT ON FUNCTION covenant_internal.amended(jsonb, jsonb) IS
'A clause with the changes of an amendment';

CREATE FUNCTION covenant.amend(deals regclass, duty text, changes jsonb, deal text = NULL, from_day date = NULL, signed_by text[] = NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass;
	key_type regtype;
	clauses regclass;
	clause jsonb;
BEGIN
	IF deals IS NULL OR duty IS NULL OR changes IS NULL THEN
		RAISE EXCEPTION 'a deals table, a duty and its changes must be named'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM covenant_internal.require_agreement_owner(deals);
	PERFORM covenant_internal.refuse_changes(changes);
	PERFORM covenant_internal.require_day(from_day, 'from_day');
	ledger := covenant_internal.adopted_books(deals);
	EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', deals);  -- one at a time amends
	PERFORM covenant_internal.require_deal(deals, (covenant_internal.books_of(deals)).key, deal);
	clauses := covenant_internal.adopted_table(ledger, 'clause');
	key_type := covenant_internal.key_type(ledger);
	clause := coalesce(covenant_internal.clause_in_force(clauses, key_type, duty, deal, from_day),
		covenant_internal.new_clause(clauses, key_type, duty, changes, deal, from_day));
	BEGIN
		EXECUTE format('INSERT INTO %s (deal, from_day, ord, duty, signed_by, section, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar,
				roll, ends_on, remedy, rate, first_day_rate, cap, elector, base, words)
			SELECT $1::%s, $2, c.ord, $3, $4, c.section, c.owed_by, c.to_each_holder, c.starts_on, c.subjects, c.period, c.unit, c.calendar,
				c.roll, c.ends_on, c.remedy, c.rate, c.first_day_rate, c.cap, c.elector, c.base, c.words
			FROM jsonb_to_record($5) AS c(ord int, section text, owed_by text, to_each_holder boolean, starts_on text, subjects text[], period int,
				unit text, calendar text, roll text, ends_on text, remedy text, rate numeric, first_day_rate numeric, cap numeric, elector text,
				base text, words text)', clauses, key_type)
			USING deal, from_day, duty, signed_by, covenant_internal.amended(clause, changes);
	EXCEPTION
		WHEN invalid_text_representation OR numeric_value_out_of_range OR datatype_mismatch OR not_null_violation THEN
			RAISE EXCEPTION 'an amendment of "%" says what no clause can', duty
				USING ERRCODE = 'invalid_parameter_value', DETAIL = SQLERRM;
	END;
END
$$;
COMMENT ON FUNCTION covenant.amend(regclass, text, jsonb, text, date, text[]) IS
'Amends the agreement (Section 8(e)): appends the clause of a duty, as it is in force on from_day, with changes, an object of columns of the clause table and what they shall say ({"period": 60}; null clears). For one deal, or for all that have no clause of their own; for clocks that start from from_day on, or, without it, for all there ever were, as if the agreement had always said so. A duty of which there is no clause yet needs section, starts_on and ends_on, and has the remedy of its article (Sections 3(z), 4(o)) unless changes names one; starts_on and ends_on may be kinds of events of one''s own. signed_by is kept, not judged. What the agreement said before stays on record. 42501 not the owner, 55000 nothing adopted, 22004, 22023 what cannot be changed so, no such deal, 22008 a day that no calendar knows';

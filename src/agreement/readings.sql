
-- Readings: where the agreement is ambiguous, a person chooses ----------------

CREATE FUNCTION covenant.reading_choices()
RETURNS TABLE (reading text, question text, clause text, choices text[], company text, buyers text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
VALUES
	('formula', 'what the three percent are taken of, and what is added', 'Section 2(f)',
		ARRAY['principal', 'principal_plus_interest', 'principal_and_interest', 'principal_and_interest_plus_interest'],
		'principal', 'principal_and_interest_plus_interest'),
	('interest', 'which interest the formulas with interest take', 'Section 2(f)',
		ARRAY['all_unpaid', 'during_breach'], 'during_breach', 'all_unpaid'),
	('months', 'how partial months are prorated', 'Section 2(f)',
		ARRAY['calendar', 'anniversary', '30-day', '365-day'], NULL, NULL),
	('day_count', 'how days of interest are counted', 'Sections 2(f) and 4(f)',
		ARRAY['ACT/365F', 'ACT/360', 'ACT/ACT ISDA', '30/360', '30E/360'], 'ACT/365F', 'ACT/360'),
	('calendar', 'which days are business days', 'Sections 2(f), 4(c), 4(f), 4(h) and 4(m)',
		ARRAY['WEEKDAYS', 'NYFD', 'NYSE', 'NYGCL', 'or several joined with +'], 'NYGCL', 'WEEKDAYS'),
	('base', 'whose Notes a Buyer''s damages are taken of; affected_notes: of an opinion the principal that its amount names, elsewhere own_notes', 'Section 2(f)',
		ARRAY['own_notes', 'all_notes', 'affected_notes'], 'own_notes', 'all_notes'),
	('additional_notes', 'whether Additional Notes, first held on a day of tranche_closed, count in damages, in the list and pro rata', 'Recital B, Sections 2(f), 4(h) and 4(l)',
		ARRAY['counted', 'not_counted'], 'not_counted', 'counted'),
	('stacking', 'whether simultaneous breaches cost once each, once in all, or a limb of its own takes the place of Section 4(o)', 'Sections 2(f), 3(z), 4(h) and 4(o)',
		ARRAY['each', 'one', 'specific'], 'one', 'each'),
	('recovery', 'whether a price that recovers and falls again restarts the 30 days or continues them', 'Section 4(h)',
		ARRAY['restarts', 'continues'], 'restarts', 'continues'),
	('board_curable', 'whether a shortfall that the board alone can cure counts for the 30 days, is excluded, or is excluded while it lasts and the 30 days run from the shortfall', 'Section 4(h)',
		ARRAY['counts', 'excluded', 'from_shortfall'], 'excluded', 'counts'),
	('shortfall', 'whether a shortfall is a breach itself, or only when the 30 days are over', 'Sections 4(h) and 4(o)',
		ARRAY['thirty_days_only', 'at_once'], 'thirty_days_only', 'at_once'),
	('approval', 'what ends the damages of the 30 days: the approval, or the reserve restored, whichever is first, or only the reserve', 'Section 4(h)',
		ARRAY['approval', 'reserve_restored'], 'approval', 'reserve_restored'),
	('accrual', 'from when the damages of the 30 days run: after the last day in time, or over the days that were short', 'Section 4(h)',
		ARRAY['after_deadline', 'from_start'], 'after_deadline', 'from_start'),
	('list_accrual', 'from when the damages of a late list run', 'Section 4(h)',
		ARRAY['after_deadline', 'from_month_end'], 'after_deadline', 'from_month_end'),
	('cure_day', 'whether the day of a cure, or of any other stop, still counts', 'Sections 2(f), 3(z), 4(h) and 4(o)',
		ARRAY['excluded', 'included'], 'excluded', 'included'),
	('sunday', 'whether a period in days that ends on no business day moves to the next one (N.Y. Gen. Constr. Law s. 25)', 'Sections 4(g), 4(h) and 4(l)',
		ARRAY['moves', 'stays'], 'moves', 'stays'),
	('expenses', 'from when the 15 % on expenses run', 'Section 4(f)',
		ARRAY['from_invoice', 'from_due_date', 'after_due_date'], 'after_due_date', 'from_invoice'),
	('expenses_base', 'whether the 15 % are taken of the total amount or of what is unpaid', 'Section 4(f)',
		ARRAY['total', 'unpaid'], 'unpaid', 'total'),
	('expenses_breach', 'whether expenses paid late cost damages beside the 15 %', 'Sections 4(f) and 4(o)',
		ARRAY['interest_only', 'also_damages'], 'interest_only', 'also_damages'),
	('list_interest', 'which year''s interest the list counts in shares: the next or the past one', 'Section 4(h)',
		ARRAY['next_year', 'past_year'], NULL, NULL),
	('each_buyer', 'whose consent a reduction of the reserve wants: those who hold something, or all who ever did or signed', 'Section 4(h)',
		ARRAY['holders', 'all_purchasers'], 'holders', 'all_purchasers'),
	('lock_up_extends', 'whether the days on which sales cannot be made extend the 180 days from effectiveness, or the later of both periods', 'Section 4(e)',
		ARRAY['effectiveness', 'both'], 'effectiveness', 'both'),
	('amendment', 'whether amended terms of an offering give new options only, or also make the 20 business days begin again', 'Section 4(e)',
		ARRAY['options_only', 'restarts_both'], 'options_only', 'restarts_both'),
	('majority', 'what a majority-in-interest of the Buyers is counted by: principal purchased or principal outstanding', 'Section 4(e)',
		ARRAY['purchased', 'outstanding'], NULL, NULL),
	('promptly', 'how many business days are promptly; may be left out: what is due promptly then has no day by which it is', 'Sections 2(g), 4(h) and 4(i)',
		ARRAY['a number of business days'], NULL, NULL)
$$;
COMMENT ON FUNCTION covenant.reading_choices() IS
'What covenant.adopt must be told, but for lock_up_extends, amendment, majority and promptly, which may be left out until something depends on them: each ambiguous point of the agreement, the question, its clauses, the readings they allow, and which of them the company and the buyers would argue (NULL: no side)';

CREATE FUNCTION covenant_internal.refuse_unknown_reading(readings jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
BEGIN
	IF jsonb_typeof(readings) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'readings must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'covenant.reading_choices() lists what must be named.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(readings) k
	WHERE k <> 'as' AND k NOT IN (SELECT c.reading FROM covenant.reading_choices() c) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'unknown reading "%"', unknown
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Readings are: %s.', (SELECT string_agg(c.reading, ', ' ORDER BY c.n)
					FROM covenant.reading_choices() WITH ORDINALITY c(reading, question, clause, choices, company, buyers, n))),
				HINT = 'as takes one side''s choices for what is not named: company or buyers.';
	END IF;
	IF readings ? 'as' AND (jsonb_typeof(readings -> 'as') <> 'string' OR readings ->> 'as' NOT IN ('company', 'buyers')) THEN
		RAISE EXCEPTION 'unknown side %', coalesce(readings -> 'as', 'null')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'Readings may be taken as the company or the buyers would argue.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_unknown_reading(jsonb) IS
'Raises 22023 unless readings is an object that names readings, and perhaps a side';

CREATE FUNCTION covenant_internal.optional_readings() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY['lock_up_extends', 'amendment', 'majority', 'promptly']
$$;
COMMENT ON FUNCTION covenant_internal.optional_readings() IS
'The readings that may be left out until something depends on them; nothing is assumed in their place';

CREATE FUNCTION covenant_internal.require_promptly(days jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (days #>> '{}') !~ '^[0-9]{1,3}$' THEN
		RAISE EXCEPTION 'reading "promptly" is no number of business days: %', days
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'It may be from 0 to 999.',
				HINT = 'Leave it out where nobody says what is promptly: what is due promptly then stays pending.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_promptly(jsonb) IS
'Raises 22023 where the reading promptly is no whole number of business days from 0 to 999';

CREATE FUNCTION covenant_internal.chosen_readings(readings jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	choice record;
	chosen text;
	result jsonb := '{}'::jsonb;
BEGIN
	PERFORM covenant_internal.refuse_unknown_reading(readings);
	FOR choice IN SELECT * FROM covenant.reading_choices() LOOP
		chosen := CASE WHEN readings ? choice.reading THEN readings ->> choice.reading
			WHEN readings ->> 'as' = 'company' THEN choice.company
			WHEN readings ->> 'as' = 'buyers' THEN choice.buyers END;
		CONTINUE WHEN chosen IS NULL AND choice.reading = ANY (covenant_internal.optional_readings());
		IF chosen IS NULL THEN
			RAISE EXCEPTION 'reading "%" is missing', choice.reading
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = format('%s leaves open %s: %s.', choice.clause, choice.question,
						array_to_string(choice.choices, ', ')),
					HINT = format('Name it in readings: {"%s": "%s", ...}%s', choice.reading, choice.choices[1],
						CASE WHEN choice.company IS NULL THEN '; neither side has a choice of its own here.'
							ELSE ', or take a side''s: {"as": "company"} or {"as": "buyers"}.' END);
		END IF;
		IF choice.reading = 'calendar' THEN
			PERFORM covenant.is_business_day('2005-05-23', chosen);
		ELSIF choice.reading = 'promptly' THEN
			PERFORM covenant_internal.require_promptly(readings -> choice.reading);
		ELSIF chosen <> ALL (choice.choices) OR jsonb_typeof(coalesce(readings -> choice.reading, '""')) <> 'string' THEN
			RAISE EXCEPTION 'unknown reading "%" of "%"', chosen, choice.reading
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = format('%s leaves open %s: %s.', choice.clause, choice.question,
						array_to_string(choice.choices, ', '));
		END IF;
		result := result || jsonb_build_object(choice.reading, chosen);
	END LOOP;
	RETURN result;
END
$$;
COMMENT ON FUNCTION covenant_internal.chosen_readings(jsonb) IS
'One reading for every ambiguous point of the agreement: as named, else as the side argues that "as" names; 22023, with the choices and the clause, where one is missing or unknown';

CREATE FUNCTION covenant_internal.reading_table() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
-- One column for each reading, in the order of the choices.
SELECT format($t$
CREATE TABLE {reading} (
	reading_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal {key_type},
	from_day date,
	form text NOT NULL,
	%s,
	proceeds jsonb,
	subsidiaries text[],
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL
);
COMMENT ON TABLE {reading} IS 'How the ambiguous points of the agreement are read: only ever added to, see covenant.adopt. A clock is read as in force on the day of its start: the deal''s own reading before the general one, the later from_day before the earlier, the later recorded before the earlier (covenant)';
COMMENT ON COLUMN {reading}.reading_id IS 'Number of the adoption; of two recorded at one moment the higher holds';
COMMENT ON COLUMN {reading}.deal IS 'The deal that is read so; NULL: every deal';
COMMENT ON COLUMN {reading}.from_day IS 'The first day of starts to which it applies; NULL: always';
COMMENT ON COLUMN {reading}.form IS 'Form of agreement adopted';
%s;
COMMENT ON COLUMN {reading}.proceeds IS 'Schedule 4(d): the categories of the use of proceeds with their amounts, in the currency of the notes; NULL: as adopted otherwise, or nobody says';
COMMENT ON COLUMN {reading}.subsidiaries IS 'The Subsidiaries that existed at signing, to which loans and in which investments are free (Section 4(d)); NULL: as adopted otherwise, or nobody says';
COMMENT ON COLUMN {reading}.recorded_at IS 'When it was adopted; written by a trigger';
COMMENT ON COLUMN {reading}.recorded_by IS 'Who adopted it (session_user); written by a trigger';

CREATE TRIGGER covenant_stamp BEFORE INSERT ON {reading} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {reading} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
$t$, string_agg(format('%I text%s', c.reading, CASE WHEN c.reading <> ALL (covenant_internal.optional_readings()) THEN ' NOT NULL' ELSE '' END), E',\n\t' ORDER BY c.n),
	string_agg(format('COMMENT ON COLUMN {reading}.%I IS %L', c.reading, format('%s (%s): %s', c.question, c.clause, array_to_string(c.choices, ', '))), E';\n' ORDER BY c.n))
FROM covenant.reading_choices() WITH ORDINALITY c(reading, question, clause, choices, company, buyers, n)
$f$;
COMMENT ON FUNCTION covenant_internal.reading_table() IS
'Template of the table of readings';

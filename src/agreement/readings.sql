
-- Readings: where the agreement is ambiguous, a person chooses ----------------

CREATE FUNCTION covenant.reading_choices()
RETURNS TABLE (ord int, reading text, clause text, question text, choices text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
VALUES
	(1, 'formula', 'Section 2(f)', 'what the three percent are taken of, and what is added',
		ARRAY['principal', 'principal_plus_interest', 'principal_and_interest', 'principal_and_interest_plus_interest']),
	(2, 'interest', 'Section 2(f)', 'which interest the formulas with interest take',
		ARRAY['all_unpaid', 'during_breach']),
	(3, 'months', 'Section 2(f)', 'how partial months are prorated',
		ARRAY['calendar', 'anniversary', '30-day', '365-day']),
	(4, 'day_count', 'Sections 2(f) and 4(f)', 'how days of interest are counted',
		ARRAY['ACT/365F', 'ACT/360', 'ACT/ACT ISDA', '30/360', '30E/360']),
	(5, 'calendar', 'Sections 2(f), 4(c), 4(f), 4(h) and 4(m)', 'which days are business days',
		ARRAY['WEEKDAYS', 'NYFD', 'NYSE', 'NYGCL', 'or several joined with +']),
	(6, 'base', 'Section 2(f)', 'whose Notes a Buyer''s damages are taken of',
		ARRAY['own_notes', 'all_notes']),
	(7, 'stacking', 'Sections 2(f), 3(z), 4(h) and 4(o)', 'whether simultaneous breaches cost once each or once in all',
		ARRAY['each', 'one']),
	(8, 'recovery', 'Section 4(h)', 'whether a price that recovers and falls again restarts the 30 days or continues them',
		ARRAY['restarts', 'continues']),
	(9, 'board_curable', 'Section 4(h)', 'whether a shortfall that the board alone can cure counts for the 30 days or is excluded',
		ARRAY['counts', 'excluded'])
$$;
COMMENT ON FUNCTION covenant.reading_choices() IS
'What covenant.adopt must be told: each ambiguous point of the agreement with its clause and the readings it allows';

CREATE FUNCTION covenant_internal.check_readings(readings jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	choice record;
	unknown text;
BEGIN
	IF jsonb_typeof(readings) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'readings must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'covenant.reading_choices() lists what must be named.';
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(readings) k
	WHERE k NOT IN (SELECT c.reading FROM covenant.reading_choices() c) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'unknown reading "%"', unknown
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Readings are: %s.', (SELECT string_agg(c.reading, ', ' ORDER BY c.ord)
					FROM covenant.reading_choices() c));
	END IF;
	FOR choice IN SELECT * FROM covenant.reading_choices() c ORDER BY c.ord LOOP
		IF (readings ->> choice.reading) IS NULL THEN
			RAISE EXCEPTION 'reading "%" is missing', choice.reading
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = format('%s leaves open %s: %s.', choice.clause, choice.question,
						array_to_string(choice.choices, ', ')),
					HINT = format('Name it in readings: {"%s": "%s", ...}.', choice.reading, choice.choices[1]);
		END IF;
		IF choice.reading = 'calendar' THEN
			PERFORM covenant.is_business_day('2005-05-23', readings ->> 'calendar');
		ELSIF (readings ->> choice.reading) <> ALL (choice.choices) THEN
			RAISE EXCEPTION 'unknown reading "%" of "%"', readings ->> choice.reading, choice.reading
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = format('%s leaves open %s: %s.', choice.clause, choice.question,
						array_to_string(choice.choices, ', '));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_readings(jsonb) IS
'Raises 22023, with the choices and the clause, unless every ambiguous point of the agreement has one of its readings';

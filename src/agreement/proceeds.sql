
-- Use of Proceeds (Section 4(d)) ------------------------------------------------

CREATE FUNCTION covenant_internal.proceeds_of(ledger regclass, deal text, with_capital boolean,
	OUT category text, OUT planned numeric, OUT used numeric, OUT "left" numeric) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 10 COST 1000
AS 'MODULE_PATHNAME', 'covenant_proceeds_of';
COMMENT ON FUNCTION covenant_internal.proceeds_of(regclass, text, boolean) IS
'The categories of Schedule 4(d) of a deal, and those of its uses of proceeds that the schedule does not have, as of covenant.as_of, as known at covenant.known_at; the view <deals>_proceeds asks it';

CREATE FUNCTION covenant_internal.require_schedule(proceeds jsonb, subsidiaries text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	category record;
BEGIN
	IF jsonb_typeof(proceeds) <> 'object' THEN
		RAISE EXCEPTION 'proceeds must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'It has the categories of Schedule 4(d) with their amounts: {"working capital": 1500000}.';
	END IF;
	FOR category IN SELECT key, value FROM jsonb_each(proceeds) ORDER BY key LOOP
		CONTINUE WHEN jsonb_typeof(category.value) = 'number' AND btrim(category.key) <> ''
			AND (category.value #>> '{}')::numeric BETWEEN 0 AND 1e15 AND scale((category.value #>> '{}')::numeric) <= 20
			AND category.key NOT IN ('loan', 'investment');
		RAISE EXCEPTION 'no category of proceeds: "%" of %', category.key, category.value
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'A category has a name and an amount from 0 to 1e15; what is a loan or an investment depends on to whom (Section 4(d)).';
	END LOOP;
	IF array_position(subsidiaries, NULL) IS NOT NULL OR array_ndims(subsidiaries) > 1
		OR EXISTS (SELECT FROM unnest(subsidiaries) s WHERE btrim(s) = '') THEN
		RAISE EXCEPTION 'subsidiaries are a list of names'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'They are spelt as counterparties of loans and investments are (Section 4(d)).';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.require_schedule(jsonb, text[]) IS
'Raises 22023 unless proceeds has categories with amounts and subsidiaries has names; either may be NULL';

CREATE FUNCTION covenant_internal.schedule_of(readings jsonb, INOUT proceeds jsonb, INOUT subsidiaries text[])
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	proceeds := coalesce(proceeds, nullif(readings -> 'proceeds', 'null'));
	IF subsidiaries IS NULL AND jsonb_typeof(readings -> 'subsidiaries') <> 'null' THEN
		IF jsonb_typeof(readings -> 'subsidiaries') <> 'array' THEN
			RAISE EXCEPTION 'subsidiaries are a list of names'
				USING ERRCODE = 'invalid_parameter_value';
		END IF;
		subsidiaries := ARRAY(SELECT s FROM jsonb_array_elements_text(readings -> 'subsidiaries') s);
	END IF;
	PERFORM covenant_internal.require_schedule(proceeds, subsidiaries);
END
$$;
COMMENT ON FUNCTION covenant_internal.schedule_of(jsonb, jsonb, text[]) IS
'Schedule 4(d) and the Subsidiaries as covenant.adopt was told: by its arguments, else by readings; 22023 where they are none';

CREATE FUNCTION covenant_internal.make_proceeds_view(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'proceeds',
		'covenant_internal.proceeds_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'What the proceeds of the notes and warrants were used for, by category of Schedule 4(d), as of covenant.as_of; a use that the section forbids is a breach and has a row in the view of duties',
		ARRAY[['deal', 'The deal'],
			  ['category', 'Category of the schedule, or one that a use names and the schedule does not have'],
			  ['planned', 'Amount that the schedule has for it; NULL: the schedule does not have it'],
			  ['used', 'Amount used for it so far (proceeds_used)'],
			  ['left', 'planned less used; below 0 more was used than was planned, which is told and no breach; NULL where nothing was planned']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_proceeds_view(regclass) IS
'Makes <deals>_proceeds';

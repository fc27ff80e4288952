
-- Corrections of the past ------------------------------------------------

CREATE FUNCTION covenant_internal.correct_instrument(
	relation regclass, deal text, instrument text, has_row boolean, on_day date,
	price covenant.share_price, rate numeric, holder text, reason text) RETURNS void
LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'covenant_correct_instrument';
COMMENT ON FUNCTION covenant_internal.correct_instrument(regclass, text, text, boolean, date, covenant.share_price, numeric, text, text) IS
'Checks a correction of an instrument''s settings and puts it into what is pending; NULL: not corrected; for the owner of the books (42501); covenant.correct calls it';

CREATE FUNCTION covenant_internal.deal_of_instrument(relation regclass, instrument text) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	deal text;
BEGIN
	EXECUTE format('SELECT %I::text FROM %s WHERE %s = $1', covenant_internal.watch_word(relation, 'deal'), relation,
				   covenant_internal.key_expression(relation)) INTO deal USING instrument;
	RETURN deal;
END
$$;
COMMENT ON FUNCTION covenant_internal.deal_of_instrument(regclass, text) IS
'The deal to which the row of an instrument belongs; NULL where there is no such row, or it belongs to none';

CREATE FUNCTION covenant_internal.check_correction(
	relation regclass, deal text, instrument text, has_row boolean, on_day date, kinds text[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
	positions regclass := covenant_internal.require_vouched(covenant_internal.ledger_of(relation), 'position');
	kind text;
	first_day date;
	next_day date;
BEGIN
	PERFORM covenant_internal.require_types(covenant_internal.ledger_of(relation));
	EXECUTE format('SELECT min(effective_on) FROM %s WHERE deal::text = $1 AND source = $2 AND instrument = $3', positions) INTO first_day
	USING deal, covenant_internal.watch_word(relation, 'source'), instrument;
	IF first_day IS NULL OR on_day < first_day THEN
		RAISE EXCEPTION '"%" of "%" was not in deal "%" on %', instrument, covenant_internal.watch_word(relation, 'source'), deal, on_day
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN first_day IS NULL THEN 'The books of that deal do not know it.' ELSE format('It has been there since %s.', first_day) END,
				  HINT = 'Name the deal in which it was on that day: deal => ...';
	END IF;
	FOREACH kind IN ARRAY kinds LOOP
		EXECUTE format('SELECT min(effective_on) FROM %s WHERE deal::text = $1 AND source = $2 AND instrument = $3 AND effective_on > $4 AND %I IS NOT NULL',
					   positions, kind) INTO next_day
		USING deal, covenant_internal.watch_word(relation, 'source'), instrument, on_day;
		IF next_day IS NULL THEN
			RAISE EXCEPTION 'the % of "%" of "%" was not set again after %', kind, instrument, covenant_internal.watch_word(relation, 'source'), on_day
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'A correction holds until the next setting on record.',
					  HINT = CASE WHEN has_row THEN 'Update the row, with covenant.as_of set to that day.'
								  ELSE 'The instrument is gone since; there is nothing to correct.' END;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_correction(regclass, text, text, boolean, date, text[]) IS
'Raises 55000 where a correction of these settings (columns of positions) cannot be: the instrument was not there on that day, or no later setting ends it';

CREATE FUNCTION covenant.correct(
	relation regclass, instrument text, on_day date, price covenant.share_price = NULL, rate numeric = NULL,
	holder text = NULL, reason text = NULL, deal text = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind text := covenant_internal.watch_word(relation, 'table');
	own_deal text;
	kinds text[] := array_remove(ARRAY[CASE WHEN price IS NOT NULL THEN 'price' END, CASE WHEN rate IS NOT NULL THEN 'rate' END,
									   CASE WHEN holder IS NOT NULL THEN 'holder' END], NULL);
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('relation', relation, 'instrument', instrument, 'on_day', on_day));
	IF kind IS NULL OR kind NOT IN ('notes', 'warrants') THEN
		RAISE EXCEPTION 'table "%" is not watched as a table of notes or warrants', relation
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF kinds = '{}' OR kind = 'warrants' AND kinds <> '{holder}' THEN
		RAISE EXCEPTION 'nothing to correct is given'
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = CASE kind WHEN 'notes' THEN 'Give price, rate or holder. A wrong amount is corrected by two backdated updates.'
								   ELSE 'Give holder. A wrong number of warrants is corrected by two backdated updates.' END;
	END IF;
	IF rate IS NOT NULL AND covenant_internal.watch_word(relation, 'rate') IS NULL
	   OR holder IS NOT NULL AND covenant_internal.watch_word(relation, 'holder') IS NULL THEN
		RAISE EXCEPTION 'table "%" is watched without that column', relation
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM covenant_internal.check_watch(relation);
	own_deal := covenant_internal.deal_of_instrument(relation, instrument);
	IF coalesce(deal, own_deal) IS NULL THEN
		RAISE EXCEPTION 'table "%" has no row "%" that belongs to a deal', relation, instrument
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'For an instrument that is gone name its deal: deal => ...';
	END IF;
	PERFORM covenant_internal.correct_instrument(relation, coalesce(deal, own_deal), instrument,
												 coalesce(deal, own_deal) IS NOT DISTINCT FROM own_deal, on_day, price, rate, holder, reason);
END
$$;
COMMENT ON FUNCTION covenant.correct(regclass, text, date, covenant.share_price, numeric, text, text, text) IS
'Says what the conversion price (above 0), the yearly rate (0.10 is 10 %, at most 1) or the holder of an instrument was from a day on until the next setting on record; instrument is its key as positions have it. deal names the deal of an instrument whose row is gone. Written as an entry of kind correction with the reason; what was believed before stays visible through covenant.known_at. For the owner of the books (42501). Errors: 55000 where the instrument was not there, or nothing later is on record and the row is to be updated instead, 22023';

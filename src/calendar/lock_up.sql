
-- The Lock-up Period of Section 4(e) -------------------------------------------

CREATE FUNCTION covenant.lock_up_end(closed_on date, effective_on date, suspended datemultirange, extends text) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lock_up_end';
COMMENT ON FUNCTION covenant.lock_up_end(date, date, datemultirange, text) IS
'Last day of the Lock-up Period of Section 4(e): the later of 270 days from the closing and 180 days from effectiveness, plus the days of suspended, on which sales cannot be made, from effectiveness on, as far as they fall before the period so extended has ended. extends: effectiveness or both, as the parenthesis is read. NULL, that is open, while the registration statement is not effective, or where a suspension without an end begins inside. 22008: a day that no calendar knows; 22023: another word';

CREATE FUNCTION covenant.lock_up_end(closed_on date, effective_on date, unsaleable_days int, extends text)
RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF unsaleable_days < 0 THEN
		RAISE EXCEPTION 'unsaleable_days must not be negative'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	CASE extends
		WHEN 'effectiveness' THEN
			RETURN greatest(closed_on + 270, effective_on + 180 + unsaleable_days);
		WHEN 'both' THEN
			RETURN greatest(closed_on + 270, effective_on + 180) + unsaleable_days;
		ELSE
			RAISE EXCEPTION 'unknown reading "%" of what unsaleable days extend', extends
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = 'The days on which sales cannot be made are added to the 180 days from effectiveness (effectiveness) or to the later of both periods (both), Section 4(e).';
	END CASE;
END
$$;
COMMENT ON FUNCTION covenant.lock_up_end(date, date, int, text) IS
'The same where the days on which sales cannot be made have been counted already, each once and only inside the period: their number is unsaleable_days (22023: negative). extends: effectiveness or both, as the parenthesis is read. NULL, that is open, while the registration statement is not effective';

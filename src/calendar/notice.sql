
-- Notices and legends ------------------------------------------------------------

CREATE FUNCTION covenant.notice_effective(method text, sent date, received date, certified_mail text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF method IN ('certified', 'registered') AND certified_mail IS NULL THEN
		RAISE EXCEPTION 'argument "certified_mail" must not be null'
			USING ERRCODE = 'null_value_not_allowed',
				  DETAIL = 'Section 8(f) does not say when certified or registered mail is effective.',
				  HINT = 'Say "five_days", as other mail, or "receipt".';
	ELSIF certified_mail NOT IN ('five_days', 'receipt') THEN
		RAISE EXCEPTION 'unknown reading "%" of certified mail', certified_mail
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Known are "five_days" and "receipt".';
	ELSIF method NOT IN ('mail', 'courier', 'personal', 'facsimile', 'certified', 'registered') THEN
		RAISE EXCEPTION 'unknown method "%"', method
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Known are "mail", "courier", "personal", "facsimile", "certified" and "registered".';
	END IF;
	PERFORM covenant_internal.require_day(sent, 'the day of sending'), covenant_internal.require_day(received, 'the day of receipt');
	RETURN CASE WHEN method = 'mail' OR method IN ('certified', 'registered') AND certified_mail = 'five_days' THEN sent + 5
		ELSE received END;
END
$$;
COMMENT ON FUNCTION covenant.notice_effective(text, date, date, text) IS
'The day on which a notice is effective (Section 8(f)): mail five calendar days after it was placed in the mail; courier, personal, facsimile on receipt, NULL while it is not received; certified and registered mail, of which the words say nothing, as certified_mail says: five_days or receipt (22004 where it does not). 22023: another word; 22008: a day that no calendar knows';

CREATE FUNCTION covenant.rule_144_free_on(acquired_on date, affiliate boolean, reporting boolean) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_day(acquired_on, 'the day of acquisition');
	RETURN CASE WHEN NOT affiliate THEN least((acquired_on::timestamp + interval '2 years')::date,
		greatest('2008-02-15', (acquired_on::timestamp + CASE WHEN reporting THEN interval '6 months' ELSE interval '1 year' END)::date)) END;
END
$$;
COMMENT ON FUNCTION covenant.rule_144_free_on(date, boolean, boolean) IS
'The day from which shares acquired on a day may be sold without limit: two years later (Rule 144(k) until 2008), or from 15 February 2008 on six months later where the company reports, else a year (Rule 144(b)(1)), which applies to what was held already. NULL for an affiliate. Shell companies and tacking are the caller''s. 22008: a day that no calendar knows (Section 2(f))';

CREATE FUNCTION covenant.legend_required(on_day date, registered_on date, rule_144_free_on date, opinion_on date, assurances_on date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN on_day IS NOT NULL
		THEN coalesce(least(registered_on, rule_144_free_on, opinion_on, assurances_on) > on_day, true) END
$$;
COMMENT ON FUNCTION covenant.legend_required(date, date, date, date, date) IS
'Must a certificate bear the restrictive legend on a day (Section 2(g))? Not from the earliest day on which the shares are registered for resale, may be sold under Rule 144 without limit, an opinion of counsel is accepted or assurances are received; NULL among them: none. NULL without a day';

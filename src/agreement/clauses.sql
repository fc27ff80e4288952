
-- The agreement as data ----------------------------------------------------

CREATE FUNCTION covenant.due_on(start_on date, period int, unit text, calendar text, roll text = 'none')
RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	due date;
BEGIN
	due := CASE unit
		WHEN 'business days' THEN covenant.business_days_after(start_on, period, calendar)
		WHEN 'days' THEN start_on + period
		WHEN 'months' THEN (start_on::timestamp + make_interval(months => period))::date
		WHEN 'years' THEN (start_on::timestamp + make_interval(years => period))::date
		END;
	IF due IS NULL AND unit NOT IN ('business days', 'days', 'months', 'years') THEN
		RAISE EXCEPTION 'unknown unit "%"', unit
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'Known units are business days, days, months and years.';
	END IF;
	IF roll NOT IN ('none', 'following') THEN
		RAISE EXCEPTION 'unknown roll "%"', roll
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'A due date that is no business day stays (none) or moves to the next one (following).';
	END IF;
	IF roll = 'following' AND NOT covenant.is_business_day(due, calendar) THEN
		due := covenant.business_days_after(due, 1, calendar);
	END IF;
	RETURN due;
END
$$;
COMMENT ON FUNCTION covenant.due_on(date, int, text, text, text) IS
'The last day of a period that an event starts; the day of the event is not counted (N.Y. Gen. Constr. Law s. 20). unit: business days, days, months, years; roll following moves a day that is no business day of the calendar to the next one (s. 25)';

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
'End of the Lock-up Period of Section 4(e): the later of 270 days from the closing and 180 days from effectiveness, plus the days on which sales cannot be made. extends: effectiveness or both, as the parenthesis is read. NULL, that is open, while the registration statement is not effective';

CREATE FUNCTION covenant.clauses(form text)
RETURNS TABLE (ord int, section text, duty text, owed_by text, to_each_holder boolean, starts_on text, subjects text[],
	period int, unit text, calendar text, roll text, ends_on text,
	remedy text, rate numeric, first_day_rate numeric, cap numeric, elector text, base text, words text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF form OPERATOR(pg_catalog.<>) 'spa-2005' THEN
		RAISE EXCEPTION 'unknown form of agreement "%"', form
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'Known forms are: spa-2005.';
	END IF;
	RETURN QUERY
	SELECT v.ord, v.section, v.duty, v.owed_by, v.to_each_holder, v.starts_on, v.subjects,
		v.period, v.unit, v.calendar, NULL::text, v.ends_on,
		v.remedy, v.rate, NULL::numeric, NULL::numeric, v.elector, NULL::text, v.words
	FROM (VALUES
		(1, '2(f)', 'accept an opinion of counsel', 'company', false, 'opinion_delivered', NULL::text[],
			3, 'business days', NULL, 'opinion_accepted', 'damages', 0.03, 'company',
			'within three (3) business days of delivery of the opinion to the Company'),
		(2, '3(z)', 'representations and warranties', 'company', false, 'breach', NULL,
			NULL, NULL, NULL, 'cure', 'damages', 0.03, 'company',
			'materially breaches any of the representations or warranties ... until such breach is cured'),
		(3, '4(c)', 'press release', 'company', false, 'closing', NULL,
			2, 'business days', NULL, 'press_release', 'damages', 0.03, 'company',
			'in no event more than two (2) business days of the Closing Date; damages by 4(o)'),
		(4, '4(c)', 'timely filing', 'company', false, 'filing_due', NULL,
			0, 'days', NULL, 'filed', 'damages', 0.03, 'company',
			'timely file all reports required to be filed with the SEC; damages by 4(o)'),
		(5, '4(f)', 'reimburse expenses', 'company', false, 'invoice', NULL,
			3, 'business days', NULL, 'expenses_paid', 'interest', 0.15, NULL,
			'within three (3) business days ... interest on the total amount of fees ... 15% per annum'),
		(6, '4(g)', 'copies of reports', 'company', true, 'filed', ARRAY['10-KSB', '10-QSB', '8-K', '10-K', '10-Q'],
			10, 'days', 'NYGCL', 'report_sent', 'damages', 0.03, 'company',
			'within ten (10) days after the filing with the SEC; damages by 4(o)'),
		(7, '4(g)', 'copies of press releases', 'company', true, 'press_release', NULL,
			1, 'days', 'NYGCL', 'press_release_sent', 'damages', 0.03, 'company',
			'within one (1) day after release; damages by 4(o)'),
		(8, '4(h)', 'shareholder approval', 'company', false, 'shortfall', NULL,
			30, 'days', NULL, 'shareholder_approval', 'damages', 0.03, 'holder',
			'within thirty (30) days following the date on which ... Reserved Amount exceeds the Authorized and Reserved Shares'),
		(9, '4(h)', 'monthly list', 'company', true, 'month_end', NULL,
			5, 'business days', NULL, 'list_delivered', 'damages', 0.03, 'holder',
			'within five (5) business days of the end of each month ... until the list is delivered'),
		(10, '4(l)', 'filing tranche', 'buyers', false, 'registration_filed', NULL,
			5, 'days', 'NYGCL', 'tranche_closed', 'none', NULL, NULL,
			'closing ... within five (5) days of the Filing Date'),
		(11, '4(l)', 'effectiveness tranche', 'buyers', false, 'registration_effective', NULL,
			5, 'days', 'NYGCL', 'tranche_closed', 'none', NULL, NULL,
			'closing ... within five (5) days of the Effective Date'),
		(12, '4(m)', 'key man insurance', 'company', false, 'signing', NULL,
			5, 'business days', NULL, 'insurance_obtained', 'none', NULL, NULL,
			'best efforts to obtain, on or before five (5) business days from the date hereof'),
		(13, '4(n)', 'no short sales', 'buyers', false, 'signing', NULL,
			2, 'years', NULL, 'last_note', 'none', NULL, NULL,
			'so long as any of the Notes remain outstanding, but in no event less than two (2) years from the date hereof'),
		(14, '4(o)', 'any other covenant', 'company', false, 'breach', NULL,
			NULL, NULL, NULL, 'cure', 'damages', 0.03, 'company',
			'breaches any of the covenants set forth in this Section 4 ... until such breach is cured'))
		v(ord, section, duty, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar, ends_on, remedy, rate, elector, words);
END
$$;
COMMENT ON FUNCTION covenant.clauses(text) IS
'An agreement as data, one row a clock: what starts it (an event kind, month_end or shortfall; subjects: only if its subject begins so), how long it runs, what ends it (an event kind or last_note), what it costs and who elects cash or shares. Form spa-2005: Securities Purchase Agreement of 23 May 2005, CalbaTech, Inc. and the AJW funds. ord orders the rows; to_each_holder: done when each holder has been served; period NULL: broken from the day of the start; calendar, roll and base NULL: as the readings say; rate: a month for damages, a year for interest; first_day_rate and cap: NULL, this form knows none. What starts on signing starts on the closing where no signing is on record. An unknown form is 22023';

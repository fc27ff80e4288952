
-- The agreement as data ----------------------------------------------------

CREATE FUNCTION covenant.event_kinds() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT ARRAY['closing', 'list_delivered', 'opinion_delivered', 'opinion_accepted',
	'breach', 'cure', 'invoice', 'expenses_paid', 'press_release', 'press_release_sent',
	'filing_due', 'filed', 'report_sent', 'registration_filed', 'registration_effective',
	'tranche_closed', 'insurance_obtained', 'shareholder_approval', 'interest_paid',
	'consent', 'waiver', 'election', 'damages_agreed', 'damages_adjudged', 'damages_paid',
	'retraction']
$$;
COMMENT ON FUNCTION covenant.event_kinds() IS
'The kinds of dated facts that an event table takes';

CREATE FUNCTION covenant_internal.section_in(note text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT substring(note FROM '^(?:[Ss]ection )?([0-9]+\([a-z]\))')
$$;
COMMENT ON FUNCTION covenant_internal.section_in(text) IS
'The section that a note begins with: 4(h) of "4(h) shares" or "Section 4(h), the May list"; NULL where it begins otherwise';

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
RETURNS TABLE (ord int, section text, duty text, owed_by text, starts_on text,
	period int, unit text, calendar text, roll text, ends_on text,
	remedy text, rate numeric, elector text, words text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF form OPERATOR(pg_catalog.<>) 'spa-2005' THEN
		RAISE EXCEPTION 'unknown form of agreement "%"', form
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'Known forms are: spa-2005.';
	END IF;
	RETURN QUERY VALUES
	(1, '2(f)', 'accept an opinion of counsel', 'company', 'opinion_delivered',
		3, 'business days', NULL, 'none', 'opinion_accepted', 'damages', 0.03, 'company',
		'within three (3) business days of delivery of the opinion to the Company'),
	(2, '3(z)', 'representations and warranties', 'company', 'breach',
		NULL, NULL, NULL, 'none', 'cure', 'damages', 0.03, 'company',
		'materially breaches any of the representations or warranties ... until such breach is cured'),
	(3, '4(c)', 'press release', 'company', 'closing',
		2, 'business days', NULL, 'none', 'press_release', 'damages', 0.03, 'company',
		'in no event more than two (2) business days of the Closing Date; damages by 4(o)'),
	(4, '4(c)', 'timely filing', 'company', 'filing_due',
		0, 'days', NULL, 'none', 'filed', 'damages', 0.03, 'company',
		'timely file all reports required to be filed with the SEC; damages by 4(o)'),
	(5, '4(f)', 'reimburse expenses', 'company', 'invoice',
		3, 'business days', NULL, 'none', 'expenses_paid', 'interest', 0.15, NULL,
		'within three (3) business days ... interest on the total amount of fees ... 15% per annum'),
	(6, '4(g)', 'copies of reports', 'company', 'filed',
		10, 'days', 'NYGCL', 'following', 'report_sent', 'damages', 0.03, 'company',
		'within ten (10) days after the filing with the SEC; damages by 4(o)'),
	(7, '4(g)', 'copies of press releases', 'company', 'press_release',
		1, 'days', 'NYGCL', 'following', 'press_release_sent', 'damages', 0.03, 'company',
		'within one (1) day after release; damages by 4(o)'),
	(8, '4(h)', 'shareholder approval', 'company', 'shortfall',
		30, 'days', NULL, 'none', 'shareholder_approval', 'damages', 0.03, 'holder',
		'within thirty (30) days following the date on which ... Reserved Amount exceeds the Authorized and Reserved Shares'),
	(9, '4(h)', 'monthly list', 'company', 'month_end',
		5, 'business days', NULL, 'none', 'list_delivered', 'damages', 0.03, 'holder',
		'within five (5) business days of the end of each month ... until the list is delivered'),
	(10, '4(l)', 'filing tranche', 'buyers', 'registration_filed',
		5, 'days', 'NYGCL', 'following', 'tranche_closed', 'none', NULL, NULL,
		'closing ... within five (5) days of the Filing Date'),
	(11, '4(l)', 'effectiveness tranche', 'buyers', 'registration_effective',
		5, 'days', 'NYGCL', 'following', 'tranche_closed', 'none', NULL, NULL,
		'closing ... within five (5) days of the Effective Date'),
	(12, '4(m)', 'key man insurance', 'company', 'closing',
		5, 'business days', NULL, 'none', 'insurance_obtained', 'none', NULL, NULL,
		'best efforts to obtain, on or before five (5) business days from the date hereof'),
	(13, '4(n)', 'no short sales', 'buyers', 'closing',
		2, 'years', NULL, 'none', 'last_note', 'none', NULL, NULL,
		'so long as any of the Notes remain outstanding, but in no event less than two (2) years'),
	(14, '4(o)', 'any other covenant', 'company', 'breach',
		NULL, NULL, NULL, 'none', 'cure', 'damages', 0.03, 'company',
		'breaches any of the covenants set forth in this Section 4 ... until such breach is cured');
END
$$;
COMMENT ON FUNCTION covenant.clauses(text) IS
'An agreement as data, one row a clock: what starts it (an event kind, month_end or shortfall), how long it runs, what ends it, what it costs and who elects cash or shares. Form spa-2005: Securities Purchase Agreement of 23 May 2005, CalbaTech, Inc. and the AJW funds. ord orders the rows; period NULL: broken from the day of the start; calendar NULL: the calendar of the readings; rate: a month for damages, a year for interest. An unknown form is 22023';

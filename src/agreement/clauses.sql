
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
		v.period, v.unit, v.calendar, v.roll, v.ends_on,
		v.remedy, v.rate, NULL::numeric, NULL::numeric, v.elector, NULL::text, v.words
	FROM (VALUES
		(1, '2(f)', 'accept an opinion of counsel', 'company', false, 'opinion_delivered', NULL::text[],
			3, 'business days', NULL, NULL, 'opinion_accepted', 'damages', 0.03, 'company',
			'within three (3) business days of delivery of the opinion to the Company'),
		(2, '3(z)', 'representations and warranties', 'company', false, 'breach', NULL,
			NULL, NULL, NULL, NULL, 'cure', 'damages', 0.03, 'company',
			'materially breaches any of the representations or warranties ... until such breach is cured'),
		(3, '4(c)', 'press release', 'company', false, 'closing', NULL,
			2, 'business days', NULL, NULL, 'press_release', 'damages', 0.03, 'company',
			'in no event more than two (2) business days of the Closing Date; damages by 4(o)'),
		(4, '4(c)', 'timely filing', 'company', false, 'filing_due', NULL,
			0, 'days', NULL, NULL, 'filed', 'damages', 0.03, 'company',
			'timely file all reports required to be filed with the SEC; damages by 4(o)'),
		(5, '4(f)', 'reimburse expenses', 'company', false, 'invoice', NULL,
			3, 'business days', NULL, NULL, 'expenses_paid', 'interest', 0.15, NULL,
			'within three (3) business days ... interest on the total amount of fees ... 15% per annum'),
		(6, '4(g)', 'copies of reports', 'company', true, 'filed', ARRAY['10-KSB', '10-QSB', '8-K', '10-K', '10-Q'],
			10, 'days', 'NYGCL', NULL, 'report_sent', 'damages', 0.03, 'company',
			'within ten (10) days after the filing with the SEC; damages by 4(o)'),
		(7, '4(g)', 'copies of press releases', 'company', true, 'press_release', NULL,
			1, 'days', 'NYGCL', NULL, 'press_release_sent', 'damages', 0.03, 'company',
			'within one (1) day after release; damages by 4(o)'),
		(8, '4(h)', 'shareholder approval', 'company', false, 'shortfall', NULL,
			30, 'days', NULL, NULL, 'shareholder_approval', 'damages', 0.03, 'holder',
			'within thirty (30) days following the date on which ... Reserved Amount exceeds the Authorized and Reserved Shares'),
		(9, '4(h)', 'monthly list', 'company', true, 'month_end', NULL,
			5, 'business days', NULL, NULL, 'list_delivered', 'damages', 0.03, 'holder',
			'within five (5) business days of the end of each month ... until the list is delivered'),
		(10, '4(l)', 'filing tranche', 'buyers', false, 'registration_filed', NULL,
			5, 'days', 'NYGCL', NULL, 'tranche_closed', 'none', NULL, NULL,
			'closing ... within five (5) days of the Filing Date'),
		(11, '4(l)', 'effectiveness tranche', 'buyers', false, 'registration_effective', NULL,
			5, 'days', 'NYGCL', NULL, 'tranche_closed', 'none', NULL, NULL,
			'closing ... within five (5) days of the Effective Date'),
		(12, '4(m)', 'key man insurance', 'company', false, 'signing', NULL,
			5, 'business days', NULL, NULL, 'insurance_obtained', 'none', NULL, NULL,
			'best efforts to obtain, on or before five (5) business days from the date hereof'),
		(13, '4(n)', 'no short sales', 'buyers', false, 'signing', NULL,
			2, 'years', NULL, NULL, 'last_note', 'none', NULL, NULL,
			'so long as any of the Notes remain outstanding, but in no event less than two (2) years from the date hereof'),
		(14, '4(o)', 'any other covenant', 'company', false, 'breach', NULL,
			NULL, NULL, NULL, NULL, 'cure', 'damages', 0.03, 'company',
			'breaches any of the covenants set forth in this Section 4 ... until such breach is cured'),
		(15, '4(e)', 'no discounted, indeterminate or warrant financing', 'company', false, 'closing', NULL,
			NULL, NULL, NULL, NULL, 'lock_up', 'none', NULL, NULL,
			'during the period ... beginning on the Closing Date and ending on the later of ... (plus any days in which sales cannot be made thereunder)'),
		(16, '4(e)', 'right of first offer', 'company', false, 'closing', NULL,
			2, 'years', NULL, NULL, 'lock_up', 'none', NULL, NULL,
			'during the period beginning on the Closing Date and ending two (2) years after the end of the Lock-up Period'),
		(17, '4(h) s. 4', 'corporate action: call the meeting', 'company', false, 'vote_needed', NULL,
			NULL, 'promptly', NULL, NULL, 'meeting_called', 'damages', 0.03, 'company',
			'promptly take all corporate action necessary ... including, without limitation, calling a special meeting of shareholders; damages by 4(o)'),
		(18, '4(g)', 'what shareholders get', 'company', true, 'shareholder_notice', NULL,
			0, 'days', NULL, 'none', 'shareholder_notice_sent', 'damages', 0.03, 'company',
			'contemporaneously with the making available or giving to the shareholders of the Company; damages by 4(o)'),
		(19, '4(i)', 'listing of the shares', 'company', false, 'closing', NULL,
			NULL, 'promptly', NULL, NULL, 'listed', 'damages', 0.03, 'company',
			'promptly secure the listing ... of the Conversion Shares and Warrant Shares; damages by 4(o)'),
		(20, '4(i)', 'maintain listing', 'company', false, 'delisted', NULL,
			NULL, NULL, NULL, NULL, 'listed', 'damages', 0.03, 'company',
			'so long as any Buyer owns any of the Securities, maintain the listing and trading of its Common Stock; damages by 4(o)'),
		(21, '4(i)', 'copies of notices on eligibility', 'company', true, 'eligibility_notice', NULL,
			NULL, 'promptly', NULL, NULL, 'eligibility_notice_sent', 'damages', 0.03, 'company',
			'promptly provide to each Buyer copies of any notices ... regarding the continued eligibility of the Common Stock for listing; damages by 4(o)'),
		(22, '4(j)', 'corporate existence', 'company', false, 'existence_lost', NULL,
			NULL, NULL, NULL, NULL, 'existence_restored', 'damages', 0.03, 'company',
			'so long as a Buyer beneficially owns any Notes or Warrants, the Company shall maintain its corporate existence; damages by 4(o)'),
		(23, '2(f)', 'restrictions on transfer', 'buyers', false, 'breach', NULL,
			NULL, NULL, NULL, NULL, 'cure', 'none', NULL, NULL,
			'the Securities may not be sold, assigned or transferred unless'),
		(24, '5', 'transfer agent instructions', 'company', false, 'signing', NULL,
			NULL, 'closing', NULL, NULL, 'agent_instructed', 'injunction', NULL, NULL,
			'shall issue irrevocable instructions to its transfer agent'),
		(25, '2(g)', 'remove legend: registered', 'company', true, 'registration_effective', NULL,
			NULL, 'promptly', NULL, NULL, 'legend_removed', 'injunction', NULL, NULL,
			'shall be removed and the Company shall issue a certificate without such legend ... if ... (a) such Security is registered for sale under an effective registration statement; remedy by Section 5'),
		(26, '2(g)', 'remove legend: opinion', 'company', true, 'opinion_accepted', NULL,
			NULL, 'promptly', NULL, NULL, 'legend_removed', 'injunction', NULL, NULL,
			'(b) such holder provides the Company with an opinion of counsel; Section 5: promptly instruct its transfer agent to issue one or more certificates, free from restrictive legend'),
		(27, '2(g)', 'remove legend: assurances', 'company', true, 'assurances_received', NULL,
			NULL, 'promptly', NULL, NULL, 'legend_removed', 'injunction', NULL, NULL,
			'(c) such holder provides the Company with reasonable assurances; Section 5: promptly instruct its transfer agent to issue one or more certificates, free from restrictive legend'),
		(28, '5', 'no other instructions to the transfer agent', 'company', false, 'breach', NULL,
			NULL, NULL, NULL, NULL, 'cure', 'injunction', NULL, NULL,
			'no instruction other than the Irrevocable Transfer Agent Instructions ... and stop transfer instructions to give effect to Section 2(f)'))
		v(ord, section, duty, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar, roll, ends_on, remedy, rate, elector, words);
END
$$;
COMMENT ON FUNCTION covenant.clauses(text) IS
'An agreement as data, one row a clock: what starts it (an event kind, month_end, shortfall, or vote_needed: the day from which a shortfall is beyond the board; subjects: only if its subject begins so), how long it runs, what ends it (an event kind, last_note or lock_up), what it costs and who elects cash or shares. Form spa-2005: Securities Purchase Agreement of 23 May 2005, CalbaTech, Inc. and the AJW funds. ord orders the rows; to_each_holder: done when each holder has been served; period NULL: broken from the day of the start, unless unit is promptly (so many business days as that reading says; where it says nothing the clock is pending) or closing (due at the closing); calendar, roll and base NULL: as the readings say; rate: a month for damages, a year for interest; first_day_rate and cap: NULL, this form knows none. What starts on signing starts on the closing where no signing is on record. An unknown form is 22023';

CREATE FUNCTION covenant_internal.clause_table() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT $t$
CREATE TABLE {clause} (
	clause_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	deal {key_type},
	from_day date,
	ord int NOT NULL,
	section text NOT NULL,
	duty text NOT NULL,
	owed_by text NOT NULL CHECK (owed_by IN ('company', 'buyers')),
	to_each_holder boolean NOT NULL,
	starts_on text NOT NULL,
	subjects text[],
	period int CHECK (period >= 0),
	unit text CHECK (unit IN ('business days', 'days', 'months', 'years', 'promptly', 'closing')),
	calendar text,
	roll text CHECK (roll IN ('none', 'following')),
	ends_on text NOT NULL,
	remedy text NOT NULL CHECK (remedy IN ('damages', 'interest', 'per day', 'injunction', 'none')),
	rate numeric CHECK (rate >= 0),
	first_day_rate numeric CHECK (first_day_rate >= 0),
	cap numeric CHECK (cap >= 0),
	elector text CHECK (elector IN ('company', 'holder')),
	base text CHECK (base IN ('own_notes', 'all_notes', 'affected_notes')),
	words text,
	signed_by text[],
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	CHECK ((period IS NULL) = (unit IS NULL OR unit IN ('promptly', 'closing'))),
	CHECK ((remedy IN ('injunction', 'none')) = (rate IS NULL))
);

CREATE TRIGGER covenant_check BEFORE INSERT ON {clause} FOR EACH ROW EXECUTE FUNCTION covenant_internal.check_clause();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {clause} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {clause} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
$t$
$f$;
COMMENT ON FUNCTION covenant_internal.clause_table() IS
'Template of the table of clauses';

CREATE FUNCTION covenant_internal.clause_comments() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT $t$
COMMENT ON TABLE {clause} IS 'The agreement as data, one row a clock, or what an amendment makes of it for a deal from a day on: only ever added to, see covenant.amend. A clock runs by the clause of its duty that was in force on the day of its start: the deal''s own before the general one, the later from_day before the earlier, the later recorded before the earlier (covenant)';
COMMENT ON COLUMN {clause}.clause_id IS 'Number of the row; of two recorded at one moment the higher holds';
COMMENT ON COLUMN {clause}.deal IS 'The deal whose agreement says so; NULL: every deal';
COMMENT ON COLUMN {clause}.from_day IS 'The first day of starts to which it applies (Section 8(e)); NULL: always';
COMMENT ON COLUMN {clause}.ord IS 'Place of the duty, the same in all its rows; of two breaches that begin on one day the lower goes first';
COMMENT ON COLUMN {clause}.section IS 'Section of the agreement';
COMMENT ON COLUMN {clause}.duty IS 'What is to be done; the name by which an amendment knows the clause';
COMMENT ON COLUMN {clause}.owed_by IS 'Who owes it: company or buyers';
COMMENT ON COLUMN {clause}.to_each_holder IS 'Whether it is owed to each holder, and done when each who held something at its start has been served';
COMMENT ON COLUMN {clause}.starts_on IS 'What starts the clock: an event kind, month_end, shortfall, or vote_needed: the day from which the board alone cannot cure a shortfall';
COMMENT ON COLUMN {clause}.subjects IS 'How the subject of an event begins that starts it; NULL: any';
COMMENT ON COLUMN {clause}.period IS 'Time allowed, in units; NULL: as unit says, or none: broken from the day of the start';
COMMENT ON COLUMN {clause}.unit IS 'business days, days, months or years; promptly: so many business days as the reading of that name says, none known where it says nothing; closing: due at the closing';
COMMENT ON COLUMN {clause}.calendar IS 'Which days are business days; NULL: as the readings say';
COMMENT ON COLUMN {clause}.roll IS 'following: a last day that is no business day moves to the next one; none: it stays; NULL: as the reading sunday says of periods in days';
COMMENT ON COLUMN {clause}.ends_on IS 'What ends the clock: an event kind; last_note: a restriction until the last note is gone; lock_up: one until the Lock-up Period has ended, or its period after that (Section 4(e))';
COMMENT ON COLUMN {clause}.remedy IS 'What lateness costs: damages on the notes, interest on the event''s amount, an amount per day, none; injunction: a breach without an amount';
COMMENT ON COLUMN {clause}.rate IS 'Rate of the remedy: a month for damages (0.03), a year for interest (0.15); per day: an amount in the currency of the notes';
COMMENT ON COLUMN {clause}.first_day_rate IS 'What damages come to on the first day besides, as a fraction of the same base; NULL: nothing';
COMMENT ON COLUMN {clause}.cap IS 'The most that one breach costs: a fraction of the base for damages and interest, an amount for per day; NULL: no limit';
COMMENT ON COLUMN {clause}.elector IS 'Who elects cash or shares: company or holder; NULL: cash only';
COMMENT ON COLUMN {clause}.base IS 'Whose notes damages are taken of: own_notes, all_notes, affected_notes; NULL: as the readings say';
COMMENT ON COLUMN {clause}.words IS 'The words of the agreement that the row rests on';
COMMENT ON COLUMN {clause}.signed_by IS 'Who signed the amendment (Section 8(e)); kept, not judged';
COMMENT ON COLUMN {clause}.recorded_at IS 'When it was recorded; written by a trigger';
COMMENT ON COLUMN {clause}.recorded_by IS 'Who recorded it (session_user); written by a trigger';
$t$
$f$;
COMMENT ON FUNCTION covenant_internal.clause_comments() IS
'Template of the comments on the table of clauses';

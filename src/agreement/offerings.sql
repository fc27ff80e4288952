
-- Future Offerings (Section 4(e)) -------------------------------------------------

CREATE FUNCTION covenant_internal.offering_of(ledger regclass, deal text, with_capital boolean,
	OUT offering text, OUT holder text, OUT first_notice_on date, OUT last_notice_on date, OUT option_expires_on date,
	OUT pro_rata numeric, OUT exercised numeric, OUT waived boolean, OUT earliest_closing date) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 10 COST 2000
AS 'MODULE_PATHNAME', 'covenant_offering_of';
COMMENT ON FUNCTION covenant_internal.offering_of(regclass, text, boolean) IS
'The Future Offerings of a deal and those who purchased its notes, as of covenant.as_of, as known at covenant.known_at; the view <deals>_offering asks it';

CREATE FUNCTION covenant_internal.make_offering_view(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'offering',
		'covenant_internal.offering_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'The right of first offer of Section 4(e), as of covenant.as_of: one row for each offering of which a notice, an amendment, an exercise, a waiver or a consent is on record, and each who purchased notes at a closing, also where it has converted or assigned all of them',
		ARRAY[['deal', 'The deal'],
			  ['offering', 'The offering: the subject of its events'],
			  ['holder', 'Who purchased notes; empty where the notes have no holder column'],
			  ['first_notice_on', 'The day on which the first notice of the offering was delivered to it (offering_notice); NULL: none yet'],
			  ['last_notice_on', 'The day on which the last notice was delivered to it; where the terms were amended after that day (offering_amended) it lacks one of the new terms'],
			  ['option_expires_on', 'Last day of the option that its last notice gives: fifteen calendar days after it; where that is no business day the next one, by the reading sunday; NULL: no notice yet'],
			  ['pro_rata', 'Its part of the offering: its principal purchased over all principal purchased, a fraction of 1, rounded half up to 20 decimals; conversions and assignments do not change it'],
			  ['exercised', 'Units for which it has exercised its option in time, on the terms as they are: an amendment begins anew at 0'],
			  ['waived', 'Whether it has waived its notice and option: for this offering (a waiver of 4(e) with the offering as subject), or the right of first offer as such'],
			  ['earliest_closing', 'The earliest day on which the offering may close: over all who have not waived the later of the 20th business day after their first notices (by the reading amendment restarts_both their last ones) and the day after the last of their options; where all have waived the day of the last waiver; NULL while somebody lacks a notice, and where an amendment makes a difference of which no reading was adopted']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_offering_view(regclass) IS
'Makes <deals>_offering';

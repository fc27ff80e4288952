
-- Dated facts ------------------------------------------------------------------

CREATE FUNCTION covenant_internal.stamp() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.recorded_at := clock_timestamp();
	NEW.recorded_by := session_user;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION covenant_internal.stamp() IS
'Trigger that writes when and by whom a row was recorded, whatever the statement says';

CREATE FUNCTION covenant_internal.number_event() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_number_event';
COMMENT ON FUNCTION covenant_internal.number_event() IS
'Trigger that gives an event its number, from the sequence that its column event_id owns; a number in the statement is refused (428C9)';

CREATE FUNCTION covenant_internal.record_payment() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_record_payment';
COMMENT ON FUNCTION covenant_internal.record_payment() IS
'Trigger on payments: what the column shares of an event says was paid to holders counts as issued where the same transaction takes it out of the reserve (Section 4(h), second sentence)';

CREATE FUNCTION covenant_internal.check_event() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_check_event';
COMMENT ON FUNCTION covenant_internal.check_event() IS
'Trigger on an event table, whose arguments name the ledger; reads clauses, positions and events as the owner of the books. Refuses what cannot be: an unknown kind, a day outside of 1971 to 2199 (22008), a fact of the future, a number that is none, a ref that names nothing or is not spelt as it prints, a stop before the start that its ref names, a holder who is no Buyer, a section that no clause answers for, an election by who has no choice (all 22023). Of a payment in shares it writes the amount; a consent or waiver without a holder is that of the only one';

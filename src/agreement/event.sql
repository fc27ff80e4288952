
-- Dated facts ------------------------------------------------------------------

CREATE FUNCTION covenant_internal.stamp() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.recorded_at := clock_timestamp();
	-- Citus writes a row of a table that all nodes have on each of them: what
	-- they have in common is the moment of the transaction that spans them.
	IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
		EXECUTE 'SELECT coalesce((SELECT transaction_stamp FROM get_current_transaction_id() WHERE transaction_number <> 0), $1)'
			INTO NEW.recorded_at USING NEW.recorded_at;
	END IF;
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

CREATE FUNCTION covenant_internal.event_table() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT $t$
CREATE TABLE {event} (
	event_id bigint NOT NULL,
	deal {key_type} NOT NULL REFERENCES {deals} ({key}),
	kind text NOT NULL,
	occurred_on date NOT NULL DEFAULT covenant.as_of(),
	section text,
	holder text,
	subject text,
	ref text,
	amount numeric,
	shares bigint,
	price numeric,
	from_day date,
	to_day date,
	choice text,
	counterparty text,
	note text,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (deal, event_id)
);
CREATE SEQUENCE {event_seq} OWNED BY {event}.event_id;
COMMENT ON SEQUENCE {event_seq} IS 'Numbers of the events, drawn by a trigger (covenant)';
COMMENT ON TABLE {event} IS 'Dated facts about the deals: only ever added to; a wrong one is retracted by another; a deal with facts on record keeps its row and its key (covenant)';
COMMENT ON COLUMN {event}.event_id IS 'Number of the event; written by a trigger';
COMMENT ON COLUMN {event}.deal IS 'The deal';
COMMENT ON COLUMN {event}.kind IS 'Kind of fact: one of covenant.event_kinds(), or what a clause of the deal names in starts_on or ends_on';
COMMENT ON COLUMN {event}.occurred_on IS 'The day on which it happened, 1971 to 2199, covenant.as_of unless given; of filing_due the day by which the filing is due';
COMMENT ON COLUMN {event}.section IS 'Section of the agreement, such as 4(h): of breach always, of cure, election, waiver, damages_agreed and damages_adjudged unless ref ties it; of consent what is consented to (NULL: 4(h))';
COMMENT ON COLUMN {event}.holder IS 'The holder whom it concerns, who has signed or held something; NULL: the company, or every holder, of a payment in proportion to principal; empty where the notes have no holder column';
COMMENT ON COLUMN {event}.subject IS 'What a filing or document is: 10-QSB 2005-06-30, 8-K; a stop ends the start of the same subject';
COMMENT ON COLUMN {event}.ref IS 'What it is tied to: the ref of a duty, that is an event_id, a month end (YYYY-MM-DD) or shortfall YYYY-MM-DD; NULL: the earliest that is open';
COMMENT ON COLUMN {event}.amount IS 'Amount in the currency of the notes, not negative; of a payment in shares shares times price, half up to the cent, written by a trigger; of a consent the most shares by which the reserve may fall; of a waiver or damages_agreed how much is released or agreed (NULL: all)';
COMMENT ON COLUMN {event}.shares IS 'Shares paid, of damages_paid and interest_paid';
COMMENT ON COLUMN {event}.price IS 'Price per share of a payment in shares: the Conversion Price at the time of payment (Section 2(f))';
COMMENT ON COLUMN {event}.from_day IS 'Of a waiver: the first day that it covers; NULL: from the beginning';
COMMENT ON COLUMN {event}.to_day IS 'Of a waiver: the first day that it no longer covers; NULL: without end';
COMMENT ON COLUMN {event}.choice IS 'Of an election: cash or shares';
COMMENT ON COLUMN {event}.counterparty IS 'Whom else it concerns';
COMMENT ON COLUMN {event}.note IS 'Free text, from which nothing is read';
COMMENT ON COLUMN {event}.recorded_at IS 'When it was recorded; written by a trigger';
COMMENT ON COLUMN {event}.recorded_by IS 'Who recorded it (session_user); written by a trigger';

CREATE TRIGGER covenant_assign BEFORE INSERT ON {event} FOR EACH ROW EXECUTE FUNCTION covenant_internal.number_event();
CREATE TRIGGER covenant_stamp BEFORE INSERT ON {event} FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TRIGGER covenant_paid AFTER INSERT ON {event} FOR EACH ROW
	WHEN (NEW.kind = 'damages_paid' OR NEW.kind = 'interest_paid') EXECUTE FUNCTION covenant_internal.record_payment();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {event} FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.append_only();
$t$
$f$;
COMMENT ON FUNCTION covenant_internal.event_table() IS
'Template of the table of events';

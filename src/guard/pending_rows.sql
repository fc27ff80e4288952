
-- What is pending, as rows ------------------------------------------------

CREATE TYPE covenant_internal.pending_change AS (
	first_day date,
	principal numeric,
	annual_interest numeric,
	multiple numeric,
	note_shares bigint,
	warrant_shares bigint,
	interest_shares bigint,
	reserved bigint,
	authorized bigint,
	outstanding bigint,
	other_reserved bigint,
	minimum bigint
);
COMMENT ON TYPE covenant_internal.pending_change IS
'What a transaction has changed about a deal and not yet posted; amounts are changes';
COMMENT ON COLUMN covenant_internal.pending_change.first_day IS 'Earliest day of the changes; NULL where there are none';
COMMENT ON COLUMN covenant_internal.pending_change.principal IS 'Principal of notes, in money';
COMMENT ON COLUMN covenant_internal.pending_change.annual_interest IS 'Interest of one year on the notes, in money';
COMMENT ON COLUMN covenant_internal.pending_change.multiple IS 'Multiple of the Reserved Amount';
COMMENT ON COLUMN covenant_internal.pending_change.note_shares IS 'Shares issuable on conversion of notes';
COMMENT ON COLUMN covenant_internal.pending_change.warrant_shares IS 'Shares issuable on exercise of warrants';
COMMENT ON COLUMN covenant_internal.pending_change.interest_shares IS 'Shares issuable as payment of one year''s interest';
COMMENT ON COLUMN covenant_internal.pending_change.reserved IS 'Shares reserved for the deal';
COMMENT ON COLUMN covenant_internal.pending_change.authorized IS 'Authorized shares';
COMMENT ON COLUMN covenant_internal.pending_change.outstanding IS 'Outstanding shares';
COMMENT ON COLUMN covenant_internal.pending_change.other_reserved IS 'Shares reserved for other purposes';
COMMENT ON COLUMN covenant_internal.pending_change.minimum IS 'Least Reserved Amount';

CREATE FUNCTION covenant_internal.pending(ledger regclass, deal text) RETURNS covenant_internal.pending_change
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_pending';
COMMENT ON FUNCTION covenant_internal.pending(regclass, text) IS
'What this transaction has pending for a deal of a ledger: zeros, and no day, where there is nothing';

CREATE FUNCTION covenant_internal.pending_company(ledger regclass, company text) RETURNS covenant_internal.pending_change
LANGUAGE c STABLE
AS 'MODULE_PATHNAME', 'covenant_pending_company';
COMMENT ON FUNCTION covenant_internal.pending_company(regclass, text) IS
'What this transaction has pending for a company of a ledger, reserved of all its deals: zeros, and no day, where there is nothing';

CREATE FUNCTION covenant_internal.pending_deals(
	ledger regclass, OUT deal text, OUT principal numeric, OUT annual_interest numeric, OUT multiple numeric,
	OUT note_shares bigint, OUT warrant_shares bigint, OUT interest_shares bigint, OUT reserved bigint,
	OUT authorized bigint, OUT outstanding bigint, OUT other_reserved bigint, OUT minimum bigint,
	OUT said_principal numeric, OUT said_warrants numeric) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_pending_deals';
COMMENT ON FUNCTION covenant_internal.pending_deals(regclass) IS
'What this transaction has pending for each deal of a ledger, amounts as changes; said_*: what it has pending for the positions of the deal''s instruments';


-- Conditions of the closings (Sections 4(l), 6 and 7) --------------------------

CREATE FUNCTION covenant.conditions(form text, OUT section text, OUT closing text, OUT benefit text, OUT condition text) RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 32
AS 'MODULE_PATHNAME', 'covenant_conditions';
COMMENT ON FUNCTION covenant.conditions(text) IS
'The conditions of the closings as data, one row a condition and closing, each towards every Buyer: of the Company''s obligation to sell (Section 6, benefit company) at the closing, of each Buyer''s to purchase (Section 7, benefit buyer) at the closing and at both tranches of Section 4(l), and the proviso of 4(l), no Material Adverse Effect as of the effective date, at the effectiveness tranche. The words of the proviso speak of the Additional Notes, those of both tranches; it is read as of the Effectiveness Notes, since the Filing Notes are bought before. closing: closing, filing tranche or effectiveness tranche. An unknown form is 22023';

CREATE FUNCTION covenant_internal.condition_of(ledger regclass, deal text, with_capital boolean,
	OUT closing text, OUT section text, OUT holder text, OUT benefit text, OUT condition text, OUT state text, OUT since date) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 128 COST 1000
AS 'MODULE_PATHNAME', 'covenant_condition_of';
COMMENT ON FUNCTION covenant_internal.condition_of(regclass, text, boolean) IS
'How the conditions of the closings stand towards each Buyer of a deal, as of covenant.as_of, as known at covenant.known_at; the view <deals>_condition asks it';

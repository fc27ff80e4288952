
-- Damages --------------------------------------------------------------------------

CREATE FUNCTION covenant_internal.damages_of(ledger regclass, deal text, with_capital boolean,
	OUT section text, OUT duty text, OUT holder text, OUT from_day date, OUT to_day date, OUT days int, OUT principal numeric,
	OUT interest numeric, OUT amount numeric, OUT shares bigint, OUT elector text, OUT election text, OUT paid numeric,
	OUT balance numeric, OUT status text, OUT ref text, OUT released numeric, OUT paid_shares bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 40 COST 3000
AS 'MODULE_PATHNAME', 'covenant_damages_of';
COMMENT ON FUNCTION covenant_internal.damages_of(regclass, text, boolean) IS
'What the breaches of a deal cost each holder, as of covenant.as_of, as known at covenant.known_at; the view <deals>_damages asks it';

CREATE FUNCTION covenant_internal.damages_month_of(ledger regclass, deal text, with_capital boolean,
	OUT month date, OUT holder text, OUT section text, OUT duty text, OUT amount numeric, OUT ref text, OUT status text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 60 COST 3000
AS 'MODULE_PATHNAME', 'covenant_damages_month_of';
COMMENT ON FUNCTION covenant_internal.damages_month_of(regclass, text, boolean) IS
'The damages of a deal by calendar months; the view <deals>_damages_month asks it';

CREATE FUNCTION covenant_internal.payment_of(ledger regclass, deal text, with_capital boolean,
	OUT event_id bigint, OUT kind text, OUT occurred_on date, OUT holder text, OUT ref text, OUT amount numeric, OUT shares bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 20 COST 2000
AS 'MODULE_PATHNAME', 'covenant_payment_of';
COMMENT ON FUNCTION covenant_internal.payment_of(regclass, text, boolean) IS
'The payments of interest and damages to each holder of a deal; the view <deals>_payment asks it';

CREATE FUNCTION covenant_internal.make_damages_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'damages',
		'covenant_internal.damages_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'What breaches cost each holder, as of covenant.as_of and by the adopted readings: one row a clock, holder and stretch of constant principal and status',
		ARRAY[['deal', 'The deal'],
			  ['section', 'Section of the agreement that answers for the breach'],
			  ['duty', 'What was to be done'],
			  ['holder', 'The holder to whom it is owed; empty where the notes have no holder column'],
			  ['from_day', 'First day counted'],
			  ['to_day', 'The day up to which it is counted, itself not counted: cure, change of principal, agreement on the amount, or covenant.as_of'],
			  ['days', 'Days counted'],
			  ['principal', 'Principal that the rate was taken of; under Section 4(f) the expenses'],
			  ['interest', 'Interest that entered the amount, in its base or added to it'],
			  ['amount', 'Damages in the currency of the notes, rounded once; the holders'' own parts sum to the whole to the cent; where it was settled, the part of what was settled'],
			  ['shares', 'The balance in whole shares at the exact price of the holder''s notes on covenant.as_of, or the last they had, rounded down; NULL where there is no choice of shares, no price, or several'],
			  ['elector', 'Who elects cash or shares: company or holder; NULL: cash only'],
			  ['election', 'What was elected: cash or shares; NULL: nothing yet'],
			  ['paid', 'Payments that went to this row'],
			  ['balance', 'amount - paid - released; negative: paid too much'],
			  ['status', 'asserted until an event says agreed or adjudged, of what has accrued by its day'],
			  ['ref', 'What an event is tied to this breach by'],
			  ['released', 'What waivers with an amount have released of it'],
			  ['paid_shares', 'Shares with which it was paid, at the price of their day']]);
	SELECT covenant_internal.make_history_view(ledger, 'damages_month',
		'covenant_internal.damages_month_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'Damages by calendar months: each row of the damages view parted over the months that it covers, to the cent, as it accrued',
		ARRAY[['deal', 'The deal'],
			  ['month', 'The first day of the month'],
			  ['holder', 'The holder to whom it is owed; empty where the notes have no holder column'],
			  ['section', 'Section of the agreement that answers for the breach'],
			  ['duty', 'What was to be done'],
			  ['amount', 'Damages of the month; the parts of a row sum to it'],
			  ['ref', 'What an event is tied to this breach by'],
			  ['status', 'asserted, agreed or adjudged']]);
	SELECT covenant_internal.make_history_view(ledger, 'payment',
		'covenant_internal.payment_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'Payments of interest and damages, to each holder',
		ARRAY[['deal', 'The deal'],
			  ['event_id', 'Number of the event'],
			  ['kind', 'interest_paid or damages_paid'],
			  ['occurred_on', 'The day of payment'],
			  ['holder', 'The holder to whom it was paid; where the event names none, each with principal; empty: on an invoice that names nobody'],
			  ['ref', 'The breach that it pays; NULL: what is owed longest'],
			  ['amount', 'The holder''s part; the parts of one event sum to its amount'],
			  ['shares', 'The holder''s part of what was paid in shares; 0: cash']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_damages_views(regclass) IS
'Makes <deals>_damages, <deals>_damages_month and <deals>_payment';

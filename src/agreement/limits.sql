
-- The limits on raising capital (Section 4(e)) --------------------------------------

CREATE FUNCTION covenant_internal.broken_limit(ledger regclass, deal text, with_capital boolean, offering text, kind text,
	agreed_on date, closes_on date, price covenant.share_price, market_price covenant.share_price, exception text, limit_name text,
	OUT broken text, OUT message text, OUT detail text, OUT hint text) RETURNS SETOF record
LANGUAGE c STABLE ROWS 1 COST 3000
SET covenant.as_of = '' SET covenant.known_at = ''
AS 'MODULE_PATHNAME', 'covenant_broken_limit';
COMMENT ON FUNCTION covenant_internal.broken_limit(regclass, text, boolean, text, text, date, date, covenant.share_price, covenant.share_price, text, text) IS
'What is to be said of a financing that breaks a limit, lock_up or right_of_first_offer, by what had happened by the day on which it is agreed or closes, as all of that is on record now; no row where it does not. 22023 an unknown kind or exception, 23502 a price that is needed and not known, 22008 a day that no calendar knows';

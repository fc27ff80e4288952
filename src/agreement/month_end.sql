
-- Month end: the list of Section 4(h) -------------------------------------------

CREATE FUNCTION covenant_internal.month_end_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (90, 'monthly_list', '{ledger}', $v$
	WITH
	list AS (
		SELECT c.ref, c.ends_on, c.started_on AS month_end, c.due_on, c.done_on, b.counted
		FROM {clock} c
		JOIN {history} b ON b.deal = $1 AND b.day <= c.started_on
			AND (b.next_day IS NULL OR b.next_day > c.started_on)
		WHERE c.deal = $1 AND c.starts_on = 'month_end'),
	-- The reserve is parted between the holders as their issuable shares are.
	item AS (
		SELECT i.*, h.holder, h.note_shares, h.warrant_shares, h.interest_shares,
			array_agg((h.note_shares + h.warrant_shares)::numeric) OVER w AS weights,
			row_number() OVER (PARTITION BY i.ref ORDER BY h.holder) AS part
		FROM list i
		JOIN {holding} h ON h.deal = $1 AND h.day <= i.month_end
			AND (h.next_day IS NULL OR h.next_day > i.month_end)
		WHERE h.note_shares > 0 OR h.warrant_shares > 0
		WINDOW w AS (PARTITION BY i.ref ORDER BY h.holder
			ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
	delivered AS (
		SELECT i.*, coalesce((SELECT min(f.occurred_on) FROM {fact} f WHERE f.deal = $1
			AND f.kind = i.ends_on AND f.ref = i.ref AND f.holder = i.holder), i.done_on) AS delivered_on
		FROM item i)
	SELECT d.month_end, d.holder,
		((covenant.allocate(greatest(d.counted, 0)::covenant.shares, d.weights))[d.part])::bigint AS reserved_for_holder,
		d.note_shares AS conversion_shares, d.warrant_shares, d.interest_shares,
		d.note_shares + d.warrant_shares + d.interest_shares AS total,
		d.due_on, d.delivered_on,
		greatest(coalesce(d.delivered_on, covenant.as_of()) - d.due_on, 0) AS days_late
	FROM delivered d
$v$, 'What Section 4(h) has the company list at every month end, for each holder, with the day by which the list is due and the day of its delivery', ARRAY[
	['deal', 'The deal', NULL],
	['month_end', 'The month end that the list is about; the balances are those at its end', 'date'],
	['holder', 'The holder; empty where the tables have no holder column', 'text'],
	['reserved_for_holder', 'Shares authorized and reserved, parted in proportion to the holders'' issuable shares, largest remainder: the parts sum to the whole', 'bigint'],
	['conversion_shares', 'Shares issuable on conversion of the holder''s notes', 'bigint'],
	['warrant_shares', 'Shares issuable on exercise of the holder''s warrants', 'bigint'],
	['interest_shares', 'Shares that would pay one year''s interest on the holder''s notes', 'bigint'],
	['total', 'conversion_shares + warrant_shares + interest_shares: item (2) of the list', 'bigint'],
	['due_on', 'The last day in time: five business days after the month end', 'date'],
	['delivered_on', 'The day of delivery; NULL: not yet', 'date'],
	['days_late', 'Calendar days after due_on, up to delivered_on or covenant.as_of; 0 in time', 'integer']])
$f$;
COMMENT ON FUNCTION covenant_internal.month_end_views() IS
'Template of the view of monthly lists';

CREATE PROCEDURE covenant.close_month(deals regclass, month_end date)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := covenant_internal.adopted_books(deals);
BEGIN
	PERFORM covenant_internal.require_day(month_end, 'the month end');
	IF month_end IS NULL OR extract(day FROM month_end + 1) <> 1 THEN
		RAISE EXCEPTION '% is no month end', coalesce(month_end::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'A list is about the last day of a month.';
	ELSIF month_end > covenant.as_of() THEN
		RAISE EXCEPTION 'the month that ends on % has not ended', month_end
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('covenant.as_of is %s.', covenant.as_of());
	END IF;
	EXECUTE covenant_internal.fill_in(ledger, $q$
		INSERT INTO {list} (deal, month_end, holder, reserved_for_holder, conversion_shares,
			warrant_shares, interest_shares, total)
		SELECT m.deal, m.month_end, m.holder, m.reserved_for_holder, m.conversion_shares,
			m.warrant_shares, m.interest_shares, m.total
		FROM {monthly_list} m WHERE m.month_end = $1
		ON CONFLICT DO NOTHING
	$q$) USING month_end;
END
$$;
COMMENT ON PROCEDURE covenant.close_month(regclass, date) IS
'Stores the lists of a month end (Section 4(h)) as the content that is delivered; takes the month end, so that a late run gives the same numbers; a second run adds only deals that have none yet. 22023: no month end, or one that covenant.as_of has not reached; 22008: one that no calendar knows';

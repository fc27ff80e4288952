
-- Facts: the events that count ----------------------------------------------

-- The views of an adopted agreement are templates: {event}, {journal} and the
-- like stand for the qualified names that covenant.adopt puts in.  columns is
-- a list of pairs, name and comment.  Where keys says which deals there are,
-- the body is that of a function of one deal, $1, columns have a type
-- as well, and the view calls the function for each deal: what is asked of one
-- deal costs no more than it, its plan is kept, and nothing is compiled (jit)
-- for a query that runs in milliseconds.

CREATE FUNCTION covenant_internal.fact_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (10, 'fact', NULL, $v$
	-- A retraction counts from the moment it was recorded, for every day.
	SELECT e.deal, e.event_id, e.kind, e.occurred_on, e.section, e.holder, e.subject, e.ref, e.amount, e.choice, e.note
	FROM {event} e
	WHERE e.kind <> 'retraction'
		AND e.recorded_at <= covenant.known_at()
		AND (e.occurred_on <= covenant.as_of() OR e.kind = 'filing_due')
		AND NOT EXISTS (SELECT FROM {event} r
			WHERE r.deal = e.deal AND r.kind = 'retraction' AND r.ref = e.event_id::text
				AND r.recorded_at <= covenant.known_at())
$v$, 'The events that count: happened by covenant.as_of, recorded by covenant.known_at, not retracted; filing_due also before its day', ARRAY[
	['deal', 'The deal'],
	['event_id', 'Number of the event'],
	['kind', 'Kind of fact'],
	['occurred_on', 'The day on which it happened; of filing_due the day by which the filing is due'],
	['section', 'Section of the agreement'],
	['holder', 'The holder whom it concerns; NULL: the company, or every holder'],
	['subject', 'What a filing or document is'],
	['ref', 'What it is tied to: the ref of a duty'],
	['amount', 'Amount in the currency of the notes; of a consent: shares'],
	['choice', 'Of an election: cash or shares'],
	['note', 'Free text']]),

(35, 'payment', NULL, $v$
	-- One to nobody in particular is parted by principal, after the last note
	-- by what it last was; what is paid on nobody's invoice stays together.
	SELECT f.deal, f.event_id, f.kind, f.occurred_on, coalesce(f.holder, '') AS holder, f.ref, f.amount
	FROM {fact} f
	WHERE f.kind IN ('interest_paid', 'damages_paid')
		AND (f.holder IS NOT NULL OR EXISTS (SELECT FROM {fact} i
			WHERE i.deal = f.deal AND i.kind = 'invoice' AND i.holder IS NULL AND i.event_id::text = f.ref))
	UNION ALL
	SELECT p.deal, p.event_id, p.kind, p.occurred_on, p.holder, p.ref,
		(covenant.allocate(p.amount, array_agg(p.principal) OVER w, greatest(scale(p.amount), 2)))
			[row_number() OVER (PARTITION BY p.deal, p.event_id ORDER BY p.holder)]
	FROM (SELECT f.deal, f.event_id, f.kind, f.occurred_on, f.ref, f.amount, h.holder, h.principal
		FROM {fact} f
		CROSS JOIN LATERAL (SELECT max(least(h.next_day - 1, f.occurred_on)) AS day FROM {holding} h
			WHERE h.deal = f.deal AND h.principal > 0 AND h.day <= f.occurred_on) paid
		JOIN {holding} h ON h.deal = f.deal AND h.principal > 0
			AND h.day <= paid.day AND (h.next_day IS NULL OR h.next_day > paid.day)
		WHERE f.kind IN ('interest_paid', 'damages_paid') AND f.holder IS NULL
			AND NOT EXISTS (SELECT FROM {fact} i
				WHERE i.deal = f.deal AND i.kind = 'invoice' AND i.holder IS NULL AND i.event_id::text = f.ref)) p
	WINDOW w AS (PARTITION BY p.deal, p.event_id ORDER BY p.holder
		ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
$v$, 'Payments of interest and damages, to each holder', ARRAY[
	['deal', 'The deal'],
	['event_id', 'Number of the event'],
	['kind', 'interest_paid or damages_paid'],
	['occurred_on', 'The day of payment'],
	['holder', 'The holder to whom it was paid; where the event names none, each with principal'],
	['ref', 'The breach that it pays; NULL: what is owed longest'],
	['amount', 'The holder''s part; the parts of one event sum to its amount']])
$f$;
COMMENT ON FUNCTION covenant_internal.fact_views() IS
'Templates of the views over events: fact, payment';

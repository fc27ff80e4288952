
-- History: facts and balances as of a day, as known at a moment -------------

-- The views of an adopted agreement are templates: {event}, {journal} and the
-- like stand for the qualified names that covenant.adopt puts in.  columns is
-- a list of pairs, name and comment.  Where keys says which deals there are,
-- the body is that of a function of one deal, $1, columns have a type
-- as well, and the view calls the function for each deal: what is asked of one
-- deal costs no more than it, its plan is kept, and nothing is compiled (jit)
-- for a query that runs in milliseconds.

CREATE FUNCTION covenant_internal.history_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (10, 'fact', NULL, $v$
	-- A retraction counts from the moment it was recorded, for every day.
	SELECT e.deal, e.event_id, e.kind, e.occurred_on, e.holder, e.ref, e.amount, e.note,
		covenant_internal.section_in(e.note) AS section
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
	['holder', 'The holder whom it concerns; NULL: the company, or every holder'],
	['ref', 'What it is tied to: the ref of a duty'],
	['amount', 'Amount in the currency of the notes; of a consent: shares'],
	['note', 'Free text; begins with the section where the kind needs one'],
	['section', 'The section that note begins with']]),

(20, 'history', NULL, $v$
	WITH
	-- Changes of one day are one; the order of recording does not matter.
	moved AS (
		SELECT j.deal, j.effective_on AS day,
			sum(j.principal) AS principal, sum(j.annual_interest) AS annual_interest,
			sum(j.note_shares) AS note_shares, sum(j.warrant_shares) AS warrant_shares,
			sum(j.interest_shares) AS interest_shares, sum(j.reserved) AS reserved,
			sum(j.authorized) AS authorized, sum(j.outstanding) AS outstanding,
			sum(j.other_reserved) AS other_reserved, sum(j.multiple) AS multiple
		FROM {journal} j
		WHERE j.effective_on <= covenant.as_of() AND j.recorded_at <= covenant.known_at()
		GROUP BY j.deal, j.effective_on),
	balance AS (
		SELECT m.deal, m.day, lead(m.day) OVER w AS next_day,
			sum(m.principal) OVER w AS principal, sum(m.annual_interest) OVER w AS annual_interest,
			sum(m.note_shares) OVER w AS note_shares, sum(m.warrant_shares) OVER w AS warrant_shares,
			sum(m.interest_shares) OVER w AS interest_shares, sum(m.reserved) OVER w AS reserved,
			sum(m.authorized) OVER w AS authorized, sum(m.outstanding) OVER w AS outstanding,
			sum(m.other_reserved) OVER w AS other_reserved,
			2 + coalesce(sum(m.multiple) OVER w, 0) AS multiple
		FROM moved m
		WINDOW w AS (PARTITION BY m.deal ORDER BY m.day)),
	-- Where the ledger keeps no authorized capital, none is known.
	capital AS (
		SELECT b.*, b.note_shares + b.warrant_shares AS issuable,
			ceil(b.multiple * (b.note_shares + b.warrant_shares)) AS required,
			CASE WHEN l.authorized IS NOT NULL
				THEN b.authorized - coalesce(b.outstanding, 0) - coalesce(b.other_reserved, 0)
				END AS available,
			l.authorized IS NOT NULL AS has_capital
		FROM balance b JOIN {ledger} l ON l.deal = b.deal)
	SELECT c.deal, c.day, c.next_day, c.principal, c.annual_interest,
		c.note_shares::bigint AS note_shares, c.warrant_shares::bigint AS warrant_shares,
		c.interest_shares::bigint AS interest_shares, c.issuable::bigint AS issuable,
		c.multiple, c.required::bigint AS required, c.reserved::bigint AS reserved,
		CASE WHEN c.has_capital THEN c.authorized::bigint END AS authorized,
		CASE WHEN c.has_capital THEN c.outstanding::bigint END AS outstanding,
		CASE WHEN c.has_capital THEN c.other_reserved::bigint END AS other_reserved,
		c.available::bigint AS available,
		least(c.reserved, c.available)::bigint AS counted,
		(least(c.reserved, c.available) - c.required)::bigint AS slack
	FROM capital c
$v$, 'Balances of each deal at the end of every day on which one moved, summed from the journal by the day on which a change took effect, up to covenant.as_of, as known at covenant.known_at', ARRAY[
	['deal', 'The deal'],
	['day', 'A day on which a balance moved; the balances are those at its end'],
	['next_day', 'The next such day, up to which the balances held; NULL: they still hold'],
	['principal', 'Outstanding principal of the notes'],
	['annual_interest', 'One year''s interest on the notes: principal times rate; 0 where no rate is watched'],
	['note_shares', 'Shares issuable on conversion of the notes'],
	['warrant_shares', 'Shares issuable on exercise of the warrants'],
	['interest_shares', 'Shares that would pay one year''s interest'],
	['issuable', 'note_shares + warrant_shares'],
	['multiple', 'Multiple of the Reserved Amount, 2 in the agreement'],
	['required', 'The Reserved Amount: multiple times issuable, rounded up (Section 4(h))'],
	['reserved', 'Shares reserved for the deal'],
	['authorized', 'Shares authorized; NULL where the capital is not watched'],
	['outstanding', 'Shares outstanding; NULL where the capital is not watched'],
	['other_reserved', 'Shares reserved for other purposes; NULL where the capital is not watched'],
	['available', 'Shares that could be reserved without a shareholder vote: authorized - outstanding - other_reserved'],
	['counted', 'Authorized and Reserved Shares: the lesser of reserved and available'],
	['slack', 'counted - required; below 0 the deal is short (Section 4(h))']]),

(30, 'holding', NULL, $v$
	SELECT m.deal, m.holder, m.day, lead(m.day) OVER w AS next_day,
		sum(m.principal) OVER w AS principal,
		sum(m.annual_interest) OVER w AS annual_interest,
		(sum(m.note_shares) OVER w)::bigint AS note_shares,
		(sum(m.warrant_shares) OVER w)::bigint AS warrant_shares,
		(sum(m.interest_shares) OVER w)::bigint AS interest_shares
	FROM (SELECT j.deal, j.holder, j.effective_on AS day,
			sum(j.principal) AS principal, sum(j.annual_interest) AS annual_interest,
			sum(j.note_shares) AS note_shares, sum(j.warrant_shares) AS warrant_shares,
			sum(j.interest_shares) AS interest_shares
		FROM {journal} j
		WHERE j.effective_on <= covenant.as_of() AND j.recorded_at <= covenant.known_at()
			AND (j.principal <> 0 OR j.annual_interest <> 0 OR j.note_shares <> 0
				OR j.warrant_shares <> 0 OR j.interest_shares <> 0)
		GROUP BY j.deal, j.holder, j.effective_on) m
	WINDOW w AS (PARTITION BY m.deal, m.holder ORDER BY m.day)
$v$, 'Balances of each holder at the end of every day on which one moved, up to covenant.as_of, as known at covenant.known_at', ARRAY[
	['deal', 'The deal'],
	['holder', 'The holder; empty where the tables are watched without a holder column'],
	['day', 'A day on which a balance moved; the balances are those at its end'],
	['next_day', 'The next such day, up to which the balances held; NULL: they still hold'],
	['principal', 'Outstanding principal of the holder''s notes'],
	['annual_interest', 'One year''s interest on the holder''s notes'],
	['note_shares', 'Shares issuable on conversion of the holder''s notes'],
	['warrant_shares', 'Shares issuable on exercise of the holder''s warrants'],
	['interest_shares', 'Shares that would pay one year''s interest on the holder''s notes']]),

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
COMMENT ON FUNCTION covenant_internal.history_views() IS
'Templates of the views over events and journal: fact, history, holding, payment';

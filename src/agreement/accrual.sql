
-- Damages --------------------------------------------------------------------------

-- The months of a breach run from its first day, however its base moved: a
-- segment is what has run by its end less what had run by its start.  At 20
-- decimals both are cut alike where their difference terminates, so that the
-- result is rounded once.
CREATE FUNCTION covenant_internal.segment_damages(base numeric, addend numeric, run_from date, from_date date, to_date date,
	months text, monthly_rate numeric, scale int)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT round(covenant.liquidated_damages(base, addend, run_from, to_date, 'principal_plus_interest', months, monthly_rate, 20)
	- covenant.liquidated_damages(base, 0, run_from, from_date, 'principal', months, monthly_rate, 20), scale)
$$;
COMMENT ON FUNCTION covenant_internal.segment_damages(numeric, numeric, date, date, date, text, numeric, int) IS
'Damages of a part of a breach that runs from run_from: monthly_rate x base x months from from_date up to to_date, plus addend; rounded half up to scale';

-- The accrual of breaches, asked of one deal, $1: {claims} are their days for
-- each holder.
CREATE FUNCTION covenant_internal.accrual_query(claims text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
SELECT replace($v$
	WITH
	fact AS MATERIALIZED (SELECT f.* FROM {fact} f WHERE f.deal = $1),
	paid AS MATERIALIZED (SELECT p.* FROM {payment} p WHERE p.deal = $1 AND p.kind = 'interest_paid'),
	-- What moved each holder's principal and interest.
	moved AS MATERIALIZED (
		SELECT h.holder, h.day, h.principal - lag(h.principal, 1, 0::numeric) OVER w AS principal,
			h.annual_interest - lag(h.annual_interest, 1, 0::numeric) OVER w AS annual_interest
		FROM {holding} h WHERE h.deal = $1 WINDOW w AS (PARTITION BY h.holder ORDER BY h.day)),
	buyer AS (SELECT DISTINCT m.holder FROM moved m WHERE m.principal > 0),
	claim AS MATERIALIZED ({claims}),
	-- Each breach is read as was adopted for the day of its start.
	reading AS MATERIALIZED (
		SELECT r.* FROM {reading} r WHERE r.reading_id IN (SELECT c.reading_id FROM claim c)),
	-- The stretches of constant balance of whoever's notes count: each holder's,
	-- or all together ('').  Interest is reckoned for each and added up, so that
	-- every day count gives what it gives for the stretch.
	level AS (
		SELECT k.reading_id, k.who, k.day, lead(k.day) OVER w AS next_day, sum(k.principal) OVER w AS principal,
			sum(k.annual_interest) OVER w AS annual_interest
		FROM (SELECT r.reading_id, CASE r.base WHEN 'all_notes' THEN '' ELSE m.holder END AS who, m.day,
				sum(m.principal) AS principal, sum(m.annual_interest) AS annual_interest
			FROM moved m CROSS JOIN reading r GROUP BY r.reading_id, 2, m.day) k
		WINDOW w AS (PARTITION BY k.reading_id, k.who ORDER BY k.day)),
	stretch AS MATERIALIZED (
		SELECT l.*, coalesce(sum(CASE WHEN l.annual_interest <> 0 AND l.next_day IS NOT NULL
				THEN sign(l.annual_interest) * covenant.accrued_interest(abs(l.annual_interest), 1, l.day, l.next_day, r.day_count) ELSE 0 END)
			OVER (PARTITION BY l.reading_id, l.who ORDER BY l.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS accrued_before
		FROM level l JOIN reading r USING (reading_id)),

	-- Where simultaneous breaches cost once in all, a day belongs to the
	-- breach that began first; the months and the interest are those of all
	-- the days without a gap.
	before AS (
		SELECT c.*, max(c.to_day) OVER (PARTITION BY c.holder ORDER BY c.from_day, c.ord, length(c.ref), c.ref
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS others_to
		FROM claim c WHERE c.from_day < c.to_day),
	begun AS (
		SELECT b.*, CASE r.stacking WHEN 'each' THEN b.from_day ELSE greatest(b.from_day, b.others_to) END AS own_from,
			CASE r.stacking WHEN 'each' THEN b.from_day
				ELSE max(CASE WHEN b.from_day < b.others_to THEN NULL ELSE b.from_day END) OVER (PARTITION BY b.holder
					ORDER BY b.from_day, b.ord, length(b.ref), b.ref) END AS run_from
		FROM before b JOIN reading r USING (reading_id)),
	run AS (
		SELECT b.*, CASE r.stacking WHEN 'each' THEN b.to_day
			ELSE max(b.to_day) OVER (PARTITION BY b.holder, b.run_from) END AS run_to
		FROM begun b JOIN reading r USING (reading_id)),
	-- Every day on which a holder's principal moved, and every day by which
	-- damages were agreed or adjudged, begins a new segment for all, so that the
	-- holders' parts of a segment are parts of one whole.
	segment AS (
		SELECT r.*, s.day AS segment_from,
			lead(s.day, 1, r.to_day) OVER (PARTITION BY r.ord, r.ref, r.holder ORDER BY s.day) AS segment_to
		FROM run r
		CROSS JOIN LATERAL (SELECT r.own_from
			UNION SELECT m.day FROM moved m
				WHERE m.principal <> 0 AND m.day > r.own_from AND m.day < r.to_day
			UNION SELECT f.occurred_on FROM fact f
				WHERE f.kind IN ('damages_agreed', 'damages_adjudged') AND coalesce(f.section, r.section) = r.section
					AND coalesce(f.ref, r.ref) = r.ref AND f.occurred_on > r.own_from AND f.occurred_on < r.to_day) s(day)
		WHERE r.own_from < r.to_day),
	-- Payments of interest go to the oldest.
	balance AS (
		SELECT s.*, s.segment_to = s.run_to AS is_last, coalesce(l.principal, 0) AS principal,
			coalesce(o.principal, 0) AS own_principal,
			greatest(coalesce(e.accrued, 0) - coalesce(p.paid, 0), 0) AS unpaid_interest,
			greatest(least(coalesce(e.accrued, 0) - coalesce(b.accrued, 0), coalesce(e.accrued, 0) - coalesce(p.paid, 0)), 0) AS interest_during
		FROM segment s JOIN reading r USING (reading_id)
		CROSS JOIN LATERAL (SELECT CASE r.base WHEN 'all_notes' THEN '' ELSE s.holder END AS who) k
		LEFT JOIN stretch l ON l.reading_id = s.reading_id AND l.who = k.who AND l.day <= s.segment_from AND (l.next_day > s.segment_from OR l.next_day IS NULL)
		LEFT JOIN LATERAL (SELECT sum(m.principal) AS principal FROM moved m
			WHERE r.base = 'all_notes' AND m.holder = s.holder AND m.day <= s.segment_from) o ON true
		LEFT JOIN LATERAL (SELECT x.accrued_before + CASE WHEN x.annual_interest <> 0
				THEN sign(x.annual_interest) * covenant.accrued_interest(abs(x.annual_interest), 1, x.day, s.segment_to, r.day_count) ELSE 0 END AS accrued
			FROM stretch x WHERE x.reading_id = s.reading_id AND x.who = k.who AND x.day < s.segment_to AND (x.next_day >= s.segment_to OR x.next_day IS NULL)) e ON true
		LEFT JOIN LATERAL (SELECT x.accrued_before + CASE WHEN x.annual_interest <> 0
				THEN sign(x.annual_interest) * covenant.accrued_interest(abs(x.annual_interest), 1, x.day, s.run_from, r.day_count) ELSE 0 END AS accrued
			FROM stretch x WHERE x.reading_id = s.reading_id AND x.who = k.who AND x.day < s.run_from AND (x.next_day >= s.run_from OR x.next_day IS NULL)) b ON true
		CROSS JOIN LATERAL (
			SELECT sum(p.amount) AS paid FROM paid p
			WHERE p.occurred_on <= s.segment_to AND (r.base = 'all_notes' OR p.holder = s.holder)) p)
	-- The formula says whether interest is in the base, added at the end, both,
	-- or neither.  On all notes only who has notes has a claim.
	SELECT b.ord, b.ref, b.section, b.duty, b.elector, b.rate, b.holder, b.run_from,
		b.segment_from AS from_day, b.segment_to AS to_day, b.is_last,
		b.principal, b.unpaid_interest, b.interest_during, r.base AS whose, r.months,
		CASE WHEN r.formula LIKE 'principal_and_interest%' THEN b.principal + i.interest ELSE b.principal END AS base,
		CASE WHEN b.is_last AND r.formula LIKE '%plus_interest' THEN i.interest ELSE 0 END AS addend
	FROM balance b JOIN reading r USING (reading_id)
	CROSS JOIN LATERAL (SELECT CASE r.interest WHEN 'all_unpaid' THEN b.unpaid_interest
		ELSE b.interest_during END AS interest) i
	WHERE r.base <> 'all_notes' OR b.own_principal > 0
$v$, '{claims}', claims)
$f$;
COMMENT ON FUNCTION covenant_internal.accrual_query(text) IS
'Template of the query that says what the damages of a deal, $1, are taken of: each breach for each holder in segments of constant principal. claims: a query of ord, ref, section, duty, elector, rate, holder, from_day, to_day, reading_id, which may read fact (the deal''s facts) and buyer (its holders)';

CREATE FUNCTION covenant_internal.damages_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (70, 'accrual', '{ledger}', covenant_internal.accrual_query($v$
		-- What each holder may claim: its own days of each breach.  A stop
		-- recorded for one holder ends the breach towards that holder.
		SELECT c.* FROM covenant_internal.claims_of({ledger_literal}, $1::text) c JOIN buyer h ON h.holder = c.holder$v$),
'What damages are taken of: each breach for each holder, in segments of constant principal', ARRAY[
	['deal', 'The deal', NULL],
	['ord', 'The clause, by its place in the clause table', 'integer'],
	['ref', 'What an event is tied to this breach by', 'text'],
	['section', 'Section of the agreement', 'text'],
	['duty', 'What was to be done', 'text'],
	['elector', 'Who elects cash or shares', 'text'],
	['rate', 'Rate a month', 'numeric'],
	['holder', 'The holder to whom damages run', 'text'],
	['run_from', 'The day from which the months are counted for this holder: the first of the breach or, where simultaneous ones cost once in all, of the first of them', 'date'],
	['from_day', 'First day of the segment', 'date'],
	['to_day', 'End of the segment, a day no longer counted: the next change of principal, the cure, or covenant.as_of', 'date'],
	['is_last', 'Whether it is the last segment so far of what run_from begins', 'boolean'],
	['principal', 'Principal during the segment: the holder''s own notes or all notes, as read', 'numeric'],
	['unpaid_interest', 'Interest on the same notes accrued and unpaid at to_day', 'numeric'],
	['interest_during', 'Of it the interest accrued since run_from; what was paid went to the oldest', 'numeric'],
	['whose', 'The reading base: own_notes or all_notes', 'text'],
	['months', 'The reading months', 'text'],
	['base', 'What the rate is taken of, by the adopted formula', 'numeric'],
	['addend', 'What is added, by the adopted formula', 'numeric']]),

(80, 'damages', '(SELECT r.deal FROM {ledger} r UNION SELECT e.deal FROM {event} e)', $v$
	WITH
	fact AS MATERIALIZED (SELECT f.* FROM {fact} f WHERE f.deal = $1),
	term AS (
		SELECT a.*, CASE WHEN a.addend > 0 THEN a.addend
			WHEN a.base > a.principal THEN a.base - a.principal ELSE 0 END AS interest_taken
		FROM {accrual} a WHERE a.deal = $1 AND (a.base > 0 OR a.addend > 0)),
	-- On own notes the holders' parts are parts of one whole, to the cent.
	parted AS (
		SELECT t.*,
			covenant_internal.segment_damages(t.base, t.addend, t.run_from, t.from_day, t.to_day, t.months, t.rate, 20) AS exact,
			covenant_internal.segment_damages(sum(t.base) OVER w, sum(t.addend) OVER w, t.run_from, t.from_day, t.to_day,
				t.months, t.rate, 2) AS whole,
			row_number() OVER (PARTITION BY t.ord, t.ref, t.run_from, t.from_day, t.to_day ORDER BY t.holder) AS part
		FROM term t
		WINDOW w AS (PARTITION BY t.ord, t.ref, t.run_from, t.from_day, t.to_day)),
	amount AS (
		SELECT p.*, CASE p.whose WHEN 'all_notes' THEN round(p.exact, 2)
			ELSE (covenant.allocate(p.whole, array_agg(p.exact) OVER w, 2))[p.part] END AS amount
		FROM parted p
		WINDOW w AS (PARTITION BY p.ord, p.ref, p.run_from, p.from_day, p.to_day
			ORDER BY p.holder ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
	owed AS (
		SELECT a.ord, a.ref, a.section, a.duty, a.elector, a.holder, a.from_day, a.to_day,
			a.principal, a.interest_taken AS interest, a.amount
		FROM amount a
		UNION ALL
		-- Section 4(f): expenses not reimbursed in time bear interest.
		SELECT c.ord, c.ref, c.section, c.duty, c.elector, coalesce(c.holder, ''), c.broken_from, e.to_day,
			c.amount, 0, round(covenant.accrued_interest(c.amount, c.rate, c.broken_from, e.to_day, r.day_count), 2)
		FROM {clock} c JOIN {reading} r ON r.reading_id = c.reading_id
		CROSS JOIN LATERAL (SELECT least(c.done_on, covenant.as_of()) AS to_day) e
		WHERE c.deal = $1 AND c.remedy = 'interest' AND NOT c.waived AND c.broken_from < e.to_day),

	-- Payments go to the breach that their ref names, else to what is owed
	-- longest; within a breach to the oldest segment.  What is too much stays
	-- with the last row as a negative balance.
	payment AS (
		SELECT f.holder, f.amount, f.ref,
			(SELECT min(o.ord) FROM owed o WHERE o.holder = f.holder AND o.ref = f.ref) AS ord
		FROM {payment} f WHERE f.deal = $1 AND f.kind = 'damages_paid'),
	lined_up AS (
		SELECT o.*, sum(o.amount) OVER w - o.amount AS owed_before, lead(o.from_day) OVER w IS NULL AS is_last,
			coalesce((SELECT sum(p.amount) FROM payment p
				WHERE p.holder = o.holder AND p.ord = o.ord AND p.ref = o.ref), 0) AS tied
		FROM owed o
		WINDOW w AS (PARTITION BY o.holder, o.ord, o.ref ORDER BY o.from_day)),
	settled AS (
		SELECT p.*, p.amount - p.tied_paid AS open,
			sum(greatest(p.amount - p.tied_paid, 0)) OVER w - greatest(p.amount - p.tied_paid, 0) AS open_before,
			lead(p.from_day) OVER w IS NULL AS is_very_last,
			coalesce((SELECT sum(u.amount) FROM payment u WHERE u.holder = p.holder AND u.ord IS NULL), 0) AS untied
		FROM (SELECT u.*, CASE WHEN u.is_last THEN greatest(u.tied - u.owed_before, 0)
				ELSE greatest(least(u.amount, u.tied - u.owed_before), 0) END AS tied_paid
			FROM lined_up u) p
		WINDOW w AS (PARTITION BY p.holder ORDER BY p.from_day, p.ord, length(p.ref), p.ref)),
	paid AS (
		SELECT s.*, round(s.tied_paid + CASE WHEN s.is_very_last THEN greatest(s.untied - s.open_before, 0)
			ELSE greatest(least(s.open, s.untied - s.open_before), 0) END, 2) AS paid
		FROM settled s),
	-- The price at which the holder could convert today, if it is one.
	price AS (
		SELECT n.holder, min(n.price::covenant.share_price) AS price
		FROM {note} n WHERE n.deal = $1 AND n.to_day IS NULL AND n.principal > 0
		GROUP BY n.holder HAVING count(DISTINCT n.price) = 1)
	SELECT p.section, p.duty, p.holder, p.from_day, p.to_day, p.to_day - p.from_day AS days,
		p.principal, p.interest, p.amount,
		CASE WHEN p.elector IS NOT NULL THEN covenant.shares_issuable(greatest(p.amount - p.paid, 0), v.price)::bigint END AS shares,
		p.elector,
		(SELECT f.choice FROM fact f
			WHERE f.kind = 'election' AND coalesce(f.section, p.section) = p.section AND (f.ref = p.ref OR f.ref IS NULL)
				AND CASE p.elector WHEN 'holder' THEN f.holder = p.holder ELSE f.holder IS NULL END
			ORDER BY f.ref IS NULL, f.occurred_on DESC, f.event_id DESC LIMIT 1) AS election,
		p.paid, p.amount - p.paid AS balance,
		coalesce((SELECT CASE f.kind WHEN 'damages_agreed' THEN 'agreed' ELSE 'adjudged' END FROM fact f
			WHERE f.kind IN ('damages_agreed', 'damages_adjudged') AND coalesce(f.section, p.section) = p.section
				AND (f.ref = p.ref OR f.ref IS NULL) AND f.occurred_on >= p.to_day
				AND (f.holder IS NULL OR f.holder = p.holder)
			ORDER BY f.kind LIMIT 1), 'asserted') AS status,
		p.ref
	FROM paid p LEFT JOIN price v ON v.holder = p.holder
$v$, 'What breaches cost each holder, as of covenant.as_of and by the adopted readings: one row a breach, holder and segment of constant principal', ARRAY[
	['deal', 'The deal', NULL],
	['section', 'Section of the agreement that was broken', 'text'],
	['duty', 'What was to be done', 'text'],
	['holder', 'The holder to whom it is owed; empty where the notes have no holder column', 'text'],
	['from_day', 'First day counted', 'date'],
	['to_day', 'The day up to which it is counted, itself not counted: cure, change of principal, or covenant.as_of', 'date'],
	['days', 'Days counted', 'integer'],
	['principal', 'Principal that the rate was taken of; under Section 4(f) the expenses', 'numeric'],
	['interest', 'Interest that entered the amount, in its base or added to it', 'numeric'],
	['amount', 'Damages in the currency of the notes, rounded once; the holders'' own parts sum to the whole to the cent', 'numeric'],
	['shares', 'What is still owed in whole shares at the exact conversion price of the holder''s notes on covenant.as_of, rounded down; NULL where there is no choice of shares, no note, or several prices', 'bigint'],
	['elector', 'Who elects cash or shares: company or holder; NULL: cash only', 'text'],
	['election', 'What was elected: cash or shares; NULL: nothing yet', 'text'],
	['paid', 'Payments that went to this row', 'numeric'],
	['balance', 'amount - paid; negative: paid too much', 'numeric'],
	['status', 'agreed or adjudged: what had accrued by the day of an event that says so; else asserted', 'text'],
	['ref', 'What an event is tied to this breach by', 'text']])
$f$;
COMMENT ON FUNCTION covenant_internal.damages_views() IS
'Templates of the views from breaches to damages: accrual, damages';

CREATE FUNCTION covenant.readings(deals regclass)
RETURNS TABLE (deal text, section text, duty text, ref text, from_day date, to_day date, months text,
	r1 numeric, r2 numeric, r3 numeric, r4 numeric, r5 numeric)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.adopted_table(covenant_internal.adopted_books(deals), suffix)
	FROM unnest(ARRAY['reading', 'clause', 'event']) AS suffix;
	-- R1 is the rate on principal; R2 and R3 add all unpaid interest or that
	-- of the breach; R4 takes the rate of principal and interest; R5 adds it.
	RETURN QUERY EXECUTE covenant_internal.fill_in(covenant_internal.adopted_books(deals), $q$
		WITH whole AS (
			SELECT a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate, a.holder,
				a.principal, a.unpaid_interest AS unpaid,
				CASE WHEN a.is_last THEN a.unpaid_interest ELSE 0 END AS unpaid_at_end,
				CASE WHEN a.is_last THEN a.interest_during ELSE 0 END AS during_at_end
			FROM {accrual} a WHERE a.whose = 'all_notes'
			UNION ALL
			SELECT a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate, '',
				sum(a.principal), sum(a.unpaid_interest),
				sum(a.unpaid_interest) FILTER (WHERE a.is_last), sum(a.interest_during) FILTER (WHERE a.is_last)
			FROM {accrual} a WHERE a.whose <> 'all_notes'
			GROUP BY a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate)
		SELECT w.deal::text, w.section, w.duty, w.ref, min(w.from_day), max(w.to_day), m.months,
			sum(covenant_internal.segment_damages(w.principal, 0, w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant_internal.segment_damages(w.principal, coalesce(w.unpaid_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant_internal.segment_damages(w.principal, coalesce(w.during_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant_internal.segment_damages(w.principal + w.unpaid, 0, w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant_internal.segment_damages(w.principal + w.unpaid, coalesce(w.unpaid_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2))
		FROM whole w
		CROSS JOIN unnest(ARRAY['calendar', 'anniversary', '30-day', '365-day']) WITH ORDINALITY m(months, place)
		GROUP BY w.deal, w.ord, w.section, w.duty, w.ref, m.months, m.place
		ORDER BY w.deal, min(w.from_day), w.ord, w.ref, m.place
	$q$);
END
$$;
COMMENT ON FUNCTION covenant.readings(regclass) IS
'The damages of every breach under the five formulas and the four month rules side by side, as of covenant.as_of, with the other readings as adopted. r1: rate x principal; r2: r1 + all unpaid interest; r3: r1 + the interest accrued during the breach; r4: rate x (principal + all unpaid interest); r5: r4 + all unpaid interest. Deals without covenant.adopt are 55000';

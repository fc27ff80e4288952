
-- Damages --------------------------------------------------------------------------

CREATE FUNCTION covenant.interest_between(annual_interest numeric, from_date date, to_date date, day_count text)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT CASE WHEN from_date >= to_date THEN 0
	ELSE sign(annual_interest) * covenant.accrued_interest(abs(annual_interest), 1, from_date, to_date, day_count) END
$$;
COMMENT ON FUNCTION covenant.interest_between(numeric, date, date, text) IS
'Interest on a balance whose yearly interest is annual_interest (a change of it may be negative) from one day up to another, which is not counted; 0 where there are no days';

-- The months of a breach run from its first day, however its base moved: a
-- segment is what has run by its end less what had run by its start.  At 20
-- decimals both are cut alike where their difference terminates, so that the
-- result is rounded once.
CREATE FUNCTION covenant.segment_damages(base numeric, addend numeric, run_from date, from_date date, to_date date,
	months text, monthly_rate numeric, scale int)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT round(covenant.liquidated_damages(base, addend, run_from, to_date, 'principal_plus_interest', months, monthly_rate, 20)
	- covenant.liquidated_damages(base, 0, run_from, from_date, 'principal', months, monthly_rate, 20), scale)
$$;
COMMENT ON FUNCTION covenant.segment_damages(numeric, numeric, date, date, date, text, numeric, int) IS
'Damages of a part of a breach that runs from run_from: monthly_rate x base x months from from_date up to to_date, plus addend; rounded half up to scale';

CREATE FUNCTION covenant.implied_price(principal numeric, shares numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	price numeric;
BEGIN
	IF principal <= 0 OR shares <= 0 THEN
		RETURN NULL;
	END IF;
	FOR decimals IN 0 .. 20 LOOP
		price := div(principal * power(10::numeric, decimals), shares) / power(10::numeric, decimals);
		EXIT WHEN price * (shares + 1) > principal;
	END LOOP;
	RETURN trim_scale(price);
END
$$;
COMMENT ON FUNCTION covenant.implied_price(numeric, numeric) IS
'The shortest decimal price at which principal is exactly so many whole shares, rounded down: 0.06 of 2000000 and 33333333; NULL where there are none';

CREATE FUNCTION covenant.damages_views()
RETURNS TABLE (ord int, suffix text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (70, 'accrual', $v$
	WITH
	reading AS (
		SELECT r.* FROM {reading} r WHERE r.recorded_at <= covenant.known_at()
		ORDER BY r.reading_id DESC LIMIT 1),
	holder AS (
		SELECT DISTINCT h.deal, h.holder FROM {holding} h WHERE h.principal > 0),

	-- What each holder may claim: its own days of each breach.  A stop
	-- recorded for one holder ends the breach towards that holder.
	claim AS (
		SELECT c.deal, c.ord, c.ref, c.section, c.duty, c.elector, c.rate, h.holder, c.broken_from AS from_day,
			least(c.done_on, covenant.as_of(),
				(SELECT min(f.occurred_on) FROM {fact} f WHERE f.deal = c.deal AND f.kind = c.ends_on
					AND f.ref = c.ref AND f.holder = h.holder)) AS to_day
		FROM {clock} c
		JOIN holder h ON h.deal = c.deal AND (c.holder IS NULL OR c.holder = h.holder)
		WHERE c.remedy = 'damages' AND NOT c.waived
			AND NOT EXISTS (SELECT FROM {fact} f WHERE f.deal = c.deal AND f.kind = 'waiver'
				AND f.section = c.section AND f.holder = h.holder
				AND (f.ref = c.ref OR f.ref IS NULL AND f.occurred_on >= c.started_on))),
	-- Where simultaneous breaches cost once in all, a day belongs to the
	-- breach that began first.
	run AS (
		SELECT c.*, CASE r.stacking WHEN 'each' THEN c.from_day
			ELSE greatest(c.from_day, max(c.to_day) OVER (PARTITION BY c.deal, c.holder
				ORDER BY c.from_day, c.ord, length(c.ref), c.ref
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) END AS run_from
		FROM claim c CROSS JOIN reading r WHERE c.from_day < c.to_day),
	-- Every day on which a holder's principal moved begins a new segment for
	-- all, so that the holders' parts of a segment are parts of one whole.
	segment AS (
		SELECT r.*, s.day AS segment_from, lead(s.day, 1, r.to_day) OVER (
			PARTITION BY r.deal, r.ord, r.ref, r.holder ORDER BY s.day) AS segment_to
		FROM run r
		CROSS JOIN LATERAL (SELECT r.run_from
			UNION SELECT j.effective_on FROM {journal} j
				WHERE j.deal = r.deal AND j.effective_on > r.run_from AND j.effective_on < r.to_day
					AND j.recorded_at <= covenant.known_at()
				GROUP BY j.holder, j.effective_on HAVING sum(j.principal) <> 0) s(day)
		WHERE r.run_from < r.to_day)
	SELECT s.deal, s.ord, s.ref, s.section, s.duty, s.elector, s.rate, s.holder, s.run_from,
		s.segment_from AS from_day, s.segment_to AS to_day, s.segment_to = s.to_day AS is_last,
		coalesce(m.principal, 0) AS principal,
		greatest(coalesce(m.accrued, 0) - coalesce(p.paid, 0), 0) AS unpaid_interest,
		greatest(coalesce(m.accrued_since, 0) - coalesce(p.paid_since, 0), 0) AS interest_during
	FROM segment s CROSS JOIN reading r
	CROSS JOIN LATERAL (
		SELECT sum(j.principal) FILTER (WHERE j.effective_on <= s.segment_from) AS principal,
			sum(covenant.interest_between(j.annual_interest, j.effective_on, s.segment_to, r.day_count)) AS accrued,
			sum(covenant.interest_between(j.annual_interest, greatest(j.effective_on, s.run_from), s.segment_to, r.day_count)) AS accrued_since
		FROM {journal} j
		WHERE j.deal = s.deal AND (r.base = 'all_notes' OR j.holder = s.holder)
			AND j.effective_on < s.segment_to AND j.recorded_at <= covenant.known_at()
			AND (j.principal <> 0 OR j.annual_interest <> 0)) m
	CROSS JOIN LATERAL (
		SELECT sum(f.amount) AS paid, sum(f.amount) FILTER (WHERE f.occurred_on >= s.run_from) AS paid_since
		FROM {fact} f
		WHERE f.deal = s.deal AND f.kind = 'interest_paid' AND f.occurred_on <= s.segment_to
			AND (r.base = 'all_notes' OR f.holder = s.holder)) p
$v$, 'What damages are taken of: each breach for each holder, in segments of constant principal', ARRAY[
	['deal', 'The deal'],
	['ord', 'The clause, by its place in the clause table'],
	['ref', 'What an event is tied to this breach by'],
	['section', 'Section of the agreement'],
	['duty', 'What was to be done'],
	['elector', 'Who elects cash or shares'],
	['rate', 'Rate a month'],
	['holder', 'The holder to whom damages run'],
	['run_from', 'The day from which the months of this breach are counted for this holder'],
	['from_day', 'First day of the segment'],
	['to_day', 'End of the segment, a day no longer counted: the next change of principal, the cure, or covenant.as_of'],
	['is_last', 'Whether it is the last segment of the breach so far'],
	['principal', 'Principal during the segment: the holder''s own notes or all notes, as read'],
	['unpaid_interest', 'Interest on the same notes accrued and unpaid at to_day'],
	['interest_during', 'Of it the interest accrued since run_from']]),

(80, 'damages', $v$
	WITH
	reading AS (
		SELECT r.* FROM {reading} r WHERE r.recorded_at <= covenant.known_at()
		ORDER BY r.reading_id DESC LIMIT 1),
	-- The formula says whether interest is in the base, added at the end of
	-- the breach, both, or neither.
	term AS (
		SELECT a.*, r.base AS whose, r.months, t.interest,
			CASE WHEN r.formula LIKE 'principal_and_interest%' THEN a.principal + t.interest
				ELSE a.principal END AS base,
			CASE WHEN a.is_last AND r.formula LIKE '%plus_interest' THEN t.interest ELSE 0 END AS addend,
			CASE WHEN r.formula LIKE 'principal_and_interest%' OR a.is_last AND r.formula LIKE '%plus_interest'
				THEN t.interest ELSE 0 END AS interest_taken
		FROM {accrual} a CROSS JOIN reading r
		CROSS JOIN LATERAL (SELECT CASE r.interest WHEN 'all_unpaid' THEN a.unpaid_interest
			ELSE a.interest_during END AS interest) t
		WHERE a.principal > 0 OR a.is_last AND t.interest > 0),
	-- On own notes the holders' parts are parts of one whole, to the cent.
	parted AS (
		SELECT t.*,
			covenant.segment_damages(t.base, t.addend, t.run_from, t.from_day, t.to_day, t.months, t.rate, 20) AS exact,
			covenant.segment_damages(sum(t.base) OVER w, sum(t.addend) OVER w, t.run_from, t.from_day, t.to_day,
				t.months, t.rate, 2) AS whole,
			row_number() OVER (PARTITION BY t.deal, t.ord, t.ref, t.run_from, t.from_day, t.to_day
				ORDER BY t.holder) AS part
		FROM term t
		WINDOW w AS (PARTITION BY t.deal, t.ord, t.ref, t.run_from, t.from_day, t.to_day)),
	amount AS (
		SELECT p.*, CASE p.whose WHEN 'all_notes' THEN round(p.exact, 2)
			ELSE (covenant.allocate(p.whole, array_agg(p.exact) OVER w, 2))[p.part] END AS amount
		FROM parted p
		WINDOW w AS (PARTITION BY p.deal, p.ord, p.ref, p.run_from, p.from_day, p.to_day
			ORDER BY p.holder ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
	owed AS (
		SELECT a.deal, a.ord, a.ref, a.section, a.duty, a.elector, a.holder, a.from_day, a.to_day,
			a.principal, a.interest_taken AS interest, a.amount
		FROM amount a
		UNION ALL
		-- Section 4(f): expenses not reimbursed in time bear interest.
		SELECT c.deal, c.ord, c.ref, c.section, c.duty, c.elector, coalesce(c.holder, ''), c.broken_from, e.to_day,
			c.amount, 0, round(covenant.accrued_interest(c.amount, c.rate, c.broken_from, e.to_day, r.day_count), 2)
		FROM {clock} c CROSS JOIN reading r
		CROSS JOIN LATERAL (SELECT least(c.done_on, covenant.as_of()) AS to_day) e
		WHERE c.remedy = 'interest' AND NOT c.waived AND c.broken_from < e.to_day),

	-- Payments go to the breach that their ref names, else to what is owed
	-- longest; within a breach to the oldest segment.  What is too much stays
	-- with the last row as a negative balance.
	payment AS (
		SELECT f.deal, f.holder, f.event_id, f.amount, (SELECT min(o.ord) FROM owed o
			WHERE o.deal = f.deal AND o.holder = f.holder AND o.ref = f.ref) AS ord, f.ref
		FROM {fact} f WHERE f.kind = 'damages_paid'),
	lined_up AS (
		SELECT o.*, sum(o.amount) OVER w - o.amount AS owed_before,
			lead(o.from_day) OVER w IS NULL AS is_last,
			coalesce((SELECT sum(p.amount) FROM payment p WHERE p.deal = o.deal AND p.holder = o.holder
				AND p.ord = o.ord AND p.ref = o.ref), 0) AS tied
		FROM owed o
		WINDOW w AS (PARTITION BY o.deal, o.holder, o.ord, o.ref ORDER BY o.from_day)),
	settled AS (
		SELECT l.*, s.tied_paid, sum(greatest(l.amount - s.tied_paid, 0)) OVER w - greatest(l.amount - s.tied_paid, 0) AS open_before,
			lead(l.from_day) OVER w IS NULL AS is_very_last,
			coalesce((SELECT sum(p.amount) FROM payment p
				WHERE p.deal = l.deal AND p.holder = l.holder AND p.ord IS NULL), 0) AS untied
		FROM lined_up l
		CROSS JOIN LATERAL (SELECT CASE WHEN l.is_last THEN greatest(l.tied - l.owed_before, 0)
			ELSE greatest(least(l.amount, l.tied - l.owed_before), 0) END AS tied_paid) s
		WINDOW w AS (PARTITION BY l.deal, l.holder ORDER BY l.from_day, l.ord, length(l.ref), l.ref)),
	paid AS (
		SELECT s.*, round(s.tied_paid + CASE WHEN s.is_very_last THEN greatest(s.untied - s.open_before, 0)
			ELSE greatest(least(greatest(s.amount - s.tied_paid, 0), s.untied - s.open_before), 0) END, 2) AS paid
		FROM settled s),
	price AS (
		SELECT h.deal, h.holder, covenant.implied_price(h.principal, h.note_shares) AS price
		FROM {holding} h WHERE h.next_day IS NULL)
	SELECT p.deal, p.section, p.duty, p.holder, p.from_day, p.to_day, p.to_day - p.from_day AS days,
		p.principal, p.interest, p.amount,
		CASE WHEN p.elector IS NOT NULL AND v.price > 0 THEN div(p.amount, v.price)::bigint END AS shares,
		p.elector,
		(SELECT substring(f.note FROM '\m(cash|shares)\M') FROM {fact} f
			WHERE f.deal = p.deal AND f.kind = 'election' AND f.section = p.section
				AND (f.ref = p.ref OR f.ref IS NULL)
				AND CASE p.elector WHEN 'holder' THEN f.holder = p.holder ELSE f.holder IS NULL END
			ORDER BY f.ref IS NULL, f.occurred_on DESC, f.event_id DESC LIMIT 1) AS election,
		p.paid, p.amount - p.paid AS balance,
		coalesce((SELECT CASE f.kind WHEN 'damages_agreed' THEN 'agreed' ELSE 'adjudged' END FROM {fact} f
			WHERE f.deal = p.deal AND f.kind IN ('damages_agreed', 'damages_adjudged') AND f.section = p.section
				AND (f.ref = p.ref OR f.ref IS NULL AND f.occurred_on >= p.from_day)
				AND (f.holder IS NULL OR f.holder = p.holder)
			ORDER BY f.kind LIMIT 1), 'asserted') AS status,
		p.ref
	FROM paid p LEFT JOIN price v ON v.deal = p.deal AND v.holder = p.holder
$v$, 'What breaches cost each holder, as of covenant.as_of and by the adopted readings: one row a breach, holder and segment of constant principal', ARRAY[
	['deal', 'The deal'],
	['section', 'Section of the agreement that was broken'],
	['duty', 'What was to be done'],
	['holder', 'The holder to whom it is owed; empty where the notes have no holder column'],
	['from_day', 'First day counted'],
	['to_day', 'The day up to which it is counted, itself not counted: cure, change of principal, or covenant.as_of'],
	['days', 'Days counted'],
	['principal', 'Principal that the rate was taken of; under Section 4(f) the expenses'],
	['interest', 'Interest that entered the amount, in its base or added to it'],
	['amount', 'Damages in the currency of the notes, rounded once; the holders'' own parts sum to the whole to the cent'],
	['shares', 'The amount in whole shares at the holder''s current conversion price, rounded down; NULL where there is no choice of shares or no price'],
	['elector', 'Who elects cash or shares: company or holder; NULL: cash only'],
	['election', 'What was elected: cash or shares; NULL: nothing yet'],
	['paid', 'Payments that went to this row'],
	['balance', 'amount - paid; negative: paid too much'],
	['status', 'asserted until an event says agreed or adjudged'],
	['ref', 'What an event is tied to this breach by']])
$f$;
COMMENT ON FUNCTION covenant.damages_views() IS
'Templates of the views from breaches to damages: accrual, damages';

CREATE FUNCTION covenant.readings(deals regclass)
RETURNS TABLE (deal text, section text, duty text, ref text, from_day date, to_day date, months text,
	r1 numeric, r2 numeric, r3 numeric, r4 numeric, r5 numeric)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- R1 is the rate on principal; R2 and R3 add all unpaid interest or that
	-- of the breach; R4 takes the rate of principal and interest; R5 adds it.
	RETURN QUERY EXECUTE covenant.fill_in(covenant.adopted_books(deals), $q$
		WITH reading AS (
			SELECT r.* FROM {reading} r WHERE r.recorded_at <= covenant.known_at()
			ORDER BY r.reading_id DESC LIMIT 1),
		whole AS (
			SELECT a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate, a.holder,
				a.principal, a.unpaid_interest AS unpaid,
				CASE WHEN a.is_last THEN a.unpaid_interest ELSE 0 END AS unpaid_at_end,
				CASE WHEN a.is_last THEN a.interest_during ELSE 0 END AS during_at_end
			FROM {accrual} a JOIN reading r ON r.base = 'all_notes'
			UNION ALL
			SELECT a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate, '',
				sum(a.principal), sum(a.unpaid_interest),
				sum(a.unpaid_interest) FILTER (WHERE a.is_last), sum(a.interest_during) FILTER (WHERE a.is_last)
			FROM {accrual} a JOIN reading r ON r.base = 'own_notes'
			GROUP BY a.deal, a.ord, a.section, a.duty, a.ref, a.run_from, a.from_day, a.to_day, a.rate)
		SELECT w.deal::text, w.section, w.duty, w.ref, min(w.from_day), max(w.to_day), m.months,
			sum(covenant.segment_damages(w.principal, 0, w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant.segment_damages(w.principal, coalesce(w.unpaid_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant.segment_damages(w.principal, coalesce(w.during_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant.segment_damages(w.principal + w.unpaid, 0, w.run_from, w.from_day, w.to_day, m.months, w.rate, 2)),
			sum(covenant.segment_damages(w.principal + w.unpaid, coalesce(w.unpaid_at_end, 0), w.run_from, w.from_day, w.to_day, m.months, w.rate, 2))
		FROM whole w
		CROSS JOIN unnest(ARRAY['calendar', 'anniversary', '30-day', '365-day']) WITH ORDINALITY m(months, place)
		GROUP BY w.deal, w.ord, w.section, w.duty, w.ref, m.months, m.place
		ORDER BY w.deal, min(w.from_day), w.ord, w.ref, m.place
	$q$);
END
$$;
COMMENT ON FUNCTION covenant.readings(regclass) IS
'The damages of every breach under the five formulas and the four month rules side by side, as of covenant.as_of, with the other readings as adopted. r1: rate x principal; r2: r1 + all unpaid interest; r3: r1 + the interest accrued during the breach; r4: rate x (principal + all unpaid interest); r5: r4 + all unpaid interest. Deals without covenant.adopt are 55000';

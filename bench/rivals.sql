-- What a good PostgreSQL user writes for the same jobs without covenant, in
-- SQL and PL/pgSQL.  Everything here is exact, so that its results can be
-- compared with covenant's to the last digit.

CREATE SCHEMA rival;

-- n / d rounded half up, once, to some decimals: div() cuts exactly, and the
-- remainder decides.
CREATE FUNCTION rival.divide(n numeric, d numeric, scale int) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	unit numeric := 10::numeric ^ scale;
	quotient numeric := div(n * unit, d);
	remainder numeric := n * unit - quotient * d;
BEGIN
	IF 2 * remainder >= d THEN
		quotient := quotient + 1;
	END IF;
	RETURN round(quotient / unit, scale);
END
$$;

-- Anniversaries of the first day that have passed by a day.
CREATE FUNCTION rival.whole_months(first date, until date) RETURNS int
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	months int := (extract(year FROM until) - extract(year FROM first)) * 12
		+ extract(month FROM until) - extract(month FROM first);
BEGIN
	IF (first + make_interval(months => months))::date > until THEN
		months := months - 1;
	END IF;
	RETURN months;
END
$$;

-- Liquidated damages on principal and interest by anniversary months: whole
-- months counted from the first day, the rest by the days of its own month.
CREATE FUNCTION rival.damages(principal numeric, interest numeric, first date, until date,
	rate numeric = 0.03, scale int = 2)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	whole int := rival.whole_months(first, until);
	begun date := first + make_interval(months => whole);
	ends date := first + make_interval(months => whole + 1);
BEGIN
	RETURN rival.divide(rate * (principal + interest) * (whole * (ends - begun) + (until - begun)),
		ends - begun, scale);
END
$$;

-- A calendar: one row a day with the number of business days up to it.  Two
-- joins then answer for a whole set, which is the fastest that SQL can do.
-- The days themselves are covenant's, so that both sides mean the same.
CREATE TABLE rival.calendar AS
SELECT d::date AS day, open, sum(open::int) OVER (ORDER BY d)::int AS number
FROM generate_series(date '1990-01-01', date '2060-12-31', interval '1 day') d,
	LATERAL covenant.is_business_day(d::date, 'NYFD') open;
ALTER TABLE rival.calendar ADD PRIMARY KEY (day);
CREATE UNIQUE INDEX ON rival.calendar (number) INCLUDE (day) WHERE open;

-- The guard by triggers: a ledger row for each deal, a journal, a history row
-- for each changed note, and a check at commit that the reserve is twice what
-- is issuable.  One grouped UPDATE for each statement, after locking the rows
-- in the order of their keys, or two statements would deadlock.
-- Both triggers are the same but for where the changes come from.
DO $do$
DECLARE
	inserted CONSTANT text := 'SELECT deal, id, principal, price, div(principal, price) AS shares FROM new_rows';
	updated CONSTANT text := 'SELECT n.deal, n.id, n.principal - o.principal AS principal, n.price,
			div(n.principal, n.price) - div(o.principal, o.price) AS shares
		FROM new_rows n JOIN old_rows o USING (id)
		WHERE (n.principal, n.price) IS DISTINCT FROM (o.principal, o.price)';
	variant record;
BEGIN
	FOR variant IN VALUES ('note_inserted', inserted), ('note_updated', updated) LOOP
		EXECUTE format($f$
CREATE FUNCTION rival.%I() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	touched bigint;
	posted bigint;
BEGIN
	PERFORM FROM rival.ledger WHERE deal IN (SELECT deal FROM new_rows)
		ORDER BY deal FOR NO KEY UPDATE;
	WITH line AS MATERIALIZED (
		%s
	), change AS MATERIALIZED (
		SELECT deal, sum(principal) AS principal, sum(shares)::bigint AS shares FROM line GROUP BY deal
	), ledger AS MATERIALIZED (
		UPDATE rival.ledger l
		SET principal = l.principal + c.principal, shares = l.shares + c.shares, entries = l.entries + 1
		FROM change c WHERE l.deal = c.deal
		RETURNING l.deal, l.entries, l.reserved - 2 * l.shares AS slack, c.principal, c.shares
	), journal AS (
		INSERT INTO rival.journal (deal, seq, kind, principal, shares, slack, effective_on,
			recorded_at, recorded_by, transaction)
		SELECT deal, entries, 'act', principal, shares, slack, current_date, clock_timestamp(),
			current_user, pg_current_xact_id()::text::bigint
		FROM ledger
		RETURNING 1
	), position AS (
		INSERT INTO rival.position (deal, seq, line, note, principal, price, effective_on, recorded_at)
		SELECT deal, l.entries, row_number() OVER (PARTITION BY deal), c.id, c.principal, c.price,
			current_date, clock_timestamp()
		FROM line c JOIN ledger l USING (deal)
	)
	SELECT (SELECT count(*) FROM change), (SELECT count(*) FROM journal) INTO touched, posted;
	IF posted <> touched THEN
		RAISE foreign_key_violation USING MESSAGE = 'a deal has no ledger row';
	END IF;
	RETURN NULL;
END
$$ $f$, variant.column1, variant.column2);
	END LOOP;
END
$do$;

CREATE FUNCTION rival.check_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	l record;
BEGIN
	SELECT * INTO l FROM rival.ledger WHERE deal = NEW.deal;
	IF l.reserved < 2 * l.shares THEN
		RAISE check_violation USING MESSAGE = format('deal %s: %s shares issuable, %s reserved',
			l.deal, l.shares, l.reserved);
	END IF;
	RETURN NULL;
END
$$;

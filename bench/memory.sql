-- Deals with two notes each and years of monthly changes: another price for both
-- on the first of the month, a repayment of one of them in its middle.  And the same answers in SQL, from the same rows.

DROP SCHEMA IF EXISTS memory CASCADE;
CREATE SCHEMA memory;
CREATE TABLE memory.deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE memory.notes (id int PRIMARY KEY, deal int NOT NULL, principal numeric(18,2) NOT NULL,
	price numeric(18,6) NOT NULL);
INSERT INTO memory.deals SELECT deal, 1000000000 FROM generate_series(1, :deals) deal;
INSERT INTO memory.notes SELECT n, 1 + n % :deals, 500000, 0.1 + n % 100 / 1000.0 FROM generate_series(1, 2 * :deals) n;

SET covenant.as_of = '2006-01-01';
SELECT covenant.watch_deals('memory.deals', key => 'deal', reserved => 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('memory.notes', deals => 'memory.deals', deal => 'deal',
	principal => 'principal', price => 'price');

CREATE PROCEDURE memory.months(months int) LANGUAGE plpgsql AS $$
BEGIN
	FOR m IN 1 .. months LOOP
		PERFORM set_config('covenant.as_of', (date '2006-01-01' + make_interval(months => m))::date::text, true);
		UPDATE memory.notes SET price = 0.05 + (id + m * 37) % 100 / 1000.0;
		COMMIT;
		PERFORM set_config('covenant.as_of', (date '2006-01-15' + make_interval(months => m))::date::text, true);
		UPDATE memory.notes SET principal = principal - 1000 WHERE (id > (SELECT max(id) / 2 FROM memory.notes))::int = m % 2;
		COMMIT;
	END LOOP;
END
$$;
RESET covenant.as_of;
CALL memory.months(12 * :years - 1);

-- One repayment of a cent each, in a transaction of its own.
CREATE PROCEDURE memory.facts(n int, on_day date) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. n LOOP
		PERFORM set_config('covenant.as_of', on_day::text, true);
		UPDATE memory.notes SET principal = principal - 0.01 WHERE id = i;
		COMMIT;
	END LOOP;
END
$$;

CREATE VIEW memory.history AS
SELECT * FROM (
	SELECT deal, effective_on AS day, seq, lead(effective_on) OVER w AS next_day,
		sum(principal) OVER w AS principal, sum(note_shares) OVER w AS note_shares,
		sum(reserved) OVER w - 2 * (sum(note_shares) OVER w + sum(warrant_shares) OVER w) AS slack
	FROM memory.deals_journal WINDOW w AS (PARTITION BY deal ORDER BY effective_on, seq)
) entry WHERE day IS DISTINCT FROM next_day;

CREATE VIEW memory.note AS
SELECT deal, source, instrument AS note, day AS from_day, to_day, principal, price, div(principal, price) AS shares
FROM (
	SELECT deal, source, instrument, day, to_day, principal, first_value(price) OVER (PARTITION BY deal, source, instrument, run ORDER BY n) AS price
	FROM (
		SELECT deal, source, instrument, effective_on AS day, lead(effective_on) OVER w AS to_day, row_number() OVER w AS n,
			sum(principal) OVER w AS principal, price, count(price) OVER w AS run
		FROM memory.deals_position WINDOW w AS (PARTITION BY deal, source, instrument ORDER BY effective_on, seq, line)
	) line
) stretch WHERE day IS DISTINCT FROM to_day AND principal > 0;

VACUUM ANALYZE;

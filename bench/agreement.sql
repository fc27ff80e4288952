-- An agreement with years of monthly changes: deals with two holders, another
-- price on the first of the month, a conversion in its middle; lists in time
-- and late, reports, breaches and their cures, payments.

DROP SCHEMA IF EXISTS agreement CASCADE;
CREATE SCHEMA agreement;
SET search_path = agreement;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal int NOT NULL, holder text NOT NULL, principal numeric(18,2) NOT NULL,
	price numeric(18,6) NOT NULL, rate numeric NOT NULL DEFAULT 0.10);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder', rate => 'rate');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each",
	"board_curable": "counts", "formula": "principal", "additional_notes": "counted"}');

SET covenant.as_of = '2005-05-23';
INSERT INTO deals SELECT d, 43000000, 400000000, 40000000 FROM generate_series(1, :deals) d;
INSERT INTO notes SELECT 2 * (d - 1) + h, d, 'fund ' || h, 540000 + 20000 * h, 0.06
FROM generate_series(1, :deals) d, generate_series(1, 2) h;

CREATE PROCEDURE months(months int) LANGUAGE plpgsql AS $$
BEGIN
	FOR m IN 1 .. months LOOP
		PERFORM set_config('covenant.as_of', (date '2005-06-01' + make_interval(months => m - 1))::date::text, true);
		UPDATE agreement.notes SET price = 0.05 + (id + m * 37) % 100 / 2000.0;
		COMMIT;
		PERFORM set_config('covenant.as_of', (date '2005-06-15' + make_interval(months => m - 1))::date::text, true);
		UPDATE agreement.notes SET principal = principal - 1000 WHERE id % 2 = m % 2;
		COMMIT;
	END LOOP;
END
$$;
RESET covenant.as_of;
CALL months(12 * :years);

SET covenant.as_of = '2015-01-01';
INSERT INTO deals_event (deal, kind, occurred_on)
SELECT d, v.kind, v.day FROM generate_series(1, :deals) d,
	(VALUES ('closing', date '2005-05-23'), ('press_release', '2005-05-24'), ('press_release_sent', '2005-05-24')) v(kind, day);
INSERT INTO deals_event (deal, kind, occurred_on, ref)
SELECT d, 'list_delivered', m + CASE (d + extract(month FROM m)::int) % 12 WHEN 0 THEN 12 ELSE 5 END, m
FROM generate_series(1, :deals) d,
	(SELECT (date '2005-06-01' + make_interval(months => n) - interval '1 day')::date AS m FROM generate_series(0, 12 * :years - 1) n) e;
INSERT INTO deals_event (deal, kind, occurred_on, subject)
SELECT d, v.kind, due + v.days, '10-QSB ' || q
FROM generate_series(1, :deals) d, (SELECT q, (date '2005-08-15' + make_interval(months => 3 * q))::date AS due FROM generate_series(0, 4 * :years - 1) q) e,
	(VALUES ('filing_due', 0), ('filed', -1), ('report_sent', 6)) v(kind, days);
INSERT INTO deals_event (deal, kind, occurred_on, section)
SELECT d, v.kind, (v.day + make_interval(years => y))::date, '4(i)'
FROM generate_series(1, :deals) d, generate_series(0, :years - 1) y,
	(VALUES ('breach', date '2005-09-10'), ('cure', date '2005-09-25')) v(kind, day);
INSERT INTO deals_event (deal, kind, occurred_on, amount) SELECT d, 'damages_paid', '2006-01-10', 5000 FROM generate_series(1, :deals) d;

-- The list of monthly duties alone, in SQL.
CREATE VIEW monthly_duty AS
SELECT c.deal, m.day AS started_on, covenant.business_days_after(m.day, 5, 'NYGCL') AS due_on, f.done_on
FROM (SELECT deal, min(occurred_on) AS day FROM deals_event WHERE kind = 'closing' GROUP BY deal) c
CROSS JOIN LATERAL (SELECT (g + interval '1 month' - interval '1 day')::date AS day
	FROM generate_series(date_trunc('month', c.day::timestamp), '2010-05-31', interval '1 month') g) m
LEFT JOIN (SELECT deal, ref, min(occurred_on) AS done_on FROM deals_event WHERE kind = 'list_delivered' GROUP BY deal, ref) f
	ON f.deal = c.deal AND f.ref = m.day::text;
RESET covenant.as_of;
VACUUM ANALYZE;

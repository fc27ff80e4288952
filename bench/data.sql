-- The rows that are worked on: random, but the same in every run.

SELECT setseed(0.1647);

-- Notes to be inserted, into few deals, some, or one each.
CREATE TABLE new_notes AS
SELECT 1 + n % 10 AS of_10, 1 + n % 1000 AS of_1000, n AS of_100000,
	(random() * 1000000)::numeric(18,2) AS principal, (0.001 + random())::numeric(18,6) AS price
FROM generate_series(1, 100000) n ORDER BY random();

-- One column each, for scans, sums, sorts and text.
CREATE TABLE bigints AS SELECT (random() * 1e9)::bigint AS x FROM generate_series(1, :rows);
CREATE TABLE numerics AS SELECT x::numeric FROM bigints;
CREATE TABLE shares AS SELECT x::covenant.shares FROM bigints;

-- Amounts and prices: up to $10,000,000, $0.001 to $1.
CREATE TABLE numeric_notes AS
SELECT n AS id, (random() * 10000000)::numeric(18,2) AS principal, (0.001 + random())::numeric(18,6) AS price,
	(random() * 1e9)::bigint::numeric AS shares
FROM generate_series(1, :rows) n;
CREATE TABLE notes AS
SELECT id, principal, price::covenant.share_price, shares::covenant.shares FROM numeric_notes;

-- Days, a number of days after them, and damages for the days between.
CREATE TABLE days AS
SELECT n AS id, date '2000-01-01' + (random() * 7000)::int AS day, 1 + (random() * 60)::int AS n
FROM generate_series(1, :rows) n;
CREATE TABLE breaches AS
SELECT d.id, d.day AS first, d.day + d.n * (d.n / 2) AS until, m.principal, round(m.principal / 100, 2) AS interest
FROM days d JOIN numeric_notes m USING (id) WHERE id <= :rows / 10;

-- 2,500 days of quotes for each issuer.
CREATE TABLE numeric_quotes AS
SELECT issuer, date '1996-01-01' + n AS day, (0.01 + random())::numeric(18,4) AS price
FROM generate_series(1, :issuers) issuer, generate_series(1, 2500) n;
CREATE TABLE quotes AS SELECT issuer, day, price::covenant.share_price FROM numeric_quotes;
ALTER TABLE numeric_quotes ADD PRIMARY KEY (issuer, day);
ALTER TABLE quotes ADD PRIMARY KEY (issuer, day);

VACUUM ANALYZE;

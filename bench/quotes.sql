-- 1,000 shares, 6,000 notes in 1,000 deals whose price is 60 % of the average of
-- the lowest three of twenty quotes; the quotes twice, with and without notes
-- that they price.

DROP SCHEMA IF EXISTS plain, product CASCADE;

CREATE FUNCTION year_of_quotes(year int) RETURNS TABLE (share int, day date, price numeric(18,4))
LANGUAGE sql STABLE AS $$
	SELECT share, day::date, 0.05 + ((share * 7919 + extract(doy FROM day)::int * 104729 + year * 31) % 1000) / 10000.0
	FROM generate_series(1, 1000) share,
		generate_series(make_date(year, 1, 2), make_date(year, 12, 30), interval '1 day') day
	WHERE extract(isodow FROM day) < 6
$$;

CREATE SCHEMA plain;
CREATE TABLE plain.quotes (share int, day date, price numeric(18,4), PRIMARY KEY (share, day));

SET covenant.as_of = '2000-12-31';
CREATE SCHEMA product;
CREATE TABLE product.quotes (LIKE plain.quotes INCLUDING INDEXES);
CREATE TABLE product.deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
INSERT INTO product.deals SELECT deal, 1e15 FROM generate_series(1, 1000) deal;
CREATE TABLE product.notes (id int PRIMARY KEY, deal int NOT NULL, share int NOT NULL,
	principal numeric(18,2) NOT NULL, price covenant.share_price NOT NULL, terms covenant.conversion_terms NOT NULL);
INSERT INTO product.notes SELECT n, 1 + n % 1000, 1 + n % 1000, 1000 * n, 0.1, '60% of average of lowest 3 of 20 days'
FROM generate_series(1, 6000) n;
SELECT covenant.watch_deals('product.deals', key => 'deal', reserved => 'reserved');
SELECT covenant.watch_notes('product.notes', deals => 'product.deals', deal => 'deal',
	principal => 'principal', price => 'price');
SELECT covenant.watch_quotes('product.quotes', security => 'share', day => 'day', price => 'price',
	notes => 'product.notes', notes_security => 'share', terms => 'terms');
VACUUM ANALYZE;

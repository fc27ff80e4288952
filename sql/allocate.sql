-- Dividing a whole so that the parts add up.
SET search_path = public, covenant;

\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers

-- the warrants of the agreement over its tranches, and notes over four Buyers
-- (34.7 % and 0.9 % are those of two filed notes)
SELECT allocate('12,143,290', '{800000,600000,600000}'), allocate(800000, '{34.7,0.9,32.2,32.2}'), allocate(2000000.00, '{34.7,0.9,32.2,32.2}', 2);
-- largest remainder; ties to the earlier; zero weights get nothing
SELECT allocate(100, '{1,1,1}'), allocate(2, '{1,1,1}'), allocate(1, '{1,1,1}'), allocate(0, '{1,2}'), allocate(7, '{0,1,0,1}'), allocate(1, '{1,3,2}'), allocate(10, '{0.1,0.25,0.65}'), allocate(5, '{3}'), allocate(3, '{1,2,4,8}');
SELECT allocate(100::numeric, '{1,1,1}', 2), allocate(0.01, '{1,1}', 2), allocate(1, '{1,1,1}', 0), allocate(10.5, '{1,2}', 1), allocate(0.10, '{1,1}', 2), allocate(1.5000, '{1}', 1), allocate(1, '{1,2}', 30);
SELECT allocate(0, '{}'), allocate(0, '{0,0}'), allocate(0.00, '{}', 2), allocate(NULL, '{1}'), allocate(5, NULL), allocate(5, '[3:4]={1,4}'::numeric[]), allocate(6, ARRAY[1, 2]), allocate(6::smallint, ARRAY[1::bigint]);
-- negative_total: a reversal takes back what was given, to the unit
SELECT allocate(-100, '{1,1,1}'), allocate(-2, '{1,1,1}'), allocate(-1, '{1,3,2}'), allocate(-10, '{0.1,0.25,0.65}'), allocate('-9223372036854775808', '{1}'), allocate('-9223372036854775808', '{1,1}'), allocate(-1.01, '{1,1}', 2), allocate(-0.01, '{1,1}', 2), allocate(-1e40, '{1,1e-60,1,1}', 0);
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['allocate(-1, ''{}'')', 'allocate(-1, ''{0,0}'')', 'allocate(-1, ''{1,-1}'')', 'allocate(''-Infinity''::numeric, ''{1}'', 2)', 'allocate(-1.005, ''{1}'', 2)']) s;
-- far beyond 128 bits
SELECT allocate(9223372036854775807, '{1e40,2e-40,1e40}'), allocate(1e40, '{1,1e-60,1,1}', 0), allocate(9223372036854775807, '{1}');
SELECT s, pg_temp.outcome('SELECT ' || s) FROM unnest(ARRAY['allocate(1, ''{}'')', 'allocate(1, ''{0,0}'')', 'allocate(1, ''{1,-1}'')', 'allocate(1, ''{1,NULL}'')', 'allocate(1, ''{NaN}'')', 'allocate(1, ''{Infinity}'')', 'allocate(1, ''{{1,2},{3,4}}'')', 'allocate(1.5, ''{1}'')',
	'allocate(1::numeric, ''{}'', 2)', 'allocate(1::numeric, ''{0}'', 2)', 'allocate(''NaN''::numeric, ''{1}'', 2)', 'allocate(''Infinity''::numeric, ''{1}'', 2)', 'allocate(1::numeric, ''{1,-1}'', 2)', 'allocate(1::numeric, ''{1,NULL}'', 2)', 'allocate(1.005, ''{1}'', 2)', 'allocate(1.5, ''{1}'', 0)', 'allocate(1::numeric, ''{1}'', -1)', 'allocate(1::numeric, ''{1}'', 1001)', 'length(allocate(1::numeric, ''{1}'', 1000)::text)']) s;
SELECT allocate(1.005, '{1,1}', 2);

-- random divisions: the parts add up, none is a unit or more away from its
-- share, and a larger weight never gets less
SELECT setseed(0.625);
CREATE TEMP TABLE division AS
SELECT n, total, weights, allocate(total, weights) AS parts, allocate(total * 0.01, weights, 2) AS cents
FROM (SELECT n, (random() * 10.0 ^ (n % 15))::bigint AS total, ARRAY(SELECT round((random() * 10.0 ^ ((n + i) % 5))::numeric, n % 4) FROM generate_series(0, n % 9) i) || 1.0 AS weights FROM generate_series(1, 3000) n) r;
SELECT count(*) AS divisions, count(*) FILTER (WHERE total <> (SELECT sum(p) FROM unnest(parts) p)) AS not_in_full, count(*) FILTER (WHERE total * 0.01 <> (SELECT sum(c) FROM unnest(cents) c)) AS not_in_cents,
	count(*) FILTER (WHERE parts::text <> (SELECT array_agg((c * 100)::bigint ORDER BY i) FROM unnest(cents) WITH ORDINALITY u (c, i))::text) AS forms_differ,
	count(*) FILTER (WHERE cardinality(parts) <> cardinality(weights) OR EXISTS (SELECT FROM unnest(parts, weights) u (p, w), (SELECT sum(x) AS whole FROM unnest(weights) x) s WHERE abs(p::numeric * whole - total * w) >= whole)) AS a_unit_off,
	count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(parts, weights) WITH ORDINALITY a (p, w, i), unnest(parts, weights) WITH ORDINALITY b (p, w, i) WHERE a.w > b.w AND a.p < b.p OR a.w = b.w AND a.i < b.i AND a.p < b.p)) AS unfair
FROM division;
-- oracle: cut, rank the remainders, hand out what is left
SELECT count(*) AS differ FROM division d WHERE parts::text <> (
	SELECT array_agg(q + (rank <= total - cut)::int ORDER BY i)::text
	FROM (SELECT i, q, row_number() OVER (ORDER BY r DESC, i) AS rank, sum(q) OVER () AS cut
		FROM (SELECT i, div(total * w, whole) AS q, mod(total * w, whole) AS r FROM unnest(weights) WITH ORDINALITY u (w, i), (SELECT sum(x) AS whole FROM unnest(weights) x) s) c) ranked);
-- the mirror image
SELECT count(*) FILTER (WHERE allocate(-total, weights)::text <> (SELECT array_agg(-p ORDER BY i)::text FROM unnest(parts) WITH ORDINALITY u (p, i)) AND total > 0) AS shares_differ,
	count(*) FILTER (WHERE allocate(-total * 0.01, weights, 2) <> (SELECT array_agg(-c ORDER BY i) FROM unnest(cents) WITH ORDINALITY u (c, i))) AS cents_differ FROM division;

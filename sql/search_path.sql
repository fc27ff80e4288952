-- Columns of covenant's types need no search path: operators, and what bears
-- a core name, are in pg_catalog, where every session looks.
CREATE TABLE typed (id int PRIMARY KEY, company text, n covenant.shares, p covenant.share_price, terms covenant.conversion_terms);
INSERT INTO typed VALUES (1, 'a', '90,953,246', 0.06, '0.12'), (2, 'a', -5, '1/3', '60% of lowest of 20 days'), (3, 'b', 0, 0.1647, '0.12'), (4, 'b', NULL, NULL, NULL), (5, 'b', 90953246, 0.06, '0.06');
\getenv directory PG_ABS_SRCDIR
\set helpers :directory '/test/helpers.sql'
\i :helpers
SET search_path = '';

-- filter
SELECT id FROM public.typed WHERE n > 0 AND n >= 90953246 AND n <> 5 AND n < 90953247::bigint AND NOT n = -5 AND p > 0 AND p <= 0.06 AND 0.05 < p AND p = '3/50' AND p IN (0.06, 0.1647) AND p BETWEEN 0 AND 1 ORDER BY id;
SELECT id FROM public.typed WHERE n IN (0, -5) OR p = ANY ('{1/3,2}') OR n = ANY (ARRAY[7, 8]::bigint[]) OR terms IN ('0.06') ORDER BY id;
SELECT id, nullif(n, 0), n IS DISTINCT FROM 0 AS some, p IS NOT DISTINCT FROM 0.06 AS six_cents, CASE p WHEN 0.06 THEN 'low' WHEN '1/3' THEN 'high' ELSE 'other' END, CASE n WHEN 0 THEN 'none' END, coalesce(p, 0.0), greatest(n, 1), least(p, 0.1), abs(n), -n AS opposite FROM public.typed ORDER BY id;
SELECT id, n + 1 AS more, n - 1 AS fewer, 2 * n AS twice, n * p AS value, p + 0.01 AS higher, p - 0.01 AS lower, p * 0.55 AS discounted, p / 2 AS half FROM public.typed WHERE n > 0 ORDER BY id;
-- sum, sort, group
SELECT company, sum(n), round(avg(n), 2), min(n), max(n), min(p), max(p), avg(p), min(n) FILTER (WHERE p > 0.05), count(DISTINCT p), array_agg(n ORDER BY n DESC NULLS LAST) FROM public.typed GROUP BY company ORDER BY sum(n), company;
SELECT n, p, count(*) FROM public.typed GROUP BY n, p ORDER BY p DESC, n;
SELECT DISTINCT p FROM public.typed ORDER BY p NULLS FIRST;
SELECT id, sum(n) OVER w, avg(p) OVER w, rank() OVER (ORDER BY p), sum(id) OVER (ORDER BY n RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) FROM public.typed WINDOW w AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY id;
SELECT terms, count(*) FROM public.typed GROUP BY terms ORDER BY terms;
-- join, each way
SELECT count(*) FROM public.typed x JOIN public.typed y USING (n, p);
SELECT count(*) FROM public.typed x NATURAL JOIN public.typed y;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT pg_temp.plan_has('Hash Join', 'SELECT count(*) FROM public.typed x JOIN public.typed y ON x.p = y.p') AS hashed;
SELECT count(*) FROM public.typed x JOIN public.typed y ON x.p = y.p JOIN public.typed z ON z.n = y.n;
RESET enable_mergejoin; SET enable_hashjoin = off;
SELECT pg_temp.plan_has('Merge Join', 'SELECT count(*) FROM public.typed x JOIN public.typed y ON x.p = y.p') AS merged;
SELECT count(*) FROM public.typed x JOIN public.typed y ON x.p = y.p JOIN public.typed z ON z.n = y.n;
RESET enable_hashjoin; RESET enable_nestloop;
SELECT id FROM public.typed WHERE p = (SELECT max(p) FROM public.typed) OR n IN (SELECT n FROM public.typed WHERE id = 3) ORDER BY id;
SELECT p FROM public.typed EXCEPT SELECT p FROM public.typed WHERE n > 0 ORDER BY p;
SELECT (n, p) = (90953246, 0.06) AS row_equal, (n, p) < (90953246, 0.07) AS row_lower, ROW(n, p) IS DISTINCT FROM ROW(n, p) AS itself FROM public.typed WHERE id = 1;
-- by index, in a constraint, a default, a generated column, a policy
CREATE INDEX ON public.typed (p, n);
CREATE UNIQUE INDEX ON public.typed (n, id) WHERE n > 0;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('Index Cond: (p = ', 'SELECT id FROM public.typed WHERE p = 0.06') AS equal, pg_temp.plan_has('Index Cond: (p < ', 'SELECT id FROM public.typed WHERE p < 1') AS range;
SELECT id FROM public.typed WHERE p = 0.06 ORDER BY id;
RESET enable_seqscan;
CREATE TABLE public.checked (n covenant.shares DEFAULT 5 CHECK (nullif(n, 0) IS NOT NULL), p covenant.share_price CHECK (p > 0 AND p IS DISTINCT FROM 1.5), value numeric GENERATED ALWAYS AS (n * p) STORED);
INSERT INTO public.checked (p) VALUES (0.06);
\set VERBOSITY terse
INSERT INTO public.checked (n, p) VALUES (0, 0.06);
INSERT INTO public.checked (p) VALUES (0);
INSERT INTO public.checked (p) VALUES ('3/2');
\set VERBOSITY default
TABLE public.checked;
DROP TABLE public.typed, public.checked;

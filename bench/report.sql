-- The table: what was measured beside what was aimed at.
--
--   faster    the rival's time / the product's
--   cheaper   the same, each less the time without triggers
--   cost      the product's time less the time without triggers, at most
--   time      the product's time, at most
--   beyond    the same, less the time of the rival, at most
--   failures  failed transactions, at most

CREATE TEMP TABLE aims (n int GENERATED ALWAYS AS IDENTITY, job text, title text, kind text,
	rival text, against text, per numeric, unit text, aim numeric);
INSERT INTO aims (job, title, kind, rival, against, per, unit, aim) VALUES
	('bulk_10', 'bulk insert, 10 deals, a row', 'cheaper', 'rival', 'ordered PL/pgSQL', 100000, 'ns', 1.3),
	('bulk_1000', 'bulk insert, 1,000 deals, a row', 'cheaper', 'rival', 'ordered PL/pgSQL', 100000, 'ns', 1.3),
	('bulk_100000', 'bulk insert, 100,000 deals, a row', 'cheaper', 'rival', 'ordered PL/pgSQL', 100000, 'ns', 1.3),
	('bulk_10', 'bulk insert, 10 deals, a row', 'beyond', 'floor', 'COPY of the positions', 100000, 'ns', 600),
	('bulk_1000', 'bulk insert, 1,000 deals, a row', 'beyond', 'floor', 'COPY of the positions', 100000, 'ns', 600),
	('bulk_100000', 'bulk insert, 100,000 deals, a row', 'beyond', 'floor', 'COPY of the positions', 100000, 'ns', 600),
	('prices', 'UPDATE of prices, 1,000 deals, a row', 'cheaper', 'rival', 'ordered PL/pgSQL', 100000, 'ns', 3),
	('transactions_1', 'one-row transaction, one deal', 'cheaper', 'rival', 'ordered PL/pgSQL', 5000, 'us', 2.5),
	('transactions_1', 'one-row transaction, one deal', 'cost', 'plain', 'no trigger', 5000, 'us', 18),
	('transactions_1000', 'one-row transaction, 1,000 deals', 'cheaper', 'rival', 'ordered PL/pgSQL', 5000, 'us', 2.5),
	('transactions_1000', 'one-row transaction, 1,000 deals', 'cost', 'plain', 'no trigger', 5000, 'us', 18),
	('statements_1000', '1,000 statements in a transaction, each', 'cheaper', 'rival', 'ordered PL/pgSQL', 1000, 'us', NULL),
	('statements_5000', '5,000 statements in a transaction, each', 'cost', 'plain', 'no trigger', 5000, 'us', 2),
	('clients', '8 clients, 5 notes, 10 deals', 'faster', 'plain', 'no trigger', 1, 'us', 0.5),
	('clients', '8 clients, 5 notes, 10 deals', 'faster', 'rival', 'ordered PL/pgSQL', 1, 'us', NULL),
	('clients', 'deadlocks of them', 'failures', 'rival', 'ordered PL/pgSQL', 1, '', 0),
	('durable', 'the same, waiting for the disk', 'faster', 'plain', 'no trigger', 1, 'us', 0.5),
	('durable', 'the same, waiting for the disk', 'faster', 'rival', 'ordered PL/pgSQL', 1, 'us', NULL),
	('durable', 'deadlocks of them', 'failures', 'rival', 'ordered PL/pgSQL', 1, '', 0),
	('repeatable', '8 clients, one deal, REPEATABLE READ', 'faster', 'rival', 'ordered PL/pgSQL', 1, 'us', NULL),
	('repeatable', 'serialization failures of them', 'failures', 'rival', 'ordered PL/pgSQL', 1, '', 0),
	('quotes', 'a year of quotes, 1,000 shares, 6,000 notes', 'cost', 'plain', 'no trigger', 1, 'ms', 8000),
	('backdated', 'a fact of a year ago', 'faster', 'plain', 'one of today', 1000, 'us', NULL),
	('history', 'history, 1,000 deals, 5 years', 'faster', 'rival', 'window over journal', 1, 'ms', NULL),
	('history', 'history, 1,000 deals, 5 years', 'time', 'rival', 'window over journal', 1, 'ms', 700),
	('note', 'notes, 1,000 deals, 5 years', 'faster', 'rival', 'window over positions', 1, 'ms', NULL),
	('audit', 'audit, 10,000 deals, 5 years', 'time', 'rival', 'window over positions', 1, 'ms', 5000),
	('status', 'the ten least covered of 10,000 deals', 'time', 'rival', 'the ledger sorted', 1, 'ms', 60),
	('duty', 'duties, 1,000 deals, 5 years', 'faster', 'rival', 'list of monthly duties', 1, 'ms', 0.1),
	('duty', 'duties, 1,000 deals, 5 years', 'time', 'rival', 'list of monthly duties', 1, 'ms', 800),
	('owed', 'damages, 1,000 deals, 5 years', 'time', 'rival', 'list of monthly duties', 1, 'ms', 1000),
	('owed_10000', 'damages, 10,000 deals, 5 years', 'time', 'rival', 'list of monthly duties', 1, 'ms', 11000),
	('story', 'history of an agreement, 1,000 deals', 'time', 'rival', 'list of monthly duties', 1, 'ms', 700),
	('one_duty', 'duties of one deal', 'time', 'rival', 'list of monthly duties', 200, 'us', 1000),
	('one_owed', 'damages of one deal', 'time', 'rival', 'list of monthly duties', 200, 'us', 1000),
	('first', 'damages of one deal, a session''s first', 'time', 'rival', 'list of monthly duties', 1, 'us', 10000),
	('close_month', 'one month''s lists, 1,000 deals', 'time', 'rival', 'list of monthly duties', 1, 'ms', 500),
	('sum', 'sum of 1,000,000 shares', 'faster', 'bigint', 'bigint', 1, 'ms', 0.91),
	('sum', 'sum of 1,000,000 shares', 'faster', 'numeric', 'numeric', 1, 'ms', 1.9),
	('sort', 'sort of 1,000,000 shares', 'faster', 'bigint', 'bigint', 1, 'ms', 0.91),
	('sort', 'sort of 1,000,000 shares', 'faster', 'numeric', 'numeric', 1, 'ms', 2.4),
	('text_out', '1,000,000 shares to text', 'faster', 'rival', 'numeric', 1, 'ms', 1.25),
	('text_in', '1,000,000 shares from text', 'faster', 'rival', 'numeric', 1, 'ms', 1.5),
	('copy_out', 'COPY of 1,000,000 shares to text', 'faster', 'rival', 'numeric', 1, 'ms', 1.1),
	('copy_in', 'COPY of 1,000,000 shares from text', 'faster', 'rival', 'numeric', 1, 'ms', 1.3),
	('issuable', 'shares_issuable, 1,000,000 notes', 'faster', 'rival', 'div()', 1, 'ms', 1.5),
	('value', 'shares x price, 1,000,000 rows', 'faster', 'rival', 'numeric', 1, 'ms', NULL),
	('days_after', 'business_days_after, 1,000,000 days', 'faster', 'rival', 'calendar join', 1, 'ms', 4.5),
	('days_between', 'business_days_between, 1,000,000 days', 'faster', 'rival', 'calendar join', 1, 'ms', NULL),
	('damages', 'liquidated_damages, 100,000 breaches', 'faster', 'rival', 'exact PL/pgSQL', 1, 'ms', 25),
	('look_back', 'lowest 3 of 20 days', 'faster', 'rival', 'array window', 1, 'ms', 6);

CREATE FUNCTION pg_temp.show(n numeric) RETURNS text LANGUAGE sql AS $$
	SELECT trim_scale(round(n, CASE WHEN n < 10 THEN 2 WHEN n < 100 THEN 1 ELSE 0 END))::text
$$;

WITH took AS (
	SELECT a.*, scale / per * extract(epoch FROM p.took) AS product_took, scale / per * extract(epoch FROM r.took) AS rival_took,
		CASE WHEN a.kind IN ('faster', 'time') THEN 0 ELSE scale / per * extract(epoch FROM b.took) END AS base
	FROM aims a
	JOIN (VALUES ('ms', 1e3), ('us', 1e6), ('ns', 1e9)) u(unit, scale) USING (unit)
	JOIN timing p ON p.job = a.job AND p.side = 'product'
	JOIN timing r ON r.job = a.job AND r.side = a.rival AND r.round = p.round
	LEFT JOIN timing b ON b.job = a.job AND b.side = 'plain' AND b.round = p.round
	WHERE a.kind <> 'failures'
), median AS (
	SELECT n, percentile_cont(0.5) WITHIN GROUP (ORDER BY rival_took - CASE kind WHEN 'cheaper' THEN base ELSE 0 END)::numeric AS theirs,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY product_took - base - CASE kind WHEN 'beyond' THEN rival_took ELSE 0 END)::numeric AS ours,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY (rival_took - base) / nullif(product_took - base, 0))::numeric AS ratio
	FROM took GROUP BY n, kind
	UNION ALL
	SELECT a.n, sum(f.n) FILTER (WHERE side = a.rival), sum(f.n) FILTER (WHERE side = 'product'), NULL
	FROM aims a JOIN failure f USING (job) WHERE a.kind = 'failures' GROUP BY a.n
)
SELECT title AS job, against,
	pg_temp.show(theirs) || ' ' || unit AS "it takes",
	CASE WHEN kind IN ('cost', 'cheaper', 'beyond') THEN '+' ELSE '' END || pg_temp.show(ours) || ' ' || unit AS "covenant takes",
	CASE WHEN kind IN ('faster', 'cheaper') THEN pg_temp.show(ratio) ELSE '' END AS ratio,
	CASE WHEN aim IS NULL THEN '' WHEN kind IN ('cost', 'failures') THEN 'at most ' || pg_temp.show(aim) ELSE pg_temp.show(aim) END AS aim,
	CASE WHEN aim IS NULL THEN '' WHEN CASE WHEN kind IN ('cost', 'time', 'beyond', 'failures') THEN ours <= aim ELSE ratio >= aim END
		THEN 'met' ELSE 'missed' END AS verdict
FROM median JOIN aims USING (n)
ORDER BY n;

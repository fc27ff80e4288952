SET datestyle = ISO;
-- Section 8(f): when a notice is effective
SELECT m, covenant.notice_effective(m, '2005-06-01', '2005-06-03', c) FROM (VALUES ('mail', NULL), ('courier', NULL), ('personal', NULL), ('facsimile', NULL),
	('certified', 'five_days'), ('certified', 'receipt'), ('registered', 'receipt')) v(m, c);
SELECT covenant.notice_effective('courier', '2005-06-01', NULL, NULL) IS NULL AS not_yet;
SELECT covenant.notice_effective('certified', '2005-06-01', '2005-06-03', NULL);
SELECT covenant.notice_effective('pigeon', '2005-06-01', '2005-06-03', NULL);
SELECT covenant.notice_effective('registered', '2005-06-01', '2005-06-03', 'sometime');
SELECT covenant.notice_effective('mail', 'infinity', NULL, NULL);
-- Rule 144: two years until 2008, then six months or a year, for what was held already too
SELECT a, r, covenant.rule_144_free_on(a, false, r) FROM (VALUES (date '2005-05-23', true), ('2006-02-01', true), ('2006-02-01', false), ('2007-01-01', true), ('2007-12-31', false), ('2008-06-30', true)) v(a, r);
SELECT covenant.rule_144_free_on('2005-05-23', true, true) IS NULL AS affiliate;
-- The legend goes by the earliest of four
SELECT covenant.legend_required('2005-06-01', NULL, NULL, NULL, NULL) AS none, covenant.legend_required('2005-06-01', '2005-06-01', NULL, NULL, NULL) AS registered,
	covenant.legend_required('2005-06-01', '2005-06-02', '2007-05-23', NULL, NULL) AS not_yet, covenant.legend_required('2005-06-01', NULL, '2007-05-23', '2005-05-30', NULL) AS opinion;
-- 10,000 of all of it against plain SQL: days of notices, Rule 144 day by day, the earliest of four.
SELECT setseed(0.5);
CREATE TEMP TABLE cases AS SELECT n, d, (ARRAY['mail', 'courier', 'personal', 'facsimile', 'certified', 'registered'])[1 + floor(random() * 6)] AS m,
	(ARRAY['five_days', 'receipt'])[1 + floor(random() * 2)] AS c, CASE WHEN random() < 0.8 THEN d + floor(random() * 30)::int END AS r,
	random() < 0.5 AS reports, random() < 0.1 AS affiliate, CASE WHEN random() < 0.7 THEN date '2004-01-01' + floor(random() * 3000)::int END AS other
FROM generate_series(1, 10000) n, LATERAL (SELECT date '2003-01-01' + floor(random() * 4000)::int + 0 * n AS d) v;
SELECT count(*) AS cases,
	count(*) FILTER (WHERE covenant.notice_effective(m, d, r, c) IS DISTINCT FROM
		(SELECT day FROM (VALUES ('mail', NULL, d + 5), ('courier', NULL, r), ('personal', NULL, r), ('facsimile', NULL, r), ('certified', 'five_days', d + 5), ('certified', 'receipt', r),
			('registered', 'five_days', d + 5), ('registered', 'receipt', r)) v(w, reading, day) WHERE w = m AND (reading IS NULL OR reading = c))) AS wrong_notices,
	count(*) FILTER (WHERE covenant.rule_144_free_on(d, affiliate, reports) IS DISTINCT FROM CASE WHEN NOT affiliate THEN
		CASE WHEN d + interval '2 years' <= date '2008-02-15' THEN d + interval '2 years'
			WHEN d + CASE WHEN reports THEN interval '6 months' ELSE interval '1 year' END <= date '2008-02-15' THEN date '2008-02-15'
			ELSE d + CASE WHEN reports THEN interval '6 months' ELSE interval '1 year' END END::date END) AS wrong_days,
	count(*) FILTER (WHERE covenant.legend_required(d, other, covenant.rule_144_free_on(d, affiliate, reports), r, NULL)
		<> (SELECT count(*) = 0 FROM (VALUES (other), (covenant.rule_144_free_on(d, affiliate, reports)), (r)) v(x) WHERE x <= d)) AS wrong_legends
FROM cases;

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

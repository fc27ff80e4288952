-- What a notice of conversion comes to.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA notice_test;
SET search_path = notice_test;
SET covenant.as_of = '2005-05-23';
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price covenant.share_price);
CREATE TABLE warrants (id int PRIMARY KEY, deal text, buyer text, shares bigint);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'buyer');

-- The agreement's deal (Section 3(c)).  All of the notes are 33,333,333 shares;
-- 4.99 % of 43,980,227 are 2,309,876 after the issue, 2,194,613 before it.
-- slack: counted less 2 x what is left; available: 155,639,773 less the shares.
BEGIN;
INSERT INTO deals VALUES ('cb', 90953246, 200000000, 43980227, 380000);
INSERT INTO notes VALUES (1, 'cb', 'AJW', 2000000, 0.06);
INSERT INTO warrants VALUES (1, 'cb', 'AJW', 12143290);
-- What this transaction has pending counts.
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000);
COMMIT;
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000);
SELECT counted, n.* FROM (VALUES (1, 'after'), (2, 'before')) v(i, counted), covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, cap_percent => 4.99, counted => v.counted) n ORDER BY i;
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, 1000000, 4.99, 'after');
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, exchange_cap => 8791647);
-- Nothing is written.
SELECT count(*) FROM deals_journal;
-- Of equal limits the first is named; one that is not reached is none.
SELECT cap, n.limited_by, n.shares FROM (VALUES (2309876), (2309875), (2309877), (33333333), (0)) v(cap),
	covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, cap_percent => 4.99, counted => 'after', exchange_cap => v.cap) n;
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, exchange_cap => 33333333);
-- The tenth of a cent that buys no share is left over; at this price a share is 6 cents.
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 100);
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 0.0599);
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 0);
-- Authorized: what others are promised is none of it; the multiple limits nothing.
BEGIN;
SELECT covenant.override('deals', 'to see');
UPDATE deals SET plan = 146019773, reserved = 10000000;
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, exchange_cap => 10000001);
SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, exchange_cap => 10000000);
UPDATE deals SET plan = 200000000;
SELECT limited_by, shares, converted, left_over FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000);
ROLLBACK;
-- What it says is what the conversion does.
BEGIN;
CREATE TEMP TABLE said AS SELECT * FROM covenant.conversion_notice('deals', 'cb', 'AJW', 2000000, cap_percent => 4.99, counted => 'after');
UPDATE notes SET balance = balance - converted FROM said;
UPDATE deals SET reserved = reserved - shares, outstanding = outstanding + shares FROM said;
SELECT s.slack = said.slack AS slack, s.available = said.available AS available, s.note_shares FROM deals_status s, said;
COMMIT;
DROP TABLE said;

-- Oldest first, whatever their keys; of one day by key, numbers by value.  The
-- second is used up in part: 100.00 at 0.07, then at 0.013 the rest.
INSERT INTO deals VALUES ('two', 0, 200000000, 1000, 0);
SET covenant.as_of = '2005-06-01';
BEGIN;
SELECT covenant.override('deals', 'to see');
INSERT INTO notes VALUES (20, 'two', 'H', 50, 0.013), (9, 'two', 'H', 100, 0.07);
COMMIT;
SET covenant.as_of = '2005-05-25';
BEGIN;
SELECT covenant.override('deals', 'learnt late');
INSERT INTO notes VALUES (30, 'two', 'H', 10, '1/3'), (31, 'two', 'other', 10, 0.1);
COMMIT;
RESET covenant.as_of;
-- 30 by 1/3, 1,428 by 0.07, then 5 / 0.013 = 384.6; 384 x 0.013 = 4.992.
SELECT amount, n.requested, n.converted, n.left_over FROM unnest(ARRAY[9.99, 10, 10.06, 10.07, 110, 115, 160]) amount, covenant.conversion_notice('deals', 'two', 'H', amount) n;
-- As of a day, and as known at a moment: the oldest was not known on 1 June.
SET covenant.as_of = '2005-05-31';
SELECT requested, converted FROM covenant.conversion_notice('deals', 'two', 'H', 10);
SELECT requested, converted FROM covenant.conversion_notice('deals', 'two', 'H', 10.01);
RESET covenant.as_of;
SELECT min(recorded_at) AS known FROM deals_journal WHERE deal = 'two' AND effective_on = '2005-06-01' \gset
SET covenant.known_at = :'known';
SELECT requested, converted FROM covenant.conversion_notice('deals', 'two', 'H', 10);
RESET covenant.known_at;
-- A note that was assigned is its new holder's; one that is repaid is nobody's.
SET covenant.as_of = '2005-07-01';
BEGIN;
SELECT covenant.override('deals', 'to see');
UPDATE notes SET buyer = 'new' WHERE id = 30;
UPDATE notes SET balance = 0 WHERE id = 9;
COMMIT;
SELECT b, n.requested FROM (VALUES ('H', 50), ('new', 10), ('other', 10)) v(b, a), covenant.conversion_notice('deals', 'two', b, a) n;
RESET covenant.as_of;

-- Cents that are too coarse: at 0.003 a cent gives 3 shares, two give 6.
BEGIN;
SELECT covenant.override('deals', 'to see');
INSERT INTO deals VALUES ('fine', 0, 200000000, 1000, 0);
INSERT INTO notes VALUES (40, 'fine', 'H', 1, 0.003);
COMMIT;
SELECT cap, n.shares, n.converted, n.limited_by FROM generate_series(0, 7) cap, covenant.conversion_notice('deals', 'fine', 'H', 1, exchange_cap => cap) n;
-- An amount that is no whole cent is taken whole where all of it is needed.
SELECT n.requested, n.shares, n.converted, n.left_over FROM covenant.conversion_notice('deals', 'fine', 'H', 0.009) n;
SELECT n.requested, n.shares, n.converted, n.left_over FROM covenant.conversion_notice('deals', 'fine', 'H', 0.014) n;
SELECT n.requested, n.shares, n.converted, n.left_over FROM covenant.conversion_notice('deals', 'fine', 'H', 0.014, exchange_cap => 3) n;

-- What cannot be.
SET covenant.as_of = '2005-07-01';
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', -1);
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 'NaN');
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 2000000);
SELECT covenant.conversion_notice('deals', 'cb', 'nobody', 1);
SELECT covenant.conversion_notice('deals', 'nowhere', 'AJW', 1);
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, cap_percent => 4.99);
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, cap_percent => 4.99, counted => 'later');
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, cap_percent => 100, counted => 'after');
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, 99999999, cap_percent => 4.99, counted => 'after');
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, exchange_cap => -1);
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', 1, -1);
SELECT covenant.conversion_notice('deals', 'cb', NULL, 1);
SELECT covenant.conversion_notice('deals', 'cb', 'AJW', NULL, NULL);
SELECT covenant.conversion_notice('deals', NULL, 'AJW', 1);
SELECT covenant.conversion_notice('notes', 'cb', 'AJW', 1);
RESET covenant.as_of;
-- The function behind it asks for as much.
SELECT covenant_internal.notice_of('deals_reserve', 'cb', true, NULL, NULL, 1, 0, NULL, NULL, NULL);
SELECT covenant_internal.notice_of('deals_reserve', 'cb', true, NULL, 'AJW', 1, 0, 4.99, NULL, NULL);
-- counted alone is no cap.
SELECT limited_by, shares FROM covenant.conversion_notice('deals', 'cb', 'AJW', 1, counted => 'after');
-- Shares beyond what there can be.
CREATE TABLE plain (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE plain_notes (id int PRIMARY KEY, deal int, balance numeric, price numeric);
SELECT covenant.watch_deals('plain', 'id', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('plain_notes', 'plain', 'deal', 'balance', 'price');
INSERT INTO plain VALUES (1, 0), (2, 5);
INSERT INTO plain_notes VALUES (1, 1, 4000000000000000000, 1), (2, 2, 7, 0.5);
-- Without capital and holders: no limit but those that are named.
SELECT * FROM covenant.conversion_notice('plain', '2', '', 6.5);
SELECT * FROM covenant.conversion_notice('plain', '2', '', 6.5, exchange_cap => 4);
SELECT covenant.conversion_notice('plain', '2', '', 1, cap_percent => 9.99, counted => 'before');
SELECT requested, slack FROM covenant.conversion_notice('plain', '1', '', 4000000000000000000);
SELECT covenant.conversion_notice('plain', 'x', '', 1);

-- With companies: the capital is the company's, less what its other deals have reserved.
CREATE TABLE companies (id text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE loans (id text PRIMARY KEY, reserved bigint NOT NULL, company text);
CREATE TABLE loan_notes (id int PRIMARY KEY, loan text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('loans', 'id', 'reserved', company => 'company');
SELECT covenant.watch_notes('loan_notes', 'loans', 'loan', 'balance', 'price', 'buyer');
SELECT covenant.watch_capital('companies', 'loans', 'id', 'authorized', 'outstanding');
INSERT INTO companies VALUES ('calba', 1000, 300);
INSERT INTO loans VALUES ('a', 400, 'calba'), ('b', 250, 'calba'), ('c', 400, NULL);
BEGIN;
SELECT covenant.override('loans', 'to see');
INSERT INTO loan_notes VALUES (1, 'a', 'H', 500, 1), (2, 'c', 'H', 500, 1);
COMMIT;
SELECT id, n.* FROM (VALUES ('a'), ('c')) v(id), covenant.conversion_notice('loans', id, 'H', 500) n ORDER BY id;
SELECT n.* FROM covenant.conversion_notice('loans', 'a', 'H', 500, cap_percent => 50, counted => 'before') n;
SELECT covenant.conversion_notice('loans', 'c', 'H', 500, cap_percent => 50, counted => 'before');
-- What is pending for another deal of the company counts too.
BEGIN;
UPDATE loans SET reserved = 200 WHERE id = 'b';
SELECT limited_by, shares, available FROM covenant.conversion_notice('loans', 'a', 'H', 500);
ROLLBACK;

-- Who may not read the books may not ask; row security hides a deal.
\set VERBOSITY sqlstate
CREATE ROLE regress_covenant_agent;
GRANT USAGE ON SCHEMA notice_test TO regress_covenant_agent;
SET ROLE regress_covenant_agent;
SELECT covenant.conversion_notice('plain', '2', '', 1);
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA notice_test TO regress_covenant_agent;
SET ROLE regress_covenant_agent;
SELECT requested FROM covenant.conversion_notice('plain', '2', '', 1);
RESET ROLE;
ALTER TABLE plain_position ENABLE ROW LEVEL SECURITY;
SET ROLE regress_covenant_agent;
SELECT covenant.conversion_notice('plain', '2', '', 1);
RESET ROLE;
\set VERBOSITY default
DROP OWNED BY regress_covenant_agent;
DROP ROLE regress_covenant_agent;

-- 10,000 notices against a model in plain SQL: every amount in whole cents, and
-- the amount itself, is tried.  Four tables of notes, one for each rounding;
-- several notes a holder, of several days; prices that do not end.
CREATE TABLE few (id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, other bigint NOT NULL);
SELECT covenant.watch_deals('few', 'id', 'reserved', 'authorized', 'outstanding', 'other', on_breach => 'record');
CREATE TABLE down (id int PRIMARY KEY, deal int, holder text, principal numeric, price covenant.share_price);
CREATE TABLE up (LIKE down INCLUDING ALL);
CREATE TABLE half_up (LIKE down INCLUDING ALL);
CREATE TABLE half_even (LIKE down INCLUDING ALL);
SELECT count(covenant.watch_notes(t, 'few', 'deal', 'principal', 'price', 'holder', rounding => t::text)) FROM unnest(ARRAY['down', 'up', 'half_up', 'half_even']::regclass[]) t;
SELECT setseed(0.11);
SET covenant.as_of = '2005-05-01';
INSERT INTO few SELECT d, floor(random() * 40), 60 + floor(random() * 60), 10 + floor(random() * 40), floor(random() * 20) FROM generate_series(1, 500) d;
CREATE TABLE made AS
SELECT row_number() OVER () AS id, d AS deal, chr(65 + h) AS holder, (ARRAY['down', 'up', 'half_up', 'half_even'])[1 + floor(random() * 4)] AS rounding,
	(1 + floor(random() * 25))::numeric / 100 + CASE WHEN random() < 0.1 THEN 0.004 ELSE 0 END AS principal,
	(1 + floor(random() * 60))::int AS num, (ARRAY[1000, 700, 900])[1 + floor(random() * 3)] AS den, date '2005-06-01' + floor(random() * 3)::int AS first_day
FROM generate_series(1, 500) d, generate_series(0, 1) h, generate_series(1, 3) n WHERE random() < 0.8;
DO $$
DECLARE
	day date;
	rounding text;
BEGIN
	FOR day, rounding IN SELECT DISTINCT m.first_day, m.rounding FROM made m ORDER BY 1 DESC, 2 LOOP
		PERFORM set_config('covenant.as_of', day::text, false);
		EXECUTE format('INSERT INTO %1$I SELECT id, deal, holder, principal, (num || ''/'' || den)::covenant.share_price FROM made WHERE first_day = %2$L AND rounding = %1$L',
			rounding, day);
	END LOOP;
END
$$;
RESET covenant.as_of;
CREATE TABLE cases AS
SELECT row_number() OVER () AS id, d.id AS deal, h.holder, trunc(h.principal * random()::numeric, 2) + CASE WHEN random() < 0.2 THEN 0.003 ELSE 0 END AS amount,
	floor(random() * d.outstanding * 0.6)::bigint AS owned, CASE WHEN random() < 0.7 THEN round((1 + 60 * random())::numeric, 2) END AS percent,
	(ARRAY['before', 'after'])[1 + floor(random() * 2)] AS counted, CASE WHEN random() < 0.5 THEN floor(random() * 40)::bigint END AS exchange
FROM few d JOIN (SELECT deal, holder, sum(principal) AS principal FROM made GROUP BY 1, 2) h ON h.deal = d.id CROSS JOIN generate_series(1, 12);
DELETE FROM cases WHERE id > 10000;
CREATE FUNCTION pg_temp.shares(x numeric, n int, rounding text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE rounding WHEN 'down' THEN div(x, n) WHEN 'up' THEN div(x, n) + (x % n > 0)::int WHEN 'half_up' THEN div(2 * x + n, 2 * n)
		ELSE div(2 * x + n, 2 * n) - (2 * x % (2 * n) = n AND div(2 * x + n, 2 * n) % 2 = 1)::int END
$$;
CREATE TABLE queue AS SELECT *, sum(principal) OVER (PARTITION BY deal, holder ORDER BY first_day, id) - principal AS before FROM made;
CREATE TABLE tried AS
SELECT c.id, a.amount, sum(pg_temp.shares(part * q.den, q.num, q.rounding)) AS shares
FROM cases c CROSS JOIN LATERAL (SELECT n / 100.0 FROM generate_series(0, floor(c.amount * 100)::int) n UNION SELECT c.amount) a(amount)
	JOIN queue q ON q.deal = c.deal AND q.holder = c.holder CROSS JOIN LATERAL (SELECT least(greatest(a.amount - q.before, 0), q.principal) AS part) p
GROUP BY c.id, a.amount;
CREATE INDEX ON tried (id, shares, amount);
CREATE INDEX ON queue (deal, holder);
CREATE INDEX ON made (deal);
ANALYZE tried, cases, made, queue;
CREATE TABLE model AS
WITH limits AS (
	SELECT c.*, d.reserved, d.authorized - d.outstanding - d.other AS room, (SELECT max(t.shares) FROM tried t WHERE t.id = c.id) AS requested,
		CASE WHEN percent IS NULL THEN NULL WHEN counted = 'before' THEN greatest(floor(percent * d.outstanding / 100) - owned, 0)
			ELSE greatest(div(percent * d.outstanding - 100 * owned, 100 - percent), 0) END AS ownership,
		(SELECT sum(pg_temp.shares(m.principal * m.den, m.num, m.rounding)) FROM made m WHERE m.deal = c.deal) AS issuable
	FROM cases c JOIN few d ON d.id = c.deal
), cut AS (
	SELECT *, least(ownership, exchange, greatest(room, 0)) AS most FROM limits
), given AS (
	SELECT cut.*, t.amount AS converted, t.shares,
		(SELECT sum(pg_temp.shares(q.principal * q.den, q.num, q.rounding) - pg_temp.shares((q.principal - least(greatest(t.amount - q.before, 0), q.principal)) * q.den, q.num, q.rounding))
		 FROM queue q WHERE q.deal = cut.deal AND q.holder = cut.holder) AS fall
	FROM cut CROSS JOIN LATERAL (SELECT * FROM tried t WHERE t.id = cut.id AND t.shares <= most ORDER BY t.shares DESC, t.amount LIMIT 1) t
)
SELECT id, requested, CASE WHEN requested <= most THEN NULL WHEN ownership = most THEN 'ownership' WHEN exchange = most THEN 'exchange' ELSE 'authorized' END AS limited_by,
	shares, converted, amount - converted AS left_over, least(reserved - least(reserved, shares), room - shares) - 2 * (issuable - fall) AS slack, room - shares AS available
FROM given;
SELECT count(*) AS notices, count(*) FILTER (WHERE (n.requested, n.shares, n.converted, n.left_over, n.slack, n.available) IS DISTINCT FROM (m.requested, m.shares, m.converted, m.left_over, m.slack, m.available)
		OR n.limited_by IS DISTINCT FROM m.limited_by) AS wrong,
	count(*) FILTER (WHERE m.limited_by = 'ownership') > 100 AND count(*) FILTER (WHERE m.limited_by = 'exchange') > 100 AND count(*) FILTER (WHERE m.limited_by = 'authorized') > 100
		AND count(*) FILTER (WHERE m.limited_by IS NULL) > 500 AND count(*) FILTER (WHERE m.shares < m.requested AND m.left_over > 0) > 500 AS all_of_them
FROM cases c JOIN model m USING (id)
	CROSS JOIN LATERAL covenant.conversion_notice('few', c.deal::text, c.holder, c.amount, c.owned, c.percent, c.counted, c.exchange) n;

SET client_min_messages = warning;
DROP SCHEMA notice_test CASCADE;

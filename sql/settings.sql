-- Which day it is: the settings, before and after the library is loaded.
SET datestyle = ISO;
\set SHOW_CONTEXT never
-- Notes to write: a deal of 1000 reserved shares and one note of 10 at 0.1.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA settings_test;
SET search_path = settings_test;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price');
INSERT INTO deals VALUES (1, 1000);
INSERT INTO notes VALUES (1, 1, 10, 0.1);

-- What is checked when it is set.
SET covenant.as_of = '2005-02-30';
SET covenant.as_of = '2005-6-1';
SET covenant.as_of = '1970-12-31';
SET covenant.as_of = '2199-12-31';
SET covenant.as_of = 'infinity';
SET covenant.known_at = '2005-06-01';
SET covenant.time_zone = 'Mars/Olympus';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
SET covenant.as_of = '1971-01-01';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;

-- as_of_before_load: in a new session nothing of covenant is loaded, and any
-- text is taken.  What loads the library then is refused, and dates nothing today.
\c -
SET search_path = settings_test;
SET datestyle = ISO;
SET covenant.as_of = '2026-02-30';
UPDATE notes SET balance = 11;
UPDATE notes SET balance = 11;
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
-- What needs no day can be asked.
SELECT covenant.shares_issuable(11, 0.1);
SET covenant.as_of = '2005-05-24';
UPDATE notes SET balance = 11;
SELECT seq, kind, principal, effective_on FROM deals_journal ORDER BY seq;
-- future_day_before_load: a day to come; RESET gives today.
\c -
SET covenant.as_of = '2199-12-31';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
RESET covenant.as_of;
SELECT covenant.as_of() = (now() AT TIME ZONE 'America/New_York')::date AS today;
-- Set in a transaction that is rolled back, it is what it was before.
\c -
SET covenant.as_of = '2005-05-25';
BEGIN;
SET LOCAL covenant.as_of = '2005-05-32';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
ROLLBACK;
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
-- Under a value that is good, one that is not: when it is back it is refused.
\c -
SET covenant.as_of = '2005-05-32';
BEGIN;
SET LOCAL covenant.as_of = '2005-05-26';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
COMMIT;
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
-- The database's own setting, to which RESET goes back.
SELECT current_database() AS db \gset
\c -
ALTER DATABASE :"db" SET covenant.as_of = 'yesterday';
\c -
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
SET covenant.as_of = '2005-05-27';
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
RESET covenant.as_of;
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
ALTER DATABASE :"db" RESET covenant.as_of;

-- known_at_before_load, time_zone_before_load
\c -
SET covenant.known_at = '2005-06-01 12:00';
SET covenant.time_zone = 'Mars/Olympus';
SELECT covenant.known_at();
SELECT to_char(covenant.as_of(), 'YYYY-MM-DD') AS as_of;
SET covenant.known_at = '2005-06-01 12:00:00-04:00';
SELECT covenant.known_at() = '2005-06-01 16:00:00+00';
RESET covenant.time_zone;
SELECT covenant.as_of() = (now() AT TIME ZONE 'America/New_York')::date AS today;

-- clock_east_of_new_york: seven days ahead of Greenwich it is already next
-- week, but no fact is dated later than today in New York.
SET covenant.time_zone = 'X-167';
SELECT covenant.as_of() = (now() AT TIME ZONE 'America/New_York')::date AS today;
\set VERBOSITY sqlstate
SELECT set_config('covenant.as_of', to_char((now() AT TIME ZONE 'America/New_York')::date + 1, 'YYYY-MM-DD'), false);
\set VERBOSITY default
SELECT set_config('covenant.as_of', to_char((now() AT TIME ZONE 'America/New_York')::date, 'YYYY-MM-DD'), false) <> '' AS taken;
RESET covenant.as_of;
-- A clock that is behind dates by itself.
SET covenant.time_zone = 'X167';
SELECT covenant.as_of() = (now() AT TIME ZONE 'UTC' - interval '167 hours')::date AS last_week;
-- Nor does a role choose a later day for itself; a database does, and then no
-- session is ahead of that.
ALTER ROLE CURRENT_USER SET covenant.time_zone = 'X-167';
\c -
SELECT covenant.as_of() = (now() AT TIME ZONE 'America/New_York')::date AS today;
ALTER DATABASE :"db" SET covenant.time_zone = 'X-48';
\c -
SELECT covenant.as_of() <= (now() AT TIME ZONE 'UTC' + interval '48 hours')::date AS not_later;
ALTER ROLE CURRENT_USER RESET covenant.time_zone;
\c -
SELECT covenant.as_of() = (now() AT TIME ZONE 'UTC' + interval '48 hours')::date AS in_two_days;
SET covenant.time_zone = 'X-167';
SELECT covenant.as_of() = (now() AT TIME ZONE 'UTC' + interval '48 hours')::date AS in_two_days;
ALTER DATABASE :"db" RESET covenant.time_zone;
SET client_min_messages = warning;
DROP SCHEMA settings_test CASCADE;

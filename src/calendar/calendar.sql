
-- Business days ----------------------------------------------------------

CREATE FUNCTION covenant.is_business_day(day date, calendar text, closed date[] DEFAULT '{}')
RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_is_business_day';
COMMENT ON FUNCTION covenant.is_business_day(date, text, date[]) IS
'Is the day a business day? Calendars: WEEKDAYS, NYFD (Federal Reserve Bank of New York), NYSE (sessions), NYGCL (N.Y. General Construction Law, Sections 24 and 25), or joined: NYFD+NYSE is closed when either is; closed adds days. Years 1971 to 2199, else 22008; unknown calendar 22023';

CREATE FUNCTION covenant.business_days_after(day date, n integer, calendar text, closed date[] DEFAULT '{}')
RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_business_days_after';
COMMENT ON FUNCTION covenant.business_days_after(date, integer, text, date[]) IS
'The n-th business day after the day, which is itself not counted (Sections 2(f), 4(c), 4(f), 4(h), 4(m)); n < 0: before it; n = 0: the day itself, business day or not. Calendars and errors as of is_business_day; 22008 also when the result lies outside 1971 to 2199';

CREATE FUNCTION covenant.business_days_between(a date, b date, calendar text, closed date[] DEFAULT '{}')
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_business_days_between';
COMMENT ON FUNCTION covenant.business_days_between(date, date, text, date[]) IS
'The number of business days after a, up to and including b; where b is before a, minus that from b to a. Calendars and errors as of is_business_day';

CREATE FUNCTION covenant.holidays(calendar text, year integer)
RETURNS TABLE (day date, name text)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 12
AS 'MODULE_PATHNAME', 'covenant_holidays';
COMMENT ON FUNCTION covenant.holidays(text, integer) IS
'The holidays and special closings of a calendar in a year, in order, as observed; also those that fall on a weekend and stay there. Years 1971 to 2199, else 22008; unknown calendar 22023';

CREATE FUNCTION covenant_internal.require_day(day date, what text)
RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_require_day';
COMMENT ON FUNCTION covenant_internal.require_day(date, text) IS
'Raises 22008 for a day outside of the years 1971 to 2199, infinity among them; what says whose day it is';

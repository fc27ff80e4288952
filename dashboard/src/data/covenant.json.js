// Reads the views of a database, named by the PG* variables as for psql, as of
// COVENANT_AS_OF (left out: today), beside the deals table COVENANT_DEALS (left
// out: the first that has such views).  Only SELECTs.
import pg from "pg";

pg.types.setTypeParser(1082, (day) => day);         // date
pg.types.setTypeParser(1184, (moment) => moment);   // timestamptz
const client = new pg.Client();
await client.connect();

const rows = async (sql, values) => (await client.query(sql, values)).rows;

if (process.env.COVENANT_AS_OF) await client.query("SELECT set_config('covenant.as_of', $1, false)", [process.env.COVENANT_AS_OF]);
const found = await rows(`SELECT format('%I.', n.nspname) AS schema, left(v.relname, -length('_status')) AS stem
  FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
  WHERE v.relkind = 'v' AND v.relname LIKE '%\\_status' AND has_table_privilege(v.oid, 'SELECT')
    AND EXISTS (SELECT FROM pg_class r WHERE r.relnamespace = v.relnamespace AND r.relkind = 'r' AND r.relname = left(v.relname, -length('status')) || 'reserve')
    AND ($1::text IS NULL OR v.relname = $1 || '_status' OR n.nspname || '.' || v.relname = $1 || '_status')
  ORDER BY 1, 2 LIMIT 1`, [process.env.COVENANT_DEALS ?? null]);
if (found.length === 0) throw new Error("this database has no watched deals table" + (process.env.COVENANT_DEALS ? ` "${process.env.COVENANT_DEALS}"` : ""));

const {schema, stem} = found[0];
const deals = client.escapeIdentifier(stem);
const view = (suffix) => schema + client.escapeIdentifier(`${stem}_${suffix}`);
const adopted = (await rows("SELECT to_regclass($1) IS NOT NULL AS adopted", [view("duty")]))[0].adopted;
const after = async (sql) => (adopted ? rows(sql) : []);

const data = {
  deals: schema === "public." ? stem : schema + stem,
  adopted,
  as_of: (await rows("SELECT covenant.as_of() AS day"))[0].day,
  status: await rows(`SELECT deal::text, principal::text, issuable, required, reserved, available, counted, slack, shortfall_since, cured_by,
      round(breakeven_price, 6)::text AS breakeven, round(vote_price, 6)::text AS vote, available - reserved AS room FROM ${view("status")} ORDER BY slack, deal`),
  history: await rows(`SELECT deal::text, day, next_day, principal::text, issuable, required, counted, slack FROM ${view("history")} ORDER BY deal, day`),
  notes: await rows(`SELECT deal::text, note, holder, from_day, to_day, principal::text, trim_scale(price)::text AS price, rate::text, shares FROM ${view("note")} ORDER BY deal, holder, note, from_day`),
  journal: await rows(`SELECT deal::text, seq, kind, effective_on AS day, principal::text, note_shares, warrant_shares, reserved, slack, note FROM ${view("journal")}
      WHERE effective_on <= covenant.as_of() ORDER BY deal, effective_on, seq`),
  duties: await after(`SELECT deal::text, section, duty, started_on, due_on, done_on, days_late, state, owed_by, holder, ref FROM ${view("duty")} ORDER BY due_on NULLS LAST, duty`),
  upcoming: await after(`SELECT deal::text, due_on, section, duty, owed_by, holder, ref, started FROM ${view("upcoming")} ORDER BY due_on, duty`),
  events: await after(`SELECT deal::text, event_id, kind, occurred_on AS day, section, holder, subject, ref, amount::text, note FROM ${view("event")}
      WHERE occurred_on <= covenant.as_of() ORDER BY deal, occurred_on, event_id`),
  months: await after(`SELECT deal::text, month, holder, section, duty, amount::text, status FROM ${view("damages_month")} ORDER BY month, section, holder`),
  damages: await after(`SELECT deal::text, section, duty, holder, from_day, to_day, days, principal::text, amount::text, paid::text, balance::text, status, ref
      FROM ${view("damages")} ORDER BY from_day, section, holder`),
  readings: adopted ? await rows("SELECT deal::text, section, duty, ref, adopted::text, company::text, buyers::text FROM covenant.readings($1::regclass) ORDER BY ref, section", [schema + deals]) : []
};
data.explain = {};
for (const {deal} of data.status)
  data.explain[deal] = await rows("SELECT depth, label, value, how, clause FROM covenant.explain($1::regclass, $2, 'status') ORDER BY line", [schema + deals, deal]);
await client.end();
process.stdout.write(JSON.stringify(data));

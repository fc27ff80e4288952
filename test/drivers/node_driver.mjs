// node-postgres: named prepared statements, results in text.  Not in binary: it
// reads the bytes as UTF-8, and 1000 arrives as 1007.
import pg from "pg";

let number = 0;

function ok(yes, what) {
  console.log(`${yes ? "ok" : "not ok"} ${++number} - node-postgres: ${what}`);
}

const same = (found, expected) => JSON.stringify(found) === JSON.stringify(expected);
const status = {name: "status", text: "SELECT required, slack, shortfall_since FROM deals_status WHERE deal = $1"};
const duty = {name: "duty", text: "SELECT due_on, done_on FROM deals_duty WHERE ref = $1"};
const damages = {name: "damages", text: "SELECT sum(amount) AS amount FROM deals_damages WHERE ref = $1"};
const insert = {name: "write", text: "INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', $1, $2, 0.06)"};

const db = new pg.Client();
await db.connect();
const read = async (query, ...values) => (await db.query({...query, values})).rows[0];
const write = (balance) => db.query({...insert, values: ["Two, LLC", balance]});

async function refused(where, act) {
  const error = await act().then(() => ({}), (error) => error);
  ok(error.code === "23514" && error.constraint === process.env.CONSTRAINT
    && error.detail?.endsWith("199,000 too few.") && error.hint?.startsWith("Reserve at least 199,000 more"),
    `a refusal ${where} with SQLSTATE, constraint, DETAIL and HINT`);
}

// A bigint and a numeric are strings, and exact; a date is midnight of this place.
await db.query("BEGIN");
ok(same(await read(status, "drivers"), {required: "1000", slack: "1000", shortfall_since: null}), "status");
ok(same(await read(duty, "2005-05-31"), {due_on: new Date(2005, 5, 7), done_on: new Date(2005, 5, 20)}), "duty");
ok(same(await read(damages, "2005-05-31"), {amount: "24000.00"}), "damages");
await write("12.00");
ok((await read(status, "drivers")).required === "1400", "a note");
await db.query("ROLLBACK");

await db.query("BEGIN");
await write("6000.00");
await refused("at COMMIT", () => db.query("COMMIT"));
await refused("at a statement", () => write("6000.00"));
await db.query("BEGIN");
await write("6000.00");
await refused("where asked", () => db.query("SELECT covenant.check('deals')"));
await db.end();

// Opens the built pages in headless Chromium and looks at what the demo's story
// has: figures to the cent, axes, what is said where there is nothing, a narrow
// screen.  Prints TAP.  With a directory as its argument it leaves pictures there.
import {createServer} from "node:http";
import {readFile} from "node:fs/promises";
import {extname, join, normalize} from "node:path";
import {chromium} from "playwright-core";

const dist = new URL("../dist/", import.meta.url).pathname;
const pictures = process.argv[2];
const types = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"};

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  const file = path.endsWith("/") ? `${path}index.html` : extname(path) ? path : `${path}.html`;
  try {
    const body = await readFile(join(dist, file));
    response.writeHead(200, {"content-type": types[extname(file)] ?? "application/octet-stream"}).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const home = `http://127.0.0.1:${server.address().port}`;

let tests = 0;
let failures = 0;
function ok(condition, name) {
  tests++;
  if (!condition) failures++;
  console.log(`${condition ? "ok" : "not ok"} ${tests} - ${name}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
});

async function open(path, size = {width: 1280, height: 900}, change) {
  const page = await browser.newPage({viewport: size});
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.troubles.push(message.text()));
  page.on("request", (request) => request.url().startsWith(home) || request.url().startsWith("data:") || page.troubles.push(`asks ${request.url()}`));
  if (change) await page.route(/covenant\.[0-9a-f]+\.json$/, async (route) => {
    const data = await (await route.fetch()).json();
    change(data);
    await route.fulfill({json: data});
  });
  await page.goto(home + path, {waitUntil: "networkidle"});
  await page.waitForFunction(() => document.querySelectorAll("table.rows, .empty").length > 0, null, {timeout: 30000});
  await page.waitForTimeout(500);
  return page;
}

async function text(page) {
  return (await page.locator("main").innerText()).replace(/\s+/g, " ");
}

async function cells(page, row) {
  return page.locator("table.rows tr").evaluateAll((rows, wanted) => rows.map((r) => [...r.cells].map((c) => c.textContent)).filter((r) => wanted.every((w) => r.includes(w))), row);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({path: join(pictures, `dashboard-${name}.png`)});
}

async function finish(page, name) {
  ok(page.troubles.length === 0, `${name}: no error, and nothing is asked of others${page.troubles.length ? `: ${page.troubles[0]}` : ""}`);
  await page.close();
}

// Reserve
let page = await open("/");
let shown = await text(page);
ok(shown.includes("As of 2005-12-31"), "reserve: the day");
ok((await cells(page, ["2005-05-23", "90,953,246", "45,476,623", "0"])).length === 1, "reserve: the closing, 45,476,623 issuable and 90,953,246 required");
ok((await cells(page, ["2005-06-24", "104,286,580", "-13,333,334"])).length === 1, "reserve: the fall of June, 13,333,334 short");
ok((await page.locator("td.short").count()) >= 2, "reserve: shortfalls are marked");
ok(/room for the board/.test(shown) && /break-even price/.test(shown), "reserve: break-even and the board's room");
const axes = await page.locator("svg text").allTextContents();
ok(axes.some((t) => t.includes("slack, shares")) && axes.some((t) => /^Jul|^Oct|2005/.test(t)), "reserve: the axes are named");
ok((await page.locator("svg rect[fill='var(--short)']").count()) >= 1, "reserve: a shortfall is drawn");
await picture(page, "reserve");
await finish(page, "reserve");

// Calendar
page = await open("/calendar");
shown = await text(page);
ok(/monthly list/.test(shown) && /Overdue/.test(shown), "calendar: duties");
ok((await cells(page, ["2005-06-07", "monthly list", "2005-06-20", "13"])).length === 1, "calendar: the May list, 13 days late");
ok((await cells(page, ["2006-01-09", "monthly list", "2005-12-31"])).length === 1, "calendar: the list of December falls due on 9 January");
ok(/The buyers Nothing is overdue\./.test(shown), "calendar: what is said where nothing is overdue");
await picture(page, "calendar");
await finish(page, "calendar");

// Damages: 3 % of 2,000,000 for 12 of 30 days are 24,000.00; for the vote that came
// late, of 2,550,000 for one of 31 days 2,467.74 and, $26,000 having been converted,
// of 2,524,000 for 14 of them 34,196.13.
page = await open("/damages");
shown = await text(page);
ok(shown.includes("60,663.87"), "damages: 24,000.00 + 2,467.74 + 34,196.13");
ok((await cells(page, ["2005-06", "24,000.00"])).length === 1, "damages: June");
ok((await cells(page, ["2005-12", "36,663.87"])).length === 1, "damages: December");
ok((await cells(page, ["AJW Partners, LLC", "monthly list", "3,120.00"])).length === 1, "damages: 13 % of it for AJW Partners");
ok((await page.locator("table.rows").last().innerText()).includes("the buyers, $"), "damages: both sides' readings");
ok((await page.locator("svg text").allTextContents()).some((t) => t.includes("damages, $")), "damages: the axes are named");
await picture(page, "damages");
await finish(page, "damages");

// One deal
page = await open("/deal");
shown = await text(page);
ok((await page.locator("select option").allTextContents()).includes("calbatech"), "one deal: it can be chosen");
ok((await cells(page, ["2005-06-20", "list_delivered"])).length === 1, "one deal: its events");
ok((await cells(page, ["2005-06-24", "fact", "-13,333,334"])).length === 1, "one deal: its journal");
ok(/New Millennium Capital Partners II, LLC/.test(shown), "one deal: its notes");
ok(/required/i.test(shown), "one deal: how the slack comes about");
await picture(page, "deal");
await finish(page, "one deal");

// Nothing there
const nothing = (data) => Object.assign(data, {status: [], history: [], notes: [], journal: [], duties: [], upcoming: [], events: [], months: [], damages: [], readings: [], explain: {}});
page = await open("/", undefined, nothing);
ok((await text(page)).includes("No deal is watched yet."), "reserve: what is said where there is no deal");
await finish(page, "empty reserve");
page = await open("/damages", undefined, nothing);
ok((await text(page)).includes("Nothing has accrued."), "damages: what is said where there are none");
await finish(page, "empty damages");

// A narrow screen: tables scroll by themselves, the page does not.
for (const path of ["/", "/calendar", "/damages", "/deal"]) {
  page = await open(path, {width: 390, height: 844});
  ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1), `narrow screen: ${path} does not scroll sideways`);
  if (path === "/") await picture(page, "narrow");
  await finish(page, `narrow ${path}`);
}

await browser.close();
server.close();
console.log(`1..${tests}`);
process.exit(failures ? 1 : 0);

// What the pages share: numbers that stay text, tables, charts, empty states.
import * as Plot from "@observablehq/plot";

// Thousands separators, on the digits as they came.
export function commas(value) {
  if (value === null || value === undefined || value === "") return "–";
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(String(value)) ?? [null, "", String(value), ""];
  return sign + whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + rest;
}

// Exact sums of decimals that are text, to the cent.
export function sum(values) {
  let cents = 0n;
  for (const value of values) {
    const [, sign, whole, rest] = /^(-?)(\d+)\.?(\d*)$/.exec(String(value ?? "0"));
    const n = BigInt(whole) * 100n + BigInt((rest + "00").slice(0, 2));
    cents += sign ? -n : n;
  }
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  return (cents < 0n ? "-" : "") + digits.slice(0, -2) + "." + digits.slice(-2);
}

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) node.setAttribute(key, value);
  for (const child of children.flat()) node.append(child ?? "");
  return node;
}

export function asOf(data) {
  return element("p", {class: "as-of"}, `As of ${data.as_of}, from the views of ${data.deals}.`);
}

export function empty(text) {
  return element("p", {class: "empty"}, text);
}

// columns: {title, value(row), number, tone(row)}
export function table(rows, columns, nothing) {
  if (rows.length === 0) return empty(nothing);
  const head = element("tr", {}, columns.map((c) => element("th", {class: c.number ? "number" : null, scope: "col"}, c.title)));
  const body = rows.map((row) => element("tr", {}, columns.map((c) => {
    const value = c.value(row);
    const tone = c.tone?.(row);
    return element("td", {class: [c.number ? "number" : "", tone ?? ""].join(" ").trim() || null}, c.number ? commas(value) : value ?? "–");
  })));
  return element("div", {class: "wide"}, element("table", {class: "rows"}, element("thead", {}, head), element("tbody", {}, body)));
}

export function figure(label, value, note, tone) {
  return element("div", {class: "figure"}, element("div", {class: "label"}, label), element("div", {class: `value ${tone ?? ""}`}, value),
    note ? element("div", {class: "hint"}, note) : "");
}

const million = (n) => (Math.abs(n) >= 1e6 ? `${n / 1e6}m` : n.toLocaleString("en-US"));

// Slack over time: what is reserved beyond the promise; below nought is a shortfall.
export function slackChart(history, end, width) {
  const steps = history.map((h) => ({from: new Date(h.day), to: new Date(h.next_day ?? end), slack: Number(h.slack)}));
  return Plot.plot({
    width, height: 260, marginLeft: 60, marginBottom: 40,
    x: {type: "utc", label: "day"},
    y: {label: "slack, shares", tickFormat: million, grid: true, nice: true},
    marks: [
      Plot.rectY(steps, {x1: "from", x2: "to", y: "slack", fill: (d) => (d.slack < 0 ? "var(--short)" : "var(--fine)"), fillOpacity: 0.75,
        title: (d) => `${d.from.toISOString().slice(0, 10)}: ${commas(d.slack)}`}),
      Plot.ruleY([0])
    ]
  });
}

export function monthChart(months, width) {
  return Plot.plot({
    width, height: 260, marginLeft: 60, marginBottom: 40,
    x: {type: "band", label: "month", tickFormat: (m) => m.slice(0, 7)},
    y: {label: "damages, $", grid: true, tickFormat: (n) => n.toLocaleString("en-US")},
    color: {legend: true},
    marks: [
      Plot.barY(months, {x: "month", y: (d) => Number(d.amount), fill: "section", title: (d) => `${d.month.slice(0, 7)} ${d.section}, ${d.holder}: ${commas(d.amount)}`}),
      Plot.ruleY([0])
    ]
  });
}

// A chart where an answer is numbers by group: bars in a table, whose words say the same. One
// measure at a time, since two on one axis would be compared that must not be.

import { element } from "./element.js";

const MOST = 60; // bars
const SVG = "http://www.w3.org/2000/svg";

/**
 * Return a chart of an answer, or null where it is none: one or two columns that name groups, each
 * group once, and otherwise numbers. `columns` are {name, words, numeric, year}; `rows` are lists
 * of {text, number}, in the order of the columns.
 */
export function chart(columns, rows) {
  const names = columns.filter(({ numeric, year }, i) => !numeric || (year && i === 0));
  const measures = columns.filter((column) => !names.includes(column));
  if (!measures.length || !names.length || names.length > 2) return null;
  if (rows.length < 2 || rows.length > MOST) return null;
  const place = (column) => columns.indexOf(column);
  const groups = rows.map((row) => names.map((name) => row[place(name)].text).join(", "));
  if (new Set(groups).size < groups.length || groups.includes("")) return null;
  const figure = element("figure", { className: "chart bars" });
  const show = (measure) => {
    const numbers = rows.map((row) => row[place(measure)]);
    const old = figure.querySelector("table");
    const made = bars([names.map(({ words }) => words).join(", "), measure.words], groups, numbers);
    if (old) old.replaceWith(made);
    else figure.append(made);
  };
  if (measures.length > 1) figure.append(chooser(measures, show));
  show(measures[0]);
  return figure;
}

function chooser(measures, show) {
  const options = measures.map(({ words }, i) => element("option", { value: i }, words));
  const select = element("select", { id: "measure" }, ...options);
  select.addEventListener("change", () => show(measures[select.value]));
  return element("p", {}, element("label", { htmlFor: "measure" }, "Shown"), select);
}

/** Bars from zero, to the left where a number is below it. */
function bars([group, measure], groups, numbers) {
  const values = numbers.map(({ number }) => number).filter((number) => number !== null);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const at = (value) => (high > low ? (100 * (value - low)) / (high - low) : 0);
  const rows = groups.map((name, i) => {
    const { number, text } = numbers[i];
    const axis = element("td", { className: "axis" }, drawn(number, at));
    axis.setAttribute("aria-hidden", "true");
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      axis,
      element("td", { className: "value" }, text || "–"),
    );
  });
  const gap = element("td");
  gap.setAttribute("aria-hidden", "true");
  const head = [group, measure].map((words) => element("th", { scope: "col" }, words));
  return element(
    "table",
    {},
    element("caption", {}, `${measure}, by ${group}`),
    element("thead", {}, element("tr", {}, head[0], gap, head[1])),
    element("tbody", {}, ...rows),
  );
}

function drawn(number, at) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("height", "20");
  if (number === null) return svg;
  const rect = document.createElementNS(SVG, "rect");
  const [from, to] = [at(0), at(number)].sort((a, b) => a - b);
  const places = { class: "same", x: `${from}%`, width: `${to - from}%`, y: "3", height: "14" };
  for (const [name, value] of Object.entries(places)) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}

// Shows an answer. Whatever comes from data gets into the page as text, never as HTML.

import { chart } from "./chart.js";
import { element } from "./element.js";
import { href, shorten } from "./links.js";
import { sortable } from "./sort.js";

export const SHOWN = 1000; // rows, or lines of triples
const DENSE = 6; // columns in type of full size
const MOST = 9; // columns beside each other; with more, a row is a sheet
const FEW = 40; // bars that are shown unasked
const LONG = 40; // letters that take two columns of a sheet
const NUMBERS = /#(?:integer|decimal|double|float|gYear|nonNegativeInteger|positiveInteger)$/;

export const duration = (milliseconds) =>
  milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

export const count = (number, word) =>
  `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** Return how many rows or lines there are, and how many of them are shown. */
export function extent(total, word) {
  if (total <= SHOWN) return count(total, word);
  return `${count(total, word)}, of which the first ${SHOWN.toLocaleString("en")} are shown`;
}

/** Return the name of a column as words: doseMin is "dose min". */
export const words = (name) =>
  name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Return the rows as a table that can be sorted, and a chart where they are numbers by group. */
export function table({ vars, rows, total, labels }, site) {
  const filled = vars.filter((name) => rows.some((row) => row[name]));
  const columns = (filled.length ? filled : vars).map((name) => ({
    name,
    words: words(name),
    numeric: filled.length > 0 && rows.every((row) => isNumber(row[name])),
    year: rows.every((row) => !row[name] || /#gYear$/.test(row[name].datatype ?? "")),
  }));
  const whole = total <= rows.length;
  const content = grid(columns, rows, { labels, site });
  const more = whole ? "" : "; CSV and JSON hold all, ORDER BY in the query sorts all";
  const empty = vars.filter((name) => filled.length && !filled.includes(name)).map(words);
  const without = empty.length ? `; without a value: ${empty.join(", ")}` : "";
  content.createCaption().textContent = `${extent(total, "row")}${more}${without}`;
  const box = region(content);
  const holder = element("div", {}, box);
  if (whole && rows.length > 1) sortable(content); // part of an answer, sorted, would mislead
  const texts = rows.map((row) => columns.map(({ name }) => facts(row[name], labels, site)));
  const drawn = whole && chart(columns, texts);
  if (!drawn) return [holder];
  const title = element("summary", {}, "Chart");
  return [element("details", { open: rows.length <= FEW }, title, drawn), holder];
}

function grid(columns, rows, known) {
  const head = columns.map(({ words, numeric }) =>
    element("th", { scope: "col", ...aligned(numeric) }, words),
  );
  const body = rows.map((row) => {
    const cells = columns.map((column, i) => cell(row[column.name], column, i === 0, known));
    return element("tr", {}, ...cells);
  });
  return element(
    "table",
    { className: look(columns.length) },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/** Return the classes of a table with so many columns. */
export const look = (columns) =>
  columns > MOST ? "cards sheet" : columns > DENSE ? "cards dense" : "cards";

/** Return a box that scrolls where its content is too wide, and that the keyboard can reach. */
function region(content) {
  const box = element("div", { className: "wide", tabIndex: 0 }, content);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Answer");
  return box;
}

const aligned = (numeric) => (numeric ? { className: "n" } : {});
const isNumber = (term) => !term || NUMBERS.test(term.datatype ?? "");

/** Return what a chart needs to know of a term. */
function facts(term, labels, { prefixes }) {
  if (!term) return { text: "", number: null };
  const text = term.type === "uri" ? named(term.value, labels, prefixes) : plain(term);
  return { text, number: isNumber(term) ? Number(term.value) : null };
}

function cell(term, { words, numeric }, first, { labels, site }) {
  const made = first
    ? element("th", { scope: "row", ...aligned(numeric) })
    : element("td", aligned(numeric));
  if (!first) made.dataset.label = words;
  if (!term) return made;
  if (term["xml:lang"] && term["xml:lang"] !== "en") made.lang = term["xml:lang"];
  made.append(term.type === "uri" ? link(term.value, labels, site) : plain(term));
  if (made.textContent.length > LONG) made.classList.add("long");
  return made;
}

/** Return the label of an IRI, or its prefixed name. */
const named = (iri, labels, prefixes) => labels[iri] ?? shorten(iri, prefixes);

function link(iri, labels, { base, root, prefixes }) {
  const text = named(iri, labels, prefixes);
  const address = href(iri, base, root);
  if (address === null) return text;
  const made = element("a", { href: address, title: shorten(iri, prefixes) }, text);
  if (address === iri) made.rel = "noopener"; // it leads away from here
  return made;
}

/** Return a term as the CSV form of results writes it. */
function plain(term) {
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type !== "triple") return term.value;
  const { subject, predicate, object } = term.value;
  return `<<( ${[subject, predicate, object].map(plain).join(" ")} )>>`;
}

/** Return triples as text, and a link that saves them, since CSV and JSON have no form for them. */
export function triples({ text, total }, save) {
  const button = element("button", { type: "button", onclick: save }, "Turtle");
  const more = total > SHOWN ? "; the file holds all" : "";
  const said = `${extent(total, "line")}${more} `;
  return [element("p", {}, said, button), element("pre", { tabIndex: 0 }, text)];
}

/** Return results as SPARQL 1.1 CSV: the values without their types, lines that end in CR LF. */
export function toCsv({ head, results }) {
  const value = (term) => (term ? plain(term) : "");
  const rows = results.bindings.map((row) => head.vars.map((name) => value(row[name])));
  return [head.vars, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

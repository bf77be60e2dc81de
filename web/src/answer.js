// Shows an answer. Whatever comes from data gets into the page as text, never as HTML.

import { href, shorten } from "./links.js";

export const SHOWN = 1000; // rows, or lines of triples
const NUMBERS = /#(?:integer|decimal|double|float|gYear|nonNegativeInteger|positiveInteger)$/;

/** Return an element with properties and children; a child that is a string becomes text. */
export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export const duration = (milliseconds) =>
  milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

export const count = (number, word) =>
  `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** Return how many rows or lines there are, and how many of them are shown. */
export function extent(total, word) {
  if (total <= SHOWN) return count(total, word);
  return `${count(total, word)}, of which the first ${SHOWN.toLocaleString("en")} are shown`;
}

/** Return the rows as a table that can be scrolled by keyboard. */
export function table({ vars, rows, total, milliseconds }, site) {
  const numeric = vars.map((name) => {
    return rows.some((row) => row[name]) && rows.every((row) => isNumber(row[name]));
  });
  const more = total > rows.length ? "; CSV and JSON hold all" : "";
  const head = vars.map((name, i) => element("th", { scope: "col", ...aligned(numeric[i]) }, name));
  const body = rows.map((row) =>
    element("tr", {}, ...vars.map((name, i) => cell(row[name], numeric[i], site))),
  );
  const made = element(
    "table",
    {},
    element("caption", {}, `${extent(total, "row")}${more} (${duration(milliseconds)})`),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  return region(made);
}

/** Return a box that scrolls where its content is too wide, and that the keyboard can reach. */
function region(content) {
  const box = element("div", { className: "wide", tabIndex: 0 }, content);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Answer");
  return box;
}

const aligned = (numeric) => (numeric ? { className: "n" } : {});
const isNumber = (term) => !term || NUMBERS.test(term.datatype ?? "");

function cell(term, numeric, site) {
  const made = element("td", aligned(numeric));
  if (!term) return made;
  if (term["xml:lang"] && term["xml:lang"] !== "en") made.lang = term["xml:lang"];
  made.append(term.type === "uri" ? link(term.value, site) : plain(term));
  return made;
}

function link(iri, { base, root, prefixes }) {
  const words = shorten(iri, prefixes);
  const address = href(iri, base, root);
  if (address === null) return words;
  const made = element("a", { href: address }, words);
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
export function triples({ text, total, milliseconds }, save) {
  const button = element("button", { type: "button", onclick: save }, "Turtle");
  const more = total > SHOWN ? "; the file holds all" : "";
  const words = `${extent(total, "line")}${more} (${duration(milliseconds)}) `;
  return [element("p", {}, words, button), element("pre", { tabIndex: 0 }, text)];
}

/** Return results as SPARQL 1.1 CSV: the values without their types, lines that end in CR LF. */
export function toCsv({ head, results }) {
  const value = (term) => (term ? plain(term) : "");
  const rows = results.bindings.map((row) => head.vars.map((name) => value(row[name])));
  return [head.vars, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

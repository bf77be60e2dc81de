// What the query page must know of a SPARQL text before the engine sees it.

// What can hold a keyword or a colon without meaning it: comments, IRIs, strings, variables.
const OPAQUE = new RegExp(
  [
    /#[^\n\r]*/,
    /<[^<>"{}|^`\\\x00-\x20]*>/,
    /"""(?:[^"\\]|\\[^]|"(?!""))*"""/,
    /"(?:[^"\\\n\r]|\\.)*"/,
    /'''(?:[^'\\]|\\[^]|'(?!''))*'''/,
    /'(?:[^'\\\n\r]|\\.)*'/,
    /[?$][\p{L}\p{N}_]+/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gu",
);
// A prefix with its colon, and the local name, which may hold keywords too.
const NAME = /([A-Za-z][\w.-]*)?:[\w:.%-]*/g;
const DECLARATION = /\bprefix\s+([\w.-]*)\s*:|\bbase\b/gi;
const UPDATES = "INSERT DELETE LOAD CLEAR DROP CREATE COPY MOVE ADD WITH".split(" ");

/**
 * Return what is to be run: the text with our prefixes that it uses and does not declare, how many
 * lines that put before it, whether it builds triples, and whether its default graph is the union
 * of all graphs. Throws an Error with a sentence for what this page does not do.
 */
export function prepare(text, prefixes) {
  const code = text.replace(OPAQUE, " ");
  const words = code.replace(DECLARATION, " ").replace(NAME, " ");
  refuse(words);
  const lines = missing(code, prefixes).map((name) => `PREFIX ${name}: <${prefixes[name]}>\n`);
  const form = words.match(/\b(select|ask|construct|describe)\b/i)?.[1].toLowerCase();
  return {
    sparql: lines.join("") + text,
    added: lines.length,
    triples: form === "construct" || form === "describe",
    union: !/\bfrom\b/i.test(words), // FROM says its own default graph
  };
}

/**
 * Return the names of a text that should be in the data: prefixed name, IRI, and where it stands.
 * Functions and types of XML Schema are no data; what the text declares itself, it may mean.
 */
export function names(text, prefixes) {
  const code = text.replace(OPAQUE, (found) => " ".repeat(found.length));
  const declared = new Set([...code.matchAll(DECLARATION)].map((match) => match[1]));
  const found = [];
  for (const { 0: name, 1: prefix, index } of code.matchAll(NAME)) {
    const trimmed = name.replace(/\.+$/, ""); // a dot at the end ends the triple
    const local = trimmed.slice((prefix ?? "").length + 1);
    const ours = prefix !== "xsd" && Object.hasOwn(prefixes, prefix) && local;
    if (!ours || (declared.has(prefix) && !text.includes(`<${prefixes[prefix]}>`))) continue;
    const to = index + trimmed.length;
    found.push({ name: trimmed, iri: prefixes[prefix] + local, from: index, to });
  }
  return found;
}

/** Return the prefixes that are used, known and not declared, sorted. */
function missing(code, prefixes) {
  const declared = new Set([...code.matchAll(DECLARATION)].map((match) => match[1]));
  const used = new Set([...code.matchAll(NAME)].map((match) => match[1]));
  return [...used].filter((name) => Object.hasOwn(prefixes, name) && !declared.has(name)).sort();
}

/** The engine can do neither; it would say so as a syntax error, and SERVICE SILENT not at all. */
function refuse(words) {
  const first = words.trim().split(/\s+/)[0].toUpperCase();
  if (!first) throw new Error("The query is empty: choose a question, or write one.");
  if (UPDATES.includes(first)) {
    throw new Error(`${first} is SPARQL Update, which would change data; this page only reads.`);
  }
  // Engines need no space around a keyword, so it is looked for anywhere.
  if (/service/i.test(words)) {
    throw new Error("The query calls another host by SERVICE, which this page never does.");
  }
}

/**
 * Return a message of the engine as a sentence, and its line and column in the reader's text if it
 * has them. Of what it expected, the sets of characters are left out: they are long and help nobody.
 */
export function explain(message, added) {
  const where = message.match(/error at (\d+):(\d+): ([^]*)/);
  if (!where) return { sentence: `The query could not be answered: ${message}.` };
  const expected = where[3]
    .replace(/("(?:[^"\\]|\\.)*")|(?:, )?\[(?:'[^']*'|[^\]'])*\]/g, "$1")
    .replace("one of , ", "one of ");
  const hint = /^expected(?: one of)?$/.test(expected.trim()) ? "this cannot stand here" : expected;
  const [line, column] = [where[1] - added, Number(where[2])];
  return { sentence: `SPARQL syntax error at line ${line}, column ${column}: ${hint}.`, line, column };
}

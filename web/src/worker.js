// Answers queries in the background. The engine is Oxigraph as WebAssembly: it has no network, so
// all that is ever fetched are the two files below, from the host of the page.

import init, { namedNode, Store } from "oxigraph/web.js";

const JSON_TYPE = "application/sparql-results+json";
const TURTLE = "text/turtle";
// As ldn_kg.graph.dataset reads the words for a term.
const LABELS = [
  "http://www.w3.org/2000/01/rdf-schema#label",
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "http://purl.org/dc/terms/title",
];
const TOO_LARGE = "it needs more memory than there is; a LIMIT makes the answer smaller";

let store = null; // a promise of the store, from the first query on

self.addEventListener("message", async ({ data }) => {
  try {
    store ??= load(data.dataset);
    await store;
  } catch (error) {
    self.postMessage({ error: words(error), fatal: true });
    return;
  }
  await answer(data);
});

async function load(dataset) {
  say("Fetching the query engine…");
  // As bytes: compiling while it arrives needs a server that knows the type of .wasm files.
  const engine = fetched(new URL("web_bg.wasm", import.meta.url));
  await init({ module_or_path: await engine });
  const quads = await fetched(dataset, (megabytes) => {
    say(`Fetching the dataset: ${megabytes} MB so far…`);
  });
  say("Reading the dataset…");
  const made = new Store();
  // Without a transaction: nobody sees the store before it is full. Lenient: it is our own file.
  made.load(quads, { format: "application/n-quads", no_transaction: true, lenient: true });
  return made;
}

/** Return the bytes of a file; tell every two megabytes, since a connection may be slow. */
async function fetched(address, tell = () => {}) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const chunks = [];
  let size = 0;
  let told = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
    const megabytes = 2 * Math.floor(size / 2e6);
    if (megabytes > told) tell((told = megabytes));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function answer({ sparql, union, triples, shown, names }) {
  say("Answering…");
  const began = performance.now();
  let text;
  try {
    text = (await store).query(sparql, {
      use_default_graph_as_union: union,
      results_format: triples ? TURTLE : JSON_TYPE,
    });
  } catch (error) {
    // After a failure of the machine itself (out of memory, say) the engine is of no more use.
    const fatal = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    self.postMessage({ error: fatal ? TOO_LARGE : words(error), fatal });
    return;
  }
  const milliseconds = performance.now() - began;
  const found = triples ? turtle(text, shown) : results(text, shown);
  const data = await store;
  self.postMessage({
    ...found,
    milliseconds,
    labels: labels(data, found.rows ?? []),
    unknown: names.filter((iri) => !isThere(data, iri)),
  });
}

/** Map each IRI of the rows to its label, where it has one. */
function labels(data, rows) {
  const found = {};
  const iris = rows.flatMap((row) => Object.values(row).filter(({ type }) => type === "uri"));
  for (const iri of new Set(iris.map(({ value }) => value))) {
    for (const property of LABELS.map(namedNode)) {
      const [quad] = data.match(namedNode(iri), property, null, null);
      if (!quad) continue;
      found[iri] = quad.object.value;
      break;
    }
  }
  return found;
}

/** Tell whether an IRI is anywhere in the data. */
function isThere(data, iri) {
  const anywhere = `ASK { { <${iri}> ?p ?o } UNION { ?s <${iri}> ?o } UNION { ?s ?p <${iri}> } }`;
  return data.query(anywhere, { use_default_graph_as_union: true });
}

/** The whole answer goes along as a Blob, which costs nothing until it is saved. */
function results(text, shown) {
  const parsed = JSON.parse(text);
  const json = new Blob([text], { type: JSON_TYPE });
  if (parsed.boolean !== undefined) return { json, boolean: parsed.boolean };
  const { bindings } = parsed.results;
  return { json, vars: parsed.head.vars, rows: bindings.slice(0, shown), total: bindings.length };
}

function turtle(text, shown) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return {
    turtle: new Blob([text], { type: TURTLE }),
    text: lines.slice(0, shown).join("\n"),
    total: lines.length,
  };
}

const words = (error) => (error instanceof Error ? error.message : String(error));

function say(progress) {
  self.postMessage({ progress });
}

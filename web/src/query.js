// The query page: a question with its parameters, or a text of one's own, answered in a worker, in
// this browser. The SPARQL text in the editor is what is run; the fields show and change it.

import { count, duration, SHOWN, table, toCsv, triples } from "./answer.js";
import { upgrade } from "./editor.js";
import { element } from "./element.js";
import { nearest } from "./names.js";
import { bind, Fields, parameters, unbound } from "./parameters.js";
import { explain, names, prepare } from "./sparql.js";

const FIRST = "efficacy"; // so that there is something to run and to change

const at = (id) => document.getElementById(id);
const main = document.querySelector("main");

let worker = null; // it holds the engine and the data, from the first query on
let running = null; // the query that is being answered
let last = null; // the last answer, for the downloads

begin().catch((error) => fail(`The questions could not be read: ${error.message}.`));

async function begin() {
  const response = await fetch(new URL(main.dataset.questions, document.baseURI));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const known = await response.json();
  const { questions, prefixes } = known;
  const site = { base: main.dataset.base, root: main.dataset.root ?? "", prefixes };
  const editor = upgrade(at("editor"), { changed: follow, run, known });
  const fields = new Fields(at("parameters"), known, (terms) => {
    editor.set(bind(editor.get(), terms));
  });
  let choices = {}; // of the last question that was chosen
  at("form").hidden = false;
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  at("stop").addEventListener("click", stop);
  at("share").addEventListener("click", share);
  at("csv").addEventListener("click", async () => {
    save(toCsv(JSON.parse(await last.json.text())), "csv", "text/csv;charset=utf-8");
  });
  at("json").addEventListener("click", () => save(last.json, "json", last.json.type));
  at("question").addEventListener("change", () => {
    if (at("question").value) choose(at("question").value);
    else own();
  });
  window.addEventListener("hashchange", fromAddress);
  if (!fromAddress()) choose(FIRST);
  ready();

  /** Put a question into the editor, if there is one of that name, with terms for parameters. */
  function choose(name, terms = {}) {
    if (!Object.hasOwn(questions, name)) return false;
    choices = questions[name].choices;
    editor.set(bind(questions[name].sparql, terms));
    follow();
    return true;
  }

  function own() {
    at("sparql").open = true;
    at("sparql").scrollIntoView({ block: "nearest" });
  }

  /** Show what the text in the editor is: the fields of its parameters, and which question. */
  function follow() {
    const text = editor.get();
    const shape = unbound(text);
    const name = Object.keys(questions).find((each) => unbound(questions[each].sparql) === shape);
    if (name) choices = questions[name].choices;
    at("question").value = name ?? "";
    fields.show(text, choices);
  }

  /** Read what the address carries, if it does; it is not run unasked. */
  function fromAddress() {
    const text = location.hash.match(/^#query=([^]*)$/)?.[1];
    if (text !== undefined) {
      try {
        editor.set(decodeURIComponent(text));
        own();
      } catch {
        fail("The query in this address cannot be read; was the link cut?");
      }
      return true;
    }
    const said = new URLSearchParams(location.hash.slice(1));
    const name = said.get("question") ?? new URLSearchParams(location.search).get("question");
    if (!name) return false;
    const terms = {};
    for (const { name: parameter } of parameters(questions[name]?.sparql ?? "")) {
      const term = said.get(parameter);
      // Only what a term can be: the address is anybody's.
      if (/^-?\d+(?:\.\d+)?$/.test(term ?? "")) terms[parameter] = term;
      else if (/^[\w-]+:[\w.-]+$/.test(term ?? "")) terms[parameter] = `<${expanded(term)}>`;
    }
    return choose(name, terms);
  }

  function expanded(name) {
    const [prefix, local] = name.split(":");
    return (prefixes[prefix] ?? `${prefix}:`) + local;
  }

  /** Return the address that carries the question or the query, behind the #: no server sees it. */
  function address() {
    const url = new URL(location.href);
    url.search = "";
    const name = at("question").value;
    if (!name) {
      url.hash = `query=${encodeURIComponent(editor.get())}`;
      return url;
    }
    const own = parameters(questions[name].sparql);
    const said = new URLSearchParams({ question: name });
    parameters(editor.get()).forEach(({ name: parameter, term }, i) => {
      if (term !== own[i].term) said.set(parameter, short(term));
    });
    url.hash = said.toString().replaceAll("%3A", ":");
    return url;
  }

  function short(term) {
    const iri = term.replace(/^<(.*)>$/, "$1");
    const fits = Object.keys(prefixes).filter((name) => iri.startsWith(prefixes[name]));
    fits.sort((a, b) => prefixes[b].length - prefixes[a].length);
    return fits.length && iri !== term ? `${fits[0]}:${iri.slice(prefixes[fits[0]].length)}` : iri;
  }

  function run() {
    if (running || !fields.valid()) return;
    editor.mark([]);
    let prepared;
    try {
      prepared = prepare(editor.get(), prefixes);
    } catch (error) {
      fail(error.message);
      return;
    }
    history.replaceState(null, "", address());
    const used = names(editor.get(), prefixes);
    running = { ...prepared, used, name: at("question").value || "answer" };
    last = null;
    at("answer").replaceChildren();
    ready();
    say("Starting…");
    worker ??= start();
    const { sparql, union } = prepared;
    worker.postMessage({
      dataset: new URL(main.dataset.dataset, document.baseURI).href,
      sparql,
      union,
      triples: prepared.triples,
      shown: SHOWN,
      names: [...new Set(used.map(({ iri }) => iri))],
    });
  }

  function start() {
    const made = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    made.addEventListener("message", ({ data: message }) => {
      if (made === worker) hear(message); // not what a stopped worker still had to say
    });
    made.addEventListener("error", () => {
      if (made === worker) hear({ error: "the engine did not start", fatal: true });
    });
    return made;
  }

  /** What the worker says: how far it is, why it cannot, or the answer. */
  function hear(message) {
    if (message.progress) {
      say(message.progress);
      return;
    }
    const { added, name, used } = running;
    running = null;
    if (message.fatal) end();
    if (message.error) blame(explain(message.error, added));
    else show(message, name, used);
    ready();
  }

  /** Say what is wrong, and mark it where it is. */
  function blame({ sentence, line, column }) {
    if (line === undefined) {
      fail(sentence);
      return;
    }
    at("sparql").open = true;
    const [from, to] = editor.place(line, column);
    editor.mark([[from, to]]);
    const go = element("button", { type: "button", onclick: () => editor.goTo(from) }, "Go there");
    fail(`${sentence} `, go);
  }

  function show(answer, name, used) {
    const time = duration(answer.milliseconds);
    last = { ...answer, name };
    if (answer.boolean !== undefined) {
      const word = element("strong", {}, answer.boolean ? "yes" : "no");
      at("answer").replaceChildren(element("p", {}, word));
      say(`${answer.boolean ? "Yes" : "No"}, in ${time}.`);
    } else if (answer.turtle) {
      const saving = () => save(answer.turtle, "ttl", answer.turtle.type);
      at("answer").replaceChildren(...triples(answer, saving));
      say(`${count(answer.total, "line")} in ${time}.`);
    } else {
      at("answer").replaceChildren(...(answer.total ? table(answer, site) : []));
      say(`${count(answer.total, "row")} in ${time}.`);
    }
    hint(answer, used);
  }

  /** Name what the query asks for and the data do not have: most often it is misspelt. */
  function hint({ unknown }, used) {
    if (!unknown.length) return;
    const wrong = used.filter(({ iri }) => unknown.includes(iri));
    at("sparql").open = true;
    editor.mark(wrong.map(({ from, to }) => [from, to]));
    for (const name of new Set(wrong.map((each) => each.name))) {
      const near = nearest(name, known.labels);
      const meant = near.length ? `Did you mean ${near.join(" or ")}?` : "";
      const told = element("p", { className: "hint" }, `${name} is not in the data. ${meant} `);
      const mending = { type: "button", onclick: () => mend(name, near[0]) };
      if (near.length) told.append(element("button", mending, `Put ${near[0]}`));
      at("status").append(told);
    }
  }

  function mend(name, other) {
    const places = names(editor.get(), prefixes).filter((each) => each.name === name).reverse();
    let text = editor.get();
    for (const { from, to } of places) text = text.slice(0, from) + other + text.slice(to);
    editor.set(text);
    run();
  }

  /** Show a link that carries the question or the query; copy it if allowed. */
  async function share() {
    const url = address();
    history.replaceState(null, "", url);
    const link = element("a", { href: url.href, className: "long" }, url.href);
    let words = "This link carries the query:";
    try {
      await navigator.clipboard.writeText(url.href);
      words = "Copied. This link carries the query:";
    } catch {
      // not allowed, or not there: plain HTTP has no clipboard. The link is shown.
    }
    say(`${words} `, link);
  }
}

function stop() {
  if (!running) return;
  end();
  running = null;
  ready();
  say("Stopped. The next query reads the data again.");
}

/** A worker that computes hears nothing; it can only be ended, with all that it holds. */
function end() {
  worker?.terminate();
  worker = null;
}

/** Enable what can be done now, and keep the focus where it does something. */
function ready() {
  const stopHadFocus = document.activeElement === at("stop");
  at("run").disabled = Boolean(running);
  at("stop").disabled = !running;
  at("csv").disabled = !last?.vars;
  at("json").disabled = !last?.json;
  if (stopHadFocus && !running) at("run").focus();
}

function save(content, ending, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: url, download: `ldn-kg-${last.name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // not before the browser has taken it
}

function say(...words) {
  at("status").replaceChildren(...words);
}

function fail(...words) {
  const made = element("p", { className: "warning" }, ...words);
  made.setAttribute("role", "alert");
  say(made);
}

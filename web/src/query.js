// The query page: a question or a text of one's own, answered in a worker, in this browser.

import { count, duration, element, SHOWN, table, toCsv, triples } from "./answer.js";
import { upgrade } from "./editor.js";
import { explain, prepare } from "./sparql.js";

const at = (id) => document.getElementById(id);
const data = (id) => JSON.parse(at(id)?.textContent || "{}");

const main = document.querySelector("main");
const questions = data("questions");
const prefixes = data("prefixes");
const site = { base: main.dataset.base, root: main.dataset.root ?? "", prefixes };

let worker = null; // it holds the engine and the data, from the first query on
let running = null; // the query that is being answered
let last = null; // the last answer, for the downloads

const editor = upgrade(at("editor"), { changed: forgetQuestion, run });

at("run").addEventListener("click", run);
at("stop").addEventListener("click", stop);
at("share").addEventListener("click", share);
at("csv").addEventListener("click", async () => {
  save(toCsv(JSON.parse(await last.json.text())), "csv", "text/csv;charset=utf-8");
});
at("json").addEventListener("click", () => save(last.json, "json", last.json.type));
at("question").addEventListener("change", () => choose(at("question").value));
window.addEventListener("hashchange", fromFragment);
if (!fromFragment()) {
  choose(new URLSearchParams(location.search).get("question"));
  if (!editor.get()) choose("efficacy"); // so that there is something to run and to change
}
ready();

/** Put a question into the editor, if there is one of that name. */
function choose(name) {
  if (!name || !Object.hasOwn(questions, name)) return;
  editor.set(questions[name]);
  at("question").value = name;
}

/** The list must not name a question that is no longer what the editor holds. */
function forgetQuestion() {
  const { value } = at("question");
  if (value && editor.get() !== questions[value]) at("question").value = "";
}

/** Put the query that the address carries into the editor; it is not run unasked. */
function fromFragment() {
  const found = location.hash.match(/^#query=([^]*)$/);
  if (!found) return false;
  try {
    editor.set(decodeURIComponent(found[1]));
  } catch {
    fail("The query in this address cannot be read; was the link cut?");
  }
  return true;
}

function run() {
  if (running) return;
  let prepared;
  try {
    prepared = prepare(editor.get(), prefixes);
  } catch (error) {
    fail(error.message);
    return;
  }
  running = { ...prepared, name: at("question").value || "answer" };
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
  const { added, name } = running;
  running = null;
  if (message.fatal) end();
  if (message.error) fail(explain(message.error, added));
  else show(message, name);
  ready();
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

function show(answer, name) {
  const time = duration(answer.milliseconds);
  last = { ...answer, name };
  if (answer.boolean !== undefined) {
    at("answer").replaceChildren(element("p", {}, element("strong", {}, answer.boolean ? "yes" : "no")));
    say(`${answer.boolean ? "Yes" : "No"}, in ${time}.`);
  } else if (answer.turtle) {
    const saving = () => save(answer.turtle, "ttl", answer.turtle.type);
    at("answer").replaceChildren(...triples(answer, saving));
    say(`${count(answer.total, "line")} in ${time}.`);
  } else {
    at("answer").replaceChildren(table(answer, site));
    say(`${count(answer.total, "row")} in ${time}.`);
  }
}

/** Enable what can be done now, and keep the focus where it does something. */
function ready() {
  const stopHadFocus = document.activeElement === at("stop");
  at("stop").disabled = !running;
  at("csv").disabled = !last?.vars;
  at("json").disabled = !last?.json;
  if (stopHadFocus && !running) at("run").focus();
}

/** Show a link that carries the query behind the #, where no server sees it; copy it if allowed. */
async function share() {
  const url = new URL(location.href);
  url.search = "";
  url.hash = `query=${encodeURIComponent(editor.get())}`;
  history.replaceState(null, "", url);
  const link = element("a", { href: url.href }, url.href);
  link.style.overflowWrap = "anywhere";
  let words = "This link carries the query:";
  try {
    await navigator.clipboard.writeText(url.href);
    words = "Copied. This link carries the query:";
  } catch {
    // not allowed, or not there: plain HTTP has no clipboard. The link is shown.
  }
  say(`${words} `, link);
}

function save(content, ending, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: url, download: `ldn-kg-${last.name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // not before the browser has taken it
}

function say(...words) {
  at("status").replaceChildren(...words);
}

function fail(sentence) {
  const made = element("p", { className: "warning" }, sentence);
  made.setAttribute("role", "alert");
  say(made);
}

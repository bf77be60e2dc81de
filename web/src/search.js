// The search page: all records by their names, other names, identifiers and authors, while typing.

import MiniSearch from "minisearch";

const LIMIT = 50;
const input = document.getElementById("q");
const list = document.getElementById("found");
const status = document.getElementById("status");
const address = document.querySelector("main").dataset.index;

let index = null; // a promise of the index, from the first need on
let waiting = 0;

input.addEventListener("focus", () => load().catch(() => {}), { once: true });
input.addEventListener("input", search);
input.form?.addEventListener("submit", (event) => {
  event.preventDefault(); // the results are there already
  search();
});
const asked = new URLSearchParams(location.search).get("q");
if (asked) input.value = asked;
if (input.value) search();

function load() {
  index ??= fetch(new URL(address, document.baseURI)).then(async (response) => {
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return indexed(await response.json());
  });
  return index;
}

function indexed(records) {
  const made = new MiniSearch({
    fields: ["l", "a"],
    storeFields: ["h", "l", "k"],
    processTerm: folded,
  });
  made.addAll(records.map((record, id) => ({ ...record, id })));
  return made;
}

/** Upper case and accents make no difference: sjogren finds Sjögren. */
function folded(term) {
  return term.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

async function search() {
  const query = input.value.trim();
  try {
    const made = await load();
    if (query !== input.value.trim()) return; // overtaken while the index was loading
    show(query, find(made, query));
  } catch (error) {
    status.textContent = `Searching does not work: ${error.message}.`;
  }
}

/** Return what has all of the words; where nothing has, what has some of them. */
function find(made, query) {
  const wanted = folded(query);
  const options = {
    prefix: true,
    // A number that is nearly the same is another thing's.
    fuzzy: (term) => (term.length < 4 || /\d/.test(term) ? false : 0.2),
    boost: { l: 3 },
    // Who types the name of a record means that one.
    boostDocument: (id, term, { l }) => {
      const label = folded(l);
      return label === wanted ? 8 : label.startsWith(wanted) ? 2 : 1;
    },
  };
  const all = made.search(query, { ...options, combineWith: "AND" });
  if (all.length) return { found: all, some: false };
  return { found: made.search(query, options), some: true };
}

function show(query, { found, some }) {
  list.replaceChildren(...found.slice(0, LIMIT).map(item));
  // A little later, so that not every letter is read out and put into the address.
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    status.textContent = query ? sentence(found.length, some) : "";
    const here = new URL(location.href);
    if (query) here.searchParams.set("q", query);
    else here.searchParams.delete("q");
    history.replaceState(null, "", here);
  }, 400);
}

function item({ h, l, k }) {
  const link = document.createElement("a");
  link.href = h;
  link.textContent = l;
  const kind = document.createElement("span");
  kind.className = "kind";
  kind.textContent = k;
  const made = document.createElement("li");
  made.append(link, " ", kind);
  return made;
}

function sentence(total, some) {
  if (!total) return "Nothing found.";
  const counted = `${total.toLocaleString("en")} ${total === 1 ? "record" : "records"}`;
  const shown = total > LIMIT ? `, of which the best ${LIMIT} are shown` : "";
  if (some) return `No record has all of these words; ${counted} with some${shown}.`;
  return `${counted}${shown}.`;
}

// The search: all records by their names, other names, identifiers and authors, while typing.

import MiniSearch from "minisearch";

const FEW = 8; // hits under the field of a page
const MANY = 50; // hits on the search page
// What people look for comes before what it is made of.
const RANK = {
  condition: 4, page: 4, symptom: 2.5, drug: 2.5, claim: 1.6, study: 1.6, target: 1.2, guidance: 1.2,
  publication: 0.8, synthesis: 0.7, dose: 0.7, instrument: 0.6, source: 0.6, concept: 0.4,
};

let index = null; // a promise of the index, from the first need on

/** Let a form search: on the search page into its list, elsewhere into a list below the field. */
export function attach(form) {
  const input = form.querySelector("input");
  const whole = Boolean(form.dataset.whole);
  const list = whole ? document.getElementById("found") : form.appendChild(below());
  const told = whole ? document.getElementById("status") : form.appendChild(status());
  const address = new URL(form.dataset.index, document.baseURI);
  let waiting = 0;

  async function search() {
    const query = input.value.trim();
    try {
      const made = await load(address);
      if (query !== input.value.trim()) return; // overtaken while the index was loading
      const { found, some } = find(made, query);
      list.replaceChildren(...found.slice(0, whole ? MANY : FEW).map((hit) => item(hit, address)));
      clearTimeout(waiting); // a little later, so that not every letter is read out
      waiting = setTimeout(() => tell(query, found.length, some), 400);
    } catch (error) {
      told.textContent = `Searching does not work: ${error.message}.`;
    }
  }

  function tell(query, total, some) {
    told.textContent = query ? sentence(total, some) : "";
    if (!whole) return;
    const here = new URL(location.href);
    if (query) here.searchParams.set("q", query);
    else here.searchParams.delete("q");
    history.replaceState(null, "", here);
  }

  input.addEventListener("input", search);
  form.addEventListener("keydown", (event) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault(); // or the page scrolls
      stops[stops.indexOf(document.activeElement) + step]?.focus();
    } else if (event.key === "Escape" && !whole) {
      list.replaceChildren();
      input.focus();
    }
  });
  for (const left of ["focusin", "pointerdown"]) {
    document.addEventListener(left, ({ target }) => {
      if (!whole && !form.contains(target)) list.replaceChildren();
    });
  }
  if (whole) {
    form.addEventListener("submit", (event) => {
      event.preventDefault(); // the results are there already
      search();
    });
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) input.value = asked;
  }
  if (input.value) search();
  else if (!whole) load(address).catch(() => {});
}

function below() {
  const list = document.createElement("ul");
  list.className = "hits";
  return list;
}

function status() {
  const made = document.createElement("p");
  made.className = "sr";
  made.setAttribute("role", "status");
  return made;
}

function load(address) {
  index ??= fetch(address).then(async (response) => {
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return indexed(await response.json());
  });
  return index;
}

function indexed(records) {
  const made = new MiniSearch({
    fields: ["l", "names", "a"],
    storeFields: ["h", "l", "k", "v", "n"],
    extractField: (record, field) => (field === "names" ? record.n?.join(" ") : record[field]),
    processTerm: folded,
  });
  made.addAll(records.map((record, id) => ({ ...record, id })));
  return made;
}

/** Upper case and accents make no difference: sjogren finds Sjögren. */
function folded(term) {
  return term.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Return what has all of the words; where nothing has, what has some of them. */
function find(made, query) {
  const wanted = folded(query.replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, ""));
  const options = {
    prefix: true,
    // A number that is nearly the same is another thing's.
    fuzzy: (term) => (term.length < 4 || /\d/.test(term) ? false : 0.2),
    boost: { l: 3, names: 3 },
    boostDocument: (id, term, { l, k, n }) => {
      const names = [l, ...(n ?? [])].map(folded);
      const exact = names.includes(wanted) ? 8 : names[0].startsWith(wanted) ? 2 : 1;
      return exact * (RANK[k] ?? 1);
    },
  };
  const all = made.search(wanted, { ...options, combineWith: "AND" });
  if (all.length) return { found: all, some: false };
  return { found: made.search(wanted, options), some: true };
}

/** One hit: its name, its kind, and in a few words what is known. */
function item({ h, l, k, v }, address) {
  const made = document.createElement("li");
  const link = document.createElement("a");
  link.href = new URL(h, address).href;
  link.textContent = l;
  made.append(link, small(k));
  if (v) made.append(small(v, "known"));
  return made;
}

function small(words, name = "") {
  const made = document.createElement("small");
  made.textContent = words;
  made.className = name;
  return made;
}

function sentence(total, some) {
  if (!total) return "Nothing found.";
  const counted = `${total.toLocaleString("en")} ${total === 1 ? "record" : "records"}`;
  if (some) return `No record has all of these words; ${counted} with some.`;
  return `${counted}.`;
}

// The search: all records by their names, other names, identifiers and authors, while typing.

import { find, indexed } from "./find.js";

export { find, indexed };

const FEW = 8; // hits under the field of a page
const MANY = 50; // hits on the search page

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

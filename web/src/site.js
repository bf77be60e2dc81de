// What every page may do more with scripts: search while typing, sort and filter tables. Nothing is
// fetched before somebody searches.

import { sortable } from "./sort.js";

for (const form of document.querySelectorAll("form[role=search]")) {
  const input = form.querySelector("input");
  const begin = () => load().then((search) => search.attach(form));
  if (form.dataset.whole || document.activeElement === input) begin();
  else input.addEventListener("focus", begin, { once: true });
}

/** A name that the bundler does not see: the search has its own file, for who searches. */
function load() {
  return import(new URL("search.js", import.meta.url).href);
}

for (const table of document.querySelectorAll("table.sortable")) sortable(table);

for (const filters of document.querySelectorAll(".filters")) {
  const rows = [...document.getElementById(filters.dataset.for).tBodies[0].rows];
  const buttons = [...filters.querySelectorAll("button")];
  filters.hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const row of rows) row.hidden = Number(row.dataset.trials) < Number(button.dataset.least);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

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

for (const form of document.querySelectorAll("form.chooser")) {
  const rows = [...document.getElementById(form.dataset.for).tBodies[0].rows];
  const fields = [...form.querySelectorAll("[data-by]")];
  const choose = () => {
    for (const row of rows) row.hidden = !fields.every((field) => holds(row, field));
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("[role=status]").textContent = `${shown} of ${rows.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  choose(); // a browser may have kept what was chosen before
}

/** Does a row have what a field asks for: a word of its list, or a number from one to another? */
function holds(row, field) {
  if (!field.value) return true;
  const value = row.dataset[field.dataset.by];
  const [least, most] = field.value.split(" ").map(Number);
  if (Number.isNaN(least)) return value.split("|").includes(field.value);
  return value !== "" && Number(value) >= least && Number(value) <= most;
}

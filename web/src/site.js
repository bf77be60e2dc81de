// What every page may do more with scripts: search while typing, sort and filter tables. Nothing is
// fetched before somebody searches.

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

for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, headings, column));
  });
}

/** Sort the rows by a column: numbers from the greatest first, words from A; again, the other way. */
function sort(table, headings, column) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [row, value(row.cells[column])]);
  const numbers = rows.every(([, key]) => typeof key === "number" || key === "");
  const was = headings[column].getAttribute("aria-sort");
  const ascending = was ? was === "descending" : !numbers;
  const less = (a, b) => (numbers ? (a || 0) - (b || 0) : String(a).localeCompare(String(b), "en"));
  rows.sort(([, a], [, b]) => (ascending ? less(a, b) : less(b, a)));
  body.append(...rows.map(([row]) => row));
  for (const heading of headings) heading.removeAttribute("aria-sort");
  headings[column].setAttribute("aria-sort", ascending ? "ascending" : "descending");
}

function value(cell) {
  const text = cell.dataset.sort ?? cell.textContent.trim();
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

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

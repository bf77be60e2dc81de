// Sorting the rows of a table by its headings.

let made = 0; // lists to sort by

/** Make a button of each heading of a table, and before it a list for where there are no headings. */
export function sortable(table) {
  (table.closest(".wide") ?? table).before(sorter(table));
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, headings, column));
  });
}

/** A list to sort by, which the style sheet shows where rows are cards or sheets. */
function sorter(table) {
  const headings = [...table.tHead.rows[0].cells];
  const options = headings.map((heading, i) => new Option(heading.textContent, String(i)));
  const select = document.createElement("select");
  select.id = `sort-by-${++made}`;
  select.append(new Option("as given", ""), ...options);
  select.options[0].disabled = true;
  select.addEventListener("change", () => {
    for (const heading of headings) heading.removeAttribute("aria-sort");
    sort(table, headings, Number(select.value));
  });
  const label = document.createElement("label");
  label.htmlFor = select.id;
  label.textContent = "Sort by";
  const box = document.createElement("p");
  box.className = table.classList.contains("sheet") ? "sorter sheets" : "sorter";
  box.append(label, select);
  return box;
}

/** Sort the rows by a column: numbers from the greatest first, words from A; again, the other way. */
function sort(table, headings, column) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [row, value(row.cells[column])]);
  const numbers = rows.every(([, key]) => typeof key === "number" || key === "");
  const was = headings[column].getAttribute("aria-sort");
  const ascending = was ? was === "descending" : !numbers;
  const less = (a, b) => (numbers ? a - b : String(a).localeCompare(String(b), "en"));
  // What is empty stays at the end, whichever way.
  const order = ([, a], [, b]) =>
    a === "" || b === "" ? (a === "") - (b === "") : ascending ? less(a, b) : less(b, a);
  rows.sort(order);
  body.append(...rows.map(([row]) => row));
  for (const heading of headings) heading.removeAttribute("aria-sort");
  headings[column].setAttribute("aria-sort", ascending ? "ascending" : "descending");
}

function value(cell) {
  const text = cell.dataset.sort ?? cell.textContent.trim();
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

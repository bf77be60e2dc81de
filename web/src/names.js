// Names in a SPARQL text: which there are, and which is meant where one is not in the data.

const NEAR = 3; // names that a hint gives

/** Return the names nearest to one that is not there: of the same prefix, by label or spelling. */
export function nearest(name, labels) {
  const [prefix, local] = halves(name);
  const wanted = local.toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 3));
  const scored = Object.keys(labels)
    .filter((known) => known.startsWith(`${prefix}:`))
    .map((known) => {
      const own = halves(known)[1].toLowerCase();
      const label = labels[known].toLowerCase().replaceAll(" ", "");
      return [Math.min(distance(wanted, own), distance(wanted, label)), known];
    })
    .filter(([far]) => far <= most)
    .sort(([a, one], [b, other]) => a - b || one.localeCompare(other));
  return scored.slice(0, NEAR).map(([, known]) => known);
}

/** Return the names that go on from what was typed, or whose words have it; the shortest first. */
export function completions(typed, labels, most) {
  const wanted = typed.toLowerCase();
  const colon = wanted.indexOf(":");
  const scored = [];
  for (const [name, label] of Object.entries(labels)) {
    const lower = name.toLowerCase();
    const rest = wanted.slice(colon + 1);
    if (colon >= 0 && !lower.startsWith(wanted.slice(0, colon + 1))) continue;
    const local = lower.slice(lower.indexOf(":") + 1);
    const words = label.toLowerCase();
    const fits = [
      name.endsWith(`:${typed.slice(colon + 1)}`),
      name.includes(`:${typed.slice(colon + 1)}`), // as typed: classes have capitals
      local.startsWith(rest),
      words.startsWith(rest),
      words.includes(rest),
    ];
    const rank = fits.indexOf(true);
    if (rank >= 0) scored.push([rank, name.length, name]);
  }
  scored.sort(([a, m, one], [b, n, other]) => a - b || m - n || one.localeCompare(other));
  return scored.slice(0, most).map(([, , name]) => name);
}

function halves(name) {
  const colon = name.indexOf(":");
  return [name.slice(0, colon), name.slice(colon + 1)];
}

/** Return how many letters must be put in, left out, changed or swapped with the next. */
function distance(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
}

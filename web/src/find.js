// Which records have some words, and in which order: by the rules that stand in the index itself.
// The same as ldn_kg/read/search.py finds in a terminal; a test compares the two.

import MiniSearch from "minisearch";

/** Return what finds in the index of the site: its rules, and its entries with short keys. */
export function indexed({ rules, entries }) {
  const named = entries.map(names);
  const made = new MiniSearch({
    idField: "id",
    fields: ["label", "names", "words"],
    tokenize: (text) => text.split(" ").filter(Boolean),
    processTerm: (word) => word,
  });
  made.addAll(
    entries.map(({ a = "" }, id) => {
      const [label, ...others] = named[id];
      return { id, label, names: others.join(" "), words: plain(a) };
    }),
  );
  return { rules, entries, named, made };
}

/** Return what has all of the words; where nothing has, what has some of them. */
export function find({ rules, entries, named, made }, words) {
  const wanted = plain(words);
  const typed = words.trim().toLowerCase();
  const options = {
    tokenize: (text) => [...new Set(text.split(" "))].filter(Boolean),
    prefix: true,
    // A number that is nearly the same is another thing's.
    fuzzy: (word) => (word.length < rules.short || /\p{N}/u.test(word) ? false : rules.fuzzy),
    weights: { prefix: rules.asPrefix, fuzzy: rules.asFuzzy },
    boost: { label: rules.label, names: rules.names },
    boostDocument: (id) => {
      if (entries[id].l.toLowerCase() === typed) return entries[id].w * rules.exact * rules.asTyped;
      if (named[id].includes(wanted)) return entries[id].w * rules.exact;
      return entries[id].w * (named[id][0].startsWith(wanted) ? rules.begins : 1);
    },
  };
  const all = made.search(wanted, { ...options, combineWith: "AND" });
  const found = all.length ? all : made.search(wanted, options);
  const rounded = ({ score }) => Math.round(score * 1e6);
  found.sort((one, other) => rounded(other) - rounded(one) || one.id - other.id);
  return { found: found.map(({ id }) => entries[id]), some: !all.length };
}

const PREFIXES = { concept: "ldnc:", question: "", page: "" }; // else it is the kind

/** All by which an entry is called, made plain, its label first. */
function names({ h, l, k, n = [] }) {
  const slug = h.replace(/^.*\//, "").replace(/\.html$/, "");
  return [l, ...n, `${PREFIXES[k] ?? `${k}:`}${slug}`].map(plain);
}

/** A name without what people leave out: capitals, accents, punctuation, `doi:`. */
function plain(name) {
  const bare = name.trim().toLowerCase().replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*|pmid:\s*)/, "");
  const letters = bare.replace(/['’]/g, "").normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  return (letters.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

// Where the IRIs of answers lead: the rules of w3id/.htaccess (section 3), as relative addresses.

const KINDS =
  "claim concept condition dose drug duration exclusion graph group guidance instrument publication " +
  "query search source study symptom synthesis target";
const RECORD = new RegExp(
  `^(?:${KINDS.replaceAll(" ", "|")})/[A-Za-z0-9](?:[A-Za-z0-9_-]|\\.[0-9])*$`,
);

// Parts stand on the page of their record: the first group is the part, the second the record.
const PARTS = [
  ["study", /^study\/((.+?)-(?:arm|bias|discrepancy|line|regimen|result)-.+)$/],
  ["source", /^source\/((.+?)-(?:(?:discrepancy|paragraph|reference|statement)-.+|title(?:-position)?))$/],
  ["dose", /^dose\/((titration-.+)-(?:increase|start|target))$/],
  ["claim", /^synthesis\/((.+?)-without-.+)$/],
  ["synthesis", /^synthesis\/((.+?)-from-.+)$/],
  [
    "synthesis",
    /^synthesis\/((.+)-(?:imprecision|inconsistency|indirectness|publication-bias|risk-of-bias|second-hand-reading))$/,
  ],
];

/**
 * Return the address of what an IRI means: the page of ours that tells of it, the IRI itself if it
 * is another web address, and null where there is nothing to open.
 */
export function href(iri, base, root) {
  if (iri.startsWith(base)) {
    const page = ours(iri.slice(base.length));
    return page === null ? null : root + page;
  }
  return /^https?:\/\//i.test(iri) ? iri : null;
}

/** Return the page of a name below our base, relative to the site's root; null where none is. */
function ours(name) {
  if (/^(?:contributors|dataset)?$/.test(name)) return "index.html";
  const release = name.match(/^dataset\/(\d{4}\.\d{1,2}(?:\.\d+)?)$/);
  if (release) return `release/${release[1]}/index.html`;
  if (/^ontology(?:#[A-Za-z0-9_-]*)?$/.test(name)) return name.replace("ontology", "ontology.html");
  if (!RECORD.test(name)) return null;
  for (const [kind, pattern] of PARTS) {
    const part = name.match(pattern);
    if (part) return `${kind}/${part[2]}.html#${part[1]}`;
  }
  return `${name}.html`;
}

/** Return the prefixed name of an IRI, or the IRI where no prefix fits. */
export function shorten(iri, prefixes) {
  let best = "";
  for (const name of Object.keys(prefixes)) {
    if (iri.startsWith(prefixes[name]) && prefixes[name].length > (prefixes[best] ?? "").length) {
      best = name;
    }
  }
  return best ? `${best}:${iri.slice(prefixes[best].length)}` : iri;
}

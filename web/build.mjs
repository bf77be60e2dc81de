// Builds the scripts of the site into ldn_kg/publish/site/static/vendor:
// `npm ci --ignore-scripts && npm run build`. The same packages give the same bytes.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../ldn_kg/publish/site/static/vendor/");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here("."),
  entryPoints: ["src/site.js", "src/search.js", "src/query.js", "src/worker.js"],
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none", // LICENSES.txt has them, and those of packages without such comments
  metafile: true,
  logLevel: "warning",
});
// The engine stands beside worker.js, which fetches it.
copyFileSync(here("node_modules/oxigraph/web_bg.wasm"), `${out}web_bg.wasm`);
writeFileSync(`${out}LICENSES.txt`, licenses(packages(metafile)));

/** Return the names of the packages that are in the bundles, sorted. */
function packages({ inputs }) {
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/;
  const found = Object.keys(inputs).map((path) => path.match(name)?.[1]);
  return [...new Set(found.filter(Boolean))].sort();
}

function licenses(names) {
  const head =
    "The scripts in this folder contain the packages below, and code of ldn-kg itself (Apache-2.0).\n" +
    "web_bg.wasm is the engine of oxigraph, compiled from it and from the Rust crates that the\n" +
    "Cargo.lock of that version names.\n";
  return [head, ...names.map(license)].join(`\n${"=".repeat(80)}\n\n`);
}

/** Return the name, version, origin and license text of a package. */
function license(name) {
  const about = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8"));
  const origin = (about.repository?.url ?? about.repository ?? "").replace(/^git\+/, "");
  const text = licenseText(name, about.license);
  return `${name} ${about.version}: ${about.license}\n${origin}\n\n${text}\n`;
}

function licenseText(name, kind) {
  const files = readdirSync(here(`node_modules/${name}`));
  const file = files.find((candidate) => /^licen[cs]e/i.test(candidate));
  if (file) return readFileSync(here(`node_modules/${name}/${file}`), "utf8").trim();
  // Oxigraph's package has no license file. It may be passed on under the license of ldn-kg.
  if (!/\bApache-2\.0\b/.test(kind)) throw new Error(`${name} has no license file`);
  const apache = readFileSync(here("../LICENSE"), "utf8").trim();
  return `Passed on under the Apache License 2.0:\n\n${apache}`;
}

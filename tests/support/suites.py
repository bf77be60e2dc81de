"""The test suites of W3C, as the source of rdflib carries them; nothing else of it is looked at.

W3C licenses them for tests (Test Suite License and 3-clause BSD); they are read where
`.ci/install-judges` has fetched them, and are not part of the project.
"""

import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, Store, Triple, parse

from support.needed import without
from support.paths import ROOT

_KEPT = re.compile(
    r"/test/(?:(?P<rdf>data/suites/w3c)|jsonld/1\.1)/(?P<path>"
    r"(?:turtle|trig|ntriples|nquads|rdf-xml|sparql11/csv-tsv-res|sparql11/json-res)/.+"
    r"|(?:sparql11|dawg-data-r2)/.+\.srx|(?:toRdf|fromRdf)(?:/.+|-manifest\.jsonld))$"
)
_MANIFEST = """
PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#>
SELECT ?test ?kind ?action ?query ?data ?result {
  ?test a ?kind ; mf:action ?action .
  OPTIONAL { ?test mf:result ?result }
  OPTIONAL { ?action qt:query ?query ; qt:data ?data }
}
"""


@dataclass(frozen=True)
class Case:
    """A test of a suite: its name and kind, its files, and what it demands of a processor."""

    name: str
    kind: str
    input: Path | None = None
    result: Path | None = None
    query: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def negative(self) -> bool:
        """Whether the input must be refused."""
        return "Negative" in self.kind


def unpacked(folder: Path) -> Path:
    """Unpack the suites below a folder, and return it: in it are w3c/ and json-ld-api/tests/."""
    found = sorted((ROOT / ".judges").glob("rdflib-*.tar.gz"))
    if not found:
        without("W3C's suites are missing; .ci/install-judges fetches them", "LDN_KG_TOOLS")
    with tarfile.open(found[-1]) as archive:
        for member in archive:
            if member.isfile() and (name := _place(member.name)):
                archive.extract(member.replace(name=name), folder, filter="data")
    return folder


def _place(name: str) -> str | None:
    """Return where a file of the archive goes, or None if nothing of ours is tried with it."""
    kept = _KEPT.search(name)
    return kept and f"{'w3c' if kept['rdf'] else 'json-ld-api/tests'}/{kept['path']}"


def rdf_cases(folder: Path) -> list[Case]:
    """Return the cases of a folder with a manifest in Turtle, in the order of their names."""
    manifest, store = folder / "manifest.ttl", Store()
    store.load(path=manifest, base_iri=manifest.as_uri())

    def path(term: Any) -> Path | None:
        return folder / term.value.removeprefix(f"{folder.as_uri()}/") if term else None

    cases = {
        name: Case(
            name,
            row["kind"].value.rpartition("#")[2],
            path(row["data"] or row["action"]),
            path(row["result"]),
            path(row["query"]),
        )
        for row in store.query(_MANIFEST)  # type: ignore[union-attr]
        if (name := row["test"].value.rpartition("#")[2])
    }
    assert cases, folder
    return [cases[name] for name in sorted(cases)]


def json_ld_cases(folder: Path, suite: str) -> list[Case]:
    """Return the cases of a suite of JSON-LD that are of version 1.1."""
    manifest = json.loads((folder / f"{suite}-manifest.jsonld").read_text(encoding="utf-8"))
    cases = []
    for entry in manifest["sequence"]:
        options = entry.get("option", {})
        if "json-ld-1.0" not in (options.get("specVersion"), options.get("processingMode")):
            result = folder / entry["expect"] if "expect" in entry else None
            kind = " ".join(entry["@type"])
            name = entry["@id"].lstrip("#")
            cases.append(Case(name, kind, folder / entry["input"], result, None, options))
    return cases


def graph(path: Path) -> Iterator[Quad]:
    """Yield what a file in N-Triples or N-Quads says; one has a sign that no IRI may have."""
    return iter(parse(path=path, lenient=True))


def canonical(statements: Iterable[Quad | Triple]) -> Dataset:
    """Return statements in a form that is equal for graphs that differ by names of blank nodes."""
    dataset = Dataset(
        Quad(s.subject, s.predicate, s.object) if isinstance(s, Triple) else s for s in statements
    )
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def moved(quads: Iterable[Quad], places: dict[str, str]) -> Iterator[Quad]:
    """Yield quads with each place, the beginning of an IRI, as another."""
    text = "".join(f"{quad} .\n" for quad in quads)
    for here, there in places.items():
        text = text.replace(f"<{here}", f"<{there}")
    return iter(parse(text, format=RdfFormat.N_QUADS, lenient=True))

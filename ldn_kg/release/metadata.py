"""The release described in RDF: DCAT 3, VoID and schema.org, by the W3C HCLS profile.

Three levels, as the profile has them: the dataset, this version of it, and each file of this
version. The description stands beside the files, since it counts what is in them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ldn_kg.dataset import GRAPHS, ROOT, Dataset, ask, files, iri, rows, text
from ldn_kg.errors import InvalidData
from ldn_kg.namespaces import BASE, PREFIXES
from ldn_kg.release.folder import contents, sha256
from ldn_kg.release.media import described, media
from ldn_kg.serialization import json_ld, turtle
from ldn_kg.shacl import problems

HCLS = ROOT / "release" / "hcls.ttl"
_VERSION = (
    "SELECT ?version ?number WHERE { ?version dcterms:isVersionOf ?dataset ; dcat:version ?number }"
)
_ALL = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
  (COUNT(DISTINCT ?p) AS ?properties)
WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }
"""
_TYPED = "SELECT (COUNT(DISTINCT ?s) AS ?entities) WHERE { ?s a ?type }"
_ABOUT = """
SELECT ?name ?description ?not ?license ?creator ?issued ?years
WHERE {
  ?version dcterms:isVersionOf ?dataset ;
    dcterms:title ?name ;
    dcterms:description ?description ;
    schema:disambiguatingDescription ?not ;
    dcterms:license ?license ;
    dcterms:creator/schema:name ?creator ;
    dcterms:issued ?issued .
  {
    SELECT (CONCAT(STR(MIN(?year)), "/", STR(MAX(?year))) AS ?years)
    WHERE { ?any a ldn:Publication ; dcterms:issued ?year }
  }
}
"""
# What is true of the version is true of each of its files.
_SHARED = [
    iri(f"dcterms:{name}")
    for name in ("creator", "issued", "language", "license", "publisher", "source")
] + [iri("pav:version"), iri("pav:previousVersion")]
# What people download; the other files of a release describe these or repeat them.
_DISTRIBUTIONS = ("ldn-kg.", "tables/", "kgx/", "nanopubs.")
_EXAMPLES = ("study/younger2013", "claim/ldn-fibromyalgia", "dose/4.5-mg")


def description(dataset: Dataset, form: str, folder: Path) -> bytes:
    """Return the description of the files in a folder, as turtle or jsonld.

    Raises InvalidData where it breaks the HCLS profile.
    """
    triples = list(dict.fromkeys(_describe(dataset, folder)))
    broken = problems(triples, HCLS)
    if broken:
        raise InvalidData(broken)
    return turtle(triples) if form == "turtle" else json_ld(triples)


def version_of(dataset: Dataset) -> tuple[NamedNode, str]:
    """Return the IRI and the number of the version that a dataset is."""
    (found,) = rows(dataset, _VERSION)
    return NamedNode(found["version"]), found["number"]


def about(dataset: Dataset) -> dict[str, str]:
    """Return what is said of a version: name, description, not, license, creator, issued, years."""
    return rows(dataset, _ABOUT)[0]


def address(number: str, name: str) -> str:
    """Return the IRI of a file of a version."""
    return f"{BASE}release/{number}/{name}"


def _describe(dataset: Dataset, folder: Path) -> Iterator[Triple]:
    for path in files("release/metadata", ".rq"):
        yield from ask(dataset, text(path))
    version, number = version_of(dataset)
    about = list(ask(dataset, text(ROOT / "release" / "metadata" / "version.rq")))
    shared = [t for t in about if t.subject == version and t.predicate in _SHARED]
    counts = rows(dataset, _ALL)[0] | rows(dataset, _TYPED)[0]
    for path in contents(folder):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(_DISTRIBUTIONS):
            continue
        node = NamedNode(address(number, name))
        yield Triple(version, iri("dcat:distribution"), node)
        yield Triple(version, iri("schema:distribution"), node)
        yield from (Triple(node, t.predicate, t.object) for t in shared)
        yield from _facts(node, _own(path, name, number))
        if name.startswith("ldn-kg."):
            yield from _facts(node, _contained(dataset, name, counts))


def _own(path: Path, name: str, number: str) -> Iterator[tuple[str, Any]]:
    kind = media(name)
    checksum = NamedNode(f"{address(number, name)}#checksum")
    registered = NamedNode(f"https://www.iana.org/assignments/media-types/{kind.type}")
    for type_ in ("dcat:Distribution", "dcmitype:Dataset", "schema:DataDownload"):
        yield "rdf:type", iri(type_)
    yield "dcterms:title", Literal(f"ldn-kg {number}: {name}", language="en")
    yield "dcterms:description", Literal(described(name), language="en")
    yield "dcterms:format", registered
    yield "dcat:mediaType", registered
    yield "dcat:downloadURL", NamedNode(address(number, name))
    yield "dcat:byteSize", Literal(str(path.stat().st_size), datatype=iri("xsd:decimal"))
    yield "schema:contentUrl", NamedNode(address(number, name))
    yield "schema:encodingFormat", Literal(kind.type)
    yield "schema:sha256", Literal(sha256(path))
    yield "spdx:checksum", checksum


def _contained(dataset: Dataset, name: str, counts: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Say what a file with the whole graph holds; in N-Quads and TriG the graphs are kept."""
    kept = name.removesuffix(".gz").endswith((".nq", ".trig"))
    total = str(len(list(dataset.triples()))) if kept else counts["triples"]
    yield "rdf:type", iri("void:Dataset")
    yield "void:dataDump", iri(f"ldnk:release/{version_of(dataset)[1]}/{name}")
    yield "void:triples", _number(total)
    yield "void:distinctSubjects", _number(counts["subjects"])
    yield "void:distinctObjects", _number(counts["objects"])
    yield "void:properties", _number(counts["properties"])
    yield "void:entities", _number(counts["entities"])
    yield "void:uriSpace", Literal(BASE)
    yield "void:vocabulary", NamedNode(f"{BASE}ontology")
    yield from (("void:vocabulary", NamedNode(PREFIXES[p])) for p in _STANDARDS)
    yield from (("void:exampleResource", NamedNode(BASE + local)) for local in _EXAMPLES)
    if kept:
        graphs = sorted(graph.value for graph in GRAPHS.values() if _holds(dataset, graph))
        yield from (("void:subset", NamedNode(graph)) for graph in graphs)
    linksets = ask(dataset, text(ROOT / "release" / "metadata" / "linksets.rq"))
    for linkset in sorted({t.subject.value for t in linksets if t.object == iri("void:Linkset")}):
        yield "void:subset", NamedNode(linkset)


def _holds(dataset: Dataset, graph: NamedNode) -> bool:
    return dataset.store.contains_named_graph(graph)


_STANDARDS = ("bibo", "dcterms", "oa", "obo", "prov", "qudt", "schema", "skos")


def _facts(node: NamedNode, facts: Iterator[tuple[str, Any]]) -> Iterator[Triple]:
    digest = None
    for name, value in facts:
        yield Triple(node, iri(name), value)
        digest = value if name == "schema:sha256" else digest
        if name == "spdx:checksum" and digest:
            yield Triple(value, iri("rdf:type"), iri("spdx:Checksum"))
            yield Triple(value, iri("spdx:algorithm"), iri("spdx:checksumAlgorithm_sha256"))
            hexadecimal = Literal(digest.value, datatype=iri("xsd:hexBinary"))
            yield Triple(value, iri("spdx:checksumValue"), hexadecimal)


def _number(digits: str) -> Literal:
    return Literal(digits, datatype=iri("xsd:integer"))

"""The release described in RDF: DCAT 3, VoID and schema.org, by the W3C HCLS profile.

The profile (https://www.w3.org/TR/hcls-dataset/) has three levels: the dataset, this version of it,
and each file of this version. The description is made last, because it counts what is in the files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ldn_kg.check.validation import problems
from ldn_kg.errors import InvalidData
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, files, quads, text
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.publish.folder import contents, sha256
from ldn_kg.publish.formats import json_ld, turtle
from ldn_kg.publish.release.media import described, media

# Added when somebody builds with their own records, so that nobody takes the result for ours.
LOCAL = "It holds local records, too, so it is not the published version."
HCLS = Path(__file__).with_name("hcls.ttl")
_QUERIES = Path(__file__).parent / "sparql" / "metadata"
_VERSION = (
    "SELECT ?version ?number WHERE { ?version dcterms:isVersionOf ?dataset ; dcat:version ?number }"
)
_ALL = """
SELECT (COUNT(DISTINCT ?s) AS ?distinctSubjects) (COUNT(DISTINCT ?o) AS ?distinctObjects)
  (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?typed) AS ?entities)
WHERE { ?s ?p ?o BIND(IF(?p = rdf:type, ?s, ?unbound) AS ?typed) }
"""
_MERGED = """
SELECT (COUNT(*) AS ?triples) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }
"""
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
# Properties of the version that hold for each of its files, too.
_SHARED = [
    iri(f"dcterms:{name}")
    for name in ("creator", "issued", "language", "license", "publisher", "source")
] + [iri("pav:version"), iri("pav:previousVersion")]
# The files that people download; the other files of a release describe or repeat these.
_DISTRIBUTIONS = ("ldn-kg.", "tables/", "kgx/", "nanopubs.")
_STANDARDS = ("bibo", "dcterms", "oa", "obo", "prov", "qudt", "schema", "skos")
_EXAMPLES = ("study/younger2013", "claim/ldn-fibromyalgia", "dose/4.5-mg")


def description(dataset: Dataset, folder: Path) -> bytes:
    """Return the description of the files in a folder, as Turtle.

    Raises InvalidData if the description breaks the HCLS profile.
    """
    triples = list(dict.fromkeys(_describe(dataset, folder)))
    broken = problems(triples, HCLS)
    if broken:
        raise InvalidData(broken)
    return turtle(triples)


def description_as_json_ld(folder: Path) -> bytes:
    """Return the description that stands in a folder as metadata.ttl, as JSON-LD."""
    return json_ld(quads(folder / "metadata.ttl"))


def version_of(dataset: Dataset) -> tuple[NamedNode, str]:
    """Return the IRI of the version of a dataset, and its number, such as "2026.11"."""
    (row,) = dataset.rows(_VERSION)
    return NamedNode(row["version"]), row["number"]


def about(dataset: Dataset) -> dict[str, str]:
    """Return the facts that every description of this version repeats.

    The keys are `name`, `description`, `not` (the disclaimer), `license` (an IRI), `creator` (a
    name), `issued` (a date) and `years` (first and last publication, such as "1974/2026").
    """
    row = dataset.rows(_ABOUT)[0]
    return {**row, "description": f"{row['description']} {LOCAL}"} if dataset.has_local else row


def address(number: str, name: str) -> str:
    """Return the IRI of a file of a version."""
    return f"{BASE}release/{number}/{name}"


def _describe(dataset: Dataset, folder: Path) -> Iterator[Triple]:
    constructed = [t for path in files(_QUERIES, ".rq") for t in dataset.ask(text(path))]
    yield from constructed
    version, number = version_of(dataset)
    if dataset.has_local:
        yield Triple(version, iri("skos:note"), Literal(LOCAL, language="en"))
    shared = [t for t in constructed if t.subject == version and t.predicate in _SHARED]
    linksets = {t.subject for t in constructed if t.object == iri("void:Linkset")}
    of_all_triples = list(_facts_of_all_triples(dataset, linksets))
    for path in contents(folder):
        name = path.relative_to(folder).as_posix()
        # JSON Lines repeat the TSV, and have no registered media type to be described by.
        if not name.startswith(_DISTRIBUTIONS) or name.endswith(".jsonl"):
            continue
        node = NamedNode(address(number, name))
        yield Triple(version, iri("dcat:distribution"), node)
        yield Triple(version, iri("schema:distribution"), node)
        yield from (Triple(node, t.predicate, t.object) for t in shared)
        facts = [*_distribution(path, name, number), *_checksum(path, node)]
        if name.startswith("ldn-kg.") and media(name.removesuffix(".gz")).rdf:
            facts += [*of_all_triples, *_counts(dataset, name), (node, "void:dataDump", node)]
        yield from (Triple(s or node, iri(name), value) for s, name, value in facts)


# A subject, or None for the file; the prefixed name of a property; a value.
Fact = tuple[NamedNode | None, str, Any]


def _distribution(path: Path, name: str, number: str) -> Iterator[Fact]:
    media_type = media(name).type
    registered = NamedNode(f"https://www.iana.org/assignments/media-types/{media_type}")
    for type_ in ("dcat:Distribution", "dcmitype:Dataset", "schema:DataDownload"):
        yield None, "rdf:type", iri(type_)
    yield None, "dcterms:title", Literal(f"ldn-kg {number}: {name}", language="en")
    yield None, "dcterms:description", Literal(described(name), language="en")
    yield None, "dcterms:format", registered
    yield None, "dcat:mediaType", registered
    yield None, "dcat:downloadURL", NamedNode(address(number, name))
    yield None, "dcat:byteSize", Literal(str(path.stat().st_size), datatype=iri("xsd:decimal"))
    yield None, "schema:contentUrl", NamedNode(address(number, name))
    yield None, "schema:encodingFormat", Literal(media_type)


def _checksum(path: Path, node: NamedNode) -> Iterator[Fact]:
    checksum, digest = NamedNode(f"{node.value}#checksum"), sha256(path)
    yield None, "schema:sha256", Literal(digest)
    yield None, "spdx:checksum", checksum
    yield checksum, "rdf:type", iri("spdx:Checksum")
    yield checksum, "spdx:algorithm", iri("spdx:checksumAlgorithm_sha256")
    yield checksum, "spdx:checksumValue", Literal(digest, datatype=iri("xsd:hexBinary"))


def _facts_of_all_triples(dataset: Dataset, linksets: Iterable[Any]) -> Iterator[Fact]:
    """Yield the facts of each file that holds all triples of the dataset."""
    counts = dataset.rows(_ALL)[0]
    yield None, "rdf:type", iri("void:Dataset")
    yield from ((None, f"void:{name}", _integer(count)) for name, count in counts.items())
    yield None, "void:uriSpace", Literal(BASE)
    yield None, "void:vocabulary", NamedNode(f"{BASE}ontology")
    yield from ((None, "void:vocabulary", NamedNode(PREFIXES[p])) for p in _STANDARDS)
    yield from ((None, "void:exampleResource", NamedNode(BASE + local)) for local in _EXAMPLES)
    yield from ((None, "void:subset", linkset) for linkset in linksets)


def _counts(dataset: Dataset, name: str) -> Iterator[Fact]:
    """Yield how many triples a file has; N-Quads and TriG keep the graphs, which are subsets."""
    if not name.removesuffix(".gz").endswith((".nq", ".trig")):
        yield None, "void:triples", _integer(dataset.rows(_MERGED)[0]["triples"])
        return
    yield None, "void:triples", _integer(str(len(list(dataset.triples()))))
    for graph in GRAPHS.values():
        if dataset.store.contains_named_graph(graph):
            yield None, "void:subset", graph


def _integer(digits: str) -> Literal:
    return Literal(digits, datatype=iri("xsd:integer"))

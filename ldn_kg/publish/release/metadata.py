"""The release described in RDF: DCAT 3, VoID and schema.org, by the W3C HCLS profile and DCAT-AP.

The profile (https://www.w3.org/TR/hcls-dataset/) has three levels: the dataset, this version of it,
and each file of this version. What DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.1)
demands beside it is said as well. The description is made last, because it counts what is in the
files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ldn_kg.check.validation import problems
from ldn_kg.errors import InvalidData
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, files, text
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.publish.folder import contents, sha256
from ldn_kg.publish.formats import json_ld, turtle
from ldn_kg.publish.release.examples import declarations
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
_DISTRIBUTIONS = ("ldn-kg.", "tables/", "kgx/", "nanopubs.", "fhir/")
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
    # Not by way of a store, in which xsd:nonNegativeInteger becomes xsd:integer.
    return json_ld(parse(path=folder / "metadata.ttl", format=RdfFormat.TURTLE))


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
    yield from declarations()
    version, number = version_of(dataset)
    if dataset.has_local:
        yield Triple(version, iri("skos:note"), Literal(LOCAL, language="en"))
    shared = [t for t in constructed if t.subject == version and t.predicate in _SHARED]
    linksets = {t.subject for t in constructed if t.object == iri("void:Linkset")}
    of_all_triples = list(_facts_of_all_triples(dataset, linksets))
    of_one_graph = list(_facts_of_one_graph(dataset, constructed, version))
    of_named_graphs = list(_facts_of_named_graphs(dataset))
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
            facts += [*of_all_triples, (node, "void:dataDump", node)]
            facts += of_named_graphs if _keeps_graphs(name) else of_one_graph
        yield from (Triple(s or node, iri(name), value) for s, name, value in facts)


# A subject, or None for the file; the prefixed name of a property; a value.
Fact = tuple[NamedNode | None, str, Any]


def _distribution(path: Path, name: str, number: str) -> Iterator[Fact]:
    media_type = media(name).type
    registered = NamedNode(f"https://www.iana.org/assignments/media-types/{media_type}")
    place = NamedNode(address(number, name))
    for type_ in ("dcat:Distribution", "dcmitype:Dataset", "schema:DataDownload"):
        yield None, "rdf:type", iri(type_)
    yield None, "dcterms:title", Literal(f"ldn-kg {number}: {name}", language="en")
    yield None, "dcterms:description", Literal(described(name), language="en")
    yield None, "dcterms:format", registered
    yield None, "dcat:mediaType", registered
    yield registered, "rdf:type", iri("dcterms:MediaType")
    yield registered, "rdf:type", iri("dcterms:MediaTypeOrExtent")
    yield None, "dcat:accessURL", place
    yield None, "dcat:downloadURL", place
    size = str(path.stat().st_size)
    yield None, "dcat:byteSize", Literal(size, datatype=iri("xsd:nonNegativeInteger"))
    yield None, "schema:contentUrl", place
    yield None, "schema:encodingFormat", Literal(media_type)


def _checksum(path: Path, node: NamedNode) -> Iterator[Fact]:
    checksum, digest = NamedNode(f"{node.value}#checksum"), sha256(path)
    algorithm = iri("spdx:checksumAlgorithm_sha256")
    yield None, "schema:sha256", Literal(digest)
    yield None, "spdx:checksum", checksum
    yield checksum, "rdf:type", iri("spdx:Checksum")
    yield checksum, "spdx:algorithm", algorithm
    yield algorithm, "rdf:type", iri("spdx:ChecksumAlgorithm")
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


def _keeps_graphs(name: str) -> bool:
    return name.removesuffix(".gz").endswith((".nq", ".trig"))


def _facts_of_named_graphs(dataset: Dataset) -> Iterator[Fact]:
    """Yield the facts of a file that keeps the graphs: they are its parts."""
    yield None, "void:triples", _integer(str(len(dataset.store)))
    for graph in GRAPHS.values():
        if dataset.store.contains_named_graph(graph):
            yield None, "void:subset", graph


def _facts_of_one_graph(
    dataset: Dataset, constructed: Iterable[Triple], version: NamedNode
) -> Iterator[Fact]:
    """Yield the facts of a file that holds the graphs as one: its parts are those of schema.rq."""
    yield None, "void:triples", _integer(dataset.rows(_MERGED)[0]["triples"])
    for triple in constructed:
        if triple.predicate == iri("void:entities") and str(triple.subject).startswith(
            f"<{version.value}#class-"
        ):
            yield None, "void:classPartition", triple.subject


def _integer(digits: str) -> Literal:
    return Literal(digits, datatype=iri("xsd:integer"))

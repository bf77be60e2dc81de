"""The RDF of each IRI: the record with its parts, in Turtle and JSON-LD."""

from collections.abc import Callable, Iterable, Mapping

from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Triple
from rdflib import Graph

from ldn_kg.graph.files import GRAPHS, ROOT, files, quads
from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.questions import questions
from ldn_kg.publish.formats import json_ld, turtle
from ldn_kg.publish.release.examples import example
from ldn_kg.publish.release.ontology import ontology
from ldn_kg.read.record import Records

Files = dict[str, Callable[[], bytes]]


def alternates(records: Records, nanopubs: Mapping[str, bytes]) -> Files:
    """Map the name of each RDF file beside the pages to a function that makes it.

    These are Turtle and JSON-LD of each record, graph and question, of the ontology and the shapes;
    each nanopublication in TriG, of which `nanopubs` maps the code to the content; and the JSON-LD
    context.
    """
    makers: Files = {}
    for record in records:
        names = (record, *records.parts_of(record))
        makers |= _both(record.removeprefix(BASE), _triples_about(records, names))
    for name, node in GRAPHS.items():
        if records.dataset.store.contains_named_graph(node):
            makers |= _both(f"graph/{name}", _triples_in(records, name))
    makers |= _both("ontology", lambda: ontology(records.dataset))
    for question in questions().values():
        graph = example(question)
        makers[f"query/{question.name}.ttl"] = _serializer(graph, "turtle")
        makers[f"query/{question.name}.jsonld"] = _serializer(graph, "json-ld")
    makers["shapes.ttl"] = lambda: b"\n".join(path.read_bytes() for path in files("shapes", ".ttl"))
    makers["shapes.jsonld"] = lambda: json_ld(_shapes())
    for code, content in nanopubs.items():
        makers[f"np/{code}.trig"] = content.__bytes__
    return {**makers, "context.jsonld": (ROOT / "ontology" / "context.jsonld").read_bytes}


def _shapes() -> list[Triple]:
    """Return the triples of the shapes, their blank nodes with canonical names (RDFC-1.0)."""
    shapes = Dataset(quad for path in files("shapes", ".ttl") for quad in quads(path))
    shapes.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in shapes), key=str)


def _both(name: str, triples: Callable[[], list[Triple]]) -> Files:
    return {
        f"{name}.ttl": lambda: turtle(triples()),
        f"{name}.jsonld": lambda: json_ld(triples()),
    }


def _triples_about(records: Records, names: Iterable[str]) -> Callable[[], list[Triple]]:
    about = records.dataset.about
    return lambda: [quad.triple for name in names for quad in about(NamedNode(name))]


def _triples_in(records: Records, graph: str) -> Callable[[], list[Triple]]:
    return lambda: [quad.triple for quad in records.dataset.triples(graph)]


def _serializer(graph: Graph, form: str) -> Callable[[], bytes]:
    return lambda: graph.serialize(format=form, encoding="utf-8")

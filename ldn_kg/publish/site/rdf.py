"""What a machine gets at an IRI: the record with its parts, in Turtle and JSON-LD."""

from collections.abc import Callable, Iterable

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Triple

from ldn_kg.graph.files import GRAPHS, ROOT, files, quads
from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.questions import questions
from ldn_kg.publish.formats import json_ld, turtle
from ldn_kg.publish.release.examples import example
from ldn_kg.publish.release.nanopub import each
from ldn_kg.read.record import Records

Files = dict[str, Callable[[], bytes]]


def alternates(records: Records) -> Files:
    """Return the files in Turtle and JSON-LD beside the pages, and the nanopublications."""
    found: Files = {}
    for record in records:
        names = (record, *records.parts_of(record))
        found |= _both(record.removeprefix(BASE), _about(records, names))
    for name, node in GRAPHS.items():
        if records.dataset.store.contains_named_graph(node):
            found |= _both(f"graph/{name}", _of_graph(records, name))
    terms = [f"{BASE}ontology", *records.terms]
    found |= _both("ontology", _about(records, terms))
    for question in questions().values():
        written = example(question)
        found[f"query/{question.name}.ttl"] = _of(written.serialize, "turtle")
        found[f"query/{question.name}.jsonld"] = _of(written.serialize, "json-ld")
    found["shapes.ttl"] = lambda: b"\n".join(path.read_bytes() for path in files("shapes", ".ttl"))
    found["shapes.jsonld"] = lambda: json_ld(_shapes())
    for code, content in each(records.dataset).items():
        found[f"np/{code}.trig"] = content.__bytes__
    return {**found, "context.jsonld": (ROOT / "ontology" / "context.jsonld").read_bytes}


def _shapes() -> list[Triple]:
    """Return the shapes with canonical names (RDFC-1.0) for what has none."""
    shapes = Dataset(quad for path in files("shapes", ".ttl") for quad in quads(path))
    shapes.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in shapes), key=str)


def _both(name: str, triples: Callable[[], list[Triple]]) -> Files:
    return {
        f"{name}.ttl": lambda: turtle(triples()),
        f"{name}.jsonld": lambda: json_ld(triples()),
    }


def _about(records: Records, names: Iterable[str]) -> Callable[[], list[Triple]]:
    return lambda: [quad.triple for name in names for quad in records[name].quads]


def _of_graph(records: Records, name: str) -> Callable[[], list[Triple]]:
    return lambda: [quad.triple for quad in records.dataset.triples(name)]


def _of(serialize: Callable[..., bytes], form: str) -> Callable[[], bytes]:
    return lambda: serialize(format=form, encoding="utf-8")

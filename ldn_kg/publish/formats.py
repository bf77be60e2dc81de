"""RDF serialisations of the dataset, always the same bytes for the same data."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from pyoxigraph import Quad, RdfFormat, Triple, serialize
from rdflib.plugins.serializers.jsonld import from_rdf
from rdflib.plugins.shared.jsonld.context import Context

from ldn_kg.check.validation import check
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import context
from ldn_kg.graph.namespaces import PREFIXES, tidy
from ldn_kg.shacl.bridge import to_rdflib

# Format to file ending. Those in _NAMED_GRAPHS keep the graphs; the others hold their union.
FORMATS = {
    "turtle": "ttl",
    "jsonld": "jsonld",
    "ntriples": "nt",
    "nquads": "nq",
    "trig": "trig",
    "rdfxml": "rdf",
}
_NAMED_GRAPHS = ("nquads", "trig")
_TYPE = PREFIXES["rdf"] + "type"
_NO_MORE: Mapping[str, str] = {}


def export(dataset: Dataset, form: str, graph: str | None = None) -> bytes:
    """Return the dataset, or one of its graphs, in a format of FORMATS.

    Validates first and raises InvalidData where that fails; raises LdnKgError for an unknown
    format or graph, or for a graph that holds nothing.
    """
    check(dataset)
    return write(dataset, form, graph)


def write(dataset: Dataset, form: str, graph: str | None = None) -> bytes:
    """Do as `export` does, for a dataset that has been checked already."""
    if form not in FORMATS:
        raise LdnKgError(f"There is no format {form!r}; the formats are {', '.join(FORMATS)}.")
    quads = sorted(dataset.triples(graph), key=_order)
    if not quads:
        raise LdnKgError(f"The graph {graph!r} is empty; leave --graph out for all graphs.")
    if form == "jsonld":
        return json_ld(quads)
    if form not in _NAMED_GRAPHS:
        quads = _union(quads)
    return _write(quads, RdfFormat.from_extension(FORMATS[form]))


def turtle(triples: Iterable[Triple]) -> bytes:
    """Return triples as Turtle for people, sorted."""
    return _write(_union(Quad(*triple) for triple in triples), RdfFormat.TURTLE)


def json_ld(quads: Iterable[Quad | Triple]) -> bytes:
    """Compact by the published context, which stands in the document: nothing is fetched."""
    read, written = _context()
    document: Any = from_rdf(to_rdflib(quads), read)  # type: ignore[no-untyped-call]
    nodes = document.get("@graph", [document])
    for node in nodes:
        node.pop("@context", None)
    graph = _indented({"@graph": sorted(map(_ordered, nodes), key=_name)})
    return (written.removesuffix("\n}") + "," + graph.removeprefix("{") + "\n").encode()


@cache
def _context() -> tuple[Context, str]:
    """Return the published context as rdflib reads it, and as it is written: once for all."""
    shared = context()
    return Context(shared), _indented({"@context": shared})


def _indented(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def trig(quads: Iterable[Quad], **prefixes: str) -> bytes:
    """Return quads as TriG for people, sorted, with further prefixes."""
    return _write(sorted(set(quads), key=_order), RdfFormat.TRIG, prefixes)


def _write(found: list[Any], syntax: RdfFormat | None, more: Mapping[str, str] = _NO_MORE) -> bytes:
    written = cast(bytes, serialize(found, format=syntax, prefixes={**PREFIXES, **more}))
    return _for_people(written) if syntax in (RdfFormat.TURTLE, RdfFormat.TRIG) else written


def _order(quad: Quad) -> tuple[str, str, bool, str, str]:
    """Order by graph and subject, the type first: how a person reads a record."""
    predicate = quad.predicate.value
    graph = str(quad.graph_name)
    return graph, str(quad.subject), predicate != _TYPE, predicate, str(quad.object)


def _union(quads: Iterable[Quad]) -> list[Any]:
    return [q.triple for q in sorted({Quad(*q.triple): None for q in quads}, key=_order)]


def _for_people(turtle: bytes) -> bytes:
    """Tidy the prefixes and put an empty line before each subject."""
    return re.sub(rb"^(?=[^@\t\n}])", b"\n", tidy(turtle), flags=re.MULTILINE)


def _ordered(value: Any) -> Any:
    """Sort the keys of a node, its name and type first, and the values of each key."""
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda item: json.dumps(item, sort_keys=True))
    if not isinstance(value, dict):
        return value
    if "@list" in value:  # has an order of its own
        return {"@list": [_ordered(item) for item in value["@list"]]}
    keys = sorted(value, key=lambda key: (key != "id", key != "type", key))
    return {key: _ordered(value[key]) for key in keys}


def _name(node: dict[str, Any]) -> str:
    return str(node["id"])

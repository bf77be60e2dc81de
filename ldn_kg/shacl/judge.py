"""The judge: pySHACL, whose report becomes problems. Its only user."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, Quad, Store
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH

from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import BASE, PREFIXES, shorten
from ldn_kg.rdflib_graph import to_rdflib, view
from ldn_kg.shacl.candidates import TARGETS
from ldn_kg.shacl.report import Problem

_TYPE, _CLASS = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["rdfs"] + "Class")
_TARGETS = {NamedNode(PREFIXES["sh"] + name) for name in TARGETS}
_NODE = NamedNode(PREFIXES["sh"] + "targetNode")


def judge(data: Store, shapes: Store, aims: Mapping[Any, Iterable[Any]]) -> Iterator[Problem]:
    """Yield the problems of the nodes that each shape is aimed at, whatever its own targets.

    Raises LdnKgError where the shapes cannot be run.
    """
    aimed = [Quad(shape, _NODE, node) for shape, nodes in aims.items() for node in nodes]
    kept = [quad for quad in shapes if not _aims(quad, aims)]
    return problems(view(data), to_rdflib([*kept, *aimed]))


def _aims(quad: Quad, shapes: Mapping[Any, Any]) -> bool:
    """Tell whether a quad gives a shape its targets: a class among the shapes aims, too."""
    is_class = quad.predicate == _TYPE and quad.object == _CLASS and quad.subject in shapes
    return quad.predicate in _TARGETS or is_class


def problems(data: Graph, shapes: Graph) -> Iterator[Problem]:
    """Yield what pySHACL finds. Raises LdnKgError where the shapes cannot be run."""
    outcome: tuple[Any, Any, Any] = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", inplace=True
    )
    conforms, report, words = outcome
    if not isinstance(report, Graph):
        raise LdnKgError(f"The shapes could not be run: {words}")
    nested = set(report.objects(None, SH.detail))
    results = set(report.objects(None, SH.result)) - nested
    if conforms == bool(results):
        raise LdnKgError("The report of the shapes contradicts itself; please report this.")
    for result in results:
        shape, record = report.value(result, SH.sourceShape), report.value(result, SH.focusNode)
        value = report.value(result, SH.value)
        ours = isinstance(value, URIRef) and value.startswith(BASE)
        missing = ours and (value, RDF.type, None) not in data
        message = shapes.value(shape, SH.message)
        yield Problem(
            record=str(record),
            rule=str(shape),
            message=str(message or report.value(result, SH.resultMessage)),
            path=_text(report.value(result, SH.resultPath)),
            # A rule on a whole record reports the record itself, which is said already.
            value=None if value == record else _text(value, ", which is no record" * missing),
        )


def _text(term: Any, more: str = "") -> str | None:
    return None if term is None or isinstance(term, BNode) else shorten(str(term)) + more

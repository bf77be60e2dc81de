"""The judge: pySHACL, whose report becomes problems. Its only user."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, Quad, Store
from pyshacl.errors import ConstraintLoadError, ShapeLoadError
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH

from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import BASE, PREFIXES, shorten
from ldn_kg.rdflib_graph import to_rdflib, view
from ldn_kg.shacl.report import Problem
from ldn_kg.shacl.shapes import TARGETS

_TYPE, _CLASS = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["rdfs"] + "Class")
_TARGETS = {NamedNode(PREFIXES["sh"] + name) for name in TARGETS}
_NODE = NamedNode(PREFIXES["sh"] + "targetNode")
_PROPERTY = NamedNode(PREFIXES["sh"] + "property")

# It logs each value that it cannot read with a traceback; the shapes report them as problems.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def judge(data: Store, shapes: Store, aims: Mapping[Any, Iterable[Any]]) -> list[Problem]:
    """Return the problems of the nodes that each shape is aimed at, whatever its own targets.

    Where a value stops pySHACL (a number that is none, compared with another), that becomes a
    problem of the narrowest shape that it stops, and all else is judged. Raises LdnKgError where
    the shapes cannot be run.
    """
    kept = [quad for quad in shapes if not _aims(quad, aims)]
    pairs = [(shape, node) for shape, nodes in aims.items() for node in nodes]
    return _judged(view(data), kept, pairs)


def _judged(data: Graph, shapes: list[Quad], pairs: list[tuple[Any, Any]]) -> list[Problem]:
    aimed = [Quad(shape, _NODE, node) for shape, node in pairs]
    try:
        return list(problems(data, to_rdflib([*shapes, *aimed])))
    except (RuntimeError, TypeError, ValueError) as error:
        tries = list(_narrower(shapes, pairs))
        if tries:
            return [found for narrower in tries for found in _judged(data, *narrower)]
        ((shape, node),) = pairs
        return [Problem(node.value, shape.value, f"A value cannot be compared: {error}")]


def _narrower(
    shapes: list[Quad], pairs: list[tuple[Any, Any]]
) -> Iterator[tuple[list[Quad], list[tuple[Any, Any]]]]:
    """Yield what together is the same: by shape, then by the parts of a shape, then by node."""
    aims: dict[Any, list[Any]] = {}
    for shape, node in pairs:
        aims.setdefault(shape, []).append(node)
    if len(aims) > 1:
        for shape, nodes in aims.items():
            yield _reached(shapes, shape), [(shape, node) for node in nodes]
        return
    ((shape, nodes),) = aims.items()
    parts = [quad for quad in shapes if (quad.subject, quad.predicate) == (shape, _PROPERTY)]
    if parts:
        yield [quad for quad in shapes if quad not in parts], pairs
        for part in parts:
            yield _reached(shapes, part.object), [(part.object, node) for node in nodes]
    elif len(pairs) > 1:
        half = len(pairs) // 2
        yield shapes, pairs[:half]
        yield shapes, pairs[half:]


def _reached(shapes: list[Quad], shape: Any) -> list[Quad]:
    """Return what the shapes say of one of them, and of all that it names."""
    said: dict[Any, list[Quad]] = {}
    for quad in shapes:
        said.setdefault(quad.subject, []).append(quad)
    todo, found = [shape], []
    while todo:
        quads = said.pop(todo.pop(), [])
        found += quads
        todo += [quad.object for quad in quads]
    return found


def _aims(quad: Quad, shapes: Mapping[Any, Any]) -> bool:
    """Tell whether a quad gives a shape its targets: a class among the shapes aims, too."""
    is_class = quad.predicate == _TYPE and quad.object == _CLASS and quad.subject in shapes
    return quad.predicate in _TARGETS or is_class


def problems(data: Graph, shapes: Graph) -> Iterator[Problem]:
    """Yield what pySHACL finds. Raises LdnKgError where the shapes cannot be run."""
    try:
        outcome: tuple[Any, Any, Any] = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", inplace=True
        )
    except (ConstraintLoadError, ShapeLoadError) as error:
        raise LdnKgError(f"The shapes could not be run: {error}") from error
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

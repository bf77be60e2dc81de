"""The judge: pySHACL, whose report becomes results. Its only user."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, Quad, Store
from pyshacl.errors import ConstraintLoadError, ShapeLoadError
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from ldn_kg.shacl.bridge import from_rdflib, to_rdflib, view
from ldn_kg.shacl.result import Result, ShapesError
from ldn_kg.shacl.shapes import RDFS, TARGETS, TYPE, Shapes
from ldn_kg.shacl.shapes import SH as SHACL

_CLASS = NamedNode(f"{RDFS}Class")
_TARGETS = {NamedNode(SHACL + name) for name in TARGETS}
_NODE, _PROPERTY = NamedNode(f"{SHACL}targetNode"), NamedNode(f"{SHACL}property")

# It logs each value that it cannot read with a traceback; the shapes report them as problems.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def judge(data: Store, shapes: Store, aims: Mapping[Any, Iterable[Any]]) -> list[Result]:
    """Return the results of the nodes that each shape is aimed at, whatever its own targets.

    Where a value stops pySHACL (a number that is none, compared with another), that becomes a
    result of the narrowest shape that it stops, and all else is judged. Raises ShapesError where
    the shapes cannot be run.
    """
    kept = [quad for quad in shapes if not _aims(quad, aims)]
    if not Shapes(shapes, data).has_own_components():  # they may be used anywhere, by no name
        kept = _reached(kept, aims)
    pairs = [(shape, node) for shape, nodes in aims.items() for node in nodes]
    return _judged(view(data), kept, pairs)


def _judged(data: Graph, shapes: list[Quad], pairs: list[tuple[Any, Any]]) -> list[Result]:
    aimed = [Quad(shape, _NODE, node) for shape, node in pairs]
    try:
        return list(report(data, to_rdflib([*shapes, *aimed])))
    except (RuntimeError, TypeError, ValueError) as error:
        tries = list(_narrower(shapes, pairs))
        if tries:
            return [result for narrower in tries for result in _judged(data, *narrower)]
        ((shape, node),) = pairs
        return [Result(node, shape, f"A value cannot be compared: {error}")]


def _narrower(
    shapes: list[Quad], pairs: list[tuple[Any, Any]]
) -> Iterator[tuple[list[Quad], list[tuple[Any, Any]]]]:
    """Yield what together is the same: by shape, then by the parts of a shape, then by node."""
    aims: dict[Any, list[Any]] = {}
    for shape, node in pairs:
        aims.setdefault(shape, []).append(node)
    if len(aims) > 1:
        for shape, nodes in aims.items():
            yield _reached(shapes, [shape]), [(shape, node) for node in nodes]
        return
    ((shape, nodes),) = aims.items()
    parts = [quad for quad in shapes if (quad.subject, quad.predicate) == (shape, _PROPERTY)]
    if parts:
        yield [quad for quad in shapes if quad not in parts], pairs
        for part in parts:
            yield _reached(shapes, [part.object]), [(part.object, node) for node in nodes]
    elif len(pairs) > 1:
        half = len(pairs) // 2
        yield shapes, pairs[:half]
        yield shapes, pairs[half:]


def _reached(shapes: list[Quad], some: Iterable[Any]) -> list[Quad]:
    """Return what the shapes say of some of them, and of all that these name."""
    said: dict[Any, list[Quad]] = {}
    for quad in shapes:
        said.setdefault(quad.subject, []).append(quad)
    todo, found = list(some), []
    while todo:
        quads = said.pop(todo.pop(), [])
        found += quads
        todo += [quad.object for quad in quads]
    return found


def _aims(quad: Quad, shapes: Mapping[Any, Any]) -> bool:
    """Tell whether a quad gives a shape its targets: a class among the shapes aims, too."""
    is_class = quad.predicate == TYPE and quad.object == _CLASS and quad.subject in shapes
    return quad.predicate in _TARGETS or is_class


def report(data: Graph, shapes: Graph) -> Iterator[Result]:
    """Yield what pySHACL finds. Raises ShapesError where the shapes cannot be run."""
    try:
        outcome: tuple[Any, Any, Any] = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", inplace=True
        )
    except (ConstraintLoadError, ShapeLoadError) as error:
        raise ShapesError(f"The shapes could not be run: {error}") from error
    conforms, graph, words = outcome
    if not isinstance(graph, Graph):
        raise ShapesError(f"The shapes could not be run: {words}")
    nested = set(graph.objects(None, SH.detail))
    results = set(graph.objects(None, SH.result)) - nested
    if conforms == bool(results):
        raise ShapesError("The report of the shapes contradicts itself; please report this.")
    for result in results:
        shape = graph.value(result, SH.sourceShape)
        message = shapes.value(shape, SH.message)
        yield Result(
            focus_node=from_rdflib(graph.value(result, SH.focusNode)),
            source_shape=from_rdflib(shape),
            message=str(message or graph.value(result, SH.resultMessage)),
            path=_path(graph.value(result, SH.resultPath)),
            value=_optional(graph.value(result, SH.value)),
        )


def _path(term: Any) -> Any:
    return from_rdflib(term) if isinstance(term, URIRef) else None


def _optional(term: Any) -> Any:
    return None if term is None else from_rdflib(term)

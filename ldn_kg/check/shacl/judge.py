"""The judge: pySHACL, whose report becomes results. No other module uses it."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, Quad, Store
from pyparsing import ParseException  # of rdflib, for a query that cannot be read
from pyshacl.errors import ConstraintLoadError, ShapeLoadError
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from ldn_kg.check.shacl.bridge import from_rdflib, to_rdflib, view
from ldn_kg.check.shacl.result import Result, ShapesError
from ldn_kg.check.shacl.shapes import RDFS, TARGETS, TYPE, Shapes
from ldn_kg.check.shacl.shapes import SH as SHACL

_CLASS = NamedNode(f"{RDFS}Class")
_TARGETS = {NamedNode(SHACL + name) for name in TARGETS}
_NODE, _PROPERTY = NamedNode(f"{SHACL}targetNode"), NamedNode(f"{SHACL}property")

# rdflib logs each value that it cannot read with a traceback; the shapes report them as problems.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

Pair = tuple[Any, Any]  # a shape, and a focus node to judge by it


def judge(data: Store, shapes: Store, focus_nodes: Mapping[Any, Iterable[Any]]) -> list[Result]:
    """Return the results for the focus nodes of each shape, whatever its own targets are.

    If a value makes pySHACL fail (such as a malformed number in a comparison), this becomes a
    result of the narrowest shape that fails, and everything else is judged. Raises ShapesError if
    the shapes cannot be run.
    """
    needed = [quad for quad in shapes if not _gives_targets(quad, focus_nodes)]
    if not Shapes(shapes, data).has_own_components():  # these apply without being named
        needed = _reachable(needed, focus_nodes)
    pairs = [(shape, node) for shape, nodes in focus_nodes.items() for node in nodes]
    return _judged(view(data), needed, pairs)


def _judged(data: Graph, shapes: list[Quad], pairs: list[Pair]) -> list[Result]:
    targets = [Quad(shape, _NODE, node) for shape, node in pairs]
    try:
        return list(report(data, to_rdflib([*shapes, *targets])))
    except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        narrower = list(_divided(shapes, pairs))
        if narrower:
            return [result for some in narrower for result in _judged(data, *some)]
        ((shape, node),) = pairs
        why = "it is no number." if isinstance(error, ArithmeticError) else error
        return [Result(node, shape, f"A value cannot be compared: {why}")]


def _divided(shapes: list[Quad], pairs: list[Pair]) -> Iterator[tuple[list[Quad], list[Pair]]]:
    """Divide the work: by shape, then by the property shapes of a shape, then by node."""
    nodes_by_shape: dict[Any, list[Any]] = {}
    for shape, node in pairs:
        nodes_by_shape.setdefault(shape, []).append(node)
    if len(nodes_by_shape) > 1:
        for shape, nodes in nodes_by_shape.items():
            yield _reachable(shapes, [shape]), [(shape, node) for node in nodes]
        return
    ((shape, nodes),) = nodes_by_shape.items()
    properties = [quad for quad in shapes if (quad.subject, quad.predicate) == (shape, _PROPERTY)]
    if properties:
        yield [quad for quad in shapes if quad not in properties], pairs
        for quad in properties:
            yield _reachable(shapes, [quad.object]), [(quad.object, node) for node in nodes]
    elif len(pairs) > 1:
        half = len(pairs) // 2
        yield shapes, pairs[:half]
        yield shapes, pairs[half:]


def _reachable(shapes: list[Quad], starts: Iterable[Any]) -> list[Quad]:
    """Return the quads about some shapes, and about every node that can be reached from them."""
    unvisited: dict[Any, list[Quad]] = {}
    for quad in shapes:
        unvisited.setdefault(quad.subject, []).append(quad)
    todo, reached = list(starts), []
    while todo:
        quads = unvisited.pop(todo.pop(), [])
        reached += quads
        todo += [quad.object for quad in quads]
    return reached


def _gives_targets(quad: Quad, shapes: Mapping[Any, Any]) -> bool:
    """Return whether a quad gives a shape its targets; a shape that is a class has instances."""
    is_class = quad.predicate == TYPE and quad.object == _CLASS and quad.subject in shapes
    return quad.predicate in _TARGETS or is_class


def report(data: Graph, shapes: Graph) -> Iterator[Result]:
    """Yield the results of pySHACL. Raises ShapesError if the shapes cannot be run."""
    try:
        outcome: tuple[Any, Any, Any] = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", inplace=True
        )
    except (ConstraintLoadError, ParseException, ShapeLoadError) as error:
        raise ShapesError(f"The shapes could not be run: {error}") from error
    conforms, graph, explanation = outcome
    if not isinstance(graph, Graph):
        raise ShapesError(f"The shapes could not be run: {explanation}")
    nested = set(graph.objects(None, SH.detail))
    results = set(graph.objects(None, SH.result)) - nested
    if conforms == bool(results):
        raise ShapesError("The report of pySHACL contradicts itself; please report this as a bug.")
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

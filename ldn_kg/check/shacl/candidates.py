"""Finds the nodes that may fail a shape, by SPARQL, so that pySHACL only has to judge those.

Not all of SHACL can be expressed exactly in SPARQL, so a failure has two bounds: the nodes that may
fail (all that do, perhaps more) and those that must fail (none that do not). `sh:not` swaps them.
A shape that is not understood may fail for any node, and goes to pySHACL.

Every EXISTS matches one triple with a bound end, so that the cost per node does not grow with the
graph.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from pyoxigraph import NamedNode, Store

from ldn_kg.check.shacl.constraints import ON_NODE, ON_VALUE, Each
from ldn_kg.check.shacl.failure import ALWAYS, NEVER, UNKNOWN, Condition, Fail, any_of, equal
from ldn_kg.check.shacl.shapes import FIRST, NIL, SH, TARGETS, TRUE, NotUnderstoodError, Shapes

# The parameters of a shape that are not constraints, or belong to one that is read elsewhere.
_NO_CONSTRAINT = {
    *TARGETS,
    *("path", "deactivated", "severity", "message", "name", "description", "order", "group"),
    *("defaultValue", "flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount"),
    *("qualifiedValueShapesDisjoint", "prefixes", "declare"),
}
_STEPS = {
    "inversePath": "{value} {path} {node}",
    "zeroOrMorePath": "{node} {path}* {value}",
    "oneOrMorePath": "{node} {path}+ {value}",
}
# Patterns that can be joined with the targets: no branch, or branches that all begin at the target.
_BRANCH = r"\{\s*\?this\s+[\w:<^](?:(?!\b(?:UNION|OPTIONAL)\b).)*\}"
_JOINED = re.compile(
    rf"(?!.*\b(?:UNION|OPTIONAL)\b).*|\s*{_BRANCH}(?:\s*UNION\s*{_BRANCH})+\s*", re.I | re.S
)
_GROUPED = re.compile(r"\s*\{\s*SELECT\b", re.I)
_MOST = 3  # different values that are counted in SPARQL; larger counts go to pySHACL


Queries = dict[Any, list[str]]  # of each shape that has targets


def queries(shapes: Store, data: Store) -> Queries:
    """Map each shape that has targets to queries for those of them that may fail it.

    They fit all data that have the same subclasses as these (`subclasses`).
    """
    lookup = Shapes(shapes, data)
    reader = _Reader(lookup)
    return {
        shape: [
            f"SELECT DISTINCT ?this WHERE {{ {' UNION '.join(targets)} {pattern} }}"
            for pattern in reader.patterns(shape)
        ]
        for shape, targets in lookup.targets().items()
    }


def may_fail(queries: Queries, data: Store) -> dict[Any, set[Any]]:
    """Map each shape that has targets to the set of those that may fail it; all others conform."""
    candidates: dict[Any, set[Any]] = {}
    for shape, texts in queries.items():
        candidates[shape] = set()
        for sparql in texts:
            answer: Any = data.query(sparql, use_default_graph_as_union=True)
            candidates[shape] |= {row["this"] for row in answer}
    return candidates


class _Reader:
    """Translates shapes into SPARQL."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._names = count()
        self._joined: dict[Any, str] = {}  # constraint to pattern that is joined with its targets
        self._open: list[Any] = []  # the shapes that are being read, to notice recursion
        self._has_own_components = shapes.has_own_components()

    def patterns(self, shape: Any) -> Iterator[str]:
        """Yield patterns of which a target matches at least one if it may fail the shape."""
        self._joined = {}
        fail = self.fails(shape, "?this").may
        yield from self._joined.values()
        if fail != "false":
            yield f"FILTER({fail})"

    def fails(self, shape: Any, node: str) -> Fail:
        """Return the condition on which a node fails a shape."""
        if any(str(term) == TRUE for term in self.shapes.values(shape, "deactivated")):
            return NEVER
        if self._has_own_components or shape in self._open:
            return UNKNOWN
        self._open.append(shape)
        try:
            paths = self.shapes.values(shape, "path")
            each = self.each(paths[0], node) if paths else lambda condition: condition(node)
            return any_of(
                self._constraint(
                    shape, quad.predicate.value.removeprefix(SH), quad.object, node, each
                )
                for quad in self.shapes.quads(shape)
                if quad.predicate.value.startswith(SH)
            )
        except NotUnderstoodError:
            return UNKNOWN
        finally:
            self._open.pop()

    def _constraint(self, shape: Any, name: str, parameter: Any, node: str, each: Each) -> Fail:
        if name in _NO_CONSTRAINT:
            return NEVER
        if name in ON_VALUE:
            return each(lambda value: ON_VALUE[name](self, shape, parameter, value))
        if name in ON_NODE:
            return ON_NODE[name](self, shape, parameter, node, each)
        return UNKNOWN

    def matches(self, constraint: Any, pattern: str) -> Fail:
        """Return the condition on which a pattern has a match; $this is bound beforehand."""
        if len(self._open) == 1 and _JOINED.fullmatch(pattern):
            # A join binds $this beforehand if each group has the target, and is many times faster.
            self._joined[constraint] = pattern
            return NEVER
        if _GROUPED.match(pattern):
            return UNKNOWN  # a scope of its own cannot see a node that is bound outside
        return Fail(f"EXISTS {{ {pattern} }}", "false")

    def each(self, path: Any, node: str) -> Each:
        """Return a function from a condition to: some value of a path from a node meets it."""
        return lambda condition: self._some(path, node, condition)

    def _some(self, path: Any, node: str, condition: Condition) -> Fail:
        """Return the condition that some value of a path from a node meets `condition`."""
        if isinstance(path, NamedNode) and path != NIL:
            return self._exists(f"{node} {path} %s", condition)
        if self.shapes.objects(path, FIRST):
            return self._sequence(self.shapes.members(path), node, condition)
        quad = self.shapes.only(path)
        kind, inner = quad.predicate.value.removeprefix(SH), quad.object
        if kind == "alternativePath":
            paths = self.shapes.members(inner)
            return any_of(self._some(alternative, node, condition) for alternative in paths)
        if kind == "zeroOrOnePath":
            return condition(node) | self._some(inner, node, condition)
        # pySHACL follows an inverted sequence in another order than the specification says.
        triple = _STEPS.get(kind) if isinstance(inner, NamedNode) else None
        if triple is None:
            raise NotUnderstoodError
        return self._exists(triple.format(node=node, path=inner, value="%s"), condition)

    def _sequence(self, steps: list[Any], node: str, condition: Condition) -> Fail:
        first, *rest = steps
        after_first = condition if not rest else lambda end: self._sequence(rest, end, condition)
        return self._some(first, node, after_first)

    def _exists(self, triple: str, condition: Condition) -> Fail:
        value = self.variable()
        fail = condition(value)
        may, must = (
            "false" if test == "false" else f"EXISTS {{ {triple % value} FILTER({test}) }}"
            for test in (fail.may, fail.must)
        )
        return Fail(may, must)

    def at_least(
        self, number: int, each: Each, condition: Condition, seen: tuple[str, ...] = ()
    ) -> Fail:
        """Return the condition that at least `number` values not in `seen` meet `condition`.

        Raises NotUnderstoodError for a number above three.
        """
        if number > _MOST:
            raise NotUnderstoodError
        if number == 0:
            return ALWAYS

        def _another(value: str) -> Fail:
            new = ~any_of(equal(value, earlier) for earlier in seen)
            more = self.at_least(number - 1, each, condition, (*seen, value))
            return condition(value) & new & more

        return each(_another)

    def variable(self) -> str:
        """Return the name of a new variable."""
        return f"?_{next(self._names)}"

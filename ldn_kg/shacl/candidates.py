"""Which nodes may fail a shape: SHACL as SPARQL, so that pySHACL looks at those only.

A failure has two bounds, since not all of SHACL can be said exactly in SPARQL: what may fail (all
that do, perhaps more) and what must fail (none that do not). `sh:not` swaps them. What is not
understood may fail and need not: it goes to pySHACL, never past it.

Every EXISTS asks one triple with a bound end, so that the cost of a node does not grow with the
graph.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from pyoxigraph import NamedNode, Store

from ldn_kg.shacl.constraints import ON_NODE, ON_VALUE, Each
from ldn_kg.shacl.failure import ALWAYS, NEVER, UNKNOWN, Condition, Fail, any_of, equal
from ldn_kg.shacl.shapes import FIRST, NIL, SH, TARGETS, TRUE, NotUnderstoodError, Shapes

# What a shape says beside its constraints.
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
# What can be joined with the targets: no branch, or branches that all begin at the target.
_BRANCH = r"\{\s*\?this\s+[\w:<^](?:(?!\b(?:UNION|OPTIONAL)\b).)*\}"
_JOINED = re.compile(
    rf"(?!.*\b(?:UNION|OPTIONAL)\b).*|\s*{_BRANCH}(?:\s*UNION\s*{_BRANCH})+\s*", re.I | re.S
)
_MOST = 3  # how many different values are counted in SPARQL


def may_fail(shapes: Store, data: Store) -> dict[Any, set[Any]]:
    """Map each shape that has targets to those of them that may fail it; the rest do not."""
    said = Shapes(shapes, data)
    reader = _Reader(said)
    found: dict[Any, set[Any]] = {}
    for shape, targets in said.targets().items():
        found[shape] = set()
        for pattern in reader.patterns(shape):
            sparql = f"SELECT DISTINCT ?this WHERE {{ {' UNION '.join(targets)} {pattern} }}"
            answer: Any = data.query(sparql, use_default_graph_as_union=True)
            found[shape] |= {row["this"] for row in answer}
    return found


class _Reader:
    """Reads shapes as SPARQL."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._names = count()
        self._joined: dict[Any, str] = {}  # by the constraint, what can be joined with its targets
        self._open: list[Any] = []  # the shapes that are being read, to notice recursion
        self._own = shapes.has_own_components()

    def patterns(self, shape: Any) -> Iterator[str]:
        """Yield what is true of each target that may fail a shape."""
        self._joined = {}
        fail = self.fails(shape, "?this").may
        yield from self._joined.values()
        if fail != "false":
            yield f"FILTER({fail})"

    def fails(self, shape: Any, node: str) -> Fail:
        """Return when a node fails a shape."""
        if any(str(term) == TRUE for term in self.shapes.values(shape, "deactivated")):
            return NEVER
        if self._own or shape in self._open:
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

    def _constraint(self, shape: Any, name: str, value: Any, node: str, each: Each) -> Fail:
        if name in _NO_CONSTRAINT:
            return NEVER
        if name in ON_VALUE:
            return each(lambda x: ON_VALUE[name](self, shape, value, x))
        if name in ON_NODE:
            return ON_NODE[name](self, shape, value, node, each)
        return UNKNOWN

    def found(self, constraint: Any, pattern: str) -> Fail:
        """Return when a pattern is there, of which $this is bound before."""
        if len(self._open) == 1 and _JOINED.fullmatch(pattern):
            # To join is to bind before, where each group has the target; and many times faster.
            self._joined[constraint] = pattern
            return NEVER
        return Fail(f"EXISTS {{ {pattern} }}", "false")

    def each(self, path: Any, node: str) -> Each:
        """Return how to ask for the values of a path from a node."""
        return lambda condition: self._some(path, node, condition)

    def _some(self, path: Any, node: str, condition: Condition) -> Fail:
        """Return when some value of a path from a node meets a condition."""
        if isinstance(path, NamedNode) and path != NIL:
            return self._exists(f"{node} {path} %s", condition)
        if self.shapes.objects(path, FIRST):
            return self._sequence(self.shapes.members(path), node, condition)
        quad = self.shapes.only(path)
        kind, inner = quad.predicate.value.removeprefix(SH), quad.object
        if kind == "alternativePath":
            return any_of(self._some(one, node, condition) for one in self.shapes.members(inner))
        if kind == "zeroOrOnePath":
            return condition(node) | self._some(inner, node, condition)
        # pySHACL walks an inverted sequence in another order than the specification.
        triple = _STEPS.get(kind) if isinstance(inner, NamedNode) else None
        if triple is None:
            raise NotUnderstoodError
        return self._exists(triple.format(node=node, path=inner, value="%s"), condition)

    def _sequence(self, steps: list[Any], node: str, condition: Condition) -> Fail:
        first, *rest = steps
        last = condition if not rest else lambda x: self._sequence(rest, x, condition)
        return self._some(first, node, last)

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
        """Return when so many different values meet a condition."""
        if number > _MOST:
            raise NotUnderstoodError
        if number == 0:
            return ALWAYS

        def _another(x: str) -> Fail:
            new = ~any_of(equal(x, other) for other in seen)
            more = self.at_least(number - 1, each, condition, (*seen, x))
            return condition(x) & new & more

        return each(_another)

    def variable(self) -> str:
        """Return a new variable."""
        return f"?_{next(self._names)}"

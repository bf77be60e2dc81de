"""Which nodes may fail a shape: SHACL as SPARQL, so that pySHACL looks at those only.

A failure has two bounds, since not all of SHACL can be said exactly in SPARQL: what may fail (all
that do, perhaps more) and what must fail (none that do not). `sh:not` swaps them. What is not
understood may fail and need not: it goes to pySHACL, never past it.

Every EXISTS asks one triple with a bound end, so that the cost of a node does not grow with the
graph.
"""

import re
from collections.abc import Callable, Iterator
from itertools import combinations, count
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from ldn_kg.namespaces import PREFIXES
from ldn_kg.shacl.failure import (
    ALWAYS,
    NEVER,
    UNKNOWN,
    Condition,
    Fail,
    any_of,
    compared,
    equal,
    exactly,
    mistyped,
    unmatched,
)

SH = PREFIXES["sh"]
TARGETS = {
    "targetClass": "VALUES ?class { %(classes)s } ?this a ?class",
    "targetNode": "VALUES ?this { %(value)s }",
    "targetSubjectsOf": "?this %(value)s []",
    "targetObjectsOf": "[] %(value)s ?this",
}
# What a shape says beside its constraints.
_NO_CONSTRAINT = {
    *TARGETS,
    *("path", "deactivated", "severity", "message", "name", "description", "order", "group"),
    *("defaultValue", "flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount"),
    *("qualifiedValueShapesDisjoint", "prefixes", "declare"),
}
# The pattern of a SPARQL constraint, and what it must not have: other scopes and own functions.
_SELECT = re.compile(r"\s*SELECT\s+(?:[$?]\w+\s+)+WHERE\s*\{(?P<pattern>.*)\}\s*", re.S)
_BEYOND = re.compile(r"\b(SELECT|SERVICE|GRAPH|BIND|VALUES|MINUS|PATH|shapesGraph)\b|#\s", re.I)
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
_RDF, _RDFS = PREFIXES["rdf"], PREFIXES["rdfs"]
_TYPE, _NIL = NamedNode(f"{_RDF}type"), NamedNode(f"{_RDF}nil")
_FIRST, _REST = NamedNode(f"{_RDF}first"), NamedNode(f"{_RDF}rest")
_SUBCLASS = NamedNode(f"{_RDFS}subClassOf")
_TRUE = f'"true"^^<{PREFIXES["xsd"]}boolean>'
_MOST = 3  # how many different values are counted in SPARQL

Each = Callable[[Condition], Fail]  # when some value of a shape meets a condition
OnValue = Callable[["_Reader", Any, Any, str], Fail]  # by shape, parameter and value
OnNode = Callable[["_Reader", Any, Any, str, Each], Fail]  # by shape, parameter, node and values


class _NotUnderstoodError(Exception):
    """A shape says what cannot be said in SPARQL here; pySHACL judges all its targets."""


def may_fail(shapes: Store, data: Store) -> dict[Any, set[Any]]:
    """Map each shape that has targets to those of them that may fail it; the rest do not."""
    return _Reader(shapes, data).candidates()


class _Reader:
    """Reads shapes as SPARQL over the data."""

    def __init__(self, shapes: Store, data: Store) -> None:
        self._shapes, self._data = shapes, data
        self._names = count()
        self._joined: dict[Any, str] = {}  # by the constraint, what can be joined with its targets
        self._open: list[Any] = []  # the shapes that are being read, to notice recursion
        self._own = bool(list(self._subjects(_TYPE, NamedNode(f"{SH}ConstraintComponent"))))

    # Shapes

    def candidates(self) -> dict[Any, set[Any]]:
        found: dict[Any, set[Any]] = {}
        for shape, targets in self._targets().items():
            found[shape] = set()
            for pattern in self._patterns(shape):
                sparql = f"SELECT DISTINCT ?this WHERE {{ {' UNION '.join(targets)} {pattern} }}"
                answer: Any = self._data.query(sparql, use_default_graph_as_union=True)
                found[shape] |= {row["this"] for row in answer}
        return found

    def _patterns(self, shape: Any) -> Iterator[str]:
        """Yield what is true of each target that may fail a shape."""
        self._joined = {}
        fail = self.fails(shape, "?this").may
        yield from self._joined.values()
        if fail != "false":
            yield f"FILTER({fail})"

    def _targets(self) -> dict[Any, list[str]]:
        """Map each shape with targets to the patterns that find them."""
        found: dict[Any, list[str]] = {}
        for name, pattern in TARGETS.items():
            for quad in self._quads(None, NamedNode(SH + name)):
                found.setdefault(quad.subject, []).append(self._target(pattern, quad.object))
        for shape in self._implicit():
            found.setdefault(shape, []).append(self._target(TARGETS["targetClass"], shape))
        return found

    def _target(self, pattern: str, value: Any) -> str:
        of = " ".join(map(str, self._below(value))) if "%(classes)s" in pattern else ""
        return f"{{ {pattern % {'value': value, 'classes': of}} }}"

    def _implicit(self) -> Iterator[Any]:
        """Yield the shapes that are classes, whose instances they aim at."""
        classes = set(self._subjects(_TYPE, NamedNode(f"{_RDFS}Class")))
        for kind in ("NodeShape", "PropertyShape"):
            yield from classes.intersection(self._subjects(_TYPE, NamedNode(SH + kind)))

    def _below(self, name: Any) -> list[Any]:
        """Return a class and all that the data say is below it."""
        found, todo = {name}, [name]
        while todo:
            below = self._data.quads_for_pattern(None, _SUBCLASS, todo.pop(), None)
            new = {quad.subject for quad in below} - found
            found |= new
            todo += new
        return sorted((name for name in found if isinstance(name, NamedNode)), key=str)

    def fails(self, shape: Any, node: str) -> Fail:
        """Return when a node fails a shape."""
        if any(str(term) == _TRUE for term in self._values(shape, "deactivated")):
            return NEVER
        if self._own or shape in self._open:
            return UNKNOWN
        self._open.append(shape)
        try:
            paths = self._values(shape, "path")
            each = self.each(paths[0], node) if paths else lambda condition: condition(node)
            return any_of(
                self._constraint(
                    shape, quad.predicate.value.removeprefix(SH), quad.object, node, each
                )
                for quad in self._quads(shape)
                if quad.predicate.value.startswith(SH)
            )
        except _NotUnderstoodError:
            return UNKNOWN
        finally:
            self._open.pop()

    def _constraint(self, shape: Any, name: str, value: Any, node: str, each: Each) -> Fail:
        if name in _NO_CONSTRAINT:
            return NEVER
        if name in _ON_VALUE:
            return each(lambda x: _ON_VALUE[name](self, shape, value, x))
        if name in _ON_NODE:
            return _ON_NODE[name](self, shape, value, node, each)
        return UNKNOWN

    # Paths

    def each(self, path: Any, node: str) -> Each:
        return lambda condition: self._some(path, node, condition)

    def _some(self, path: Any, node: str, condition: Condition) -> Fail:
        """Return when some value of a path from a node meets a condition."""
        if isinstance(path, NamedNode) and path != _NIL:
            return self._exists(f"{node} {path} %s", condition)
        if self._objects(path, _FIRST):
            return self._sequence(self._list(path), node, condition)
        (quad,) = self._only(path)
        kind, inner = quad.predicate.value.removeprefix(SH), quad.object
        if kind == "alternativePath":
            return any_of(self._some(one, node, condition) for one in self._list(inner))
        if kind == "zeroOrOnePath":
            return condition(node) | self._some(inner, node, condition)
        # pySHACL walks an inverted sequence in another order than the specification.
        triple = _STEPS.get(kind) if isinstance(inner, NamedNode) else None
        if triple is None:
            raise _NotUnderstoodError
        return self._exists(triple.format(node=node, path=inner, value="%s"), condition)

    def _sequence(self, steps: list[Any], node: str, condition: Condition) -> Fail:
        first, *rest = steps
        last = condition if not rest else lambda x: self._sequence(rest, x, condition)
        return self._some(first, node, last)

    def _exists(self, triple: str, condition: Condition) -> Fail:
        value = f"?_{next(self._names)}"
        fail = condition(value)
        may, must = (
            "false" if test == "false" else f"EXISTS {{ {triple % value} FILTER({test}) }}"
            for test in (fail.may, fail.must)
        )
        return Fail(may, must)

    def _at_least(
        self, number: int, each: Each, condition: Condition, seen: tuple[str, ...] = ()
    ) -> Fail:
        """Return when so many different values meet a condition."""
        if number > _MOST:
            raise _NotUnderstoodError
        if number == 0:
            return ALWAYS

        def _another(x: str) -> Fail:
            new = ~any_of(equal(x, other) for other in seen)
            more = self._at_least(number - 1, each, condition, (*seen, x))
            return condition(x) & new & more

        return each(_another)

    # Constraints on each value

    def kind(self, shape: Any, value: Any, x: str) -> Fail:
        if not isinstance(value, NamedNode):
            return UNKNOWN
        kinds = [f"EXISTS {{ {x} <{_TYPE.value}> {kind} }}" for kind in self._below(value)]
        return exactly(f"!({' || '.join(kinds)})")

    def node_kind(self, shape: Any, value: Any, x: str) -> Fail:
        kinds = value.value.removeprefix(SH).replace("BlankNode", "Blank").split("Or")
        return exactly(f"!({' || '.join(f'is{kind}({x})' for kind in kinds)})")

    def pattern(self, shape: Any, value: Any, x: str) -> Fail:
        return UNKNOWN if self._values(shape, "flags") else unmatched(value.value, x)

    def language_in(self, shape: Any, value: Any, x: str) -> Fail:
        tags = [f'LANGMATCHES(LANG({x}), "{tag.value}")' for tag in self._list(value)]
        return exactly(f"!COALESCE(isLiteral({x}) && ({' || '.join(tags)}), false)")

    def one_of(self, shape: Any, value: Any, x: str) -> Fail:
        same = [f"sameTerm({x}, {self._constant(term)})" for term in self._list(value)]
        return exactly(f"!({' || '.join(same)})") if same else ALWAYS

    def all_of(self, shape: Any, value: Any, x: str) -> Fail:
        return any_of(self.fails(member, x) for member in self._list(value))

    def or_(self, shape: Any, value: Any, x: str) -> Fail:
        fail = ALWAYS
        for member in self._list(value):
            fail = fail & self.fails(member, x)
        return fail

    def xone(self, shape: Any, value: Any, x: str) -> Fail:
        members = [self.fails(member, x) for member in self._list(value)]
        none = ALWAYS
        for fail in members:
            none = none & fail
        return none | any_of(~one & ~other for one, other in combinations(members, 2))

    def closed(self, shape: Any, value: Any, x: str) -> Fail:
        if str(value) != _TRUE:
            return NEVER
        known = [p for s in self._values(shape, "property") for p in self._values(s, "path")]
        for ignored in self._values(shape, "ignoredProperties"):
            known += self._list(ignored)
        names = ", ".join(str(name) for name in known if isinstance(name, NamedNode))
        p, o = (f"?_{next(self._names)}" for _ in "po")
        return exactly(f"EXISTS {{ {x} {p} {o} FILTER({p} NOT IN ({names})) }}")

    # Constraints on all values together

    def min_count(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        return ~self._at_least(int(value.value), each, lambda x: ALWAYS)

    def max_count(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        return self._at_least(int(value.value) + 1, each, lambda x: ALWAYS)

    def qualified(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        if any(str(v) == _TRUE for v in self._values(shape, "qualifiedValueShapesDisjoint")):
            return UNKNOWN
        fail = NEVER
        for least in self._values(shape, "qualifiedMinCount"):
            fail |= ~self._at_least(int(least.value), each, lambda x: ~self.fails(value, x))
        for most in self._values(shape, "qualifiedMaxCount"):
            fail |= self._at_least(int(most.value) + 1, each, lambda x: ~self.fails(value, x))
        return fail

    def has_value(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        constant = self._constant(value)
        return ~each(lambda x: equal(x, constant))

    def unique_lang(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        if str(value) != _TRUE:
            return NEVER
        same = 'LANG({0}) != "" && LCASE(LANG({0})) = LCASE(LANG({1})) && !sameTerm({0}, {1})'
        return each(lambda x: each(lambda y: exactly(f"COALESCE({same.format(x, y)}, false)")))

    def equals(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        other = self.each(value, node)
        missing = each(lambda x: ~other(lambda y: equal(x, y)))
        return missing | other(lambda y: ~each(lambda x: equal(x, y)))

    def disjoint(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        other = self.each(value, node)
        return each(lambda x: other(lambda y: equal(x, y)))

    def sparql(self, shape: Any, value: Any, node: str, each: Each) -> Fail:
        """Return when the pattern of a SPARQL constraint is found; $this is bound before."""
        texts = self._values(value, "select")
        found = _SELECT.fullmatch(texts[0].value) if len(texts) == 1 else None
        if not found or _BEYOND.search(found["pattern"]):
            return UNKNOWN
        pattern = re.sub(r"[$?]this\b", lambda _: node, found["pattern"])
        for prefix, namespace in self._prefixes(value).items():
            pattern = re.sub(rf"(?<![\w:<]){prefix}:([\w-]+)", rf"<{namespace}\1>", pattern)
        try:
            Store().query(f"ASK {{ {pattern} }}")
        except SyntaxError:
            return UNKNOWN  # pySHACL says what is wrong with it
        if len(self._open) == 1 and _JOINED.fullmatch(pattern):
            # To join is to bind before, where each group has the target; and many times faster.
            self._joined[value] = pattern
            return NEVER
        return Fail(f"EXISTS {{ {pattern} }}", "false")

    def _prefixes(self, constraint: Any) -> dict[str, str]:
        found = {}
        for ontology in self._values(constraint, "prefixes"):
            for declared in self._values(ontology, "declare"):
                (prefix,), (name,) = (self._values(declared, n) for n in ("prefix", "namespace"))
                found[prefix.value] = name.value
        return found

    # The graph of the shapes

    def _quads(self, subject: Any, predicate: NamedNode | None = None) -> Iterator[Quad]:
        return self._shapes.quads_for_pattern(subject, predicate, None, None)

    def _subjects(self, predicate: NamedNode, value: Any) -> Iterator[Any]:
        return (q.subject for q in self._shapes.quads_for_pattern(None, predicate, value, None))

    def _values(self, subject: Any, name: str) -> list[Any]:
        return self._objects(subject, NamedNode(SH + name))

    def _objects(self, subject: Any, predicate: NamedNode) -> list[Any]:
        return [quad.object for quad in self._quads(subject, predicate)]

    def _only(self, subject: Any) -> list[Quad]:
        found = list(self._quads(subject))
        if len(found) != 1:
            raise _NotUnderstoodError
        return found

    def _list(self, head: Any) -> list[Any]:
        found, seen = [], set()
        while head != _NIL:
            first, rest = self._objects(head, _FIRST), self._objects(head, _REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise _NotUnderstoodError
            seen.add(head)
            found += first
            (head,) = rest
        return found

    def _constant(self, term: Any) -> str:
        """Return a term as SPARQL has it, if the store would not write it in another way."""
        if isinstance(term, BlankNode):
            raise _NotUnderstoodError
        store = Store()
        store.add(Quad(_NIL, _NIL, term))
        if {quad.object for quad in store} != {term}:
            raise _NotUnderstoodError
        return str(term)


def _limit(operator: str) -> OnValue:
    return lambda reader, shape, value, x: compared(x, operator, str(value))


def _length(operator: str) -> OnValue:
    return lambda reader, shape, value, x: exactly(
        f"(isBlank({x}) || STRLEN(STR({x})) {operator} {int(value.value)})"
    )


def _less(operator: str) -> OnNode:
    def _compare(reader: _Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
        other = reader.each(value, node)
        return each(lambda x: other(lambda y: compared(x, operator, y)))

    return _compare


_ON_VALUE: dict[str, OnValue] = {
    "class": _Reader.kind,
    "datatype": lambda reader, shape, value, x: mistyped(value.value, x),
    "nodeKind": _Reader.node_kind,
    "minExclusive": _limit(">"),
    "minInclusive": _limit(">="),
    "maxExclusive": _limit("<"),
    "maxInclusive": _limit("<="),
    "minLength": _length("<"),
    "maxLength": _length(">"),
    "pattern": _Reader.pattern,
    "languageIn": _Reader.language_in,
    "in": _Reader.one_of,
    "not": lambda reader, shape, value, x: ~reader.fails(value, x),
    "and": _Reader.all_of,
    "or": _Reader.or_,
    "xone": _Reader.xone,
    "node": lambda reader, shape, value, x: reader.fails(value, x),
    "property": lambda reader, shape, value, x: reader.fails(value, x),
    "closed": _Reader.closed,
}
_ON_NODE: dict[str, OnNode] = {
    "minCount": _Reader.min_count,
    "maxCount": _Reader.max_count,
    "hasValue": _Reader.has_value,
    "equals": _Reader.equals,
    "disjoint": _Reader.disjoint,
    "lessThan": _less("<"),
    "lessThanOrEquals": _less("<="),
    "uniqueLang": _Reader.unique_lang,
    "qualifiedValueShape": _Reader.qualified,
    "sparql": _Reader.sparql,
}

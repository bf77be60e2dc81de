"""The constraints of SHACL: when a node, or a value of it, fails each."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any, Protocol

from pyoxigraph import NamedNode, Store

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
from ldn_kg.shacl.shapes import SH, TRUE, TYPE, Shapes, constant

# The pattern of a SPARQL constraint, and what it must not have: other scopes and own functions.
_SELECT = re.compile(r"\s*SELECT\s+(?:[$?]\w+\s+)+WHERE\s*\{(?P<pattern>.*)\}\s*", re.S)
_BEYOND = re.compile(r"\b(SELECT|SERVICE|GRAPH|BIND|VALUES|MINUS|PATH|shapesGraph)\b|#\s", re.I)

Each = Callable[[Condition], Fail]  # when some value of a shape meets a condition


class Reader(Protocol):
    """What constraints need of the reading of the shapes that they stand in."""

    shapes: Shapes

    def fails(self, shape: Any, node: str) -> Fail:
        """Return when a node fails a shape."""

    def each(self, path: Any, node: str) -> Each:
        """Return how to ask for the values of a path from a node."""

    def at_least(self, number: int, each: Each, condition: Condition) -> Fail:
        """Return when so many different values meet a condition."""

    def found(self, constraint: Any, pattern: str) -> Fail:
        """Return when a pattern is there, of which $this is bound before."""

    def variable(self) -> str:
        """Return a new variable."""


OnValue = Callable[[Reader, Any, Any, str], Fail]  # by shape, parameter and value
OnNode = Callable[[Reader, Any, Any, str, Each], Fail]  # by shape, parameter, node and values


# On each value


def _class(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    if not isinstance(value, NamedNode):
        return UNKNOWN
    kinds = [f"EXISTS {{ {x} <{TYPE.value}> {kind} }}" for kind in reader.shapes.below(value)]
    return exactly(f"!({' || '.join(kinds)})")


def _node_kind(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    kinds = value.value.removeprefix(SH).replace("BlankNode", "Blank").split("Or")
    return exactly(f"!({' || '.join(f'is{kind}({x})' for kind in kinds)})")


def _pattern(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    return UNKNOWN if reader.shapes.values(shape, "flags") else unmatched(value.value, x)


def _language_in(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    tags = [f'LANGMATCHES(LANG({x}), "{tag.value}")' for tag in reader.shapes.members(value)]
    return exactly(f"!COALESCE(isLiteral({x}) && ({' || '.join(tags)}), false)")


def _in(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    same = [f"sameTerm({x}, {constant(term)})" for term in reader.shapes.members(value)]
    return exactly(f"!({' || '.join(same)})") if same else ALWAYS


def _and(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    return any_of(reader.fails(member, x) for member in reader.shapes.members(value))


def _or(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    fail = ALWAYS
    for member in reader.shapes.members(value):
        fail = fail & reader.fails(member, x)
    return fail


def _xone(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    members = [reader.fails(member, x) for member in reader.shapes.members(value)]
    none = ALWAYS
    for fail in members:
        none = none & fail
    return none | any_of(~one & ~other for one, other in combinations(members, 2))


def _closed(reader: Reader, shape: Any, value: Any, x: str) -> Fail:
    if str(value) != TRUE:
        return NEVER
    shapes = reader.shapes
    known = [p for s in shapes.values(shape, "property") for p in shapes.values(s, "path")]
    for ignored in shapes.values(shape, "ignoredProperties"):
        known += shapes.members(ignored)
    names = ", ".join(str(name) for name in known if isinstance(name, NamedNode))
    p, o = reader.variable(), reader.variable()
    return exactly(f"EXISTS {{ {x} {p} {o} FILTER({p} NOT IN ({names})) }}")


def _limit(operator: str) -> OnValue:
    return lambda reader, shape, value, x: compared(x, operator, str(value))


def _length(operator: str) -> OnValue:
    return lambda reader, shape, value, x: exactly(
        f"(isBlank({x}) || STRLEN(STR({x})) {operator} {int(value.value)})"
    )


# On all values together


def _min_count(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    return ~reader.at_least(int(value.value), each, lambda x: ALWAYS)


def _max_count(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    return reader.at_least(int(value.value) + 1, each, lambda x: ALWAYS)


def _qualified(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    values = reader.shapes.values
    if any(str(v) == TRUE for v in values(shape, "qualifiedValueShapesDisjoint")):
        return UNKNOWN
    fail = NEVER
    for least in values(shape, "qualifiedMinCount"):
        fail |= ~reader.at_least(int(least.value), each, lambda x: ~reader.fails(value, x))
    for most in values(shape, "qualifiedMaxCount"):
        fail |= reader.at_least(int(most.value) + 1, each, lambda x: ~reader.fails(value, x))
    return fail


def _has_value(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    wanted = constant(value)
    return ~each(lambda x: equal(x, wanted))


def _unique_lang(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    if str(value) != TRUE:
        return NEVER
    same = 'LANG({0}) != "" && LCASE(LANG({0})) = LCASE(LANG({1})) && !sameTerm({0}, {1})'
    return each(lambda x: each(lambda y: exactly(f"COALESCE({same.format(x, y)}, false)")))


def _equals(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    other = reader.each(value, node)
    missing = each(lambda x: ~other(lambda y: equal(x, y)))
    return missing | other(lambda y: ~each(lambda x: equal(x, y)))


def _disjoint(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    other = reader.each(value, node)
    return each(lambda x: other(lambda y: equal(x, y)))


def _less(operator: str) -> OnNode:
    def _compare(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
        other = reader.each(value, node)
        return each(lambda x: other(lambda y: compared(x, operator, y)))

    return _compare


def _sparql(reader: Reader, shape: Any, value: Any, node: str, each: Each) -> Fail:
    """Return when the pattern of a SPARQL constraint is found; $this is bound before."""
    texts = reader.shapes.values(value, "select")
    found = _SELECT.fullmatch(texts[0].value) if len(texts) == 1 else None
    if not found or _BEYOND.search(found["pattern"]):
        return UNKNOWN
    pattern = re.sub(r"[$?]this\b", lambda _: node, found["pattern"])
    for prefix, namespace in reader.shapes.prefixes(value).items():
        pattern = re.sub(rf"(?<![\w:<]){prefix}:([\w-]+)", rf"<{namespace}\1>", pattern)
    try:
        Store().query(f"ASK {{ {pattern} }}")
    except SyntaxError:
        return UNKNOWN  # pySHACL says what is wrong with it
    return reader.found(value, pattern)


ON_VALUE: dict[str, OnValue] = {
    "class": _class,
    "datatype": lambda reader, shape, value, x: mistyped(value.value, x),
    "nodeKind": _node_kind,
    "minExclusive": _limit(">"),
    "minInclusive": _limit(">="),
    "maxExclusive": _limit("<"),
    "maxInclusive": _limit("<="),
    "minLength": _length("<"),
    "maxLength": _length(">"),
    "pattern": _pattern,
    "languageIn": _language_in,
    "in": _in,
    "not": lambda reader, shape, value, x: ~reader.fails(value, x),
    "and": _and,
    "or": _or,
    "xone": _xone,
    "node": lambda reader, shape, value, x: reader.fails(value, x),
    "property": lambda reader, shape, value, x: reader.fails(value, x),
    "closed": _closed,
}
ON_NODE: dict[str, OnNode] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "hasValue": _has_value,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less("<"),
    "lessThanOrEquals": _less("<="),
    "uniqueLang": _unique_lang,
    "qualifiedValueShape": _qualified,
    "sparql": _sparql,
}

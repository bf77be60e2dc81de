"""The constraint components of SHACL, section 4: when a node, or a value of it, fails each.

In each function, `parameter` is the value of the constraint's parameter in the shapes graph (a
term), and `value` and `node` are names of SPARQL variables: a value node and the focus node.
"""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any, Protocol

from pyoxigraph import NamedNode, Store

from ldn_kg.check.shacl.failure import (
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
from ldn_kg.check.shacl.shapes import SH, TRUE, TYPE, Shapes, constant

# The pattern of a SPARQL constraint, and what it must not contain: other scopes, own functions.
# One that counts groups its matches by $this, and can then be a scope of its own.
_SELECT = re.compile(
    r"\s*SELECT\s+(?:[$?]\w+\s+)+WHERE\s*\{(?P<pattern>.*)\}"
    r"\s*(?P<group>GROUP\s+BY\s+[$?]this\b[^{}]*)?",
    re.S,
)
_BEYOND = re.compile(r"\b(SELECT|SERVICE|GRAPH|BIND|VALUES|MINUS|PATH|shapesGraph)\b|#\s", re.I)

Each = Callable[[Condition], Fail]  # from a condition to: some value of the shape meets it


class Reader(Protocol):
    """What constraints need from the reader of the shapes that they are part of."""

    shapes: Shapes

    def fails(self, shape: Any, node: str) -> Fail:
        """Return the condition on which a node fails a shape."""

    def each(self, path: Any, node: str) -> Each:
        """Return a function from a condition to: some value of a path from a node meets it."""

    def at_least(self, number: int, each: Each, condition: Condition) -> Fail:
        """Return the condition that at least `number` different values meet `condition`."""

    def matches(self, constraint: Any, pattern: str) -> Fail:
        """Return the condition on which a pattern has a match; $this is bound beforehand."""

    def variable(self) -> str:
        """Return the name of a new variable."""


OnValue = Callable[[Reader, Any, Any, str], Fail]  # by shape, parameter and value
OnNode = Callable[[Reader, Any, Any, str, Each], Fail]  # by shape, parameter, node and values


# Constraints on each value


def _class(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    if not isinstance(parameter, NamedNode):
        return UNKNOWN
    kinds = [
        f"EXISTS {{ {value} <{TYPE.value}> {kind} }}" for kind in reader.shapes.below(parameter)
    ]
    return exactly(f"!({' || '.join(kinds)})")


def _node_kind(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    kinds = parameter.value.removeprefix(SH).replace("BlankNode", "Blank").split("Or")
    return exactly(f"!({' || '.join(f'is{kind}({value})' for kind in kinds)})")


def _pattern(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    return UNKNOWN if reader.shapes.values(shape, "flags") else unmatched(parameter.value, value)


def _language_in(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    tags = [
        f'LANGMATCHES(LANG({value}), "{tag.value}")' for tag in reader.shapes.members(parameter)
    ]
    return exactly(f"!COALESCE(isLiteral({value}) && ({' || '.join(tags)}), false)")


def _in(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    same = [f"sameTerm({value}, {constant(term)})" for term in reader.shapes.members(parameter)]
    return exactly(f"!({' || '.join(same)})") if same else ALWAYS


def _and(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    return any_of(reader.fails(member, value) for member in reader.shapes.members(parameter))


def _or(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    fail = ALWAYS
    for member in reader.shapes.members(parameter):
        fail = fail & reader.fails(member, value)
    return fail


def _xone(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    members = [reader.fails(member, value) for member in reader.shapes.members(parameter)]
    all_fail = ALWAYS
    for fail in members:
        all_fail = all_fail & fail
    return all_fail | any_of(~first & ~second for first, second in combinations(members, 2))


def _closed(reader: Reader, shape: Any, parameter: Any, value: str) -> Fail:
    if str(parameter) != TRUE:
        return NEVER
    shapes = reader.shapes
    allowed = [p for s in shapes.values(shape, "property") for p in shapes.values(s, "path")]
    for ignored in shapes.values(shape, "ignoredProperties"):
        allowed += shapes.members(ignored)
    names = ", ".join(str(name) for name in allowed if isinstance(name, NamedNode))
    predicate, object_ = reader.variable(), reader.variable()
    outside = f"FILTER({predicate} NOT IN ({names}))"
    return exactly(f"EXISTS {{ {value} {predicate} {object_} {outside} }}")


def _limit(operator: str) -> OnValue:
    return lambda reader, shape, parameter, value: compared(value, operator, str(parameter))


def _length(operator: str) -> OnValue:
    return lambda reader, shape, parameter, value: exactly(
        f"(isBlank({value}) || STRLEN(STR({value})) {operator} {int(parameter.value)})"
    )


# Constraints on all values together


def _min_count(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    return ~reader.at_least(int(parameter.value), each, lambda value: ALWAYS)


def _max_count(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    return reader.at_least(int(parameter.value) + 1, each, lambda value: ALWAYS)


def _qualified(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    values = reader.shapes.values
    if any(str(v) == TRUE for v in values(shape, "qualifiedValueShapesDisjoint")):
        return UNKNOWN
    fail = NEVER
    for least in values(shape, "qualifiedMinCount"):
        fail |= ~reader.at_least(
            int(least.value), each, lambda value: ~reader.fails(parameter, value)
        )
    for most in values(shape, "qualifiedMaxCount"):
        fail |= reader.at_least(
            int(most.value) + 1, each, lambda value: ~reader.fails(parameter, value)
        )
    return fail


def _has_value(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    required = constant(parameter)
    return ~each(lambda value: equal(value, required))


def _unique_lang(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    if str(parameter) != TRUE:
        return NEVER
    same = 'LANG({0}) != "" && LCASE(LANG({0})) = LCASE(LANG({1})) && !sameTerm({0}, {1})'
    return each(
        lambda value: each(lambda other: exactly(f"COALESCE({same.format(value, other)}, false)"))
    )


def _equals(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    each_other = reader.each(parameter, node)
    missing = each(lambda value: ~each_other(lambda other: equal(value, other)))
    return missing | each_other(lambda other: ~each(lambda value: equal(value, other)))


def _disjoint(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    each_other = reader.each(parameter, node)
    return each(lambda value: each_other(lambda other: equal(value, other)))


def _less(operator: str) -> OnNode:
    def _compare(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
        each_other = reader.each(parameter, node)
        return each(lambda value: each_other(lambda other: compared(value, operator, other)))

    return _compare


def _sparql(reader: Reader, shape: Any, parameter: Any, node: str, each: Each) -> Fail:
    """Return the condition on which the pattern of a SPARQL constraint has a match."""
    texts = reader.shapes.values(parameter, "select")
    select = _SELECT.fullmatch(texts[0].value) if len(texts) == 1 else None
    if not select or _BEYOND.search(select["pattern"]):
        return UNKNOWN
    pattern = select["pattern"]
    if select["group"]:
        pattern = f" {{ SELECT $this WHERE {{ {pattern} }} {select['group']} }} "
    pattern = re.sub(r"[$?]this\b", lambda _: node, pattern)
    for prefix, namespace in reader.shapes.prefixes(parameter).items():
        pattern = re.sub(rf"(?<![\w:<]){prefix}:([\w-]+)", rf"<{namespace}\1>", pattern)
    try:
        Store().query(f"ASK {{ {pattern} }}")
    except SyntaxError:
        return UNKNOWN  # pySHACL reports what is wrong with it
    return reader.matches(parameter, pattern)


ON_VALUE: dict[str, OnValue] = {
    "class": _class,
    "datatype": lambda reader, shape, parameter, value: mistyped(parameter.value, value),
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
    "not": lambda reader, shape, parameter, value: ~reader.fails(parameter, value),
    "and": _and,
    "or": _or,
    "xone": _xone,
    "node": lambda reader, shape, parameter, value: reader.fails(parameter, value),
    "property": lambda reader, shape, parameter, value: reader.fails(parameter, value),
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

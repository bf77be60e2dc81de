"""Conditions for failure as SPARQL expressions: how they combine, and how literals are tested."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import Literal

from ldn_kg.check.shacl.shapes import RDF, XSD

# Literals of these forms are certainly well-formed; pySHACL judges all others.
_NUMBER = "[+-]?[0-9]+"
_DAY = "((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_FORMS = {
    f"{XSD}string": "",
    f"{RDF}langString": "",
    f"{XSD}boolean": "^(true|false)$",
    f"{XSD}integer": f"^{_NUMBER}$",
    f"{XSD}decimal": f"^{_NUMBER}([.][0-9]+)?$",
    f"{XSD}double": f"^{_NUMBER}([.][0-9]+)?([eE]{_NUMBER})?$",
    f"{XSD}date": f"^[1-9][0-9]{{3}}-{_DAY}$",
    f"{XSD}gYear": "^[1-9][0-9]{3}$",
    f"{XSD}gYearMonth": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$",
}
# Every implementation orders values of these types in the same way.
_ORDERED = ", ".join(f"<{XSD}{name}>" for name in ("integer", "decimal"))
# Regular expressions with the same meaning in Python and Rust, for text without control characters.
_PLAIN = re.compile(
    r"(?:[^\\(\[{&~\x00-\x1f]|\\[.\\/sS]|\((?!\?)|\{[0-9]+(,[0-9]*)?\}"
    r"""|\[\^?[A-Za-z0-9 .,;'"()_-]+\])*"""
)
_CONTROL = r'"[\\x00-\\x1F\\x7F\\x85\\x{2028}\\x{2029}]"'


@dataclass(frozen=True)
class Fail:
    """The condition on which a node fails, as two SPARQL expressions.

    `may` is true for every node that fails, perhaps for more; `must` for no node that conforms.
    """

    may: str
    must: str

    def __or__(self, other: "Fail") -> "Fail":
        """Return the condition on which either fails."""
        return Fail(_either(self.may, other.may), _either(self.must, other.must))

    def __invert__(self) -> "Fail":
        """Return the condition on which this does not fail."""
        return Fail(_negated(self.must), _negated(self.may))

    def __and__(self, other: "Fail") -> "Fail":
        """Return the condition on which both fail."""
        return ~(~self | ~other)


def _either(left: str, right: str) -> str:
    if "true" in (left, right):
        return "true"
    parts = [part for part in (left, right) if part != "false"]
    return f"({' || '.join(parts)})" if len(parts) > 1 else "".join(parts) or "false"


def _negated(expression: str) -> str:
    return {"true": "false", "false": "true"}.get(expression, f"!({expression})")


NEVER, ALWAYS, UNKNOWN = Fail("false", "false"), Fail("true", "true"), Fail("true", "false")
Condition = Callable[[str], Fail]  # of the name of a variable


def exactly(expression: str) -> Fail:
    """Return a condition that SPARQL expresses exactly."""
    return Fail(expression, expression)


def decided(decidable: str, fails: str) -> Fail:
    """Return the condition `fails`, which SPARQL decides only where `decidable` is true."""
    return Fail(
        f"!COALESCE({decidable} && !({fails}), false)", f"COALESCE({decidable} && ({fails}), false)"
    )


def any_of(fails: Iterable[Fail]) -> Fail:
    """Return the condition on which at least one fails."""
    combined = NEVER
    for fail in fails:
        combined = combined | fail
    return combined


def compared(left: str, operator: str, right: str) -> Fail:
    """Return the condition on which a comparison is not true, decided for exact numbers only."""
    decidable = f"DATATYPE({left}) IN ({_ORDERED}) && DATATYPE({right}) IN ({_ORDERED})"
    return decided(f"({decidable})", f"!({left} {operator} {right})")


def equal(left: str, right: str) -> Fail:
    """Return the condition on which two terms are the same."""
    return exactly(f"sameTerm({left}, {right})")


def mistyped(datatype: str, value: str) -> Fail:
    """Return the condition on which a value is not a well-formed literal of a datatype."""
    has_datatype = f"(isLiteral({value}) && DATATYPE({value}) = <{datatype}>)"
    has_another = f"!COALESCE({has_datatype}, false)"
    form = _FORMS.get(datatype)
    if form is None:
        return Fail("true", has_another)
    return Fail(f'!COALESCE({has_datatype} && REGEX(STR({value}), "{form}"), false)', has_another)


def unmatched(pattern: str, value: str) -> Fail:
    """Return the condition on which the text of a value does not match a regular expression."""
    if not _PLAIN.fullmatch(pattern):
        return UNKNOWN
    decidable = f"(!isBlank({value}) && !REGEX(STR({value}), {_CONTROL}))"
    return decided(decidable, f"!REGEX(STR({value}), {Literal(pattern)})")

"""When a node fails, in SPARQL: the algebra of failures, and how literals are judged."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import Literal

from ldn_kg.shacl.shapes import RDF, XSD

# Forms of literals that are well-formed for sure; pySHACL judges all others.
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
# Values of these types are ordered in the same way by everybody.
_ORDERED = ", ".join(f"<{XSD}{name}>" for name in ("integer", "decimal"))
# Regular expressions that mean the same in Python and in Rust, on text without control characters.
_PLAIN = re.compile(
    r"(?:[^\\(\[{&~\x00-\x1f]|\\[.\\/sS]|\((?!\?)|\{[0-9]+(,[0-9]*)?\}|\[\^?[A-Za-z0-9 .,_-]+\])*"
)
_CONTROL = r'"[\\x00-\\x1F\\x7F\\x85\\x{2028}\\x{2029}]"'


@dataclass(frozen=True)
class Fail:
    """When a node fails, as two expressions of SPARQL: at least then, and at most then."""

    may: str
    must: str

    def __or__(self, other: "Fail") -> "Fail":
        """Return when either fails."""
        return Fail(_either(self.may, other.may), _either(self.must, other.must))

    def __invert__(self) -> "Fail":
        """Return when this does not fail."""
        return Fail(_negated(self.must), _negated(self.may))

    def __and__(self, other: "Fail") -> "Fail":
        """Return when both fail."""
        return ~(~self | ~other)


def _either(one: str, other: str) -> str:
    if "true" in (one, other):
        return "true"
    known = [part for part in (one, other) if part != "false"]
    return f"({' || '.join(known)})" if len(known) > 1 else "".join(known) or "false"


def _negated(expression: str) -> str:
    return {"true": "false", "false": "true"}.get(expression, f"!({expression})")


NEVER, ALWAYS, UNKNOWN = Fail("false", "false"), Fail("true", "true"), Fail("true", "false")
Condition = Callable[[str], Fail]  # of the name of a variable


def exactly(expression: str) -> Fail:
    """Return a failure that SPARQL says just as SHACL does."""
    return Fail(expression, expression)


def decided(known: str, fails: str) -> Fail:
    """Return a failure that is only decided where `known` is true."""
    return Fail(
        f"!COALESCE({known} && !({fails}), false)", f"COALESCE({known} && ({fails}), false)"
    )


def any_of(fails: Iterable[Fail]) -> Fail:
    """Return when at least one fails."""
    found = NEVER
    for fail in fails:
        found = found | fail
    return found


def compared(one: str, operator: str, other: str) -> Fail:
    """Return when a comparison is not true; only numbers of exact types are decided here."""
    known = f"DATATYPE({one}) IN ({_ORDERED}) && DATATYPE({other}) IN ({_ORDERED})"
    return decided(f"({known})", f"!({one} {operator} {other})")


def equal(one: str, other: str) -> Fail:
    """Return when two are the same term."""
    return exactly(f"sameTerm({one}, {other})")


def mistyped(datatype: str, x: str) -> Fail:
    """Return when a value is no well-formed literal of a datatype."""
    right = f"(isLiteral({x}) && DATATYPE({x}) = <{datatype}>)"
    other = f"!COALESCE({right}, false)"
    form = _FORMS.get(datatype)
    if form is None:
        return Fail("true", other)
    return Fail(f'!COALESCE({right} && REGEX(STR({x}), "{form}"), false)', other)


def unmatched(pattern: str, x: str) -> Fail:
    """Return when the text of a value does not match a regular expression."""
    if not _PLAIN.fullmatch(pattern):
        return UNKNOWN
    plain = f"(!isBlank({x}) && !REGEX(STR({x}), {_CONTROL}))"
    return decided(plain, f"!REGEX(STR({x}), {Literal(pattern)})")

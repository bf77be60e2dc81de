"""What only rules may say: the properties that their heads give, and what they said of a record."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from pyoxigraph import Quad, Store

from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import LDN, iri, shorten

_COMMENT = re.compile(r"(^|\s)#.*")
_HEAD = re.compile(r"\bCONSTRUCT\s*\{(.*?)\}", re.S)
_TABLE = re.compile(r"\bVALUES\s*(\([^)]*\)|\?\w+)\s*\{(.*?)\}", re.S)
_ROW = re.compile(r"\(([^)]*)\)")
_NEXT = {".": "subject", ";": "predicate", ",": "object"}
_AFTER = {"subject": "predicate", "predicate": "object", "object": "object"}


def derived_properties(
    rules: Mapping[str, str], further: Mapping[str, Iterable[str]] | None = None
) -> dict[str, str]:
    """Map each property of ours that only rules give to the name of the first rule that gives it.

    `rules` maps names to SPARQL CONSTRUCT texts, `further` the names of rules that are not in
    SPARQL to what they give. Properties are prefixed names; those of other vocabularies are left
    out, because a label or a type can also be typed.
    """
    given = {name: list(_given(_COMMENT.sub("", text))) for name, text in rules.items()}
    given |= {name: list(properties) for name, properties in (further or {}).items()}
    found: dict[str, str] = {}
    for name, properties in given.items():
        for each in properties:
            if each.startswith("ldn:"):
                found.setdefault(each, name)
    return found


def typed(store: Store, properties: Collection[str]) -> Iterator[Quad]:
    """Yield what stands outside the derived graph and only a rule may say.

    That is each quad with one of some properties, and each that says of a record what the derived
    graph says of it too, such as the direction of a line on benefit: others are typed.
    """
    derived = GRAPHS["derived"]
    for name in properties:
        for quad in store.quads_for_pattern(None, iri(name), None, None):
            if quad.graph_name != derived:
                yield quad
    said = {
        (quad.subject, quad.predicate)
        for quad in store.quads_for_pattern(None, None, None, derived)
        if quad.predicate.value.startswith(LDN)
    }
    for subject, predicate in said:
        if shorten(predicate.value) not in properties:
            for quad in store.quads_for_pattern(subject, predicate, None, None):
                if quad.graph_name != derived:
                    yield quad


def _given(rule: str) -> Iterator[str]:
    """Yield the properties in the head of a rule; a variable stands for its column of values."""
    columns = _columns(rule)
    for head in _HEAD.findall(rule):
        place = "subject"
        for token in head.split():
            if token in _NEXT:
                place = _NEXT[token]
                continue
            if place == "predicate":
                yield from columns.get(token, [token])
            place = _AFTER[place]


def _columns(rule: str) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for names, body in _TABLE.findall(rule):
        variables = names.strip("()").split()
        rows = _ROW.findall(body) if names.startswith("(") else body.split()
        for row in rows:
            for variable, value in zip(variables, row.split(), strict=True):
                columns.setdefault(variable, []).append(value)
    return columns

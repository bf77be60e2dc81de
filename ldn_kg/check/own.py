"""Files of a user: what in them no shape can see, because it is of no class or no graph keeps it.

A namespace that is misspelt by one sign gives records that no rule is about, a store spells values
in its own way, and rules fill their graph anew. Each of these would pass in silence.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from rapidfuzz.distance.Levenshtein import distance

from ldn_kg.check.vocabularies import unknown_term
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, ROOT, SHIPPED, quads
from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, iri, shorten

_TYPE = iri("rdf:type")
_XSD = PREFIXES["xsd"]
_SPACES = {space: prefix for prefix, space in PREFIXES.items() if space != BASE}
_KNOWN = tuple(_SPACES)
# How the values that our shapes know are written; a store reads other numbers of XML Schema, too.
_DATE = r"-?\d{4,}(-\d\d){%d}(Z|[+-]\d\d:\d\d)?"
_WRITTEN = {
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "boolean": "true|false|0|1",
    "gYear": _DATE % 0,
    "gYearMonth": _DATE % 1,
    "date": _DATE % 2,
}
_INTEGERS = re.compile(
    r"(?:(?:non)?(?:Positive|Negative)|(?:posi|nega)tive|unsigned)(?:Integer|Long|Int|Short|Byte)"
    r"|(?:long|int|short|byte)",
    re.IGNORECASE,
)
_ISSUED = iri("dcterms:issued")  # an issue of a journal may bear the year to come
_PAST = {
    _ISSUED,
    *map(iri, ("dcterms:created", "dcterms:date", "ldn:searchedOn", "ldn:noMatchAsOf")),
}
_HELD = "\n\t"  # the control characters that a text may hold
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format (also of direction), no character


class Fault(NamedTuple):
    """What is wrong with a record, in which file; `path` and `value` are words, as in a Problem."""

    file: Path
    record: str
    rule: str
    message: str
    path: str | None = None
    value: str | None = None


def faults(dataset: Dataset, classes: Set[Any]) -> Iterator[Fault]:
    """Yield what is wrong in those files of a dataset that are not shipped.

    `classes` are those that some shape is about.
    """
    for file in dataset.files:
        if not is_shipped(file):
            yield from of_file(file, list(quads(file)), dataset, classes)


def is_shipped(file: Path) -> bool:
    """Tell whether a file is one of the dataset itself."""
    return file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in SHIPPED


def of_file(file: Path, said: list[Quad], dataset: Dataset, classes: Set[Any]) -> Iterator[Fault]:
    """Yield what is wrong in the quads of a file; with a namespace or the graph derived, once."""
    name_of, near, derived = naming(said), set[str](), False
    if said and not _is_known(said, dataset, classes):
        yield Fault(
            file,
            name_of(said[0].subject),
            "nothing-known",
            "The file brings nothing that the ontology knows, no record of a class of it and none "
            "of its properties; look at its prefixes.",
        )
    for quad in said:
        record, path = name_of(quad.subject), shorten(quad.predicate.value)
        for check in _CHECKS:
            for rule, message, value in check(quad):
                yield Fault(file, record, rule, message, path, value)
        for term in (quad.subject, quad.predicate, quad.object):
            wrong = _near(term.value) if isinstance(term, NamedNode) else None
            if wrong and wrong[0] not in near:
                near.add(wrong[0])
                yield Fault(file, record, "near-namespace", _near_message(*wrong))
        if not derived and quad.graph_name == GRAPHS["derived"] and quad not in dataset.store:
            derived = True
            message = (
                "Only rules fill the graph derived, and what a file says in it is thrown away; say "
                "it in another graph or in none."
            )
            yield Fault(file, record, "derived-graph", message, path)


def naming(said: Iterable[Quad]) -> Callable[[Any], str]:
    """Return a function from a subject to its IRI, or to words that are the same in every run."""
    blank: dict[Any, list[Quad]] = {}
    for quad in said:
        if isinstance(quad.subject, BlankNode):
            blank.setdefault(quad.subject, []).append(quad)
    words = {node: _words(quads) for node, quads in blank.items()}
    return lambda node: words.get(node) or str(node).strip("<>")


def _words(of_node: list[Quad]) -> str:
    kinds = sorted(shorten(str(q.object).strip("<>")) for q in of_node if q.predicate == _TYPE)
    labels = sorted(q.object.value for q in of_node if isinstance(q.object, Literal))
    label = f" ({labels[0]!r})" if labels else ""
    return f"a {kinds[0] if kinds else 'node'} without a name{label}"


def _is_known(said: list[Quad], dataset: Dataset, classes: Set[Any]) -> bool:
    kinds = {quad.object if quad.predicate == _TYPE else quad.predicate for quad in said}
    if any(isinstance(k, NamedNode) and (k.value.startswith(LDN) or k in classes) for k in kinds):
        return True
    # Each subject once: to find the types of one takes a time like the number of its triples.
    return any(
        str(quad.object).startswith(f"<{LDN}")
        for subject in {quad.subject for quad in said}
        for quad in dataset.store.quads_for_pattern(subject, _TYPE, None, None)
    )


Found = Iterator[tuple[str, str, str | None]]  # rule, message, and the value in words


def _nameless(quad: Quad) -> Found:
    is_record = quad.predicate == _TYPE and str(quad.object).startswith(f"<{LDN}")
    if is_record and isinstance(quad.subject, BlankNode):
        kind = quad.object.value.removeprefix(LDN).lower()  # type: ignore[union-attr]
        message = f"A record has a name, such as {kind}:younger2013 in place of []; give it one."
        yield "nameless", message, None


def _relative(quad: Quad) -> Found:
    for term in (quad.subject, quad.predicate, quad.object):
        if isinstance(term, NamedNode) and term.value.startswith("file:"):
            name = term.value.rpartition("/")[2]
            message = (
                f"<{name}> is relative to the place of the file; write it in full, or with a "
                f"prefix, such as study:{name.partition('.')[0] or 'younger2013'}."
            )
            yield "relative-iri", message, None


def _text(quad: Quad) -> Found:
    if not isinstance(quad.object, Literal):
        return
    text = quad.object.value
    if getattr(quad.object, "direction", None) is not None:
        yield "direction", "RDF 1.1 has no base direction; take --ltr or --rtl away.", text
    if not text.strip():
        yield "empty-text", "A value is not empty; what is not known is left out.", repr(text)
    if text.isascii() and text.isprintable():
        return
    hidden = [c for c in text if unicodedata.category(c) in _INVISIBLE and c not in _HELD]
    if hidden:
        message = f"The text holds U+{ord(hidden[0]):04X}, which cannot be seen; take it out."
        yield "hidden-character", message, ascii(text)
    if not unicodedata.is_normalized("NFC", text):
        message = "The text is not in the normal form NFC of Unicode; letters and marks are apart."
        yield "normal-form", message, ascii(text)


def _number(quad: Quad) -> Found:
    if not isinstance(quad.object, Literal):
        return
    kind, typed = quad.object.datatype.value, quad.object.value
    name = kind.removeprefix(_XSD)
    if not kind.startswith(_XSD):
        return
    if _INTEGERS.fullmatch(name):
        message = f"A whole number is an xsd:integer and not an xsd:{name}; write {typed} alone."
        yield "other-datatype", message, said(quad.object)
    elif name in _WRITTEN and not re.fullmatch(_WRITTEN[name], typed):
        yield (
            "not-of-datatype",
            f"This is no xsd:{name}; mend it or leave it out.",
            said(quad.object),
        )


def said(literal: Literal) -> str:
    """Return a literal as it was typed, with its datatype."""
    return f'"{literal.value}"^^{shorten(literal.datatype.value)}'


def _future(quad: Quad) -> Found:
    if quad.predicate not in _PAST or not isinstance(quad.object, Literal):
        return
    day, today = quad.object.value[:10], date.today()
    last = f"{today.year + (quad.predicate == _ISSUED)}{today.isoformat()[4:]}"
    if re.match(r"\d{4}(?:-|$)", day) and day > last[: len(day)]:
        yield "future", "This day has not come yet; look at the year.", quad.object.value


def _xml_name(quad: Quad) -> Found:
    if not re.search(r"[^\W\d]", re.split(r"[^\w.-]", quad.predicate.value)[-1]):
        message = (
            "A property ends in a name, which begins with a letter: RDF/XML cannot write this."
        )
        yield "no-xml-name", message, None


def _unknown_term(quad: Quad) -> Found:
    terms = (quad.predicate, quad.object) if quad.predicate == _TYPE else (quad.predicate,)
    for term in terms:
        if isinstance(term, NamedNode) and (message := unknown_term(term.value)):
            yield "unknown-term", message, None


_CHECKS: tuple[Callable[[Quad], Found], ...] = (
    _nameless,
    _unknown_term,
    _relative,
    _text,
    _number,
    _future,
    _xml_name,
)


@cache
def _near(name: str) -> tuple[str, str] | None:
    """Return the namespace of an IRI as typed, and that of ours from which it is one sign away."""
    if name.startswith(_KNOWN) or name + "#" in _SPACES:  # the IRI of an ontology has no #
        return None
    for space in _KNOWN:
        for length in (len(space) - 1, len(space), len(space) + 1):
            typed = name[:length]
            if distance(typed.lower(), space.lower(), score_cutoff=1) <= 1 and _at_end(
                name, length
            ):
                return typed, space
    return None


def _at_end(name: str, length: int) -> bool:
    """Tell whether a namespace of a length is followed by a local name, and not by more of it."""
    return re.fullmatch(r"[\w.-]*", name[length:]) is not None


def _near_message(typed: str, space: str) -> str:
    return f"<{typed}> is no namespace; {_SPACES[space]}: is <{space}>. Mend the prefix."

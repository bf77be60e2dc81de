"""A record as a readable page for the terminal."""

import textwrap
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import context
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, PREFIXES, expand, shorten

_WIDTH = 100
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
# Said by the head of a page, or shown as parts of it.
_HEAD = {
    *(NamedNode(PREFIXES[p] + n) for p, n in (("rdfs", "label"), ("dcterms", "title"))),
    NamedNode(PREFIXES["skos"] + "prefLabel"),
    _TYPE,
}
_PAGE_NAMESPACES = tuple(PREFIXES[p] for p in ("ldn", "bibo", "dcat", "dcterms", "skos", "schema"))
_RESULT_ORDER = (
    "primary outcome",
    "secondary outcome",
    "outcome of unstated rank",
    "adverse event",
)

_SYMBOL = "SELECT ?symbol WHERE { ?record qudt:hasUnit/qudt:symbol ?symbol }"
_TYPES = "SELECT ?type WHERE { ?record a ?type }"
# Standard properties that only repeat one of ours.
STANDARD = "SELECT ?standard WHERE { ?own rdfs:subPropertyOf|owl:inverseOf ?standard }"
_POINTING = """
SELECT DISTINCT ?subject ?property ?status
WHERE {
  ?subject ?property ?record .
  OPTIONAL { ?subject ldn:status/skos:prefLabel ?status }
  FILTER(isIRI(?subject))
  FILTER NOT EXISTS { ?any rdfs:subPropertyOf|owl:inverseOf ?property }
}
ORDER BY ?property ?subject
"""
_LINES = """
SELECT ?direction ?study ?design ?level ?participants ?why
WHERE {
  ?line ldn:claim ?record ; ldn:direction/skos:prefLabel ?direction ; ldn:study ?study .
  ?study ldn:design/skos:prefLabel ?design .
  OPTIONAL { ?line ldn:designLevel/skos:prefLabel ?level }
  OPTIONAL { ?line ldn:participants ?participants }
  OPTIONAL { ?line ldn:setAside/skos:prefLabel ?why }
}
ORDER BY DESC(?direction) ?study ?why
"""
_BEARING = """
SELECT ?direction ?claim ?why
WHERE {
  ?line ldn:study ?record ; ldn:claim ?claim ; ldn:direction/skos:prefLabel ?direction .
  OPTIONAL { ?line ldn:setAside/skos:prefLabel ?why }
  FILTER(isIRI(?claim))
}
ORDER BY DESC(?direction) ?claim ?why
"""
_DIFFERING = """
SELECT DISTINCT ?kind ?words
WHERE {
  ?record (ldn:arm|ldn:result)? ?part .
  ?difference ldn:between ?part ; dcterms:type/skos:prefLabel ?kind ; dcterms:description ?words .
}
ORDER BY ?kind ?words
"""


def show(dataset: Dataset, name: str) -> str:
    """Return a readable page of one record, with its parts and with what points to it.

    Raises LdnKgError with the nearest names where there is no such record.
    """
    record = dataset.find(name)
    lines = [dataset.label(record), f"{_kind(dataset, record)} <{record.value}>", ""]
    lines += _facts(dataset, record)
    lines += _section("Evidence", _evidence(dataset, record))
    lines += _section("Bears on", _bearing(dataset, record))
    lines += _section("Discrepancies", _differing(dataset, record))
    lines += _section("Pointed to by", _pointing(dataset, record))
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterator[str]) -> list[str]:
    found = list(lines)
    return ["", title, *found] if found else []


def _kind(dataset: Dataset, record: NamedNode) -> str:
    """Name the narrowest of our classes: "efficacy claim", not "claim"."""
    types = [row["type"] for row in dataset.rows(_TYPES, record=record)]
    own = sorted((iri for iri in types if iri.startswith(LDN)), key=len)
    return (
        dataset.label(NamedNode(own[-1])) if own else _words(min(types, default="record")).strip()
    )


def _facts(dataset: Dataset, record: NamedNode) -> Iterator[str]:
    """Yield the properties of a record: short values in one line, parts on a line each."""
    standard = {row["standard"] for row in dataset.rows(STANDARD)}
    values: dict[str, set[Any]] = {}
    for quad in dataset.store.quads_for_pattern(record, None, None, None):
        iri = quad.predicate.value
        if quad.predicate not in _HEAD and iri not in standard and iri.startswith(_PAGE_NAMESPACES):
            values.setdefault(iri, set()).add(quad.object)
    parts = {p for p, found in values.items() if any(_is_part(record, v) for v in found)}
    order = story()
    for iri in sorted(values, key=lambda iri: (iri in parts, order.get(iri, len(order)), iri)):
        words = property_words(dataset, iri)
        found = sorted(values[iri], key=str)
        if iri in parts:
            yield f"\n{words.capitalize()}s"
            lines = sorted(part_line(dataset, v) for v in found if isinstance(v, NamedNode))
            yield from (_wrap("", line, "  ") for _, line in lines)
        else:
            yield _wrap(
                f"{words}: ",
                "; ".join(_value(dataset, v) for v in found).replace(".; ", ". "),
                "  ",
            )


def story() -> dict[str, int]:
    """Map each property to its place in the order in which a record is best read."""
    terms = [t["@id"] if isinstance(t, dict) else t for t in context().values()]
    return {expand(term) or term: place for place, term in enumerate(map(str, terms))}


def _is_part(record: NamedNode, value: Any) -> bool:
    """Say whether the IRI of a value continues that of the record."""
    return isinstance(value, NamedNode) and value.value.startswith(record.value + "-")


def part_line(dataset: Dataset, part: NamedNode) -> tuple[tuple[int, int], str]:
    """Return a part (an arm, result, step …) as its place in the list and one line of text."""
    facts: dict[str, set[str]] = {}
    for quad in dataset.store.quads_for_pattern(part, None, None, None):
        local = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        if quad.predicate != _TYPE:
            facts.setdefault(local, set()).add(dataset.label(quad.object).rstrip("."))
    one = {key: ", ".join(sorted(found)) for key, found in facts.items()}
    symbols = dataset.rows(_SYMBOL, record=part)
    unit = symbols[0]["symbol"] if symbols else one.get("unitText", "")
    operator = [one["pOperator"]] if "pOperator" in one else []
    said = [
        one.get("type", ""),
        one.get("description", ""),
        _compared(one, unit),
        " ".join(["p", *operator, one["pValue"]]) if "pValue" in one else "",
        *(one.get(key, "") for key in ("dose", "frequency", "route", "duration", "favours")),
        f"n = {one['analysed']}" if "analysed" in one else "",
        one.get("note", ""),
        f"read as {one['readAs']}" if "readAs" in one else "",
    ]
    rank = _RESULT_ORDER.index(one["type"]) if one.get("type") in _RESULT_ORDER else 0
    # The label of a step says what stands in the line anyway.
    name = f"step {one['position']}" if "position" in one else one.get("label", "")
    line = f"{name}: " + "; ".join(text for text in said if text)
    return (rank, int(one.get("position", "0"))), line


def _compared(one: dict[str, str], unit: str) -> str:
    pair = [one[key] for key in ("experimentalValue", "comparatorValue") if key in one]
    counts = [one[key] for key in ("experimentalCount", "comparatorCount") if key in one]
    measure = one.get("effectMeasure", "estimate")
    estimate = f"{measure} {one['estimate']}" if "estimate" in one else ""
    interval = " to ".join(one[key] for key in ("ciLow", "ciHigh") if key in one)
    values = f"{' v '.join(pair)} {unit}".strip() if pair else ""
    people = f"{' v '.join(counts)} participants" if counts else ""
    return ", ".join(text for text in (values, people, estimate, interval) if text)


def _value(dataset: Dataset, value: NamedNode | Literal) -> str:
    name = dataset.label(value)
    linked = isinstance(value, NamedNode) and not value.value.startswith((LDN, LDNC))
    short = shorten(value.value) if linked else name
    return name if name == short else f"{name} ({short})"


def property_words(dataset: Dataset, iri: str) -> str:
    """Return the words for a property: its label if it is ours, else its name taken apart."""
    return dataset.label(NamedNode(iri)) if iri.startswith(LDN) else _words(iri).strip()


def _words(iri: str) -> str:
    """Turn the local name of a standard property into words: exactMatch, exact match."""
    local = shorten(iri).rpartition(":")[2]
    return "".join(f" {c.lower()}" if c.isupper() else c for c in local)


def _evidence(dataset: Dataset, record: NamedNode) -> Iterator[str]:
    for line in dataset.rows(_LINES, record=record):
        people = f", n = {line['participants']}" if line["participants"] else ""
        level = f", {line['level']}" if line["level"] else ""
        aside = f"; set aside: {line['why']}" if line["why"] else ""
        text = f"{shorten(line['study'])}, {line['design']}{people}{level}{aside}"
        yield _wrap(f"{line['direction']}: ", text, "  ")


def _bearing(dataset: Dataset, record: NamedNode) -> Iterator[str]:
    for line in dataset.rows(_BEARING, record=record):
        aside = f"; set aside: {line['why']}" if line["why"] else ""
        claim = NamedNode(line["claim"])
        yield _wrap(f"{line['direction']}: ", f"{_value(dataset, claim)}{aside}", "  ")


def _differing(dataset: Dataset, record: NamedNode) -> Iterator[str]:
    for row in dataset.rows(_DIFFERING, record=record):
        yield _wrap(f"{row['kind']}: ", row["words"], "  ")


def _pointing(dataset: Dataset, record: NamedNode) -> Iterator[str]:
    for row in dataset.rows(_POINTING, record=record):
        subject, iri = NamedNode(row["subject"]), row["property"]
        if not subject.value.startswith(BASE) or _is_part(record, subject):
            continue
        words = property_words(dataset, iri)
        status = f" [{row['status']}]" if row["status"] else ""
        yield _wrap("", f"{_value(dataset, subject)}, as {words}{status}", "  ")


def _wrap(first: str, text: str, indent: str) -> str:
    # Names and numbers stay whole: a broken IRI cannot be copied.
    return textwrap.fill(
        text or "–",
        _WIDTH,
        initial_indent=indent + first,
        subsequent_indent=indent + "    ",
        break_on_hyphens=False,
        break_long_words=False,
    )

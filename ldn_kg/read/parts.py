"""The parts of a record (an arm, a result, a step of a regimen …), each in one line of words."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri

_TYPE = iri("rdf:type")
_RANKS = ("primary outcome", "secondary outcome", "outcome of unstated rank", "adverse event")
_UNITS = {"MilliGM": "mg", "MicroGM": "µg", "PERCENT": "%", "WK": "weeks", "DAY": "days"}


@dataclass(frozen=True, order=True)
class Part:
    """A part of a record: its place among its like, its words, and what it is called and is.

    `words` is one line; `kind` is the label of its class, such as "arm".
    """

    place: tuple[int, int]
    words: str
    iri: str
    kind: str


def part(dataset: Dataset, name: str, kind: str) -> Part:
    """Return a part by its IRI; the words of a result are its values, interval, p and people."""
    values: dict[str, set[str]] = {}
    for quad in dataset.about(NamedNode(name)):
        local = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        if quad.predicate != _TYPE:
            values.setdefault(local, set()).add(dataset.label(quad.object).rstrip("."))
    facts = {key: ", ".join(sorted(several)) for key, several in values.items()}
    rank = _RANKS.index(facts["type"]) if facts.get("type") in _RANKS else 0
    title = facts.get("label") or f"step {facts.get('position', '')}"
    words = f"{title}: " + "; ".join(text for text in _words(facts) if text)
    return Part((rank, int(facts.get("position", "0"))), words, name, kind)


def _words(facts: dict[str, str]) -> list[str]:
    operator = [facts["pOperator"]] if "pOperator" in facts else []
    return [
        facts.get("type", ""),
        facts.get("description", ""),
        _compared(facts),
        " ".join(["p", *operator, facts["pValue"]]) if "pValue" in facts else "",
        *(facts.get(key, "") for key in ("dose", "frequency", "route", "duration", "favours")),
        f"n = {facts['analysed']}" if "analysed" in facts else "",
        facts.get("note", ""),
        f"read as {facts['readAs']}" if "readAs" in facts else "",
    ]


def _compared(facts: dict[str, str]) -> str:
    unit = _UNITS.get(facts.get("hasUnit", "").rpartition(":")[2], facts.get("unitText", ""))
    pair, counts = _pair(facts, "Value"), _pair(facts, "Count")
    measure = facts.get("effectMeasure", "estimate")
    estimate = f"{measure} {facts['estimate']}" if "estimate" in facts else ""
    interval = " to ".join(facts[key] for key in ("ciLow", "ciHigh") if key in facts)
    values = f"{pair} {unit}".strip() if pair else ""
    people = f"{counts} participants" if counts else ""
    return ", ".join(text for text in (values, people, estimate, interval) if text)


def _pair(facts: dict[str, str], what: str) -> str:
    """Return the figures of both sides, or one; that of the comparator is called so."""
    treatment, comparator = facts.get(f"experimental{what}"), facts.get(f"comparator{what}")
    if treatment and comparator:
        return f"{treatment} v {comparator}"
    return treatment or (f"comparator {comparator}" if comparator else "")

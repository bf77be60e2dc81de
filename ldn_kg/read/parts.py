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
    facts: dict[str, set[str]] = {}
    for quad in dataset.about(NamedNode(name)):
        local = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        if quad.predicate != _TYPE:
            facts.setdefault(local, set()).add(dataset.label(quad.object).rstrip("."))
    one = {key: ", ".join(sorted(values)) for key, values in facts.items()}
    rank = _RANKS.index(one["type"]) if one.get("type") in _RANKS else 0
    title = one.get("label") or f"step {one.get('position', '')}"
    words = f"{title}: " + "; ".join(text for text in _words(one) if text)
    return Part((rank, int(one.get("position", "0"))), words, name, kind)


def _words(one: dict[str, str]) -> list[str]:
    operator = [one["pOperator"]] if "pOperator" in one else []
    return [
        one.get("type", ""),
        one.get("description", ""),
        _compared(one),
        " ".join(["p", *operator, one["pValue"]]) if "pValue" in one else "",
        *(one.get(key, "") for key in ("dose", "frequency", "route", "duration", "favours")),
        f"n = {one['analysed']}" if "analysed" in one else "",
        one.get("note", ""),
        f"read as {one['readAs']}" if "readAs" in one else "",
    ]


def _compared(one: dict[str, str]) -> str:
    unit = _UNITS.get(one.get("hasUnit", "").rpartition(":")[2], one.get("unitText", ""))
    pair = [one[key] for key in ("experimentalValue", "comparatorValue") if key in one]
    counts = [one[key] for key in ("experimentalCount", "comparatorCount") if key in one]
    measure = one.get("effectMeasure", "estimate")
    estimate = f"{measure} {one['estimate']}" if "estimate" in one else ""
    interval = " to ".join(one[key] for key in ("ciLow", "ciHigh") if key in one)
    values = f"{' v '.join(pair)} {unit}".strip() if pair else ""
    people = f"{' v '.join(counts)} participants" if counts else ""
    return ", ".join(text for text in (values, people, estimate, interval) if text)

"""The parts of a record (an arm, a result, a step of a regimen …), each in one line of words."""

from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri

_TYPE = iri("rdf:type")
_RANKS = ("primary outcome", "secondary outcome", "outcome of unstated rank", "adverse event")
_SYMBOL = "SELECT ?symbol WHERE { ?part qudt:hasUnit/qudt:symbol ?symbol }"


class Part(NamedTuple):
    """A part of a record: its place among its like, its words, and what it is called and is.

    `words` is one line; `kind` is the label of its class, such as "arm".
    """

    place: tuple[int, int]
    words: str
    iri: str
    kind: str


def part(dataset: Dataset, name: str, kind: str) -> Part:
    """Return a part by its IRI; the words of a result are its values, interval, p and people.

    Those of a contribution to a synthesis are its study, its effect and where that came from, or
    why it is kept out; those of a rating are its facts and its steps; those of a second reading are
    what was compared and what agreed.
    """
    values: dict[str, set[str]] = {}
    for quad in dataset.about(NamedNode(name)):
        local = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        if quad.predicate != _TYPE:
            values.setdefault(local, set()).add(dataset.label(quad.object).rstrip("."))
    facts = {key: ", ".join(sorted(several)) for key, several in values.items()}
    if "hasUnit" in facts:
        for row in dataset.rows(_SYMBOL, part=NamedNode(name)):
            facts["unit"] = row["symbol"]
    rank = _RANKS.index(facts["type"]) if facts.get("type") in _RANKS else 0
    # The label of a step says what stands in the line anyway.
    title = f"step {facts['position']}" if "position" in facts else facts.get("label", "")
    told = _words
    if "ofResult" in facts:
        title, told = f"{facts.get('study', '')}, {facts['ofResult']}", _brought
    elif "steps" in facts:
        title, told = facts.get("type", ""), _rated
    elif "readingOf" in facts:
        title, told = facts.get("date", ""), _reread
    words = f"{title}: " + "; ".join(text for text in told(facts) if text)
    return Part((rank, int(facts.get("position", "0"))), words, name, kind)


def _words(facts: dict[str, str]) -> list[str]:
    operator = [facts["pOperator"]] if "pOperator" in facts else []
    return [
        facts.get("type", ""),
        facts.get("outcome", ""),
        facts.get("contrast", ""),
        facts.get("description", ""),
        _compared(facts),
        " ".join(["p", *operator, facts["pValue"]]) if "pValue" in facts else "",
        *(facts.get(key, "") for key in ("dose", "frequency", "route", "duration", "favours")),
        f"n = {facts['analysed']}" if "analysed" in facts else "",
        facts.get("note", ""),
        f"read as {facts['readAs']}" if "readAs" in facts else "",
    ]


def _brought(facts: dict[str, str]) -> list[str]:
    """Return what a result brings to a synthesis, or why it is kept out of those of a claim."""
    if "keptOut" in facts:
        return [f"kept out: {facts['keptOut']}"]
    size = _compared(facts) or f"no size known, {_lean(facts)}"
    return [
        size,
        facts.get("finding", "") if "estimate" in facts else "",
        f"standard error from {facts['errorFrom']}" if "errorFrom" in facts else "",
        f"n = {facts['participants']}" if "participants" in facts else "n unknown",
        f"weight {float(facts['weight']):.1f} %" if "weight" in facts else "not pooled",
    ]


def _lean(facts: dict[str, str]) -> str:
    lean = facts.get("lean", "")
    return lean if lean.startswith("leans") else "side not known"


def _rated(facts: dict[str, str]) -> list[str]:
    """Return how far a domain lowers the certainty of a synthesis, and by which facts."""
    steps = int(facts["steps"])
    cost = f"{abs(steps)} step{'s' * (abs(steps) != 1)} down" if steps else "no step down"
    return [facts.get("rating", ""), cost, facts.get("description", "")]


def _reread(facts: dict[str, str]) -> list[str]:
    """Return who read the source a second time, how much was compared, and what was not found."""
    compared = facts.get("compared")
    unseen = facts.get("notSeenAgain")
    return [
        f"by the {facts.get('reader', '')}",
        f"{facts['agreed']} of {compared} figures agreed" if compared else "",
        f"not seen again: {unseen}" if unseen else "",
        facts.get("note", ""),
    ]


def _compared(facts: dict[str, str]) -> str:
    unit = facts.get("unit", facts.get("unitText", ""))
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

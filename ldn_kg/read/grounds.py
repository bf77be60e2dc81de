"""What the answer to a claim on benefit or harm rests on, and how that differs in two releases."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import shorten

_SYNTHESES = """
SELECT ?claim ?synthesis ?name ?decides ?status ?certainty ?domain ?rating ?steps ?facts
WHERE {
  ?synthesis ldn:synthesisOf ?claim ; ldn:outcome|ldn:symptom ?outcome ; ldn:decides ?decides ;
    ldn:status/skos:prefLabel ?status ; ldn:certainty/skos:prefLabel ?certainty ;
    ldn:certaintyRating ?rated .
  ?outcome skos:prefLabel|rdfs:label ?name .
  ?rated dcterms:type/skos:prefLabel ?domain ; ldn:rating/skos:prefLabel ?rating ;
    ldn:steps ?steps ; dcterms:description ?facts .
}
"""
_RESULTS = """
SELECT ?claim ?result ?synthesis ?reason ?measure ?estimate ?low ?high ?people
WHERE {
  ?part a ldn:Contribution ; ldn:consideredFor ?claim ; ldn:ofResult ?result .
  OPTIONAL { ?part ldn:contributesTo ?synthesis }
  OPTIONAL { ?part ldn:keptOut/skos:prefLabel ?reason }
  OPTIONAL { ?part ldn:effectMeasure/skos:prefLabel ?measure }
  OPTIONAL { ?part ldn:estimate ?estimate ; ldn:ciLow ?low ; ldn:ciHigh ?high }
  OPTIONAL { ?part ldn:participants ?people }
}
"""


@dataclass
class Grounds:
    """What an answer rests on; syntheses, domains and results go by prefixed names or words.

    `entered` has the size of each result in its synthesis, `kept_out` the reasons for each result,
    `ratings` the rating of each domain of a synthesis, and `facts` what that follows from.
    """

    entered: dict[tuple[str, str], str] = field(default_factory=dict)
    kept_out: dict[str, set[str]] = field(default_factory=dict)
    ratings: dict[tuple[str, str], str] = field(default_factory=dict)
    facts: dict[tuple[str, str], str] = field(default_factory=dict)
    decides: dict[str, bool] = field(default_factory=dict)
    graded: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def read(self) -> tuple[object, ...]:
        """Return all from which the answer follows."""
        return self.entered, self.kept_out, self.ratings, self.decides


def grounds_of(dataset: Dataset) -> dict[str, Grounds]:
    """Return the grounds of each claim that has any, by its IRI."""
    found: dict[str, Grounds] = {}
    for row in dataset.rows(_SYNTHESES):
        grounds = found.setdefault(row["claim"], Grounds())
        name = shorten(row["synthesis"])
        grounds.names[name] = f"{row['name']} ({name})"
        grounds.decides[name] = row["decides"] == "true"
        grounds.graded[name] = {"status": row["status"], "certainty": row["certainty"]}
        grounds.ratings[name, row["domain"]] = f"{row['rating']} ({row['steps']})"
        grounds.facts[name, row["domain"]] = row["facts"]
    for row in dataset.rows(_RESULTS):
        grounds = found.setdefault(row["claim"], Grounds())
        result = shorten(row["result"])
        if row["synthesis"]:
            grounds.entered[shorten(row["synthesis"]), result] = _size(row)
        else:
            grounds.kept_out.setdefault(result, set()).add(row["reason"])
    return found


def _size(row: dict[str, str]) -> str:
    effect = f"{row['measure']} {row['estimate']}, {row['low']} to {row['high']}"
    people = f"n = {row['people']}" if row["people"] else "n unknown"
    return f"{effect if row['estimate'] else 'no size known'}, {people}"


def differing(old: Grounds, new: Grounds) -> Iterator[str]:
    """Yield in words what differs: results first, then ratings, then the answers by outcome."""
    names = {**old.names, **new.names}
    yield from _results(old, new, names)
    for name in sorted(old.decides.keys() & new.decides.keys()):
        if old.decides[name] != new.decides[name]:
            yield f"{names[name]} {'now' if new.decides[name] else 'no longer'} decides"
        for key in sorted(old.ratings.keys() & new.ratings.keys()):
            before, after = old.ratings[key], new.ratings[key]
            if key[0] == name and before != after:
                yield f"{key[1]} of {names[name]}: {before} → {after}; {new.facts[key]}"
        for what, before in old.graded[name].items():
            after = new.graded[name][what]
            if before != after:
                yield f"{what} of {names[name]}: {before} → {after}"


def _results(old: Grounds, new: Grounds, names: dict[str, str]) -> Iterator[str]:
    """Yield which results entered, left, have another size, or are kept out for other reasons."""
    left = {result for _, result in old.entered.keys() - new.entered.keys()}
    for name, result in sorted({*old.entered, *new.entered}):
        before, after = old.entered.get((name, result)), new.entered.get((name, result))
        if before is None:
            yield f"result entered {names[name]}: {result} ({after})"
        elif after is None:
            yield f"result left {names[name]}: {result}{_now_out(new, result)}"
        elif before != after:
            yield f"size of {result} in {names[name]}: {before} → {after}"
    for result in sorted({*old.kept_out, *new.kept_out} - left):
        before_out, after_out = (_listed(g.kept_out.get(result, set())) for g in (old, new))
        if before_out != after_out:
            yield f"{result} kept out: {before_out or 'no'} → {after_out or 'no'}"


def _now_out(grounds: Grounds, result: str) -> str:
    reasons = _listed(grounds.kept_out.get(result, set()))
    return f", now kept out: {reasons}" if reasons else ""


def _listed(reasons: set[str]) -> str:
    return ", ".join(sorted(reasons))

"""How the dose is built up: each schedule with its steps, placed against the weeks it takes."""

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset

_SCHEDULES = """
SELECT DISTINCT ?regimen ?label ?study ?who ?design ?year
WHERE {
  ?regimen a ldn:Regimen ; rdfs:label ?label .
  OPTIONAL {
    ?study ldn:regimen|ldn:arm/ldn:regimen ?regimen ; rdfs:label ?who ;
      ldn:design/skos:prefLabel ?design .
  }
}
ORDER BY ?who ?regimen
"""
_STEPS = """
SELECT ?regimen ?step ?position ?kind ?dose ?least ?most ?increment ?interval ?duration ?days
WHERE {
  ?regimen ldn:step ?step .
  ?step schema:position ?position ; dcterms:type/skos:prefLabel ?kind .
  OPTIONAL {
    ?step ldn:dose ?amount . ?amount rdfs:label ?dose
    OPTIONAL { ?amount schema:minValue ?least }
    OPTIONAL { ?amount schema:maxValue ?most }
  }
  OPTIONAL { ?step ldn:increment/rdfs:label ?increment }
  OPTIONAL { ?step ldn:interval/rdfs:label ?interval }
  OPTIONAL {
    ?step ldn:duration ?length . ?length rdfs:label ?duration OPTIONAL { ?length ldn:days ?days }
  }
}
ORDER BY ?regimen ?position
"""
_NOTES = "SELECT ?regimen ?note WHERE { ?regimen a ldn:Regimen ; skos:note ?note }"


class Step(NamedTuple):
    """A step of a schedule in words, from which week to which where that is known.

    `start` is None where a step before it has no known length, `end` where it has none itself.
    """

    iri: str
    kind: str
    dose: str
    most: float | None
    raised: str
    duration: str
    start: float | None
    end: float | None

    @property
    def words(self) -> str:
        """The step in a line: its dose, by how much it rises, and for how long."""
        first = self.dose or ("" if self.raised else self.kind)
        return ", ".join(filter(None, (first, self.raised, self.duration)))


class Schedule(NamedTuple):
    """A schedule: its name, the study or guide that has it, and its steps in order."""

    iri: str
    label: str
    study: str
    who: str
    design: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def timed(self) -> bool:
        """True where the weeks of at least one step are known from beginning to end."""
        return any(step.start is not None and step.end is not None for step in self.steps)


def schedules(dataset: Dataset, study: str = "") -> Iterator[Schedule]:
    """Yield all schedules, or those of the study with an IRI."""
    steps: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_STEPS):
        steps.setdefault(row["regimen"], []).append(row)
    notes: dict[str, list[str]] = {}
    for row in dataset.rows(_NOTES):
        notes.setdefault(row["regimen"], []).append(row["note"])
    told = set()
    for row in dataset.rows(_SCHEDULES):
        name = row["regimen"]
        if name in told or (study and row["study"] != study):
            continue
        told.add(name)
        yield Schedule(
            iri=name,
            label=row["label"],
            study=row["study"],
            who=row["who"] or dataset.label(NamedNode(name)),
            design=row["design"],
            steps=tuple(_placed(steps.get(name, []))),
            notes=tuple(sorted(notes.get(name, []))),
        )


def _placed(rows: list[dict[str, str]]) -> Iterator[Step]:
    """Yield the steps with their weeks, as long as each before has a known length."""
    at: float | None = 0.0
    told = set()
    for row in rows:
        if row["step"] in told:
            continue
        told.add(row["step"])
        end = at + float(row["days"]) / 7 if at is not None and row["days"] else None
        raised = f"raised by {row['increment']}" if row["increment"] else ""
        if row["interval"]:
            raised = f"{raised} every {row['interval'].removeprefix('1 ')}".strip()
        yield Step(
            iri=row["step"],
            kind=row["kind"],
            dose=row["dose"],
            most=float(row["most"]) if row["most"] else None,
            raised=raised,
            duration=row["duration"],
            start=at,
            end=end,
        )
        at = end

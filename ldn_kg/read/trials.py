"""All studies, one row each: what in, how, which dose, and what became of them."""

from typing import NamedTuple

from ldn_kg.graph.dataset import Dataset

_STUDIES = """
SELECT ?study ?label ?design ?people ?planned ?conclusion ?state ?unpublished ?retracted ?system
  (MIN(?issued) AS ?year) (SAMPLE(?length) AS ?duration)
  (MIN(?least) AS ?doseMin) (MAX(?most) AS ?doseMax)
WHERE {
  ?study a ldn:Study ; rdfs:label ?label ; ldn:design/skos:prefLabel ?design .
  OPTIONAL { ?study ldn:analysed ?analysed }
  OPTIONAL { ?study ldn:randomised ?randomised }
  OPTIONAL { ?study ldn:enrolled ?enrolled }
  BIND(COALESCE(?analysed, ?randomised, ?enrolled) AS ?people)
  OPTIONAL { ?study ldn:planned ?planned }
  OPTIONAL { ?study ldn:conclusion/skos:prefLabel ?conclusion }
  OPTIONAL { ?study ldn:recruitment/skos:prefLabel ?state }
  OPTIONAL { ?study ldn:system/skos:prefLabel ?system }
  OPTIONAL { ?study ldn:publication/dcterms:issued ?day BIND(STR(?day) AS ?issued) }
  OPTIONAL { ?study ldn:duration/rdfs:label ?length }
  OPTIONAL { ?study ldn:arm ?arm . ?arm ldn:drug drug:naltrexone ; ldn:dailyDoseMax ?most }
  OPTIONAL { ?study ldn:arm ?arm . ?arm ldn:drug drug:naltrexone ; ldn:dailyDoseMin ?least }
  BIND(EXISTS { ?study ldn:notReported ldnc:no-result-published } AS ?unpublished)
  BIND(EXISTS { ?study ldn:publication ?p FILTER EXISTS { ?p ldn:retracted true } } AS ?retracted)
}
GROUP BY ?study ?label ?design ?people ?planned ?conclusion ?state ?unpublished ?retracted ?system
"""
_CONDITIONS = """
SELECT DISTINCT ?study ?condition ?name
WHERE { ?study a ldn:Study ; ldn:condition ?condition . ?condition rdfs:label ?name }
ORDER BY ?name
"""
_REGISTERED = """
SELECT DISTINCT ?study ?id WHERE { ?study a ldn:Study ; schema:identifier ?id } ORDER BY ?id
"""


class StudyRow(NamedTuple):
    """A study in a line; a value that nobody read is "" or None. Doses are in mg a day."""

    iri: str
    label: str
    design: str
    conditions: tuple[tuple[str, str], ...]
    year: str
    people: int | None
    planned: int | None
    least: float | None
    most: float | None
    duration: str
    conclusion: str
    state: str
    awaited: bool
    retracted: bool
    registered: tuple[str, ...]

    @property
    def designs(self) -> tuple[str, ...]:
        """What the design is called, and of a randomised trial that it is one."""
        return (
            (self.design, "randomised") if self.design.startswith("randomised") else (self.design,)
        )

    @property
    def dose(self) -> str:
        """The daily dose in mg, such as "1.5 to 4.5"."""
        ends = [f"{dose:g}" for dose in dict.fromkeys((self.least, self.most)) if dose is not None]
        return " to ".join(ends)


def studies(dataset: Dataset) -> list[StudyRow]:
    """Return all studies, the newest first; those without a year at the end, by name."""
    conditions: dict[str, list[tuple[str, str]]] = {}
    for row in dataset.rows(_CONDITIONS):
        conditions.setdefault(row["study"], []).append((row["name"], row["condition"]))
    registered: dict[str, list[str]] = {}
    for row in dataset.rows(_REGISTERED):
        registered.setdefault(row["study"], []).append(row["id"])
    rows: dict[str, dict[str, str]] = {}
    for row in dataset.rows(_STUDIES):
        rows.setdefault(row["study"], row)
    found = [
        StudyRow(
            iri=row["study"],
            label=row["label"],
            design=row["design"],
            conditions=tuple(conditions.get(row["study"], ())),
            year=row["year"][:4],
            people=_int(row["people"]),
            planned=_int(row["planned"]),
            least=_float(row["doseMin"]),
            most=_float(row["doseMax"]),
            duration=row["duration"],
            conclusion=row["conclusion"].removeprefix("concludes "),
            state=row["state"],
            awaited=row["unpublished"] == "true",
            retracted=row["retracted"] == "true",
            registered=tuple(registered.get(row["study"], ())),
        )
        for row in rows.values()
    ]
    return sorted(found, key=lambda s: (-int(s.year or 0), s.label.casefold(), s.iri))


def _int(digits: str) -> int | None:
    return int(digits) if digits else None


def _float(digits: str) -> float | None:
    return float(digits) if digits else None

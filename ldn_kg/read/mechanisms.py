"""Mechanisms: where each was measured and how, at which doses, and by how many groups."""

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset

_CLAIMS = """
SELECT ?claim ?label ?target ?name ?system ?status ?level ?counterLevel ?chain
  ?for ?against ?groupsFor ?groupsAgainst ?ungroupedFor ?ungroupedAgainst ?category
WHERE {
  %s
  ?claim a ldn:MechanismClaim ; rdfs:label ?label ; rdf:object ?target ;
    ldn:system/skos:prefLabel ?system ; ldn:status/skos:prefLabel ?status .
  ?target rdfs:label|skos:prefLabel ?name .
  OPTIONAL { ?claim ldn:doseCategory/skos:prefLabel ?category }
  OPTIONAL { ?claim ldn:evidenceLevel/skos:notation ?level }
  OPTIONAL { ?claim ldn:counterEvidenceLevel/skos:notation ?counterLevel }
  OPTIONAL { ?claim ldn:chainLevel/skos:notation ?chain }
  OPTIONAL { ?claim ldn:supportingStudies ?for } OPTIONAL { ?claim ldn:disputingStudies ?against }
  OPTIONAL { ?claim ldn:supportingGroups ?groupsFor }
  OPTIONAL { ?claim ldn:disputingGroups ?groupsAgainst }
  OPTIONAL { ?claim ldn:supportingUngrouped ?ungroupedFor }
  OPTIONAL { ?claim ldn:disputingUngrouped ?ungroupedAgainst }
}
ORDER BY ?name ?label ?claim
"""
_NOTES = """
SELECT ?claim ?note WHERE { %s ?claim a ldn:MechanismClaim ; skos:note ?note } ORDER BY ?note
"""
# The doses of what a study gave to people, animals or cells. A line does not say which of them it
# is about, so these are the doses of the study.
_EXPOSURES = """
SELECT DISTINCT ?claim ?study ?who ?direction ?level ?dose ?most ?least ?unit ?setAside
WHERE {
  %s
  ?line ldn:claim ?claim ; ldn:study ?study ; ldn:direction/skos:prefLabel ?direction .
  ?claim a ldn:MechanismClaim .
  ?study rdfs:label ?who .
  OPTIONAL { ?line ldn:lineLevel/skos:notation ?level }
  OPTIONAL {
    ?study ldn:arm ?arm . ?arm ldn:dose ?amount .
    FILTER EXISTS { ?arm dcterms:type ldnc:experimental-arm }
    OPTIONAL { ?amount rdfs:label ?dose }
    OPTIONAL { ?amount qudt:hasUnit ?unit }
    OPTIONAL { ?amount schema:minValue ?least }
    OPTIONAL { ?amount schema:maxValue ?most }
  }
  BIND(EXISTS { ?line ldn:setAside ?why } AS ?setAside)
}
ORDER BY ?claim ?who ?least ?dose
"""
_LEVELS = """
SELECT ?level ?words
WHERE {
  ?concept skos:notation ?level ; skos:definition ?words ; skos:inScheme ldnc:mechanism-support
}
ORDER BY ?level
"""
_MOST_IN_CELLS = """
SELECT ?most WHERE { ldnc:greatest-low-concentration schema:value ?most }
"""
# What people have in their blood, as results of studies at low doses say.
_IN_BLOOD = """
SELECT DISTINCT ?study ?who ?label ?words
WHERE {
  ?study ldn:result ?result ; rdfs:label ?who ; ldn:arm/ldn:dailyDoseMax ?most .
  ?result ldn:outcome ldnc:pharmacokinetics ; rdfs:label ?label ; dcterms:description ?words .
  FILTER(?most <= 10 && (CONTAINS(?label, "serum") || CONTAINS(?label, "plasma")))
}
ORDER BY ?who ?label
"""
_MICROMOLAR = {"MicroMOL-PER-L": 1.0, "NanoMOL-PER-L": 0.001, "MilliMOL-PER-L": 1000.0}
_SAID = {"supports": "found it", "disputes": "did not find it", "inconclusive": "does not decide"}
_SAID_ONLY = {**_SAID, "supports": "says so", "disputes": "says not"}  # nothing was measured
_PEOPLE, _CELLS = ("human",), ("in vitro",)


class Exposure(NamedTuple):
    """A study on a mechanism: what it found, and at which doses or concentrations.

    `reached` is False where all concentrations in its cells are above what counts as a low dose,
    True where one is not, and None where it tells no concentration.
    """

    study: str
    who: str
    said: str
    level: str
    doses: tuple[str, ...]
    counts: bool
    reached: bool | None


class Mechanism(NamedTuple):
    """A claim on a mechanism: where it was looked for, where it stands, and by which studies.

    `level` and `counter_level` run from M1, in people with a group beside them, to M5; "" for none.
    Groups are independent research groups; `ungrouped` are studies of no known group.
    """

    claim: str
    label: str
    target: str
    target_name: str
    system: str
    category: str
    status: str
    level: str
    counter_level: str
    chain: str
    studies: tuple[int, int]
    groups: tuple[int, int]
    ungrouped: tuple[int, int]
    exposures: tuple[Exposure, ...]
    notes: tuple[str, ...]

    @property
    def where(self) -> str:
        """In people, in animals, or in cells."""
        if self.system in _PEOPLE:
            return "in people"
        return "in cells" if self.system in _CELLS else "in animals"

    @property
    def doses(self) -> tuple[str, ...]:
        """The doses of the studies that count, each once."""
        return tuple(dict.fromkeys(d for e in self.exposures if e.counts for d in e.doses))

    @property
    def reached(self) -> bool | None:
        """Whether a study that counts used a concentration that low doses reach; None if unsaid."""
        known = [e.reached for e in self.exposures if e.counts and e.reached is not None]
        return any(known) if known else None


def mechanisms(dataset: Dataset, about: str = "", claim: str = "") -> list[Mechanism]:
    """Return all claims on mechanisms by target, or those on a target, or one claim."""
    pattern, values = "", {}
    if about:
        pattern, values = "?claim rdf:object ?about .", {"about": NamedNode(about)}
    elif claim:
        pattern, values = "VALUES ?claim { ?one }", {"one": NamedNode(claim)}
    notes: dict[str, list[str]] = {}
    for row in dataset.rows(_NOTES % pattern, **values):
        notes.setdefault(row["claim"], []).append(row["note"])
    rows = dataset.rows(_CLAIMS % pattern, **values)
    exposures = _exposures(dataset, pattern, values)
    return [
        Mechanism(
            claim=row["claim"],
            label=row["label"],
            target=row["target"],
            target_name=row["name"],
            system=row["system"],
            category=row["category"],
            status=row["status"],
            level=row["level"],
            counter_level=row["counterLevel"],
            chain=row["chain"],
            studies=(_int(row["for"]), _int(row["against"])),
            groups=(_int(row["groupsFor"]), _int(row["groupsAgainst"])),
            ungrouped=(_int(row["ungroupedFor"]), _int(row["ungroupedAgainst"])),
            exposures=tuple(exposures.get(row["claim"], ())),
            notes=tuple(notes.get(row["claim"], ())),
        )
        for row in rows
    ]


def levels(dataset: Dataset) -> dict[str, str]:
    """Return what each level of a mechanism means, from M1."""
    return {row["level"]: row["words"] for row in dataset.rows(_LEVELS)}


def most_in_cells(dataset: Dataset) -> float:
    """Return the greatest concentration in cells, in micromolar, that counts as a low dose."""
    return float(dataset.rows(_MOST_IN_CELLS)[0]["most"])


def in_blood(dataset: Dataset) -> list[dict[str, str]]:
    """Return what was found in the blood of people at low doses.

    The keys are `study` (IRI), `who`, `label` (of the result) and `words`.
    """
    return dataset.rows(_IN_BLOOD)


def _int(digits: str) -> int:
    return int(digits or 0)


def _exposures(
    dataset: Dataset, pattern: str, values: dict[str, NamedNode]
) -> dict[str, list[Exposure]]:
    greatest = most_in_cells(dataset)
    grouped: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in dataset.rows(_EXPOSURES % pattern, **values):
        key = row["claim"], row["study"], row["direction"]
        grouped.setdefault(key, []).append(row)
    found: dict[str, list[Exposure]] = {}
    for (claim, study, direction), rows in grouped.items():
        first = rows[0]
        exposure = Exposure(
            study=study,
            who=first["who"],
            said=(_SAID_ONLY if first["level"] == "M5" else _SAID).get(direction, direction),
            level=first["level"],
            doses=tuple(dict.fromkeys(row["dose"] for row in rows if row["dose"])),
            counts=first["setAside"] == "false",
            reached=_reached(rows, greatest),
        )
        found.setdefault(claim, []).append(exposure)
    return found


def _reached(rows: Iterable[dict[str, str]], greatest: float) -> bool | None:
    lowest = []
    for row in rows:
        factor = _MICROMOLAR.get(row["unit"].rpartition("/")[2])
        if factor and (row["least"] or row["most"]):
            lowest.append(float(row["least"] or row["most"]) * factor)
    return min(lowest) <= greatest if lowest else None


def place(mechanism: Mechanism) -> tuple[int, str, str, str]:
    """Return where a mechanism stands in a list: in people first, what was measured first."""
    order = ("in people", "in animals", "in cells")
    best = min(filter(None, (mechanism.level, mechanism.counter_level)), default="none")
    where = order.index(mechanism.where)
    return where, best, mechanism.target_name.casefold(), mechanism.label

"""Evidence lines: what each study says of a claim, how near to it that is, and if it counts."""

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset

# In the order of reading. What is beside is shown and speaks neither for nor against.
DIRECTIONS = ("supports", "disputes", "inconclusive", "silent", "beside")
OF_CLAIM = "BIND(?about AS ?claim)"
OF_STUDY = "BIND(?about AS ?study)"
ON_SUBJECT = "?claim rdf:subject|rdf:object ?about ."  # a condition, a drug, a target …

# %s narrows it down. What can be there several times is asked for in rows of its own.
_LINES = """
SELECT DISTINCT ?line ?claim ?study ?who ?direction ?design ?level ?rank ?participants ?why
  ?year ?retracted
WHERE {
  %s
  ?line ldn:claim ?claim ; ldn:study ?study ; ldn:direction/skos:prefLabel ?direction .
  FILTER(ISIRI(?claim))
  ?study ldn:design/skos:prefLabel ?design .
  OPTIONAL { ?study rdfs:label ?who }
  OPTIONAL { ?line ldn:lineLevel/skos:prefLabel ?level }
  OPTIONAL { ?line ldn:lineLevel/schema:position ?rank }
  OPTIONAL { ?line ldn:participants ?participants }
  OPTIONAL { ?line ldn:setAside/skos:prefLabel ?why }
  OPTIONAL {
    ?study ldn:publication/dcterms:issued ?issued
    BIND(SUBSTR(STR(?issued), 1, 4) AS ?year)
  }
  BIND(EXISTS { ?study ldn:publication ?p FILTER EXISTS { ?p ldn:retracted true } } AS ?retracted)
}
"""


class Line(NamedTuple):
    """An evidence line: one study on one claim.

    `claim` and `study` are IRIs, the rest words. `rank` runs from 1, the best level; only lines on
    mechanisms have it and `level`. `participants` is None where their number is unknown, `year` is
    that of the first publication, "" where none is known. A line with a reason in `set_aside` is
    shown but does not count; on benefit and harm its direction is beside.
    """

    iri: str
    claim: str
    study: str
    who: str
    direction: str
    design: str
    level: str
    rank: int | None
    participants: int | None
    year: str
    set_aside: tuple[str, ...]
    retracted: bool

    @property
    def counts(self) -> bool:
        """True where nothing sets the line aside."""
        return not self.set_aside


def lines(dataset: Dataset, where: str, about: NamedNode | None = None) -> list[Line]:
    """Return evidence lines, by direction and then the best first.

    `where` is OF_CLAIM, OF_STUDY, ON_SUBJECT or another pattern that binds ?claim or ?study, with
    `?about` for the record.
    """
    values = {"about": about} if about else {}
    merged: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_LINES % where, **values):
        merged.setdefault(row["line"], []).append(row)
    return sorted((_line(rows) for rows in merged.values()), key=_order)


def _line(rows: list[dict[str, str]]) -> Line:
    """Make one line of rows that differ in what can be there several times."""
    row = rows[0]
    return Line(
        iri=row["line"],
        claim=row["claim"],
        study=row["study"],
        who=row["who"],
        direction=row["direction"],
        design=row["design"],
        level=row["level"],
        rank=_number(row["rank"]),
        participants=_number(row["participants"]),
        year=min(_values(rows, "year"), default=""),
        set_aside=tuple(sorted(_values(rows, "why"))),
        retracted=row["retracted"] == "true",
    )


def _values(rows: Iterable[dict[str, str]], column: str) -> set[str]:
    return {row[column] for row in rows} - {""}


def _number(digits: str) -> int | None:
    return int(digits) if digits else None


def _order(line: Line) -> tuple[object, ...]:
    place = DIRECTIONS.index(line.direction) if line.direction in DIRECTIONS else len(DIRECTIONS)
    return place, line.rank is None, line.rank or 0, line.iri

"""A source document sentence by sentence: what it said, how firmly, and what is known now."""

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.changes import standing

_SENTENCES = """
SELECT DISTINCT ?passage ?place ?paragraph ?sentence ?statement ?said ?hedge ?firmness
  ?expressed ?label ?status ?word ?certainty ?answer
WHERE {
  ?passage oa:hasSource ?document ; rdfs:label ?place ; ldn:paragraph ?paragraph ;
    ldn:sentence ?sentence .
  ?statement dcterms:source ?passage ; dcterms:description ?said ; ldn:hedge ?hedge ;
    ldn:expresses ?expressed .
  ?hedge skos:prefLabel ?firmness .
  OPTIONAL { ?expressed rdfs:label|dcterms:title ?label }
  OPTIONAL { ?expressed ldn:status ?status . ?status skos:prefLabel ?word }
  OPTIONAL { ?expressed ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?expressed ldn:answer ?answer }
}
ORDER BY ?paragraph ?sentence ?said ?label
"""
# How firmly something is said, the firmest first.
_FIRMNESS = ("demonstrated", "asserted", "expected", "implied", "possible", "reported-absent")


class Today(NamedTuple):
    """A claim that a statement expresses, and where it stands; a claim of no status has none."""

    iri: str
    label: str
    status: str
    certainty: str
    answer: str
    place: int


class Statement(NamedTuple):
    """What a sentence says, how firmly, and what is known of it now.

    `others` are what it speaks of that is no claim, such as a dose or a paper.
    """

    iri: str
    passage: str
    where: str
    order: int
    said: str
    firmness: str
    rank: int
    claims: tuple[Today, ...]
    others: tuple[tuple[str, str], ...]

    @property
    def weakest(self) -> int:
        """The place of its weakest claim in the order of standing; the greater the weaker."""
        return max((claim.place for claim in self.claims), default=-1)


def sentences(dataset: Dataset, document: str) -> list[Statement]:
    """Return the statements of a document, in its order."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_SENTENCES, document=NamedNode(document)):
        rows.setdefault(row["statement"], []).append(row)
    return [_statement(name, several) for name, several in rows.items()]


def _statement(name: str, rows: list[dict[str, str]]) -> Statement:
    first = rows[0]
    code = first["hedge"].removeprefix(LDNC)
    claims = [row for row in rows if row["status"]]
    return Statement(
        iri=name,
        passage=first["passage"],
        where=first["place"],
        order=100 * int(first["paragraph"]) + int(first["sentence"]),
        said=first["said"],
        firmness=first["firmness"],
        rank=_FIRMNESS.index(code) if code in _FIRMNESS else len(_FIRMNESS),
        claims=tuple(
            Today(
                row["expressed"],
                row["label"],
                row["word"],
                row["certainty"],
                row["answer"],
                standing(row["status"]),
            )
            for row in claims
        ),
        others=tuple(
            (row["label"] or row["expressed"], row["expressed"])
            for row in rows
            if not row["status"]
        ),
    )


def least_supported(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements of the firmest words that are made, the weakest standing first.

    These are what is said to be demonstrated, where a document says so of anything.
    """
    told = [each for each in statements if each.claims]
    firmest = min((each.rank for each in told), default=0)
    return sorted((each for each in told if each.rank == firmest), key=lambda each: -each.weakest)

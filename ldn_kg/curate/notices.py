"""Retractions, corrections and newer editions of what the dataset has, and what leans on it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    PARTIAL,
    RETRACTION,
    UPDATE,
    Reference,
)
from ldn_kg.curate.bibliography.titles import on_another
from ldn_kg.curate.matching import Entry, Known, Match
from ldn_kg.graph.dataset import Dataset

_SAID = {
    RETRACTION: "was retracted",
    PARTIAL: "was retracted in part",
    CORRECTION: "was corrected",
    CONCERN: "has an expression of concern",
    UPDATE: "has a newer edition",
}
_LEANING = """
SELECT DISTINCT ?study ?leaning
WHERE {
  { ?line ldn:study ?study ; ldn:claim ?leaning }
  UNION { ?leaning ldn:includes|ldn:probablyIncludes ?study }
  UNION { ?leaning ldn:analysisOf ?study }
}
ORDER BY ?study ?leaning
"""
# What corrects a paper stands beside it as a publication of the study, with a label for its title.
_CORRECTED = """
SELECT DISTINCT ?study
WHERE {
  ?study ldn:publication/rdfs:label ?label
  FILTER(REGEX(STR(?label), "^(corrigendum|erratum|correction)"))
}
"""
_SUPERSEDED = "SELECT DISTINCT ?study WHERE { ?newer ldn:supersedes ?study }"


@dataclass(frozen=True)
class Concern:
    """What a notice says of a publication that the dataset has, and whether it is surely that."""

    kind: str
    entry: Entry
    sure: bool = True

    def __str__(self) -> str:
        """Return the words after the name of the publication."""
        return f"{_SAID[self.kind]}; the dataset does not say so"


class Notices:
    """What the dataset says already of retractions and corrections, and what leans on a study."""

    def __init__(self, dataset: Dataset, known: Known) -> None:
        """Ask the dataset once."""
        self._known = known
        self._recorded = {
            CORRECTION: {row["study"] for row in dataset.rows(_CORRECTED)},
            UPDATE: {row["study"] for row in dataset.rows(_SUPERSEDED)},
        }
        self._leaning: dict[str, list[str]] = {}
        for row in dataset.rows(_LEANING):
            self._leaning.setdefault(row["study"], []).append(row["leaning"])

    def concerned(self, reference: Reference, match: Match | None) -> Iterator[Concern]:
        """Yield each publication of the dataset that a record is a notice on.

        A title such as "Corrigendum to …" makes it probable, where no identifier is given.
        """
        identified = False
        for notice in reference.notices:
            on = (
                match
                if notice.on_itself
                else self._known.match(Reference(doi=notice.doi, pmid=notice.pmid))
            )
            if on is None:
                continue
            identified = True
            for entry in on.entries:
                if entry.kind == "publication":
                    yield Concern(notice.kind, entry, on.sure)
        titled = on_another(reference.title or "")
        if titled and not identified:
            for entry in self._known.with_title(Reference(title=titled[1])):
                if entry.kind == "publication":
                    yield Concern(titled[0], entry, sure=False)

    def is_recorded(self, concern: Concern) -> bool:
        """Tell whether the dataset says so already."""
        if concern.kind == RETRACTION:
            return concern.entry.retracted
        return not self._recorded.get(concern.kind, set()).isdisjoint(concern.entry.studies)

    def leaning(self, entry: Entry) -> list[str]:
        """Return the studies of a publication, and the claims and reviews that lean on them."""
        return [name for study in entry.studies for name in (study, *self._leaning.get(study, ()))]

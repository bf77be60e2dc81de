"""Source documents: whether the passages are where the data say they are."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.graph.namespaces import shorten

_DOCUMENTS = """
SELECT ?document ?sha256 WHERE { ?document a ldn:SourceDocument ; ldn:sha256 ?sha256 }
ORDER BY ?document
"""
_PASSAGES = """
SELECT ?passage ?document ?label ?start ?end ?sha256
WHERE {
  ?passage a ldn:Passage ; rdfs:label ?label ; ldn:sha256 ?sha256 ;
    oa:hasSource ?document ; oa:hasSelector [ oa:start ?start ; oa:end ?end ] .
}
ORDER BY ?document ?start
"""


@dataclass(frozen=True)
class Passage:
    """A passage looked up in a copy of its document: where it should be, and where it is."""

    name: str
    label: str
    start: int
    end: int
    place: int | None

    @property
    def matches(self) -> bool:
        """Say whether the text at the recorded place has the recorded digest."""
        return self.place == self.start

    def __str__(self) -> str:
        """Return one line: the passage and what became of it."""
        place = f"{self.name} ({self.label}, characters {self.start}–{self.end})"
        if self.matches:
            return f"{place}: matches"
        if self.place is None:
            return f"{place}: does not match; this copy has another text there"
        end = self.place + self.end - self.start
        return f"{place}: moved; the same text stands at {self.place}–{end}"


def verify_source(
    dataset: Dataset, path: str | Path, document: str | None = None
) -> tuple[Passage, ...]:
    """Compare each passage of a source document with a copy of it, as UTF-8 text.

    Positions count Unicode code points from 0, the end excluded (Web Annotation,
    oa:TextPositionSelector); digests are SHA-256 of the UTF-8 bytes. Without a document, the one
    whose own digest is that of the copy is meant, or the only one that there is. Raises LdnKgError
    for a file that cannot be read and where it is not clear which document is meant.
    """
    copy = text(Path(path))
    chosen = _choose(dataset, copy, document)
    recorded = (row for row in dataset.rows(_PASSAGES) if row["document"] == chosen)
    passages = tuple(_look_up(copy, row) for row in recorded)
    if not passages:
        raise LdnKgError(f"{shorten(chosen)} has no passage to compare.")
    return passages


def _choose(dataset: Dataset, copy: str, document: str | None) -> str:
    digests = {row["document"]: row["sha256"] for row in dataset.rows(_DOCUMENTS)}
    named = [iri for iri in digests if document in (iri, shorten(iri), iri.rpartition("/")[2])]
    same = [iri for iri, sha256 in digests.items() if sha256 == _digest(copy)]
    fits = named if document else same or list(digests)
    if len(fits) != 1:
        names = ", ".join(shorten(iri) for iri in digests) or "none"
        raise LdnKgError(f"Name the document by --document; the documents are: {names}.")
    return fits[0]


def _look_up(copy: str, row: dict[str, str]) -> Passage:
    start, end = int(row["start"]), int(row["end"])
    length = end - start
    here = (start, *range(len(copy) - length + 1))
    place = next((at for at in here if _digest(copy[at : at + length]) == row["sha256"]), None)
    return Passage(shorten(row["passage"]), row["label"], start, end, place)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()

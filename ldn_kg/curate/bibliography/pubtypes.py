"""The types by which PubMed says that a publication is retracted, or is a notice on another."""

from collections.abc import Iterable, Iterator

from ldn_kg.curate.bibliography.reference import RETRACTION, Notice

# https://www.nlm.nih.gov/mesh/pubtypes.html
NOTICE_TYPES = frozenset(
    (
        "Published Erratum",
        "Retraction of Publication",
        "Retraction Notice",
        "Expression of Concern",
    )
)


def retracted_types(types: Iterable[str]) -> Iterator[Notice]:
    """Yield that the record itself was retracted, where one of its types says so."""
    if "Retracted Publication" in types:
        yield Notice(RETRACTION)

"""The papers behind the dataset, or behind the answer to a question, for reference managers."""

from collections.abc import Mapping

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.questions import Value, query
from ldn_kg.read.paper_forms import WRITERS
from ldn_kg.read.papers import Paper, papers

FORMATS = tuple(WRITERS)
_EVERY_STUDY = "trials"  # the question that parameters are for where none is named
_STUDIES = """
SELECT DISTINCT ?part ?study
WHERE {
  { ?study a ldn:Study BIND(?study AS ?part) }
  UNION { ?study ldn:arm|ldn:result|ldn:regimen ?part }
  UNION { ?part ldn:study ?study }
}
"""


def bibliography(
    dataset: Dataset,
    form: str = "ris",
    parameters: Mapping[str, Value] | None = None,
    *,
    included_in: str | None = None,
) -> str:
    """Return the papers of the dataset in RIS, BibTeX, CSL-JSON or NBIB (see FORMATS).

    With `included_in`, the name of a question or a SPARQL text, they are the papers of the studies
    that its rows contain, whole or a part of them, and the papers that its rows contain. The
    parameters are those of that question; without it, those of "trials", which lists every study.
    A study without a paper is there as its registration. NBIB holds the papers that PubMed has.

    Raises LdnKgError for an unknown format, question or parameter, and where there is no paper.
    """
    return write(chosen(dataset, parameters, included_in), form)


def chosen(
    dataset: Dataset,
    parameters: Mapping[str, Value] | None = None,
    included_in: str | None = None,
) -> list[Paper]:
    """Return the papers that `bibliography` writes, by their keys."""
    expect_dataset(dataset)
    every = sorted(papers(dataset), key=lambda paper: paper.key)
    if included_in is None and not parameters:
        return every
    question = included_in or _EVERY_STUDY
    rows = list(query(dataset, question, parameters))
    named = {value for row in rows for value in row.values() if isinstance(value, str)}
    studies = {row["study"] for row in dataset.rows(_STUDIES) if row["part"] in named}
    found = [p for p in every if p.iri in named or studies & {*p.studies}]
    if not found:
        told = "contain no study that has a paper" if rows else "are none"
        raise LdnKgError(
            f"There is nothing to write: the rows of {question!r} {told}. `ldn-kg query` lists the "
            "questions and their parameters."
        )
    return found


def write(found: list[Paper], form: str) -> str:
    """Return papers in one of FORMATS; raise LdnKgError for another, and where none would stay."""
    if form not in WRITERS:
        raise LdnKgError(f"There is no format {form!r}; the formats are {', '.join(FORMATS)}.")
    written = WRITERS[form](found)
    if not written:
        raise LdnKgError(
            f"None of the {len(found)} papers has a PubMed identifier, which NBIB needs; "
            "take another format."
        )
    return written


def left_out(found: list[Paper], form: str) -> int:
    """Return how many papers a format cannot hold: those without a PubMed identifier, in NBIB."""
    return sum(not paper.pmid for paper in found) if form == "nbib" else 0

"""How the literature was searched and screened: the flow of PRISMA 2020, and what left it.

https://doi.org/10.1136/bmj.n71
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.graph.questions import query

# The rows of the diagram: what goes on, and beside it what leaves.
_ROWS = (
    (
        ("records-from-databases", "records-from-registers", "records-from-other-methods"),
        "records-removed",
    ),
    (("records-screened",), "records-excluded"),
    (("reports-sought",), "reports-not-retrieved"),
    (("reports-assessed",), "reports-excluded"),
    (("studies-included", "reports-included"), ""),
)


_FOUND = """
SELECT (COUNT(DISTINCT ?study) AS ?all) (COUNT(DISTINCT ?known) AS ?found)
WHERE { ?study a ldn:Study OPTIONAL { ?study ldn:foundBy ?search BIND(?study AS ?known) } }
"""


@dataclass(frozen=True)
class Box:
    """A box of the diagram: `count` is None where it is not recorded.

    `reasons` are those of the exclusions in it, each with their number; one has often several.
    """

    iri: str
    label: str
    phase: str
    count: int | None
    known: str
    counted_from: str
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """Return the number as it may be said: "305", "at least 31" or "not recorded"."""
        if self.count is None or self.known == "not recorded":
            return "not recorded"
        return f"{self.count:,}" if self.known == "recorded" else f"{self.known} {self.count:,}"


class Step(NamedTuple):
    """A row of the diagram: the boxes that go on, and the one that leaves, if there is one."""

    phase: str
    onward: tuple[Box, ...]
    leaving: Box | None


class Excluded(NamedTuple):
    """A report that was not taken: its exclusion, its box in words, and its reasons in words."""

    iri: str
    label: str
    box: str
    reasons: tuple[str, ...]
    duplicate_of: str


def flow(dataset: Dataset) -> list[Step]:
    """Return the rows of the diagram from the top."""
    boxes = {box.iri.removeprefix(LDNC): box for box in _boxes(dataset)}
    return [
        Step(boxes[onward[0]].phase, tuple(boxes[key] for key in onward), boxes.get(leaving))
        for onward, leaving in _ROWS
    ]


def _boxes(dataset: Dataset) -> Iterator[Box]:
    reasons: dict[str, Counter[str]] = {}
    for report in excluded(dataset):
        reasons.setdefault(report.box, Counter()).update(report.reasons)
    for row in query(dataset, "prisma"):
        label = dataset.label(NamedNode(row["box"]))
        counted = sorted(
            reasons.get(label, Counter()).items(), key=lambda pair: (-pair[1], pair[0])
        )
        yield Box(
            row["box"],
            label,
            row["phase"],
            None if row["count"] is None else int(row["count"]),
            row["known"],
            row["countedFrom"],
            tuple(counted),
        )


def excluded(dataset: Dataset) -> list[Excluded]:
    """Return the reports that were looked at and not taken, by their labels."""
    found: dict[str, Excluded] = {}
    for row in query(dataset, "exclusions"):
        known = found.get(row["exclusion"])
        found[row["exclusion"]] = Excluded(
            row["exclusion"],
            row["report"],
            row["box"],
            (*(known.reasons if known else ()), row["reason"]),
            row["standsFor"] or "",
        )
    return sorted(found.values(), key=lambda each: each.label.casefold())


def searches(dataset: Dataset) -> list[dict[str, str]]:
    """Return the searches, those by the curators first, the newest first.

    The keys are the columns of the question `searches`; what is not recorded is "".
    """
    answer = query(dataset, "searches")
    rows = [
        {column: "" if row[column] is None else str(row[column]) for column in answer.columns}
        for row in answer
    ]
    by_words = sorted(rows, key=lambda row: row["lookedFor"].casefold())
    newest = sorted(by_words, key=lambda row: row["searchedOn"], reverse=True)
    return sorted(newest, key=lambda row: bool(row["source"]))


def found_by(dataset: Dataset) -> tuple[int, int]:
    """Return of how many studies a search is recorded that found them, and how many there are."""
    (row,) = dataset.rows(_FOUND)
    return int(row["found"]), int(row["all"])

"""The evidence map: what low-dose naltrexone was tested in, and on which outcomes."""

from collections.abc import Iterable
from typing import NamedTuple

from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.findings import Finding
from ldn_kg.read.summary import ClaimAnswer

# The columns: outcome domains that a reader looks for under one word; all others are in the last.
_COLUMNS = {
    "Pain": {
        "pain-intensity",
        "pain-interference",
        "experimental-pain",
        "attack-frequency",
        "attack-relief",
    },
    "Fatigue, sleep": {"fatigue-severity", "sleep-quality"},
    "Mood, thinking": {"mood", "cognition", "behaviour"},
    "Function, quality of life": {
        "function",
        "motor-function",
        "quality-of-life",
        "mental-quality-of-life",
        "physical-quality-of-life",
        "global-impression",
    },
    "Disease, symptoms": {
        "symptom-severity",
        "itch-severity",
        "spasticity",
        "disease-activity",
        "response",
        "remission",
        "endoscopic-response",
        "survival",
        "progression",
        "tumour-response",
    },
}
_OTHERS = "Other"
COLUMNS = (*_COLUMNS, _OTHERS)
_CERTAINTIES = ("high", "moderate", "low", "very low", "")


class Row(NamedTuple):
    """A condition with its answer: the findings under each column, and how much was compared.

    `trials` and `people` count the same people once; `people` is None where nobody said.
    """

    answer: ClaimAnswer
    cells: tuple[tuple[Finding, ...], ...]
    trials: int
    people: int | None


def evidence_map(answers: Iterable[ClaimAnswer]) -> list[Row]:
    """Return the rows of the answers on low-dose naltrexone: the most certain, then the largest."""
    low = [a for a in answers if not a.is_harm and a.dose == f"{LDNC}low-dose"]
    return sorted(map(row, low), key=_place)


def row(answer: ClaimAnswer) -> Row:
    """Return the row of an answer."""
    people: dict[str, int] = {}
    for finding in answer.findings:
        for study in finding.studies:
            people[study.people_of] = max(people.get(study.people_of, 0), study.participants or 0)
    cells = tuple(
        tuple(finding for finding in answer.findings if _column(finding) == column)
        for column in COLUMNS
    )
    return Row(answer, cells, len(people), sum(people.values()) or None)


def _column(finding: Finding) -> str:
    outcome = finding.outcome_iri.removeprefix(LDNC)
    return next((name for name, outcomes in _COLUMNS.items() if outcome in outcomes), _OTHERS)


def _place(row: Row) -> tuple[int, int, int, str]:
    certainty = _CERTAINTIES.index(row.answer.certainty)
    return certainty, -row.trials, -(row.people or 0), row.answer.subject.lower()

"""What a registry's entry says that the dataset does not: results, state, dates, people."""

from collections.abc import Iterator
from dataclasses import dataclass

from ldn_kg.curate.bibliography.reference import RegistryEntry
from ldn_kg.graph.dataset import Dataset

# The states of ClinicalTrials.gov, https://clinicaltrials.gov/data-api/about-api/study-data-structure
# and ours: ontology/concepts/recruitment-states.ttl.
STATES = {
    "NOT_YET_RECRUITING": "not-yet-recruiting",
    "RECRUITING": "recruiting",
    "ENROLLING_BY_INVITATION": "recruiting",
    "ACTIVE_NOT_RECRUITING": "active-not-recruiting",
    "COMPLETED": "ended",
    "TERMINATED": "stopped-early",
    "SUSPENDED": "stopped-early",
    "WITHDRAWN": "never-started",
    "UNKNOWN": "state-unknown",
}
_RECORDED = """
SELECT ?study ?state ?stateLabel ?ends ?planned ?enrolled ?awaited
WHERE {
  ?study a ldn:Study .
  OPTIONAL { ?study ldn:recruitment ?state . ?state skos:prefLabel ?stateLabel }
  OPTIONAL { ?study ldn:ends ?ends }
  OPTIONAL { ?study ldn:planned ?planned }
  OPTIONAL { ?study ldn:enrolled ?enrolled }
  BIND(EXISTS { ?study ldn:notReported ldnc:no-result-published } AS ?awaited)
}
ORDER BY ?study
"""


@dataclass(frozen=True)
class Recorded:
    """What the dataset has of a study that a registry may have news of; "" is not known.

    `awaited` is whether the study has no published result.
    """

    state: str
    label: str
    ends: str
    planned: str
    enrolled: str
    awaited: bool


def recorded(dataset: Dataset) -> dict[str, Recorded]:
    """Map the IRI of each study to what the dataset has of it."""
    return {
        row["study"]: Recorded(
            state=row["state"].rpartition("/")[2],
            label=row["stateLabel"],
            ends=row["ends"],
            planned=row["planned"],
            enrolled=row["enrolled"],
            awaited=row["awaited"] == "true",
        )
        for row in dataset.rows(_RECORDED)
    }


@dataclass(frozen=True)
class Change:
    """What was said of a trial and what is said now: results, state, start, end or people."""

    what: str
    old: str
    new: str


def news(entry: RegistryEntry, known: Recorded) -> Iterator[Change]:
    """Yield what an entry says otherwise than the dataset.

    Of a study whose results are recorded, the state of its registration is no news.
    """
    if not known.awaited:
        return
    if entry.has_results or entry.results_posted:
        yield Change("results", "none", _posted(entry))
    state = STATES.get(entry.status or "")
    if state and known.state and state != known.state:
        yield Change("state", known.label, words(entry.status))
    ends = entry.completion or entry.primary_completion
    if ends and known.ends and not _fits(known.ends, entry.completion, entry.primary_completion):
        yield Change("end", known.ends, ends)
    counts = {"planned": known.planned, "enrolled": known.enrolled}
    if entry.enrolled is not None:
        counts = {name: n for name, n in counts.items() if (name == "enrolled") == entry.enrolled}
    told = {name: count for name, count in counts.items() if count}
    if entry.enrolment is not None and told and str(entry.enrolment) not in told.values():
        yield Change("people", ", ".join(f"{n} {name}" for name, n in told.items()), people(entry))


def changes(old: RegistryEntry, new: RegistryEntry) -> Iterator[Change]:
    """Yield what a registry says otherwise than it did."""
    if (new.has_results or new.results_posted) and not (old.has_results or old.results_posted):
        yield Change("results", "none", _posted(new))
    pairs = {
        "state": (words(old.status), words(new.status)),
        "start": (old.start or "", new.start or ""),
        "end of the main outcome": (old.primary_completion or "", new.primary_completion or ""),
        "end": (old.completion or "", new.completion or ""),
        "people": (people(old), people(new)),
    }
    for what, (before, now) in pairs.items():
        if now and now != before and not (what == "state" and not new.status):
            yield Change(what, before, now)


def people(entry: RegistryEntry) -> str:
    """Return how many people, and whether they entered or are planned, where that is said."""
    if entry.enrolment is None:
        return ""
    said = {True: " enrolled", False: " planned", None: ""}[entry.enrolled]
    return f"{entry.enrolment}{said}"


def _posted(entry: RegistryEntry) -> str:
    return f"posted on {entry.results_posted}" if entry.results_posted else "posted"


def words(state: str | None) -> str:
    """Return a state of ClinicalTrials.gov in words: `active, not recruiting`."""
    return (state or "not said").lower().replace("_", " ").replace("active not", "active, not")


def _fits(ends: str, *dates: str | None) -> bool:
    """Tell whether a date is one of some, as exactly as both are known."""
    return any(date[: len(ends)] == ends[: len(date)] for date in dates if date)

"""What of an export is new: each record beside the dataset, what was excluded, and the others.

The record goes on by `ldn-kg new --from`, in Rayyan or in ASReview.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ldn_kg.curate.bibliography.reading import Export, read_export
from ldn_kg.curate.bibliography.reference import Reference, RegistryEntry
from ldn_kg.curate.known import known
from ldn_kg.curate.matching import IDENTIFIERS, Entry, Known, Match
from ldn_kg.curate.news import news, recorded
from ldn_kg.curate.notices import Notices
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import shorten

NEW, NEWS, KNOWN = "new", "known with news", "known"
EXCLUDED, DUPLICATE, NOTICE = "excluded before", "duplicate", "notice on another paper"
OUTCOMES = (NEW, NEWS, KNOWN, EXCLUDED, DUPLICATE, NOTICE)
_MOST_NAMED = 2  # registrations: a record that names more is a review of trials
_REASONS = """
SELECT DISTINCT ?exclusion ?reason ?decided
WHERE {
  ?exclusion a ldn:Exclusion ; ldn:exclusionReason/skos:prefLabel ?reason ; dcterms:date ?decided
}
ORDER BY ?exclusion ?reason
"""


@dataclass(frozen=True)
class Screened:
    """A record of an export and what became of it.

    `outcome` is one of OUTCOMES. `record` is the IRI of the publication, study or exclusion, or
    `file:number` of the record that it repeats; `by` says by what it is the same, and `sure` is
    False where that is only probable. `news` and `notes` are sentences. `leaning` are the studies,
    claims and reviews that lean on a paper that was retracted, corrected or doubted.
    """

    file: Path
    number: int
    reference: Reference
    outcome: str
    record: str | None = None
    studies: tuple[str, ...] = ()
    by: str | None = None
    sure: bool = True
    news: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    leaning: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screening:
    """The records of some exports in their order, and a sentence for each that is malformed."""

    records: tuple[Screened, ...]
    faults: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many records have each outcome."""
        found = Counter(record.outcome for record in self.records)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def to_look_at(self) -> tuple[Screened, ...]:
        """What a person has to look at: the new, and what is known or excluded only probably.

        Among these is a publication that may be the first of a registered study.
        """
        return tuple(
            record
            for record in self.records
            if record.outcome == NEW
            or (record.outcome in (KNOWN, NEWS, EXCLUDED) and not record.sure)
        )


def screen(dataset: Dataset, paths: Iterable[str | Path]) -> Screening:
    """Compare the records of bibliographic files with the dataset and with each other.

    The files are RIS, NBIB, BibTeX, CSL-JSON or Crossref's JSON, PubMed's XML and CSV,
    ClinicalTrials.gov's JSON and CSV, Retraction Watch's CSV and other tables with known columns.
    Raises LdnKgError for a file of which nothing can be read.
    """
    expect_dataset(dataset)
    exports = [read_export(path) for path in paths]
    return screen_exports(dataset, exports)


def screen_exports(dataset: Dataset, exports: Sequence[Export]) -> Screening:
    """Compare the records of exports that are read; see `screen`."""
    desk = _Desk(dataset)
    records = [
        desk.screened(export.path, number, reference)
        for export in exports
        for number, reference in export.records.items()
    ]
    return Screening(tuple(records), tuple(fault for e in exports for fault in e.faults))


class _Desk:
    """What a record is compared with: what is known, and the records before it."""

    def __init__(self, dataset: Dataset) -> None:
        self._known = known(dataset)
        self._recorded = recorded(dataset)
        self._notices = Notices(dataset, self._known)
        self._before = Known()
        self._reasons: dict[str, list[str]] = {}
        for row in dataset.rows(_REASONS):
            self._reasons.setdefault(row["exclusion"], []).append(row["reason"])

    def screened(self, path: Path, number: int, reference: Reference) -> Screened:
        """Return what becomes of a record, and keep it for those after it."""
        told = self._told(Screened(path, number, reference, NEW))
        listed = _is_listed(reference)
        repeated = None if listed else self._before.match(reference)
        if not listed:
            self._before.add(Entry(f"{path}:{number}", "record", reference))
        if repeated is None or told.news:
            return told
        again = repeated.entry.name
        if repeated.sure:
            return replace(told, outcome=DUPLICATE, record=again, by=repeated.by, sure=True)
        return replace(told, notes=(*told.notes, f"probably the same as {again}, by {repeated.by}"))

    def _told(self, record: Screened) -> Screened:
        """Return what the dataset says of a record, whatever the records before it."""
        reference = record.reference
        sought = _identifiers(reference) if _is_listed(reference) else reference
        match = self._known.match(sought)
        concerns = list(self._notices.concerned(reference, match))
        said = [c for c in concerns if not self._notices.is_recorded(c)]
        if match and not (reference.is_notice and said):
            record = self._known_as(record, match)
        elif concerns:
            first = (said or concerns)[0]
            record = replace(record, outcome=KNOWN, by="what it is a notice on", sure=first.sure)
            record = _as(record, first.entry)
        elif reference.is_notice:
            return replace(record, outcome=NOTICE)
        else:
            return self._registered(record)
        told = [f"{shorten(c.entry.name)} {c}" for c in said]
        leaning = [name for c in said for name in self._notices.leaning(c.entry)]
        return replace(
            record,
            outcome=NEWS if told or record.news else record.outcome,
            news=tuple(dict.fromkeys((*record.news, *told))),
            leaning=tuple(dict.fromkeys(leaning)),
        )

    def _known_as(self, record: Screened, match: Match) -> Screened:
        """Return a record as what it matches, with what a registry has of news."""
        reference, entry = record.reference, match.entry
        studies = dict.fromkeys(study for e in match.entries for study in e.studies)
        found: list[str] = []
        for study in studies if reference.entry and entry.kind != "exclusion" else ():
            found += self._of_registry(study, reference.entry)
        excluded = entry.kind == "exclusion"
        notes = self._reasons.get(entry.name, []) if excluded else []
        if match.by in IDENTIFIERS.values() and not match.sure:
            notes = [*notes, f"has the {match.by} of {shorten(entry.name)}, but another title"]
        return replace(
            record,
            outcome=EXCLUDED if excluded else NEWS if found else KNOWN,
            record=entry.name,
            studies=tuple(studies),
            by=match.by,
            sure=match.sure,
            news=tuple(found),
            notes=tuple(notes),
        )

    def _of_registry(self, study: str, entry: RegistryEntry | None) -> list[str]:
        if entry is None or study not in self._recorded:
            return []
        return [
            f"{shorten(study)}, {change.what}: {change.new}; the dataset says {change.old}"
            for change in news(entry, self._recorded[study])
        ]

    def _registered(self, record: Screened) -> Screened:
        """Return a record that may be the first publication of a study, or is new.

        A record that names a registration of which there is a publication already may be another
        report of the same people: that is a note. What has the title of a known paper, and another
        year or other numbers, may be another edition.
        """
        reference = record.reference
        named = self._known.registered(reference)
        first = [entry for entry in named if entry.kind == "registration"]
        if first and len(reference.registrations) <= _MOST_NAMED:
            return replace(
                record,
                outcome=NEWS,
                record=first[0].name,
                studies=first[0].studies,
                by="registration",
                sure=False,
                news=(
                    f"it may be a publication of {shorten(first[0].name)}, of which the dataset "
                    "has none",
                ),
            )
        notes = [f"names a registration of {shorten(entry.name)}" for entry in named]
        notes += [
            f"has the title of {shorten(entry.name)}, but another year or other identifiers"
            for entry in self._known.with_title(reference)
        ]
        return replace(record, notes=tuple(notes))


def _as(record: Screened, entry: Entry) -> Screened:
    return replace(record, record=entry.name, studies=entry.studies)


def _is_listed(reference: Reference) -> bool:
    """Tell whether a record is a row of a list of retractions, and no report of its own."""
    return (
        reference.is_notice
        and all(notice.on_itself for notice in reference.notices)
        and not (reference.abstract or reference.volume)
    )


def _identifiers(reference: Reference) -> Reference:
    """Return a record with its identifiers alone, where it has some: a list is long."""
    if not (reference.doi or reference.pmid):
        return reference
    return Reference(doi=reference.doi, pmid=reference.pmid)

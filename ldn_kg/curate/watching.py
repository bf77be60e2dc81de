"""What changed in a registry: between two exports, or since the dataset was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ldn_kg.curate.bibliography.reading import Export, read_export
from ldn_kg.curate.bibliography.reference import Reference
from ldn_kg.curate.known import known
from ldn_kg.curate.matching import registration_key
from ldn_kg.curate.news import Change, Recorded, changes, news, people, recorded, words
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset


@dataclass(frozen=True)
class Watched:
    """A change of a trial: its number and title, our studies of it, whether results are awaited."""

    number: str
    title: str
    studies: tuple[str, ...]
    awaited: bool
    change: Change


@dataclass(frozen=True)
class Watch:
    """The changes, how many trials were compared, and a sentence for each malformed record."""

    changes: tuple[Watched, ...]
    compared: int
    faults: tuple[str, ...]


def watch(dataset: Dataset, new: str | Path, old: str | Path | None = None) -> Watch:
    """Return what an export of ClinicalTrials.gov says otherwise than an older one.

    A trial that only one of them has is a change, too. Without an older one the dataset takes its
    place, and trials that it does not have are passed over: `screen` lists them. Raises LdnKgError
    for a file without an entry of a registry.
    """
    expect_dataset(dataset)
    now = read_export(new)
    entries = _entries(now)
    here = known(dataset)
    of_studies = recorded(dataset)
    before_export = read_export(old) if old is not None else None
    before = _entries(before_export) if before_export else {}
    found: list[Watched] = []
    compared = 0
    for key, reference in sorted({**before, **entries}.items()):
        match = here.match(reference)
        studies = match.entries if match else ()
        names = tuple(dict.fromkeys(s for e in studies for s in e.studies))
        awaited = any(s in of_studies and of_studies[s].awaited for s in names)
        said: list[Change] = []
        if before_export:
            compared += key in before and key in entries
            said = list(_since(before.get(key), entries.get(key)))
        else:
            compared += bool(names)
            said = [c for s in names if s in of_studies for c in _news(reference, of_studies[s])]
        found += [
            Watched(_number(reference), reference.title or "", names, awaited, change)
            for change in dict.fromkeys(said)
        ]
    faults = (*(before_export.faults if before_export else ()), *now.faults)
    return Watch(tuple(found), compared, faults)


def _entries(export: Export) -> dict[str, Reference]:
    """Map the number of each trial to its record. Raises LdnKgError where there is none."""
    found = {
        registration_key(record.entry.number): record
        for record in export.records.values()
        if record.entry
    }
    if not found:
        raise LdnKgError(
            f"{export.path} holds no entry of a registry; export trials from ClinicalTrials.gov as "
            "JSON or CSV."
        )
    return found


def _number(reference: Reference) -> str:
    return reference.entry.number if reference.entry else ""


def _since(old: Reference | None, new: Reference | None) -> Iterator[Change]:
    if new is None:
        yield Change("registration", "in the old export", "not in the new one")
    elif new.entry and old and old.entry:
        yield from changes(old.entry, new.entry)
    elif new.entry:
        told = ", ".join(filter(None, [words(new.entry.status), people(new.entry)]))
        yield Change("registration", "not in the old export", told)


def _news(reference: Reference, of_study: Recorded) -> Iterator[Change]:
    if reference.entry:
        yield from news(reference.entry, of_study)

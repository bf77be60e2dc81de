"""Reads a bibliographic file, and finds the record that is meant."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ldn_kg.curate.bibliography.bibtex import read_bibtex
from ldn_kg.curate.bibliography.fields import clean, tidy
from ldn_kg.curate.bibliography.json_text import read_json
from ldn_kg.curate.bibliography.nbib import read_nbib
from ldn_kg.curate.bibliography.pubmed import read_pubmed
from ldn_kg.curate.bibliography.reference import Malformed, Reference
from ldn_kg.curate.bibliography.ris import read_ris
from ldn_kg.curate.bibliography.tables import read_table
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.files import text
from ldn_kg.graph.names import plain

_INSTALL = "pip install 'ldn-kg[curate]' installs it"
_MOST = 10  # records that a message lists
Read = Callable[[str], Iterator[Reference | Malformed]]
_READERS: dict[str, Read] = {
    ".ris": read_ris,
    ".bib": read_bibtex,
    ".json": read_json,
    ".nbib": read_nbib,
    ".xml": read_pubmed,
    ".csv": read_table,
    ".tsv": read_table,
}
_FORMATS = "RIS, BibTeX, CSL-JSON, NBIB, PubMed XML, ClinicalTrials.gov JSON and CSV"


@dataclass(frozen=True)
class Export:
    """A file's records by their numbers, from 1, and a sentence for each that is malformed."""

    path: Path
    records: dict[int, Reference]
    faults: tuple[str, ...]


def read_export(path: str | Path) -> Export:
    """Return the records of a bibliographic file that can be read, and what is wrong with the rest.

    The format follows from the ending (ris, bib, json, nbib, xml, csv, tsv), else from how the text
    begins. Raises LdnKgError where no record can be read, and where the package that reads a format
    is not installed.
    """
    path = Path(path)
    records: dict[int, Reference] = {}
    faults: list[str] = []
    for number, record in _read(path):
        if isinstance(record, Malformed):
            faults.append(f"{path}: {record}.")
        else:
            records[number] = record
    if not records:
        listed = "".join(f"\n  {fault}" for fault in faults[:_MOST])
        raise LdnKgError(f"{path} holds no record that can be read:{listed}")
    return Export(path, records, tuple(faults))


def read_references(path: str | Path) -> tuple[Reference, ...]:
    """Return the records of a bibliographic file, at least one; see `read_export`.

    Raises LdnKgError also for the first record that is malformed, with its number.
    """
    records: list[Reference] = []
    for _, record in _read(Path(path)):
        if isinstance(record, Malformed):
            raise LdnKgError(f"{path}: {record}.")
        records.append(record)
    return tuple(records)


def _read(path: Path) -> Iterator[tuple[int, Reference | Malformed]]:
    """Yield each record, or what is wrong with it, and its number. Finding none is an error."""
    content = text(path).removeprefix("\ufeff")
    read = _READERS.get(path.suffix.lower())
    if read in (None, read_ris, read_nbib):  # PubMed's own format is often called RIS
        read = _by_content(content) or read
    if read is None:
        raise LdnKgError(f"{path} is none of {_FORMATS}; export it as one.")
    number = 0
    try:
        for number, record in enumerate(read(content), 1):
            yield number, _named(number, record)
    except Malformed as error:
        raise LdnKgError(f"{path}: {error}.") from error
    except ModuleNotFoundError as error:
        package = (error.name or "another package").partition(".")[0]
        raise LdnKgError(f"{path} needs {package}: {_INSTALL}.") from error
    if not number:
        raise LdnKgError(f"{path} holds no record; export it again, or type what you know.")


def _named(number: int, record: Reference | Malformed) -> Reference | Malformed:
    """Return a record, or that nothing in it tells which publication it is of."""
    if isinstance(record, Malformed) or record.title or record.doi or record.pmid or record.entry:
        return record
    return Malformed(number, "names no title, no DOI and no PubMed identifier")


def _by_content(content: str) -> Read | None:
    """Return the reader that the first line that says something asks for."""
    marks: dict[str, Read] = {
        r"TY  -": read_ris,
        r"PMID *-": read_nbib,
        r"@\w+\s*[{(]": read_bibtex,
        r"\s*[\[{]": read_json,
        r"\s*<\?xml|\s*<!DOCTYPE PubmedArticleSet|\s*<Pubmed": read_pubmed,
    }
    for line in filter(str.strip, content.splitlines()):
        for mark, reader in marks.items():
            if re.match(mark, line):
                return reader
    return None


def choose(path: str | Path, wanted: str | None = None) -> Reference:
    """Return the record of a file that is wanted: by number from 1, DOI, PubMed number or title.

    Where nothing is wanted it is the only one. To one that is wanted it does not matter if others
    are malformed. Raises LdnKgError with the list of records where it is not clear which one is
    meant, and with what is wrong with those that cannot be read.
    """
    faults: tuple[str, ...] = ()
    if wanted is None:
        records = dict(enumerate(read_references(path), 1))
        fits = list(records.values())
    else:
        export = read_export(path)
        records, faults = export.records, export.faults
        fits = [each for number, each in records.items() if _is_named(wanted, number, each)]
    if len(fits) == 1:
        return fits[0]
    listed = [f"\n  {number}  {record}" for number, record in records.items()]
    more = f"\n  … {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    lines = "".join([*listed[:_MOST], more, *(f"\n  {fault}" for fault in faults[:_MOST])])
    asked = "" if wanted is None else f"--record {wanted!r} names {len(fits) or 'none'} of them. "
    raise LdnKgError(f"{asked}Choose one by --record and its number, DOI or title:{lines}")


def _is_named(wanted: str, number: int, record: Reference) -> bool:
    if wanted.isdecimal():
        return number == int(wanted)
    return plain(wanted) in {plain(x) for x in (record.doi, record.title, record.pmid) if x}


def with_typed(
    record: Reference, registrations: Iterable[str] = (), **fields: str | None
) -> Reference:
    """Return a record with what a person typed in place of what it says, registrations added.

    The fields are doi, pmid, title and year. Raises LdnKgError for one that is not of its form.
    """
    typed: dict[str, Any] = {}
    for name, value in fields.items():
        if value is not None:
            typed[name] = tidy(name, value)
            if not typed[name]:
                raise LdnKgError(f"--{name} {value!r} is not of its form; give it as {_AS[name]}.")
    numbers = [*record.registrations, *map(clean, registrations)]
    return replace(record, **typed, registrations=tuple(dict.fromkeys(filter(None, numbers))))


_AS = {
    "doi": "10. and what follows, as in 10.1000/182",
    "pmid": "digits",
    "title": "words",
    "year": "four digits",
}

"""Tables of databases and programs, as CSV or separated by tabs: which columns mean what.

PubMed, ClinicalTrials.gov, Retraction Watch, Zotero, Rayyan, Covidence, ASReview and Scopus write
them. A table without a title column that is known is refused: a guess would lose records.
"""

import csv
import re
from collections.abc import Callable, Iterator

from ldn_kg.curate.bibliography.clinicaltrials import day, entry_of
from ldn_kg.curate.bibliography.fields import comma_name, reference_of, tidy
from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    RETRACTION,
    Malformed,
    Notice,
    Reference,
    RegistryEntry,
)
from ldn_kg.curate.bibliography.titles import notices_of_title

Row = dict[str, str]
# By what a column is called, in small letters: the field that it is.
_COLUMNS = {
    name: field
    for field, names in {
        "title": "title, article title, primary_title, document title",
        "authors": "authors, author, author(s), author names, author full names",
        "journal": "journal/book, journal, publication title, source title, source",
        "year": "publication year, published year, year, date",
        "volume": "volume",
        "issue": "issue, number",
        "pages": "pages, page",
        "first": "page start",
        "last": "page end",
        "doi": "doi",
        "pmid": "pmid, pubmed id, pubmed_id",
        "pmcid": "pmcid",
        "isbn": "isbn",
        "abstract": "abstract, abstract note",
        "notes": "extra, notes, note",
        "keywords": "keywords, author keywords, manual tags",
        "url": "url, link",
    }.items()
    for name in names.split(", ")
}
_ALSO = {"authors", "year", "doi", "pmid", "abstract"}  # one of them makes it a bibliography
_NATURES = {"retraction": RETRACTION, "correction": CORRECTION, "expression of concern": CONCERN}
_LONGEST = 10_000_000  # characters of a cell: abstracts are longer than the default


def read_table(content: str) -> Iterator[Reference | Malformed]:
    """Yield each row. Raises Malformed with the columns seen where they are not known."""
    header, rows = _rows(content)
    columns = {name.strip().lower() for name in header}
    of_row = _reader(columns)
    if of_row is None:
        seen = ", ".join(name for name in header if name)[:300]
        raise Malformed(
            None,
            f"the columns are not of a bibliography that is known: {seen}. Export it as RIS, or "
            "name the columns Title, Authors, Year and DOI",
        )
    for number, row in rows:
        if isinstance(row, str):
            yield Malformed(number, row)
        else:
            yield of_row(dict(zip((name.strip().lower() for name in header), row, strict=False)))


def _reader(columns: set[str]) -> Callable[[Row], Reference] | None:
    if "nct number" in columns:
        return _of_registry
    if {"retractionnature", "originalpaperdoi"} <= columns:
        return _of_retraction_watch
    fields = {_COLUMNS[name] for name in columns & _COLUMNS.keys()}
    return _of_paper if "title" in fields and fields & _ALSO else None


def _rows(content: str) -> tuple[list[str], Iterator[tuple[int, list[str] | str]]]:
    """Return the header and, with its number from 1, each row or what is wrong with it."""
    csv.field_size_limit(_LONGEST)
    first = content.lstrip().partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(
        content.lstrip().splitlines(keepends=True), delimiter=delimiter, strict=True
    )
    try:
        header = next(reader)
    except (csv.Error, StopIteration) as error:
        raise Malformed(None, f"the first line names no columns ({error})") from error
    return header, _numbered(reader, len(header))


def _numbered(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str] | str]]:
    number = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield number, f"is no row of a table ({error})"
            continue
        if any(map(str.strip, row)):
            number += 1
            told = f"has {len(row)} cells where the header has {width}"
            yield number, row if len(row) == width or not any(row[width:]) else told


def _of_paper(row: Row) -> Reference:
    said: Row = {}
    for column, words in row.items():
        field = _COLUMNS.get(column)
        if field and words.strip():
            said.setdefault(field, words.strip())
    first, last = said.get("first", ""), said.get("last", "")
    notes = said.get("notes", "")
    linked = re.search(r"(?i)pubmed\S*?/(\d+)|\bPMID:? *(\d+)", f"{said.get('url', '')} {notes}")
    return reference_of(
        authors=_authors(said.get("authors", "")),
        said=[said.get("title", ""), said.get("keywords", ""), notes],
        abstract=said.get("abstract"),
        notices=notices_of_title(said.get("title", "")),
        title=said.get("title"),
        journal=said.get("journal"),
        year=said.get("year"),
        volume=said.get("volume"),
        issue=said.get("issue"),
        pages=said.get("pages") or (f"{first}-{last}" if last else first),
        doi=said.get("doi"),
        pmid=said.get("pmid") or next(filter(None, linked.groups() if linked else ()), None),
        pmcid=said.get("pmcid") or notes,
        isbn=said.get("isbn"),
    )


def _authors(words: str) -> list[str]:
    """Split authors at semicolons, else at `and`, else at commas, which then part no names."""
    for sign in (";", " and "):
        if sign in words:
            return [_undotted(comma_name(name)) for name in words.split(sign)]
    if re.fullmatch(r"[^,]+, (?:[A-Z][a-z]{2,}|[A-Z]\.).*", words):
        return [_undotted(comma_name(words))]  # one person: `Younger, Jarred`
    return [_undotted(name) for name in words.rstrip(". ").split(",")]


def _undotted(name: str) -> str:
    return re.sub(r"\b([A-Z])\.[ -]?(?=[A-Z]\.|$)", r"\1", name.strip())


def _of_registry(row: Row) -> Reference:
    def get(*names: str) -> str:
        return next((row[name].strip() for name in names if row.get(name, "").strip()), "")

    results = get("study results").lower()
    return entry_of(
        get("study title", "title"),
        re.split(r"[|,]", get("other ids")),
        RegistryEntry(
            number=get("nct number"),
            status=re.sub(r"\W+", "_", get("study status", "status").upper()) or None,
            has_results=results in ("yes", "has results") if results else None,
            results_posted=day(get("results first posted")),
            start=day(get("start date")),
            primary_completion=day(get("primary completion date")),
            completion=day(get("completion date")),
            enrolment=int(get("enrollment")) if get("enrollment").isdecimal() else None,
        ),
    )


def _of_retraction_watch(row: Row) -> Reference:
    """Return the paper that a row of Retraction Watch is about; a reinstated one has no notice."""
    kind = _NATURES.get(row["retractionnature"].strip().lower())
    pmid = row.get("originalpaperpubmedid", "").strip()
    doi = row["originalpaperdoi"]
    return reference_of(
        authors=_authors(row.get("author", "")),
        said=(),
        notices=[Notice(kind)] if kind else (),
        is_notice=True,
        title=row.get("title"),
        journal=row.get("journal"),
        year=row.get("originalpaperdate"),
        doi=doi if tidy("doi", doi) else None,
        pmid=pmid if pmid.strip("0") else None,
    )

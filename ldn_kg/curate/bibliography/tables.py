"""Tables of databases and programs, as CSV or separated by tabs: which columns mean what.

PubMed, Embase, Cochrane, Scopus, CINAHL, OpenAlex, Lens, ClinicalTrials.gov, Retraction Watch,
Zotero, RefWorks, Rayyan, Covidence, ASReview and Abstrackr write them. A table without a title
column that is known is refused: a guess would lose records.
"""

import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice

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
# What the columns of a field are called, in small letters; the first that says something counts.
_COLUMNS = {
    field: tuple(names.split(" | "))
    for field, names in {
        "title": "title | article title | primary_title | title primary | document title "
        "| display_name",
        "authors": "authors | author | author(s) | author/s | author names | authors, primary "
        "| first_authors | author full names | authorships.author.display_name",
        "journal": "journal/book | journal | journal title | publication title | source title "
        "| secondary_title | periodical full | publication | source",
        "year": "publication year | published year | publication_year | pub year | year "
        "| publication date | date published | date",
        "volume": "volume",
        "issue": "issue | issue number | number",
        "pages": "pages | page",
        "first": "first page | start page | page start",
        "last": "last page | end page | page end",
        "doi": "doi",
        "pmid": "pmid | pubmed id | pubmed_id | medline pmid | ids.pmid",
        "pmcid": "pmcid | pmc_id",
        "isbn": "isbn",
        "abstract": "abstract | abstract note",
        "notes": "extra | notes | note",
        "keywords": "keywords | author keywords | manual tags",
        "registrations": "clinical trial numbers | ctgov id | ictrp id",
        "url": "url | link",
        "retracted": "is_retracted",
    }.items()
}
_ALSO = {"authors", "year", "doi", "pmid", "abstract"}  # one of them makes it a bibliography
_NATURES = {"retraction": RETRACTION, "correction": CORRECTION, "expression of concern": CONCERN}
_LONGEST = 10_000_000  # characters of a cell: abstracts are longer than the default
_BEFORE = 5  # lines in which the columns are named


def read_table(content: str) -> Iterator[Reference | Malformed]:
    """Yield each row. Raises Malformed with the columns seen where they are not known.

    Some write what was searched before the line that names the columns.
    """
    csv.field_size_limit(_LONGEST)
    lines = content.lstrip().splitlines(keepends=True)
    readers = [csv.reader(lines, delimiter=sign, strict=True) for sign in ",\t;"]
    found = ((reader, told) for reader in readers if (told := _header(reader)))
    reader, (header, of_row) = next(found, (None, ([], None)))
    if reader is None or of_row is None:
        seen = lines[0].strip()[:300] if lines else ""
        raise Malformed(
            None,
            f"the columns are not of a bibliography that is known: {seen!r}. "
            "Export it as RIS, or name the columns Title, Authors, Year and DOI",
        )
    for number, row in _numbered(reader, len(header)):
        if isinstance(row, str):
            yield Malformed(number, row)
        else:
            yield of_row(dict(zip(header, row, strict=False)))


def _header(reader: Iterator[list[str]]) -> tuple[list[str], Callable[[Row], Reference]] | None:
    """Return the names of the columns, in small letters, and what reads a row; None if unknown."""
    try:
        for header in islice(reader, _BEFORE):
            names = [name.strip().lower() for name in header]
            of_row = _reader(set(names))
            if of_row:
                return names, of_row
    except csv.Error:  # where the sign does not part the columns, quotation marks are not right
        return None
    return None


def _reader(columns: set[str]) -> Callable[[Row], Reference] | None:
    if "nct number" in columns:
        return _of_registry
    if {"retractionnature", "originalpaperdoi"} <= columns:
        return _of_retraction_watch
    fields = {field for field, names in _COLUMNS.items() if columns.intersection(names)}
    return _of_paper if "title" in fields and fields & _ALSO else None


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
    said = {
        field: words
        for field, names in _COLUMNS.items()
        if (words := next((row[name].strip() for name in names if row.get(name, "").strip()), ""))
    }
    first, last = said.get("first", ""), said.get("last", "")
    notes = said.get("notes", "")
    places = f"{said.get('url', '')} {notes}"
    linked = re.search(r"(?i)pubmed\S{0,80}?/(\d+)|\bPMID:? *(\d+)", places)
    return reference_of(
        authors=_authors(said.get("authors", "")),
        said=[said.get(field, "") for field in ("title", "keywords", "notes", "registrations")],
        abstract=said.get("abstract"),
        notices=[
            *notices_of_title(said.get("title", "")),
            *([Notice(RETRACTION)] if said.get("retracted", "").lower() == "true" else []),
        ],
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
    """Split authors at semicolons or bars, at `and`, else at commas, which then part no names."""
    for sign in (";", "|", " and "):
        if sign in words:
            return [_undotted(comma_name(name)) for name in words.split(sign)]
    last, comma, first = words.partition(",")
    if comma and "," not in first and not re.search(r" (?:[A-Z]\.?){1,4}$", last):
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

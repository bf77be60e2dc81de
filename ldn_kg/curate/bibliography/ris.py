"""RIS, and what databases and programs write in its free fields.

https://en.wikipedia.org/wiki/RIS_(file_format). The PubMed identifier stands in AN where the
database is PubMed or MEDLINE, in C5 (Embase), C2 (Scopus) or C3 (Cochrane), a note or an address.
"""

import re
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.fields import comma_name, reference_of
from ldn_kg.curate.bibliography.reference import Malformed, Reference
from ldn_kg.curate.bibliography.tagged import blocks
from ldn_kg.curate.bibliography.titles import notices_of_title

_TAG = re.compile(r"(?m)^[A-Z][A-Z0-9] {1,2}- ")  # between records some tell whose they are


def read_ris(content: str) -> Iterator[Reference | Malformed]:
    """Read RIS by rispy, record by record: of several it drops those that have no end."""
    import rispy  # type: ignore[import-untyped]  # it has no types

    for number, block in blocks(content, "TY"):
        fault = _fault(block)
        if fault:
            yield Malformed(number, fault)
            continue
        inside, end, _ = block.partition("\nER  -")
        for record in rispy.loads(f"{inside}{end}"):
            yield _of_ris(record)


def _fault(block: str) -> str | None:
    """Return what is wrong with the text of a record, or None."""
    inside, end, after = block.partition("\nER  -")
    lines = [line for line in inside.splitlines() if line.strip()]
    if not block.startswith("TY"):
        return "does not begin with TY"
    if not end:
        return "has no end, a line 'ER  - '"
    if lines[1:] and not re.match(r"[A-Z][A-Z0-9]  -", lines[1]):
        return f"has a line without a tag: {lines[1].strip()[:40]!r}"
    if _TAG.search(after):
        return f"goes on after its end: {after.strip()[:40]!r}"
    return None


def _of_ris(record: dict[str, Any]) -> Reference:
    def get(*names: str) -> str:
        """Return the first that there is, under the names of rispy."""
        return next((str(record[name]) for name in names if record.get(name)), "")

    first, last = get("start_page"), get("end_page")
    title = get("title", "primary_title")
    texts = ("title", "primary_title", "notes", "keywords")
    return reference_of(
        authors=map(comma_name, record.get("authors") or record.get("first_authors") or ()),
        said=map(get, texts),
        abstract=get("abstract", "notes_abstract"),
        notices=notices_of_title(title),
        title=title,
        journal=get("alternate_title3", "secondary_title", "journal_name", "alternate_title2"),
        year=get("year", "publication_year", "date"),
        volume=get("volume"),
        issue=get("number"),
        pages=f"{first}-{last}" if first and last and "-" not in first else first,
        doi=get("doi"),
        pmid=_pmid(get),
        pmcid=" ".join(map(get, ("urls", "id", "accession_number", "custom2", "notes"))),
        isbn=get("issn"),
    )


def _pmid(get: Any) -> str | None:
    if re.search(r"(?i)pubmed|medline", get("name_of_database")):
        return str(get("accession_number"))
    for field in ("custom5", "custom2"):
        if re.fullmatch(r"[1-9]\d{4,8}", get(field).strip()):
            return str(get(field))
    elsewhere = " ".join(map(get, ("urls", "id", "accession_number", "custom3", "notes")))
    named = re.search(r"(?i)\bpubmed\S{0,80}?/(\d+)|\bPMID:? *(\d+)|\bPUBMED +(\d+)", elsewhere)
    return next(filter(None, named.groups())) if named else None

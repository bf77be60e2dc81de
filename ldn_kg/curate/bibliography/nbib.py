"""The MEDLINE format of PubMed (NBIB): https://www.nlm.nih.gov/bsd/mms/medlineelements.html."""

import re
from collections.abc import Iterator

from ldn_kg.curate.bibliography.fields import reference_of, tidy
from ldn_kg.curate.bibliography.pubtypes import NOTICE_TYPES, retracted_types
from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    PARTIAL,
    RETRACTION,
    UPDATE,
    Malformed,
    Notice,
    Reference,
)
from ldn_kg.curate.bibliography.tagged import blocks

# The tag that a publication has, the tag that a notice on it has, and what they say.
_NOTICES = (
    ("RIN", "ROF", RETRACTION),
    ("RRI", "RRF", RETRACTION),
    ("PRIN", "PROF", PARTIAL),
    ("EIN", "EFR", CORRECTION),
    ("CRI", "CRF", CORRECTION),
    ("ECI", "ECF", CONCERN),
    ("UIN", "UOF", UPDATE),
)


def read_nbib(content: str) -> Iterator[Reference | Malformed]:
    """Yield a record at a time, so that a fault has the number of its record.

    By hand: the package nbib has not moved since 2021, and rispy wants each record to have an end.
    """
    for number, block in blocks(content, "PMID"):
        if not block.startswith("PMID"):
            yield Malformed(number, "does not begin with PMID")
            continue
        tags: dict[str, list[list[str]]] = {}  # of each value its lines
        last = ""
        for line in filter(str.strip, block.splitlines()):
            tagged = re.match(r"([A-Z]{2,4}) {0,2}- ?(.*)", line)
            if tagged:
                last = tagged[1]
                tags.setdefault(last, []).append([tagged[2].strip()])
            elif line[0].isspace():
                tags[last][-1].append(line.strip())
            else:
                yield Malformed(number, f"has a line without a tag: {line.strip()[:40]!r}")
                break
        else:
            yield _of_nbib({tag: [" ".join(v) for v in values] for tag, values in tags.items()})


def _of_nbib(tags: dict[str, list[str]]) -> Reference:
    def get(*names: str) -> str | None:
        return next((tags[name][0] for name in names if name in tags), None)

    def every(*names: str) -> list[str]:
        return [value for name in names for value in tags.get(name, ())]

    types = every("PT")
    return reference_of(
        authors=every("AU", "CN"),
        said=every("SI", "TI", "OT"),
        abstract=get("AB"),
        notices=[*_notices(tags), *retracted_types(types)],
        is_notice=bool(NOTICE_TYPES.intersection(types)),
        title=get("TI", "BTI"),
        journal=get("JT", "TA"),
        year=get("DP"),
        volume=get("VI"),
        issue=get("IP"),
        pages=get("PG"),
        doi=next((value for value in every("LID", "AID") if value.endswith("[doi]")), None),
        pmid=get("PMID"),
        pmcid=get("PMC"),
        isbn=get("ISBN"),
    )


def _notices(tags: dict[str, list[str]]) -> Iterator[Notice]:
    for on_itself, on_another, kind in _NOTICES:
        if on_itself in tags:
            yield Notice(kind)
        for cited in tags.get(on_another, ()):
            pmid = re.search(r"PMID: *(\d+)", cited)
            doi = tidy("doi", cited) if "10." in cited else None
            if pmid or doi:
                yield Notice(kind, doi, pmid[1] if pmid else None)

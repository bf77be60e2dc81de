"""The papers of a study as citations: the reference, BibTeX and RIS of the paper itself.

`ldn_kg.read.citation` cites the record; this cites what the record was read from.
"""

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.citation import Row, papers_of, reference

_INITIALS = "[A-ZÀ-Ý][A-ZÀ-Ý-]{0,4}"
_PERSON = re.compile(rf"(?P<family>.+) (?P<initials>{_INITIALS})(?P<suffix> (?:Jr|2nd|3rd))?")
_AND_SO_ON = ("et al", "et al.")


@dataclass(frozen=True)
class Paper:
    """A paper: its IRI, title, reference in a line, and the same for reference managers."""

    iri: str
    title: str
    journal: str
    year: str
    doi: str
    pmid: str
    retracted: bool
    reference: str
    bibtex: str
    ris: str


def papers(dataset: Dataset, name: str) -> list[Paper]:
    """Return the papers of a study, or the paper with an IRI, the oldest first."""
    told: dict[str, Row] = {}
    for row in papers_of(dataset, NamedNode(name)):
        told.setdefault(row["paper"], row)
    return [
        Paper(
            iri=paper,
            title=row["title"],
            journal=row["journal"],
            year=row["year"][:4],
            doi=row["doi"],
            pmid=row["pmid"],
            retracted=bool(row["retracted"]),
            reference=reference(row),
            bibtex=_bibtex(row),
            ris=_ris(row),
        )
        for paper, row in told.items()
    ]


def _authors(row: Row) -> list[str]:
    """Return the authors as they are written: "Bruun KD"; a group stays whole."""
    names = re.split(r", (?!Inc\b|Ltd\b)", row["authors"])
    return [name.strip() for name in names if name.strip()]


def _person(name: str) -> str:
    """Return a person as "Bruun, K. D.", and "" for who is none."""
    found = _PERSON.fullmatch(name)
    if not found:
        return ""
    given = re.sub(r"(\w)(?=\w)", r"\1. ", found["initials"]).replace("-", ".-")
    suffix = f"{found['suffix']}," if found["suffix"] else ""
    return f"{found['family']},{suffix} {given}."


def _bibtex(row: Row) -> str:
    # For BibTeX, further authors are "others".
    people = [
        "others" if name in _AND_SO_ON else _person(name) or f"{{{name}}}" for name in _authors(row)
    ]
    fields = {
        "author": " and ".join(people),
        "title": f"{{{_warning(row)}{row['title']}}}",
        "journal": row["journal"],
        "year": row["year"][:4],
        "volume": row["volume"],
        "number": row["issue"],
        "pages": row["pages"].replace("-", "--").replace("–", "--"),
    }
    lines = [f"  {key} = {{{_latex(text)}}}," for key, text in fields.items() if text]
    lines += [f"  {key} = {{{row[key]}}}," for key in ("doi", "pmid") if row[key]]
    kind = "article" if row["journal"] else "misc"
    return "\n".join([f"@{kind}{{{row['paper'].rpartition('/')[2]},", *lines, "}"])


def _latex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text)


def _warning(row: Row) -> str:
    return "RETRACTED: " if row["retracted"] else ""


def _ris(row: Row) -> str:
    first, _, last = row["pages"].replace("–", "-").partition("-")
    fields = [
        ("TY", "JOUR" if row["journal"] else "GEN"),
        *(("AU", _person(name) or name) for name in _authors(row) if name not in _AND_SO_ON),
        ("TI", f"{_warning(row)}{row['title']}"),
        ("JO", row["journal"]),
        ("PY", row["year"][:4]),
        ("VL", row["volume"]),
        ("IS", row["issue"]),
        ("SP", first),
        ("EP", last),
        ("DO", row["doi"]),
        ("AN", row["pmid"]),
    ]
    return "\n".join([*(f"{tag}  - {text}" for tag, text in fields if text), "ER  - "])

"""Writes papers for reference managers: RIS, BibTeX, CSL-JSON and NBIB (PubMed).

By hand: no writer of the libraries knows a kind of paper in each format, a group that is no person,
or a sign that LaTeX reads otherwise, and they are no dependencies. The tests read back with them.
Text is UTF-8, for BibTeX as biber and XeLaTeX take it.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ldn_kg.read.papers import Paper

_AND_SO_ON = "et al."
_INITIALS = "[A-ZÀ-Ý][A-ZÀ-Ý-]{0,4}"
_PERSON = re.compile(rf"(?P<family>.+) (?P<initials>{_INITIALS})( (?P<suffix>Jr|2nd|3rd))?")
# Braces must balance even if escaped, and the older font encoding prints < > | as other signs.
_SIGN_NAMES = "backslash braceleft braceright asciitilde asciicircum less greater bar".split()
LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "#$%&_"}
    | {sign: f"\\text{name}{{}}" for sign, name in zip("\\{}~^<>|", _SIGN_NAMES, strict=True)}
)


class _Form(NamedTuple):
    """The type of a kind of paper in each format, and the field for where it appeared."""

    ris: str
    ris_place: str
    bibtex: str
    bibtex_place: str
    csl: str
    csl_place: str


# CSL 1.0.2 has a preprint as an article that its server publishes; CPAPER is a paper at a meeting.
_FORMS = {
    "journal article": _Form(
        "JOUR", "T2", "article", "journal", "article-journal", "container-title"
    ),
    "preprint": _Form("UNPB", "PB", "misc", "howpublished", "article", "publisher"),
    "book chapter": _Form("CHAP", "T2", "incollection", "booktitle", "chapter", "container-title"),
    "conference abstract": _Form(
        "CPAPER", "T2", "inproceedings", "booktitle", "paper-conference", "container-title"
    ),
    "report": _Form("RPRT", "PB", "techreport", "institution", "report", "publisher"),
    "document": _Form("GEN", "T2", "misc", "howpublished", "document", "container-title"),
    "registration": _Form("ELEC", "T2", "misc", "howpublished", "webpage", "container-title"),
}


class _Author(NamedTuple):
    """A person; or a group, or somebody without initials, whose name is all in `family`."""

    family: str
    given: str = ""  # "J.-P."
    suffix: str = ""


def _names(paper: Paper) -> list[str]:
    return [n.strip() for n in re.split(r", (?!Inc\b|Ltd\b)", paper.authors) if n.strip()]


def _authors(paper: Paper) -> list[_Author]:
    return [_author(name) for name in _names(paper)]


def _author(name: str) -> _Author:
    person = _PERSON.fullmatch(name)
    if not person:
        return _Author(name)
    initials = re.sub(r"(\w)(?=\w)", r"\1. ", person["initials"]).replace("-", ".-")
    return _Author(person["family"], f"{initials}.", person["suffix"] or "")


def _place(paper: Paper) -> str:
    return re.sub("^In: ", "", paper.journal)  # styles write the "In" themselves


def notes(paper: Paper) -> list[str]:
    """Return what no format has a field for, first of all the way back to our records."""
    return [
        *(f"ldn-kg: {record}" for record in dict.fromkeys((paper.iri, *paper.studies))),
        *(f"Registration: {number}" for number in paper.registrations),
        *paper.notes,
    ]


def ris(papers: Iterable[Paper]) -> str:
    """Return papers in RIS; lines end in CRLF, as its specification requires."""
    return "".join(f"{line}\r\n" for paper in papers for line in _ris(paper))


def _ris(paper: Paper) -> Iterable[str]:
    form = _FORMS[paper.kind]
    first, _, last = paper.pages.replace("–", "-").partition("-")
    # A comma parts the names of a person, so that of a group has none.
    people = (
        ", ".join(filter(None, a)) if a.given else a.family.replace(",", "")
        for a in _authors(paper)
    )
    fields = [
        ("TY", form.ris),
        ("ID", paper.key),
        *(("AU", name) for name in people),
        ("TI", paper.heading),
        (form.ris_place, _place(paper)),
        ("PY", paper.year),
        ("VL", paper.volume),
        ("IS", paper.issue),
        ("SP", first),
        ("EP", last),
        ("SN", paper.isbn),
        ("DO", paper.doi),
        ("DB", "PubMed" if paper.pmid else ""),
        ("AN", paper.pmid),
        ("C2", paper.pmcid),
        ("UR", paper.url),
        *(("N1", note) for note in notes(paper)),
    ]
    return [*(f"{tag}  - {text}" for tag, text in fields if text), "ER  - "]


def bibtex(papers: Iterable[Paper]) -> str:
    """Return papers in BibTeX; the numbers and addresses are not escaped: they are read verbatim.

    `annote` is not printed.
    """
    return "\n".join(map(_bibtex, papers))


def _bibtex(paper: Paper) -> str:
    form = _FORMS[paper.kind]
    told = {
        "title": f"{{{paper.heading.translate(LATEX)}}}",  # the braces keep the capitals
        form.bibtex_place: _place(paper).translate(LATEX),
        "year": paper.year,
        "volume": paper.volume.translate(LATEX),
        "number": paper.issue.translate(LATEX),
        "pages": re.sub("[-–]", "--", paper.pages).translate(LATEX),
        "isbn": paper.isbn,
        "doi": paper.doi,
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "url": paper.url,
        "annote": " ".join(f"{note.rstrip('.')}." for note in notes(paper)).translate(LATEX),
    }
    fields = {"author": " and ".join(map(_bibtex_name, _authors(paper))), **told}
    lines = "".join(f"  {field} = {{{text}}},\n" for field, text in fields.items() if text)
    return f"@{form.bibtex}{{{paper.key},\n{lines}}}\n"


def _bibtex_name(author: _Author) -> str:
    if author.family == _AND_SO_ON:
        return "others"
    if not author.given:
        return f"{{{author.family.translate(LATEX)}}}"
    parts = (author.family, author.suffix, author.given)
    return ", ".join(part for part in parts if part).translate(LATEX)


def csl_json(papers: Iterable[Paper]) -> str:
    """Return papers in CSL-JSON 1.0.2."""
    return as_json(csl_items(papers))


def csl_items(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """Return papers as the items of CSL-JSON."""
    return [_csl(paper) for paper in papers]


def as_json(value: Any) -> str:
    """Return a value as JSON for readers."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _csl(paper: Paper) -> dict[str, Any]:
    form = _FORMS[paper.kind]
    item = {
        "id": paper.key,
        "type": form.csl,
        "genre": "preprint" if paper.kind == "preprint" else "",
        "title": paper.heading,
        "author": [_csl_name(author) for author in _authors(paper)],
        form.csl_place: _place(paper),
        "issued": {"date-parts": [[int(paper.year)]]} if paper.year else "",
        "volume": paper.volume,
        "issue": paper.issue,
        "page": paper.pages,
        "status": "retracted" if paper.retracted else "",
        "ISBN": paper.isbn,
        "DOI": paper.doi,
        "PMID": paper.pmid,
        "PMCID": paper.pmcid,
        "URL": paper.url,
        "note": "\n".join(notes(paper)),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(author: _Author) -> dict[str, str]:
    if not author.given:
        return {"literal": author.family}
    return {name: value for name, value in author._asdict().items() if value}


def nbib(papers: Iterable[Paper]) -> str:
    """Return papers in NBIB, as PubMed writes it, of those that PubMed has."""
    return "\n".join(_nbib(paper) for paper in papers if paper.pmid)


def _nbib(paper: Paper) -> str:
    doi = f"{paper.doi} [doi]" if paper.doi else ""  # some readers take it from AID alone
    fields = [
        ("PMID", paper.pmid),
        ("TI", paper.heading),
        ("PG", paper.pages),
        ("LID", doi),
        *(field for name in _names(paper) for field in _nbib_name(name)),
        ("PT", _PUBMED_TYPES.get(paper.kind, "")),
        ("PT", "Retracted Publication" if paper.retracted else ""),
        ("DP", paper.year),
        ("BTI" if paper.kind == "book chapter" else "JT", _place(paper)),
        ("PMC", paper.pmcid),
        ("AID", doi),
        ("VI", paper.volume),
        ("IP", paper.issue),
        *(("SI", f"ClinicalTrials.gov/{n}") for n in paper.registrations if n.startswith("NCT")),
        *(("GN", note) for note in notes(paper)),
    ]
    return "".join(f"{tag:<4}- {text}\n" for tag, text in fields if text)


def _nbib_name(name: str) -> list[tuple[str, str]]:
    author = _author(name)
    if not author.given:  # one word is somebody without initials, more are a group
        return [("AU" if name == _AND_SO_ON or " " not in name else "CN", name)]
    full = " ".join(filter(None, [author.given.replace(".", ""), author.suffix]))
    return [("FAU", f"{author.family}, {full}"), ("AU", name)]


_PUBMED_TYPES = {
    "journal article": "Journal Article",
    "preprint": "Preprint",
    "book chapter": "Book Chapter",
}
WRITERS: dict[str, Callable[[Iterable[Paper]], str]] = {
    "ris": ris,
    "bibtex": bibtex,
    "csl-json": csl_json,
    "nbib": nbib,
}

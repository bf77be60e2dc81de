"""Five exporters of bibliographies: what each does to a record, and the format that it writes.

The faults are those of real exports: titles in capitals or without their subtitle, accents lost,
replaced or garbled, entities, a DOI as an address, in capitals or missing, the year of the first
publication online, author lists cut off, volume and pages missing. Chance has a seed.
"""

import csv
import io
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape

from ldn_kg.curate.bibliography import Reference, family

_ENTITIES = {"é": "&eacute;", "ö": "&ouml;", "å": "&aring;", "’": "&#8217;", "–": "&ndash;"}
_LATEX = {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "é": r"{\'e}", "ö": r"{\"o}"}
_SPELLINGS = (
    ("randomised", "randomized"),
    ("andomised", "andomized"),
    ("tumour", "tumor"),
    ("sulfate", "sulphate"),
    ("Low-dose", "Low dose"),
    ("double-blind", "double blinded"),
    (" and ", " & "),
    ("mu-opioid", "μ-opioid"),
    ("toll-like receptor 4", "TLR4"),
)


@dataclass(frozen=True)
class Exporter:
    """The name of the file that it writes, and how it writes some records."""

    file: str
    write: Callable[[Iterable[Reference], random.Random], str]


def unaccented(words: str) -> str:
    """Return text without accents."""
    letters = unicodedata.normalize("NFKD", words)
    return "".join(c for c in letters if not unicodedata.combining(c))


def respelled(words: str) -> str:
    """Return a title as the other side of the Atlantic and other databases spell it."""
    for one, other in _SPELLINGS:
        words = words.replace(one, other) if one in words else words.replace(other, one)
    return words


def garbled(words: str) -> str:
    """Return what UTF-8 becomes where it is read as Latin 1."""
    return words.encode().decode("latin-1")


def _maybe(
    chance: random.Random, share: float, changed: str | None, kept: str | None
) -> str | None:
    return changed if chance.random() < share else kept


def _without(chance: random.Random, paper: Reference, share: float, *fields: str) -> Reference:
    """Drop each of some fields with a chance, but never the last that tells the paper."""
    for field in fields:
        named = [paper.title, paper.doi, paper.pmid]
        if chance.random() < share and (paper.title or sum(map(bool, named)) > 1):
            paper = replace(paper, **{field: None})
    return paper


def _online(chance: random.Random, year: str | None) -> str | None:
    """Return the year before, in which a paper may have been online first."""
    return _maybe(chance, 0.3, str(int(year) - 1), year) if year else None


def _some(chance: random.Random, authors: tuple[str, ...]) -> list[str]:
    return [*authors[:3], "et al."] if len(authors) > 3 and chance.random() < 0.5 else [*authors]


def _comma(author: str) -> str:
    last = family(author)
    initials = author[len(last) + 1 :]
    return f"{last}, {'. '.join(initials)}." if initials else author.replace(",", "")


def _short(journal: str | None) -> str:
    return " ".join(word[:4] for word in re.findall(r"\w+", journal or "")[:4])


def pubmed(papers: Iterable[Reference], chance: random.Random) -> str:
    """Write NBIB: journals abbreviated, short page ranges, a full stop after the title."""
    written = []
    for number, paper in enumerate(papers):
        paper = _without(chance, paper, 0.3, "doi")
        fields = [
            ("PMID", paper.pmid or str(99_000_000 + number)),
            ("TI", f"{paper.title}." if paper.title else None),
            ("LID", f"{paper.doi} [doi]" if paper.doi else None),
            *(("AU", unaccented(author)) for author in paper.authors),
            ("TA", _short(paper.journal)),
            ("DP", f"{_online(chance, paper.year)} Feb" if paper.year else None),
            ("VI", paper.volume),
            ("PG", paper.pages),
            ("PMC", paper.pmcid),
            *(("SI", f"ClinicalTrials.gov/{n}") for n in paper.registrations),
        ]
        lines = [f"{tag:<4}- {words}" for tag, words in fields if words]
        written.append("".join(f"{line}\n" for line in lines))
    return "\n".join(written)


def embase(papers: Iterable[Reference], chance: random.Random) -> str:
    """Write RIS with its older tags: no accents, sentence case, PubMed's number in C5."""
    lines = []
    for number, paper in enumerate(papers):
        paper = _without(chance, paper, 0.5, "doi", "pmid", "volume")
        title = unaccented(_maybe(chance, 0.5, respelled(paper.title or ""), paper.title) or "")
        fields = [
            ("TY", "JOUR"),
            ("M3", "Article"),
            ("Y1", _online(chance, paper.year)),
            ("VL", paper.volume),
            ("SP", (paper.pages or "").partition("-")[0]),
            ("JF", paper.journal),
            *(("A1", unaccented(_comma(author))) for author in _some(chance, paper.authors)),
            ("T1", title[:1] + title[1:].lower()),
            ("DO", paper.doi),
            ("C5", paper.pmid),
            ("U2", f"L{600_000_000 + number}"),
        ]
        lines += [f"{tag}  - {words}" for tag, words in fields if words]
        lines += ["ER  - ", ""]
    return "\n".join(lines)


def zotero(papers: Iterable[Reference], chance: random.Random) -> str:
    """Write BibTeX: LaTeX for accents, capitals in titles, the DOI as it is or as an address."""
    written = []
    for number, paper in enumerate(papers):
        paper = _without(chance, paper, 0.4, "doi", "pages")
        doi = f"https://doi.org/{paper.doi}" if paper.doi and number % 2 else paper.doi
        fields = {
            "title": (paper.title or "").title(),
            "author": " and ".join(map(_comma, paper.authors)),
            "year": _online(chance, paper.year),
            "journal": paper.journal,
            "volume": paper.volume,
            "pages": (paper.pages or "").replace("-", "--"),
            "pmid": _maybe(chance, 0.7, None, paper.pmid),
        }
        lines = [
            f"  {name} = {{{''.join(_LATEX.get(c, c) for c in words)}}}"
            for name, words in fields.items()
            if words
        ]
        lines += [f"  doi = {{{doi}}}"] if doi else []
        written.append(f"@article{{key{number},\n" + ",\n".join(lines) + "\n}\n")
    return "\n".join(written)


def rayyan(papers: Iterable[Reference], chance: random.Random) -> str:
    """Write CSV: capitals, garbled or replaced accents, titles cut off, few identifiers."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(
        ["key", "title", "authors", "journal", "year", "volume", "pages", "doi", "notes"]
    )
    for number, paper in enumerate(papers):
        paper = _without(chance, paper, 0.7, "doi", "volume")
        title = paper.title or ""
        for share, changed in (
            (0.3, title.upper()),
            (0.2, garbled(title)),
            (0.2, re.sub(r"[^\x00-\x7f]", "?", title)),
            (0.1, f"{title[:90]}..." if len(title) > 100 else title),
            (0.2, re.split(r": ", title)[0] if len(title.split(": ")[0].split()) > 4 else title),
        ):
            if chance.random() < share:
                title = changed
                break
        doi = paper.doi.upper().replace("/", "%2F", 1) if paper.doi else ""
        people = "; ".join(_comma(author) for author in _some(chance, paper.authors))
        pages = paper.pages if paper.volume else ""
        notes = "" if paper.doi or paper.title else f"PMID: {paper.pmid}"
        cells = [title, people, _short(paper.journal), _online(chance, paper.year)]
        writer.writerow([f"rayyan-{number}", *cells, paper.volume, pages, doi, notes])
    return table.getvalue()


def crossref(papers: Iterable[Reference], chance: random.Random) -> str:
    """Write the works of Crossref: entities and mark-up, the subtitle apart, some without a DOI."""
    items = []
    for paper in papers:
        paper = _without(chance, paper, 0.1, "doi")
        title = "".join(_ENTITIES.get(c, escape(c, quote=False)) for c in paper.title or "")
        title = re.sub(r"\bnaltrexone\b", "<i>naltrexone</i>", title, count=1)
        main, _, subtitle = title.partition(": ")
        apart = bool(subtitle) and (bool(paper.doi) or len(main.split()) > 4)
        item = {
            "DOI": (paper.doi or "").lower(),
            "PMID": None if paper.doi or paper.title else paper.pmid,
            "title": [main if apart else title],
            "subtitle": [subtitle] if apart else [],
            "author": [
                {"family": family(a), "given": a[len(family(a)) + 1 :]}
                if family(a) != a
                else {"literal": a}
                for a in paper.authors
            ],
            "container-title": [paper.journal or ""],
            "issued": {"date-parts": [[int(_online(chance, paper.year) or 0)]]}
            if paper.year
            else {},
            "volume": paper.volume or "",
            "page": paper.pages or "",
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps({"status": "ok", "message": {"items": items}})


EXPORTERS = (
    Exporter("pubmed.nbib", pubmed),
    Exporter("embase.ris", embase),
    Exporter("zotero.bib", zotero),
    Exporter("rayyan.csv", rayyan),
    Exporter("crossref.json", crossref),
)

"""Bibliographic files: RIS, BibTeX, CSL-JSON and NBIB (PubMed) into one kind of record."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.files import text
from ldn_kg.graph.names import plain

_INSTALL = "pip install 'ldn-kg[curate]' installs it"
_MOST = 10  # records that a message lists


@dataclass(frozen=True)
class Reference:
    """What a bibliographic record says of a publication; None or () where it says nothing.

    Authors are in order, each as the data write them: family name, then initials (`Younger J`), or
    the name of a group. `year` has four digits, `pages` a hyphen (`529-538`), `doi` no address
    before it, `pmcid` its letters (`PMC1234`). `registrations` are those that the record names.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    isbn: str | None = None
    registrations: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return one line by which a person tells it from others."""
        first = f"{self.authors[0]}{', et al.' if self.authors[1:] else ''}" if self.authors else ""
        return ". ".join(filter(None, [first, self.year, self.title, self.doi]))


class _Malformed(Exception):
    """What is wrong with a record, whose number counts from 1, or with the whole text."""

    def __init__(self, number: int | None, fault: str) -> None:
        super().__init__(f"record {number} {fault}" if number else fault)


def read_references(path: str | Path) -> tuple[Reference, ...]:
    """Return the records of a file in RIS, BibTeX, CSL-JSON or NBIB, at least one.

    The format follows from the ending (ris, bib, json, nbib), else from how the text begins. Raises
    LdnKgError with the number of the record where one is malformed, and where the package that
    reads a format is not installed.
    """
    path = Path(path)
    content = text(path).removeprefix("\ufeff")
    read = _READERS.get(path.suffix.lower()) or _by_content(content)
    if read is None:
        raise LdnKgError(f"{path} is none of RIS, BibTeX, CSL-JSON and NBIB; export it as one.")
    try:
        records = tuple(read(content))
        for number, record in enumerate(records, 1):
            if not (record.title or record.doi or record.pmid):
                raise _Malformed(number, "names no title, no DOI and no PubMed identifier")
    except _Malformed as error:
        raise LdnKgError(f"{path}: {error}.") from error
    except ModuleNotFoundError as error:
        package = (error.name or "another package").partition(".")[0]
        raise LdnKgError(f"{path} needs {package}: {_INSTALL}.") from error
    if not records:
        raise LdnKgError(f"{path} holds no record; export it again, or type what you know.")
    return records


def choose(records: Sequence[Reference], wanted: str | None = None) -> Reference:
    """Return the record that is wanted: by number from 1, DOI, PubMed identifier or title.

    Where nothing is wanted it is the only one. Raises LdnKgError with the list of records where it
    is not clear which one is meant.
    """
    if wanted is None:
        fits = list(records)
    elif wanted.isdecimal():
        fits = [r for n, r in enumerate(records, 1) if n == int(wanted)]
    else:
        names = [{plain(x) for x in (r.doi, r.title, r.pmid) if x} for r in records]
        fits = [r for r, known in zip(records, names, strict=True) if plain(wanted) in known]
    if len(fits) == 1:
        return fits[0]
    listed = "".join(f"\n  {n}  {record}" for n, record in enumerate(records[:_MOST], 1))
    more = f"\n  … {len(records) - _MOST} more" if len(records) > _MOST else ""
    asked = "" if wanted is None else f"--record {wanted!r} names {len(fits) or 'none'} of them. "
    raise LdnKgError(f"{asked}Choose one by --record and its number, DOI or title:{listed}{more}")


def with_typed(
    record: Reference, registrations: Iterable[str] = (), **fields: str | None
) -> Reference:
    """Return a record with what a person typed in place of what it says, registrations added.

    The fields are doi, pmid, title and year. Raises LdnKgError for one that is not of its form.
    """
    typed: dict[str, Any] = {}
    for name, value in fields.items():
        if value is not None:
            typed[name] = _tidy(name, value)
            if not typed[name]:
                raise LdnKgError(f"--{name} {value!r} is not of its form; give it as {_AS[name]}.")
    numbers = [*record.registrations, *map(_clean, registrations)]
    return replace(record, **typed, registrations=tuple(dict.fromkeys(filter(None, numbers))))


_AS = {
    "doi": "10. and what follows, as in 10.1000/182",
    "pmid": "digits",
    "title": "words",
    "year": "four digits",
}


def family(author: str) -> str:
    """Return the family name of an author, without initials and `Jr`; a group's whole name."""
    return re.sub(r"(?<=\S) [^\Wa-z_]{1,5}( (Jr|Sr|I{1,3}|IV))?$", "", author)


# Names of people


def _name(family: str, given: str = "", suffix: str = "") -> str:
    """Return family name and initials, as in `van der Woude CJ` or `Smith J Jr`."""
    words = given.split()
    while words and words[-1].islower() and words[-1].isalpha() and len(words) > 1:
        family = f"{words.pop()} {family}"  # a particle that stands behind the given names
    initials = "".join(_initials(word) for word in re.split(r"[\s.‐-]+", " ".join(words)))
    return " ".join(" ".join([family, initials, suffix.strip(" .")]).split())


def _initials(word: str) -> str:
    return word if word.isupper() and len(word) <= 4 else word[:1].upper()


def _comma_name(name: str) -> str:
    """Read `Younger, Jarred`, with `Jr` after another comma; other names stay as they are."""
    family, *rest = (part.strip() for part in name.split(","))
    return _name(family, *rest[:2]) if family and rest else " ".join(name.split())


# What all formats have


def _reference(authors: Iterable[str], said: Iterable[str], **fields: str | None) -> Reference:
    """Make a record of what a format says; `said` is where registrations may be named."""
    known: dict[str, Any] = {name: _tidy(name, value) for name, value in fields.items() if value}
    return Reference(
        authors=tuple(filter(None, map(_clean, authors))),
        registrations=tuple(dict.fromkeys(_registrations(said))),
        **{name: value for name, value in known.items() if value},
    )


def _tidy(name: str, words: str) -> str | None:
    return _TIDY[name](_clean(words))


def _clean(words: str) -> str:
    """Return text on one line, without what is neither printed nor a space."""
    seen = (c for c in words if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(c if c.isprintable() else " " for c in seen).split())


def _plain_text(words: str) -> str:
    """Return text without mark-up."""
    return _clean(html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", words)))


def _title(words: str) -> str:
    return _plain_text(words).removesuffix(".")


def _pages(words: str) -> str:
    """Return `529-538` for what may be written 529–538, 529--538 or, as PubMed does, 529-38."""
    pages = re.sub(r"\s*[-‐‑‒–—]+\s*", "-", words.strip())
    short = re.fullmatch(r"(\d+)-(\d+)", pages)
    if short and len(short[2]) < len(short[1]):
        return f"{short[1]}-{short[1][: -len(short[2])]}{short[2]}"
    first, _, last = pages.partition("-")
    return first if first == last else pages.strip("-")


def _matched(pattern: str) -> Callable[[str], str | None]:
    def _first(words: str) -> str | None:
        match = re.search(pattern, words)
        return match[0] if match else None

    return _first


def _isbn(words: str) -> str | None:
    """Return the digits of an ISBN; an ISSN is none."""
    digits = (re.sub(r"[\s-]", "", word) for word in re.split(r"[;,()]|\s{2,}", words))
    return next((d for d in digits if re.fullmatch(r"(97[89])?\d{9}[\dXx]", d)), None)


_TIDY: dict[str, Callable[[str], str | None]] = {
    "title": _title,
    "journal": _plain_text,
    "year": _matched(r"\b(1[89]|20)\d\d(?!\d)"),
    "volume": str.strip,
    "issue": str.strip,
    "pages": _pages,
    "doi": _matched(r"10\.\d{4,9}/\S+"),
    "pmid": _matched(r"(?<!\w)[1-9]\d{0,8}(?!\w)"),
    "pmcid": _matched(r"PMC\d+"),
    "isbn": _isbn,
}

# As registries write them. What other numbers look like, too, is left for a person to type.
_REGISTRATION = re.compile(
    r"\b(?:NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}|IRCT\d{8,14}N\d{1,3}|ChiCTR[-A-Z0-9]{8,14}"
    r"|jRCTs?\d{9,10}|CTRI/\d{4}/\d{2,3}/\d{6}|DRKS\d{8}|UMIN\d{9}|KCT\d{7}|TCTR\d{11}"
    r"|PACTR\d{15,16}|RBR-[0-9A-Za-z]{5,8}|SLCTR/\d{4}/\d{3}|CRD\d{11})\b"
)
# Numbers that only the name of the register before them tells from others, by the name we write.
_NAMED = {
    name: re.compile(rf"\b{words}\W+(?:\w+\W+){{0,2}}?({number})\b", re.IGNORECASE)
    for name, words, number in (
        ("EudraCT", "EudraCT", r"\d{4}-\d{6}-\d{2}"),
        ("Nigeria Clinical Trial Registry", "Nigeria Clinical Trials? Registry", r"\d{8}"),
    )
}


def _registrations(said: Iterable[str]) -> Iterator[str]:
    for words in said:
        for number in _REGISTRATION.findall(words):
            yield f"PROSPERO {number}" if number.startswith("CRD") else number
        for name, pattern in _NAMED.items():
            yield from (f"{name} {number}" for number in pattern.findall(words))


# The formats. Each reader yields a record at a time, so that a fault has the number of its record.


def _nbib(content: str) -> Iterator[Reference]:
    """Read the MEDLINE format of PubMed, https://www.nlm.nih.gov/bsd/mms/medlineelements.html.

    By hand: the package nbib has not moved since 2021, and rispy wants each record to have an end.
    """
    for number, block in _blocks(content, "PMID"):
        tags: dict[str, list[str]] = {}
        last = ""
        for line in filter(str.strip, block.splitlines()):
            tagged = re.match(r"([A-Z]{2,4}) {0,2}- ?(.*)", line)
            if tagged:
                last = tagged[1]
                tags.setdefault(last, []).append(tagged[2].strip())
            elif line[0].isspace():
                tags[last][-1] += f" {line.strip()}"
            else:
                raise _Malformed(number, f"has a line without a tag: {line.strip()[:40]!r}")
        yield _of_nbib(tags)


def _blocks(content: str, tag: str) -> Iterator[tuple[int, str]]:
    """Yield the text of each record, which begins with a tag, and its number."""
    before, *blocks = re.split(rf"(?m)^(?={tag} *-)", content)
    if re.search(r"(?m)^[A-Z][A-Z0-9]{1,3} *- ", before):
        raise _Malformed(1, f"does not begin with {tag}")
    yield from enumerate(blocks, 1)


def _of_nbib(tags: dict[str, list[str]]) -> Reference:
    def get(*names: str) -> str | None:
        return next((tags[name][0] for name in names if name in tags), None)

    def every(*names: str) -> list[str]:
        return [value for name in names for value in tags.get(name, ())]

    return _reference(
        authors=every("AU", "CN"),
        said=every("SI", "TI", "AB", "OT"),
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


def _ris(content: str) -> Iterator[Reference]:
    """Read RIS by rispy, record by record: of several it drops those that have no end."""
    import rispy  # type: ignore[import-untyped]  # it has no types

    for number, block in _blocks(content, "TY"):
        inside, end, after = block.partition("\nER  -")
        lines = [line for line in inside.splitlines() if line.strip()]
        if not end:
            raise _Malformed(number, "has no end, a line 'ER  - '")
        if lines[1:] and not re.match(r"[A-Z][A-Z0-9]  -", lines[1]):
            raise _Malformed(number, f"has a line without a tag: {lines[1].strip()[:40]!r}")
        if after.strip():
            raise _Malformed(number, f"goes on after its end: {after.strip()[:40]!r}")
        for record in rispy.loads(f"{inside}{end}"):
            yield _of_ris(record)


def _of_ris(record: dict[str, Any]) -> Reference:
    def get(*names: str) -> str:
        """Return the first that there is, under the names of rispy."""
        return next((str(record[name]) for name in names if record.get(name)), "")

    first, last = get("start_page"), get("end_page")
    elsewhere = " ".join(get(name) for name in ("urls", "id", "accession_number", "custom2"))
    pubmed = re.search(r"(?i)pubmed|medline", get("name_of_database"))
    linked = re.search(r"pubmed\S*?/(\d+)", elsewhere)
    texts = ("title", "primary_title", "abstract", "notes_abstract", "notes", "keywords")
    return _reference(
        authors=map(_comma_name, record.get("authors") or record.get("first_authors") or ()),
        said=map(get, texts),
        title=get("title", "primary_title"),
        journal=get("alternate_title3", "secondary_title", "journal_name", "alternate_title2"),
        year=get("year", "publication_year", "date"),
        volume=get("volume"),
        issue=get("number"),
        pages=f"{first}-{last}" if first and last and "-" not in first else first,
        doi=get("doi"),
        pmid=get("accession_number") if pubmed else linked and linked[1],
        pmcid=elsewhere,
        isbn=get("issn"),
    )


def _bibtex(content: str) -> Iterator[Reference]:
    """Read BibTeX by bibtexparser, LaTeX decoded; a percent sign begins no comment there."""
    import logging

    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import (
        LatexDecodingMiddleware,
        SeparateCoAuthors,
        SplitNameParts,
    )
    from bibtexparser.model import Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # faults are raised here
    library = parse_string(
        re.sub(r"(?<!\\)%", r"\\%", content),
        append_middleware=[
            LatexDecodingMiddleware(keep_braced_groups=True, keep_math_mode=False),
            SeparateCoAuthors(),
            SplitNameParts(),
        ],
    )
    records = [b for b in library.blocks if isinstance(b, Entry | ParsingFailedBlock)]
    for number, block in enumerate(records, 1):
        if isinstance(block, ParsingFailedBlock):
            line = f" at line {block.start_line + 1}" if block.start_line is not None else ""
            fault = " ".join(str(block.error).split())
            raise _Malformed(number, f"cannot be read{line} ({fault})")
        yield _of_bibtex({field.key.lower(): field.value for field in block.fields})


def _of_bibtex(fields: dict[str, Any]) -> Reference:
    def get(*names: str) -> str:
        return next(
            (str(fields[name]).translate(_NO_BRACES) for name in names if name in fields), ""
        )

    return _reference(
        authors=map(_of_parts, fields.get("author", ())),
        said=map(get, ("title", "abstract", "note", "annote", "keywords")),
        title=get("title"),
        journal=get("journal", "journaltitle", "booktitle"),
        year=get("year", "date"),
        volume=get("volume"),
        issue=get("number", "issue"),
        pages=get("pages"),
        doi=get("doi"),
        pmid=get("eprint") if get("eprinttype").lower() == "pubmed" else get("pmid"),
        pmcid=get("pmcid", "pmc"),
        isbn=get("isbn"),
    )


_NO_BRACES = str.maketrans("", "", "{}")


def _of_parts(name: Any) -> str:
    parts = ([*name.von, *name.last], name.first, name.jr)
    whole, given, suffix = (" ".join(words).translate(_NO_BRACES) for words in parts)
    return "et al." if whole == "others" and not given else _name(whole, given, suffix)


def _csl(content: str) -> Iterator[Reference]:
    """Read CSL-JSON, https://docs.citationstyles.org: a list of items, one item, or `items`."""
    try:
        whole = json.loads(content)
    except json.JSONDecodeError as error:
        raise _Malformed(None, f"line {error.lineno} is no JSON ({error.msg})") from error
    except RecursionError as error:
        raise _Malformed(None, "the JSON is nested too deep for a bibliography") from error
    items = whole.get("items", [whole]) if isinstance(whole, dict) else whole
    for number, item in enumerate(items if isinstance(items, list) else [items], 1):
        if not isinstance(item, dict):
            raise _Malformed(number, f"is no object: {json.dumps(item)[:40]}")
        try:
            yield _of_csl(item)
        except (AttributeError, TypeError) as error:
            raise _Malformed(number, "has an author or a date that is not as in CSL") from error


def _of_csl(item: dict[str, Any]) -> Reference:
    def get(name: str) -> str:
        value = item.get(name) or ""
        return str((value or [""])[0] if isinstance(value, list) else value)

    issued = item.get("issued") or {}
    parts = issued.get("date-parts") or [[issued.get("raw") or issued.get("literal") or ""]]
    note = get("note")  # where Zotero puts what CSL once had no field for
    pmid = re.search(r"PMID:\s*(\d+)", note)
    return _reference(
        authors=[_of_csl_name(name) for name in item.get("author") or ()],
        said=[get("title"), get("abstract"), get("keyword"), note],
        title=get("title"),
        journal=get("container-title"),
        year=str(parts[0][0]),
        volume=get("volume"),
        issue=get("issue"),
        pages=get("page"),
        doi=get("DOI"),
        pmid=get("PMID") or (pmid and pmid[1]),
        pmcid=get("PMCID") or note,
        isbn=get("ISBN"),
    )


def _of_csl_name(name: dict[str, str]) -> str:
    if not name.get("family"):
        return name.get("literal", "")
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"))
    whole = " ".join(filter(None, [*particles, name["family"]]))
    return _name(whole, name.get("given", ""), name.get("suffix", ""))


_READERS: dict[str, Callable[[str], Iterable[Reference]]] = {
    ".ris": _ris,
    ".bib": _bibtex,
    ".json": _csl,
    ".nbib": _nbib,
}


def _by_content(content: str) -> Callable[[str], Iterable[Reference]] | None:
    """Return the reader that the first line that says something asks for."""
    marks = {r"TY  -": _ris, r"PMID *-": _nbib, r"@\w+\s*[{(]": _bibtex, r"\s*[\[{]": _csl}
    for line in filter(str.strip, content.splitlines()):
        for mark, reader in marks.items():
            if re.match(mark, line):
                return reader
    return None

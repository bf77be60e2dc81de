"""The fields of a bibliographic record, each brought into one form, whatever format says it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

from ldn_kg.curate.bibliography.reference import Notice, Reference, RegistryEntry

# Names of people


def person(family: str, given: str = "", suffix: str = "") -> str:
    """Return family name and initials, as in `van der Woude CJ` or `Smith J Jr`."""
    words, particles = given.split(), list[str]()
    while len(words) > 1 and words[-1].islower() and words[-1].isalpha():
        particles.append(words.pop())  # it stands behind the given names
    family = " ".join([*reversed(particles), family])
    initials = "".join(_initials(word) for word in re.split(r"[\s.‐-]+", " ".join(words)))
    return " ".join(" ".join([family, initials, suffix.strip(" .")]).split())


def _initials(word: str) -> str:
    return word if word.isupper() and len(word) <= 4 else word[:1].upper()


def comma_name(name: str) -> str:
    """Read `Younger, Jarred`, with `Jr` after another comma; other names stay as they are."""
    family, *rest = (part.strip() for part in name.split(","))
    return person(family, *rest[:2]) if family and rest else " ".join(name.split())


# What all formats have


def reference_of(
    authors: Iterable[str],
    said: Iterable[str],
    *,
    abstract: str | None = None,
    notices: Iterable[Notice] = (),
    is_notice: bool = False,
    entry: RegistryEntry | None = None,
    **fields: str | None,
) -> Reference:
    """Make a record of what a format says; `said` is where registrations may be named."""
    known = {field: tidy(field, value) for field, value in fields.items() if value}
    told: dict[str, Any] = {field: value for field, value in known.items() if value}
    people = tuple(filter(None, map(clean, authors)))
    numbers = tuple(dict.fromkeys(registrations_in([*said, abstract or ""])))
    if entry is None and len(numbers) == 1 and _is_of_registry(people, told):
        entry = RegistryEntry(numbers[0])
    return Reference(
        authors=people,
        registrations=numbers,
        abstract=plain_text(abstract or "") or None,
        notices=tuple(dict.fromkeys(notices)),
        is_notice=is_notice,
        entry=entry,
        **told,
    )


# Where databases put the entries of registries among papers, by what stands in place of a journal.
_REGISTRIES = re.compile(
    r"(?i)clinicaltrials\.gov|clinicaltrialsregister|euclinicaltrials|trialsearch\.who|ictrp|anzctr"
    r"|isrctn|^https?://.*(?:trial|registry)"
)


def _is_of_registry(people: tuple[str, ...], told: dict[str, str]) -> bool:
    """Tell whether a record is the entry of a registry, and no paper that names one."""
    if told.keys() & {"doi", "pmid", "pmcid", "volume"}:
        return False
    return bool(_REGISTRIES.search(told.get("journal", ""))) or not (people or "journal" in told)


def tidy(field: str, words: str) -> str | None:
    """Return a field in the form that `Reference` has it in, or None where it is not of its form.

    The fields are title, journal, year, volume, issue, pages, doi, pmid, pmcid and isbn.
    """
    return _TIDY[field](clean(words))


def clean(words: str) -> str:
    """Return text on one line, without what is neither printed nor a space."""
    seen = (c for c in words if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(c if c.isprintable() else " " for c in seen).split())


def plain_text(words: str) -> str:
    """Return text without mark-up."""
    return clean(unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", words)))


def _title(words: str) -> str:
    return plain_text(words).removesuffix(".")


def _pages(words: str) -> str:
    """Return `529-538` for what may be written 529–538, 529--538 or, as PubMed does, 529-38."""
    pages = re.sub(r"(?<!\s)\s*+[-‐‑‒–—]++\s*+", "-", words.strip())
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


def _doi(words: str) -> str | None:
    """Return a DOI without an address, blanks, percent signs for a slash, or what ends a sentence.

    Names of DOIs may hold brackets; one that is closed and was not opened is not of the name.
    """
    told = re.sub(r"(?i)%(2f|28|29|3a|3b|3c|3e)", lambda sign: unquote(sign[0]), unescape(words))
    told = re.sub(r"\b(10\.\d{4,9})\s*/\s*", r"\1/", told)
    match = re.search(r"10\.\d{4,9}/\S+", told)
    doi = match[0].rstrip(".,;") if match else ""
    while doi.endswith((")", "]")) and doi.count(")") + doi.count("]") > doi.count("(") + doi.count(
        "["
    ):
        doi = doi[:-1].rstrip(".,;")
    return doi or None


def _isbn(words: str) -> str | None:
    """Return the digits of an ISBN; an ISSN is none."""
    digits = (re.sub(r"[\s-]", "", word) for word in re.split(r"[;,()]|\s{2,}", words))
    return next((d for d in digits if re.fullmatch(r"(97[89])?\d{9}[\dXx]", d)), None)


_TIDY: dict[str, Callable[[str], str | None]] = {
    "title": _title,
    "journal": plain_text,
    "year": _matched(r"(?<!\d)(1[89]|20)\d\d(?!\d)"),
    "volume": str.strip,
    "issue": str.strip,
    "pages": _pages,
    "doi": _doi,
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
# What people put between the letters and the digits, or write small.
_JOINED = re.compile(r"(?i)\b(NCT|ISRCTN|ACTRN|DRKS)[\s:#_-]*(?=\d{8})")
# Numbers that only the name of the register before them tells from others, by the name we write.
_NAMED = {
    name: re.compile(rf"\b{words}\W+(?:\w+\W+){{0,2}}?({number})\b", re.IGNORECASE)
    for name, words, number in (
        ("EudraCT", "EudraCT", r"\d{4}-\d{6}-\d{2}"),
        ("Nigeria Clinical Trial Registry", "Nigeria Clinical Trials? Registry", r"\d{8}"),
    )
}


def registrations_in(said: Iterable[str]) -> Iterator[str]:
    """Yield the registrations that texts name, as the data write them."""
    for words in (_JOINED.sub(lambda part: part[1].upper(), words) for words in said):
        for number in _REGISTRATION.findall(words):
            yield f"PROSPERO {number}" if number.startswith("CRD") else number
        for name, pattern in _NAMED.items():
            yield from (f"{name} {number}" for number in pattern.findall(words))

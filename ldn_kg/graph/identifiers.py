"""Identifiers of papers and trials in one normal form, so that those of the same thing are equal.

DOIs are compared without regard to case (DOI Handbook, 3.4) and stand in lower case, as Crossref
shows them. A number of a registry stands as the registry writes it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote

# How each registry begins its numbers, and what follows; a longer beginning is before a shorter.
_REGISTRIES = {
    "NCT": r"\d{8}",
    "ISRCTN": r"\d{8}",
    "ACTRN": r"\d{14}",
    "IRCT": r"\d{8,14}N\d{1,3}",
    "ChiCTR-": r"[A-Z]{2,5}-\d{8}",
    "ChiCTR": r"\d{10}",
    "jRCTs": r"\d{9}",
    "jRCT": r"\d{10}",
    "NL-OMON": r"\d{4,6}",
    "NTR": r"\d{2,5}",
    "NL": r"\d{2,5}",
    "SLCTR/": r"\d{4}/\d{3}",
    "CTRI/": r"\d{4}/\d{2,3}/\d{6}",
    "DRKS": r"\d{8}",
    "UMIN": r"\d{9}",
    "KCT": r"\d{7}",
    "PACTR": r"\d{15,16}",
    "TCTR": r"\d{11}",
    "RBR-": r"[\dA-Z]{5,8}",
    "Nigeria Clinical Trial Registry ": r"\d{8}",
    "PROSPERO CRD": r"\d{11}",
    "PMC": r"[1-9]\d{0,8}",
}
_DOI = re.compile(r"10\.\d{4,9}/\S+?(?<!%20)(?=(?:%20)*+(?:\s|$))")
_PMID = re.compile(r"(?:pmid\W*|(?>\S*pubmed\W)\S*?)?(?<!0)0*+([1-9]\d{0,8})\W*", re.IGNORECASE)
_ISBN = re.compile(r"ISBN(?:-1[03])?\W*((?:\d[\s-]?){9}(?:(?:\d[\s-]?){3}\d|[\dX]))(?!\w)")
_EUROPEAN = re.compile(r"(?<!\d)(\d{4})[-\s]((\d)\d{5})[-\s](\d\d)(?:-(\d\d))?(?!\d)")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_CLOSING = {")": "(", "]": "[", ">": "<"}
_LONGEST = 500  # characters: what is longer is none of these


def normal(identifier: str) -> str:
    """Return the normal form of a DOI, PMID, PMCID, ISBN or registration, or else the text.

    Case, spaces, hyphens, addresses, words before it, percent-encoding and a full stop behind it
    make no difference. Bare digits are a PMID. The normal form of a normal form is itself.
    """
    if len(identifier) > _LONGEST:
        return identifier
    text = _decoded(identifier).translate(_HYPHENS).strip()
    if found := _DOI.search(_decoded(identifier, "%2520").translate(_HYPHENS)):
        return _without_end(re.sub("[A-Z]+", lambda capitals: capitals[0].lower(), found[0]))
    if found := _PMID.fullmatch(text):
        return found[1]
    return next(_registered(text.upper()), identifier)


def _decoded(text: str, space: str = "%20") -> str:
    """Return a text without percent-encoding, in the Unicode form without compatibility signs.

    An encoded space becomes what `space` encodes: %2520 keeps it, so that it does not end a DOI.
    """
    before = None
    while text != before:
        before, text = text, unicodedata.normalize("NFKC", unquote(text.replace("%20", space)))
    return text


def _registered(capitals: str) -> Iterator[str]:
    """Yield the numbers of registries that a text in capitals holds."""
    if found := _ISBN.search(capitals):
        yield "ISBN " + re.sub(r"[\s-]", "", found[1])
    for start, pattern in _patterns().items():
        if found := pattern.search(capitals):
            yield start + found[1]
    if found := _EUROPEAN.search(capitals):
        number = "-".join(found.group(1, 2, 4))
        later = f"-{found[5]}" if found[5] else ""
        yield f"EU CT {number}{later}" if found[3] == "5" else f"EudraCT {number}"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    patterns = {}
    for start, number in _REGISTRIES.items():
        words = r"\W*".join(re.escape(word) for word in re.findall(r"\w+", start.upper()))
        words = words.replace("PROSPERO", "(?:PROSPERO)?")  # some write the number alone
        provisional = "P?" if start == "ACTRN" else ""
        end = f"{provisional}(?![A-Z0-9])"
        patterns[start] = re.compile(rf"(?<![A-Z0-9]){words}\W*({number}){end}")
    return patterns


def _without_end(doi: str) -> str:
    """Return a DOI without the punctuation of the sentence that it stood in."""
    while doi[-1] in ".,;:\"'" or (doi[-1] in _CLOSING and _unopened(doi)):
        doi = doi[:-1]
    return doi


def _unopened(doi: str) -> bool:
    return doi.count(doi[-1]) > doi.count(_CLOSING[doi[-1]])

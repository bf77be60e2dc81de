"""What stands before a title: that the paper is retracted, or that this is a notice on it."""

import re
from collections.abc import Iterator

from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    RETRACTION,
    Notice,
)

_RETRACTED = re.compile(r"(?i)^\W*(?:retracted|withdrawn)(?: (?:article|paper))?\W*[:.\]]\s*")
# "Corrigendum to: …", "Erratum for “…” [J Invent 2 (2017) 1-9]", "Correction: …".
_NOTICE = re.compile(
    r"(?i)^\W*(?:(?:author|publisher)(?:'s|s'|’s)? )?"
    r"(?P<kind>corrigend(?:um|a)|errat(?:um|a)|corrections?|retraction|expressions? of concern)"
    r"(?: note| notice| statement)?(?:\s*(?:to|for|of|in|on|regarding)\b|\s*[:.–—-])\W*"
)
_KINDS = {"r": RETRACTION, "ex": CONCERN}


def notices_of_title(title: str) -> Iterator[Notice]:
    """Yield that the record itself was retracted, where publishers say so before its title."""
    if _RETRACTED.match(title):
        yield Notice(RETRACTION)


def without_marks(title: str) -> str:
    """Return a title without what says that its paper was retracted."""
    return _RETRACTED.sub("", title)


def on_another(title: str) -> tuple[str, str] | None:
    """Return the kind of a notice on another paper, and what is left of the title; or None."""
    match = _NOTICE.match(title)
    if not match:
        return None
    word = match["kind"].lower()
    kind = next((k for start, k in _KINDS.items() if word.startswith(start)), CORRECTION)
    return kind, title[match.end() :].strip(" .:\"'“”‘’")

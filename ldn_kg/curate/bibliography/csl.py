"""CSL-JSON (https://docs.citationstyles.org), and the works of Crossref, which are like it."""

import re
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.fields import person, reference_of, tidy
from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    PARTIAL,
    RETRACTION,
    UPDATE,
    Notice,
    Reference,
)
from ldn_kg.curate.bibliography.titles import notices_of_title

# https://www.crossref.org/documentation/crossmark/version-control-corrections-and-retractions/
_UPDATES = {
    **dict.fromkeys(("retraction", "withdrawal", "removal"), RETRACTION),
    "partial_retraction": PARTIAL,
    **dict.fromkeys(("correction", "corrigendum", "erratum", "clarification"), CORRECTION),
    **dict.fromkeys(("expression_of_concern", "expression-of-concern"), CONCERN),
    **dict.fromkeys(("new_edition", "new_version"), UPDATE),
}


def of_csl(item: dict[str, Any]) -> Reference:
    """Return what an item says. Raises AttributeError or TypeError where it is not as in CSL."""

    def get(name: str) -> str:
        value = item.get(name) or ""
        return str((value or [""])[0] if isinstance(value, list) else value)

    issued = item.get("issued") or {}
    parts = issued.get("date-parts") or [[issued.get("raw") or issued.get("literal") or ""]]
    note = get("note")  # where Zotero puts what CSL once had no field for
    pmid = re.search(r"PMID:\s*(\d+)", note)
    kinds = list(_updates(item))
    return reference_of(
        authors=[_of_csl_name(name) for name in item.get("author") or ()],
        said=[get("title"), get("keyword"), note, *_registered(item)],
        abstract=get("abstract"),
        notices=[*kinds, *notices_of_title(get("title"))],
        is_notice=any(not notice.on_itself for notice in kinds),
        title=": ".join(filter(None, [get("title"), get("subtitle")])),
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


def _updates(item: dict[str, Any]) -> Iterator[Notice]:
    """Yield what Crossref says: `update-to` on a notice, `updated-by` on the paper."""
    if item.get("status") == "retracted":
        yield Notice(RETRACTION)
    for update in item.get("update-to") or ():
        kind = _UPDATES.get(str(update.get("type")).lower())
        if kind and tidy("doi", str(update.get("DOI") or "")) != tidy("doi", str(item.get("DOI"))):
            yield Notice(kind, tidy("doi", str(update.get("DOI") or "")))
        elif kind:
            yield Notice(kind)
    for update in item.get("updated-by") or ():
        kind = _UPDATES.get(str(update.get("type")).lower())
        if kind:
            yield Notice(kind)


def _registered(item: dict[str, Any]) -> Iterator[str]:
    for trial in item.get("clinical-trial-number") or ():
        yield str(trial.get("clinical-trial-number") or "").upper()


def _of_csl_name(name: dict[str, str]) -> str:
    if not name.get("family"):
        return name.get("literal", "")
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"))
    whole = " ".join(filter(None, [*particles, name["family"]]))
    return person(whole, name.get("given", ""), name.get("suffix", ""))

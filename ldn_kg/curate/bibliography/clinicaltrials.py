"""The entries of ClinicalTrials.gov: its API v2, https://clinicaltrials.gov/data-api/about-api."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ldn_kg.curate.bibliography.fields import reference_of
from ldn_kg.curate.bibliography.reference import Reference, RegistryEntry

_ISO = re.compile(r"\d{4}(-\d{2}){0,2}")
_DAYS = {"%B %d, %Y": "%Y-%m-%d", "%B %Y": "%Y-%m"}  # as CSV had them before 2024
_EUDRACT = re.compile(r"(?:EudraCT\W*)?(\d{4}-\d{6}-\d{2})")


def of_study(item: dict[str, Any]) -> Reference:
    """Return what a study of the API says.

    Raises KeyError for one without its number, and AttributeError or TypeError for what is not as
    the API writes it.
    """
    protocol = item["protocolSection"]
    identity = protocol["identificationModule"]
    state = protocol.get("statusModule") or {}
    people = (protocol.get("designModule") or {}).get("enrollmentInfo") or {}

    def date(name: str) -> str | None:
        return day((state.get(f"{name}DateStruct") or {}).get("date"))

    return entry_of(
        identity.get("officialTitle") or identity.get("briefTitle"),
        [str(other.get("id")) for other in identity.get("secondaryIdInfos") or ()],
        RegistryEntry(
            number=str(identity["nctId"]),
            status=state.get("overallStatus"),
            has_results=bool(item.get("hasResults")) if "hasResults" in item else None,
            results_posted=date("resultsFirstPost"),
            start=date("start"),
            primary_completion=date("primaryCompletion"),
            completion=date("completion"),
            enrolment=people.get("count"),
            enrolled={"ACTUAL": True, "ESTIMATED": False}.get(str(people.get("type"))),
        ),
    )


def entry_of(title: str | None, numbers: Iterable[str], entry: RegistryEntry) -> Reference:
    """Return the record of a registry's entry, with the other numbers of the trial."""
    others = [_EUDRACT.sub(r"EudraCT \1", number) for number in numbers]
    return reference_of([], [entry.number, *others], title=title, entry=entry)


def day(words: str | None) -> str | None:
    """Return a date as ISO 8601, or None where it is none."""
    told = (words or "").strip()
    if _ISO.fullmatch(told):
        return told
    for form, iso in _DAYS.items():
        try:
            return datetime.strptime(told, form).strftime(iso)
        except ValueError:
            continue
    return None

"""The pages that tell one subject across all records: mechanisms, harms, doses, trials."""

from collections import Counter
from collections.abc import Iterable

from ldn_kg.graph.namespaces import LDNC
from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.read.doses import given_chart, windows, windows_chart
from ldn_kg.read.mechanisms import (
    Mechanism,
    in_blood,
    levels,
    mechanisms,
    most_in_cells,
    place,
)
from ldn_kg.read.record import Records
from ldn_kg.read.summary import ClaimAnswer
from ldn_kg.read.titration import schedules
from ldn_kg.read.trials import studies

_KNOWN = "known effect"
_OPIOIDS = "opioid"  # what is dangerous with opioids is told first
_HARMS = ("more often", "studies disagree", "no clear difference", "less often", "too few events")


def harms_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of all harms: what labels warn of, what was compared, and what was not."""
    harms = [answer for answer in renderer.answers.values() if answer.is_harm]
    known = [answer for answer in harms if answer.status == _KNOWN]
    others = [answer for answer in harms if answer.status != _KNOWN]
    low = [answer for answer in others if _is_low(answer)]
    return Page(
        path=path,
        title="Harms",
        template="harms.html",
        summary="What labels warn of, what came more often than without it, and what is not known.",
        context={
            "with_opioids": _together(a for a in known if _OPIOIDS in a.subject),
            "known": _together(a for a in known if _OPIOIDS not in a.subject),
            "compared": sorted((a for a in low if a.findings), key=_harm_place),
            "reported": sorted((a for a in low if not a.findings), key=_harm_place),
            "others": _by_treatment(answer for answer in others if not _is_low(answer)),
        },
    )


def _is_low(answer: ClaimAnswer) -> bool:
    return answer.dose == f"{LDNC}low-dose" and answer.drug.endswith("/naltrexone")


def _harm_place(answer: ClaimAnswer) -> tuple[int, str]:
    place = _HARMS.index(answer.status) if answer.status in _HARMS else len(_HARMS)
    return place, answer.subject.casefold()


def _together(known: Iterable[ClaimAnswer]) -> dict[str, list[ClaimAnswer]]:
    """Map each known effect to the answers on it, those at low doses first."""
    found: dict[str, list[ClaimAnswer]] = {}
    for answer in sorted(known, key=lambda a: (not _is_low(a), a.label)):
        found.setdefault(answer.subject, []).append(answer)
    order = sorted(found, key=lambda name: (not _is_low(found[name][0]), name))
    return {name: found[name] for name in order}


def _by_treatment(answers: Iterable[ClaimAnswer]) -> dict[str, list[ClaimAnswer]]:
    """Map each treatment, as it is called in the answers, to its harms."""
    found: dict[str, list[ClaimAnswer]] = {}
    for answer in sorted(answers, key=_harm_place):
        treatment = answer.sentence.partition(" with ")[2].partition(":")[0]
        # A harm "in people who …" has its treatment behind the people.
        found.setdefault(treatment.rpartition(" with ")[2] or treatment, []).append(answer)
    return dict(sorted(found.items()))


def doses_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of doses: windows, what trials gave, and how doses are built up."""
    dataset = records.dataset
    built_up = sorted(schedules(dataset), key=lambda each: "trial" not in each.design)
    answers = [a for a in renderer.answers.values() if not a.is_harm and _is_low(a)]
    given = [study for study in studies(dataset) if study.most is not None]
    return Page(
        path=path,
        title="Doses",
        template="doses.html",
        summary="Which doses were tried, what came out, and how the dose is built up.",
        context={
            "windows": windows_chart(windows(dataset)),
            "given": given_chart(answers),
            "timed": [each for each in built_up if each.timed],
            "untimed": [each for each in built_up if not each.timed],
            "studies": given,
            "records": sorted(
                (name for name in records if "/dose/" in name),
                key=lambda name: records[name].label.casefold(),
            ),
        },
    )


def trials_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of all studies, with what a reader may choose them by."""
    found = studies(records.dataset)
    return Page(
        path=path,
        title="Trials and other studies",
        template="trials.html",
        summary="Every study, whatever it found, and what is registered without a result.",
        context={
            "studies": found,
            "conditions": _names(c for study in found for c, _ in study.conditions),
            "designs": _names(study.design for study in found),
            "awaited": sum(study.awaited for study in found),
        },
    )


def _names(names: Iterable[str]) -> list[tuple[str, int]]:
    """Return each name with its number, by name."""
    return sorted(Counter(names).items(), key=lambda pair: pair[0].casefold())


def mechanisms_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of all mechanisms: where each was measured, how, and at which doses."""
    found = sorted(mechanisms(records.dataset), key=place)
    return Page(
        path=path,
        title="Mechanisms",
        template="mechanisms.html",
        summary="How naltrexone is said to work: where it was measured, how, and at which doses.",
        context={
            "groups": _by_place(found),
            "matrix": _matrix(found),
            "levels": levels(records.dataset),
            "in_blood": in_blood(records.dataset),
            "most_in_cells": most_in_cells(records.dataset),
        },
    )


def _by_place(found: list[Mechanism]) -> dict[str, list[Mechanism]]:
    groups: dict[str, list[Mechanism]] = {}
    for each in found:
        groups.setdefault(each.where, []).append(each)
    return groups


def _matrix(found: list[Mechanism]) -> dict[str, dict[str, int]]:
    """Map where a mechanism was looked for to its statuses, and each of these to its number."""
    statuses = Counter(each.status for each in found)
    order = [status for status, _ in statuses.most_common()]
    return {
        where: {status: sum(each.status == status for each in some) for status in order}
        for where, some in _by_place(found).items()
    }

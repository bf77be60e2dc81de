"""The pages that tell one subject across all records: mechanisms, harms, doses, trials."""

from collections import Counter

from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.read.mechanisms import (
    Mechanism,
    in_blood,
    levels,
    mechanisms,
    most_in_cells,
    place,
)
from ldn_kg.read.record import Records


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

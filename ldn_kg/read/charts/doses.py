"""Dose windows, arms and titration schedules on one axis of milligrams a day."""

import math
from collections.abc import Callable

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.axis import Axis, log_ticks
from ldn_kg.read.charts.canvas import (
    LARGE,
    LEADING,
    SMALL,
    Canvas,
    Chart,
    Href,
    Rows,
    counted,
    wrapped,
)

_WINDOWS = """
SELECT DISTINCT ?window ?name ?least ?greatest
WHERE {
  ?window a ldn:DoseWindow ; rdfs:label ?name ; qudt:hasUnit unit:MilliGM-PER-DAY .
  OPTIONAL { ?window schema:minValue ?least }
  OPTIONAL { ?window schema:maxValue ?greatest }
  FILTER(BOUND(?least) || BOUND(?greatest))
}
ORDER BY ?greatest ?least ?name
"""
_ARMS = """
SELECT DISTINCT ?study ?who ?condition ?about ?least ?greatest
WHERE {
  %s
  ?study rdfs:label ?who ; ldn:arm ?arm .
  ?arm ldn:drug drug:naltrexone .
  OPTIONAL { ?arm ldn:dailyDoseMin ?least }
  OPTIONAL { ?arm ldn:dailyDoseMax ?greatest }
  FILTER(BOUND(?least) || BOUND(?greatest))
  FILTER NOT EXISTS { ?study ldn:system ?animals }
  FILTER NOT EXISTS { ?study ldn:publication ?paper FILTER EXISTS { ?paper ldn:retracted true } }
  OPTIONAL { ?study ldn:condition ?condition . ?condition rdfs:label ?about }
}
ORDER BY ?about ?who ?study ?greatest ?least
"""
_STEPS = """
SELECT DISTINCT ?regimen ?name ?position ?step ?dose ?least ?greatest
WHERE {
  ?regimen a ldn:Regimen ; rdfs:label ?name ; ldn:step ?step .
  ?step schema:position ?position .
  OPTIONAL { ?step ldn:dose ?dose }
  OPTIONAL { ?step ldn:dailyDoseMin ?least }
  OPTIONAL { ?step ldn:dailyDoseMax ?greatest }
  FILTER NOT EXISTS {
    ?study ldn:regimen|ldn:arm/ldn:regimen ?regimen ; ldn:publication/ldn:retracted true
  }
}
ORDER BY ?regimen ?position
"""
_BY = """
SELECT DISTINCT ?regimen ?study ?who
WHERE {
  %s
  ?study ldn:regimen|ldn:arm/ldn:regimen ?regimen ; rdfs:label ?who .
}
ORDER BY ?regimen ?who
"""
_LEFT, _RIGHT, _WIDTH = 226.0, 500.0, 512.0
_LABEL, _INDENT = 212.0, 8.0  # the room for names, and how far studies stand in
_HEAD, _FOOT = 34.0, 10.0  # of a panel
_NONE = "no condition named"

Group = tuple[str, Rows]  # the arms of studies in a condition


def dose_chart(dataset: Dataset, href: Href) -> Chart:
    """Draw dose windows, the arms of studies in people, and schedules, in milligrams a day.

    Raises LdnKgError where there is no dose at all.
    """
    windows = dataset.rows(_WINDOWS)
    studies = _by_condition(dataset.rows(_ARMS % ""))
    chart = _chart("ldn-doses", windows, studies, *_schedules(dataset), href)
    if chart is None:
        raise LdnKgError("There is no daily dose to draw.")
    return chart


def condition_doses(dataset: Dataset, condition_iri: str, href: Href) -> Chart | None:
    """Draw the arms and schedules of the studies in a condition; None where none has a dose."""
    wanted = NamedNode(condition_iri)
    studies = _by_condition(dataset.rows(_ARMS % "?study ldn:condition ?wanted .", wanted=wanted))
    name = f"ldn-doses-{condition_iri.rpartition('/')[2]}"
    return _chart(name, [], studies, *_schedules(dataset, wanted), href)


def _chart(
    name: str,
    windows: Rows,
    studies: list[Group],
    schedules: list[Rows],
    left_out: int,
    href: Href,
) -> Chart | None:
    ranges = [*windows, *(arm for _, arms in studies for arm in arms)]
    ranges += [step for schedule in schedules for step in schedule]
    if not ranges:
        return None
    axis = _axis(ranges)
    panels: list[tuple[str, float, Callable[[Canvas, float], None]]] = [
        (
            "Dose windows, and who names them so",
            sum(map(_window_height, windows)),
            lambda canvas, y: _draw_windows(canvas, y, windows, axis, href),
        ),
        (
            "Naltrexone in the arms of studies, by condition",
            sum(_group_height(*group) for group in studies),
            lambda canvas, y: _draw_arms(canvas, y, studies, axis, href),
        ),
        (
            "Schedules: from the first dose (open) to the last (filled)",
            sum(map(_schedule_height, schedules)),
            lambda canvas, y: _draw_schedules(canvas, y, schedules, axis, href),
        ),
    ]
    panels = [panel for panel in panels if panel[1]]
    canvas = Canvas(name, _WIDTH, 30 + sum(_HEAD + height + _FOOT for _, height, _ in panels))
    _draw_key(canvas)
    y = 26.0
    for title, height, draw in panels:
        _draw_frame(canvas, y, title, height, axis)
        draw(canvas, y + _HEAD)
        y += _HEAD + height + _FOOT
    description = _describe(windows, studies, schedules, left_out)
    return canvas.chart("Daily doses of naltrexone", description)


def _axis(ranges: Rows) -> Axis:
    """Return an axis of milligrams a day around all doses, in whole decades."""
    doses = [float(row[end]) for row in ranges for end in ("least", "greatest") if row[end]]
    low = 10.0 ** (math.ceil(math.log10(min(doses))) - 1)
    high = 10.0 ** (math.floor(math.log10(max(doses))) + 1)
    return Axis(low, high, _LEFT, _RIGHT, logarithmic=True)


def _ends(row: dict[str, str], axis: Axis) -> tuple[float, float]:
    """Return where a range begins and ends; an open one goes on to the edge."""
    least, greatest = row["least"], row["greatest"]
    return (
        axis.place(float(least)) if least else _LEFT,
        axis.place(float(greatest)) if greatest else _RIGHT,
    )


def _draw_key(canvas: Canvas) -> None:
    for x, shape, words in (
        (6, "circle", "one dose"),
        (158, "left", "up to"),
        (210, "right", "from"),
    ):
        canvas.mark(x, 9, shape, "link", 7)
        canvas.text(x + 8, 12, words, SMALL)
    canvas.line(68, 9, 88, 9, "link", 4)
    canvas.text(94, 12, "a range", SMALL)
    canvas.text(_RIGHT, 12, "mg a day, logarithmic axis", SMALL, "muted", "end")


def _draw_frame(canvas: Canvas, y: float, title: str, height: float, axis: Axis) -> None:
    canvas.text(2, y + 12, title, LARGE, bold=True)
    for tick in log_ticks(axis.low, axis.high, (1,)):
        x = axis.place(tick)
        canvas.line(x, y + _HEAD - 4, x, y + _HEAD + height, tick=f"{tick:g}")
        canvas.text(x, y + _HEAD - 7, f"{tick:,g}", SMALL, anchor="middle")


def _draw_arm(canvas: Canvas, y: float, arm: dict[str, str], axis: Axis) -> None:
    """Draw one dose as a dot, a range as a line, an open range as an arrow."""
    start, end = _ends(arm, axis)
    title = _range(arm)
    if not arm["least"] or not arm["greatest"]:
        x, shape = (end, "left") if arm["greatest"] else (start, "right")
        canvas.mark(x, y, shape, "link", 7, title=title, arm="1")
    elif start == end:
        canvas.mark(start, y, "circle", "link", 7, title=title, arm="1")
    else:
        canvas.line(start, y, end, y, "link", 4, title=title, arm="1")


def _range(row: dict[str, str]) -> str:
    least, greatest = (f"{float(row[k]):g}" if row[k] else "" for k in ("least", "greatest"))
    if not least or not greatest:
        return f"up to {greatest} mg a day" if greatest else f"from {least} mg a day"
    return f"{least} mg a day" if least == greatest else f"{least}–{greatest} mg a day"


def _window_height(window: dict[str, str]) -> float:
    return 6 + LEADING * len(wrapped(window["name"], _LABEL))


def _draw_windows(canvas: Canvas, y: float, windows: Rows, axis: Axis, href: Href) -> None:
    for window in windows:
        height = _window_height(window)
        label = wrapped(window["name"], _LABEL)
        canvas.text(2, y + 12, label, href=href(window["window"]))
        start, end = _ends(window, axis)
        middle = y + height / 2
        canvas.line(start, middle, end, middle, "neutral", 8, title=_range(window), window="1")
        if not window["least"]:
            canvas.mark(start, middle, "left", "neutral", 12)
        if not window["greatest"]:
            canvas.mark(end, middle, "right", "neutral", 12)
        y += height


def _by_condition(arms: Rows) -> list[Group]:
    """Return the arms under the names of the conditions of their studies, most studies first."""
    names: dict[str, set[str]] = {}
    for arm in arms:
        names.setdefault(arm["study"], set()).add(arm["about"])
    groups: dict[str, dict[tuple[str, ...], dict[str, str]]] = {}
    for arm in arms:
        title = ", ".join(sorted(names[arm["study"]])) or _NONE
        key = (arm["study"], arm["least"], arm["greatest"])
        groups.setdefault(title, {})[key] = arm
    listed = [(title, list(inside.values())) for title, inside in groups.items()]
    return sorted(listed, key=lambda x: (x[0] == _NONE, -len(_by_study(x[1])), x[0].lower()))


def _by_study(arms: Rows) -> list[Rows]:
    studies: dict[str, Rows] = {}
    for arm in arms:
        studies.setdefault(arm["study"], []).append(arm)
    return list(studies.values())


def _group_title(title: str) -> list[str]:
    return wrapped(title, _LABEL, bold=True)


def _study_label(arms: Rows) -> list[str]:
    return wrapped(arms[0]["who"], _LABEL - _INDENT)


def _study_height(arms: Rows) -> float:
    return LEADING * max(len(_study_label(arms)), len(arms))


def _group_height(title: str, arms: Rows) -> float:
    return 8 + LEADING * len(_group_title(title)) + sum(map(_study_height, _by_study(arms)))


def _draw_arms(canvas: Canvas, y: float, groups: list[Group], axis: Axis, href: Href) -> None:
    for title, arms in groups:
        canvas.line(0, y + 1, _WIDTH, y + 1)
        canvas.text(2, y + 13, _group_title(title), bold=True)
        y += LEADING * len(_group_title(title))
        for study in _by_study(arms):
            canvas.text(2 + _INDENT, y + 13, _study_label(study), href=href(study[0]["study"]))
            for place, arm in enumerate(study):
                _draw_arm(canvas, y + 9 + LEADING * place, arm, axis)
            y += _study_height(study)
        y += 8


def _schedules(dataset: Dataset, condition: NamedNode | None = None) -> tuple[list[Rows], int]:
    """Return the schedules whose doses are all known per day, and how many others there are."""
    by: dict[str, dict[str, str]] = {}
    where, wanted = (
        ("?study ldn:condition ?wanted .", {"wanted": condition}) if condition else ("", {})
    )
    for row in dataset.rows(_BY % where, **wanted):
        by.setdefault(row["regimen"], row)
    steps: dict[str, Rows] = {}
    for row in dataset.rows(_STEPS):
        if condition and row["regimen"] not in by:
            continue
        who = by.get(row["regimen"], {"study": row["regimen"], "who": ""})
        steps.setdefault(row["regimen"], []).append({**row, **who})
    dosed = [[step for step in schedule if step["dose"]] for schedule in steps.values()]
    whole = [x for x in dosed if x and all(step["least"] or step["greatest"] for step in x)]
    return whole, len(dosed) - len(whole)


def _schedule_label(schedule: Rows) -> list[str]:
    who, name = schedule[0]["who"], schedule[0]["name"]
    return wrapped(f"{who}: {name}" if who else name, _LABEL)


def _schedule_height(schedule: Rows) -> float:
    return 7 + LEADING * len(_schedule_label(schedule))


def _draw_schedules(
    canvas: Canvas, y: float, schedules: list[Rows], axis: Axis, href: Href
) -> None:
    for schedule in schedules:
        canvas.line(0, y + 1, _WIDTH, y + 1)
        canvas.text(2, y + 13, _schedule_label(schedule), href=href(schedule[0]["study"]))
        middle = y + 1 + _schedule_height(schedule) / 2
        tops = [axis.place(float(step["greatest"] or step["least"])) for step in schedule]
        canvas.line(min(tops), middle, max(tops), middle, "link", 1.2)
        for place, step in enumerate(schedule):
            start, end = _ends({**step, "least": step["least"] or step["greatest"]}, axis)
            if end > start:
                canvas.line(start, middle, end, middle, "link", 4, title=_range(step))
            first = place == 0 and len(schedule) > 1
            shape = "circle" if step["least"] else "left"
            canvas.mark(tops[place], middle, shape, "link", 8, first, _range(step), step="1")
        y += _schedule_height(schedule)


def _describe(windows: Rows, studies: list[Group], schedules: list[Rows], left_out: int) -> str:
    arms = [arm for _, inside in studies for arm in inside]
    named = "; ".join(f"{window['name']}: {_range(window)}" for window in windows)
    named = f" Windows: {named}." if named else ""
    low = [arm for arm in arms if 0.5 <= float(arm["greatest"] or arm["least"]) <= 10]
    people = counted(len({arm["study"] for arm in arms}), "study", "studies")
    without = ""
    if left_out:
        without = (
            f" {counted(left_out, 'schedule')} not drawn, as it is not stated how many doses"
            " a day all their steps mean."
        )
    doses = counted(len(arms), "dose")
    return (
        f"Daily doses of naltrexone on a logarithmic axis.{named} Arms: {people} in people give"
        f" {doses} or range a day, {len(low)} of them with a greatest dose from 0.5 to 10 mg."
        f" Schedules: {len(schedules)} drawn.{without}"
    )

"""Dose windows, arms and titration schedules on one axis of milligrams a day."""

from collections.abc import Callable

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import Canvas, Plot, log_place, many, wrapped

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
_HEAD = 34.0  # of a panel
_NONE = "no condition named"

Rows = list[dict[str, str]]
Href = Callable[[str], str]
Group = tuple[str, Rows]  # the arms of studies in a condition


class _Axis:
    """Milligrams a day from the least to the greatest dose that is drawn, in whole decades."""

    def __init__(self, found: Rows) -> None:
        doses = [float(row[end]) for row in found for end in ("least", "greatest") if row[end]]
        ticks = [10.0**power for power in range(-9, 7)]
        self.low = max(tick for tick in ticks if tick < min(doses))
        self.high = min(tick for tick in ticks if tick > max(doses))
        self.ticks = [tick for tick in ticks if self.low <= tick <= self.high]

    def place(self, dose: float) -> float:
        return log_place(dose, (self.low, self.high), _LEFT, _RIGHT)

    def ends(self, row: dict[str, str]) -> tuple[float, float]:
        """Return where a range begins and ends; an open one goes on to the edge."""
        least, greatest = row["least"], row["greatest"]
        return (
            self.place(float(least)) if least else _LEFT,
            self.place(float(greatest)) if greatest else _RIGHT,
        )


def dose_plot(dataset: Dataset, href: Href) -> Plot:
    """Draw dose windows, the arms of studies in people, and schedules, in milligrams a day.

    Raises LdnKgError where there is no dose at all.
    """
    windows = dataset.rows(_WINDOWS)
    studies = _by_condition(dataset.rows(_ARMS % ""))
    plot = _plot("ldn-doses", windows, studies, *_schedules(dataset), href)
    if plot is None:
        raise LdnKgError("There is no daily dose to draw.")
    return plot


def condition_doses(dataset: Dataset, condition_iri: str, href: Href) -> Plot | None:
    """Draw the arms and schedules of the studies in a condition; None where none has a dose."""
    wanted = NamedNode(condition_iri)
    studies = _by_condition(dataset.rows(_ARMS % "?study ldn:condition ?wanted .", wanted=wanted))
    name = f"ldn-doses-{condition_iri.rpartition('/')[2]}"
    return _plot(name, [], studies, *_schedules(dataset, wanted), href)


def _plot(
    name: str,
    windows: Rows,
    studies: list[Group],
    schedules: list[Rows],
    left_out: list[str],
    href: Href,
) -> Plot | None:
    drawn = [*windows, *(row for group in studies for row in group[1])]
    drawn += [step for schedule in schedules for step in schedule]
    if not drawn:
        return None
    axis = _Axis(drawn)
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
            sum(_schedule_height(schedule) for schedule in schedules),
            lambda canvas, y: _draw_schedules(canvas, y, schedules, axis, href),
        ),
    ]
    panels = [panel for panel in panels if panel[1]]
    canvas = Canvas(name, _WIDTH, 30 + sum(_HEAD + panel[1] + 10 for panel in panels))
    _key(canvas)
    y = 26.0
    for title, height, draw in panels:
        _frame(canvas, y, title, height, axis)
        draw(canvas, y + _HEAD)
        y += _HEAD + height + 10
    words = _words(windows, studies, schedules, left_out)
    return canvas.plot("Daily doses of naltrexone", words)


def _key(canvas: Canvas) -> None:
    for x, shape, words in ((6, "o", "one dose"), (158, "<", "up to"), (210, ">", "from")):
        canvas.mark(x, 9, shape, "link", 7)
        canvas.text(x + 8, 12, words, 9.5)
    canvas.line([68, 88], [9, 9], "link", 4)
    canvas.text(94, 12, "a range", 9.5)
    canvas.text(_RIGHT, 12, "mg a day, logarithmic axis", 9.5, "right", "muted")


def _frame(canvas: Canvas, y: float, title: str, height: float, axis: _Axis) -> None:
    canvas.text(2, y + 12, title, 11, bold=True)
    for tick in axis.ticks:
        x = axis.place(tick)
        canvas.line([x, x], [y + _HEAD - 4, y + _HEAD + height], width=0.6, tick=f"{tick:g}")
        canvas.text(x, y + _HEAD - 7, f"{tick:,g}", 9, "center")


def _bar(canvas: Canvas, y: float, row: dict[str, str], axis: _Axis, **data: str) -> None:
    """Draw one dose as a dot, a range as a line, an open range as an arrow."""
    start, end = axis.ends(row)
    title = _range(row)
    if not row["least"] or not row["greatest"]:
        at, shape = (end, "<") if row["greatest"] else (start, ">")
        canvas.mark(at, y, shape, "link", 7, False, title, **data)
    elif start == end:
        canvas.mark(start, y, "o", "link", 7, False, title, **data)
    else:
        canvas.line([start, end], [y, y], "link", 4, (), title, **data)


def _range(row: dict[str, str]) -> str:
    least, greatest = (f"{float(row[k]):g}" if row[k] else "" for k in ("least", "greatest"))
    if not least or not greatest:
        return f"up to {greatest} mg a day" if greatest else f"from {least} mg a day"
    return f"{least} mg a day" if least == greatest else f"{least}–{greatest} mg a day"


def _window_height(window: dict[str, str]) -> float:
    return 6 + 11.0 * len(wrapped(window["name"], 38))


def _draw_windows(canvas: Canvas, y: float, windows: Rows, axis: _Axis, href: Href) -> None:
    for window in windows:
        height = _window_height(window)
        canvas.lines(2, y + 11, wrapped(window["name"], 38), 10, url=href(window["window"]))
        start, end = axis.ends(window)
        line = y + height / 2
        canvas.line([start, end], [line, line], "neutral", 8, (), _range(window), window="1")
        for open_end, x, shape in (
            (not window["least"], start, "<"),
            (not window["greatest"], end, ">"),
        ):
            if open_end:
                canvas.mark(x, line, shape, "neutral", 12)
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
    found = [(title, list(inside.values())) for title, inside in groups.items()]
    return sorted(found, key=lambda x: (x[0] == _NONE, -len(_by_study(x[1])), x[0].lower()))


def _group_height(title: str, arms: Rows) -> float:
    lines = [max(len(wrapped(study[0]["who"], 40)), len(study)) for study in _by_study(arms)]
    return 8 + 11.0 * (len(wrapped(title, 38)) + sum(lines))


def _by_study(arms: Rows) -> list[Rows]:
    studies: dict[str, Rows] = {}
    for arm in arms:
        studies.setdefault(arm["study"], []).append(arm)
    return list(studies.values())


def _draw_arms(canvas: Canvas, y: float, groups: list[Group], axis: _Axis, href: Href) -> None:
    for title, arms in groups:
        canvas.line([0, _WIDTH], [y + 1, y + 1], width=0.6)
        for line in wrapped(title, 38):
            canvas.text(2, y + 12, line, 10, bold=True)
            y += 11
        for study in _by_study(arms):
            label = wrapped(study[0]["who"], 40)
            canvas.lines(10, y + 12, label, 9.5, url=href(study[0]["study"]))
            for place, arm in enumerate(study):
                _bar(canvas, y + 8.5 + 11 * place, arm, axis, arm="1")
            y += 11 * max(len(label), len(study))
        y += 8


def _schedules(
    dataset: Dataset, condition: NamedNode | None = None
) -> tuple[list[Rows], list[str]]:
    """Return the schedules whose doses are all known per day, and the names of the others."""
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
    whole, left_out = [], []
    for schedule in steps.values():
        dosed = [step for step in schedule if step["dose"]]
        if dosed and all(step["least"] or step["greatest"] for step in dosed):
            whole.append(dosed)
        else:
            left_out.append(_title(schedule[0]))
    return whole, left_out


def _title(step: dict[str, str]) -> str:
    return f"{step['who']}: {step['name']}" if step["who"] else step["name"]


def _schedule_height(schedule: Rows) -> float:
    return 7 + 11.0 * len(wrapped(_title(schedule[0]), 43))


def _draw_schedules(
    canvas: Canvas, y: float, schedules: list[Rows], axis: _Axis, href: Href
) -> None:
    for schedule in schedules:
        height = _schedule_height(schedule)
        canvas.line([0, _WIDTH], [y + 1, y + 1], width=0.6)
        label = wrapped(_title(schedule[0]), 43)
        canvas.lines(2, y + 12, label, 9.5, url=href(schedule[0]["study"]))
        line = y + height / 2
        tops = [axis.place(float(step["greatest"] or step["least"])) for step in schedule]
        if len(tops) > 1:
            canvas.line(tops, [line] * len(tops), "link", 1.2)
        for place, step in enumerate(schedule):
            start, end = axis.ends({**step, "least": step["least"] or step["greatest"]})
            if end > start:
                canvas.line([start, end], [line, line], "link", 4, (), _range(step))
            first = place == 0 and len(schedule) > 1
            shape = "o" if step["least"] else "<"
            canvas.mark(tops[place], line, shape, "link", 8, first, _range(step), step="1")
        y += height


def _words(windows: Rows, studies: list[Group], schedules: list[Rows], left_out: list[str]) -> str:
    arms = [arm for _, inside in studies for arm in inside]
    named = "; ".join(f"{window['name']}: {_range(window)}" for window in windows)
    named = f" Windows: {named}." if named else ""
    low = [arm for arm in arms if 0.5 <= float(arm["greatest"] or arm["least"]) <= 10]
    people = many(len({arm["study"] for arm in arms}), "study", "studies")
    without = ""
    if left_out:
        without = (
            f" {many(len(left_out), 'schedule')} not drawn, as it is not stated how many doses"
            " a day all their steps mean."
        )
    return (
        f"Daily doses of naltrexone on a logarithmic axis.{named} Arms: {people} in"
        f" people give {many(len(arms), 'dose')} or range a day, {len(low)} of them with a greatest"
        f" dose from 0.5 to 10 mg. Schedules: {len(schedules)} drawn.{without}"
    )

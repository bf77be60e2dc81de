"""Charts: each is a table whose rows share one axis, so that a page can draw it in its own type.

A chart holds no drawing: places are percentages of the width of the axis, looks are names, and what
is drawn also stands in words. `templates/chart.html` draws any chart. What is kept out of an answer
is in no chart, and what is measured in different units never shares an axis.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ldn_kg.graph.synthesis.words import fixed
from ldn_kg.read.findings import Entered, Finding
from ldn_kg.read.summary import Published, Trial
from ldn_kg.read.titration import Schedule, Step

# What a finding looks like, by its words: also the classes of the style sheet.
LOOKS = {
    "better with the treatment": "better",
    "better with the comparator": "worse",
    "little or no difference": "same",
    "unclear": "unclear",
}
_LEANS = {1: ("up", "better"), -1: ("down", "worse"), 0: ("ring", "unclear")}
# The sides of a benefit and of a harm: for the treatment, against it, and not known.
_SIDES = {
    False: {1: "better with it", -1: "worse with it", 0: "side not said"},
    True: {1: "less often with it", -1: "more often with it", 0: "side not said"},
}
LARGEST_DOSE = 10.0  # mg a day, on the axis of low doses


class Mark(NamedTuple):
    """A mark on an axis: a point, or with `to` a span from `at` to there; `words` stand above it.

    Shapes are square, diamond, dot, ring, up, down and bar. `size` is the width in pixels.
    """

    at: float
    shape: str = "square"
    look: str = ""
    to: float | None = None
    size: float = 10.0
    words: str = ""


class Row(NamedTuple):
    """A row: what it is about, its marks, and the same in words."""

    label: str
    iri: str
    note: str
    value: str
    marks: tuple[Mark, ...] = ()
    strong: bool = False


class Tick(NamedTuple):
    """A value that is written at the axis."""

    at: float
    words: str


class Chart(NamedTuple):
    """Rows on one axis.

    `zero` is the place of no effect, `band` what people do not notice, and `ends` say what lies to
    the left and to the right; each may be missing. `columns` name the first and the last column.
    """

    title: str
    columns: tuple[str, str]
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    zero: float | None = None
    band: tuple[float, float] | None = None
    ends: tuple[str, str] = ("", "")
    unit: str = ""


class Axis(NamedTuple):
    """An axis from the value `low` to the value `high`."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands in percent; what is beyond an end stands at the end."""
        low, high, value = (
            math.log(number) if self.logarithmic else number
            for number in (self.low, self.high, min(max(value, self.low), self.high))
        )
        return round(100 * (value - low) / (high - low), 2)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Round values that are written at the axis."""
        # Within less than a power of ten, 1, 2 and 5 are too few to read a value by.
        by_powers = self.logarithmic and self.high / self.low > 5
        values = (log_ticks if by_powers else linear_ticks)(self.low, self.high)
        return tuple(Tick(self.place(value), minus(f"{value:g}")) for value in values)


def linear_ticks(low: float, high: float) -> list[float]:
    """Return the multiples from low to high of a round step: 1, 2 or 5 times a power of ten.

    The step is the smallest that divides the range into at most five parts. Low is below high.
    """
    least = (high - low) / 5
    power = math.floor(math.log10(least))
    digit = next(digit for digit in (1, 2, 5, 10) if digit * 10.0**power >= least)
    step = digit * 10.0**power
    counts = range(math.floor(low / step), math.ceil(high / step) + 1)
    # Read as decimals: three steps of 0.1 are 0.3.
    ticks = [float(f"{count * digit}e{power}") for count in counts]
    return [tick for tick in ticks if low <= tick <= high]


def log_ticks(low: float, high: float) -> list[float]:
    """Return the values from low to high that are 1, 2 or 5 times a power of ten.

    Over more than two powers only the powers themselves, so that they can be read on a phone.
    """
    digits = (1,) if high / low > 100 else (1, 2, 5)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return [tick for tick in ticks if low <= tick <= high]


def minus(number: str) -> str:
    """Return a number with a true minus sign."""
    return number.replace("-", "−")


def effects(finding: Finding) -> Chart | None:
    """Return the forest of a finding, or a harvest where nothing can be pooled."""
    return forest(finding) if finding.estimate is not None else harvest(finding)


def forest(finding: Finding) -> Chart:
    """Return the effect of each study with its interval, and of all together, on one scale.

    A study on another scale has a row without a mark; its effect stands in words.
    """
    placed = [study for study in finding.studies if study.weight is not None]
    bounds = [x for s in placed for x in (s.estimate, s.low, s.high) if x is not None]
    noticed = max((each.value for each in finding.important), default=None)
    axis = _effect_axis([*bounds, *_limits(finding, noticed)], finding.is_ratio)
    rows = [_forest_row(study, axis, finding) for study in finding.studies]
    if finding.pooled_trials > 1:
        rows.append(_pooled_row(finding, axis))
    none = 1.0 if finding.is_ratio else 0.0
    return Chart(
        title=f"{_capital(finding.name)}: the effect in each study",
        columns=("Study", "Effect, 95 % interval"),
        rows=tuple(rows),
        ticks=axis.ticks,
        zero=axis.place(none),
        band=_band(axis, finding, noticed),
        ends=_ends(finding),
        unit=", ".join(filter(None, (finding.measure, finding.unit))),
    )


def _limits(finding: Finding, noticed: float | None) -> list[float]:
    """Return what else the axis must reach: the pool, no effect, and what people notice."""
    none = 1.0 if finding.is_ratio else 0.0
    pool = [x for x in (finding.estimate, finding.low, finding.high) if x is not None]
    if noticed is None:
        return [*pool, none]
    return [*pool, 1 / noticed, noticed] if finding.is_ratio else [*pool, -noticed, noticed]


def _band(axis: Axis, finding: Finding, noticed: float | None) -> tuple[float, float] | None:
    if noticed is None:
        return None
    low = 1 / noticed if finding.is_ratio else -noticed
    return axis.place(low), axis.place(noticed)


def _effect_axis(values: Iterable[float], logarithmic: bool) -> Axis:
    every = list(values)
    low, high = min(every), max(every)
    if logarithmic:
        return Axis(max(low, 0.01) / 1.15, min(high, 100.0) * 1.15, logarithmic=True)
    room = (high - low) * 0.05 or 1.0
    return Axis(low - room, high + room)


def _ends(finding: Finding) -> tuple[str, str]:
    """Return what lies to the left and to the right of no effect."""
    if not finding.better:
        return "", ""
    sides = _SIDES[finding.is_harm]
    return f"← {sides[-finding.better]}", f"{sides[finding.better]} →"


def _forest_row(study: Entered, axis: Axis, finding: Finding) -> Row:
    marks: tuple[Mark, ...] = ()
    value = study.effect
    if study.weight is not None and None not in (study.estimate, study.low, study.high):
        marks = tuple(_interval(axis, study.estimate, study.low, study.high, LOOKS[study.found]))  # type: ignore[arg-type]
        value = _numbers(study.estimate, study.low, study.high, finding.unit)  # type: ignore[arg-type]
    elif study.estimate is not None:
        value = f"{study.effect} (on another scale, not pooled)"
    weight = f", weight {study.weight:.0f} %" if study.weight and finding.pooled_trials > 1 else ""
    return Row(study.label, study.study, f"{_people(study.participants)}{weight}", value, marks)


def _pooled_row(finding: Finding, axis: Axis) -> Row:
    numbers = finding.estimate or 0.0, finding.low or 0.0, finding.high or 0.0
    return Row(
        f"Together: {finding.pooled_trials} studies",
        "",
        "",
        _numbers(*numbers, finding.unit),
        tuple(_interval(axis, *numbers, LOOKS[finding.found], "diamond")),
        strong=True,
    )


def _interval(
    axis: Axis, value: float, low: float, high: float, look: str, shape: str = "square"
) -> Iterator[Mark]:
    yield Mark(axis.place(low), "bar", look, axis.place(high), 2)
    yield Mark(axis.place(value), shape, look, size=14 if shape == "diamond" else 10)


def _numbers(value: float, low: float, high: float, unit: str = "") -> str:
    """Return an effect with its interval; people in 100 are whole."""
    digits = 0 if unit == "in 100" else 2
    value_words, low_words, high_words = (fixed(part, digits) for part in (value, low, high))
    return minus(f"{value_words} ({low_words} to {high_words})")


def _people(number: int | None) -> str:
    return f"{number} people" if number else "number of people unknown"


def harvest(finding: Finding) -> Chart | None:
    """Return to which side each study leans, where no size is known; larger marks, more people."""
    if not finding.studies:
        return None
    places, sides = {-1: 12.5, 0: 50.0, 1: 87.5}, _SIDES[finding.is_harm]
    rows = []
    for study in finding.studies:
        shape, look = _LEANS[study.lean]
        mark = Mark(places[study.lean], shape, look, size=people_size(study.participants))
        rows.append(
            Row(
                study.label,
                study.study,
                _people(study.participants),
                _capital(sides[study.lean]),
                (mark,),
            )
        )
    return Chart(
        title=f"{_capital(finding.name)}: the side to which each study leans",
        columns=("Study", "Side"),
        rows=tuple(rows),
        ticks=tuple(Tick(places[side], sides[side]) for side in (-1, 0, 1)),
    )


def people_size(number: int | None) -> float:
    """Return the width of a mark for so many people, in pixels: four sizes can be told apart."""
    return next(
        size
        for least, size in ((100, 18.0), (30, 14.0), (1, 10.0), (0, 8.0))
        if (number or 0) >= least
    )


def published(values: Iterable[Published]) -> list[Chart]:
    """Return the pooled values that reviews published, a chart for each measure.

    Differences of means stand in words only: they may be on different scales.
    """
    by_measure: dict[str, list[Published]] = {}
    for value in values:
        by_measure.setdefault(value.measure, []).append(value)
    return [_published(measure, list(group)) for measure, group in by_measure.items()]


def _published(measure: str, values: list[Published]) -> Chart:
    scaled = values[0].is_ratio or measure == "standardised mean difference"
    none = 1.0 if values[0].is_ratio else 0.0
    axis = _effect_axis(
        [none, *(x for v in values for x in (v.estimate, v.low, v.high))], values[0].is_ratio
    )
    rows = []
    for each in values:
        numbers = each.estimate, each.low, each.high
        searched = f"; searched to {each.searched}" if each.searched else ""
        marks = tuple(_interval(axis, *numbers, "", "diamond")) if scaled else ()
        rows.append(
            Row(each.label, each.iri, f"{each.outcome}{searched}", _numbers(*numbers), marks)
        )
    return Chart(
        title=f"Published syntheses: {measure}",
        columns=("Review", "Pooled, as printed"),
        rows=tuple(rows),
        ticks=axis.ticks if scaled else (),
        zero=axis.place(none) if scaled else None,
    )


def doses(trials: Iterable[Trial]) -> Chart | None:
    """Return the daily dose of each trial, marked by what it found; None where none has a dose.

    Low doses have a linear axis from 0 to 10 mg, on which 4.5 and 6 mg can be told apart.
    """
    dosed = [trial for trial in trials if trial.daily]
    if not dosed:
        return None
    most = max(greatest for trial in dosed for _, greatest in trial.daily)
    axis = Axis(0, LARGEST_DOSE) if most <= LARGEST_DOSE else Axis(0, most * 1.05)
    ordered = sorted(dosed, key=lambda t: (not t.found_benefit, t.daily, t.label))
    return Chart(
        title="Daily dose in the trials",
        columns=("Trial", "Dose and duration"),
        rows=tuple(_dose_row(trial, axis) for trial in ordered),
        ticks=axis.ticks,
        unit="mg of naltrexone a day",
    )


def _dose_row(trial: Trial, axis: Axis) -> Row:
    look, found = (
        ("better", "found benefit") if trial.found_benefit else ("unclear", "no benefit found")
    )
    marks: list[Mark] = []
    for least, greatest in sorted(set(trial.daily)):
        if least != greatest:
            marks.append(Mark(axis.place(least), "bar", look, axis.place(greatest), 3))
        shape = "dot" if trial.found_benefit else "ring"
        marks.append(Mark(axis.place(greatest), shape, look, size=12, words=f"{greatest:g}"))
    value = ", ".join(filter(None, (trial.dose, trial.duration)))
    return Row(
        trial.label, trial.iri, f"{_people(trial.participants)}; {found}", value, tuple(marks)
    )


def titration(found: Iterable[Schedule]) -> Chart | None:
    """Return how doses are built up week by week: a bar for each step, as thick as its dose.

    A step without a known length is a mark where it begins; schedules of which no week is known
    have no row.
    """
    timed = [schedule for schedule in found if schedule.timed]
    weeks = [end for each in timed for step in each.steps if (end := step.end or step.start)]
    if not timed:
        return None
    axis = Axis(0.0, max(weeks) * 1.1)  # a step without an end is followed by room
    rows = [
        Row(
            schedule.who,
            schedule.study or schedule.iri,
            schedule.design,
            "; ".join(step.words for step in schedule.steps),
            tuple(mark for step in schedule.steps for mark in _step(axis, step)),
        )
        for schedule in timed
    ]
    return Chart(
        title="The dose, week by week",
        columns=("Schedule", "Steps"),
        rows=tuple(rows),
        ticks=axis.ticks,
        ends=("start", "weeks →"),
        unit="mg above each step",
    )


def _step(axis: Axis, step: Step) -> Iterator[Mark]:
    """Yield the mark of a step; a dose that rises within it has no words of its own."""
    if step.start is None:
        return
    size = 3 + 2 * min(step.most or 0.0, LARGEST_DOSE)
    words = step.dose.removesuffix(" mg")
    place = axis.place(step.start)
    if step.end is None:
        yield Mark(place, "dot", "step", size=max(size, 8.0), words=words)
    else:
        end = max(axis.place(step.end) - 0.6, place + 0.2)  # a gap, so that steps are told apart
        yield Mark(place, "bar", "step", end, size, words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

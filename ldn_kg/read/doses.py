"""Doses: the windows that have a name, and what was given in the trials that decide."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts import LARGEST_DOSE, Axis, Chart, Mark, Row
from ldn_kg.read.summary import ClaimAnswer, Trial

_WINDOWS = """
SELECT DISTINCT ?window ?label ?category ?least ?most ?approximate
WHERE {
  ?window a ldn:DoseWindow ; rdfs:label ?label ; ldn:doseCategory/skos:prefLabel ?category ;
    qudt:hasUnit unit:MilliGM-PER-DAY .
  OPTIONAL { ?window schema:minValue ?least }
  OPTIONAL { ?window schema:maxValue ?most }
  OPTIONAL { ?window ldn:approximate ?approximate }
}
"""

# By whether any, and all, found benefit: no mark looks better than what it stands for.
_LOOKS = {(True, True): ("up", "better"), (False, False): ("ring", "unclear")}


class Window(NamedTuple):
    """A dose window that somebody defined, in mg a day; None where it has no such end."""

    iri: str
    label: str
    category: str
    least: float | None
    most: float | None
    approximate: bool

    @property
    def words(self) -> str:
        """The window in words, such as "1 to 5 mg a day"."""
        about = "about " if self.approximate else ""
        if self.least is None:
            return f"{about}up to {self.most:g} mg a day"
        if self.most is None:
            return f"{about}from {self.least:g} mg a day"
        return f"{about}{self.least:g} to {self.most:g} mg a day"


def windows(dataset: Dataset) -> list[Window]:
    """Return the dose windows, the lowest first."""
    found = [
        Window(
            row["window"],
            row["label"],
            row["category"],
            float(row["least"]) if row["least"] else None,
            float(row["most"]) if row["most"] else None,
            row["approximate"] == "true",
        )
        for row in dataset.rows(_WINDOWS)
    ]
    return sorted(found, key=lambda w: (w.most or 1000.0, w.least or 0.0, w.iri))


def windows_chart(found: Iterable[Window]) -> Chart:
    """Return the windows on one axis of powers of ten; one without an end runs to its end."""
    axis = Axis(0.0005, 500.0, logarithmic=True)
    rows = []
    for each in found:
        ends = axis.place(each.least or axis.low), axis.place(each.most or axis.high)
        bar = Mark(ends[0], "bar", "step", ends[1], 9.0)
        rows.append(Row(each.label, each.iri, each.category, each.words, (bar,)))
    return Chart(
        title="Dose windows",
        columns=("Window, and who defines it", "Dose"),
        rows=tuple(rows),
        ticks=axis.ticks,
        unit="mg a day",
    )


def given_chart(answers: Iterable[ClaimAnswer]) -> Chart | None:
    """Return the greatest daily doses of the trials on what decides, condition by condition.

    A condition without a trial of known dose has no row.
    """
    axis = Axis(0.0, LARGEST_DOSE)
    rows = []
    for answer in sorted(answers, key=lambda a: (-len(a.trials), a.subject.casefold())):
        doses = _doses(answer.trials)
        low = {dose: trials for dose, trials in doses.items() if dose <= LARGEST_DOSE}
        if not low:
            continue
        marks = tuple(_marks(axis, low))
        value = "; ".join(_words(dose, trials) for dose, trials in sorted(low.items()))
        count = sum(map(len, low.values()))
        note = f"{count} trial{'s' * (count != 1)} with a known dose"
        subject = answer.subject[:1].upper() + answer.subject[1:]
        rows.append(Row(subject, answer.about, note, value, marks))
    if not rows:
        return None
    return Chart(
        title="The doses that were tried, and what came out",
        columns=("Condition", "Greatest dose a day"),
        rows=tuple(rows),
        ticks=axis.ticks,
        unit="mg a day; ▲ all trials found benefit, ○ none did, ● some; the numbers say how many",
    )


def _doses(trials: Iterable[Trial]) -> dict[float, list[Trial]]:
    found: dict[float, list[Trial]] = {}
    for trial in trials:
        for dose in {most for _, most in trial.daily}:
            found.setdefault(dose, []).append(trial)
    return found


def _marks(axis: Axis, doses: dict[float, list[Trial]]) -> Iterator[Mark]:
    for dose, trials in doses.items():
        found = sum(trial.found_benefit for trial in trials)
        shape, look = _LOOKS.get((found > 0, found == len(trials)), ("dot", "unclear"))
        words = f"{found} of {len(trials)}"
        yield Mark(axis.place(dose), shape, look, size=12, words=words)


def _words(dose: float, trials: list[Trial]) -> str:
    counts = Counter(trial.found_benefit for trial in trials)
    return f"{dose:g} mg: {counts[True]} of {len(trials)} found benefit"

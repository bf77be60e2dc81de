"""Effects with their confidence intervals, side by side where they share a measure."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator
from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.canvas import DIRECTIONS, Canvas, log_place, many, wrapped

# Results on which a counting line of an efficacy claim about a condition rests.
_EFFECTS = """
SELECT DISTINCT ?claim ?said ?study ?who ?result ?outcome ?measure ?words ?estimate ?low ?high
  ?confidence ?unit ?text ?instrument ?scale ?favours ?direction ?n ?recruits
WHERE {
  ?claim a ldn:EfficacyClaim ; rdf:object ?wanted ; rdfs:label ?said .
  ?line ldn:claim ?claim ; ldn:study ?study ; ldn:direction ?direction ; ldn:restsOn ?result .
  FILTER NOT EXISTS { ?line ldn:setAside ?reason }
  ?study rdfs:label ?who ; ldn:design/ldn:recruits ?recruits .
  ?result rdfs:label ?outcome ; ldn:estimate ?estimate ; ldn:effectMeasure ?measure .
  ?measure skos:prefLabel ?words .
  OPTIONAL { ?result ldn:ciLow ?low ; ldn:ciHigh ?high }
  OPTIONAL { ?result ldn:ciLevel ?confidence }
  OPTIONAL { ?result qudt:hasUnit ?unit }
  OPTIONAL { ?result schema:unitText ?text }
  OPTIONAL { ?result ldn:instrument ?instrument . ?instrument rdfs:label ?scale }
  OPTIONAL { ?result ldn:favours ?favours }
  OPTIONAL { ?result ldn:analysed ?analysed }
  OPTIONAL { ?line ldn:participants ?people }
  BIND(COALESCE(?analysed, ?people) AS ?n)
}
ORDER BY ?said ?claim ?measure ?who ?outcome ?result
"""
_RATIOS = {"risk-ratio", "odds-ratio", "hazard-ratio", "incidence-rate-ratio"}
# Measures without a unit compare across instruments; all others need the same known instrument.
_STANDARDISED = {"standardised-mean-difference", "standardised-mean-change", "risk-difference"}
_DIFFERENCES = {"mean-difference", "mean-change", "median-difference"}
_BETTER = {"favours-treatment": 1, "better-than-before": 1}
_WORSE = {"favours-comparator": -1, "worse-than-before": -1}
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_LEFT, _RIGHT = 202.0, 368.0  # of the axis

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Forest:
    """Effects of one claim in one measure and unit."""

    rows: Rows

    @property
    def height(self) -> float:
        """Return the room that the panel takes, in units."""
        return 64 + 11.0 * len(self._under) + sum(map(_row_height, self.rows))

    @property
    def _is_ratio(self) -> bool:
        return _measure(self.rows[0]) in _RATIOS

    @property
    def no_effect(self) -> float:
        """Return the value at which there is no effect."""
        return 1.0 if self._is_ratio else 0.0

    @property
    def _axis(self) -> str:
        row = self.rows[0]
        unit = row["text"] or row["unit"].rpartition("/")[2].lower()
        return ", ".join(part for part in (row["words"], unit, row["scale"]) if part)

    @property
    def _under(self) -> list[str]:
        return wrapped(f"{self._axis}; {self.rows[0]['said']}", 84)

    def _limits(self) -> tuple[float, float]:
        named = ("estimate", "low", "high")
        values = [float(row[key]) for row in self.rows for key in named if row[key]]
        values.append(self.no_effect)
        if self._is_ratio:
            return min(values) / 1.15, max(values) * 1.15
        room = (max(values) - min(values)) * 0.06
        return min(values) - room, max(values) + room

    def _place(self, value: float) -> float:
        low, high = self._limits()
        if self._is_ratio:
            return log_place(value, (low, high), _LEFT, _RIGHT)
        return _LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT)

    def _ticks(self) -> list[float]:
        low, high = self._limits()
        values = (
            _TICKS if self._is_ratio else MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
        )
        return [float(value) for value in values if low <= value <= high]

    def draw(self, canvas: Canvas, y: float, href: Callable[[str], str]) -> None:
        """Draw the panel from y on."""
        canvas.text(2, y + 4, "Effects in the same measure, not pooled", 11, bold=True)
        for place, words in enumerate(self._under):
            canvas.text(2, y + 17 + 11 * place, words, 9.5, colour="muted")
        y += 11.0 * (len(self._under) - 1)
        sides = self._sides()
        if sides:
            canvas.text(_LEFT, y + 30, sides, 9, colour="muted")
        start, y = y + 34, y + 34
        for row in self.rows:
            canvas.line([0, 480], [y, y], width=0.6)
            self._row(canvas, y, row, href)
            y += _row_height(row)
        none = self._place(self.no_effect)
        canvas.line([none, none], [start, y], "ink", 1, no_effect=f"{self.no_effect:g}")
        canvas.line([_LEFT, _RIGHT], [y, y], "ink", 1)
        for tick in self._ticks():
            x = self._place(tick)
            canvas.line([x, x], [y, y + 4], "ink", 1, tick=f"{tick:g}")
            canvas.text(x, y + 14, number(f"{tick:g}"), 9, "center")
        canvas.text(none, y + 25, "no effect", 8.5, "center", "muted")

    def _row(
        self, canvas: Canvas, y: float, row: dict[str, str], href: Callable[[str], str]
    ) -> None:
        middle = y + _row_height(row) / 2
        who, about = _label(row)
        canvas.lines(2, y + 12, who, 10.5, url=href(row["study"]))
        for place, line in enumerate(about):
            canvas.text(2, y + 12 + 11 * len(who) + 10 * place, line, 8.5, colour="muted")
        shape, colour, _ = DIRECTIONS[row["direction"].removeprefix(LDNC)]
        if row["low"]:
            ends = [self._place(float(row[key])) for key in ("low", "high")]
            canvas.line(ends, [middle, middle], colour, 2, interval=row["result"])
        at = self._place(float(row["estimate"]))
        canvas.mark(at, middle, shape, colour, 10, False, _said(row), estimate=row["result"])
        lines = [number(row["estimate"]), _interval(row)]
        for place, line in enumerate(lines):
            canvas.text(376, middle - 2 + 12 * place, line, 9.5 - place)

    def _sides(self) -> str:
        """Say which side of the axis is the better one, where the results themselves say it."""
        sense = _sense(self.rows)
        if not sense:
            return ""
        return "better with it: to the " + ("left" if sense == {-1} else "right")

    def words(self) -> str:
        """Return the panel in words."""
        listed = "; ".join(_said(row) for row in self.rows)
        count = many(len(self.rows), "result")
        return f"{count} that share a measure ({self._axis}), not pooled: {listed}."


def forests(dataset: Dataset, condition: NamedNode) -> list[Forest]:
    """Return panels of two or more effects that can stand on one axis."""
    groups: dict[tuple[str, ...], Rows] = {}
    for row in dataset.rows(_EFFECTS, wanted=condition):
        key = _comparable(row)
        if key:
            group = groups.setdefault((row["claim"], *key), [])
            group += [row] if row["result"] not in {other["result"] for other in group} else []
    # Where the results say that better lies on both sides, one axis would mislead.
    return [Forest(x) for x in groups.values() if len(x) > 1 and len(_sense(x)) < 2]


def _measure(row: dict[str, str]) -> str:
    return row["measure"].removeprefix(LDNC)


def _comparable(row: dict[str, str]) -> tuple[str, ...] | None:
    """Return what two results must share to stand on one axis; None where that is not known."""
    unit, measure = row["unit"] or row["text"], _measure(row)
    if measure in _RATIOS or measure == "risk-difference":
        return measure, row["unit"], row["text"]
    if measure in _STANDARDISED:
        return (measure,)  # a unit can only be that of the scale before it was standardised
    if measure in _DIFFERENCES and unit and row["instrument"]:
        return measure, row["unit"], row["text"], row["instrument"]
    return None


def _sense(found: Rows) -> set[int]:
    """Return on which sides of no effect (-1, 1) the results of a group say that better lies."""
    senses = set()
    for row in found:
        none = 1.0 if _measure(row) in _RATIOS else 0.0
        way = {**_BETTER, **_WORSE}.get(row["favours"].removeprefix(LDNC), 0)
        side = (float(row["estimate"]) > none) - (float(row["estimate"]) < none)
        senses.add(way * side)
    return senses - {0}


def _label(row: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines that name the study, and those that name the outcome."""
    people = f"n = {row['n']}" if row["n"] else "n unknown"
    kind = "" if row["recruits"] == "true" else "review or re-analysis, "
    return wrapped(row["who"], 33), wrapped(f"{row['outcome']}; {kind}{people}", 41)


def _row_height(row: dict[str, str]) -> float:
    who, about = _label(row)
    return 11 + 11.0 * len(who) + 10.0 * len(about)


def _interval(row: dict[str, str]) -> str:
    if not row["low"]:
        return "no interval in the data"
    level = f"{number(row['confidence'])} % CI " if row["confidence"] else ""
    return f"{level}{number(row['low'])} to {number(row['high'])}"


def _said(row: dict[str, str]) -> str:
    return f"{row['who']}, {row['outcome']}: {number(row['estimate'])} ({_interval(row)})"


def number(text: str) -> str:
    """Return a number with a true minus sign."""
    return text.replace("-", "−")

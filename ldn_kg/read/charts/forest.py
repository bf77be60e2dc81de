"""Effects with their confidence intervals, side by side where they share a measure."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.axis import Axis, linear_ticks, log_ticks
from ldn_kg.read.charts.canvas import LARGE, LEADING, SMALL, Canvas, Href, Rows, counted, wrapped
from ldn_kg.read.charts.marks import DIRECTIONS

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
# Whether better lies on the side of the estimate or on the other, by whom a result favours.
_FAVOURS = {
    "favours-treatment": 1,
    "better-than-before": 1,
    "favours-comparator": -1,
    "worse-than-before": -1,
}
_WIDTH, _LABEL = 480.0, 194.0
_LEFT, _RIGHT, _VALUE = 202.0, 362.0, 370.0  # of the axis, and of the numbers beside it


@dataclass(frozen=True)
class Forest:
    """Effects of one claim in one measure and unit, on one axis."""

    rows: Rows

    @property
    def height(self) -> float:
        """Return the room that the panel takes, in units."""
        return 64 + LEADING * len(self._subtitle) + sum(map(_row_height, self.rows))

    @property
    def _is_ratio(self) -> bool:
        return _measure(self.rows[0]) in _RATIOS

    @property
    def _no_effect(self) -> float:
        return 1.0 if self._is_ratio else 0.0

    @property
    def _measured(self) -> str:
        row = self.rows[0]
        unit = row["text"] or row["unit"].rpartition("/")[2].lower()
        return ", ".join(part for part in (row["words"], unit, row["scale"]) if part)

    @property
    def _subtitle(self) -> list[str]:
        return wrapped(f"{self._measured}; {self.rows[0]['said']}", _WIDTH - 4, SMALL)

    def _axis(self) -> Axis:
        values = [self._no_effect, *(value for row in self.rows for value in _values(row))]
        low, high = min(values), max(values)
        if self._is_ratio:
            return Axis(low / 1.15, high * 1.15, _LEFT, _RIGHT, logarithmic=True)
        room = (high - low) * 0.06 or 1.0
        return Axis(low - room, high + room, _LEFT, _RIGHT)

    def draw(self, canvas: Canvas, y: float, href: Href) -> None:
        """Draw the panel from y on."""
        axis = self._axis()
        canvas.text(2, y + 4, "Effects in the same measure, not pooled", LARGE, bold=True)
        canvas.text(2, y + 17, self._subtitle, SMALL, "muted")
        y += LEADING * len(self._subtitle)
        better = _better_sides(self.rows)
        if better:
            side = "left" if better == {-1} else "right"
            canvas.text(_LEFT, y + 18, f"better with it: to the {side}", SMALL, "muted")
        start = y = y + 23
        for row in self.rows:
            canvas.line(0, y, _WIDTH, y)
            _draw_row(canvas, y, row, axis, href)
            y += _row_height(row)
        none = axis.place(self._no_effect)
        canvas.line(none, start, none, y, "ink", no_effect=f"{self._no_effect:g}")
        canvas.line(_LEFT, y, _RIGHT, y, "ink")
        for tick in (log_ticks if self._is_ratio else linear_ticks)(axis.low, axis.high):
            x = axis.place(tick)
            canvas.line(x, y, x, y + 4, "ink", tick=f"{tick:g}")
            canvas.text(x, y + 14, minus(f"{tick:g}"), SMALL, anchor="middle")
        canvas.text(none, y + 25, "no effect", SMALL, "muted", "middle")

    def describe(self) -> str:
        """Return the panel in words."""
        listed = "; ".join(map(_describe, self.rows))
        count = counted(len(self.rows), "result")
        return f"{count} that share a measure ({self._measured}), not pooled: {listed}."


def forests(dataset: Dataset, condition: NamedNode) -> list[Forest]:
    """Return panels of two or more effects that can stand on one axis."""
    groups: dict[tuple[str, ...], Rows] = {}
    for row in dataset.rows(_EFFECTS, wanted=condition):
        key = _comparable(row)
        if key:
            group = groups.setdefault((row["claim"], *key), [])
            group += [row] if row["result"] not in {other["result"] for other in group} else []
    # Where the results say that better lies on both sides, one axis would mislead.
    return [Forest(x) for x in groups.values() if len(x) > 1 and len(_better_sides(x)) < 2]


def _measure(row: dict[str, str]) -> str:
    return row["measure"].removeprefix(LDNC)


def _values(row: dict[str, str]) -> list[float]:
    return [float(row[name]) for name in ("estimate", "low", "high") if row[name]]


def _comparable(row: dict[str, str]) -> tuple[str, ...] | None:
    """Return what two results must share to stand on one axis; None where that is not known."""
    unit, measure = row["unit"] or row["text"], _measure(row)
    if measure in _RATIOS and min(_values(row)) <= 0:
        return None  # has no place on a logarithmic axis
    if measure in _RATIOS or measure == "risk-difference":
        return measure, row["unit"], row["text"]
    if measure in _STANDARDISED:
        return (measure,)  # a unit can only be that of the scale before it was standardised
    if measure in _DIFFERENCES and unit and row["instrument"]:
        return measure, row["unit"], row["text"], row["instrument"]
    return None


def _better_sides(rows: Rows) -> set[int]:
    """Return on which sides of no effect (-1, 1) the results of a group say that better lies."""
    sides = set()
    for row in rows:
        none = 1.0 if _measure(row) in _RATIOS else 0.0
        side = (float(row["estimate"]) > none) - (float(row["estimate"]) < none)
        sides.add(side * _FAVOURS.get(row["favours"].removeprefix(LDNC), 0))
    return sides - {0}


def _draw_row(canvas: Canvas, y: float, row: dict[str, str], axis: Axis, href: Href) -> None:
    who, about = _label(row)
    canvas.text(2, y + 12, who, href=href(row["study"]))
    canvas.text(2, y + 12 + LEADING * len(who), about, SMALL, "muted")
    middle = y + _row_height(row) / 2
    shape, colour, _ = DIRECTIONS[row["direction"].removeprefix(LDNC)]
    if row["low"]:
        low, high = axis.place(float(row["low"])), axis.place(float(row["high"]))
        canvas.line(low, middle, high, middle, colour, 2, interval=row["result"])
    x = axis.place(float(row["estimate"]))
    canvas.mark(x, middle, shape, colour, 10, title=_describe(row), estimate=row["result"])
    interval = _interval_lines(row)
    top = middle + 3.5 - LEADING / 2 * len(interval)
    canvas.text(_VALUE, top, minus(row["estimate"]))
    canvas.text(_VALUE, top + LEADING, interval, SMALL)


def _label(row: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines that name the study, and those that name the outcome."""
    people = f"n\u00a0=\u00a0{row['n']}" if row["n"] else "n unknown"
    kind = "" if row["recruits"] == "true" else "review or re-analysis, "
    return wrapped(row["who"], _LABEL), wrapped(f"{row['outcome']}; {kind}{people}", _LABEL, SMALL)


def _row_height(row: dict[str, str]) -> float:
    label = sum(map(len, _label(row)))
    return 8 + LEADING * max(label, 1 + len(_interval_lines(row)))


def _interval(row: dict[str, str]) -> str:
    if not row["low"]:
        return "no interval in the data"
    level = f"{minus(row['confidence'])} % CI " if row["confidence"] else ""
    return f"{level}{minus(row['low'])} to {minus(row['high'])}"


def _interval_lines(row: dict[str, str]) -> list[str]:
    return wrapped(_interval(row), _WIDTH - _VALUE + 4, SMALL)


def _describe(row: dict[str, str]) -> str:
    return f"{row['who']}, {row['outcome']}: {minus(row['estimate'])} ({_interval(row)})"


def minus(number: str) -> str:
    """Return a number with a true minus sign."""
    return number.replace("-", "−")

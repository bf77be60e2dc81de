"""The forest of a synthesis: each study that enters, what they say together, what was published.

Values and intervals are those of the derived graph; nothing is computed here.
"""

from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.axis import Axis, linear_ticks, log_ticks
from ldn_kg.read.charts.canvas import LARGE, LEADING, SMALL, Canvas, Href, Rows, counted, wrapped

# Syntheses of claims about a condition that have an effect.
_SYNTHESES = """
SELECT ?claim ?synthesis ?label ?measure ?words ?estimate ?low ?high ?pooled ?n ?model ?i
WHERE {
  ?claim a ldn:EfficacyClaim ; rdf:object ?wanted .
  ?synthesis ldn:synthesisOf ?claim ; rdfs:label ?label ; ldn:decides ?decides ;
    ldn:effectMeasure ?measure ; ldn:estimate ?estimate ; ldn:ciLow ?low ; ldn:ciHigh ?high ;
    ldn:pooledTrials ?pooled .
  ?measure skos:prefLabel ?words .
  OPTIONAL { ?synthesis ldn:pooledParticipants ?n }
  OPTIONAL { ?synthesis ldn:poolingModel/skos:prefLabel ?model }
  OPTIONAL { ?synthesis ldn:iSquared ?i }
}
ORDER BY ?claim DESC(?decides) ?label ?synthesis
"""
_ENTERING = """
SELECT ?part ?study ?who ?result ?about ?n ?measure ?estimate ?low ?high ?weight ?lean ?from
  ?instrument ?scale ?unit
WHERE {
  ?part ldn:contributesTo ?synthesis ; ldn:study ?study ; ldn:ofResult ?result .
  ?study rdfs:label ?who .
  ?result rdfs:label ?about .
  OPTIONAL { ?part ldn:participants ?n }
  OPTIONAL {
    ?part ldn:effectMeasure ?measure ; ldn:estimate ?estimate ; ldn:ciLow ?low ; ldn:ciHigh ?high ;
      ldn:errorFrom/skos:prefLabel ?from .
  }
  OPTIONAL { ?part ldn:weight ?weight }
  OPTIONAL { ?part ldn:lean ?lean }
  OPTIONAL { ?result ldn:instrument ?instrument . ?instrument rdfs:label ?scale }
  OPTIONAL { ?result schema:unitText ?text }
  OPTIONAL { ?result qudt:hasUnit ?coded }
  BIND(COALESCE(?text, STR(?coded), "") AS ?unit)
}
ORDER BY ?who ?part
"""
# Comparisons of the same outcome in the same condition that reviews pooled, latest editions only.
_PUBLISHED = """
SELECT DISTINCT ?study ?who ?result ?about ?n ?measure ?words ?estimate ?low ?high ?confidence
  ?instrument ?unit
WHERE {
  ?synthesis ldn:synthesisOf ?claim ; ldn:outcome ?outcome ; ldn:condition ?condition .
  ?line ldn:claim ?claim ; ldn:study ?study .
  FILTER NOT EXISTS { ?line ldn:setAside ldnc:kept-out-retracted }
  FILTER NOT EXISTS { ?later ldn:supersedes ?study }
  ?study rdfs:label ?who ; ldn:condition ?condition ; ldn:design/ldn:review true ;
    ldn:result ?result .
  ?result rdfs:label ?about ; ldn:outcome ?outcome ; ldn:contrast ldnc:between-groups ;
    ldn:effectMeasure ?measure ; ldn:estimate ?estimate ; ldn:ciLow ?low ; ldn:ciHigh ?high .
  ?measure skos:prefLabel ?words .
  OPTIONAL { ?result ldn:analysed ?n }
  OPTIONAL { ?result ldn:ciLevel ?confidence }
  OPTIONAL { ?result ldn:instrument ?instrument }
  OPTIONAL { ?result schema:unitText ?text }
  OPTIONAL { ?result qudt:hasUnit ?coded }
  BIND(COALESCE(?text, STR(?coded), "") AS ?unit)
}
ORDER BY ?who ?about ?result
"""
_RATIOS = {"risk-ratio", "odds-ratio", "hazard-ratio", "incidence-rate-ratio"}
# Measures without a scale of their own; all others need the same known instrument and unit.
_OF_NO_SCALE = {*_RATIOS, "standardised-mean-difference", "risk-difference"}
_LEANS = {"leans-to-treatment": 1, "leans-to-comparator": -1}
_WIDTH, _LABEL = 480.0, 194.0
_LEFT, _RIGHT, _VALUE = 202.0, 362.0, 370.0  # of the axis, and of the numbers beside it
_PUBLISHED_TITLE = "Published syntheses, shown beside"

Row = dict[str, str]


@dataclass(frozen=True)
class Forest:
    """A synthesis, the results that enter it, and the pooled values that reviews published."""

    synthesis: Row
    entering: Rows
    published: Rows

    @property
    def height(self) -> float:
        """Return the room that the panel takes, in units."""
        head = 64 + LEADING * len(self._subtitle)
        beside = LEADING + 6 if self.published else 0
        return head + beside + sum(_row_height(row) for row in self._rows)

    @cached_property
    def _rows(self) -> Rows:
        together = [self._together] if self._is_pool else []
        return [*self.entering, *together, *self.published]

    @property
    def _is_pool(self) -> bool:
        return int(self.synthesis["pooled"]) > 1

    @property
    def _is_ratio(self) -> bool:
        return _code(self.synthesis["measure"]) in _RATIOS

    @property
    def _no_effect(self) -> float:
        return 1.0 if self._is_ratio else 0.0

    @property
    def _together(self) -> Row:
        """The row of what the studies say together."""
        row = self.synthesis
        about = f"{counted(int(row['pooled']), 'study', 'studies')}; {row['model']}"
        about += f"; I² {float(row['i']):.0f} %" if row["i"] else ""
        return {**row, "who": "Together", "about": about, "study": "", "lean": "", "on": "true"}

    @property
    def _subtitle(self) -> list[str]:
        scales = [row for row in self.entering if row["on"] == "true"]
        scale = scales[0] if scales else {"unit": "", "scale": ""}
        measured = (self.synthesis["words"], _unit(scale["unit"]), scale["scale"])
        return wrapped(", ".join(filter(None, measured)), _WIDTH - 4, SMALL)

    @property
    def _title(self) -> list[str]:
        return wrapped(self.synthesis["label"], _WIDTH - 4, LARGE, bold=True)[:1]

    def _axis(self) -> Axis:
        placed = [row for row in self._rows if row["on"] == "true"]
        values = [self._no_effect, *(value for row in placed for value in _values(row))]
        low, high = min(values), max(values)
        if self._is_ratio:
            return Axis(low / 1.15, high * 1.15, _LEFT, _RIGHT, logarithmic=True)
        room = (high - low) * 0.06 or 1.0
        return Axis(low - room, high + room, _LEFT, _RIGHT)

    def draw(self, canvas: Canvas, y: float, href: Href) -> None:
        """Draw the panel from y on."""
        axis = self._axis()
        canvas.text(2, y + 4, self._title, LARGE, bold=True, href=href(self.synthesis["synthesis"]))
        canvas.text(2, y + 17, self._subtitle, SMALL, "muted")
        y += LEADING * len(self._subtitle)
        better = _better_sides(self.entering, self._no_effect)
        if len(better) == 1:
            side = "left" if better == {-1} else "right"
            canvas.text(_LEFT, y + 18, f"better with it: to the {side}", SMALL, "muted")
        start = y = y + 23
        for row in self._rows:
            if self.published and row is self.published[0]:
                canvas.text(2, y + 13, _PUBLISHED_TITLE, SMALL, bold=True)
                y += LEADING + 6
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
        own = [self._together] if self._is_pool else []
        listed = "; ".join(map(_describe, [*self.entering, *own]))
        beside = "; ".join(map(_describe, self.published))
        published = f" Published syntheses, not part of it: {beside}." if beside else ""
        return f"{self.synthesis['label']}, {' '.join(self._subtitle)}: {listed}.{published}"


def forests(dataset: Dataset, condition: NamedNode) -> list[Forest]:
    """Return a forest for each synthesis in a condition that has an effect."""
    return [_forest(dataset, row) for row in dataset.rows(_SYNTHESES, wanted=condition)]


def _forest(dataset: Dataset, synthesis: Row) -> Forest:
    name = NamedNode(synthesis["synthesis"])
    entering = [
        {**row, "on": _said(_is_in_pool(row, synthesis))}
        for row in dataset.rows(_ENTERING, synthesis=name)
    ]
    own = next((row for row in entering if row["on"] == "true"), {"instrument": "", "unit": ""})
    published = [
        {**row, "weight": "", "lean": "", "on": _said(_is_on_scale(row, synthesis, own))}
        for row in dataset.rows(_PUBLISHED, synthesis=name)
    ]
    return Forest(synthesis, entering, published)


def _said(true: bool) -> str:
    return "true" if true else ""


def _is_in_pool(row: Row, synthesis: Row) -> bool:
    """Tell whether a result is in the value of its synthesis: by a weight, or as the only one."""
    if int(synthesis["pooled"]) > 1:
        return bool(row["weight"])
    return all(row[key] == synthesis[key] for key in ("measure", "estimate", "low", "high"))


def _is_on_scale(row: Row, synthesis: Row, own: Row) -> bool:
    """Tell whether a published value can stand on the axis of a synthesis."""
    measure = _code(row["measure"])
    if row["measure"] != synthesis["measure"] or (measure in _RATIOS and min(_values(row)) <= 0):
        return False
    same = all(row[key] and row[key] == own[key] for key in ("instrument", "unit"))
    return measure in _OF_NO_SCALE or same


def _code(iri: str) -> str:
    return iri.removeprefix(LDNC)


def _unit(unit: str) -> str:
    return unit.rpartition("/")[2].lower() if unit.startswith("http") else unit


def _values(row: Row) -> list[float]:
    return [float(row[name]) for name in ("estimate", "low", "high") if row[name]]


def _better_sides(rows: Rows, none: float) -> set[int]:
    """Return on which sides of no effect (-1, 1) better lies, by where results lean."""
    sides = set()
    for row in rows:
        if row["on"] == "true":
            side = (float(row["estimate"]) > none) - (float(row["estimate"]) < none)
            sides.add(side * _LEANS.get(_code(row["lean"]), 0))
    return sides - {0}


def _draw_row(canvas: Canvas, y: float, row: Row, axis: Axis, href: Href) -> None:
    who, about = _label(row)
    canvas.text(2, y + 12, who, href=href(row["study"]) if row["study"] else "")
    canvas.text(2, y + 12 + LEADING * len(who), about, SMALL, "muted")
    middle = y + _row_height(row) / 2
    value = _value_lines(row)
    top = middle + 3.5 - LEADING / 2 * (len(value) - 1)
    canvas.text(_VALUE, top, value, SMALL)
    if row["on"] != "true":
        return
    together = not row["study"]
    colour = "ink" if together else "neutral"
    named = row["synthesis"] if together else row["result"]
    low, high = axis.place(float(row["low"])), axis.place(float(row["high"]))
    canvas.line(low, middle, high, middle, colour, 2, interval=named)
    x = axis.place(float(row["estimate"]))
    shape = "diamond" if together else "square"
    canvas.mark(x, middle, shape, colour, 10, title=_describe(row), estimate=named)


def _label(row: Row) -> tuple[list[str], list[str]]:
    """Return the lines that name the study, and those that say what it measured in whom."""
    people = f"n\u00a0=\u00a0{row['n']}" if row["n"] else "n unknown"
    weight = f", weight {float(row['weight']):.0f}\u00a0%" if row.get("weight") else ""
    return wrapped(row["who"], _LABEL), wrapped(f"{row['about']}; {people}{weight}", _LABEL, SMALL)


def _row_height(row: Row) -> float:
    return 8 + LEADING * max(sum(map(len, _label(row))), len(_value_lines(row)))


def _value_lines(row: Row) -> list[str]:
    return wrapped(_value(row), _WIDTH - _VALUE + 4, SMALL)


def _value(row: Row) -> str:
    """Return the value of a row in words, with its measure where it is on another scale."""
    if not row["estimate"]:
        lean = {1: "leans to the treatment", -1: "leans to the comparator"}
        return f"no size; {lean.get(_LEANS.get(_code(row['lean']), 0), 'side not known')}"
    value, low, high = (minus(f"{float(row[key]):.2f}") for key in ("estimate", "low", "high"))
    level = f"{row['confidence']} % CI " if row.get("confidence") else ""
    words = f"{value}, {level}{low} to {high}"
    if row["on"] == "true":
        return words
    return f"{words} ({row['words']})" if row.get("words") else f"{words} (not pooled)"


def _describe(row: Row) -> str:
    return f"{row['who']}, {row['about']}: {_value(row)}"


def minus(number: str) -> str:
    """Return a number with a true minus sign."""
    return number.replace("-", "−")

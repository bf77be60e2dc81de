"""Plots of the evidence as SVG: what was found, in whom, at which dose and how it may work.

Each number in them is asked of the graph. Evidence that is set aside is never drawn.
"""

from collections import Counter
from collections.abc import Callable

from pyoxigraph import NamedNode

from ldn_kg.dataset import Dataset, rows
from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import LDNC
from ldn_kg.site.plots_canvas import (
    DIRECTIONS,
    Canvas,
    Plot,
    legend,
    many,
    size_of,
    wrapped,
)
from ldn_kg.site.plots_dose import dose_plot
from ldn_kg.site.plots_forest import forests
from ldn_kg.site.plots_mechanism import mechanism_plot

__all__ = ["Plot", "condition_plot", "dose_plot", "evidence_map", "mechanism_plot"]

Href = Callable[[str], str]
Rows = list[dict[str, str]]

# One row for each line of an efficacy claim that counts.
_LINES = """
SELECT ?claim ?said ?about ?name ?line ?direction ?study ?who ?design ?rank ?n (MIN(?y) AS ?year)
WHERE {
  %s
  ?claim a ldn:EfficacyClaim ; rdfs:label ?said ; rdf:object ?about .
  ?about rdfs:label ?name .
  ?line ldn:claim ?claim ; ldn:direction ?direction ; ldn:study ?study ;
    ldn:designLevel/ldn:rank ?rank .
  ?study rdfs:label ?who ; ldn:design/skos:prefLabel ?design .
  FILTER NOT EXISTS { ?line ldn:setAside ?reason }
  OPTIONAL { ?line ldn:participants ?n }
  OPTIONAL { ?study ldn:publication/dcterms:issued ?issued BIND(SUBSTR(STR(?issued), 1, 4) AS ?y) }
}
GROUP BY ?claim ?said ?about ?name ?line ?direction ?study ?who ?design ?rank ?n
ORDER BY ?said ?claim ?year ?who ?line
"""
_LOW_DOSE = """
SELECT DISTINCT ?about ?name WHERE {
  ?claim a ldn:EfficacyClaim ; ldn:doseCategory ldnc:low-dose ; rdf:object ?about .
  ?about rdfs:label ?name .
} ORDER BY ?name
"""
_LEVELS = {
    "1": ("reviews of", "random. trials"),
    "2": ("randomised", "trials"),
    "3": ("controlled,", "not random."),
    "4": ("no control", "group"),
    "5": ("opinion,", "reasoning"),
}
_CELLS, _CELL, _PITCH = 178.0, 60.0, 14.0  # start and width of the columns, room for a mark


def evidence_map(dataset: Dataset, href: Href) -> Plot:
    """Draw all evidence on low-dose naltrexone: a row for a condition, a column for a level.

    Raises LdnKgError where there is none.
    """
    found = _lines(dataset, "?claim ldn:doseCategory ldnc:low-dose .")
    if not found:
        raise LdnKgError("There is no line of evidence on low-dose naltrexone to draw.")
    by_row: dict[str, Rows] = {}
    for line in found:
        by_row.setdefault(line["about"], []).append(line)
    order = sorted(by_row.values(), key=lambda lines: (-_studies(lines), lines[0]["name"].lower()))
    heights = [_row_height(lines) for lines in order]
    top = 92.0
    canvas = Canvas("ldn-map", 480, top + sum(heights) + 8)
    legend(canvas, 14, tuple(DIRECTIONS))
    _columns(canvas, top)
    y = top
    for lines, height in zip(order, heights, strict=True):
        canvas.line([0, 480], [y, y], width=0.6)
        label = wrapped(lines[0]["name"], 29)
        canvas.lines(2, y + 14, label, 11, url=href(lines[0]["about"]))
        for rank in _LEVELS:
            _cell(canvas, y, rank, [line for line in lines if line["rank"] == rank])
        y += height
    return canvas.plot("Evidence map of low-dose naltrexone", _map_words(dataset, found, order))


def _lines(dataset: Dataset, where: str, **values: NamedNode) -> Rows:
    found = rows(dataset, _LINES % where, **values)
    return [{**line, "direction": line["direction"].removeprefix(LDNC)} for line in found]


def _studies(lines: Rows) -> int:
    return len({line["study"] for line in lines})


def _row_height(lines: Rows) -> float:
    """Return the room for the label and for the fullest cell of a row."""
    fullest = max(Counter(line["rank"] for line in lines).values())
    per_row = int(_CELL // _PITCH)
    return 8 + max(12 * len(wrapped(lines[0]["name"], 29)), _PITCH * -(-fullest // per_row))


def _columns(canvas: Canvas, top: float) -> None:
    canvas.text(2, top - 30, "Level of the evidence", 9.5, bold=True)
    canvas.text(2, top - 19, "by the design of the study,", 9.5, colour="muted")
    canvas.text(2, top - 8, "1 is best", 9.5, colour="muted")
    for column, (rank, words) in enumerate(_LEVELS.items()):
        middle = _CELLS + _CELL * (column + 0.5)
        canvas.text(middle, top - 30, rank, 13, "center", bold=True)
        for number, line in enumerate(words):
            canvas.text(middle, top - 17 + 9.5 * number, line, 8.5, "center", "muted")
        x = _CELLS + _CELL * column
        canvas.line([x, x], [top, canvas.height - 8], width=0.6)


def _cell(canvas: Canvas, y: float, rank: str, lines: Rows) -> None:
    """Draw the marks of one condition at one level, in a grid."""
    per_row = int(_CELL // _PITCH)
    left = _CELLS + _CELL * (int(rank) - 1) + (_CELL - per_row * _PITCH + _PITCH) / 2
    order = tuple(DIRECTIONS)
    for place, line in enumerate(sorted(lines, key=lambda x: order.index(x["direction"]))):
        row, column = divmod(place, per_row)
        _mark(canvas, left + column * _PITCH, y + 4 + (row + 0.5) * _PITCH, line)


def _mark(canvas: Canvas, x: float, y: float, line: dict[str, str]) -> None:
    shape, colour, _ = DIRECTIONS[line["direction"]]
    words, size, hollow = size_of(line["n"])
    people = f"n = {line['n']}" if line["n"] else f"n {words}"
    title = f"{line['who']}: {line['direction']}; {line['said']}; {line['design']}, {people}"
    canvas.mark(x, y, shape, colour, size, hollow, title, direction=line["direction"])


def _tally(lines: Rows) -> str:
    """Return how many lines go which way: 3 support, 1 disputes."""
    count = Counter(line["direction"] for line in lines)
    verbs = {"supports": ("supports", "support"), "disputes": ("disputes", "dispute")}
    said = []
    for name in DIRECTIONS:
        one, more = verbs.get(name, (f"is {name}", f"are {name}"))
        if count[name]:
            said.append(f"{count[name]} {one if count[name] == 1 else more}")
    return ", ".join(said)


def _map_words(dataset: Dataset, found: Rows, order: list[Rows]) -> str:
    first = "; ".join(f"{x[0]['name']} ({_tally(x)})" for x in order[:5])
    levels = Counter(line["rank"] for line in found)
    by_level = ", ".join(f"{levels[rank]} at level {rank}" for rank in _LEVELS)
    drawn = {lines[0]["about"] for lines in order}
    none = [row["name"] for row in rows(dataset, _LOW_DOSE) if row["about"] not in drawn]
    without = f" Claimed, but without evidence that counts: {', '.join(none)}." if none else ""
    return (
        f"What {many(_studies(found), 'study', 'studies')} say on whether low-dose naltrexone helps"
        f" in {many(len(order), 'condition or symptom', 'conditions and symptoms')}: of"
        f" {many(len(found), 'line')} of evidence that count, {_tally(found)}; {by_level} (1 is"
        f" best). Most studied: {first}.{without}"
    )


def condition_plot(dataset: Dataset, condition_iri: str, href: Href) -> Plot | None:
    """Draw which way each study in a condition points, and effects that share a measure.

    Effects stand on one axis only where claim, measure and unit are the same. Returns None where
    no line of evidence counts.
    """
    wanted = NamedNode(condition_iri)
    lines = _lines(dataset, "?claim rdf:object ?wanted .", wanted=wanted)
    if not lines:
        return None
    name = f"ldn-{condition_iri.rpartition('/')[2]}"
    panels = forests(dataset, wanted)
    claims: dict[str, Rows] = {}
    for line in lines:
        claims.setdefault(line["claim"], []).append(line)
    height = 34 + sum(44 + 28 * len(group) for group in claims.values())
    canvas = Canvas(name, 480, height + sum(panel.height for panel in panels) + 6)
    used = [name for name in DIRECTIONS if any(line["direction"] == name for line in lines)]
    legend(canvas, 14, used)
    y = 50.0
    for group in claims.values():
        y = _directions(canvas, y, group, href)
    for panel in panels:
        panel.draw(canvas, y, href)
        y += panel.height
    what = lines[0]["name"]
    words = f"Evidence on {what}. " + " ".join(
        [*(_claim_words(group) for group in claims.values()), *(panel.words() for panel in panels)]
    )
    return canvas.plot(f"Studies in {what}", words)


def _directions(canvas: Canvas, y: float, lines: Rows, href: Href) -> float:
    """Draw the lines of one claim from y on, by year, and return where they end."""
    canvas.text(2, y + 4, _sentence(lines[0]["said"]), 11, bold=True)
    places = dict(zip(("disputes", "inconclusive", "silent", "supports"), _AT, strict=True))
    for name, x in places.items():
        canvas.text(x, y + 20, f"{DIRECTIONS[name][2]} {name}", 8.5, "center", "muted")
        canvas.line([x, x], [y + 26, y + 26 + 28 * len(lines)], width=0.6)
    y += 26
    for line in lines:
        canvas.line([0, 480], [y, y], width=0.6)
        people = f"n = {line['n']}" if line["n"] else "n unknown"
        year = line["year"] if line["year"] not in line["who"] else ""
        who = ", ".join(part for part in (line["who"], year) if part)
        canvas.text(2, y + 12, _cut(who, 43), 10.5, url=href(line["study"]))
        level = f"level {line['rank']}"
        canvas.text(
            2, y + 23, _cut(f"{level}, {people}, {line['design']}", 52), 8.5, colour="muted"
        )
        _mark(canvas, places[line["direction"]], y + 14, line)
        y += 28
    return y + 18


_AT = (270.0, 332.0, 394.0, 450.0)  # where the columns of directions stand


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip(" ,") + "…"


def _claim_words(lines: Rows) -> str:
    listed = "; ".join(f"{line['who']} ({line['direction']})" for line in lines)
    return f"{_sentence(lines[0]['said'])}: {_tally(lines)}. By year: {listed}."

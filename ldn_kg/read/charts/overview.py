"""The evidence map: all studies of low-dose naltrexone, by condition and level."""

from collections import Counter
from collections.abc import Callable

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import DIRECTIONS, Canvas, Plot, legend, many, wrapped
from ldn_kg.read.charts.lines import Rows, draw, evidence, tally

Href = Callable[[str], str]

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
    found = evidence(dataset, "?claim ldn:doseCategory ldnc:low-dose .")
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
        draw(canvas, left + column * _PITCH, y + 4 + (row + 0.5) * _PITCH, line)


def _map_words(dataset: Dataset, found: Rows, order: list[Rows]) -> str:
    first = "; ".join(f"{x[0]['name']} ({tally(x)})" for x in order[:5])
    levels = Counter(line["rank"] for line in found)
    by_level = ", ".join(f"{levels[rank]} at level {rank}" for rank in _LEVELS)
    drawn = {lines[0]["about"] for lines in order}
    none = [row["name"] for row in dataset.rows(_LOW_DOSE) if row["about"] not in drawn]
    without = f" Claimed, but without evidence that counts: {', '.join(none)}." if none else ""
    return (
        f"What {many(_studies(found), 'study', 'studies')} say on whether low-dose naltrexone helps"
        f" in {many(len(order), 'condition or symptom', 'conditions and symptoms')}: of"
        f" {many(len(found), 'line')} of evidence that count, {tally(found)}; {by_level} (1 is"
        f" best). Most studied: {first}.{without}"
    )

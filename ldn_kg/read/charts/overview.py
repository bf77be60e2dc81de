"""The evidence map: all studies of low-dose naltrexone, by condition and level."""

from collections import Counter

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
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
from ldn_kg.read.charts.marks import DIRECTIONS, evidence, evidence_mark, legend, tally

_LOW_DOSE = """
SELECT DISTINCT ?about ?name WHERE {
  ?claim a ldn:EfficacyClaim ; ldn:doseCategory ldnc:low-dose ; rdf:object ?about .
  ?about rdfs:label ?name .
} ORDER BY ?name
"""
_LEVELS = {
    "1": ["reviews of", "random. trials"],
    "2": ["randomised", "trials"],
    "3": ["controlled,", "not random."],
    "4": ["no control", "group"],
    "5": ["opinion,", "reasoning"],
}
# Where the columns begin, how wide one is, the room for a mark, and how many stand side by side.
_CELLS, _CELL, _PITCH, _PER_ROW = 170.0, 62.0, 14.0, 4
_WIDTH, _TOP = 480.0, 92.0


def evidence_map(dataset: Dataset, href: Href) -> Chart:
    """Draw all evidence on low-dose naltrexone: a row for a condition, a column for a level.

    Raises LdnKgError where there is none.
    """
    lines = evidence(dataset, "?claim ldn:doseCategory ldnc:low-dose .")
    if not lines:
        raise LdnKgError("There is no line of evidence on low-dose naltrexone to draw.")
    by_condition: dict[str, Rows] = {}
    for line in lines:
        by_condition.setdefault(line["object"], []).append(line)
    order = sorted(by_condition.values(), key=lambda x: (-_studies(x), x[0]["name"].lower()))
    canvas = Canvas("ldn-map", _WIDTH, _TOP + sum(map(_row_height, order)) + 8)
    legend(canvas, 14, tuple(DIRECTIONS))
    _draw_columns(canvas)
    y = _TOP
    for row in order:
        canvas.line(0, y, _WIDTH, y)
        canvas.text(2, y + 14, _label(row), href=href(row[0]["object"]))
        for rank in _LEVELS:
            _draw_cell(canvas, y, rank, [line for line in row if line["rank"] == rank])
        y += _row_height(row)
    return canvas.chart("Evidence map of low-dose naltrexone", _describe(dataset, lines, order))


def _studies(lines: Rows) -> int:
    return len({line["study"] for line in lines})


def _label(row: Rows) -> list[str]:
    return wrapped(row[0]["name"], _CELLS - 4)


def _row_height(row: Rows) -> float:
    """Return the room for the label and for the fullest cell of a row."""
    fullest = max(Counter(line["rank"] for line in row).values())
    return 8 + max(LEADING * len(_label(row)), _PITCH * -(-fullest // _PER_ROW))


def _draw_columns(canvas: Canvas) -> None:
    canvas.text(2, _TOP - 30, "Level of the evidence", bold=True)
    canvas.text(2, _TOP - 18, ["by the design of the study,", "1 is best"], SMALL, "muted")
    for column, (rank, words) in enumerate(_LEVELS.items()):
        x = _CELLS + _CELL * column
        canvas.text(x + _CELL / 2, _TOP - 31, rank, LARGE, anchor="middle", bold=True)
        canvas.text(x + _CELL / 2, _TOP - 18, words, SMALL, "muted", "middle")
        canvas.line(x, _TOP, x, canvas.height - 8)


def _draw_cell(canvas: Canvas, y: float, rank: str, lines: Rows) -> None:
    """Draw the marks of one condition at one level, in a grid."""
    left = _CELLS + _CELL * (int(rank) - 0.5) - (_PER_ROW - 1) / 2 * _PITCH
    order = tuple(DIRECTIONS)
    for place, line in enumerate(sorted(lines, key=lambda x: order.index(x["direction"]))):
        row, column = divmod(place, _PER_ROW)
        evidence_mark(canvas, left + column * _PITCH, y + 4 + (row + 0.5) * _PITCH, line)


def _describe(dataset: Dataset, lines: Rows, order: list[Rows]) -> str:
    first = "; ".join(f"{row[0]['name']} ({tally(row)})" for row in order[:5])
    levels = Counter(line["rank"] for line in lines)
    by_level = ", ".join(f"{levels[rank]} at level {rank}" for rank in _LEVELS)
    drawn = {row[0]["object"] for row in order}
    none = [row["name"] for row in dataset.rows(_LOW_DOSE) if row["about"] not in drawn]
    without = f" Claimed, but without evidence that counts: {', '.join(none)}." if none else ""
    conditions = counted(len(order), "condition or symptom", "conditions and symptoms")
    return (
        f"What {counted(_studies(lines), 'study', 'studies')} say on whether low-dose naltrexone"
        f" helps in {conditions}: of {counted(len(lines), 'line')} of evidence that count,"
        f" {tally(lines)}; {by_level} (1 is best). Most studied: {first}.{without}"
    )

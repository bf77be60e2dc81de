"""The evidence map: what was asked of low-dose naltrexone, by condition and certainty."""

from collections import Counter

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import LEADING, SMALL, Canvas, Chart, Href, Rows, counted, wrapped
from ldn_kg.read.charts.marks import answer_mark, answered, legend, tally

# The columns: what decides was compared, with this certainty; else what there is instead.
_CERTAINTIES = ("high", "moderate", "low", "very low")
_UNCONTROLLED, _OTHER = "not compared", "other or none"
_COLUMNS = (*_CERTAINTIES, _UNCONTROLLED, _OTHER)
_NOT_COMPARED = ("only uncontrolled studies", "only case reports")
# Where the columns begin, how wide one is, the room for a mark, and how many stand side by side.
_CELLS, _CELL, _PITCH, _PER_ROW = 170.0, 54.0, 14.0, 3
_WIDTH, _TOP = 498.0, 92.0


def evidence_map(dataset: Dataset, href: Href) -> Chart:
    """Draw all answers on low-dose naltrexone: a row for a condition, a column for a certainty.

    A mark is one outcome that decides; a claim without such a comparison has a hollow square.
    Raises LdnKgError where there is none.
    """
    rows = answered(dataset, "?claim ldn:doseCategory ldnc:low-dose .")
    if not rows:
        raise LdnKgError("There is no claim on low-dose naltrexone to draw.")
    by_condition: dict[str, Rows] = {}
    for row in _drawn(rows):
        by_condition.setdefault(row["object"], []).append(row)
    order = sorted(by_condition.values(), key=_place)
    canvas = Canvas("ldn-map", _WIDTH, _TOP + sum(map(_row_height, order)) + 8)
    legend(canvas, 14)
    canvas.mark(245, 43, "square", "neutral", 8.5, hollow=True)
    canvas.text(253, 46, "what decides was not compared", SMALL)
    _draw_columns(canvas)
    y = _TOP
    for about in order:
        canvas.line(0, y, _WIDTH, y)
        canvas.text(2, y + 14, _label(about), href=href(about[0]["object"]))
        for place, column in enumerate(_COLUMNS):
            _draw_cell(canvas, y, place, [row for row in about if _column(row) == column])
        y += _row_height(about)
    return canvas.chart("Evidence map of low-dose naltrexone", _describe(order))


def _drawn(rows: Rows) -> Rows:
    """Return the syntheses that decide, and for a claim without any one row that says so."""
    claims: dict[str, Rows] = {}
    for row in rows:
        claims.setdefault(row["claim"], []).append(row)
    drawn: Rows = []
    for of_claim in claims.values():
        deciding = [row for row in of_claim if row["decides"] == "true"]
        drawn += deciding or [{**of_claim[0], "synthesis": ""}]
    return drawn


def _column(row: dict[str, str]) -> str:
    if row["synthesis"]:
        return row["certainty"]
    return _UNCONTROLLED if row["status"] in _NOT_COMPARED else _OTHER


def _place(about: Rows) -> tuple[int, int, str]:
    """Return the place of a condition: the most certain answer first, then the most people."""
    people = sum(int(row["n"] or 0) for row in about if row["synthesis"])
    return min(_COLUMNS.index(_column(row)) for row in about), -people, about[0]["name"].lower()


def _label(about: Rows) -> list[str]:
    return wrapped(about[0]["name"], _CELLS - 4)


def _row_height(about: Rows) -> float:
    """Return the room for the label and for the fullest cell of a row."""
    fullest = max(Counter(map(_column, about)).values())
    return 8 + max(LEADING * len(_label(about)), _PITCH * -(-fullest // _PER_ROW))


def _draw_columns(canvas: Canvas) -> None:
    canvas.text(2, _TOP - 30, "Certainty of the answer", bold=True)
    canvas.text(2, _TOP - 18, "on the outcomes that decide", SMALL, "muted")
    for place, name in enumerate(_COLUMNS):
        x = _CELLS + _CELL * place
        lines = wrapped(name, _CELL - 4)
        canvas.text(
            x + _CELL / 2, _TOP - 6 - LEADING * len(lines) + LEADING, lines, anchor="middle"
        )
        canvas.line(x, _TOP, x, canvas.height - 8)


def _draw_cell(canvas: Canvas, y: float, place: int, rows: Rows) -> None:
    """Draw the marks of one condition in one column, in a grid."""
    left = _CELLS + _CELL * (place + 0.5) - (_PER_ROW - 1) / 2 * _PITCH
    for number, row in enumerate(rows):
        down, across = divmod(number, _PER_ROW)
        x, middle = left + across * _PITCH, y + 4 + (down + 0.5) * _PITCH
        if row["synthesis"]:
            answer_mark(canvas, x, middle, row)
        else:
            title = f"{row['said']}: {row['status']}"
            canvas.mark(
                x, middle, "square", "neutral", 8.5, hollow=True, title=title, status=row["status"]
            )


def _describe(order: list[Rows]) -> str:
    rows = [row for about in order for row in about]
    compared = [row for row in rows if row["synthesis"]]
    by_certainty = Counter(row["certainty"] for row in compared)
    levels = ", ".join(f"{by_certainty[name]} {name}" for name in _CERTAINTIES)
    left = Counter(row["status"] for row in rows if not row["synthesis"])
    others = "; ".join(f"{status}: {count}" for status, count in sorted(left.items()))
    without = f" Claims where what decides was not compared: {others}." if others else ""
    found = f": {tally(compared)}. Their certainty: {levels}" if compared else ""
    return (
        f"Whether low-dose naltrexone helps in "
        f"{counted(len(order), 'condition or symptom', 'conditions and symptoms')}. "
        f"{counted(len(compared), 'comparison')} on outcomes that decide{found}.{without}"
    )

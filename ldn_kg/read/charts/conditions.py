"""What the comparisons in a condition find, outcome by outcome, and the effects behind them."""

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
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
from ldn_kg.read.charts.forest import forests
from ldn_kg.read.charts.marks import FINDINGS, answer_mark, answered, legend, people

_WIDTH, _LABEL = 480.0, 238.0
# Where the columns of findings stand, and their titles.
_COLUMNS = {
    "finds-comparator-better": (270.0, ["worse", "with it"]),
    "finds-unclear": (330.0, ["unclear"]),
    "finds-little-or-no-difference": (390.0, ["little or no", "difference"]),
    "finds-treatment-better": (450.0, ["better", "with it"]),
}


def condition_chart(dataset: Dataset, condition_iri: str, href: Href) -> Chart | None:
    """Draw what the comparisons in a condition find, by outcome, and a forest of each effect.

    Returns None where nothing was compared.
    """
    wanted = NamedNode(condition_iri)
    rows = [r for r in answered(dataset, "?claim rdf:object ?about .", wanted) if r["synthesis"]]
    if not rows:
        return None
    panels = forests(dataset, wanted)
    claims: dict[str, Rows] = {}
    for row in rows:
        claims.setdefault(row["claim"], []).append(row)
    heights = [*map(_claim_height, claims.values()), *(panel.height for panel in panels)]
    name = f"ldn-{condition_iri.rpartition('/')[2]}"
    canvas = Canvas(name, _WIDTH, 56 + sum(heights))
    legend(canvas, 14)
    y = 66.0
    for group in claims.values():
        _draw_claim(canvas, y, group, href)
        y += _claim_height(group)
    for panel in panels:
        panel.draw(canvas, y, href)
        y += panel.height
    said = [*map(_describe_claim, claims.values()), *(panel.describe() for panel in panels)]
    description = " ".join([f"Comparisons in {rows[0]['name']}.", *said])
    return canvas.chart(f"What was compared in {rows[0]['name']}", description)


def _draw_claim(canvas: Canvas, y: float, rows: Rows, href: Href) -> None:
    """Draw the syntheses of one claim from y on; what decides comes first."""
    title, end = _title(rows), y + _claim_height(rows)
    canvas.text(2, y + 4, title, LARGE, bold=True, href=href(rows[0]["claim"]))
    y += LEADING * len(title)
    for x, words in _COLUMNS.values():
        canvas.text(x, y + 20 - LEADING * len(words), words, SMALL, "muted", "middle")
        canvas.line(x, y + 14, x, end - 18)
    y += 14
    for row in rows:
        canvas.line(0, y, _WIDTH, y)
        outcome, size = _outcome(row)
        canvas.text(2, y + 12, outcome, href=href(row["synthesis"]))
        canvas.text(2, y + 12 + LEADING * len(outcome), size, SMALL, "muted")
        answer_mark(canvas, _COLUMNS[row["finding"]][0], y + _height(row) / 2, row)
        y += _height(row)


def _title(rows: Rows) -> list[str]:
    words = f"{_capitalised(rows[0]['said'])}: {rows[0]['status']}"
    return [*wrapped(words, _WIDTH - 4, LARGE, bold=True), ""]


def _outcome(row: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines that name an outcome, and those that say how much was compared."""
    against = f", against {row['against']}" if row["against"] != "placebo" else ""
    decides = "" if row["decides"] == "true" else " (does not decide)"
    trials = counted(int(row["trials"]), "study", "studies")
    size = f"{row['answer']}: certainty {row['certainty']}, {trials}, {people(row)}"
    words = f"{_capitalised(_measured(row))}{against}{decides}"
    return wrapped(words, _LABEL), wrapped(size, _LABEL, SMALL)


def _measured(row: dict[str, str]) -> str:
    """Return the outcome of a synthesis; on a symptom with the condition of its people."""
    on_symptom = row["object"].startswith(f"{BASE}symptom/")
    return row["label"].rpartition(": ")[2] if on_symptom else row["outcome"]


def _height(row: dict[str, str]) -> float:
    return 7 + LEADING * sum(map(len, _outcome(row)))


def _claim_height(rows: Rows) -> float:
    return 32 + LEADING * len(_title(rows)) + sum(map(_height, rows))


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _describe_claim(rows: Rows) -> str:
    listed = "; ".join(
        f"{_measured(row)} ({row['answer']}; {FINDINGS[row['finding']][2]}, "
        f"certainty {row['certainty']})"
        for row in rows
    )
    return f"{_capitalised(rows[0]['said'])}: {rows[0]['status']}. By outcome: {listed}."

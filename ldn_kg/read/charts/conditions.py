"""Which way each study in a condition points, and the effects that share a measure."""

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import LARGE, LEADING, SMALL, Canvas, Chart, Href, Rows, wrapped
from ldn_kg.read.charts.forest import forests
from ldn_kg.read.charts.marks import DIRECTIONS, evidence, evidence_mark, legend, tally

_WIDTH, _LABEL = 480.0, 238.0
# Where the columns of directions stand.
_COLUMNS = {"disputes": 270.0, "inconclusive": 332.0, "silent": 394.0, "supports": 450.0}


def condition_chart(dataset: Dataset, condition_iri: str, href: Href) -> Chart | None:
    """Draw which way each study in a condition points, and effects that share a measure.

    Effects stand on one axis only where claim, measure and unit are the same. Returns None where
    no line of evidence counts.
    """
    wanted = NamedNode(condition_iri)
    lines = evidence(dataset, "?claim rdf:object ?about .", wanted)
    if not lines:
        return None
    panels = forests(dataset, wanted)
    claims: dict[str, Rows] = {}
    for line in lines:
        claims.setdefault(line["claim"], []).append(line)
    for group in claims.values():
        group.sort(key=lambda line: (line["year"] or "no year", line["who"]))
    heights = [*map(_claim_height, claims.values()), *(panel.height for panel in panels)]
    name = f"ldn-{condition_iri.rpartition('/')[2]}"
    canvas = Canvas(name, _WIDTH, 40 + sum(heights))
    used = {line["direction"] for line in lines}
    legend(canvas, 14, [name for name in DIRECTIONS if name in used])
    y = 50.0
    for group in claims.values():
        _draw_claim(canvas, y, group, href)
        y += _claim_height(group)
    for panel in panels:
        panel.draw(canvas, y, href)
        y += panel.height
    condition = lines[0]["name"]
    said = [*map(_describe_claim, claims.values()), *(panel.describe() for panel in panels)]
    description = " ".join([f"Evidence on {condition}.", *said])
    return canvas.chart(f"Studies in {condition}", description)


def _draw_claim(canvas: Canvas, y: float, lines: Rows, href: Href) -> None:
    """Draw the lines of evidence on one claim from y on, by year."""
    title, end = _title(lines), y + _claim_height(lines)
    canvas.text(2, y + 4, title, LARGE, bold=True)
    y += LEADING * len(title)
    for name, x in _COLUMNS.items():
        canvas.text(x, y + 8, f"{DIRECTIONS[name][2]} {name}", SMALL, "muted", "middle")
        canvas.line(x, y + 14, x, end - 18)
    y += 14
    for line in lines:
        canvas.line(0, y, _WIDTH, y)
        who, design = _study(line)
        canvas.text(2, y + 12, who, href=href(line["study"]))
        canvas.text(2, y + 12 + LEADING * len(who), design, SMALL, "muted")
        evidence_mark(canvas, _COLUMNS[line["direction"]], y + _study_height(line) / 2, line)
        y += _study_height(line)


def _title(lines: Rows) -> list[str]:
    return wrapped(_capitalised(lines[0]["said"]), _WIDTH - 4, LARGE, bold=True)


def _study(line: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines that name a study, and those that say how it was done."""
    people = f"n\u00a0=\u00a0{line['n']}" if line["n"] else "n unknown"
    year = line["year"] if line["year"] not in line["who"] else ""
    who = ", ".join(part for part in (line["who"], year) if part)
    design = f"level {line['rank']}, {people}, {line['design']}"
    return wrapped(who, _LABEL), wrapped(design, _LABEL, SMALL)


def _study_height(line: dict[str, str]) -> float:
    return 7 + LEADING * sum(map(len, _study(line)))


def _claim_height(lines: Rows) -> float:
    return 32 + LEADING * len(_title(lines)) + sum(map(_study_height, lines))


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _describe_claim(lines: Rows) -> str:
    listed = "; ".join(f"{line['who']} ({line['direction']})" for line in lines)
    return f"{_capitalised(lines[0]['said'])}: {tally(lines)}. By year: {listed}."

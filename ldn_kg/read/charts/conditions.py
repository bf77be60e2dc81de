"""Which way each study in a condition points, and the effects that share a measure."""

from collections.abc import Callable

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import DIRECTIONS, Canvas, Plot, legend, wrapped
from ldn_kg.read.charts.forest import forests
from ldn_kg.read.charts.lines import Rows, draw, evidence, tally

Href = Callable[[str], str]
_AT = (270.0, 332.0, 394.0, 450.0)  # where the columns of directions stand


def condition_plot(dataset: Dataset, condition_iri: str, href: Href) -> Plot | None:
    """Draw which way each study in a condition points, and effects that share a measure.

    Effects stand on one axis only where claim, measure and unit are the same. Returns None where
    no line of evidence counts.
    """
    wanted = NamedNode(condition_iri)
    lines = evidence(dataset, "?claim rdf:object ?wanted .", wanted=wanted)
    if not lines:
        return None
    name = f"ldn-{condition_iri.rpartition('/')[2]}"
    panels = forests(dataset, wanted)
    claims: dict[str, Rows] = {}
    for line in lines:
        claims.setdefault(line["claim"], []).append(line)
    for group in claims.values():
        group.sort(key=lambda line: (line["year"] or "no year", line["who"]))
    height = 34 + sum(_directions_height(group) for group in claims.values())
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
    end = y + _directions_height(lines)
    for title in wrapped(_sentence(lines[0]["said"]), 62):
        canvas.text(2, y + 4, title, 11, bold=True)
        y += 12
    y -= 12
    places = dict(zip(("disputes", "inconclusive", "silent", "supports"), _AT, strict=True))
    for name, x in places.items():
        canvas.text(x, y + 20, f"{DIRECTIONS[name][2]} {name}", 8.5, "center", "muted")
        canvas.line([x, x], [y + 26, end - 18], width=0.6)
    y += 26
    for line in lines:
        canvas.line([0, 480], [y, y], width=0.6)
        who, design = _study(line)
        canvas.lines(2, y + 12, who, 10.5, url=href(line["study"]))
        for place, words in enumerate(design):
            canvas.text(2, y + 12 + 11.5 * len(who) + 9.5 * place, words, 8.5, colour="muted")
        draw(canvas, places[line["direction"]], y + _study_height(line) / 2, line)
        y += _study_height(line)
    return end


def _study(line: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines that name a study, and those that say how it was done."""
    people = f"n = {line['n']}" if line["n"] else "n unknown"
    year = line["year"] if line["year"] not in line["who"] else ""
    who = ", ".join(part for part in (line["who"], year) if part)
    return wrapped(who, 36), wrapped(f"level {line['rank']}, {people}, {line['design']}", 47)


def _study_height(line: dict[str, str]) -> float:
    who, design = _study(line)
    return 7 + 11.5 * len(who) + 9.5 * len(design)


def _directions_height(lines: Rows) -> float:
    title = 12 * (len(wrapped(_sentence(lines[0]["said"]), 62)) - 1)
    return title + 44 + sum(map(_study_height, lines))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _claim_words(lines: Rows) -> str:
    listed = "; ".join(f"{line['who']} ({line['direction']})" for line in lines)
    return f"{_sentence(lines[0]['said'])}: {tally(lines)}. By year: {listed}."

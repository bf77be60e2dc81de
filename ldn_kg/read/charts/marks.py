"""Lines of evidence as marks: the direction is the shape, the number of participants the size."""

from collections import Counter
from collections.abc import Sequence

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.charts.canvas import SMALL, Canvas, Rows, text_width
from ldn_kg.read.lines import lines

# What a direction looks like: shape, colour, and the sign for it in text.
DIRECTIONS = {
    "supports": ("up", "support", "▲"),
    "disputes": ("down", "dispute", "▼"),
    "inconclusive": ("circle", "neutral", "●"),
    "silent": ("dash", "neutral", "–"),
}
# Classes of participants: their words, from how many on, and the size of a mark in units.
_SIZES = (("fewer than 30", 0, 7.5), ("30–99", 30, 10.0), ("100 or more", 100, 12.5))
_UNKNOWN = ("unknown", 8.5)

# Efficacy claims that a pattern narrows down.
_CLAIMS = """
SELECT ?claim ?said ?object ?name
WHERE {
  ?claim a ldn:EfficacyClaim ; rdfs:label ?said ; rdf:object ?object .
  ?object rdfs:label ?name .
  %s
}
"""


def evidence(dataset: Dataset, where: str, condition: NamedNode | None = None) -> Rows:
    """Return the lines of efficacy claims that count, narrowed by a pattern of ?claim.

    A row has claim, said (its words), object and name (what the claim is about), line, direction,
    study, who, design, rank, n (of participants) and year, as text; what is unknown is "". Rows are
    in the order of the claims' words, then by year and study. `?about` in the pattern is the
    condition.
    """
    values = {"about": condition} if condition else {}
    claims = {row["claim"]: row for row in dataset.rows(_CLAIMS % where, **values)}
    rows = [
        {
            **claims[line.claim],
            "line": line.iri,
            "direction": line.direction,
            "study": line.study,
            "who": line.who,
            "design": line.design,
            "rank": str(line.rank),
            "n": "" if line.participants is None else str(line.participants),
            "year": line.year,
        }
        for line in lines(dataset, f"?claim a ldn:EfficacyClaim . {where}", condition)
        if line.counts and line.rank is not None
    ]
    order = ("said", "claim", "year", "who", "line")
    return sorted(rows, key=lambda row: [row[name] for name in order])


def evidence_mark(canvas: Canvas, x: float, y: float, line: dict[str, str]) -> None:
    """Draw one line of evidence; it is hollow where the number of participants is unknown."""
    shape, colour, _ = DIRECTIONS[line["direction"]]
    size = _UNKNOWN[1]
    if line["n"]:
        size = [size for _, least, size in _SIZES if int(line["n"]) >= least][-1]
    people = f"n = {line['n']}" if line["n"] else "n unknown"
    title = f"{line['who']}: {line['direction']}; {line['said']}; {line['design']}, {people}"
    canvas.mark(x, y, shape, colour, size, not line["n"], title, direction=line["direction"])


def legend(canvas: Canvas, y: float, directions: Sequence[str]) -> None:
    """Say what shapes and sizes mean, in two lines from y on."""
    shapes = [(name, *DIRECTIONS[name][:2], 9.5, False) for name in directions]
    sizes = [(words, "circle", "neutral", size, False) for words, _, size in _SIZES]
    sizes.append((_UNKNOWN[0], "circle", "neutral", _UNKNOWN[1], True))
    canvas.text(2, y + 16, "participants:", SMALL)
    for x, baseline, entries in ((7.0, y, shapes), (75.0, y + 16, sizes)):
        for words, shape, colour, size, hollow in entries:
            canvas.mark(x, baseline - 3, shape, colour, size, hollow)
            canvas.text(x + size / 2 + 4, baseline, words, SMALL)
            x += 28 + text_width(words, SMALL)


def tally(rows: Rows) -> str:
    """Return how many lines go which way: 3 support, 1 disputes."""
    count = Counter(line["direction"] for line in rows)
    verbs = {"supports": ("supports", "support"), "disputes": ("disputes", "dispute")}
    said = []
    for name in DIRECTIONS:
        one, more = verbs.get(name, (f"is {name}", f"are {name}"))
        if count[name]:
            said.append(f"{count[name]} {one if count[name] == 1 else more}")
    return ", ".join(said)

"""Lines of evidence as marks: the direction is the shape, the number of participants the size."""

from collections import Counter
from collections.abc import Sequence

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.canvas import SMALL, Canvas, Rows, text_width

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


def evidence(dataset: Dataset, where: str, **values: NamedNode) -> Rows:
    """Return the lines of efficacy claims that count, narrowed by a pattern of SPARQL."""
    lines = dataset.rows(_LINES % where, **values)
    return [{**line, "direction": line["direction"].removeprefix(LDNC)} for line in lines]


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


def tally(lines: Rows) -> str:
    """Return how many lines go which way: 3 support, 1 disputes."""
    count = Counter(line["direction"] for line in lines)
    verbs = {"supports": ("supports", "support"), "disputes": ("disputes", "dispute")}
    said = []
    for name in DIRECTIONS:
        one, more = verbs.get(name, (f"is {name}", f"are {name}"))
        if count[name]:
            said.append(f"{count[name]} {one if count[name] == 1 else more}")
    return ", ".join(said)

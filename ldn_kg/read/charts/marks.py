"""Answers as marks: what a comparison finds is the shape, the number of people the size.

A finding of very low certainty has no colour: what it finds is not clear.
"""

from collections import Counter
from collections.abc import Iterable

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.canvas import SMALL, Canvas, Rows, text_width

# What a finding looks like, best for the treatment first: shape, colour, words.
FINDINGS = {
    "finds-treatment-better": ("up", "support", "better with it"),
    "finds-little-or-no-difference": ("dash", "link", "little or no difference"),
    "finds-unclear": ("circle", "neutral", "unclear"),
    "finds-comparator-better": ("down", "dispute", "worse with it"),
}
# Classes of people: their words, from how many on, and the size of a mark in units.
_SIZES = (("fewer than 30", 0, 7.5), ("30–99", 30, 10.0), ("100 or more", 100, 12.5))
_UNKNOWN = ("unknown", 8.5)
_VERY_LOW = "very low"

# Claims on benefit that a pattern narrows down, each with its syntheses, if it has any.
_CLAIMS = """
SELECT ?claim ?said ?object ?name ?status ?synthesis ?label ?outcome ?against ?decides ?trials ?n
  ?finding ?answer ?certainty ?rank
WHERE {
  ?claim a ldn:EfficacyClaim ; rdfs:label ?said ; rdf:object ?object ;
    ldn:status/skos:prefLabel ?status .
  ?object rdfs:label ?name .
  FILTER NOT EXISTS { ?claim owl:deprecated true }
  %s
  OPTIONAL {
    ?synthesis ldn:synthesisOf ?claim ; rdfs:label ?label ; ldn:decides ?decides ;
      ldn:outcome/skos:prefLabel ?outcome ; ldn:comparator/skos:prefLabel ?against ;
      ldn:trials ?trials ; ldn:finding ?finding ;
      ldn:status/skos:prefLabel ?answer ;
      ldn:certainty [ skos:prefLabel ?certainty ; schema:position ?rank ] .
    OPTIONAL { ?synthesis ldn:participants ?n }
  }
}
ORDER BY ?said ?claim DESC(?decides) ?rank ?label ?synthesis
"""


def answered(dataset: Dataset, where: str, condition: NamedNode | None = None) -> Rows:
    """Return the claims on benefit that a pattern of ?claim narrows down, with their syntheses.

    A row is one synthesis, or a claim without any, where `synthesis` is "". `?about` in the pattern
    is the condition. What is unknown is "".
    """
    values = {"about": condition} if condition else {}
    return [
        {**row, "finding": row["finding"].removeprefix(LDNC)}
        for row in dataset.rows(_CLAIMS % where, **values)
    ]


def people(row: dict[str, str]) -> str:
    """Return the number of people of a synthesis in words."""
    return f"n\u00a0=\u00a0{row['n']}" if row["n"] else "n unknown"


def answer_mark(canvas: Canvas, x: float, y: float, row: dict[str, str]) -> None:
    """Draw one synthesis; it is hollow where the number of people is unknown."""
    shape, colour, words = FINDINGS[row["finding"]]
    colour = "neutral" if row["certainty"] == _VERY_LOW else colour
    size = _UNKNOWN[1]
    if row["n"]:
        size = [size for _, least, size in _SIZES if int(row["n"]) >= least][-1]
    title = f"{row['label']}: {row['answer']}; {words}, certainty {row['certainty']}, {people(row)}"
    canvas.mark(x, y, shape, colour, size, not row["n"], title, finding=row["finding"])


def legend(canvas: Canvas, y: float) -> None:
    """Say what shapes, sizes and colours mean, in three lines from y on."""
    shapes = [(words, shape, colour, 9.5, False) for shape, colour, words in FINDINGS.values()]
    sizes = [(words, "circle", "neutral", size, False) for words, _, size in _SIZES]
    sizes.append((_UNKNOWN[0], "circle", "neutral", _UNKNOWN[1], True))
    canvas.text(2, y + 16, "people:", SMALL)
    for x, baseline, entries in ((7.0, y, shapes), (46.0, y + 16, sizes)):
        for words, shape, colour, size, hollow in entries:
            canvas.mark(x, baseline - 3, shape, colour, size, hollow)
            canvas.text(x + size / 2 + 4, baseline, words, SMALL)
            x += 28 + text_width(words, SMALL)
    canvas.mark(7, y + 29, "up", "neutral", 9.5)
    canvas.text(15, y + 32, "grey: certainty very low, so not clear", SMALL)


def tally(rows: Iterable[dict[str, str]]) -> str:
    """Return how many syntheses have which answer: benefit possible 2, too little to say 16."""
    count = Counter(row["answer"] for row in rows)
    return ", ".join(f"{answer} {count[answer]}" for answer in sorted(count))

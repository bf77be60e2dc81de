"""The lines of evidence that the plots draw, each as a mark."""

from collections import Counter

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDNC
from ldn_kg.read.charts.canvas import DIRECTIONS, Canvas, size_of

Rows = list[dict[str, str]]

# One row for each line of an efficacy claim that counts.
_LINES = """
SELECT ?claim ?said ?about ?name ?line ?direction ?study ?who ?design ?rank ?n (MIN(?y) AS ?year)
WHERE {
  %s
  ?claim a ldn:EfficacyClaim ; rdfs:label ?said ; rdf:object ?about .
  ?about rdfs:label ?name .
  ?line ldn:claim ?claim ; ldn:direction ?direction ; ldn:study ?study ;
    ldn:designLevel/schema:position ?rank .
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
    found = dataset.rows(_LINES % where, **values)
    return [{**line, "direction": line["direction"].removeprefix(LDNC)} for line in found]


def draw(canvas: Canvas, x: float, y: float, line: dict[str, str]) -> None:
    """Draw one line of evidence as a mark: direction is its shape, participants its size."""
    shape, colour, _ = DIRECTIONS[line["direction"]]
    words, size, hollow = size_of(line["n"])
    people = f"n = {line['n']}" if line["n"] else f"n {words}"
    title = f"{line['who']}: {line['direction']}; {line['said']}; {line['design']}, {people}"
    canvas.mark(x, y, shape, colour, size, hollow, title, direction=line["direction"])


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

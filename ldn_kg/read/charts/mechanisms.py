"""How naltrexone is said to act: a graph from drug to target to effect, claim by claim."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDNC
from ldn_kg.read.charts.canvas import Canvas, Plot, wrapped

# People: a line that counts comes from people, at the dose and with the drug of the claim.
_CLAIMS = """
SELECT ?claim ?said ?subject ?source ?object ?target ?system ?status ?level ?counter ?people ?any
WHERE {
  ?claim a ldn:MechanismClaim ; rdfs:label ?said ; rdf:subject ?subject ; rdf:object ?object ;
    ldn:status ?status .
  ?object rdfs:label ?target .
  ?subject rdfs:label ?source .
  OPTIONAL { ?claim ldn:system ?system }
  OPTIONAL { ?claim ldn:evidenceLevel/schema:position ?level }
  OPTIONAL { ?claim ldn:counterEvidenceLevel/schema:position ?counter }
  BIND(?system = ldnc:human && EXISTS {
    ?line ldn:claim ?claim ; ldn:directOn ldnc:species-axis ;
      ldn:study/ldn:design/ldn:mechanismLevel ldnc:mechanism-1 .
    FILTER NOT EXISTS { ?line ldn:setAside ?reason }
    FILTER NOT EXISTS { ?line ldn:direction ldnc:silent }
  } AS ?people)
  BIND(EXISTS {
    ?line ldn:claim ?claim .
    FILTER NOT EXISTS { ?line ldn:setAside ?reason }
    FILTER NOT EXISTS { ?line ldn:direction ldnc:silent }
  } AS ?any)
}
ORDER BY ?target ?said ?claim
"""
_PANELS = {"human": "Claimed of people", "animal": "Claimed of animals", "in-vitro": "In vitro"}
# How a status is drawn, firmest first: colour, dashes.
_STYLES: dict[str, tuple[str, tuple[float, ...]]] = {
    "supported": ("link", ()),
    "contested": ("contest", (5, 1.5, 1, 1.5)),
    "disputed": ("dispute", (1, 1)),
    "undecided": ("neutral", (5, 4)),
    "hypothesis": ("neutral", (5, 4)),
}
_WIDTHS = {"1": 4.5, "2": 2.8, "3": 1.8, "4": 1.2}
_OPEN = 0.9  # width where nothing is decided
_PEOPLE = "support"  # colour of support that was seen in people
_FROM, _TO, _WIDTH, _ROW = 236.0, 310.0, 532.0, 12.0
_LETTER = 5.6  # about the width of a letter of the labels

Row = dict[str, str]


@dataclass(frozen=True)
class _Target:
    """A target, the claims that something acts on it, and those that it acts on something."""

    iri: str
    name: str
    claims: list[Row]
    effects: list[Row]

    @property
    def firmness(self) -> tuple[int, str]:
        order = list(_STYLES)
        first = min(order.index(_status(row)) for row in (*self.claims, *self.effects))
        return first, self.name.lower()

    @property
    def height(self) -> float:
        left = sum(len(_left(row)) for row in self.claims)
        right = sum(len(wrapped(row["target"], 12)) for row in self.effects)
        return 5 + _ROW * max(left, right, len(self._label))

    @property
    def _label(self) -> list[str]:
        return wrapped(self.name, 15 if self.effects else 38)

    def draw(self, canvas: Canvas, y: float, href: Callable[[str], str]) -> None:
        middle = y + self.height / 2
        label = self._label
        canvas.lines(_TO + 9, middle + 3.5 - 5.5 * (len(label) - 1), label, 10, url=href(self.iri))
        top = middle - _ROW / 2 * sum(len(_left(row)) for row in self.claims)
        for row in self.claims:
            left = _left(row)
            canvas.lines(2, top + 9, left, 9, url=href(row["claim"]))
            start = top + _ROW / 2 * len(left)
            _edge(canvas, (_FROM, start), (_TO, middle), row)
            top += _ROW * len(left)
        self._draw_effects(canvas, middle, href)

    def _draw_effects(self, canvas: Canvas, middle: float, href: Callable[[str], str]) -> None:
        start = _TO + 30 + _LETTER * max(map(len, self._label))
        names = [wrapped(row["target"], 12) for row in self.effects]
        top = middle - _ROW / 2 * sum(map(len, names))
        for row, name in zip(self.effects, names, strict=True):
            end = top + _ROW / 2 * len(name)
            _edge(canvas, (start, middle), (start + 38, end), row)
            canvas.lines(start + 43, top + 9, name, 10, url=href(row["object"]))
            top += _ROW * len(name)


def mechanism_plot(dataset: Dataset, href: Callable[[str], str]) -> Plot:
    """Draw the claims about mechanisms: a row for each claim, gathered at its target.

    Claims whose only support was retracted are left out, and named in the words. Raises LdnKgError
    where there is no claim to draw.
    """
    found = dataset.rows(_CLAIMS)
    kept = [row for row in found if _status(row) in _STYLES]
    if not kept:
        raise LdnKgError("There is no claim about a mechanism to draw.")
    panels = {name: _targets([r for r in kept if _panel(r) == name]) for name in _PANELS}
    panels = {name: targets for name, targets in panels.items() if targets}
    heights = {name: sum(target.height for target in targets) for name, targets in panels.items()}
    canvas = Canvas("ldn-mechanisms", _WIDTH, 84 + sum(44 + height for height in heights.values()))
    _key(canvas)
    y: float = 84
    for name, targets in panels.items():
        canvas.text(2, y + 8, _PANELS[name], 12, bold=True)
        canvas.text(2, y + 20, "drug, and what it is said to do", 8.5, colour="muted")
        canvas.text(_FROM, y + 20, "level", 8.5, "right", colour="muted")
        canvas.text(_TO + 9, y + 20, "target (and its effect)", 8.5, colour="muted")
        y += 26
        for target in targets:
            canvas.line([0, _WIDTH], [y, y], width=0.6)
            target.draw(canvas, y, href)
            y += target.height
        y += 18
    return canvas.plot("How naltrexone may act", _words(kept, len(found), found))


def _status(row: Row) -> str:
    return row["status"].removeprefix(LDNC)


def _panel(row: Row) -> str:
    system = row["system"].removeprefix(LDNC)
    return system if system in _PANELS else "animal"


def _targets(claims: list[Row]) -> list[_Target]:
    """Gather claims at their targets, firmest first; a target that acts has its effects beside."""
    targets: dict[str, _Target] = {}
    for row in claims:
        acts = row["subject"].startswith(f"{BASE}target/")
        iri, name = (row["subject"], row["source"]) if acts else (row["object"], row["target"])
        target = targets.setdefault(iri, _Target(iri, name, [], []))
        (target.effects if acts else target.claims).append(row)
    return sorted(targets.values(), key=lambda target: target.firmness)


def _left(row: Row) -> list[str]:
    """Return the words of a claim before its target, with what follows it in brackets."""
    before, found, after = row["said"].partition(row["target"])
    after = after.strip()
    if not found:
        return wrapped(row["said"], 46)
    more = f" ({after})" if after and after != "in vitro" else ""
    # An article belongs to the name of the target, which stands at the other end of the line.
    return wrapped(before.strip().removesuffix(" the").removesuffix(" a") + more, 44)


def _edge(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], row: Row) -> None:
    """Draw one claim as a line from what acts to what it acts on."""
    status = _status(row)
    colour, dashes = _STYLES[status]
    if status == "supported" and row["people"] == "true":
        colour = _PEOPLE
    level = row["level"] or row["counter"]
    width = _WIDTHS.get(level, _OPEN)
    title = f"{row['said']}: {status}" + (f", M{level}" if level else "")
    if level:
        canvas.text(start[0], start[1] + 3, f"M{level}", 8.5, "right", "muted")
    xs, ys = (start[0] + 12, end[0]), (start[1], end[1])
    canvas.line(xs, ys, colour, width, dashes, title, status=status)
    if row["any"] == "true":
        shape, hollow = ("o", False) if row["people"] == "true" else ("s", True)
        canvas.mark(start[0] + 7, start[1], shape, colour, 6.5, hollow)


def _key(canvas: Canvas) -> None:
    entries = (
        ("supported, seen in people", _PEOPLE, (), 2.8),
        ("supported, animals, cells or reasoning only", "link", (), 2.8),
        ("contested", *_STYLES["contested"], 2.8),
        ("disputed", *_STYLES["disputed"], 2.8),
        ("undecided, or hypothesis without evidence", *_STYLES["undecided"], _OPEN),
    )
    places = ((6, 10), (190, 10), (6, 25), (100, 25), (190, 25))
    for (words, colour, dashes, width), (x, y) in zip(entries, places, strict=True):
        canvas.line([x, x + 26], [y, y], colour, width, dashes)
        canvas.text(x + 31, y + 3, words, 9.5)
    canvas.mark(10, 41, "o", "neutral", 6.5)
    canvas.text(20, 44, "evidence from people", 9.5)
    canvas.mark(142, 41, "s", "neutral", 6.5, hollow=True)
    canvas.text(152, 44, "evidence from elsewhere only", 9.5)
    canvas.text(318, 44, "no mark: no evidence that counts", 9.5)
    start = 6.0
    for level, width in _WIDTHS.items():
        canvas.line([start, start + 22], [57, 57], "neutral", width)
        canvas.text(start + 26, 60, f"M{level}", 9.5)
        start += 52
    canvas.text(start, 60, "level: M1 in people, M2 in animals or in vitro,", 9.5, colour="muted")
    canvas.text(start, 71, "M3 another dose or drug, M4 inferred", 9.5, colour="muted")


def _words(kept: list[Row], total: int, found: list[Row]) -> str:
    by = Counter((_panel(row), _status(row)) for row in kept)
    parts = []
    for name, title in _PANELS.items():
        said = [f"{by[name, status]} {status}" for status in _STYLES if by[name, status]]
        if said:
            parts.append(f"{title}: {', '.join(said)}")
    people = [
        row["said"] for row in kept if _status(row) == "supported" and row["people"] == "true"
    ]
    seen = f" Supported by evidence from people: {'; '.join(people)}." if people else ""
    gone = [row["said"] for row in found if row not in kept]
    out = f" Left out, as all support was retracted: {'; '.join(gone)}." if gone else ""
    return f"{len(kept)} of {total} claims about mechanisms. {'. '.join(parts)}.{seen}{out}"

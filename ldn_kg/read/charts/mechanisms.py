"""How naltrexone is said to act: a graph from drug to target to effect, claim by claim."""

from collections import Counter
from dataclasses import dataclass

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDNC
from ldn_kg.read.charts.canvas import (
    LARGE,
    LEADING,
    SMALL,
    Canvas,
    Chart,
    Href,
    Rows,
    text_width,
    wrapped,
)

# People: a line that counts rests on a measurement in people.
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
    ?line ldn:claim ?claim ; ldn:lineLevel/schema:position ?place .
    FILTER(?place < 3)
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
    "observed": ("link", ()),
    "studies-disagree": ("contest", (5, 1.5, 1, 1.5)),
    "not-observed": ("dispute", (1, 1)),
    "too-little-to-say": ("neutral", (5, 4)),
    "inferred-only": ("neutral", (5, 4)),
    "untested": ("neutral", (5, 4)),
}
_OBSERVED = "observed"
_WIDTHS = {"1": 4.5, "2": 3.4, "3": 2.4, "4": 1.6, "5": 1.0}
_OPEN = 0.9  # width where nothing is decided
_PEOPLE = "support"  # colour of what was observed in people
_WIDTH = 532.0
_LABEL, _FROM, _TO = 217.0, 236.0, 310.0  # room for what acts, and where its line begins and ends
_GAP, _EDGE = 9.0, 38.0  # between a line and a name, and how long a line to an effect is

Row = dict[str, str]


@dataclass(frozen=True)
class _Target:
    """A target, the claims that something acts on it, and those that it acts on something."""

    iri: str
    name: str
    claims: Rows
    effects: Rows

    @property
    def firmness(self) -> tuple[int, str]:
        order = list(_STYLES)
        first = min(order.index(_status(row)) for row in (*self.claims, *self.effects))
        return first, self.name.lower()

    @property
    def height(self) -> float:
        left = sum(len(_source(row)) for row in self.claims)
        right = sum(map(len, self._effect_names))
        return 5 + LEADING * max(left, right, len(self._label))

    @property
    def _label(self) -> list[str]:
        return wrapped(self.name, 86 if self.effects else _WIDTH - _TO - _GAP)

    @property
    def _effects_from(self) -> float:
        """Where the lines to effects begin, to the right of the name and of a level."""
        return _TO + 30 + max(map(text_width, self._label))

    @property
    def _effect_names(self) -> list[list[str]]:
        room = _WIDTH - self._effects_from - _EDGE - _GAP
        return [wrapped(row["target"], room) for row in self.effects]

    def draw(self, canvas: Canvas, y: float, href: Href) -> None:
        middle = y + self.height / 2
        _name(canvas, _TO + _GAP, middle, self._label, href(self.iri))
        top = middle - LEADING / 2 * sum(len(_source(row)) for row in self.claims)
        for row in self.claims:
            source = _source(row)
            canvas.text(2, top + 9, source, SMALL, href=href(row["claim"]))
            start = top + LEADING / 2 * len(source)
            _draw_claim(canvas, (_FROM, start), (_TO, middle), row)
            top += LEADING * len(source)
        start, end = self._effects_from, self._effects_from + _EDGE
        top = middle - LEADING / 2 * sum(map(len, self._effect_names))
        for row, name in zip(self.effects, self._effect_names, strict=True):
            y = top + LEADING / 2 * len(name)
            _draw_claim(canvas, (start, middle), (end, y), row)
            _name(canvas, end + _GAP, y, name, href(row["object"]))
            top += LEADING * len(name)


def _name(canvas: Canvas, x: float, middle: float, lines: list[str], href: str) -> None:
    """Write a name around a height."""
    canvas.text(x, middle + 3.5 - LEADING / 2 * (len(lines) - 1), lines, href=href)


def mechanism_chart(dataset: Dataset, href: Href) -> Chart:
    """Draw the claims about mechanisms: a row for each claim, gathered at its target.

    Claims whose evidence was all retracted are left out, and named in the words. Raises LdnKgError
    where there is no claim to draw.
    """
    claims = dataset.rows(_CLAIMS)
    kept = [row for row in claims if _status(row) in _STYLES]
    if not kept:
        raise LdnKgError("There is no claim about a mechanism to draw.")
    panels = {name: _targets([r for r in kept if _panel(r) == name]) for name in _PANELS}
    panels = {name: targets for name, targets in panels.items() if targets}
    heights = [target.height for targets in panels.values() for target in targets]
    canvas = Canvas("ldn-mechanisms", _WIDTH, 84 + 44 * len(panels) + sum(heights))
    _draw_key(canvas)
    y: float = 84
    for name, targets in panels.items():
        canvas.text(2, y + 7, _PANELS[name], LARGE, bold=True)
        canvas.text(2, y + 20, "drug, and what it is said to do", SMALL, "muted")
        canvas.text(_FROM, y + 20, "level", SMALL, "muted", "end")
        canvas.text(_TO + _GAP, y + 20, "target (and its effect)", SMALL, "muted")
        y += 26
        for target in targets:
            canvas.line(0, y, _WIDTH, y)
            target.draw(canvas, y, href)
            y += target.height
        y += 18
    return canvas.chart("How naltrexone may act", _describe(kept, claims))


def _status(row: Row) -> str:
    return row["status"].removeprefix(LDNC)


def _words(status: str) -> str:
    return status.replace("-", " ")


def _panel(row: Row) -> str:
    system = row["system"].removeprefix(LDNC)
    return system if system in _PANELS else "animal"


def _targets(claims: Rows) -> list[_Target]:
    """Gather claims at their targets, firmest first; a target that acts has its effects beside."""
    targets: dict[str, _Target] = {}
    for row in claims:
        acts = row["subject"].startswith(f"{BASE}target/")
        iri, name = (row["subject"], row["source"]) if acts else (row["object"], row["target"])
        target = targets.setdefault(iri, _Target(iri, name, [], []))
        (target.effects if acts else target.claims).append(row)
    return sorted(targets.values(), key=lambda target: target.firmness)


def _source(row: Row) -> list[str]:
    """Return the words of a claim before its target, with what follows it in brackets."""
    before, named, after = row["said"].partition(row["target"])
    after = after.strip()
    if not named:
        return wrapped(row["said"], _LABEL, SMALL)
    more = f" ({after})" if after and after != "in vitro" else ""
    # An article belongs to the name of the target, which stands at the other end of the line.
    before = before.strip().removesuffix(" the").removesuffix(" a")
    return wrapped(before + more, _LABEL, SMALL)


def _draw_claim(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], row: Row
) -> None:
    """Draw one claim as a line from what acts to what it acts on."""
    (x, y), status = start, _status(row)
    colour, dashes = _STYLES[status]
    if status == _OBSERVED and row["people"] == "true":
        colour = _PEOPLE
    level = row["level"] or row["counter"]
    width = _WIDTHS.get(level, _OPEN)
    title = f"{row['said']}: {_words(status)}" + (f", M{level}" if level else "")
    if level:
        canvas.text(x, y + 3, f"M{level}", SMALL, "muted", "end")
    canvas.line(x + 12, y, *end, colour, width, dashes, title, status=status)
    if row["any"] == "true":
        shape, hollow = ("circle", False) if row["people"] == "true" else ("square", True)
        canvas.mark(x + 7, y, shape, colour, 6.5, hollow)


def _draw_key(canvas: Canvas) -> None:
    entries = (
        (6, 10, "observed in people", _PEOPLE, (), 2.8),
        (190, 10, "observed in animals or cells only", "link", (), 2.8),
        (6, 25, "studies disagree", *_STYLES["studies-disagree"], 2.8),
        (125, 25, "not observed", *_STYLES["not-observed"], 2.8),
        (230, 25, "too little to say, inferred only, or untested", *_STYLES["untested"], _OPEN),
    )
    for x, y, words, colour, dashes, width in entries:
        canvas.line(x, y, x + 26, y, colour, width, dashes)
        canvas.text(x + 31, y + 3, words, SMALL)
    canvas.mark(10, 41, "circle", "neutral", 6.5)
    canvas.text(20, 44, "evidence from people", SMALL)
    canvas.mark(142, 41, "square", "neutral", 6.5, hollow=True)
    canvas.text(152, 44, "evidence from elsewhere only", SMALL)
    canvas.text(318, 44, "no mark: no evidence that counts", SMALL)
    start = 6.0
    for level, width in _WIDTHS.items():
        canvas.line(start, 57, start + 22, 57, "neutral", width)
        canvas.text(start + 26, 60, f"M{level}", SMALL)
        start += 52
    levels = [
        "level: M1 compared in people, M2 in people otherwise,",
        "M3 in animals, M4 in cells or at another dose, M5 inferred",
    ]
    canvas.text(start, 60, levels, SMALL, "muted")


def _describe(kept: Rows, claims: Rows) -> str:
    by = Counter((_panel(row), _status(row)) for row in kept)
    parts = []
    for name, title in _PANELS.items():
        said = [f"{by[name, status]} {_words(status)}" for status in _STYLES if by[name, status]]
        if said:
            parts.append(f"{title}: {', '.join(said)}")
    people = [row["said"] for row in kept if _status(row) == _OBSERVED and row["people"] == "true"]
    seen = f" Observed in people: {'; '.join(people)}." if people else ""
    gone = [row["said"] for row in claims if row not in kept]
    out = f" Left out, as all evidence was retracted: {'; '.join(gone)}." if gone else ""
    return f"{len(kept)} of {len(claims)} claims about mechanisms. {'. '.join(parts)}.{seen}{out}"

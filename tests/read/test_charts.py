"""The charts show what the graph holds: counted and placed here anew, from the quads."""

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri
from ldn_kg.graph.rules import derive
from ldn_kg.read import charts
from ldn_kg.read.charts.axis import Axis, linear_ticks, log_ticks
from ldn_kg.read.charts.canvas import Canvas, wrapped

TYPE, LABEL = iri("rdf:type"), iri("rdfs:label")
OBJECT = iri("rdf:object")
DIRECTIONS = {"supports", "disputes", "inconclusive", "silent"}
SVG = "{http://www.w3.org/2000/svg}"


def _href(name: str) -> str:
    return f"to/{name}"


class Facts:
    """The quads of a dataset by subject and predicate, without a query."""

    def __init__(self, dataset: Dataset) -> None:
        """Read all quads."""
        self.of: dict[tuple[str, str], list[str]] = {}
        for quad in dataset.triples():
            if isinstance(quad.subject, NamedNode) and not hasattr(quad.object, "subject"):
                key = (quad.subject.value, quad.predicate.value)
                self.of.setdefault(key, []).append(getattr(quad.object, "value", ""))

    def all(self, subject: str, predicate: str) -> list[str]:
        """Return the values of one of our properties."""
        return self.of.get((subject, LDN + predicate), [])

    def a(self, name: str) -> set[str]:
        """Return the members of one of our classes."""
        wanted = LDN + name
        return {s for (s, p), values in self.of.items() if p == TYPE.value and wanted in values}

    def lines(self) -> list[tuple[str, str, str, int]]:
        """Return what counts for efficacy: claim, what it is about, direction and rank."""
        found = []
        efficacy = self.a("EfficacyClaim")
        for line in self.a("EvidenceLine"):
            (claim,) = self.all(line, "claim")
            levels = self.all(line, "designLevel")
            if claim in efficacy and not self.all(line, "setAside") and levels:
                (rank,) = {r for level in levels for r in self.all(level, "rank")}
                (about,) = self.of[claim, OBJECT.value]
                direction = self.all(line, "direction")[0].removeprefix(LDNC)
                found.append((claim, about, direction, int(rank)))
        return found


@pytest.fixture(scope="module")
def facts(kg: Dataset) -> Facts:
    return Facts(kg)


def _marks(svg: str, name: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(svg).iter() if e.get(f"data-{name}") is not None]


def _directions(svg: str) -> Counter[str]:
    return Counter(e.attrib["data-direction"] for e in _marks(svg, "direction"))


def _places(mark: ET.Element) -> list[tuple[float, float]]:
    """Return the corners of a mark, or the ends of the box around a circle."""
    if mark.tag == f"{SVG}circle":
        x, y, r = (float(mark.attrib[name]) for name in ("cx", "cy", "r"))
        return [(x - r, y - r), (x + r, y + r)]
    pairs = [pair.split(",") for pair in mark.attrib["points"].split()]
    return [(float(x), float(y)) for x, y in pairs]


def _middle(mark: ET.Element) -> tuple[float, float]:
    xs, ys = zip(*_places(mark), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _texts(svg: str, pattern: str) -> dict[str, float]:
    """Return where the texts stand that are written in the middle of their place."""
    found = ET.fromstring(svg).iter(f"{SVG}text")
    centred = [e for e in found if e.attrib["text-anchor"] == "middle"]
    return {e.text: float(e.attrib["x"]) for e in centred if re.fullmatch(pattern, e.text or "")}


def test_the_map_has_a_mark_for_each_line_that_counts(kg: Dataset, facts: Facts) -> None:
    low = [x for x in facts.lines() if LDNC + "low-dose" in facts.all(x[0], "doseCategory")]
    drawn = charts.evidence_map(kg, _href)
    assert len(low) > 100
    assert _directions(drawn.svg) == Counter(direction for _, _, direction, _ in low)
    # A mark is in the column of its level, under its heading.
    headings = _texts(drawn.svg, "[1-5]")
    assert len(headings) == 5
    columns = Counter[tuple[int, str]]()
    for mark in _marks(drawn.svg, "direction"):
        x, _ = _middle(mark)
        nearest = min(headings, key=lambda rank: abs(headings[rank] - x))
        columns[int(nearest), mark.attrib["data-direction"]] += 1
    assert columns == Counter((rank, direction) for _, _, direction, rank in low)
    for about in {x[1] for x in low}:
        assert f'href="to/{about}"' in drawn.svg
    count = Counter(direction for _, _, direction, _ in low)
    assert (
        f"of {len(low)} lines of evidence that count, {count['supports']} support"
        in drawn.description
    )
    assert (
        f"{count['disputes']} dispute, {count['inconclusive']} are inconclusive"
        in drawn.description
    )


def test_a_condition_has_a_mark_for_each_line_that_counts(kg: Dataset, facts: Facts) -> None:
    seen = Counter[str]()
    about = {s for (s, p), _ in facts.of.items() if p == LABEL.value and "/condition/" in s}
    for condition in about:
        drawn = charts.condition_chart(kg, condition, _href)
        expected = Counter(x[2] for x in facts.lines() if x[1] == condition)
        assert (_directions(drawn.svg) if drawn else Counter()) == expected, condition
        seen += expected
    assert len(seen) == 4
    assert seen.total() > 120


def test_an_effect_stands_where_its_number_says(kg: Dataset, facts: Facts) -> None:
    panels = 0
    for condition in sorted({x[1] for x in facts.lines()}):
        drawn = charts.condition_chart(kg, condition, _href)
        assert drawn
        groups: dict[str, list[tuple[float, float]]] = {}
        for mark in _marks(drawn.svg, "estimate"):
            result = mark.attrib["data-estimate"]
            (measure,) = facts.all(result, "effectMeasure")
            value = float(facts.all(result, "estimate")[0])
            groups.setdefault(measure, []).append((value, _middle(mark)[0]))
        for found in groups.values():
            places = [place for _, place in sorted(found)]
            assert places == sorted(places), condition
            panels += 1
    assert panels >= 5


def test_the_forest_of_fibromyalgia_is_drawn_to_scale(kg: Dataset, facts: Facts) -> None:
    """Read the scale from the printed ticks, then the effects and their ends from the scale."""
    drawn = charts.condition_chart(kg, f"{BASE}condition/fibromyalgia", _href)
    assert drawn
    estimates = _marks(drawn.svg, "estimate")
    rows = {_middle(mark)[1] for mark in estimates}
    written = _texts(drawn.svg, r"−?[\d.]+")
    ticks = {float(text.replace("−", "-")): x for text, x in written.items()}
    scale = ticks[0.0] - ticks[-1.0]
    read = {
        mark.attrib["data-estimate"].rpartition("/")[2]: round(
            (_middle(mark)[0] - ticks[0.0]) / scale, 2
        )
        for mark in estimates
    }
    # Typed from the record of the meta-analysis.
    assert read["annmedsurg2025-result-pain-primary-analysis"] == pytest.approx(-0.61, abs=0.01)
    assert len(rows) == len(read) >= 3
    intervals = _marks(drawn.svg, "interval")
    assert len(intervals) >= 3
    for line in intervals:
        for end, bound in (("x1", "ciLow"), ("x2", "ciHigh")):
            value = float(facts.all(line.attrib["data-interval"], bound)[0])
            assert (float(line.attrib[end]) - ticks[0.0]) / scale == pytest.approx(value, abs=0.01)


def test_effects_in_another_measure_never_share_an_axis(kg: Dataset) -> None:
    """Give one of the effects of a panel another measure: it leaves, and so may the panel."""
    condition = f"{BASE}condition/fibromyalgia"
    before = charts.condition_chart(kg, condition, _href)
    assert before
    drawn = [e.attrib["data-estimate"] for e in _marks(before.svg, "estimate")]
    other = ldn_kg.load()
    result, measure = NamedNode(drawn[0]), NamedNode(LDN + "effectMeasure")
    (quad,) = other.store.quads_for_pattern(result, measure, None, None)
    other.store.remove(quad)
    other.store.add(Quad(result, measure, NamedNode(LDNC + "odds-ratio"), quad.graph_name))
    after = charts.condition_chart(other, condition, _href)
    assert after
    assert [e.attrib["data-estimate"] for e in _marks(after.svg, "estimate")] == drawn[1:]


def test_a_ratio_of_zero_has_no_place_on_its_axis(kg: Dataset) -> None:
    """Make all effects of a panel ratios, one of them 0: the others stay."""
    condition = f"{BASE}condition/fibromyalgia"
    other = ldn_kg.load()
    before = charts.condition_chart(kg, condition, _href)
    assert before
    drawn = [e.attrib["data-estimate"] for e in _marks(before.svg, "estimate")]
    for name in drawn:
        for quad in list(other.store.quads_for_pattern(NamedNode(name), None, None, None)):
            values = {
                "effectMeasure": NamedNode(LDNC + "odds-ratio"),
                "estimate": Literal(
                    "0.0" if name == drawn[0] else "2.0", datatype=iri("xsd:decimal")
                ),
                "ciLow": None,
                "ciHigh": None,
                "favours": None,
            }
            key = quad.predicate.value.removeprefix(LDN)
            if key in values:
                other.store.remove(quad)
                if value := values[key]:
                    other.store.add(Quad(quad.subject, quad.predicate, value, quad.graph_name))
    after = charts.condition_chart(other, condition, _href)
    assert after
    assert [e.attrib["data-estimate"] for e in _marks(after.svg, "estimate")] == drawn[1:]
    assert _texts(after.svg, "[125]").keys() == {"1", "2"}


def test_what_is_retracted_is_not_drawn(kg: Dataset) -> None:
    condition = f"{BASE}condition/fibromyalgia"
    before = charts.condition_chart(kg, condition, _href)
    other = ldn_kg.load()
    study = NamedNode(f"{BASE}study/younger2013")
    (paper,) = {
        q.object
        for q in other.store.quads_for_pattern(study, NamedNode(LDN + "publication"), None, None)
    }
    true = Literal("true", datatype=iri("xsd:boolean"))
    other.store.add(Quad(paper, NamedNode(LDN + "retracted"), true, GRAPHS["literature"]))  # type: ignore[arg-type]
    after = charts.condition_chart(derive(other), condition, _href)
    assert before
    assert after
    assert _directions(before.svg) - _directions(after.svg) == Counter(supports=1)
    assert study.value in before.svg
    assert study.value not in after.svg
    doses = charts.dose_chart(other, _href)
    assert study.value not in doses.svg


def test_an_arm_stands_at_its_dose(kg: Dataset, facts: Facts) -> None:
    drawn = charts.dose_chart(kg, _href)
    root = ET.fromstring(drawn.svg)
    ticks = {float(e.attrib["data-tick"]): float(e.attrib["x1"]) for e in _marks(drawn.svg, "tick")}
    assert len(ticks) > 4
    at = {math.log10(dose): x for dose, x in ticks.items()}
    unit = at[1] - at[0]
    arms = [e for e in root.iter() if e.get("data-arm")]
    dots = {}
    for mark in arms:
        title = mark.findtext(f"{SVG}title") or ""
        if found := re.fullmatch(r"([\d.]+) mg a day", title):
            dots.setdefault(float(found[1]), set()).add(_middle(mark)[0])
    assert {4.5, 50.0} <= dots.keys()
    for dose, places in dots.items():
        (place,) = places
        assert place == pytest.approx(at[0] + unit * math.log10(dose), abs=0.1), dose
    people = {
        (study, *(tuple(facts.all(arm, f"dailyDose{end}")) for end in ("Min", "Max")))
        for study in facts.a("Study")
        if not facts.all(study, "system")
        and not any(facts.all(paper, "retracted") for paper in facts.all(study, "publication"))
        for arm in facts.all(study, "arm")
        if f"{BASE}drug/naltrexone" in facts.all(arm, "drug")
        and (facts.all(arm, "dailyDoseMin") or facts.all(arm, "dailyDoseMax"))
    }
    assert len(arms) == len(people) > 60


def test_the_doses_of_a_condition_are_those_of_its_studies(kg: Dataset, facts: Facts) -> None:
    condition = f"{BASE}condition/fibromyalgia"
    drawn = charts.condition_doses(kg, condition, _href)
    assert drawn
    linked = set(re.findall(r'href="to/([^"]+)"', drawn.svg))
    assert len(linked) > 8
    for study in linked:
        assert condition in facts.all(study, "condition"), study
    assert charts.condition_doses(kg, f"{BASE}condition/no-such", _href) is None


def test_each_claim_about_a_mechanism_is_one_line(kg: Dataset, facts: Facts) -> None:
    drawn = charts.mechanism_chart(kg, _href)
    status = Counter(
        facts.all(claim, "status")[0].removeprefix(LDNC) for claim in facts.a("MechanismClaim")
    )
    retracted = status.pop("retracted")
    assert retracted == 2
    assert Counter(e.attrib["data-status"] for e in _marks(drawn.svg, "status")) == status
    assert drawn.description.startswith(f"{status.total()} of {status.total() + 2} claims")
    assert "ultra-low-dose naltrexone binds" not in drawn.svg


@pytest.mark.parametrize("draw", [charts.evidence_map, charts.dose_chart, charts.mechanism_chart])
def test_nothing_to_draw_is_an_error(draw: object) -> None:
    with pytest.raises(LdnKgError, match="There is no"):
        draw(Dataset(Store(), ()), _href)  # type: ignore[operator]


def test_words_of_the_data_stay_words(kg: Dataset) -> None:
    evil = '<script>alert("x")</script> $x_1$ & more'
    other = ldn_kg.load()
    for name in (
        "condition/fibromyalgia",
        "condition/long-covid",
        "study/younger2013",
        "target/glia",
        "claim/ldn-fibromyalgia",
    ):
        record = NamedNode(BASE + name)
        for quad in list(other.store.quads_for_pattern(record, LABEL, None, None)):
            other.store.remove(quad)
            other.store.add(Quad(record, LABEL, Literal(evil, language="en"), quad.graph_name))
    condition = f"{BASE}condition/fibromyalgia"
    drawn = [
        draw(other, _href)
        for draw in (charts.evidence_map, charts.dose_chart, charts.mechanism_chart)
    ]
    drawn += [charts.condition_chart(other, condition, _href)]
    for chart in drawn:
        ET.fromstring(chart.svg)
        assert "<script" not in chart.svg
        assert "alert" in chart.svg
    assert any("$x_1$" in chart.svg for chart in drawn)


def test_two_drawings_are_the_same_and_share_no_id(kg: Dataset) -> None:
    condition = f"{BASE}condition/fibromyalgia"
    each = [
        lambda: charts.evidence_map(kg, _href),
        lambda: charts.dose_chart(kg, _href),
        lambda: charts.mechanism_chart(kg, _href),
        lambda: charts.condition_chart(kg, condition, _href),
        lambda: charts.condition_doses(kg, condition, _href),
    ]
    ids: Counter[str] = Counter()
    for draw in each:
        first, second = draw(), draw()
        assert first
        assert first == second
        ids.update(re.findall(r' id="([^"]+)"', first.svg))
        root = ET.fromstring(first.svg)
        assert root.findtext(f"{SVG}title") == first.title
        assert root.findtext(f"{SVG}desc") == first.description
        assert set(re.findall(r'href="#([^"]+)"', first.svg)) <= ids.keys()
    assert set(ids.values()) == {1}


EVIL = """<b onload='x'>&amp; "quoted" ]]> --></b>"""


def test_whatever_the_canvas_is_given_is_escaped() -> None:
    canvas = Canvas("evil", 100, 50)
    canvas.text(1, 2, [EVIL, "second line"], href=EVIL)
    canvas.mark(1, 2, "up", "link", 9, title=EVIL, note=EVIL)
    canvas.line(1, 2, 3, 4, title=EVIL, note=EVIL)
    chart = canvas.chart(EVIL, EVIL)
    root = ET.fromstring(chart.svg)
    assert [e.text for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")] == [EVIL, EVIL]
    (link,) = root.findall(f"{SVG}a")
    assert link.attrib == {"href": EVIL}
    assert [e.text for e in link] == [EVIL, "second line"]
    noted = _marks(chart.svg, "note")
    assert [e.attrib["data-note"] for e in noted] == [EVIL, EVIL]
    assert [e.findtext(f"{SVG}title") for e in noted] == [EVIL, EVIL]
    assert "<b" not in chart.svg


def test_what_leads_nowhere_is_no_link() -> None:
    canvas = Canvas("plain", 100, 50)
    canvas.text(1, 2, "words", href="")
    assert "<a" not in canvas.chart("title", "description").svg


@pytest.mark.parametrize("shape", ["circle", "square", "dash", "up", "down", "left", "right"])
def test_a_mark_stands_around_its_point_and_is_as_wide_as_it_says(shape: str) -> None:
    canvas = Canvas("marks", 100, 50)
    canvas.mark(30, 20, shape, "support", 10, note="1")
    canvas.mark(30, 20, shape, "support", 10, hollow=True, note="1")
    full, hollow = _marks(canvas.chart("title", "description").svg, "note")
    assert _middle(full) == pytest.approx((30, 20))
    xs = [x for x, _ in _places(full)]
    assert max(xs) - min(xs) + float(full.attrib["stroke-width"]) == pytest.approx(10)
    assert full.attrib["fill"] == full.attrib["stroke"] == hollow.attrib["stroke"]
    assert hollow.attrib["fill"] == "var(--paper, none)"


def test_a_triangle_points_where_its_name_says() -> None:
    canvas = Canvas("marks", 100, 50)
    for shape in ("up", "down", "left", "right"):
        canvas.mark(30, 20, shape, "support", 10, points=shape)
    for mark in _marks(canvas.chart("title", "description").svg, "points"):
        xs, ys = zip(*_places(mark), strict=True)
        x, y = sum(xs) / 3 - 30, sum(ys) / 3 - 20  # the tip is the far corner
        pointing = {"up": y > 0, "down": y < 0, "left": x > 0, "right": x < 0}
        assert pointing[mark.attrib["data-points"]]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (-1.75, 0.44, [-1.5, -1, -0.5, 0]),
        (-7, 101, [0, 50, 100]),
        (0.0012, 0.0019, [0.0012, 0.0014, 0.0016, 0.0018]),
        (-30, -11, [-30, -25, -20, -15]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert linear_ticks(low, high) == ticks


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_fill_any_range(low: float, width: float) -> None:
    high = low + width
    assume(width > abs(low) * 1e-6)
    ticks = linear_ticks(low, high)
    assert 2 <= len(ticks) <= 6
    assert low <= ticks[0] and ticks[-1] <= high
    step = (ticks[-1] - ticks[0]) / (len(ticks) - 1)
    assert f"{step:.0e}"[0] in "125"
    assert [b - a for a, b in pairwise(ticks)] == pytest.approx([step] * (len(ticks) - 1), rel=1e-3)
    # No multiple is left out at either end.
    assert max(ticks[0] - low, high - ticks[-1]) < step * (1 + 1e-6)


def test_ticks_of_a_logarithmic_axis() -> None:
    assert log_ticks(0.3, 12) == [0.5, 1, 2, 5, 10]
    assert log_ticks(0.1, 100, (1,)) == [0.1, 1, 10, 100]


def test_an_axis_places_its_ends_and_what_lies_between() -> None:
    linear = Axis(-1, 3, 100, 200)
    assert [linear.place(x) for x in (-1, 0, 3)] == [100, 125, 200]
    log = Axis(0.1, 10, 100, 200, logarithmic=True)
    assert [log.place(x) for x in (0.1, 1, 10)] == pytest.approx([100, 150, 200])


def test_lines_are_broken_to_fit_and_never_none() -> None:
    assert wrapped("", 100) == [""]
    assert " ".join(wrapped("one two three four five six", 60)) == "one two three four five six"
    assert len(wrapped("one two three four five six", 60)) > 2
    assert len(wrapped("one two three", 100, bold=True)) >= len(wrapped("one two three", 100))

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

    def syntheses(self) -> dict[str, str]:
        """Return the syntheses of claims on benefit, each with what its claim is about."""
        efficacy = self.a("EfficacyClaim")
        found = {}
        for synthesis in self.a("Synthesis"):
            for claim in self.all(synthesis, "synthesisOf"):
                if claim in efficacy:
                    (found[synthesis],) = self.of[claim, OBJECT.value]
        return found

    def finding(self, synthesis: str) -> str:
        """Return what a synthesis finds, as a code."""
        (finding,) = self.all(synthesis, "finding")
        return finding.removeprefix(LDNC)


@pytest.fixture(scope="module")
def facts(kg: Dataset) -> Facts:
    return Facts(kg)


def _marks(svg: str, name: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(svg).iter() if e.get(f"data-{name}") is not None]


def _findings(svg: str) -> Counter[str]:
    return Counter(e.attrib["data-finding"] for e in _marks(svg, "finding"))


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


def test_the_map_has_a_mark_for_each_deciding_answer(kg: Dataset, facts: Facts) -> None:
    low = {c for c in facts.a("EfficacyClaim") if LDNC + "low-dose" in facts.all(c, "doseCategory")}
    deciding = [
        s
        for s in facts.syntheses()
        if set(facts.all(s, "synthesisOf")) & low and facts.all(s, "decides") == ["true"]
    ]
    assert len(deciding) > 10
    drawn = charts.evidence_map(kg, _href)
    assert _findings(drawn.svg) == Counter(map(facts.finding, deciding))
    # A mark is in the column of its certainty, under its heading.
    headings = _texts(drawn.svg, "high|moderate|low|very low|compared|none")
    columns = Counter[str]()
    for mark in _marks(drawn.svg, "finding"):
        x, _ = _middle(mark)
        columns[min(headings, key=lambda name: abs(headings[name] - x))] += 1
    certainties = [facts.all(s, "certainty")[0] for s in deciding]
    codes = (name.removeprefix(LDNC).removesuffix("-certainty") for name in certainties)
    assert columns == Counter(code.replace("-", " ") for code in codes)
    # A claim without one has a square, in the column that its status says.
    decided = {claim for s in deciding for claim in facts.all(s, "synthesisOf")}
    left = low - decided
    squares = _marks(drawn.svg, "status")
    assert len(squares) == len(left) > 30
    not_compared = {LDNC + "only-uncontrolled", LDNC + "only-case-reports"}
    wanted = Counter(bool(not_compared & set(facts.all(claim, "status"))) for claim in left)
    place = headings["compared"]
    assert Counter(abs(_middle(mark)[0] - place) < 27 for mark in squares) == wanted
    for claim in low:
        assert f'href="to/{facts.of[claim, OBJECT.value][0]}"' in drawn.svg
    assert f"{len(deciding)} comparisons on outcomes that decide" in drawn.description


def test_a_condition_has_a_mark_for_each_synthesis(kg: Dataset, facts: Facts) -> None:
    about = {s for (s, p), _ in facts.of.items() if p == LABEL.value and "/condition/" in s}
    syntheses, seen = facts.syntheses(), Counter[str]()
    for condition in about:
        drawn = charts.condition_chart(kg, condition, _href)
        expected = Counter(facts.finding(s) for s, of in syntheses.items() if of == condition)
        assert (_findings(drawn.svg) if drawn else Counter()) == expected, condition
        seen += expected
    assert len(seen) >= 3
    assert seen.total() > 50


def test_each_effect_has_a_forest_in_which_each_study_stands(kg: Dataset, facts: Facts) -> None:
    """Studies with a weight, or the only one with the effect, are on the axis; all are named."""
    panels = 0
    for synthesis, about in facts.syntheses().items():
        if not facts.all(synthesis, "estimate"):
            continue
        drawn = charts.condition_chart(kg, about, _href)
        assert drawn
        parts = [p for p in facts.a("Contribution") if synthesis in facts.all(p, "contributesTo")]
        assert len(parts) == int(facts.all(synthesis, "trials")[0])
        placed = {mark.attrib["data-estimate"] for mark in _marks(drawn.svg, "estimate")}
        weighted = [p for p in parts if facts.all(p, "weight")]
        for part in weighted:
            assert facts.all(part, "ofResult")[0] in placed, synthesis
        assert (synthesis in placed) == (len(weighted) > 1), synthesis
        for part in parts:
            assert f'href="to/{facts.all(part, "study")[0]}"' in drawn.svg
        panels += 1
    assert panels > 10


def test_the_forest_of_fibromyalgia_is_drawn_to_scale(kg: Dataset, facts: Facts) -> None:
    """Read the scale from the printed ticks, then the effects and their ends from the scale.

    Both trials are typed from their records: FINAL, mean difference -0.34 (-0.95 to 0.27), and
    INNOVA, 0.49. Their pool lies between them.
    """
    drawn = charts.condition_chart(kg, f"{BASE}condition/fibromyalgia", _href)
    assert drawn
    own = _marks(drawn.svg, "no-effect")
    assert len(own) > 1
    root = list(ET.fromstring(drawn.svg))
    # The ticks of the first panel are those between its line of no effect and that of the next.
    places = [root.index(e) for e in root if e.get("data-no-effect")]
    first = root[: places[1]]
    ticks = {
        float(e.attrib["data-tick"]): float(e.attrib["x1"]) for e in first if e.get("data-tick")
    }
    scale = ticks[1.0] - ticks[0.0]
    read = {
        e.attrib["data-estimate"].rpartition("/")[2]: (_middle(e)[0] - ticks[0.0]) / scale
        for e in first[: places[0]]
        if e.get("data-estimate")
    }
    assert read["bruun2024-result-pain"] == pytest.approx(-0.34, abs=0.01)
    assert read["rodriguezfreireINNOVA-result-pain"] == pytest.approx(0.49, abs=0.01)
    pool = read["ldn-fibromyalgia-pain-intensity"]
    assert read["bruun2024-result-pain"] < pool < read["rodriguezfreireINNOVA-result-pain"]
    ends = [e for e in first[: places[0]] if e.get("data-interval")]
    (own_end,) = (e for e in ends if e.attrib["data-interval"].endswith("bruun2024-result-pain"))
    for end, value in (("x1", -0.95), ("x2", 0.27)):
        assert (float(own_end.attrib[end]) - ticks[0.0]) / scale == pytest.approx(value, abs=0.01)


def test_what_reviews_pooled_stands_apart(kg: Dataset) -> None:
    """The meta-analysis of 2025 pooled standardised differences: named, and not on the axis."""
    drawn = charts.condition_chart(kg, f"{BASE}condition/fibromyalgia", _href)
    assert drawn
    assert "Published syntheses, shown beside" in drawn.svg
    assert "Published syntheses, not part of it: " in drawn.description
    assert "−0.61, 95 % CI −1.14 to −0.08 (standardised mean difference)" in drawn.description
    placed = {mark.attrib["data-estimate"] for mark in _marks(drawn.svg, "estimate")}
    assert placed
    assert not [name for name in placed if "annmedsurg2025" in name]


def test_what_is_retracted_is_not_drawn(kg: Dataset) -> None:
    """The trial of 2013 alone measured quality of life and sleep by a comparison."""
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
    assert _findings(after.svg).total() < _findings(before.svg).total()
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
    withdrawn = status.pop("withdrawn")
    assert withdrawn == 2
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

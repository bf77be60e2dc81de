"""The plots show what the graph holds: counted and placed here anew, from the quads."""

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri
from ldn_kg.graph.rules import derive
from ldn_kg.read import charts as plots

TYPE, LABEL, POSITION = iri("rdf:type"), iri("rdfs:label"), iri("schema:position")
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
                (rank,) = {r for level in levels for r in self.of[level, POSITION.value]}
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


def test_the_map_has_a_mark_for_each_line_that_counts(kg: Dataset, facts: Facts) -> None:
    low = [x for x in facts.lines() if LDNC + "low-dose" in facts.all(x[0], "doseCategory")]
    drawn = plots.evidence_map(kg, _href)
    assert len(low) > 100
    assert _directions(drawn.svg) == Counter(direction for _, _, direction, _ in low)
    # The columns begin at 178 and are 60 wide; a mark is in the column of its level.
    columns = Counter(
        (1 + int((float(e.attrib["x"]) - 178) // 60), e.attrib["data-direction"])
        for e in _marks(drawn.svg, "direction")
    )
    assert columns == Counter((rank, direction) for _, _, direction, rank in low)
    for about in {x[1] for x in low}:
        assert f'href="to/{about}"' in drawn.svg
    count = Counter(direction for _, _, direction, _ in low)
    assert f"of {len(low)} lines of evidence that count, {count['supports']} support" in drawn.words
    assert f"{count['disputes']} dispute, {count['inconclusive']} are inconclusive" in drawn.words


def test_a_condition_has_a_mark_for_each_line_that_counts(kg: Dataset, facts: Facts) -> None:
    seen = Counter[str]()
    about = {s for (s, p), _ in facts.of.items() if p == LABEL.value and "/condition/" in s}
    for condition in about:
        drawn = plots.condition_plot(kg, condition, _href)
        expected = Counter(x[2] for x in facts.lines() if x[1] == condition)
        assert (_directions(drawn.svg) if drawn else Counter()) == expected, condition
        seen += expected
    assert len(seen) == 4
    assert seen.total() > 120


def test_an_effect_stands_where_its_number_says(kg: Dataset, facts: Facts) -> None:
    panels = 0
    for condition in sorted({x[1] for x in facts.lines()}):
        drawn = plots.condition_plot(kg, condition, _href)
        assert drawn
        groups: dict[str, list[tuple[float, float]]] = {}
        for mark in _marks(drawn.svg, "estimate"):
            result = mark.attrib["data-estimate"]
            (measure,) = facts.all(result, "effectMeasure")
            value = float(facts.all(result, "estimate")[0])
            groups.setdefault(measure, []).append((value, float(mark.attrib["x"])))
        for found in groups.values():
            places = [place for _, place in sorted(found)]
            assert places == sorted(places), condition
            panels += 1
    assert panels >= 5


def test_the_forest_of_fibromyalgia_is_drawn_to_scale(kg: Dataset) -> None:
    """Read the scale from the printed ticks, then the effects and their ends from the scale."""
    drawn = plots.condition_plot(kg, f"{BASE}condition/fibromyalgia", _href)
    assert drawn
    root = ET.fromstring(drawn.svg)
    (estimates,) = [[e for e in root.iter() if e.get("data-estimate")]]
    lines = sorted({float(e.attrib["y"]) for e in estimates})
    ticks = {
        float((e.text or "").replace("−", "-")): float(e.attrib["x"])
        for e in root.iter("{http://www.w3.org/2000/svg}text")
        if re.fullmatch(r"−?[\d.]+", e.text or "") and "middle" in e.attrib["style"]
    }
    scale = (ticks[0.0] - ticks[-1.0]) / 1.0
    read = {
        e.attrib["data-estimate"].rpartition("/")[2]: round(
            (float(e.attrib["x"]) - ticks[0.0]) / scale, 2
        )
        for e in estimates
    }
    # Typed from the record of the meta-analysis.
    assert read["annmedsurg2025-result-pain-primary-analysis"] == pytest.approx(-0.61, abs=0.01)
    assert len(lines) == len(read) >= 3


def test_effects_in_another_measure_never_share_an_axis(kg: Dataset) -> None:
    """Give one of the effects of a panel another measure: it leaves, and so may the panel."""
    condition = f"{BASE}condition/fibromyalgia"
    before = plots.condition_plot(kg, condition, _href)
    assert before
    drawn = [e.attrib["data-estimate"] for e in _marks(before.svg, "estimate")]
    other = ldn_kg.load()
    result, measure = NamedNode(drawn[0]), NamedNode(LDN + "effectMeasure")
    (quad,) = other.store.quads_for_pattern(result, measure, None, None)
    other.store.remove(quad)
    other.store.add(Quad(result, measure, NamedNode(LDNC + "odds-ratio"), quad.graph_name))
    after = plots.condition_plot(other, condition, _href)
    assert after
    assert [e.attrib["data-estimate"] for e in _marks(after.svg, "estimate")] == drawn[1:]


def test_what_is_retracted_is_not_drawn(kg: Dataset) -> None:
    condition = f"{BASE}condition/fibromyalgia"
    before = plots.condition_plot(kg, condition, _href)
    other = ldn_kg.load()
    study = NamedNode(f"{BASE}study/younger2013")
    (paper,) = {
        q.object
        for q in other.store.quads_for_pattern(study, NamedNode(LDN + "publication"), None, None)
    }
    true = Literal("true", datatype=iri("xsd:boolean"))
    other.store.add(Quad(paper, NamedNode(LDN + "retracted"), true, GRAPHS["literature"]))  # type: ignore[arg-type]
    after = plots.condition_plot(derive(other), condition, _href)
    assert before
    assert after
    assert _directions(before.svg) - _directions(after.svg) == Counter(supports=1)
    assert study.value in before.svg
    assert study.value not in after.svg
    doses = plots.dose_plot(other, _href)
    assert study.value not in doses.svg


def test_an_arm_stands_at_its_dose(kg: Dataset, facts: Facts) -> None:
    drawn = plots.dose_plot(kg, _href)
    root = ET.fromstring(drawn.svg)
    ticks = {
        float(e.attrib["data-tick"]): e.attrib["d"].split()[1] for e in _marks(drawn.svg, "tick")
    }
    assert len(ticks) > 4
    at = {math.log10(dose): float(x) for dose, x in ticks.items()}
    unit = (at[1] - at[0]) / 1
    arms = [e for e in root.iter() if e.get("data-arm")]
    dots = {}
    for mark in arms:
        title = mark.findtext(f"{SVG}title") or ""
        if found := re.fullmatch(r"([\d.]+) mg a day", title):
            dots.setdefault(float(found[1]), set()).add(float(mark.attrib["x"]))
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
    drawn = plots.condition_doses(kg, condition, _href)
    assert drawn
    linked = set(re.findall(r'href="to/([^"]+)"', drawn.svg))
    assert len(linked) > 8
    for study in linked:
        assert condition in facts.all(study, "condition"), study
    assert plots.condition_doses(kg, f"{BASE}condition/no-such", _href) is None


def test_each_claim_about_a_mechanism_is_one_line(kg: Dataset, facts: Facts) -> None:
    drawn = plots.mechanism_plot(kg, _href)
    status = Counter(
        facts.all(claim, "status")[0].removeprefix(LDNC) for claim in facts.a("MechanismClaim")
    )
    retracted = status.pop("retracted")
    assert retracted == 2
    assert Counter(e.attrib["data-status"] for e in _marks(drawn.svg, "status")) == status
    assert drawn.words.startswith(f"{status.total()} of {status.total() + 2} claims")
    assert "ultra-low-dose naltrexone binds" not in drawn.svg


@pytest.mark.parametrize("draw", [plots.evidence_map, plots.dose_plot, plots.mechanism_plot])
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
        draw(other, _href) for draw in (plots.evidence_map, plots.dose_plot, plots.mechanism_plot)
    ]
    drawn += [plots.condition_plot(other, condition, _href)]
    for plot in drawn:
        ET.fromstring(plot.svg)
        assert "<script" not in plot.svg
        assert "alert" in plot.svg
    assert any("$x_1$" in plot.svg for plot in drawn)


def test_two_drawings_are_the_same_and_share_no_id(kg: Dataset) -> None:
    condition = f"{BASE}condition/fibromyalgia"
    each = [
        lambda: plots.evidence_map(kg, _href),
        lambda: plots.dose_plot(kg, _href),
        lambda: plots.mechanism_plot(kg, _href),
        lambda: plots.condition_plot(kg, condition, _href),
        lambda: plots.condition_doses(kg, condition, _href),
    ]
    ids: Counter[str] = Counter()
    for draw in each:
        first, second = draw(), draw()
        assert first
        assert first == second
        ids.update(re.findall(r' id="([^"]+)"', first.svg))
        root = ET.fromstring(first.svg)
        assert root.findtext(f"{SVG}title") == first.title
        assert root.findtext(f"{SVG}desc") == first.words
        assert set(re.findall(r'href="#([^"]+)"', first.svg)) <= ids.keys()
    assert set(ids.values()) == {1}

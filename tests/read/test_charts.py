"""The charts and the map show what the graph holds: counted and placed here anew."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri
from ldn_kg.graph.rules import derive
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.read import charts
from ldn_kg.read.charts import Axis, Chart, Row, linear_ticks, log_ticks
from ldn_kg.read.evidence_map import COLUMNS, evidence_map
from ldn_kg.read.findings import Finding
from ldn_kg.read.summary import ClaimAnswer, claim_answer


def _answers(dataset: Dataset) -> dict[str, ClaimAnswer]:
    facts = Facts(dataset)
    found = (claim_answer(facts, answer(facts, question)) for question in questions(facts))
    return {each.iri.removeprefix(BASE): each for each in found}


@pytest.fixture(scope="module")
def answers(kg: Dataset) -> dict[str, ClaimAnswer]:
    """Return the answer to each claim on benefit or harm."""
    return _answers(kg)


def _finding(answers: dict[str, ClaimAnswer], claim: str, outcome: str) -> Finding:
    return next(f for f in answers[claim].findings if f.outcome == outcome)


def _row(chart: Chart, label: str) -> Row:
    return next(row for row in chart.rows if row.label.startswith(label))


def _value(chart: Chart, place: float) -> float:
    """Return the value at a place, as a reader finds it between two ticks."""
    (x, low), (y, high) = ((t.at, float(t.words.replace("−", "-"))) for t in chart.ticks[:2])
    return low + (place - x) / (y - x) * (high - low)


def _all(answers: dict[str, ClaimAnswer]) -> Iterator[Finding]:
    for each in answers.values():
        yield from each.findings


def test_a_forest_puts_each_trial_at_its_effect(answers: dict[str, ClaimAnswer]) -> None:
    """Typed from the records: FINAL −0.34 (−0.95 to 0.27), INNOVA 0.49; the pool lies between."""
    chart = charts.forest(_finding(answers, "claim/ldn-fibromyalgia", "pain intensity"))
    bar, point = _row(chart, "Bruun").marks
    assert _value(chart, bar.at) == pytest.approx(-0.95, abs=0.01)
    assert _value(chart, bar.to or 0) == pytest.approx(0.27, abs=0.01)
    assert _value(chart, point.at) == pytest.approx(-0.34, abs=0.01)
    assert _value(chart, _row(chart, "INNOVA").marks[1].at) == pytest.approx(0.49, abs=0.01)
    together = _row(chart, "Together: 2 studies")
    assert together.strong
    assert point.at < together.marks[1].at < _row(chart, "INNOVA").marks[1].at
    assert _value(chart, chart.zero or 0) == pytest.approx(0, abs=0.01)
    # Mease and others 2011: 2.1 points.
    assert chart.band
    assert [_value(chart, x) for x in chart.band] == pytest.approx([-2.1, 2.1], abs=0.01)
    assert chart.ends == ("← better with it", "worse with it →")


def test_what_is_on_another_scale_has_words_and_no_mark(answers: dict[str, ClaimAnswer]) -> None:
    chart = charts.forest(_finding(answers, "claim/ldn-fibromyalgia", "pain intensity"))
    younger = _row(chart, "Younger")
    assert younger.marks == ()
    assert "another scale" in younger.value
    assert "10.8 percent of baseline lower" in younger.value


def test_more_of_a_response_is_better(answers: dict[str, ClaimAnswer]) -> None:
    chart = charts.forest(_finding(answers, "claim/ldn-crohns-disease", "response"))
    assert chart.ends == ("← worse with it", "better with it →")
    assert _row(chart, "Smith").marks[1].look == "better"
    assert _row(chart, "Smith").value == "48 (12 to 84)"
    assert _row(chart, "Smith").marks[1].at > (chart.zero or 0)


def test_every_study_that_enters_is_in_a_chart(
    kg: Dataset, answers: dict[str, ClaimAnswer]
) -> None:
    """As the graph has them, and each place is on the axis."""
    entering = kg.rows("SELECT ?s ?study WHERE { ?p ldn:contributesTo ?s ; ldn:study ?study }")
    by_synthesis: dict[str, list[str]] = {}
    for row in entering:
        by_synthesis.setdefault(row["s"], []).append(row["study"])
    assert len(by_synthesis) > 80
    for finding in _all(answers):
        chart = charts.effects(finding)
        assert chart
        drawn = [row.iri for row in chart.rows if row.iri]
        assert sorted(drawn) == sorted(by_synthesis.pop(finding.iri)), finding.iri
        for mark in (mark for row in chart.rows for mark in row.marks):
            assert 0 <= mark.at <= (100 if mark.to is None else mark.to) <= 100
        assert all(row.value for row in chart.rows)
    assert by_synthesis == {}


def test_a_harvest_shows_the_side_of_each_study(
    kg: Dataset, answers: dict[str, ClaimAnswer]
) -> None:
    looks = {"leans-to-treatment": "better", "leans-to-comparator": "worse"}
    seen = set()
    for finding in _all(answers):
        if finding.estimate is not None:
            continue
        chart = charts.effects(finding)
        assert chart
        found = kg.rows(
            "SELECT ?study ?lean "
            "WHERE { ?p ldn:contributesTo ?wanted ; ldn:study ?study ; ldn:lean ?lean }",
            wanted=NamedNode(finding.iri),
        )
        sides = {
            row["study"]: looks.get(row["lean"].removeprefix(LDNC), "unclear") for row in found
        }
        assert {row.iri: row.marks[0].look for row in chart.rows} == sides
        seen |= set(sides.values())
    assert seen == {"better", "worse", "unclear"}


def test_more_people_make_a_larger_mark() -> None:
    sizes = [charts.people_size(number) for number in (None, 29, 30, 99, 100)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 4


def test_what_reviews_pooled_stands_apart(answers: dict[str, ClaimAnswer]) -> None:
    """The meta-analysis of 2025 pooled standardised differences; those of means stay words."""
    told = answers["claim/ldn-fibromyalgia"]
    by_title = {chart.title: chart for chart in charts.published(told.published)}
    standard = by_title["Published syntheses: standardised mean difference"]
    annals = next(row for row in standard.rows if row.note.startswith("pain, primary analysis"))
    assert annals.value == "−0.61 (−1.14 to −0.08)"
    assert _value(standard, annals.marks[1].at) == pytest.approx(-0.61, abs=0.01)
    means = by_title["Published syntheses: mean difference"]
    assert means.ticks == ()
    assert not any(row.marks for row in means.rows)
    reviews = {row.iri for chart in by_title.values() for row in chart.rows}
    for finding in told.findings:
        chart = charts.effects(finding)
        assert chart
        assert not reviews & {row.iri for row in chart.rows}


def test_a_dose_stands_at_its_value_and_says_what_was_found(
    answers: dict[str, ClaimAnswer],
) -> None:
    """Typed from the records: 4.5 mg in 2013 with benefit, 6 mg in 2024 without."""
    chart = charts.doses(answers["claim/ldn-fibromyalgia"].trials)
    assert chart
    assert (chart.ticks[0].words, chart.ticks[-1].words) == ("0", "10")
    (younger,), (bruun,) = _row(chart, "Younger").marks, _row(chart, "Bruun").marks
    assert (younger.at, younger.words, younger.look) == (45, "4.5", "better")
    assert (bruun.at, bruun.words, bruun.look) == (60, "6", "unclear")
    assert chart.rows[0].label.startswith("Younger")
    assert charts.doses(()) is None


def test_what_is_retracted_is_in_no_chart(answers: dict[str, ClaimAnswer]) -> None:
    other = ldn_kg.load()
    study = NamedNode(f"{BASE}study/younger2013")
    papers = other.store.quads_for_pattern(study, NamedNode(LDN + "publication"), None, None)
    (paper,) = {quad.object for quad in papers}
    true = Literal("true", datatype=iri("xsd:boolean"))
    other.store.add(Quad(paper, NamedNode(LDN + "retracted"), true, GRAPHS["literature"]))  # type: ignore[arg-type]
    after = _answers(derive(other))["claim/ldn-fibromyalgia"]

    def named(told: ClaimAnswer) -> set[str]:
        drawn = [*map(charts.effects, told.findings), charts.doses(told.trials)]
        return {row.iri for chart in drawn if chart for row in chart.rows}

    assert study.value in named(answers["claim/ldn-fibromyalgia"])
    assert study.value not in named(after)


def test_the_map_has_each_low_dose_claim_and_each_finding_once(
    kg: Dataset, answers: dict[str, ClaimAnswer]
) -> None:
    rows = evidence_map(answers.values())
    low = kg.rows("SELECT ?c WHERE { ?c a ldn:EfficacyClaim ; ldn:doseCategory ldnc:low-dose }")
    assert {row.answer.iri for row in rows} == {row["c"] for row in low}
    assert len(rows) == len(low) > 50
    for row in rows:
        assert len(row.cells) == len(COLUMNS)
        marks = [finding.iri for cell in row.cells for finding in cell]
        found = kg.rows(
            "SELECT ?s WHERE { ?s ldn:synthesisOf ?wanted }", wanted=NamedNode(row.answer.iri)
        )
        assert sorted(marks) == sorted(each["s"] for each in found)
        trials = kg.rows(
            "SELECT DISTINCT ?study "
            "WHERE { ?p ldn:contributesTo/ldn:synthesisOf ?wanted ; ldn:study ?study "
            "FILTER NOT EXISTS { ?study ldn:analysisOf/^ldn:study ?q . "
            "?q ldn:contributesTo/ldn:synthesisOf ?wanted } }",
            wanted=NamedNode(row.answer.iri),
        )
        assert row.trials == len(trials)
    certain = [row.answer.certainty for row in rows]
    order = ["high", "moderate", "low", "very low", ""]
    assert certain == sorted(certain, key=order.index)


def test_people_of_two_reports_count_once_in_the_map(answers: dict[str, ClaimAnswer]) -> None:
    """Bruun 2025 is of the people of Bruun 2024; 58, 99, 98 and 28 are typed from their files."""
    (fibromyalgia,) = (
        row for row in evidence_map(answers.values()) if row.answer.subject == "fibromyalgia"
    )
    studies = {s.study for finding in fibromyalgia.answer.findings for s in finding.studies}
    assert len(studies) == 5
    assert (fibromyalgia.trials, fibromyalgia.people) == (4, 58 + 99 + 98 + 28)


def test_every_outcome_of_the_map_is_one_of_the_list(kg: Dataset) -> None:
    from ldn_kg.read.evidence_map import _COLUMNS

    known = kg.rows("SELECT ?o WHERE { ?o skos:inScheme ldnc:outcome-domains }")
    assert set().union(*_COLUMNS.values()) <= {row["o"].removeprefix(LDNC) for row in known}


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
    assert log_ticks(0.1, 100) == [0.1, 1, 10, 100]


def test_a_short_logarithmic_axis_has_more_values_to_read_by() -> None:
    ticks = Axis(0.7, 1.4, logarithmic=True).ticks
    assert [tick.words for tick in ticks] == ["0.8", "1", "1.2", "1.4"]
    assert ticks[1].at - ticks[0].at > ticks[2].at - ticks[1].at
    assert [tick.words for tick in Axis(0.3, 12, logarithmic=True).ticks][:2] == ["0.5", "1"]


def test_of_a_symptom_each_finding_names_its_people(answers: dict[str, ClaimAnswer]) -> None:
    names = [finding.name for finding in answers["claim/ldn-analgesia"].findings]
    assert "pain intensity in fibromyalgia" in names
    assert len(set(names)) > len({f.outcome for f in answers["claim/ldn-analgesia"].findings})
    assert _finding(answers, "claim/ldn-fibromyalgia", "pain intensity").name == "pain intensity"


def test_an_axis_places_its_ends_and_what_lies_between() -> None:
    assert [Axis(-1, 3).place(x) for x in (-1, 0, 3, 9)] == [0, 25, 100, 100]
    log = Axis(0.1, 10, logarithmic=True)
    assert [log.place(x) for x in (0.1, 1, 10)] == pytest.approx([0, 50, 100])

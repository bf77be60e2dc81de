"""Doses: windows with a name, and what trials gave."""

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.read.doses import given_chart, windows, windows_chart
from ldn_kg.read.summary import claim_answer


def test_a_mark_looks_no_better_than_its_trials(kg: Dataset) -> None:
    """At 4.5 mg one of three trials in fibromyalgia found benefit, at 6 mg the one did not."""
    facts = Facts(kg)
    asked = [q for q in questions(facts) if q.claim in ("claim:ldn-fibromyalgia",)]
    chart = given_chart(claim_answer(facts, answer(facts, q)) for q in asked)
    assert chart
    (row,) = chart.rows
    marks = {mark.at: (mark.shape, mark.look, mark.words) for mark in row.marks}
    assert marks == {45.0: ("dot", "unclear", "1 of 3"), 60.0: ("ring", "unclear", "0 of 1")}
    assert row.value == "4.5 mg: 1 of 3 found benefit; 6 mg: 0 of 1 found benefit"


def test_a_window_is_drawn_between_its_ends(kg: Dataset) -> None:
    """Typed from data/doses.ttl and the source document: 1 to 5, and about 5 to 30 mg a day."""
    found = windows(kg)
    words = {window.label: window.words for window in found}
    assert words["low daily dose, by Toljan and Vrooman 2018"] == "1 to 5 mg a day"
    assert "about 5 to 30 mg a day" in words.values()
    assert "from 50 mg a day" in words.values()
    chart = windows_chart(found)
    assert len(chart.rows) == len(found)
    for row in chart.rows:
        (bar,) = row.marks
        assert bar.to is not None
        assert 0 <= bar.at < bar.to <= 100

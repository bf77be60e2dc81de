"""How doses are built up, against the weeks that each step takes."""

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.read.charts import titration
from ldn_kg.read.titration import schedules


def test_steps_follow_each_other_as_long_as_their_length_is_known(kg: Dataset) -> None:
    """Typed from data/studies/plank2022.ttl and dicksonldnrt.ttl."""
    (plank,) = schedules(kg, f"{BASE}study/plank2022")
    assert [(s.dose, s.start, s.end) for s in plank.steps] == [
        ("1.5 mg", 0, 1),
        ("3 mg", 1, 2),
        ("4.5 mg", 2, 12),
    ]
    dickson = next(each for each in schedules(kg, f"{BASE}study/dicksonldnrt") if each.timed)
    assert [(s.words, s.start, s.end) for s in dickson.steps] == [
        ("1 mg, 1 week", 0, 1),
        ("raised by 1 mg every week", 1, None),
        ("4.5 mg", None, None),
    ]


def test_each_schedule_and_each_step_is_told_once(kg: Dataset) -> None:
    found = list(schedules(kg))
    assert {each.iri for each in found} == {
        row["r"] for row in kg.rows("SELECT ?r { ?r a ldn:Regimen }")
    }
    assert len(found) == len({each.iri for each in found})
    steps = [step.iri for each in found for step in each.steps]
    assert sorted(steps) == sorted(
        row["s"] for row in kg.rows("SELECT ?s { ?s a ldn:RegimenStep }")
    )


def test_a_bar_is_as_long_as_its_weeks_and_as_thick_as_its_dose(kg: Dataset) -> None:
    chart = titration(schedules(kg, f"{BASE}study/plank2022"))
    assert chart
    first, second, third = chart.rows[0].marks
    assert [mark.words for mark in (first, second, third)] == ["1.5", "3", "4.5"]
    assert first.size < second.size < third.size
    lengths = [(mark.to or 0) - mark.at for mark in (first, third)]
    assert 9 < (lengths[1] + 0.6) / (lengths[0] + 0.6) < 11  # 10 weeks and 1, with gaps


def test_a_schedule_without_weeks_is_not_drawn(kg: Dataset) -> None:
    found = [each for each in schedules(kg) if not each.timed]
    assert len(found) > 5
    assert titration(found) is None
